"""Bodies as their pages read them: colleges with who sits in them, what is amber and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from maillage.governance.models import Body, BodySeat, College, Sitting
from maillage.governance.rules.vocabulary import CollegeKind
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule


class Gap(StrEnum):
    """What a body lacks: said in amber, with what to do."""

    NO_COLLEGE = "no_college"
    NO_USERS = "no_users"
    EMPTY_COLLEGE = "empty_college"
    TERM_ENDED = "term_ended"
    TERM_ENDING = "term_ending"


@dataclass(frozen=True, slots=True)
class CollegeSeen:
    """A college with the seats held today, those whose term ended without anybody saying so, those left."""

    college: College
    held: tuple[BodySeat, ...]
    ended: tuple[BodySeat, ...]
    ending: tuple[BodySeat, ...]

    @property
    def members(self) -> tuple[BodySeat, ...]:
        """Those who have a voice of their own."""
        return tuple(one for one in self.held if one.deputises_id is None)

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return max(0, self.college.places - len(self.members))


@dataclass(frozen=True, slots=True)
class BodySeen:
    """A body, its colleges, what it lacks: each gap with whom or what it is about."""

    body: Body
    colleges: tuple[CollegeSeen, ...]
    gaps: tuple[tuple[Gap, str], ...]

    @property
    def members(self) -> int:
        """How many have a voice."""
        return sum(len(one.members) for one in self.colleges)

    @property
    def places(self) -> int:
        """How many voices the body has once full."""
        return sum(one.college.places for one in self.colleges)


def bodies_seen_by(person: Person) -> list[Body]:
    """Return the bodies that somebody follows or sits in; one statement."""
    return list(Body.objects.for_person(person).select_related("scope").order_by("closed_on", "pk"))


def body_seen_by(person: Person, pk: int) -> Body | None:
    """Return a body that somebody follows or sits in, None for any other."""
    return Body.objects.for_person(person).select_related("scope").filter(pk=pk).first()


def scopes_to_keep(person: Person) -> list[Scope]:
    """Return where somebody may write a body; of a role without scope, every territory that has one."""
    found = access.scopes_of(person, Permission.MANAGE_GOVERNANCE)
    return list(Scope.objects.order_by("label", "pk")) if found is None else found


def seen(bodies: list[Body]) -> list[BodySeen]:
    """Return bodies read in scope with their colleges and what they lack; two statements."""
    scopes = {one.scope for one in bodies}
    keys = [one.pk for one in bodies]
    colleges: dict[int, list[College]] = defaultdict(list)
    for college in College.objects.in_scope(*scopes).filter(body__in=keys).order_by("pk"):
        colleges[college.body_id].append(college)
    seats: dict[int, list[BodySeat]] = defaultdict(list)
    rows = BodySeat.objects.in_scope(*scopes).filter(body__in=keys)
    for seat in rows.select_related("person", "deputises__person", "college").order_by("pk"):
        seats[seat.college_id].append(seat)
    return [_seen(body, colleges[body.pk], seats) for body in bodies]


def _seen(body: Body, colleges: list[College], seats: dict[int, list[BodySeat]]) -> BodySeen:
    today = clock.today(body.scope)
    soon = today + timedelta(days=rule("governance.seats.ending_days").value)
    found = tuple(_college(one, seats[one.pk], today, soon) for one in colleges)
    gaps: list[tuple[Gap, str]] = []
    if not colleges:
        gaps.append((Gap.NO_COLLEGE, ""))
    elif not any(one.members for one in found if one.college.kind == CollegeKind.USERS.value):
        gaps.append((Gap.NO_USERS, ""))
    for one in found:
        if not one.members and one.college.kind != CollegeKind.USERS.value:
            gaps.append((Gap.EMPTY_COLLEGE, one.college.name))
        gaps += [(Gap.TERM_ENDED, seat.holder) for seat in one.ended]
        gaps += [(Gap.TERM_ENDING, seat.holder) for seat in one.ending]
    return BodySeen(body, found, () if body.closed_on else tuple(gaps))


def _college(college: College, seats: list[BodySeat], today: date, soon: date) -> CollegeSeen:
    held = tuple(one for one in seats if one.is_held_on(today))
    ended = tuple(one for one in seats if one.left_on is None and one.until is not None and one.until < today)
    ending = tuple(one for one in held if one.until is not None and one.until <= soon)
    return CollegeSeen(college, held, ended, ending)


def seats_on(body: Body, day: date) -> list[BodySeat]:
    """Return the seats of a body read in scope that are held on a day, by college."""
    rows = BodySeat.objects.of(body).held_on(day)
    found = rows.select_related("college", "person").order_by("pk")
    return sorted(found, key=lambda one: (one.college_id, one.deputises_id or 0))


def sittings_of(body: Body, limit: int = 50) -> list[Sitting]:
    """Return the meetings of a body read in scope, the last one first."""
    rows = Sitting.objects.of(body).select_related("body__scope").order_by("-starts_at", "-pk")
    return list(rows[:limit])
