"""The front door of the people context: patients of a scope, their identity, how to reach them.

Each reading of a file leaves a line in its access log: say the purpose.
"""

from maillage.people.actions import (
    DuplicateWarning,
    accept,
    change_patient,
    close,
    create_demonstration_patients,
    declare,
    propose,
    record_consent,
    record_ins,
    refuse,
    register,
    request_doctor,
    set_quota,
    set_referring_doctor,
    withdraw_proposal,
)
from maillage.people.models import Patient, PatientAddress, ReferringDoctorRequest
from maillage.people.queries import (
    Indicators,
    Match,
    PatientFile,
    access_log,
    indicators,
    log_access,
    patient_file,
    possible_duplicates,
    proposals_waiting,
    search_patients,
    traits_of,
    waiting_list,
)
from maillage.people.rules.identity import AdministrativeSex, IdentityStatus, may_carry_ins
from maillage.people.rules.reach import phone_digits, written_phone
from maillage.people.rules.referring_doctor import Closing, Criterion, Refusal, State, age_on

__all__ = [
    "AdministrativeSex",
    "Closing",
    "Criterion",
    "DuplicateWarning",
    "IdentityStatus",
    "Indicators",
    "Match",
    "Patient",
    "PatientAddress",
    "PatientFile",
    "ReferringDoctorRequest",
    "Refusal",
    "State",
    "accept",
    "access_log",
    "age_on",
    "change_patient",
    "close",
    "create_demonstration_patients",
    "declare",
    "indicators",
    "log_access",
    "may_carry_ins",
    "patient_file",
    "phone_digits",
    "possible_duplicates",
    "proposals_waiting",
    "propose",
    "record_consent",
    "record_ins",
    "refuse",
    "register",
    "request_doctor",
    "search_patients",
    "set_quota",
    "set_referring_doctor",
    "traits_of",
    "waiting_list",
    "withdraw_proposal",
    "written_phone",
]
