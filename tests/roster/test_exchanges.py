"""Replacements and swaps, the statement of duty done, the balance of a year, the calendar."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from maillage.kernel.models import Message, Person
from maillage.roster import api
from maillage.roster.api import RosterError, State
from maillage.roster.models import Assignment
from tests.factories import make_commune
from tests.kernel.own_database import own_database
from tests.roster.conftest import FIRST, LAST, PARIS


@pytest.fixture
def nights(posts: list[api.Post]) -> list[api.Post]:
    return [post for post in posts if post.kind == "night"]


@pytest.fixture
def asked(coordinator: Person, nights: list[api.Post], volunteers: list[api.Volunteer]) -> api.Exchange:
    """The first volunteer holds the night of 4 May, the second that of 6 May, and the first asks."""
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0])
    api.assign(by=coordinator, post=nights[5], volunteer=volunteers[1])
    return api.ask(by=volunteers[0].professional.account, post=nights[3])


def holder(post: api.Post) -> int:
    return Assignment.objects.get(post=post).volunteer_id


def test_ask_offer_accept(
    asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    asker, taker = (one.professional.account for one in volunteers[:2])
    assert api.ask(by=asker, post=nights[3]) == asked
    made = api.offer(by=taker, exchange=asked, volunteer=volunteers[1])
    with pytest.raises(PermissionDenied):
        api.accept(by=taker, chosen=made)
    api.accept(by=asker, chosen=made)
    assert holder(nights[3]) == volunteers[1].pk
    assert Assignment.objects.get(post=nights[3]).origin == "replacement"
    with pytest.raises(RosterError, match="close"):
        api.accept(by=asker, chosen=made)
    topics = list(Message.objects.order_by("pk").values_list("topic", flat=True))
    assert topics == [
        "roster.replacement_asked", "roster.replacement_offered", "roster.replacement_accepted",
    ]  # fmt: skip


def test_a_swap_changes_both_duties(
    asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    asker, taker = (one.professional.account for one in volunteers[:2])
    made = api.offer(by=taker, exchange=asked, volunteer=volunteers[1], in_return=nights[5])
    api.accept(by=asker, chosen=made)
    assert (holder(nights[3]), holder(nights[5])) == (volunteers[1].pk, volunteers[0].pk)
    assert Assignment.objects.get(post=nights[5]).origin == "swap"


def test_a_replacement_keeps_the_rules(
    coordinator: Person, asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    taker, other = volunteers[1], volunteers[2]
    made = api.offer(by=taker.professional.account, exchange=asked, volunteer=taker)
    api.add_absence(
        by=coordinator, professional=taker.professional, first_day=nights[3].day, last_day=nights[3].day
    )
    with pytest.raises(RosterError, match="absence"):
        api.accept(by=volunteers[0].professional.account, chosen=made)
    api.set_volunteer(by=coordinator, sector=other.sector, professional=other.professional, max_per_month=0)
    with pytest.raises(RosterError, match="maximum de gardes du mois"):
        api.offer(by=other.professional.account, exchange=asked, volunteer=other)
    with pytest.raises(RosterError, match="l’une des siennes"):
        api.offer(by=coordinator, exchange=asked, volunteer=volunteers[3], in_return=nights[5])
    with pytest.raises(RosterError, match="déjà cette garde"):
        api.offer(by=coordinator, exchange=asked, volunteer=volunteers[0])
    with pytest.raises(PermissionDenied):
        api.offer(by=other.professional.account, exchange=asked, volunteer=taker)
    assert holder(nights[3]) == volunteers[0].pk


def test_a_request_is_withdrawn_or_overtaken(
    coordinator: Person, asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[3])
    with pytest.raises(RosterError, match="changé de main"):
        api.offer(by=coordinator, exchange=asked, volunteer=volunteers[1])
    api.withdraw(by=volunteers[0].professional.account, exchange=asked)
    with pytest.raises(RosterError, match="close"):
        api.withdraw(by=volunteers[0].professional.account, exchange=asked)


def test_only_a_duty_to_come_that_one_holds_is_to_be_replaced(
    coordinator: Person,
    nights: list[api.Post],
    volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:
    doctor = volunteers[0].professional.account
    with pytest.raises(RosterError, match="Personne ne tient"):
        api.ask(by=doctor, post=nights[0])
    api.assign(by=coordinator, post=nights[0], volunteer=volunteers[1])
    with pytest.raises(PermissionDenied):
        api.ask(by=doctor, post=nights[0])
    clock.move_to(nights[0].starts_at)
    with pytest.raises(RosterError, match="a commencé"):
        api.ask(by=coordinator, post=nights[0])


def test_the_statement_counts_real_hours_and_leaves_unknown_amounts_blank(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    for post in posts[:2]:  # the holiday of 1 May, then its night, feigned to be held by one person
        Assignment.objects.create(post=post, volunteer=volunteers[0], origin="manual")
    (line,) = api.statement(roster)
    assert (line.duties, line.nights, line.holidays, line.sundays) == (2, 1, 1, 0)
    assert (line.hours, line.burden, line.amount) == (24.0, 24.0, None)
    assert api.balance(roster.sector, LAST) == []  # a draft binds nobody
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=state)
    assert [one.burden for one in api.balance(roster.sector, LAST)] == [24.0]
    assert api.balance(roster.sector, FIRST.replace(year=2028)) == []


def test_the_calendar_has_each_post_in_utc(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    whole = Calendar.from_ical(api.ical(roster)).walk("VEVENT")
    assert len(whole) == len(posts)
    (mine,) = Calendar.from_ical(api.ical(roster, only=volunteers[0].professional)).walk("VEVENT")
    assert mine["summary"].startswith("Jour férié")
    assert mine["summary"].endswith("Helene Aubepine")
    assert mine.decoded("dtstart") == datetime(2026, 5, 1, 8, tzinfo=PARIS)
    assert "personne d’inscrit" in str(whole[1]["summary"])


def test_the_coordinator_opens_a_replacement_and_notes_an_offer_made_by_phone(
    coordinator: Person, nights: list[api.Post], volunteers: list[api.Volunteer], client: Client
) -> None:
    night, (ill, own, called, taker) = nights[3], volunteers
    api.assign(by=coordinator, post=night, volunteer=ill)
    client.force_login(coordinator)
    page = reverse("roster:duty", args=[night.pk])
    assert "Ouvrir un remplacement" in client.get(page).content.decode()
    client.post(reverse("roster:ask", args=[night.pk]), {"mois": "2026-05"})
    exchange = api.Exchange.objects.get()
    assert client.get(page).context["asked"].others == [own, called, taker]
    offer = reverse("roster:offer", args=[exchange.pk])
    client.post(offer, {"volunteer": called.pk})
    assert [one.volunteer for one in exchange.offers.all()] == [called]
    assert client.get(page).context["asked"].others == [own, taker]
    stranger = api.Volunteer.objects.create(
        sector=api.create_sector(
            by=coordinator, place=ill.sector.territory, name="Autre", communes=[make_commune("71888")]
        ),
        professional=own.professional,
    )
    assert client.post(offer, {"volunteer": stranger.pk}).status_code == 404
    client.force_login(own.professional.account)
    answer = client.post(offer, {"volunteer": taker.pk})
    assert answer.status_code == 403, "a volunteer speaks for nobody else"
    assert client.get(page).status_code == 403


@pytest.mark.django_db
def test_two_accept_at_the_same_instant_and_one_is_told_why(tmp_path: Path) -> None:
    """The doctor accepts one offer, the coordinator another; two take the duty in two connections."""
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.roster.racing")
    assert said["runs"] == 8
    for answers in said["accepted"]:
        assert sorted(one == "accepted" for one in answers) == [False, True]
        assert "Cette demande est close" in "".join(answers)
    assert said["chosen"] == said["holders_right"] == said["runs"]
    assert said["sound"]
