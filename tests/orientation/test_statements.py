"""What the desk asks the database, statement by statement: a new one is seen, and so is one read twice.

The snapshot names the kind and the first table of each, the same on both databases. After a change that is
meant: `pytest tests/orientation/test_statements.py --snapshot-update`, and a reason in the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from syrupy.assertion import SnapshotAssertion

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Proposal, Request
from tests.orientation.conftest import Call
from tests.statements import statements

BY_SCRIPT = {"HX-Request": "true"}
Ask = Callable[[Client, Request], Any]


def address(name: str, request: Request, *args: object) -> str:
    return reverse(f"orientation:{name}", args=[request.pk, *args])


ASKED: dict[str, Ask] = {
    "the queue": lambda desk, _made: desk.get(reverse("orientation:queue")),
    "the desk": lambda desk, _made: desk.get(reverse("orientation:desk")),
    "a request opened in the desk": lambda desk, made: desk.get(address("request", made), headers=BY_SCRIPT),
    "a request as a whole page": lambda desk, made: desk.get(address("request", made)),
    "a search": lambda desk, made: desk.post(address("search", made), headers=BY_SCRIPT),
    "a seat held": lambda desk, made: desk.post(
        address("hold", made, made.slot), {"key": "h"}, headers=BY_SCRIPT
    ),
}
#: How many at most, whatever the length of the queue.
MOST = {"the queue": 4, "the desk": 12, "a request opened in the desk": 12, "a request as a whole page": 14}


@pytest.mark.parametrize("name", ASKED)
def test_the_desk_asks_the_database_no_more_than_this(
    name: str,
    client: Client,
    regulator: Person,
    doctor: Professional,
    call: Call,
    snapshot: SnapshotAssertion,
) -> None:
    made, *_others = [call() for _one in range(3)]
    api.propose(by=regulator, request=made)
    client.force_login(regulator)
    proposed = Proposal.objects.of_request(made).exclude(slot=None).order_by("rank")
    made.slot = proposed[0].pk
    client.get(address("request", made))  # the index is built, the minute's commitments are known
    with CaptureQueriesContext(connection) as captured:
        answer = ASKED[name](client, made)
    assert answer.status_code == 200
    found = statements(captured)
    assert found == snapshot
    assert len(found) <= MOST.get(name, len(found))
