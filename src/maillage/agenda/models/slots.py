"""Slots: what may be booked, made from the openings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.appointments import Appointment
from maillage.agenda.models.schedules import KIND_LABELS, VISIBILITY_LABELS, Agenda, Opening, Schedule
from maillage.agenda.rules.vocabulary import LIVE, Kind, State, Visibility
from maillage.kernel.choices import as_choices
from maillage.kernel.privacy import AnnotatedModel


class SlotQuerySet(models.QuerySet["Slot"]):
    def between(self, start: datetime, end: datetime) -> SlotQuerySet:
        """Keep those that begin from `start` to `end` (not included), in order."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "id")

    def of_kinds(self, kinds: Collection[Kind]) -> SlotQuerySet:
        """Keep those kinds; all where there is none."""
        return self.filter(kind__in=[kind.value for kind in kinds]) if kinds else self.all()

    def with_taken(self, at: datetime) -> SlotQuerySet:
        """Add `taken`: how many seats are kept at the moment `at`, holds that expired left out."""
        keeping = models.Q(state__in=[state.value for state in LIVE]) & ~models.Q(
            state=State.HELD.value, hold_expires_at__lte=at
        )
        # The base manager: a count of seats says nothing about a patient.
        seats = Appointment._base_manager.filter(keeping, slot=models.OuterRef("pk"))
        counted = seats.order_by().values("slot").annotate(n=models.Count("pk")).values("n")
        zero = models.Value(0)
        return self.annotate(
            taken=Coalesce(models.Subquery(counted, output_field=models.IntegerField()), zero)
        )

    def free(self, at: datetime) -> SlotQuerySet:
        """Keep those that somebody could book at the moment `at`: open, to come, with a seat left."""
        return self.with_taken(at).filter(
            models.Q(taken__lt=models.F("capacity")), is_open=True, starts_at__gt=at
        )


class Slot(AnnotatedModel):
    """A stretch of time that may be booked; its visibility says by whom."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="slots", verbose_name=_("agenda")
    )
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="slots", verbose_name=_("lieu")
    )
    opening = models.ForeignKey(
        Opening, on_delete=models.PROTECT, related_name="slots", verbose_name=_("plage d’ouverture")
    )
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    kind = models.CharField(_("nature"), max_length=10, choices=as_choices(KIND_LABELS))
    visibility = models.CharField(
        _("visible par"),
        max_length=10,
        choices=as_choices(VISIBILITY_LABELS),
        default=Visibility.PRIVATE.value,
    )
    capacity = models.PositiveSmallIntegerField(_("personnes"), default=1)
    is_open = models.BooleanField(
        _("ouvert"), default=True, help_text=_("Fermé : la plage ou une absence l’a retiré.")
    )

    objects = SlotQuerySet.as_manager()

    personal = ("agenda", "schedule", "starts_at", "ends_at", "visibility")
    neither = ("id", "opening", "kind", "capacity", "is_open")

    class Meta:
        verbose_name = _("créneau")
        ordering = ("starts_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "starts_at"], name="one_slot_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"), capacity__gte=1),
                name="slot_makes_sense",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="slot_to_come")]

    def __str__(self) -> str:
        return f"{self.agenda_id} · {self.starts_at:%Y-%m-%d %H:%M}"
