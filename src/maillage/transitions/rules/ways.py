"""The way of a patient through a hospital and back: its states, what still blocks its end. No framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class WayKind(StrEnum):
    """How a way begins: asked from town, told by a hospital, or a transfer from an EHPAD that came back."""

    PLANNED = "planned"
    DIRECT = "direct"
    HAD = "had"
    DISCHARGE = "discharge"
    TRANSFER = "transfer"


#: Those that town asks of a hospital, which answers.
ASKED_KINDS = (WayKind.PLANNED, WayKind.DIRECT, WayKind.HAD)


class WayState(StrEnum):
    """Where a way stands; the last two are final."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    INSIDE = "inside"
    LEAVING = "leaving"
    RETURN_REFUSED = "return_refused"
    ENDED = "ended"
    CANCELLED = "cancelled"


_FROM: Mapping[WayState, frozenset[WayState]] = {
    WayState.ACCEPTED: frozenset({WayState.ASKED}),
    WayState.REFUSED: frozenset({WayState.ASKED}),
    WayState.INSIDE: frozenset({WayState.ACCEPTED}),
    WayState.LEAVING: frozenset({WayState.INSIDE, WayState.RETURN_REFUSED}),
    WayState.RETURN_REFUSED: frozenset({WayState.LEAVING}),
    WayState.ENDED: frozenset({WayState.LEAVING, WayState.REFUSED}),
    WayState.CANCELLED: frozenset({WayState.ASKED, WayState.ACCEPTED}),
}
CLOSED = frozenset({WayState.ENDED, WayState.CANCELLED})


def may_pass(state: WayState, target: WayState) -> bool:
    """Return whether a way in `state` may pass to `target`."""
    return state in _FROM.get(target, frozenset())


class AdmissionRefusal(StrEnum):
    """Why a hospital does not take somebody."""

    NO_BED = "no_bed"
    NOT_INDICATED = "not_indicated"
    EMERGENCY = "emergency"
    OTHER = "other"


class ReturnRefusal(StrEnum):
    """Why town, or the home, does not take somebody back yet."""

    UNSTABLE = "unstable"
    NO_HELP = "no_help"
    NO_EQUIPMENT = "no_equipment"
    NO_WORD = "no_word"
    PERSON = "person"


class Blocker(StrEnum):
    """What still keeps a way from its end."""

    NO_LIST = "no_list"
    LINES = "lines"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the end of a way looks at.

    `has_list`: the list of treatments came, or somebody said that there is none; `unresolved`: its lines that
    nobody decided; `visit_is_open`: the visit is still to do; None where nobody owns one.
    """

    has_list: bool
    unresolved: int
    visit_is_open: bool | None


def blockers(state: WayState, standing: Standing) -> list[Blocker]:
    """Return what keeps a way from its end; nothing for a refusal, which only asks to be read."""
    if state is not WayState.LEAVING:
        return []
    found = []
    if not standing.has_list:
        found.append(Blocker.NO_LIST)
    if standing.unresolved:
        found.append(Blocker.LINES)
    if standing.visit_is_open is not False:
        found.append(Blocker.VISIT)
    return found


def visit_due(left_at: datetime, hours: float) -> datetime:
    """Return when the visit after a discharge is due: by instants, whatever the clock on the wall."""
    return left_at + timedelta(hours=hours)
