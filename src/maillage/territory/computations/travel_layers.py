"""The tables of travel times in use, in the order in which they decide: imported ones, then roads.

Between two communes that a table covers it alone decides; the next one speaks of the pairs that it does not
cover, and the crow-fly estimate of those that none covers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.territory.models import TravelMatrix
from maillage.territory.rules.kinds import TravelKind


class Layer(NamedTuple):
    """One table: its row in the database, and what it is."""

    pk: int
    fingerprint: str
    kind: TravelKind
    provider: str
    vintage: str

    @property
    def named(self) -> str:
        """Its provider and vintage."""
        return f"{self.provider}, {self.vintage}"


class Times(NamedTuple):
    """The pairs of a table: commune codes and minutes."""

    origin: NDArray[np.str_]
    destination: NDArray[np.str_]
    minutes: NDArray[np.float32]


class Places(NamedTuple):
    """Where the communes of an extract were put: codes, how (`Placing`), kilometres to the road."""

    code: NDArray[np.str_]
    placing: NDArray[np.str_]
    km: NDArray[np.float32]


def layers() -> tuple[Layer, ...]:
    """Return the tables in use, the one that decides first first: one short query."""
    fields = ("pk", "fingerprint", "kind", "provider", "vintage")
    rows = TravelMatrix.objects.by_rank().values_list(*fields)
    return tuple(Layer(pk, mark, TravelKind(kind), *named) for pk, mark, kind, *named in rows)


def times_of(layer: Layer) -> Times:
    """Return the pairs of a table, as they were stored."""
    return Times(*_stored(layer, Times._fields))


def places_of(layer: Layer) -> Places:
    """Return where the communes of an extract were put. Raises KeyError for an imported table."""
    return Places(*_stored(layer, Places._fields))


def _stored(layer: Layer, names: Sequence[str]) -> list[NDArray[Any]]:
    payload = TravelMatrix.objects.values_list("payload", flat=True).get(pk=layer.pk)
    with np.load(io.BytesIO(bytes(payload)), allow_pickle=False) as table:
        return [table[name] for name in names]
