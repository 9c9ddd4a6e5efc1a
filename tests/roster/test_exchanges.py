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
    with pytest.raises(RosterError, match="changé de main"):
        api.withdraw(by=volunteers[0].professional.account, exchange=asked)
    again = api.ask(by=volunteers[3].professional.account, post=nights[3])
    api.withdraw(by=volunteers[3].professional.account, exchange=again)
    with pytest.raises(RosterError, match="close"):
        api.withdraw(by=volunteers[3].professional.account, exchange=again)


def open_requests() -> list[tuple[int, int]]:
    """Return the open requests as (post, who asks), and hold that each asker holds the post."""
    rows = api.Exchange.objects.filter(state="open").select_related("post")
    for one in rows:
        assert holder(one.post) == one.asked_by_id, "a request belongs to whoever holds the duty"
    return [(one.post_id, one.asked_by_id) for one in rows]


def test_the_new_holder_of_a_duty_asks_anew(
    coordinator: Person, asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    """Given to another by decision: the old request is closed, and the new holder is free to ask."""
    first, _second, third, fourth = volunteers
    api.offer(by=third.professional.account, exchange=asked, volunteer=third)
    api.assign(by=coordinator, post=nights[3], volunteer=fourth)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_at is not None) == ("overtaken", True)
    anew = api.ask(by=fourth.professional.account, post=nights[3])
    assert anew != asked
    made = api.offer(by=third.professional.account, exchange=anew, volunteer=third)
    api.accept(by=fourth.professional.account, chosen=made)
    assert holder(nights[3]) == third.pk
    assert open_requests() == []
    api.assign(by=coordinator, post=nights[3], volunteer=first)
    back = api.ask(by=first.professional.account, post=nights[3])
    api.assign(by=coordinator, post=nights[3], volunteer=first, is_locked=False)
    assert open_requests() == [(nights[3].pk, first.pk)], "given again to its holder, it stays asked"
    api.assign(by=coordinator, post=nights[3], volunteer=None)
    back.refresh_from_db()
    assert back.state == "overtaken"


def test_a_duty_given_in_a_swap_is_no_longer_asked_about(
    asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    """Request, then swap, then acceptance: who receives the other duty may ask about it at once."""
    first, second, third = volunteers[:3]
    other = api.ask(by=second.professional.account, post=nights[5])
    waiting = api.offer(by=third.professional.account, exchange=other, volunteer=third)
    made = api.offer(by=second.professional.account, exchange=asked, volunteer=second, in_return=nights[5])
    api.accept(by=first.professional.account, chosen=made)
    assert (holder(nights[3]), holder(nights[5])) == (second.pk, first.pk)
    assert open_requests() == []
    with pytest.raises(RosterError, match="changé de main"):
        api.accept(by=second.professional.account, chosen=waiting)
    anew = api.ask(by=first.professional.account, post=nights[5])
    assert anew.asked_by == first


def test_two_who_offer_each_other_their_duties_swap_once(
    asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    first, second = volunteers[:2]
    other = api.ask(by=second.professional.account, post=nights[5])
    one = api.offer(by=second.professional.account, exchange=asked, volunteer=second, in_return=nights[5])
    two = api.offer(by=first.professional.account, exchange=other, volunteer=first, in_return=nights[3])
    api.accept(by=second.professional.account, chosen=two)
    assert (holder(nights[3]), holder(nights[5])) == (second.pk, first.pk)
    with pytest.raises(RosterError, match="changé de main"):
        api.accept(by=first.professional.account, chosen=one)
    assert open_requests() == []


def test_an_offer_whose_duty_in_return_has_gone_no_longer_stands(
    coordinator: Person, asked: api.Exchange, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    first, second, _third, fourth = volunteers
    made = api.offer(by=second.professional.account, exchange=asked, volunteer=second, in_return=nights[5])
    page = reverse("roster:detail", args=[asked.post.roster_id])
    asker, offerer = Client(), Client()
    asker.force_login(first.professional.account)
    offerer.force_login(second.professional.account)
    assert "Accepter Marc Bouleau" in asker.get(page).content.decode()
    assert "Me proposer" not in offerer.get(page).content.decode()
    api.assign(by=coordinator, post=nights[5], volunteer=fourth)
    with pytest.raises(RosterError, match="l’une des siennes"):
        api.accept(by=first.professional.account, chosen=made)
    text = asker.get(page).content.decode()
    assert "Accepter Marc Bouleau" not in text
    assert "ne vaut plus" in text
    assert "Me proposer" in offerer.get(page).content.decode(), "free to offer again"
    api.offer(by=second.professional.account, exchange=asked, volunteer=second)
    assert "Accepter Marc Bouleau" in asker.get(page).content.decode()


def test_a_computation_that_moves_a_duty_closes_its_request(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0], is_locked=False)
    api.assign(by=coordinator, post=nights[9], volunteer=volunteers[1], is_locked=False)
    moved = api.ask(by=volunteers[0].professional.account, post=nights[3])
    kept = api.ask(by=volunteers[1].professional.account, post=nights[9])
    day = nights[3].day
    api.add_absence(by=coordinator, professional=volunteers[0].professional, first_day=day, last_day=day)
    api.keep(by=coordinator, proposal=api.propose(roster, quick=True))
    assert holder(nights[3]) != volunteers[0].pk
    moved.refresh_from_db()
    kept.refresh_from_db()
    assert moved.state == "overtaken"
    assert (kept.state == "open") == (holder(nights[9]) == volunteers[1].pk)
    open_requests()


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
    assert said["decided"] == [True] * 8, "accepted and decided at once: one of the two, and nothing open"
    assert said["inherited"] == 0
    assert said["chosen"] == said["holders_right"] == said["runs"]
    assert said["intact"]
