"""Writing a project: who may, what is refused in words, nothing lost where two write at once."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from maillage.directory.api import Professional
from maillage.kernel.contributions import Leaving, inbox_source
from maillage.kernel.inboxes import waiting
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.kernel.writes import StaleError
from maillage.project import api
from maillage.project.actions.leaving import WITHDRAWALS
from maillage.project.actions.projects import change_project, mark_mission, take_step, write_chapter
from maillage.project.actions.templates import start_from_template
from maillage.project.actions.work import (
    add_action,
    add_money,
    add_step,
    change_action,
    give_action,
    note_step,
)
from maillage.project.models import (
    Action,
    ActionEvidence,
    ActionFile,
    BudgetLine,
    Chapter,
    Objective,
    Passage,
    Project,
)
from maillage.project.pages.blocks import actions_followed, inbox_lines, late_in_project
from maillage.project.queries.projects import whole_of
from maillage.project.queries.signs import signs_of
from maillage.project.rules.actions import MoneySource
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectState
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.keys import ABSENT

TODAY = timezone.localdate


def acted(by: Person, objective: Objective, **values: Any) -> Action:
    said: dict[str, Any] = {"title": "Consultations", "starts_on": TODAY(), "key": "a", "lead": by}
    return add_action(by=by, objective=objective, **said | values)


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    return made.getvalue()


def test_a_project_goes_to_its_contract_step_by_step(coordinator: Person, project: Project) -> None:
    day = TODAY() - dt.timedelta(days=900)
    with pytest.raises(ValidationError, match="n’en est plus là"):
        take_step(by=coordinator, project=project, to=ProjectState.SIGNED, on=day, key="x")
    for rank, to in enumerate(
        (ProjectState.LETTER_SENT, ProjectState.SUBMITTED, ProjectState.VALIDATED, ProjectState.SIGNED)
    ):
        on = day + dt.timedelta(days=rank)
        made = take_step(by=coordinator, project=project, to=to, on=on, key=f"s{rank}")
        assert take_step(by=coordinator, project=project, to=to, on=on, key=f"s{rank}") == made
    project.refresh_from_db()
    assert project.signed_on == day + dt.timedelta(days=3)
    assert Passage.objects.of(project).count() == 4
    whole = whole_of(project)
    assert {one.mission for one in whole.late_clocks} == {
        Mission.ACCESS, Mission.PATHWAYS, Mission.PREVENTION, Mission.CRISIS,
    }  # fmt: skip
    mark_mission(by=coordinator, project=project, mission=Mission.ACCESS, started_on=day, deployed_on=TODAY())
    late = late_in_project(coordinator)
    assert late is not None
    assert late.said == "3 missions en retard"
    assert [line.is_late for line in late.lines] == [True] * 3
    with pytest.raises(ValidationError, match="deux jours"):
        mark_mission(
            by=coordinator, project=project, mission=Mission.CRISIS, started_on=None, deployed_on=day
        )
    with pytest.raises(ValidationError, match="à venir"):
        mark_mission(
            by=coordinator, project=project, mission=Mission.CRISIS, deployed_on=None,
            started_on=TODAY() + dt.timedelta(days=1),
        )  # fmt: skip


def test_an_ended_project_is_not_written_any_more(coordinator: Person, objective: Objective) -> None:
    take_step(
        by=coordinator,
        project=objective.project,
        to=ProjectState.ENDED,
        on=TODAY(),
        key="end",
        reason="fusion",
    )
    with pytest.raises(ValidationError, match="terminé"):
        acted(coordinator, objective)


def test_who_reads_writes_nothing(member: Person, objective: Objective) -> None:
    with pytest.raises(PermissionDenied):
        acted(member, objective)


def test_a_lead_notes_their_steps_and_a_colleague_does_not(
    coordinator: Person, objective: Objective, doctor: Person, professional: Professional, place: Territory
) -> None:
    action = acted(coordinator, objective, lead=professional)
    step = add_step(by=doctor, action=action, title="Salle", due_on=TODAY(), key="s")
    other = make_person("ines.capucine", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied, match="pilote"):
        note_step(by=other, step=step, done_on=TODAY())
    (pending,) = next(rows for source, rows in waiting(doctor).items() if source.kind == "project.steps")
    assert pending.pk == step.pk
    assert [one.text for one in inbox_lines(doctor, [step.pk])] == ["Salle"]
    source = inbox_source("project.steps")
    assert source is not None
    assert source.confided is not None
    (held,) = source.confided.lines(doctor, other, [step.pk])
    assert (held.text, held.url, held.deeds) == ("Salle", "", ()), (
        "its owner’s to do, even held by a colleague"
    )
    with pytest.raises(ValidationError, match="à venir"):
        note_step(by=doctor, step=step, done_on=TODAY() + dt.timedelta(days=1))
    browser = client_of(doctor)
    browser.post(reverse("project:action", args=[action.pk]), {"do": "step", "row": step.pk})
    step.refresh_from_db()
    assert step.done_on == TODAY()
    assert inbox_lines(doctor, [step.pk]) == []


def test_the_board_reads_what_is_late_and_leaves_what_is_spent_to_the_ledger(
    coordinator: Person, objective: Objective, member: Person
) -> None:
    assert actions_followed(member) is None
    late = acted(coordinator, objective)
    acted(coordinator, objective, key="b", title="Autre")
    add_step(by=coordinator, action=late, title="Salle", due_on=TODAY() - dt.timedelta(days=3), key="s")
    add_money(
        by=coordinator, action=late, source=MoneySource.ACI, label="Temps", asked=Decimal("100.10"),
        granted=Decimal("100.00"), spent=Decimal("41.00"), key="m",
    )  # fmt: skip
    found = actions_followed(member)
    assert found is not None
    assert found.said.replace("\u00a0", " ") == "1 action en retard sur 2"
    assert [line.text for line in found.lines] == ["Consultations"]


def test_two_who_change_an_action_at_once_lose_nothing(coordinator: Person, objective: Objective) -> None:
    action = acted(coordinator, objective)
    values = {"title": "Consultations", "starts_on": TODAY()}
    first = change_action(by=coordinator, action=action, base=1, said="le premier texte", **values)
    assert first.version == 2
    with pytest.raises(StaleError):
        change_action(by=coordinator, action=action, base=1, said="le second texte", **values)
    # On the page, the second text comes back beside the first; sent again, it is kept.
    browser = client_of(coordinator)
    here = reverse("project:action", args=[action.pk])
    sent = {
        "do": "change", "base": "1", "title": "Consultations", "mission": action.mission,
        "starts_on": TODAY(), "said": "le second texte",
    }  # fmt: skip
    answer = browser.post(here, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "le premier texte" in page
    assert "le second texte" in page
    assert 'name="base" value="2"' in page
    assert browser.post(here, sent | {"base": "2"}).status_code == 302
    assert Action.objects.of(action.project).get().said == "le second texte"


def test_two_who_write_a_chapter_at_once_lose_nothing(coordinator: Person, project: Project) -> None:
    browser = client_of(coordinator)
    here = reverse("project:texts", args=[project.pk])
    sent = {"do": "write", "chapter": "needs_said", "base": "0"}
    assert browser.post(here, sent | {"text": "premier"}).status_code == 302
    answer = browser.post(here, sent | {"text": "second"})
    assert answer.status_code == 422
    assert "premier" in answer.content.decode()
    assert Chapter.objects.of(project).get().text == "premier"
    with pytest.raises(ValidationError, match="pas connu"):
        write_chapter(by=coordinator, project=project, name="autre", base=0, text="x")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12,345", "plus de deux décimales"),
        ("-5", "en négatif"),
        ("beaucoup", "pas un montant"),
        ("1e9", "pas un montant"),
        ("100 000 001", "dépasse 100 millions"),
    ],
)
def test_an_amount_that_is_none_is_refused_with_what_to_write(
    coordinator: Person, objective: Objective, amount: str, said: str
) -> None:
    action = acted(coordinator, objective)
    answer = client_of(coordinator).post(
        reverse("project:action", args=[action.pk]),
        {"do": "money", "key": "k", "source": "aci", "label": "Temps", "asked": amount},
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not BudgetLine.objects.of(action.project).exists()


@pytest.mark.parametrize("typed", ["1\u202f234,56 €", "1.234,56", "1234.56", "1 234,56 euros"])
def test_an_amount_is_kept_to_the_cent(coordinator: Person, objective: Objective, typed: str) -> None:
    action = acted(coordinator, objective)
    browser = client_of(coordinator)
    here = reverse("project:action", args=[action.pk])
    browser.post(here, {"do": "money", "key": "k", "source": "fir", "label": "Temps", "asked": typed})
    line = BudgetLine.objects.of(action.project).get()
    assert (line.asked, line.granted, line.spent) == (Decimal("1234.56"), None, Decimal(0))
    sent = {"do": f"money-{line.pk}", "base": "1", "asked": "1234,56", "granted": "1000", "spent": "0,01"}
    assert browser.post(here, sent).status_code == 302
    assert browser.post(here, sent | {"spent": "5"}).status_code == 422
    line.refresh_from_db()
    assert (line.granted, line.spent, line.version) == (Decimal(1000), Decimal("0.01"), 2)
    found = whole_of(action.project).money
    assert (found.asked, found.granted, found.spent) == (Decimal("1234.56"), Decimal(1000), Decimal("0.01"))


def test_a_proof_is_dated_and_is_something(coordinator: Person, objective: Objective) -> None:
    action = acted(coordinator, objective)
    browser = client_of(coordinator)
    here = reverse("project:action", args=[action.pk])
    sent = {"do": "evidence", "key": "e", "label": "Feuille de présence", "on": TODAY()}
    assert browser.post(here, sent).status_code == 422
    script = SimpleUploadedFile("feuille.pdf", b"<script>alert(1)</script>")
    refused = browser.post(here, sent | {"document": script})
    assert refused.status_code == 422
    assert "ni une photo" in refused.content.decode()
    assert not ActionEvidence.objects.of(action.project).exists()
    browser.post(here, sent | {"document": SimpleUploadedFile("feuille.png", photo())})
    file = ActionFile.objects.of_action(action).get()
    answer = browser.get(reverse("project:evidence_file", args=[action.pk, file.pk]))
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert browser.get(reverse("project:evidence_file", args=[action.pk, ABSENT])).status_code == 404


def test_the_key_of_a_form_makes_one_row(coordinator: Person, objective: Objective) -> None:
    first = acted(coordinator, objective)
    assert acted(coordinator, objective) == first
    other = api.add_objective(
        by=coordinator, project=objective.project, mission=Mission.CRISIS, title="Autre", key="o2"
    )
    with pytest.raises(ValidationError, match="déjà servi"):
        acted(coordinator, other)


def test_a_template_is_a_draft_added_once(coordinator: Person, project: Project) -> None:
    made = start_from_template(by=coordinator, project=project, name="cpts_rural", key="t")
    assert [
        one.pk for one in start_from_template(by=coordinator, project=project, name="cpts_rural", key="t")
    ] == [one.pk for one in made]
    assert Objective.objects.of(project).count() == len(made) > 5
    with pytest.raises(ValidationError, match="pas connu"):
        start_from_template(by=coordinator, project=project, name="autre", key="t2")


def test_one_person_who_carries_everything_is_a_sign_with_its_rows(
    coordinator: Person, objective: Objective
) -> None:
    for key in "abc":
        acted(coordinator, objective, key=key, title=f"Action {key}")
    found = signs_of(whole_of(objective.project))
    assert found.count == 1
    assert found.carried is not None
    assert [one.action.title for one in found.carried_actions] == ["Action a", "Action b", "Action c"]
    page = (
        client_of(coordinator).get(reverse("project:project", args=[objective.project_id])).content.decode()
    )
    assert "porte 3 des 3 actions ouvertes" in page


def test_the_actions_of_somebody_who_leaves_pass_to_their_successor(
    coordinator: Person, objective: Objective, doctor: Person, professional: Professional
) -> None:
    action = acted(coordinator, objective, lead=professional)
    step = add_step(by=coordinator, action=action, title="Salle", due_on=TODAY(), key="s", lead=doctor)
    for one in WITHDRAWALS:
        assert one.count(doctor) == 1
        assert one.withdraw is not None
        assert one.withdraw(Leaving(doctor, coordinator, coordinator, "départ")) == 1
        assert one.count(doctor) == 0
    action.refresh_from_db()
    step.refresh_from_db()
    assert (action.person, action.professional, step.person) == (coordinator, None, coordinator)


def test_a_change_is_told_by_the_journal_without_the_texts(coordinator: Person, project: Project) -> None:
    change_project(
        by=coordinator, project=project, base=1, title="Projet du Val et du Mont",
        starts_on=project.starts_on, ends_on=project.ends_on,
    )  # fmt: skip
    write_chapter(by=coordinator, project=project, name="needs_said", base=0, text="texte qui reste ici")
    rows = list(Entry.objects.filter(verb__startswith="project."))
    assert {one.verb for one in rows} == {"project.begun", "project.changed", "project.chapter_written"}
    assert not [one for one in rows if "texte qui reste ici" in one.changes_text]


def test_giving_an_action_to_somebody_of_the_directory(
    coordinator: Person, objective: Objective, professional: Professional
) -> None:
    action = acted(coordinator, objective, lead=None)
    browser = client_of(coordinator)
    here = reverse("project:action", args=[action.pk])
    assert "Aubépine" in browser.get(here, {"q": "Aubépine"}).content.decode()
    browser.post(here, {"do": "give", "lead": f"p{professional.pk}"})
    action.refresh_from_db()
    assert action.lead == professional
    assert give_action(by=coordinator, action=action, lead=professional).version == action.version
    for wrong in ("p999999", "a\x00", "zz"):
        browser.post(here, {"do": "give", "lead": wrong})
    action.refresh_from_db()
    assert action.lead == professional


def test_what_others_ask_of_a_project(coordinator: Person, objective: Objective, place: Territory) -> None:
    action = acted(
        coordinator, objective, indicator="access.mean", target=Decimal("2.5"), target_on=TODAY(),
        indicator_unit="consultations",
    )  # fmt: skip
    assert api.project_in_force(place) == objective.project
    assert api.actions_of(coordinator, place) == [action]
    (effect,) = api.effects_of(objective.project)
    assert (effect.indicator, effect.target, effect.target_on) == ("access.mean", Decimal("2.5"), TODAY())
    assert api.action_seen_by(coordinator, action.pk) == action
    assert api.action_seen_by(make_person("zoe.martin", Role.COORDINATOR, None), action.pk) == action
