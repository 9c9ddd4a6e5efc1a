"""Tables of the protocols context, one aggregate a module."""

from maillage.protocols.models.acts import Act
from maillage.protocols.models.protocols import Protocol, SignUp, Version
from maillage.protocols.models.referrals import Referral, ReferralAsked

__all__ = ["Act", "Protocol", "Referral", "ReferralAsked", "SignUp", "Version"]
