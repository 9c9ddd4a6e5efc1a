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
from maillage.kernel.wording import term


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
        return formats.listed(formats.told(term(name), rule_value(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return " / ".join(rule_value(one) for one in value)
    return term(str(value))


def _stated(value: float, unit: str = "") -> str:
    """Return a number with the decimals it was stated with: 2,5 keeps one, 3,25 two; « % » takes a share."""
    exact = Decimal(str(value)) * (100 if unit == "%" else 1)
    return formats.quantity(
        value, unit if unit == "%" else "", max(0, -int(exact.normalize().as_tuple().exponent))
    )


def between(low: float | None, high: float | None, unit: str = "") -> str:
    """Return the words of a class of values, open-ended where a bound is None; unit « % » takes shares."""
    if low is None:
        return _("moins de {value}").format(value=_stated(high or 0.0, unit))
    if high is None:
        return _("{value} et plus").format(value=_stated(low, unit))
    return _("de {low} à {high}").format(low=_stated(low, unit), high=_stated(high, unit))


def time_left(seconds: float | None) -> str:
    """Return « encore 40 s », « encore 3 min », or nothing where unknown."""
    if seconds is None:
        return ""
    if seconds < 60:
        whole = max(round(seconds), 1)
        return ngettext("encore {count} seconde", "encore {count} secondes", whole).format(count=whole)
    whole = round(seconds / 60)
    return ngettext("encore {count} minute", "encore {count} minutes", whole).format(count=whole)


def script_texts() -> dict[str, str]:
    """Return the words of the scripts: a script holds no sentence of its own."""
    return {
        "close": _("Fermer"),
        "estimate": _("Estimation"),
        "no_data": _("Pas de donnée"),
        "outside": _("Hors du territoire"),
        "map_label": _("Carte : {label}. Les mêmes valeurs sont dans la liste."),
        "zoom_in": _("Agrandir"),
        "zoom_out": _("Réduire"),
        "reset_view": _("Revoir tout le territoire"),
        "see_in_list": _("Voir dans la liste"),
        "sorted_ascending": _("Trié par {column}, ordre croissant"),
        "sorted_descending": _("Trié par {column}, ordre décroissant"),
        "result": _("{count} proposition"),
        "results": _("{count} propositions"),
        "no_result": _("Aucune proposition"),
        "request_failed": _("Le serveur n’a pas répondu. Vérifiez la connexion, puis recommencez."),
        "session_over": _(
            "Votre session est terminée : rien n’est plus mis à jour ni envoyé. Copiez ce que vous écriviez."
        ),
        "sign_in_again": _("Se reconnecter"),
        "overloaded": _(
            "Trop de demandes à la fois : rien n’est fait. Attendez quelques secondes, puis recommencez ; ce "
            "que vous avez écrit est gardé."
        ),
    }
