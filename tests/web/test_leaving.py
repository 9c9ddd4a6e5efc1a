"""Somebody of the demonstration leaves: every context ends or hands on what was theirs."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.kernel import journal, leaving
from maillage.kernel.contributions import Fate, withdrawals
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.people.models import CareLink
from tests.demonstrated import populated
from tests.packs import fictional_pack

__all__ = ["fictional_pack", "populated"]
pytestmark = pytest.mark.django_db

#: Who leaves, one after the other: those before may have handed something to those after.
ORDER = (
    Role.COORDINATOR,
    Role.REGULATOR,
    Role.NURSE,
    Role.PHARMACIST,
    Role.PHYSICIAN,
    Role.EHPAD,
    Role.CASE_MANAGER,
    Role.MIDWIFE,
    Role.CARER,
    Role.PATIENT,
    Role.BOARD,
)


def account_of(role: Role) -> Person:
    held = RoleAssignment.objects.filter(role=role, person__is_demonstration=True)
    return held.order_by("pk")[0].person


def test_all_that_was_theirs_ends_or_goes_to_others(populated: None, client: Client) -> None:
    dpo = account_of(Role.DPO)
    client.force_login(dpo)
    concerned: set[str] = set()
    for role in ORDER:
        person = account_of(role)
        before = {one.what.key: one.count for one in leaving.preview(person)}
        page = client.get(reverse("kernel:leaving", args=[person.pk]))
        assert page.status_code == 200
        assert page.text.count('<tr><th scope="row">') == len(before), role
        done = leaving.withdraw_person(by=dpo, person=person, reason="Départ", key=role.value)
        concerned |= {key for key, count, _taken in done.done if count}
        left = [one.what.key for one in leaving.preview(person) if one.what.fate is not Fate.STAYS]
        # What nobody else of the circle may read stays in the patient's file, for the next of them.
        of_care = {"care.tasks", "care.recalls", "care.steps", "care.rules"}
        assert set(left) <= of_care | {"orientation.requests", "roster.duties"}, role
        assert client.get(reverse("kernel:departure", args=[done.pk])).status_code == 200
        links = CareLink._base_manager.filter(person=person, ends_at=None)
        assert not links.exists(), role
    assert journal.verify().intact
    known = {one.key for one in withdrawals()}
    assert concerned <= known
    assert len(concerned) >= 8, sorted(known - concerned)
