"""Reads of therapeutic education: programmes, sessions, who follows one, what waits for a leader."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from maillage.care import api as care
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.protocols.models import (
    EducationSession,
    Enrolment,
    Evaluation,
    Programme,
    ProgrammeMember,
    ProgrammeText,
    SessionPlace,
)
from maillage.protocols.rules.counts import Shown, shown
from maillage.protocols.rules.education import Attendance

EDUCATION = "éducation thérapeutique"
_WITH = (
    "programme__scope",
    "text",
    "patient__scope",
    "patient__referring_doctor",
    "educator",
    "letter",
    "by",
)
#: Counted attendances, in their order.
_COUNTED = (Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT)
YEAR = timedelta(days=365)


def programmes_of(person: Person) -> list[Programme]:
    """Return the programmes of the scopes where `person` works, by title."""
    return list(Programme.objects.seen_by(person).select_related("scope"))


def programme_seen_by(person: Person, pk: int) -> Programme | None:
    """Return the programme of that key where `person` works, None elsewhere."""
    return Programme.objects.seen_by(person).select_related("scope").filter(pk=pk).first()


def texts_of(programme: Programme) -> list[ProgrammeText]:
    """Return the texts of a programme, the last one first."""
    return list(ProgrammeText.objects.filter(programme=programme).select_related("by"))


def last_texts(programmes: Collection[Programme]) -> dict[int, ProgrammeText]:
    """Return the text that holds of each programme that has one; one statement."""
    rows = ProgrammeText.objects.filter(programme__in=programmes).order_by("number")
    return {one.programme_id: one for one in rows}


def teams(programmes: Collection[Programme]) -> dict[int, list[ProgrammeMember]]:
    """Return the team of each programme, who coordinates first; one statement."""
    rows = ProgrammeMember.objects.filter(
        programme__in=programmes, left_on=None, professional__is_active=True
    )
    found: dict[int, list[ProgrammeMember]] = defaultdict(list)
    for one in rows.select_related("professional__account"):
        found[one.programme_id].append(one)
    return found


def team_of(programme: Programme) -> list[ProgrammeMember]:
    """Return the team of a programme, who coordinates first."""
    return teams([programme])[programme.pk]


def is_member(person: Person, programme: Programme) -> bool:
    """Return whether `person` is of the team of a programme."""
    return any(one.professional.account_id == person.pk for one in team_of(programme))


def keeps(person: Person, programme: Programme) -> bool:
    """Return whether `person` writes a programme: who manages protocols there, who coordinates it."""
    if access.may(person, Permission.MANAGE_PROTOCOLS, programme.scope):
        return True
    return any(one.is_coordinator and one.professional.account_id == person.pk for one in team_of(programme))


def sessions_of(programme: Programme) -> list[EducationSession]:
    """Return the sessions of a programme of the last year and to come, with `taken`, the places taken."""
    rows = EducationSession.objects.filter(programme=programme, starts_at__gte=timezone.now() - YEAR)
    taken = Count("places", filter=~Q(places__attendance=Attendance.EXCUSED.value))
    return list(rows.select_related("leader").annotate(taken=taken).order_by("starts_at", "pk"))


def session_seen_by(person: Person, pk: int) -> EducationSession | None:
    """Return the session of that key where `person` works, None elsewhere."""
    rows = EducationSession.objects.filter(programme__in=Programme.objects.seen_by(person))
    return rows.select_related("programme__scope", "leader").filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Room:
    """Who is expected in a session, as one reader sees it: those they read, and how many others."""

    places: list[SessionPlace]
    others: int
    free: int


@transaction.atomic
def room_of(person: Person, session: EducationSession) -> Room:
    """Return the places of a session that `person` reads; each patient named is logged."""
    every = list(SessionPlace.objects.filter(session=session).values_list("pk", "enrolment", "attendance"))
    readable = Enrolment.objects.for_person(person).filter(pk__in=[one for _pk, one, _said in every])
    rows = SessionPlace.objects.filter(session=session, enrolment__in=readable.values("pk"))
    places = list(rows.select_related("enrolment__patient__scope", "noted_by"))
    places.sort(key=lambda one: (one.enrolment.patient.name, one.pk))
    log(person, [one.enrolment.patient for one in places])
    held = sum(said != Attendance.EXCUSED for _pk, _enrolment, said in every)
    return Room(places, len(every) - len(places), max(session.seats - held, 0))


@transaction.atomic
def to_invite(person: Person, session: EducationSession) -> list[Enrolment]:
    """Return who follows the programme and has no place in a session, those whom `person` reads; logged."""
    known = SessionPlace.objects.filter(session=session).values("enrolment")
    rows = Enrolment.objects.for_person(person).filter(programme=session.programme_id, ended_at=None)
    found = list(rows.exclude(pk__in=known).select_related("patient__scope"))
    found.sort(key=lambda one: (one.patient.name, one.pk))
    log(person, [one.patient for one in found])
    return found


@transaction.atomic
def followers(person: Person, programme: Programme) -> list[Enrolment]:
    """Return who follows a programme, those whom `person` reads; each is logged."""
    rows = Enrolment.objects.for_person(person).filter(programme=programme)
    found = list(rows.select_related("patient__scope", "educator"))
    log(person, [one.patient for one in found])
    return found


def log(person: Person, patients: Iterable[people.Patient]) -> None:
    """Leave a line in the access log of each patient, once."""
    each = {one.pk: one for one in patients}
    if each:
        people.log_access(by=person, patients=each.values(), what="list", purpose=EDUCATION)


def enrolment_seen_by(person: Person, pk: int) -> Enrolment | None:
    """Return the enrolment of that key where `person` reads it, None elsewhere; no line is left."""
    return Enrolment.objects.for_person(person).select_related(*_WITH).filter(pk=pk).first()


def enrolments_of(patient: people.Patient) -> list[Enrolment]:
    """Return what programmes a patient who was read in scope follows or followed, the latest first."""
    return list(Enrolment.objects.of_patient(patient).select_related(*_WITH))


def may_act(person: Person, enrolment: Enrolment) -> bool:
    """Return whether `person` writes what a programme holds of somebody whom they read: team or circle."""
    if enrolment.patient.account_id == person.pk:
        return False
    if is_member(person, enrolment.programme):
        return True
    return care.may_write(people.decision(person, enrolment.patient, people.Part.HEALTH))


def may_enrol(person: Person, patient: people.Patient) -> bool:
    """Return whether `person` enrols a patient: who writes their health by the circle."""
    return care.may_write(people.decision(person, patient, people.Part.HEALTH))


def open_to(person: Person, patient: people.Patient) -> list[Programme]:
    """Return the programmes in which a patient may be enrolled: with a text, a team, not followed yet."""
    followed = Enrolment.objects.of_patient(patient).filter(ended_at=None).values("programme")
    rows = Programme.objects.seen_by(person).filter(scope=patient.scope_id, closed_on=None)
    rows = rows.filter(Exists(ProgrammeText.objects.filter(programme=OuterRef("pk"))))
    team = ProgrammeMember.objects.filter(
        programme=OuterRef("pk"), left_on=None, professional__is_active=True
    )
    return list(rows.filter(Exists(team)).exclude(pk__in=followed))


def places_of(enrolment: Enrolment) -> list[SessionPlace]:
    """Return the places of an enrolment that was read, by date."""
    return list(SessionPlace.objects.filter(enrolment=enrolment).select_related("session__leader"))


def follows_programme(patient: people.Patient) -> bool:
    """Return whether a patient who was read in scope follows a programme, or did in the last year."""
    recent = Q(ended_at=None) | Q(ended_at__gte=timezone.now() - YEAR)
    return Enrolment.objects.of_patient(patient).filter(recent).exists()


def own_places(patient: people.Patient) -> list[SessionPlace]:
    """Return the places of a patient who was read in scope, in every programme, by date."""
    rows = SessionPlace.objects.filter(enrolment__in=Enrolment.objects.of_patient(patient).values("pk"))
    return list(rows.select_related("session__leader", "enrolment__programme", "enrolment__patient__scope"))


def evaluations_of(enrolment: Enrolment) -> dict[str, Evaluation]:
    """Return what was answered before and after, by moment."""
    rows = Evaluation.objects.filter(enrolment=enrolment).select_related("by")
    return {one.moment: one for one in rows}


@dataclass(frozen=True, slots=True)
class EducationCounts:
    """What a programme did in a year, small counts hidden: sessions held are of nobody, and shown."""

    programme: Programme
    sessions: int
    followed: Shown
    attended: Shown


def counts_of(person: Person) -> list[EducationCounts]:
    """Return the counts of the programmes that `person` steers, over a year; three statements."""
    scopes = access.scopes_of(person, Permission.MANAGE_PROTOCOLS)
    rows = Programme.objects.all() if scopes is None else Programme.objects.filter(scope__in=scopes)
    programmes = list(rows)
    since, now = timezone.now() - YEAR, timezone.now()
    held = EducationSession.objects.filter(
        programme__in=programmes, starts_at__gte=since, starts_at__lte=now, cancelled_at=None
    )
    sessions = Counter(held.order_by().values_list("programme", flat=True))
    # The base manager, to count: nobody is named.
    people_counted = Counter(
        Enrolment._base_manager.filter(programme__in=programmes, at__gte=since)
        .order_by()
        .values_list("programme", flat=True)
    )
    places = SessionPlace.objects.filter(session__in=held.order_by().values("pk"))
    attended: dict[int, Counter[str]] = defaultdict(Counter)
    for programme, said in places.order_by().values_list("session__programme", "attendance"):
        attended[programme][said] += 1
    threshold = rule("territory.secrecy.threshold").value
    return [
        EducationCounts(
            one,
            sessions[one.pk],
            shown({"people": people_counted[one.pk]}, threshold),
            shown({said.value: attended[one.pk][said.value] for said in _COUNTED}, threshold),
        )
        for one in programmes
    ]


def attendance_to_take() -> QuerySet[EducationSession]:
    """Return the sessions that the reader led and whose attendance is not noted, for a statement."""
    missing = SessionPlace.objects.filter(session=OuterRef("pk"), attendance=Attendance.EXPECTED.value)
    rows = EducationSession.objects.filter(
        leader__account=given("person"), cancelled_at=None, starts_at__lte=given("now")
    )
    return rows.filter(Exists(missing))


def assessments_to_do() -> QuerySet[Enrolment]:
    """Return the enrolments whose assessment the reader has to do; the circle is asked next."""
    # The base manager, for keys alone: nobody is named.
    return Enrolment._base_manager.filter(educator__account=given("person"), assessed_at=None, ended_at=None)


def sessions_drawn(person: Person, keys: Sequence[int]) -> list[tuple[EducationSession, int]]:
    """Return the sessions of some keys whose attendance `person` has to take, each with how many lack."""
    missing = Count("places", filter=Q(places__attendance=Attendance.EXPECTED.value))
    rows = EducationSession.objects.filter(
        pk__in=list(keys), leader__account=person, cancelled_at=None, starts_at__lte=timezone.now()
    )
    rows = rows.annotate(missing=missing).filter(missing__gt=0).select_related("programme__scope")
    return [(one, one.missing) for one in rows.order_by("starts_at", "pk")]


@transaction.atomic
def assessments_drawn(person: Person, keys: Sequence[int]) -> list[Enrolment]:
    """Return the enrolments of some keys whose assessment `person` has to do; each patient is logged."""
    rows = Enrolment.objects.for_person(person).filter(
        pk__in=list(keys), educator__account=person, assessed_at=None, ended_at=None
    )
    found = list(rows.select_related("programme", "patient__scope").order_by("at", "pk"))
    log(person, [one.patient for one in found])
    return found


def led_by(person: Person) -> QuerySet[EducationSession]:
    """Return the sessions that `person` leads, cancelled ones too, for their calendar."""
    return EducationSession.objects.filter(leader__account=person).annotate(title=F("programme__title"))
