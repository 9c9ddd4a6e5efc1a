"""A demonstration opens on a Saturday at 14:05; no other installation's clock is touched."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from maillage.kernel import demonstration_clock as clock

WEDNESDAY = datetime(2026, 3, 11, 9, 30, tzinfo=clock.ZONE)


@pytest.fixture(autouse=True)
def own_clock() -> Iterator[None]:
    """Give Django its clock back after each test."""
    yield
    timezone.now, clock._ahead = clock._real_now, None


@pytest.fixture
def moment() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


def test_without_a_demonstration_the_clock_is_django_s(tmp_path: Path) -> None:
    for content in (None, "not json", "[]", '{"seconds_ahead": "soon"}', "{}"):
        if content is not None:
            (tmp_path / clock.FILE).write_text(content)
        clock.read(tmp_path)
        assert not clock.is_followed()
        assert timezone.now is clock._real_now


def test_it_opens_on_the_saturday_to_come_and_time_passes(
    tmp_path: Path, moment: time_machine.Traveller
) -> None:
    opened = clock.advance(tmp_path)
    assert opened == datetime(2026, 3, 14, 14, 5, tzinfo=clock.ZONE)
    assert clock.is_followed()
    moment.shift(timedelta(minutes=20))
    assert timezone.localtime().strftime("%A %H:%M") == "Saturday 14:25"
    assert clock.advance(tmp_path) == opened + timedelta(minutes=20)


def test_it_never_goes_back(tmp_path: Path, moment: time_machine.Traveller) -> None:
    clock.advance(tmp_path)
    moment.shift(timedelta(hours=3))
    assert clock.advance(tmp_path) == datetime(2026, 3, 21, 14, 5, tzinfo=clock.ZONE)
    moment.shift(timedelta(days=30))
    after = clock.advance(tmp_path)
    assert (after.astimezone(clock.ZONE).weekday(), after > timezone.now() - timedelta(seconds=1)) == (
        5,
        True,
    )


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-03-14T14:05+01:00", "2026-03-14T14:05+01:00"),
        ("2026-03-14T14:06+01:00", "2026-03-21T14:05+01:00"),
        ("2026-03-22T00:00+01:00", "2026-03-28T14:05+01:00"),
        ("2026-03-29T12:00+02:00", "2026-04-04T14:05+02:00"),  # the clocks changed in the night
    ],
)
def test_saturdays_on_the_wall_of_paris(instant: str, opening: str) -> None:
    found = clock.opening_after(datetime.fromisoformat(instant).astimezone(UTC))
    assert found == datetime.fromisoformat(opening)


def test_another_process_reads_the_same_clock(tmp_path: Path, moment: time_machine.Traveller) -> None:
    clock.advance(tmp_path)
    kept = json.loads((tmp_path / clock.FILE).read_text())
    shown = clock.now()
    timezone.now, clock._ahead = clock._real_now, None
    clock.read(tmp_path)
    assert clock.now() == shown
    assert kept["seconds_ahead"] == (shown - WEDNESDAY).total_seconds()
