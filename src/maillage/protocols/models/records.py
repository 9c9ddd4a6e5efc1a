"""What protocols keep about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.protocols.models.acts import Act
from maillage.protocols.models.education import Enrolment, Evaluation, SessionPlace
from maillage.protocols.models.pharmacy import MedicationReview, ReviewLine, Shortage, Vaccination
from maillage.protocols.models.referrals import Referral, ReferralAsked

FILE = "people.retention.file"
RECORDS = (
    Record(Act, "patient", FILE, cared=("at", "closed_at")),
    Record(Referral, "patient", FILE, cared=("at", "answered_at")),
    Record(ReferralAsked, "referral__patient", FILE),
    Record(MedicationReview, "patient", FILE, cared=("at", "planned_on", "shared_at")),
    Record(ReviewLine, "review__patient", FILE),
    Record(Shortage, "patient", FILE, cared=("at",)),
    Record(Vaccination, "patient", FILE, cared=("at", "planned_on")),
    Record(Enrolment, "patient", FILE, cared=("at", "assessed_at", "ended_at"), lasting="ended_at"),
    Record(SessionPlace, "enrolment__patient", FILE),
    Record(Evaluation, "enrolment__patient", FILE),
)
PROCESSING = Processing(
    _("Protocoles, actes de pharmacien, éducation thérapeutique"),
    _(
        "Faire un acte délégué, demander l’avis du médecin, suivre un bilan, une rupture, une vaccination, "
        "un programme d’éducation thérapeutique."
    ),
    _("Patients, professionnels"),
    _("Cercle de soins de chaque personne"),
)
