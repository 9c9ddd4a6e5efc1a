"""What the components say: certainty, bounds of a class, time left, the rules behind a figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.sourced_rules import SourcedRule, rule


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a value is: in two words, in a sentence, and with which icon."""

    key: str
    label: str
    meaning: str
    icon: str


def certainty(key: str) -> Certainty:
    """Return the words of a certainty of the sourced rules; KeyError for an unknown one."""
    words = {
        "vu": (_("vu"), _("Lu dans la source officielle citée."), "circle-check"),
        "vu_tiers": (
            _("vu chez un tiers"),
            _("Lu chez un tiers qui cite la source officielle."),
            "eye-check",
        ),
        "calcule": (
            _("calculé"),
            _("Calculé par nous à partir de données citées, et reproductible."),
            "calculator",
        ),
        "connaissance_generale": (
            _("à vérifier"),
            _("Connu de manière générale, source à retrouver."),
            "help-circle",
        ),
        "non_etabli": (
            _("non établi"),
            _("Aucune source trouvée : la valeur est à fournir."),
            "circle-dashed",
        ),
    }
    label, meaning, icon = words[key]
    return Certainty(key, label, meaning, icon)


def rules(keys: Iterable[str]) -> list[SourcedRule]:
    """Return the sourced rules in force today that a figure uses."""
    return [rule(key) for key in keys]


def rule_value(value: Any) -> str:
    """Return the value of a sourced rule as a reader writes it: numbers, lists, named numbers, yes and no."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, int | float):
        return _stated(value)
    if isinstance(value, dict):
        return " ; ".join(f"{name} = {rule_value(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return " / ".join(rule_value(one) for one in value)
    return str(value)


def _stated(value: float) -> str:
    """Return a number with the decimals it was stated with: 2,5 keeps one, 3,25 two."""
    return formats.number(value, max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent)))


def between(low: float | None, high: float | None) -> str:
    """Return the words of a class of values, open-ended where a bound is None."""
    if low is None:
        return _("moins de {value}").format(value=_stated(high or 0.0))
    if high is None:
        return _("{value} et plus").format(value=_stated(low))
    return _("de {low} à {high}").format(low=_stated(low), high=_stated(high))


def time_left(seconds: float | None) -> str:
    """Return « encore 40 s », « encore 3 min », or nothing where unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        whole = max(round(seconds), 1)
        return ngettext("encore {count} seconde", "encore {count} secondes", whole).format(count=whole)
    whole = round(seconds / 60)
    return ngettext("encore {count} minute", "encore {count} minutes", whole).format(count=whole)
