"""The front door of the care context: tasks, and what is done together for one person."""

from maillage.care.actions.acute_events import call_desk, end_event, note_advice, report_event
from maillage.care.actions.booklets import make_due_booklets
from maillage.care.actions.homes import admit, leave, revise_card
from maillage.care.actions.measures import (
    correct_measure,
    draft_rule,
    end_rule,
    record_measures,
    switch_on,
)
from maillage.care.actions.meeting_items import add_topic
from maillage.care.actions.meeting_minutes import Presence, record_attendance
from maillage.care.actions.meetings import call_meeting
from maillage.care.actions.meetings import invite as invite_to_meeting
from maillage.care.actions.plans import THE_PERSON, consent_to_plan, save_plan, settle
from maillage.care.actions.questionnaires import answer as answer_questionnaire
from maillage.care.actions.questionnaires import ask as ask_questionnaire
from maillage.care.actions.recalls import add_recall, note_recall
from maillage.care.actions.tasks import Owner, cancel_task, close_task, open_task, transfer_task
from maillage.care.models import AcuteEvent, Attendance, CrisisCard, Meeting, Questionnaire, Stay, Task
from maillage.care.queries.coordination import Held, held_meetings
from maillage.care.queries.counted import cases_counted, invitations_counted, plans_counted
from maillage.care.queries.measures import last_said
from maillage.care.queries.meeting_minutes import paid_presences
from maillage.care.queries.meetings import cases_of
from maillage.care.queries.plans import PlanFile, plan_of, plans_to_revise
from maillage.care.queries.questionnaires import asked_of as questionnaires_asked
from maillage.care.queries.questionnaires import own_questionnaire, said_vital, vital_signs
from maillage.care.queries.rights import may_add, may_write, require_writer
from maillage.care.queries.tasks import answered_in_time, tasks_of, waiting_tasks
from maillage.care.rules.meetings import MeetingKind
from maillage.care.rules.plans import Content as PlanContent
from maillage.care.rules.plans import entries as plan_entries
from maillage.care.rules.plans import months_later
from maillage.care.rules.questionnaires import Way
from maillage.care.rules.tasks import Priority, TaskOrigin, TaskState

__all__ = [
    "THE_PERSON",
    "AcuteEvent",
    "Attendance",
    "CrisisCard",
    "Held",
    "Meeting",
    "MeetingKind",
    "Owner",
    "PlanContent",
    "PlanFile",
    "Presence",
    "Priority",
    "Questionnaire",
    "Stay",
    "Task",
    "TaskOrigin",
    "TaskState",
    "Way",
    "add_recall",
    "add_topic",
    "admit",
    "answer_questionnaire",
    "answered_in_time",
    "ask_questionnaire",
    "call_desk",
    "call_meeting",
    "cancel_task",
    "cases_counted",
    "cases_of",
    "close_task",
    "consent_to_plan",
    "correct_measure",
    "draft_rule",
    "end_event",
    "end_rule",
    "held_meetings",
    "invitations_counted",
    "invite_to_meeting",
    "last_said",
    "leave",
    "make_due_booklets",
    "may_add",
    "may_write",
    "months_later",
    "note_advice",
    "note_recall",
    "open_task",
    "own_questionnaire",
    "paid_presences",
    "plan_entries",
    "plan_of",
    "plans_counted",
    "plans_to_revise",
    "questionnaires_asked",
    "record_attendance",
    "record_measures",
    "report_event",
    "require_writer",
    "revise_card",
    "said_vital",
    "save_plan",
    "settle",
    "switch_on",
    "tasks_of",
    "transfer_task",
    "vital_signs",
    "waiting_tasks",
]
