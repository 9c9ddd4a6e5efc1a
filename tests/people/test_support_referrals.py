"""People far from their rights: referred, sent by hand; whoever detected learns the outcome."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.actions import support_referrals as actions
from maillage.people.api import Origin, Patient
from maillage.people.models import AccessLogEntry, SupportReferral
from maillage.people.queries import support_referrals as queries
from maillage.people.rules.support_referrals import (
    Care,
    Cause,
    Consent,
    Ground,
    Outcome,
    Since,
    Step,
    due_on,
    speaks_of_care,
    step,
)
from tests.factories import make_professional
from tests.pdf import text_of
from tests.people.conftest import holder

TODAY = date(2026, 3, 5)


def test_what_is_next_and_before_when() -> None:
    assert step(is_sent=False, is_answered=False) is Step.TO_SEND
    assert step(is_sent=True, is_answered=False) is Step.AWAITED
    assert step(is_sent=False, is_answered=True) is Step.OVER
    days = {"send_days": 3, "answer_days": 30}
    assert due_on(TODAY, None, **days) == date(2026, 3, 8)
    assert due_on(TODAY, date(2026, 3, 6), **days) == date(2026, 4, 5)
    assert speaks_of_care([Ground.CARE, Ground.SOCIAL])
    assert not speaks_of_care([Ground.RIGHTS])


@pytest.fixture
def nurse(scope: Scope) -> Person:
    return holder(Role.NURSE, scope)


@pytest.fixture
def treated(patient: Patient, nurse: Person) -> Patient:
    """The patient, whose nurse is of the care team."""
    sheet = make_professional("Capucine", "Inès", nurse, profession="60")
    own = holder(Role.PATIENT, None)
    Patient._base_manager.filter(pk=patient.pk).update(account=own)
    patient.refresh_from_db()
    circle.add_to_circle(
        by=own, patient=patient, who=sheet, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
    )
    return patient


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(**more: object) -> actions.Said:
    today = timezone.localdate()
    given = {
        "detected_on": today,
        "grounds": [Ground.CARE],
        "consent": Consent.SIGNED,
        "consented_on": today,
        "given_up": [Care.DEVICE],
        "since": Since.OVER_A_YEAR,
        "causes": [Cause.REMAINDER],
        "already_done": "Rien",
    }
    return actions.Said(**given | more)


def test_who_sees_the_person_refers_them_once(
    treated: Patient, nurse: Person, physician: Person, coordinator: Person
) -> None:
    made = actions.refer(by=nurse, patient=treated, said=said(), key="a")
    assert (made.grounds, made.given_up, made.since, made.causes) == (
        ["care"],
        ["device"],
        "over_a_year",
        ["remainder"],
    )
    assert actions.refer(by=nurse, patient=treated, said=said(), key="a") == made
    with pytest.raises(ValidationError, match="déjà en cours"):
        actions.refer(by=coordinator, patient=treated, said=said(), key="b")
    with pytest.raises(PermissionDenied):
        actions.refer(by=physician, patient=treated, said=said(), key="c")


def test_it_needs_a_ground_and_days_that_have_come(treated: Patient, nurse: Person) -> None:
    with pytest.raises(ValidationError, match="au moins un motif"):
        actions.refer(by=nurse, patient=treated, said=said(grounds=[]), key="a")
    tomorrow = timezone.localdate() + timedelta(days=2)
    for name in ("detected_on", "consented_on"):
        with pytest.raises(ValidationError, match="pas encore venu"):
            actions.refer(by=nurse, patient=treated, said=said(**{name: tomorrow}), key="a")
    made = actions.refer(by=nurse, patient=treated, said=said(grounds=[Ground.RIGHTS]), key="a")
    assert (made.given_up, made.since, made.causes) == ([], "", [])


def test_a_consent_told_is_confirmed_before_anything_leaves(treated: Patient, nurse: Person) -> None:
    made = actions.refer(by=nurse, patient=treated, said=said(consent=Consent.TOLD), key="a")
    with pytest.raises(ValidationError, match="courrier"):
        actions.mark_sent(by=nurse, referral=made)
    letter = actions.mark_letter(by=nurse, referral=made)
    assert actions.mark_letter(by=nurse, referral=made).letter_on == letter.letter_on
    assert actions.mark_sent(by=nurse, referral=made).step is Step.AWAITED


def test_the_outcome_goes_back_to_who_detected(
    treated: Patient, nurse: Person, coordinator: Person, physician: Person
) -> None:
    made = actions.refer(by=nurse, patient=treated, said=said(), key="a")
    sent = actions.mark_sent(by=coordinator, referral=made)
    assert actions.mark_sent(by=nurse, referral=made).sent_by == coordinator
    assert sent.due_on > made.due_on
    with pytest.raises(PermissionDenied):
        actions.note_outcome(by=physician, referral=made, outcome=Outcome.SUPPORTED)
    with pytest.raises(ValidationError, match="quelques mots"):
        actions.note_outcome(by=coordinator, referral=made, outcome=Outcome.OTHER)
    done = actions.note_outcome(by=coordinator, referral=made, outcome=Outcome.RIGHTS_OPENED, words="C2S")
    again = actions.note_outcome(by=nurse, referral=made, outcome=Outcome.REFUSED)
    assert (again.outcome, again.words) == ("rights_opened", "C2S")
    assert done.step is Step.OVER
    outbox.drain()
    (told,) = Notification._base_manager.filter(template="support_answered")
    assert told.person == nurse
    assert "Frêne" not in str(told.parameters)
    verbs = list(Entry.objects.filter(verb__startswith="people.support_").values_list("verb", flat=True))
    assert sorted(verbs) == [
        "people.support_answered_by_cpam",
        "people.support_referred",
        "people.support_sent",
    ]
    assert not done.is_late


def test_a_referral_that_sleeps_is_late(treated: Patient, nurse: Person, coordinator: Person) -> None:
    made = actions.refer(by=nurse, patient=treated, said=said(), key="a")
    assert not made.is_late
    SupportReferral._base_manager.update(at=timezone.now() - timedelta(days=9))
    assert queries.to_handle(coordinator)[0].is_late
    assert queries.to_handle(nurse) == []


def test_the_pages_refer_print_send_and_tell(treated: Patient, nurse: Person, coordinator: Person) -> None:
    browser, desk = client_of(nurse), client_of(coordinator)
    file = browser.get(reverse("people:patient", args=[treated.pk]))
    address = reverse("people:new_support_referral", args=[treated.pk])
    assert address in file.text
    assert browser.post(address, {"key": "a"}).status_code == 422
    today = timezone.localdate().isoformat()
    sent = {
        "key": "a",
        "grounds": ["care", "rights"],
        "detected_on": today,
        "consent": "signed",
        "consented_on": today,
        "given_up": ["doctor"],
        "since": "over_2_years",
        "causes": ["delays"],
    }
    page = browser.post(address, sent, follow=True)
    assert "il reste à la transmettre" in page.text
    (made,) = SupportReferral._base_manager.all()
    assert "déjà en cours" in browser.get(address).text
    paper = browser.get(reverse("people:support_referral_paper", args=[made.pk]))
    assert "Frêne" in text_of(paper.content)
    assert "plus de deux ans" in text_of(paper.content)
    listed = desk.get(reverse("people:support_referrals"))
    assert "FRÊNE" in listed.text
    assert AccessLogEntry._base_manager.filter(person=coordinator, patient=treated).exists()
    own = reverse("people:support_referral", args=[made.pk])
    assert "transmise le" in desk.post(own, {"do": "sent"}, follow=True).text
    assert desk.post(own, {"do": "outcome", "outcome": "nothing"}).status_code == 422
    assert "quelques mots" in desk.post(own, {"do": "outcome", "outcome": "other"}, follow=True).text
    late = desk.post(own, {"do": "outcome", "outcome": "nothing", "words": "Vu au centre de santé"})
    assert (late.status_code, "Vu au centre de santé" in late.text) == (422, True)
    done = desk.post(own, {"do": "outcome", "outcome": "care_done", "words": "Vu"}, follow=True)
    assert "Soin fait" in done.text
    assert "La suite" not in browser.get(own).text
    assert "Soin fait" in browser.get(reverse("people:support_referrals")).text


def test_what_a_guess_cannot_reach(
    treated: Patient, nurse: Person, physician: Person, regulator: Person
) -> None:
    made = actions.refer(by=nurse, patient=treated, said=said(), key="a")
    for somebody in (physician, regulator):
        client = client_of(somebody)
        assert client.get(reverse("people:support_referral", args=[made.pk])).status_code == 404
        assert client.get(reverse("people:support_referral_paper", args=[made.pk])).status_code == 404
        assert (
            client.post(reverse("people:support_referral", args=[made.pk]), {"do": "sent"}).status_code == 404
        )
    assert (
        client_of(physician).get(reverse("people:new_support_referral", args=[treated.pk])).status_code == 404
    )
    own = client_of(treated.account)
    assert own.get(reverse("people:support_referral", args=[made.pk])).status_code == 200
    assert own.get(reverse("people:support_referrals")).status_code == 403
    assert own.get(reverse("people:new_support_referral", args=[treated.pk])).status_code == 404
    assert (
        "à transmettre"
        in own.post(reverse("people:support_referral", args=[made.pk]), {"do": "sent"}, follow=True).text
    )


def test_nobody_referred_says_what_to_do(coordinator: Person) -> None:
    assert "deux minutes" in client_of(coordinator).get(reverse("people:support_referrals")).text
