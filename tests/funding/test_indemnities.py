"""Paying time: a meeting attended is paid once ever, under the ceiling, from the decision in force."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from maillage.directory.api import Professional
from maillage.funding.models import Indemnity, Operation
from maillage.funding.queries.ledger import balances
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.funding.conftest import decided_ceiling, decided_rate, held_meeting, validated


def test_a_meeting_attended_is_paid_once_ever(
    coordinator: Person, member: Person, place: Territory, professional: Professional
) -> None:
    (attendance,) = held_meeting(coordinator, place, professional)
    with pytest.raises(ValidationError, match="Aucun barème"):
        validated(coordinator, place, attendance)
    decided_rate(coordinator, place)
    with pytest.raises(ValidationError, match="plafond de 2026 n’est pas établi"):
        validated(coordinator, place, attendance)
    decided_ceiling(coordinator, place)
    with pytest.raises(PermissionDenied):
        validated(member, place, attendance)
    made = validated(coordinator, place, attendance)
    assert (made.cents, made.left_out, made.minutes, made.why) == (9000, 0, 90, "Conseil du 12 janvier 2026")
    # The double click is the same; another clerk, another form, is told.
    assert validated(coordinator, place, attendance) == made
    other = make_person("autre.coordination", Role.COORDINATOR, place.scope)
    for by, key in ((coordinator, "again"), (other, "v")):
        with pytest.raises(ValidationError, match=f"écriture n° {made.operation.number} du 20/11/2026"):
            validated(by, place, attendance, key)
    assert Indemnity.objects.in_scope(place.scope).count() == 1
    # The database says so too, whatever a program forgets.
    row = Operation.objects.in_scope(place.scope).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Operation.objects.create(
            scope=place.scope, number=99, day=row.day, kind=row.kind, label="x", source=row.source, by=other,
            key="z",
        )  # fmt: skip
    assert [one.cents for one in balances(place.scope)] == [-9000, 9000]
    assert Entry.objects.filter(verb="funding.operation_posted").count() == 1
