"""Holding and booking: one path for every door, decided by a key of the database.

The key is (agenda, five-minute quantum, seat) of `Occupation`. The agenda's row is locked first, so that the
seats of a group and overlapping slots are counted once at a time; were the lock ever missed, the key decides.
Those who book at the same moment are written together, in one transaction: docs/adr/0006.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.agenda.actions import rights
from maillage.agenda.actions.seats import Expected, Seats
from maillage.agenda.models import Appointment, Occupation, Slot, StateChange
from maillage.agenda.queries.kept_out import KeptOut, kept_out
from maillage.agenda.queries.over_capacity import extras_taken
from maillage.agenda.queries.slots import locked_slots
from maillage.agenda.rules.clock import quanta
from maillage.agenda.rules.vocabulary import State
from maillage.kernel import databases, journal, outbox
from maillage.kernel.combining import Combined
from maillage.kernel.models import Message, Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before
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
    ALREADY_HERE = "already_here"
    SAME_HOUR = "same_hour"
    KEPT_OUT = "kept_out"


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
    Refusal.ALREADY_HERE: _(
        "Cette personne a déjà une place à ce créneau : il n’en faut pas d’autre. Pour quelqu’un d’autre, "
        "choisissez cette autre personne."
    ),
    Refusal.SAME_HOUR: _(
        "Cette personne a déjà un rendez-vous à cette heure chez un autre professionnel. Demandez-lui lequel "
        "elle garde, ou confirmez les deux."
    ),
    Refusal.KEPT_OUT: _("Cette personne ne peut pas recevoir de créneau maintenant."),
    Refusal.NOT_BEGUN: _(
        "Le rendez-vous n’a pas commencé : dites ce qu’il devient une fois l’heure venue, ou annulez-le si "
        "la personne ne vient pas."
    ),
}


class BookingRefusedError(ValueError):
    """The slot was not given; `refusal` says why, the message (in the reader's language) what to do.

    `why` says it where another context refuses; `url` is then the page behind it, empty for none.
    """

    def __init__(self, refusal: Refusal, why: KeptOut | None = None) -> None:
        super().__init__(why.sentence if why else str(_SENTENCES[refusal]))
        self.refusal = refusal
        self.url = why.url if why else ""


def hold(*, by: Person | None, slot: Slot, key: str) -> Appointment:
    """Keep a seat of `slot` for the few minutes of the rule `agenda.hold.minutes`.

    The same `key` again returns the same hold. Raises BookingRefusedError.
    """
    return _decided(_Wish(by, slot.pk, None, key))


def book(
    *,
    by: Person | None,
    slot: Slot,
    patient: Patient,
    key: str,
    held: Appointment | None = None,
    despite_same_hour: bool = False,
) -> Appointment:
    """Book a seat of `slot` for `patient`, the one already `held` where it is.

    A hold is confirmed while its slot is still open, to come and shown to `by`; one that expired is taken
    again if its seat is still free. The same `key` again returns the same
    appointment, so that a door which got no answer may ask again. Nobody has two seats of one slot. Somebody
    expected elsewhere at that hour is refused (SAME_HOUR) until the door confirms, by `despite_same_hour`,
    that this was said. Raises BookingRefusedError.
    """
    if held is not None:
        confirmed = _confirmed(by, held, patient, key, despite_same_hour)
        if confirmed is not None:
            return confirmed
    return _decided(_Wish(by, slot.pk, patient, key, despite_same_hour=despite_same_hour))


def book_over_capacity(
    *, by: Person | None, slot: Slot, patient: Patient, key: str, despite_same_hour: bool = False
) -> Appointment:
    """Book `patient` at a full slot, within what the professional allows that day at that place.

    A seat left within the capacity is given first. The same `key` again returns the same appointment. Raises
    BookingRefusedError, as `book`.
    """
    return _decided(_Wish(by, slot.pk, patient, key, over_capacity=True, despite_same_hour=despite_same_hour))


@dataclass(frozen=True, slots=True)
class _Wish:
    """A seat of a slot that somebody asks for; without a patient it is held only."""

    by: Person | None
    slot: int
    patient: Patient | None
    key: str
    over_capacity: bool = False
    despite_same_hour: bool = False


def _decided(wish: _Wish) -> Appointment:
    """Take a seat, with whoever asks at the same moment unless the caller has a transaction of its own.

    Nobody beyond the capacity comes with others: how many there are is counted in the database.
    """
    alone = wish.over_capacity or connection.in_atomic_block
    given = _alone(wish) if alone else _with_others(wish)
    if given is Refusal.KEPT_OUT and wish.patient is not None:
        require_not_kept_out(wish.by, wish.patient.pk)
    if isinstance(given, Refusal):
        raise BookingRefusedError(given)
    return given


def require_not_kept_out(by: Person | None, patient: int | None) -> None:
    """Raise BookingRefusedError where a patient, by their key, may be given no slot: it says why to `by`."""
    why = kept_out(by, [patient] if patient is not None else [])
    if patient in why:
        raise BookingRefusedError(Refusal.KEPT_OUT, why[patient])


def _alone(wish: _Wish) -> Appointment | Refusal:
    """Take one seat; let the database's keys say who was first, and who asks the same thing again."""
    try:
        with transaction.atomic():
            (given,) = _given([wish])
    except IntegrityError as error:
        return _same_again(wish) or _refusal_in(error)
    return _or_same_again(wish, given)


def _all_at_once(wishes: Sequence[_Wish]) -> list[Appointment | Refusal]:
    """Take the seats of several people in one transaction; an error leaves none of them."""
    with transaction.atomic():
        given = _given(wishes)
    return [_or_same_again(wish, one) for wish, one in zip(wishes, given, strict=True)]


_with_others = Combined(_all_at_once, _alone)


def _refusal_in(error: IntegrityError) -> Refusal:
    """Tell which key of the database said no, by its name (PostgreSQL) or its columns (SQLite)."""
    text = str(error)
    if "one_person_a_seat_a_quantum" in text or "agenda_occupation.quantum" in text:
        return Refusal.TAKEN
    if "one_seat_a_slot_for_a_person" in text or "agenda_appointment.patient_id" in text:
        return Refusal.ALREADY_HERE
    if "appointment_made_once" in text or "agenda_appointment.key" in text:
        return Refusal.KEY_USED
    raise error


def _or_same_again(wish: _Wish, given: Appointment | Refusal) -> Appointment | Refusal:
    return given if isinstance(given, Appointment) else _same_again(wish) or given


def _same_again(wish: _Wish) -> Appointment | Refusal | None:
    """Return what the same write gave before: the same slot, for the same patient unless it only holds."""
    known = made_before(Appointment, by=wish.by, key=wish.key, related=("slot",))
    if known is None:
        return None
    same_person = wish.patient is None or known.patient_id == wish.patient.pk
    return known if known.slot_id == wish.slot and same_person else Refusal.KEY_USED


def _given(wishes: Sequence[_Wish]) -> list[Appointment | Refusal]:
    """Lock the agendas, give each wish a seat or say why not, write all at once, and tell."""
    now = timezone.now()
    slots = locked_slots({wish.slot for wish in wishes})
    roles = rights.roles_of({wish.by for wish in wishes if wish.by is not None})
    seats = Seats(slots.values(), now)
    expected = Expected(
        [(wish.patient, slots[wish.slot]) for wish in wishes if wish.patient and not wish.despite_same_hour]
    )
    out = kept_out(None, {wish.patient.pk for wish in wishes if wish.patient is not None})
    given = [
        _why_not(wish.by, slots[wish.slot], roles, now) or Refusal.KEPT_OUT
        if wish.patient is not None and wish.patient.pk in out
        else _seated(wish, slots[wish.slot], roles, seats, expected, now)
        for wish in wishes
    ]
    made = [one for one in given if isinstance(one, Appointment)]
    if made:
        databases.insert(made)
        databases.insert(
            [
                Occupation(agenda_id=one.slot.agenda_id, quantum=quantum, seat=one.seat, appointment=one)
                for one in made
                for quantum in quanta(one.slot.starts_at, one.slot.ends_at)
            ]
        )
        _tell(made)
    return given


def _seated(
    wish: _Wish, slot: Slot, roles: rights.Roles, seats: Seats, expected: Expected, now: datetime
) -> Appointment | Refusal:
    refusal = _why_not(wish.by, slot, roles, now)
    if refusal is None and seats.overlap(slot):
        refusal = Refusal.OVERLAP
    if refusal is None and wish.patient is not None:
        refusal = _why_not_this_person(wish, wish.patient, slot, seats, expected)
    if refusal is not None:
        return refusal
    seat = seats.lowest(slot, slot.capacity + (_allowance(slot) if wish.over_capacity else 0))
    if seat is None:
        return Refusal.NO_EXTRA if wish.over_capacity else Refusal.TAKEN
    seats.take(slot, seat, wish.patient)
    if wish.patient is not None:
        expected.add(wish.patient, slot)
    made = Appointment(
        slot=slot,
        patient=wish.patient,
        state=(State.HELD if wish.patient is None else State.BOOKED).value,
        seat=seat,
        hold_expires_at=None if wish.patient else now + _hold_length(),
        booked_by=wish.by,
        made_at=now,
        key=wish.key,
    )
    made.is_just_made = True
    return made


def _why_not(by: Person | None, slot: Slot, roles: rights.Roles, now: datetime) -> Refusal | None:
    if not rights.sees(by, slot, roles):
        return Refusal.NOT_VISIBLE
    if not slot.is_open:
        return Refusal.CLOSED
    return Refusal.PAST if slot.starts_at <= now else None


def _why_not_this_person(
    wish: _Wish, patient: Patient, slot: Slot, seats: Seats, expected: Expected
) -> Refusal | None:
    if seats.has(slot, patient):
        return Refusal.ALREADY_HERE
    return Refusal.SAME_HOUR if not wish.despite_same_hour and expected.elsewhere(patient, slot) else None


def _allowance(slot: Slot) -> int:
    """Return how many seats there are beyond the capacity: none once those of the day are used up."""
    allowed = slot.schedule.over_capacity
    return allowed if extras_taken(slot.agenda, slot.schedule_id, slot.starts_at) < allowed else 0


def _confirmed(
    by: Person | None, held: Appointment, patient: Patient, key: str, despite_same_hour: bool
) -> Appointment | None:
    """Turn a hold into an appointment; None where its seat was given back and must be taken anew."""
    try:
        return _confirmed_now(by, held, patient, key, despite_same_hour)
    except IntegrityError as error:
        raise BookingRefusedError(_refusal_in(error)) from error


def _confirmed_now(
    by: Person | None, held: Appointment, patient: Patient, key: str, despite_same_hour: bool
) -> Appointment | None:
    with transaction.atomic():
        slot = locked_slots({held.slot_id})[held.slot_id]
        done = made_before(StateChange, by=by, key=key)
        appointment = Appointment.objects.keyed(held.pk).get()
        if done is not None:
            if (done.appointment_id, appointment.patient_id) != (held.pk, patient.pk):
                raise BookingRefusedError(Refusal.KEY_USED)
            return appointment
        if appointment.booked_by_id != (by.pk if by else None):
            raise BookingRefusedError(Refusal.NOT_YOURS)
        if appointment.state != State.HELD.value:
            return None
        # What was true when the seat was held may be so no more: the professional closed or hid the slot.
        refusal = _why_not(by, slot, rights.roles_of({by} if by else set()), timezone.now())
        if refusal is not None:
            raise BookingRefusedError(refusal)
        require_not_kept_out(by, patient.pk)
        if not despite_same_hour and Expected([(patient, slot)]).elsewhere(patient, slot):
            raise BookingRefusedError(Refusal.SAME_HOUR)
        appointment.state, appointment.patient, appointment.hold_expires_at = (
            State.BOOKED.value,
            patient,
            None,
        )
        appointment.save(update_fields=["state", "patient", "hold_expires_at"])
        StateChange.objects.create(appointment=appointment, state=State.BOOKED.value, by=by, key=key)
        appointment.slot = slot
        _tell([appointment])
        return appointment


def _tell(appointments: Sequence[Appointment]) -> None:
    """Publish and journal, last: the journal's head is locked from here to the commit."""
    messages, lines = [], []
    for one in appointments:
        verb, slot = f"agenda.{one.state}", one.slot
        payload = {
            "appointment": one.pk,
            "slot": slot.pk,
            "agenda": slot.agenda_id,
            "starts_at": slot.starts_at.isoformat(),
        }
        messages.append(Message(topic=verb, key=f"{verb}-{one.pk}", payload=payload))
        lines.append(
            journal.Line(
                one.booked_by,
                verb,
                journal.target_of(one),
                {"slot": slot.pk},
                scope=slot.agenda.territory.scope_id,
            )
        )
    outbox.publish_all(messages)
    journal.record_all(lines)


def _hold_length() -> timedelta:
    return timedelta(minutes=rule("agenda.hold.minutes").value)
