"""The first screen: what each context contributes, gathered; a new context changes no file of the shell."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maillage.config import demonstration
from maillage.kernel import contributions
from maillage.kernel.contributions import Block, Contribution, Entry, Found, Line, Search, Verb, Waiting
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.packs import fictional_country, fictional_pack

__all__ = ["fictional_country", "fictional_pack"]

MOST_STATEMENTS = 15
demonstrated: list[tuple[object, datetime]] = []


@pytest.fixture
def throwaway() -> Iterator[None]:
    """Register a context that exists in this test alone."""
    demonstrated.clear()
    contributions.contribute(
        Contribution(
            "throwaway",
            navigation=(
                Entry(
                    Verb.FORESEE, "Météo", "kernel:account", "sun", "Prévoir le temps.", count=lambda _one: 3
                ),
            ),
            searches=(Search("Nuages", lambda query, _limit: [Found(f"Cumulus {query}", "ciel", "/ciel/")]),),
            first_screen=(
                Block(
                    "throwaway.rain",
                    {Role.COORDINATOR: 0},
                    lambda _person: Waiting(
                        "Pluie",
                        (Line("Averse", "/averse/", "à 15 h", True),),
                        "2 averses prévues",
                        "/ciel/",
                        "Voir",
                    ),
                ),
                Block("throwaway.dry", {Role.COORDINATOR: 1}, lambda _person: None),
                Block("throwaway.other", {Role.NURSE: 0}, lambda _person: Waiting("Réservé à d’autres")),
            ),
            demonstrate=lambda place, now: demonstrated.append((place, now)),
        )
    )
    yield
    contributions.withdraw("throwaway")


def test_a_new_context_is_on_every_shared_page(visitor: Client, throwaway: None) -> None:
    page = visitor.get("/").content.decode()
    assert "2 averses prévues." in page
    assert "Averse" in page
    assert "en retard" in page
    assert "Prévoir" in page
    assert "Météo" in page
    assert "Réservé à d’autres" not in page
    assert "Cumulus val" in visitor.get("/recherche/", {"q": "val"}).content.decode()


def test_a_context_withdrawn_leaves_nothing(visitor: Client) -> None:
    assert "Météo" not in visitor.get("/").content.decode()


def test_contexts_demonstrate_from_the_bottom_up() -> None:
    names = [one.context for one in contributions.contributions()]
    order = [
        "kernel",
        "territory",
        "directory",
        "people",
        "exchange",
        "roster",
        "agenda",
        "orientation",
        "web",
    ]
    assert names == order


def test_an_empty_day_says_so_and_what_to_do(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    assert "Rien ne vous attend aujourd’hui." in page
    assert "Ce que vous pouvez faire ici" in page


def test_the_day_has_five_blocks_at_most(
    visitor: Client, coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Block(str(n), {Role.COORDINATOR: n}, lambda _p, n=n: Waiting(f"Partie {n}")) for n in range(9)]
    monkeypatch.setitem(contributions._contributions, "many", Contribution("many", first_screen=tuple(many)))
    page = visitor.get("/").content.decode()
    assert page.count('class="first-screen-block"') == 5
    assert "Partie 4" in page
    assert "Partie 5" not in page


@pytest.fixture
def populated(fictional_country: territory.Atlas) -> None:
    """Give the demonstration's territory its people and their work."""
    demonstration.populate(territory.create_demonstration_territory(by=None))


def account_of(role: Role) -> Person:
    """Return the account by which the demonstration shows a role."""
    held = RoleAssignment.objects.filter(role=role, person__is_demonstration=True)
    return held.order_by("pk")[0].person


def test_each_role_lands_on_its_own_screen_in_few_statements(populated: None, client: Client) -> None:
    screens: dict[Role, str] = {}
    for role in Role:
        client.force_login(account_of(role))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/")
        if role is Role.REGULATOR:
            assert answer["Location"] == "/regulation/"
            continue
        assert answer.status_code == 200, role
        screens[role] = answer.content.decode()
        statements = [one["sql"] for one in captured.captured_queries]
        assert len(statements) <= MOST_STATEMENTS, f"{role}: {len(statements)}\n" + "\n".join(statements)
    titles = {
        Role.COORDINATOR: ("Étapes légales des gardes", "Sans médecin traitant"),
        Role.PHYSICIAN: ("Mes prochaines gardes",),
        Role.EHPAD: ("Qui appeler maintenant", "Demandes en cours"),
        Role.NURSE: ("Qui appeler maintenant",),
        Role.PHARMACIST: ("Qui appeler maintenant",),
        Role.ANALYST: ("Val-de-Brume",),
        Role.ADMINISTRATOR: ("Val-de-Brume",),
    }
    missing = [(role, one) for role, wanted in titles.items() for one in wanted if one not in screens[role]]
    assert not missing
    assert "Étapes légales" not in screens[Role.PHYSICIAN]
