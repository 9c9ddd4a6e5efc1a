"""The inbox of a person, its count, and what did not leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language

from maillage.exchange.models import ContactPreference, Notification
from maillage.exchange.queries.texts import LANGUAGES, Text, default_zone, names_of, text_of, zones_of
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people.api import log_access, written_phone

PER_PAGE = 50
_PURPOSE = "Appel à passer, affiché dans la boîte de réception"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inbox: the row, its text; for a call, whom to call and at which numbers."""

    notification: Notification
    text: Text
    name: str = ""
    phones: tuple[str, ...] = ()
    carer: str = ""
    needs_interpreter: bool = False
    spoken: str = ""


@transaction.atomic
def inbox(*, by: Person, page: str | None = None) -> tuple[Page[Notification], list[Line]]:
    """Return a page of what `by` has to read and do, then of what is read and done, the latest first.

    Each patient shown in a call gets a line in their access log.
    """
    rows = Notification.objects.for_person(by).select_related("patient", "professional", "closed_by")
    order = F("closed_at").desc(nulls_first=True)
    shown = Paginator(rows.order_by(order, "-created_at", "-pk"), PER_PAGE).get_page(page)
    notifications = list(shown.object_list)
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


def in_trouble(*, by: Person, page: str | None = None) -> Page[Notification]:
    """Return a page of what failed or was abandoned, without a patient's name. Raises PermissionDenied."""
    access.require_everywhere(by, Permission.MANAGE_ACCOUNTS)
    rows = Notification.objects.in_trouble().select_related("person", "professional", "scope")
    return Paginator(rows, PER_PAGE).get_page(page)


def _lines(rows: Sequence[Notification]) -> list[Line]:
    names = names_of(row.parameters for row in rows)
    zones = zones_of({row.scope_id for row in rows if row.scope_id is not None})
    reader = get_language() or "fr"
    language = reader if reader in LANGUAGES else "fr"
    lines = []
    for row in rows:
        text = text_of(row, names, language=language, zone=zones.get(row.scope_id, default_zone()))
        lines.append(_call(row, text) if row.is_call else Line(row, text))
    return lines


def _call(row: Notification, text: Text) -> Line:
    patient = row.patient
    if patient is None:
        assert row.professional is not None
        return Line(row, text, row.professional.name, _written([row.professional.phone]))
    return Line(
        row,
        text,
        patient.name,
        _written([patient.phone, patient.other_phone]),
        " ".join(filter(None, (patient.carer_name, *_written([patient.carer_phone])))),
        patient.needs_interpreter,
        patient.language,
    )


def _written(phones: Iterable[str]) -> tuple[str, ...]:
    return tuple(written_phone(phone) for phone in phones if phone)
