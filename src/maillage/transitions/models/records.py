"""What transitions keep about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.kernel.contributions import Processing, Record
from maillage.transitions.models.complex_cases import ComplexCase, PartnerRequest
from maillage.transitions.models.ways import MedicineLine, Way

FILE = "people.retention.file"
RECORDS = (
    Record(ComplexCase, "patient", FILE, cared=("at", "closed_at")),
    Record(PartnerRequest, "case__patient", FILE, cared=("at", "answered_at")),
    Record(Way, "patient", FILE, cared=("at", "entered_on", "left_at", "closed_at")),
    Record(MedicineLine, "way__patient", FILE),
)
PROCESSING = Processing(
    _("Situations complexes"),
    _("Confier une situation complexe au DAC et rendre son issue à qui l’a confiée."),
    _("Patients, professionnels, partenaires"),
    _("Le DAC, le cercle de soins de la personne, les partenaires sollicités"),
)
