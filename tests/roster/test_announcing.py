"""Who is told of the steps of a roster and of a replacement: each once, by their own way."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from maillage.exchange.api import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Delivery, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.api import State
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional

Told = list[tuple[str, str]]


@pytest.fixture
def regulator(place: Territory) -> Person:
    return make_person("yanis.fougere", Role.REGULATOR, place.scope)


@pytest.fixture
def told(place: Territory) -> Any:
    """Give a function that does what a worker does, then says what is new in which inbox or by e-mail."""
    seen: set[int] = set()

    def found(channel: str = "inbox") -> Told:
        outbox.drain()
        rows = Notification.objects.in_scope(place.scope).exclude(pk__in=seen).select_related("person")
        fresh = list(rows)
        seen.update(row.pk for row in fresh)
        names = (
            (row.template, row.person.first_name if row.person else "nobody")
            for row in fresh
            if row.channel == channel
        )
        return sorted(names)

    return found


@pytest.fixture
def nights(posts: list[api.Post]) -> list[api.Post]:
    return [post for post in posts if post.kind == "night"]


@pytest.fixture
def asked(coordinator: Person, nights: list[api.Post], volunteers: list[api.Volunteer]) -> api.Exchange:
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0])
    return api.ask(by=volunteers[0].professional.account, post=nights[3])


def test_a_replacement_asked_goes_to_the_volunteers_and_the_coordinator(
    asked: api.Exchange, told: Any, regulator: Person
) -> None:
    assert told() == [("replacement_asked", name) for name in ("Camille", "Marc", "Nour", "Paul")]
    assert told() == [], "once"
    line = next(iter(Notification.objects.for_person(regulator)), None)
    assert line is None, "a duty that nobody gave up yet changes nothing at the desk"


def test_an_offer_goes_to_who_asked(asked: api.Exchange, volunteers: list[api.Volunteer], told: Any) -> None:
    told()
    api.offer(by=volunteers[1].professional.account, exchange=asked, volunteer=volunteers[1])
    assert told("email") == [("replacement_offered", "Helene")]


def test_an_acceptance_goes_to_both_those_who_offered_and_the_desk_s_screen(
    asked: api.Exchange, volunteers: list[api.Volunteer], told: Any, regulator: Person, place: Territory
) -> None:
    asker, taker, other = (one.professional.account for one in volunteers[:3])
    made = api.offer(by=taker, exchange=asked, volunteer=volunteers[1])
    api.offer(by=other, exchange=asked, volunteer=volunteers[2])
    told()
    api.accept(by=asker, chosen=made)
    assert told() == [
        ("replacement_accepted", name) for name in ("Camille", "Helene", "Marc", "Nour", "Yanis")
    ]
    mails = Notification.objects.in_scope(place.scope).filter(channel="email", person=regulator)
    assert not mails.exists(), "the desk reads it on its screen"
    line = Notification.objects.for_person(regulator).get()
    assert line.parameters["professional"] == volunteers[1].professional_id
    assert line.path == f"/gardes/{asked.post.roster_id}/"


def test_a_withdrawal_goes_to_who_had_offered(
    asked: api.Exchange, volunteers: list[api.Volunteer], told: Any
) -> None:
    api.offer(by=volunteers[2].professional.account, exchange=asked, volunteer=volunteers[2])
    told()
    api.withdraw(by=volunteers[0].professional.account, exchange=asked)
    assert told() == [("replacement_withdrawn", "Camille"), ("replacement_withdrawn", "Nour")]


def test_what_is_over_before_the_worker_came_is_not_announced(
    asked: api.Exchange, volunteers: list[api.Volunteer], told: Any
) -> None:
    api.offer(by=volunteers[1].professional.account, exchange=asked, volunteer=volunteers[1])
    api.withdraw(by=volunteers[0].professional.account, exchange=asked)
    assert {template for template, _name in told()} == {"replacement_withdrawn"}


def test_a_duty_that_has_begun_is_announced_to_nobody(
    asked: api.Exchange, told: Any, clock: time_machine.Traveller
) -> None:
    clock.move_to(asked.post.starts_at)
    assert told() == []


def test_a_duty_of_tonight_is_announced_in_the_quiet_hours(
    coordinator: Person, nights: list[api.Post], volunteers: list[api.Volunteer], sector: api.Sector,
    told: Any, clock: time_machine.Traveller, settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    without = make_professional("Genêt", "Luce", phone="06 39 98 00 03")
    api.set_volunteer(by=coordinator, sector=sector, professional=without)
    clock.move_to(nights[3].starts_at - timedelta(hours=23))
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0])
    api.ask(by=volunteers[0].professional.account, post=nights[3])
    assert ("replacement_asked", "nobody") in told("sms"), "without an account, by telephone"
    clock.shift(timedelta(seconds=2))
    outbox.drain()
    assert "Remplacement cherché" in settings.SMS_FILE.read_text()


def test_the_steps_go_to_who_has_something_to_do(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer],
    told: Any, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    doctors = ["Helene", "Marc", "Nour", "Paul"]
    everybody = ["Camille", *doctors]
    steps: dict[State, list[str]] = {
        State.SENT: ["Camille"],
        State.INCOMPLETE: everybody,
        State.TRANSMITTED: doctors,
        State.RUNNING: [],
        State.CLOSED: ["Camille"],
    }
    for step, names in steps.items():
        if step is State.RUNNING:
            clock.move_to(posts[0].starts_at + timedelta(days=1))
        if step is State.CLOSED:
            clock.move_to(posts[-1].ends_at + timedelta(days=2))
        api.change_state(by=coordinator, roster=roster, to=step)
        assert told() == [(f"roster_{step.value}", name) for name in names]


def test_a_roster_validated_is_to_be_transmitted(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer], told: Any
) -> None:
    for number, post in enumerate(posts):
        api.assign(by=coordinator, post=post, volunteer=volunteers[number % 4])
    for step in (State.SENT, State.VALIDATED):
        api.change_state(by=coordinator, roster=roster, to=step)
    assert ("roster_validated", "Camille") in told()


def test_a_change_after_sending_goes_to_both_holders_and_the_coordinator(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    told: Any, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0])
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    told()
    clock.shift(timedelta(seconds=1))
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[1], reason="accident")
    clock.shift(timedelta(seconds=1))
    api.assign(by=coordinator, post=nights[3], volunteer=None, reason="accident")
    assert told() == [
        ("duty_taken_back", "Helene"), ("duty_taken_back", "Marc"),
        ("roster_changed", "Camille"), ("roster_changed", "Camille"),
    ]  # fmt: skip
    clock.shift(timedelta(seconds=1))
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[2], reason="retour")
    told()
    asked = api.ask(by=volunteers[2].professional.account, post=nights[3])
    made = api.offer(by=volunteers[3].professional.account, exchange=asked, volunteer=volunteers[3])
    told()
    api.accept(by=volunteers[2].professional.account, chosen=made)
    assert {template for template, _name in told()} == {"replacement_accepted"}, (
        "a replacement says so itself"
    )


def test_who_coordinates_and_volunteers_is_told_once(
    coordinator: Person, sector: api.Sector, roster: api.Roster, told: Any
) -> None:
    both = make_professional("Bruyère", "Camille", account=coordinator)
    api.set_volunteer(by=coordinator, sector=sector, professional=both)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    api.change_state(by=coordinator, roster=roster, to=State.INCOMPLETE)
    assert told() == [("roster_incomplete", "Camille"), ("roster_sent", "Camille")]


def test_a_duty_moved_back_and_forth_is_told_at_each_change(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    told: Any,
) -> None:  # fmt: skip
    """The clock stands still: each change has its own word, even within one instant."""
    first, second = volunteers[:2]
    api.assign(by=coordinator, post=nights[3], volunteer=first)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    told()
    for holder, given, taken in ((second, "Marc", "Helene"), (first, "Helene", "Marc")) * 2:
        api.assign(by=coordinator, post=nights[3], volunteer=holder, reason="accident")
        assert told() == [
            ("duty_given", given), ("duty_taken_back", taken), ("roster_changed", "Camille"),
        ]  # fmt: skip
    api.assign(by=coordinator, post=nights[3], volunteer=first, reason="verrou")
    assert told() == [], "nothing changed"


def test_changes_told_late_or_in_disorder_say_what_is_now(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    told: Any,
) -> None:  # fmt: skip
    first, second, third = volunteers[:3]
    api.assign(by=coordinator, post=nights[3], volunteer=first)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    told()
    for holder in (second, third, first):
        api.assign(by=coordinator, post=nights[3], volunteer=holder, reason="accident")
    changes = Delivery.objects.filter(message__topic="roster.changed", delivered_at=None)
    oldest = changes.order_by("pk").first()
    assert oldest is not None
    later = timezone.now() + timedelta(hours=1)
    Delivery.objects.filter(pk=oldest.pk).update(try_after=later)  # the first message fails once
    doctors = [one for one in told() if one[0] != "roster_changed"]
    assert doctors == [
        ("duty_given", "Helene"), ("duty_taken_back", "Marc"), ("duty_taken_back", "Nour"),
    ]  # fmt: skip
    Delivery.objects.filter(pk=oldest.pk).update(try_after=timezone.now())
    assert told() == [("roster_changed", "Camille")], "the doctors know what is now: nothing past is said"


def test_a_word_that_waits_for_the_morning_leaves_no_more_once_overtaken(
    coordinator: Person, roster: api.Roster, sector: api.Sector, nights: list[api.Post],
    volunteers: list[api.Volunteer], clock: time_machine.Traveller, settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    """Without an account, by SMS, changed twice in the quiet hours: one message at dawn, the last state."""
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    luce = make_professional("Genêt", "Luce", phone="06 39 98 00 03")
    without = api.set_volunteer(by=coordinator, sector=sector, professional=luce)
    api.assign(by=coordinator, post=nights[9], volunteer=volunteers[0])
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    evening = nights[3].starts_at + timedelta(hours=3)
    clock.move_to(evening)
    for holder in (without, volunteers[1], without):
        api.assign(by=coordinator, post=nights[9], volunteer=holder, reason="accident")
        outbox.drain()
        clock.shift(timedelta(minutes=10))
    clock.move_to(evening + timedelta(hours=11))
    outbox.drain()
    said = settings.SMS_FILE.read_text().splitlines()
    assert len(said) == 1
    assert "Vous tenez la garde" in json.loads(said[0])["text"]


def test_a_duty_that_runs_is_told_to_who_takes_it_over(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    told: Any, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[0])
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    clock.move_to(nights[3].starts_at + timedelta(hours=1))
    told()
    api.assign(by=coordinator, post=nights[3], volunteer=volunteers[1], reason="malaise")
    assert ("duty_given", "Marc") in told()


def test_a_swap_tells_both_about_the_duty_given_in_return(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    told: Any,
) -> None:  # fmt: skip
    first, second = volunteers[:2]
    api.assign(by=coordinator, post=nights[3], volunteer=first)
    api.assign(by=coordinator, post=nights[5], volunteer=second)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    asked = api.ask(by=first.professional.account, post=nights[3])
    made = api.offer(by=second.professional.account, exchange=asked, volunteer=second, in_return=nights[5])
    told()
    api.accept(by=coordinator, chosen=made)
    said = told()
    assert ("replacement_accepted", "Helene") in said
    assert ("duty_given", "Helene") in said
    assert ("duty_taken_back", "Marc") in said


def test_a_request_closed_by_a_change_tells_who_had_to_do_with_it(
    coordinator: Person, asked: api.Exchange, volunteers: list[api.Volunteer], told: Any
) -> None:
    api.offer(by=volunteers[2].professional.account, exchange=asked, volunteer=volunteers[2])
    told()
    api.assign(by=coordinator, post=asked.post, volunteer=volunteers[3])
    assert told() == [("replacement_overtaken", name) for name in ("Camille", "Helene", "Nour")]


def test_a_coordinator_who_holds_the_duty_is_told_both_things(
    coordinator: Person, sector: api.Sector, roster: api.Roster, nights: list[api.Post], told: Any
) -> None:
    both = make_professional("Bruyère", "Camille", account=coordinator)
    volunteer = api.set_volunteer(by=coordinator, sector=sector, professional=both)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    told()
    api.assign(by=coordinator, post=nights[3], volunteer=volunteer, reason="trou")
    assert told() == [("duty_given", "Camille"), ("roster_changed", "Camille")]
