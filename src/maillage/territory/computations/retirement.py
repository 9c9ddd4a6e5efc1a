"""What access would become if the GPs aged 60 and over left without being replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.engines import accessibility
from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import LOW_RULE, Access, counts, national_access
from maillage.territory.computations.access_summary import Summary, summary
from maillage.territory.computations.comparisons import Area
from maillage.territory.computations.measure_figures import provenance
from maillage.territory.computations.measures import Values
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.supply_measures import DENSITY_WITHOUT_OLDER_GPS, OLDER_GP_COLUMN


@dataclass(frozen=True, slots=True)
class Retirement:
    """Access to GPs of the same communes today and after; the departures are those of all France.

    Neighbours lose theirs too: counting only the territory's own would flatter its future. `figures` are
    the mean access and the share of inhabitants under the threshold `low`, both after the departures.
    """

    low: float
    now: Summary
    after: Summary
    figures: tuple[Figure, ...]


_after: Memo[Values] = Memo(2)
_retirements: Memo[Retirement] = Memo(64)


def retirement(atlas: Atlas, areas: Sequence[Area]) -> Retirement:
    """Return access over the first of `areas` today and without the GPs aged 60 and over.

    The figures are compared with today, then with the other areas after the same departures.
    """
    access = national_access(atlas)
    members = np.arange(len(atlas))[areas[0].members]
    key = (access.key, perimeter_key(members), areas[0].label, get_language())
    return _retirements.get(key, lambda: _compute(atlas, access, areas))


def _compute(atlas: Atlas, access: Access, areas: Sequence[Area]) -> Retirement:
    apl = _after.get(access.key, lambda: _apl_after(atlas, access))
    now = summary(access, areas[0].members)
    after = [(area.label, summary(access, area.members, apl)) for area in areas]
    here = after[0][1]
    source = _source(atlas, access)
    figures = (
        Figure(
            "access_after", _("Accès moyen après ces départs"), here.mean, source,
            unit=str(access.profession.short_unit), decimals=access.profession.decimals,
            comparisons=(
                Comparison(_("Aujourd’hui, ici"), now.mean),
                *(Comparison(label, one.mean) for label, one in after[1:]),
            ),
        ),
        Figure(
            "below_after", _("Habitants sous le seuil après ces départs"), here.below, source, unit="%",
            comparisons=(
                Comparison(_("Aujourd’hui, ici"), now.below),
                *(Comparison(label, one.below) for label, one in after[1:]),
            ),
        ),
    )  # fmt: skip
    return Retirement(access.low, now, here, figures)


def _source(atlas: Atlas, access: Access) -> Provenance:
    counted = provenance(atlas, DENSITY_WITHOUT_OLDER_GPS)
    return Provenance(
        source=counted.source,
        vintage=counted.vintage,
        formula=_("APL recalculée en retirant, dans toute la France, les généralistes de 60 ans et plus"),
        estimate=access.travel.pairs.estimate,
        rules=(LOW_RULE,),
        note=str(DENSITY_WITHOUT_OLDER_GPS.note),
    )


def _apl_after(atlas: Atlas, access: Access) -> Values:
    older = np.minimum(counts(atlas, OLDER_GP_COLUMN), access.heads)
    remaining = (access.heads - older) * access.parameters.activity
    return accessibility.compute(access.structure, access.demand, remaining).apl
