"""What agendas keep about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.appointments import Appointment, Occupation, StateChange
from maillage.agenda.models.waiting import Offer, WaitingEntry
from maillage.kernel.contributions import Processing, Record

FILE = "people.retention.file"
RECORDS = (
    Record(Appointment, "patient", FILE, cared=("slot__starts_at",)),
    Record(StateChange, "appointment__patient", FILE),
    Record(Occupation, "appointment__patient", FILE, aside=_("répète les heures des rendez-vous")),
    Record(WaitingEntry, "patient", FILE, cared=("created_at",)),
    Record(Offer, "entry__patient", FILE),
)
PROCESSING = Processing(
    _("Rendez-vous"),
    _("Proposer et prendre des rendez-vous, tenir une liste d’attente."),
    _("Patients, professionnels"),
    _("Le professionnel, qui tient son agenda, le bureau de régulation"),
)
