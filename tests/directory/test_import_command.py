"""National files taken in from the command line; what a pack and FINESS both know stands once."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from typer.testing import CliRunner, Result

from maillage.config import directory_files, installation
from maillage.directory import actions, api, queries
from maillage.directory.models import Structure
from maillage.directory.rules.extractions import Format
from maillage.directory.rules.nearness import metres_between
from maillage.territory import api as territory
from tests.directory.test_rules import HEADING, annuaire_line, finess_line

EXTRACTED = date(2026, 3, 2)
OTHER_NUMBER = "710976705"


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> Result:
    """Run `maillage data import-directory` in this process, on the test's database."""
    from maillage.config.cli import app

    monkeypatch.setattr(installation, "prepare", lambda _progress: None)
    return CliRunner().invoke(app, ["data", "import-directory", *(str(word) for word in words)])


def in_commune(line: str, commune: territory.Commune) -> str:
    return line.replace(";230;71;", f";{commune.code[2:]};{commune.code[:2]};")


def take_in(*lines: str) -> dict[str, int]:
    content = "\n".join(lines).encode()
    done = actions.take_in(
        by=None, format=Format.FINESS, content=content, file_name="f.csv", extracted_on=EXTRACTED
    )
    return done.counts


@pytest.fixture
def commune(staffed_valley: territory.Territory) -> territory.Commune:
    return territory.Commune.objects.filter(code__in=territory.member_codes(staffed_valley)).order_by("code")[
        0
    ]


def test_a_file_is_previewed_then_imported(
    tmp_path: Path, commune: territory.Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "etalab-cs1100507-stock-20260302-0337.csv"
    file.write_text("\n".join(["finess;etalab;99;2026-03-02", in_commune(finess_line(), commune)]))
    seen = run(monkeypatch, "finess", file, "--preview", "--quiet")
    assert seen.exit_code == 0, seen.output
    assert "Lu sans rien écrire" in seen.output
    assert "Ajoutés : 1" in seen.output.replace("\u00a0", " ")
    assert not Structure.objects.filter(pk="finess:710781089").exists()
    done = json.loads(run(monkeypatch, "finess", file, "--json").output)
    assert (done["written"], done["already"], done["counts"]["added"]) == (True, False, 1)
    assert done["extracted_on"] == "2026-03-02"
    again = run(monkeypatch, "finess", file, "--quiet")
    assert "Déjà importé" in again.output


def test_lines_left_out_are_told_written_and_fail_the_command(
    tmp_path: Path, commune: territory.Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, errors = tmp_path / "PS_LibreAcces.txt", tmp_path / "erreurs.csv"
    wrong = [annuaire_line(**{"Identifiant PP": f"1000000000{digit}"}) for digit in range(1, 10)] * 3
    file.write_text("\n".join([HEADING, *wrong]))
    told = run(monkeypatch, "annuaire_sante", file, "--preview", "--errors", errors, "--quiet")
    assert told.exit_code == 1
    assert "Numéro RPPS faux" in told.output
    assert "--errors FICHIER" in told.output
    assert len(errors.read_text(encoding="utf-8").splitlines()) > directory_files.SHOWN_DEFECTS


def test_what_is_not_text_is_refused(
    tmp_path: Path, commune: territory.Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "finess.zip"
    file.write_bytes(b"PK\x03\x04\x81\x8d\x8f\x90\x9d")
    told = run(monkeypatch, "finess", file, "--quiet")
    assert told.exit_code == 1
    assert "une archive incomplète ou abîmée" in told.output


@pytest.mark.parametrize(
    ("name", "content", "day"),
    [
        ("f.csv", b"finess;etalab;99;2026-01-07\n", date(2026, 1, 7)),
        ("PS_LibreAcces_Personne_activite_202601070845.txt", b"", date(2026, 1, 7)),
        ("f.csv", b"finess;etalab;99;2026-02-31\n", None),
        ("sans-date.txt", b"", None),
    ],
)
def test_the_day_of_the_extraction_is_read_in_the_file(name: str, content: bytes, day: date | None) -> None:
    assert directory_files.extraction_day(name, content) == (day or timezone.localdate())


def test_an_establishment_the_pack_names_without_number_receives_it(commune: territory.Commune) -> None:
    known = Structure.objects.create(
        id="ehpad:1", kind="ehpad", name="Les Saules", search_name=" les saules", commune=commune,
        lon=commune.lon, lat=commune.lat, precision="address", count=1, source="cnsa",
    )  # fmt: skip
    counts = take_in(in_commune(finess_line(), commune))
    assert (counts["added"], counts["changed"]) == (0, 1)
    known.refresh_from_db()
    assert (known.finess, known.origin) == ("710781089", "pack")
    assert take_in(in_commune(finess_line(), commune), "")["unchanged"] == 1
    assert not Structure.objects.filter(pk="finess:710781089").exists()


def test_another_name_at_the_same_place_is_the_same_establishment(commune: territory.Commune) -> None:
    place = "geolocalisation;710781089;782000,0;6613000,0;1,ATLASANTE,96,BAN,L93_METROPOLE;2026-01-01"
    take_in(in_commune(finess_line(), commune), place)
    imported = Structure.objects.get(pk="finess:710781089")
    assert imported.precision == "address"
    lon, lat = imported.lon, imported.lat
    imported.delete()
    for number, shift in (("ehpad:far", 0.01), ("ehpad:near", 0.0005)):
        Structure.objects.create(
            id=number, kind="ehpad", name="Résidence", search_name=" residence", commune=commune, lon=lon,
            lat=lat + shift, precision="address", count=1, source="cnsa",
        )  # fmt: skip
    take_in(in_commune(finess_line(), commune), place, "")
    assert Structure.objects.get(pk="ehpad:near").finess == "710781089"
    assert Structure.objects.get(pk="ehpad:far").finess == ""


def test_named_pharmacies_take_the_place_of_their_count_on_screens(commune: territory.Commune) -> None:
    Structure.objects.filter(kind="pharmacie", commune=commune).delete()
    Structure.objects.create(
        id="bpe:pharmacie", kind="pharmacie", name=commune.name, search_name=f" {commune.search_name}",
        commune=commune, lon=commune.lon, lat=commune.lat, precision="commune", count=2, source="bpe",
    )  # fmt: skip
    pharmacy = api.StructureKind.PHARMACY
    assert api.counts_by_kind([commune.code], every_origin=True)[pharmacy] == 2
    take_in(
        in_commune(finess_line(category="620", name="PHARMACIE DU LAVOIR"), commune),
        in_commune(finess_line(OTHER_NUMBER, category="620", name="PHARMACIE DE LA HALLE"), commune),
    )
    listed = api.structures_in([commune.code], [pharmacy], every_origin=True)
    assert {one.name for one in listed} == {"PHARMACIE DU LAVOIR", "PHARMACIE DE LA HALLE"}
    assert api.counts_by_kind([commune.code], every_origin=True)[pharmacy] == 2
    assert api.counts_by_kind([commune.code])[pharmacy] == 2, "figures keep the pack's count"
    assert "bpe:pharmacie" not in {one.pk for one in queries.search_structures(commune.name, 50)}


def test_metres_between_two_places() -> None:
    assert metres_between((4.0, 46.0), (4.0, 46.0)) == 0
    assert metres_between((4.0, 46.0), (4.001, 46.0)) == pytest.approx(77.2, abs=0.1)
    assert metres_between((0.0, 0.0), (0.0, 1.0)) == pytest.approx(111_195)
