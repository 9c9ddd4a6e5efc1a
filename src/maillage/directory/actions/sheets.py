"""Changes of sheets by their owners: contact, services offered, hours; each stamps its facts with the day."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.actions.policy import require_editor
from maillage.directory.models import (
    ConfirmationRequest,
    FactDate,
    Membership,
    OpeningHours,
    Professional,
    ServiceOffer,
    Structure,
)
from maillage.directory.rules.freshness import Answer, Fact
from maillage.kernel import journal
from maillage.kernel.fields import refused
from maillage.kernel.models import Person
from maillage.kernel.phones import PhoneError, read_phone

OWNER_SOURCE = "titulaire"
CONTACT_FIELDS = ("phone", "mssante", "languages")
OFFER_FIELDS = ("motives", "age_min", "age_max", "home_visits", "remote", "sector")
Hours = Iterable[tuple[int, time, time]]


@transaction.atomic
def change_contact(*, by: Person, professional: Professional, values: Mapping[str, Any]) -> Professional:
    """Change how a professional is reached and the languages they speak, and date these facts.

    Raises PermissionDenied, ValidationError.
    """
    require_editor(by, professional)
    wanted = {name: values[name] for name in CONTACT_FIELDS if name in values}
    if wanted.get("phone", professional.phone) != professional.phone:
        wanted["phone"] = office_phone(wanted["phone"])
    _record(by, professional, Fact.CONTACT, _change(professional, wanted))
    return professional


@transaction.atomic
def change_offer(
    *, by: Person, membership: Membership, values: Mapping[str, Any], hours: Hours | None = None
) -> ServiceOffer:
    """Change what a professional offers at a structure (and the hours, unless None), and date these facts.

    `hours` are (weekday from Monday 0, opening, closing) in local time. Raises PermissionDenied,
    ValidationError.
    """
    professional = membership.professional
    require_editor(by, professional)
    offer, _created = ServiceOffer.objects.get_or_create(membership=membership)
    changes = _change(offer, {name: values[name] for name in OFFER_FIELDS if name in values})
    _record(by, professional, Fact.SERVICES, changes)
    if hours is not None:
        _replace_hours(by, offer, hours)
    return offer


@transaction.atomic
def set_new_patients(*, by: Person, membership: Membership, accepts: bool) -> ServiceOffer:
    """Say whether a professional takes new patients at a structure: effective at once.

    Raises PermissionDenied.
    """
    require_editor(by, membership.professional)
    offer, _created = ServiceOffer.objects.get_or_create(membership=membership)
    changes = _change(offer, {"new_patients": accepts})
    _record(by, membership.professional, Fact.NEW_PATIENTS, changes)
    return offer


@transaction.atomic
def ask_confirmation(
    *, by: Person, subject: Professional | Structure, fact: Fact, doubt: str = ""
) -> ConfirmationRequest:
    """Ask the owner of a sheet to confirm or correct a fact; a request still open is returned as it is."""
    known = ConfirmationRequest.objects.filter(answer="", fact=fact.value, **_of(subject)).first()
    if known is not None:
        return known
    request = ConfirmationRequest.objects.create(
        fact=fact.value, doubt=doubt.strip()[:500], asked_by=by, **_of(subject)
    )
    changes = {"fact": fact.value, "doubt": request.doubt}
    target = journal.target_of(subject)
    journal.record(by=by, verb="directory.confirmation_asked", target=target, changes=changes, scope=None)
    return request


@transaction.atomic
def answer_confirmation(*, by: Person, request: ConfirmationRequest, answer: Answer) -> ConfirmationRequest:
    """Answer a request; a confirmation or a correction dates the fact of today.

    Raises PermissionDenied, ValidationError where it has its answer already.
    """
    subject = request.professional or request.structure
    assert subject is not None, "a database constraint gives each request one subject"
    require_editor(by, subject)
    locked = ConfirmationRequest.objects.select_for_update().get(pk=request.pk)
    if locked.answer:
        raise ValidationError(_("Cette demande a déjà sa réponse."))
    request.answer, request.answered_by, request.answered_at = answer.value, by, timezone.now()
    request.save(update_fields=["answer", "answered_by", "answered_at"])
    if answer is not Answer.DECLINED:
        stamp(subject, Fact(request.fact), timezone.localdate(), OWNER_SOURCE)
    changes = {"fact": request.fact, "answer": answer.value}
    target = journal.target_of(subject)
    journal.record(by=by, verb="directory.confirmation_answered", target=target, changes=changes, scope=None)
    return request


@transaction.atomic
def confirm_fact(*, by: Person, subject: Professional | Structure, fact: Fact) -> None:
    """Say that a fact still holds today; a request about it is answered. Raises PermissionDenied."""
    require_editor(by, subject)
    waiting = ConfirmationRequest.objects.filter(answer="", fact=fact.value, **_of(subject)).first()
    if waiting is not None:
        answer_confirmation(by=by, request=waiting, answer=Answer.CONFIRMED)
        return
    _record(by, subject, fact, {})


def office_phone(text: str) -> str:
    """Return the number of an office as it is stored, a short code too. Raises ValidationError."""
    try:
        return read_phone(text, short_codes=True)
    except PhoneError as error:
        raise refused(error, "phone") from error


def stamp(subject: Professional | Structure, fact: Fact, day: date, source: str) -> None:
    """Date a fact of a sheet, within the write that stated it."""
    FactDate.objects.update_or_create(
        fact=fact.value, **_of(subject), defaults={"stated_on": day, "source": source}
    )


def _of(subject: Professional | Structure) -> dict[str, Any]:
    return {"professional": subject} if isinstance(subject, Professional) else {"structure": subject}


def _change(row: Professional | ServiceOffer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set fields, validated, and return `[before, after]` of those that differ."""
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    for name, (_before, value) in changes.items():
        setattr(row, name, value)
    row.full_clean(validate_unique=False)
    if changes:
        row.save(update_fields=list(changes))
    return changes


def _record(by: Person, subject: Professional | Structure, fact: Fact, changes: dict[str, Any]) -> None:
    stamp(subject, fact, timezone.localdate(), OWNER_SOURCE)
    verb = "directory.sheet_changed" if changes else "directory.fact_confirmed"
    changes = {"fact": fact.value, **changes}
    journal.record(by=by, verb=verb, target=journal.target_of(subject), changes=changes, scope=None)


def _replace_hours(by: Person, offer: ServiceOffer, hours: Hours) -> None:
    wanted = sorted(hours)
    for (day, _opens, closes), (next_day, opens, _closes) in itertools.pairwise(wanted):
        if day == next_day and opens < closes:
            raise ValidationError(_("Deux plages horaires du même jour se chevauchent."))
    if any(closes <= opens for _day, opens, closes in wanted):
        raise ValidationError(_("Une plage horaire ferme après son ouverture, le même jour."))
    before = list(offer.hours.values_list("weekday", "opens_at", "closes_at"))
    if before == wanted:
        _record(by, offer.membership.professional, Fact.HOURS, {})
        return
    offer.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(offer=offer, weekday=day, opens_at=opens, closes_at=closes)
        for day, opens, closes in wanted
    )
    texts = [
        [f"{day} {opens:%H:%M}-{closes:%H:%M}" for day, opens, closes in one] for one in (before, wanted)
    ]
    _record(by, offer.membership.professional, Fact.HOURS, {"hours": texts})
