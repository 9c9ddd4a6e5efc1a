"""What helping asks of a carer: our own questions, an estimate without a verdict, kept unless shared."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people.actions import support as actions
from maillage.people.models import CarerAnswers, Patient, Signal
from maillage.people.rules.circle import Part
from maillage.people.rules.support import estimate
from tests.factories import declare_doctor, make_person
from tests.people.test_carers import signed

CODES = [one["code"] for one in rule("people.support.items").value]
OFTEN = dict.fromkeys(CODES, 2)
ADDRESS = "people:support"


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    declare_doctor(patient, doctor)
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    return patient


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_estimate_goes_from_nothing_to_all() -> None:
    assert (estimate([0] * 8), estimate([3] * 8), estimate([2, 1, 0])) == (0, 100, 33)


def test_answers_are_kept_for_the_carer_alone(treated: Patient, physician: Person) -> None:
    carer = signed(treated.account, treated, Part.REACH).carer
    page = client_of(carer)
    assert page.post(reverse(ADDRESS), {"sleep": "2"}).status_code == 422
    assert page.post(reverse(ADDRESS), OFTEN | {"sleep": "9"}).status_code == 422
    shown = page.post(reverse(ADDRESS), OFTEN, follow=True).content.decode()
    assert "67 sur 100" in shown.replace("\u00a0", " ")
    assert "pas un diagnostic" in shown
    assert "67 sur" not in client_of(physician).get(reverse(ADDRESS)).content.decode().replace("\u00a0", " ")
    assert list(CarerAnswers.objects.for_person(physician)) == []
    assert not Signal.objects.sent_by(carer).exists()
    with pytest.raises(ValidationError, match="chaque question"):
        actions.answer_for_oneself(by=carer, answers={"sleep": 1})


def test_what_is_shared_is_asked_of_the_care_team_like_any_worry(treated: Patient, scope: Scope) -> None:
    mandate = signed(treated.account, treated, Part.REACH)
    page = client_of(mandate.carer)
    assert "n’est plus là" in page.post(reverse(ADDRESS), {"share": "1"}, follow=True).content.decode()
    answers = actions.answer_for_oneself(by=mandate.carer, answers=OFTEN)
    for _again in range(2):
        assert page.post(reverse(ADDRESS), {"share": mandate.pk}, follow=True).status_code == 200
    signal = Signal.objects.sent_by(mandate.carer).get()
    assert (signal.kind, "67" in signal.text) == ("exhaustion", True)
    stranger = Patient.objects.create(scope=scope, birth_name="Orme", search_name=" orme")
    with pytest.raises(PermissionDenied):
        actions.share(by=mandate.carer, answers=answers, patient=stranger)
