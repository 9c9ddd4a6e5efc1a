"""Honest ends; a mis-tap corrected; the agenda and the request always agree."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.agenda.models import Appointment, Occupation
from maillage.exchange.api import Notification
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Closure, Decision, Proposal, Request
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.orientation.conftest import Call, Doctor, events_told, pass_safety, refused

Outcome = api.Outcome


@pytest.fixture
def account(place: Territory, make_doctor: Doctor) -> Person:
    made = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    make_doctor("Aubépine", account=made)
    return made


@pytest.fixture
def booked(call: Call, regulator: Person, account: Person) -> Request:
    request = call()
    first = api.propose(by=regulator, request=request).proposals.in_scope(request.scope).first()
    assert first is not None
    api.hold_and_book(by=regulator, proposal=first, key="b")
    return again(request)


def again(request: Request) -> Request:
    return Request.objects.keyed(request.pk).select_related("scope").get()


def last(request: Request) -> Closure:
    found = Closure.objects.of_request(request).last()
    assert found is not None
    return found


def appointment() -> Appointment:
    return Appointment._base_manager.select_related("slot__agenda").order_by("pk").last()


def say(by: Person, state: agenda.State, key: str) -> None:
    agenda.change_state(by=by, appointment=appointment(), state=state, key=key)
    outbox.drain()


def told(person: Person) -> int:
    return (
        Notification.objects.for_person(person).filter(template="request_answered", channel="inbox").count()
    )


# Ends that answered nobody.


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.MISTAKE])
def test_an_end_without_answer_frees_the_seat_and_is_counted_apart(
    booked: Request, regulator: Person, place: Territory, outcome: Outcome
) -> None:
    before = api.today(by=regulator, scope=place.scope)
    assert (before.in_town, before.share_in_town) == (1, 1.0)
    assert api.close(by=regulator, request=booked, outcome=outcome, awaited=api.State.BOOKED).closes
    assert appointment().state == "cancelled"
    assert not Occupation.objects.exists()
    after = api.today(by=regulator, scope=place.scope)
    assert (after.in_town, after.closed, after.share_in_town) == (0, 1, None)
    assert after.without_answer == {outcome: 1}


def test_the_patient_whose_seat_is_given_back_is_told_the_truth(booked: Request, regulator: Person) -> None:
    api.close(by=regulator, request=booked, outcome=Outcome.DECLINED)
    outbox.drain()
    known = Notification._base_manager.filter(template__startswith="appointment_cancelled")
    assert known.filter(channel="sms").count() == 1
    assert not Notification._base_manager.filter(
        template__startswith="appointment_booked", channel="sms", state="waiting"
    ).exists()


def test_a_seat_held_is_free_again_whoever_held_it(
    call: Call, regulator: Person, colleague: Person, account: Person
) -> None:
    request = call()
    first = api.propose(by=regulator, request=request).proposals.in_scope(request.scope).first()
    assert first is not None
    api.hold(by=regulator, proposal=first, key="h")
    api.release(by=regulator, request=request)
    api.close(by=colleague, request=request, outcome=Outcome.DECLINED)
    assert not Occupation.objects.exists()
    assert not Proposal.objects.of_request(request).filter(state="held").exists()


def test_nobody_reached_stays_at_the_desk_until_enough_calls(
    call: Call, regulator: Person, clock: time_machine.Traveller
) -> None:
    request = call()
    for expected in (False, False, True):
        made = api.close(by=regulator, request=request, outcome=Outcome.UNREACHABLE)
        twice = api.close(by=regulator, request=request, outcome=Outcome.UNREACHABLE, awaited=api.State(
            again(request).state)) if not expected else made  # fmt: skip
        assert twice.pk == made.pk
        assert made.closes is expected
        assert again(request).owner == regulator
        assert again(request).is_open is not expected
        clock.shift(timedelta(minutes=6))
    assert Closure.objects.of_request(request).count() == 3


@pytest.mark.parametrize("values", [{"priority": "P1"}, {"priority": "P0"}, {"has_red_flag": True}])
def test_an_alarm_is_never_closed_as_unreachable(
    call: Call, regulator: Person, clock: time_machine.Traveller, values: dict[str, object]
) -> None:
    request = call()
    Request.objects.keyed(request.pk).update(**values)
    for _attempt in range(6):
        assert not api.close(by=regulator, request=request, outcome=Outcome.UNREACHABLE).closes
        clock.shift(timedelta(minutes=6))
    assert again(request).state == "in_hand"


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.MISTAKE])
def test_an_alarm_given_up_is_written_about(call: Call, regulator: Person, outcome: Outcome) -> None:
    request = call(priority="P1")
    refused(
        api.Refusal.ALARM_NEEDS_NOTE, api.close, by=regulator, request=request, outcome=outcome, note="  "
    )
    note = "La fille dit que sa mère est déjà aux urgences."
    assert api.close(by=regulator, request=request, outcome=outcome, note=note).note == note


def test_a_duplicate_names_the_other_which_says_so(call: Call, regulator: Person, place: Territory) -> None:
    kept, twice = call(), call()
    made = api.close(by=regulator, request=twice, outcome=Outcome.DUPLICATE, duplicate_of=kept)
    assert made.duplicate_of == kept
    assert [one.request for one in api.request_file(by=regulator, pk=kept.pk).joined] == [twice]
    assert api.today(by=regulator, scope=place.scope).without_answer == {Outcome.DUPLICATE: 1}


def test_a_duplicate_of_nothing_of_itself_or_of_a_duplicate_is_refused(call: Call, regulator: Person) -> None:
    kept, twice, thrice = call(), call(), call()
    api.close(by=regulator, request=twice, outcome=Outcome.DUPLICATE, duplicate_of=kept)
    for other in (None, thrice, twice):
        refused(
            api.Refusal.NO_DUPLICATE, api.close, by=regulator, request=thrice, outcome=Outcome.DUPLICATE,
            duplicate_of=other,
        )  # fmt: skip


def test_an_alarm_is_not_lost_in_a_duplicate(call: Call, regulator: Person) -> None:
    alarming, calm = call(priority="P1"), call()
    refused(
        api.Refusal.ALARM_LOST, api.close, by=regulator, request=alarming, outcome=Outcome.DUPLICATE,
        duplicate_of=calm,
    )  # fmt: skip
    assert api.close(by=regulator, request=calm, outcome=Outcome.DUPLICATE, duplicate_of=alarming).closes


@pytest.mark.parametrize(
    "outcome", [Outcome.DECLINED, Outcome.DUPLICATE, Outcome.MISTAKE, Outcome.UNREACHABLE]
)
def test_only_the_desk_says_that_nobody_was_seen(booked: Request, account: Person, outcome: Outcome) -> None:
    with pytest.raises(PermissionDenied):
        api.close(by=account, request=booked, outcome=outcome)


def test_the_senders_of_a_request_and_of_its_duplicate_are_told_of_the_answer(
    call: Call, regulator: Person, place: Territory
) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    kept = call()
    values = {"motive": "M03.14", "priority": "P2"}
    asked = api.open_request(
        by=nurse, scope=place.scope, origin=api.Origin.PROFESSIONAL, key="n", values=values
    )
    api.take(by=regulator, request=asked)
    api.close(by=regulator, request=asked, outcome=Outcome.DUPLICATE, duplicate_of=kept)
    assert told(nurse) == 1
    api.decide(by=regulator, request=kept, kind=api.DecisionKind.ADVICE)
    api.close(by=regulator, request=kept, outcome=Outcome.SEEN)
    assert told(nurse) == 3
    assert [one.outcome for one in api.sent(by=nurse)] == [Outcome.SEEN]


# The agenda and the request agree.


def test_a_cancelled_appointment_is_no_absence_and_comes_back_with_an_owner(
    booked: Request, account: Person, regulator: Person
) -> None:
    say(account, agenda.State.CANCELLED, "c")
    row = again(booked)
    assert (row.state, row.owner, last(booked).outcome) == ("in_hand", regulator, "cancelled")


def test_what_comes_back_to_somebody_who_left_goes_to_a_colleague(
    booked: Request, account: Person, regulator: Person, colleague: Person
) -> None:
    regulator.is_active = False
    regulator.save()
    say(account, agenda.State.CANCELLED, "c")
    assert again(booked).owner == colleague


@pytest.mark.parametrize(
    ("said", "state"), [(agenda.State.HONOURED, "closed"), (agenda.State.NOT_HONOURED, "in_hand")]
)
def test_an_undo_in_the_agenda_reopens_the_request(
    booked: Request, account: Person, clock: time_machine.Traveller, said: agenda.State, state: str
) -> None:
    clock.shift(timedelta(hours=3))
    say(account, said, "s")
    assert again(booked).state == state
    agenda.undo(by=account, appointment=appointment(), key="u")
    outbox.drain()
    row = again(booked)
    assert (row.state, row.ended_at, last(booked).outcome) == ("booked", None, "reopened")
    assert api.received_count(account) == 1


@pytest.mark.parametrize(
    ("first", "then", "state"),
    [
        (agenda.State.HONOURED, agenda.State.NOT_HONOURED, "in_hand"),
        (agenda.State.NOT_HONOURED, agenda.State.HONOURED, "closed"),
    ],
)
def test_an_outcome_corrected_in_the_agenda_is_corrected_at_the_desk(
    booked: Request, account: Person, clock: time_machine.Traveller, first: agenda.State,
    then: agenda.State, state: str,
) -> None:  # fmt: skip
    clock.shift(timedelta(hours=3))
    say(account, first, "1")
    say(account, then, "2")
    assert again(booked).state == state
    assert last(booked).corrects is not None
    assert Closure.objects.of_request(booked).in_force().count() == 1


def test_what_the_desk_decided_since_is_not_undone(
    booked: Request, account: Person, regulator: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    say(account, agenda.State.NOT_HONOURED, "1")
    api.decide(by=regulator, request=booked, kind=api.DecisionKind.ADVICE)
    agenda.undo(by=account, appointment=appointment(), key="u")
    outbox.drain()
    assert again(booked).state == "advice"


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.SEEN, "honoured"), (Outcome.NOT_HONOURED, "not_honoured")]
)
def test_what_the_desk_says_the_agenda_says(
    booked: Request, regulator: Person, clock: time_machine.Traveller, outcome: Outcome, state: str
) -> None:
    clock.shift(timedelta(hours=3))
    api.close(by=regulator, request=booked, outcome=outcome)
    outbox.drain()
    assert appointment().state == state
    assert Closure.objects.of_request(booked).count() == 1


def test_a_transfer_to_the_15_frees_the_seat(booked: Request, regulator: Person) -> None:
    api.transfer_to_15(by=regulator, request=booked, note="Aggravation : lèvres bleues.")
    assert appointment().state == "cancelled"
    assert again(booked).state == "transferred"


def test_a_red_flag_said_after_the_booking_frees_the_seat(booked: Request, regulator: Person) -> None:
    api.create_example_sheets(by=None)
    sheet = api.sheets_for(booked.motive)[0]
    api.answer_questions(by=regulator, request=booked, sheet=sheet, answers={"breathing": api.Answer.YES})
    assert appointment().state == "cancelled"
    assert again(booked).has_red_flag


def test_a_move_keeps_the_request_and_tells_the_desk(
    booked: Request, account: Person, regulator: Person, place: Territory
) -> None:
    before = events_told(place)
    free = agenda.free_slots(account, booked.called_at, booked.called_at + timedelta(days=1)).last()
    assert free is not None
    agenda.move(by=account, appointment=appointment(), slot=free, key="m")
    outbox.drain()
    assert again(booked).state == "booked"
    assert events_told(place) > before
    decision = Decision.objects.of_request(booked).select_related("appointment__slot").get()
    assert decision.appointment.slot == free


# Correcting.


def test_whoever_said_it_corrects_it_and_everything_follows(
    booked: Request, account: Person, regulator: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    said = api.close(by=account, request=booked, outcome=Outcome.SEEN)
    assert api.may_correct(account, again(booked), said)
    made = api.correct_outcome(by=account, request=booked, closure=said, outcome=Outcome.NOT_HONOURED)
    assert (again(booked).state, appointment().state) == ("in_hand", "not_honoured")
    assert api.today(by=regulator, scope=place.scope).closed == 0
    assert [one.pk for one in api.said(by=account)] == [made.pk]
    same = api.correct_outcome(by=account, request=booked, closure=said, outcome=Outcome.NOT_HONOURED)
    assert same.pk == made.pk
    assert journal.Entry.objects.filter(verb="orientation.corrected", by=account).count() == 1
    assert [one.outcome for one in Closure.objects.of_request(booked)] == ["seen", "not_honoured"]


def test_an_outcome_taken_back_waits_again(
    booked: Request, account: Person, regulator: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    said = api.close(by=account, request=booked, outcome=Outcome.SEEN)
    api.correct_outcome(by=regulator, request=booked, closure=said, outcome=None)
    assert (again(booked).state, appointment().state) == ("booked", "booked")
    assert api.received_count(account) == 1


def test_a_seat_given_back_is_not_taken_again_by_a_correction(booked: Request, regulator: Person) -> None:
    said = api.close(by=regulator, request=booked, outcome=Outcome.DECLINED)
    api.correct_outcome(by=regulator, request=booked, closure=said, outcome=None)
    assert (again(booked).state, appointment().state) == ("in_hand", "cancelled")


def test_a_correction_is_for_the_shift_and_for_who_said_it(
    booked: Request, account: Person, regulator: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    said = api.close(by=account, request=booked, outcome=Outcome.SEEN)
    stranger = make_person("ada.loriot", Role.PHYSICIAN, place.scope)
    asked = {"request": booked, "closure": said, "outcome": Outcome.EMERGENCY}
    with pytest.raises(PermissionDenied):
        api.correct_outcome(by=stranger, **asked)
    clock.shift(timedelta(hours=12, minutes=1))
    refused(api.Refusal.TOO_OLD, api.correct_outcome, by=account, **asked)
    assert not api.may_correct(account, again(booked), said)


def test_a_correction_after_the_desk_went_on_is_refused(
    booked: Request, account: Person, regulator: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    said = api.close(by=account, request=booked, outcome=Outcome.NOT_HONOURED)
    clock.shift(timedelta(minutes=1))
    api.decide(by=regulator, request=booked, kind=api.DecisionKind.ADVICE)
    refused(
        api.Refusal.STATE, api.correct_outcome, by=account, request=booked, closure=said, outcome=Outcome.SEEN
    )


def test_the_sender_is_told_again(regulator: Person, place: Territory, clock: time_machine.Traveller) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    asked = api.open_request(
        by=nurse, scope=place.scope, origin=api.Origin.PROFESSIONAL, key="n", values={"motive": "M02.06"}
    )
    pass_safety(regulator, api.take(by=regulator, request=asked))
    api.decide(by=regulator, request=asked, kind=api.DecisionKind.ADVICE)
    said = api.close(by=regulator, request=asked, outcome=Outcome.SEEN)
    assert told(nurse) == 2
    api.correct_outcome(by=regulator, request=asked, closure=said, outcome=Outcome.EMERGENCY)
    assert told(nurse) == 3
    assert [one.outcome for one in api.sent(by=nurse)] == [Outcome.EMERGENCY]


# The same, on the screens.


def test_the_desk_ends_and_corrects_on_its_screen(client: Client, call: Call, regulator: Person) -> None:
    kept, twice = call(), call()
    client.force_login(regulator)
    page = reverse("orientation:request", args=[twice.pk])
    text = client.get(page, {"volet": "doublon"}).content.decode()
    assert all(f'value="{one}"' in text for one in ("declined", "unreachable", "duplicate", "mistake"))
    assert f'<option value="{kept.pk}">' in text
    alone = client.get(reverse("orientation:panel", args=[twice.pk, "doublon"])).content.decode()
    assert f'<option value="{kept.pk}">' in alone
    address = reverse("orientation:close", args=[twice.pk])
    sent = {"state": "in_hand", "outcome": "duplicate", "note": "Même enfant, rappel de la mère."}
    assert "Dites de quelle autre demande" in client.post(address, sent, follow=True).content.decode()
    client.post(address, sent | {"duplicate_of": kept.pk})
    assert last(twice).duplicate_of == kept
    assert (
        f"Doublon joint\N{NO-BREAK SPACE}: demande {twice.number}"
        in client.get(reverse("orientation:request", args=[kept.pk])).content.decode()
    )
    assert "Corriger l’issue" in client.get(page).content.decode()
    correct = reverse("orientation:correct", args=[twice.pk])
    client.post(correct, {"closure": last(twice).pk, "outcome": ""})
    assert again(twice).state == "in_hand"
    assert client.post(correct, {"closure": last(twice).pk, "outcome": "reopened"}).status_code == 404
    assert client.post(correct, {"closure": "9" * 30, "outcome": "seen"}).status_code == 404


def test_the_doctor_corrects_on_their_page(
    client: Client, booked: Request, account: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=3))
    client.force_login(account)
    said = api.close(by=account, request=booked, outcome=Outcome.SEEN)
    text = client.get(reverse("orientation:received")).content.decode()
    assert "Corriger l’issue" in text
    assert 'value="declined"' not in text
    address = reverse("orientation:correct_said", args=[booked.pk])
    assert client.post(address, {"closure": said.pk, "outcome": "declined"}).status_code == 404
    client.post(address, {"closure": said.pk, "outcome": "not_honoured"})
    assert again(booked).state == "in_hand"
