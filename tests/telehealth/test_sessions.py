"""A remote consultation: its link, the waiting room, the check, the telephone, the end; who may do each."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.agenda.models import Slot
from maillage.directory.api import Professional
from maillage.exchange.api import Link
from maillage.exchange.models import Notification
from maillage.kernel import journal, outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry, CareOpposition
from maillage.telehealth.actions import sessions as actions
from maillage.telehealth.models import Session
from maillage.telehealth.queries import sessions as queries
from maillage.telehealth.rules.sessions import Beside, Met, Outcome, Stage
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.telehealth.conftest import client_of

TO_HOUR = timedelta(hours=1)


@pytest.fixture
def slots(doctor: Person, professional: Professional, place: Territory) -> list[Slot]:
    """Two slots of remote consultation, one hour after the clock, and one at the practice."""
    made = agenda.create_agenda(by=doctor, professional=professional, place=place)
    office = agenda.add_schedule(by=doctor, agenda=made, name="Cabinet du Pont")
    day = date(2026, 3, 16)
    for number, (starts, kind) in enumerate(((time(15), agenda.Kind.TELE), (time(16), agenda.Kind.PRACTICE))):
        agenda.add_opening(
            by=doctor, schedule=office, weekday=0, starts=starts, ends=time(starts.hour, 30), minutes=15,
            valid_from=day, valid_to=day, kind=kind, visibility=agenda.Visibility.PRO, key=f"o{number}",
        )  # fmt: skip
    return list(Slot.objects.filter(agenda=made).order_by("starts_at"))


@pytest.fixture
def remote(slots: list[Slot], patient: Patient, doctor: Person) -> agenda.Appointment:
    """Louis Tilleul is expected by video at 3 pm; the worker has followed."""
    patient.phone, patient.phone_is_mobile = "+33639980001", True
    Patient.objects.filter(pk=patient.pk)._scoped().update(phone="+33639980001")
    made = agenda.book(by=doctor, slot=slots[0], patient=patient, key="b1")
    outbox.drain()
    found = queries.remote_appointment(made.pk)
    assert found is not None
    return found


def room(one: agenda.Appointment) -> str:
    return reverse("telehealth:waiting", args=[Link("telehealth:waiting", one.pk).token])


def told(place: Territory) -> list[Notification]:
    return list(Notification.objects.in_scope(place.scope).filter(template="tele_link").order_by("pk"))


def test_the_link_leaves_with_the_hour_and_no_word_of_health(
    settings: object, slots: list[Slot], patient: Patient, doctor: Person, place: Territory
) -> None:
    settings.PUBLIC_URL = "https://maillage.example"
    made = agenda.book(by=doctor, slot=slots[0], patient=patient, key="b1")
    agenda.book(by=doctor, slot=slots[2], patient=patient, key="b2")
    outbox.drain()
    outbox.drain()
    sent = told(place)
    assert {one.subject for one in sent} == {f"{journal.target_of(made)}#link"}
    assert all("Tilleul" not in str(one.parameters) for one in sent)
    agenda.move(by=doctor, appointment=made, slot=slots[1], key="m1")
    outbox.drain()
    assert len({one.key for one in told(place)}) == 2
    agenda.change_state(by=doctor, appointment=made, state=agenda.State.CANCELLED, key="c1")
    outbox.drain()
    assert len({one.key for one in told(place)}) == 2


def test_the_room_is_of_the_provider_unguessable_and_kept_nowhere(
    settings: object, remote: agenda.Appointment
) -> None:
    first = queries.room_address(remote)
    assert first.startswith("https://meet.jit.si/maillage-")
    assert len(first) > 45
    settings.VIDEO_URL = "https://visio.example/s/{room}?x=1"
    assert queries.room_address(remote).startswith("https://visio.example/s/maillage-")
    settings.SECRET_KEY = "another"
    assert queries.room_address(remote).split("maillage-")[1][:24] != first.split("maillage-")[1]


def test_who_holds_the_link_waits_is_let_in_and_it_ends(
    remote: agenda.Appointment, doctor: Person, clock: time_machine.Traveller
) -> None:
    visitor, host = Client(), client_of(doctor)
    door, page = room(remote), reverse("telehealth:session", args=[remote.pk])
    early = visitor.get(door).content.decode()
    assert "ouvre à 14 h 30" in early.replace("\xa0", " ").replace("\u202f", " ")
    assert visitor.post(door, {"none_said": "on"}).status_code == 422
    clock.shift(TO_HOUR - timedelta(minutes=20))
    opened = visitor.get(door).content.decode()
    assert "TILLEUL" not in opened
    assert not Session.objects.of_appointment(remote).exists()
    assert visitor.post(door, {}).status_code == 422
    sent = {"none_said": "on", "beside": "nurse", "beside_name": "Inès Capucine"}
    assert visitor.post(door, sent).status_code == 302
    waits = visitor.get(door)
    assert waits.headers["Refresh"] == "20"
    assert "meet.jit.si" not in waits.content.decode()
    assert "1 personne attend" in host.get(reverse("telehealth:sessions")).content.decode().replace(
        "\xa0", " "
    )
    assert "TILLEUL" in host.get(reverse("web:inbox")).content.decode()
    assert host.post(page, {"do": "admit"}).status_code == 302
    assert "meet.jit.si/maillage-" in visitor.get(door).content.decode()
    refused = host.post(page, {"do": "end", "outcome": "done"}, follow=True).content.decode()
    assert "identité est vérifiée" in refused
    checked = {
        "do": "check",
        "is_identified": "on",
        "has_agreed": "on",
        "place": "Chambre 12",
        "beside": "nurse",
    }
    host.post(page, checked | {"met_known": "no"})
    clock.shift(timedelta(minutes=25))
    host.post(page, {"do": "end", "outcome": "done"})
    session = Session.objects.of_appointment(remote).get()
    assert (session.stage, session.outcome, session.conditions["known"]) == (Stage.ENDED, "done", "no")
    assert agenda.Appointment.objects.keyed(remote.pk).get().state == "honoured"
    assert "C’est fini" in visitor.get(door).content.decode()
    verbs = Entry.objects.filter(target=journal.target_of(session)).order_by("rank")
    assert list(verbs.values_list("verb", flat=True)) == [
        f"telehealth.session_{verb}" for verb in ("waiting", "admitted", "checked", "ended")
    ]


def test_a_vital_sign_in_the_waiting_room_shows_the_15_on_both_sides(
    remote: agenda.Appointment, doctor: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(TO_HOUR)
    visitor, door = Client(), room(remote)
    assert visitor.post(door, {"signs": ["chest"], "beside": "nobody"}).status_code == 302
    assert "Appelez le 15 maintenant" in visitor.get(door).content.decode()
    shown = client_of(doctor).get(reverse("telehealth:session", args=[remote.pk])).content.decode()
    assert "Un signe vital a été dit" in shown
    assert visitor.post(door, {"none_said": "on"}).status_code == 302
    assert Session.objects.of_appointment(remote).get().signs == ["chest"]
    assert visitor.post(door, {"signs": ["flu"]}).status_code == 422


def test_the_video_fails_and_the_number_is_one_gesture_away(
    remote: agenda.Appointment, doctor: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(TO_HOUR)
    host, page = client_of(doctor), reverse("telehealth:session", args=[remote.pk])
    assert "06 39 98 00 01" in host.get(page).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    host.post(page, {"do": "phone"})
    assert "tel:+33639980001" in host.get(page).content.decode()
    assert "on vous appelle" in Client().get(room(remote)).content.decode()
    actions.check(
        by=doctor, appointment=remote, is_identified=True, has_agreed=True, place="", beside=Beside.NOBODY,
        conditions={"known": Met.YES, "invented": Met.YES},
    )  # fmt: skip
    done = actions.end(by=doctor, appointment=remote, outcome=Outcome.BY_PHONE)
    assert (done.outcome, done.conditions) == ("by_phone", {"known": "yes"})
    assert actions.end(by=doctor, appointment=remote, outcome=Outcome.BY_PHONE).ended_at == done.ended_at
    for gesture in (
        lambda: actions.end(by=doctor, appointment=remote, outcome=Outcome.ABSENT),
        lambda: actions.turn_to_phone(by=doctor, appointment=remote),
    ):
        with pytest.raises(ValidationError, match="finie"):
            gesture()


def test_nobody_came_and_the_agenda_says_it(
    remote: agenda.Appointment, doctor: Person, clock: time_machine.Traveller
) -> None:
    with pytest.raises(ValidationError):
        actions.end(by=doctor, appointment=remote, outcome=Outcome.ABSENT)
    clock.shift(TO_HOUR)
    actions.end(by=doctor, appointment=remote, outcome=Outcome.ABSENT)
    assert agenda.Appointment.objects.keyed(remote.pk).get().state == "not_honoured"
    clock.shift(timedelta(hours=3))
    assert "C’est fini" in Client().get(room(remote)).content.decode()


def test_only_who_manages_the_agenda_receives(
    remote: agenda.Appointment, slots: list[Slot], nurse: Person, patient: Patient, expert: Person
) -> None:
    page = reverse("telehealth:session", args=[remote.pk])
    for who in (nurse, expert):
        assert client_of(who).get(page).status_code == 404
        assert client_of(who).post(page, {"do": "admit"}).status_code == 404
        with pytest.raises(PermissionDenied):
            actions.admit(by=who, appointment=remote)
    assert client_of(patient.account).get(page).status_code == 403
    practice = agenda.book(by=nurse, slot=slots[2], patient=patient, key="b3")
    assert queries.remote_appointment(practice.pk) is None
    assert Client().get(room(practice)).status_code == 404


@pytest.mark.parametrize("token", ["x", "1-", "0-abc", "999999-AAAA", "１-a"])
def test_an_address_never_made_opens_nothing(remote: agenda.Appointment, token: str) -> None:
    answer = Client().get(reverse("telehealth:waiting", args=["a"]).replace("/a/", f"/{token}/"))
    assert answer.status_code == 404
    assert Client().post(room(remote).rstrip("/") + "A/", {"none_said": "on"}).status_code == 404


def test_the_patient_and_who_cares_for_them_find_the_room_by_their_account(
    remote: agenda.Appointment, patient: Patient, nurse: Person, expert: Person, place: Territory
) -> None:
    own = reverse("telehealth:own_room", args=[remote.pk])
    before = AccessLogEntry._base_manager.count()
    for who in (patient.account, nurse):
        assert client_of(who).get(own).headers["Location"] == room(remote)
    assert AccessLogEntry._base_manager.count() == before + 2
    for stranger in (expert, make_person("jean.orme", Role.PATIENT, None)):
        assert client_of(stranger).get(own).status_code == 404
    CareOpposition.objects.create(
        patient=patient, person=None, professional=nurse.professional, means="spoken", recorded_by=nurse
    )
    assert client_of(nurse).get(own).status_code == 404
    file = reverse("people:patient", args=[patient.pk])
    assert own in client_of(patient.account).get(file).content.decode()


def test_an_opposition_meanwhile_closes_the_page_of_the_professional(
    remote: agenda.Appointment, patient: Patient, doctor: Person
) -> None:
    page = reverse("telehealth:session", args=[remote.pk])
    assert client_of(doctor).get(page).status_code == 200
    CareOpposition.objects.create(patient=patient, means="spoken", recorded_by=doctor)
    assert client_of(doctor).get(page).status_code == 404
    assert client_of(doctor).post(page, {"do": "admit"}).status_code == 404
    assert "TILLEUL" not in client_of(doctor).get(reverse("telehealth:sessions")).content.decode()


def test_an_empty_day_says_what_to_do(place: Territory, doctor: Person) -> None:
    assert "Ouvrir l’agenda" in client_of(doctor).get(reverse("telehealth:sessions")).content.decode()
