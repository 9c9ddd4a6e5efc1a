"""Invented files whose years of keeping are over: the demonstration of their erasure, and of a legal hold."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Scope
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.kernel.sounds import name_sound
from maillage.people.models import CareLink, LegalHold, Patient, PatientAddress
from maillage.people.rules.circle import Origin
from maillage.territory import api as territory

#: Name, first name, sex, birth, how many years ago the last care was, and why the law holds the file.
_OLD = (
    ("TESSIER", "Delphine", "female", date(1971, 4, 2), 22, ""),
    ("MARCHAND", "Laurent", "male", date(1968, 11, 19), 24, ""),
    ("GUILLOT", "Sandrine", "female", date(1976, 7, 30), 21, ""),
    ("PERRIN", "Philippe", "male", date(1965, 1, 8), 23, "Recours devant le tribunal : expertise attendue"),
)  # fmt: skip


def create_old_files(scope: Scope, home: territory.Commune) -> int:
    """Give a scope files that nobody has cared for in twenty years, one held by the law; return how many."""
    now = timezone.now()
    nurse = demonstration_account(Role.NURSE)
    officer = demonstration_account(Role.DPO)
    for place, (name, first, sex, born, years, held) in enumerate(_OLD):
        last = now - timedelta(days=366 * years)
        sound = name_sound(name, first)
        patient = Patient.objects.create(
            scope=scope, birth_name=name, birth_first_names=first, search_name=search_key(name, first),
            birth_sound=sound, used_sound=sound, birth_date=born, sex=sex, is_demonstration=True,
            created_at=last,
        )  # fmt: skip
        postcode = (home.postcodes.split() or [""])[0]
        PatientAddress.objects.create(patient=patient, commune=home, postcode=postcode, position=0)
        if nurse is not None:
            CareLink.objects.create(
                patient=patient, person=nurse, origin=Origin.TEAM.value, role=Role.NURSE.value,
                starts_at=last, ends_at=last + timedelta(days=90), informed_at=last, opened_by=nurse,
            )  # fmt: skip
        if held and officer is not None:
            LegalHold.objects.create(
                patient=patient, reason=held, since=now.date() - timedelta(days=200), by=officer, at=now,
                key=f"demonstration-{place}",
            )  # fmt: skip
    return len(_OLD)
