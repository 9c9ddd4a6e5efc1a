"""Slots and appointments as the pages show them, on the agenda's own wall clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.models import Agenda, Appointment, Offer, WaitingEntry
from maillage.agenda.models.appointments import STATE_LABELS
from maillage.agenda.models.schedules import KIND_LABELS
from maillage.agenda.models.waiting import OFFER_LABELS, OfferState
from maillage.agenda.queries.kept_out import KeptOut, kept_out
from maillage.agenda.rules.vocabulary import Kind, State, before, is_too_early, may_become
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import stored_phone, written_phone
from maillage.kernel.sourced_rules import rule

_TAGS = {State.ARRIVED: "attention", State.HONOURED: "good", State.NOT_HONOURED: "attention"}


class Dial(NamedTuple):
    """A number to dial, and as people read it."""

    digits: str
    written: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A state that an appointment may pass to, in one click."""

    state: str
    label: str
    key: str
    letter: str = ""


#: The key of the keyboard that tells each outcome, on the screen of one agenda.
LETTERS = {State.ARRIVED: "A", State.HONOURED: "H", State.NOT_HONOURED: "N"}


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One appointment: when, who, where, what may be done."""

    pk: int
    day: date
    when: str
    who: str
    where: str
    professional: str
    state: str
    tag: str
    choices: list[Choice]
    undo_key: str
    may_move: bool
    phone: Dial | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class OfferView:
    """One freed slot offered to somebody who waits."""

    pk: int
    slot: datetime
    where: str
    state: str
    is_pending: bool
    until: str


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Somebody who waits: who, since when, what they would take, what was offered."""

    pk: int
    who: str
    phone: Dial | None
    professional: str
    since: date
    by: str
    wishes: list[str]
    offers: list[OfferView]
    kept_out: KeptOut | None


def clock(start: datetime, zone: ZoneInfo, end: datetime | None = None) -> str:
    """Return « 9 h 00 – 9 h 20 » on the wall clock of `zone`; after midnight too."""
    text = formats.time_short(start.astimezone(zone).time())
    return text if end is None else f"{text} – {formats.time_short(end.astimezone(zone).time())}"


def appointment_view(appointment: Appointment, agenda: Agenda, now: datetime) -> AppointmentView:
    """Return one appointment ready to show to whoever manages its agenda."""
    state = State(appointment.state)
    local = appointment.slot.starts_at.astimezone(agenda.zone)
    return AppointmentView(
        pk=appointment.pk,
        day=local.date(),
        when=clock(appointment.slot.starts_at, agenda.zone, appointment.slot.ends_at),
        who=str(appointment.patient or _("Retenu pour quelqu’un")),
        where=appointment.slot.schedule.name,
        professional=str(agenda),
        state=state_label(state, over_capacity=appointment.seat >= appointment.slot.capacity),
        tag=_TAGS.get(state, ""),
        choices=choices(state, appointment.slot.starts_at - now),
        undo_key=uuid4().hex if before(state, []) else "",
        may_move=state is State.BOOKED and appointment.slot.starts_at > now,
        phone=to_dial(appointment.patient.phone) if appointment.patient else None,
        address=f"{reverse('agenda:week', args=[agenda.pk])}?du={local.date()}&choisi={appointment.slot_id}",
    )


def state_label(state: State, *, over_capacity: bool) -> str:
    """Return the label of a state; `over_capacity`: of a seat past the capacity of its slot."""
    label = str(STATE_LABELS[state])
    return _("{state}, surnuméraire").format(state=label) if over_capacity else label


def choices(state: State, ahead: timedelta, only: frozenset[State] = frozenset(State)) -> list[Choice]:
    """Return what may become of an appointment that begins in `ahead`, in the order in which it usually does.

    Somebody arrives on the day; whoever does not come is only known to be missing once it is time.
    """
    words = {
        State.ARRIVED: _("Arrivé"),
        State.HONOURED: _("Honoré"),
        State.NOT_HONOURED: _("Non honoré"),
        State.CANCELLED: _("Annuler"),
    }
    early = rule("agenda.outcomes.early_minutes").value
    return [
        Choice(wanted.value, word, uuid4().hex, LETTERS.get(wanted, ""))
        for wanted, word in words.items()
        if wanted in only and may_become(state, wanted) and not is_too_early(wanted, ahead, early)
    ]


def to_dial(phone: str) -> Dial | None:
    """Return a number to show and to dial, None where there is none."""
    digits = stored_phone(phone)
    return Dial(digits, written_phone(digits)) if digits else None


def waiting_views(by: Person, entries: Sequence[WaitingEntry]) -> list[WaitingView]:
    """Return those who wait, ready to show to `by`, with why some of them are offered nothing."""
    why = kept_out(by, {one.patient_id for one in entries})
    return [_waiting_view(one, why.get(one.patient_id)) for one in entries]


def _waiting_view(entry: WaitingEntry, why: KeptOut | None) -> WaitingView:
    zone, now = entry.agenda.zone, timezone.now()
    wishes = [str(KIND_LABELS[Kind(entry.kind)])] if entry.kind else []
    wishes += [place.name for place in entry.places.all()]
    if entry.earliest is not None:
        day = formats.date_short(entry.earliest.astimezone(zone).date())
        wishes.append(_("à partir du {day}").format(day=day))
    if entry.latest is not None:
        day = formats.date_short((entry.latest - timedelta(minutes=1)).astimezone(zone).date())
        wishes.append(_("jusqu’au {day}").format(day=day))
    if entry.notice_hours:
        wishes.append(_("prévenue {count} h avant").format(count=entry.notice_hours))
    return WaitingView(
        pk=entry.pk,
        who=str(entry.patient),
        phone=to_dial(entry.patient.phone),
        professional=str(entry.agenda),
        since=entry.created_at.astimezone(zone).date(),
        by=entry.created_by.get_full_name(),
        wishes=wishes,
        offers=[_offer(one, zone, now) for one in entry.offers.all()],
        kept_out=why,
    )


def _offer(one: Offer, zone: ZoneInfo, now: datetime) -> OfferView:
    is_pending = one.state == OfferState.PENDING.value and one.expires_at > now
    state = OfferState(one.state)
    if state is OfferState.PENDING and not is_pending:
        state = OfferState.EXPIRED
    return OfferView(
        pk=one.pk,
        slot=one.slot.starts_at.astimezone(zone).replace(tzinfo=None),
        where=one.slot.schedule.name,
        state=str(OFFER_LABELS[state]),
        is_pending=is_pending,
        until=clock(one.expires_at, zone),
    )
