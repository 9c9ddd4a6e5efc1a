"""An import is whole or nothing, does nothing twice, and tells what changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from maillage.kernel.models import Entry, Person
from maillage.territory import api, packs
from maillage.territory.actions import importing
from maillage.territory.models import Commune, CommuneContour, DataPack, DepartmentWorkforce, PackArray
from tests.packs import PackCopy

TABLES = (Commune, CommuneContour, DataPack, DepartmentWorkforce, PackArray, Entry)


class InterruptedImportError(Exception):
    """Raised by a test in the middle of an import."""


class Houses:
    """A loader of another context, as the directory brings one."""

    name = "houses"
    table = packs.Table(
        "structures", {"id": packs.Column(packs.Kind.TEXT, required=True)}, key="code_commune", unique=False
    )

    def __init__(self, fail: bool = False) -> None:
        self.fail = fail
        self.rows = 0

    def check(self, table: pl.DataFrame, manifest: packs.Manifest, defects: packs.Defects) -> None:
        if "forbidden" in table.columns:
            defects.add("forbidden", self.table.file, "colonne interdite.", "Retirez-la.")

    def load(self, pack: packs.OpenPack, progress: packs.Progress) -> Mapping[str, int]:
        if self.fail:
            raise InterruptedImportError
        self.rows = pack.tables["structures"].height
        return {"structures": self.rows}


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def test_an_import_brings_communes_columns_outlines_and_workforce(fictional_country: api.Atlas) -> None:
    counts = _counts()
    assert counts.pop("PackArray") > 70
    assert counts == {
        "Commune": 96, "CommuneContour": 96, "DataPack": 1, "DepartmentWorkforce": 5, "Entry": 1,
    }  # fmt: skip
    brumeval = api.search_communes("brumeval")[0]
    assert (brumeval.departement, brumeval.epci_name) == ("00", "CC Val de Brume")
    assert brumeval.population == 11_840
    west, east = brumeval.contour.west, brumeval.contour.east
    assert west < brumeval.lon < east
    assert api.current_pack() is not None


@pytest.mark.django_db
def test_a_second_import_does_nothing_and_says_so(fictional_pack: Path) -> None:
    first = api.import_pack(by=None, folder=fictional_pack)
    before = _counts()
    again = api.import_pack(by=None, folder=fictional_pack)
    assert (first.already_imported, again.already_imported) == (False, True)
    assert first.is_first
    assert _counts() == before


@pytest.mark.django_db
def test_a_loader_that_joins_later_is_served(fictional_pack: Path) -> None:
    api.import_pack(by=None, folder=fictional_pack)
    houses = Houses()
    report = api.import_pack(by=None, folder=fictional_pack, extra_loaders=[houses])
    assert not report.already_imported
    assert report.loaded == {"houses": {"structures": houses.rows}}
    assert houses.rows > 0
    assert api.import_pack(by=None, folder=fictional_pack, extra_loaders=[houses]).already_imported
    assert api.current_atlas().column("communes.lon").shape == (96,)


@pytest.mark.django_db
def test_a_defective_pack_leaves_nothing_and_says_why(pack_copy: PackCopy) -> None:
    pack_copy.cell("supply_commune", 2, "pharmacies", -1)
    with pytest.raises(api.PackRefusedError, match=r"1 défaut\. Rien n’a été importé") as refused:
        api.import_pack(by=None, folder=pack_copy.folder)
    assert "supply_commune.parquet, ligne 2, colonne pharmacies" in str(refused.value)
    assert refused.value.report.counts() == {"negative_value": 1}
    assert set(_counts().values()) == {0}
    with pytest.raises(api.NoPackError, match="maillage data import"):
        api.current_atlas()


@pytest.mark.django_db
def test_a_loader_can_refuse_a_pack(pack_copy: PackCopy) -> None:
    pack_copy.table("structures", lambda table: table.with_columns(forbidden=1))
    with pytest.raises(api.PackRefusedError, match="colonne interdite"):
        api.import_pack(by=None, folder=pack_copy.folder, extra_loaders=[Houses()])


STAGES = ["_new_pack", "store_communes", "store_arrays", "store_contours", "store_workforce", "_load_others",
          "column_changes", "_finish"]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", STAGES)
def test_an_import_that_breaks_leaves_the_pack_before(
    fictional_pack: Path, pack_copy: PackCopy, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    api.import_pack(by=None, folder=fictional_pack)
    before, atlas = _counts(), api.current_atlas()
    pack_copy.cell("communes", 1, "pop_municipale", 5)
    done = getattr(importing, stage)

    def break_after(*args: Any, **kwargs: Any) -> None:
        done(*args, **kwargs)
        raise InterruptedImportError

    monkeypatch.setattr(importing, stage, break_after)
    with pytest.raises(InterruptedImportError):
        api.import_pack(by=None, folder=pack_copy.folder)
    assert _counts() == before
    assert api.current_atlas().fingerprint == atlas.fingerprint
    assert Commune.objects.get(code="00001").population == atlas.column("communes.pop_municipale")[0] != 5


@pytest.mark.django_db(transaction=True)
def test_a_loader_that_breaks_leaves_nothing(fictional_pack: Path) -> None:
    with pytest.raises(InterruptedImportError):
        api.import_pack(by=None, folder=fictional_pack, extra_loaders=[Houses(fail=True)])
    assert set(_counts().values()) == {0}


def test_a_changed_pack_tells_what_changed(fictional_country: api.Atlas, pack_copy: PackCopy) -> None:
    before = fictional_country.column("communes.pop_municipale")[4]
    pack_copy.cell("communes", 5, "pop_municipale", 9_999)
    pack_copy.cell("communes", 6, "pop_municipale", 10)
    pack_copy.cell("communes", 7, "nom", "Nouvelle-Brume")
    pack_copy.table("social_commune", lambda t: t.with_columns(medecins_vus=pl.lit(2.5)).drop("deces_2023"))
    pack_copy.manifest(
        lambda m: next(f for f in m["files"] if f["file"].startswith("social"))["columns"].pop("deces_2023")
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        report = api.import_pack(by=None, folder=pack_copy.folder)
    changes = {change.key: change for change in report.columns}
    assert {key: change.status for key, change in changes.items()} == {
        "communes.pop_municipale": "changed",
        "social_commune.medecins_vus": "added",
        "social_commune.deces_2023": "removed",
    }
    population = changes["communes.pop_municipale"]
    assert population.communes == 2
    assert (population.biggest[0].code, population.biggest[0].before, population.biggest[0].after) == (
        "00005", before, 9_999,
    )  # fmt: skip
    assert [(code, after) for code, _, after in report.renamed] == [("00007", "Nouvelle-Brume")]
    assert api.search_communes("nouvelle brume")[0].code == "00007"
    now = api.current_atlas()
    assert now.column("communes.pop_municipale")[4] == 9_999
    assert now.column("social_commune.medecins_vus")[0] == 2.5
    assert api.last_report() == DataPack.objects.current().get().report


def test_a_commune_that_goes_is_retired_and_comes_back(
    fictional_country: api.Atlas, fictional_pack: Path, pack_copy: PackCopy
) -> None:
    _drop_last_commune(pack_copy)
    report = api.import_pack(by=None, folder=pack_copy.folder)
    assert [code for code, _ in report.removed] == ["00096"]
    assert len(api.current_atlas()) == 95
    gone = Commune.objects.get(code="00096")
    assert not gone.is_active
    assert gone not in api.search_communes(gone.name)
    back = api.import_pack(by=None, folder=fictional_pack)
    assert [code for code, _ in back.added] == ["00096"]
    assert Commune.objects.get(code="00096").is_active
    assert [pack.is_current for pack in api.list_packs()] == [True, False, False]
    assert PackArray.objects.exclude(pack__is_current=True).count() == 0


def _drop_last_commune(pack: PackCopy) -> None:
    for stem in ("communes", "supply_commune", "fragilites_commune", "social_commune"):
        pack.table(stem, lambda table: table.filter(pl.col("code") != "00096"))
    pack.topology(lambda t: t["objects"]["communes"]["geometries"].pop())


def test_a_value_that_disappears_is_a_change(fictional_country: api.Atlas, pack_copy: PackCopy) -> None:
    pack_copy.cell("social_commune", 40, "niveau_vie_median_2021", None)
    (change,) = api.import_pack(by=None, folder=pack_copy.folder).columns
    assert change.biggest[0].after is None
    assert np.isnan(api.current_atlas().column("social_commune.niveau_vie_median_2021")[39])


def test_only_those_who_may_import_do(fictional_pack: Path, coordinator: Person, patient: Person) -> None:
    with pytest.raises(PermissionDenied):
        api.import_pack(by=patient, folder=fictional_pack)
    api.import_pack(by=coordinator, folder=fictional_pack)
    entry = Entry.objects.get(verb="territory.pack_imported")
    assert entry.by == coordinator
    pack = api.current_pack()
    assert pack is not None
    assert pack.imported_by == coordinator


@pytest.mark.django_db
def test_progress_is_told(fictional_pack: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    api.import_pack(by=None, folder=fictional_pack, progress=lambda *step: steps.append(step))
    assert {"Communes", "Contours", "Colonnes", "Lecture de communes.parquet"} <= {
        step for step, _, _ in steps
    }
    assert all(done <= total for _, done, total in steps)


@pytest.mark.pack
@pytest.mark.django_db
def test_the_national_pack_is_imported(national_pack: Path) -> None:
    report = api.import_pack(by=None, folder=national_pack)
    assert report.communes == 34_875
    france = api.current_atlas()
    assert france.column("communes.pop_municipale").sum() == 68_350_798
    assert np.isnan(france.column("apl_reference.apl_mg_2023")).sum() > 3_000
    gueugnon = france.position("71230")
    assert france.names[gueugnon] == "Gueugnon"
    assert france.variable("apl_reference.apl_mg_2023").vintage == "2023"
    indptr, indices = france.adjacency
    swallowed = france.position("15031")
    assert france.names[indices[indptr[swallowed] : indptr[swallowed + 1]]].tolist() == [
        "Neussargues-Moissac"
    ]
    charolais = api.create_demonstration_territory(by=None)
    assert (charolais.slug, charolais.is_constructed) == ("charolais-brionnais", True)
    assert "ce n’est pas une CPTS officielle" in charolais.note
    members = api.member_positions(charolais)
    assert len(members) == 99
    assert set(france.departements[members]) == {"03", "71"}
    assert len(set(france.regions[members])) == 2
    assert "71270" not in api.member_codes(charolais)
