"""What is known of a message: sent, queued, failed, to call, impossible; whose call it is to make."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from maillage.directory.api import Professional
from maillage.exchange import api
from maillage.exchange.actions import delivery, inbox
from maillage.exchange.models import Notification
from maillage.exchange.queries.inbox import trouble_count, unread_count
from maillage.exchange.queries.message_status import SAY_IT_NOW
from maillage.exchange.rules.vocabulary import CallOutcome
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.exchange.conftest import NOW, Tell
from tests.exchange.servers import Gateway, Smtp
from tests.factories import make_patient, make_person, make_professional

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ABOUT = "agenda.appointment:7"


def work(clock: time_machine.Traveller, **later: float) -> None:
    clock.shift(timedelta(**(later or {"seconds": 2})))
    outbox.drain()


def known(to: api.Recipient, *, is_coming: bool = False) -> tuple[str, str]:
    """Return where the message stands and its sentence, plain spaces for the eye."""
    told = api.message_status(subject=ABOUT, to=to, is_coming=is_coming)
    assert told.say_it_now == (told.state in SAY_IT_NOW)
    return told.state.value, told.sentence.replace("\u00a0", " ")


def test_an_sms_is_coming_then_queued_then_sent(
    tell: Tell, patient: Patient, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    assert known(patient) == ("none", "Aucun message possible : dites-le maintenant.")
    assert known(patient, is_coming=True) == ("coming", "Un SMS va partir au 06 39 98 •• 01.")
    tell(patient, subject=ABOUT)
    assert known(patient) == ("queued", "Un SMS part au 06 39 98 •• 01.")
    gateway.answers = [503]
    work(clock)
    assert known(patient) == (
        "retrying", "Le SMS au 06 39 98 •• 01 n’est pas encore parti : un nouvel essai est prévu."
    )  # fmt: skip
    work(clock, minutes=1)
    assert known(patient) == ("sent", "SMS envoyé au 06 39 98 •• 01.")
    told = api.message_status(subject=ABOUT, to=patient)
    assert (told.channel, told.at) == (api.Channel.SMS, NOW + timedelta(seconds=62))
    patient.phone = "+33639980055"
    patient.save()
    assert known(patient) == ("sent", "SMS envoyé au 06 •• •• •• 01."), "not to the new number"
    with translation.override("en"):
        assert known(patient)[1] == "Text message sent to 06 •• •• •• 01."


def test_what_waits_for_the_morning_says_when(
    tell: Tell, patient: Patient, place: Territory, clock: time_machine.Traveller
) -> None:
    place.scope.time_zone = "Indian/Reunion"
    place.scope.save()
    clock.move_to(datetime(2026, 3, 14, 22, tzinfo=ZoneInfo("Indian/Reunion")))
    tell(patient, subject=ABOUT)
    assert known(patient) == ("queued", "Un SMS partira le 15/03/2026 à 8 h 00 au 06 39 98 •• 01.")
    clock.move_to(datetime(2026, 3, 15, 2, tzinfo=ZoneInfo("Indian/Reunion")))
    assert known(patient) == ("queued", "Un SMS partira à 8 h 00 au 06 39 98 •• 01.")


def test_a_number_refused_for_good_is_said_and_becomes_a_call(
    tell: Tell, patient: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    gateway.answers = [422]
    tell(patient, subject=ABOUT)
    work(clock)
    sentence = "Aucun message ne part : un appel reste à passer au 06 39 98 •• 01."
    assert known(patient) == ("to_call", sentence)
    call = Notification.objects.for_person(regulator).get()
    inbox.note_call(by=regulator, pk=call.pk, outcome=CallOutcome.NO_ANSWER)
    assert known(patient) == ("to_call", sentence)
    inbox.note_call(by=regulator, pk=call.pk, outcome=CallOutcome.REACHED)
    assert known(patient) == ("called", "C’est dit de vive voix : Yanis Fougere, à 14 h 00.")


def test_a_wrong_number_leaves_nobody_told(tell: Tell, place: Territory, regulator: Person) -> None:
    patient = make_patient("Orme", place, phone="+33199000001")
    (call,) = tell(patient, subject=ABOUT)
    inbox.note_call(by=regulator, pk=call.pk, outcome=CallOutcome.WRONG_NUMBER)
    assert known(patient)[0] == "none"
    api.note_told(by=regulator, pk=api.message_status(subject=ABOUT, to=patient).to_say)
    assert known(patient)[0] == "called", "a voice told them otherwise"


@pytest.mark.parametrize(
    ("reach", "coming", "queued"),
    [
        ({"phone": ""}, "none", "none"),
        ({"phone": "+33199000001"}, "to_call", "to_call"),
        ({"phone": "+33639980001", "joins_by_phone": True}, "to_call", "to_call"),
        ({"phone": "", "email": "louis@example.org"}, "coming", "queued"),
        ({"phone": "+262692000001"}, "coming", "queued"),
    ],
)
def test_before_and_after_the_row_is_written_the_way_is_the_same(
    tell: Tell, place: Territory, reach: dict[str, Any], coming: str, queued: str
) -> None:
    patient = make_patient("Orme", place, **reach)
    assert known(patient, is_coming=True)[0] == coming
    tell(patient, subject=ABOUT)
    assert known(patient)[0] == queued


def test_an_email_and_an_account(
    tell: Tell, place: Territory, professional: Professional, doctor: Person, smtp: Smtp,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    patient = make_patient("Orme", place, phone="", email="louis@example.org")
    tell(patient, subject=ABOUT)
    work(clock)
    assert known(patient) == ("sent", "Courriel envoyé à l•••@example.org.")
    assert known(professional, is_coming=True)[0] == "coming"
    line, *_mail = tell(professional, subject=ABOUT, inbox_only=True)
    assert known(professional) == ("in_account", "Message déposé dans son compte Maillage.")
    assert known(doctor) == known(professional)
    inbox.close(by=doctor, pk=line.pk)
    assert known(professional) == ("read", "Message lu dans son compte Maillage.")
    away = make_professional("Genêt", "Paul")
    tell(away, subject=ABOUT)
    assert known(away)[0] == "none"


def test_the_last_change_is_what_is_known_and_what_was_withdrawn_is_not(
    tell: Tell, patient: Patient, clock: time_machine.Traveller
) -> None:
    assert api.last_announced(subject=ABOUT, to=patient) == ""
    (first,) = tell(patient, subject=ABOUT)
    work(clock)
    assert api.last_announced(subject=ABOUT, to=patient) == first.parameters["when"]
    tell(patient, subject=ABOUT)
    assert known(patient)[0] == "queued"
    assert api.withdraw(subjects=[ABOUT]) == 1
    clock.shift(timedelta(seconds=1))
    assert known(patient)[0] == "sent", "the one that left"
    assert api.withdraw(subjects=[ABOUT, ""]) == 1
    assert api.withdraw(subjects=[""]) == 0


def test_many_are_read_at_the_price_of_one(
    tell: Tell, place: Territory, django_assert_max_num_queries: Any
) -> None:
    people = {f"x:{number}": make_patient(f"P{number}", place, phone="+33639980001") for number in range(6)}
    for subject, patient in people.items():
        tell(patient, subject=subject)
    with django_assert_max_num_queries(3):
        told = api.message_statuses(people)
    assert {one.state.value for one in told.values()} == {"queued"}


def see_the_call(person: Person) -> bool:
    return Notification.objects.for_person(person).to_do().exists()


@pytest.fixture
def colleague(place: Territory) -> Person:
    return make_person("paul.reglisse", Role.REGULATOR, place.scope)


@pytest.fixture
def silent(place: Territory) -> Patient:
    return make_patient("Orme", place, phone="+33199000001")


def test_a_call_is_its_owner_s_then_everybody_s(
    tell: Tell, silent: Patient, regulator: Person, colleague: Person, clock: time_machine.Traveller
) -> None:
    tell(silent)
    assert see_the_call(regulator)
    assert not see_the_call(colleague)
    clock.shift(timedelta(hours=3, minutes=59))
    assert not see_the_call(colleague)
    clock.shift(timedelta(minutes=2))
    assert see_the_call(colleague)
    assert see_the_call(regulator)


def test_a_call_that_presses_or_that_nobody_owns_is_everybody_s_at_once(
    tell: Tell, silent: Patient, colleague: Person, clock: time_machine.Traveller
) -> None:
    tell(silent, not_after=NOW + timedelta(hours=2))
    assert not see_the_call(colleague)
    clock.shift(timedelta(minutes=61))
    assert see_the_call(colleague)
    Notification.objects.for_person(colleague).update(closed_at=NOW, closed_by=colleague)
    tell(silent, not_after=NOW + timedelta(minutes=90))
    assert see_the_call(colleague)


@pytest.mark.parametrize("gone", ["account", "role"])
def test_the_call_of_whoever_left_is_everybody_s(
    tell: Tell, silent: Patient, regulator: Person, colleague: Person, gone: str
) -> None:
    tell(silent)
    assert not see_the_call(colleague)
    if gone == "account":
        regulator.is_active = False
        regulator.save()
    else:
        RoleAssignment.objects.filter(person=regulator).update(withdrawn_at=NOW)
    assert see_the_call(colleague)


def test_nobody_calls_an_account_that_was_told(
    tell: Tell, silent: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    silent.account = make_person("louis.orme", Role.PATIENT, None)
    silent.save()
    line, mail = tell(silent, subject=ABOUT, path="/agenda/attente/")
    assert (line.person, line.path, mail.channel) == (silent.account, "", "email")
    assert not see_the_call(regulator)
    silent.phone = "+33639980001"
    silent.save()
    gateway.answers = [422]
    assert [row.channel for row in tell(silent, subject=ABOUT)] == ["inbox", "sms"]
    work(clock)
    assert not see_the_call(regulator), "the message was refused, the account was told"
    assert known(silent)[0] == "in_account"
    silent.joins_by_phone = True
    silent.save()
    (call,) = tell(silent, subject=ABOUT)
    assert call.is_call, "but who asked to be telephoned is telephoned"
    silent.joins_by_phone = False
    silent.account.is_active = False
    silent.account.save()
    silent.phone = ""
    silent.save()
    assert [row.is_call for row in tell(silent, subject=ABOUT)] == [True], "a closed account reads nothing"


def test_a_person_is_called_or_written_to_not_both(
    tell: Tell, patient: Patient, regulator: Person, administrator: Person, gateway: Gateway,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    gateway.answers = [422, 202, 422]
    (row,) = tell(patient)
    work(clock)
    assert see_the_call(regulator)
    delivery.retry(by=administrator, notification=row)
    work(clock)
    assert len(gateway.requests) == 2
    clock.shift(timedelta(seconds=1))
    assert not see_the_call(regulator), "the message left in the end"
    (row,) = tell(patient)
    work(clock)
    call = Notification.objects.for_person(regulator).to_do().get()
    inbox.note_call(by=regulator, pk=call.pk, outcome=CallOutcome.REACHED)
    delivery.retry(by=administrator, notification=row)
    work(clock, minutes=5)
    assert len(gateway.requests) == 3, "whom the call reached is not written to"


def to_say(patient: Patient) -> int:
    return api.message_status(subject=ABOUT, to=patient).to_say


@pytest.mark.parametrize(
    ("reach", "refused"),
    [
        ({"phone": ""}, False),  # no way leads to them
        ({"phone": "+33199000001"}, False),  # a call that somebody must make
        ({"phone": "", "email": "louis@example.org"}, True),  # what was sent was refused for good
    ],
)
def test_who_told_them_by_word_says_so_once_and_may_take_it_back(
    tell: Tell, place: Territory, regulator: Person, reach: dict[str, Any], refused: bool, smtp: Smtp,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    patient = make_patient("Orme", place, **reach)
    tell(patient, subject=ABOUT)
    smtp.refused = {"louis@example.org"} if refused else set()
    work(clock)
    before, row = known(patient), to_say(patient)
    assert api.message_status(subject=ABOUT, to=patient).say_it_now
    told = [api.note_told(by=regulator, pk=row) for _twice in range(2)]
    assert [one.closed_by for one in told] == [regulator] * 2
    assert known(patient) == ("called", "C’est dit de vive voix : Yanis Fougere, à 14 h 00.")
    assert to_say(patient) == 0
    entry = Entry.objects.get(verb="exchange.told_by_word")
    assert (entry.by, entry.target) == (regulator, f"exchange.notification:{row}")
    assert api.last_announced(subject=ABOUT, to=patient) == "2026-03-16T09:20:00+01:00"
    assert unread_count(regulator) == 0
    assert trouble_count(by=make_person("flora.if", Role.COORDINATOR, place.scope)) == 0
    inbox.reopen(by=regulator, pk=api.message_status(subject=ABOUT, to=patient).was_said)
    assert (known(patient), to_say(patient)) == (before, row)


def test_only_who_caused_it_or_sees_patients_there_says_so(
    tell: Tell, place: Territory, coordinator: Person
) -> None:
    patient = make_patient("Orme", place, phone="")
    (row,) = tell(patient, subject=ABOUT)
    elsewhere = make_person(
        "mona.saule", Role.NURSE, Scope.objects.create(kind="territory", label="Ailleurs")
    )
    for stranger in (elsewhere, make_person("jean.orme", Role.PATIENT, place.scope)):
        with pytest.raises(Notification.DoesNotExist):
            api.note_told(by=stranger, pk=row.pk)
    assert to_say(patient) == row.pk


def test_what_left_is_not_said_again(
    tell: Tell, patient: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    (row,) = tell(patient, subject=ABOUT)
    assert to_say(patient) == 0
    work(clock)
    assert api.note_told(by=regulator, pk=row.pk).closed_at is None
    assert known(patient)[0] == "sent"


def test_what_was_told_by_word_is_still_known_past_its_hour(
    tell: Tell, place: Territory, regulator: Person, clock: time_machine.Traveller
) -> None:
    patient = make_patient("Orme", place, phone="")
    tell(patient, subject=ABOUT, not_after=NOW + timedelta(hours=1))
    api.note_told(by=regulator, pk=to_say(patient))
    clock.shift(timedelta(days=1))
    assert known(patient) == ("called", "C’est dit de vive voix : Yanis Fougere, le 14/03/2026 à 14 h 00.")


def test_one_tap_says_it_wherever_it_is_shown(
    client: Client, tell: Tell, place: Territory, regulator: Person
) -> None:
    patient = make_patient("Orme", place, phone="")
    (row,) = tell(patient, subject=ABOUT)
    client.force_login(regulator)
    answer = client.post(reverse("exchange:note_told", args=[row.pk]), {"next": "/agenda/?du=2026-03-16"})
    assert answer.headers["Location"] == "/agenda/?du=2026-03-16"
    assert known(patient)[0] == "called"
    outside = client.post(reverse("exchange:reopen", args=[row.pk]), {"next": "https://example.org/"})
    assert outside.headers["Location"] == reverse("exchange:inbox")
    assert known(patient)[0] == "none"
    client.force_login(make_person("jean.orme", Role.PATIENT, place.scope))
    assert client.post(reverse("exchange:note_told", args=[row.pk])).status_code == 404


def test_the_report_says_who_told_them(
    client: Client, tell: Tell, place: Territory, regulator: Person
) -> None:
    patient = make_patient("Orme", place, phone="")
    (row,) = tell(patient, subject=ABOUT)
    api.note_told(by=regulator, pk=row.pk)
    client.force_login(make_person("flora.if", Role.COORDINATOR, place.scope))
    page = client.get(reverse("exchange:deliveries")).content.decode()
    assert "Dit de vive voix" in page
    assert "Yanis Fougere" in page
    assert "Orme" not in page
