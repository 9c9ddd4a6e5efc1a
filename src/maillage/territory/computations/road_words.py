"""What is said of the roads of an extract: how many communes, where each is put, which nothing reaches."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.formats import minutes, number
from maillage.kernel.sourced_rules import rule
from maillage.territory.computations.road_matrix import INTRA_RULE
from maillage.territory.models import Commune, TravelMatrix
from maillage.territory.rules.kinds import Placing

_SHOWN = 12


def told_roads(matrix: TravelMatrix) -> str:
    """Return what an import of roads did, one sentence a line."""
    return "\n".join([_imported(matrix), *road_sentences(matrix)])


def road_sentences(matrix: TravelMatrix) -> list[str]:
    """Return where the communes were put, which of them nothing reaches, and what is left out."""
    details = matrix.details
    return [
        _placed(details["placing"]),
        _snapped(details["km"]),
        *_unreached(details["unreached"]),
        _inside(),
    ]


def placing_label(placing: str) -> str:
    """Return in words where a commune was put."""
    return {
        Placing.GIVEN: _("position donnée"),
        Placing.HALL: _("mairie"),
        Placing.SETTLEMENT: _("bourg"),
        Placing.CENTRE: _("milieu de la commune"),
    }[Placing(placing)]


def _imported(matrix: TravelMatrix) -> str:
    said = _(
        "%(provider)s (%(vintage)s) relie %(communes)s communes par la route : %(pairs)s trajets de "
        "%(limit)s au plus."
    )
    return said % {
        "provider": matrix.provider,
        "vintage": matrix.vintage,
        "communes": number(matrix.details["communes"]),
        "pairs": number(matrix.pair_count),
        "limit": minutes(matrix.details["limit"]),
    }


def _placed(placing: dict[str, int]) -> str:
    parts = [f"{placing_label(key)} {number(count)}" for key, count in placing.items() if count]
    return _("Où chaque commune est placée : %(parts)s.") % {"parts": ", ".join(parts)}


def _snapped(km: dict[str, float]) -> str:
    said = _("Distance à la route : %(median)s km (médiane), %(most)s km au plus ; elle n’est pas comptée.")
    return said % {"median": number(km["median"], 2), "most": number(km["max"], 2)}


def _unreached(codes: list[str]) -> list[str]:
    if not codes:
        return []
    rows = Commune.objects.filter(code__in=codes[:_SHOWN]).order_by("search_name")
    more = "…" if len(codes) > _SHOWN else ""
    said = ngettext(
        "%(count)s commune n’est reliée à aucune autre par la route et garde son estimation : %(names)s.",
        "%(count)s communes ne sont reliées à aucune autre par la route et gardent leur estimation : "
        "%(names)s.",
        len(codes),
    )
    return [said % {"count": number(len(codes)), "names": ", ".join(one.name for one in rows) + more}]


def _inside() -> str:
    inside = minutes(float(rule(INTRA_RULE).value))
    return _(
        "À l’intérieur d’une commune, le trajet compte %(inside)s, comme dans le distancier de l’INSEE : un "
        "temps selon l’étendue bâtie n’a pas rapproché l’APL de celle qui est publiée."
    ) % {"inside": inside}
