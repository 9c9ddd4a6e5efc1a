"""What is kept about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.kernel.models import Person, RoleAssignment
from maillage.people.models.carers import Mandate, MandateItem
from maillage.people.models.circle import CareConsent, CareLink, CareOpposition
from maillage.people.models.inclusions import DoctorInclusion
from maillage.people.models.patients import AccessLogEntry, Patient, PatientAddress
from maillage.people.models.referring_doctor import DoctorProposal, ReferringDoctorRequest
from maillage.people.models.restrictions import CareRestriction
from maillage.people.models.retention import LegalHold
from maillage.people.models.rights import DataCopy, RightsRequest
from maillage.people.models.signals import Signal, SignalAsked
from maillage.people.models.support import CarerAnswers
from maillage.people.models.support_referrals import SupportReferral

FILE = "people.retention.file"


def said_by_others(row: Signal) -> tuple[str, ...]:
    """Return what a carer told of the person, which is the carer's."""
    return () if row.by_id == row.patient.account_id else ("text",)


RECORDS = (
    Record(
        Patient,
        "",
        FILE,
        cared=("created_at",),
        erasable=("other_phone", "email", "carer_name", "carer_phone"),
    ),
    Record(PatientAddress, "patient", FILE),
    Record(CareLink, "patient", FILE, cared=("starts_at",)),
    Record(CareConsent, "patient", FILE),
    Record(CareOpposition, "patient", FILE),
    Record(Mandate, "patient", FILE),
    Record(MandateItem, "mandate__patient", FILE),
    Record(ReferringDoctorRequest, "patient", FILE, cared=("requested_at", "closed_at")),
    Record(DoctorProposal, "request__patient", FILE),
    Record(DoctorInclusion, "patient", FILE, cared=("at",)),
    Record(SupportReferral, "patient", FILE, cared=("at", "answered_at")),
    Record(Signal, "patient", FILE, cared=("at",), withholds=said_by_others),
    Record(SignalAsked, "signal__patient", FILE),
    Record(CarerAnswers, "person__patient_file", FILE, erasable=("answers",)),
    Record(Person, "patient_file", FILE, hides=("password",)),
    Record(RoleAssignment, "person__patient_file", FILE),
    Record(RightsRequest, "patient", FILE),
    Record(DataCopy, "request__patient", FILE),
    Record(CareRestriction, "patient", FILE),
    Record(LegalHold, "patient", FILE),
    Record(AccessLogEntry, "patient", FILE),
)
PROCESSING = Processing(
    _("Dossiers et cercles de soins"),
    _("Savoir qui est la personne, qui la soigne, qui lit quoi ; trouver un médecin traitant."),
    _("Patients, aidants, professionnels"),
    _("Cercle de soins de chaque personne ; coordination pour la recherche d’un médecin traitant"),
)
