"""Territories: created from communes, renamed, redrawn, journalled; found by text; overlapping."""

from zoneinfo import available_timezones

import pytest
from django.core.exceptions import PermissionDenied

from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.names import place_name
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.territory import api, queries
from maillage.territory.models import Commune, Territory
from maillage.territory.rules.hours import time_zone_of
from maillage.territory.rules.kinds import Group, TerritoryKind
from maillage.territory.rules.perimeter import ProblemKind, read_pasted
from tests.factories import make_commune
from tests.packs import PackCopy, person
from tests.territory.test_packs_import import _drop_last_commune

pytestmark = pytest.mark.usefixtures("fictional_country", "overseas")


@pytest.fixture
def overseas(fictional_country: object) -> None:
    """A commune of La Réunion and one of Mayotte."""
    for code in ("97411", "97608"):
        make_commune(code)


def _create(by: Person | None = None, **others: object) -> Territory:
    given = {"kind": TerritoryKind.CPTS, "name": "Les Aulnes", "codes": ["00001", "00002"], **others}
    return api.create_territory(by=by, **given)


def test_a_territory_has_its_communes_its_scope_and_a_line_in_the_journal(coordinator: Person) -> None:
    territory = _create(coordinator)
    assert api.member_codes(territory) == ["00001", "00002"]
    assert (territory.slug, territory.scope.label) == ("les-aulnes", "Les Aulnes")
    entry = Entry.objects.get(verb="territory.created")
    assert entry.by == coordinator
    assert '"00001"' in entry.changes_text


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"codes": []}, "au moins une commune"),
        ({"codes": ["00001", "99999"]}, "99999"),
        ({"name": "  "}, "Donnez un nom"),
        ({"name": "x" * 121}, "120 caractères"),
        ({"codes": ["00001", "97411"]}, "00001, 97411 n’ont pas la même heure"),
        ({"codes": ["97411", "97608"]}, "n’ont pas la même heure"),
        ({"slug": "nouveau"}, "déjà prise"),
    ],
)
def test_an_unacceptable_territory_is_refused_and_leaves_nothing(
    others: dict[str, object], message: str
) -> None:
    with pytest.raises(api.PerimeterError, match=message):
        _create(**others)
    assert not Territory.objects.exists()
    assert not Scope.objects.exists()


def test_a_territory_has_the_hour_of_its_communes() -> None:
    territory = _create(codes=["97411"])
    assert territory.scope.time_zone == "Indian/Reunion"
    assert _create(codes=["00001"]).scope.time_zone == "Europe/Paris"
    with pytest.raises(api.PerimeterError, match="n’ont pas l’heure du territoire"):
        api.change_perimeter(by=person(Role.COORDINATOR), territory=territory, codes=["97411", "00002"])
    assert api.member_codes(territory) == ["97411"]


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("71230", "Europe/Paris"),
        ("2A004", "Europe/Paris"),
        ("97123", "America/Guadeloupe"),
        ("97701", "America/Guadeloupe"),
        ("97608", "Indian/Mayotte"),
        ("98735", "Pacific/Tahiti"),
        ("98731", "Pacific/Marquesas"),
        ("98719", "Pacific/Gambier"),
    ],
)
def test_the_hour_of_a_commune_is_that_of_the_longest_beginning(code: str, zone: str) -> None:
    table = rule("territory.perimeter.time_zones").value
    assert time_zone_of(code, table) == zone
    assert set(table.values()) <= available_timezones()


def test_two_territories_of_one_name_have_two_addresses() -> None:
    assert [_create().slug for _ in range(3)] == ["les-aulnes", "les-aulnes-2", "les-aulnes-3"]
    assert _create(name="Nouveau").slug == "nouveau-2"
    with pytest.raises(api.PerimeterError, match="déjà prise"):
        _create(slug="les-aulnes")


def test_a_role_that_may_not_edit_changes_nothing(patient: Person) -> None:
    with pytest.raises(PermissionDenied):
        _create(patient)
    territory = _create()
    with pytest.raises(PermissionDenied):
        api.rename(by=patient, territory=territory, name="Autre")
    with pytest.raises(PermissionDenied):
        api.change_perimeter(by=patient, territory=territory, codes=["00003"])


def test_a_coordinator_of_elsewhere_may_not_edit_here() -> None:
    here, elsewhere = _create(), _create(name="Ailleurs")
    somebody = person(api_role("coordinator"), "ailleurs@exemple.fr")
    somebody.roles.update(scope=elsewhere.scope)
    api.rename(by=somebody, territory=elsewhere, name="Là-bas")
    with pytest.raises(PermissionDenied):
        api.rename(by=somebody, territory=here, name="Pris")


def api_role(name: str) -> object:
    from maillage.kernel.rules import Role

    return Role(name)


def test_renaming_keeps_the_address(coordinator: Person) -> None:
    territory = api.rename(by=coordinator, territory=_create(), name="Haute  Brume", note="essai")
    assert (territory.name, territory.slug, territory.note) == ("Haute Brume", "les-aulnes", "essai")
    assert Scope.objects.get(pk=territory.scope_id).label == "Haute Brume"
    assert [found.name for found in api.search_territories("brume")] == ["Haute Brume"]
    api.rename(by=coordinator, territory=territory, name="Haute Brume")
    assert Entry.objects.filter(verb="territory.renamed").count() == 1


def test_a_perimeter_changes_and_the_journal_tells_why(coordinator: Person) -> None:
    territory = _create()
    api.change_perimeter(
        by=coordinator, territory=territory, codes=["00002", "00003"], reason="vote du 3 mars"
    )
    assert api.member_codes(territory) == ["00002", "00003"]
    entry = Entry.objects.get(verb="territory.perimeter_changed")
    assert entry.reason == "vote du 3 mars"
    assert entry.changes_text == '{"added":["00003"],"removed":["00001"]}'
    api.change_perimeter(by=coordinator, territory=territory, codes=["00003", "00002"])
    assert Entry.objects.filter(verb="territory.perimeter_changed").count() == 1


def test_overlaps_are_the_communes_shared() -> None:
    one, two, _apart = (
        _create(),
        _create(name="Deux", codes=["00002", "00003"]),
        _create(name="Trois", codes=["00050"]),
    )
    (overlap,) = api.overlaps(one)
    assert (overlap.territory, overlap.codes) == (two, ("00002",))
    assert overlap.population == Commune.objects.get(code="00002").population
    assert api.territories_of(Commune.objects.get(code="00002")) == [two, one]


def test_a_group_gives_its_communes() -> None:
    (hit,) = queries.groups("haut aubrel", (Group.EPCI,))
    assert hit.communes == len(api.codes_of_group(Group.EPCI, hit.code)) == 18
    assert len(api.codes_of_group(Group.DEPARTEMENT, "00")) == 96
    assert api.codes_of_group(Group.REGION, "99") == []
    assert {found.group for found in queries.groups()} == set(Group)


def test_a_commune_that_left_the_data_stays_in_the_perimeter_and_is_told(pack_copy: PackCopy) -> None:
    territory = _create(codes=["00095", "00096"])
    _drop_last_commune(pack_copy)
    api.import_pack(by=None, folder=pack_copy.folder)
    assert api.member_codes(territory) == ["00095"]
    assert queries.missing_codes(territory) == ["00096"]
    assert len(api.member_positions(territory)) == 1


def test_the_halo_is_what_lies_around() -> None:
    corner = _create(codes=["00001"])
    near = api.current_atlas().codes[api.halo_positions(corner, km=5)].tolist()
    assert near == ["00002", "00013"]
    assert "00001" not in near
    assert len(api.halo_positions(corner, km=500)) == 95


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("brumeval", "Brumeval"),
        ("BRUMÉV", "Brumeval"),
        ("st perlaud", "Saint-Perlaud"),
        ("ste-morv", "Sainte-Morvane"),
        ("corvenne port", None),
        ("port corv", "Port-Corvenne"),
        ("00032", None),
        ("", None),
        ("umeval", None),
    ],
)
def test_communes_are_found_by_the_beginning_of_words(typed: str, found: str | None) -> None:
    names = [commune.name for commune in api.search_communes(typed)]
    assert names[:1] == ([found] if found else names[:1])
    if typed in {"", "umeval", "corvenne port"}:
        assert names == []


def test_communes_are_found_by_code_and_postcode() -> None:
    assert [commune.code for commune in api.search_communes("00017")] == ["00017"]
    assert {commune.epci for commune in api.search_communes("00500", limit=99)} >= {"000000005"}


def test_normalising_writes_out_saint_and_drops_accents() -> None:
    assert place_name("  L’Œil-de-St-Éloi ") == "l oeil de saint eloi"
    assert place_name("STE FOY") == "sainte foy"


KNOWN = {"01001", "71230", "71270", "2A004"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("71230\n71270", ("71230", "71270")),
        ("71230, 71270 01001", ("71230", "71270", "01001")),
        ("71230;71270;", ("71230", "71270")),
        ("nom;insee\nGueugnon;71230\nMâcon;71270", ("71230", "71270")),
        ("code,nom\n71230,Gueugnon\n\n", ("71230",)),
        ("71230 Gueugnon\n71270\tMâcon", ("71230", "71270")),
        ('"71230"\n« 2a004 »\ufeff', ("71230", "2A004")),
        ("1001", ("01001",)),
        ("", ()),
    ],
)
def test_a_pasted_list_is_read_whatever_its_shape(text: str, codes: tuple[str, ...]) -> None:
    assert read_pasted(text, KNOWN).codes == codes


def test_problems_name_their_line() -> None:
    pasted = read_pasted("code;nom\n71230;Gueugnon\n71999;Rien\nxx;?\n1001;L’Abergement\n71230;encore", KNOWN)
    assert [(problem.line, problem.text, problem.trouble) for problem in pasted.problems] == [
        (3, "71999", ProblemKind.UNKNOWN),
        (4, "xx", ProblemKind.NOT_A_CODE),
        (5, "1001", ProblemKind.LOST_ZERO),
        (6, "71230", ProblemKind.REPEATED),
    ]
    assert not pasted.is_usable
    assert read_pasted("1001\n71230\n71230", KNOWN).is_usable
    assert not read_pasted("", KNOWN).is_usable
