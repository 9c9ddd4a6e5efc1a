"""Trainings as their pages read them, and the time that they and meetings took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from maillage.governance.models import Summons, TrainingPlace, TrainingSession
from maillage.governance.rules.vocabulary import CollegeKind, PlaceState
from maillage.kernel import clock
from maillage.kernel.models import Person, Scope


@dataclass(frozen=True, slots=True)
class TrainingSeen:
    """A training, how many have a place and how many wait, one's own row."""

    session: TrainingSession
    taken: int
    waiting: int
    own: TrainingPlace | None

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return max(0, self.session.places - self.taken)

    @property
    def is_over(self) -> bool:
        """Whether it has begun, or takes place no more."""
        return self.session.starts_at <= timezone.now() or self.session.cancelled_at is not None


def trainings_seen_by(person: Person, limit: int = 60) -> list[TrainingSeen]:
    """Return the trainings of the scopes of somebody, the last one first; three statements."""
    rows = TrainingSession.objects.for_person(person).select_related("scope").order_by("-starts_at", "-pk")
    return seen(person, list(rows[:limit]))


def training_seen_by(person: Person, pk: int) -> TrainingSeen | None:
    """Return a training of the scopes of somebody, None for any other."""
    rows = TrainingSession.objects.for_person(person).select_related("scope").filter(pk=pk)
    return next(iter(seen(person, list(rows))), None)


def seen(person: Person, sessions: list[TrainingSession]) -> list[TrainingSeen]:
    """Return trainings read in scope with their counts; one's own row is the only one that has a name."""
    counts: Counter[tuple[int, str]] = Counter()
    own: dict[int, TrainingPlace] = {}
    rows = TrainingPlace.objects.in_scope(*{one.scope for one in sessions})
    for one in rows.filter(session__in=[each.pk for each in sessions]):
        counts[one.session_id, one.state] += 1
        if one.person_id == person.pk:
            own[one.session_id] = one
    return [
        TrainingSeen(
            one,
            counts[one.pk, PlaceState.TAKEN.value],
            counts[one.pk, PlaceState.WAITING.value],
            own.get(one.pk),
        )
        for one in sessions
    ]


def places_of(person: Person, session: TrainingSession) -> list[TrainingPlace]:
    """Return who goes to a training or waits, for who keeps it: those of whom `person` may read the row."""
    rows = TrainingPlace.objects.for_person(person).filter(session=session)
    rows = rows.exclude(state=PlaceState.LEFT.value).select_related("person")
    return sorted(rows, key=lambda one: (one.state != PlaceState.TAKEN.value, one.asked_at, one.pk))


@dataclass(frozen=True, slots=True)
class GovernanceTime:
    """Time that somebody gave to a meeting or a training, whose time is indemnified: where it is kept."""

    source: str
    person: Person
    day: date
    minutes: int
    label: str
    is_training: bool
    page: int


def paid_times(scope: Scope, since: date, until: date) -> list[GovernanceTime]:
    """Return the time given in a scope between two days to bodies and trainings that pay it; two statements.

    Members of a college of professionals, or who have a sheet in the directory: others give theirs.

    Of meetings, once closed: until then who was there may still change.
    """
    first, last = clock.bounds(since, scope)[0], clock.bounds(until, scope)[1]
    professional = Q(seat__college__kind=CollegeKind.PROFESSIONALS.value) | Q(
        seat__person__professional__isnull=False
    )
    summons = Summons.objects.in_scope(scope).filter(
        professional,
        is_here=True, sitting__body__pays_time=True, sitting__closed_at__isnull=False,
        sitting__starts_at__gte=first, sitting__starts_at__lt=last, seat__person__isnull=False,
    )  # fmt: skip
    places = TrainingPlace.objects.in_scope(scope).filter(
        is_here=True, session__pays_time=True, session__cancelled_at=None,
        session__starts_at__gte=first, session__starts_at__lt=last,
    )  # fmt: skip
    found = [
        GovernanceTime(
            f"governance.summons:{one.pk}", one.seat.person, one.sitting.held_on,
            one.minutes or one.sitting.length, one.sitting.body.name, False, one.sitting_id,
        )
        for one in summons.select_related("sitting__body__scope", "seat__person__professional").order_by("pk")
        if one.seat.person is not None
    ]  # fmt: skip
    found += [
        GovernanceTime(
            f"governance.trainingplace:{one.pk}", one.person, one.session.held_on,
            one.minutes or one.session.length, one.session.title, True, one.session_id,
        )
        for one in places.select_related("session__scope", "person__professional").order_by("pk")
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.source))
