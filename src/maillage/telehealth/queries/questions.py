"""Reads of questions: what waits for one, what one asked, who else may be asked, how long advices take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.telehealth.models import Question, QuestionFile, QuestionStep
from maillage.telehealth.models.questions import entrusted_to, offered_to, sheet_of
from maillage.telehealth.rules.questions import RETURNED, Course, Delays, Hurry, Side, State, delays, due_at

LISTING, READING = "liste des demandes d’avis", "lecture d’une demande d’avis"
OPENING = "photo ou document d’une demande d’avis"
#: A group larger than this is told by its list alone.
MOST_TOLD = 30
_NAMES = (
    "patient__scope", "scope", "by", "taken_by", "to_professional", "to_structure", "task", "read_by",
)  # fmt: skip
#: For whoever asked: a precision to bring, an advice to read, a question that came back.
_BACK = sorted(state.value for state in {State.PRECISION, State.ANSWERED, *RETURNED})


class Standing(StrEnum):
    """How somebody reads a question: with the patient, as the expert, or offered to a group of theirs."""

    TEAM = "team"
    EXPERT = "expert"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Seen:
    """A question as somebody reads it; one that is only offered names nobody."""

    question: Question
    standings: frozenset[Standing]

    @property
    def is_team(self) -> bool:
        """Whether the reader cares for the person: they read all of it."""
        return Standing.TEAM in self.standings

    @property
    def is_expert(self) -> bool:
        """Whether it is asked of the reader, or they took it."""
        return Standing.EXPERT in self.standings

    @property
    def is_offered(self) -> bool:
        """Whether a group of theirs is asked and nobody has taken it."""
        return Standing.OFFERED in self.standings

    @property
    def names_patient(self) -> bool:
        """Whether the reader is told who the person is, and what is shared."""
        return self.is_team or self.is_expert


def seen_by(person: Person, pk: int, purpose: str = READING) -> Seen | None:
    """Return a question as `person` reads it, None where they do not; leaves a line in the access log."""
    rows = Question.objects.for_person(person).select_related(*_NAMES)
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    standings = set()
    decision = people.decision(person, row.patient, people.Part.HEALTH)
    if decision.is_allowed:
        standings.add(Standing.TEAM)
    itself = Question.objects.keyed(pk)
    if itself.filter(entrusted_to(person)).exists():
        standings.add(Standing.EXPERT)
    if itself.filter(offered_to(person)).exists():
        standings.add(Standing.OFFERED)
    people.log_access(by=person, patients=[row.patient], what="file", purpose=purpose)
    return Seen(row, frozenset(standings))


def steps_of(question: Question) -> list[QuestionStep]:
    """Return the steps of a question that was read in scope, in order."""
    return list(QuestionStep.objects.of(question).select_related("by").order_by("pk"))


def files_of(seen: Seen) -> list[QuestionFile]:
    """Return what is shown with a question, without the files; nothing to who is told of nobody."""
    if not seen.names_patient:
        return []
    return list(QuestionFile.objects.of(seen.question).defer("content").select_related("by"))


def file_of(seen: Seen, pk: int) -> QuestionFile | None:
    """Return a file of a question, None to who is told of nobody and where there is none of that key."""
    return QuestionFile.objects.of(seen.question).filter(pk=pk).first() if seen.names_patient else None


def has_own_files(question: Question) -> bool:
    """Return whether something was shown by whoever asked a question that was read in scope."""
    return QuestionFile.objects.of(question).filter(side=Side.ASKER.value).exists()


def questions_waiting() -> QuerySet[Question]:
    """Return what may wait for the reader, for a statement; whether the circle lets it is asked next."""
    # The base manager, for keys alone: nobody is named, and `questions_seen` follows.
    held = [State.SENT.value, State.TAKEN.value]
    own = Q(by=given("person"), state__in=_BACK, read_at=None) | Q(taken_by=None, state__in=held)
    return Question._base_manager.filter(own | Q(taken_by__account=given("person"), state__in=held))


def questions_seen(person: Person) -> QuerySet[Question]:
    """Return what waits for `person` and that they see: to answer, to take, to read back; names nobody."""
    return Question.objects.seen_as(_seen_and_waiting_for(person))


def _seen_and_waiting_for(person: Person) -> Q:
    """Return `waiting_for`, of the questions that they see: each way to a question is asked of it once."""
    held, back = Q(state__in=[State.SENT.value, State.TAKEN.value]), back_to(person)
    read = people.readable(person, people.Part.HEALTH, prefix="patient__")
    return entrusted_to(person) & (held | back) | offered_to(person) | back & read


def waiting_for(person: Person) -> Q:
    """Return the condition « `person` is the one who writes or reads next », on questions they see."""
    return to_answer_by(person) | offered_to(person) | back_to(person)


def to_answer_by(person: Person) -> Q:
    """Return the condition « `person` is asked, and owes an answer »."""
    return entrusted_to(person) & Q(state__in=[State.SENT.value, State.TAKEN.value])


def back_to(person: Person) -> Q:
    """Return the condition « `person` asked, and something came back that nobody read »."""
    return Q(by=person, state__in=_BACK, read_at=None)


def named_among(person: Person, keys: Sequence[int]) -> set[int]:
    """Return those of `keys` that wait for `person` and whose patient they are told of."""
    told = to_answer_by(person) | back_to(person)
    rows = Question.objects.for_person(person).filter(told, pk__in=list(keys))
    return set(rows.values_list("pk", flat=True))


@transaction.atomic
def read_rows(person: Person, condition: Q, limit: int = 60) -> list[Question]:
    """Return the questions of a condition that `person` sees, pressing first; each file is logged."""
    rows = Question.objects.for_person(person).filter(condition).select_related(*_NAMES)
    found = list(rows.order_by("due_at", "-at").distinct()[:limit])
    _log(person, found)
    return found


@transaction.atomic
def asked_by(person: Person, limit: int = 40) -> list[Question]:
    """Return what `person` asked of the patients whose health they read, the latest first; logged."""
    rows = Question.objects.for_person(person).filter(by=person).select_related(*_NAMES)
    found = list(rows.order_by("-at", "-pk").distinct()[:limit])
    _log(person, found)
    return found


def given_by(person: Person, limit: int = 20) -> list[Question]:
    """Return the trace of what `person` answered: dates and states, for pages that name nobody."""
    sheet = sheet_of(person)
    if sheet is None:
        return []
    rows = Question._base_manager.filter(taken_by=sheet).exclude(closed_at=None)
    return list(rows.order_by("-closed_at")[:limit])


def of_patient(patient: people.Patient, limit: int = 20) -> list[Question]:
    """Return the questions about a patient who was read in scope, the latest first."""
    rows = Question.objects.of_patient(patient).select_related(*_NAMES)
    return list(rows.order_by("-at", "-pk")[:limit])


def accounts_asked(question: Question) -> list[Person]:
    """Return the accounts of whom a question is asked, without whoever asks; at most `MOST_TOLD`."""
    rows = experts_of(question).exclude(account=question.by_id).select_related("account")
    return [one.account for one in rows[:MOST_TOLD] if one.account is not None]


def experts_of(question: Question) -> directory.ProfessionalQuerySet:
    """Return the professionals with an account of whom a question is asked."""
    found = directory.Professional.objects.active().filter(account__is_active=True)
    if question.to_professional_id is not None:
        return found.filter(pk=question.to_professional_id)
    if question.to_structure_id is not None:
        here = directory.Membership.objects.in_force(timezone.localdate()).filter(
            structure=question.to_structure_id
        )
        return found.filter(pk__in=here.order_by().values("professional"))
    return _working_in(found, question.scope).filter(
        Q(specialty=question.to_group) | Q(profession=question.to_group)
    )


def experts_in(scope: Scope, person: Person) -> list[directory.Professional]:
    """Return who may be asked in a scope: professionals with an account, but oneself, by name."""
    found = directory.Professional.objects.active().filter(account__is_active=True)
    return list(_working_in(found, scope).exclude(account=person).order_by("search_name", "pk"))


def teams_of(experts: Iterable[directory.Professional]) -> list[tuple[str, str]]:
    """Return the structures where some professionals work today, as (key, name), by name."""
    rows = directory.Membership.objects.in_force(timezone.localdate()).filter(
        professional__in=[one.pk for one in experts], structure__is_active=True
    )
    named = rows.order_by().values_list("structure", "structure__name").distinct()
    return sorted(named, key=lambda one: one[1])


def others_to_ask(question: Question, person: Person) -> list[directory.Professional]:
    """Return whom else to ask once a question came back: those of the same specialty, else everybody."""
    tried = {question.to_professional_id, question.taken_by_id}
    everybody = [one for one in experts_in(question.scope, person) if one.pk not in tried]
    expert = question.expert
    wanted = (expert.specialty or expert.profession) if expert else question.to_group
    alike = [one for one in everybody if wanted in {one.specialty, one.profession}]
    return alike or everybody


def delays_in(scope: Scope, days: int = 90) -> Delays:
    """Return how long the questions asked in a scope took, those of the last `days`."""
    hours = rule("telehealth.questions.hours").value
    since = timezone.now() - timedelta(days=days)
    rows = Question.objects.in_scope(scope).filter(at__gte=since).exclude(state=State.WITHDRAWN.value)
    found = rows.values_list("at", "taken_at", "closed_at", "state", "hurry")
    return delays(
        Course(
            at,
            taken,
            closed if state == State.ANSWERED.value else None,
            due_at(State.TAKEN, Hurry(hurry), taken or at, hours),
        )
        for at, taken, closed, state, hurry in found
    )


def _working_in(found: directory.ProfessionalQuerySet, scope: Scope) -> directory.ProfessionalQuerySet:
    today = timezone.localdate(timezone=scope.zone)
    roles = RoleAssignment.objects.in_force(today).filter(Q(scope=scope) | Q(scope=None))
    return found.filter(account__in=roles.order_by().values("person"))


def _log(person: Person, rows: Sequence[Question]) -> None:
    patients = {one.patient_id: one.patient for one in rows}
    if patients:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=LISTING)
