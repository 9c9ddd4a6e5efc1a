"""A professional written or corrected by hand: checked, warned of, journalled, and left alone by imports."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from maillage.directory import actions, api
from maillage.directory.actions.by_hand import SheetsAlike, correct_professional, create_professional
from maillage.directory.models import FactDate, Professional, Structure
from maillage.directory.rules.extractions import Format
from maillage.kernel.models import Entry, Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.directory.test_professionals import HEADING, NUMBER, annuaire_line, codes

GIVEN = {"last_name": "Le Goff", "first_name": "Annie", "profession": "60", "phone": "0692 12 34 56"}


@pytest.fixture
def keeper(staffed_valley: territory.Territory) -> Person:
    """Keeps the directory of the valley."""
    somebody = Person.objects.create_user("tient@exemple.fr", first_name="Ada", last_name="Saule")
    RoleAssignment.objects.create(
        person=somebody, role=Role.COORDINATOR.value, scope=staffed_valley.scope, starts_on="2020-01-01"
    )
    return somebody


@pytest.fixture
def office(staffed_valley: territory.Territory) -> Structure:
    """A structure of the valley."""
    return Structure.objects.filter(commune__in=codes(staffed_valley), origin="demonstration")[0]


def create(by: Person, place: territory.Territory, office: Structure, **values: object) -> Professional:
    insists = bool(values.pop("is_another", False))
    return create_professional(
        by=by, place=place, values={**GIVEN, **values}, structure=office, is_another=insists
    )


def test_a_sheet_is_created_found_and_journalled(
    staffed_valley: territory.Territory, keeper: Person, office: Structure
) -> None:
    one = create(keeper, staffed_valley, office, rpps=NUMBER)
    assert (one.source, one.phone, one.rpps) == ("saisi à la main", "+262692123456", NUMBER)
    assert api.search_professionals("legoff") == [one]
    assert one in api.professionals_in(codes(staffed_valley))
    written = Entry.objects.filter(
        verb="directory.professional_created", target=f"directory.professional:{one.pk}"
    )
    assert written.get().by == keeper


def test_another_spelling_warns_and_never_blocks(
    staffed_valley: territory.Territory, keeper: Person, office: Structure
) -> None:
    one = create(keeper, staffed_valley, office)
    with pytest.raises(SheetsAlike) as warning:
        create(keeper, staffed_valley, office, last_name="LEGOFF", first_name="Anny")
    assert warning.value.sheets == [one]
    create(keeper, staffed_valley, office, last_name="LEGOFF", first_name="Anny", is_another=True)
    assert Professional.objects.filter(sound=one.sound).count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rpps": "10001234567"}, "rpps"),
        ({"rpps": "123"}, "rpps"),
        ({"last_name": "  "}, "last_name"),
        ({"profession": "99"}, "profession"),
        ({"profession": ""}, "profession"),
        ({"phone": "le soir"}, "phone"),
    ],
)
def test_what_cannot_be_is_refused(
    staffed_valley: territory.Territory, keeper: Person, office: Structure, values: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        create(keeper, staffed_valley, office, **values)
    assert field in error.value.message_dict


def test_a_number_belongs_to_one_sheet(
    staffed_valley: territory.Territory, keeper: Person, office: Structure
) -> None:
    create(keeper, staffed_valley, office, rpps=NUMBER)
    with pytest.raises(ValidationError, match="déjà dans l’annuaire"):
        create(keeper, staffed_valley, office, rpps=NUMBER, last_name="Autre", first_name="Personne")


def test_an_import_leaves_what_was_written_by_hand(
    staffed_valley: territory.Territory, keeper: Person, office: Structure
) -> None:
    one = create(keeper, staffed_valley, office, rpps=NUMBER)
    correct_professional(
        by=keeper, professional=one, values={"first_name": "Anne"}, reason="erreur de saisie"
    )
    later = date(2999, 1, 1)
    line = annuaire_line(
        **{"Identifiant PP": NUMBER, "Code commune (coord. structure)": codes(staffed_valley)[0]}
    )
    actions.take_in(
        by=None, format=Format.ANNUAIRE, content="\n".join([HEADING, line]).encode(), file_name="a.txt",
        extracted_on=later,
    )  # fmt: skip
    one.refresh_from_db()
    assert (one.last_name, one.first_name, one.profession) == ("Le Goff", "Anne", "60")
    assert FactDate.objects.get(professional=one, fact="identity").source == "saisi à la main"
    assert one.memberships.count() == 2


def test_only_who_keeps_the_directory_writes(
    staffed_valley: territory.Territory, doctor: Professional, office: Structure, keeper: Person
) -> None:
    assert doctor.account is not None
    with pytest.raises(PermissionDenied):
        create(doctor.account, staffed_valley, office)
    with pytest.raises(PermissionDenied):
        correct_professional(by=doctor.account, professional=doctor, values={"rpps": ""}, reason="x")
    with pytest.raises(ValidationError, match="journal"):
        correct_professional(by=keeper, professional=doctor, values={"first_name": "Autre"}, reason=" ")


def test_the_pages_create_warn_and_correct(
    client: Client, staffed_valley: territory.Territory, keeper: Person, office: Structure
) -> None:
    client.force_login(keeper)
    address = reverse("directory:new_professional", args=[staffed_valley.slug])
    assert client.get(address).status_code == 200
    sent = {**GIVEN, "structure": office.pk, "function": "care", "specialty": "", "rpps": ""}
    assert client.post(address, sent).status_code == 302
    warned = client.post(address, {**sent, "last_name": "Legoff"})
    assert warned.status_code == 422
    assert "Peut-être la même personne" in warned.content.decode()
    one = Professional.objects.get(last_name="Le Goff")
    correct = reverse("directory:correct", args=[one.pk])
    assert client.get(correct).status_code == 200
    assert client.post(correct, {**sent, "first_name": "Anne", "reason": "carte CPS lue"}).status_code == 302
    sheet = client.get(reverse("directory:professional", args=[one.pk])).content.decode()
    assert "carte CPS lue" in sheet
    assert "Aucun import ne change cette identité" in sheet


@pytest.mark.parametrize("name", ["directory:professionals", "directory:structures"])
def test_a_list_opens_on_the_territory_of_the_visitor(
    client: Client, staffed_valley: territory.Territory, keeper: Person, name: str
) -> None:
    client.force_login(keeper)
    opened = client.get(reverse(name)).content.decode()
    assert staffed_valley.name in opened
    assert "<table" in opened
    nothing = client.get(reverse(name), {"territory": ""}).content.decode()
    assert "Choisissez un territoire" in nothing
