"""What was answered to the safety questions, and whether it still holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.space.models import SafetyCheck
from maillage.space.rules.booking import Result, holds


def check_of(person: Person, patient: people.Patient, pk: int) -> SafetyCheck | None:
    """Return the answers that `person` gave about a patient, None where there are none of theirs."""
    return SafetyCheck.objects.for_person(person).filter(patient=patient, pk=pk).first()


def is_cleared(check: SafetyCheck | None, now: datetime) -> bool:
    """Return whether answers lead to slots, and still hold."""
    if check is None or check.result != Result.CLEARED.value:
        return False
    return holds(check.at, now, rule("space.booking.check_minutes").value)


def alarm_of(patient: people.Patient, now: datetime) -> SafetyCheck | None:
    """Return the last alarm told online about a patient that still closes online booking, by whomever."""
    since = now - timedelta(hours=rule("space.booking.alarm_hours").value)
    rows = SafetyCheck.objects.of_patient(patient).filter(result=Result.ALARM.value, at__gt=since)
    return rows.first()


def reasons() -> list[dict[str, str]]:
    """Return the motives offered to who books for themself: `code`, `label`, `label_en`."""
    found: list[dict[str, str]] = rule("space.booking.reasons").value
    return found
