"""Tables of the protocols context, one aggregate a module."""

from maillage.protocols.models.acts import Act
from maillage.protocols.models.education import (
    EducationSession,
    Enrolment,
    Evaluation,
    Programme,
    ProgrammeMember,
    ProgrammeText,
    SessionPlace,
)
from maillage.protocols.models.pharmacy import MedicationReview, ReviewLine, Shortage, Vaccination
from maillage.protocols.models.protocols import Protocol, SignUp, Version
from maillage.protocols.models.referrals import Referral, ReferralAsked

__all__ = [
    "Act",
    "EducationSession",
    "Enrolment",
    "Evaluation",
    "MedicationReview",
    "Programme",
    "ProgrammeMember",
    "ProgrammeText",
    "Protocol",
    "Referral",
    "ReferralAsked",
    "ReviewLine",
    "SessionPlace",
    "Shortage",
    "SignUp",
    "Vaccination",
    "Version",
]
