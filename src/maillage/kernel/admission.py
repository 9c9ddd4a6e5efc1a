"""How many requests a server process answers at once, how many wait, and which are refused.

A process that takes more than it can answer answers nobody in time: the line is bounded, and whoever finds
it full is refused at once. What is sent and what is read are counted apart, so that neither keeps the other
out; more of what is sent may wait, since what is read is asked again at no loss.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar


class OverloadedError(Exception):
    """The line is full, or its end too far away: nothing was begun."""


class Place:
    """One of the requests answered now; given back once, by any thread."""

    def __init__(self, admission: Admission) -> None:
        self._admission, self._loop, self._is_held = admission, asyncio.get_running_loop(), True

    def give_back(self) -> None:
        """Let the next of the line begin."""
        if self._is_held:
            self._is_held = False
            self._loop.call_soon_threadsafe(self._admission.leave)


class Admission:
    """The line of one process: `running` at once, `reads` and `acts` waiting at most, `patience` seconds."""

    def __init__(self, *, running: int, reads: int, acts: int, patience: float) -> None:
        self._places = asyncio.Semaphore(running)
        self._waiting, self._limits = {False: 0, True: 0}, {False: reads, True: acts}
        self._patience = patience

    async def enter(self, *, is_act: bool) -> Place:
        """Return a place once there is one, in the order of arrival. Raises OverloadedError."""
        if self._places.locked():
            if self._waiting[is_act] >= self._limits[is_act]:
                raise OverloadedError
            self._waiting[is_act] += 1
            try:
                async with asyncio.timeout(self._patience):
                    await self._places.acquire()
            except TimeoutError as error:
                raise OverloadedError from error
            finally:
                self._waiting[is_act] -= 1
        else:
            await self._places.acquire()
        return Place(self)

    def leave(self) -> None:
        """Free a place; called by the loop."""
        self._places.release()


_place: ContextVar[Place | None] = ContextVar("_place", default=None)


def hold(place: Place) -> None:
    """Say which place the request of this context has."""
    _place.set(place)


def give_way() -> None:
    """Give the place of this request back: it is about to wait for another and computes nothing."""
    place = _place.get()
    if place is not None:
        place.give_back()
