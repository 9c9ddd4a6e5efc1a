"""The waiting list: a freed slot is offered to three people at most, and the first to accept books it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions import booking, rights
from maillage.agenda.models import Agenda, Appointment, Offer, Slot, WaitingEntry
from maillage.agenda.models.waiting import OfferState
from maillage.agenda.rules.vocabulary import Kind
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people.api import Patient


class OfferClosedError(ValueError):
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
) -> WaitingEntry:
    """Put `patient` on the waiting list of `agenda`; the same `key` again returns the same entry.

    Raises PermissionDenied where `by` may not book appointments.
    """
    access.require(by, Permission.BOOK_APPOINTMENT)
    known = WaitingEntry.objects.with_key(key, by).first()
    if known is not None:
        return known
    entry = WaitingEntry.objects.create(
        agenda=agenda,
        patient=patient,
        kind=kind.value if kind else "",
        earliest=earliest,
        latest=latest,
        created_by=by,
        key=key,
    )
    journal.record(by=by, verb="agenda.waiting_added", target=journal.target_of(entry), changes={})
    return entry


@transaction.atomic
def leave_waiting(*, by: Person, entry: WaitingEntry) -> None:
    """Take somebody off the waiting list; offers still open are declined. Raises PermissionDenied."""
    if entry.created_by_id != by.pk:
        rights.require_manager(by, entry.agenda)
    if entry.left_at is None:
        _served(entry)
        journal.record(by=by, verb="agenda.waiting_left", target=journal.target_of(entry), changes={})


@transaction.atomic
def offer_freed_slot(*, slot: Slot) -> list[Offer]:
    """Offer a free slot to those who wait, the longest waiting first, and return the new offers.

    At most `agenda.waiting.offers` are open at once; offers whose time is over give their rank to others.
    The person who entered somebody on the list must be allowed to see the slot.
    """
    now = timezone.now()
    expire_offers(at=now)
    if not Slot.objects.free(now).filter(pk=slot.pk).exists():
        return []
    pending = Offer.objects.filter(slot=slot, state=OfferState.PENDING.value)
    used = set(pending.values_list("rank", flat=True))
    ranks = [rank for rank in range(1, rule("agenda.waiting.offers").value + 1) if rank not in used]
    hoping = WaitingEntry.objects.hoping_for(slot, now).select_related("created_by")
    allowed = (entry for entry in hoping if rights.sees(entry.created_by, slot))
    until = min(now + timedelta(minutes=rule("agenda.waiting.offer_minutes").value), slot.starts_at)
    offers = [
        Offer.objects.create(entry=entry, slot=slot, rank=rank, expires_at=until)
        for rank, entry in zip(ranks, allowed, strict=False)
    ]
    for offer in offers:
        payload = {"offer": offer.pk, "entry": offer.entry_id, "slot": slot.pk}
        outbox.publish("agenda.slot_offered", payload, key=f"agenda.slot_offered-{offer.pk}")
    return offers


def expire_offers(*, at: datetime) -> int:
    """Close the offers whose time is over; return how many."""
    over = Offer.objects.filter(state=OfferState.PENDING.value, expires_at__lte=at)
    return over.update(state=OfferState.EXPIRED.value)


@transaction.atomic
def accept_offer(*, by: Person, offer: Offer, key: str) -> Appointment:
    """Book the offered slot: the first to accept has it, by the same path as every booking.

    Raises OfferClosedError, BookingRefusedError, PermissionDenied.
    """
    entry, slot = _answerable(by, offer, key)
    appointment = booking.book(by=by, slot=slot, patient=entry.patient, key=key)
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.ACCEPTED.value)
    _served(entry)
    if not Slot.objects.free(timezone.now()).filter(pk=slot.pk).exists():
        Offer.objects.filter(slot=slot, state=OfferState.PENDING.value).update(state=OfferState.EXPIRED.value)
    return appointment


@transaction.atomic
def decline_offer(*, by: Person, offer: Offer) -> list[Offer]:
    """Decline an offer, which goes to the next person; return the new offers.

    Raises OfferClosedError, PermissionDenied.
    """
    _entry, slot = _answerable(by, offer, "")
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.DECLINED.value)
    offers = offer_freed_slot(slot=slot)
    journal.record(by=by, verb="agenda.offer_declined", target=journal.target_of(offer), changes={})
    return offers


def _answerable(by: Person, offer: Offer, key: str) -> tuple[WaitingEntry, Slot]:
    row = Offer.objects.select_related("entry__agenda__professional", "slot__agenda__territory").get(
        pk=offer.pk
    )
    if row.entry.created_by_id != by.pk:
        rights.require_manager(by, row.entry.agenda)
    repeated = bool(key) and Appointment.objects.with_key(key, by).exists()
    open_still = row.state == OfferState.PENDING.value and row.expires_at > timezone.now()
    if not open_still and not repeated:
        raise OfferClosedError(
            _("Cette proposition n’est plus ouverte. La personne reste en liste d’attente pour la suivante.")
        )
    return row.entry, row.slot


def _served(entry: WaitingEntry) -> None:
    entry.left_at = timezone.now()
    entry.save(update_fields=["left_at"])
    Offer.objects.filter(entry=entry, state=OfferState.PENDING.value).update(state=OfferState.DECLINED.value)
