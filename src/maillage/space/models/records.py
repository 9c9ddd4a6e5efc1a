"""What the space of patients keeps about them: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.space.models.checks import SafetyCheck
from maillage.space.models.entries import EntryCode
from maillage.space.models.letters import Letter

RECORDS = (
    Record(SafetyCheck, "patient", "people.retention.file", cared=("at",)),
    Record(EntryCode, "patient", "people.retention.file"),
    Record(Letter, "patient", "people.retention.file"),
)
PROCESSING = Processing(
    _("Espace des patients et des aidants"),
    _("Prendre un rendez-vous par soi-même, après des questions de sécurité."),
    _("Patients, aidants"),
    _("La personne, l’aidant qu’elle a mandaté, le professionnel choisi"),
)
