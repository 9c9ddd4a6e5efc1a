"""The waiting list of an agenda, and the freed slots offered to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.appointments import Appointment, StateChange
from maillage.agenda.models.schedules import Agenda, Schedule
from maillage.agenda.models.slots import Slot
from maillage.agenda.rules.vocabulary import State
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.api import Patient


class OfferState(StrEnum):
    """What came of an offer; each state is final but the first."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN = "taken"


OFFER_LABELS = {
    OfferState.PENDING: _("Réponse attendue"),
    OfferState.ACCEPTED: _("Acceptée"),
    OfferState.DECLINED: _("Déclinée"),
    OfferState.EXPIRED: _("Sans réponse"),
    OfferState.TAKEN: _("Créneau pris par une autre personne"),
}


class WaitingQuerySet(ScopedQuerySet["WaitingEntry"]):
    def visible_to(self, person: Person) -> models.Q:
        """Those that the person made, of the agendas that they manage, of the patients whom they may read."""
        managed = Agenda.objects.managed_by(person, timezone.localdate())
        own = models.Q(created_by=person) | models.Q(agenda__in=managed.values("pk"))
        return own | models.Q(patient__in=Patient.objects.for_person(person).values("pk"))

    def inside(self, scopes: Iterable[Scope]) -> models.Q:
        """Those of the agendas of `scopes`, or of the territories of `scopes`."""
        chosen = list(scopes)
        return models.Q(agenda__scope__in=chosen) | models.Q(agenda__territory__scope__in=chosen)

    def waiting(self) -> WaitingQuerySet:
        """Keep those still on the list, the longest waiting first."""
        return self.filter(left_at=None).order_by("created_at", "id")

    def with_offer(self, offer: int) -> WaitingQuerySet:
        """Keep the one to whom an offer was made, for the action that then checks who answers."""
        return self.filter(offers=offer)._scoped()

    def of_patient(self, agenda: Agenda, patient: Patient) -> WaitingQuerySet:
        """Keep where somebody still waits for an agenda."""
        return self.filter(agenda=agenda, patient=patient, left_at=None)._scoped()

    def content_with(self, agenda: Agenda, appointment: Appointment) -> WaitingQuerySet:
        """Keep where somebody waits who has just had what they would take, by an appointment made since."""
        slot = appointment.slot
        return (
            self.filter(agenda=agenda, patient=appointment.patient_id, left_at=None, kind__in=["", slot.kind])
            .filter(models.Q(places=None) | models.Q(places=slot.schedule_id))
            .filter(models.Q(earliest=None) | models.Q(earliest__lte=slot.starts_at))
            .filter(models.Q(latest=None) | models.Q(latest__gte=slot.starts_at))
            .filter(created_at__lte=appointment.made_at)
            ._scoped()
        )

    def who_would_take(self, slot: Slot, at: datetime) -> WaitingQuerySet:
        """Keep those who would take `slot`, told at the moment `at`, the longest waiting first.

        Whoever was offered it already is left out, unless somebody else was quicker; so is who had that very
        slot and gave it up, or is expected elsewhere while it lasts.
        """
        had_it = StateChange.objects.filter(
            appointment__patient=models.OuterRef("patient"), moved_from=slot.pk
        )
        theirs = Appointment._base_manager.filter(patient=models.OuterRef("patient"))
        expected = theirs.filter(
            state__in=[State.BOOKED.value, State.ARRIVED.value],
            slot__starts_at__lt=slot.ends_at,
            slot__ends_at__gt=slot.starts_at,
        )
        answered = Offer.objects.filter(entry=models.OuterRef("pk"), slot=slot.pk).exclude(
            state=OfferState.TAKEN.value
        )
        return (
            self.filter(agenda=slot.agenda_id, left_at=None, kind__in=["", slot.kind])
            .filter(models.Q(places=None) | models.Q(places=slot.schedule_id))
            .filter(notice_hours__lte=(slot.starts_at - at).total_seconds() // 3600)
            .filter(models.Q(earliest=None) | models.Q(earliest__lte=slot.starts_at))
            .filter(models.Q(latest=None) | models.Q(latest__gte=slot.starts_at), created_at__lte=at)
            .exclude(models.Exists(answered) | models.Exists(had_it) | models.Exists(expected))
            .exclude(models.Exists(theirs.filter(slot=slot.pk)))
            .order_by("created_at", "id")
            ._scoped()
        )


class WaitingEntry(Keyed):
    """Somebody who would take a freed slot of an agenda; `left_at` once served or no longer wishing."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="waiting", verbose_name=_("agenda")
    )
    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="waiting", verbose_name=_("patient")
    )
    kind = models.CharField(_("nature"), max_length=10, blank=True)
    earliest = models.DateTimeField(_("pas avant"), null=True, blank=True)
    latest = models.DateTimeField(_("pas après"), null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(_("prévenue au moins (heures avant)"), default=0)
    places = models.ManyToManyField(
        Schedule, related_name="+", blank=True, verbose_name=_("lieux"), help_text=_("Vide : tous les lieux.")
    )
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("inscrit par")
    )
    created_at = models.DateTimeField(_("inscrit le"), default=timezone.now)
    left_at = models.DateTimeField(_("sorti le"), null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    personal = (
        "agenda", "earliest", "latest", "notice_hours", "places", "created_by", "created_at", "left_at",
    )  # fmt: skip
    health = ("patient", "kind")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("attente d’un créneau")
        ordering = ("created_at", "id")
        constraints = made_once("waiting_entry", "created_by")

    def __str__(self) -> str:
        return f"{self.agenda_id} · {self.created_at:%Y-%m-%d}"


class Offer(AnnotatedModel):
    """A freed slot offered to somebody who waits. The key (slot, rank) keeps them three at most."""

    entry = models.ForeignKey(
        WaitingEntry, on_delete=models.PROTECT, related_name="offers", verbose_name=_("attente")
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="offers", verbose_name=_("créneau"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    state = models.CharField(
        _("état"), max_length=10, default=OfferState.PENDING.value, choices=as_choices(OFFER_LABELS)
    )
    offered_at = models.DateTimeField(_("proposé le"), default=timezone.now)
    expires_at = models.DateTimeField(_("valable jusqu’à"))

    personal = ("entry", "slot", "state", "offered_at", "expires_at")
    neither = ("id", "rank")

    class Meta:
        verbose_name = _("créneau proposé")
        ordering = ("expires_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "rank"],
                condition=models.Q(state=OfferState.PENDING.value),
                name="one_pending_offer_a_rank",
            ),
            models.UniqueConstraint(
                fields=["entry", "slot"],
                condition=models.Q(state=OfferState.PENDING.value),
                name="one_pending_offer_to_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.slot_id} · {self.state}"
