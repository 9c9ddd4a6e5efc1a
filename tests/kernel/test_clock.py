"""Whose wall clock: a scope's, its reader's, the installation's; days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from maillage.config.time_zone import ReaderTimeZone
from maillage.kernel import clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from tests.factories import make_person


def scope(zone: str) -> Scope:
    return Scope.objects.create(kind="territory", label=zone, time_zone=zone)


@pytest.mark.django_db
def test_a_reader_has_the_clock_of_their_scopes_where_these_agree() -> None:
    island, other, mainland = scope("Indian/Reunion"), scope("Indian/Reunion"), scope("Europe/Paris")
    reader = make_person("rose.vacoa", Role.PHYSICIAN, island)
    assert str(clock.zone_for(reader)) == "Indian/Reunion"
    reader.roles.create(role=Role.COORDINATOR, scope=other, starts_on="2026-01-01")
    assert str(clock.zone_for(reader)) == "Indian/Reunion"
    reader.roles.create(role=Role.COORDINATOR, scope=mainland, starts_on="2026-01-01")
    assert clock.zone_for(reader) == timezone.get_default_timezone()


@pytest.mark.django_db
def test_who_has_no_role_or_one_everywhere_has_that_of_the_installation() -> None:
    everywhere = make_person("jean.roux", Role.ADMINISTRATOR, None)
    nobody = Person.objects.create_user("nobody@example.org")
    for reader in (everywhere, nobody):
        assert clock.zone_for(reader) == timezone.get_default_timezone()


@pytest.mark.django_db
def test_a_request_is_served_by_the_clock_of_its_reader_and_leaves_none_behind(client: Client) -> None:
    reader = make_person("rose.vacoa", Role.ADMINISTRATOR, scope("Pacific/Noumea"))
    seen = []

    class Request:
        user = reader

    ReaderTimeZone(lambda _request: seen.append(timezone.get_current_timezone_name()))(Request())
    assert seen == ["Pacific/Noumea"]
    assert timezone.get_current_timezone_name() == "Europe/Paris"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", date(2026, 3, 29), 23),
        ("Europe/Paris", date(2026, 10, 25), 25),
        ("Indian/Reunion", date(2026, 3, 29), 24),
        ("America/Miquelon", date(2026, 11, 1), 25),
    ],
)
def test_a_day_lasts_as_long_as_it_does_there(zone: str, day: date, hours: int) -> None:
    first, last = clock.bounds(day, Scope(time_zone=zone))
    assert last.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=hours)
    assert clock.day_of(first, Scope(time_zone=zone)) == day
    assert clock.day_of(last, Scope(time_zone=zone)) == day + timedelta(days=1)


def test_an_instant_is_of_another_day_elsewhere() -> None:
    instant = datetime(2026, 3, 14, 22, 0, tzinfo=ZoneInfo("Europe/Paris"))
    days = {
        zone: clock.day_of(instant, Scope(time_zone=zone)).day
        for zone in ("Indian/Reunion", "America/Cayenne")
    }
    assert days == {"Indian/Reunion": 15, "America/Cayenne": 14}


@given(
    st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Marquesas"]),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 400),
    st.floats(0, 1, exclude_max=True),
)
def test_the_day_of_an_instant_is_that_of_the_clock_of_the_place(
    zone: str, first: date, count: int, share: float
) -> None:
    place, last = ZoneInfo(zone), first + timedelta(days=count)
    start = datetime.combine(first, time(), place).timestamp()
    end = datetime.combine(last + timedelta(days=1), time(), place).timestamp()
    at = int(start + share * (end - start))
    days = clock.Days(first, last, place)
    assert days.of(at) == datetime.fromtimestamp(at, place).date()
    for outside in (int(start) - 1, int(end)):
        with pytest.raises(ValueError, match="is of none"):
            days.of(outside)


def test_no_day_at_all_has_no_instant() -> None:
    with pytest.raises(ValueError, match="none of these 0 days"):
        clock.Days(date(2026, 3, 2), date(2026, 3, 1), UTC).of(1_772_400_000)
