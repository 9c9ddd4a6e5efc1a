"""The waiting list as whoever keeps it reads it, and an offer as the person who got it reads it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from maillage.agenda.models import Agenda, Offer, Slot, WaitingEntry
from maillage.agenda.models.schedules import AgendaQuerySet
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people.api import log_access

_PURPOSE = "Liste d’attente d’un créneau"
_SLOT = (
    "slot__agenda__professional",
    "slot__agenda__territory__scope",
    "slot__schedule__commune",
    "slot__schedule__place__commune",
    "slot__schedule__structure__commune",
)


@transaction.atomic
def waiting_list(person: Person, agenda: Agenda | None = None) -> list[WaitingEntry]:
    """Return who waits, the longest first, with the offers made: of one agenda, or of all that `person` sees.

    Each patient shown gets a line in their access log.
    """
    rows = WaitingEntry.objects.for_person(person).waiting()
    if agenda is not None:
        rows = rows.filter(agenda=agenda)
    offers = Prefetch("offers", Offer.objects.select_related("slot__schedule").order_by("-offered_at", "-pk"))
    names = ("agenda__professional", "agenda__territory__scope", "patient", "created_by")
    entries = list(rows.select_related(*names).prefetch_related(offers, "places"))
    patients = {entry.patient_id: entry.patient for entry in entries}
    if patients:
        log_access(by=person, patients=patients.values(), what="list", purpose=_PURPOSE)
    return entries


def agendas_to_wait_for(person: Person) -> AgendaQuerySet:
    """Return the agendas on whose list `person` may put somebody: those kept, those of their territories."""
    scopes = access.scopes_of(person, Permission.BOOK_APPOINTMENT)
    if scopes is None:
        return Agenda.objects.with_names()
    managed = Agenda.objects.managed_by(person, timezone.localdate())
    within = Q(territory__scope__in=scopes) | Q(pk__in=managed.values("pk"))
    return Agenda.objects.filter(within).with_names()


def is_free(slot: Slot) -> bool:
    """Return whether somebody could still book `slot` now."""
    return Slot.objects.free(timezone.now()).filter(pk=slot.pk).exists()


def offer_to_answer(pk: int) -> Offer | None:
    """Return an offer with what its page shows, for who holds its secret address; no name of the patient."""
    return Offer.objects.filter(pk=pk).select_related(*_SLOT, "entry__patient").first()
