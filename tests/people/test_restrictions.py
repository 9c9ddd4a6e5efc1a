"""What a person had frozen, or kept out of counts: at once, everywhere, for everybody, until it is lifted."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.directory import api as directory
from maillage.exchange.actions.emergencies import tell_of_lifting
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.people import queries
from maillage.people.actions import circle as circling
from maillage.people.actions import coordination, may_keep, rights
from maillage.people.actions.support_referrals import may_refer
from maillage.people.models import (
    CareLink,
    CareRestriction,
    DoctorInclusion,
    Patient,
    ReferringDoctorRequest,
    RightsRequest,
    countable,
    readable,
    unopposed,
)
from maillage.people.queries import circle
from maillage.people.queries.referring_doctor import indicators
from maillage.people.queries.retention import hindrances
from maillage.people.rules.circle import Means, Part, Reason
from maillage.people.rules.retention import Kept, hindrance
from maillage.people.rules.rights import Answer, Right
from tests.factories import make_professional
from tests.people.conftest import holder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def dpo(db: None) -> Person:
    return holder(Role.DPO, None)


@pytest.fixture
def owner(patient: Patient) -> Person:
    account = holder(Role.PATIENT, None)
    Patient._base_manager.filter(pk=patient.pk).update(account=account)
    patient.refresh_from_db()
    return account


@pytest.fixture
def nurse(scope: Scope, patient: Patient) -> Person:
    """A nurse of the care team, of whom the patient was told."""
    account = holder(Role.NURSE, scope)
    sheet = make_professional("Capucine", "Inès", account)
    CareLink.objects.create(
        patient=patient, professional=sheet, origin="team", role="nurse", informed_at=timezone.now()
    )
    return account


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def demanded(by: Person, patient: Patient, right: Right = Right.RESTRICTION, key: str = "k") -> RightsRequest:
    means = Means.SPACE if patient.account_id == by.pk else Means.SPOKEN
    return rights.ask_right(by=by, patient=patient, right=right, text="Gelez", key=key, means=means)


def frozen(dpo: Person, patient: Patient, *parts: Part, right: Right = Right.RESTRICTION) -> RightsRequest:
    made = demanded(dpo, patient, right, f"k-{right}-{'-'.join(parts)}")
    answer = Answer.PARTLY if parts else Answer.GRANTED
    return rights.answer(by=dpo, request=made, answer=answer, words="C’est fait.", parts=parts)


def reading(person: Person, patient: Patient) -> set[Part]:
    return {part for part in Part if circle.decision(person, patient, part).is_allowed}


def listed(person: Person, part: Part) -> bool:
    return Patient._base_manager.filter(readable(person, part)).exists()


def test_a_demand_freezes_nothing_before_the_dpo_accepts_it(
    patient: Patient, owner: Person, nurse: Person, dpo: Person
) -> None:
    made = demanded(owner, patient)
    assert reading(nurse, patient) == set(Part)
    with pytest.raises(PermissionDenied):
        rights.answer(by=nurse, request=made, answer=Answer.GRANTED, words="Oui")
    rights.answer(by=dpo, request=made, answer=Answer.REFUSED, words="Rien n’est contesté.")
    assert reading(nurse, patient) == set(Part)
    assert not CareRestriction._base_manager.exists()


def test_accepted_it_closes_the_file_at_once_but_to_the_person_and_an_emergency(
    patient: Patient, owner: Person, nurse: Person, dpo: Person
) -> None:
    page = reverse("people:patient", args=[patient.pk])
    assert "gelé" not in client_of(nurse).get(page).text
    frozen(dpo, patient)
    assert reading(nurse, patient) == {Part.IDENTITY, Part.CRISIS}
    assert circle.decision(nurse, patient, Part.HEALTH).reason is Reason.RESTRICTED
    assert reading(owner, patient) == set(Part)
    for part in Part:
        assert listed(nurse, part) == (part in reading(nurse, patient)), part
        assert listed(owner, part)
    row = circle.matrix(patient)[-1]
    assert row.decisions[Part.PLAN].reason is Reason.RESTRICTED
    shown = client_of(nurse).get(page).text
    assert "Usage gelé à la demande de la personne" in shown
    assert "+33" not in shown
    assert reverse("people:emergency") in shown
    assert "Gelé à votre demande" in client_of(owner).get(page).text
    circling.open_emergency(by=nurse, patient=patient, reason="Trouvée inconsciente chez elle")
    opened = reading(nurse, patient)
    assert {Part.HEALTH, Part.PLAN, Part.CRISIS, Part.REACH} <= opened
    assert Part.SOCIAL not in opened
    assert circle.decision(nurse, patient, Part.HEALTH).reason is Reason.EMERGENCY


def test_an_act_that_the_person_asks_for_goes_on(patient: Patient, scope: Scope, dpo: Person) -> None:
    frozen(dpo, patient)
    account = holder(Role.MIDWIFE, scope)
    sheet = make_professional("Aubépine", "Hélène", account)
    CareLink.objects.create(
        patient=patient, professional=sheet, origin="booking", role="midwife", act="agenda.booking:1"
    )
    assert reading(account, patient) == {Part.IDENTITY, Part.REACH, Part.APPOINTMENTS}


def test_frozen_in_part_the_rest_stays_open(patient: Patient, nurse: Person, dpo: Person) -> None:
    frozen(dpo, patient, Part.HEALTH, Part.SOCIAL)
    assert reading(nurse, patient) == set(Part) - {Part.HEALTH, Part.SOCIAL}
    assert (
        "problèmes, traitements, mesures"
        in client_of(nurse).get(reverse("people:patient", args=[patient.pk])).text
    )
    assert may_refer(nurse, patient) is False


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (Answer.PARTLY, ()),
        (Answer.PARTLY, (Part.IDENTITY, Part.CRISIS)),
        (Answer.GRANTED, (Part.HEALTH,)),
    ],
)
def test_what_is_frozen_must_be_said(
    patient: Patient, dpo: Person, answer: Answer, parts: tuple[Part, ...]
) -> None:
    made = demanded(dpo, patient)
    with pytest.raises(ValidationError, match="gèle tout le dossier"):
        rights.answer(by=dpo, request=made, answer=answer, words="Oui", parts=parts)
    made.refresh_from_db()
    assert made.decided_at is None


def test_nothing_is_written_nor_shared_while_it_lasts(
    patient: Patient, nurse: Person, dpo: Person, regulator: Person, scope: Scope
) -> None:
    assert may_keep(regulator, patient)
    manager = holder(Role.CASE_MANAGER, scope)
    assert Patient._base_manager.filter(unopposed(manager, Part.PLAN)).exists()
    frozen(dpo, patient)
    assert not may_keep(regulator, patient)
    assert not circling.may_speak_for(nurse, patient)
    assert not Patient._base_manager.filter(unopposed(manager, Part.PLAN)).exists()
    with pytest.raises(ValidationError, match="gelé"):
        coordination.open_coordination(
            by=dpo, patient=patient, who=manager, means=Means.SPOKEN, recorded_by=dpo, why=""
        )
    # Who receives a call still knows whose it is: the 15 comes first.
    assert queries.found_patient(by=regulator, pk=patient.pk, purpose="appel") == patient


def test_the_search_of_a_doctor_waits_and_is_not_counted(
    patient: Patient, coordinator: Person, doctor: directory.Professional, owner: Person, dpo: Person
) -> None:
    made = ReferringDoctorRequest.objects.create(patient=patient, scope=patient.scope)
    inclusion = DoctorInclusion.objects.create(
        patient=patient, request=made, by=coordinator, written_by=coordinator, teller="pro", key="k"
    )
    before = indicators(patient.scope)
    assert before.open == 1
    assert ReferringDoctorRequest.objects.for_person(coordinator).exists()
    frozen(dpo, patient)
    assert not ReferringDoctorRequest.objects.for_person(coordinator).exists()
    assert ReferringDoctorRequest.objects.for_person(owner).get() == made
    assert not Patient.objects.opened_to(coordinator).exists()
    assert not DoctorInclusion.objects.for_person(coordinator).exists()
    assert DoctorInclusion.objects.for_person(owner).get() == inclusion
    assert indicators(patient.scope).open == 0
    everywhere = holder(Role.ADMINISTRATOR, None)
    assert not ReferringDoctorRequest.objects.for_person(everywhere).exists()


def test_an_opposition_leaves_care_as_it_is_and_counts_without_the_person(
    patient: Patient, nurse: Person, owner: Person, dpo: Person
) -> None:
    ReferringDoctorRequest.objects.create(patient=patient, scope=patient.scope)
    assert Patient._base_manager.filter(countable()).exists()
    frozen(dpo, patient, right=Right.OPPOSITION)
    assert reading(nurse, patient) == set(Part)
    assert not Patient._base_manager.filter(countable()).exists()
    assert indicators(patient.scope).open == 0
    page = reverse("people:patient", args=[patient.pk])
    assert "hors des comptes et des statistiques" in client_of(nurse).get(page).text
    assert "ne servent plus aux comptes" in client_of(owner).get(page).text
    (row,) = CareRestriction._base_manager.all()
    rights.lift_restriction(by=dpo, restriction=row, why="Elle le demande", is_agreed=True)
    assert Patient._base_manager.filter(countable()).exists()


def test_the_person_is_told_before_it_is_lifted_and_it_ends_after_that(
    patient: Patient, nurse: Person, owner: Person, dpo: Person
) -> None:
    frozen(dpo, patient)
    (row,) = CareRestriction._base_manager.all()
    with pytest.raises(PermissionDenied):
        rights.lift_restriction(by=nurse, restriction=row, why="J’en ai besoin")
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        rights.lift_restriction(by=dpo, restriction=row, why="  ")
    lifted = rights.lift_restriction(by=dpo, restriction=row, why="La donnée est vérifiée")
    again = rights.lift_restriction(by=dpo, restriction=row, why="Autre", is_agreed=True)
    assert (again.until, again.lifted_why) == (lifted.until, "La donnée est vérifiée")
    assert reading(nurse, patient) == {Part.IDENTITY, Part.CRISIS}
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert reading(nurse, patient) == set(Part)
        assert not row.__class__._base_manager.get().is_in_force
    verbs = list(
        Entry.objects.filter(verb__startswith="people.restrict").order_by("pk").values_list("verb", "reason")
    )
    assert verbs == [("people.restricted", ""), ("people.restriction_lifted", "La donnée est vérifiée")]


def test_agreed_it_ends_at_once_and_another_freeze_stays(
    patient: Patient, nurse: Person, dpo: Person
) -> None:
    frozen(dpo, patient)
    frozen(dpo, patient, Part.HEALTH)
    whole = CareRestriction._base_manager.get(part="")
    rights.lift_restriction(by=dpo, restriction=whole, why="Elle le veut bien", is_agreed=True)
    assert reading(nurse, patient) == set(Part) - {Part.HEALTH}


def test_answered_twice_it_freezes_once(patient: Patient, dpo: Person) -> None:
    made = demanded(dpo, patient)
    for words in ("Oui", "Encore"):
        rights.answer(by=dpo, request=made, answer=Answer.GRANTED, words=words)
    assert CareRestriction._base_manager.count() == 1


def test_what_is_frozen_is_kept_beyond_its_years(patient: Patient, dpo: Person) -> None:
    assert hindrances([patient])[patient.pk] is Kept.CARED_FOR
    frozen(dpo, patient)
    assert hindrances([patient])[patient.pk] is Kept.FROZEN
    day = date(2026, 5, 2)
    assert hindrance(day, day, is_held=False, is_demanded=True, is_frozen=True) is Kept.DEMANDED


def test_the_dpo_freezes_and_lifts_on_the_page_of_the_demand(
    patient: Patient, owner: Person, dpo: Person
) -> None:
    Scope.objects.filter(pk=patient.scope_id).update(time_zone="Indian/Reunion")
    made = demanded(owner, patient)
    page, officer = reverse("people:demand", args=[made.pk]), client_of(dpo)
    assert "ferme le dossier dès maintenant" in officer.get(page).text
    assert 'name="parts"' in officer.get(page).text
    said = {"do": "answer", "answer": "partly", "words": "Le temps de vérifier."}
    for hostile in (["identity"], ["x"], ["health\x00"], [""]):
        assert officer.post(page, said | {"parts": hostile}).status_code == 422
    assert officer.post(page, said | {"parts": ["health", "plan"]}).status_code == 302
    assert sorted(CareRestriction._base_manager.values_list("part", flat=True)) == ["health", "plan"]
    own = client_of(owner).get(reverse("people:rights", args=[patient.pk])).text
    assert own.count("Gelé à votre demande") == 2
    health = CareRestriction._base_manager.get(part="health")
    lift = {"do": "lift", "restriction": health.pk}
    assert officer.post(page, lift).status_code == 422
    for hostile in ("0", "x", "99999999999999999999", "-1"):
        assert officer.post(page, lift | {"why": "Vérifié", "restriction": hostile}).status_code == 422
    assert officer.post(page, lift | {"why": "Vérifié", "restriction": "987654"}).status_code == 404
    assert officer.post(page, lift | {"why": "Vérifié", "restriction": ""}).status_code in {404, 422}
    with time_machine.travel("2026-03-14T21:30:00Z", tick=False):
        done = officer.post(page, lift | {"why": "Vérifié"}, follow=True)
    assert "prend fin le 18/03/2026 à 1 h 30" in done.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Vérifié" in done.text
    client_of(dpo).post(page, lift | {"why": "Autrement"})
    health.refresh_from_db()
    assert health.lifted_why == "Vérifié"
    assert client_of(owner).post(page, lift | {"why": "Moi"}).status_code in {403, 404}


def test_a_copy_is_asked_without_a_word_of_freezing(patient: Patient, dpo: Person) -> None:
    made = demanded(dpo, patient, Right.RECTIFICATION)
    page = client_of(dpo).get(reverse("people:demand", args=[made.pk])).text
    assert 'name="parts"' not in page
    rights.answer(by=dpo, request=made, answer=Answer.GRANTED, words="Corrigé.")
    assert not CareRestriction._base_manager.exists()


def test_the_rows_are_read_by_the_person_and_the_dpo(
    patient: Patient, owner: Person, nurse: Person, dpo: Person
) -> None:
    frozen(dpo, patient)
    (row,) = CareRestriction._base_manager.all()
    assert str(row) == f"{patient.pk} · restriction · "
    for somebody, seen in ((owner, 1), (dpo, 1), (nurse, 0)):
        assert CareRestriction.objects.for_person(somebody).count() == seen


def test_the_message_of_a_lifting_says_nothing_of_health(
    patient: Patient, owner: Person, dpo: Person
) -> None:
    made = frozen(dpo, patient)
    event = outbox.Event(rights.RESTRICTION_LIFTED, "k", {"request": made.pk}, timezone.now())
    tell_of_lifting(event)
    told = Notification._base_manager.filter(template="rights_answered")
    assert {one.channel for one in told} >= {"inbox"}
    assert not any("gel" in str(one.parameters).lower() for one in told)
