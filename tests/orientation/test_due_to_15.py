"""A patient whom an open request sends to the 15 is given a slot by no door of the agenda."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.agenda.models import Agenda, Slot
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import Call, Doctor, keys


@pytest.fixture
def slots(make_doctor: Doctor) -> list[Slot]:
    doctor = make_doctor("Aubépine", visibility=agenda.Visibility.PUBLIC)
    return list(Slot.objects.filter(agenda__professional=doctor).order_by("starts_at"))


@pytest.fixture
def nurse(place: Territory) -> Person:
    """Who books for patients of the territory and reads nothing of the desk."""
    return make_person("odile.ajonc", Role.NURSE, place.scope)


def kept_out(door: str, by: Person, slot: Slot, patient: Patient) -> str:
    """Check that a door refuses a slot to a patient; return its sentence."""
    asked: dict[str, Any] = {"by": by, "slot": slot, "patient": patient, "key": next(keys)}
    if door == "held":
        asked["held"] = agenda.hold(by=by, slot=slot, key=next(keys))
    gesture = agenda.book_over_capacity if door == "over capacity" else agenda.book
    with pytest.raises(agenda.BookingRefusedError) as error:
        gesture(**asked)
    if door == "held":
        gone = {"appointment": asked["held"], "state": agenda.State.CANCELLED}
        agenda.change_state(by=by, key=next(keys), **gone)
    assert error.value.refusal is agenda.Refusal.KEPT_OUT
    return str(error.value)


@pytest.mark.parametrize("door", ["book", "held", "over capacity"])
@pytest.mark.parametrize("said", [{"priority": "P1"}, {"motive": "M01.01"}])
def test_no_door_gives_a_slot_to_who_is_due_to_the_15(
    door: str, said: dict[str, object], call: Call, regulator: Person, nurse: Person, slots: list[Slot],
    patient: Patient, place: Territory,
) -> None:  # fmt: skip
    request = call(checked=False, **said)
    assert request.number in kept_out(door, regulator, slots[0], patient)
    text = kept_out(door, nurse, slots[1], patient)
    assert request.number not in text
    assert "Appelez le 15." in text
    other = make_patient("Sorbier", place)
    assert agenda.book(by=nurse, slot=slots[2], patient=other, key=next(keys)).patient == other
    api.close(by=regulator, request=request, outcome=api.Outcome.MISTAKE, note="Rien : faux numéro.")
    assert agenda.book(by=nurse, slot=slots[0], patient=patient, key=next(keys)).patient == patient


def test_nor_is_their_appointment_moved_or_a_freed_slot_offered(
    call: Call, regulator: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    made = agenda.book(by=regulator, slot=slots[0], patient=patient, key=next(keys))
    diary = Agenda.objects.get(pk=slots[0].agenda_id)
    agenda.wait_for(by=regulator, agenda=diary, patient=patient, key=next(keys))
    (offer,) = agenda.offer_freed_slot(slot=slots[1])
    call(checked=False, priority="P0")
    with pytest.raises(agenda.BookingRefusedError) as error:
        agenda.move(by=regulator, appointment=made, slot=slots[2], key=next(keys))
    assert error.value.refusal is agenda.Refusal.KEPT_OUT
    with pytest.raises(agenda.BookingRefusedError) as error:
        agenda.accept_offer(by=None, offer=offer, key=next(keys))
    assert error.value.refusal is agenda.Refusal.KEPT_OUT
    assert agenda.offer_freed_slot(slot=slots[2]) == []


def test_the_screen_of_a_slot_says_that_the_15_is_due(
    call: Call, regulator: Person, slots: list[Slot], patient: Patient, client: Client
) -> None:
    request = call(checked=False, priority="P1")
    client.force_login(regulator)
    address = reverse("agenda:reserve", args=[slots[0].pk])
    answer = client.post(address, {"patient": patient.pk, "key": "screen"})
    assert answer.status_code == 409
    assert f"La demande {request.number} de cette personne mène au 15" in answer.content.decode()


def test_who_may_open_the_request_is_given_its_page(
    call: Call, regulator: Person, nurse: Person, slots: list[Slot], patient: Patient, client: Client,
    place: Territory,
) -> None:  # fmt: skip
    diary = Agenda.objects.get(pk=slots[0].agenda_id)
    agenda.wait_for(by=nurse, agenda=diary, patient=patient, key=next(keys))
    request = call(checked=False, priority="P1")
    page = reverse("orientation:request", args=[request.pk])
    reserve = {"path": reverse("agenda:reserve", args=[slots[0].pk]), "data": {"patient": patient.pk}}
    for person, opens in ((regulator, True), (nurse, False)):
        client.force_login(person)
        reserve["data"]["key"] = next(keys)
        assert (f'href="{page}"' in client.post(**reserve).content.decode()) is opens
        listed = client.get(reverse("agenda:waiting")).content.decode()
        assert (f'href="{page}"' in listed) is opens
        assert ("Appelez le 15" in listed) is (person == nurse or opens)
    sender = make_person("lise.aulne", Role.PHARMACIST, place.scope)
    other = make_patient("Frêne", place)
    values = {"patient": other, "priority": "P1", "motive": "M03.11"}
    sent = api.open_request(
        by=sender, scope=place.scope, origin=api.Origin.PHARMACY, key=next(keys), values=values
    )
    client.force_login(sender)
    anchor = f"{reverse('orientation:asked')}#demande-{sent.pk}"
    home = client.get("/").content.decode()
    assert f'href="{anchor}"' in home
    assert "mène au 15" in home
    assert 'href="tel:15"' in home
