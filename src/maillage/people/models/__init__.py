"""Tables of the people context, one aggregate a module."""

from maillage.people.models.patients import (
    DOCUMENT_LABELS,
    DOUBT_LABELS,
    INSI_LABELS,
    SEX_LABELS,
    STATUS_LABELS,
    AccessLogEntry,
    Patient,
    PatientAddress,
    PatientQuerySet,
)
from maillage.people.models.referring_doctor import (
    CLOSING_LABELS,
    CRITERION_LABELS,
    OWNER_LABELS,
    REFUSAL_LABELS,
    STATE_LABELS,
    DoctorProposal,
    DoctorQuota,
    ReferringDoctorRequest,
)

__all__ = [
    "CLOSING_LABELS",
    "CRITERION_LABELS",
    "DOCUMENT_LABELS",
    "DOUBT_LABELS",
    "INSI_LABELS",
    "OWNER_LABELS",
    "REFUSAL_LABELS",
    "SEX_LABELS",
    "STATE_LABELS",
    "STATUS_LABELS",
    "AccessLogEntry",
    "DoctorProposal",
    "DoctorQuota",
    "Patient",
    "PatientAddress",
    "PatientQuerySet",
    "ReferringDoctorRequest",
]
