"""The signals that wait for somebody's answer, those a carer sent, those that nobody answered."""

from __future__ import annotations

from django.db.models import QuerySet

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people.models import Patient, Signal, SignalAsked, readable
from maillage.people.rules.circle import Part
from maillage.people.rules.signals import named


@once
def waiting_for(person: Person) -> list[Signal]:
    """Return the signals that `person` was asked to answer and may still read, the vital ones first."""
    rows = Signal._base_manager.filter(acknowledged_at=None, asked__person=person)
    known = list(rows.values_list("pk", flat=True))
    if not known:  # the circle is asked only where a carer waits
        return []
    still = Signal.objects.filter(readable(person, Part.HEALTH, prefix="patient__"), pk__in=known)
    found = list(still._scoped().order_by("due_at", "pk"))
    return sorted(found, key=lambda one: not one.is_vital)


def signals_waiting() -> QuerySet[Signal]:
    """Return the signals that the reader was asked to answer, for a statement; names nobody."""
    return Signal._base_manager.filter(acknowledged_at=None, asked__person=given("person"))


def signals_seen(person: Person) -> QuerySet[Signal]:
    """Return the signals that `person` may read, by the circle; names nobody."""
    return Signal.objects.filter(readable(person, Part.HEALTH, prefix="patient__"))._scoped()


def unanswered(person: Person) -> list[Signal]:
    """Return the signals that no care team answered in time, where `person` coordinates; none elsewhere."""
    scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
    rows = Signal._base_manager.filter(acknowledged_at=None, coordination_at__isnull=False)
    if scopes is not None:
        rows = rows.filter(patient__scope__in=scopes)
    return list(rows.order_by("at"))


def sent_about(person: Person, patient: Patient) -> list[Signal]:
    """Return the signals that a carer sent about somebody, the latest first."""
    rows = Signal.objects.sent_by(person).filter(patient=patient)
    return list(rows.select_related("acknowledged_by").order_by("-at", "-pk")[:20])


def count_waiting_of(person: Person) -> int:
    """Return how many signals of a carer wait for an answer."""
    return Signal.objects.sent_by(person).waiting().count()


def signal_of(pk: int) -> Signal | None:
    """Return a signal, for a page that checks who reads it or who tells of it; None where there is none."""
    rows = Signal.objects.keyed(pk).select_related("patient__scope", "by", "acknowledged_by")
    return rows.first()


def asked_of(signal: Signal) -> list[SignalAsked]:
    """Return who was asked to answer a signal, in their turn."""
    return list(SignalAsked.objects.of_signals([signal]).select_related("person"))


def words_of_danger(*texts: str) -> list[str]:
    """Return the words of the rule `people.signals.emergency_words` that a patient or a carer wrote."""
    return named("\n".join(texts), rule("people.signals.emergency_words").value)
