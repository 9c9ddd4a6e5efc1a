"""Who holds a duty and is gone: a gap for every door, said to the coordinator with what to do."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from maillage.directory.api import Membership, Structure
from maillage.exchange.api import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.roster import api
from maillage.roster.actions.leaving import report_departures
from maillage.roster.api import Coverage, RosterError, State
from maillage.roster.models import Assignment
from maillage.roster.pages.printing import printed
from maillage.territory.api import Commune, Territory
from tests.factories import make_professional
from tests.roster.clients import enter, later, page
from tests.roster.conftest import FIRST


def make_structure(key: str = "A") -> Structure:
    return Structure.objects.create(
        id=f"test:{key}", kind="msp", name="MSP", search_name=" msp", commune=Commune.objects.get(pk="71230"),
        lon=4.3, lat=46.0, precision="commune", count=1, source="test",
    )  # fmt: skip


Leave = Callable[[Person, api.Volunteer], None]


@pytest.fixture
def nights(posts: list[api.Post]) -> list[api.Post]:
    return [post for post in posts if post.kind == "night"]


@pytest.fixture
def sent(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> api.Roster:
    """A roster in force where the second doctor holds the nights of 4 and 6 May."""
    for night in (nights[3], nights[5]):
        api.assign(by=coordinator, post=night, volunteer=volunteers[1])
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=state)
    roster.refresh_from_db()
    return roster


def stop(coordinator: Person, one: api.Volunteer) -> None:
    api.set_volunteer(by=coordinator, sector=one.sector, professional=one.professional, is_active=False)


def close_sheet(_coordinator: Person, one: api.Volunteer) -> None:
    one.professional.is_active = False
    one.professional.save()


def merge(_coordinator: Person, one: api.Volunteer) -> None:
    one.professional.merged_into = make_professional("Bouleau", "Marc-Antoine")
    one.professional.account = None
    one.professional.save()


def suspend(_coordinator: Person, one: api.Volunteer) -> None:
    Person.objects.filter(pk=one.professional.account_id).update(is_active=False)


def move(_coordinator: Person, one: api.Volunteer) -> None:
    Membership.objects.create(
        professional=one.professional, structure=make_structure(), ends_on=date(2026, 4, 30), source="test"
    )


def go_on_leave(coordinator: Person, one: api.Volunteer) -> None:
    api.add_absence(
        by=coordinator, professional=one.professional, first_day=FIRST, last_day=date(2026, 5, 31)
    )


LEAVING: dict[str, Leave] = {
    "ne prend plus de gardes": stop,
    "n’est plus en activité dans l’annuaire": close_sheet,
    "fiche fusionnée": merge,
    "compte suspendu": suspend,
    "n’exerce plus dans aucune structure": move,
    "absence ce jour-là": go_on_leave,
}


@pytest.mark.parametrize("why", LEAVING)
def test_whoever_is_gone_is_on_call_for_nobody(
    why: str, coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    communes: list[Commune], clock: time_machine.Traveller,
) -> None:  # fmt: skip
    at = nights[3].starts_at + timedelta(hours=2)
    assert api.on_call(communes[0], at).coverage is Coverage.COVERED
    LEAVING[why](coordinator, volunteers[1])
    given = api.on_call(communes[0], at)
    assert (given.coverage, given.held) == (Coverage.GAP, ())
    assert "Marc Bouleau ne peut pas tenir cette garde" in given.sentence
    manager = enter(coordinator)
    text = page(manager, "detail", sent.pk)
    assert "2 gardes à redonner" in text
    assert why in text
    assert why in page(manager, "duty", nights[3].pk)
    doctor = enter(volunteers[0].professional.account)
    colleague = page(doctor, "detail", sent.pk)
    assert "ne peut pas tenir la garde" in colleague
    assert why not in colleague, "why is between them and the coordinator"
    events = Calendar.from_ical(api.ical(sent)).walk("VEVENT")
    assert not any("Bouleau" in str(one["summary"]) for one in events)
    later(clock, at, doctor)
    said = page(doctor, "on_call", query="?commune=71230")
    assert "Marc Bouleau est de garde" not in said
    assert "ne peut pas tenir cette garde" in said


def test_a_duty_done_stays_with_whoever_did_it(
    coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    clock.move_to(nights[4].starts_at)
    stop(coordinator, volunteers[1])
    assert [line.duties for line in api.statement(sent)] == [2]
    text = page(enter(coordinator), "detail", sent.pk)
    assert "1 garde à redonner" in text
    stop_again = api.missing_posts(sent)
    api.set_volunteer(
        by=coordinator, sector=volunteers[1].sector, professional=volunteers[1].professional, is_active=True
    )
    assert api.missing_posts(sent) == stop_again - 1, "back, the duty is held again: nothing was lost"


def test_a_membership_that_ends_later_leaves_the_duties_before_it(
    coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    communes: list[Commune],
) -> None:  # fmt: skip
    mine = {"professional": volunteers[1].professional, "source": "test"}
    Membership.objects.create(structure=make_structure("A"), ends_on=nights[4].day, **mine)
    hours = timedelta(hours=2)
    assert api.on_call(communes[0], nights[3].starts_at + hours).coverage is Coverage.COVERED
    assert api.on_call(communes[0], nights[5].starts_at + hours).coverage is Coverage.GAP
    Membership.objects.create(structure=make_structure("B"), **mine)
    assert api.on_call(communes[0], nights[5].starts_at + hours).coverage is Coverage.COVERED


@pytest.mark.parametrize("why", [one for one in LEAVING if one != "absence ce jour-là"])
def test_whoever_is_gone_takes_no_duty_and_a_computation_gives_theirs_to_others(
    why: str, coordinator: Person, roster: api.Roster, nights: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    gone = volunteers[1]
    api.assign(by=coordinator, post=nights[3], volunteer=gone)
    asked = api.ask(by=gone.professional.account, post=nights[3])
    LEAVING[why](coordinator, gone)
    with pytest.raises(RosterError, match="ne peut pas prendre cette garde"):
        api.assign(by=coordinator, post=nights[7], volunteer=gone)
    offer = api.offer(by=coordinator, exchange=asked, volunteer=volunteers[2])
    api.accept(by=coordinator, chosen=offer)
    assert Assignment.objects.get(post=nights[3]).volunteer_id == volunteers[2].pk
    Assignment.objects.create(post=nights[5], volunteer=gone, origin="manual", is_locked=True)
    api.keep(by=coordinator, proposal=api.propose(roster, quick=True))
    assert Assignment.objects.filter(volunteer=gone).count() == 0
    assert Assignment.objects.filter(post=nights[5]).exists()


def test_a_sector_that_everybody_left_says_so(
    coordinator: Person, roster: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    for one in volunteers:
        suspend(coordinator, one)
    with pytest.raises(RosterError, match="Aucun volontaire"):
        api.propose(roster, quick=True)
    text = page(enter(coordinator), "duty", nights[3].pk)
    assert text.count("compte suspendu") == 4


def told(person: Person) -> list[str]:
    """Return what waits in somebody's inbox, once the worker has passed."""
    while outbox.drain():
        pass
    return [one.template for one in Notification.objects.for_person(person).filter(channel="inbox")]


def test_the_coordinator_is_told_each_time_somebody_stops(
    coordinator: Person, sent: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    stop(coordinator, volunteers[0])
    before = told(coordinator)
    assert "duties_to_reassign" not in before, "nothing to reassign"
    for _time in range(2):
        stop(coordinator, volunteers[1])
        stop(coordinator, volunteers[1])
        api.set_volunteer(
            by=coordinator, sector=volunteers[1].sector, professional=volunteers[1].professional
        )
    assert told(coordinator).count("duties_to_reassign") == 2
    line = Notification.objects.for_person(coordinator).filter(template="duties_to_reassign").first()
    assert line is not None
    assert line.parameters["day"] == "2026-05-04"
    assert line.parameters["professional"] == volunteers[1].professional_id


def test_who_left_by_another_door_is_found_each_day(
    coordinator: Person, sent: api.Roster, volunteers: list[api.Volunteer], clock: time_machine.Traveller
) -> None:
    assert api.report_departures() == 0
    suspend(coordinator, volunteers[1])
    assert told(coordinator).count("duties_to_reassign") == 0
    clock.shift(timedelta(days=1))
    for _pass in range(3):
        assert told(coordinator).count("duties_to_reassign") == 1, "once a week"
    clock.shift(timedelta(days=7))
    assert told(coordinator).count("duties_to_reassign") == 2, "as long as it lasts"


def test_who_cannot_take_a_duty_is_never_proposed_first(
    coordinator: Person, place: Territory, sector: api.Sector, roster: api.Roster, nights: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    """On leave, on duty the night before, stopped: named with why, and no choice is made beforehand."""
    ill, away, tired, stopped = volunteers
    free = api.set_volunteer(
        by=coordinator, sector=sector, professional=make_professional("Zèbre", "Ada"), share=0.5
    )
    api.assign(by=coordinator, post=nights[3], volunteer=ill)
    go_on_leave(coordinator, away)
    api.assign(by=coordinator, post=nights[3 - 1], volunteer=tired)
    later_that_day = next(one for one in api.posts_of(roster) if one.day == nights[2].day)
    assert later_that_day.kind == "sunday"
    stop(coordinator, stopped)
    api.ask(by=coordinator, post=nights[3])
    text = page(enter(coordinator), "duty", nights[3].pk)
    choice = text[text.index('name="volunteer" required') :].split("</select>")[0]
    assert choice.startswith('name="volunteer" required><option value="">')
    assert f'value="{free.pk}"' in choice
    assert "selected" not in choice
    for one in (away, stopped):
        assert f'value="{one.pk}"' not in choice
    assert "ne peuvent pas la prendre" in text
    exchange = api.Exchange.objects.get()
    client = enter(coordinator)
    answer = client.post(f"/gardes/remplacement/{exchange.pk}/proposer/", {"volunteer": ""}, follow=True)
    assert "Choisissez qui s’est proposé" in answer.content.decode()


def test_the_printed_roster_leaves_the_place_open(
    coordinator: Person, sent: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    def names() -> set[str]:
        data: dict[str, Any] = printed(sent, timezone.now())
        days = [day for month in data["months"] for week in month["weeks"] for day in week]
        return {duty["holder"] for day in days for duty in day["duties"]}

    assert "Marc Bouleau" in names()
    suspend(coordinator, volunteers[1])
    assert names() == {""}


@pytest.mark.parametrize("why", LEAVING)
def test_a_duty_that_nobody_took_over_is_to_be_verified_before_it_is_counted(
    coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    clock: time_machine.Traveller, why: str,
) -> None:  # fmt: skip
    manager = enter(coordinator)
    later(clock, nights[2].starts_at, manager)
    LEAVING[why](coordinator, volunteers[1])
    report_departures()
    assert "à vérifier" not in page(manager, "statement", sent.pk), "no duty is over yet"
    later(clock, nights[4].starts_at, manager)
    text = page(manager, "statement", sent.pk)
    assert "1 garde à vérifier" in text
    assert why in text
    later(clock, nights[6].starts_at, manager)
    assert "2 gardes à vérifier" in page(manager, "statement", sent.pk)


def test_a_duty_done_before_leaving_or_after_coming_back_is_counted_without_a_word(
    coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    manager = enter(coordinator)
    later(clock, nights[4].starts_at, manager)
    stop(coordinator, volunteers[1])
    assert "à vérifier" not in page(manager, "statement", sent.pk), "they stopped after their first night"
    later(clock, nights[6].starts_at, manager)
    assert "1 garde à vérifier" in page(manager, "statement", sent.pk)
    api.set_volunteer(
        by=coordinator, sector=volunteers[1].sector, professional=volunteers[1].professional, is_active=True
    )
    assert "à vérifier" not in page(manager, "statement", sent.pk)


def test_leave_of_one_night_is_to_be_verified_though_they_stopped_later(
    coordinator: Person, sent: api.Roster, nights: list[api.Post], volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    one, night = volunteers[1], nights[3]
    api.add_absence(by=coordinator, professional=one.professional, first_day=night.day, last_day=night.day)
    manager = enter(coordinator)
    later(clock, nights[6].starts_at, manager)
    stop(coordinator, one)
    text = page(manager, "statement", sent.pk)
    assert "1 garde à vérifier" in text
    assert "absence ce jour-là" in text
