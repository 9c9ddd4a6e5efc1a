"""The front door of the desk: requests, safety, proposals, decisions, outcomes; the queue and its figures.

Each refusal is an `OrientationError` whose message is the sentence to show. Writes are keyword-only.
"""

from maillage.orientation.actions.closing import close, decide, transfer_to_15
from maillage.orientation.actions.demonstration import create_demonstration_desk
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.proposals import Next, hold, hold_and_book, propose, refuse_proposal
from maillage.orientation.actions.requests import (
    FIELDS,
    describe,
    hand_over_shift,
    open_request,
    release,
    take,
)
from maillage.orientation.actions.safety import answer_questions, create_example_sheets
from maillage.orientation.computations.criteria import PROFESSIONS, Criteria
from maillage.orientation.models import (
    Closure,
    Decision,
    HandOver,
    Proposal,
    Request,
    SafetyAnswer,
    SafetySheet,
    Search,
)
from maillage.orientation.queries.desk import (
    EVENTS,
    Capacity,
    QueueLine,
    RequestFile,
    Today,
    free_capacity,
    last_event,
    on_call_now,
    queue,
    regulators,
    request_file,
    to_close,
    today,
)
from maillage.orientation.queries.lists import motive_label, motives, protocols
from maillage.orientation.queries.safety import sheets_for
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
    "Answer",
    "CallerKind",
    "Capacity",
    "CareLevel",
    "Closure",
    "Criteria",
    "Decision",
    "DecisionKind",
    "Delay",
    "HandOver",
    "Next",
    "OrientationError",
    "Origin",
    "Outcome",
    "Priority",
    "Proposal",
    "ProposalKind",
    "QueueLine",
    "Refusal",
    "RefusalReason",
    "Request",
    "RequestFile",
    "SafetyAnswer",
    "SafetySheet",
    "Search",
    "State",
    "Today",
    "Urgency",
    "answer_questions",
    "close",
    "create_demonstration_desk",
    "create_example_sheets",
    "decide",
    "describe",
    "free_capacity",
    "hand_over_shift",
    "hold",
    "hold_and_book",
    "last_event",
    "motive_label",
    "motives",
    "on_call_now",
    "open_request",
    "propose",
    "protocols",
    "queue",
    "refuse_proposal",
    "regulators",
    "release",
    "request_file",
    "sheets_for",
    "take",
    "to_close",
    "today",
    "transfer_to_15",
]
