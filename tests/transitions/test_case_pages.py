"""The pages of requests to the DAC: each role and each link, what is restricted, gestures, hostile forms."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role, allows
from maillage.people.api import Part, Patient, decision
from maillage.people.models import AccessLogEntry, CareOpposition
from maillage.territory.api import Territory
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.models import ComplexCase, PartnerRequest
from tests.addresses import addresses
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_person, make_professional
from tests.transitions.conftest import client_of

OURS = [one for one in addresses(get_resolver().url_patterns) if one.name.startswith("transitions:")]
#: Addresses about a patient, by the part that each reads; those of a request are read by the DAC too.
OF_A_PATIENT = {"transitions:new_case": Part.PLAN, "transitions:new_way": Part.PLAN}
OF_A_CASE = {"transitions:case"}
#: Read in test_way_pages, by the same matrix.
OF_A_WAY = {"transitions:way"}


def test_every_address_about_a_patient_has_its_line() -> None:
    with_parts = {one.name for one in OURS if one.has_parts}
    assert with_parts == set(OF_A_PATIENT) | OF_A_CASE | OF_A_WAY


@pytest.mark.parametrize("state", STATES)
def test_each_address_answers_as_the_circle_and_the_dac_decide(
    state: str, case: ComplexCase, patient: Patient, place: Territory
) -> None:
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser = client_of(person)
        for name, part in OF_A_PATIENT.items():
            read = decision(person, patient, part)
            path = reverse(name, args=[patient.pk])
            status = browser.get(path).status_code
            assert (status != 404) == read.is_allowed, (role, name, status)
            if not read.is_allowed:
                assert browser.post(path, {"asked": "x"}).status_code == 404, (role, name)
        opens = decision(person, patient, Part.PLAN).is_allowed
        opposed = state == "opposed" and role is Role.CASE_MANAGER
        at_dac = allows(role, Permission.ANSWER_COMPLEX_CASES) and not opposed
        answer = browser.get(reverse("transitions:case", args=[case.pk]))
        assert (answer.status_code == 200) == (opens or at_dac), (role, state, answer.status_code)
        assert answer.status_code in {200, 404}
        if answer.status_code == 200:
            assert ("TILLEUL" in answer.content.decode().upper()) == opens, (role, state)


def test_the_dac_reads_the_minimum_until_it_accepts(
    case: ComplexCase, manager: Person, patient: Patient
) -> None:
    patient.phone, patient.birth_date = "+33639980123", timezone.localdate() - timedelta(days=30_000)
    patient.save()
    page = reverse("transitions:case", args=[case.pk])
    browser = client_of(manager)
    before = browser.get(page).content.decode()
    assert "Chutes répétées" in before
    assert "82 ans" in before
    assert "Lecture restreinte" in before
    assert "Tilleul" not in before
    assert "06 39 98" not in before
    assert browser.get(reverse("care:plan", args=[patient.pk])).status_code == 404
    browser.post(page, {"do": "accept"})
    after = browser.get(page).content.decode()
    assert "TILLEUL" in after.upper()
    assert "06" in after
    assert "Lecture restreinte" not in after
    assert browser.get(reverse("care:plan", args=[patient.pk])).status_code == 200
    lines = AccessLogEntry.objects.in_scope(patient.scope).filter(person=manager, purpose="demande au DAC")
    assert lines.count() >= 3


def test_the_form_is_sent_once_and_shown_again_with_its_errors(nurse: Person, patient: Patient) -> None:
    browser, page = client_of(nurse), reverse("transitions:new_case", args=[patient.pk])
    assert "Envoyer au DAC" in browser.get(page).content.decode()
    sent = {
        "key": "k", "asked": "Aides", "why": "Chutes", "grounds": ["autonomy"], "consented_on": "2026-03-02",
        "means": "spoken",
    }  # fmt: skip
    for wrong in ({"grounds": ["x"]}, {"asked": ""}, {"means": "space"}, {"why": "a\x00b"}, {"key": ""}):
        assert browser.post(page, sent | wrong).status_code == 422, wrong
    future = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert "à venir" in browser.post(page, sent | {"consented_on": future}).content.decode()
    first, second = browser.post(page, sent), browser.post(page, sent)
    assert first["Location"] == second["Location"]
    assert ComplexCase.objects.in_scope(patient.scope).count() == 1
    assert "déjà en cours" in browser.get(page).content.decode()


def test_every_gesture_of_the_page_is_done_in_place(
    case: ComplexCase, nurse: Person, manager: Person, colleague: Person
) -> None:
    page = reverse("transitions:case", args=[case.pk])
    dac, other, asker = client_of(manager), client_of(colleague), client_of(nurse)
    assert dac.post(page, {"do": "refusal", "refusal": "elsewhere", "elsewhere": ""}).status_code == 422
    assert dac.post(page, {"do": "nothing"}).status_code == 302
    index = reverse("transitions:cases")
    assert dac.post(page, {"do": "acknowledge", "next": index})["Location"] == index
    dac.post(page, {"do": "accept"})
    other.post(page, {"do": "take_over"})
    other.post(page, {"do": "begin"})
    partner = {"do": "partner", "key": "p", "kind": "social", "partner": "CCAS", "asked": "Repas"}
    assert other.post(page, partner | {"partner": "x\u202ey"}).status_code == 422
    other.post(page, partner)
    shown = other.get(page).content.decode()
    assert "CCAS" in shown
    row = PartnerRequest.objects.of_case(case).get()
    for wrong in ({"request": "999999"}, {"request": "x"}, {"answer": "peut-être"}):
        other.post(page, {"do": "answer", "request": row.pk, "answer": "yes"} | wrong)
    assert "attendue le" in other.get(page).content.decode()
    other.post(page, {"do": "answer", "request": row.pk, "answer": "partly", "said": "sauf dimanche"})
    assert "sauf dimanche" in other.get(page).content.decode()
    assert other.post(page, {"do": "outcome", "outcome": " "}).status_code == 422
    other.post(page, {"do": "outcome", "outcome": "Aides posées"})
    waiting = asker.get(page).content.decode()
    assert "Aides posées" in waiting
    assert "J’ai lu l’issue" in waiting
    asker.post(page, {"do": "read"})
    assert "J’ai lu l’issue" not in asker.get(page).content.decode()


def test_a_gesture_of_the_other_side_is_refused(case: ComplexCase, nurse: Person, manager: Person) -> None:
    page = reverse("transitions:case", args=[case.pk])
    assert client_of(nurse).post(page, {"do": "accept"}).status_code == 403
    assert client_of(manager).post(page, {"do": "withdrawal", "reason": "x"}).status_code == 403
    assert client_of(nurse).post(page, {"do": "withdrawal", "reason": "Non"}).status_code == 302
    assert Client().get(page).status_code == 302


def test_a_refusal_is_sent_from_the_page(case: ComplexCase, manager: Person, nurse: Person) -> None:
    page = reverse("transitions:case", args=[case.pk])
    client_of(manager).post(page, {"do": "refusal", "refusal": "declined", "elsewhere": "Assistante sociale"})
    shown = client_of(nurse).get(page).content.decode()
    assert "Assistante sociale" in shown
    assert "ne souhaite pas" in shown


def test_the_lists_of_both_sides_and_their_empty_states(
    case: ComplexCase, nurse: Person, manager: Person, patient: Patient, place: Territory
) -> None:
    index = reverse("transitions:cases")
    ours = client_of(nurse).get(index).content.decode()
    assert "TILLEUL" in ours.upper()
    theirs = client_of(manager).get(index).content.decode()
    assert "1 demande, dont 1 sans accusé" in theirs
    assert "TILLEUL" not in theirs.upper()
    ComplexCase.objects.in_scope(place.scope).update(
        at=timezone.now() - timedelta(days=9), acknowledge_by=timezone.localdate() - timedelta(days=5)
    )
    late = client_of(manager).get(index).content.decode()
    assert "sans accusé depuis 9 jours" in late.replace("\u00a0", " ")
    assert "en retard" in late
    actions.accept_case(by=manager, case=case)
    actions.close_case(by=manager, case=case, outcome="fini")
    assert "Aucune demande n’attend" in client_of(manager).get(index).content.decode()
    assert "1 issue à lire" in client_of(nurse).get(index).content.decode().replace("\u00a0", " ")
    alone = make_person("ada.loriot", Role.NURSE, place.scope)
    assert "Aucune demande" in client_of(alone).get(index).content.decode()
    board = make_person("bernard.chene", Role.BOARD, place.scope)
    assert client_of(board).get(index).status_code == 403


def test_the_first_screen_and_the_inbox_name_nobody_before_it_is_accepted(
    case: ComplexCase, manager: Person, nurse: Person
) -> None:
    home = client_of(manager).get("/").content.decode()
    assert "1 demande, dont 1 sans accusé" in home
    assert "TILLEUL" not in home.upper()
    assert "Chutes" not in home
    inbox = client_of(manager).get(reverse("web:inbox")).content.decode()
    assert "Accuser réception" in inbox
    assert "TILLEUL" not in inbox.upper()
    actions.accept_case(by=manager, case=case)
    actions.ask_partner(
        by=manager, case=case, key="p", kind=actions.PartnerKind.SOCIAL, partner="CCAS", asked="Repas"
    )
    home = client_of(manager).get("/").content.decode().replace("\u00a0", " ")
    assert "1 réponse de partenaire attendue" in home
    row = PartnerRequest.objects.of_case(case).get()
    actions.note_answer(by=manager, request=row, answer=actions.Answer.YES)
    actions.close_case(by=manager, case=case, outcome="fini")
    assert "Issue du DAC à lire" in client_of(nurse).get(reverse("web:inbox")).content.decode()


def test_a_patient_s_page_says_it_and_leads_to_the_form(
    nurse: Person, patient: Patient, manager: Person
) -> None:
    page = reverse("people:patient", args=[patient.pk])
    assert "Demander l’appui du DAC" in client_of(nurse).get(page).content.decode()
    own = client_of(patient.account).get(page).content.decode()
    assert "Demander l’appui du DAC" not in own


def test_what_is_opposed_disappears_from_an_open_page(
    case: ComplexCase, manager: Person, patient: Patient
) -> None:
    browser, page = client_of(manager), reverse("transitions:case", args=[case.pk])
    assert browser.get(page).status_code == 200
    CareOpposition.objects.create(patient=patient, means="spoken", recorded_by=patient.account)
    assert browser.get(page).status_code == 404
    assert browser.post(page, {"do": "accept"}).status_code == 404
