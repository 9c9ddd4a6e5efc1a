"""A carer with a mandate knows when the person is expected next; without that part, nothing."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.agenda import api
from maillage.agenda.models import Slot
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import carers as actions
from maillage.people.api import Patient
from maillage.people.models import MandateItem
from maillage.people.rules.circle import Part
from tests.factories import make_person
from tests.people.test_carers import signed


def test_the_next_appointment_is_said_until_its_part_is_taken_back(
    client: Client, regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    patient.account, patient.phone = make_person("louis.tilleul", Role.PATIENT, None), "+33639980001"
    patient.save()
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    mandate = signed(patient.account, patient, Part.APPOINTMENTS)
    client.force_login(mandate.carer)
    home = client.get("/").content.decode()
    assert "Tout est suivi, un rendez-vous le 16/03/2026 pour votre mère." in home
    assert "TILLEUL" not in home
    address = reverse("people:helped", args=[mandate.pk])
    assert "Rendez-vous à venir" in client.get(address).content.decode()
    item = MandateItem.objects.of_mandates([mandate]).select_related("mandate").get(part="appointments")
    actions.revoke_item(by=patient.account, item=item)
    assert "Rendez-vous à venir" not in client.get(address).content.decode()
    assert "rendez-vous" not in client.get("/").content.decode().split("<main")[1].split("doors-fold")[0]
    assert item.mandate.until > timezone.now()
