"""How fast a car drives each road of OpenStreetMap, and which way: what tags say, without reading any file.

The speeds are those of the default car profile of OSRM 5, the router of INSEE's Metric distances, of which
the published APL is made: what is driven on average by class of road, and four fifths of a posted limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_CLASSES = (
    ("motorway", 90.0),
    ("motorway_link", 45.0),
    ("trunk", 85.0),
    ("trunk_link", 40.0),
    ("primary", 65.0),
    ("primary_link", 30.0),
    ("secondary", 55.0),
    ("secondary_link", 25.0),
    ("tertiary", 40.0),
    ("tertiary_link", 20.0),
    ("unclassified", 25.0),
    ("residential", 25.0),
    ("road", 25.0),
    ("living_street", 10.0),
    ("service", 15.0),
)
_WORDED_LIMITS = (
    ("FR:urban", 50.0),
    ("FR:rural", 80.0),
    ("FR:motorway", 130.0),
    ("FR:zone20", 20.0),
    ("FR:zone30", 30.0),
    ("FR:living_street", 20.0),
)
"""Limits written as words: Code de la route, art. R413-2, R413-3, R411-4, R110-2. `none` is German."""
_FRENCH = dict(_WORDED_LIMITS)
_MILE = 1.609344
_OPEN = frozenset({"yes", "permissive", "designated", "destination", "customers", "official", "public"})
_SHUT = frozenset({"no", "private", "agricultural", "forestry", "emergency", "delivery", "military", "psv"})
_WHO = ("motorcar", "motor_vehicle", "vehicle", "access")
"""Whom an access tag speaks of, the nearest to a car first: it decides."""

_PASSABLE = frozenset({
    "border_control", "bump_gate", "cattle_grid", "entrance", "gate", "height_restrictor", "kerb",
    "lift_gate", "no", "sally_port", "swing_gate", "toll_booth",
})  # fmt: skip
"""Barriers that a car passes unless a tag of access says no; gates are left open in the country."""


class Way(NamedTuple):
    """Kilometres an hour along a way, in the order of its nodes and against it; 0 where closed."""

    forward: float
    backward: float


CLOSED = Way(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CarProfile:
    """Speeds of a car: km/h by class of road, share of a posted limit that is driven, km/h of a ferry.

    `worded`: the limits of a country that are written as words, km/h. A ferry that says how long it takes is
    believed; boarding takes `boarding` minutes besides. Raises ValueError where a speed makes no sense.
    """

    classes: tuple[tuple[str, float], ...] = _CLASSES
    share_of_limit: float = 0.8
    ferry_kmh: float = 20.0
    boarding: float = 10.0
    worded: tuple[tuple[str, float], ...] = _WORDED_LIMITS

    def __post_init__(self) -> None:
        speeds = [kmh for _, kmh in (*self.classes, *self.worded)] + [self.share_of_limit, self.ferry_kmh]
        if not (all(0 < kmh < math.inf for kmh in speeds) and self.boarding >= 0):
            raise ValueError("car profile: speeds must be > 0, boarding >= 0")

    def kmh(self, highway: str, limit: float | None = None) -> float:
        """What is driven on a road of this class, 0 where cars do not drive on it."""
        usual = dict(self.classes).get(highway, 0.0)
        return usual if limit is None or usual == 0.0 else limit * self.share_of_limit

    def way(self, tags: Mapping[str, str]) -> Way:
        """What is driven along a way that has these tags; a ferry is asked of `ferry`."""
        if self.kmh(tags.get("highway", "")) == 0.0 or not is_open(tags) or tags.get("area") == "yes":
            return CLOSED
        worded = dict(self.worded)
        speeds = [
            self.kmh(tags["highway"], _limit(tags, f"maxspeed:{sense}", worded))
            for sense in ("forward", "backward")
        ]
        sense = one_way(tags)
        return Way(speeds[0] if sense >= 0 else 0.0, speeds[1] if sense <= 0 else 0.0)

    def ferry_minutes(self, tags: Mapping[str, str], km: float) -> float | None:
        """Minutes of a ferry that takes cars, boarding included; None for what is no such ferry."""
        if tags.get("route") not in ("ferry", "shuttle_train") or not _takes_cars(tags):
            return None
        said = duration(tags.get("duration", ""))
        return self.boarding + (km / self.ferry_kmh * 60.0 if said is None else said)


CAR = CarProfile()


def is_open(tags: Mapping[str, str]) -> bool:
    """Whether a car may drive there: the tag of access that is nearest to a car decides."""
    for who in _WHO:
        value = tags.get(who)
        if value in _OPEN:
            return True
        if value in _SHUT:
            return False
    return True


def stops(tags: Mapping[str, str]) -> bool:
    """Whether a node with these tags stops a car: a barrier that is no gate, or one with a tag of access."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    said = next((tags[who] for who in _WHO if tags.get(who) in _OPEN | _SHUT), None)
    return said in _SHUT if said is not None else barrier not in _PASSABLE


def one_way(tags: Mapping[str, str]) -> int:
    """1 for a road open in the order of its nodes only, −1 against it only, 0 for both.

    Motorways and roundabouts are one-way unless said otherwise. A reversible road counts as one-way: which
    way changes with the hour.
    """
    said = tags.get("oneway")
    if said in ("-1", "reverse"):
        return -1
    if said in ("yes", "true", "1", "reversible", "alternating"):
        return 1
    if said in ("no", "false", "0"):
        return 0
    round_about = tags.get("junction") in ("roundabout", "circular")
    return int(round_about or tags.get("highway") in ("motorway", "motorway_link"))


def speed_limit(text: str, worded: Mapping[str, float] = _FRENCH) -> float | None:
    """A posted limit in km/h, by its number or among those `worded`; None where a machine can read none.

    >>> speed_limit("50"), speed_limit("30 mph"), speed_limit("FR:urban"), speed_limit("signals")
    (50.0, 48.28032, 50.0, None)
    """
    words = text.split(";")[0].split()
    if not words:
        return None
    if words[0] in worded:
        return worded[words[0]]
    number = words[0].removesuffix("mph").removesuffix("km/h")
    if not (number.isascii() and number.replace(".", "", 1).isdigit()):
        return None
    kmh = float(number) * (_MILE if "mph" in text else 1.0)
    return kmh if 1.0 <= kmh <= 200.0 else None


def duration(text: str) -> float | None:
    """Minutes of a duration written "25", "1:30" or "01:30:00"; None where it is not one.

    >>> duration("25"), duration("1:30"), duration("PT2H")
    (25.0, 90.0, None)
    """
    parts = text.strip().split(":")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > 3:
        return None
    numbers = [float(part) for part in parts]
    if len(numbers) == 1:
        return numbers[0]
    return numbers[0] * 60 + numbers[1] + (numbers[2] / 60 if len(numbers) == 3 else 0.0)


def _limit(tags: Mapping[str, str], own: str, worded: Mapping[str, float]) -> float | None:
    found = speed_limit(tags.get(own, ""), worded)
    return speed_limit(tags.get("maxspeed", ""), worded) if found is None else found


def _takes_cars(tags: Mapping[str, str]) -> bool:
    said = next((tags[who] for who in _WHO if who in tags), "no" if "foot" in tags else "yes")
    return said in _OPEN
