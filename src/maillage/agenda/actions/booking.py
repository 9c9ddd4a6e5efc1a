"""Holding and booking: one path for every door, decided by a key of the database.

The key is (agenda, five-minute quantum, seat) of `Occupation`. The agenda's row is locked first, so that the
seats of a group and overlapping slots are counted once at a time; were the lock ever missed, the key decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.agenda.actions import rights
from maillage.agenda.models import Appointment, Occupation, Slot, StateChange
from maillage.agenda.queries.over_capacity import extras_taken
from maillage.agenda.rules.clock import quanta
from maillage.agenda.rules.vocabulary import State
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people.api import Patient


class Refusal(StrEnum):
    """Why a slot was not given."""

    TAKEN = "taken"
    CLOSED = "closed"
    PAST = "past"
    NOT_VISIBLE = "not_visible"
    OVERLAP = "overlap"
    KEY_USED = "key_used"
    NOT_YOURS = "not_yours"
    NO_SUCH_CHANGE = "no_such_change"
    NOT_BEGUN = "not_begun"
    NO_EXTRA = "no_extra"


_SENTENCES: dict[Refusal, str | Promise] = {
    Refusal.TAKEN: _("Ce créneau vient d’être pris. Choisissez le suivant : rien n’est à ressaisir."),
    Refusal.CLOSED: _("Le professionnel a fermé ce créneau. Choisissez-en un autre."),
    Refusal.PAST: _("Ce créneau est déjà passé. Choisissez-en un à venir."),
    Refusal.NOT_VISIBLE: _(
        "Ce créneau n’est pas ouvert à votre rôle. Choisissez-en un autre, ou appelez le professionnel."
    ),
    Refusal.OVERLAP: _("Le professionnel a déjà un rendez-vous à cette heure. Choisissez un autre créneau."),
    Refusal.KEY_USED: _(
        "Cette demande a déjà servi à autre chose. Rechargez la page, puis choisissez de nouveau le créneau."
    ),
    Refusal.NOT_YOURS: _("Ce créneau est retenu par une autre personne. Choisissez-en un autre."),
    Refusal.NO_SUCH_CHANGE: _("Ce rendez-vous a changé d’état entre-temps. Rechargez la page."),
    Refusal.NO_EXTRA: _(
        "Le professionnel n’accepte pas, ou plus, de surnuméraire ce jour-là à ce lieu. Appelez-le, ou "
        "choisissez un autre créneau."
    ),
    Refusal.NOT_BEGUN: _("Le rendez-vous n’a pas commencé : annulez-le plutôt si la personne ne vient pas."),
}


class BookingRefusedError(ValueError):
    """The slot was not given; `refusal` says why, the message (in the reader's language) what to do."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(_SENTENCES[refusal]))
        self.refusal = refusal


def hold(*, by: Person | None, slot: Slot, key: str) -> Appointment:
    """Keep a seat of `slot` for the few minutes of the rule `agenda.hold.minutes`.

    The same `key` again returns the same hold. Raises BookingRefusedError.
    """
    return _decided(by, key, slot, None)


def book(
    *, by: Person | None, slot: Slot, patient: Patient, key: str, held: Appointment | None = None
) -> Appointment:
    """Book a seat of `slot` for `patient`, the one already `held` where it is.

    A hold that expired is taken again if its seat is still free. The same `key` again returns the same
    appointment, so that a door which got no answer may ask again. Raises BookingRefusedError.
    """
    if held is not None:
        confirmed = _confirmed(by, held, patient, key)
        if confirmed is not None:
            return confirmed
    return _decided(by, key, slot, patient)


def book_over_capacity(*, by: Person | None, slot: Slot, patient: Patient, key: str) -> Appointment:
    """Book `patient` at a full slot, within what the professional allows that day at that place.

    A seat left within the capacity is given first. The same `key` again returns the same appointment. Raises
    BookingRefusedError.
    """
    return _decided(by, key, slot, patient, beyond=True)


def _decided(
    by: Person | None, key: str, slot: Slot, patient: Patient | None, *, beyond: bool = False
) -> Appointment:
    """Take a seat; let the database's keys say who was first, and who asks the same thing again."""
    try:
        with transaction.atomic():
            return _same_again(by, key, slot) or _taken(by, key, slot, patient, beyond)
    except IntegrityError as error:
        again = _same_again(by, key, slot)
        if again is not None:
            return again
        raise _refused(error) from error


def _refused(error: IntegrityError) -> Exception:
    """Tell which key of the database said no, by its name (PostgreSQL) or its columns (SQLite)."""
    text = str(error)
    if "one_person_a_seat_a_quantum" in text or "agenda_occupation.quantum" in text:
        return BookingRefusedError(Refusal.TAKEN)
    if "agenda_appointment_key" in text or "agenda_appointment.key" in text:
        return BookingRefusedError(Refusal.KEY_USED)
    return error


def _same_again(by: Person | None, key: str, slot: Slot) -> Appointment | None:
    known = Appointment.objects.with_key(key, by).select_related("slot").first()
    if known is not None and known.slot_id != slot.pk:
        raise BookingRefusedError(Refusal.KEY_USED)
    return known


def _taken(by: Person | None, key: str, slot: Slot, patient: Patient | None, beyond: bool) -> Appointment:
    now = timezone.now()
    locked = _locked(slot)
    _check_bookable(by, locked, now)
    seat = _seat_beyond(locked, now) if beyond else _free_seat(locked, now)
    state = State.HELD if patient is None else State.BOOKED
    appointment = Appointment.objects.create(
        slot=locked,
        patient=patient,
        state=state.value,
        seat=seat,
        hold_expires_at=None if patient else now + _hold_length(),
        booked_by=by,
        made_at=now,
        key=key,
    )
    Occupation.objects.bulk_create(
        Occupation(agenda_id=locked.agenda_id, quantum=quantum, seat=seat, appointment=appointment)
        for quantum in quanta(locked.starts_at, locked.ends_at)
    )
    _tell(by, appointment, f"agenda.{state.value}")
    return appointment


def _locked(slot: Slot) -> Slot:
    """Read the slot again, its agenda locked until the transaction ends."""
    rows = Slot.objects.select_related("agenda__territory", "agenda__professional", "schedule")
    return rows.select_for_update(of=("agenda",), no_key=True).get(pk=slot.pk)


def _check_bookable(by: Person | None, slot: Slot, now: datetime) -> None:
    if not rights.sees(by, slot):
        raise BookingRefusedError(Refusal.NOT_VISIBLE)
    if not slot.is_open:
        raise BookingRefusedError(Refusal.CLOSED)
    if slot.starts_at <= now:
        raise BookingRefusedError(Refusal.PAST)


def _free_seat(slot: Slot, now: datetime) -> int:
    """Return the lowest free seat within the capacity."""
    return _lowest_seat(slot, now, slot.capacity, Refusal.TAKEN)


def _seat_beyond(slot: Slot, now: datetime) -> int:
    """Return the lowest free seat, one beyond the capacity where the allowance of the day is not used up."""
    allowed = slot.schedule.over_capacity
    left = extras_taken(slot.agenda, slot.schedule_id, slot.starts_at) < allowed
    return _lowest_seat(slot, now, slot.capacity + allowed * left, Refusal.NO_EXTRA)


def _lowest_seat(slot: Slot, now: datetime, seats: int, refusal: Refusal) -> int:
    """Return the lowest free seat of so many; give back on the way the seats whose hold expired."""
    span = quanta(slot.starts_at, slot.ends_at)
    rows = list(
        Occupation.objects.filter(
            agenda=slot.agenda_id, quantum__gte=span.start, quantum__lt=span.stop
        ).select_related("appointment")
    )
    expired = {row.appointment_id for row in rows if row.appointment.is_expired(now)}
    _reclaim(expired)
    living = [row for row in rows if row.appointment_id not in expired]
    if any(row.appointment.slot_id != slot.pk for row in living):
        raise BookingRefusedError(Refusal.OVERLAP)
    taken = {row.seat for row in living}
    for seat in range(seats):
        if seat not in taken:
            return seat
    raise BookingRefusedError(refusal)


def _reclaim(expired: set[int]) -> None:
    for pk in sorted(expired):
        Occupation.objects.filter(appointment=pk).delete()
        Appointment.objects.keyed(pk).update(state=State.EXPIRED.value)


def _confirmed(by: Person | None, held: Appointment, patient: Patient, key: str) -> Appointment | None:
    """Turn a hold into an appointment; None where its seat was given back and must be taken anew."""
    with transaction.atomic():
        _locked(held.slot)
        done = StateChange.objects.filter(key=key, by=by).first()
        appointment = Appointment.objects.keyed(held.pk).select_related("slot").get()
        if done is not None and done.appointment_id == held.pk:
            return appointment
        if appointment.booked_by_id != (by.pk if by else None):
            raise BookingRefusedError(Refusal.NOT_YOURS)
        if appointment.state != State.HELD.value:
            return None
        appointment.state, appointment.patient, appointment.hold_expires_at = (
            State.BOOKED.value,
            patient,
            None,
        )
        appointment.save(update_fields=["state", "patient", "hold_expires_at"])
        StateChange.objects.create(appointment=appointment, state=State.BOOKED.value, by=by, key=key)
        _tell(by, appointment, "agenda.booked")
        return appointment


def _tell(by: Person | None, appointment: Appointment, verb: str) -> None:
    """Publish and journal, last: the journal's head is locked from here to the commit."""
    slot = appointment.slot
    payload = {
        "appointment": appointment.pk,
        "slot": slot.pk,
        "agenda": slot.agenda_id,
        "starts_at": slot.starts_at.isoformat(),
    }
    outbox.publish(verb, payload, key=f"{verb}-{appointment.pk}")
    journal.record(by=by, verb=verb, target=journal.target_of(appointment), changes={"slot": slot.pk})


def _hold_length() -> timedelta:
    return timedelta(minutes=rule("agenda.hold.minutes").value)
