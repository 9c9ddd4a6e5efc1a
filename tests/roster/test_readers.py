"""Which role reads which page: who is paid what is for the person, the coordinator and the board."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role, allows
from maillage.roster import api
from maillage.roster.api import State
from maillage.roster.models import Volunteer
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.roster.clients import enter, later, page

PAY = {"statement": "Helene Aubepine", "balance": "Helene Aubepine"}
READS_ALL = {Role.COORDINATOR, Role.BOARD}
MANAGER_ONLY = ("volunteers", "create", "sector_change")


@pytest.fixture
def held(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[Volunteer]
) -> api.Roster:
    """A roster in force where the first two doctors hold a duty each."""
    for post, one in zip(posts[:2], volunteers, strict=False):
        api.assign(by=coordinator, post=post, volunteer=one)
    for one in volunteers[:2]:
        one.professional.phone = "+33639980001"
        one.professional.save()
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=state)
    roster.refresh_from_db()
    return roster


@pytest.fixture(params=list(Role), ids=lambda role: role.value)
def visitor(request: pytest.FixtureRequest, place: Territory) -> tuple[Role, Client]:
    """Somebody of each role, who takes no duty."""
    role: Role = request.param
    return role, enter(make_person(f"v.{role.value.replace('_', '')}", role, place.scope))


def test_each_role_reads_what_is_for_it(visitor: tuple[Role, Client], held: api.Roster) -> None:
    role, client = visitor
    reads = allows(role, Permission.VIEW_ROSTER)
    for name, who in PAY.items():
        for query in ("", "?format=csv", "?tri=-amount"):
            answer = client.get(reverse(f"roster:{name}", args=[held.pk]) + query)
            assert answer.status_code == (200 if role in READS_ALL else 403), (name, query)
            if role in READS_ALL:
                assert who in answer.content.decode()
    for name in ("detail", "steps", "ical", "pdf"):
        answer = client.get(reverse(f"roster:{name}", args=[held.pk]))
        assert answer.status_code == (200 if reads else 403), name
    for name in MANAGER_ONLY:
        answer = client.get(reverse(f"roster:{name}", args=[held.sector_id]))
        assert answer.status_code == (200 if role is Role.COORDINATOR else 403), name
    volunteer = Volunteer.objects.order_by("pk").first()
    assert volunteer is not None
    answer = client.get(reverse("roster:volunteer", args=[volunteer.pk]))
    assert answer.status_code == (200 if role is Role.COORDINATOR else 403)
    if reads:
        links = page(client, "detail", held.pk)
        assert (reverse("roster:statement", args=[held.pk]) in links) == (role in READS_ALL)


def test_the_phone_of_who_is_on_call_is_for_those_who_call_them(
    visitor: tuple[Role, Client], held: api.Roster, posts: list[api.Post], clock: object
) -> None:
    role, client = visitor
    if not allows(role, Permission.VIEW_ROSTER):
        return
    later(clock, posts[0].starts_at + timedelta(hours=1), client)
    for name, query in (("on_call", "?commune=71230"), ("index", "")):
        text = page(client, name, query=query)
        assert "Helene Aubepine est de garde" in text
        assert ("tel:" in text) == (role in {Role.COORDINATOR, Role.REGULATOR}), (role, name)


def test_a_doctor_reads_their_own_line_and_no_other(
    held: api.Roster, volunteers: list[Volunteer], place: Territory
) -> None:
    mine = enter(volunteers[0].professional.account)
    for query in ("", "?format=csv", "?tri=-name"):
        answer = mine.get(reverse("roster:statement", args=[held.pk]) + query).content.decode("utf-8-sig")
        assert "Helene Aubepine" in answer
        assert "Marc Bouleau" not in answer
    assert "Marc Bouleau" in page(mine, "balance", held.pk), "the burden is shared among those who carry it"
    idle = enter(volunteers[3].professional.account)
    assert "Aucune garde" in page(idle, "statement", held.pk)
    elsewhere = make_person("lea.orme", Role.PHYSICIAN, place.scope)
    make_professional("Orme", "Léa", elsewhere)
    assert enter(elsewhere).get(reverse("roster:balance", args=[held.pk])).status_code == 403


def test_who_asks_to_be_replaced_is_told_to_colleagues_alone(
    coordinator: Person, held: api.Roster, posts: list[api.Post], volunteers: list[Volunteer],
    place: Territory,
) -> None:  # fmt: skip
    api.ask(by=volunteers[0].professional.account, post=posts[0])
    month = f"?mois={date(2026, 5, 1):%Y-%m}"
    for one in (coordinator, volunteers[2].professional.account):
        assert "cherche un remplaçant" in page(enter(one), "detail", held.pk, query=month)
    home = enter(make_person("odile.glycine", Role.EHPAD, place.scope))
    text = page(home, "detail", held.pk, query=month)
    assert "cherche un remplaçant" not in text
    assert "remplacement demandé" not in text
    assert "Helene Aubepine" in text
