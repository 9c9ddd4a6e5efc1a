"""What a regulator reads at the desk is true, and said where they look: priority, name, hour, next step."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.agenda.models import Appointment
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.pages.presenters import due
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import Call, Doctor, refused

CALL = reverse("orientation:call")
STROKE, FEVER = "M03.08", "M03.14"


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    client.force_login(regulator)
    return client


def shown(client: Client, request: Request) -> str:
    return client.get(reverse("orientation:request", args=[request.pk])).content.decode()


def outcomes(text: str) -> list[str]:
    return re.findall(r'name="outcome" value="(\w+)"', text)


def read(request: Request) -> Request:
    return Request.objects.keyed(request.pk).select_related("scope").get()


def test_a_vital_motive_typed_at_the_desk_is_p0(desk: Client, regulator: Person) -> None:
    said = {"key": "v1", "motive": STROKE, "caller_kind": "FAMILLE", "origin": "single_number"}
    assert desk.post(CALL, said).status_code == 302
    assert Request.objects.sent_by(regulator).get().priority == "P0"


@pytest.mark.parametrize(
    "change", [{"motive": STROKE}, {"age_months": 2}, {"priority": "P3", "age_months": 1}]
)
def test_what_makes_a_motive_vital_later_makes_it_p0(
    call: Call, regulator: Person, change: dict[str, object]
) -> None:
    request = call(patient=None)
    assert request.priority == "P2"
    assert api.describe(by=regulator, request=request, values=change).priority == "P0"


def test_a_motive_corrected_keeps_p0_until_somebody_says_another_priority(
    call: Call, regulator: Person
) -> None:
    request = call(motive=STROKE, checked=False)
    asked = {"by": regulator, "request": request, "reason": "Le visage est symétrique, rappelé."}
    assert api.describe(**asked, values={"motive": FEVER}).priority == "P0"
    assert api.describe(**asked, values={"priority": "P2"}).priority == "P2"


def test_the_queue_never_gives_a_patient_the_name_of_the_caller(
    desk: Client, regulator: Person, place: Territory, village: Commune, call: Call
) -> None:
    pharmacist = make_person("paul.reglisse", Role.PHARMACIST, place.scope)
    pharmacist.first_name, pharmacist.last_name = "Paul", "Réglisse"
    pharmacist.save()
    values = {"motive": FEVER, "commune": village, "age_months": 840}
    api.send_request(by=pharmacist, scope=place.scope, key="s1", values=values)
    call(patient=None, checked=False)
    text = desk.get(reverse("orientation:desk")).content.decode()
    names = re.findall(r'class="desk-who"><strong>([^<]*)</strong>', text)
    assert sorted(names) == ["Nom inconnu", "Nom inconnu · par Paul Réglisse"]


@pytest.fixture
def booked(call: Call, regulator: Person, doctor: object) -> Request:
    request = call()
    search = api.propose(by=regulator, request=request)
    first = Proposal.objects.of_request(request).filter(search=search).select_related("request").first()
    api.hold_and_book(by=regulator, proposal=first, key="b")
    return read(request)


def test_before_its_hour_nobody_is_seen_nor_missed(
    desk: Client, regulator: Person, booked: Request, clock: time_machine.Traveller
) -> None:
    starts_at = Appointment._base_manager.get().slot.starts_at
    clock.move_to(starts_at - timedelta(minutes=1))
    text = shown(desk, booked)
    assert "Noter un autre appel" in text
    assert outcomes(text)[0] == "declined"
    assert not {"seen", "not_honoured"} & set(outcomes(text))
    for outcome in (api.Outcome.SEEN, api.Outcome.NOT_HONOURED):
        refused(api.Refusal.NOT_BEGUN, api.close, by=regulator, request=booked, outcome=outcome)
    sent = {"outcome": "seen", "state": "booked"}
    said = desk.post(reverse("orientation:close", args=[booked.pk]), sent, follow=True).content.decode()
    assert "n’a pas commencé" in said
    assert read(booked).state == "booked"
    clock.move_to(starts_at)
    assert outcomes(shown(desk, booked))[:2] == ["seen", "not_honoured"]
    assert api.close(by=regulator, request=booked, outcome=api.Outcome.SEEN).closes


def test_an_hour_agreed_outside_any_slot_is_waited_for_too(
    desk: Client, regulator: Person, call: Call, make_doctor: Doctor, clock: time_machine.Traveller
) -> None:
    request = call()
    at = timezone.now() + timedelta(hours=3)
    api.send_outside_slot(by=regulator, request=request, key="o", professional=make_doctor("Houx"), at=at)
    request = read(request)
    refused(api.Refusal.NOT_BEGUN, api.close, by=regulator, request=request, outcome=api.Outcome.SEEN)
    assert "seen" not in outcomes(shown(desk, request))
    emergency = api.close(by=regulator, request=request, outcome=api.Outcome.EMERGENCY)
    refused(
        api.Refusal.NOT_BEGUN, api.correct_outcome, by=regulator, request=request, closure=emergency,
        outcome=api.Outcome.SEEN,
    )  # fmt: skip
    clock.move_to(at)
    seen = api.correct_outcome(by=regulator, request=request, closure=emergency, outcome=api.Outcome.SEEN)
    assert seen.outcome == "seen"


def test_once_the_questions_are_answered_the_screen_says_to_search(desk: Client, call: Call) -> None:
    asked = "Elles s’affichent une fois les questions de sécurité posées."
    search = "cherchez qui peut recevoir (C)"
    before = shown(desk, call(checked=False))
    assert asked in before
    assert search not in before
    after = shown(desk, call())
    assert asked not in after
    assert search in after


def test_who_calls_is_chosen_and_never_a_young_child(desk: Client, regulator: Person) -> None:
    said = {"key": "w1", "motive": FEVER, "origin": "single_number", "age_years": "3"}
    assert re.search(r'<option value=""[^>]*selected[^>]*>–', desk.get(CALL).content.decode())
    assert desk.post(CALL, said).status_code == 422
    child = desk.post(CALL, said | {"caller_kind": "SUJET"})
    assert child.status_code == 422
    assert "quelqu’un appelle pour l’enfant" in child.content.decode()
    assert desk.post(CALL, said | {"caller_kind": "SUJET", "age_years": "15"}).status_code == 302
    assert desk.post(CALL, said | {"key": "w2", "caller_kind": "FAMILLE"}).status_code == 302
    assert Request.objects.sent_by(regulator).count() == 2


def test_the_number_to_call_back_is_asked_in_the_red_panel_and_kept(desk: Client, call: Call) -> None:
    request = call(patient=None, motive=STROKE, checked=False)
    assert 'name="phone"' in shown(desk, request)
    address, note = reverse("orientation:transfer", args=[request.pk]), "Bouche de travers."
    desk.post(address, {"note": note, "phone": "06 39 98 00 34"})
    assert (read(request).state, read(request).caller_phone) == ("transferred", "+33639980034")
    assert "06 39 98 00 34" in Decision.objects.of_request(request).get().note.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert 'name="phone"' not in shown(desk, call(motive=STROKE, checked=False)), "the patient's is known"


def test_the_message_is_said_where_the_answer_is_read(desk: Client, booked: Request) -> None:
    told = re.search(r'desk-told-said">\s*([^<]+)<', shown(desk, booked))
    assert told is not None
    assert "•• 01" in told[1].replace("\N{NO-BREAK SPACE}", " ")


def test_whom_no_message_reaches_is_told_by_word_in_one_tap(
    desk: Client, call: Call, make_doctor: Doctor, place: Territory, regulator: Person
) -> None:
    make_doctor("Aubépine")
    request = call(patient=make_patient("Orme", place, phone=""))
    api.propose(by=regulator, request=request)
    best = Proposal.objects.of_request(request).offered().first()
    api.hold_and_book(by=regulator, proposal=best, key="unreachable")
    page = shown(desk, request)
    assert "Aucun message possible" in page
    tap = re.search(r'action="(/messages/\d+/dit/)"', page)
    assert tap is not None
    here = reverse("orientation:request", args=[request.pk])
    assert desk.post(tap[1], {"next": here}).headers["Location"] == here
    page = shown(desk, request)
    assert "C’est dit de vive voix" in page
    assert regulator.get_full_name() in page
    assert "Aucun message possible" not in page


def test_no_sign_of_life_is_asked_of_a_dead_person(desk: Client, call: Call) -> None:
    text = shown(desk, call(motive="M06.01", checked=False))
    assert "Le décès est certain" in text
    assert "ni la respiration" not in text
    assert '<option value="SUJET"' not in text[: text.index("check-name")]
    assert "ni la respiration" in shown(desk, call(motive="M06.02", checked=False))


def test_the_longest_late_comes_first_whether_its_priority_was_said_or_not(
    call: Call, regulator: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    first = call(priority="P2")
    clock.shift(timedelta(minutes=13))
    second = call(priority="")
    clock.shift(timedelta(minutes=22))
    lines = api.queue(by=regulator, scope=place.scope)
    assert [one.request.pk for one in lines] == [first.pk, second.pk]


def test_a_delay_under_a_minute_is_said_in_words_and_a_vital_motive_by_its_name(
    desk: Client, call: Call
) -> None:
    at = timezone.now()
    assert due(at, at) == "à l’instant"
    assert due(at + timedelta(seconds=30), at) == "moins d’une minute"
    assert due(at, at + timedelta(minutes=2)).startswith("retard")
    text = shown(desk, call(motive=STROKE, checked=False)).replace("\N{NO-BREAK SPACE}", " ")
    assert "motif vital : 15" in text
    assert "signe d’alerte : 15" not in text
