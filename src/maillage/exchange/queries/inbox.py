"""The inbox of a person, its count, and what did not leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Case, Count, F, Prefetch, Q, When
from django.utils import timezone
from django.utils.translation import get_language

from maillage.exchange.models import CallAttempt, ContactPreference, Notification
from maillage.exchange.models.notifications import NotificationQuerySet
from maillage.exchange.queries.texts import LANGUAGES, Text, names_of, text_of
from maillage.exchange.rules.vocabulary import Channel, State
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.phones import stored_phone, written_phone
from maillage.kernel.rules import Permission
from maillage.people.api import log_access

PER_PAGE = 50
#: Days that a report of deliveries goes back.
REPORT_DAYS = 30
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
    is_late: bool = False
    calls: tuple[CallAttempt, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to read, or to call."""
        return self.notification.closed_at is None and not self.is_late


@transaction.atomic
def inbox(*, by: Person, page: str | None = None) -> tuple[Page[Notification], list[Line]]:
    """Return a page of what `by` has to do (calls first) and read, then of the rest, the latest first.

    Each patient shown in a call gets a line in their access log.
    """
    rows = Notification.objects.for_person(by).select_related("patient", "professional", "closed_by")
    waiting = Case(When(pk__in=rows.to_do().values("pk"), then=0), default=1)
    order = (waiting, F("closed_at").desc(nulls_first=True), F("person").asc(nulls_first=True))
    shown = Paginator(rows.order_by(*order, "-created_at", "-pk"), PER_PAGE).get_page(page)
    calls = Prefetch("calls", CallAttempt.objects.select_related("by"))
    notifications = list(shown.object_list.prefetch_related(calls))
    patients = {one.patient_id: one.patient for one in notifications if one.patient is not None}
    if patients:
        log_access(by=by, patients=patients.values(), what="list", purpose=_PURPOSE)
    return shown, _lines(notifications)


def unread_count(person: Person) -> int:
    """Return how many lines of the inbox wait for `person`, in one query."""
    return Notification.objects.for_person(person).to_do().count()


def preference_of(person: Person) -> ContactPreference:
    """Return how a person wants to be told: what they chose, or what holds until they choose."""
    return ContactPreference.objects.filter(person=person).first() or ContactPreference(person=person)


class Shown(StrEnum):
    """What part of the deliveries a report shows."""

    ALL = "all"
    TROUBLE = "trouble"
    WAITING = "waiting"
    CALLS = "calls"


_PARTS = {
    Shown.TROUBLE: Q(state__in=[State.FAILED.value, State.ABANDONED.value]),
    Shown.WAITING: Q(state=State.QUEUED.value),
    Shown.CALLS: Q(channel=Channel.INBOX.value),
}


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
    since = timezone.now() - timedelta(days=REPORT_DAYS)
    within = access.scopes_of(by, Permission.VIEW_DELIVERIES)
    rows: NotificationQuerySet = Notification.objects.deliveries(within).filter(created_at__gte=since)
    found = rows.aggregate(all=Count("pk"), **{one: Count("pk", filter=q) for one, q in _PARTS.items()})
    shown = rows.filter(_PARTS.get(part, Q())).select_related("person", "professional", "scope")
    return Report(
        Paginator(shown.prefetch_related("calls"), PER_PAGE).get_page(page),
        {one: found[one.value] for one in Shown},
    )


def trouble_count(*, by: Person) -> int:
    """Return how many messages of the last days did not reach their recipient, in the scopes of `by`."""
    within = access.scopes_of(by, Permission.VIEW_DELIVERIES)
    since = timezone.now() - timedelta(days=REPORT_DAYS)
    rows: NotificationQuerySet = Notification.objects.deliveries(within).filter(created_at__gte=since)
    return rows.filter(_PARTS[Shown.TROUBLE]).count()


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
    is_late = row.closed_at is None and row.not_after is not None and row.not_after < now
    patient = row.patient
    if patient is None:
        assert row.professional is not None
        phones = _written([stored_phone(row.professional.phone)])
        return Line(row, text, row.professional.name, phones, is_late=is_late, calls=tried)
    return Line(
        row,
        text,
        patient.name,
        _written([patient.phone, patient.other_phone]),
        patient.carer_name,
        _written([patient.carer_phone]),
        patient.needs_interpreter,
        patient.language,
        is_late,
        tried,
    )


def _written(phones: Iterable[str]) -> tuple[Phone, ...]:
    return tuple(Phone(phone, written_phone(phone)) for phone in phones if phone)
