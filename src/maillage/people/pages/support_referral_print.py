"""The paper of a referral, always in French, and the same facts for its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.kernel import formats, printing
from maillage.kernel.phones import written_phone
from maillage.people.models import CARE_LABELS, CAUSE_LABELS, GROUND_LABELS, SupportReferral
from maillage.people.queries.addresses import home_address

TEMPLATE = files("maillage.people.pages") / "support_referral.typ"


def words_of(row: SupportReferral) -> list[tuple[str, str]]:
    """Return what was said, named; what nobody said is left out."""
    facts = [
        (_("Repéré le"), formats.date_short(row.detected_on)),
        (_("Repéré par"), str(row.by)),
        (_("Motifs"), _listed(row.grounds, GROUND_LABELS)),
        (_("Soins auxquels elle renonce"), _listed(row.given_up, CARE_LABELS)),
        (_("Depuis"), str(row.get_since_display()) if row.since else ""),
        (_("À cause de"), _listed(row.causes, CAUSE_LABELS)),
        (_("Ce qui a déjà été fait"), row.already_done),
        (
            _("Accord"),
            _("{how}, le {day}").format(
                how=row.get_consent_display(), day=formats.date_short(row.consented_on)
            ),
        ),
        (_("Courrier de confirmation"), formats.date_short(row.letter_on) if row.letter_on else ""),
    ]
    return [(name, value) for name, value in facts if value]


def referral_pdf(row: SupportReferral, now: datetime) -> bytes:
    """Return the paper: who the person is, how to reach them, what was said, and where they sign."""
    with override("fr"):
        patient = row.patient
        home = home_address(patient)
        where = home.said if home is not None else ""
        content: dict[str, Any] = {
            "title": _("Orientation vers la mission accompagnement santé"),
            "subtitle": _("À transmettre à la caisse d’assurance maladie de la personne."),
            "facts": [
                [_("Nom"), patient.birth_name],
                [_("Prénoms"), patient.birth_first_names],
                [_("Naissance"), formats.date_short(patient.birth_date) if patient.birth_date else ""],
                [_("Téléphone"), written_phone(patient.phone) if patient.phone else ""],
                [_("Adresse"), where],
                *(list(fact) for fact in words_of(row)),
            ],
            "consent": _(
                "J’accepte que ces informations soient transmises à l’Assurance maladie pour m’aider "
                "dans mes droits et mes soins."
            ),
            "sign": _("Date et signature"),
            "vintage": _("Imprimé le {day} depuis Maillage.").format(day=formats.date_short(now)),
        }
        return printing.pdf(TEMPLATE, content, timezone.localdate(now))


def _listed(codes: Iterable[str], labels: Mapping[Any, Any]) -> str:
    known = {one.value: str(words) for one, words in labels.items()}
    return formats.listed(known.get(code, code) for code in codes)
