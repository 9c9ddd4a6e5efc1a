"""Days and hours that are far or unreadable; that no page fails of them is seen by the sweep of the site."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda.models import Agenda, Closure, Opening
from maillage.agenda.pages import reading
from maillage.kernel.models import Person

HOSTILE = [
    "9999-12-31", "0001-01-01", "1899-12-31", "2200-01-01", "2026-02-31", "2026-13-01", "2026-3-1\x00",
    "\x00",
    "", "²", "١٢", "9" * 30, "9" * 5000, "-1", "nothing", "2026-03-16T25:00",
    "0001-01-01T00:00", "9999-12-31T23:59",
]  # fmt: skip


@pytest.fixture
def visit(client: Client, doctor: Person) -> Client:
    client.force_login(doctor)
    return client


def test_a_far_absence_is_refused_with_the_days_that_it_may_have(visit: Client, agenda: Agenda) -> None:
    sent = {"key": "k", "schedule": "", "first_day": "2026-03-16", "last_day": "2200-01-01"}
    for last in ("9999-12-31", "2200-01-01"):
        answer = visit.post(reverse("agenda:absences", args=[agenda.pk]), sent | {"last_day": last})
        assert answer.status_code == 422
    assert "entre 01/01/1900 et 31/12/2199" in answer.content.decode()
    assert not Closure.objects.exists()
    opening = {
        "key": "k", "place_name": "Cabinet", "weekday": "1", "starts": "09:00", "ends": "12:00",
        "every": "1", "valid_from": "0001-01-01", "kind": "practice", "capacity": "1", "minutes": "20",
        "visibility": "private",
    }  # fmt: skip
    assert visit.post(reverse("agenda:openings", args=[agenda.pk]), opening).status_code == 422
    assert not Opening.objects.exists()


def test_a_wall_clock_is_read_within_reach_only() -> None:
    assert str(reading.wall_clock("2026-03-16T09:30")) == "2026-03-16 09:30:00"
    assert [reading.wall_clock(text) for text in HOSTILE] == [None] * len(HOSTILE)
    assert str(reading.wall_clock("2199-12-31T23:59")) == "2199-12-31 23:59:00"
