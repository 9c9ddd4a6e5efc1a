"""Who joins and leaves a circle of care, what a patient chooses, and the access of an emergency."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.kernel.models import Entry, Message, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import acts
from maillage.people.actions import circle as actions
from maillage.people.models import CareLink, Patient
from maillage.people.queries import circle
from maillage.people.rules.circle import Means, Origin, Part, Reason
from tests.factories import declare_doctor, make_person, make_professional

NOW = datetime(2026, 3, 14, 13, 0, tzinfo=UTC)
REASON = "Chute dans l’escalier, inconsciente, personne pour dire ses traitements"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(scope: Scope) -> Person:
    return make_person("ines.capucine", Role.NURSE, scope)


@pytest.fixture
def sheet(nurse: Person) -> Professional:
    return make_professional("Capucine", "Inès", nurse)


@pytest.fixture
def dpo(db: None) -> Person:
    return make_person("hugo.lierre", Role.DPO, None)


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    """The patient, whose médecin traitant is the physician."""
    declare_doctor(patient, doctor)
    return patient


def reason(person: Person, patient: Patient, part: Part = Part.HEALTH) -> Reason:
    return circle.decision(person, patient, part).reason


def sees(person: Person, patient: Patient) -> bool:
    return Patient.objects.for_person(person).filter(pk=patient.pk).exists()


def join(by: Person, patient: Patient, who: Professional, **values: object) -> CareLink:
    said = {"origin": Origin.TEAM, "role": Role.NURSE, "is_informed": True} | values
    return actions.add_to_circle(by=by, patient=patient, who=who, **said)


def test_the_referring_doctor_enters_and_leaves_with_the_declaration(
    treated: Patient, physician: Person
) -> None:
    assert reason(physician, treated) is Reason.TEAM
    declare_doctor(treated, make_professional("Sorbier", "Ada"))
    assert reason(physician, treated) is Reason.ENDED
    assert not sees(physician, treated)
    assert CareLink.objects.of_patient(treated).filter(ends_at=None).count() == 1


def test_the_team_names_a_nurse_who_reads_once_the_patient_is_told(
    treated: Patient, physician: Person, nurse: Person, sheet: Professional
) -> None:
    link = join(physician, treated, sheet, is_informed=False)
    assert reason(nurse, treated) is Reason.NOT_INFORMED
    assert not sees(nurse, treated)
    actions.inform(by=physician, link=link)
    assert reason(nurse, treated) is Reason.TEAM
    assert sees(nurse, treated)
    assert join(physician, treated, sheet) == link
    actions.end_link(by=nurse, link=link, reason="relais à la maison de santé")
    assert reason(nurse, treated) is Reason.ENDED


def test_nobody_outside_the_team_names_anybody(
    treated: Patient, nurse: Person, sheet: Professional, regulator: Person, coordinator: Person
) -> None:
    links = CareLink.objects.of_patient(treated).count()
    for stranger in (nurse, regulator, coordinator):
        with pytest.raises(PermissionDenied):
            join(stranger, treated, sheet)
        with pytest.raises(PermissionDenied):
            actions.give_consent(by=stranger, patient=treated, who=sheet)
    assert CareLink.objects.of_patient(treated).count() == links


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"origin": Origin.EMERGENCY}, "à la main"),
        ({"role": Role.BOARD}, "rôle"),
        ({"role": None}, "rôle"),
        ({"origin": Origin.RESIDENCE}, "structure"),
        ({"until": NOW - timedelta(days=1)}, "passée"),
    ],
)
def test_a_link_that_means_nothing_is_refused(
    values: dict[str, object], says: str, treated: Patient, physician: Person, sheet: Professional
) -> None:
    with pytest.raises(ValidationError, match=says):
        join(physician, treated, sheet, **values)


def test_somebody_outside_the_team_reads_what_was_consented_until_it_is_withdrawn(
    treated: Patient, physician: Person, scope: Scope
) -> None:
    worker = make_person("nadia.verveine", Role.CASE_MANAGER, Scope.objects.create(kind="x", label="DAC"))
    sheet = make_professional("Verveine", "Nadia", worker)
    join(physician, treated, sheet, origin=Origin.COORDINATION, role=Role.CASE_MANAGER)
    assert reason(worker, treated, Part.SOCIAL) is Reason.NO_CONSENT
    (consent,) = actions.give_consent(by=physician, patient=treated, who=sheet, parts=[Part.SOCIAL])
    assert reason(worker, treated, Part.SOCIAL) is Reason.CONSENT
    assert reason(worker, treated, Part.PLAN) is Reason.NO_CONSENT
    assert reason(worker, treated, Part.HEALTH) is Reason.NOT_NEEDED
    assert actions.give_consent(by=physician, patient=treated, who=sheet, parts=[Part.SOCIAL]) == [consent]
    actions.withdraw_consent(by=physician, consent=consent)
    assert reason(worker, treated, Part.SOCIAL) is Reason.NO_CONSENT


def test_a_patient_opposes_one_part_to_one_person_at_once(
    treated: Patient, physician: Person, nurse: Person, sheet: Professional
) -> None:
    treated.account = make_person("eloise.frene", Role.PATIENT, None)
    treated.save()
    join(physician, treated, sheet)
    (opposed,) = actions.oppose(by=treated.account, patient=treated, who=sheet, parts=[Part.HEALTH])
    assert opposed.means == Means.SPACE
    assert reason(nurse, treated, Part.HEALTH) is Reason.OPPOSED
    assert reason(nurse, treated, Part.PLAN) is Reason.TEAM
    assert reason(physician, treated, Part.HEALTH) is Reason.TEAM
    actions.lift_opposition(by=treated.account, opposition=opposed)
    assert reason(nurse, treated, Part.HEALTH) is Reason.TEAM


def test_an_opposition_to_everybody_leaves_only_the_patient_and_a_dpo_who_may_end_it(
    treated: Patient, physician: Person, nurse: Person, sheet: Professional, dpo: Person
) -> None:
    join(physician, treated, sheet)
    (opposed,) = actions.oppose(by=nurse, patient=treated)
    for person in (physician, nurse):
        assert not sees(person, treated)
        with pytest.raises(PermissionDenied):
            actions.lift_opposition(by=person, opposition=opposed)
    actions.lift_opposition(by=dpo, opposition=opposed)
    assert sees(physician, treated)


def test_an_emergency_opens_for_some_hours_and_tells(
    treated: Patient, nurse: Person, sheet: Professional, dpo: Person, clock: time_machine.Traveller
) -> None:
    with pytest.raises(ValidationError, match="phrase"):
        actions.open_emergency(by=nurse, patient=treated, reason="urgent")
    actions.oppose(by=dpo_speaks(treated), patient=treated)
    link = actions.open_emergency(by=nurse, patient=treated, reason=REASON)
    assert reason(nurse, treated, Part.CRISIS) is Reason.EMERGENCY
    assert reason(nurse, treated, Part.SOCIAL) is Reason.NOT_OPENED
    assert actions.open_emergency(by=nurse, patient=treated, reason=REASON) == link
    assert Message.objects.filter(topic=actions.EMERGENCY_OPENED).count() == 1
    assert [one.pk for one in circle.to_review(dpo)] == [link.pk]
    clock.shift(timedelta(hours=4))
    assert reason(nurse, treated, Part.CRISIS) is Reason.ENDED
    assert [one.pk for one in circle.to_review(dpo)] == [link.pk]


def dpo_speaks(patient: Patient) -> Person:
    """The account of the patient, made for the occasion: they oppose every ordinary reading."""
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    return patient.account


def test_no_emergency_opens_to_who_was_refused_even_then(
    treated: Patient, nurse: Person, sheet: Professional, coordinator: Person
) -> None:
    with pytest.raises(PermissionDenied, match="rôle"):
        actions.open_emergency(by=coordinator, patient=treated, reason=REASON)
    actions.oppose(by=dpo_speaks(treated), patient=treated, in_emergency=True)
    with pytest.raises(PermissionDenied, match="même en urgence"):
        actions.open_emergency(by=nurse, patient=treated, reason=REASON)


def test_the_dpo_reviews_once_and_an_unjustified_access_ends(
    treated: Patient, nurse: Person, sheet: Professional, dpo: Person, physician: Person
) -> None:
    link = actions.open_emergency(by=nurse, patient=treated, reason=REASON)
    with pytest.raises(PermissionDenied):
        actions.review_emergency(by=physician, link=link, is_justified=True)
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.review_emergency(by=dpo, link=link, is_justified=False)
    actions.review_emergency(by=dpo, link=link, is_justified=False, text="Aucun soin ce jour-là")
    assert reason(nurse, treated, Part.CRISIS) is Reason.ENDED
    assert circle.to_review(dpo) == []
    with pytest.raises(ValidationError, match="déjà"):
        actions.review_emergency(by=dpo, link=link, is_justified=True)


def test_nobody_reviews_their_own_access(treated: Patient, nurse: Person, sheet: Professional) -> None:
    RoleAssignment.objects.create(person=nurse, role=Role.DPO, starts_on="2026-01-01")
    link = actions.open_emergency(by=nurse, patient=treated, reason=REASON)
    with pytest.raises(PermissionDenied, match="propre"):
        actions.review_emergency(by=nurse, link=link, is_justified=True)


ACT = "agenda.appointment:1"


def follow(patient: Patient | None, *who: tuple[object, Role | None], days: int | None = 1) -> None:
    until = None if days is None else timezone.now() + timedelta(days=days)
    acts.follow_act(by=None, act=ACT, origin=Origin.BOOKING, patient=patient, who=who, until=until)


def test_an_act_opens_what_it_needs_and_no_more(
    treated: Patient, nurse: Person, sheet: Professional, clock: time_machine.Traveller
) -> None:
    sheet.profession = "60"
    for _again in range(2):
        follow(treated, (sheet, None))
    (link,) = CareLink.objects.of_patient(treated).filter(act=ACT)
    assert (link.role, link.professional) == ("nurse", sheet)
    assert reason(nurse, treated, Part.REACH) is Reason.ACT
    assert reason(nurse, treated, Part.HEALTH) is Reason.NOT_OPENED
    follow(treated, (sheet, None), days=3)
    clock.shift(timedelta(days=2))
    assert reason(nurse, treated, Part.REACH) is Reason.ACT, "it lasts as long as its act now does"
    clock.shift(timedelta(days=2))
    assert reason(nurse, treated, Part.REACH) is Reason.ENDED
    with pytest.raises(ValueError, match="act"):
        acts.follow_act(by=None, act=ACT, origin=Origin.TEAM, patient=None, who=[], until=None)


def test_an_act_that_is_over_opens_nothing_and_one_taken_up_again_does(
    treated: Patient, nurse: Person, sheet: Professional
) -> None:
    follow(treated, (sheet, None), days=-1)
    assert reason(nurse, treated, Part.REACH) is Reason.NO_LINK
    follow(treated, (sheet, Role.NURSE))
    follow(None, (sheet, Role.NURSE))
    assert reason(nurse, treated, Part.REACH) is Reason.ENDED
    follow(treated, (sheet, Role.NURSE), days=None)
    assert reason(nurse, treated, Part.REACH) is Reason.ACT
    actions.end_link(by=nurse, link=CareLink.objects.of_patient(treated).get(act=ACT))
    follow(treated, (sheet, Role.NURSE))
    assert reason(nurse, treated, Part.REACH) is Reason.ENDED, "who left by hand is not called back"


def test_an_act_that_changes_hands_or_person_leaves_the_former_nothing(
    treated: Patient, nurse: Person, sheet: Professional, scope: Scope
) -> None:
    other = make_person("yanis.fougere", Role.REGULATOR, scope)
    elsewhere = Patient.objects.create(scope=scope, birth_name="Orme", search_name=" orme")
    follow(treated, (sheet, Role.NURSE), (other, Role.REGULATOR))
    follow(treated, (other, Role.REGULATOR))
    assert reason(nurse, treated, Part.REACH) is Reason.ENDED
    assert reason(other, treated, Part.REACH) is Reason.ACT
    follow(elsewhere, (other, Role.REGULATOR))
    assert reason(other, treated, Part.REACH) is Reason.ENDED
    assert reason(other, elsewhere, Part.REACH) is Reason.ACT


def test_an_act_links_nobody_who_left_the_directory(treated: Patient, sheet: Professional) -> None:
    sheet.is_active = False
    follow(treated, (sheet, Role.NURSE))
    assert not CareLink.objects.of_patient(treated).filter(act=ACT).exists()


def test_a_role_withdrawn_closes_every_file(
    treated: Patient, physician: Person, nurse: Person, sheet: Professional
) -> None:
    join(physician, treated, sheet)
    nurse.roles.update(withdrawn_at=NOW)
    assert reason(nurse, treated) is Reason.ROLE_LOST
    assert not sees(nurse, treated)


def test_the_journal_tells_each_step_without_a_word_of_health(
    treated: Patient, physician: Person, sheet: Professional
) -> None:
    link = join(physician, treated, sheet, why="pansements")
    actions.give_consent(by=physician, patient=treated, who=sheet)
    actions.end_link(by=physician, link=link)
    verbs = list(Entry.objects.filter(verb__startswith="people.c").values_list("verb", flat=True))
    assert {"people.circle_joined", "people.consented", "people.circle_left"} <= set(verbs)
    assert "pansements" not in "".join(Entry.objects.values_list("changes_text", flat=True))
    assert "pansements" not in "".join(Entry.objects.values_list("reason", flat=True))
