"""The pages of a project cost a bounded number of statements, however many rows it has."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.project.actions.work import add_action, add_step
from maillage.project.models import Objective
from tests.care.conftest import client_of

#: The session and its roles, the project, its eleven tables, the masthead.
MOST = 26


def counted(by: Person, address: str) -> int:
    browser = client_of(by)
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_a_project_costs_the_same_with_one_action_and_with_ten(
    coordinator: Person, objective: Objective
) -> None:
    today = timezone.localdate()
    pages = [
        reverse("project:project", args=[objective.project_id]),
        reverse("project:objective", args=[objective.pk]),
    ]
    costs = []
    for count in (1, 10):
        for rank in range(count):
            action = add_action(
                by=coordinator, objective=objective, title=f"Action {rank}", starts_on=today,
                key=f"{count}-{rank}",
                lead=coordinator,
            )  # fmt: skip
            due = today - dt.timedelta(days=rank)
            add_step(by=coordinator, action=action, title="Étape", due_on=due, key=f"s{count}-{rank}")
        costs.append([counted(coordinator, page) for page in pages])
    assert costs[0] == costs[1]
    assert max(costs[0]) <= MOST
