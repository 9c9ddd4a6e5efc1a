"""The waiting list: who may be put on it, what they would take, and the page that a secret address opens."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.agenda import api
from maillage.agenda.models import Agenda, Appointment, Slot
from maillage.exchange.api import Link, Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.agenda.conftest import PARIS, Open
from tests.factories import make_patient, make_person, make_professional, make_territory


@pytest.fixture
def offer(regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot]) -> api.Offer:
    """The first slot, offered to somebody who waits."""
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    (made,) = api.offer_freed_slot(slot=slots[0])
    return made


def test_only_a_slot_that_suits_is_offered(
    open_slots: Open, doctor: Person, regulator: Person, agenda: Agenda, place: Territory
) -> None:
    (slot, *_others) = open_slots()  # Monday at 9, in 43 hours
    elsewhere = api.add_schedule(by=doctor, agenda=agenda, name="Salle des fêtes")
    monday, tuesday = datetime(2026, 3, 16, tzinfo=PARIS), datetime(2026, 3, 17, tzinfo=PARIS)
    wishes: dict[str, dict[str, Any]] = {
        "any": {},
        "here": {"places": [slot.schedule, elsewhere]},
        "there": {"places": [elsewhere]},
        "soon": {"notice_hours": 43},
        "slow": {"notice_hours": 44},
        "home": {"kind": api.Kind.HOME},
        "before": {"latest": monday},
        "after": {"earliest": tuesday},
    }
    for name, asked in wishes.items():
        patient = make_patient(name, place)
        api.wait_for(by=regulator, agenda=agenda, patient=patient, key=name, **asked)
    offered = {one.entry.key for one in api.offer_freed_slot(slot=slot)}
    assert offered == {"any", "here", "soon"}


def test_nobody_waits_twice_nor_in_another_agenda_s_place(
    regulator: Person, doctor: Person, agenda: Agenda, patient: Patient, slots: list[Slot], place: Territory
) -> None:
    entry = api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    with pytest.raises(api.WaitingError, match="attend déjà"):
        api.wait_for(by=doctor, agenda=agenda, patient=patient, key="again")
    api.leave_waiting(by=regulator, entry=entry)
    api.leave_waiting(by=regulator, entry=entry)
    assert api.wait_for(by=doctor, agenda=agenda, patient=patient, key="again") != entry
    other = slots[0].schedule
    other.agenda_id += 1
    with pytest.raises(api.WaitingError, match="autre agenda"):
        api.wait_for(by=doctor, agenda=agenda, patient=make_patient("Orme", place), key="p", places=[other])


def test_who_leaves_gives_the_offer_to_the_next(
    offer: api.Offer, regulator: Person, agenda: Agenda, place: Territory
) -> None:
    for name in ("A", "B", "C"):
        api.wait_for(by=regulator, agenda=agenda, patient=make_patient(name, place), key=name)
    api.offer_freed_slot(slot=offer.slot)
    api.leave_waiting(by=regulator, entry=offer.entry)
    pending = api.Offer.objects.filter(state="pending").order_by("pk")
    assert [one.entry.key for one in pending] == ["A", "B", "C"]


def test_who_accepts_gives_back_what_else_was_offered(
    offer: api.Offer, regulator: Person, agenda: Agenda, slots: list[Slot], place: Territory
) -> None:
    (second,) = api.offer_freed_slot(slot=slots[1])
    api.wait_for(by=regulator, agenda=agenda, patient=make_patient("A", place), key="A")
    api.accept_offer(by=regulator, offer=offer, key="yes")
    (other,) = api.Offer.objects.filter(slot=slots[1], state="pending")
    assert other.entry.key == "A"
    second.refresh_from_db()
    assert second.state == "declined"


def test_the_voice_of_an_offer_books_what_is_not_open_to_it(
    open_slots: Open, doctor: Person, regulator: Person, nurse: Person, agenda: Agenda, patient: Patient
) -> None:
    (slot, *_others) = open_slots(api.Visibility.PRIVATE)
    api.wait_for(by=doctor, agenda=agenda, patient=patient, key="w")
    (offer,) = api.offer_freed_slot(slot=slot)
    with pytest.raises(PermissionDenied):
        api.accept_offer(by=nurse, offer=offer, key="no")
    made = api.accept_offer(by=regulator, offer=offer, key="yes")
    assert (made.patient, made.booked_by) == (patient, None), "the offer is the right to the slot"
    assert api.accept_offer(by=regulator, offer=offer, key="yes") == made
    assert Entry.objects.get(verb="agenda.offer_accepted").by == regulator


def address(offer: api.Offer) -> str:
    return reverse("agenda:offer", args=[Link("agenda:offer", offer.pk).token])


def read(offer: api.Offer) -> str:
    answer = Client().get(address(offer))
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def say(offer: api.Offer, answer: str) -> str:
    client = Client(enforce_csrf_checks=True)
    sent = client.post(address(offer), {"answer": answer}, follow=True)
    assert sent.status_code == 200
    return sent.content.decode()


def test_opening_the_address_says_when_and_with_whom_and_changes_nothing(
    offer: api.Offer, agenda: Agenda
) -> None:
    agenda.professional.phone = "03 99 00 00 01"
    agenda.professional.save()
    for _look in range(2):
        text = read(offer)
    for said in (
        "lundi 16 mars 2026",
        "9\u00a0h\u00a000",
        "Hélène Aubépine",
        "Oui, je le prends",
        "tel:+33399000001",
    ):
        assert said in text
    for hidden in ("TILLEUL", "Tilleul", "Cabinet du Pont", "Médecin"):
        assert hidden not in text
    offer.refresh_from_db()
    assert offer.state == "pending"


def test_yes_books_once(offer: api.Offer, patient: Patient) -> None:
    assert "C’est votre rendez-vous" in say(offer, "accept")
    assert "C’est votre rendez-vous" in say(offer, "accept"), "a double click is one answer"
    assert "C’est votre rendez-vous" in say(offer, "decline"), "an answer given stays"
    booked = Appointment.objects.of_agenda(offer.slot.agenda).get()
    assert (booked.patient, booked.booked_by, booked.state) == (patient, None, "booked")
    assert "Oui, je le prends" not in read(offer)


def test_no_gives_it_to_the_next_and_keeps_the_place(offer: api.Offer) -> None:
    assert "Oui, je le prends" in say(offer, "perhaps")
    assert "Merci de nous l’avoir dit" in say(offer, "decline")
    offer.entry.refresh_from_db()
    assert offer.entry.left_at is None


def test_the_first_to_say_yes_has_it(
    offer: api.Offer, regulator: Person, agenda: Agenda, place: Territory
) -> None:
    api.wait_for(by=regulator, agenda=agenda, patient=make_patient("Orme", place), key="second")
    (second,) = api.offer_freed_slot(slot=offer.slot)
    assert "C’est votre rendez-vous" in say(second, "accept")
    assert "n’est plus libre" in say(offer, "accept")
    assert Appointment.objects.of_agenda(agenda).count() == 1


def test_the_address_dies_with_the_offer(
    offer: api.Offer, regulator: Person, slots: list[Slot], place: Territory, clock: time_machine.Traveller
) -> None:
    api.book(by=regulator, slot=slots[0], patient=make_patient("Orme", place), key="desk")
    assert "n’est plus libre" in read(offer), "even before the worker came"
    assert "n’est plus libre" in say(offer, "accept")
    (later,) = api.offer_freed_slot(slot=slots[1])
    clock.shift(timedelta(minutes=61))
    assert "n’est plus libre" in read(later)
    clock.shift(timedelta(days=3))
    assert "n’est plus libre" in read(later)


def test_the_patient_reads_it_in_their_language(offer: api.Offer, patient: Patient) -> None:
    patient.language = "en"
    patient.save()
    assert "Yes, I take it" in read(offer)
    patient.language = "uk"
    patient.save()
    assert "Oui, je le prends" in read(offer)


@pytest.mark.parametrize("token", ["1", "1-", "1-AAAAAAAAAAAAAAAAAAAAAA", "x-y", "-", "9" * 30, "²-a"])
def test_no_other_address_opens_anything(client: Client, offer: api.Offer, token: str) -> None:
    answer = client.get(f"/agenda/o/{token}/")
    assert answer.status_code == 404
    assert "Hélène" not in answer.content.decode()


def test_an_address_of_an_offer_that_never_was_opens_nothing(client: Client, db: None) -> None:
    answer = client.get(reverse("agenda:offer", args=[Link("agenda:offer", 404).token]))
    assert answer.status_code == 404
    assert "Cette adresse n’ouvre rien" in answer.content.decode()


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"agenda:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_somebody_is_put_on_the_list_then_off_it(
    client: Client, regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot], place: Territory
) -> None:
    client.force_login(regulator)
    assert "Personne n’attend" in page(client, "waiting")
    assert "Louis TILLEUL" in page(client, "enrol", agenda.pk, query="?q=tilleul+14/03/1950")
    assert "Aucune personne trouvée" in page(client, "enrol", agenda.pk, query="?q=zzz")
    assert "Louis TILLEUL" in page(client, "enrol", agenda.pk, query=f"?patient={patient.pk}")
    address = reverse("agenda:enrol", args=[agenda.pk])
    asked = {
        "patient": patient.pk, "key": "k", "kind": "practice", "places": [slots[0].schedule_id],
        "first_day": "2026-03-16", "last_day": "2026-03-20", "notice_hours": "12",
    }  # fmt: skip
    answer = client.post(address, asked | {"last_day": "2026-03-15"})
    assert answer.status_code == 422
    assert "Ce jour est passé, ou avant le premier" in answer.content.decode()
    assert client.post(address, asked | {"patient": ""}).status_code == 404
    assert client.post(address, asked | {"patient": "0"}).status_code == 404
    assert client.post(address, asked).status_code == 302
    assert client.post(address, asked).status_code == 302, "a double click is one entry"
    answer = client.post(address, asked | {"key": "other"})
    assert "attend déjà" in answer.content.decode()
    text = page(client, "waiting")
    for said in (
        "1 personne attend",
        "Au cabinet",
        "Cabinet du Pont",
        "16/03/2026",
        "20/03/2026",
        "12\u00a0h avant",
    ):
        assert said in text
    assert AccessLogEntry.objects.in_scope(place.scope).filter(patient=patient, person=regulator).exists()
    entry = api.WaitingEntry.objects.for_person(regulator).get()
    assert client.post(reverse("agenda:leave", args=[entry.pk])).status_code == 302
    assert "Personne n’attend" in page(client, "waiting")


def test_an_answer_by_telephone_is_noted(
    client: Client, regulator: Person, doctor: Person, offer: api.Offer, slots: list[Slot], agenda: Agenda
) -> None:
    client.force_login(regulator)
    text = page(client, "waiting")
    assert "1 réponse est attendue" in text
    assert f'id="offre-{offer.pk}"' in text
    answer = reverse("agenda:answer", args=[offer.pk])
    assert client.post(answer, {"answer": "perhaps"}).status_code == 404
    assert "la personne suivante" in client.post(answer, {"answer": "decline"}, follow=True).content.decode()
    assert "n’est plus ouverte" in client.post(answer, {"answer": "accept"}, follow=True).content.decode()
    (second,) = api.offer_freed_slot(slot=slots[1])
    answer = reverse("agenda:answer", args=[second.pk])
    assert "Rendez-vous pris" in client.post(answer, {"answer": "accept"}, follow=True).content.decode()
    client.force_login(doctor)
    assert "0 personne" in page(client, "waiting_of", agenda.pk)


def test_an_offer_out_of_time_is_shown_so(
    client: Client, doctor: Person, offer: api.Offer, agenda: Agenda, clock: time_machine.Traveller
) -> None:
    client.force_login(doctor)
    assert "Elle accepte" in page(client, "waiting_of", agenda.pk)
    clock.shift(timedelta(minutes=61))
    text = page(client, "waiting_of", agenda.pk)
    assert "Sans réponse" in text
    assert "Elle accepte" not in text


def test_others_see_and_touch_nothing(
    client: Client, stranger: Person, offer: api.Offer, agenda: Agenda
) -> None:
    client.force_login(stranger)
    assert "Personne n’attend" in page(client, "waiting")
    assert client.get(reverse("agenda:waiting_of", args=[agenda.pk])).status_code == 403
    assert client.get(reverse("agenda:enrol", args=[agenda.pk])).status_code == 404
    assert client.post(reverse("agenda:leave", args=[offer.entry_id])).status_code == 404
    assert client.post(reverse("agenda:answer", args=[offer.pk]), {"answer": "accept"}).status_code == 403
    assert not Appointment.objects.of_agenda(agenda).exists()


def test_the_list_costs_the_same_whatever_it_holds(
    client: Client, regulator: Person, agenda: Agenda, place: Territory, slots: list[Slot],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    client.force_login(regulator)
    for number in range(8):
        api.wait_for(by=regulator, agenda=agenda, patient=make_patient(f"P{number}", place), key=f"w{number}")
    api.offer_freed_slot(slot=slots[0])
    with django_assert_max_num_queries(20):
        assert "8 personnes attendent" in page(client, "waiting")


def test_a_role_everywhere_may_put_people_on_every_list(client: Client, agenda: Agenda) -> None:
    client.force_login(make_person("camille.bruyere", Role.COORDINATOR, None))
    assert "Chez Hélène Aubépine" in page(client, "waiting")
    client.force_login(make_person("yann.houx", Role.REGULATOR, make_territory().scope))
    assert "Chez Hélène Aubépine" not in page(client, "waiting")


def test_who_is_booked_by_any_door_no_longer_waits(
    regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot], place: Territory
) -> None:
    entry = api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    api.wait_for(by=regulator, agenda=agenda, patient=make_patient("Orme", place), key="other")
    (mine, _theirs) = api.offer_freed_slot(slot=slots[1])
    assert mine.entry == entry
    api.book(by=regulator, slot=slots[0], patient=patient, key="desk")
    outbox.drain()
    entry.refresh_from_db()
    mine.refresh_from_db()
    assert entry.left_at is not None
    assert mine.state == "declined", "what else was offered goes to the next"
    assert Entry.objects.filter(verb="agenda.waiting_left").count() == 1


def test_who_is_booked_beside_their_wishes_still_waits(
    regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot]
) -> None:
    sunday = datetime(2026, 3, 15, tzinfo=PARIS)
    entry = api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w", latest=sunday)
    api.book(by=regulator, slot=slots[0], patient=patient, key="desk")
    outbox.drain()
    entry.refresh_from_db()
    assert entry.left_at is None, "they hoped for sooner"


@pytest.mark.parametrize("way", ["cancel", "move"])
def test_nobody_is_offered_what_they_gave_up(
    regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot], place: Territory, way: str
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    outbox.drain()
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="sooner")
    other = api.wait_for(by=regulator, agenda=agenda, patient=make_patient("Orme", place), key="other")
    if way == "cancel":
        api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    else:
        api.move(by=regulator, appointment=made, slot=slots[2], key="m")
    assert [offer.entry for offer in api.Offer.objects.filter(slot=slots[0])] == [other]


@pytest.fixture
def elsewhere(place: Territory) -> Slot:
    """Give a slot of another doctor, from 9:00 to 9:30 on the same day."""
    second = api.create_agenda(by=None, professional=make_professional("Genêt", "Paul"), place=place)
    office = api.add_schedule(by=None, agenda=second, name="Ailleurs")
    opening = api.add_advanced_day(
        by=None, schedule=office, day=date(2026, 3, 16), starts=time(9), ends=time(9, 30), minutes=30,
        key="o", visibility=api.Visibility.SNP, kind=api.Kind.PRACTICE,
    )  # fmt: skip
    return Slot.objects.get(opening=opening)


def test_who_was_booked_elsewhere_since_the_offer_reads_it_before_and_after_saying_yes(
    offer: api.Offer, regulator: Person, patient: Patient, elsewhere: Slot
) -> None:
    said = "Vous avez aussi un autre rendez-vous à cette heure"
    assert said not in read(offer)
    api.book(by=regulator, slot=elsewhere, patient=patient, key="there")
    text = read(offer)
    assert said in text
    assert "Genêt" not in text, "the address opens without an account"
    assert said in say(offer, "accept")


def test_who_notes_a_yes_by_telephone_reads_that_the_person_is_expected_elsewhere(
    client: Client, offer: api.Offer, regulator: Person, patient: Patient, elsewhere: Slot
) -> None:
    api.book(by=regulator, slot=elsewhere, patient=patient, key="there")
    client.force_login(regulator)
    answer = client.post(reverse("agenda:answer", args=[offer.pk]), {"answer": "accept"}, follow=True)
    assert "a aussi rendez-vous à cette heure chez Paul Genêt" in answer.content.decode()


def test_who_moves_an_appointment_reads_that_the_person_is_expected_elsewhere(
    client: Client, regulator: Person, patient: Patient, slots: list[Slot], elsewhere: Slot
) -> None:
    made = api.book(by=regulator, slot=slots[2], patient=patient, key="here")
    api.book(by=regulator, slot=elsewhere, patient=patient, key="there")
    client.force_login(regulator)
    address = reverse("agenda:move", args=[made.pk])
    said = "a aussi rendez-vous à cette heure chez Paul Genêt"
    assert said not in client.get(address).content.decode()
    assert said in client.get(address, {"vers": slots[0].pk}).content.decode()
    moved = client.post(address, {"slot": slots[0].pk, "key": "m"}, follow=True)
    assert said in moved.content.decode()


def test_nobody_is_offered_an_hour_at_which_they_are_expected_elsewhere(
    regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot], elsewhere: Slot
) -> None:
    api.book(by=regulator, slot=elsewhere, patient=patient, key="there")
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    assert [len(api.offer_freed_slot(slot=slot)) for slot in slots] == [0, 0, 1]


def test_a_slot_that_somebody_quicker_took_is_offered_again_when_it_is_freed(
    offer: api.Offer, regulator: Person, place: Territory
) -> None:
    made = api.book(by=regulator, slot=offer.slot, patient=make_patient("Orme", place), key="desk")
    outbox.drain()
    offer.refresh_from_db()
    assert offer.state == "taken"
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    again = api.Offer.objects.get(state="pending")
    assert again.entry == offer.entry


@pytest.mark.parametrize(
    ("freed", "until"),
    [
        (datetime(2026, 3, 15, 2, 10, tzinfo=PARIS), datetime(2026, 3, 15, 9, tzinfo=PARIS)),
        (datetime(2026, 3, 14, 21, tzinfo=PARIS), datetime(2026, 3, 15, 9, tzinfo=PARIS)),
        (datetime(2026, 3, 16, 2, 10, tzinfo=PARIS), datetime(2026, 3, 16, 9, tzinfo=PARIS)),
        (datetime(2026, 3, 15, 7, 59, tzinfo=PARIS), datetime(2026, 3, 15, 9, tzinfo=PARIS)),
        (datetime(2026, 3, 15, 14, tzinfo=PARIS), datetime(2026, 3, 15, 15, tzinfo=PARIS)),
        (datetime(2026, 3, 16, 8, 30, tzinfo=PARIS), datetime(2026, 3, 16, 9, tzinfo=PARIS)),
    ],
)
def test_what_is_freed_at_night_is_offered_in_the_morning(
    regulator: Person, agenda: Agenda, patient: Patient, slots: list[Slot], place: Territory,
    clock: time_machine.Traveller, settings: Any, tmp_path: Any, freed: datetime, until: datetime,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    settings.SMS_FILE.touch()
    patient.phone = "+33639980001"
    patient.save()
    called = make_patient("Orme", place, phone="+33199000001")
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    api.wait_for(by=regulator, agenda=agenda, patient=called, key="v")
    clock.move_to(freed)
    offers = api.offer_freed_slot(slot=slots[0])
    assert {offer.expires_at for offer in offers} == {until}
    outbox.drain()
    is_night = not 8 <= freed.hour < 20
    clock.shift(timedelta(seconds=5))
    outbox.drain()
    has_call = Notification.objects.for_person(regulator).exists()
    assert (settings.SMS_FILE.read_text() == "", has_call) == (is_night, not is_night)
    clock.move_to(until - timedelta(minutes=1))
    outbox.drain()
    assert settings.SMS_FILE.read_text().count("se libère") == 1
    assert Notification.objects.for_person(regulator).exists()
    api.accept_offer(by=None, offer=offers[0], key="yes")


def test_nobody_is_woken_for_a_slot_of_before_the_morning(
    open_slots: Open, regulator: Person, agenda: Agenda, patient: Patient, clock: time_machine.Traveller
) -> None:
    (early, *_others, eight) = open_slots(starts=time(7), ends=time(8, 20))
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    clock.move_to(datetime(2026, 3, 16, 2, 10, tzinfo=PARIS))
    assert api.offer_freed_slot(slot=early) == []
    assert early in api.free_slots(regulator, early.starts_at, early.ends_at), "the desk still finds it"
    assert [one.starts_at for one in (early, eight)] == [
        datetime(2026, 3, 16, 7, tzinfo=PARIS), datetime(2026, 3, 16, 8, tzinfo=PARIS)
    ]  # fmt: skip
    assert api.offer_freed_slot(slot=eight) == [], "it begins as the morning does"
