"""Appointments, and the occupation rows whose key decides who has a seat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.schedules import Agenda
from maillage.agenda.rules.vocabulary import LIVE, State
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet

STATE_LABELS = {
    State.HELD: _("Retenu"),
    State.EXPIRED: _("Expiré"),
    State.BOOKED: _("Réservé"),
    State.ARRIVED: _("Arrivé"),
    State.HONOURED: _("Honoré"),
    State.NOT_HONOURED: _("Non honoré"),
    State.CANCELLED: _("Annulé"),
}


class AppointmentQuerySet(ScopedQuerySet["Appointment"]):
    def visible_to(self, person: Person) -> models.Q:
        """Those of the agendas that the person manages, and those that the person booked."""
        managed = Agenda.objects.managed_by(person, timezone.localdate())
        return models.Q(booked_by=person) | models.Q(slot__agenda__in=managed.values("pk"))

    def inside(self, scopes: Iterable[Scope]) -> models.Q:
        """Those of the agendas of `scopes`, or of the territories of `scopes`."""
        chosen = list(scopes)
        return models.Q(slot__agenda__scope__in=chosen) | models.Q(slot__agenda__territory__scope__in=chosen)

    def of_agenda(self, agenda: Agenda) -> AppointmentQuerySet:
        """Keep those of one agenda; the caller has checked that the reader manages it."""
        return self.filter(slot__agenda=agenda)._scoped()

    def of_account(self, person: Person) -> AppointmentQuerySet:
        """Keep those of the patient whose account it is."""
        return self.filter(patient__account=person)._scoped()

    def of_slot(self, slot: int) -> AppointmentQuerySet:
        """Keep those of one slot, for an action that counts who has a seat there."""
        return self.filter(slot=slot)._scoped()

    def keyed(self, pk: int) -> AppointmentQuerySet:
        """Keep the row itself, for an action that then checks who acts."""
        return self.filter(pk=pk)._scoped()


class Appointment(Keyed):
    """A person at a slot: held, then booked, then what came of it. `patient` is empty while only held.

    `key` is that of the write that made it: the same write again finds the same appointment.
    """

    slot = models.ForeignKey(
        "agenda.Slot", on_delete=models.PROTECT, related_name="appointments", verbose_name=_("créneau")
    )
    patient = models.ForeignKey(
        "people.Patient",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("patient"),
    )
    state = models.CharField(_("état"), max_length=12, choices=as_choices(STATE_LABELS))
    seat = models.PositiveSmallIntegerField(_("place"), default=0)
    hold_expires_at = models.DateTimeField(_("retenu jusqu’à"), null=True, blank=True)
    booked_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="appointments_made",
        verbose_name=_("pris par"),
    )
    made_at = models.DateTimeField(_("pris le"), default=timezone.now)
    #: Whether the write that gave this very object made the row: what announces it is then still to come.
    is_just_made = False

    objects = AppointmentQuerySet.as_manager()

    personal = ("slot", "state", "seat", "hold_expires_at", "booked_by", "made_at")
    health = ("patient",)
    neither = ("id", "key")

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ("slot__starts_at", "id")
        constraints = [
            *made_once("appointment", "booked_by", or_program=True),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False)
                | models.Q(state__in=[State.HELD.value, State.EXPIRED.value, State.CANCELLED.value]),
                name="appointment_booked_for_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.HELD.value) | models.Q(hold_expires_at__isnull=False),
                name="appointment_hold_expires",
            ),
            models.UniqueConstraint(
                fields=["slot", "patient"],
                condition=models.Q(state__in=sorted(state.value for state in LIVE)),
                name="one_seat_a_slot_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.state}"

    def is_expired(self, at: datetime) -> bool:
        """Whether it is a hold that nobody confirmed in time."""
        ends = self.hold_expires_at
        return self.state == State.HELD.value and ends is not None and ends <= at


class Occupation(AnnotatedModel):
    """Five minutes of a professional, taken by one seat: the key that makes double booking impossible."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="occupations", verbose_name=_("agenda")
    )
    quantum = models.BigIntegerField(_("tranche de cinq minutes, comptée depuis 1970"))
    seat = models.PositiveSmallIntegerField(_("place"))
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="occupations", verbose_name=_("rendez-vous")
    )

    personal = ("agenda", "quantum", "appointment")
    neither = ("id", "seat")

    class Meta:
        verbose_name = _("occupation")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "quantum", "seat"], name="one_person_a_seat_a_quantum")
        ]

    def __str__(self) -> str:
        return f"{self.agenda_id} · {self.quantum} · {self.seat}"


class StateChange(Authored, Keyed):
    """When an appointment came to a state, or to another slot, and by which write."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="changes", verbose_name=_("rendez-vous")
    )
    state = models.CharField(_("état"), max_length=12)
    moved_from = models.ForeignKey(
        "agenda.Slot", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("créneau quitté")
    )
    by = models.ForeignKey(  # type: ignore[assignment]  # empty where the program wrote it
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("par")
    )

    personal = ("appointment", "state", "moved_from", "at", "by")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("changement d’état")
        ordering = ("at", "id")
        constraints = made_once("state_change", "by", or_program=True)

    def __str__(self) -> str:
        return f"{self.appointment_id} → {self.state}"
