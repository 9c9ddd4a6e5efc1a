"""The front door of the telehealth context: asking an expert, answering, what becomes of an advice."""

from maillage.telehealth.actions.answers import Advice, answer, ask_precision, decline, take
from maillage.telehealth.actions.files import ShownFile
from maillage.telehealth.actions.outcomes import open_task, write_plan
from maillage.telehealth.actions.questions import Asked, acknowledge, complete, send_question, withdraw
from maillage.telehealth.actions.sessions import admit, arrive, check, end, turn_to_phone
from maillage.telehealth.models import Question, Session
from maillage.telehealth.rules.questions import Appointment, Hurry, Shared, State

__all__ = [
    "Advice",
    "Appointment",
    "Asked",
    "Hurry",
    "Question",
    "Session",
    "Shared",
    "ShownFile",
    "State",
    "acknowledge",
    "admit",
    "answer",
    "arrive",
    "ask_precision",
    "check",
    "complete",
    "decline",
    "end",
    "open_task",
    "send_question",
    "take",
    "turn_to_phone",
    "withdraw",
    "write_plan",
]
