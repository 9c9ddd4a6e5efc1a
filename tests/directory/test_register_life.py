"""The life of a row: what came, changed, moved, closed, came back; and files that change nothing."""

import gzip
from collections.abc import Callable, Iterable
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from maillage.config import directory_files
from maillage.directory import actions, api
from maillage.directory.models import (
    HAND_SOURCE,
    DirectoryImport,
    FactDate,
    Membership,
    PracticePlace,
    Professional,
    Structure,
    Welcome,
)
from maillage.directory.rules.absences import absences
from maillage.directory.rules.extractions import Format
from maillage.directory.rules.seeming import NothingToTakeError, WrongFileError
from maillage.kernel.identifiers import IdentifierError, parse_finess, parse_rpps
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.directory.test_registers import DIPLOMAS, TITLED, plus, plus_site, position_line, site_line
from tests.directory.test_rules import HEADING, annuaire_line
from tests.factories import make_person

MARCH, APRIL, MAY = date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)


def numbers(parse: Callable[[str], Any], first: int) -> Iterable[str]:
    for number in count(first):
        try:
            yield parse(str(number)).number
        except IdentifierError:
            continue


FINESS = list(islice(numbers(parse_finess, 710000000), 45))
RPPS = list(islice(numbers(parse_rpps, 10001234500), 6))


@pytest.fixture
def communes(db: None) -> list[territory.Commune]:
    """Two communes that do not exist, without the rest of a data pack."""
    return [
        territory.Commune.objects.create(
            code=code, name=name, search_name=f" {name.lower()} ", postcodes="00001", departement="00",
            departement_name="Fictif", region="00", region_name="Fictive", lon=lon, lat=46.1, population=900,
        )
        for code, name, lon in (("00001", "Escouvre", -8.2), ("00002", "Perrouze", -8.1))
    ]  # fmt: skip


def site(number: str, commune: territory.Commune, **cells: str) -> str:
    where = {"departement": commune.code[:2], "commune": commune.code[2:], "ligneacheminement": "00001 LIEU"}
    return site_line(number, **(where | cells))


def take_in(lines: Iterable[str], day: date = MARCH, format: Format = Format.FINESS) -> dict[str, int]:
    content = "\n".join(lines).encode()
    done = actions.take_in(by=None, format=format, content=content, file_name="f", extracted_on=day)
    return done.counts


def counted(counts: dict[str, int]) -> tuple[int, ...]:
    return tuple(counts[name] for name in ("added", "changed", "unchanged", "closed", "missing"))


def test_a_site_that_is_gone_is_closed_with_a_date_and_may_come_back(
    communes: list[territory.Commune],
) -> None:
    here = communes[0]
    assert counted(take_in([site(FINESS[0], here), site(FINESS[1], here)])) == (2, 0, 0, 0, 0)
    assert counted(take_in([site(FINESS[0], here)], APRIL)) == (0, 0, 1, 1, 0)
    gone = Structure.objects.get(finess=FINESS[1])
    assert (gone.is_active, gone.closed_on) == (False, APRIL)
    assert gone not in api.structures_in([here.code], every_origin=True)
    back = take_in([site(FINESS[0], here), site(FINESS[1], here, rs="LES AULNES")], MAY)
    assert counted(back) == (0, 1, 1, 0, 0)
    gone.refresh_from_db()
    assert (gone.is_active, gone.closed_on, gone.name) == (True, None, "LES AULNES")


def test_a_line_left_out_or_passed_over_closes_nothing(communes: list[territory.Commune]) -> None:
    here = communes[0]
    take_in([site(number, here) for number in FINESS[:3]])
    lines = [site(FINESS[0], here), site(FINESS[1], here, rs=""), site(FINESS[2], here, categetab="999")]
    assert counted(take_in(lines, APRIL)) == (0, 0, 1, 0, 0)


def test_a_file_that_seems_cut_closes_nothing_and_says_so(communes: list[territory.Commune]) -> None:
    here = communes[0]
    take_in([site(number, here) for number in FINESS])
    assert counted(take_in([site(number, here) for number in FINESS[:40]], APRIL)) == (0, 0, 40, 0, 5)
    assert counted(take_in([site(number, here) for number in FINESS[:41]], MAY)) == (0, 0, 41, 4, 0)


def test_an_older_file_adds_and_changes_nothing_else(communes: list[territory.Commune]) -> None:
    here = communes[0]
    take_in([site(FINESS[0], here), site(FINESS[1], here)], MAY)
    older = take_in([site(FINESS[0], here, rs="ANCIEN NOM"), site(FINESS[2], here)], APRIL)
    assert counted(older) == (1, 0, 1, 0, 0)


def test_a_file_without_positions_moves_no_placed_site(communes: list[territory.Commune]) -> None:
    here, other = communes
    place = position_line(781500, 6612000, "1,ATLASANTE,96,BAN,L93_METROPOLE", FINESS[0])
    take_in([site(FINESS[0], here), place])
    one = Structure.objects.get(finess=FINESS[0])
    assert one.precision == "address"
    renamed = site(FINESS[0], here, rs="AUTRE NOM", libcategetab="")
    assert counted(take_in([renamed], APRIL))[1] == 1
    kept = Structure.objects.get(finess=FINESS[0])
    assert (kept.name, kept.lon, kept.lat, kept.precision) == ("AUTRE NOM", one.lon, one.lat, "address")
    take_in([site(FINESS[0], other)], MAY)
    moved = Structure.objects.get(finess=FINESS[0])
    assert (moved.commune_id, moved.lon, moved.precision) == (other.code, other.lon, "commune")


def test_finess_plus_opens_and_closes(communes: list[territory.Commune]) -> None:
    here = communes[0]
    where = {"cogCommune": here.code, "coordonneesGeographique": {}}
    take_in([site(FINESS[0], here), site(FINESS[1], here, libcategetab="EHPAD")])
    closed = plus_site(FINESS[0], state="I", **where)
    closed["informationsGeneralesEGE"]["dateFermeture"] = "2026-03-31"
    content = gzip.compress(plus(closed, plus_site(FINESS[1], **where)))
    done = actions.take_in(
        by=None, format=Format.FINESS, content=content, file_name="finess-structures.gz", extracted_on=APRIL
    )
    assert counted(done.counts) == (0, 1, 0, 1, 0)
    gone, kept = (Structure.objects.get(finess=number) for number in FINESS[:2])
    assert (gone.is_active, gone.closed_on) == (False, date(2026, 3, 31))
    assert (kept.name, kept.category) == ("SAULES", "EHPAD")


def test_who_is_gone_in_such_numbers_is_missing() -> None:
    known = {"71": [str(number) for number in range(100)], "03": ["a", "b", "c", "d"]}
    found = absences(known, {str(number) for number in range(10, 100)} | {"x"}, 3, 0.1)
    assert (len(found.gone), found.missing) == (10, {"a", "b", "c", "d"})


def activity(number: str, commune: territory.Commune, **cells: str) -> str:
    return annuaire_line(
        **{"Identifiant PP": number, "Code commune (coord. structure)": commune.code, **cells}
    )


def take_people(*lines: str, day: date = MARCH) -> dict[str, int]:
    return take_in([HEADING, *lines], day, Format.ANNUAIRE)


def test_who_is_gone_from_the_annuaire_practises_no_more_and_may_come_back(
    communes: list[territory.Commune],
) -> None:
    here = communes[0]
    take_people(activity(RPPS[0], here), activity(RPPS[1], here))
    april = take_people(activity(RPPS[0], here), day=APRIL)
    assert (april["closed"], april["missing"], april["unchanged"]) == (1, 0, 1)
    gone = Professional.objects.get(rpps=RPPS[1])
    assert not gone.is_active
    assert list(gone.memberships.values_list("ends_on", flat=True)) == [APRIL]
    assert take_people(activity(RPPS[1], here), activity(RPPS[0], here), day=MAY)["changed"] == 1
    gone.refresh_from_db()
    assert gone.is_active
    assert gone.memberships.filter(ends_on=None).count() == 1


def test_a_place_is_corrected_and_an_older_file_corrects_nothing(communes: list[territory.Commune]) -> None:
    here, other = communes
    take_people(activity(RPPS[0], here, **{"Téléphone (coord. structure)": "0385000000"}), day=APRIL)
    changed = {
        "Raison sociale site": "MAISON DU LAC", "Libellé Voie (coord. structure)": "DU PRÉ",
        "Téléphone (coord. structure)": "0385000001",
    }  # fmt: skip
    older = take_people(activity(RPPS[0], other, **changed), activity(RPPS[1], here), day=MARCH)
    assert (older["moved"], older["closed"], older["memberships"]) == (0, 0, 1)
    assert (
        take_people(activity(RPPS[0], other, **changed), activity(RPPS[1], other, **changed), day=MAY)[
            "moved"
        ]
        == 1
    )
    place = PracticePlace.objects.get(key="annuaire:R100")
    assert (place.name, place.address, place.commune) == ("MAISON DU LAC", "DU PRÉ", other)
    assert place.phone.endswith("85000001")
    office = Structure.objects.get(pk="annuaire:R100")
    assert (office.name, office.address, office.city, office.lon) == (
        "MAISON DU LAC", "DU PRÉ", other.name, other.lon,
    )  # fmt: skip
    assert Membership.objects.filter(place=place, ends_on=None).count() == 2


CODED = (
    "Code catégorie professionnelle", "Code type savoir-faire", "Code savoir-faire", "Code mode exercice",
    "Code genre activité",
)  # fmt: skip


def take_coded(here: territory.Commune, *people: tuple[str, str], day: date = MARCH) -> dict[str, int]:
    """Take in people, told by their number and the cells of `CODED`, a word each (« - » is empty)."""
    lines = []
    for number, words in people:
        cells = dict(zip(CODED, (word.strip("-") for word in words.split()), strict=True))
        kept = {title: cells[title] for title in CODED[2:4]}
        lines.append("|".join([activity(number, here, **kept), *(cells[title] for title in EXTRA)]))
    return take_in(["|".join([HEADING, *EXTRA]), *lines], day, Format.ANNUAIRE)


EXTRA = (CODED[0], CODED[1], CODED[4])


@pytest.mark.parametrize(
    ("words", "function"),
    [
        ("C S SM54 L GENR01", "care"),
        ("M S SM54 S GENR01", "care"),
        ("C S SM54 L -", "care"),
        ("C S SM54 L GENR99", "care"),
        ("E - - - GENR01", "student"),
        ("E - - S -", "student"),
        ("E - - L GENR02", "replacement"),
        ("C S SM54 L GENR02", "replacement"),
        ("C S SM54 L GENR03", "replacement"),
        ("C S SM54 L GENR06", "replacement"),
        ("C S SM54 S GENR04", "other"),
        ("C S SM54 S GENR08", "other"),
    ],
)
def test_only_who_cares_at_their_own_place_is_one_of_its_professionals(
    communes: list[territory.Commune], words: str, function: str
) -> None:
    here = communes[0]
    counts = take_coded(here, (RPPS[0], words), (RPPS[1], "C S SM54 L GENR01"))
    is_standing = function == "care"
    assert counts["passing"] == (not is_standing)
    one = Membership.objects.get(professional__rpps=RPPS[0])
    assert (one.function, one.status) == (function, words.split()[3].strip("-"))
    assert {one.rpps for one in api.professionals_in([here.code])} == {
        RPPS[1],
        *([RPPS[0]] if is_standing else []),
    }
    shown = api.sheet(Professional.objects.get(rpps=RPPS[1]).pk)
    assert (shown.practice.mode == "grouped") == is_standing


def test_who_stops_replacing_and_settles_is_one_of_the_professionals_from_then_on(
    communes: list[territory.Commune],
) -> None:
    here = communes[0]
    take_coded(here, (RPPS[0], "E - - S GENR01"))
    take_coded(here, (RPPS[0], "C S SM54 L GENR02"), day=APRIL)
    take_coded(here, (RPPS[0], "C S SM54 L GENR01"), day=MAY)
    rows = Membership.objects.order_by("pk").values_list("function", "ends_on")
    assert list(rows) == [("student", APRIL), ("replacement", MAY), ("care", None)]
    assert [one.rpps for one in api.professionals_in([here.code])] == [RPPS[0]]


def test_two_modes_of_practice_at_one_site_are_two_memberships(communes: list[territory.Commune]) -> None:
    here = communes[0]
    both = ((RPPS[0], "C S SM54 L GENR01"), (RPPS[0], "C S SM54 S GENR01"))
    assert take_coded(here, *both)["memberships"] == 2
    assert take_coded(here, *both[::-1], day=APRIL)["memberships"] == 0
    assert take_coded(here, both[1], day=MAY)["ended"] == 1
    assert list(Membership.objects.filter(ends_on=None).values_list("status", flat=True)) == ["S"]


def test_what_somebody_wrote_by_hand_of_a_place_is_not_told_a_second_time(
    communes: list[territory.Commune],
) -> None:
    here = communes[0]
    take_coded(here, (RPPS[0], "C S SM54 L GENR01"))
    Membership.objects.update(source=HAND_SOURCE, status="S")
    assert take_coded(here, (RPPS[0], "C S SM54 L -"), day=APRIL)["memberships"] == 0
    assert Membership.objects.get().ends_on is None


@pytest.mark.parametrize(
    ("skills", "specialty"),
    [
        (["PAC CAPA05", "S SM54"], "SM54"),
        (["S SM54", "PAC CAPA05"], "SM54"),
        (["CEX CEX22", "S SM04", "S SM54"], "SM04"),
        (["PAC CAPA05"], "CAPA05"),
        (["- -", "DEC C01"], "C01"),
        (["S -", "PAC CAPA05"], "CAPA05"),
        (["- -"], ""),
    ],
)
def test_the_specialty_is_that_of_the_ordre_wherever_it_stands(
    communes: list[territory.Commune], skills: list[str], specialty: str
) -> None:
    take_coded(communes[0], *((RPPS[0], f"C {skill} L GENR01") for skill in skills))
    assert Professional.objects.get().specialty == specialty


WRONG = [
    (Format.FINESS, b"", "un fichier vide"),
    (Format.FINESS, TITLED, "dans une autre disposition"),
    (Format.FINESS, b"finess;etalab;1;2026-01-01\nstructureej;1;X\n", "des entités juridiques"),
    (Format.FINESS, HEADING.encode(), "des activités de l’Annuaire Santé"),
    (Format.ANNUAIRE, DIPLOMAS, "des diplômes de l’Annuaire Santé"),
    (Format.ANNUAIRE, plus(), "des structures de FINESS+"),
    (Format.FINESS, b'{"a": 1}', "JSON qui n’est pas de FINESS+"),
]


@pytest.mark.parametrize(("format", "content", "words"), WRONG)
def test_a_wrong_file_is_refused_in_words_and_nothing_is_written(
    communes: list[territory.Commune], format: Format, content: bytes, words: str
) -> None:
    with pytest.raises(WrongFileError) as refused:
        actions.take_in(by=None, format=format, content=content, file_name="x", extracted_on=MARCH)
    told = actions.refusal(refused.value)
    assert words in told
    assert "Fichier attendu" in told
    assert "Rien n’a été importé" in told
    assert not DirectoryImport.objects.exists()


def test_a_file_of_which_nothing_can_be_taken_is_not_imported(communes: list[territory.Commune]) -> None:
    elsewhere = site_line(FINESS[0], departement="42", commune="001", ligneacheminement="42000 LOIN")
    with pytest.raises(NothingToTakeError) as refused:
        take_in([elsewhere, site(FINESS[1], communes[0], rs="")])
    assert "Lignes lues : 2 ; hors de la demande : 1 ; écartées : 1" in actions.refusal(
        refused.value
    ).replace("\u00a0", " ")
    assert not DirectoryImport.objects.exists()


def test_the_page_refuses_by_name_and_says_what_came(
    client: Client, coordinator: Person, communes: list[territory.Commune]
) -> None:
    client.force_login(coordinator)
    address = reverse("directory:import")

    def send(content: bytes, step: str, **headers: str) -> str:
        data = {"format": "finess", "extracted_on": "2026-03-02", "step": step}
        sent = data | {"file": SimpleUploadedFile("f.csv", content)}
        answer = client.post(address, sent, follow=True, headers=headers or None)
        return answer.content.decode().replace("\u00a0", " ")

    assert "une extraction FINESS sans aucune ligne" in send(b"finess;etalab;1;2026-01-01\n", "import")
    swapped = send(TITLED, "preview", **{"HX-Request": "true"}).partition('id="preview"')[2]
    assert "Fichier à lire : Ce fichier semble être un tableau FINESS" in swapped, "what is swapped says why"
    lost = site_line(FINESS[2], departement="42", commune="001", ligneacheminement="42000 LOIN")
    assert "Aucune ligne de ce fichier" in send(lost.encode(), "import")
    content = "\n".join(
        [site(FINESS[0], communes[0]), position_line(1, 2, "NTF", FINESS[0]), site(FINESS[1], communes[0])]
    ).encode()
    shown = send(content, "preview")
    assert "Projection inconnue" in shown
    assert "Placés au centre de leur commune, faute de position" in shown
    assert "Ajoutés : 2 ; modifiés : 0 ; fermés ou partis : 0 ; lignes écartées : 0" in send(
        content, "import"
    )
    structure = Structure.objects.get(finess=FINESS[0])
    structure.is_active, structure.closed_on = False, APRIL
    structure.save()
    page = client.get(reverse("directory:structure", args=[structure.pk])).content.decode()
    assert "Structure fermée le" in page


def test_the_preview_and_the_command_count_alike(communes: list[territory.Commune], tmp_path: Path) -> None:
    here = communes[0]
    take_in([site(number, here) for number in FINESS])
    file = tmp_path / "etalab-cs1100502-stock-20260402-0300.csv"
    file.write_text("\n".join(site(number, here) for number in FINESS[:20]))
    told = directory_files.run(
        Format.FINESS, file, day=None, departements=(), write=False, errors=None, progress=lambda *_: None
    )
    assert (told.counts["closed"], told.counts["missing"]) == (0, 25)
    assert "il semble incomplet : 25" in told.told().replace("\u00a0", " ")
    assert Structure.objects.filter(is_active=False).count() == 0


# Undone


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row that an import may write."""
    tables = (Structure, PracticePlace, Professional, Membership, FactDate)
    return {
        one.__name__: [
            {k: v for k, v in row.items() if k != "created_at"} for row in one.objects.order_by("pk").values()
        ]
        for one in tables
    }


def last_import(format: Format) -> DirectoryImport:
    return DirectoryImport.objects.filter(format=format.value).latest("imported_at")


def test_an_import_undone_gives_back_every_row(
    coordinator: Person, communes: list[territory.Commune]
) -> None:
    here, other = communes
    take_people(activity(RPPS[0], here), activity(RPPS[1], here))
    take_in([site(FINESS[0], here), site(FINESS[1], here)])
    before = everything()
    take_people(
        activity(RPPS[0], here, **{"Nom d'exercice": "AUTRE", "Raison sociale site": "MAISON DU LAC"}),
        activity(RPPS[2], here, **{"Identifiant technique de la structure": "R200"}),
        day=APRIL,
    )
    take_in([site(FINESS[0], other, rs="AUTRE NOM"), site(FINESS[2], here)], APRIL)
    changed = everything()
    assert all(changed[table] != before[table] for table in before)
    for format in (Format.ANNUAIRE, Format.FINESS):
        counts = actions.undo_import(by=coordinator, done=last_import(format), reason="mauvais fichier")
        assert counts["kept"] == 0
        assert min(counts["restored"], counts["removed"]) > 0
    assert everything() == before
    with pytest.raises(ValidationError, match="déjà été défait"):
        actions.undo_import(by=coordinator, done=last_import(Format.FINESS), reason="encore")


def test_a_file_undone_may_be_taken_in_again(coordinator: Person, communes: list[territory.Commune]) -> None:
    lines = [site(FINESS[0], communes[0])]
    take_in(lines, APRIL)
    actions.undo_import(by=coordinator, done=last_import(Format.FINESS), reason="essai")
    assert not Structure.objects.filter(finess=FINESS[0]).exists()
    assert counted(take_in(lines, MARCH)) == (1, 0, 0, 0, 0)  # a file undone makes no other one older
    assert DirectoryImport.objects.filter(undone_at=None).count() == 1


def test_what_was_changed_or_used_since_stays(coordinator: Person, communes: list[territory.Commune]) -> None:
    here = communes[0]
    take_people(activity(RPPS[0], here), activity(RPPS[1], here), activity(RPPS[2], here))
    corrected, used, _untouched = Professional.objects.order_by("rpps")
    corrected.phone = "+33385000000"
    corrected.save()
    Welcome.objects.create(
        professional=used, started_on=MARCH, territory=territory.Territory.objects.create(
            name="Lac", slug="lac", kind="cpts", scope=Scope.objects.create(kind="territory", label="Lac")
        ),
    )  # fmt: skip
    counts = actions.undo_import(by=coordinator, done=last_import(Format.ANNUAIRE), reason="essai")
    assert set(Professional.objects.all()) == {corrected, used}
    assert counts["kept"] == 2
    assert not Membership.objects.exists()


def test_only_the_last_import_of_a_format_can_be_undone_and_with_a_reason(
    coordinator: Person, communes: list[territory.Commune]
) -> None:
    here = communes[0]
    take_in([site(FINESS[0], here)])
    first = last_import(Format.FINESS)
    take_in([site(FINESS[0], here), site(FINESS[1], here)], APRIL)
    for done, reason, words in (
        (first, "trop tard", "Seul le dernier"), (last_import(Format.FINESS), "  ", "Dites pourquoi"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=words):
            actions.undo_import(by=coordinator, done=done, reason=reason)
    with pytest.raises(PermissionDenied):
        actions.undo_import(
            by=make_person("rose.vacoa", Role.NURSE, None),
            done=last_import(Format.FINESS),
            reason="pour voir",
        )
    assert Structure.objects.count() == 2


def test_the_page_undoes_an_import_and_keeps_a_refused_reason(
    client: Client, coordinator: Person, communes: list[territory.Commune]
) -> None:
    take_in([site(FINESS[0], communes[0])])
    done = last_import(Format.FINESS)
    client.force_login(coordinator)
    address = reverse("directory:import")
    assert "Défaire cet import" in client.get(address).content.decode()
    refused = client.post(address, {"step": "undo", "done": done.pk, "reason": " "})
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    client.post(address, {"step": "undo", "done": done.pk, "reason": "mauvais mois"})
    page = client.get(address).content.decode()
    assert "Import défait" in page
    assert "Défaire cet import" not in page
    assert client.post(address, {"step": "undo", "done": "12345", "reason": "x"}).status_code == 404
