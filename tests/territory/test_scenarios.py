"""Scenarios as people work on them: draft, undo, double click, names, sharing, comparison."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.kernel.journal import verify
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.territory import api
from maillage.territory.actions import scenarios as actions
from maillage.territory.computations.what_if import ScenarioError, live_changes
from maillage.territory.models import Scenario, ScenarioChange, Territory
from tests.packs import person

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


@pytest.fixture(name="commune")
def _commune(valley: Territory) -> str:
    return api.member_codes(valley)[0]


@pytest.fixture(name="draft")
def _draft(coordinator: Person, valley: Territory) -> Scenario:
    return actions.open_draft(by=coordinator, territory=valley)


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


def add(by: Person, draft: Scenario, commune: str, delta: int = 1, key: str = "k", supply: str = "gp"):
    return actions.change_supply(by=by, scenario=draft, supply=supply, commune=commune, delta=delta, key=key)


def test_a_double_click_changes_nothing_twice(coordinator: Person, draft: Scenario, commune: str) -> None:
    first = add(coordinator, draft, commune)
    assert add(coordinator, draft, commune).pk == first.pk
    assert ScenarioChange.objects.count() == 1
    actions.undo(by=coordinator, scenario=draft)
    assert add(coordinator, draft, commune).is_undone, "the request was answered, then undone"


def test_the_last_change_is_undone_first(coordinator: Person, draft: Scenario, commune: str) -> None:
    for key in "abc":
        add(coordinator, draft, commune, key=key)
    assert actions.undo(by=coordinator, scenario=draft).idempotency_key == "c"
    assert len(live_changes(api.current_atlas(), draft)) == 2
    actions.clear(by=coordinator, scenario=draft)
    assert live_changes(api.current_atlas(), draft) == []
    assert actions.undo(by=coordinator, scenario=draft) is None


def test_what_makes_no_sense_is_refused(
    coordinator: Person, draft: Scenario, commune: str, fictional_country: api.Atlas
) -> None:
    for delta in (0, 99):
        with pytest.raises(ScenarioError, match="de 1 à"):
            add(coordinator, draft, commune, delta=delta)
    with pytest.raises(ScenarioError, match="inconnue"):
        add(coordinator, draft, "99999")
    with pytest.raises(ScenarioError, match="retirer"):
        add(coordinator, draft, commune, delta=-20)
    with pytest.raises(ScenarioError, match="n’existe pas"):
        add(coordinator, draft, commune, supply="barber")
    assert not ScenarioChange.objects.exists()


def test_only_its_author_changes_a_scenario(draft: Scenario, commune: str, patient: Person) -> None:
    with pytest.raises(PermissionDenied):
        add(person(Role.NURSE), draft, commune)
    with pytest.raises(PermissionDenied):
        add(patient, draft, commune)


def test_a_named_scenario_is_a_copy(coordinator: Person, draft: Scenario, commune: str) -> None:
    with pytest.raises(ScenarioError, match="ne change rien"):
        actions.save_scenario(by=coordinator, draft=draft, name="Un de plus")
    add(coordinator, draft, commune)
    with pytest.raises(ScenarioError, match="nom"):
        actions.save_scenario(by=coordinator, draft=draft, name="  ")
    saved = actions.save_scenario(by=coordinator, draft=draft, name=" Un  de plus ")
    assert saved.name == "Un de plus"
    with pytest.raises(ScenarioError, match="déjà"):
        actions.save_scenario(by=coordinator, draft=draft, name="Un de plus")
    actions.clear(by=coordinator, scenario=draft)
    assert len(live_changes(api.current_atlas(), saved)) == 1
    other = person(Role.NURSE)
    theirs = actions.load_scenario(by=other, scenario=saved)
    assert theirs.created_by == other
    assert len(live_changes(api.current_atlas(), theirs)) == 1


def test_a_link_is_given_and_taken_back(coordinator: Person, draft: Scenario, commune: str) -> None:
    with pytest.raises(ScenarioError, match="nom"):
        actions.share_scenario(by=coordinator, scenario=draft)
    add(coordinator, draft, commune)
    saved = actions.save_scenario(by=coordinator, draft=draft, name="À montrer")
    token = actions.share_scenario(by=coordinator, scenario=saved)
    assert len(token) >= 40
    assert actions.share_scenario(by=coordinator, scenario=saved) == token
    actions.unshare_scenario(by=coordinator, scenario=saved)
    saved.refresh_from_db()
    assert saved.share_token is None
    actions.delete_scenario(by=coordinator, scenario=saved)
    assert not Scenario.objects.named().exists()


def test_everything_is_in_the_journal(coordinator: Person, draft: Scenario, commune: str) -> None:
    add(coordinator, draft, commune)
    actions.undo(by=coordinator, scenario=draft)
    verbs = (
        Entry.objects.filter(verb__startswith="territory.")
        .order_by("-position")
        .values_list("verb", flat=True)
    )
    assert list(verbs[:3]) == [
        "territory.scenario_change_undone",
        "territory.scenario_changed",
        "territory.draft_opened",
    ]
    assert verify().intact


def change(client: Client, territory: Territory, commune: str, **values: str):
    data = {"direction": "add", "count": "1", "supply": "gp", "commune": commune, "key": "k", **values}
    return client.post(reverse("territory:what_if_change", args=[territory.slug]), data, **HTMX)


def values_in(answer) -> dict[str, dict]:
    found = re.search(r'data-map-values="([^"]*)"', answer.content.decode())
    assert found
    return json.loads(html.unescape(found.group(1)))


def test_a_change_answers_with_what_moved_only(
    visitor: Client, valley: Territory, commune: str, django_assert_max_num_queries
) -> None:
    change(visitor, valley, commune, key="first")
    with django_assert_max_num_queries(45):
        answer = change(visitor, valley, commune)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<html" not in text
    assert "Avec 2 changements" in text
    assert 'id="what-if-key"' in text, "the next click has a key of its own"
    moved = values_in(answer)
    assert commune in moved
    assert set(next(iter(moved.values()))) == {"apl", "gain", "gap", "white_zone"}
    undone = visitor.post(reverse("territory:what_if_undo", args=[valley.slug]), **HTMX)
    assert "Avec 1 changement," in undone.content.decode()
    assert values_in(undone)[commune]["apl"] < moved[commune]["apl"]
    nothing = visitor.post(reverse("territory:what_if_undo", args=[valley.slug]), {"all": "1"}, **HTMX)
    assert commune in values_in(nothing), "the map goes back to the present"


def test_a_refused_change_says_why_and_keeps_the_rest(
    visitor: Client, valley: Territory, commune: str
) -> None:
    answer = change(visitor, valley, commune, direction="remove", count="20")
    assert answer.status_code == 200
    assert "retirer" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert "choix valide" in change(visitor, valley, "75056").content.decode()


def test_everything_works_without_javascript(visitor: Client, valley: Territory, commune: str) -> None:
    url = reverse("territory:what_if_change", args=[valley.slug])
    data = {"direction": "add", "count": "2", "supply": "pharmacy", "commune": commune, "key": "plain"}
    answer = visitor.post(url, data)
    assert answer.status_code == 302
    assert "+2 pharmacies" in visitor.get(answer["Location"]).content.decode()
    refused = visitor.post(url, {**data, "direction": "remove", "count": "20", "key": "other"})
    assert refused.status_code == 422
    assert "retirer" in refused.content.decode()


def test_scenarios_are_saved_shared_and_compared(
    visitor: Client, client: Client, valley: Territory, commune: str, patient: Person
) -> None:
    save = reverse("territory:what_if_save", args=[valley.slug])
    assert visitor.post(save, {"name": "Rien"}).status_code == 422
    change(visitor, valley, commune)
    assert visitor.post(save, {"name": "Un"}).status_code == 302
    change(visitor, valley, commune, key="more")
    assert visitor.post(save, {"name": "Deux"}).status_code == 302
    assert visitor.post(save, {"name": "Deux"}).status_code == 422
    one, two = Scenario.objects.named().order_by("pk")

    def act(verb: str, status: int = 302) -> None:
        url = reverse("territory:what_if_scenario", args=[valley.slug, one.pk, verb])
        assert visitor.post(url).status_code == status

    compare = reverse("territory:what_if_compare", args=[valley.slug])
    query = f"?scenario={one.pk}&scenario={two.pk}"
    text = visitor.get(compare + query).content.decode()
    assert "Scénarios côte à côte" in text
    assert "Aujourd’hui" in text
    assert "Scénarios côte à côte" not in visitor.get(f"{compare}?scenario={one.pk}").content.decode()
    download = reverse("territory:what_if_compare_csv", args=[valley.slug])
    assert "Deux" in visitor.get(download + query).content.decode()
    assert visitor.get(download).status_code == 404
    act("partager")
    act("inconnu", 404)
    one.refresh_from_db()
    link = reverse("territory:shared_scenario", args=[one.share_token])
    listed = visitor.get(reverse("territory:what_if", args=[valley.slug])).content.decode()
    assert link in listed
    own_map = reverse("territory:what_if_map", args=[valley.slug])
    shown = json.loads(visitor.get(f"{own_map}?scenario={one.pk}").content)
    shared = json.loads(visitor.get(reverse("territory:shared_scenario_map", args=[one.share_token])).content)
    assert shown["features"] == shared["features"]
    client.force_login(patient)
    page = client.get(link)
    assert page.status_code == 200
    assert "à lire, non à modifier" in page.content.decode()
    assert "Annuler le dernier" not in page.content.decode()
    client.logout()
    assert client.get(link).status_code == 302
    client.force_login(one.created_by)
    act("ne-plus-partager")
    assert visitor.get(link).status_code == 404
    act("reprendre")
    act("supprimer")
    assert visitor.get(f"{own_map}?scenario={one.pk}").status_code == 404
    assert visitor.get(f"{own_map}?scenario=abc").status_code == 404


def test_a_reader_may_not_try_changes(
    client: Client, patient: Person, valley: Territory, commune: str
) -> None:
    client.force_login(patient)
    assert change(client, valley, commune).status_code == 403
    assert not Scenario.objects.exists()
