"""The accessibility figures of a territory beside those of its département, its région and France."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility, traveltime
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_summary import Summary, known, summary
from maillage.territory.computations.apl_parameters import parameter_sets
from maillage.territory.computations.comparisons import Area
from maillage.territory.computations.memo import perimeter_key
from maillage.territory.computations.reference_comparison import agreement, ranks
from maillage.territory.computations.saved import saved
from maillage.territory.computations.supplies import SERVICES
from maillage.territory.computations.travel_times import (
    Remoteness,
    nearest_service,
    remoteness,
    travel_bounds,
)
from maillage.territory.models import Diagnosis, Territory

KIND = "access"
LAYOUT = 3
"""Changes whenever results are kept under other names, so that older rows are not read back."""


@dataclass(frozen=True, slots=True)
class AreaAccess:
    """Accessibility over one area: spread, published mean, agreement of ranks, distance of services."""

    label: str
    level: str
    summary: Summary
    published: float | None
    agreement: float | None
    remoteness: dict[str, Remoteness]


@dataclass(frozen=True, slots=True)
class AccessDiagnosis:
    """What the access page and the report say: the territory first, then what it is compared with.

    `row` is the saved result the figures were read from.
    """

    row: Diagnosis
    areas: tuple[AreaAccess, ...]

    @property
    def territory(self) -> AreaAccess:
        """The territory itself."""
        return self.areas[0]


def diagnose(
    territory: Territory, atlas: Atlas, access: Access, areas: Sequence[Area], positions: NDArray[np.intp]
) -> AccessDiagnosis:
    """Return the figures of `areas` (the territory first), computed or read back if nothing changed."""
    versions = f"accessibility {accessibility.VERSION}, traveltime {traveltime.VERSION}"
    row = saved(
        territory,
        f"{KIND}.{access.profession.key}",
        parameters={
            "set": access.parameters.key,
            "signature": access.parameters.signature,
            "thresholds": [access.low, access.high],
            "travel_bounds": list(travel_bounds()),
        },
        engine_version=versions,
        inputs={
            "access": access.key,
            "atlas": atlas.fingerprint,
            "layout": LAYOUT,
            "perimeter": perimeter_key(positions),
            "areas": [(area.level, area.code) for area in areas],
        },
        compute=lambda: {"areas": [_measure(atlas, access, area) for area in areas]},
    )
    results = zip(areas, row.results["areas"], strict=True)
    return AccessDiagnosis(row, tuple(_read(area, stored) for area, stored in results))


@dataclass(frozen=True, slots=True)
class Known:
    """What the last computation found of GPs: the share of residents `below` `low`, the mean."""

    low: float
    below: float
    mean: float


def latest(territory: Territory) -> Known | None:
    """Return what the last diagnosis of a territory found, None where there is none or nobody lives there.

    Read back as it was kept: the page of access says whether the data have changed since.
    """
    usual = next(iter(parameter_sets()))
    rows = Diagnosis.objects.filter(territory=territory, kind=f"{KIND}.gp", parameters__set=usual)
    row = rows.order_by("computed_at", "pk").last()
    if row is None:
        return None
    found = Summary.from_dict(row.results["areas"][0]["summary"])
    if found.mean is None or found.below is None:
        return None
    return Known(row.parameters["thresholds"][0], found.below, found.mean)


def _measure(atlas: Atlas, access: Access, area: Area) -> dict[str, Any]:
    services = {key: nearest_service(atlas, access.travel, key).minutes for key in SERVICES}
    published = ranks(atlas, access).published[area.members]
    return {
        "published": known(accessibility.mean(published, access.demand[area.members])),
        "summary": summary(access, area.members).as_dict(),
        "agreement": agreement(ranks(atlas, access), access, area.members),
        "remoteness": {
            key: asdict(remoteness(atlas, minutes, area.members)) for key, minutes in services.items()
        },
    }


def _read(area: Area, stored: dict[str, Any]) -> AreaAccess:
    return AreaAccess(
        # The label is the area's own, in the reader's language; the stored figures have none.
        area.label,
        area.level,
        Summary.from_dict(stored["summary"]),
        stored["published"],
        stored["agreement"],
        {key: Remoteness.from_dict(values) for key, values in stored["remoteness"].items()},
    )
