"""Every address of a patient's care, for every role and state of the link, answers as the circle decides.

The addresses come from the resolver: a new one without a line in `PARTS` fails.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import get_resolver
from django.utils import timezone

from maillage.care import api
from maillage.care.actions.recalls import add_recall
from maillage.care.models import PlanVersion
from maillage.care.rules.alerts import ConditionKind
from maillage.care.rules.recalls import RecallKind
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Part, Patient, decision
from maillage.people.models import CareConsent, CareLink, CareOpposition
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.care.conftest import client_of
from tests.factories import make_person, make_professional

#: The part of the file that each address of a patient reads.
PARTS = {
    "care:alert_rule": Part.HEALTH,
    "care:correct_measure": Part.HEALTH,
    "care:measures": Part.HEALTH,
    "care:write_rule": Part.HEALTH,
    "care:follow_up": Part.HEALTH,
    "care:recall": Part.HEALTH,
    "care:pathways": Part.PLAN,
    "care:questionnaires": Part.HEALTH,
    "care:questionnaire": Part.HEALTH,
    "care:questionnaire_pdf": Part.HEALTH,
    "care:plan": Part.PLAN,
    "care:plan_edit": Part.PLAN,
    "care:plan_merge": Part.PLAN,
    "care:plan_compare": Part.PLAN,
    "care:plan_consent": Part.PLAN,
    "care:plan_wishes": Part.PLAN,
    "care:plan_pdf": Part.PLAN,
    "care:plain_plan_pdf": Part.PLAN,
}
ADDRESSES = {one.name: one for one in addresses(get_resolver().url_patterns) if one.name.startswith("care:")}
OF_A_PATIENT = [one for one in ADDRESSES.values() if one.pattern.startswith("/soins/patients/<int:pk>/")]
ROLES = (
    Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.PHYSIOTHERAPIST, Role.EHPAD, Role.CASE_MANAGER,
    Role.CARER, Role.REGULATOR, Role.COORDINATOR, Role.DPO,
)  # fmt: skip
STATES = ("none", "told", "untold", "ended", "opposed", "outside", "consented", "booking", "emergency", "own")


def linked(patient: Patient, person: Person, role: Role, state: str) -> None:
    """Join `person` to the patient as `state` says."""
    now = timezone.now()
    sheet = getattr(person, "professional", None)
    who = {"professional": sheet} if sheet else {"person": person}
    if state == "own":
        patient.account = person
        patient.save()
        return
    if state == "none":
        return
    outside = {"outside": "advice", "consented": "advice", "booking": "booking", "emergency": "emergency"}
    CareLink.objects.create(
        patient=patient,
        role=role.value,
        origin=outside.get(state, "team"),
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=1) if state == "ended" else None,
        informed_at=None if state == "untold" else now - timedelta(days=1),
        **who,
    )
    if state == "consented":
        CareConsent.objects.create(patient=patient, means="spoken", recorded_by=person, **who)
    if state == "opposed":
        CareOpposition.objects.create(patient=patient, means="spoken", recorded_by=person, **who)


def measured(patient: Patient, nurse: Person) -> dict[str, int]:
    """Give the patient a measure, an alert rule, a recall, a questionnaire; return their keys by name."""
    (made,) = api.record_measures(
        by=nurse, patient=patient, values={"weight": Decimal(70)}, taken_at=timezone.now(), key="m"
    )
    rule = api.draft_rule(
        by=nurse, patient=patient, kind="weight", condition=ConditionKind.RISE, amount=Decimal(2), days=3,
        owner=nurse, what="Appeler", hours=24,
    )  # fmt: skip
    recall = add_recall(
        by=nurse,
        patient=patient,
        kind=RecallKind.VACCINATION,
        due_on=timezone.localdate(),
        owner=nurse,
        key="r",
    )
    asked = api.ask_questionnaire(by=nurse, patient=patient, code="daily", key="q")
    return {"measure": made.pk, "rule": rule.pk, "recall": recall.pk, "asked": asked.pk}


def test_every_address_of_a_patient_has_its_line() -> None:
    assert {one.name for one in OF_A_PATIENT} == set(PARTS)


@pytest.mark.parametrize("state", STATES)
def test_each_address_answers_as_the_circle_decides(
    state: str, patient: Patient, place: Territory, doctor: Person, nurse: Person
) -> None:
    api.save_plan(by=doctor, patient=patient, base=0, content={"preferences": "a"})
    api.save_plan(by=doctor, patient=patient, base=1, content={"preferences": "b"})
    aside = api.save_plan(by=nurse, patient=patient, base=1, content={"preferences": "c"}).version
    assert PlanVersion.objects.of_patient(patient).filter(is_aside=True).exists()
    keys = {"pk": patient.pk, "number": aside.number, **measured(patient, nurse)}
    opened = 0
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser = client_of(person)
        for one in OF_A_PATIENT:
            path = one.filled(lambda _kind, name: str(keys[name]))
            allowed = decision(person, patient, PARTS[one.name]).is_allowed
            status = browser.get(path).status_code
            assert (status != 404) == allowed, (role, one.name, status)
            if not allowed:
                assert browser.post(path, {"base": "1"}).status_code in {404, 405}, (role, one.name)
            opened += allowed
    assert (opened > 0) == (state in {"told", "consented", "emergency", "own"})
