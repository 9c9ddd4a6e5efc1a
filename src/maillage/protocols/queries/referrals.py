"""Reads of what is asked of physicians: what waits for one, what was answered to whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from maillage.care import api as care
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Role
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.protocols.models import Act, Referral, ReferralAsked
from maillage.protocols.queries.acts import log
from maillage.protocols.queries.protocols import standing_sign_ups, today_in
from maillage.protocols.rules.protocols import Side
from maillage.protocols.rules.referrals import median_delay

_WITH = ("patient__scope", "act__version__protocol", "by", "answered_by", "acknowledged_by")


def is_physician(person: Person) -> bool:
    """Return whether `person` holds the role of a physician today."""
    return any(one.role == Role.PHYSICIAN for one in access.roles_of(person))


def may_answer(person: Person, patient: people.Patient) -> bool:
    """Return whether `person` answers what is asked about a patient: a physician who writes their health."""
    return is_physician(person) and care.may_write(people.decision(person, patient, people.Part.HEALTH))


def physicians_of(patient: people.Patient) -> list[Person]:
    """Return the physicians whom the circle of a patient lets answer, by name."""
    holders = people.holders_reading(patient, people.Part.HEALTH)
    accounts = [who if isinstance(who, Person) else who.account for _key, _name, who in holders]
    return [one for one in accounts if one is not None and may_answer(one, patient)]


def turn_of(patient: people.Patient, act: Act | None) -> list[int]:
    """Return the accounts of the physicians who are asked about a patient, in turn.

    Those who delegate in the protocol of the act, then the others of the circle; each may read the patient.
    """
    found: list[Person] = []
    if act is not None:
        protocol = act.version.protocol
        rows = standing_sign_ups([protocol], today_in(protocol.scope))[protocol.pk]
        accounts = [one.professional.account for one in rows if one.side == Side.DELEGATING]
        found = [one for one in accounts if one is not None and may_answer(one, patient)]
    return list(dict.fromkeys(one.pk for one in [*found, *physicians_of(patient)]))


def questions_open() -> QuerySet[Referral]:
    """Return what the reader was asked and nobody answered, for a statement; the circle is asked next."""
    return Referral._base_manager.filter(asked__person=given("person"), answered_at=None)


@once
def waiting_for(person: Person) -> list[Referral]:
    """Return what `person` was asked and nobody answered, the most pressing first; nobody is named."""
    rows = Referral.objects.for_person(person).asked_of(person).unanswered()
    return list(rows.order_by("due_at", "pk"))


def answers_unread() -> QuerySet[Referral]:
    """Return what was answered to the reader and not read, for a statement; the circle is asked next."""
    return Referral._base_manager.filter(by=given("person"), answered_at__isnull=False, read_at=None)


@once
def answers_to_read(person: Person) -> list[Referral]:
    """Return what was answered to `person`, who has not read it; nobody is named."""
    mine = Referral.objects.for_person(person).filter(by=person, answered_at__isnull=False, read_at=None)
    return list(mine.order_by("answered_at", "pk"))


@transaction.atomic
def referrals_drawn(person: Person, keys: Sequence[int]) -> list[Referral]:
    """Return the questions of some keys that `person` reads, with whose they are; each file is logged."""
    rows = Referral.objects.for_person(person).filter(pk__in=list(keys))
    found = list(rows.select_related(*_WITH).order_by("due_at", "pk"))
    log(person, [one.patient for one in found])
    return found


def referral_seen_by(person: Person, pk: int) -> Referral | None:
    """Return the question of that key where the circle opens it to `person`; no line is left."""
    return Referral.objects.for_person(person).select_related(*_WITH).filter(pk=pk).first()


def asked_in_turn(referral: Referral) -> list[ReferralAsked]:
    """Return whom a question was put to, in turn."""
    return list(ReferralAsked.objects.filter(referral=referral).select_related("person"))


def delay_of(referrals: Sequence[Referral]) -> timedelta | None:
    """Return the middle time that the answers of some questions took, None without an answer."""
    return median_delay(one.answered_at - one.at for one in referrals if one.answered_at is not None)
