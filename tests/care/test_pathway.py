"""The six steps: derived from what was done, each dated and owned, what is late in words."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.care import api
from maillage.care.models import Task
from maillage.care.rules.pathway import Done, Facts, Late, Step, current, pathway
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.care.conftest import client_of

TODAY = date(2026, 3, 14)


def test_the_steps_are_in_order_with_who_did_them() -> None:
    done = ((Step.NEED, Done(TODAY)), (Step.FIRST_CONTACT, Done(TODAY, "Inès Capucine")))
    steps = pathway(Facts(done), TODAY, 7)
    assert [one.step for one in steps] == list(Step)
    assert steps[1].done == Done(TODAY, "Inès Capucine")
    assert [one.late for one in steps] == [None] * 6
    assert current(steps) is Step.ASSESSMENT


@pytest.mark.parametrize(
    ("facts", "step", "late"),
    [
        (Facts(((Step.NEED, Done(TODAY - timedelta(days=8))),)), Step.FIRST_CONTACT, Late.NO_CONTACT),
        (Facts((), late_tasks=2), Step.FOLLOW_UP, Late.TASKS),
        (Facts((), review_on=TODAY - timedelta(days=1)), Step.SUPPORT, Late.REVIEW),
    ],
)
def test_what_is_late_is_the_step_to_see(facts: Facts, step: Step, late: Late) -> None:
    steps = pathway(facts, TODAY, 7)
    assert {one.step: one.late for one in steps if one.late} == {step: late}
    assert current(steps) is step


def test_on_its_day_nothing_is_late() -> None:
    facts = Facts(((Step.NEED, Done(TODAY - timedelta(days=7))),), review_on=TODAY)
    assert not [one for one in pathway(facts, TODAY, 7) if one.late]
    every = Facts(tuple((step, Done(TODAY)) for step in Step))
    assert current(pathway(every, TODAY, 7)) is Step.SUPPORT


def test_the_patient_s_page_begins_with_the_pathway(patient: Patient, doctor: Person, nurse: Person) -> None:
    content = {
        "preferences": "Rester chez moi",
        "problem.0000000a.text": "Insuffisance cardiaque",
        "revision_on": (timezone.localdate() - timedelta(days=1)).isoformat(),
    }
    api.save_plan(by=doctor, patient=patient, base=0, content=content)
    task = api.open_task(
        by=nurse, scope=patient.scope, patient=patient, owner=doctor, title="Appeler", key="k"
    )
    api.close_task(by=doctor, task=task, outcome="fait")
    late = api.open_task(
        by=nurse, scope=patient.scope, patient=patient, owner=doctor, title="Revoir", key="l"
    )
    page = client_of(nurse).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert page.index("Parcours") < page.index("Plan partagé") < page.index('id="identity"')
    assert "accompagnement. La date de révision du plan est passée." in page
    Task.objects.of_patient(patient).filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    page = client_of(nurse).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "Des tâches ont passé leur échéance." in page
    assert patient.account is not None
    own = client_of(patient.account).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "Mon parcours" in own
