"""What the desk keeps about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.orientation.models.closing import Closure, Decision
from maillage.orientation.models.proposals import Proposal, Search
from maillage.orientation.models.requests import Request
from maillage.orientation.models.safety import SafetyAnswer, SpokenCheck
from maillage.orientation.rules.vocabulary import CallerKind

FILE = "people.retention.file"


def said_by_others(row: Request) -> tuple[str, ...]:
    """Return what somebody else than the person told the desk of a request, which is not given to them."""
    if row.caller_kind == CallerKind.PATIENT.value:
        return ()
    return ("caller_name", "caller_phone", "complaint")


RECORDS = (
    Record(Request, "patient", FILE, cared=("called_at", "ended_at"), withholds=said_by_others),
    Record(Search, "request__patient", FILE),
    Record(Proposal, "request__patient", FILE),
    Record(Decision, "request__patient", FILE),
    Record(Closure, "request__patient", FILE),
    Record(SafetyAnswer, "request__patient", FILE),
    Record(SpokenCheck, "request__patient", FILE),
)
PROCESSING = Processing(
    _("Régulation des soins non programmés"),
    _("Répondre à une demande de soin sans rendez-vous et en suivre l’issue."),
    _("Patients, appelants, régulateurs"),
    _("Le bureau de régulation, le professionnel qui reçoit la personne, le 15"),
)
