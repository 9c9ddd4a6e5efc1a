"""The front door of the protocols context: protocols, acts under them, what is asked of physicians."""

from maillage.protocols.actions.acts import begin_act, complete_act, return_act, sign_act
from maillage.protocols.actions.pharmacy import (
    note_shortage,
    note_vaccination,
    plan_review,
    plan_vaccination,
    read_medicine,
    share_review,
    signal_shortage,
)
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
from maillage.protocols.rules.pharmacy import Outcome
from maillage.protocols.rules.protocols import ActState, EvidenceLevel, ProtocolKind, Side
from maillage.protocols.rules.referrals import Purpose, Reply

__all__ = [
    "Act",
    "ActState",
    "CriterionKind",
    "EvidenceLevel",
    "Outcome",
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
    "note_shortage",
    "note_vaccination",
    "open_protocol",
    "plan_review",
    "plan_vaccination",
    "publish",
    "read_answer",
    "read_medicine",
    "return_act",
    "share_review",
    "sign_act",
    "sign_up",
    "signal_shortage",
    "usable_by",
    "withdraw",
    "write_version",
]
