"""What a tired or a hostile hand may do: forms sent again, states in the wrong order, days of elsewhere."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.project.actions import agreements, objectives, projects, work
from maillage.project.actions.checks import keep_check
from maillage.project.models import AgreementParty, Axis, Objective, Passage, PrivateCheck, Project
from maillage.project.rules.actions import MoneySource
from maillage.project.rules.agreements import AgreementKind
from maillage.project.rules.checks import ITEMS
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind, ProjectState
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory
from tests.factories.documents import documents

TODAY = dt.date(2026, 5, 4)


def written(by: Person, place: Territory, **values: object) -> agreements.Agreement:
    said: dict[str, object] = {
        "kind": AgreementKind.CARE_HOME, "title": "Convention", "text": "Entre …", "key": "c",
        "starts_on": TODAY, "ends_on": dt.date(2028, 2, 29), "is_tacit": False, "renewal_months": 12,
        "notice_days": 30,
    }  # fmt: skip
    return agreements.add_agreement(by=by, place=place, **said | values)


def test_a_form_sent_again_with_other_values_is_never_answered_by_the_first(
    coordinator: Person, place: Territory, project: Project, objective: Objective
) -> None:
    by = coordinator
    action = work.add_action(by=by, objective=objective, title="Accueillir", starts_on=TODAY, key="a")
    made: list[tuple[Callable[..., object], dict[str, object], dict[str, object]]] = [
        (
            projects.begin_project,
            {"place": place, "kind": ProjectKind.MSP, "title": "Maison", "starts_on": TODAY,
             "ends_on": dt.date(2030, 1, 1), "key": "b"},
            {"ends_on": dt.date(2031, 1, 1)},
        ),
        (objectives.add_axis, {"project": project, "title": "Axe", "key": "x"}, {"title": "Autre axe"}),
        (
            objectives.add_objective,
            {"project": project, "mission": Mission.PREVENTION, "title": "Prévenir", "key": "o2"},
            {"mission": Mission.QUALITY},
        ),
        (
            objectives.link_plan,
            {"objective": objective, "kind": LinkedKind.CLS, "title": "CLS", "theirs": "Axe 2", "key": "l"},
            {"theirs": "Axe 3"},
        ),
        (
            work.add_action,
            {"objective": objective, "title": "Recenser", "starts_on": TODAY, "key": "a2"},
            {"starts_on": dt.date(2026, 6, 1)},
        ),
        (
            work.add_step,
            {"action": action, "title": "Écrire", "due_on": TODAY, "key": "s"},
            {"due_on": dt.date(2026, 6, 1)},
        ),
        (
            work.add_step,
            {"action": action, "title": "Relire", "due_on": TODAY, "key": "s2"},
            {"lead": coordinator},
        ),
        (
            work.add_action,
            {"objective": objective, "title": "Confier", "starts_on": TODAY, "key": "a3"},
            {"lead": coordinator},
        ),
        (
            work.add_action,
            {"objective": objective, "title": "Ranger", "starts_on": TODAY, "key": "a4"},
            {"mission": Mission.QUALITY},
        ),
        (
            work.add_evidence,
            {"action": action, "on": TODAY, "label": "Photo", "url": "https://exemple.fr/c", "key": "e2"},
            {"files": documents("white")},
        ),
        (
            projects.take_step,
            {"project": project, "to": ProjectState.LETTER_SENT, "on": TODAY, "key": "t"},
            {"files": documents("white")},
        ),
        (
            projects.take_step,
            {"project": project, "to": ProjectState.SUBMITTED, "on": TODAY, "key": "t2"},
            {"reference": "N° 12"},
        ),
        (
            work.add_money,
            {"action": action, "source": MoneySource.ACI, "label": "Loyer", "asked": Decimal("10.01"),
             "key": "m"},
            {"spent": Decimal("0.01")},
        ),
        (
            work.add_evidence,
            {"action": action, "on": TODAY, "label": "Bilan", "url": "https://exemple.fr/a", "key": "e"},
            {"url": "https://exemple.fr/b"},
        ),
        (written, {"place": place}, {"ends_on": dt.date(2029, 1, 1)}),
    ]  # fmt: skip
    for act, values, other in made:
        first = act(by=by, **values)
        assert act(by=by, **values) == first
        with pytest.raises(ValidationError, match="déjà servi"):
            act(by=by, **values | other)
    assert Axis.objects.of(project).count() == 1


@pytest.mark.parametrize("sign", ["\u202e", "\u2067", "\x1b"])
def test_what_turns_the_reading_round_enters_no_project(
    coordinator: Person, objective: Objective, sign: str
) -> None:
    with pytest.raises(ValidationError, match="caractère invisible"):
        work.add_action(
            by=coordinator, objective=objective, title=f"Ouvrir{sign}remref", starts_on=TODAY, key="t"
        )
    assert work.add_action(
        by=coordinator, objective=objective, title="\u200eOuvrir", starts_on=TODAY, key="t"
    ), "a mark that comes with what is pasted turns nothing round"


def test_the_step_that_ends_a_project_may_be_sent_twice(coordinator: Person, project: Project) -> None:
    day = timezone.localdate()
    for rank, to in enumerate(
        [ProjectState.LETTER_SENT, ProjectState.SUBMITTED, ProjectState.VALIDATED, ProjectState.SIGNED]
    ):
        projects.take_step(by=coordinator, project=project, to=to, on=day, key=f"k{rank}")
        project.refresh_from_db()
    last = {"by": coordinator, "project": project, "to": ProjectState.ENDED, "on": day, "reason": "Fin"}
    first = projects.take_step(**last, key="end")
    assert projects.take_step(**last, key="end") == first
    with pytest.raises(ValidationError, match="terminé"):
        projects.take_step(**last, key="another")
    with pytest.raises(ValidationError, match="déjà servi"):
        projects.take_step(**last | {"on": day - dt.timedelta(days=1)}, key="end")
    assert Passage.objects.of(project).filter(to=ProjectState.ENDED.value).count() == 1


def test_the_parties_of_what_is_signed_do_not_change_and_what_is_ended_is_not_signed(
    coordinator: Person, place: Territory
) -> None:
    with time_machine.travel(dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC), tick=False):
        one = written(coordinator, place)
        for name in ("CPTS", "EHPAD"):
            agreements.add_party(by=coordinator, agreement=one, name=name)
        agreements.sign_agreement(by=coordinator, agreement=one, signed_on=TODAY)
        with pytest.raises(ValidationError, match="ses parties ne changent plus"):
            agreements.add_party(by=coordinator, agreement=one, name="Clinique")
        # One there already is no change.
        agreements.add_party(by=coordinator, agreement=one, name=" EHPAD ")
        assert AgreementParty.objects.of(one).count() == 2
        other = written(coordinator, place, key="d")
        for name in ("CPTS", "EHPAD"):
            agreements.add_party(by=coordinator, agreement=other, name=name)
        agreements.end_agreement(by=coordinator, agreement=other, ended_on=TODAY, reason="Renoncement")
        with pytest.raises(ValidationError, match="résiliée"):
            agreements.sign_agreement(by=coordinator, agreement=other, signed_on=TODAY)


def test_a_check_is_of_the_day_that_it_is_where_one_is(db: None) -> None:
    island = make_territory("Indian/Reunion")
    person = make_person("lea.vacoa", Role.NURSE, island.scope)
    # Half past nine in the evening in Paris: already the next day on the island.
    with time_machine.travel(dt.datetime(2026, 7, 1, 20, 30, tzinfo=dt.UTC), tick=False):
        keep_check(by=person, answers=dict.fromkeys(ITEMS, "often"))
    assert PrivateCheck.objects.for_person(person).get().on == dt.date(2026, 7, 2)
