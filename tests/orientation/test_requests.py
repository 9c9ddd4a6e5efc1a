"""Opening, taking, describing, handing over, deciding, closing."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from maillage.kernel import journal
from maillage.kernel.models import Message, Person
from maillage.kernel.rules import Role
from maillage.kernel.scoping import UnscopedQueryError
from maillage.orientation import api
from maillage.orientation.models import Decision, HandOver, Request, SafetySheet
from maillage.people.api import Patient, access_log
from maillage.territory.api import Commune, Territory
from tests.factories import make_person
from tests.orientation.conftest import Call, events_told, refused


def sheet(place: Territory) -> SafetySheet:
    api.create_example_sheets(by=None)
    return api.sheets_for("M03.14")[0]


def test_a_call_is_in_hand_at_once_and_always_owned(call: Call, regulator: Person) -> None:
    request = call(caller_phone="06 39 98 00 01", caller_kind=api.CallerKind.FAMILY)
    assert request.state == api.State.IN_HAND
    assert request.owner == regulator
    assert request.caller_phone == "+33639980001" or request.caller_phone == "0639980001"
    assert Message.objects.get(topic="orientation.opened").payload["request"] == request.pk
    assert journal.verify().intact


def test_the_same_key_is_the_same_request(regulator: Person, place: Territory) -> None:
    asked = {"by": regulator, "scope": place.scope, "origin": api.Origin.SAMU, "key": "a", "values": {}}
    assert api.open_request(**asked) == api.open_request(**asked)


def test_rows_are_read_in_scope_or_not_at_all(call: Call, regulator: Person, place: Territory) -> None:
    request = call()
    for rows in (Request.objects.all(), Decision.objects.all(), HandOver.objects.all()):
        with pytest.raises(UnscopedQueryError):
            list(rows)
    stranger = make_person("mona.saule", Role.NURSE, place.scope)
    assert not Request.objects.for_person(stranger).exists()
    assert Request.objects.for_person(regulator).get() == request
    with pytest.raises(PermissionDenied):
        api.queue(by=stranger, scope=place.scope)
    with pytest.raises(Request.DoesNotExist):
        api.request_file(by=stranger, pk=request.pk)


def test_an_ehpad_asks_and_sees_its_own_request_only(
    place: Territory, village: Commune, regulator: Person
) -> None:
    ehpad = make_person("odile.glycine", Role.EHPAD, place.scope)
    asked = {"scope": place.scope, "origin": api.Origin.EHPAD, "values": {"commune": village}}
    mine = api.open_request(by=ehpad, key="a", **asked)
    api.open_request(by=regulator, key="b", **asked)
    assert mine.state == api.State.NEW
    assert mine.owner == ehpad
    assert list(Request.objects.for_person(ehpad)) == [mine]
    taken = api.take(by=regulator, request=mine)
    assert (taken.owner, taken.state) == (regulator, api.State.IN_HAND)


def test_codes_that_are_in_no_list_are_refused(call: Call, regulator: Person, place: Territory) -> None:
    request = call()
    for values in ({"priority": "P9"}, {"motive": "X"}, {"delay": "3H"}, {"level": "R7"}):
        refused(api.Refusal.CODE, api.describe, by=regulator, request=request, values=values)
    refused(api.Refusal.NO_PLACE, api.describe, by=regulator, request=request, values={"commune": "71001"})
    later = datetime.now().astimezone() + timedelta(hours=1)
    refused(
        api.Refusal.TIMES, api.open_request, by=regulator, scope=place.scope, origin=api.Origin.SAMU, key="z",
        values={}, called_at=later,
    )  # fmt: skip
    with pytest.raises(ValueError, match="not said"):
        api.describe(by=regulator, request=request, values={"state": "closed"})


def test_the_scales_never_follow_one_another(call: Call, regulator: Person) -> None:
    said = api.describe(by=regulator, request=call(priority=""), values={"level": "R3"})
    assert (said.priority, said.level, said.delay) == ("", "R3", "")


def test_a_lock_is_seen_and_expires(
    call: Call, regulator: Person, colleague: Person, clock: time_machine.Traveller
) -> None:
    request = call()
    sentence = refused(api.Refusal.LOCKED, api.take, by=colleague, request=request)
    assert str(regulator) in sentence
    refused(api.Refusal.LOCKED, api.describe, by=colleague, request=request, values={"place": "3e étage"})
    assert api.queue(by=colleague, scope=request.scope)[0].holder == regulator
    assert api.take(by=colleague, request=request, reason="Yanis a quitté le bureau").owner == colleague
    clock.shift(timedelta(minutes=6))
    assert api.take(by=regulator, request=request).owner == regulator
    api.release(by=regulator, request=request)
    assert api.describe(by=colleague, request=request, values={}).owner == colleague


def test_a_red_flag_leads_to_the_15_and_asks_for_a_note(
    call: Call, regulator: Person, place: Territory
) -> None:
    request, fever = call(checked=False), sheet(place)
    refused(api.Refusal.UNANSWERED, api.propose, by=regulator, request=request)
    answers = {one.key: api.Answer.NO for one in fever.asked}
    flagged = api.answer_questions(
        by=regulator, request=request, sheet=fever, answers=answers | {"rash": api.Answer.UNKNOWN}
    )
    assert flagged.has_red_flag
    refused(api.Refusal.RED_FLAG, api.propose, by=regulator, request=request)
    refused(api.Refusal.RED_FLAG, api.decide, by=regulator, request=request, kind=api.DecisionKind.ADVICE)
    api.describe(by=regulator, request=request, values={"motive": "M03.11"})
    refused(api.Refusal.RED_FLAG, api.propose, by=regulator, request=request)
    refused(api.Refusal.NO_NOTE, api.transfer_to_15, by=regulator, request=request, note=" ")
    made = api.transfer_to_15(by=regulator, request=request, note="Taches sur les jambes, 38 mois.")
    assert (made.hub_code, made.request.state) == ("INTER", api.State.TRANSFERRED)


def test_an_answer_may_be_corrected(call: Call, regulator: Person, place: Territory) -> None:
    request, fever = call(), sheet(place)
    api.answer_questions(by=regulator, request=request, sheet=fever, answers={"rash": api.Answer.YES})
    corrected = api.answer_questions(
        by=regulator, request=request, sheet=fever, answers={"rash": api.Answer.NO}
    )
    assert not corrected.has_red_flag
    other = {"unknown": api.Answer.NO}
    refused(
        api.Refusal.OTHER_QUESTION,
        api.answer_questions,
        by=regulator,
        request=request,
        sheet=fever,
        answers=other,
    )
    pain = api.sheets_for("M03.06")[0]
    refused(
        api.Refusal.OLD_SHEET, api.answer_questions, by=regulator, request=request, sheet=pain, answers={}
    )


@pytest.mark.parametrize("priority", ["P0", "P1"])
def test_the_urgent_is_refused_a_slot_and_advice(call: Call, regulator: Person, priority: str) -> None:
    request = call(priority=priority)
    refused(api.Refusal.URGENT, api.propose, by=regulator, request=request)
    refused(api.Refusal.URGENT, api.decide, by=regulator, request=request, kind=api.DecisionKind.ADVICE)


def test_advice_then_its_outcome_moves_the_figures(
    call: Call, regulator: Person, clock: time_machine.Traveller
) -> None:
    request = call()
    before = api.today(by=regulator, scope=request.scope)
    assert (before.received, before.open, before.decision_minutes, before.share_in_town) == (1, 1, None, None)
    clock.shift(timedelta(minutes=6))
    made = api.decide(by=regulator, request=request, kind=api.DecisionKind.ADVICE, prescription=True)
    assert made.hub_code == "PMT"
    api.close(by=regulator, request=request, outcome=api.Outcome.SEEN)
    after = api.today(by=regulator, scope=request.scope)
    assert (after.closed, after.open, after.decision_minutes, after.share_in_town) == (1, 0, 6.0, 1.0)
    refused(api.Refusal.STATE, api.close, by=regulator, request=request, outcome=api.Outcome.SEEN)
    refused(api.Refusal.STATE, api.take, by=regulator, request=request)
    refused(api.Refusal.NOT_ON_CALL, api.decide, by=regulator, request=call(), kind=api.DecisionKind.ON_CALL)


def test_the_desk_says_twice_that_nobody_came(call: Call, regulator: Person, place: Territory) -> None:
    request = call()
    api.decide(by=regulator, request=request, kind=api.DecisionKind.PROTOCOL)
    stranger = make_person("mona.saule", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        api.close(by=stranger, request=request, outcome=api.Outcome.SEEN)
    assert not api.close(by=regulator, request=request, outcome=api.Outcome.NOT_HONOURED).closes
    assert api.close(by=regulator, request=request, outcome=api.Outcome.NOT_HONOURED).closes


def test_a_loop_that_stays_open_comes_first(
    call: Call, regulator: Person, clock: time_machine.Traveller
) -> None:
    first = call()
    clock.shift(timedelta(minutes=21))
    second = call()
    lines = api.queue(by=regulator, scope=first.scope)
    assert [(one.request, one.urgency) for one in lines] == [
        (first, api.Urgency.ESCALATED),
        (second, api.Urgency.ON_TIME),
    ]
    assert lines[0].minutes == 21


def test_the_shift_goes_to_somebody_of_the_desk(
    call: Call, regulator: Person, colleague: Person, place: Territory
) -> None:
    request = call()
    nurse = make_person("mona.saule", Role.NURSE, place.scope)
    handed = {"by": regulator, "scope": place.scope}
    refused(api.Refusal.TAKER, api.hand_over_shift, to=nurse, **handed)
    refused(api.Refusal.TAKER, api.hand_over_shift, to=regulator, **handed)
    made = api.hand_over_shift(to=colleague, note="Rappeler à 18 h", **handed)
    assert made.requests == 1
    assert [one.request.owner for one in api.queue(by=colleague, scope=place.scope)] == [colleague]
    assert HandOver.objects.for_person(colleague).get().giver == regulator
    assert api.describe(by=colleague, request=request, values={"place": "école"}).place == "école"
    assert {regulator, colleague} == set(api.regulators(place.scope))


def test_opening_a_request_is_a_reading_of_the_file(
    call: Call, regulator: Person, patient: Patient, db: None
) -> None:
    file = api.request_file(by=regulator, pk=call().pk)
    assert file.request.patient is not None
    dpo = make_person("hugo.lierre", Role.DPO, None)
    lines = access_log(by=dpo, patient=patient)
    assert [one.purpose for one in lines] == [f"Régulation de la demande {file.request.number}"]


def test_the_live_page_hears_of_its_own_desk(call: Call, regulator: Person, place: Territory) -> None:
    request = call()
    seen = events_told(place)
    api.describe(by=regulator, request=request, values={"place": "école"})
    assert events_told(place) > seen


def test_the_lists_say_where_they_come_from() -> None:
    assert len(api.motives()) == 52
    assert api.motive_label("M03.14") == "Fièvre, problème infectieux"
    assert api.motive_label("?") == "motif inconnu"
    assert api.protocols().certainty == "vu"
