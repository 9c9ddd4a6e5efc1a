"""The seats of some slots, read once under the lock of their agendas; who is expected elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from maillage.agenda.models import Appointment, Occupation, Slot
from maillage.agenda.queries.appointments import expected_between, occupied_around
from maillage.agenda.rules.clock import quanta
from maillage.agenda.rules.vocabulary import State
from maillage.people.api import Patient


class Seats:
    """Which seats are taken around `slots`, whose agendas the caller has locked."""

    def __init__(self, slots: Collection[Slot], now: datetime) -> None:
        """Read them; give back on the way the seats whose hold expired."""
        self._taken: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
        self._people: set[tuple[int, int | None]] = set()
        expired = set()
        for row in occupied_around(slots):
            if row.appointment.is_expired(now):
                expired.add(row.appointment_id)
            else:
                self._taken[row.agenda_id, row.quantum].add((row.appointment.slot_id, row.seat))
                self._people.add((row.appointment.slot_id, row.appointment.patient_id))
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

    def has(self, slot: Slot, patient: Patient) -> bool:
        """Return whether `patient` has a seat of `slot`."""
        return (slot.pk, patient.pk) in self._people

    def take(self, slot: Slot, seat: int, patient: Patient | None) -> None:
        """Count a seat as taken from now on, by `patient` unless it is only held."""
        if patient is not None:
            self._people.add((slot.pk, patient.pk))
        for quantum in quanta(slot.starts_at, slot.ends_at):
            self._taken[slot.agenda_id, quantum].add((slot.pk, seat))

    def _around(self, slot: Slot) -> set[tuple[int, int]]:
        within = quanta(slot.starts_at, slot.ends_at)
        return {one for quantum in within for one in self._taken.get((slot.agenda_id, quantum), ())}


class Expected:
    """Where some people are expected at the hours of some slots, in other agendas than those of the slots."""

    def __init__(self, wished: Collection[tuple[Patient, Slot]]) -> None:
        """Read it in one query, none where nobody asks."""
        self._hours: dict[int, list[Slot]] = defaultdict(list)
        if not wished:
            return
        for appointment in expected_between(
            {patient.pk for patient, _slot in wished},
            min(slot.starts_at for _patient, slot in wished),
            max(slot.ends_at for _patient, slot in wished),
        ):
            self._hours[appointment.patient_id or 0].append(appointment.slot)

    def elsewhere(self, patient: Patient, slot: Slot) -> bool:
        """Return whether `patient` is expected in another agenda while `slot` lasts."""
        return any(
            one.agenda_id != slot.agenda_id and one.starts_at < slot.ends_at and slot.starts_at < one.ends_at
            for one in self._hours[patient.pk]
        )

    def add(self, patient: Patient, slot: Slot) -> None:
        """Count `patient` as expected at `slot` from now on."""
        self._hours[patient.pk].append(slot)
