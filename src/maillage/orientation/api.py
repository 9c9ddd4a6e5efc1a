"""The front door of the desk: requests, safety, proposals, decisions, outcomes; the queue and its figures.

Each refusal is an `OrientationError` whose message is the sentence to show. Writes are keyword-only.
"""

from maillage.orientation.actions.asking import send_request, withdraw
from maillage.orientation.actions.closing import close, decide, transfer_to_15
from maillage.orientation.actions.correcting import correct_outcome, may_correct
from maillage.orientation.actions.demonstration import create_demonstration_desk
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.outside import book_over_capacity, send_outside_slot
from maillage.orientation.actions.proposals import (
    Next,
    give_back,
    hold,
    hold_and_book,
    propose,
    refuse_proposal,
)
from maillage.orientation.actions.requests import (
    FIELDS,
    describe,
    hand_over_shift,
    open_request,
    release,
    take,
)
from maillage.orientation.actions.safety import (
    answer_questions,
    confirm_spoken_check,
    create_example_sheets,
)
from maillage.orientation.computations.capacity import Capacity, free_capacity
from maillage.orientation.computations.criteria import PROFESSIONS, Criteria
from maillage.orientation.computations.elsewhere import consulting_at
from maillage.orientation.computations.over_capacity import ExtraSeat, extra_seats
from maillage.orientation.models import (
    Closure,
    Decision,
    HandOver,
    Proposal,
    Request,
    SafetyAnswer,
    SafetySheet,
    Search,
    SpokenCheck,
)
from maillage.orientation.queries.asked import is_vital, last_decision, last_sent, under_way_count
from maillage.orientation.queries.desk import (
    EVENTS,
    READ_WITH,
    QueueLine,
    RequestFile,
    Today,
    file_of,
    last_event,
    on_call_now,
    queue,
    regulators,
    request_file,
    today,
)
from maillage.orientation.queries.lists import motive_label, motive_labels, motive_rules, motives, protocols
from maillage.orientation.queries.outcomes import (
    Received,
    Sent,
    closed_since,
    joinable,
    received,
    received_count,
    said,
    sent,
    to_close,
)
from maillage.orientation.queries.safety import Clearance, clearance, sheets_for
from maillage.orientation.rules.safety import MotiveRule, Obstacle
from maillage.orientation.rules.vocabulary import (
    Answer,
    CallerKind,
    CareLevel,
    DecisionKind,
    Delay,
    Origin,
    Outcome,
    Priority,
    ProposalKind,
    RefusalReason,
    State,
    Urgency,
)

__all__ = [
    "EVENTS",
    "FIELDS",
    "PROFESSIONS",
    "READ_WITH",
    "Answer",
    "CallerKind",
    "Capacity",
    "CareLevel",
    "Clearance",
    "Closure",
    "Criteria",
    "Decision",
    "DecisionKind",
    "Delay",
    "ExtraSeat",
    "HandOver",
    "MotiveRule",
    "Next",
    "Obstacle",
    "OrientationError",
    "Origin",
    "Outcome",
    "Priority",
    "Proposal",
    "ProposalKind",
    "QueueLine",
    "Received",
    "Refusal",
    "RefusalReason",
    "Request",
    "RequestFile",
    "SafetyAnswer",
    "SafetySheet",
    "Search",
    "Sent",
    "SpokenCheck",
    "State",
    "Today",
    "Urgency",
    "answer_questions",
    "book_over_capacity",
    "clearance",
    "close",
    "closed_since",
    "confirm_spoken_check",
    "consulting_at",
    "correct_outcome",
    "create_demonstration_desk",
    "create_example_sheets",
    "decide",
    "describe",
    "extra_seats",
    "file_of",
    "free_capacity",
    "give_back",
    "hand_over_shift",
    "hold",
    "hold_and_book",
    "is_vital",
    "joinable",
    "last_decision",
    "last_event",
    "last_sent",
    "may_correct",
    "motive_label",
    "motive_labels",
    "motive_rules",
    "motives",
    "on_call_now",
    "open_request",
    "propose",
    "protocols",
    "queue",
    "received",
    "received_count",
    "refuse_proposal",
    "regulators",
    "release",
    "request_file",
    "said",
    "send_outside_slot",
    "send_request",
    "sent",
    "sheets_for",
    "take",
    "to_close",
    "today",
    "transfer_to_15",
    "under_way_count",
    "withdraw",
]
