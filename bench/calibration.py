"""Fit the unpublished parameters of the APL on the national data pack and print what was found.

`python -m bench.calibration` needs the pack (MAILLAGE_DATA) and takes about a minute; it writes
build/bench/calibration.json, from which territory/sourced/apl.toml is kept.

`python -m bench.calibration --installed` fits on the pack and the times in use in MAILLAGE_HOME (roads,
imported tables), on the same halves, beside the estimate alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.data import pack_folder
from maillage.engines import accessibility, traveltime
from maillage.engines.accessibility import Decay
from maillage.territory.computations import calibration
from maillage.territory.computations.calibration import Observations

AGES = ("pop_0_15", "pop_16_24", "pop_25_54", "pop_55_64", "pop_65p")
STEPS = {
    "steps 1, 2/3, 1/3 (10, 15, 20 min)": Decay((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3)),
    "steps of 2012: 1, 0.3, 0.1 (5, 10, 15 min)": Decay((5.0, 10.0, 15.0), (1.0, 0.3, 0.1)),
}


def read(folder: Path) -> tuple[Observations, traveltime.Pairs, np.ndarray]:
    """The observations and crow-fly pairs of the pack, and the bassin de vie of each commune."""
    rows = pl.read_parquet(folder / "communes.parquet")
    reference = pl.read_parquet(folder / "apl_reference.parquet").filter(pl.col("niveau") == "commune")
    for table in (pl.read_parquet(folder / "supply_commune.parquet"), reference):
        rows = rows.join(table, on="code", how="left", maintain_order="left")

    def column(name: str) -> np.ndarray:
        return rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    observed = Observations(
        ages=np.array([column(name) for name in AGES]),
        gps=column("mg_liberaux_am_2024"),
        gps_60plus=np.minimum(column("mg_liberaux_am_60plus"), column("mg_liberaux_am_2024")),
        centres=column("centres_sante"),
        reference=column("apl_mg_2023"),
        reference_65=column("apl_mg_65ans_max_2023"),
        standardised=column("t_pop_std_mg"),
        departement=rows["departement"].to_numpy().astype(str),
    )
    pairs = traveltime.crow_fly_pairs(
        column("lon"), column("lat"), calibration.HORIZON, traveltime.CrowFlyModel()
    )
    return observed, pairs, rows["bv2022"].fill_null("").to_numpy().astype(str)


def baselines(observed: Observations, pairs: traveltime.Pairs) -> dict[str, dict[str, float]]:
    """What the published steps reach on the same held-out half, with plain head counts and inhabitants."""
    fit_on, judge_on = calibration.halves(observed)
    found = {}
    for name, decay in STEPS.items():
        ours, activity = calibration.model_apl(
            pairs,
            decay,
            observed.ages.sum(axis=0),
            observed.gps,
            observed.reference,
            fit_on,
            observed.weights,
        )
        held_out = calibration.agreement(ours, observed.reference, judge_on, observed.weights)
        found[name] = {"activity": activity} | asdict(held_out)
    return found


def ceiling(
    observed: Observations, pairs: traveltime.Pairs, fit: calibration.Calibration, area: np.ndarray
) -> float:
    """The rank correlation, were the mean of each bassin de vie exact: what remains is inside them."""
    supply = calibration.equivalent(observed, fit.shape.centre, fit.shape.older) * fit.activity
    demand = accessibility.standardise(observed.ages, fit.use_by_age)
    ours = accessibility.compute(accessibility.prepare(pairs, fit.decay, supply > 0), demand, supply).apl
    by = np.where(observed.known, observed.weights, 0.0)
    _, group = np.unique(area, return_inverse=True)
    theirs = np.bincount(group, np.nan_to_num(observed.reference) * by)
    factor = np.divide(theirs, np.bincount(group, ours * by), out=np.ones(theirs.size), where=theirs > 0)
    return accessibility.spearman(ours * factor[group], observed.reference, by)


def installed() -> dict[str, Any]:
    """The fit on the travel times in use in MAILLAGE_HOME and by the estimate alone, on the same halves."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    import django

    django.setup()
    from maillage.territory.atlas import current
    from maillage.territory.computations.access import column, counts
    from maillage.territory.computations.pairs_cache import national_pairs

    atlas = current()
    observed = Observations(
        ages=np.array([counts(atlas, f"communes.{name}") for name in AGES]),
        gps=counts(atlas, "supply_commune.mg_liberaux_am_2024"),
        gps_60plus=np.minimum(
            counts(atlas, "supply_commune.mg_liberaux_am_60plus"),
            counts(atlas, "supply_commune.mg_liberaux_am_2024"),
        ),
        centres=counts(atlas, "supply_commune.centres_sante"),
        reference=column(atlas, "apl_reference.apl_mg_2023"),
        reference_65=column(atlas, "apl_reference.apl_mg_65ans_max_2023"),
        standardised=column(atlas, "apl_reference.t_pop_std_mg"),
        departement=np.asarray(atlas.departements).astype(str),
    )
    model = traveltime.CrowFlyModel()
    in_use, alone = (national_pairs(atlas, calibration.HORIZON, model, used) for used in (None, ()))
    return {
        "tables": [one.named for one in in_use.sources],
        "communes measured": int((in_use.layers != 0).sum()),
        "of the reference": int(((in_use.layers != 0) & observed.known).sum()),
        "in use": asdict(calibration.calibrate(in_use.pairs, observed)),
        "estimate alone": asdict(calibration.calibrate(alone.pairs, observed)),
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Run the fit both ways and write what was found."""
    if "--installed" in arguments:
        return _write(installed(), Path("build/bench/calibration_installed.json"))
    folder = pack_folder()
    if folder is None:
        print("No data pack: set MAILLAGE_DATA to its folder.", file=sys.stderr)
        return 2
    observed, pairs, area = read(folder)
    began = time.perf_counter()
    chosen = calibration.calibrate(pairs, observed)
    found = {
        "chosen": asdict(chosen),
        "halves exchanged": asdict(calibration.calibrate(pairs, observed, swap=True)),
        "baselines": baselines(observed, pairs),
        "ceiling": ceiling(observed, pairs, chosen, area),
        "seconds": round(time.perf_counter() - began, 1),
    }
    return _write(found, Path("build/bench/calibration.json"))


def _write(found: dict[str, Any], written: Path) -> int:
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
