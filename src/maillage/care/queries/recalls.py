"""Reads of recalls: what one has to recall now, what comes, what a patient is due for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from maillage.care.models import Recall, RecallStep
from maillage.care.models.tasks import owned_by
from maillage.care.queries.rights import may_write
from maillage.care.rules.recalls import Came, RecallKind
from maillage.exchange import api as exchange
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.kernel.statements import given
from maillage.people import api as people

LISTING = "liste des patients à rappeler"
#: Lines of each part of the list; the rest is counted.
LISTED = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A recall as its list shows it: what came of it last, what is known of the message sent.

    `phones` are numbers to dial, where the reader may read how to reach the person.
    """

    recall: Recall
    last: RecallStep | None
    told: exchange.MessageStatus | None
    phones: tuple[str, ...] = ()

    @property
    def phones_said(self) -> list[tuple[str, str]]:
        """Each number to dial, and as people read it."""
        return [(one, written_phone(one)) for one in self.phones]

    @property
    def is_to_confirm(self) -> bool:
        """Whether an appointment was given, whose day has passed: did it take place?"""
        return self.last is not None and self.last.came == Came.BOOKED.value


def recalls_waiting() -> QuerySet[Recall]:
    """Return the recalls of the reader that are asked today, for a statement; the circle is asked next."""
    # The base manager, for keys alone: nobody is named.
    rows = Recall._base_manager.filter(owned_by(given("person")), ended_at=None)
    return rows.filter(shows_on__lte=given("day"))


@dataclass(frozen=True, slots=True)
class ToRecall:
    """The list of a professional: what is asked now, what comes, and how many there are of each."""

    due: list[Listed]
    coming: list[Listed]
    due_count: int
    coming_count: int
    late_count: int
    kinds: set[str]


@transaction.atomic
def to_recall(person: Person, kind: RecallKind | None = None) -> ToRecall:
    """Return what `person` has to recall, of one kind or of all; each file shown is logged."""
    rows = Recall.objects.for_person(person).filter(owned_by(person)).open()
    kinds = set(rows.order_by().values_list("kind", flat=True).distinct())
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    rows = rows.select_related("patient__scope", "patient__account", "professional", "person")
    today = timezone.localdate()
    due = list(rows.filter(shows_on__lte=today).order_by("due_on", "pk"))
    later = rows.filter(shows_on__gt=today)
    coming = list(later.order_by("shows_on", "due_on", "pk")[:LISTED])
    shown = [*due[:LISTED], *coming]
    _log(person, shown)
    drawn = {one.recall.pk: one for one in listed(shown, person)}
    return ToRecall(
        [drawn[one.pk] for one in due[:LISTED]],
        [drawn[one.pk] for one in coming],
        len(due),
        later.count(),
        sum(one.is_late for one in due),
        kinds,
    )


@transaction.atomic
def recalls_drawn(person: Person, keys: Sequence[int]) -> list[Listed]:
    """Return the recalls of some keys that still wait for `person`; each file is logged."""
    rows = Recall.objects.for_person(person).filter(owned_by(person), pk__in=list(keys)).open()
    found = list(rows.select_related("patient__scope", "patient__account").order_by("due_on", "pk"))
    _log(person, found)
    return listed(found, person)


@transaction.atomic
def recalls_held(owner: Person, holder: Person, keys: Sequence[int]) -> list[tuple[Listed, bool]]:
    """Return those of some recalls of `owner` that `holder` reads by their own circle; each file is logged.

    And whether they may note what comes of each.
    """
    rows = Recall.objects.for_person(holder).filter(owned_by(owner), pk__in=list(keys)).open()
    found = list(rows.select_related("patient__scope", "patient__account").order_by("due_on", "pk"))
    _log(holder, found)
    patients = {one.patient_id: one.patient for one in found}
    writes = {pk: may_write(people.decision(holder, one, people.Part.HEALTH)) for pk, one in patients.items()}
    return [(one, writes[one.recall.patient_id]) for one in listed(found, holder)]


def recalls_read(person: Person, keys: Sequence[int]) -> list[Listed]:
    """Return those of some recalls that `person` reads, with what came of each last; nobody is named."""
    rows = Recall.objects.for_person(person).filter(pk__in=list(keys))
    return listed(list(rows.select_related("patient__scope", "patient__account")), person)


def listed(recalls: Sequence[Recall], person: Person) -> list[Listed]:
    """Return recalls that `person` has read already, each with what came of it last and its message."""
    last: dict[int, RecallStep] = {}
    for step in RecallStep.objects.of_recalls(recalls).select_related("by").order_by("pk"):
        last[step.recall_id] = step
    of = {one.pk: one for one in recalls}
    told = exchange.message_statuses(
        {
            journal.target_of(step): of[step.recall_id].patient
            for step in last.values()
            if step.came == Came.MESSAGED.value
        }
    )
    callable_ones = _reached(recalls, person)
    return [
        Listed(
            one,
            step,
            told.get(journal.target_of(step)) if step is not None else None,
            tuple(filter(None, (one.patient.phone, one.patient.other_phone)))
            if one.pk in callable_ones
            else (),
        )
        for one in recalls
        for step in [last.get(one.pk)]
    ]


def _reached(recalls: Sequence[Recall], person: Person) -> set[int]:
    """Return the keys of the recalls of whose patient `person` may read how to reach them."""
    reach = people.readable(person, people.Part.REACH, prefix="patient__")
    rows = Recall.objects.for_person(person).filter(reach, pk__in=[one.pk for one in recalls])
    return set(rows.values_list("pk", flat=True))


def recalls_of(patient: people.Patient) -> list[Recall]:
    """Return what a patient who was read in scope is due for: what goes on by its day, then what is over."""
    rows = Recall.objects.of_patient(patient).select_related(
        "professional", "person", "by", "patient__account"
    )
    found = list(rows.order_by("due_on", "pk"))
    return [*(one for one in found if one.is_open), *(one for one in found if not one.is_open)]


def steps_of(recall: Recall) -> list[RecallStep]:
    """Return what came of a recall, the latest first."""
    return list(RecallStep.objects.of_recalls([recall]).select_related("by").order_by("-pk"))


def told_of(step: RecallStep, patient: people.Patient) -> exchange.MessageStatus:
    """Return what is known of the message that a step sent."""
    return exchange.message_status(subject=journal.target_of(step), to=patient)


def carriers(patient: people.Patient, part: people.Part = people.Part.HEALTH) -> list[Person]:
    """Return who may carry a recall, or a step: the professionals of the circle who write that part."""
    found = people.accounts_reading(patient, part)
    return [one for one, decision in found if may_write(decision)]


def last_seen_on(recall: Recall, came: Came) -> date | None:
    """Return the day of the last time that something came of a recall, None where it never did."""
    rows = RecallStep.objects.of_recalls([recall]).filter(came=came.value).order_by("-pk")
    found = rows.first()
    return timezone.localdate(found.at) if found is not None else None


def _log(person: Person, recalls: Sequence[Recall]) -> None:
    patients = {one.patient_id: one.patient for one in recalls}
    if patients:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=LISTING)
