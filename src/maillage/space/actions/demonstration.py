"""Letters and invitations of invented patients, so that neither papers nor invitations open empty."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.space.actions.entry import invite
from maillage.space.actions.letters import prepare_letter
from maillage.space.models import EntryCode, Letter
from maillage.space.rules.entry import Way
from maillage.territory.api import Territory

#: Patients of the nurse who were given an invitation on paper.
INVITED = 2


@transaction.atomic
def create_demonstration_space(*, place: Territory, now: datetime) -> int:
    """Prepare letters and invitations of invented patients, once; return how many.

    It needs the accounts and the circles of the demonstration; without them, nothing is made.
    """
    own_account, nurse = demonstration_account(Role.PATIENT), demonstration_account(Role.NURSE)
    own = people.own_file(own_account) if own_account is not None else None
    if own is None or own_account is None or nurse is None or Letter.objects.of_patient(own).exists():
        return 0
    asked = [(own_account, people.Means.SPACE, 2)]
    if people.may_speak_for(nurse, own):
        asked.append((nurse, people.Means.SPOKEN, 12))
    for by, means, days in asked:
        made = prepare_letter(by=by, patient=own, means=means, key=f"demonstration-{means.value}")
        Letter.objects.of_patient(own).filter(pk=made.pk).update(at=now - timedelta(days=days))
    return len(asked) + _invite(nurse, place, now)


def _invite(nurse: Person, place: Territory, now: datetime) -> int:
    """Let the nurse have given an invitation on paper to some of her patients without a space."""
    rows = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True, account=None)
    closed = {people.Hindrance.MINOR, people.Hindrance.NO_BIRTH_DATE}
    open_to = (
        one
        for one in rows.order_by("pk")
        if people.may_speak_for(nurse, one) and people.hindrance_of(one) not in closed
    )
    count = 0
    for days, patient in zip(range(1, INVITED + 1), open_to, strict=False):
        made = invite(by=nurse, patient=patient, way=Way.PAPER)
        EntryCode.objects.of_patient(patient).filter(pk=made.pk).update(asked_at=now - timedelta(days=days))
        count += 1
    return count
