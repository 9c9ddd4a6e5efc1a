"""A task is asked, done once with its words, passed on or cancelled, and read as the circle says."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from maillage.care import api
from maillage.care.models import Task
from maillage.care.queries.tasks import said_timeliness
from maillage.exchange.models import Notification
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry, CareLink
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person


@pytest.fixture
def task(patient: Patient, nurse: Person, doctor: Person) -> Task:
    """The nurse asks the doctor to see the treatment again."""
    return asked(nurse, patient, doctor)


def asked(by: Person | None, patient: Patient, owner: Person, **values: object) -> Task:
    return api.open_task(
        by=by,
        scope=patient.scope,
        patient=patient,
        owner=owner,
        **{"title": "Revoir le diurétique", "key": "k1"} | values,
    )


def test_asked_again_it_is_one_task_and_its_owner_is_told_once(
    task: Task, patient: Patient, nurse: Person
) -> None:
    again = asked(nurse, patient, nurse)
    assert again == task
    told = Notification.objects.in_scope(patient.scope).filter(template="task_given")
    assert [one.person for one in told] == [task.professional.account]
    assert "Tilleul" not in str(told[0].parameters)
    assert task.due_at is not None
    assert (task.due_at - task.at).total_seconds() == 168 * 3600


def test_it_is_done_once_with_its_words(task: Task, doctor: Person, nurse: Person) -> None:
    done = api.close_task(by=doctor, task=task, outcome="Furosémide passé à 40 mg")
    again = api.close_task(by=nurse, task=task, outcome="autre")
    assert (done.state, again.outcome, again.closed_by) == ("done", "Furosémide passé à 40 mg", doctor)
    told = Entry.objects.filter(target=f"care.task:{task.pk}").order_by("rank")
    verbs = list(told.values_list("verb", flat=True))
    assert verbs == ["care.task_opened", "care.task_done"]
    with pytest.raises(ValidationError, match="déjà close"):
        api.cancel_task(by=doctor, task=task, reason="erreur")
    found = api.answered_in_time(task.scope)
    assert (found.in_time, found.answerable, found.share) == (1, 1, 1.0)
    assert "1 sur 1" in said_timeliness(found)


def test_what_a_rule_raised_is_not_ticked_away_without_a_word(patient: Patient, doctor: Person) -> None:
    raised = asked(None, patient, doctor, origin=api.TaskOrigin.ALERT, source="care.alertrule:1")
    with pytest.raises(ValidationError, match="ce qui a été fait"):
        api.close_task(by=doctor, task=raised)
    assert api.close_task(by=doctor, task=raised, outcome="Vue ce matin").state == "done"


def test_it_is_passed_on_with_its_deadline_once(task: Task, doctor: Person, pharmacist: Person) -> None:
    sheet = pharmacist.professional
    following = api.transfer_task(by=doctor, task=task, to=sheet, reason="délivrance")
    assert api.transfer_task(by=doctor, task=task, to=sheet) == following
    assert (following.follows, following.due_at, following.owner) == (task, task.due_at, sheet)
    assert Task.objects.in_scope(task.scope).get(pk=task.pk).state == "transferred"
    with pytest.raises(ValidationError, match="déjà cette tâche"):
        api.transfer_task(by=pharmacist, task=following, to=pharmacist)


def test_who_is_outside_the_circle_neither_gets_nor_reads_nor_closes_it(
    task: Task, patient: Patient, place: Territory, nurse: Person
) -> None:
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    with pytest.raises(ValidationError, match="ne lit pas le plan"):
        asked(nurse, patient, stranger, key="k2")
    with pytest.raises(PermissionDenied):
        asked(stranger, patient, nurse, key="k3")
    with pytest.raises(PermissionDenied):
        api.close_task(by=stranger, task=task, outcome="fait")
    assert client_of(stranger).get(reverse("care:task", args=[task.pk])).status_code == 404


def test_an_owner_who_left_the_circle_reads_it_no_more(
    patient: Patient, nurse: Person, doctor: Person, pharmacist: Person
) -> None:
    own = asked(doctor, patient, pharmacist)
    assert api.waiting_tasks(pharmacist) == [own]
    link = CareLink.objects.of_patient(patient).get(professional=pharmacist.professional)
    circle.end_link(by=doctor, link=link)
    assert api.waiting_tasks(pharmacist) == []
    assert api.tasks_of(patient) == [own]


def test_a_key_is_of_whoever_used_it(
    patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    """The same from somebody else makes their own task, or is refused as theirs, and tells nothing."""
    mine = asked(nurse, patient, doctor)
    theirs = asked(doctor, patient, nurse)
    ruled = asked(None, patient, nurse)
    assert len({mine.pk, theirs.pk, ruled.pk}) == 3
    assert [asked(by, patient, nurse) for by in (nurse, doctor, None)] == [mine, theirs, ruled]
    with pytest.raises(PermissionDenied):
        asked(make_person("jean.orme", Role.PATIENT, place.scope), patient, nurse)
    with pytest.raises(ValidationError, match="déjà servi à autre chose"):
        api.open_task(by=nurse, scope=place.scope, owner=doctor, title="Commander des gants", key=mine.key)


def test_a_task_about_nobody_is_between_those_who_work_there(
    place: Territory, nurse: Person, doctor: Person
) -> None:
    made = api.open_task(by=nurse, scope=place.scope, owner=doctor, title="Commander des gants", key="g")
    assert api.waiting_tasks(doctor) == [made]
    patient_account = make_person("jean.orme", Role.PATIENT, place.scope)
    with pytest.raises(PermissionDenied):
        api.open_task(by=patient_account, scope=place.scope, owner=doctor, title="x", key="h")
    with pytest.raises(ValidationError):
        api.open_task(by=nurse, scope=place.scope, owner=doctor, title="  ", key="i")
    assert api.cancel_task(by=nurse, task=made, reason="déjà fait").state == "cancelled"


def test_the_first_screen_says_it_without_health_and_does_it_in_place(
    patient: Patient, doctor: Person, nurse: Person
) -> None:
    asked(nurse, patient, doctor)
    raised = asked(None, patient, doctor, origin=api.TaskOrigin.ALERT, key="k9")
    browser = client_of(doctor)
    page = browser.get("/").content.decode()
    assert "2 tâches à faire" in page
    assert "Tilleul" not in page
    assert "diurétique" not in page
    answer = browser.post(
        reverse("care:close_task", args=[raised.pk]), {"outcome": "Vu", "next": "/"}, follow=True
    )
    assert answer.redirect_chain == [("/", 302)]
    assert "Tâche faite." in answer.content.decode()
    assert "1 tâche à faire" in answer.content.decode()


def test_the_pages_name_the_patient_and_log_it(
    task: Task, patient: Patient, doctor: Person, nurse: Person
) -> None:
    browser = client_of(doctor)
    page = browser.get(reverse("care:tasks")).content.decode()
    assert "Tilleul".upper() in page
    assert "1 tâche à faire, aucune en retard." in page
    shown = browser.get(reverse("care:task", args=[task.pk])).content.decode()
    assert "Inès Capucine" in shown
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=doctor).count() == 2
    asked_page = client_of(nurse).get(reverse("care:tasks")).content.decode()
    assert "Rien n’attend de vous." in asked_page
    assert "Ce que vous avez demandé" in asked_page


def test_the_person_reads_a_task_of_their_plan_and_is_led_nowhere_else(task: Task, patient: Patient) -> None:
    patient.account = make_person("louise.tillac", Role.PATIENT, None)
    patient.save()
    browser, address = client_of(patient.account), reverse("care:task", args=[task.pk])
    page = browser.get(address).content.decode()
    assert f'href="{reverse("care:tasks")}"' not in page
    assert reverse("care:plan", args=[patient.pk]) in page
    refused = browser.post(reverse("care:cancel_task", args=[task.pk]), {"reason": "non"}, follow=True)
    assert refused.redirect_chain == [(address, 302)]
    assert "se clôt par qui la porte" in refused.content.decode()


def test_the_gestures_of_the_page(task: Task, patient: Patient, doctor: Person, pharmacist: Person) -> None:
    browser = client_of(doctor)
    key = f"p{pharmacist.professional.pk}"

    def post(name: str, **data: str) -> str:
        return browser.post(reverse(f"care:{name}", args=[task.pk]), data, follow=True).content.decode()

    assert "Choisissez à qui" in post("transfer_task", to="p0")
    assert "Dites pourquoi" in post("cancel_task")
    assert "Tâche transmise à Paul Réglisse." in post("transfer_task", to=key)
    assert "déjà close" in post("close_task", outcome="fait")
    answer = browser.get(reverse("care:close_task", args=[task.pk]))
    assert answer["Location"] == reverse("care:task", args=[task.pk])
    following = Task.objects.of_patient(patient).get(follows=task)
    sent = client_of(pharmacist).post(
        reverse("care:close_task", args=[following.pk]), {"next": "https://ailleurs.example/"}
    )
    assert sent["Location"] == reverse("care:tasks")
