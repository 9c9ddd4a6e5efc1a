"""A bad pack is refused, one sentence per defect: file, row, column, what, how to mend."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from maillage.territory import packs
from maillage.territory.packs import variables
from tests.packs import PackCopy


def _only(report: packs.Report) -> packs.Defect:
    assert report.pack is None
    assert len(report.defects) == 1, [str(defect) for defect in report.defects]
    return report.defects[0]


def test_the_fictional_pack_is_sound(fictional_pack: Path) -> None:
    report = packs.check(fictional_pack)
    assert report.is_sound
    assert not report.defects
    assert not report.remarks


def test_a_folder_without_manifest_is_told_so(tmp_path: Path) -> None:
    defect = _only(packs.check(tmp_path))
    assert (defect.kind, defect.file) == ("missing_manifest", "manifest.json")


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"files": []}', '{"files": {}, "geography": "x"}', '{"files": [{}], "geography": "x"}',
     "[" * 100_000],
)  # fmt: skip
def test_a_manifest_that_is_not_one_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    report = packs.check(tmp_path)
    assert not report.is_sound
    assert {defect.kind for defect in report.defects} <= {"invalid_manifest", "missing_file"}


@pytest.mark.parametrize("name", ["../secret.parquet", "/etc/passwd", "a/../../b", "..\\x", "", "a\x00b"])
def test_a_file_outside_the_folder_is_refused(pack_copy: PackCopy, name: str) -> None:
    pack_copy.manifest(lambda manifest: manifest["files"].append({"file": name}))
    assert "path_outside_pack" in {defect.kind for defect in packs.check(pack_copy.folder).defects}


def test_a_symbolic_link_that_leaves_the_folder_is_refused(pack_copy: PackCopy, tmp_path: Path) -> None:
    (tmp_path / "outside.parquet").write_bytes(b"x")
    (pack_copy.folder / "link.parquet").symlink_to(tmp_path / "outside.parquet")
    pack_copy.manifest(lambda manifest: manifest["files"].append({"file": "link.parquet"}))
    assert _only(packs.check(pack_copy.folder)).kind == "path_outside_pack"


def test_giant_files_and_tables_are_not_opened(pack_copy: PackCopy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs.reading, "CELL_LIMIT", 100)
    kinds = [defect.kind for defect in packs.check(pack_copy.folder).defects]
    assert set(kinds) == {"giant_file"}
    monkeypatch.setattr(packs.reading, "FILE_LIMIT", 100)
    assert {d.file for d in packs.check(pack_copy.folder).defects if d.kind == "giant_file"} >= {
        "communes.parquet"
    }
    monkeypatch.setattr(packs.reading, "MANIFEST_LIMIT", 10)
    assert _only(packs.check(pack_copy.folder)).file == "manifest.json"


def test_a_missing_file_is_named(pack_copy: PackCopy) -> None:
    (pack_copy.folder / "social_commune.parquet").unlink()
    defect = _only(packs.check(pack_copy.folder))
    assert (defect.kind, defect.file) == ("missing_file", "social_commune.parquet")


def test_an_indispensable_file_must_be_in_the_manifest(pack_copy: PackCopy) -> None:
    pack_copy.manifest(
        lambda manifest: manifest.update(
            files=[
                f
                for f in manifest["files"]
                if f["file"] not in {"supply_commune.parquet", "communes_france.topojson"}
            ]
        )
    )
    found = {defect.file for defect in packs.check(pack_copy.folder).defects}
    assert found == {"supply_commune.parquet", "communes_france.topojson"}


def test_a_corrupted_table_is_refused(pack_copy: PackCopy) -> None:
    path = pack_copy.folder / "supply_commune.parquet"
    path.write_bytes(path.read_bytes()[:700])
    assert _only(packs.check(pack_copy.folder)).kind == "unreadable_file"


def test_a_file_that_is_no_table_is_refused(pack_copy: PackCopy) -> None:
    (pack_copy.folder / "communes.parquet").write_text("code;nom\n")
    assert _only(packs.check(pack_copy.folder)).kind == "unreadable_file"


def test_a_table_with_other_rows_than_declared_is_refused(pack_copy: PackCopy) -> None:
    pack_copy.manifest(lambda manifest: manifest["files"][0].update(rows=95))
    defect = _only(packs.check(pack_copy.folder))
    assert defect.kind == "row_count"
    assert "95" in defect.what
    assert "96" in defect.what


def test_a_missing_column_is_named(pack_copy: PackCopy) -> None:
    pack_copy.table("communes", lambda table: table.drop("pop_municipale"))
    defect = _only(packs.check(pack_copy.folder))
    assert (defect.kind, defect.file, defect.column) == (
        "missing_column",
        "communes.parquet",
        "pop_municipale",
    )


@pytest.mark.parametrize(("column", "dtype"), [("pop_municipale", pl.String), ("surface_km2", pl.String)])
def test_a_column_of_the_wrong_type_is_named(pack_copy: PackCopy, column: str, dtype: Any) -> None:
    pack_copy.table("communes", lambda table: table.with_columns(pl.col(column).cast(dtype)))
    defect = _only(packs.check(pack_copy.folder))
    assert (defect.kind, defect.column) == ("wrong_type", column)


def test_codes_written_as_numbers_are_the_wrong_type(pack_copy: PackCopy) -> None:
    pack_copy.table("supply_commune", lambda table: table.with_columns(pl.col("code").cast(pl.Int32)))
    assert _only(packs.check(pack_copy.folder)).kind == "wrong_type"


CELLS: list[tuple[str, str, Any, str]] = [
    ("communes", "pop_municipale", -1, "negative_value"),
    ("communes", "pop_municipale", 10.5, "not_an_integer"),
    ("communes", "pop_municipale", None, "missing_value"),
    ("communes", "lon", float("nan"), "missing_value"),
    ("communes", "lat", float("inf"), "not_finite"),
    ("communes", "nom", None, "missing_value"),
    ("communes", "code", None, "missing_value"),
    ("communes", "lon", 300.0, "outside_france"),
    ("communes", "code", "00002", "duplicate_commune"),
    ("communes", "code", "71001", "invalid_code"),
    ("communes", "surface_km2", -2.0, "negative_value"),
    ("social_commune", "taux_pauvrete60_2021", 101.0, "out_of_range"),
    ("social_commune", "naissances_2023", 1.5, "not_an_integer"),
    ("supply_commune", "mg_liberaux_am_2024", -3, "negative_value"),
    ("supply_commune", "mg_liberaux_am_2024", None, "missing_value"),
    ("supply_commune", "code", "00999", "unknown_commune"),
    ("supply_commune", "code", "00004", "duplicate_commune"),
]


@pytest.mark.parametrize(("stem", "column", "value", "kind"), CELLS)
def test_a_wrong_cell_is_told_with_its_place(
    pack_copy: PackCopy, stem: str, column: str, value: Any, kind: str
) -> None:
    pack_copy.cell(stem, 7, column, value)
    report = packs.check(pack_copy.folder)
    assert report.pack is None
    defect = next(defect for defect in report.defects if defect.kind == kind)
    assert defect.file == f"{stem}.parquet"
    assert defect.row == 7
    assert column in defect.column
    assert f"{stem}.parquet, ligne 7, colonne " in str(defect)
    assert defect.what.endswith(".")
    assert defect.mend.endswith(".")


def test_every_defect_is_told_at_once(pack_copy: PackCopy) -> None:
    pack_copy.cell("social_commune", 3, "taux_pauvrete60_2021", 120.0)
    pack_copy.cell("supply_commune", 4, "pharmacies", -1)
    pack_copy.cell("communes", 5, "surface_km2", -1.0)
    assert len(packs.check(pack_copy.folder).defects) == 3


def test_a_defect_on_every_row_is_told_five_times_and_counted(pack_copy: PackCopy) -> None:
    pack_copy.table("supply_commune", lambda table: table.with_columns(pharmacies=pl.lit(-1, pl.Int32)))
    report = packs.check(pack_copy.folder)
    assert len(report.defects) == 5
    assert report.defects[-1].others == 91
    assert "(et 91 autres)" in str(report.defects[-1])
    assert report.counts() == {"negative_value": 96}


def test_a_code_of_an_earlier_pack_is_said_to_be_stale(pack_copy: PackCopy) -> None:
    pack_copy.cell("supply_commune", 7, "code", "00500")
    defect = _only(packs.check(pack_copy.folder, earlier={"00500": "Ancienne-Brume"}))
    assert defect.kind == "stale_code"
    assert "Ancienne-Brume" in defect.what
    assert "table de passage" in defect.mend


def test_real_communes_may_not_take_fictional_codes(pack_copy: PackCopy) -> None:
    pack_copy.manifest(lambda manifest: manifest.update(geography="COG 2026"))
    kinds = packs.check(pack_copy.folder).counts()
    assert kinds["invalid_code"] == 96


SPOILT: list[Callable[[dict[str, Any]], Any]] = [
    lambda topology: topology.update(type="FeatureCollection"),
    lambda topology: topology.pop("arcs"),
    lambda topology: topology.update(arcs=[]),
    lambda topology: topology.update(objects={}),
    lambda topology: topology["objects"]["communes"]["geometries"][3].update(arcs=[[999_999]]),
    lambda topology: topology["objects"]["communes"]["geometries"][3].update(arcs=[[0]]),
    lambda topology: topology["objects"]["communes"]["geometries"][3].update(arcs=[]),
    lambda topology: topology["objects"]["communes"]["geometries"][3].update(type="Point"),
    lambda topology: topology["objects"]["communes"]["geometries"][3].pop("properties"),
    lambda topology: topology["objects"]["communes"].update(geometries=[]),
    lambda topology: topology["arcs"].__setitem__(0, [["a", "b"]]),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_outlines_that_are_not_a_topology_are_refused(
    pack_copy: PackCopy, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    pack_copy.topology(spoil)
    defect = _only(packs.check(pack_copy.folder))
    assert (defect.kind, defect.file) == ("invalid_topology", "communes_france.topojson")


def test_outlines_that_are_no_json_are_refused(pack_copy: PackCopy) -> None:
    (pack_copy.folder / "communes_france.topojson").write_bytes(b"\xff\xfe")
    assert _only(packs.check(pack_copy.folder)).kind == "invalid_topology"


def test_an_outline_of_an_unknown_commune_is_refused(pack_copy: PackCopy) -> None:
    pack_copy.topology(lambda t: t["objects"]["communes"]["geometries"][3]["properties"].update(code="00999"))
    report = packs.check(pack_copy.folder)
    defect = _only(report)
    assert (defect.kind, defect.row) == ("unknown_commune", 4)
    assert [remark.kind for remark in report.remarks] == ["without_contour"]


def test_every_numeric_column_has_a_label_and_a_kind() -> None:
    for table in variables.TABLES:
        for name, column in table.columns.items():
            assert column.label, f"{table.stem}.{name}"


@pytest.mark.pack
def test_the_national_pack_is_sound_with_its_insets_put_back(national_pack: Path) -> None:
    report = packs.check(national_pack)
    assert report.pack is not None, [str(defect) for defect in report.defects]
    kinds = [remark.kind for remark in report.remarks]
    assert kinds == ["inset"] * 5 + ["without_contour"]
    contours = report.pack.contours
    west, south, east, north = contours.boxes[contours.codes.index("97411")]
    assert west < 55.45 < east
    assert south < -20.95 < north
    assert all(inset.median_km < 4 for inset in contours.insets)
