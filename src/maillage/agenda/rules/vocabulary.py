"""The words of the agenda: kinds of consultation, who may see a slot, states of an appointment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from maillage.kernel.rules import Permission, Role, allows


class Kind(StrEnum):
    """How and where the person is seen."""

    PRACTICE = "practice"
    HOME = "home"
    TELE = "tele"
    PHONE = "phone"
    GROUP = "group"
    ADVANCED = "advanced"  # a consultation day in an EHPAD or a commune without a doctor
    BUS = "bus"  # a stop of an itinerant bus


class Visibility(StrEnum):
    """Who may see and book a slot: the types of slot of the SAS (TRE_R314), and nobody else by default."""

    PRIVATE = "private"
    PUBLIC = "PUBLIC"
    PRO = "PRO"
    SNP = "SNP"
    CPTS = "CPTS"


class State(StrEnum):
    """Where an appointment stands."""

    HELD = "held"
    EXPIRED = "expired"
    BOOKED = "booked"
    ARRIVED = "arrived"
    HONOURED = "honoured"
    NOT_HONOURED = "not_honoured"
    CANCELLED = "cancelled"


#: States in which an appointment keeps its seat; a hold keeps it until it expires.
LIVE = frozenset({State.HELD, State.BOOKED, State.ARRIVED, State.HONOURED, State.NOT_HONOURED})
#: States of an appointment that a calendar shows.
SHOWN = frozenset({State.BOOKED, State.ARRIVED, State.HONOURED})

_TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.BOOKED, State.EXPIRED, State.CANCELLED}),
    State.BOOKED: frozenset({State.ARRIVED, State.HONOURED, State.NOT_HONOURED, State.CANCELLED}),
    State.ARRIVED: frozenset({State.HONOURED, State.NOT_HONOURED}),
    State.HONOURED: frozenset({State.NOT_HONOURED}),
    State.NOT_HONOURED: frozenset({State.HONOURED}),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_become(now: State, wanted: State) -> bool:
    """Return whether an appointment may pass from `now` to `wanted`; an outcome may be corrected."""
    return wanted in _TRANSITIONS[now]


def is_too_early(wanted: State, ahead: timedelta, early: Mapping[str, int]) -> bool:
    """Return whether `wanted` cannot be true of an appointment that begins in `ahead`.

    `early`: how many minutes before its hour each outcome may be said; what it does not name, at any time.

    >>> is_too_early(State.HONOURED, timedelta(days=1), {"honoured": 60})
    True
    """
    minutes = early.get(wanted.value)
    return minutes is not None and ahead > timedelta(minutes=minutes)


#: Where a tap made by mistake may go back to; a seat given back may be somebody else's by then.
_BACK = {
    State.ARRIVED: frozenset({State.BOOKED}),
    State.HONOURED: frozenset({State.ARRIVED, State.BOOKED}),
    State.NOT_HONOURED: frozenset({State.ARRIVED, State.BOOKED}),
}


def before(now: State, passed: Sequence[State]) -> State | None:
    """Return the state that an undo goes back to, from those `passed` through in order; None: no undo.

    >>> before(State.HONOURED, [State.ARRIVED, State.HONOURED]).value, before(State.CANCELLED, [])
    ('arrived', None)
    """
    allowed = _BACK.get(now)
    if allowed is None:
        return None
    return next((one for one in reversed(passed) if one in allowed), State.BOOKED)


_PROFESSIONALS = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.MIDWIFE, Role.PHYSIOTHERAPIST})
_AT_WORK = _PROFESSIONALS | {Role.COORDINATOR, Role.REGULATOR, Role.EHPAD, Role.CASE_MANAGER}


def books(role: Role) -> bool:
    """Return whether a role books what is shown to it: for others, or for oneself and whom one helps."""
    return allows(role, Permission.BOOK_APPOINTMENT) or allows(role, Permission.BOOK_FOR_ONESELF)


def audiences(roles: Iterable[Role], roles_in_territory: Iterable[Role]) -> frozenset[Visibility]:
    """Return the slots that somebody may see in an agenda that is not theirs, by type.

    `roles_in_territory`: those of `roles` that hold in the territory of the agenda. PUBLIC is for whoever
    may book; PRO for care professionals and those who work with them; SNP for regulators; CPTS for those
    who work in that territory. A private slot is in no answer.
    """
    held, local = set(roles), set(roles_in_territory)
    seen = {Visibility.PUBLIC} if held else set()
    if held & _AT_WORK:
        seen.add(Visibility.PRO)
    if Role.REGULATOR in held:
        seen.add(Visibility.SNP)
    if local & _AT_WORK:
        seen.add(Visibility.CPTS)
    return frozenset(seen)
