"""A roster that begins and ends by itself: at the right instant, once, whatever the clock does."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from maillage.kernel import outbox
from maillage.kernel.models import Delivery, Entry, Person
from maillage.roster import api
from maillage.roster.api import State
from maillage.roster.models import StateChange
from tests.factories import make_commune, make_person, make_territory
from tests.roster.conftest import PARIS

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = (State.SENT, State.INCOMPLETE, State.TRANSMITTED)


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def transmitted(by: Person, roster: api.Roster) -> api.Roster:
    for to in STEPS:
        api.change_state(by=by, roster=roster, to=to)
    return roster


def state(roster: api.Roster) -> str:
    outbox.drain()
    roster.refresh_from_db()
    return roster.state


def test_it_runs_on_its_first_day_and_closes_after_its_last_duty(
    coordinator: Person, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    transmitted(coordinator, roster)
    clock.move_to(at(2026, 4, 30, 23, 59), tick=False)
    assert state(roster) == "transmitted"
    clock.move_to(at(2026, 5, 1, 0), tick=False)
    assert state(roster) == "running"
    clock.move_to(at(2026, 8, 1, 7, 59), tick=False)
    assert state(roster) == "running", "the last night ends at eight"
    clock.move_to(at(2026, 8, 1, 8), tick=False)
    assert state(roster) == "closed"
    steps = StateChange.objects.filter(roster=roster, by=None)
    assert [one.state for one in steps] == ["running", "closed"]
    entries = Entry.objects.filter(verb="roster.state_changed", by=None).order_by("position")
    assert [one.changes["state"] for one in entries] == [["transmitted", "running"], ["running", "closed"]]
    assert outbox.drain() == 0


def test_a_server_stopped_for_months_catches_up_once(
    coordinator: Person, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    """Without any message, as a roster from before, or one of a restored base."""
    transmitted(coordinator, roster)
    Delivery.objects.all().delete()
    clock.move_to(at(2026, 4, 30, 12), tick=False)
    assert api.follow_calendar() == 0
    clock.move_to(at(2026, 12, 1, 12), tick=False)
    assert api.follow_calendar() == 2
    assert state(roster) == "closed"
    assert api.follow_calendar() == 0
    assert StateChange.objects.filter(roster=roster, by=None).count() == 2


def test_what_somebody_did_by_hand_is_not_done_again(
    coordinator: Person, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    transmitted(coordinator, roster)
    clock.move_to(at(2026, 5, 1, 0, 5), tick=False)
    api.change_state(by=coordinator, roster=roster, to=State.RUNNING)
    assert state(roster) == "running"
    assert StateChange.objects.filter(roster=roster, state="running").count() == 1


@pytest.mark.parametrize(
    ("first", "last", "end"),
    [
        (date(2026, 7, 25), date(2026, 10, 24), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (date(2026, 12, 28), date(2027, 3, 27), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ],
)
def test_the_last_night_is_that_of_a_clock_change(
    coordinator: Person,
    sector: api.Sector,
    clock: time_machine.Traveller,
    first: date,
    last: date,
    end: datetime,
) -> None:
    roster = api.create_roster(by=coordinator, sector=sector, first_day=first, last_day=last)
    transmitted(coordinator, roster)
    clock.move_to(end.replace(hour=end.hour - 1, minute=59), tick=False)
    assert state(roster) == "running"
    clock.move_to(end, tick=False)
    assert state(roster) == "closed"


def test_the_day_is_that_of_the_place(clock: time_machine.Traveller) -> None:
    """In Réunion the first of May begins at 20:00 UTC on the day before."""
    island = make_territory("Indian/Reunion")
    keeper = make_person("rose.letchi", "coordinator", island.scope)
    sector = api.create_sector(by=keeper, place=island, name="Ouest", communes=[make_commune("97415")])
    roster = api.create_roster(
        by=keeper, sector=sector, first_day=date(2026, 5, 1), last_day=date(2026, 7, 31)
    )
    transmitted(keeper, roster)
    clock.move_to(datetime(2026, 4, 30, 19, 59, tzinfo=UTC), tick=False)
    assert state(roster) == "transmitted"
    clock.move_to(datetime(2026, 4, 30, 20, tzinfo=UTC), tick=False)
    assert state(roster) == "running"


def test_a_draft_does_not_turn_and_a_sector_without_posts_closes_at_midnight(
    coordinator: Person, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(2026, 6, 1, 12), tick=False)
    assert api.follow_calendar() == 0
    roster.posts.all().delete()
    for to in (State.SENT, State.VALIDATED, State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=to)
    clock.move_to(at(2026, 8, 1, 0), tick=False)
    assert state(roster) == "closed"
