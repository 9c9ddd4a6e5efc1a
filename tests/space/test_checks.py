"""The safety questions: what leads to the 15, to questions, to a voice, to hours."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.orientation import api as orientation
from maillage.people.api import Gesture, Means, Part, Patient
from maillage.space.actions import checks, letters
from maillage.space.models import Letter, SafetyCheck
from maillage.space.queries.checks import alarm_of, check_of, is_cleared, reasons
from maillage.space.rules.booking import Reason, Result
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.space.conftest import DAUGHTER, KEYS, cleared, client_of, mandate


def asked(by: Person, patient: Patient, motive: str = "", *signs: str) -> SafetyCheck:
    reason = Reason.PROBLEM if motive else Reason.FOLLOW_UP
    return checks.start_check(
        by=by, patient=patient, key=next(KEYS), signs=signs, reason=reason, motive=motive
    )


@pytest.mark.parametrize(
    ("motive", "signs", "result"),
    [
        ("", ("breathing",), Result.ALARM),
        ("", (), Result.CLEARED),
        ("M03.08", (), Result.ALARM),  # vital by its own words
        ("M03.21", (), Result.CLEARED),  # unsheeted: the signs were asked in writing
        ("M03.14", (), Result.CLOSED),  # questioned, and no sheet is in use here
    ],
)
def test_what_each_answer_leads_to(
    own: Person, patient: Patient, motive: str, signs: tuple[str, ...], result: Result
) -> None:
    assert asked(own, patient, motive, *signs).result == result


def test_every_motive_offered_is_of_the_list_of_the_desk_and_none_is_a_group() -> None:
    known, rules = orientation.motive_labels(), orientation.motive_rules()
    assert {one["code"] for one in reasons()} <= set(known)
    kinds = {rules.of(one["code"], 500) for one in reasons()}
    assert orientation.MotiveRule.IMPRECISE not in kinds
    assert orientation.MotiveRule.VITAL in kinds


def test_the_age_makes_a_motive_vital(own: Person, patient: Patient) -> None:
    patient.birth_date = timezone.localdate() - timedelta(days=40)
    patient.save()
    assert asked(own, patient, "M03.21").result == Result.ALARM


@pytest.mark.parametrize(("answer", "result"), [("no", Result.CLEARED), ("unknown", Result.ALARM)])
def test_a_sheet_is_answered_in_full_and_not_to_know_alarms(
    own: Person, patient: Patient, answer: str, result: Result
) -> None:
    orientation.create_example_sheets(by=None)
    found = asked(own, patient, "M03.14")
    assert found.result == Result.UNANSWERED
    assert not is_cleared(found, timezone.now())
    questions = orientation.own_check(patient, "M03.14", {}, timezone.localdate()).asked
    assert questions
    said = {
        place: orientation.Answer.NO if one.red_flag is not orientation.Answer.NO else orientation.Answer.YES
        for place, one in questions
    }
    if answer == "unknown":
        alarming = next(place for place, one in questions if one.red_flag is not None)
        said[alarming] = orientation.Answer.UNKNOWN
    partial = dict(list(said.items())[:-1])
    alarms = orientation.own_check(patient, "M03.14", partial, timezone.localdate())
    assert alarms.obstacle in {orientation.Obstacle.UNANSWERED, orientation.Obstacle.RED_FLAG}
    done = checks.answer_check(by=own, check=found, answers=said)
    assert done.result == result
    again = checks.answer_check(by=own, check=found, answers=dict.fromkeys(said, orientation.Answer.NO))
    assert again.result == result, "what was decided once stays so"


def test_an_alarm_closes_online_booking_for_everybody_some_hours(
    own: Person, patient: Patient, daughter: Person, clock: time_machine.Traveller
) -> None:
    asked(own, patient, "", "chest")
    now = timezone.now()
    assert alarm_of(patient, now) is not None
    cleared(daughter, patient)
    assert alarm_of(patient, now) is not None, "another box does not open it again"
    clock.shift(timedelta(hours=12, seconds=1))
    assert alarm_of(patient, timezone.now()) is None
    lines = Entry.objects.filter(verb__startswith="space.").order_by("position")
    assert [(one.verb, one.changes) for one in lines] == [
        ("space.safety_alarmed", {}),
        ("space.safety_asked", {}),
    ]


def test_answers_hold_half_an_hour_and_are_their_author_s(
    own: Person, patient: Patient, daughter: Person, clock: time_machine.Traveller
) -> None:
    found = cleared(own, patient)
    assert is_cleared(check_of(own, patient, found.pk), timezone.now())
    assert check_of(daughter, patient, found.pk) is None
    clock.shift(timedelta(minutes=30))
    assert not is_cleared(found, timezone.now())


def test_unknown_codes_and_strangers_are_refused(own: Person, patient: Patient) -> None:
    with pytest.raises(ValidationError):
        asked(own, patient, "", "sneezing")
    with pytest.raises(ValidationError):
        asked(own, patient, "M99.99")
    stranger = make_person("mona.saule", Role.PATIENT, None)
    with pytest.raises(PermissionDenied):
        cleared(stranger, patient)
    reader = mandate(own, patient, Part.APPOINTMENTS, gestures=(Gesture.SIGNAL,)).carer
    with pytest.raises(PermissionDenied):
        cleared(reader, patient)
    mine = cleared(own, patient)
    with pytest.raises(PermissionDenied):
        checks.answer_check(by=stranger, check=mine, answers={})
    assert DAUGHTER.first_name == "Awa"


def test_the_same_key_is_the_same_answers(own: Person, patient: Patient) -> None:
    one = checks.start_check(by=own, patient=patient, key="k", signs=(), reason=Reason.FOLLOW_UP)
    two = checks.start_check(by=own, patient=patient, key="k", signs=("chest",), reason=Reason.FOLLOW_UP)
    assert one == two


def test_a_key_is_for_one_person_alone(
    own: Person, patient: Patient, daughter: Person, place: Territory
) -> None:
    """A form sent again about somebody else is refused in words, whatever the database."""
    made = checks.start_check(by=own, patient=patient, key="k", signs=[], reason=Reason.FOLLOW_UP)
    assert checks.start_check(by=own, patient=patient, key="k", signs=[], reason=Reason.FOLLOW_UP) == made
    other = make_patient("Frêne", place)
    SafetyCheck.objects.for_person(own).update(patient=other)
    with pytest.raises(ValidationError, match="déjà servi"):
        checks.start_check(by=own, patient=patient, key="k", signs=[], reason=Reason.FOLLOW_UP)
    letter = letters.prepare_letter(by=own, patient=patient, means=Means.SPACE, key="l")
    assert letters.prepare_letter(by=own, patient=patient, means=Means.SPACE, key="l") == letter
    Letter.objects.for_person(own).update(patient=other)
    with pytest.raises(ValidationError, match="déjà servi"):
        letters.prepare_letter(by=own, patient=patient, means=Means.SPACE, key="l")
    answer = client_of(own).post(reverse("space:own_letter", args=[patient.pk]), {"key": "l"}, follow=True)
    assert answer.redirect_chain == [(reverse("space:documents", args=[patient.pk]), 302)]
    assert "déjà servi" in answer.content.decode()
