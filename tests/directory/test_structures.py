"""Structures come with the pack, keep their identity, and are found by place, type and text."""

from pathlib import Path

import pytest

from maillage.directory import api
from maillage.directory.models import Structure
from maillage.directory.rules import StructureKind, finess_of, r66_code
from maillage.kernel.names import normalise
from maillage.territory import api as territory
from tests.packs import PackCopy


@pytest.fixture
def country(db: None, fictional_pack: Path) -> territory.Atlas:
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    return territory.current_atlas()


def test_structures_are_loaded_within_the_import(db: None, fictional_pack: Path) -> None:
    report = territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    counts = dict(report.loaded["structures"])
    assert counts["total"] == counts["added"] == Structure.objects.count() > 30
    again = territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    assert again.already_imported


def test_a_structure_says_what_it_is_and_how_sure_its_place_is(country: territory.Atlas) -> None:
    home = Structure.objects.filter(kind=StructureKind.EHPAD).first()
    assert home is not None
    assert (home.precision, home.is_group, home.category_code) == (api.Precision.ADDRESS, False, "500")
    assert home.single_room_price is not None
    pharmacies = Structure.objects.filter(kind=StructureKind.PHARMACY, count__gt=1).first()
    assert pharmacies is not None
    assert pharmacies.is_group
    assert pharmacies.title == f"{pharmacies.count} pharmacies · {pharmacies.name}"
    assert str(pharmacies.get_precision_display()) == "située au centre de la commune"


def test_counts_follow_the_supply_of_the_communes(country: territory.Atlas) -> None:
    valley = territory.create_demonstration_territory(by=None)
    codes = territory.member_codes(valley)
    counts = api.counts_by_kind(codes)
    members = territory.member_positions(valley)
    assert counts[StructureKind.PHARMACY] == country.column("supply_commune.pharmacies")[members].sum()
    assert counts[StructureKind.EMERGENCY] == country.column("supply_commune.urgences")[members].sum()
    assert set(counts) == set(StructureKind)
    assert (
        sum(one.count for one in api.structures_in(codes, [StructureKind.PHARMACY]))
        == counts[StructureKind.PHARMACY]
    )
    assert api.counts_by_kind([])[StructureKind.EHPAD] == 0


def test_a_later_pack_updates_adds_and_retires(country: territory.Atlas, pack_copy: PackCopy) -> None:
    pack_copy.cell("structures", 1, "nom", "HÔPITAL NOUVEAU")
    pack_copy.cell("structures", 2, "id", "fictif:autre")
    report = territory.import_pack(by=None, folder=pack_copy.folder, extra_loaders=[api.structure_loader])
    assert {key: report.loaded["structures"][key] for key in ("added", "changed", "retired")} == {
        "added": 1, "changed": 1, "retired": 1,
    }  # fmt: skip
    assert [one.name for one in api.search_structures("hopital nouv")] == ["HÔPITAL NOUVEAU"]
    assert Structure.objects.filter(is_active=False).count() == 1


def test_text_finds_name_town_and_finess(country: territory.Atlas) -> None:
    Structure.objects.filter(kind=StructureKind.HOSPITAL, city="Brumeval").update(finess="710781089")
    (hospital,) = api.search_structures("710781089")
    assert hospital.city == "Brumeval"
    assert hospital in api.search_structures("brumev")
    assert hospital in api.search_structures("CENTRE HOSP")
    assert api.search_structures("") == []
    assert api.search_structures("entre") == []


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("type", "garage", "unknown_word"),
        ("precision", "à peu près", "unknown_word"),
        ("statut", "secret", "unknown_word"),
        ("nombre", -1, "negative_value"),
        ("nom", None, "missing_value"),
        ("code_commune", "00999", "unknown_commune"),
    ],
)
@pytest.mark.django_db
def test_a_wrong_structure_is_refused(pack_copy: PackCopy, column: str, value: object, kind: str) -> None:
    pack_copy.cell("structures", 3, column, value)
    report = territory.check_pack(pack_copy.folder, loaders=[api.structure_loader])
    assert [(defect.kind, defect.row, defect.column) for defect in report.defects] == [(kind, 3, column)]


def test_a_repeated_identifier_is_refused(pack_copy: PackCopy, db: None) -> None:
    pack_copy.table("structures", lambda table: table.vstack(table.head(1)))
    report = territory.check_pack(pack_copy.folder, loaders=[api.structure_loader])
    assert [defect.kind for defect in report.defects] == ["duplicate_structure"]


def test_a_structure_outside_france_is_refused(pack_copy: PackCopy, db: None) -> None:
    pack_copy.manifest(lambda manifest: manifest.update(geography="COG 2026"))
    report = territory.check_pack(pack_copy.folder, loaders=[api.structure_loader])
    assert report.counts()["outside_france"] > 96


def test_structures_without_a_commune_are_remarked(pack_copy: PackCopy, db: None) -> None:
    pack_copy.cell("structures", 3, "code_commune", None)
    report = territory.import_pack(by=None, folder=pack_copy.folder, extra_loaders=[api.structure_loader])
    assert [remark["kind"] for remark in report.remarks] == ["without_commune"]
    assert Structure.objects.filter(commune=None).count() == 1


def test_identifiers_and_categories() -> None:
    assert finess_of("finess:2A0000014") == "2A0000014"
    assert finess_of("bpe24:pharmacie:71230") == ""
    assert r66_code(StructureKind.HOSPITAL, normalise("Centre Hospitalier (C.H.)")) == "355"
    assert r66_code(StructureKind.HOSPITAL, normalise("Centre Hospitalier Régional (C.H.R.)")) == "101"
    assert r66_code(StructureKind.HOSPITAL, normalise("Centre hospitalier, ex Hôpital local")) == "106"
    assert r66_code(StructureKind.HOSPITAL, "maison") == ""
    assert r66_code(StructureKind.EMERGENCY, "") == ""


@pytest.mark.pack
@pytest.mark.django_db
def test_the_national_directory(national_pack: Path) -> None:
    report = territory.import_pack(by=None, folder=national_pack, extra_loaders=[api.structure_loader])
    assert report.loaded["structures"]["total"] == 26_776
    charolais = territory.create_demonstration_territory(by=None)
    counts = api.counts_by_kind(territory.member_codes(charolais))
    assert counts[StructureKind.EHPAD] == 14
    assert counts[StructureKind.EMERGENCY] == 1
    assert Structure.objects.filter(commune=None).count() == 31
    hospitals = Structure.objects.filter(kind=StructureKind.HOSPITAL)
    assert hospitals.exclude(category_code="").count() / hospitals.count() > 0.99
