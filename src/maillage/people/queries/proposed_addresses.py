"""The addresses that people propose, which wait for somebody of their care team."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from maillage.kernel.models import Person
from maillage.kernel.statements import given
from maillage.people.models import CareLink, PatientAddress, readable
from maillage.people.queries.patients import log_access
from maillage.people.rules.addresses import State
from maillage.people.rules.circle import CARE_TEAM, Part

LISTING = "adresses proposées, à confirmer"


def addresses_proposed() -> QuerySet[PatientAddress]:
    """Return what those in whose care team the reader is proposed, for a statement; the circle is next."""
    # The base manager, for keys alone: nobody is named.
    now, mine = given("now"), Q(person=given("person")) | Q(professional__account=given("person"))
    team = CareLink._base_manager.filter(
        mine,
        Q(ends_at=None) | Q(ends_at__gt=now),
        patient=OuterRef("patient"),
        origin__in=sorted(one.value for one in CARE_TEAM),
        starts_at__lte=now,
    )
    return PatientAddress._base_manager.filter(Exists(team), state=State.PROPOSED.value)


def addresses_seen(person: Person) -> QuerySet[PatientAddress]:
    """Return the addresses of those whom `person` may reach, by the circle; names nobody."""
    return PatientAddress.objects.filter(readable(person, Part.REACH, prefix="patient__"))._scoped()


def proposed_among(person: Person, keys: Sequence[int]) -> list[PatientAddress]:
    """Return those of some addresses still proposed that `person` may read; each file is logged."""
    rows = addresses_seen(person).filter(pk__in=list(keys), state=State.PROPOSED.value)
    found = list(rows.select_related("patient__scope", "commune").order_by("at", "pk"))
    if found:
        patients = {one.patient_id: one.patient for one in found}
        log_access(by=person, patients=patients.values(), what="list", purpose=LISTING)
    return found
