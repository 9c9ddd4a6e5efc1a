"""The desk's screen: who enters, what one press does, what is refused and said."""

import re
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from maillage.agenda import api as agenda
from maillage.agenda.models import Slot
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Proposal, Request
from maillage.orientation.pages import presenters
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_patient, make_person, make_professional, make_territory
from tests.keys import ABSENT

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))  # a Saturday
SAFE = {"q-breathing": "no", "q-consciousness": "no", "q-rash": "no"}


@pytest.fixture
def place(db: None) -> Territory:
    made = make_territory()
    make_commune(place=made)
    return made


@pytest.fixture
def other(place: Territory) -> Person:
    return make_person("zoe.bleuet", Role.REGULATOR, place.scope)


@pytest.fixture
def doctor(place: Territory) -> Person:
    return make_person("helene.aubepine", Role.PHYSICIAN, place.scope)


@pytest.fixture
def slots(place: Territory, doctor: Person) -> list[Slot]:
    """Three slots this afternoon, open to the desk."""
    professional = make_professional("Aubépine", "Hélène", account=doctor, specialty="SM54")
    made = agenda.create_agenda(by=doctor, professional=professional, place=place)
    office = agenda.add_schedule(
        by=doctor, agenda=made, name="Cabinet du Pont", commune=Commune.objects.get()
    )
    today = NOW.date()
    agenda.add_opening(
        by=doctor, schedule=office, weekday=5, starts=time(15), ends=time(16), minutes=20, valid_from=today,
        valid_to=today, key="o", visibility=agenda.Visibility.SNP,
    )  # fmt: skip
    return list(Slot.objects.order_by("starts_at"))


@pytest.fixture
def patient(place: Territory) -> Patient:
    return make_patient("Tilleul", place)


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    api.create_example_sheets(by=regulator)
    client.force_login(regulator)
    return client


def opened(by: Person, place: Territory, patient: Patient | None = None, **values: object) -> Request:
    """A febrile child, just called."""
    said = {
        "motive": "M03.14", "commune": Commune.objects.get(), "age_months": 38, "patient": patient,
        "caller_kind": "FAMILLE", "caller_name": "Awa Mélisse", "priority": "P2",
    } | values  # fmt: skip
    return api.open_request(
        by=by,
        scope=place.scope,
        origin=api.Origin.SINGLE_NUMBER,
        key=uuid4().hex,
        values=said,
    )


def post(client: Client, name: str, *args: object, **sent: object) -> str:
    answer = client.post(reverse(f"orientation:{name}", args=args), sent, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def said(text: str) -> str:
    """Return the words of a page without its marks: what a screen reader says of a button."""
    return re.sub(r"<[^>]+>", "", text)


def answered(client: Client, request: Request, **changes: str) -> str:
    sheet = api.sheets_for(request.motive)[0]
    return post(client, "answer", request.pk, sheet=sheet.pk, **(SAFE | changes))


def test_only_regulators_enter(client: Client, desk: Client, doctor: Person) -> None:
    assert desk.get(reverse("orientation:desk")).status_code == 200
    client.force_login(doctor)
    for name in ("desk", "queue", "stream", "call", "handover"):
        assert client.get(reverse(f"orientation:{name}")).status_code == 403


def test_a_call_is_noted_with_a_provisional_patient_and_once(desk: Client, place: Territory) -> None:
    sent = {
        "key": "call-1", "motive": "M03.14", "caller_kind": "FAMILLE", "caller_name": "Awa",
        "caller_phone": "06 39 98 00 01", "last_name": "Mélisse", "first_name": "Lou",
        "birth_date": "2023-01-10", "commune": "Brumeval", "origin": "single_number", "priority": "P2",
    }  # fmt: skip
    text = post(desk, "call", **sent)
    assert "Lou MÉLISSE" in text
    assert "identité provisoire" in text
    assert "Fiche d’exemple, signée d’aucun clinicien" in text
    made = Request.objects.in_scope(place.scope).get()
    assert (made.age_months, made.state, made.caller_phone) == (38, "in_hand", "+33639980001")
    again = desk.post(reverse("orientation:call"), sent)
    assert again.status_code == 422  # the same person, already known: warned, nothing retyped
    assert "Lou MÉLISSE" in again.content.decode()
    known = Patient.objects.in_scope(place.scope).get()
    desk.post(reverse("orientation:call"), sent | {"patient": known.pk})
    assert Request.objects.in_scope(place.scope).count() == 1
    assert Patient.objects.in_scope(place.scope).count() == 1


def test_a_patient_is_looked_for_and_a_nameless_caller_is_taken(desk: Client, place: Territory) -> None:
    make_patient("Tilleul", place, phone="+33639980007")
    found = desk.post(
        reverse("orientation:call"),
        {
            "key": "k",
            "motive": "M03.14",
            "caller_kind": "SUJET",
            "last_name": "tilleul",
            "caller_phone": "06 39 98 00 07",
            "origin": "single_number",
            "search": "1",
        },
    )
    assert "Louis TILLEUL" in found.content.decode()
    assert not Request.objects.in_scope(place.scope).exists()
    text = post(desk, "call", key="k", motive="M07.00", caller_kind="TIERS", origin="single_number")
    assert "inconnu pour l’instant" in text
    made = Request.objects.in_scope(place.scope).get()
    text = post(desk, "complete", made.pk, last_name="Frêne", commune="71230", priority="P3")
    assert "FRÊNE" in text
    assert "Brumeval" in text
    wrong = desk.post(reverse("orientation:complete", args=[made.pk]), {"commune": "Nulle-Part"})
    assert wrong.status_code == 422
    assert "Aucune commune de ce nom" in wrong.content.decode()


def test_questions_then_proposals_then_booked_in_one_press(
    desk: Client, regulator: Person, place: Territory, patient: Patient, slots: list[Slot]
) -> None:
    made = opened(regulator, place, patient)
    assert "questions de sécurité" in post(desk, "search", made.pk)
    answered(desk, made)
    text = post(desk, "search", made.pk)
    assert "Réserver 15\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00 chez Hélène Aubépine" in said(text)
    first = Proposal.objects.of_request(made).offered().first()
    text = post(desk, "book", made.pk, first.pk, key="b")
    assert "Rendez-vous pris" in text
    post(desk, "book", made.pk, first.pk, key="b")
    assert Slot.objects.with_taken(NOW).filter(taken__gt=0).count() == 1
    before = api.today(by=regulator, scope=place.scope).closed
    assert "Issue notée" not in post(desk, "close", made.pk, outcome="seen")  # its hour has not come
    with time_machine.travel(first.slot.starts_at, tick=False):
        assert "Issue notée" in post(desk, "close", made.pk, outcome="seen")
        assert api.today(by=regulator, scope=place.scope).closed == before + 1


def test_a_slot_taken_meanwhile_gives_the_next_best(
    desk: Client, regulator: Person, other: Person, place: Territory, patient: Patient, slots: list[Slot]
) -> None:
    made = opened(regulator, place, patient)
    answered(desk, made)
    post(desk, "search", made.pk)
    first = Proposal.objects.of_request(made).offered().first()
    agenda.book(by=other, slot=first.slot, patient=make_patient("Frêne", place), key="o")
    text = post(desk, "book", made.pk, first.pk, key="b")
    assert "vient d’être pris" in text
    assert "Réserver 15\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}20 chez Hélène Aubépine" in said(text)
    following = Proposal.objects.of_request(made).offered().first()
    assert "Refus noté" in post(desk, "refuse", made.pk, following.pk, reason="too_far")


def test_a_red_flag_blocks_booking_and_shows_15(
    desk: Client, regulator: Person, place: Territory, patient: Patient, slots: list[Slot]
) -> None:
    made = opened(regulator, place, patient)
    answered(desk, made)
    post(desk, "search", made.pk)
    offered = Proposal.objects.of_request(made).offered().first()
    text = answered(desk, made, **{"q-rash": "yes"})
    assert "Signe d’alerte" in text
    assert 'href="tel:15"' in text
    assert "Réserver 15" not in text
    assert "signe d’alerte" in post(desk, "book", made.pk, offered.pk, key="b").lower()
    assert not Slot.objects.filter(appointments__isnull=False).exists()
    assert "Écrivez la note" in post(desk, "transfer", made.pk, note="")
    assert "Transmission au 15 notée" in post(desk, "transfer", made.pk, note="Purpura.")
    made.refresh_from_db()
    assert made.state == "transferred"


def test_the_lock_of_another_regulator_is_shown_and_taken_only_with_a_reason(
    desk: Client, other: Person, place: Territory
) -> None:
    made = opened(other, place)
    text = desk.get(reverse("orientation:request", args=[made.pk])).content.decode()
    assert "Zoe Bleuet" in text
    assert "sans la changer" in text
    assert "a cette demande ouverte" in post(desk, "take", made.pk)
    text = post(desk, "take", made.pk, reason="Elle a fini son poste.")
    assert "sans la changer" not in text
    assert "Personne n’attend" not in post(desk, "release", made.pk)


def test_what_is_not_on_the_list_is_no_address(desk: Client, regulator: Person, place: Territory) -> None:
    made = opened(regulator, place)
    addresses = [
        (reverse("orientation:close", args=[made.pk]), {"outcome": "dancing"}),
        (reverse("orientation:answer", args=[made.pk]), {"sheet": str(ABSENT)}),
        (reverse("orientation:book", args=[made.pk, ABSENT]), {"key": "b"}),
        (reverse("orientation:close", args=[ABSENT]), {"outcome": "seen"}),
    ]
    assert [desk.post(address, sent).status_code for address, sent in addresses] == [404] * 4


def test_advice_is_noted_and_the_shift_handed_over(
    desk: Client, regulator: Person, other: Person, place: Territory
) -> None:
    made = opened(regulator, place)
    answered(desk, made)
    assert "Décision notée" in post(desk, "decide", made.pk, kind="advice", note="Boire.")
    assert "1 demande ouverte est à vous" in desk.get(reverse("orientation:handover")).content.decode()
    assert "Choisissez la personne" in post(desk, "handover", to="")
    assert "Relève passée à Zoe Bleuet" in post(desk, "handover", to=other.pk, note="Rappeler.")
    made.refresh_from_db()
    assert made.owner == other


def test_the_screen_costs_the_same_however_long_the_queue(
    desk: Client, regulator: Person, place: Territory, patient: Patient, slots: list[Slot],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _one in range(12):
        made = opened(regulator, place, patient)
    answered(desk, made)
    post(desk, "search", made.pk)
    pages = {"desk": (12, 60), "queue": (5, 30), "request": (16, 90), "received": (19, 25)}
    for name, (queries, kilobytes) in pages.items():
        address = reverse(f"orientation:{name}", args=[made.pk] if name == "request" else [])
        desk.get(address)
        with django_assert_max_num_queries(queries):
            answer = desk.get(address)
        assert len(answer.content) < kilobytes * 1000, name


def test_a_tap_twice_returns_the_request_to_the_desk_once_then_the_desk_ends_it(
    desk: Client, regulator: Person, place: Territory
) -> None:
    made = opened(regulator, place)
    answered(desk, made)
    post(desk, "decide", made.pk, kind="advice")
    for _again in range(2):
        text = post(desk, "close", made.pk, outcome="not_honoured", state="advice")
        assert "La demande revient au bureau" in text
    assert "revenue\N{NO-BREAK SPACE}: Non venu" in text
    assert "Clore sans réponse" in text
    assert "Issue notée." in post(desk, "close", made.pk, outcome="not_honoured", state="in_hand")
    made.refresh_from_db()
    assert made.state == "closed"
    text = desk.get(reverse("orientation:desk")).content.decode()
    assert "Ce que sont devenues les demandes, aujourd’hui" in text


def test_ages_and_hours_read_as_people_say_them() -> None:
    assert presenters.age(NOW - timedelta(minutes=12), NOW) == "12\N{NO-BREAK SPACE}min"
    assert presenters.age(NOW - timedelta(minutes=65), NOW) == "1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05"
    assert api.person_age(8) == "8 mois"
    assert api.person_age(40) == "3 ans"
    assert api.person_age(None) == ""
    assert "demain" in presenters.moment(NOW + timedelta(days=1), NOW)
