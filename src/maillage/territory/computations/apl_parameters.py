"""The sets of parameters of the accessibility formula: how far one goes, and what a GP offers."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.engines.accessibility import Decay
from maillage.engines.traveltime import CrowFlyModel
from maillage.kernel.sourced_rules import rule

SETS_RULE = "territory.apl.sets"
CROW_FLY_RULE = "territory.apl.crow_fly"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One versioned choice of parameters.

    `activity` and `activity_60plus` are consultations a year by a GP under 60 and from 60 on. `rules` are
    the keys of the sourced rules it comes from.
    """

    key: str
    label: str
    decay: Decay
    activity: float
    activity_60plus: float
    crow_fly: CrowFlyModel
    rules: tuple[str, ...]

    @property
    def signature(self) -> str:
        """Everything the numbers depend on, as text."""
        return repr((self.decay, self.activity, self.activity_60plus, self.crow_fly))


def parameter_sets() -> dict[str, ParameterSet]:
    """Return the sets in force today, the default one first."""
    crow_fly = CrowFlyModel(**rule(CROW_FLY_RULE).value)
    return {key: _read(key, crow_fly) for key in rule(SETS_RULE).value}


def parameter_set(key: str = "") -> ParameterSet:
    """Return the set of that key, the default one when empty. Raises KeyError for an unknown one."""
    every = parameter_sets()
    return every[key] if key else next(iter(every.values()))


def _read(key: str, crow_fly: CrowFlyModel) -> ParameterSet:
    name = f"territory.apl.{key}"
    chosen = rule(name)
    return ParameterSet(
        key,
        chosen.label,
        Decay(tuple(chosen.value["bounds"]), tuple(chosen.value["weights"])),
        float(chosen.value["activity"]),
        float(chosen.value["activity_60plus"]),
        crow_fly,
        (name, CROW_FLY_RULE),
    )
