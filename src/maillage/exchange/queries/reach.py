"""How somebody said they are reached, as of now."""

from __future__ import annotations

from maillage.directory.api import Professional
from maillage.exchange.rules.channels import Reach
from maillage.kernel.phones import stored_phone
from maillage.people.api import Patient


def reach_of_patient(patient: Patient) -> Reach:
    """Return how a patient said they are reached."""
    return Reach(
        _phones(patient.phone, patient.other_phone),
        patient.email,
        patient.joins_by_phone,
        patient.needs_interpreter,
    )


def number_of_patient(patient: Patient) -> str:
    """Return the first number that a call to a patient may dial, their carer's last; empty without one."""
    return next(iter(_phones(patient.phone, patient.other_phone, patient.carer_phone)), "")


def reach_of_professional(professional: Professional) -> Reach:
    """Return how a professional without an account is reached.

    The MSSanté address is left out: that network takes mail from its own members only.
    """
    return Reach(_phones(stored_phone(professional.phone)))


def _phones(*phones: str) -> tuple[str, ...]:
    return tuple(phone for phone in phones if phone)
