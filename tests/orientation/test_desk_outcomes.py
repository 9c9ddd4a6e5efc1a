"""One tap of whoever received the person: the request closes, the figures move, who sent it is told, once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.agenda.models import Appointment
from maillage.exchange.api import Notification
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Closure, Proposal, Request
from maillage.people.api import Patient, access_log
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.orientation.conftest import Call, Doctor, pass_safety, refused

RECEIVED = "orientation:received"


@pytest.fixture
def account(place: Territory, make_doctor: Doctor) -> Person:
    """A doctor with an account, who receives this afternoon."""
    made = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    make_doctor("Aubépine", account=made)
    return made


@pytest.fixture
def booked(call: Call, regulator: Person, account: Person) -> Request:
    request = call()
    search = api.propose(by=regulator, request=request)
    first = Proposal.objects.of_request(request).filter(search=search).select_related("request").first()
    api.hold_and_book(by=regulator, proposal=first, key="b")
    return Request.objects.keyed(request.pk).select_related("scope").get()


@pytest.fixture
def effector(client: Client, account: Person) -> Client:
    client.force_login(account)
    return client


def tap(client: Client, request: Request, outcome: str, state: str = "booked") -> str:
    sent = {"outcome": outcome, "state": state}
    return client.post(reverse("orientation:say", args=[request.pk]), sent, follow=True).content.decode()


def offered(client: Client) -> list[str]:
    """Return the outcomes that the page offers, in order."""
    text = client.get(reverse(RECEIVED)).content.decode()
    return re.findall(r'name="outcome" value="(\w+)"', text)


def state(request: Request) -> str:
    return Request.objects.keyed(request.pk).get().state


def test_the_doctor_sees_what_waits_and_one_tap_closes_it(
    effector: Client, account: Person, booked: Request, regulator: Person, place: Territory, patient: Patient,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    before = api.today(by=regulator, scope=place.scope).closed
    assert api.received_count(account) == 1
    assert "(2 en attente)" in effector.get(reverse("web:home")).content.decode()
    text = effector.get(reverse(RECEIVED)).content.decode()
    assert "Louis TILLEUL" in text
    assert f'id="demande-{booked.pk}"' in text
    clock.move_to(Appointment._base_manager.get().slot.starts_at - timedelta(minutes=1))
    assert offered(effector) == ["reoriented", "emergency"]
    assert "Venu ou non" in effector.get(reverse(RECEIVED)).content.decode()
    assert "n’a pas commencé" in tap(effector, booked, "seen"), "nobody was seen yet"
    assert state(booked) == "booked"
    clock.shift(timedelta(minutes=1))
    assert offered(effector)[0] == "seen"
    assert "Issue notée\N{NO-BREAK SPACE}: Vu. La demande est close." in tap(effector, booked, "seen")
    assert state(booked) == "closed"
    assert api.today(by=regulator, scope=place.scope).closed == before + 1
    assert api.received_count(account) == 0
    assert Appointment._base_manager.get().state == "honoured"  # said once, for the agenda too
    assert "Vous l’avez dit" in effector.get(reverse(RECEIVED)).content.decode()


def test_a_second_tap_changes_nothing(
    effector: Client, booked: Request, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    tap(effector, booked, "not_honoured")
    assert "Le bureau de régulation reprend la demande" in tap(effector, booked, "not_honoured")
    assert state(booked) == "in_hand"
    assert Closure.objects.of_request(booked).count() == 1
    assert "a changé d’état" in tap(effector, booked, "seen")


def test_not_honoured_before_the_hour_is_refused_with_what_to_do(effector: Client, booked: Request) -> None:
    assert "annulez-le dans l’agenda" in tap(effector, booked, "not_honoured")
    assert state(booked) == "booked"


def test_the_desk_too_offers_no_outcome_before_its_hour(
    client: Client, regulator: Person, booked: Request, clock: time_machine.Traveller
) -> None:
    client.force_login(regulator)
    address = reverse("orientation:request", args=[booked.pk])
    starts_at = Appointment._base_manager.get().slot.starts_at
    for early, expected in ((1, ["declined", "reoriented"]), (0, ["seen", "not_honoured"])):
        clock.move_to(starts_at - timedelta(minutes=early))
        buttons = re.findall(r'name="outcome" value="(\w+)"', client.get(address).content.decode())
        assert buttons[:2] == expected


def test_what_the_agenda_said_already_is_no_obstacle(
    account: Person, booked: Request, clock: time_machine.Traveller
) -> None:
    Appointment._base_manager.update(state="cancelled")
    assert api.close(by=account, request=booked, outcome=api.Outcome.SEEN).closes


def test_the_notification_opens_the_page_on_the_request(
    booked: Request, account: Person, effector: Client
) -> None:
    told = Notification.objects.for_person(account).get(channel="inbox")
    assert told.path == f"{reverse(RECEIVED)}#demande-{booked.pk}"
    assert effector.get(told.path).status_code == 200


def test_whoever_sent_the_request_is_told_of_its_answer_and_of_its_outcome_once_each(
    client: Client, place: Territory, regulator: Person, account: Person, village: object, patient: Patient
) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    values = {"motive": "M03.14", "commune": village, "patient": patient, "priority": "P2"}
    request = api.open_request(
        by=nurse, scope=place.scope, origin=api.Origin.PROFESSIONAL, key="sent", values=values
    )
    client.force_login(nurse)
    assert "Arrivée au bureau" in client.get(reverse("orientation:asked")).content.decode()
    pass_safety(regulator, api.take(by=regulator, request=request))
    api.decide(by=regulator, request=request, kind=api.DecisionKind.ADVICE)
    api.close(by=regulator, request=request, outcome=api.Outcome.SEEN, awaited=api.State.ADVICE)
    api.close(by=regulator, request=request, outcome=api.Outcome.SEEN, awaited=api.State.ADVICE)
    told = Notification.objects.for_person(nurse).filter(template="request_answered", channel="inbox")
    page = f"{reverse('orientation:asked')}#demande-{request.pk}"
    assert [one.path for one in told] == [page] * 2  # decided, then ended
    text = client.get(reverse("orientation:asked")).content.decode()
    assert "Vu" in text


def test_the_reading_is_in_the_patients_log(
    effector: Client, booked: Request, patient: Patient, account: Person
) -> None:
    effector.get(reverse(RECEIVED))
    officer = make_person("hugo.lierre", Role.DPO, None)
    assert account in {one.person for one in access_log(by=officer, patient=patient)}


def test_others_see_nothing_and_say_nothing(client: Client, booked: Request, place: Territory) -> None:
    other = make_person("ada.loriot", Role.PHYSICIAN, place.scope)
    client.force_login(other)
    assert "Rien à dire" in client.get(reverse(RECEIVED)).content.decode()
    sent = {"outcome": "seen", "state": "booked"}
    assert client.post(reverse("orientation:say", args=[booked.pk]), sent).status_code == 404
    with pytest.raises(PermissionDenied):
        api.close(by=other, request=booked, outcome=api.Outcome.SEEN)


def test_a_word_that_is_no_outcome_is_no_address(effector: Client, booked: Request) -> None:
    address = reverse("orientation:say", args=[booked.pk])
    for sent in ({"outcome": "dancing", "state": "booked"}, {"outcome": "seen", "state": "asleep"}):
        assert effector.post(address, sent).status_code == 404


def test_an_earlier_doctor_has_nothing_more_to_say(
    booked: Request, account: Person, regulator: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    api.close(by=account, request=booked, outcome=api.Outcome.NOT_HONOURED)
    api.decide(by=regulator, request=booked, kind=api.DecisionKind.ADVICE)
    assert api.received_count(account) == 0
    refused(
        api.Refusal.STATE, api.close, by=account, request=booked, outcome=api.Outcome.SEEN,
        awaited=api.State.BOOKED,
    )  # fmt: skip


def test_who_works_at_every_desk_has_sent_nothing(booked: Request, place: Territory) -> None:
    everywhere = make_person("agnes.muguet", Role.REGULATOR, None)
    assert api.sent(by=everywhere) == []
