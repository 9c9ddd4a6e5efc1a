"""The roster's pages: who enters, what one click does, what is said."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.api import State
from maillage.roster.models import Assignment, Exchange, Offer
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.keys import ABSENT
from tests.roster.clients import enter, page, post


@pytest.fixture
def manager(coordinator: Person) -> Client:
    return enter(coordinator)


def test_the_index_shows_rosters_and_their_deadline(manager: Client, roster: api.Roster) -> None:
    text = page(manager, "index")
    assert "1 secteur de garde" in text
    assert "17 mars 2026" in text
    assert "il reste 15 jours" in text
    nobody = enter(make_person("odile.glycine", Role.NURSE, None))
    assert "Brume" in page(nobody, "index")  # a role everywhere reads every territory


def test_strangers_read_nothing(place: Territory, roster: api.Roster, posts: list[api.Post]) -> None:
    other = make_person(
        "mona.saule", Role.NURSE, type(place.scope).objects.create(kind="territory", label="X")
    )
    client = enter(other)
    assert "Aucun secteur de garde" in page(client, "index")
    for name in ("detail", "steps", "statement", "balance", "ical"):
        assert client.get(reverse(f"roster:{name}", args=[roster.pk])).status_code == 403
    assert client.get(reverse("roster:detail", args=[ABSENT])).status_code == 404
    doctor = enter(make_person("lea.orme", Role.PHYSICIAN, place.scope))
    for name in ("fill", "step"):
        assert doctor.post(reverse(f"roster:{name}", args=[roster.pk])).status_code == 403


def test_the_manager_fills_the_roster_and_takes_it_to_the_next_step(
    manager: Client, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    text = page(manager, "detail", roster.pk)
    assert "il reste 15 jours" in text
    assert "postes du tableau sont encore à pourvoir" in text  # said once, not on each day
    assert "Sans médecin" not in text
    assert "Tableau complété" in post(manager, "fill", roster.pk, mois="2026-06")
    assert Assignment.objects.exists()
    assert "Étape enregistrée" in post(manager, "step", roster.pk, state="sent")
    assert "étape suivante" in post(manager, "step", roster.pk, state="closed")
    answer = manager.post(reverse("roster:step", args=[roster.pk]), {"state": "dancing"})
    assert answer.status_code == 404
    assert "juillet 2026" in page(manager, "detail", roster.pk, query="?mois=2026-07")
    assert page(manager, "detail", roster.pk, query="?mois=nonsense")


def test_a_replacement_takes_three_clicks(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    night = next(one for one in posts if one.kind == "night")
    api.assign(by=coordinator, post=night, volunteer=volunteers[0])
    asker, taker = (enter(one.professional.account) for one in volunteers[:2])
    assert "ma garde" in page(asker, "detail", roster.pk)
    assert "Demande ouverte" in post(asker, "ask", night.pk, mois="2026-05")
    exchange = Exchange.objects.get()
    assert "Me proposer" in page(taker, "detail", roster.pk)
    assert "Proposition envoyée" in post(taker, "offer", exchange.pk)
    offer = Offer.objects.get()
    assert taker.post(reverse("roster:accept", args=[offer.pk])).status_code == 403
    assert "Remplacement accepté" in post(asker, "accept", offer.pk)
    assert Assignment.objects.get(post=night).volunteer == volunteers[1]
    assert "est close" in post(asker, "accept", offer.pk)


def test_a_swap_is_offered_and_a_request_withdrawn(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    nights = [one for one in posts if one.kind == "night"]
    api.assign(by=coordinator, post=nights[0], volunteer=volunteers[0])
    api.assign(by=coordinator, post=nights[4], volunteer=volunteers[1])
    asker, taker = (enter(one.professional.account) for one in volunteers[:2])
    post(asker, "ask", nights[0].pk)
    exchange = Exchange.objects.get()
    post(taker, "offer", exchange.pk, in_return=nights[4].pk)
    assert "de donner en échange" in page(asker, "detail", roster.pk)
    assert "ne change pas de main" in post(asker, "withdraw", exchange.pk)
    manager = enter(coordinator)
    assert manager.post(reverse("roster:offer", args=[exchange.pk])).status_code == 403


def test_balance_and_calendar(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    assert "Aucune garde comptée" in page(manager, "balance", roster.pk)
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=state)
    assert "Helene Aubepine" in page(manager, "balance", roster.pk)
    csv = manager.get(reverse("roster:balance", args=[roster.pk]) + "?format=csv")
    assert "Helene Aubepine" in csv.content.decode("utf-8-sig")
    ical = manager.get(reverse("roster:ical", args=[roster.pk]))
    assert ical["Content-Type"].startswith("text/calendar")


def test_a_month_costs_the_same_whatever_it_holds(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer], django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    api.keep(by=coordinator, proposal=api.propose(roster, quick=True))
    for held in Assignment.objects.all()[:6]:
        api.ask(by=coordinator, post=held.post)
    with django_assert_max_num_queries(32):
        page(manager, "detail", roster.pk)
