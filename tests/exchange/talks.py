"""What the tests of conversations have in common: a patient with a circle, one conversation, browsers."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client

from maillage.exchange.actions import conversations as actions
from maillage.exchange.models import Conversation, Notification, Participant
from maillage.kernel.models import Message, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.people.models import CareLink, CareOpposition
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_patient, make_person, make_professional

SECRET = "Plaie du talon, Betadine"
numbers = count()


class Team:
    """Louis Tilleul, his doctor, his nurse, his pharmacist, and a nurse who is a stranger."""

    def __init__(self, place: Territory) -> None:
        self.place = place
        self.doctor = self._account("helene.aubepine", Role.PHYSICIAN, "10")
        self.nurse = self._account("ines.capucine", Role.NURSE, "60")
        self.pharmacist = self._account("paul.reglisse", Role.PHARMACIST, "21")
        self.stranger = self._account("ada.loriot", Role.NURSE, "60")
        self.louis = make_person("louis.tilleul", Role.PATIENT, None)
        self.patient: Patient = make_patient("Tilleul", place, account=self.louis, phone="+33639980001")
        declare_doctor(self.patient, self.doctor.professional)
        for person, role in ((self.nurse, Role.NURSE), (self.pharmacist, Role.PHARMACIST)):
            circle.add_to_circle(
                by=self.doctor,
                patient=self.patient,
                who=person.professional,
                origin=Origin.TEAM,
                role=role,
                is_informed=True,
            )

    def _account(self, name: str, role: Role, profession: str) -> Person:
        person = make_person(name, role, self.place.scope)
        first, last = (part.title() for part in name.split("."))
        make_professional(last, first, person, profession=profession)
        return person

    def talk(self, *others: Person, by: Person | None = None, **values: Any) -> Conversation:
        """Open a conversation about Louis Tilleul, with his nurse where nobody else is said."""
        said: dict[str, Any] = {
            "by": by or self.doctor,
            "patient": self.patient,
            "subject": "Pansement",
            "text": SECRET,
            "asked": [f"a{one.pk}" for one in others or (self.nurse,)],
            "key": f"talk-{next(numbers)}",
        }
        return actions.open_conversation(**said | values)

    def write(self, by: Person, row: Conversation, text: str = "Vu", **values: Any) -> Any:
        return actions.write(
            by=by, conversation=row, text=text, **{"key": f"write-{next(numbers)}", **values}
        )

    def end_link(self, person: Person) -> None:
        """End the link of somebody with the patient."""
        link = CareLink.objects.of_patient(self.patient).get(professional=person.professional)
        circle.end_link(by=self.doctor, link=link)

    def oppose(self, person: Person) -> None:
        """Let the patient oppose to somebody."""
        CareOpposition.objects.create(
            patient=self.patient, means="spoken", recorded_by=self.doctor, professional=person.professional
        )


def seat_of(row: Conversation, person: Person) -> Participant:
    return Participant.objects.get(conversation=row, person=person)


def told_outside() -> str:
    """Everything that notifications and the outbox hold, as one text."""
    rows = list(Notification._base_manager.values()) + list(Message.objects.values())
    return repr(rows)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client
