"""The pages of the ways through a hospital: each role and link, treatments read by carers alone, gestures."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Part, Patient, decision
from maillage.territory.api import Territory
from maillage.transitions.actions import ways as actions
from maillage.transitions.models import MedicineLine, Way
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_person, make_professional
from tests.keys import ABSENT
from tests.transitions.conftest import client_of
from tests.transitions.test_ways import BEFORE, discharged


@pytest.fixture
def way(nurse: Person, patient: Patient) -> Way:
    """Back home, with treatments that nobody decided."""
    made = discharged(nurse, patient, summary="Décompensation")
    actions.receive_list(by=nurse, way=made, before=BEFORE, after="Apixaban 5 mg")
    return made


@pytest.mark.parametrize("state", STATES)
def test_each_address_answers_as_the_circle_decides(
    state: str, way: Way, patient: Patient, place: Territory
) -> None:
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser = client_of(person)
        opens = decision(person, patient, Part.PLAN).is_allowed
        for name, key in (("way", way.pk), ("new_way", patient.pk)):
            path = reverse(f"transitions:{name}", args=[key])
            answer = browser.get(path)
            assert (answer.status_code != 404) == opens, (role, state, name, answer.status_code)
            if not opens:
                assert browser.post(path, {"do": "end", "acknowledgement": "x"}).status_code == 404
            elif name == "way":
                health = decision(person, patient, Part.HEALTH).is_allowed
                page = answer.content.decode()
                assert ("Apixaban" in page) == health, (role, state)
                assert ("Décompensation" in page) == health, (role, state)


def test_the_page_carries_each_gesture_to_the_end(way: Way, nurse: Person, doctor: Person) -> None:
    page, browser = reverse("transitions:way", args=[way.pk]), client_of(doctor)
    shown = browser.get(page).content.decode().replace("\u00a0", " ")
    assert "3 lignes attendent une décision" in shown
    assert "à décider" in shown
    lines = list(MedicineLine.objects.of_way(way))
    wrong = browser.post(page, {"do": "line", "line": lines[0].pk, "seen": "", "change": "new"})
    assert wrong.status_code == 422
    assert (
        browser.post(page, {"do": "line", "line": str(ABSENT), "seen": "", "change": "kept"}).status_code
        == 422
    )
    for line, change in zip(lines, ("stopped", "kept", "new"), strict=True):
        sent = {"do": "line", "line": line.pk, "seen": "", "change": change, "note": "vu"}
        assert browser.post(page, sent).status_code == 302
    assert browser.post(page, {"do": "end", "acknowledgement": "Repris"}).status_code == 422
    client_of(nurse).post(reverse("care:close_task", args=[way.visit_id]), {"outcome": "vue"})
    assert "Accuser et terminer" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "end", "acknowledgement": ""}).status_code == 422
    assert browser.post(page, {"do": "end", "acknowledgement": "Traitement repris"}).status_code == 302
    assert "Traitement repris" in browser.get(page).content.decode()
    assert (
        browser.post(page, {"do": "line", "line": lines[0].pk, "seen": "x", "change": "kept"}).status_code
        == 422
    )
    assert browser.post(page, {"do": "nothing"}).status_code == 302


def test_a_stay_begins_from_the_file_of_the_patient(nurse: Person, patient: Patient) -> None:
    page, browser = reverse("transitions:new_way", args=[patient.pk]), client_of(nurse)
    assert "Demander une admission" in browser.get(page).content.decode()
    ask = {"do": "ask", "key": "k", "kind": "had", "place": "HAD", "reason": "Perfusions", "wanted_on": ""}
    for wrong in ({"kind": "transfer"}, {"place": ""}, {"wanted_on": "demain"}, {"reason": "a\x00b"}):
        assert browser.post(page, ask | wrong).status_code == 422, wrong
    first, second = browser.post(page, ask), browser.post(page, ask)
    assert first["Location"] == second["Location"]
    way = first["Location"]
    assert browser.post(way, {"do": "accept", "planned_on": ""}).status_code == 422
    assert browser.post(way, {"do": "accept", "planned_on": "2030-01-02", "said": "oui"}).status_code == 302
    assert browser.post(way, {"do": "enter", "entered_on": "2030-01-02"}).status_code == 422
    today = timezone.localdate().isoformat()
    assert browser.post(way, {"do": "enter", "entered_on": today}).status_code == 302
    leave = {"do": "leave", "left_at": f"{today}T10:30", "owner": "p0", "summary": ""}
    assert browser.post(way, leave).status_code == 422
    assert browser.post(way, leave | {"owner": f"p{nurse.professional.pk}"}).status_code == 302
    assert browser.post(way, {"do": "back", "refusal": "no_help", "said": ""}).status_code == 422
    assert browser.post(way, {"do": "list", "before": "", "after": " "}).status_code == 422
    assert browser.post(way, {"do": "no_list", "why": "Jamais"}).status_code == 302
    assert browser.post(way, {"do": "back", "refusal": "no_help", "said": "Rien le soir"}).status_code == 302
    assert "Rien le soir" in browser.get(way).content.decode()


def test_a_discharge_is_noted_and_a_refusal_and_a_cancelling_too(nurse: Person, patient: Patient) -> None:
    page, browser = reverse("transitions:new_way", args=[patient.pk]), client_of(nurse)
    leave = {
        "do": "leave", "key": "d", "place": "CH", "left_at": "2026-11-20T10:00",
        "owner": f"p{nurse.professional.pk}",
    }  # fmt: skip
    assert browser.post(page, leave | {"left_at": "2027-03-28T02:30"}).status_code == 422  # it does not exist
    assert "visite en retard depuis" in browser.get(browser.post(page, leave)["Location"]).content.decode()
    ask = {"do": "ask", "kind": "planned", "place": "CH", "reason": "Bilan"}
    refused = browser.post(page, ask | {"key": "a"})["Location"]
    assert browser.post(refused, {"do": "refuse", "refusal": "no_bed", "said": "Complet"}).status_code == 302
    assert "Complet" in browser.get(refused).content.decode()
    cancelled = browser.post(page, ask | {"key": "b"})["Location"]
    assert browser.post(cancelled, {"do": "cancel", "reason": "Va mieux"}).status_code == 302
    assert "Annulée" in browser.get(cancelled).content.decode()


def test_the_list_the_first_screen_and_the_file_say_it(
    way: Way, nurse: Person, doctor: Person, patient: Patient, place: Territory
) -> None:
    index = client_of(nurse).get(reverse("transitions:ways")).content.decode()
    assert "TILLEUL" in index.upper()
    assert "visite avant le" in index.lower()
    home = client_of(doctor).get("/").content.decode().replace("\u00a0", " ")
    assert "1 passage à l’hôpital suivi" in home
    assert "TILLEUL" not in home.upper()
    assert "Apixaban" not in home
    file = client_of(doctor).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "Sortie d’hôpital" in file
    own = client_of(patient.account).get(reverse("transitions:way", args=[way.pk]))
    assert own.status_code == 200
    assert "Noter la décision" not in own.content.decode()
    alone = make_person("ada.loriot", Role.NURSE, place.scope)
    assert "Personne à l’hôpital" in client_of(alone).get(reverse("transitions:ways")).content.decode()
    assert Client().get(reverse("transitions:way", args=[way.pk])).status_code == 302


def test_an_opposition_shrinks_an_open_page(
    way: Way, nurse: Person, doctor: Person, patient: Patient
) -> None:
    browser, page = client_of(nurse), reverse("transitions:way", args=[way.pk])
    circle.oppose(by=doctor, patient=patient, who=nurse.professional, parts=[Part.HEALTH])
    assert "Apixaban" not in browser.get(page).content.decode()
    assert browser.post(page, {"do": "no_list", "why": "x"}).status_code == 403
    circle.oppose(by=doctor, patient=patient, who=nurse.professional)
    assert browser.get(page).status_code == 404


def test_what_is_late_is_said(way: Way, doctor: Person) -> None:
    way.visit.due_at = timezone.now() - timedelta(hours=1)
    way.visit.save(update_fields=["due_at"])
    page = client_of(doctor).get("/").content.decode().replace("\u00a0", " ")
    assert "dont 1 visite en retard" in page
