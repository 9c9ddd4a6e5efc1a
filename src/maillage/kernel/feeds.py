"""Calendars that another program reads by a secret address, until it is revoked (iCalendar, RFC 5545).

A context subclasses `SecretFeed` with what the calendar shows, and answers with `calendar_response` of a
`calendar`. Only a digest of the secret is kept: the address is shown once, to whoever made it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel


class FeedQuerySet(models.QuerySet[Any]):
    """Reads of secret addresses."""

    def standing(self) -> Self:
        """Keep the addresses that answer."""
        return self.filter(revoked_at=None)

    def opened_by(self, secret: str) -> Self:
        """Keep the one whose address holds `secret`: none where it was revoked or never was."""
        return self.standing().filter(digest=digest_of(secret))


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
    """One event of a calendar; `key` names it for good, so that a change replaces it."""

    key: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""


def calendar(name: str, producer: str, happenings: Iterable[Happening], *, private: bool = True) -> bytes:
    """Return events as one iCalendar file, times in UTC."""
    now = timezone.now()
    document = Calendar()
    document.add("prodid", f"-//Maillage//{producer}//FR")
    document.add("version", "2.0")
    document.add("x-wr-calname", name)
    for one in happenings:
        event = Event()
        event.add("uid", f"{one.key}@maillage")
        event.add("dtstamp", now)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", one.summary)
        if one.location:
            event.add("location", one.location)
        if private:
            event.add("class", "PRIVATE")
        document.add_component(event)
    return bytes(document.to_ical())


def calendar_response(document: bytes, *, file: str = "") -> HttpResponse:
    """Answer with a calendar, downloaded under the name `file` where there is one."""
    answer = HttpResponse(document, content_type="text/calendar; charset=utf-8")
    answer["Referrer-Policy"] = "no-referrer"
    if file:
        answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer
