"""The grid's page: what it costs and says, and each gesture as an address that works without a script."""

import re
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from syrupy.assertion import SnapshotAssertion

from maillage.agenda import api
from maillage.agenda.models import Agenda, Appointment, Opening, Schedule, Slot
from maillage.agenda.rules.clock import moment
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.agenda.conftest import Open
from tests.factories import make_commune, make_patient
from tests.keys import ABSENT

MONDAY = "2026-03-16"


@pytest.fixture
def visit(client: Client, doctor: Person) -> Client:
    client.force_login(doctor)
    return client


@pytest.fixture
def booked(slots: list[Slot], regulator: Person, patient: Patient) -> Appointment:
    return api.book(by=regulator, slot=slots[0], patient=patient, key="booked")


def week(client: Client, agenda: Agenda, **asked: object) -> str:
    answer = client.get(reverse("agenda:week", args=[agenda.pk]), {"du": MONDAY} | asked)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def statements(client: Client, agenda: Agenda, **asked: object) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        week(client, agenda, **asked)
    asked_of = (re.findall(r' FROM "(\w+)"', one["sql"]) for one in captured.captured_queries)
    return [" < ".join(sorted(set(tables))) for tables in asked_of]


def test_the_grid_costs_few_statements_whatever_it_holds(
    visit: Client, agenda: Agenda, open_slots: Open, regulator: Person, patient: Patient,
    snapshot: SnapshotAssertion,
) -> None:  # fmt: skip
    empty = statements(visit, agenda)
    slots = open_slots(ends=time(12))
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    start = slots[-1].starts_at
    api.close(by=None, agenda=agenda, starts_at=start, ends_at=start + timedelta(minutes=20), key="c")
    full = statements(visit, agenda)
    chosen = statements(visit, agenda, choisi=slots[0].pk)
    assert len(full) <= 16
    assert max(len(chosen), len(empty)) <= 16, (
        "one more: what was told of who comes, or whether openings are noted"
    )
    own = {"full": full, "chosen": chosen}  # those of the masthead are its own
    assert {name: [one for one in ran if one.startswith("agenda_")] for name, ran in own.items()} == snapshot


def test_a_page_stays_light(visit: Client, agenda: Agenda, open_slots: Open) -> None:
    for weekday in range(6):
        open_slots(weekday=weekday, ends=time(17), minutes=15, valid_to=None)
    text = week(visit, agenda)
    assert text.count('class="cell ') == 6 * 32
    assert len(text.encode()) < 200_000


def test_a_move_is_confirmed_with_who_is_told_and_made_once(
    visit: Client, agenda: Agenda, slots: list[Slot], booked: Appointment, patient: Patient
) -> None:
    patient.phone = "+33639980001"
    patient.save()
    choosing = week(visit, agenda, deplacer=booked.pk)
    assert f"deplacer={booked.pk}&amp;vers={slots[2].pk}" in choosing
    assert 'name="key"' not in choosing.split('id="fiche"')[1].split("</aside>")[0], "nothing to confirm yet"
    text = week(visit, agenda, deplacer=booked.pk, vers=slots[2].pk)
    assert "Louis TILLEUL : Un SMS va partir au 06 39 98 •• 01." in re.sub(r"\s", " ", text)
    assert "redevient libre, et peut être proposé" in text
    booked.refresh_from_db()
    assert booked.slot_id == slots[0].pk, "asking changes nothing"
    key = re.search(r'name="key" value="(\w+)"', text.split('id="fiche"')[1])
    assert key is not None
    sent = {
        "slot": slots[2].pk,
        "key": key[1],
        "next": f"/agenda/{agenda.pk}/?du={MONDAY}&choisi={slots[2].pk}",
    }
    address = reverse("agenda:move", args=[booked.pk])
    assert visit.post(address, sent)["Location"] == sent["next"]
    visit.post(address, sent)
    booked.refresh_from_db()
    assert booked.slot_id == slots[2].pk
    assert Appointment.objects.of_agenda(agenda).filter(state="booked").count() == 1


def test_a_move_that_cannot_be_says_why(
    visit: Client, agenda: Agenda, slots: list[Slot], booked: Appointment, doctor: Person, patient: Patient,
    place: object, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    api.book(by=doctor, slot=slots[1], patient=make_patient("Aubier", agenda.territory), key="other")
    asked = {
        slots[1].pk: "est pris ou fermé",
        slots[0].pk: "C’est déjà son créneau",
        999_999: "Ce créneau n’est plus là",
    }
    for slot, sentence in asked.items():
        text = week(visit, agenda, deplacer=booked.pk, vers=slot)
        assert sentence in text
        assert "Déplacer à" not in text
    assert "Aucun créneau n’est ouvert lundi 16 mars 2026 à 15\u00a0h\u00a000" in week(
        visit, agenda, deplacer=booked.pk, a=f"{MONDAY}T15:00"
    )
    clock.move_to(slots[1].starts_at)
    visit.force_login(doctor)
    assert "Renoncer" not in week(visit, agenda, deplacer=booked.pk), "what has begun is not moved"


def test_another_agenda_s_appointment_is_not_moved_from_here(
    visit: Client, agenda: Agenda, booked: Appointment, place: object
) -> None:
    assert "Renoncer" not in week(visit, agenda, deplacer=ABSENT)


def test_a_slot_drawn_on_the_grid_is_opened_that_day_only(
    visit: Client, agenda: Agenda, office: Schedule
) -> None:
    text = week(visit, agenda, ouvrir=f"{MONDAY}T12:00", a=f"{MONDAY}T12:40")
    form = text.split('id="fiche"')[1].split("</aside>")[0]
    assert 'value="2026-03-16"' in form
    assert ('value="12:00"' in form, 'value="12:40"' in form) == (True, True)
    sent = {
        "key": "drawn", "day": MONDAY, "starts": "12:00", "ends": "12:40", "minutes": "20",
        "schedule": office.pk, "kind": "tele", "visibility": "PRO", "capacity": "1",
    }  # fmt: skip
    address = reverse("agenda:week", args=[agenda.pk])
    refused = visit.post(f"{address}?du={MONDAY}", sent | {"starts": "12:01"})
    assert refused.status_code == 422
    assert "cinq en cinq minutes" in refused.content.decode()
    for _twice in range(2):
        answer = visit.post(f"{address}?du={MONDAY}&vue=jour", sent)
        assert parse_qs(urlsplit(answer["Location"]).query) == {"du": [MONDAY], "vue": ["jour"]}
    opening = Opening.objects.get()
    assert (opening.is_single_day, opening.kind, opening.slots.count()) == (True, "tele", 2)


def test_several_places_kinds_and_seats_are_told_by_words(
    visit: Client, agenda: Agenda, open_slots: Open, doctor: Person, regulator: Person, patient: Patient
) -> None:
    open_slots(api.Visibility.PUBLIC)
    elsewhere = api.add_schedule(by=doctor, agenda=agenda, name="Antenne du Gué")
    api.add_opening(
        by=doctor, schedule=elsewhere, weekday=0, starts=time(14), ends=time(15), minutes=60, key="g",
        valid_from=date(2026, 3, 16), valid_to=date(2026, 3, 16), kind=api.Kind.GROUP, capacity=8,
        visibility=api.Visibility.CPTS,
    )  # fmt: skip
    group = Slot.objects.get(kind="group")
    api.book(by=regulator, slot=group, patient=patient, key="g1")
    text = week(visit, agenda).replace("\u00a0", " ")
    assert "1 / 8 en groupe, Réservé, En groupe, Antenne du Gué, visible par : CPTS" in text
    assert "visible par : Tout public" in text
    assert re.findall(r'place-mark place-(\w)">(\w)</b> ([\w ]+)', text) == [
        ("a", "A", "Antenne du Gué"), ("b", "B", "Cabinet du Pont"),
    ]  # fmt: skip


def test_an_absence_is_drawn_and_its_appointment_asks_to_be_moved(
    visit: Client, agenda: Agenda, slots: list[Slot], booked: Appointment, doctor: Person
) -> None:
    start = slots[0].starts_at
    api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=start + timedelta(minutes=30), key="c")
    text = week(visit, agenda)
    assert "<span>Absence</span>" in text
    assert "créneau fermé, à déplacer" in text
    assert f"deplacer={booked.pk}" in text
    assert "1 rendez-vous à déplacer" in text


@pytest.mark.parametrize(
    ("day", "note"), [("2026-10-25", "hiver"), ("2026-03-29", "été"), ("2026-03-16", "")]
)
def test_the_days_of_the_clock_change_say_so(
    visit: Client, agenda: Agenda, slots: list[Slot], day: str, note: str
) -> None:
    text = week(visit, agenda, du=day, vue="jour", heures="toutes")
    assert ("Passage à l’heure d’" in text) == bool(note)
    assert note in text
    assert ("2\u00a0h\u00a0bis" in text) == (note == "hiver")


def test_the_night_of_the_clock_change_draws_every_slot_apart(
    client: Client, doctor: Person, agenda: Agenda, open_slots: Open, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 10, 20, 12, tzinfo=ZoneInfo("Europe/Paris")))
    night = date(2026, 10, 25)
    open_slots(weekday=6, starts=time(1), ends=time(4), valid_from=night, valid_to=night)
    client.force_login(doctor)
    text = week(client, agenda, du=night.isoformat(), vue="jour")
    tops = [int(one) for one in re.findall(r"#creneau-\d+\{--at:(\d+);--for:20\}", text)]
    assert tops == list(range(0, 240, 20)), "four hours pass between one and four"


def test_a_territory_overseas_reads_its_own_clock(
    client: Client, doctor: Person, agenda: Agenda, open_slots: Open, clock: time_machine.Traveller
) -> None:
    agenda.territory.scope.time_zone = "Indian/Reunion"
    agenda.territory.scope.save()
    agenda.refresh_from_db()
    clock.move_to(moment(date(2026, 3, 16), time(1), ZoneInfo("Indian/Reunion")))  # Sunday, 22:00 in Paris
    open_slots()
    client.force_login(doctor)
    text = week(client, agenda, du="")
    assert "Semaine du 16 mars" in text
    assert 'class="day today' in text.replace("day today chosen", "day today")
    assert re.search(r"9\u202fh\u202f00", text)


def test_the_days_around_are_links(visit: Client, agenda: Agenda, slots: list[Slot]) -> None:
    text = week(visit, agenda, vue="jour")
    for day in ("2026-03-15", "2026-03-17", "2026-03-14"):
        assert f"vue=jour&amp;du={day}" in text
    assert "du=2026-03-09" in week(visit, agenda)
    assert "heures=toutes" in week(visit, agenda)


@pytest.mark.parametrize(
    ("commune", "day", "said"),
    [("71001", "2026-05-14", "Ascension"), ("97401", "2026-12-20", "Abolition de l’esclavage"),
     ("71001", "2026-12-20", "")],
)  # fmt: skip
def test_public_holidays_are_named_by_the_law_of_the_territory(
    visit: Client, agenda: Agenda, open_slots: Open, commune: str, day: str, said: str
) -> None:
    open_slots()
    make_commune(commune, place=agenda.territory)
    text = week(visit, agenda, du=day)
    names = re.findall(r'<p class="day-note">.*?</svg> ([^<]+)</p>', text)
    assert names == ([said] if said else [])


def test_what_overlaps_lies_side_by_side_and_gives_its_width_to_names(
    visit: Client, agenda: Agenda, slots: list[Slot], booked: Appointment, office: Schedule
) -> None:
    """An hour kept for somebody under a rule since changed may lie beside what the rule makes now."""
    kept = slots[0].starts_at + timedelta(minutes=5)
    Slot.objects.create(
        agenda=agenda, schedule=office, opening=slots[0].opening, starts_at=kept,
        ends_at=kept + timedelta(minutes=15), kind=slots[0].kind, visibility=slots[0].visibility, capacity=1,
    )  # fmt: skip
    text = week(visit, agenda)
    shared = re.findall(r'<li class="cell [^"]*\bshared\b', text)
    assert len(shared) == 2
    assert len(re.findall(r'<li class="cell ', text)) == 4
    assert text.count("--lanes:2") == 2
