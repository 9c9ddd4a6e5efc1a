"""Slots, patients, and at most one booking a slot."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Slot(models.Model):
    """A time that can be booked once."""

    starts_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.starts_at)


class Patient(models.Model):
    """Somebody to book for."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Booking(models.Model):
    """Who has a slot; the constraint decides, whatever the lock missed."""

    slot = models.ForeignKey(Slot, models.PROTECT)
    patient = models.ForeignKey(Patient, models.PROTECT)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    booked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One booking a slot."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["slot"], name="one_booking_a_slot")]

    def __str__(self) -> str:
        return f"{self.patient}, {self.slot}"
