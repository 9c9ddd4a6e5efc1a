"""An act is asked, signed or given back, by who signed up, for whom the circle opens, by a version in use."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Means, Origin, Patient
from maillage.people.models import CareLink
from maillage.protocols import api
from maillage.protocols.models import Act, Referral, ReferralAsked, SignUp, Version
from maillage.protocols.queries.acts import activity, to_finish, without_answer
from maillage.protocols.queries.protocols import criteria_of
from maillage.protocols.queries.referrals import answers_to_read, waiting_for
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.protocols.conftest import CLEAR, begun, joined, soon, written


def asked(referral: Referral) -> list[str]:
    rows = ReferralAsked.objects.filter(referral=referral).select_related("person")
    return [one.person.first_name for one in rows]


def again(act: Act) -> Act:
    return Act.objects.of_patient(act.patient).get(pk=act.pk)


def test_a_clear_act_is_signed_once_with_its_words(signed: Version, patient: Patient, nurse: Person) -> None:
    act = begun(nurse, signed, patient)
    assert begun(nurse, signed, patient) == act, "the same write is the same act"
    assert (act.state, act.standing, act.sign_up.professional) == ("to_sign", "clear", nurse.professional)
    assert to_finish(nurse) == [act]
    with pytest.raises(ValidationError, match="quelques mots"):
        api.sign_act(by=nurse, act=act, report=" ")
    done = api.sign_act(by=nurse, act=act, report="Dose passée à 40 mg")
    assert api.sign_act(by=nurse, act=act, report="Dose passée à 40 mg") == done
    with pytest.raises(ValidationError, match="entre-temps"):
        api.sign_act(by=nurse, act=act, report="autre")
    assert done.answers == CLEAR
    assert to_finish(nurse) == []
    verbs = list(Entry.objects.filter(target=f"protocols.act:{act.pk}").order_by("rank"))
    assert [one.verb for one in verbs] == ["protocols.act_begun", "protocols.act_signed"]
    with pytest.raises(ValidationError, match="clos"):
        api.return_act(by=nurse, act=act, because="trop tard")


def test_a_vital_sign_leads_to_the_15_and_asks_no_physician(
    signed: Version, patient: Patient, nurse: Person
) -> None:
    act = begun(nurse, signed, patient, signs=["chest"], has_agreed=False, answers={})
    assert (act.state, act.signs) == ("emergency", ["chest"])
    assert not Referral.objects.of_patient(patient).exists()
    with pytest.raises(ValidationError, match="clos"):
        api.return_act(by=nurse, act=act, because="plus rien")
    with pytest.raises(ValidationError, match="signes"):
        begun(nurse, signed, patient, signs=["cough"], key="a2")


@pytest.mark.parametrize("key", ["stop_1", "exclusion_1"])
def test_an_exception_goes_back_to_the_physician_at_once(
    key: str, signed: Version, patient: Patient, nurse: Person, doctor: Person
) -> None:
    act = begun(nurse, signed, patient, answers=CLEAR | {key: "yes"})
    assert act.state == "returned"
    (referral,) = Referral.objects.of_patient(patient)
    assert asked(referral) == [doctor.first_name]
    assert waiting_for(doctor) == [referral]
    (told,) = Notification.objects.in_scope(patient.scope).filter(person=doctor, template="task_given")
    assert "Tilleul" not in str(told.parameters)
    with pytest.raises(ValidationError, match="entre-temps"):
        api.return_act(by=nurse, act=act, because="encore")


def test_what_is_unknown_waits_and_is_checked(signed: Version, patient: Patient, nurse: Person) -> None:
    act = begun(nurse, signed, patient, answers={"inclusion_1": "yes"})
    assert act.state == "to_check"
    with pytest.raises(ValidationError, match="n’est pas à signer"):
        api.sign_act(by=nurse, act=act, report="fait")
    still = api.complete_act(by=nurse, act=act, answers={"stop_1": "no"})
    assert still.state == "to_check"
    ready = api.complete_act(by=nurse, act=act, answers={"exclusion_1": "no"})
    assert (ready.state, ready.answers) == ("to_sign", CLEAR)
    with pytest.raises(ValidationError, match="n’attend plus"):
        api.complete_act(by=nurse, act=act, answers={})


def test_what_is_checked_may_stop_the_act(signed: Version, patient: Patient, nurse: Person) -> None:
    act = begun(nurse, signed, patient, answers={})
    assert api.complete_act(by=nurse, act=act, answers={"stop_1": "yes"}).state == "returned"
    assert Referral.objects.of_patient(patient).get().act == act
    other = begun(nurse, signed, patient, answers={}, key="a2")
    assert api.complete_act(by=nurse, act=other, answers={}, signs=["breathing"]).state == "emergency"


def test_an_act_is_given_back_with_its_reason(signed: Version, patient: Patient, nurse: Person) -> None:
    act = begun(nurse, signed, patient)
    with pytest.raises(ValidationError, match="pourquoi"):
        api.return_act(by=nurse, act=act, because="")
    api.return_act(by=nurse, act=act, because="Il est pâle")
    assert "Il est pâle" in Referral.objects.of_patient(patient).get().text


def test_two_acts_at_once_are_one(
    signed: Version, patient: Patient, nurse: Person, pharmacist: Person, coordinator: Person
) -> None:
    joined(coordinator, signed.protocol, pharmacist, api.Side.DELEGATED)
    first = begun(nurse, signed, patient)
    with pytest.raises(ValidationError, match="déjà commencé"):
        begun(pharmacist, signed, patient)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(
            version=signed, patient=patient, sign_up=first.sign_up, act="x", standing="clear",
            state="to_sign", by=pharmacist, key="z",
        )  # fmt: skip
    with pytest.raises(PermissionDenied, match="par qui l’a commencé"):
        api.sign_act(by=pharmacist, act=first, report="fait")
    api.sign_act(by=nurse, act=first, report="fait")
    assert begun(pharmacist, signed, patient).state == "to_sign"


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"has_agreed": False}, "d’accord"),
        ({"act": "Opérer"}, "acte de ce protocole"),
        ({"answers": {"other": "yes"}}, "rechargez"),
        ({"answers": {"stop_1": "perhaps"}}, "rechargez"),
    ],
)
def test_what_is_not_of_the_protocol_is_refused(
    values: dict[str, Any], match: str, signed: Version, patient: Patient, nurse: Person
) -> None:
    with pytest.raises(ValidationError, match=match):
        begun(nurse, signed, patient, **values)
    assert not Act.objects.of_patient(patient).exists()


def test_nobody_acts_without_a_sign_up_in_force_on_both_sides(
    version: Version, delegated: SignUp, patient: Patient, nurse: Person, pharmacist: Person,
    coordinator: Person, doctor: Person,
) -> None:  # fmt: skip
    with pytest.raises(PermissionDenied, match="délégant"):
        begun(nurse, version, patient)
    delegating = joined(coordinator, version.protocol, doctor, api.Side.DELEGATING)
    with pytest.raises(PermissionDenied, match="adhésion"):
        begun(pharmacist, version, patient)
    act = begun(nurse, version, patient)
    api.end_sign_up(by=nurse, sign_up=delegated, because="mutation")
    with pytest.raises(PermissionDenied, match="n’est plus"):
        api.sign_act(by=nurse, act=act, report="fait")
    api.return_act(by=nurse, act=act, because="je ne suis plus déléguée")
    assert again(act).state == "returned"
    api.end_sign_up(by=coordinator, sign_up=delegating, because="départ")
    assert SignUp.objects.filter(ended_on=None).count() == 0


def test_a_sign_up_that_ran_out_lets_nobody_act(
    version: Version, delegating: SignUp, patient: Patient, nurse: Person, coordinator: Person
) -> None:
    day = timezone.localdate()
    joined(coordinator, version.protocol, nurse, api.Side.DELEGATED, until=day)
    act = begun(nurse, version, patient)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False), pytest.raises(PermissionDenied):
        api.sign_act(by=nurse, act=act, report="fait")


def test_a_withdrawn_version_serves_no_more(
    signed: Version, patient: Patient, nurse: Person, coordinator: Person
) -> None:
    act = begun(nurse, signed, patient)
    with pytest.raises(ValidationError, match="pourquoi"):
        api.withdraw(by=coordinator, version=signed, because="")
    api.withdraw(by=coordinator, version=signed, because="erreur de dose")
    with pytest.raises(ValidationError, match="pas en usage"):
        api.sign_act(by=nurse, act=act, report="fait")
    with pytest.raises(ValidationError, match="pas en usage"):
        begun(nurse, signed, patient, key="a2")
    api.return_act(by=nurse, act=act, because="version retirée")
    assert Referral.objects.of_patient(patient).count() == 1
    with pytest.raises(ValidationError, match="écrivez-en une autre"):
        api.publish(by=coordinator, version=signed)


def test_an_opposition_meanwhile_closes_the_act_to_its_author(
    signed: Version, patient: Patient, nurse: Person, doctor: Person
) -> None:
    act = begun(nurse, signed, patient)
    circle.oppose(by=doctor, patient=patient, who=nurse.professional, means=Means.SPOKEN)
    assert to_finish(nurse) == []
    with pytest.raises(PermissionDenied):
        api.sign_act(by=nurse, act=act, report="fait")
    with pytest.raises(PermissionDenied):
        begun(nurse, signed, patient, key="a2")


def test_who_is_outside_the_circle_begins_nothing(
    signed: Version, patient: Patient, place: Territory, coordinator: Person
) -> None:
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    make_professional("Loriot", "Ada", stranger, profession="60")
    joined(coordinator, signed.protocol, stranger, api.Side.DELEGATED)
    with pytest.raises(PermissionDenied):
        begun(stranger, signed, patient)


def returned(version: Version, patient: Patient, nurse: Person) -> Referral:
    begun(nurse, version, patient, answers=CLEAR | {"stop_1": "yes"})
    return Referral.objects.of_patient(patient).select_related("patient__scope").get()


def test_a_question_is_read_then_answered_once(
    signed: Version, patient: Patient, nurse: Person, doctor: Person
) -> None:
    referral = returned(signed, patient, nurse)
    read = api.acknowledge(by=doctor, referral=referral)
    assert api.acknowledge(by=doctor, referral=referral).acknowledged_at == read.acknowledged_at
    with pytest.raises(ValidationError, match="pas de cette question"):
        api.answer(by=doctor, referral=referral, reply=api.Reply.ACCEPTED)
    with pytest.raises(ValidationError, match="quelques mots"):
        api.answer(by=doctor, referral=referral, reply=api.Reply.ADVICE)
    with pytest.raises(ValidationError, match="encore répondu"):
        api.read_answer(by=nurse, referral=referral)
    api.answer(by=doctor, referral=referral, reply=api.Reply.ADVICE, words="Arrêter, je passe ce soir")
    api.answer(by=doctor, referral=referral, reply=api.Reply.ADVICE, words="Arrêter, je passe ce soir")
    with pytest.raises(ValidationError, match="déjà répondu"):
        api.answer(by=doctor, referral=referral, reply=api.Reply.TAKEN_OVER)
    assert waiting_for(doctor) == []
    assert answers_to_read(nurse) == [referral]
    with pytest.raises(PermissionDenied):
        api.read_answer(by=doctor, referral=referral)
    api.read_answer(by=nurse, referral=referral)
    assert answers_to_read(nurse) == []


def test_only_a_physician_of_the_circle_answers(
    signed: Version, patient: Patient, nurse: Person, place: Territory
) -> None:
    referral = returned(signed, patient, nurse)
    stranger = make_person("ada.loriot", Role.PHYSICIAN, place.scope)
    for person in (nurse, stranger):
        with pytest.raises(PermissionDenied):
            api.answer(by=person, referral=referral, reply=api.Reply.TAKEN_OVER)
        with pytest.raises(PermissionDenied):
            api.acknowledge(by=person, referral=referral)


def test_an_answer_overdue_is_asked_of_the_next_then_of_the_coordination(
    signed: Version, patient: Patient, nurse: Person, doctor: Person, place: Territory, coordinator: Person
) -> None:
    second = make_person("ada.loriot", Role.PHYSICIAN, place.scope)
    make_professional("Loriot", "Ada", second)
    circle.add_to_circle(
        by=doctor, patient=patient, who=second.professional, origin=Origin.TEAM, role=Role.PHYSICIAN,
        is_informed=True,
    )  # fmt: skip
    with time_machine.travel(timezone.now(), tick=False) as clock:
        referral = returned(signed, patient, nurse)
        clock.shift(timedelta(hours=3, minutes=59))
        outbox.drain()
        assert asked(referral) == [doctor.first_name]
        clock.shift(timedelta(minutes=2))
        outbox.drain()
        assert asked(referral) == [doctor.first_name, "Ada"]
        assert without_answer(coordinator) == 0
        clock.shift(soon())
        outbox.drain()
        assert without_answer(coordinator) == 1
        assert Notification.objects.in_scope(patient.scope).filter(person=coordinator).exists()
        answered = api.answer(by=doctor, referral=referral, reply=api.Reply.TAKEN_OVER)
        assert answered.answered_by == doctor, "who was asked first may still answer"
        assert without_answer(coordinator) == 0


def test_without_anybody_to_read_it_the_coordination_is_told_at_once(
    signed: Version, patient: Patient, nurse: Person, doctor: Person, coordinator: Person
) -> None:
    for link in CareLink.objects.of_patient(patient).filter(professional=doctor.professional):
        CareLink.objects.of_patient(patient).filter(pk=link.pk).update(ends_at=timezone.now())
    referral = returned(signed, patient, nurse)
    assert asked(referral) == []
    assert referral.coordination_at is not None
    assert referral.is_late
    assert without_answer(coordinator) == 1


def test_a_national_protocol_asks_what_the_rule_of_the_desk_says(
    coordinator: Person, place: Territory, patient: Patient, nurse: Person, doctor: Person
) -> None:
    version = written(coordinator, place, "SNP1")
    joined(coordinator, version.protocol, doctor, api.Side.DELEGATING)
    joined(coordinator, version.protocol, nurse, api.Side.DELEGATED)
    Patient._base_manager.filter(pk=patient.pk).update(birth_date=date(1990, 1, 1), sex="female")
    patient.refresh_from_db()
    keys = {one.key: one.known for one in criteria_of(version, patient)}
    assert keys["national_check_age"] == keys["national_check_sex"] == api.Said.YES
    assert keys["national_check_fever"] is keys["national_check_pregnancy"] is None
    act = begun(nurse, version, patient, answers=CLEAR | {"national_check_fever": "no"})
    assert act.state == "to_check", "nobody asked about a pregnancy"
    done = api.complete_act(by=nurse, act=act, answers={"national_check_pregnancy": "yes"})
    assert (done.standing, done.state) == ("excluded", "returned")
    Patient._base_manager.filter(pk=patient.pk).update(sex="male")
    patient.refresh_from_db()
    assert begun(nurse, version, patient, key="a3").standing == "excluded"
    for born, known in ((date(2015, 1, 1), api.Said.NO), (None, None)):
        Patient._base_manager.filter(pk=patient.pk).update(birth_date=born)
        patient.refresh_from_db()
        (age,) = [one for one in criteria_of(version, patient) if one.key == "national_check_age"]
        assert age.known is known


@pytest.mark.parametrize(
    ("code", "text"),
    [("SNP2", "De 6 à 45 ou 50 ans"), ("SNP6", "17 ans ou moins"), ("SNP1", "entre 16 et 65 ans")],
)
def test_each_national_age_is_asked_in_its_words(
    code: str, text: str, coordinator: Person, place: Territory, patient: Patient
) -> None:
    found = criteria_of(written(coordinator, place, code), patient)
    assert text in next(one.text for one in found if one.key == "national_check_age")


def test_counts_name_nobody_and_hide_what_is_small(
    signed: Version, patient: Patient, nurse: Person, coordinator: Person, doctor: Person
) -> None:
    for number in range(11):
        act = begun(nurse, signed, patient, key=f"n{number}")
        api.sign_act(by=nurse, act=act, report="fait")
    returned(signed, patient, nurse)
    (found,) = activity(coordinator)
    assert dict(found.acts.counts) == {"Adapter la dose": 11, "Prélever": None}
    assert (found.acts.total, found.acts.is_floor) == (11, True)
    assert found.returned.counts == {"returned": None}
    assert activity(doctor) == []
    assert without_answer(doctor) == 0
