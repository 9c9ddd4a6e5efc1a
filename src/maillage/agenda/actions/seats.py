"""The seats of some slots, read once under the lock of their agendas and given one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from maillage.agenda.models import Appointment, Occupation, Slot
from maillage.agenda.rules.clock import quanta
from maillage.agenda.rules.vocabulary import State


class Seats:
    """Which seats are taken around `slots`, whose agendas the caller has locked."""

    def __init__(self, slots: Collection[Slot], now: datetime) -> None:
        """Read them; give back on the way the seats whose hold expired."""
        rows = Occupation.objects.filter(
            agenda__in={slot.agenda_id for slot in slots},
            quantum__in={quantum for slot in slots for quantum in quanta(slot.starts_at, slot.ends_at)},
        ).select_related("appointment")
        self._taken: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
        expired = set()
        for row in rows:
            if row.appointment.is_expired(now):
                expired.add(row.appointment_id)
            else:
                self._taken[row.agenda_id, row.quantum].add((row.appointment.slot_id, row.seat))
        for pk in sorted(expired):
            Occupation.objects.filter(appointment=pk).delete()
            Appointment.objects.keyed(pk).update(state=State.EXPIRED.value)

    def overlap(self, slot: Slot) -> bool:
        """Return whether another slot of the same professional has somebody meanwhile."""
        return any(other != slot.pk for other, _seat in self._around(slot))

    def lowest(self, slot: Slot, seats: int) -> int | None:
        """Return the lowest free seat of so many, None where there is none."""
        taken = {seat for _slot, seat in self._around(slot)}
        return next((seat for seat in range(seats) if seat not in taken), None)

    def take(self, slot: Slot, seat: int) -> None:
        """Count a seat as taken from now on."""
        for quantum in quanta(slot.starts_at, slot.ends_at):
            self._taken[slot.agenda_id, quantum].add((slot.pk, seat))

    def _around(self, slot: Slot) -> set[tuple[int, int]]:
        within = quanta(slot.starts_at, slot.ends_at)
        return {one for quantum in within for one in self._taken.get((slot.agenda_id, quantum), ())}
