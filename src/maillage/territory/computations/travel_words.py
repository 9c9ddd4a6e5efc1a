"""Which minutes a screen uses: by road (of when), imported (from whom), or estimated, and where."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.kernel.formats import number
from maillage.territory.computations.pairs_cache import NationalPairs
from maillage.territory.computations.travel_layers import Layer
from maillage.territory.rules.kinds import TravelKind


def travel_sentence(travel: NationalPairs, positions: NDArray[np.intp]) -> str:
    """Return which minutes are used from the communes at `positions`."""
    sources = travel.sources_of(positions)
    if not sources:
        return _("Temps de trajet estimés à vol d’oiseau.")
    parts = [layer_words(one) for one in sources]
    left = int((travel.layers[positions] == 0).sum())
    if left:
        parts.append(
            ngettext(
                "estimés à vol d’oiseau depuis %(count)s commune",
                "estimés à vol d’oiseau depuis %(count)s communes",
                left,
            )
            % {"count": number(left)}
        )
    return _("Temps de trajet %(parts)s.") % {"parts": ", ".join(parts)}


def travel_credit(travel: NationalPairs, positions: NDArray[np.intp]) -> str:
    """Return the same without its full stop, for the foot of a map."""
    return travel_sentence(travel, positions).removesuffix(".")


def layer_words(layer: Layer) -> str:
    """Return what one table is: « par la route (OpenStreetMap, 2026-01-15) »."""
    said = _("par la route (%(named)s)") if layer.kind is TravelKind.ROAD else _("importés (%(named)s)")
    return said % {"named": layer.named}


def kind_words(kind: TravelKind) -> str:
    """Return a kind of minutes in two or three words."""
    return {
        TravelKind.IMPORTED: _("importés"),
        TravelKind.ROAD: _("par la route"),
        TravelKind.ESTIMATE: _("à vol d’oiseau"),
    }[kind]
