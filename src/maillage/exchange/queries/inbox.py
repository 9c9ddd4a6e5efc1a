"""What waits for a person, what they have read, and what did not leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Case, Count, DateTimeField, F, Prefetch, Q, When
from django.utils import timezone
from django.utils.translation import get_language

from maillage.exchange.models import CallAttempt, ContactPreference, Notification
from maillage.exchange.models.notifications import NotificationQuerySet
from maillage.exchange.queries.texts import LANGUAGES, Text, names_of, text_of
from maillage.exchange.rules.vocabulary import Channel, State
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.kernel.phones import stored_phone, written_phone
from maillage.kernel.rules import Permission
from maillage.kernel.statements import Statement, given
from maillage.people.api import log_access

PER_PAGE = 50
#: Days that a report of deliveries goes back.
REPORT_DAYS = 30
_CALLS = Prefetch("calls", CallAttempt.objects.select_related("by"))
_PURPOSE = "Appel à passer, affiché dans la boîte de réception"


class Phone(NamedTuple):
    """A number to dial, and as people read it."""

    digits: str
    written: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inbox: the row, its text; for a call, whom to call and at which numbers."""

    notification: Notification
    text: Text
    name: str = ""
    phones: tuple[Phone, ...] = ()
    carer: str = ""
    carer_phones: tuple[Phone, ...] = ()
    needs_interpreter: bool = False
    spoken: str = ""
    is_missed: bool = False
    calls: tuple[CallAttempt, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        """Whether what it announced no longer holds."""
        return self.notification.withdrawn_at is not None


@transaction.atomic
def done(*, by: Person, page: str | None = None) -> tuple[Page[Notification], list[Line]]:
    """Return a page of what `by` has read and of the calls that are over, the latest first.

    Each patient shown in a call gets a line in their access log.
    """
    over = Q(closed_at__isnull=False) | Q(withdrawn_at__isnull=False)
    rows = Notification.objects.for_person(by).filter(over)
    rows = rows.select_related("patient", "professional", "closed_by")
    ordered = rows.order_by(F("closed_at").desc(nulls_first=True), "-created_at", "-pk")
    shown = Paginator(ordered.prefetch_related(_CALLS), PER_PAGE).get_page(page)
    notifications = list(shown.object_list)
    _log(by, notifications)
    return shown, _lines(notifications)


_WAITING: Statement[int] = Statement(
    lambda: Notification.objects.waiting_for_given().order_by().values_list("pk", flat=True)
)


@once
def _waiting(person: Person) -> list[int]:
    return _WAITING.rows(person=person.pk, day=timezone.localdate(), now=timezone.now())


def unread_count(person: Person) -> int:
    """Return how many messages to read and calls to make wait for `person`, in one statement."""
    return len(_waiting(person))


def calls_to_make() -> NotificationQuerySet:
    """Return the calls that wait for the reader, for a statement."""
    return Notification.objects.waiting_for_given().filter(person=None)


def messages_to_read() -> NotificationQuerySet:
    """Return the messages that the reader has not read, for a statement; until when each is of use.

    One whose hour has passed is no more pressing than another: it is there to be known.
    """
    waiting = Notification.objects.waiting_for_given().filter(person__isnull=False)
    ahead = When(not_after__gt=given("now"), then=F("not_after"))
    return waiting.annotate(useful_until=Case(ahead, default=None, output_field=DateTimeField()))


@transaction.atomic
def waiting_lines(person: Person, keys: Sequence[int]) -> list[Line]:
    """Return those of some lines that still wait for `person`; each patient to call is logged."""
    rows = Notification.objects.for_person(person).to_do().filter(pk__in=list(keys))
    found = list(rows.select_related("patient", "professional").prefetch_related(_CALLS))
    _log(person, found)
    return _lines(found)


def read_lines(person: Person, keys: Sequence[int]) -> list[Line]:
    """Return those of some messages of `person` that are read; no call among them, so nobody is named."""
    rows = Notification.objects.for_person(person).filter(pk__in=list(keys), person=person)
    return _lines(list(rows.exclude(closed_at=None).select_related("professional")))


def _log(person: Person, rows: Iterable[Notification]) -> None:
    """Leave a line in the access log of each patient whom a call names."""
    patients = {one.patient_id: one.patient for one in rows if one.patient is not None}
    if patients:
        log_access(by=person, patients=patients.values(), what="list", purpose=_PURPOSE)


def preference_of(person: Person) -> ContactPreference:
    """Return how a person wants to be told: what they chose, or what holds until they choose."""
    return ContactPreference.objects.filter(person=person).first() or ContactPreference(person=person)


class Shown(StrEnum):
    """What part of the deliveries a report shows."""

    ALL = "all"
    TROUBLE = "trouble"
    WAITING = "waiting"
    CALLS = "calls"


def _part(part: Shown, now: datetime) -> Q:
    """Return what a part keeps; a call that nobody made before its hour is trouble as a refused SMS is."""
    match part:
        case Shown.TROUBLE:
            did_not_leave = Q(state__in=[State.FAILED.value, State.ABANDONED.value], closed_at=None)
            missed = Q(channel=Channel.INBOX.value, person=None, closed_at=None, not_after__lt=now)
            return (did_not_leave | missed) & Q(withdrawn_at=None)
        case Shown.WAITING:
            return Q(state=State.QUEUED.value)
        case Shown.CALLS:
            return Q(channel=Channel.INBOX.value)
        case _:
            return Q()


@dataclass(frozen=True, slots=True)
class Report:
    """A page of deliveries, how many there are of each part, and how many left or were called."""

    page: Page[Notification]
    counts: dict[Shown, int]


def report(*, by: Person, part: Shown, page: str | None = None) -> Report:
    """Return what was sent in the scopes of `by` in the last days, without a patient's name.

    Raises PermissionDenied.
    """
    access.require(by, Permission.VIEW_DELIVERIES)
    now = timezone.now()
    since = now - timedelta(days=REPORT_DAYS)
    within = access.scopes_of(by, Permission.VIEW_DELIVERIES)
    rows: NotificationQuerySet = Notification.objects.deliveries(within).filter(created_at__gte=since)
    found = rows.aggregate(**{one.value: Count("pk", filter=_part(one, now)) for one in Shown})
    shown = rows.filter(_part(part, now)).select_related("person", "professional", "scope")
    return Report(
        Paginator(shown.prefetch_related(_CALLS), PER_PAGE).get_page(page),
        {one: found[one.value] for one in Shown},
    )


def trouble_count(*, by: Person) -> int:
    """Return how many messages of the last days did not reach their recipient, in the scopes of `by`."""
    within = access.scopes_of(by, Permission.VIEW_DELIVERIES)
    now = timezone.now()
    since = now - timedelta(days=REPORT_DAYS)
    rows: NotificationQuerySet = Notification.objects.deliveries(within).filter(created_at__gte=since)
    return rows.filter(_part(Shown.TROUBLE, now)).count()


def _lines(rows: Sequence[Notification]) -> list[Line]:
    names = names_of(row.parameters for row in rows)
    scopes = Scope.objects.in_bulk({row.scope_id for row in rows if row.scope_id is not None})
    reader = get_language() or "fr"
    language = reader if reader in LANGUAGES else "fr"
    lines, now = [], timezone.now()
    for row in rows:
        zone = clock.zone_of(scopes.get(row.scope_id) if row.scope_id else None)
        text = text_of(row, names, language=language, zone=zone)
        lines.append(_call(row, text, now) if row.is_call else Line(row, text))
    return lines


def _call(row: Notification, text: Text, now: datetime) -> Line:
    tried = tuple(row.calls.all())
    is_missed = row.is_missed(now)
    patient = row.patient
    if patient is None:
        assert row.professional is not None
        phones = _written([stored_phone(row.professional.phone)])
        return Line(row, text, row.professional.name, phones, is_missed=is_missed, calls=tried)
    return Line(
        row,
        text,
        patient.name,
        _written([patient.phone, patient.other_phone]),
        patient.carer_name,
        _written([patient.carer_phone]),
        patient.needs_interpreter,
        patient.language,
        is_missed,
        tried,
    )


def _written(phones: Iterable[str]) -> tuple[Phone, ...]:
    return tuple(Phone(phone, written_phone(phone)) for phone in phones if phone)
