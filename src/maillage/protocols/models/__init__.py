"""Tables of the protocols context, one aggregate a module."""

from maillage.protocols.models.acts import Act
from maillage.protocols.models.pharmacy import MedicationReview, ReviewLine, Shortage, Vaccination
from maillage.protocols.models.protocols import Protocol, SignUp, Version
from maillage.protocols.models.referrals import Referral, ReferralAsked

__all__ = [
    "Act",
    "MedicationReview",
    "Protocol",
    "Referral",
    "ReferralAsked",
    "ReviewLine",
    "Shortage",
    "SignUp",
    "Vaccination",
    "Version",
]
