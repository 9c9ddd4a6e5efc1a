"""One remote consultation of an invented doctor today, where somebody already waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from maillage.agenda import api as agenda
from maillage.kernel.api import demonstration_account
from maillage.kernel.rules import Role
from maillage.telehealth.actions.sessions import arrive
from maillage.telehealth.models import Session
from maillage.telehealth.queries import sessions as queries
from maillage.telehealth.queries.sessions import remote_appointment
from maillage.telehealth.rules.sessions import Beside, Door
from maillage.territory.api import Territory


@transaction.atomic
def create_demonstration_session(*, place: Territory, now: datetime) -> Session | None:
    """Make the next appointment of the invented doctor's day a remote one, and let the person wait; once.

    None where the doctor expects nobody today any more.
    """
    doctor = demonstration_account(Role.PHYSICIAN)
    if doctor is None or Session.objects.in_scope(place.scope).exists():
        return None
    rows = agenda.appointments_for(doctor, now - timedelta(minutes=30), now + timedelta(hours=24))
    expected = rows.filter(
        slot__agenda__professional__account=doctor, state=agenda.State.BOOKED.value, patient__isnull=False,
        slot__ends_at__gt=now,
    )  # fmt: skip
    first = expected.first()
    if first is None:
        return None
    agenda.Slot.objects.filter(pk=first.slot_id).update(kind=agenda.Kind.TELE.value)
    found = remote_appointment(first.pk)
    if found is None or queries.door_of(found) is not Door.OPEN:
        return None
    return arrive(appointment=found, none_said=True, beside=Beside.RELATIVE, beside_name="")
