"""Who is told what becomes of an appointment, after the write, once, whichever door it was made by.

The patient, of their appointment and of a freed slot; the professional, of what others did in the agenda.
Nothing about health: `exchange` takes no other value than those of its closed list.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from maillage.agenda.actions import rights, waiting
from maillage.agenda.models import Appointment, Offer, Slot, StateChange
from maillage.agenda.models.waiting import OfferState
from maillage.agenda.queries.message_values import (
    announced_as,
    has_place_and_phone,
    message_values,
    subject_of,
)
from maillage.agenda.rules.vocabulary import State
from maillage.exchange import api as exchange
from maillage.exchange.api import Template
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule

_SLOT = (
    "slot__agenda__professional__account",
    "slot__agenda__territory__scope",
    "slot__schedule__commune",
    "slot__schedule__place__commune",
    "slot__schedule__structure__commune",
)


@outbox.handles("agenda.booked", by_worker=True)
def announce_booked(event: outbox.Event) -> None:
    """Tell the patient and the professional; nobody else is offered that slot any more."""
    row = _appointment(event)
    slot = row.slot
    _revoke(slot)
    waiting.leave_once_booked(appointment=row)
    if row.state != State.BOOKED.value or slot.starts_at <= timezone.now() or _moved_since(row, 0):
        return
    template = exchange.PATIENT_TOLD_OF_AN_HOUR[False, not has_place_and_phone(slot)]
    _tell_patient(row, row.booked_by, template, message_values(slot), announced_as(row))
    said = exchange.Parameters(when=slot.starts_at)
    _tell_professional(row, row.booked_by, Template.AGENDA_BOOKED, said, announced_as(row))


@outbox.handles("agenda.moved")
def announce_moved(event: outbox.Event) -> None:
    """Tell the patient and the professional the former hour and the new one.

    The key is that of the change, so that a return to an hour that was told before is told again. A change
    that another followed is left to that one; the former hour is the one that each of them was told, and a
    patient who was told none is told of an appointment.
    """
    row = _appointment(event)
    slot = row.slot
    _revoke(slot)
    change = _change(event)
    is_past = slot.starts_at <= timezone.now()
    if row.state != State.BOOKED.value or is_past or _moved_since(row, change):
        return
    by = _author(row, State.BOOKED)
    previous = datetime.fromisoformat(event.payload["previous"])
    exchange.withdraw(subjects=[subject_of(row)])
    key = _change_key(row, change)
    assert row.patient is not None
    told = exchange.hour_to_correct(subject=subject_of(row), to=row.patient, when=slot.starts_at)
    template = exchange.PATIENT_TOLD_OF_AN_HOUR[told is not None, not has_place_and_phone(slot)]
    _tell_patient(row, by, template, replace(message_values(slot), previous=told), key)
    before = _known_to_professional(row, previous)
    moved = Template.AGENDA_MOVED if before is not None else Template.AGENDA_BOOKED
    said = exchange.Parameters(when=slot.starts_at, previous=before)
    _tell_professional(row, by, moved, said, key)


@outbox.handles("agenda.cancelled")
def announce_cancelled(event: outbox.Event) -> None:
    """Tell the patient and the professional; a hold given back, or a past appointment, tells nobody."""
    row = _appointment(event)
    slot = row.slot
    if row.patient_id is None or row.state != State.CANCELLED.value or slot.starts_at <= timezone.now():
        return
    by = _author(row, State.CANCELLED)
    exchange.withdraw(subjects=[subject_of(row)])
    known = message_values(slot)
    template = Template.APPOINTMENT_CANCELLED if known.phone else Template.APPOINTMENT_CANCELLED_BRIEF
    key = _change_key(row, _change(event))
    _tell_patient(row, by, template, known, key)
    said = exchange.Parameters(when=slot.starts_at)
    _tell_professional(row, by, Template.AGENDA_CANCELLED, said, key)


@outbox.handles("agenda.slot_offered")
def announce_offer(event: outbox.Event) -> None:
    """Offer a freed slot to somebody who waits: a secret address where they can open one, else a number."""
    rows = Offer.objects.select_related(*_SLOT, "entry__patient", "entry__created_by")
    offer = rows.get(pk=event.payload["offer"])
    if offer.state != OfferState.PENDING.value or offer.expires_at <= timezone.now():
        return
    patient, known = offer.entry.patient, message_values(offer.slot)
    if exchange.can_link() and not patient.no_smartphone:
        template = Template.SLOT_OFFERED_LINK
    else:
        template = Template.SLOT_OFFERED if has_place_and_phone(offer.slot) else Template.SLOT_OFFERED_BRIEF
    exchange.notify(
        by=offer.entry.created_by,
        to=patient,
        template=template,
        parameters=_for(
            template, replace(known, until=offer.expires_at, link=exchange.Link("agenda:offer", offer.pk))
        ),
        key=_offer_key(offer.pk),
        path=f"{reverse('agenda:waiting')}#offre-{offer.pk}",
        not_after=offer.expires_at,
    )


@outbox.handles("agenda.offers_over")
def offer_to_the_next(event: outbox.Event) -> None:
    """Offer a slot that nobody took in time to those who come next; the former are no longer called."""
    slot = Slot.objects.get(pk=event.payload["slot"])
    over = Offer.objects.filter(slot=slot, expires_at__lte=timezone.now()).values_list("pk", flat=True)
    exchange.withdraw(keys=[_offer_key(pk) for pk in over])
    waiting.offer_freed_slot(slot=slot)


def _appointment(event: outbox.Event) -> Appointment:
    rows = Appointment.objects.keyed(event.payload["appointment"])
    return rows.select_related(*_SLOT, "patient", "booked_by").get()


def _author(row: Appointment, state: State) -> Person | None:
    """Return who brought the appointment to `state` last."""
    changes = StateChange.objects.filter(appointment=row, state=state.value).select_related("by")
    last = changes.order_by("at", "pk").last()
    return last.by if last else row.booked_by


def _revoke(slot: Slot) -> None:
    exchange.withdraw(keys=[_offer_key(pk) for pk in waiting.revoke_offers(slot=slot)])


def _moved_since(row: Appointment, change: int) -> bool:
    """Return whether the appointment was moved after that change: what is told then is told by the later."""
    moves = StateChange.objects.filter(appointment=row, state=State.BOOKED.value, pk__gt=change)
    return moves.exclude(moved_from=None).exists()


def _known_to_professional(row: Appointment, previous: datetime) -> datetime | None:
    """Return the hour that the professional knew instead of the new one, None where it is the same.

    Whoever was told nothing made the appointment, or kept the agenda with whoever did: they know `previous`.
    """
    professional, when = row.slot.agenda.professional, row.slot.starts_at
    if exchange.last_announced(subject=subject_of(row), to=professional):
        return exchange.hour_to_correct(subject=subject_of(row), to=professional, when=when)
    return None if previous == when else previous


def _tell_patient(
    row: Appointment, by: Person | None, template: Template, said: exchange.Parameters, key: str
) -> None:
    assert row.patient is not None
    if by is not None and not access.may(by, Permission.BOOK_APPOINTMENT):
        by = None  # who acts for themself, or for somebody they help, is not the one who calls
    soon = timedelta(hours=rule("agenda.announce.soon_hours").value)
    exchange.notify(
        by=by,
        to=row.patient,
        template=template,
        parameters=_for(template, said),
        key=f"{key}-patient",
        subject=subject_of(row),
        urgent=row.slot.starts_at - timezone.now() < soon,
        not_after=row.slot.starts_at,
    )


def _tell_professional(
    row: Appointment, by: Person | None, template: Template, said: exchange.Parameters, key: str
) -> None:
    """Tell the professional what others did; who keeps the agenda with them is not somebody else."""
    agenda = row.slot.agenda
    if by is not None and rights.manages(by, agenda):
        return
    day = row.slot.starts_at.astimezone(agenda.zone).date()
    exchange.notify(
        by=by,
        to=agenda.professional,
        template=template,
        parameters=said,
        key=f"{key}-professional",
        subject=subject_of(row),
        scope=agenda.territory.scope,
        path=f"{reverse('agenda:week', args=[agenda.pk])}?du={day.isoformat()}#creneau-{row.slot_id}",
        not_after=row.slot.starts_at,
    )


def _for(template: Template, said: exchange.Parameters) -> exchange.Parameters:
    """Keep, of what is known, the values that the text asks for."""
    return said.only(exchange.asked_by(template))


def _change(event: outbox.Event) -> int:
    """Return the key of the change behind an event; 0 for one published before changes were named."""
    return int(event.payload.get("change", 0))


def _change_key(row: Appointment, change: int) -> str:
    return f"appointment-{row.pk}-change-{change}"


def _offer_key(pk: int) -> str:
    return f"offer-{pk}"
