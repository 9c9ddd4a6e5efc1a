"""What care keeps about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from maillage.care.models.acute_events import AcuteEvent, PeerReview, Transfer
from maillage.care.models.homes import AggirGrid, CrisisCard, Stay
from maillage.care.models.measures import Alert, AlertRule, Measure
from maillage.care.models.meeting_minutes import MeetingDecision, MinutesText
from maillage.care.models.meetings import AgendaItem, MeetingInvitation
from maillage.care.models.networks import NetworkPathway, NetworkStep
from maillage.care.models.plans import PlanConsent, PlanVersion, SharedPlan
from maillage.care.models.questionnaires import Questionnaire
from maillage.care.models.recalls import Recall, RecallStep
from maillage.care.models.tasks import Task
from maillage.kernel.contributions import Processing, Record

FILE = "people.retention.file"
#: What a carer says of themself, which the patient's own copy leaves out.
_OF_A_CARER = ("carer", "title", "asked", "answers", "words", "signs", "alarms")


def said_by_a_carer(row: Questionnaire) -> Iterable[str]:
    """Return the columns that tell of the carer where it was asked of one."""
    return _OF_A_CARER if row.carer_id is not None else ()


RECORDS = (
    Record(SharedPlan, "patient", FILE),
    Record(PlanVersion, "plan__patient", FILE, cared=("at",)),
    Record(PlanConsent, "plan__patient", FILE),
    Record(Task, "patient", FILE, cared=("at", "closed_at")),
    Record(Measure, "patient", FILE, cared=("taken_at",)),
    Record(AlertRule, "patient", FILE),
    Record(Alert, "rule__patient", FILE),
    Record(NetworkPathway, "patient", FILE),
    Record(NetworkStep, "pathway__patient", FILE, cared=("at",)),
    Record(Recall, "patient", FILE),
    Record(RecallStep, "recall__patient", FILE, cared=("at",)),
    Record(Questionnaire, "patient", FILE, withholds=said_by_a_carer, cared=("at", "answered_at")),
    Record(AgendaItem, "patient", FILE, cared=("at",)),
    Record(MeetingInvitation, "item__patient", FILE),
    Record(MinutesText, "item__patient", FILE),
    Record(MeetingDecision, "item__patient", FILE, cared=("at",)),
    Record(Stay, "patient", FILE, cared=("since", "until"), lasting="until"),
    Record(CrisisCard, "patient", FILE, cared=("at",)),
    Record(AggirGrid, "patient", FILE, cared=("at",)),
    Record(AcuteEvent, "stay__patient", FILE, cared=("at",)),
    Record(Transfer, "event__stay__patient", FILE, cared=("left_at", "returned_at")),
    Record(
        PeerReview,
        "event__stay__patient",
        FILE,
        aside=_("évaluation entre pairs, hors du dossier"),
    ),
)
PROCESSING = Processing(
    _("Coordination des soins"),
    _(
        "Suivre un plan, des mesures, des rappels, des questionnaires, des réunions, "
        "et les résidents d’un EHPAD."
    ),
    _("Patients, résidents, professionnels"),
    _("Cercle de soins de chaque personne"),
)
