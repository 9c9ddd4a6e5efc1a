"""Writes of the people context, one subject a module."""

from maillage.people.actions.demonstration import create_demonstration_patients
from maillage.people.actions.patients import (
    DuplicateWarning,
    change_patient,
    is_own_file,
    may_keep,
    record_ins,
    register,
    set_referring_doctor,
)
from maillage.people.actions.referring_doctor import (
    accept,
    close,
    declare,
    propose,
    record_consent,
    refuse,
    request_doctor,
    set_quota,
    withdraw_proposal,
)

__all__ = [
    "DuplicateWarning",
    "accept",
    "change_patient",
    "close",
    "create_demonstration_patients",
    "declare",
    "is_own_file",
    "may_keep",
    "propose",
    "record_consent",
    "record_ins",
    "refuse",
    "register",
    "request_doctor",
    "set_quota",
    "set_referring_doctor",
    "withdraw_proposal",
]
