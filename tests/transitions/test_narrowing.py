"""What the person takes back ends the request to the DAC, or who follows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.people.actions import circle
from maillage.people.api import Part, Patient
from maillage.people.models import CareConsent, CareLink
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.models import ComplexCase
from maillage.transitions.queries import complex_cases as queries
from tests.transitions.test_cases import again


def told() -> None:
    """Let what was published be handled."""
    from maillage.kernel.models import Delivery

    Delivery.objects.update(try_after=timezone.now() - timedelta(seconds=1))
    outbox.drain()


def oppose_all(patient: Patient, manager: Person) -> None:
    circle.oppose(by=patient.account, patient=patient)


def oppose_plan(patient: Patient, manager: Person) -> None:
    circle.oppose(by=patient.account, patient=patient, parts=[Part.PLAN])


def end_link(patient: Patient, manager: Person) -> None:
    link = CareLink.objects.of_patient(patient).get(person=manager)
    circle.end_link(by=patient.account, link=link)


def withdraw_consents(patient: Patient, manager: Person) -> None:
    for one in CareConsent.objects.of_patient(patient).filter(person=manager):
        circle.withdraw_consent(by=patient.account, consent=one)


@pytest.mark.parametrize("take_back", [oppose_all, oppose_plan, end_link, withdraw_consents])
def test_what_the_person_takes_back_ends_the_request(
    take_back: Callable[[Patient, Person], None],
    case: ComplexCase,
    manager: Person,
    colleague: Person,
    patient: Patient,
) -> None:
    actions.accept_case(by=manager, case=case)
    take_back(patient, manager)
    told()
    row = again(case)
    assert (row.state, row.closed_by) == ("withdrawn", patient.account)
    assert row.outcome
    assert queries.cases_to_end(colleague) == []
    assert not CareLink.objects.of_patient(patient).filter(person=manager, ends_at=None).exists()
    assert not CareConsent.objects.of_patient(patient).filter(person=manager, until=None).exists()
    last = Entry.objects.filter(target=f"transitions.complexcase:{case.pk}").order_by("rank").last()
    assert last is not None
    assert (last.verb, last.by) == ("transitions.case_withdrawn", patient.account)


def test_a_request_that_nobody_took_ends_too(case: ComplexCase, manager: Person, patient: Patient) -> None:
    oppose_plan(patient, manager)
    told()
    assert again(case).state == "withdrawn"


def test_an_opposition_to_one_case_manager_leaves_the_request_to_a_colleague(
    case: ComplexCase, manager: Person, colleague: Person, patient: Patient
) -> None:
    actions.accept_case(by=manager, case=case)
    circle.oppose(by=patient.account, patient=patient, who=manager)
    told()
    row = again(case)
    assert (row.state, row.referent, row.link) == ("accepted", None, None)
    assert actions.take_over_case(by=colleague, case=row).referent == colleague
    told()
    assert again(case).referent == colleague


def test_what_concerns_the_request_in_nothing_changes_nothing(
    case: ComplexCase, manager: Person, nurse: Person, patient: Patient
) -> None:
    actions.accept_case(by=manager, case=case)
    circle.oppose(by=patient.account, patient=patient, who=nurse.professional, parts=[Part.HEALTH])
    circle.oppose(by=patient.account, patient=patient, parts=[Part.SOCIAL])
    told()
    assert again(case).state == "accepted"
    actions.close_case(by=manager, case=case, outcome="Aides posées")
    oppose_all(patient, manager)
    told()
    assert again(case).state == "closed"
