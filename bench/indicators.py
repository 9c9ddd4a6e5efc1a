"""The indicators on 100 M acts and 10 M stays: DuckDB beside pandas and Polars, in one run.

`python -m bench.indicators` writes build/bench/indicators.json. The files are invented by DuckDB, always the
same, under build/bench/indicators; `BENCH_INDICATORS_SCALE=0.1` takes a tenth of them. pandas works on a
tenth of what DuckDB reads, and its time is multiplied by ten.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl

from bench.harness import FOLDER, Row, best_of, row, write
from maillage.indicators.computations.catalogue import INDICATORS
from maillage.indicators.computations.cubes import asked_for, cube_of, on_duckdb
from maillage.indicators.packs.checking import views_of
from maillage.indicators.rules.files import Form
from maillage.indicators.rules.periods import Period

SCALE = float(os.environ.get("BENCH_INDICATORS_SCALE", "1"))
ACTS, STAYS, PEOPLE, VISITS, ANSWERS, REQUESTS = (
    100_000_000,
    10_000_000,
    5_000_000,
    2_000_000,
    100_000,
    500_000,
)
YEAR, TODAY = Period(2025 * 12, 12), date(2026, 6, 30)
KEYS = ("referring_doctor", "avoidable_stays", "readmission_30", "town_share", "satisfied", "regulation_time",
        "answered_in_time", "booked_48h")  # fmt: skip
#: Those that pandas and Polars count too: all that read stays, acts and people.
PEERS = KEYS[:4]
_ROOTS = ("I500", "J441", "E115", "N10", "J181", "S720", "K358", "C509", "I219", "M171")


def draw(seed: int, size: str) -> str:
    """A whole number under `size`, drawn from the number of the row: the same on every run."""
    return f"CAST((i * 2654435761 + {seed} * 40503) % 4294967291 * 48271 % 2147483647 % {size} AS BIGINT)"


def make(folder: Path, scale: float) -> None:
    """Write the files of the flat form, unless they are there."""
    if (folder / "done").is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    people = int(PEOPLE * scale)
    who = f"{draw(1, str(people))} AS personne"
    day = "DATE '2025-01-01' + CAST({} AS INTEGER)"
    codes = "[" + ", ".join(f"'{one}'" for one in _ROOTS) + "]"
    tables = {
        "personnes": (people, f"i AS personne, 1930 + {draw(2, '90')} AS annee_naissance, "
                              f"CASE WHEN {draw(3, '2')} = 0 THEN 'F' ELSE 'M' END AS sexe, "
                              f"'71' || lpad(CAST({draw(4, '300')} AS VARCHAR), 3, '0') AS commune, "
                              f"{draw(5, '10')} > 0 AS medecin_traitant"),
        "sejours": (int(STAYS * scale), f"i AS sejour, {who}, {day.format(draw(6, '355'))} AS date_entree, "
                    f"{day.format(draw(6, '355'))} + CAST({draw(7, '9')} AS INTEGER) AS date_sortie, "
                    f"CASE WHEN {draw(8, '20')} = 0 THEN 'transfert' ELSE 'domicile' END AS mode_entree, "
                    f"CASE WHEN {draw(9, '50')} = 0 THEN 'deces' ELSE 'domicile' END AS mode_sortie, "
                    f"CASE WHEN {draw(10, '20')} = 0 THEN 'seance' ELSE 'mco' END AS nature, "
                    f"{codes}[1 + {draw(11, str(len(_ROOTS)))}] AS diagnostic_principal, "
                    f"{draw(12, '3')} = 0 AS programme"),
        "actes": (int(ACTS * scale), f"{who}, {day.format(draw(13, '365'))} AS date, "
                  f"CASE WHEN {draw(14, '10')} < 8 THEN 'ville' ELSE 'hopital' END AS lieu"),
        "passages": (int(VISITS * scale), f"i AS passage, {who}, {day.format(draw(15, '365'))} AS date, "
                     f"{draw(16, '4')} = 0 AS hospitalise"),
        "reponses": (int(ANSWERS * scale), f"i AS reponse, {day.format(draw(17, '365'))} AS date, "
                     f"'temps' AS question, 1 + {draw(18, '5')} AS note"),
        "demandes": (int(REQUESTS * scale), f"i AS demande, {day.format(draw(19, '365'))} AS jour, "
                     "TIMESTAMPTZ '2025-03-01 10:00:00+00' AS appel, "
                     f"TIMESTAMPTZ '2025-03-01 10:00:00+00' + to_seconds({draw(20, '120')}) AS decroche, "
                     "TIMESTAMPTZ '2025-03-01 10:00:00+00' "
                     f"+ to_seconds(200 + {draw(21, '1800')}) AS decision, "
                     f"TIMESTAMPTZ '2025-03-01 10:00:00+00' + to_hours({draw(22, '96')}) AS rendez_vous"),
    }  # fmt: skip
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as connection:
        for name, (count, columns) in tables.items():
            path = folder / f"{name}.parquet"
            connection.execute(
                f"COPY (SELECT {columns} FROM range({count}) t(i)) TO '{path}' (FORMAT parquet)"
            )
    (folder / "done").touch()


def ours(folder: Path, keys: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """The cubes of indicators, on two cores and 12 GB."""
    views = views_of(folder, Form.FLAT)
    with on_duckdb(
        views=views, threads=2, memory_limit="12GB", temp_directory=str(folder / "spill")
    ) as tables:
        return {
            key: cube_of(INDICATORS[key], tables, asked_for(INDICATORS[key], YEAR, TODAY), YEAR).cells
            for key in keys
        }


def totals(cubes: dict[str, pl.DataFrame]) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each cube."""
    return {key: (int(one["numerator"].sum()), int(one["denominator"].sum())) for key, one in cubes.items()}


def _roots() -> list[str]:
    rules = asked_for(INDICATORS["avoidable_stays"], YEAR, TODAY).rules
    return [root for key in rules if key.startswith("indicators.avoidable.") and rules[key]
            for root in rules[key]["roots"]]  # fmt: skip


_BANDS = (0, 18, 25, 45, 65, 75, 85)


def with_pandas(folder: Path) -> dict[str, tuple[int, int]]:
    """The same four cubes as people write them in pandas; what is kept is their sums."""
    people = pd.read_parquet(folder / "personnes.parquet")
    people["age"] = 2025 - people["annee_naissance"]
    people["band"] = pd.cut(people["age"], [*_BANDS, 200], right=False, labels=False)
    told = ["commune", "band", "sexe"]
    found = {}
    adults = people[people["age"] >= 16]
    cube = adults.groupby(told)["medecin_traitant"].agg(["sum", "count"])
    found["referring_doctor"] = (int(cube["sum"].sum()), int(cube["count"].sum()))
    stays = pd.read_parquet(folder / "sejours.parquet")
    for name in ("date_entree", "date_sortie"):
        stays[name] = pd.to_datetime(stays[name])
    in_year = stays["date_sortie"].between("2025-01-01", "2025-12-31")
    acute = stays[stays["nature"] == "mco"]
    kept = acute[in_year[acute.index] & (acute["mode_entree"] != "transfert")].copy()
    code = kept["diagnostic_principal"].str.upper().str.replace(".", "", regex=False)
    roots = _roots()
    listed = code.str[:3].isin([one for one in roots if len(one) == 3]) | code.str[:4].isin(
        [one for one in roots if len(one) == 4]
    )
    events = kept[listed].merge(people, on="personne")
    old = events["date_entree"].dt.year - events["annee_naissance"]
    chronic = events["diagnostic_principal"].str[:3].isin(["J41", "J42", "J43", "J44", "J47"])
    events = events[(events["age"] >= 18) & (~chronic | (old >= 40))]
    cube = events.groupby([events["date_sortie"].dt.month, *told]).size()
    exposed = people[people["age"] >= 18].groupby(told).size()
    found["avoidable_stays"] = (int(cube.sum()), int(exposed.sum()))
    first = kept.sort_values(["date_entree", "date_sortie", "sejour"]).groupby("personne").head(1)
    again = acute[(acute["mode_entree"] != "transfert") & ~acute["programme"]]
    pairs = first.merge(again, on="personne", suffixes=("", "_again"))
    since = (pairs["date_entree_again"] - pairs["date_sortie"]).dt.days
    back = pairs.loc[since.between(1, 30) & (pairs["sejour"] != pairs["sejour_again"]), "sejour"].unique()
    last = stays["date_sortie"].max()
    seen = first[((last - first["date_sortie"]).dt.days >= 30) & (first["mode_sortie"] == "domicile")]
    seen = seen.merge(people, on="personne")
    seen["back"] = seen["sejour"].isin(back)
    cube = seen.groupby([seen["date_sortie"].dt.month, *told])["back"].agg(["sum", "count"])
    found["readmission_30"] = (int(cube["sum"].sum()), int(cube["count"].sum()))
    acts = pd.read_parquet(folder / "actes.parquet")
    visits = pd.read_parquet(folder / "passages.parquet")
    visits = visits[~visits["hospitalise"]].assign(lieu="urgences")
    rows = pd.concat([acts, visits[["personne", "date", "lieu"]]])
    rows["date"] = pd.to_datetime(rows["date"])
    rows = rows[rows["date"].between("2025-01-01", "2025-12-31")].merge(people, on="personne", how="left")
    rows["town"] = rows["lieu"] == "ville"
    cube = rows.groupby([rows["date"].dt.month, "lieu", *told])["town"].agg(["sum", "count"])
    found["town_share"] = (int(cube["sum"].sum()), int(cube["count"].sum()))
    return found


def with_polars(folder: Path) -> dict[str, tuple[int, int]]:
    """The same four cubes in Polars, lazily, streamed."""
    start, end = date(2025, 1, 1), date(2025, 12, 31)
    people = pl.scan_parquet(folder / "personnes.parquet").with_columns(age=2025 - pl.col("annee_naissance"))
    people = people.with_columns(band=sum((pl.col("age") >= start).cast(pl.Int8) for start in _BANDS[1:]))
    told = ["commune", "band", "sexe"]

    def summed(rows: pl.LazyFrame, what: str, *keys: Any) -> tuple[int, int]:
        cube = rows.group_by([*keys, *told]).agg(pl.col(what).sum(), n=pl.len()).collect(engine="streaming")
        return int(cube[what].sum()), int(cube["n"].sum())

    found = {"referring_doctor": summed(people.filter(pl.col("age") >= 16), "medecin_traitant")}
    stays = pl.scan_parquet(folder / "sejours.parquet")
    acute = stays.filter(pl.col("nature") == "mco", pl.col("mode_entree") != "transfert")
    kept = acute.filter(pl.col("date_sortie").is_between(start, end))
    roots = _roots()
    code = pl.col("diagnostic_principal").str.to_uppercase().str.replace_all(".", "", literal=True)
    listed = code.str.slice(0, 3).is_in([one for one in roots if len(one) == 3]) | code.str.slice(0, 4).is_in(
        [one for one in roots if len(one) == 4]
    )
    chronic = code.str.slice(0, 3).is_in(["J41", "J42", "J43", "J44", "J47"])
    events = kept.filter(listed).join(people, on="personne").filter(
        pl.col("age") >= 18, ~chronic | (pl.col("date_entree").dt.year() - pl.col("annee_naissance") >= 40)
    )  # fmt: skip
    counted = summed(events.with_columns(one=1), "one", pl.col("date_sortie").dt.month())[0]
    exposed = summed(people.filter(pl.col("age") >= 18).with_columns(one=1), "one")[1]
    found["avoidable_stays"] = (counted, exposed)
    first = (
        kept.sort("date_entree", "date_sortie", "sejour").group_by("personne", maintain_order=True).first()
    )
    again = acute.filter(~pl.col("programme")).select("personne", again="sejour", on="date_entree")
    pairs = first.join(again, on="personne").filter(
        (pl.col("on") - pl.col("date_sortie")).dt.total_days().is_between(1, 30),
        pl.col("sejour") != pl.col("again"),
    )  # fmt: skip
    back = pairs.select("sejour", back=True).unique()
    last = stays.select(pl.col("date_sortie").max()).collect().item()
    seen = first.filter(
        (pl.lit(last) - pl.col("date_sortie")).dt.total_days() >= 30, pl.col("mode_sortie") == "domicile"
    )
    seen = seen.join(back, on="sejour", how="left").join(people, on="personne")
    seen = seen.with_columns(pl.col("back").fill_null(False))
    found["readmission_30"] = summed(seen, "back", pl.col("date_sortie").dt.month())
    visits = pl.scan_parquet(folder / "passages.parquet").filter(~pl.col("hospitalise"))
    rows = pl.concat([
        pl.scan_parquet(folder / "actes.parquet").select("personne", "date", "lieu"),
        visits.select("personne", "date", lieu=pl.lit("urgences")),
    ])  # fmt: skip
    rows = rows.filter(pl.col("date").is_between(start, end)).join(people, on="personne", how="left")
    rows = rows.with_columns(town=pl.col("lieu") == "ville")
    found["town_share"] = summed(rows, "town", pl.col("date").dt.month(), "lieu")
    return found


def run() -> list[Row]:
    """Time the three, and check that they say the same."""
    whole, tenth = FOLDER / f"indicators/{SCALE:g}", FOLDER / f"indicators/{SCALE / 10:g}"
    make(whole, SCALE)
    make(tenth, SCALE / 10)
    all_cubes, all_ms = best_of(1, lambda: ours(whole, KEYS))
    peers_cubes, peers_ms = best_of(1, lambda: ours(whole, PEERS))
    small = totals(ours(tenth, PEERS))
    pandas, pandas_ms = best_of(1, lambda: with_pandas(tenth))
    polars_small = with_polars(tenth)
    if not small == pandas == polars_small:
        raise AssertionError(f"{small} here, {pandas} with pandas, {polars_small} with Polars")
    polars, polars_ms = best_of(1, lambda: with_polars(whole))
    if polars != totals(peers_cubes):
        raise AssertionError(f"{totals(peers_cubes)} here, {polars} with Polars")
    size = f"{ACTS * SCALE / 1e6:g} M acts, {STAYS * SCALE / 1e6:g} M stays, two cores, 12 GB"
    note = f"{len(all_cubes)} indicators of files, {size}"
    return [
        row("every indicator of files, DuckDB", all_ms, "the limit asked for", 60_000.0, note),
        row("people, stays, acts, DuckDB", peers_ms, "pandas on a tenth, × 10", 10 * pandas_ms,
            "the same counts on the tenth"),
        row("people, stays, acts, DuckDB", peers_ms, "Polars, streamed", polars_ms, "the same counts"),
    ]  # fmt: skip


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    django.setup()
    write("indicators", run())
