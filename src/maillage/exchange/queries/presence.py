"""Who takes part in a conversation and may read or write in it now: asked at each reading and writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange.models import AT_WORK, PART, Conversation, Participant
from maillage.exchange.rules.conversations import Seat, Way, reads, writes
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.kernel.wording import ROLES
from maillage.people import api as people

_WAYS = {
    people.Reason.TEAM: Way.CARE,
    people.Reason.CONSENT: Way.CARE,
    people.Reason.ACT: Way.FOR_A_TIME,
    people.Reason.EMERGENCY: Way.FOR_A_TIME,
    people.Reason.MANDATE: Way.MANDATE,
    people.Reason.OWN: Way.OWN,
}


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who takes part, and whether they read and write there now."""

    participant: Participant
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked to take part: what a form sends for them, their name, as what."""

    key: str
    named: directory.Professional | Person
    seat: Seat
    detail: str = ""

    @property
    def field(self) -> dict[str, directory.Professional | Person]:
        """The field of a participant that names them."""
        return {"person" if isinstance(self.named, Person) else "professional": self.named}


def presence(conversation: Conversation) -> list[Present]:
    """Return who takes part and has not left, with what they may do now; some ten statements."""
    seats = Participant.objects.filter(conversation=conversation, left_at=None)
    found = list(seats.select_related("person", "professional").order_by("added_at", "pk"))
    if conversation.patient is None:
        return _at_work(found, conversation.scope)
    patient, is_opened = conversation.patient, conversation.is_open_to_patient
    active = [one.person for one in found if one.person is not None and one.person.is_active]
    decisions = people.decisions_of(active, patient, PART)
    present = []
    for one in found:
        seat, person = Seat(one.seat), one.person
        if one.professional is not None and is_opened_by_mail(one.professional):
            by_mail = way_of(people.decision_of_sheet(one.professional, patient, PART)) is Way.CARE
            present.append(Present(one, by_mail, by_mail))
            continue
        if person is None or person.pk not in decisions:
            present.append(Present(one, False, False))
            continue
        way = way_of(decisions[person.pk])
        speaks = seat is Seat.CARER and people.may_for(person, patient, people.Gesture.SPEAK)
        can_read = reads(seat, way, is_opened=is_opened, speaks=speaks)
        can_write = writes(seat, way, is_opened=is_opened, speaks=speaks)
        present.append(Present(one, can_read, can_write))
    return present


def is_opened_by_mail(sheet: directory.Professional) -> bool:
    """Return whether somebody without an account is reached by secure mail: an address, a mailbox here."""
    return bool(sheet.mssante and sheet.is_active and settings.MSSANTE_ADDRESS and settings.MSSANTE_SMTP)


def _at_work(found: Iterable[Participant], scope: Scope) -> list[Present]:
    found = list(found)
    held = access.may_each({one.person_id for one in found if one.person_id}, AT_WORK, [scope])
    working = {person for person, _scope in held}
    return [Present(one, one.person_id in working, one.person_id in working) for one in found]


def way_of(decision: people.Decision) -> Way | None:
    """Return why the circle lets somebody read, None where it does not."""
    if not decision.is_allowed:
        return None
    link = decision.link
    if link is not None and link.role == Role.CARER.value and decision.reason is not people.Reason.MANDATE:
        return Way.MANDATE
    return _WAYS[decision.reason]


def may_open(person: Person, patient: people.Patient) -> bool:
    """Return whether somebody may open a conversation about a patient: who cares for them, or themselves."""
    way = way_of(people.decision(person, patient, PART))
    return way in {Way.CARE, Way.OWN}


def circle_of(patient: people.Patient, but: Person, *, with_patient: bool) -> list[Candidate]:
    """Return who may be asked into a conversation about a patient, by name; the patient and carers last.

    `with_patient`: opened to them. A carer is asked where a mandate lets them speak with the circle.
    """
    found = [
        Candidate(f"a{person.pk}", person, Seat.CARE, said_role(decision))
        for person, decision in people.accounts_reading(patient, PART)
        if person != but and way_of(decision) is Way.CARE
    ]
    found += [
        Candidate(f"p{sheet.pk}", sheet, Seat.CARE, _("sans compte, par messagerie sécurisée"))
        for sheet in people.sheets_linked(patient)
        if is_opened_by_mail(sheet) and way_of(people.decision_of_sheet(sheet, patient, PART)) is Way.CARE
    ]
    if not with_patient:
        return found
    account = patient.account
    if account is not None and account.is_active and account != but:
        found.append(Candidate(f"a{account.pk}", account, Seat.PATIENT, _("la personne elle-même")))
    known = {one.named.pk for one in found if isinstance(one.named, Person)}
    for person, _decision in people.accounts_reading(patient, people.Part.CIRCLE):
        is_new = person != but and person.pk not in known
        if is_new and people.may_for(person, patient, people.Gesture.SPEAK):
            found.append(Candidate(f"a{person.pk}", person, Seat.CARER, _("aidant, par mandat")))
    return found


def asked_in_circle(patient: people.Patient, by: Person, sheet: directory.Professional) -> str:
    """Return the key by which a professional of the circle is asked into a conversation by `by`.

    Empty where the circle, or the want of an account and of a secure mailbox, lets nobody write to them so.
    """
    if not may_open(by, patient):
        return ""
    named = (sheet, sheet.account) if sheet.account_id is not None else (sheet,)
    found = (one.key for one in circle_of(patient, by, with_patient=False) if one.named in named)
    return next(found, "")


def said_role(decision: people.Decision) -> str:
    """Return the role by which somebody is in the circle, as people say it; empty where none is said."""
    link = decision.link
    return str(ROLES[Role(link.role)]) if link is not None and link.role else ""


def colleagues(but: Person, scope: Scope) -> list[Candidate]:
    """Return who works in a scope and may be asked into a conversation about a topic, by name."""
    found = [one for one in access.people_with(AT_WORK, scope) if one != but]
    ordered = sorted(found, key=lambda one: (one.last_name, one.first_name, one.pk))
    return [Candidate(f"a{one.pk}", one, Seat.COLLEAGUE) for one in ordered]
