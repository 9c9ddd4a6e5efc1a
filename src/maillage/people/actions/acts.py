"""Links that an act opens and that end with it: an appointment of the agenda, a request at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions.circle import Named, end_row, record
from maillage.people.models import ROLE_OF_PROFESSION, CareLink, Patient, named_fields
from maillage.people.rules.circle import ACTS, Origin

Key = tuple[int | None, str | None, int | None]


@transaction.atomic
def follow_act(
    *,
    by: Person | None,
    act: str,
    origin: Origin,
    patient: Patient | None,
    who: Sequence[tuple[Named, Role | None]],
    until: datetime | None,
) -> None:
    """Bring the links of an act in line with it: those of `who` with `patient` until `until`, and no other.

    `act` names its row (`journal.target_of`); `who` are those who take part, each in a role, for a
    professional that of the profession where none is said. Without a patient, or once `until` has passed, the
    act opens nothing any more. A link that somebody ended by hand stays ended. Called by what follows the
    act, which has checked who may; the same again changes nothing. Raises ValueError for another origin.
    """
    if origin not in ACTS:
        raise ValueError(f"{origin} is no act")
    now = timezone.now()
    wanted: dict[Key, tuple[Named, Role | None]] = {}
    if patient is not None:
        # The file's row is the lock: two who follow the same act make one link.
        Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
        if until is None or until > now:
            wanted = {_key(one): (one, role) for one, role in who if one.is_active}
    known: dict[Key, CareLink] = {}
    for row in CareLink._base_manager.filter(act=act).select_related("patient"):
        key = (row.professional_id, row.structure_id, row.person_id)
        if patient is not None and row.patient_id == patient.pk and key in wanted:
            known[key] = row
        elif row.ends_at is None or row.ends_at > now:
            end_row(None, row)
    for key, (one, role) in wanted.items():
        if key not in known:
            assert patient is not None
            _open(by, act, origin, patient, one, role, until)
        elif known[key].ended_by_id is None and known[key].ends_at != until:
            known[key].ends_at = until
            known[key].save(update_fields=["ends_at"])


def _open(
    by: Person | None,
    act: str,
    origin: Origin,
    patient: Patient,
    who: Named,
    role: Role | None,
    until: datetime | None,
) -> None:
    if role is None and isinstance(who, directory.Professional):
        role = ROLE_OF_PROFESSION.get(who.profession)
    now = timezone.now()
    link = CareLink.objects.create(
        patient=patient,
        origin=origin.value,
        role=role.value if role else "",
        act=act,
        starts_at=now,
        ends_at=until,
        informed_at=now,
        opened_by=by,
        **named_fields(who),
    )
    record(by, "people.circle_joined", link, {"origin": [None, origin.value], "role": [None, link.role]})


def _key(who: Named) -> Key:
    named: dict[str, Any] = {name: getattr(one, "pk", None) for name, one in named_fields(who).items()}
    return named.get("professional"), named.get("structure"), named.get("person")
