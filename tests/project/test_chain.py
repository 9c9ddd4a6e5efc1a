"""From the diagnosis to a meeting, on the screens of a coordinator: nothing is typed twice."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from maillage.care.api import Meeting
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.project.actions.projects import begin_project
from maillage.project.models import Action, ActionMeeting, Objective, Project, Step
from maillage.project.rules.states import ProjectKind
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory


def test_from_a_white_zone_to_a_meeting(diagnosed: Territory) -> None:
    coordinator = make_person("camille.bruyere", Role.COORDINATOR, diagnosed.scope)
    browser = client_of(coordinator)
    today = timezone.localdate()
    # Given a project begun,
    page = browser.get("/pilotage/projet/").content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    answer = browser.post(
        "/pilotage/projet/",
        {"key": key[1], "where": diagnosed.pk, "kind": "cpts", "title": "Projet 2027", "starts_on": today,
         "ends_on": today + timedelta(days=1826)},
    )  # fmt: skip
    project = Project.objects.in_scope(diagnosed.scope).get()
    assert answer.headers["Location"] == reverse("project:project", args=[project.pk])
    # when a white zone becomes an objective,
    findings = browser.get(reverse("project:findings", args=[project.pk])).content.decode()
    zone = re.search(
        r'name="finding" value="(zone:\w+)"><input type="hidden" name="key" value="(\w+)"', findings
    )
    assert zone is not None
    sent = {"finding": zone[1], "key": zone[2]}
    first = browser.post(reverse("project:findings", args=[project.pk]), sent)
    again = browser.post(reverse("project:findings", args=[project.pk]), sent)
    assert first.headers["Location"] == again.headers["Location"]
    objective = Objective.objects.of(project).get()
    # its figure is kept as it was, with its source, and the page says so;
    assert objective.value is not None
    assert objective.value > 0
    assert objective.source
    assert objective.basis
    assert objective.noted_on == today
    shown = browser.get(first.headers["Location"]).content.decode()
    assert "relevé le" in shown
    assert "aujourd’hui" not in shown
    # then an action with a step,
    browser.post(
        reverse("project:new_action", args=[objective.pk]),
        {"key": "a", "title": "Consultations avancées", "mission": objective.mission,
         "lead": f"a{coordinator.pk}", "starts_on": today, "indicator": "access.mean", "target": "2,5",
         "target_on": today + timedelta(days=700)},
    )  # fmt: skip
    action = Action.objects.of(project).get()
    here = reverse("project:action", args=[action.pk])
    browser.post(here, {"do": "add_step", "key": "s", "title": "Trouver une salle", "due_on": today})
    assert Step.objects.of(project).get().title == "Trouver une salle"
    # and a meeting whose agenda already says what it is about.
    hour = timezone.localtime() + timedelta(days=3)
    answer = browser.post(
        here,
        {"do": "meeting", "key": "m", "starts_at": hour.strftime("%Y-%m-%dT%H:%M"), "length": "60",
         "place": "Mairie"},
    )  # fmt: skip
    assert answer.status_code == 302
    meeting = Meeting.objects.in_scope(diagnosed.scope).get()
    assert ActionMeeting.objects.of(project).get().meeting_id == meeting.pk
    agenda = browser.get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "Projet de santé : Consultations avancées" in agenda.replace("\u00a0", " ")
    page = browser.get(reverse("project:project", args=[project.pk])).content.decode()
    assert "1 action, rien en retard" in page


def test_another_territory_is_not_found(objective: Objective) -> None:
    other = make_person("zoe.martin", Role.COORDINATOR, make_territory().scope)
    browser = client_of(other)
    for name, pk in (
        ("project", objective.project_id),
        ("objective", objective.pk),
        ("findings", objective.project_id),
    ):
        assert browser.get(reverse(f"project:{name}", args=[pk])).status_code == 404


def test_a_board_member_reads_and_writes_nothing(objective: Objective, member: Person) -> None:
    browser = client_of(member)
    page = browser.get(reverse("project:project", args=[objective.project_id]))
    assert page.status_code == 200
    assert "Noter une étape vers le contrat" not in page.content.decode()
    assert browser.get(reverse("project:new_action", args=[objective.pk])).status_code == 403


def test_each_page_of_the_diagnosis_leads_who_writes_the_project_to_its_objectives(
    diagnosed: Territory,
) -> None:
    coordinator = make_person("camille.bruyere", Role.COORDINATOR, diagnosed.scope)
    member = make_person("bernard.chataignier", Role.BOARD, diagnosed.scope)
    pages = {
        "white_zones": "zone", "access": "zone", "needs": "need", "portrait": "need", "flows": "flow",
        "supply": "workforce",
    }  # fmt: skip

    def shown(person: Person, page: str) -> str:
        return client_of(person).get(reverse(f"territory:{page}", args=[diagnosed.slug])).content.decode()

    # Given no project, when who writes it reads the diagnosis, then they are led to begin one;
    assert "Ouvrir un projet de santé" in shown(coordinator, "white_zones")
    today = timezone.localdate()
    project = begin_project(
        by=coordinator, place=diagnosed, kind=ProjectKind.CPTS, title="Projet", starts_on=today,
        ends_on=today + timedelta(days=1826), key="p",
    )  # fmt: skip
    # given one, then each page leads to what it found there;
    for page, group in pages.items():
        address = f"{reverse('project:findings', args=[project.pk])}#{group}"
        assert f'href="{address}"' in shown(coordinator, page), page
    # and neither who only reads, nor a page without findings, is led anywhere.
    assert "En faire un objectif" not in shown(member, "white_zones")
    assert "En faire un objectif" not in shown(coordinator, "what_if")
