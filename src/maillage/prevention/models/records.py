"""What prevention keeps about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.prevention.models.acts import PreventionAct, TargetReason
from maillage.prevention.models.campaigns import Invitee, InviteeStep, RunLetter
from maillage.prevention.models.days import DayEntry

FILE = "people.retention.file"
RECORDS = (
    Record(Invitee, "patient", FILE),
    Record(InviteeStep, "invitee__patient", FILE),
    Record(RunLetter, "patient", FILE),
    Record(PreventionAct, "patient", FILE, cared=("at",)),
    Record(TargetReason, "patient", FILE),
    Record(DayEntry, "patient", FILE),
)
PROCESSING = Processing(
    _("Prévention"),
    _("Inviter les personnes concernées par un acte de prévention, noter leurs réponses et les actes faits."),
    _("Patients connus du territoire, professionnels"),
    _("Cercle de soins de chaque personne ; des comptes pour qui conduit la prévention"),
)
