"""Invented forms of people without a médecin traitant: one whole, one to complete, one for the 15 first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from maillage.kernel.api import demonstration_account
from maillage.kernel.rules import Role
from maillage.people.models import CareLink, DoctorInclusion, Patient, ReferringDoctorRequest, named_fields
from maillage.people.rules.circle import Origin
from maillage.people.rules.referring_doctor import OPEN

#: What each form says, from the one whose search is the oldest.
_FORMS: tuple[dict[str, Any], ...] = (
    {
        "teller": "self", "occupation": "Ancienne couturière", "languages": "français, portugais",
        "contact_name": "Sa fille, Rosa", "contact_phone": "+33639980140", "diseases": ["heart", "senses"],
        "diseases_said": "Tension depuis dix ans, entend mal.", "treatments": "Amlodipine 5 mg le matin.",
        "allergies": "Pénicilline", "agreed": "signed", "ald": "yes", "criteria": ["disability"],
        "no_sign": True, "examination": "Pilulier tenu, chaussures inadaptées.",
    },
    {
        "teller": "beside", "languages": "arabe, un peu de français", "diseases": ["lung"], "agreed": "told",
        "treatments": "Ne sait plus les noms.",
    },
    {"teller": "carer", "languages": "français", "agreed": "told", "signs": ["breathless"], "ald": "no"},
)  # fmt: skip


def create_inclusions(patients: Sequence[Patient]) -> None:
    """Give three people who look for a doctor, or do not yet, the form that a nurse filled in with them.

    The nurse is of their care team, and may complete it.
    """
    nurse = demonstration_account(Role.NURSE)
    if nurse is None:
        return
    searches = ReferringDoctorRequest._base_manager.filter(
        patient__in=patients[1:], state__in=[state.value for state in OPEN]
    )
    found = list(searches.order_by("requested_at").select_related("patient"))[:2]
    searching = {one.patient_id for one in searches}
    alone = [one for one in patients[1:] if one.referring_doctor_id is None and one.pk not in searching]
    people: list[tuple[Patient, ReferringDoctorRequest | None]] = [(one.patient, one) for one in found]
    people += [(one, None) for one in alone[:1]]
    for place, ((patient, request), said) in enumerate(zip(people, _FORMS, strict=False)):
        now = timezone.now() - timedelta(days=3 - place)
        if not CareLink.objects.of_patient(patient).filter(ends_at=None, **named_fields(nurse)).exists():
            CareLink.objects.create(
                patient=patient, origin=Origin.TEAM.value, role=Role.NURSE.value, starts_at=now,
                informed_at=now, opened_by=nurse, **named_fields(nurse),
            )  # fmt: skip
        has_second = bool({"ald", "no_sign", "signs"} & said.keys())
        DoctorInclusion.objects.create(
            patient=patient, by=nurse, written_by=nurse, at=now, key=f"demonstration-{place}",
            agreed_on=now.date(), completed_by=nurse if has_second else None,
            completed_at=now if has_second else None, request=request, **said,
        )  # fmt: skip
