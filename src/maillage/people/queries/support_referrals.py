"""The referrals of people far from their rights: of a patient, to handle, to read."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.people.models import Patient, SupportReferral
from maillage.people.queries.patients import PART, log_access


def open_of(patient: Patient) -> SupportReferral | None:
    """Return the open referral of a patient who was read in scope; None for none."""
    return SupportReferral.objects.of_patient(patient).open().first()


def open_referrals() -> QuerySet[SupportReferral]:
    """Return the open referrals, for a statement; by keys alone: who handles them is asked next."""
    return SupportReferral._base_manager.filter(answered_at=None)


@once
def to_handle(person: Person) -> list[SupportReferral]:
    """Return the open referrals that `person` handles, the nearest day first; names nobody."""
    scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
    if scopes is not None and not scopes:
        return []
    rows = SupportReferral.objects.for_person(person).open().select_related("patient__scope")
    if scopes is not None:
        rows = rows.filter(patient__scope__in=scopes)
    return sorted(rows, key=lambda one: (one.due_on, one.pk))


@once
def own_open(person: Person) -> list[SupportReferral]:
    """Return the referrals that `person` opened whose outcome nobody knows, the oldest first."""
    rows = SupportReferral.objects.for_person(person).open().filter(by=person)
    return list(rows.select_related("patient__scope").order_by("at", "pk"))


@transaction.atomic
def read_all(*, by: Person, purpose: str, limit: int = 200) -> list[SupportReferral]:
    """Return the referrals that `by` may read, open ones first; each patient named is logged."""
    rows = SupportReferral.objects.for_person(by).select_related("patient__scope", "by", "sent_by")
    found = [*rows.open().order_by("at", "pk")[:limit]]
    found += rows.exclude(answered_at=None).order_by("-answered_at")[: max(limit - len(found), 0)]
    _log(by, found, purpose)
    return found


@transaction.atomic
def read_one(*, by: Person, pk: int, purpose: str) -> SupportReferral:
    """Return a referral that `by` may read; logged. Raises SupportReferral.DoesNotExist."""
    rows = SupportReferral.objects.for_person(by)
    row = rows.select_related("patient__scope", "by", "sent_by", "answered_by").get(pk=pk)
    _log(by, [row], purpose)
    return row


def referral(pk: int) -> SupportReferral:
    """Return a referral, for the program that tells of it. Raises SupportReferral.DoesNotExist."""
    row: SupportReferral = SupportReferral._base_manager.select_related("patient__scope", "by").get(pk=pk)
    return row


def _log(by: Person, rows: Sequence[SupportReferral], purpose: str) -> None:
    others = {one.patient_id: one.patient for one in rows if one.patient.account_id != by.pk}
    log_access(by=by, patients=others.values(), what=PART, purpose=purpose)
