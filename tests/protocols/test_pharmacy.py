"""A pharmacist reviews, signals, vaccinates; the prescriber's answer is followed; nobody else does it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Means, Part, Patient, decision
from maillage.protocols import api
from maillage.protocols.models import MedicationReview, Referral, ReviewLine, Shortage, Vaccination
from maillage.protocols.queries.pharmacy import counter
from maillage.protocols.rules.criteria import Standing
from maillage.protocols.rules.pharmacy import Lack, Outcome, lacking
from maillage.territory.api import Territory
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_person, make_professional
from tests.keys import ABSENT
from tests.protocols.conftest import client_of

DAY = date(2026, 3, 10)
ASKED = {"recommended": "yes", "allergy": "no", "illness": "no", "immunity": "no", "pregnancy": "no"}


@pytest.fixture
def review(patient: Patient, pharmacist: Person, professional: Professional) -> MedicationReview:
    return api.plan_review(by=pharmacist, patient=patient, planned_on=DAY, key="r1")


@pytest.fixture
def shortage(patient: Patient, pharmacist: Person, professional: Professional) -> Shortage:
    return api.note_shortage(by=pharmacist, patient=patient, medicine="Amoxicilline", key="s1")


@pytest.fixture
def vaccination(patient: Patient, pharmacist: Person, professional: Professional) -> Vaccination:
    return api.plan_vaccination(by=pharmacist, patient=patient, vaccine="Grippe", planned_on=DAY, key="v1")


@pytest.mark.parametrize(
    ("outcome", "standing", "lot", "note", "lacks"),
    [
        (Outcome.DONE, Standing.CLEAR, "A1", "", []),
        (Outcome.DONE, Standing.CLEAR, "", "", [Lack.LOT]),
        (Outcome.DONE, Standing.TO_CHECK, "A1", "oui", [Lack.ANSWERS]),
        (Outcome.DONE, Standing.EXCLUDED, "A1", "", [Lack.WORDS]),
        (Outcome.DONE, Standing.EXCLUDED, "A1", "avis pris", []),
        (Outcome.DEFERRED, Standing.TO_CHECK, "", "fièvre", []),
        (Outcome.DECLINED, Standing.CLEAR, "", "", [Lack.WORDS]),
    ],
)
def test_what_an_outcome_lacks(
    outcome: Outcome, standing: Standing, lot: str, note: str, lacks: list[Lack]
) -> None:
    assert lacking(outcome, standing, lot=lot, note=note) == lacks


def test_a_review_is_read_line_by_line_then_shared(
    review: MedicationReview, patient: Patient, pharmacist: Person, doctor: Person
) -> None:
    assert api.plan_review(by=pharmacist, patient=patient, planned_on=DAY, key="r1") == review
    with pytest.raises(ValidationError, match="au moins un"):
        api.share_review(by=pharmacist, review=review, conclusion="", to=doctor)
    with pytest.raises(ValidationError, match="quel médicament"):
        api.read_medicine(by=pharmacist, review=review, medicine=" ", key="l0")
    said = {"medicine": "Somnifère", "finding": "Chute", "proposal": "Diminuer"}
    line = api.read_medicine(by=pharmacist, review=review, key="l1", **said)
    assert api.read_medicine(by=pharmacist, review=review, key="l1", **said) == line
    api.read_medicine(by=pharmacist, review=review, medicine="Paracétamol", key="l2")
    shared = api.share_review(by=pharmacist, review=review, conclusion="Une proposition", to=doctor)
    assert api.share_review(by=pharmacist, review=review, conclusion="Une proposition", to=doctor) == shared
    with pytest.raises(ValidationError, match="entre-temps"):
        api.share_review(by=pharmacist, review=review, conclusion="x", to=doctor)
    (referral,) = Referral.objects.of_patient(patient)
    assert (referral.purpose, referral.text) == ("proposal", "Somnifère\nChute\nDiminuer")
    assert [one.referral for one in ReviewLine.objects.order_by("pk")] == [referral, None]
    with pytest.raises(ValidationError, match="partagé"):
        api.read_medicine(by=pharmacist, review=review, medicine="Autre", key="l3")
    with pytest.raises(ValidationError, match="quelques mots"):
        api.answer(by=doctor, referral=referral, reply=api.Reply.MODIFIED)
    api.answer(by=doctor, referral=referral, reply=api.Reply.MODIFIED, words="Un jour sur deux")
    assert counter(pharmacist).reviews == []


def test_a_shortage_is_signalled_and_its_answer_timed(
    shortage: Shortage, patient: Patient, pharmacist: Person, doctor: Person
) -> None:
    assert counter(pharmacist).shortages == [shortage]
    page, here = client_of(pharmacist), reverse("protocols:pharmacy", args=[patient.pk])
    assert "1 rupture à signaler" in page.get("/").content.decode()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page.post(here, {"do": "signal", "shortage": shortage.pk, "to": doctor.pk})
        page.post(here, {"do": "signal", "shortage": shortage.pk, "to": doctor.pk})
        (referral,) = Referral.objects.of_patient(patient)
        assert counter(pharmacist).shortages == []
        clock.shift(timedelta(hours=3))
        api.answer(by=doctor, referral=referral, reply=api.Reply.ACCEPTED)
        assert "répondu en 3 heures" in page.get(here).content.decode()
        assert "1 réponse à lire" in page.get("/").content.decode()
    for wrong in ({"do": "signal", "shortage": str(ABSENT)}, {"do": "dance"}):
        assert page.post(here, wrong).status_code == 404
    with pytest.raises(ValidationError, match="manque"):
        api.note_shortage(by=pharmacist, patient=patient, medicine="", key="s2")


def test_a_physician_outside_the_circle_is_asked_nothing(
    shortage: Shortage, pharmacist: Person, place: Territory
) -> None:
    stranger = make_person("ada.loriot", Role.PHYSICIAN, place.scope)
    with pytest.raises(ValidationError, match="choisissez-en un autre"):
        api.signal_shortage(by=pharmacist, shortage=shortage, to=stranger)


def test_a_vaccination_is_noted_once_with_its_lot(vaccination: Vaccination, pharmacist: Person) -> None:
    noted = {"by": pharmacist, "vaccination": vaccination, "outcome": Outcome.DONE}
    with pytest.raises(ValidationError, match="réponse inconnue"):
        api.note_vaccination(**noted, answers=ASKED | {"allergy": "unknown"}, lot="A1")
    with pytest.raises(ValidationError, match="lot"):
        api.note_vaccination(**noted, answers=ASKED)
    with pytest.raises(ValidationError, match="vous décidez"):
        api.note_vaccination(**noted, answers=ASKED | {"illness": "yes"}, lot="A1")
    with pytest.raises(ValidationError, match="signes"):
        api.note_vaccination(**noted, answers=ASKED, lot="A1", signs=["cough"])
    done = api.note_vaccination(**noted, answers=ASKED, lot="A1")
    assert (done.outcome, done.lot, done.standing) == ("done", "A1", "clear")
    assert api.note_vaccination(**noted, answers={}, lot="A1") == done
    with pytest.raises(ValidationError, match="entre-temps"):
        api.note_vaccination(**noted, answers={}, lot="B2")


def test_a_vital_sign_notes_no_dose(vaccination: Vaccination, pharmacist: Person) -> None:
    here = reverse("protocols:vaccination", args=[vaccination.pk])
    browser = client_of(pharmacist)
    assert "Noter l’issue" in browser.get(here).content.decode()
    assert browser.post(here, ASKED | {"key": "k", "outcome": "done"}).status_code == 422
    browser.post(here, {"key": "k", "signs": ["breathing"], "outcome": "done", "lot": "A1"})
    page = browser.get(here).content.decode()
    assert "Appelez le 15 maintenant" in page
    row = Vaccination.objects.in_scope(vaccination.patient.scope).get()
    assert (row.outcome, row.lot) == ("emergency", "")


def test_the_pages_plan_read_and_share(patient: Patient, pharmacist: Person, doctor: Person) -> None:
    browser, here = client_of(pharmacist), reverse("protocols:pharmacy", args=[patient.pk])
    assert here in browser.get(reverse("people:patient", args=[patient.pk])).content.decode()
    browser.post(here, {"do": "review", "key": "k1", "planned_on": "2026-03-10"})
    browser.post(here, {"do": "shortage", "key": "k2", "medicine": "Amoxicilline"})
    browser.post(here, {"do": "vaccination", "key": "k3", "vaccine": "Grippe", "planned_on": "2026-03-10"})
    browser.post(here, {"do": "vaccination", "key": "k4", "vaccine": "", "planned_on": "demain"})
    home = browser.get("/").content.decode()
    assert "1 rupture à signaler, 1 bilan à faire, 1 vaccination prévue" in home
    review = MedicationReview.objects.of_patient(patient).get()
    one = reverse("protocols:review", args=[review.pk])
    browser.post(one, {"do": "line", "key": "k5", "medicine": "Somnifère", "proposal": "Diminuer"})
    assert "Somnifère" in browser.get(one).content.decode()
    browser.post(one, {"do": "share", "to": doctor.pk, "conclusion": "Vu"})
    assert "attendue" in browser.get(one).content.decode()
    assert browser.post(one, {"do": "none"}).status_code == 404
    own = client_of(patient.account)
    for name, pk in (("pharmacy", patient.pk), ("review", review.pk)):
        assert own.get(reverse(f"protocols:{name}", args=[pk])).status_code == 200
    vaccination = Vaccination.objects.of_patient(patient).get()
    assert (
        "le jour de la vaccination"
        in own.get(reverse("protocols:vaccination", args=[vaccination.pk])).content.decode()
    )


def test_nobody_but_a_pharmacist_of_the_circle_does_it(
    review: MedicationReview, shortage: Shortage, vaccination: Vaccination, patient: Patient,
    nurse: Person, doctor: Person, pharmacist: Person, place: Territory,
) -> None:  # fmt: skip
    stranger = make_person("ada.loriot", Role.PHARMACIST, place.scope)
    make_professional("Loriot", "Ada", stranger, profession="21")
    circle.oppose(by=doctor, patient=patient, who=pharmacist.professional, means=Means.SPOKEN)
    for by in (nurse, stranger, pharmacist):
        for gesture in (
            lambda by: api.plan_review(by=by, patient=patient, planned_on=DAY, key="x"),
            lambda by: api.read_medicine(by=by, review=review, medicine="a", key="x"),
            lambda by: api.note_shortage(by=by, patient=patient, medicine="a", key="x"),
            lambda by: api.signal_shortage(by=by, shortage=shortage, to=doctor),
            lambda by: api.plan_vaccination(by=by, patient=patient, vaccine="a", planned_on=DAY, key="x"),
            lambda by: api.note_vaccination(
                by=by, vaccination=vaccination, answers=ASKED, outcome=Outcome.DONE, lot="A"
            ),
        ):
            with pytest.raises(PermissionDenied):
                gesture(by)
    assert counter(pharmacist).reviews == [], "the opposition holds at once"


@pytest.mark.parametrize("state", STATES)
def test_each_address_of_a_pharmacist_answers_as_the_circle_decides(
    state: str, review: MedicationReview, vaccination: Vaccination, patient: Patient, place: Territory
) -> None:
    paths = [
        reverse(f"protocols:{name}", args=[row.pk])
        for name, row in (("pharmacy", patient), ("review", review), ("vaccination", vaccination))
    ]
    for role in ROLES:
        person = make_person(f"ada.{role.value.replace('_', '')}", role, place.scope)
        if role not in {Role.CARER, Role.DPO}:
            make_professional("Ada", role.value, person)
        linked(patient, person, role, state)
        browser, allowed = client_of(person), decision(person, patient, Part.HEALTH).is_allowed
        for path in paths:
            assert (browser.get(path).status_code != 404) == allowed, (role, path)
            if not allowed:
                assert browser.post(path, {"do": "review"}).status_code == 404, (role, path)
