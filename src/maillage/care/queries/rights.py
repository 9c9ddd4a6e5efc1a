"""Who may write in the care of a patient: whoever the circle lets read that part as one of those who care.

An emergency access and the time of an act open a reading, never a writing.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people

_WRITING = frozenset({people.Reason.TEAM, people.Reason.CONSENT})


def may_write(decision: people.Decision) -> bool:
    """Return whether a decision of the circle lets a professional write that part of the file."""
    if not decision.is_allowed or decision.reason not in _WRITING:
        return False
    return decision.link is None or decision.link.role != Role.CARER.value


def may_add(decision: people.Decision) -> bool:
    """Return whether it lets somebody add what they saw: a professional, the patient, a carer."""
    return decision.is_allowed and decision.reason in {*_WRITING, people.Reason.OWN}


def writes_part(owner: directory.Professional | Person, patient: people.Patient, part: people.Part) -> bool:
    """Return whether somebody has an account that writes a part of a patient's file."""
    account = owner if isinstance(owner, Person) else owner.account
    return account is not None and may_write(people.decision(account, patient, part))


def require_writer(person: Person, patient: people.Patient, part: people.Part) -> None:
    """Raise PermissionDenied unless `person` may write that part of the file of `patient`."""
    if not may_write(people.decision(person, patient, part)):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
