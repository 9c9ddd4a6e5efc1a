"""Calendars that another program reads by a secret address, until it is revoked (iCalendar, RFC 5545).

A context subclasses `SecretFeed` with what the calendar shows, and answers by `calendar_view` with a
`calendar`. Only a digest of the secret is kept: the address is shown once, to whoever made it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel

if TYPE_CHECKING:
    from icalendar import Timezone


class FeedQuerySet(models.QuerySet[Any]):
    """Reads of secret addresses."""

    def active(self) -> Self:
        """Keep the addresses that answer."""
        return self.filter(revoked_at=None)

    def opened_by(self, secret: str) -> Self:
        """Keep the one whose address holds `secret`: none where it was revoked or never was.

        Nor where the account of whoever made it is closed. What else takes away their right to what it shows
        is for the context to look at: an address outlives no right.
        """
        rows = self.active().filter(digest=digest_of(secret), created_by__is_active=True)
        return rows.select_related("created_by")


class SecretFeed(AnnotatedModel):
    """A secret address of a calendar; subclasses say what it shows."""

    label = models.CharField(_("nom"), max_length=80)
    digest = models.CharField(_("empreinte du secret"), max_length=64, unique=True)
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.label

    def revoke(self) -> bool:
        """Make the address answer nothing from now on; return False where it already did not."""
        if self.revoked_at is not None:
            return False
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])
        return True


def new_secret() -> str:
    """Return 256 bits nobody can guess, fit for an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: it has 256 bits, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a calendar; `key` names it for good, so that a change replaces it.

    `is_whole_days`: it lasts whole days of the wall clock on which `starts_at` and `ends_at` are written, and
    a calendar shows it above the hours. `sequence` counts the changes of what others were told of;
    `is_cancelled`: it was told, and does not take place.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    is_whole_days: bool = False
    sequence: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody as a calendar names them: who calls a meeting, who is asked to come."""

    name: str
    email: str


def lasts_whole_days(starts_at: datetime, ends_at: datetime) -> bool:
    """Return whether a stretch goes from midnight to midnight, on the wall clock of both."""
    return starts_at.time() == ends_at.time() == time.min and starts_at.date() < ends_at.date()


def calendar(
    name: str,
    producer: str,
    happenings: Iterable[Happening],
    *,
    private: bool = True,
    between: tuple[Mailbox, Mailbox] | None = None,
) -> bytes:
    """Return events as one iCalendar file: times in UTC, whole days as dates, never without a component.

    `between` whoever calls a meeting and whoever is asked to come: the file is then an invitation that a
    calendar program answers, a change of it, or its cancelling (RFC 5546).
    """
    # Here only: ten megabytes that a process which answers no feed does not need.
    from icalendar import Calendar, Event, vCalAddress

    now, happenings = timezone.now(), list(happenings)
    document = Calendar()
    document.add("prodid", f"-//Maillage//{producer}//FR")
    document.add("version", "2.0")
    document.add("x-wr-calname", name)
    if between is not None:
        cancelled = all(one.is_cancelled for one in happenings)
        document.add("method", "CANCEL" if cancelled else "REQUEST")
    for one in happenings:
        event = Event()
        event.add("uid", f"{one.key}@maillage")
        event.add("dtstamp", now)
        event.add("dtstart", one.starts_at.date() if one.is_whole_days else one.starts_at.astimezone(UTC))
        event.add("dtend", one.ends_at.date() if one.is_whole_days else one.ends_at.astimezone(UTC))
        event.add("summary", one.summary)
        if one.location:
            event.add("location", one.location)
        if private:
            event.add("class", "PRIVATE")
        if one.sequence is not None:
            event.add("sequence", one.sequence)
            event.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
        for role, who in zip(("organizer", "attendee"), between or (), strict=False):
            address = vCalAddress(f"mailto:{who.email}")
            address.params["CN"] = who.name
            event.add(role, address)
        document.add_component(event)
    if not document.subcomponents:
        document.add_component(_utc())
    return bytes(document.to_ical())


def _utc() -> Timezone:
    """Return what an empty calendar holds: RFC 5545 (3.6) asks for a component, and this one says nothing."""
    from icalendar import Timezone, TimezoneStandard  # here only, as above

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (an onset is written without a zone)
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def calendar_response(document: bytes, *, file: str = "") -> HttpResponse:
    """Answer with a calendar, downloaded under the name `file` where there is one."""
    answer = HttpResponse(document, content_type="text/calendar; charset=utf-8")
    answer["Referrer-Policy"] = "no-referrer"
    if file:
        answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


_ALLOWED = "GET, HEAD, OPTIONS"


def calendar_view(document_of: Callable[[str], bytes]) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Make the view of secret addresses from what each shows; `document_of` raises Http404 where none does.

    Calendar programs look before they read: HEAD answers as GET without the calendar, OPTIONS says what is
    allowed without saying whether the address is one, any other method is refused (405). Unchanged events
    answer 304 to a program that has them.
    """

    @login_not_required
    @csrf_exempt
    @never_cache
    @wraps(document_of)
    def view(request: HttpRequest, secret: str) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": _ALLOWED, "Content-Length": "0"})
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(_ALLOWED.split(", "))
        answer = calendar_response(document_of(secret))
        answer["ETag"] = f'"{_version_of(answer.content)}"'
        return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer

    return view


def _version_of(document: bytes) -> str:
    """Return what names the events of a calendar, whenever it was written."""
    lines = (line for line in document.splitlines() if not line.startswith(b"DTSTAMP"))
    return hashlib.sha256(b"\n".join(lines)).hexdigest()[:32]
