"""The sets of parameters of the accessibility formula: how far one goes, and what a GP offers."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.engines.accessibility import Decay
from maillage.engines.traveltime import CrowFlyModel
from maillage.kernel.sourced_rules import rule

AGE_BANDS = tuple(f"communes.pop_{band}" for band in ("0_15", "16_24", "25_54", "55_64", "65p"))
SETS_RULE = "territory.apl.sets"
CROW_FLY_RULE = "territory.traveltime.crow_fly"
FIT_RULE = "territory.apl.fit"
REFERENCE_65 = "apl_reference.apl_mg_65ans_max_2023"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One versioned choice of parameters.

    `activity`, `activity_60plus` and `activity_centre` are consultations
    a year by a GP under 60, by a GP from 60 on and by a health centre; `left_out_60plus` is the share of the
    GPs from 60 on who are not counted. `use_by_age` is the use of care per head of each age band
    (`AGE_BANDS`), the population's mean being 1; empty, the DREES standardised population is taken. `rules`
    are the keys of the sourced rules; `reference` is the published column it is compared with, empty for the
    profession's own.
    """

    key: str
    decay: Decay
    activity: float
    activity_60plus: float
    activity_centre: float
    left_out_60plus: float
    use_by_age: tuple[float, ...]
    crow_fly: CrowFlyModel
    rules: tuple[str, ...]
    reference: str = ""

    @property
    def label(self) -> str:
        """Its name in the reader's language: a set is kept for readers of both."""
        return rule(f"territory.apl.{self.key}").said

    @property
    def signature(self) -> str:
        """Everything the numbers depend on, as text."""
        return repr((self.decay, self.consultations, self.use_by_age, self.crow_fly))

    @property
    def consultations(self) -> tuple[float, float, float]:
        """Consultations a year by a GP under 60, by one from 60 on (who may not be counted), by a centre."""
        return self.activity, self.activity_60plus * (1 - self.left_out_60plus), self.activity_centre


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the sets in force today, the default one first."""
    crow_fly = CrowFlyModel(**rule(CROW_FLY_RULE).value)
    return {key: _read(key, crow_fly) for key in rule(SETS_RULE).value}


def parameter_set(key: str = "") -> ParameterSet:
    """Return the set of that key, the default one when empty. Raises KeyError for an unknown one."""
    every = parameter_sets()
    return every[key] if key else next(iter(every.values()))


def reach() -> float:
    """Return the minutes that every set needs: one table of travel times serves them all."""
    return max(one.decay.horizon for one in parameter_sets().values())


def _read(key: str, crow_fly: CrowFlyModel) -> ParameterSet:
    name = f"territory.apl.{key}"
    chosen = rule(name)
    value = chosen.value
    left_out = float(value.get("left_out_60plus", 0))
    return ParameterSet(
        key,
        Decay(tuple(value["bounds"]), tuple(value["weights"]), value.get("interpolation", "step")),
        activity=float(value["activity"]),
        activity_60plus=float(value["activity_60plus"]),
        activity_centre=float(value.get("activity_centre", 0)),
        left_out_60plus=left_out,
        use_by_age=tuple(value.get("use_by_age", ())),
        crow_fly=crow_fly,
        rules=(name, CROW_FLY_RULE),
        reference=REFERENCE_65 if left_out else "",
    )
