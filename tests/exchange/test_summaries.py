"""The summary of an inbox: once a working day, at an hour of its owner's clock, without what waits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.exchange.actions.inbox import set_preference
from maillage.exchange.actions.summaries import send_due_summaries
from maillage.exchange.models import ContactPreference, Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.exchange.conftest import PARIS, Tell
from tests.exchange.servers import Smtp
from tests.factories import make_person, make_territory

MONDAY = datetime(2026, 3, 16, 8, 0, tzinfo=PARIS)


def three(_person: Person) -> tuple[int, int]:
    return 3, 1


def summed_up(person: Person, hour: int = 8) -> None:
    set_preference(by=person, by_email=True, language="fr", daily_at=time(hour))


def test_it_leaves_once_at_its_hour_and_says_how_many(
    doctor: Person, smtp: Smtp, clock: time_machine.Traveller
) -> None:
    summed_up(doctor)
    clock.move_to(MONDAY - timedelta(minutes=1))
    assert send_due_summaries(three) == 0
    clock.move_to(MONDAY)
    assert send_due_summaries(three) == 1
    assert send_due_summaries(three) == 0
    clock.shift(timedelta(seconds=2))
    outbox.drain()
    (mail,) = smtp.mails
    assert f"To: {doctor.email}" in mail
    (row,) = Notification.objects.unscoped(reason="what was written").filter(channel="email")
    assert (row.channel, row.state, row.parameters) == ("email", "sent", {"count": 3, "late": 1})
    clock.move_to(MONDAY + timedelta(days=1))
    assert send_due_summaries(lambda _person: (1_200, 0)) == 1
    clock.shift(timedelta(seconds=2))
    outbox.drain()
    assert len(smtp.mails) == 2
    assert "Ce_qui_vous_attend" in smtp.mails[1].replace(" ", "_")


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (MONDAY + timedelta(minutes=119), 1),
        (MONDAY + timedelta(hours=2), 0),  # the server was stopped: no longer the summary of its hour
        (MONDAY - timedelta(days=1), 0),
        (MONDAY - timedelta(days=2), 0),
        (datetime(2026, 3, 30, 8, 0, tzinfo=PARIS), 1),  # the clocks changed the night before
        (datetime(2026, 3, 30, 7, 59, tzinfo=PARIS), 0),
    ],
)
def test_it_leaves_on_working_days_within_two_hours(
    doctor: Person, clock: time_machine.Traveller, moment: datetime, leaves: int
) -> None:
    summed_up(doctor)
    clock.move_to(moment)
    assert send_due_summaries(three) == leaves


@pytest.mark.django_db
def test_the_hour_is_that_of_the_territory_of_its_reader(clock: time_machine.Traveller) -> None:
    far: Territory = make_territory()
    far.scope.time_zone = "Indian/Reunion"
    far.scope.save()
    nurse = make_person("lea.vetiver", Role.NURSE, far.scope)
    summed_up(nurse)
    clock.move_to(MONDAY)
    assert send_due_summaries(three) == 0
    clock.move_to(datetime(2026, 3, 16, 8, 30, tzinfo=ZoneInfo("Indian/Reunion")))
    assert send_due_summaries(three) == 1


def test_nothing_leaves_where_nothing_waits_nor_to_who_may_not_sign_in(
    doctor: Person, coordinator: Person, clock: time_machine.Traveller
) -> None:
    summed_up(doctor)
    summed_up(coordinator)
    coordinator.is_active = False
    coordinator.save()
    clock.move_to(MONDAY)
    assert send_due_summaries(lambda _person: (0, 0)) == 0
    assert send_due_summaries(three) == 1
    (row,) = Notification.objects.unscoped(reason="who was written to").filter(channel="email")
    assert row.person == doctor


def test_with_a_summary_only_what_is_urgent_is_mailed_besides(doctor: Person, tell: Tell) -> None:
    summed_up(doctor)
    assert [row.channel for row in tell(doctor)] == ["inbox"]
    assert [row.channel for row in tell(doctor, urgent=True)] == ["inbox", "email"]


def test_its_owner_chooses_it_and_its_hour_on_the_page(doctor: Person, client: Client) -> None:
    client.force_login(doctor)
    address, page = reverse("exchange:preference"), reverse("exchange:inbox")

    def choose(**sent: str) -> ContactPreference | None:
        client.post(address, {"language": "fr", **sent})
        return ContactPreference.objects.filter(person=doctor).first()

    assert choose(mail="daily", daily_at="03:00") is None
    assert choose(mail="hourly", daily_at="08:00") is None
    kept = choose(mail="daily", daily_at="18:00")
    assert kept is not None
    assert kept.daily_at == time(18)
    text = client.get(page).content.decode()
    assert 'value="18:00" selected' in text
    kept = choose(mail="never", daily_at="18:00")
    assert kept is not None
    assert (kept.by_email, kept.daily_at) == (False, None)
    kept = choose(mail="each")
    assert kept is not None
    assert (kept.by_email, kept.daily_at) == (True, None)
