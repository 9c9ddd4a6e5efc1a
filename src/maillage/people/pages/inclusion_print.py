"""The paper of the form, always in French: what is known is printed, the rest is filled in by hand."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.kernel import formats, printing
from maillage.kernel.phones import written_phone
from maillage.people.models import CRITERION_LABELS, SYSTEM_LABELS, Patient
from maillage.people.pages.inclusion_forms import CRITERIA, said_signs

TEMPLATE = files("maillage.people.pages") / "inclusion.typ"


def inclusion_pdf(patient: Patient, address: str, now: datetime) -> bytes:
    """Return the two parts to fill in by hand; the square leads a professional to the same form on screen."""
    with override("fr"):
        born = formats.date_short(patient.birth_date) if patient.birth_date else ""
        content: dict[str, Any] = {
            "title": _("Je n’ai pas de médecin traitant"),
            "emergency": _("Un signe grave ? Appelez le 15 maintenant, avant de remplir cette fiche."),
            "first": _("1. La personne, ou un proche avec elle"),
            "second": _("2. Un professionnel de proximité"),
            "facts": [
                [_("Nom de naissance"), patient.birth_name],
                [_("Prénoms"), patient.birth_first_names],
                [_("Naissance"), born],
                [_("Téléphone"), written_phone(patient.phone) if patient.phone else ""],
                [_("Adresse"), ""],
                [_("Métier ou activité"), ""],
                [_("Langues parlées"), ""],
                [_("Un proche à prévenir, son téléphone"), ""],
            ],
            "diseases_title": _("Maladies connues (oui ou non, lesquelles)"),
            "diseases": [str(words) for words in SYSTEM_LABELS.values()],
            "lines": [_("Traitements pris"), _("Allergies")],
            "consent": _(
                "J’accepte que cette fiche soit montrée à des médecins d’ici qui peuvent me suivre. Je peux "
                "changer d’avis."
            ),
            "sign": _("Date et signature"),
            "ald": _("Affection de longue durée (ALD)"),
            "criteria": [str(CRITERION_LABELS[one]) for one in CRITERIA],
            "signs_title": _("Signes : un seul coché, appelez le 15 d’abord"),
            "signs": [
                words
                for key in ("people.signals.vital_signs", "people.inclusions.warning_signs")
                for _code, words in said_signs(key)
            ],
            "examination": _("Examen et synthèse (médecin) : poids, tension, pouls"),
            "who": _("Nom, métier et téléphone du professionnel"),
            "qr": printing.qr(address),
            "address": address,
            "caption": _("Pour saisir cette fiche dans Maillage"),
            "vintage": _("Imprimé le {day} depuis Maillage.").format(day=formats.date_short(now)),
        }
        return printing.pdf(TEMPLATE, content, timezone.localdate(now))
