"""Who is told, how, when; what leaves, what fails, what is tried again; on real servers of this machine."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import checks
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.exchange import api
from maillage.exchange.actions import delivery, inbox
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.scoping import UnscopedQueryError
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.exchange.conftest import MOBILE, MONDAY, NOW, Tell
from tests.exchange.servers import Gateway, Smtp
from tests.factories import make_professional

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SENTENCE = (
    "Rendez-vous le lundi 16 mars 2026 à 9 h 20 avec Hélène Aubépine, Val-de-Brume. "
    "Pour l'annuler ou le déplacer : 01 99 00 12 34."
)


def work(clock: time_machine.Traveller, **later: float) -> int:
    """Let time pass, then do what a worker does."""
    clock.shift(timedelta(**(later or {"seconds": 2})))
    return outbox.drain()


def again(row: api.Notification) -> api.Notification:
    return Notification.objects.to_send(row.pk).get()


def test_a_patient_gets_one_sms_without_anything_about_health(
    tell: Tell, patient: Patient, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    (row,) = tell(patient)
    assert (row.channel, row.state, row.scope) == ("sms", "queued", patient.scope)
    assert not gateway.requests, "the booking waits for no gateway"
    assert work(clock) == 1
    assert work(clock) == 0
    (message,) = gateway.requests
    assert (message["to"], message["text"]) == (MOBILE, SENTENCE)
    assert message["headers"]["Idempotency-Key"] == message["key"] == f"maillage-notification-{row.pk}"
    assert message["headers"]["Authorization"] == "Bearer a token"
    assert again(row).state == "sent"
    assert again(row).attempts == 1


def test_the_same_key_tells_once(tell: Tell, patient: Patient, doctor: Person) -> None:
    assert tell(patient, key="one") == tell(patient, key="one")
    assert tell(doctor, key="two") == tell(doctor, key="two")
    assert Notification.objects.in_scope(patient.scope).count() == 1


def test_without_a_gateway_the_message_goes_to_a_file(
    tell: Tell, patient: Patient, clock: time_machine.Traveller, settings: Any, tmp_path: Any
) -> None:
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    tell(patient)
    tell(patient)
    work(clock)
    assert settings.SMS_FILE.read_text().count(MOBILE) == 2


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({"joins_by_phone": True}, "inbox"),
        ({"needs_interpreter": True}, "inbox"),
        ({"phone": ""}, "inbox"),
        ({"phone": "+33199000001", "email": "louis@example.org"}, "email"),
        ({"phone": "+33199000001", "other_phone": "+33639980002"}, "sms"),
        ({"no_smartphone": True}, "sms"),
    ],
)
def test_a_patient_is_reached_as_they_asked(
    tell: Tell, patient: Patient, changes: dict[str, Any], channel: str
) -> None:
    for name, value in changes.items():
        setattr(patient, name, value)
    patient.save()
    assert [row.channel for row in tell(patient)] == [channel]


def test_who_has_an_account_gets_the_inbox_and_an_email(
    tell: Tell, professional: Professional, doctor: Person, smtp: Smtp, clock: time_machine.Traveller
) -> None:
    line, mail = tell(professional, path="/agenda/")
    assert (line.channel, line.state, line.person) == ("inbox", "sent", doctor)
    work(clock)
    (text,) = smtp.mails
    assert f"Message-ID: <maillage-notification-{mail.pk}@maillage>" in text
    assert f"To: {doctor.email}" in text
    inbox.set_preference(by=doctor, by_email=False, language="en")
    assert [row.channel for row in tell(doctor)] == ["inbox"]
    inbox.set_preference(by=doctor, by_email=True, language="en")
    tell(doctor)
    work(clock)
    assert "Subject: Appointment booked" in smtp.mails[-1]


def test_a_professional_without_an_account_is_written_to_or_called(tell: Tell, place: Territory) -> None:
    stranger = make_professional("Genêt", "Paul")
    (row,) = tell(stranger)
    assert (row.channel, row.state, row.failure) == ("inbox", "abandoned", "no_address")
    (row,) = tell(stranger, scope=place.scope)
    assert row.is_call
    stranger.phone = "06 39 98 00 03"
    assert [row.channel for row in tell(stranger)] == ["sms"]


def test_what_does_not_press_waits_for_the_morning_of_the_territory(
    tell: Tell, patient: Patient, place: Territory, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    place.scope.time_zone = "Indian/Reunion"
    place.scope.save()
    clock.move_to(datetime(2026, 3, 14, 22, tzinfo=ZoneInfo("Indian/Reunion")))
    tell(patient)
    tell(patient, urgent=True)
    tell(patient, not_after=timezone.now() + timedelta(minutes=30))
    assert work(clock) == 2
    assert outbox.late(since=timedelta(0)) == 0, "put off on purpose is not late"
    assert work(clock, hours=9.9) == 0
    assert work(clock, hours=0.2) == 1
    assert "lundi 16 mars 2026 a 12 h 20" in gateway.requests[0]["text"].replace("à", "a"), "local time"


def test_a_failure_is_tried_again_with_the_same_key(
    tell: Tell, patient: Patient, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    gateway.answers = [503, 429]
    (row,) = tell(patient)
    assert work(clock) == 0
    assert (again(row).state, again(row).failure, again(row).detail) == ("failed", "unreachable", "HTTP 503")
    assert work(clock, seconds=1) == 0
    assert len(gateway.requests) == 1, "it waits longer each time"
    assert work(clock, seconds=3) == 0
    assert work(clock, seconds=5) == 1
    assert (again(row).state, again(row).failure, again(row).attempts) == ("sent", "", 3)
    assert len({request["key"] for request in gateway.requests}) == 1


def test_after_all_attempts_a_call_takes_its_place(
    tell: Tell, patient: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    gateway.answers = [500] * 12
    (row,) = tell(patient)
    for _attempt in range(14):
        work(clock, hours=1)
    assert (again(row).state, again(row).attempts, len(gateway.requests)) == ("abandoned", 12, 12)
    (call,) = Notification.objects.for_person(regulator)
    assert call.is_call
    assert call.patient == patient
    assert outbox.late(since=timedelta(0)) == 0


def test_a_number_refused_for_good_is_not_tried_again(
    tell: Tell, patient: Patient, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    gateway.answers = [422]
    (row,) = tell(patient)
    work(clock)
    assert (again(row).state, again(row).failure, again(row).detail) == ("abandoned", "refused", "HTTP 422")


def test_a_gateway_that_is_not_there_is_tried_again(
    tell: Tell, patient: Patient, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/"
    (row,) = tell(patient)
    assert work(clock) == 0
    assert again(row).state == "failed"


def test_a_mail_refused_for_good_is_shown(
    tell: Tell, doctor: Person, smtp: Smtp, clock: time_machine.Traveller, settings: Any
) -> None:
    smtp.refused = {doctor.email}
    line, mail = tell(doctor)
    work(clock)
    assert (again(mail).state, again(mail).detail, again(line).state) == ("abandoned", "SMTP 550", "sent")
    settings.EMAIL_PORT = 9
    _line, mail = tell(doctor)
    work(clock)
    assert (again(mail).state, again(mail).detail) == ("failed", "ConnectionRefusedError")


def test_the_administrator_sends_again_once(
    tell: Tell, patient: Patient, administrator: Person, regulator: Person, gateway: Gateway,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    gateway.answers = [422]
    (row,) = tell(patient)
    work(clock)
    with pytest.raises(PermissionDenied):
        delivery.retry(by=regulator, notification=row)
    for _click in range(2):
        delivery.retry(by=administrator, notification=row)
    assert work(clock) == 1
    assert again(row).state == "sent"
    assert len(gateway.requests) == 2
    assert Entry.objects.filter(verb="exchange.retried").count() == 1


def test_what_is_no_longer_of_use_does_not_leave(
    tell: Tell, patient: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    (row,) = tell(patient, not_after=NOW + timedelta(minutes=30))
    work(clock, hours=1)
    assert (again(row).state, again(row).failure) == ("abandoned", "too_late")
    assert not gateway.requests
    assert not Notification.objects.for_person(regulator).exists()


def test_an_address_that_went_away_becomes_a_call(
    tell: Tell, patient: Patient, regulator: Person, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    tell(patient)
    patient.joins_by_phone = True
    patient.save()
    work(clock)
    assert not gateway.requests
    assert Notification.objects.for_person(regulator).get().is_call


def test_a_closed_account_gets_no_mail(
    tell: Tell, doctor: Person, smtp: Smtp, clock: time_machine.Traveller
) -> None:
    _line, mail = tell(doctor)
    doctor.is_active = False
    doctor.save()
    work(clock)
    assert (again(mail).failure, smtp.mails) == ("no_address", [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parameters": api.Parameters(when=MONDAY)}, "paramètres"),
        ({"path": "https://example.org/"}, "adresse de ce site"),
        ({"path": "//example.org/"}, "adresse de ce site"),
    ],
)
def test_what_is_out_of_form_is_refused(
    tell: Tell, patient: Patient, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        tell(patient, **changes)


@pytest.mark.parametrize(
    "parameters",
    [
        api.Parameters(when=MONDAY, until=MONDAY, sector="x" * 41),
        api.Parameters(when=MONDAY, until=MONDAY, sector="diabète : suite"),
        api.Parameters(when=MONDAY.replace(tzinfo=None), until=MONDAY, sector="Sud"),
        api.Parameters(when=MONDAY, phone="la fièvre"),
    ],
)
def test_a_parameter_is_never_a_sentence(parameters: api.Parameters) -> None:
    with pytest.raises(ValidationError):
        parameters.stored()


@pytest.mark.django_db(transaction=True)
def test_it_is_told_in_the_transaction_of_the_write(tell: Tell, patient: Patient) -> None:
    with pytest.raises(RuntimeError):
        tell(patient)
    with transaction.atomic():
        tell(patient)
        transaction.set_rollback(True)
    assert not Notification.objects.in_scope(patient.scope).exists()


def test_the_tables_refuse_two_recipients(patient: Patient, doctor: Person) -> None:
    common = {"key": "k", "channel": "inbox", "template": "appointment_booked"}
    for recipients in ({}, {"patient": patient, "person": doctor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notification.objects.create(**common, **recipients)
    with pytest.raises(UnscopedQueryError):
        Notification.objects.count()


def test_a_notification_costs_the_same_queries(
    tell: Tell, patient: Patient, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8 if connection.vendor == "sqlite" else 9):
        tell(patient)


def test_the_address_of_the_gateway_is_checked_at_start(settings: Any) -> None:
    settings.SMS_URL = "file:///etc/passwd"
    assert [error.id for error in checks.run_checks() if error.id == "exchange.E001"]


def test_texts_are_worded_in_the_patient_s_language(
    tell: Tell, patient: Patient, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    patient.language = "en"
    patient.save()
    tell(patient)
    patient.language = "uk"
    patient.save()
    tell(patient)
    work(clock)
    texts = [request["text"] for request in gateway.requests]
    assert texts[0].startswith("Appointment on Monday 16 March 2026 at 09:20")
    assert texts[1].startswith("Rendez-vous")
