"""The agenda's pages: who enters, what one click does, what is said."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.agenda import api
from maillage.agenda.actions.sharing import create_feed
from maillage.agenda.models import Agenda, Closure, Feed, Opening, Schedule, Slot
from maillage.exchange import api as exchange
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import Open
from tests.factories import make_commune, make_patient, make_professional
from tests.keys import ABSENT

WEEK = "?du=2026-03-16"


@pytest.fixture
def visit(client: Client, doctor: Person) -> Client:
    client.force_login(doctor)
    return client


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"agenda:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_week_shows_its_slots_and_one_click_opens_one(
    visit: Client, agenda: Agenda, open_slots: Open, regulator: Person, patient: Patient
) -> None:
    slots = open_slots(api.Visibility.PRIVATE)
    text = page(visit, "week", agenda.pk, query=WEEK)
    assert "Aucun rendez-vous, 3 créneaux libres." in text
    assert "Les 3 créneaux à venir de ce jour" in text
    assert 'aria-pressed="true"' in page(visit, "week", agenda.pk, query=f"{WEEK}&choisi={slots[0].pk}")
    sent = {"slot": slots[0].pk, "visibility": "SNP", "du": "2026-03-16"}
    answer = visit.post(reverse("agenda:visibility", args=[agenda.pk]), sent)
    assert answer["Location"].endswith(f"?du=2026-03-16&choisi={slots[0].pk}")
    slots[0].refresh_from_db()
    assert slots[0].visibility == "SNP"
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    text = page(visit, "week", agenda.pk, query=WEEK)
    assert "TILLEUL Louis" in text
    assert "1 rendez-vous, 2 créneaux libres." in text
    assert f"#creneau-{slots[0].pk}{{--at:0;--for:20}}" in text
    assert "voici aujourd’hui" in page(visit, "week", agenda.pk, query="?du=nonsense")


def test_the_week_costs_the_same_whatever_it_holds(
    visit: Client, agenda: Agenda, open_slots: Open, regulator: Person, patient: Patient,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    for slot in open_slots():
        api.book(by=regulator, slot=slot, patient=patient, key=f"q{slot.pk}")
    with django_assert_max_num_queries(16):  # two of them count what waits in the inbox
        page(visit, "week", agenda.pk, query=WEEK)
    with django_assert_max_num_queries(16):
        page(visit, "own_appointments")


def test_nobody_else_enters(client: Client, regulator: Person, delegate: Person, agenda: Agenda) -> None:
    client.force_login(regulator)
    for name in ("week", "openings", "absences", "advanced", "sharing"):
        answer = client.get(reverse(f"agenda:{name}", args=[agenda.pk]))
        assert answer.status_code == 403
        assert "Demandez à Hélène Aubépine" in answer.content.decode()
    assert client.get(reverse("agenda:week", args=[ABSENT])).status_code == 404
    client.force_login(delegate)
    assert page(client, "week", agenda.pk)


def test_an_opening_is_added_then_ended(visit: Client, agenda: Agenda) -> None:
    sent = {
        "key": "k", "schedule": "", "place_name": "Cabinet", "weekday": "1", "starts": "09:00",
        "ends": "12:00",
        "minutes": "20", "every": "1", "valid_from": "2026-03-16", "kind": "practice", "capacity": "1",
        "visibility": "private",
    }  # fmt: skip
    address = reverse("agenda:openings", args=[agenda.pk])
    assert visit.post(address, sent | {"place_name": ""}).status_code == 422
    assert visit.post(address, sent | {"starts": "09:02"}).status_code == 422
    assert "créneaux préparés" in visit.post(address, sent, follow=True).content.decode()
    visit.post(address, sent)
    opening = Opening.objects.get()
    twice = visit.post(address, sent | {"key": "other", "place_name": "Autre"}, follow=True)
    assert "Aucun créneau préparé" in twice.content.decode()
    assert "mardi, 9\u00a0h\u00a000" in page(visit, "openings", agenda.pk)
    visit.post(reverse("agenda:end_opening", args=[agenda.pk, opening.pk]))
    assert not Slot.objects.filter(opening=opening).exists()


def test_an_absence_is_noted_then_cancelled(
    visit: Client, agenda: Agenda, slots: list[Slot], regulator: Person, patient: Patient
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    address = reverse("agenda:absences", args=[agenda.pk])
    sent = {"key": "k", "schedule": "", "first_day": "2026-03-16", "last_day": "2026-03-16"}
    assert visit.post(address, sent | {"last_day": "2026-03-10"}).status_code == 422
    assert visit.post(address, sent | {"last_day": ""}).status_code == 422
    text = visit.post(
        address, sent | {"first_hour": "08:00", "last_hour": "12:00"}, follow=True
    ).content.decode()
    assert "1 rendez-vous reste à déplacer" in text
    assert "lundi 16 mars 2026 à 8\u00a0h\u00a000" in text
    assert "1 rendez-vous à déplacer" in page(visit, "week", agenda.pk, query=WEEK)
    closure = Closure.objects.get()
    visit.post(reverse("agenda:reopen", args=[agenda.pk, closure.pk]))
    assert Slot.objects.filter(is_open=True).count() == 3
    visit.post(reverse("agenda:absences", args=[agenda.pk]), sent | {"key": "n"})
    assert made in api.to_move(agenda, slots[0].starts_at)


def test_booking_from_the_page_and_the_next_best_when_it_was_taken(
    visit: Client, doctor: Person, regulator: Person, slots: list[Slot], patient: Patient, office: Schedule
) -> None:
    regular = Client()
    regular.force_login(regulator)
    address = reverse("agenda:reserve", args=[slots[0].pk])
    assert "Aucune personne" in page(regular, "reserve", slots[0].pk, query="?q=tilleul"), "nobody is browsed"
    assert "Louis TILLEUL" in page(regular, "reserve", slots[0].pk, query="?q=tilleul+14/03/1950")
    assert "Aucune personne" in page(regular, "reserve", slots[0].pk, query="?q=personne")
    answer = regular.post(address, {"patient": patient.pk, "key": "a"}, follow=True)
    assert "Réservé pour Louis TILLEUL" in answer.content.decode()
    assert "Aucun message possible" in answer.content.decode(), "no telephone is known"
    again = regular.post(address, {"patient": make_patient("Orme", patient.scope.territory).pk, "key": "b"})
    assert again.status_code == 409
    assert reverse("agenda:reserve", args=[slots[1].pk]) in again.content.decode()
    twice = regular.post(address, {"patient": patient.pk, "key": "twice"})
    assert twice.status_code == 409
    assert "déjà une place à ce créneau" in twice.content.decode()
    assert reverse("agenda:reserve", args=[slots[1].pk]) not in twice.content.decode(), "none is needed"
    assert regular.post(address, {"patient": patient.pk}).status_code == 404
    assert regular.post(address, {"patient": "x", "key": "c"}).status_code == 404
    assert regular.get(reverse("agenda:reserve", args=[ABSENT])).status_code == 404
    api.set_visibility(by=doctor, slots=slots, visibility=api.Visibility.PRIVATE)
    assert regular.get(address).status_code == 403


def test_an_outcome_is_one_click(
    visit: Client, doctor: Person, regulator: Person, slots: list[Slot], patient: Patient,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    clock.move_to(slots[0].starts_at - timedelta(hours=2))
    visit.force_login(doctor)  # the session of two days before is over
    assert "Louis TILLEUL" in page(visit, "own_appointments")
    address = reverse("agenda:outcome", args=[made.pk])
    answer = visit.post(address, {"state": "arrived", "key": "1", "next": "//elsewhere.example"}, follow=True)
    assert "C’est noté" in answer.content.decode()
    assert (
        visit.post(address, {"state": "cancelled", "key": "2"}, follow=True)
        .content.decode()
        .count("Rechargez")
    )
    assert visit.post(address, {"state": "dancing", "key": "3"}).status_code == 404
    other = Client()
    other.force_login(regulator)
    assert "Louis TILLEUL" in page(other, "own_appointments")


def test_whom_no_message_reaches_is_said_to_be_told_on_each_page(
    visit: Client, agenda: Agenda, regulator: Person, slots: list[Slot], place: Territory,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    patient = make_patient("Orme", place, phone="")
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    clock.shift(timedelta(seconds=5))
    outbox.drain()
    chosen = f"{WEEK}&choisi={slots[0].pk}"
    own = Client()
    own.force_login(regulator)
    for text in (page(own, "own_appointments"), page(visit, "week", agenda.pk, query=chosen)):
        assert "Aucun message possible" in text
        assert "C’est dit" in text
    row = exchange.message_status(subject=api.subject_of(made), to=patient).to_say
    own.post(reverse("exchange:note_told", args=[row]))
    for text in (page(own, "own_appointments"), page(visit, "week", agenda.pk, query=chosen)):
        assert "C’est dit de vive voix" in text
        assert regulator.get_full_name() in text
        assert "Aucun message possible" not in text


def test_sharing_confides_revokes_and_shows_the_secret_once(
    visit: Client, agenda: Agenda, nurse: Person, delegate: Person
) -> None:
    address = reverse("agenda:sharing", args=[agenda.pk])
    assert visit.post(address, {"delegate-email": "nobody@example.org"}).status_code == 422
    text = visit.post(address, {"delegate-email": nurse.email}, follow=True).content.decode()
    assert "Ines Capucine tient maintenant cet agenda" in text
    role = nurse.roles.get(scope=agenda.scope)
    visit.post(reverse("agenda:end_delegation", args=[agenda.pk, role.pk]))
    assert not api.manages(nurse, agenda)
    assert visit.post(address, {"feed-label": ""}).status_code == 422
    made = visit.post(address, {"feed-label": "Téléphone"})
    assert made.status_code == 201
    assert "/agenda/flux/" in made.content.decode()
    assert "/agenda/flux/" not in page(visit, "sharing", agenda.pk)
    visit.post(reverse("agenda:revoke_feed", args=[agenda.pk, Feed.objects.get().pk]))
    assert Feed.objects.get().revoked_at
    visit.force_login(delegate)
    assert "Seul le professionnel" in page(visit, "sharing", agenda.pk)


def test_a_calendar_ends_with_the_right_of_whoever_made_it(
    visit: Client, agenda: Agenda, delegate: Person, client: Client
) -> None:
    _own, kept = create_feed(by=agenda.professional.account, agenda=agenda, label="Le mien")
    _theirs, secret = create_feed(by=delegate, agenda=agenda, label="Accueil")
    kept, address = (reverse("agenda:feed", args=[one]) for one in (kept, secret))
    assert [client.get(one).status_code for one in (kept, address)] == [200, 200]
    assert "Ne répond plus" not in page(visit, "sharing", agenda.pk)
    role = delegate.roles.get(scope=agenda.scope)
    visit.post(reverse("agenda:end_delegation", args=[agenda.pk, role.pk]))
    assert [client.get(one).status_code for one in (kept, address)] == [200, 404]
    assert page(visit, "sharing", agenda.pk).count("Ne répond plus") == 1


def test_a_professional_without_agenda_opens_one(visit: Client, professional: object, place: object) -> None:
    assert "Ouvrir mon agenda" in page(visit, "own_appointments")
    assert visit.post(reverse("agenda:create"), {"place": ""}).status_code == 422
    assert page(visit, "create")
    answer = visit.post(reverse("agenda:create"), {"place": place.pk}, follow=True)
    assert "dites maintenant quand et où" in answer.content.decode()
    agenda = Agenda.objects.get()
    assert "Dites d’abord quand et où vous consultez" in page(visit, "week", agenda.pk)


def test_an_advanced_day_is_opened_where_there_is_no_doctor(visit: Client, agenda: Agenda) -> None:
    commune = make_commune(place=agenda.territory)
    assert "Brumeval" in page(visit, "advanced", agenda.pk)
    sent = {
        "key": "k", "kind": "bus", "where": f"c:{commune.pk}", "day": "2026-04-02", "starts": "09:00",
        "ends": "12:00", "minutes": "20", "visibility": "PUBLIC",
    }  # fmt: skip
    address = reverse("agenda:advanced", args=[agenda.pk])
    assert visit.post(address, sent | {"where": "c:00000"}).status_code == 422
    assert visit.post(address, sent | {"starts": "09:01"}).status_code == 422
    answer = visit.post(address, sent, follow=True)
    assert "9 créneaux préparés" in answer.content.decode()
    opening = Opening.objects.get()
    assert (opening.kind, opening.valid_from, opening.schedule.commune_id) == (
        "bus",
        date(2026, 4, 2),
        commune.pk,
    )


def test_a_tap_is_taken_back_and_a_hold_is_shown(
    visit: Client, agenda: Agenda, slots: list[Slot], doctor: Person, regulator: Person, patient: Patient,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    api.hold(by=regulator, slot=slots[1], key="h")
    assert "Retenu" in page(visit, "week", agenda.pk, query=WEEK)
    held = page(visit, "week", agenda.pk, query=f"{WEEK}&choisi={slots[1].pk}")
    assert "Retenu pour quelqu’un" in held
    assert "Retenu jusqu’à 14\u00a0h\u00a005" in held
    clock.move_to(slots[0].starts_at)
    visit.force_login(doctor)
    expired = page(visit, "week", agenda.pk, query=f"{WEEK}&choisi={slots[1].pk}")
    assert "Retenu pour quelqu’un" not in expired, "it expired"

    def tap(name: str, key: str, **sent: str) -> str:
        address = reverse(f"agenda:{name}", args=[made.pk])
        back = f"{reverse('agenda:week', args=[agenda.pk])}{WEEK}&choisi={slots[0].pk}"
        return visit.post(address, {"key": key, "next": back} | sent, follow=True).content.decode()

    assert "Revenir en arrière" in tap("outcome", "1", state="arrived")
    assert "Revenir en arrière" in tap("outcome", "2", state="honoured")
    assert "Retour en arrière fait" in tap("undo", "3")
    assert state_of(made) == "arrived"
    assert "Retour en arrière fait" in tap("undo", "3")
    assert state_of(made) == "arrived", "a double click goes back once"
    tap("undo", "4")
    assert state_of(made) == "booked"
    assert "a changé d’état" in tap("undo", "5")
    assert visit.post(reverse("agenda:undo", args=[made.pk])).status_code == 404
    visit.force_login(regulator)
    assert visit.post(reverse("agenda:undo", args=[made.pk]), {"key": "6"}).status_code == 403


def test_an_appointment_is_moved_once_one_confirms(
    visit: Client, slots: list[Slot], regulator: Person, patient: Patient, doctor: Person
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    text = page(visit, "move", made.pk)
    assert text.count("?vers=") == 2, "the free ones"
    assert 'name="slot"' not in text, "nothing is moved before one confirms"
    asked = page(visit, "move", made.pk, query=f"?vers={slots[2].pk}")
    assert "Louis TILLEUL\N{NO-BREAK SPACE}: Aucun message possible" in asked
    assert asked.count(f'name="slot" value="{slots[2].pk}"') == 1
    assert "n’est plus libre" in page(visit, "move", made.pk, query=f"?vers={slots[0].pk}")
    address = reverse("agenda:move", args=[made.pk])
    back = "/agenda/?x=1"
    answer = visit.post(address, {"key": "m", "slot": slots[2].pk, "next": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "Déplacé au lundi 16 mars 2026 à 9\u00a0h\u00a040" in answer.content.decode()
    taken = visit.post(address, {"key": "n", "slot": slots[2].pk}, follow=True)
    assert "déjà un rendez-vous" in taken.content.decode() or "vient d’être pris" in taken.content.decode()
    assert visit.post(address, {"key": "o", "slot": "x"}).status_code == 404
    for slot in slots[:2]:
        api.book(by=doctor, slot=slot, patient=patient, key=f"full{slot.pk}")
    assert "Aucun créneau libre à montrer" in page(visit, "move", made.pk)


def test_a_slot_just_taken_offers_the_waiting_list(
    client: Client, slots: list[Slot], regulator: Person, patient: Patient, place: Territory
) -> None:
    api.book(by=regulator, slot=slots[0], patient=make_patient("Orme", place), key="a")
    client.force_login(regulator)
    answer = client.post(reverse("agenda:reserve", args=[slots[0].pk]), {"patient": patient.pk, "key": "z"})
    assert answer.status_code == 409
    assert f"/attente/inscrire/?patient={patient.pk}" in answer.content.decode()


def test_one_hour_with_two_professionals_is_confirmed_on_the_page(
    client: Client, slots: list[Slot], regulator: Person, patient: Patient, place: Territory
) -> None:
    second = api.create_agenda(by=None, professional=make_professional("Genêt", "Paul"), place=place)
    opening = api.add_advanced_day(
        by=None, schedule=api.add_schedule(by=None, agenda=second, name="Ailleurs"), day=date(2026, 3, 16),
        starts=time(9), ends=time(9, 30), minutes=30, key="o", visibility=api.Visibility.SNP,
    )  # fmt: skip
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    client.force_login(regulator)
    address = reverse("agenda:reserve", args=[Slot.objects.get(opening=opening).pk])
    answer = client.post(address, {"patient": patient.pk, "key": "b"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "chez Hélène Aubépine" in text
    assert "Garder les deux" in text
    sent = {"patient": patient.pk, "key": "c", "despite": "1"}
    assert "Réservé pour" in client.post(address, sent, follow=True).content.decode()


def state_of(appointment: api.Appointment) -> str:
    return api.Appointment.objects.keyed(appointment.pk).get().state
