"""Decisions as the board follows them, the votes that wait for somebody, the meetings to come."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from maillage.governance.models import BodySeat, Motion, Resolution, Sitting, Summons
from maillage.governance.models.bodies import in_force
from maillage.governance.rules.vocabulary import Reply
from maillage.kernel.models import Person
from maillage.kernel.statements import given
from maillage.project import api as project

_WITH_ACTION = (
    "sitting__body__scope", "action__project__territory__scope", "action__professional__account",
    "action__person", "motion",
)  # fmt: skip


def last_decisions(person: Person, limit: int) -> list[Resolution]:
    """Return the last decisions of the bodies that somebody follows, with their actions; one statement."""
    rows = Resolution.objects.for_person(person).select_related(*_WITH_ACTION)
    return list(rows.order_by("-sitting__starts_at", "-pk")[:limit])


def decisions_of_action(person: Person, action: project.Action) -> list[Resolution]:
    """Return the decisions that an action does, of the bodies that somebody follows; one statement."""
    rows = Resolution.objects.for_person(person).filter(action=action)
    return list(rows.select_related("sitting__body__scope").order_by("pk"))


def next_sitting(person: Person) -> Sitting | None:
    """Return the next meeting of the bodies that somebody follows; one statement."""
    rows = Sitting.objects.for_person(person).filter(
        ends_at__gt=timezone.now(), cancelled_at=None, closed_at=None, convened_at__isnull=False
    )
    return rows.select_related("body__scope").order_by("starts_at", "pk").first()


def coming_sittings(person: Person, limit: int) -> list[Sitting]:
    """Return the meetings to come of the bodies that somebody follows, the first one first; one statement."""
    rows = Sitting.objects.for_person(person).filter(
        ends_at__gt=timezone.now(), cancelled_at=None, closed_at=None
    )
    return list(rows.select_related("body__scope").order_by("starts_at", "pk")[:limit])


def votes_asked(person: Person) -> list[Motion]:
    """Return the votes open now where the seat of somebody who is there was not heard; one statement."""
    seats = BodySeat._base_manager.filter(in_force(timezone.localdate()), person=person)
    here = Summons._base_manager.filter(seat__in=seats.order_by().values("pk"), is_here=True)
    rows = Motion.objects.for_person(person).filter(
        result=None, sitting__closed_at=None, sitting__in=here.order_by().values("sitting")
    )
    rows = rows.exclude(slips__seat__in=seats.order_by().values("pk"))
    return list(rows.select_related("sitting__body__scope").order_by("pk"))


def replies_waiting() -> QuerySet[Summons]:
    """Return the convenings that the reader has not answered, of meetings to come; keys alone."""
    rows = Summons._base_manager.filter(
        seat__person=given("person"), reply=Reply.NONE.value, sitting__cancelled_at=None,
        sitting__closed_at=None, sitting__starts_at__gt=given("now"),
        sitting__convened_at__isnull=False,
    )  # fmt: skip
    day = given("day")
    held = Q(seat__since__lte=day) & (Q(seat__left_on=None) | Q(seat__left_on__gt=given("day")))
    return rows.filter(held).annotate(since=F("sitting__convened_at"), due=F("sitting__starts_at"))


def replies_drawn(person: Person, keys: list[int]) -> list[Summons]:
    """Return those of the keys that somebody has not answered yet; one statement."""
    rows = Summons.objects.for_person(person).filter(pk__in=keys, seat__person=person, reply=Reply.NONE.value)
    return list(rows.select_related("sitting__body__scope", "seat"))


def sittings_between(person: Person, since: datetime, until: datetime) -> list[Sitting]:
    """Return the meetings between two instants to which somebody is convened; one statement."""
    convened = Summons._base_manager.filter(seat__person=person).order_by().values("sitting")
    rows = Sitting.objects.for_person(person).filter(
        pk__in=convened, starts_at__lt=until, ends_at__gt=since, convened_at__isnull=False
    )
    return list(rows.select_related("body__scope").order_by("starts_at"))
