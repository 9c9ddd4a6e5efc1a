"""The waiting list: a freed slot is offered to three people at most, and the first to accept books it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions import booking, rights
from maillage.agenda.actions.recording import record
from maillage.agenda.models import Agenda, Appointment, Offer, Schedule, Slot, WaitingEntry
from maillage.agenda.models.waiting import OfferState
from maillage.agenda.queries.kept_out import kept_out
from maillage.agenda.rules.vocabulary import Kind
from maillage.exchange import api as exchange
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import KEY_USED, made_before
from maillage.people.api import Patient


class WaitingError(ValueError):
    """The waiting list cannot take that; the message says what to do."""


class OfferClosedError(WaitingError):
    """The offer can no longer be answered; the message says so."""


@transaction.atomic
def wait_for(
    *,
    by: Person,
    agenda: Agenda,
    patient: Patient,
    key: str,
    kind: Kind | None = None,
    earliest: datetime | None = None,
    latest: datetime | None = None,
    notice_hours: int = 0,
    places: Collection[Schedule] = (),
) -> WaitingEntry:
    """Put `patient` on the waiting list of `agenda`; the same `key` of `by` again returns the same entry.

    `places`: where they would come, all places where there is none. Only a slot that begins at least
    `notice_hours` later is offered to them. Raises WaitingError where they already wait there or the places
    are another agenda's, PermissionDenied where `by` may not book appointments.
    """
    access.require(by, Permission.BOOK_APPOINTMENT)
    locked = _locked_agenda(agenda.pk)
    known = made_before(WaitingEntry, by=by, key=key)
    if known is not None:
        if (known.agenda_id, known.patient_id) != (agenda.pk, patient.pk):
            raise WaitingError(str(KEY_USED))
        return known
    if any(one.agenda_id != agenda.pk for one in places):
        raise WaitingError(_("Ce lieu est d’un autre agenda : choisissez parmi ceux de ce professionnel."))
    if WaitingEntry.objects.of_patient(agenda, patient).exists():
        raise WaitingError(_("Cette personne attend déjà un créneau de ce professionnel."))
    entry = WaitingEntry.objects.create(
        agenda=agenda,
        patient=patient,
        kind=kind.value if kind else "",
        earliest=earliest,
        latest=latest,
        notice_hours=notice_hours,
        created_by=by,
        key=key,
    )
    entry.places.set(places)
    record(locked, entry, by=by, verb="agenda.waiting_added")
    return entry


@transaction.atomic
def leave_waiting(*, by: Person, entry: WaitingEntry) -> None:
    """Take somebody off the waiting list; offers still open go to the next. Raises PermissionDenied."""
    _check_may_act(by, entry)
    agenda = _locked_agenda(entry.agenda_id)
    row = WaitingEntry.objects.for_person(by).get(pk=entry.pk)
    if row.left_at is not None:
        return
    for slot in _served(row):
        offer_freed_slot(slot=slot)
    record(agenda, row, by=by, verb="agenda.waiting_left")


@transaction.atomic
def offer_freed_slot(*, slot: Slot) -> list[Offer]:
    """Offer a free slot to those who wait, the longest waiting first, and return the new offers.

    At most `agenda.waiting.offers` are open at once; once their time is over, their rank goes to others: the
    outbox calls again then. The person who entered somebody on the list must be allowed to see the slot.
    Nobody is woken: what is offered in the quiet hours is told, and its time begins, in the morning; a slot
    that begins before then is offered to nobody, and stays free for whoever books it. Nor is anybody offered
    what they gave up themselves, or an hour at which they are expected elsewhere.
    """
    now = timezone.now()
    _locked_agenda(slot.agenda_id)
    expire_offers(slot=slot, at=now)
    if not Slot.objects.free(now).filter(pk=slot.pk).exists():
        return []
    told_at = exchange.wakes_at(now, scope=slot.agenda.territory.scope)
    if told_at >= slot.starts_at:
        return []
    pending = Offer.objects.filter(slot=slot, state=OfferState.PENDING.value)
    used = set(pending.values_list("rank", flat=True))
    ranks = [rank for rank in range(1, rule("agenda.waiting.offers").value + 1) if rank not in used]
    hoping = WaitingEntry.objects.who_would_take(slot, told_at).select_related("created_by")
    out = kept_out(None, {entry.patient_id for entry in hoping})
    allowed = (
        entry for entry in hoping if entry.patient_id not in out and rights.sees(entry.created_by, slot)
    )
    until = min(told_at + timedelta(minutes=rule("agenda.waiting.offer_minutes").value), slot.starts_at)
    offers = [
        Offer.objects.create(entry=entry, slot=slot, rank=rank, expires_at=until)
        for rank, entry in zip(ranks, allowed, strict=False)
    ]
    for offer in offers:
        payload = {"offer": offer.pk, "entry": offer.entry_id, "slot": slot.pk}
        outbox.publish("agenda.slot_offered", payload, key=f"agenda.slot_offered-{offer.pk}")
    if offers:
        key = f"agenda.offers_over-{offers[-1].pk}"
        outbox.publish("agenda.offers_over", {"slot": slot.pk}, key=key, not_before=until)
    return offers


@transaction.atomic
def leave_once_booked(*, appointment: Appointment) -> bool:
    """Take off the list of an agenda somebody who has just had there what they waited for.

    A slot that their wishes left out (another kind, another place, too late) leaves them on it. Returns
    whether they left; the offers that they had go to the next.
    """
    slot = appointment.slot
    # Nobody enters the list in the past: whoever waited for it when it was made is there without the lock.
    if not WaitingEntry.objects.content_with(slot.agenda, appointment).exists():
        return False
    agenda = _locked_agenda(slot.agenda_id)
    entry = WaitingEntry.objects.content_with(agenda, appointment).first()
    if entry is None:
        return False
    for other in _served(entry):
        offer_freed_slot(slot=other)
    record(agenda, entry, by=None, verb="agenda.waiting_left")
    return True


def expire_offers(*, slot: Slot, at: datetime) -> int:
    """Close the offers of `slot` whose time is over; return how many."""
    over = Offer.objects.filter(slot=slot, state=OfferState.PENDING.value, expires_at__lte=at)
    return over.update(state=OfferState.EXPIRED.value)


@transaction.atomic
def revoke_offers(*, slot: Slot) -> list[int]:
    """Close the offers still open of a slot that is no longer free; return their keys."""
    pending = Offer.objects.filter(slot=slot, state=OfferState.PENDING.value)
    # A slot is offered under the lock under which it is booked: none comes once it is taken.
    if not pending.exists():
        return []
    _locked_agenda(slot.agenda_id)
    if Slot.objects.free(timezone.now()).filter(pk=slot.pk).exists():
        return []
    keys = list(pending.values_list("pk", flat=True))
    Offer.objects.filter(pk__in=keys).update(state=OfferState.TAKEN.value)
    return keys


@transaction.atomic
def accept_offer(*, by: Person | None, offer: Offer, key: str) -> Appointment:
    """Book the offered slot: the first to accept has it, by the same path as every booking.

    `by` is None for whom the offer was made to, who holds its secret address. Raises OfferClosedError,
    BookingRefusedError, PermissionDenied.
    """
    entry, slot = _answerable(by, offer, key)
    appointment = booking.book(
        by=_booker(by, slot), slot=slot, patient=entry.patient, key=key, despite_same_hour=True
    )
    if entry.left_at is not None:
        return appointment
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.ACCEPTED.value)
    for other in _served(entry):
        offer_freed_slot(slot=other)
    revoke_offers(slot=slot)
    record(slot.agenda, offer, by=by, verb="agenda.offer_accepted")
    return appointment


@transaction.atomic
def decline_offer(*, by: Person | None, offer: Offer) -> list[Offer]:
    """Decline an offer, which goes to the next person; return the new offers.

    `by` is None for whom the offer was made to. Raises OfferClosedError, PermissionDenied.
    """
    _entry, slot = _answerable(by, offer, "")
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.DECLINED.value)
    offers = offer_freed_slot(slot=slot)
    record(slot.agenda, offer, by=by, verb="agenda.offer_declined")
    return offers


def _locked_agenda(pk: int) -> Agenda:
    """Take the lock of every write on an agenda first, so that two answers come one after the other."""
    rows = Agenda.objects.select_related("territory__scope")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def _answerable(by: Person | None, offer: Offer, key: str) -> tuple[WaitingEntry, Slot]:
    _locked_agenda(offer.slot.agenda_id)
    row = Offer.objects.select_related("slot__agenda__territory__scope", "slot__agenda__professional").get(
        pk=offer.pk
    )
    entry = WaitingEntry.objects.with_offer(row.pk).select_related("agenda__professional", "patient").get()
    if by is not None:
        _check_may_act(by, entry)
    repeated = bool(key) and made_before(Appointment, by=_booker(by, row.slot), key=key) is not None
    open_still = row.state == OfferState.PENDING.value and row.expires_at > timezone.now()
    if not open_still and not repeated:
        raise OfferClosedError(
            _("Cette proposition n’est plus ouverte. La personne reste en liste d’attente pour la suivante.")
        )
    return entry, row.slot


def _booker(by: Person | None, slot: Slot) -> Person | None:
    """Return who books: the offer is the right to the slot, also by the voice of whom it is not open to."""
    return by if by is not None and rights.sees(by, slot) else None


def _check_may_act(by: Person, entry: WaitingEntry) -> None:
    """Let act who entered the person, who keeps the agenda, who may read the patient and book for them."""
    access.require(by, Permission.BOOK_APPOINTMENT)
    if not WaitingEntry.objects.for_person(by).filter(pk=entry.pk).exists():
        rights.require_manager(by, entry.agenda)


def _served(entry: WaitingEntry) -> list[Slot]:
    """Take a person off the list; return the slots whose offer to them was still open."""
    entry.left_at = timezone.now()
    entry.save(update_fields=["left_at"])
    pending = Offer.objects.filter(entry=entry, state=OfferState.PENDING.value).select_related("slot")
    slots = [offer.slot for offer in pending]
    pending.update(state=OfferState.DECLINED.value)
    return slots
