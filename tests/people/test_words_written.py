"""Words of danger, wherever a person writes: the 15 is shown to them, and what they wrote to who reads."""

import pytest
from django.urls import reverse

from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.people.models import RightsRequest
from tests.care.conftest import client_of, nurse, patient, pharmacist
from tests.factories import make_person
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator

__all__ = ["coordinator", "doctor", "nurse", "patient", "pharmacist", "place", "professional", "regulator"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def word() -> str:
    """A word of the rule, as people write it."""
    (found, *_rest) = people.words_of_danger("je n’arrive plus à respirer, je veux mourir, suicide")
    return found


def test_a_demand_with_a_word_of_danger_shows_the_15_and_says_so_to_the_dpo(
    word: str, patient: people.Patient
) -> None:
    assert patient.account is not None
    address = reverse("people:rights", args=[patient.pk])
    sent = {"key": "k", "right": "rectification", "text": f"Mon adresse est fausse. {word}"}
    own = client_of(patient.account)
    assert "Vous avez écrit" not in own.get(address).text
    page = own.post(address, sent, follow=True).text
    assert "Vous avez écrit" in page
    assert 'href="tel:15"' in page
    dpo = make_person("hugo.lierre", Role.DPO, None)
    demand = RightsRequest.objects.of_patient(patient).get()
    assert "La personne a écrit" in client_of(dpo).get(reverse("people:demand", args=[demand.pk])).text
