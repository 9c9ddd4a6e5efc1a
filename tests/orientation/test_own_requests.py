"""A patient reads on their first screen where their own request stands, in plain words, and nobody else's."""

import pytest
from django.test import Client

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation.contributions import _TO_THE_PATIENT, own_requests
from maillage.orientation.models import Request
from maillage.orientation.rules.vocabulary import Priority, State
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import Call

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(place: Territory, patient: Patient) -> Person:
    patient.account = make_person("louis.tilleul", Role.PATIENT, place.scope)
    patient.save()
    return patient.account


def test_each_state_has_words_for_the_patient() -> None:
    assert set(_TO_THE_PATIENT) == set(State)


@pytest.mark.parametrize("state", [one for one in State if one is not State.CLOSED])
def test_ones_own_request_is_said_in_plain_words(account: Person, call: Call, state: State) -> None:
    request = call()
    Request.objects.keyed(request.pk).update(state=state.value, patient=account.patient_file)
    waiting = own_requests(account)
    assert waiting is not None
    assert waiting.title == "Ma demande"
    assert waiting.lines[0].detail == str(_TO_THE_PATIENT[state])
    assert waiting.lines[0].url == ""


@pytest.mark.parametrize("alarm", [{"has_red_flag": True}, {"priority": Priority.P0.value}])
def test_a_request_that_leads_to_the_15_says_to_call_it(
    client: Client, account: Person, call: Call, alarm: dict[str, object]
) -> None:
    request = call()
    Request.objects.keyed(request.pk).update(patient=account.patient_file, **alarm)
    client.force_login(account)
    page = client.get("/").text
    assert "Appelez le 15 maintenant" in page
    assert 'href="tel:15"' in page


def test_nobody_reads_the_request_of_another(place: Territory, account: Person, call: Call) -> None:
    request = call()
    Request.objects.keyed(request.pk).update(patient=make_patient("Bouleau", place))
    assert own_requests(account) is None
    ended = {"state": State.CLOSED.value, "ended_at": request.called_at}
    Request.objects.keyed(request.pk).update(patient=account.patient_file, **ended)
    assert own_requests(account) is None
