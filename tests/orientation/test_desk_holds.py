"""A seat kept while the person is asked: its time left shown, booked or given back, over in a sentence."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.agenda.models import Appointment, Slot
from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Proposal, Request
from maillage.territory.api import Commune
from tests.orientation.conftest import NOW, Call, Doctor, refused


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    client.force_login(regulator)
    return client


def offered(by: Person, request: Request) -> list[Proposal]:
    search = api.propose(by=by, request=request)
    rows = Proposal.objects.of_request(request).filter(search=search).exclude(slot=None)
    return list(rows.select_related("slot__agenda", "search", "request").order_by("rank"))


def again(proposal: Proposal) -> Proposal:
    return Proposal.objects.keyed(proposal.pk).select_related("appointment").get()


def taken() -> int:
    return Slot.objects.with_taken(NOW).filter(taken__gt=0).count()


def post(desk: Client, name: str, proposal: Proposal, **sent: str) -> str:
    address = reverse(f"orientation:{name}", args=[proposal.request_id, proposal.pk])
    return desk.post(address, sent, follow=True).content.decode()


def test_a_seat_is_kept_shown_with_its_time_left_then_booked(
    desk: Client, call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    first, *_others = offered(regulator, call())
    text = post(desk, "hold", first, key="h")
    assert "Créneau retenu" in text
    assert 'data-left="300"' in text
    assert "5\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}00" in text
    assert "Rendre" in text
    clock.shift(timedelta(seconds=28))
    page = desk.get(reverse("orientation:request", args=[first.request_id])).content.decode()
    assert "4\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}32" in page
    assert "Rendez-vous pris" in post(desk, "book", first, key="b")
    assert again(first).state == "accepted"
    assert taken() == 1


def test_a_double_press_holds_once_and_another_page_changes_nothing(
    desk: Client, call: Call, regulator: Person, doctor: Professional
) -> None:
    first, *_others = offered(regulator, call())
    for key in ("h", "h", "from another page"):
        assert "Créneau retenu" in post(desk, "hold", first, key=key)
    assert Appointment._base_manager.count() == 1
    assert desk.post(reverse("orientation:hold", args=[first.request_id, first.pk])).status_code == 404


def test_a_request_keeps_one_seat_at_a_time(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, village: Commune
) -> None:
    make_doctor("Bruyère", commune=village)
    first, second = offered(regulator, call())
    api.hold(by=regulator, proposal=first, key="a")
    api.hold(by=regulator, proposal=second, key="b")
    assert [again(one).state for one in (first, second)] == ["offered", "held"]
    assert taken() == 1
    api.hold_and_book(by=regulator, proposal=first, key="c")
    assert taken() == 1  # what was held for the person is given back


def test_given_back_it_is_free_for_all_and_may_be_held_again(
    desk: Client, call: Call, regulator: Person, doctor: Professional
) -> None:
    first, *_others = offered(regulator, call())
    for key in ("a", "b"):
        post(desk, "hold", first, key=key)
        assert taken() == 1
        assert "Créneau rendu" in post(desk, "release_seat", first)
        assert taken() == 0
    assert "rien à rendre" in post(desk, "release_seat", first)  # once more changes nothing
    assert again(first).state == "offered"


def test_once_its_time_is_over_a_sentence_says_so_and_it_may_still_be_booked(
    desk: Client, call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    first, *_others = offered(regulator, call())
    post(desk, "hold", first, key="h")
    clock.shift(timedelta(minutes=6))
    page = desk.get(reverse("orientation:request", args=[first.request_id])).content.decode()
    assert 'data-left="0"' in page
    assert "Le temps est passé" in page
    refused(api.Refusal.HOLD_OVER, api.hold, by=regulator, proposal=first, key="h")
    assert "Rendez-vous pris" in post(desk, "book", first, key="b")


def test_over_and_taken_by_another_the_next_best_is_there(
    desk: Client, call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller,
    colleague: Person,
) -> None:  # fmt: skip
    first, *_others = offered(regulator, call())
    post(desk, "hold", first, key="h")
    clock.shift(timedelta(minutes=6))
    other = call(by=colleague)
    theirs = next(one for one in offered(colleague, other) if one.slot == first.slot)
    assert api.hold_and_book(by=colleague, proposal=theirs, key="o").appointment is not None
    assert "vient d’être pris" in post(desk, "hold", first, key="h2")
    assert again(first).state == "taken"


def test_a_decision_without_the_slot_gives_its_seat_back(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    first, *_others = offered(regulator, call())
    api.hold(by=regulator, proposal=first, key="h")
    api.decide(by=regulator, request=first.request, kind=api.DecisionKind.ADVICE)
    assert taken() == 0
    refused(api.Refusal.PROPOSAL_GONE, api.release_seat, by=regulator, proposal=first)


def test_a_seat_that_a_colleague_held_frees_itself(
    call: Call, regulator: Person, colleague: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    request = call()
    first, *_others = offered(regulator, request)
    api.hold(by=regulator, proposal=first, key="h")
    api.take(by=colleague, request=request, reason="Fin de poste.")
    following = offered(colleague, request)
    assert again(first).state == "replaced"
    assert taken() == 1
    assert following[0].slot != first.slot
    refused(api.Refusal.PROPOSAL_GONE, api.hold, by=colleague, proposal=first, key="i")
    clock.shift(timedelta(minutes=6))
    assert offered(colleague, request)[0].slot == first.slot


def test_what_was_booked_is_held_no_more(call: Call, regulator: Person, doctor: Professional) -> None:
    first, *_others = offered(regulator, call())
    api.hold_and_book(by=regulator, proposal=first, key="b")
    refused(api.Refusal.PROPOSAL_GONE, api.hold, by=regulator, proposal=first, key="h")


def test_a_slot_closed_while_it_was_held_is_not_booked_and_the_next_best_is_there(
    desk: Client, call: Call, regulator: Person, doctor: Professional
) -> None:
    first, *_others = offered(regulator, call())
    post(desk, "hold", first, key="h")
    Slot.objects.filter(pk=first.slot_id).update(is_open=False)
    assert "a fermé ce créneau" in post(desk, "book", first, key="b")
    assert again(first).state == "taken"
    assert not Appointment._base_manager.filter(state="booked").exists()


def test_one_key_never_gives_one_seat_to_two_requests(
    desk: Client, call: Call, regulator: Person, doctor: Professional
) -> None:
    (first, *_), (second, *_) = (offered(regulator, call(patient=None)) for _ in range(2))
    assert first.slot == second.slot
    post(desk, "hold", first, key="same")
    assert "a déjà servi" in post(desk, "hold", second, key="same")
    assert again(second).appointment is None
    assert "rien à rendre" in post(desk, "release_seat", second)
    assert taken() == 1
    # Nor one appointment, where both are for the same person.
    (third, *_), (fourth, *_) = (offered(regulator, call()) for _ in range(2))
    api.hold_and_book(by=regulator, proposal=third, key="once")
    refused(api.Refusal.KEY_USED, api.hold_and_book, by=regulator, proposal=fourth, key="once")
    assert again(fourth).state == "offered"


def test_a_seat_that_a_colleague_holds_is_said_to_stay_held(
    client: Client, call: Call, regulator: Person, colleague: Person, doctor: Professional
) -> None:
    request = call()
    first, *_others = offered(regulator, request)
    api.hold(by=regulator, proposal=first, key="h")
    api.take(by=colleague, request=request, reason="Pause.")
    client.force_login(colleague)
    text = post(client, "release_seat", first)
    assert regulator.get_full_name() in text
    assert "se libère d’elle-même à 14\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05" in text
    assert (again(first).state, taken()) == ("held", 1)
