"""What each page asks of the territory's tables, its map drawn, warm: one query more is a decision.

Sessions, roles and what other contexts show in the masthead are left out: they are not this context's.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.territory import api

QUERIES = {
    "portrait": 12,
    "supply": 17,
    "access": 10,
    "white_zones": 8,
    "flows": 10,
    "needs": 17,
    "what_if": 11,
    "siting": 10,
}


def asked(client: Client, address: str) -> int:
    """Return how many queries of our tables the page makes once everything is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum('FROM "territory_' in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_of_the_diagnosis_asks_little(
    client: Client, coordinator: Person, fictional_country: api.Atlas, name: str
) -> None:
    client.force_login(coordinator)
    valley = api.create_demonstration_territory(by=None)
    assert asked(client, reverse(f"territory:{name}", args=[valley.slug])) == QUERIES[name]


@pytest.mark.parametrize(("name", "queries"), [("commune", 5), ("commune_access", 4)])
def test_a_commune_asks_little(
    client: Client, coordinator: Person, fictional_country: api.Atlas, name: str, queries: int
) -> None:
    client.force_login(coordinator)
    code = str(fictional_country.codes[0])
    assert asked(client, reverse(f"territory:{name}", args=[code])) == queries
