"""What an address or a form may carry: far days, digits of other scripts, bytes that no database stores."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api
from maillage.agenda.models import Agenda, Closure, Opening, Slot
from maillage.agenda.pages import reading
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.factories import make_commune

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


PAGES = {
    "week": ("du", "choisi", "deplacer", "vers", "a", "ouvrir", "de"),
    "enrol": ("q", "patient"),
    "reserve": ("q",),
}
DAYS = ("first_day", "last_day", "valid_from", "valid_to", "day")
FORMS = {
    "visibility": ("slot", "visibility", "du", "pour"),
    "openings": ("key", "schedule", "place_name", "weekday", "starts", "minutes", "valid_from", "valid_to"),
    "absences": ("schedule", "first_day", "last_day", "first_hour"),
    "advanced": ("where", "day", "starts"),
    "enrol": ("patient", "first_day", "last_day", "notice_hours"),
}


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_fails_whatever_it_carries(
    visit: Client, agenda: Agenda, slots: list[Slot], patient: Patient, value: str
) -> None:
    make_commune(place=agenda.territory)
    for page, names in PAGES.items():
        address = reverse(f"agenda:{page}", args=[slots[0].pk if page == "reserve" else agenda.pk])
        for name in names:
            answer = visit.get(address, {name: value})
            assert answer.status_code in {200, 404}, f"{address}?{name}={value!r}"
    good = {"key": "k", "patient": str(patient.pk), "slot": str(slots[0].pk), "visibility": "SNP"}
    for page, names in FORMS.items():
        for name in names:
            answer = visit.post(reverse(f"agenda:{page}", args=[agenda.pk]), good | {name: value})
            assert answer.status_code < 500, f"{page} {name}={value!r}"


@pytest.mark.parametrize("value", ["\x00", "9" * 5000, "²"])
def test_no_button_fails_whatever_it_carries(
    visit: Client, doctor: Person, slots: list[Slot], patient: Patient, value: str
) -> None:
    made = api.book(by=doctor, slot=slots[0], patient=patient, key="b")
    good = {"key": "k", "state": "arrived", "slot": str(slots[1].pk), "next": "/agenda/"}
    for page in ("outcome", "move", "undo"):
        for name in good:
            answer = visit.post(reverse(f"agenda:{page}", args=[made.pk]), good | {name: value})
            assert answer.status_code < 500, f"{page} {name}={value!r}"


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
