"""Networks: templates of the six steps, each dated and owned; what is late in words; small counts hidden."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.care.actions import networks as actions
from maillage.care.actions.leaving import count_steps, hand_steps_on
from maillage.care.models import NetworkPathway, NetworkStep
from maillage.care.pages.network_views import finding
from maillage.care.queries import networks as queries
from maillage.care.rules.networks import Counted, Network, StepFacts, counted, days_late, planned, shown
from maillage.care.rules.pathway import Step
from maillage.kernel import journal
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import CareOpposition
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_patient, make_person, make_professional
from tests.keys import ABSENT

TODAY = date(2026, 3, 10)


def days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def opened(by: Person, patient: Patient, ago: int = 0) -> NetworkPathway:
    made = actions.open_pathway(by=by, patient=patient, network=Network.GERIATRICS, key=f"{patient.pk}")
    for step in NetworkStep.objects.of_patient(patient).filter(pathway=made) if ago else ():
        step.due_on -= timedelta(days=ago)
        step.save()
    return made


def step_of(patient: Patient, step: Step) -> NetworkStep:
    rows = NetworkStep.objects.of_patient(patient).select_related("pathway__patient__scope")
    return rows.get(step=step.value)


def said(owner: Person, **more: object) -> dict[str, object]:
    return {"seen": 1, "owner": owner, "due_on": days(5), "done_on": None, "words": ""} | more


@pytest.mark.parametrize("network", Network)
def test_each_network_has_its_words_its_delays_its_partners_and_its_sheet(network: Network) -> None:
    found = queries.template(network)
    assert [step for step, _words, _days in found.steps] == list(Step)
    assert all(words for _step, words, _days in found.steps)
    assert found.delays.certainty == "non_etabli"
    assert found.kinds
    assert found.named
    assert len(found.partners) == len(found.kinds) + len(found.named)
    assert found.sheet.startswith("HAS, ")
    assert found.sheet in found.source.source
    due = planned(TODAY, found.days)
    assert due[Step.NEED] == TODAY
    early = [due[step] for step in list(Step)[:4]]
    assert all(before <= after for before, after in pairwise(early))


def test_what_is_late_is_counted_in_days_and_what_is_small_is_hidden() -> None:
    past = StepFacts(Step.PLAN, TODAY - timedelta(days=3), None)
    assert days_late(past, TODAY) == 3
    assert days_late(StepFacts(Step.PLAN, past.due_on, TODAY), TODAY) == 0
    assert days_late(StepFacts(Step.PLAN, TODAY, None), TODAY) == 0
    late = dict.fromkeys(Step, 0) | {Step.PLAN: 1}
    assert counted([[past], [StepFacts(Step.NEED, TODAY, TODAY)]], TODAY) == Counted(2, late)
    assert [shown(count, 11) for count in (0, 10, 11)] == [None, None, 11]


def test_a_pathway_opens_once_with_its_six_steps(patient: Patient, nurse: Person, doctor: Person) -> None:
    made = opened(nurse, patient)
    assert opened(nurse, patient) == made
    assert actions.open_pathway(by=doctor, patient=patient, network=Network.GERIATRICS, key="autre") == made
    (seen,) = queries.networks_of(patient)
    assert [one.row.step for one in seen.steps] == list(Step)
    assert {one.row.named for one in seen.steps} == {nurse.professional}
    assert [one.row.step for one in seen.steps if one.row.done_on] == [Step.NEED]
    assert seen.late == []
    assert "rien en retard" in finding([seen])
    lines = Entry.objects.filter(verb="care.network_opened", target=journal.target_of(made))
    assert lines.count() == 1


def test_a_step_is_written_once_and_two_writers_are_told(
    patient: Patient, nurse: Person, doctor: Person
) -> None:
    opened(nurse, patient)
    step = step_of(patient, Step.ASSESSMENT)
    done = said(doctor, done_on=days(0), words="au domicile")
    first = actions.write_step(by=nurse, step=step, **done)
    assert (first.version, first.named, first.done_on) == (2, doctor.professional, days(0))
    assert actions.write_step(by=nurse, step=step, **done).version == 2
    for wrong, sentence in (
        (said(nurse), "a changé"),
        (said(nurse, seen=2, done_on=days(1)), "aujourd’hui ou avant"),
        (said(patient.account, seen=2), "n’écrit pas dans ce plan"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            actions.write_step(by=nurse, step=step, **wrong)


def test_a_closed_pathway_is_kept_and_another_may_open(patient: Patient, nurse: Person) -> None:
    made = opened(nurse, patient)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        actions.close_pathway(by=nurse, pathway=made, why=" ")
    closed = actions.close_pathway(by=nurse, pathway=made, why="objectif atteint")
    assert actions.close_pathway(by=nurse, pathway=made, why="encore").closed_why == closed.closed_why
    with pytest.raises(ValidationError, match="est fermé"):
        actions.write_step(by=nurse, step=step_of(patient, Step.PLAN), **said(nurse))
    with pytest.raises(ValidationError, match="autre chose"):
        actions.open_pathway(by=nurse, patient=patient, network=Network.ADDICTION, key=f"{patient.pk}")
    again = actions.open_pathway(by=nurse, patient=patient, network=Network.GERIATRICS, key="k2")
    assert again != made
    assert [one.row for one in queries.networks_of(patient)] == [again, made]
    assert finding([]) == "Aucune filière n’est suivie."


def test_only_the_circle_reads_and_writes(
    patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    made = opened(nurse, patient)
    stranger = make_person("eva.loin", Role.NURSE, place.scope)
    make_professional("Loin", "Éva", stranger, profession="60")
    CareOpposition.objects.create(
        patient=patient, means="spoken", recorded_by=doctor, professional=nurse.professional
    )
    for refused in (stranger, nurse, patient.account):
        with pytest.raises(PermissionDenied):
            actions.close_pathway(by=refused, pathway=made, why="x")
    assert not NetworkPathway.objects.for_person(nurse).exists()
    assert not NetworkStep.objects.for_person(stranger).exists()


def test_the_steps_of_a_leaver_pass_to_who_writes_the_plan(
    patient: Patient, nurse: Person, doctor: Person
) -> None:
    opened(nurse, patient)
    assert count_steps(nurse) == 5
    assert hand_steps_on(Leaving(nurse, doctor, doctor, "Retraite")) == 5
    assert count_steps(nurse) == 0
    assert step_of(patient, Step.PLAN).named == doctor.professional


def test_the_counts_hide_what_is_small_and_name_nobody(
    patient: Patient, nurse: Person, coordinator: Person, place: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(nurse, patient, ago=60)
    found = {one.network: one for one in queries.network_counts(place.scope)}
    assert {one.open for one in found.values()} == {None}
    assert set(found[Network.GERIATRICS].late.values()) == {None}
    browser = client_of(coordinator)
    page = browser.get(reverse("care:networks")).content.decode()
    assert "trop peu pour être compté" in page
    assert patient.birth_name not in page
    for number in range(11):
        NetworkPathway.objects.create(
            patient=make_patient(f"Aulne{number}", place), network="geriatrics", opened_on=days(-40),
            key=f"n{number}", by=nurse,
        )  # fmt: skip
    for one in NetworkPathway.objects.in_scope(place.scope).exclude(patient=patient):
        NetworkStep.objects.create(pathway=one, step="plan", due_on=days(-1), by=nurse, person=nurse)
    page = browser.get(reverse("care:networks")).content.decode()
    assert "12 parcours ouverts" in page
    assert "Plan\N{NO-BREAK SPACE}: 12 en retard" in page
    assert "Premier contact\N{NO-BREAK SPACE}: 1" not in page
    assert client_of(nurse).get(reverse("care:networks")).status_code == 403


def test_the_pages_open_note_and_close_and_the_spine_says_what_is_late(
    patient: Patient, nurse: Person
) -> None:
    browser, page = client_of(nurse), reverse("care:pathways", args=[patient.pk])
    assert "Aucune filière" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "open", "network": "cardio", "key": "a"}).status_code == 422
    sent = {"do": "open", "network": "geriatrics", "key": "a"}
    assert browser.post(page, sent).status_code == 302
    assert browser.post(page, sent).status_code == 302
    assert NetworkPathway.objects.of_patient(patient).count() == 1
    step = step_of(patient, Step.FIRST_CONTACT)
    change = {
        "do": "step", "step": str(step.pk), "owner": str(nurse.pk), "due_on": f"{days(-2)}", "seen": "1",
        "done_on": "", "words": "visite\u202e",
    }  # fmt: skip
    wrong = browser.post(page, change)
    assert wrong.status_code == 422
    assert f"{days(-2)}" in wrong.content.decode()
    assert browser.post(page, change | {"words": "visite"}).status_code == 302
    stale = browser.post(page, change | {"words": "autre"}).content.decode()
    assert "a changé" in stale
    assert 'name="seen" value="2"' in stale
    assert "en retard de 2 jours" in browser.get(page).content.decode()
    spine = browser.get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "Gériatrie, premier contact en retard de 2 jours." in spine
    assert patient.account is not None
    own = client_of(patient.account)
    assert '<form class="stack"' not in own.get(page).content.decode()
    assert own.post(page, sent).status_code == 403
    pathway = NetworkPathway.objects.of_patient(patient).get()
    for bad in ({"do": "step", "step": str(ABSENT)}, {"do": "close", "pathway": "x"}):
        assert browser.post(page, bad).status_code == 404
    close = {"do": "close", "pathway": str(pathway.pk), "why": ""}
    assert browser.post(page, close).status_code == 422
    assert browser.post(page, close | {"why": "déménage"}).status_code == 302
    assert "Parcours fermés" in browser.get(page).content.decode()
