"""Reads of the people context, each of which leaves a line in the access log."""

from maillage.people.queries.patients import (
    Match,
    PatientFile,
    access_log,
    log_access,
    patient_file,
    patient_for_log,
    possible_duplicates,
    search_patients,
    traits_of,
)
from maillage.people.queries.referring_doctor import (
    Candidate,
    Delay,
    Indicators,
    candidates,
    indicators,
    proposals_of,
    proposals_to,
    request_by_key,
    requests_of,
    waiting_list,
)

__all__ = [
    "Candidate",
    "Delay",
    "Indicators",
    "Match",
    "PatientFile",
    "access_log",
    "candidates",
    "indicators",
    "log_access",
    "patient_file",
    "patient_for_log",
    "possible_duplicates",
    "proposals_of",
    "proposals_to",
    "request_by_key",
    "requests_of",
    "search_patients",
    "traits_of",
    "waiting_list",
]
