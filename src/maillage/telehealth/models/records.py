"""What telehealth keeps about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.telehealth.models.files import QuestionFile
from maillage.telehealth.models.questions import Question, QuestionStep
from maillage.telehealth.models.sessions import Session

FILE = "people.retention.file"
RECORDS = (
    Record(Question, "patient", FILE, cared=("at", "closed_at")),
    Record(QuestionStep, "question__patient", FILE, cared=("at",)),
    Record(QuestionFile, "question__patient", FILE, cared=("at",)),
    Record(Session, "appointment__patient", FILE, cared=("created_at", "ended_at")),
)
PROCESSING = Processing(
    _("Soins à distance"),
    _("Demander un avis à un expert et y répondre, recevoir une personne en téléconsultation."),
    _("Patients, professionnels"),
    _("Le cercle de soins de la personne, l’expert le temps de la demande"),
)
