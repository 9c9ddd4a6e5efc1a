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
from maillage.agenda.queries.words import announced_as, said_of, says_where
from maillage.agenda.rules.vocabulary import State
from maillage.exchange import api as exchange
from maillage.exchange.api import Template
from maillage.kernel import outbox
from maillage.kernel.models import Person
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
    if row.state != State.BOOKED.value or slot.starts_at <= timezone.now():
        return
    template = Template.APPOINTMENT_BOOKED if says_where(slot) else Template.APPOINTMENT_BOOKED_BRIEF
    _tell_patient(row, row.booked_by, template, said_of(slot), "booked")
    said = exchange.Parameters(when=slot.starts_at)
    _tell_professional(row, row.booked_by, Template.AGENDA_BOOKED, said, "booked")


@outbox.handles("agenda.moved")
def announce_moved(event: outbox.Event) -> None:
    """Tell the patient and the professional the former hour and the new one."""
    row = _appointment(event)
    slot = row.slot
    _revoke(slot)
    if row.slot_id != event.payload["slot"] or slot.starts_at <= timezone.now():
        return
    by = _author(row, State.BOOKED)
    previous = datetime.fromisoformat(event.payload["previous"])
    exchange.withdraw(keys=[_key(row, "booked", "patient")])
    template = Template.APPOINTMENT_MOVED if says_where(slot) else Template.APPOINTMENT_MOVED_BRIEF
    what = f"moved-{slot.pk}"
    _tell_patient(row, by, template, replace(said_of(slot), previous=previous), what)
    said = exchange.Parameters(when=slot.starts_at, previous=previous)
    _tell_professional(row, by, Template.AGENDA_MOVED, said, what)


@outbox.handles("agenda.cancelled")
def announce_cancelled(event: outbox.Event) -> None:
    """Tell the patient and the professional; a hold given back, or a past appointment, tells nobody."""
    row = _appointment(event)
    slot = row.slot
    if row.patient_id is None or slot.starts_at <= timezone.now():
        return
    by = _author(row, State.CANCELLED)
    made = [_key(row, what, "patient") for what in ("booked", f"moved-{slot.pk}")]
    exchange.withdraw(keys=made)
    known = said_of(slot)
    template = Template.APPOINTMENT_CANCELLED if known.phone else Template.APPOINTMENT_CANCELLED_BRIEF
    _tell_patient(row, by, template, known, "cancelled")
    said = exchange.Parameters(when=slot.starts_at)
    _tell_professional(row, by, Template.AGENDA_CANCELLED, said, "cancelled")


@outbox.handles("agenda.slot_offered")
def announce_offer(event: outbox.Event) -> None:
    """Offer a freed slot to somebody who waits: a secret address where they can open one, else a number."""
    rows = Offer.objects.select_related(*_SLOT, "entry__patient", "entry__created_by")
    offer = rows.get(pk=event.payload["offer"])
    if offer.state != OfferState.PENDING.value or offer.expires_at <= timezone.now():
        return
    patient, known = offer.entry.patient, said_of(offer.slot)
    if exchange.can_link() and not patient.no_smartphone:
        template = Template.SLOT_OFFERED_LINK
    else:
        template = Template.SLOT_OFFERED if says_where(offer.slot) else Template.SLOT_OFFERED_BRIEF
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
    """Offer a slot that nobody took in time to those who come next."""
    waiting.offer_freed_slot(slot=Slot.objects.get(pk=event.payload["slot"]))


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


def _tell_patient(
    row: Appointment, by: Person | None, template: Template, said: exchange.Parameters, what: str
) -> None:
    assert row.patient is not None
    soon = timedelta(hours=rule("agenda.announce.soon_hours").value)
    exchange.notify(
        by=by,
        to=row.patient,
        template=template,
        parameters=_for(template, said),
        key=_key(row, what, "patient"),
        urgent=row.slot.starts_at - timezone.now() < soon,
        not_after=row.slot.starts_at,
    )


def _tell_professional(
    row: Appointment, by: Person | None, template: Template, said: exchange.Parameters, what: str
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
        key=_key(row, what, "professional"),
        scope=agenda.territory.scope,
        path=f"{reverse('agenda:week', args=[agenda.pk])}?du={day.isoformat()}#creneau-{row.slot_id}",
        not_after=row.slot.starts_at,
    )


def _for(template: Template, said: exchange.Parameters) -> exchange.Parameters:
    """Keep, of what is known, the values that the text asks for."""
    return said.only(exchange.asked_by(template))


def _key(row: Appointment, what: str, to: str) -> str:
    return f"{announced_as(row) if what == 'booked' else f'appointment-{row.pk}-{what}'}-{to}"


def _offer_key(pk: int) -> str:
    return f"offer-{pk}"
