"""The front door of the protocols context: protocols, acts under them, what is asked of physicians."""

from maillage.protocols.actions.acts import begin_act, complete_act, return_act, sign_act
from maillage.protocols.actions.protocols import (
    end_sign_up,
    open_protocol,
    publish,
    sign_up,
    withdraw,
    write_version,
)
from maillage.protocols.actions.referrals import acknowledge, answer, ask_physician, read_answer
from maillage.protocols.models import Act, Protocol, Referral, SignUp, Version
from maillage.protocols.queries.acts import acts_of
from maillage.protocols.queries.protocols import criteria_of, usable_by
from maillage.protocols.rules.criteria import CriterionKind, Said, Standing
from maillage.protocols.rules.protocols import ActState, EvidenceLevel, ProtocolKind, Side
from maillage.protocols.rules.referrals import Purpose, Reply

__all__ = [
    "Act",
    "ActState",
    "CriterionKind",
    "EvidenceLevel",
    "Protocol",
    "ProtocolKind",
    "Purpose",
    "Referral",
    "Reply",
    "Said",
    "Side",
    "SignUp",
    "Standing",
    "Version",
    "acknowledge",
    "acts_of",
    "answer",
    "ask_physician",
    "begin_act",
    "complete_act",
    "criteria_of",
    "end_sign_up",
    "open_protocol",
    "publish",
    "read_answer",
    "return_act",
    "sign_act",
    "sign_up",
    "usable_by",
    "withdraw",
    "write_version",
]
