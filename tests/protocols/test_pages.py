"""Each address of a patient answers as the circle decides; the gestures of the pages; who reads what."""

from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Part, Patient, decision
from maillage.people.models import AccessLogEntry
from maillage.protocols import api
from maillage.protocols.models import Act, Protocol, Referral, SignUp, Version
from maillage.protocols.pages.presenters import delay
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_person, make_professional, make_territory
from tests.protocols.conftest import ACT, CLEAR, begun, client_of, written

NAMES = {one.name: one for one in addresses(get_resolver().url_patterns) if one.name.startswith("protocols:")}
#: Addresses that read the health of one patient, by what their key names.
OF_A_PATIENT = {
    "protocols:patient": "patient",
    "protocols:begin": "patient",
    "protocols:act": "act",
    "protocols:referral": "referral",
}
#: Those of a pharmacist have a matrix of their own: `test_pharmacy.py`.
OF_A_PHARMACIST = {"protocols:pharmacy", "protocols:review", "protocols:vaccination"}
#: Those of therapeutic education too: `test_education.py`.
OF_EDUCATION = {"protocols:education_of", "protocols:enrolment", "protocols:summary_letter"}
OF_NOBODY = {
    "protocols:protocols", "protocols:protocol", "protocols:write_version", "protocols:programmes",
    "protocols:programme", "protocols:write_programme", "protocols:education_session",
}  # fmt: skip


def test_every_address_has_its_line() -> None:
    assert set(NAMES) == set(OF_A_PATIENT) | OF_A_PHARMACIST | OF_EDUCATION | OF_NOBODY


@pytest.mark.parametrize("state", STATES)
def test_each_address_answers_as_the_circle_decides(
    state: str, signed: Version, patient: Patient, place: Territory, nurse: Person
) -> None:
    act = begun(nurse, signed, patient, answers=CLEAR | {"stop_1": "yes"})
    keys = {"patient": patient.pk, "act": act.pk, "referral": act.referral.pk}
    opened = 0
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser, allowed = client_of(person), decision(person, patient, Part.HEALTH).is_allowed
        for name, kind in OF_A_PATIENT.items():
            path = NAMES[name].filled(
                lambda _kind, part, kind=kind: str(signed.pk if part == "version" else keys[kind])
            )
            status = browser.get(path).status_code
            # Nobody begins an act without having signed up: the same answer as outside the circle.
            assert (status != 404) == (allowed and name != "protocols:begin"), (role, name, status)
            if not allowed:
                assert browser.post(path, {"do": "sign"}).status_code in {404, 405}, (role, name)
            opened += allowed
    assert (opened > 0) == (state in {"told", "consented", "emergency", "own"})


def test_a_nurse_goes_from_the_questions_to_the_signature(
    signed: Version, patient: Patient, nurse: Person
) -> None:
    browser = client_of(nurse)
    page = browser.get(reverse("protocols:patient", args=[patient.pk])).content.decode()
    begin = reverse("protocols:begin", args=[patient.pk, signed.pk])
    assert begin in page
    asked = browser.get(begin).content.decode()
    assert "Est-elle plus essoufflée" in asked
    assert "tel:15" in asked
    refused = browser.post(begin, CLEAR | {"act": ACT, "key": "k1"})
    assert refused.status_code == 422
    sent = browser.post(begin, CLEAR | {"act": ACT, "key": "k1", "has_agreed": "on"})
    act = Act.objects.of_patient(patient).get()
    assert sent["Location"] == reverse("protocols:act", args=[act.pk])
    assert "à signer" in browser.get(sent["Location"]).content.decode()
    assert "1 acte de protocole à signer" in browser.get("/").content.decode()
    browser.post(sent["Location"], {"do": "sign", "outcome": "Dose changée"})
    assert Act.objects.of_patient(patient).get().state == "signed"
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=nurse).exists()
    assert browser.post(sent["Location"], {"do": "dance"}).status_code == 404


def test_a_vital_sign_waits_for_no_other_field(signed: Version, patient: Patient, nurse: Person) -> None:
    browser = client_of(nurse)
    begin = reverse("protocols:begin", args=[patient.pk, signed.pk])
    sent = browser.post(begin, {"signs": ["chest"], "key": "k1", "act": "nothing of it"})
    page = browser.get(sent["Location"]).content.decode()
    assert "Appelez le 15 maintenant" in page
    assert "Rendre au médecin" not in page


def test_what_is_unknown_is_checked_on_the_page(signed: Version, patient: Patient, nurse: Person) -> None:
    act = begun(nurse, signed, patient, answers={"inclusion_1": "yes"})
    browser, here = client_of(nurse), reverse("protocols:act", args=[act.pk])
    assert "À vérifier avant l’acte" in browser.get(here).content.decode()
    browser.post(here, {"do": "complete", "key": "k", "stop_1": "no", "exclusion_1": "no"})
    assert Act.objects.of_patient(patient).get().state == "to_sign"
    browser.post(here, {"do": "return", "because": "Il tousse"})
    assert Act.objects.of_patient(patient).get().state == "returned"


def test_a_physician_answers_from_the_inbox_in_one_gesture(
    signed: Version, patient: Patient, nurse: Person, doctor: Person
) -> None:
    begun(nurse, signed, patient, answers=CLEAR | {"stop_1": "yes"})
    referral = Referral.objects.of_patient(patient).get()
    browser, inbox = client_of(doctor), reverse("web:inbox")
    assert "1 question à répondre" in browser.get("/").content.decode()
    page = browser.get(inbox).content.decode()
    assert "TILLEUL" in page
    assert "Je la prends en charge" in page
    here = reverse("protocols:referral", args=[referral.pk])
    assert "Donner cet avis" in browser.get(here).content.decode()
    browser.post(here, {"do": "acknowledge"})
    assert "Lu par" in browser.get(here).content.decode()
    for wrong in ({"reply": "never"}, {"reply": "advice"}, {"reply": "advice", "outcome": "a\x00"}):
        browser.post(here, {"do": "answer"} | wrong)
        assert not Referral.objects.of_patient(patient).get().is_answered
    sent = browser.post(here, {"do": "answer", "reply": "taken_over", "next": inbox})
    assert sent["Location"] == inbox
    own = client_of(nurse)
    assert "1 réponse de médecin à lire" in own.get("/").content.decode()
    assert "je prends la personne en charge" in own.get(inbox).content.decode()
    assert "J’ai lu la réponse" in own.get(here).content.decode()
    own.post(here, {"do": "read"})
    assert Referral.objects.of_patient(patient).get().read_at is not None


def test_a_panel_says_what_was_done(signed: Version, patient: Patient, nurse: Person) -> None:
    page = reverse("people:patient", args=[patient.pk])
    assert "Soins faits par délégation" not in client_of(patient.account).get(page).content.decode()
    act = begun(nurse, signed, patient)
    api.sign_act(by=nurse, act=act, report="fait")
    assert reverse("protocols:patient", args=[patient.pk]) in client_of(nurse).get(page).content.decode()
    own = client_of(patient.account)
    assert "Soins faits par délégation" in own.get(page).content.decode()
    for name, pk in (("patient", patient.pk), ("act", act.pk)):
        assert ACT in own.get(reverse(f"protocols:{name}", args=[pk])).content.decode()
    assert own.get(reverse("protocols:begin", args=[patient.pk, signed.pk])).status_code == 404


def test_a_coordinator_opens_writes_publishes_and_withdraws(coordinator: Person, place: Territory) -> None:
    browser, here = client_of(coordinator), reverse("protocols:protocols")
    assert "Aucun protocole" in browser.get(here).content.decode()
    assert browser.post(here, {"kind": "ipa", "title": "", "key": "k"}).status_code == 422
    sent = browser.post(here, {"code": "SNP2", "key": "k1"})
    assert browser.post(here, {"code": "SNP2", "key": "k2"})["Location"] == sent["Location"]
    protocol = Protocol.objects.get()
    page = browser.get(sent["Location"]).content.decode()
    assert "Nos sources ne donnent pas toutes ses conditions" in page
    write = reverse("protocols:write_version", args=[protocol.pk])
    assert browser.get(write).status_code == 200
    text = {
        "key": "v1", "authors": "Dr Aubépine", "acts": "Faire un test\n\nFaire un test", "level": "none",
        "inclusion": "A-t-elle mal à la gorge ?", "review_on": "2020-01-01",
    }  # fmt: skip
    assert browser.post(write, text | {"acts": " "}).status_code == 422
    browser.post(write, text)
    version = Version.objects.get()
    assert (version.acts, version.state) == (["Faire un test"], "draft")
    assert "Mettre en usage la version 1" in browser.get(sent["Location"]).content.decode()
    browser.post(sent["Location"], {"do": "publish", "version": "1"})
    assert "À revoir depuis le" in browser.get(sent["Location"]).content.decode()
    assert "dont 1 à revoir" in browser.get(here).content.decode()
    browser.post(write, text | {"key": "v2"})
    assert "version 2, brouillon" in browser.get(f"{sent['Location']}?version=2").content.decode()
    browser.post(sent["Location"], {"do": "publish", "version": "2"})
    browser.post(sent["Location"], {"do": "withdraw", "version": "2", "because": "nouvel arrêté"})
    states = [one.state for one in Version.objects.order_by("number")]
    assert states == ["withdrawn", "withdrawn"]
    assert "Retirée le" in browser.get(f"{sent['Location']}?version=2").content.decode()
    for wrong in (
        {"do": "publish", "version": "9"},
        {"do": "none"},
        {"do": "end", "sign_up": "9", "because": "x"},
    ):
        assert browser.post(sent["Location"], wrong).status_code == 404
    assert browser.get(f"{sent['Location']}?version=x").status_code == 404


def test_a_professional_signs_and_leaves_alone(version: Version, nurse: Person, doctor: Person) -> None:
    here = reverse("protocols:protocol", args=[version.protocol_id])
    browser, today = client_of(nurse), timezone.localdate().isoformat()
    said = {"do": "sign_up", "side": "delegated", "signed_on": today, "key": "k1"}
    browser.post(here, said)
    assert not SignUp.objects.exists(), "without a training"
    browser.post(here, said | {"trained_on": today})
    browser.post(here, said | {"trained_on": today, "key": "k2", "side": "delegating"})
    row = SignUp.objects.get()
    assert row.professional == nurse.professional
    client_of(doctor).post(here, {"do": "end", "sign_up": row.pk, "because": "non"})
    assert SignUp.objects.get().ended_on is None
    browser.post(here, {"do": "end", "sign_up": row.pk, "because": "mutation"})
    assert "arrêtée le" in browser.get(here).content.decode()
    for gesture in ("publish", "withdraw"):
        browser.post(here, {"do": gesture, "version": "1", "because": "x"})
    assert Version.objects.get().is_in_use


def test_a_coordinator_notes_a_paper_that_was_signed(
    version: Version, coordinator: Person, nurse: Person, pharmacist: Person
) -> None:
    here = reverse("protocols:protocol", args=[version.protocol_id])
    today = timezone.localdate()
    said = {
        "do": "sign_up", "side": "delegated", "signed_on": today.isoformat(), "key": "k1",
        "trained_on": today.isoformat(), "who": "Capucine",
    }  # fmt: skip
    browser = client_of(coordinator)
    for wrong in (
        {"who": "Nobody"}, {"who": ""}, {"signed_on": (today + timedelta(days=1)).isoformat()},
        {"until": (today - timedelta(days=1)).isoformat()}, {"signed_on": ""},
    ):  # fmt: skip
        browser.post(here, said | wrong)
        assert not SignUp.objects.exists(), wrong
    make_professional("Capucine", "Zoé", profession="60")
    browser.post(here, said)
    assert not SignUp.objects.exists(), "two of that name"
    type(nurse.professional).objects.filter(pk=nurse.professional.pk).update(rpps="10101010101")
    browser.post(here, said | {"who": "10101010101"})
    assert SignUp.objects.get().professional == nurse.professional
    browser.post(here, said | {"who": "10101010101", "key": "k2"})
    assert list(SignUp.objects.filter(ended_on=None).values_list("key", flat=True)) == ["k2"]


def test_the_protocols_of_another_scope_are_not_found(version: Version) -> None:
    stranger = make_person("ada.loriot", Role.COORDINATOR, make_territory().scope)
    browser = client_of(stranger)
    assert "Protocole du cœur" not in browser.get(reverse("protocols:protocols")).content.decode()
    for name in ("protocol", "write_version"):
        here = reverse(f"protocols:{name}", args=[version.protocol_id])
        assert browser.get(here).status_code == 404
        assert browser.post(here, {"do": "publish", "version": "1"}).status_code == 404


def test_who_may_not_write_protocols_writes_none(version: Version, nurse: Person, place: Territory) -> None:
    browser = client_of(nurse)
    assert browser.post(reverse("protocols:protocols"), {"code": "SNP1"}).status_code == 403
    write = reverse("protocols:write_version", args=[version.protocol_id])
    assert browser.get(write).status_code == 403
    patient = client_of(make_person("louis.orme", Role.PATIENT, None))
    assert patient.get(reverse("protocols:protocols")).status_code == 403


def test_national_protocols_ask_for_their_professions(
    coordinator: Person, place: Territory, nurse: Person, pharmacist: Person
) -> None:
    ankle = written(coordinator, place, "SNP3").protocol
    browser = client_of(nurse)
    assert (
        "Signer ce protocole"
        not in browser.get(reverse("protocols:protocol", args=[ankle.pk])).content.decode()
    )


def test_how_long_an_answer_took_is_said() -> None:
    said = [delay(one) for one in (None, timedelta(minutes=1), timedelta(hours=3), timedelta(days=4))]
    assert said == ["–", "1 minute", "3 heures", "4 jours"]
