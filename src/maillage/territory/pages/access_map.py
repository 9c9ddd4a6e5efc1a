"""The communes of a territory and around it as map features: accessibility, white zones, differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.formats import as_shown, number
from maillage.territory import queries
from maillage.territory.computations.access import Access
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.pairs_cache import NationalPairs
from maillage.territory.computations.reference_comparison import ranks
from maillage.territory.computations.travel_words import travel_credit
from maillage.territory.computations.white_zones import zone_labels
from maillage.territory.pages.diagnosis import Diagnosis

Values = NDArray[np.float64]


_around: Memo[NDArray[np.int64]] = Memo(16)


def around(diagnosis: Diagnosis) -> NDArray[np.int64]:
    """Return the positions of the communes shown around the territory, kept while its perimeter holds."""
    key = (diagnosis.atlas.fingerprint, perimeter_key(diagnosis.positions))
    return _around.get(key, lambda: queries.halo_positions(diagnosis.territory))


def access_features(
    diagnosis: Diagnosis, access: Access, apl: Values | None = None, *, travel: NationalPairs | None = None
) -> str:
    """Return the GeoJSON of the territory and its halo; `apl` is that of a scenario, shown with its gain.

    `travel`: the minutes that `apl` follows, those of `access` where None.
    """
    minutes = travel or access.travel
    atlas, members = diagnosis.atlas, diagnosis.positions
    positions = np.concatenate((members, around(diagnosis)))
    properties = {
        str(atlas.codes[k]): {
            "name": str(atlas.names[k]),
            "inside": index < len(members),
            "population": int(access.people[k]),
            "url": reverse("territory:commune_access", args=[str(atlas.codes[k])]),
            "detail": detail(access, int(k)),
        }
        for index, k in enumerate(positions)
    }
    values = access.apl if apl is None else apl
    for code, changing in values_of(diagnosis, access, values, positions, gain=apl is not None).items():
        properties[code].update(changing)
    features = queries.contours(properties, properties)
    return queries.feature_collection(
        features, estimate=minutes.is_estimate(members), credit=travel_credit(minutes, members)
    )


def values_of(
    diagnosis: Diagnosis, access: Access, apl: Values, positions: NDArray[np.intp], *, gain: bool
) -> dict[str, Mapping[str, Any]]:
    """Return by code what a scenario may change on the map: value, gap in ranks, being in a white zone.

    With `gain`, what each commune gains over the present too, negative where it loses.
    """
    atlas, members = diagnosis.atlas, diagnosis.positions
    zones = dict(zip(members.tolist(), zone_labels(atlas, access, members, apl).tolist(), strict=True))
    gaps = ranks(atlas, access).gap
    return {
        str(atlas.codes[k]): {
            "apl": as_shown(float(apl[k]), access.profession.decimals),
            "gap": None if np.isnan(gaps[k]) else as_shown(float(gaps[k]), 2),
            "white_zone": zones.get(int(k), -1) >= 0,
            **({"gain": as_shown(float(apl[k] - access.apl[k]), access.profession.decimals)} if gain else {}),
        }
        for k in positions
    }


def detail(access: Access, position: int, heads: Values | None = None) -> str:
    """Return how many professionals a commune has, in a few words."""
    count = (access.heads if heads is None else heads)[position]
    noun = access.profession.many if count >= 2 else access.profession.one
    return f"{number(count)} {noun}" if count else _("aucun %(one)s") % {"one": access.profession.one}
