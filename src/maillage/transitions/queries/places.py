"""Where a patient lives, by the name of the commune alone."""

from __future__ import annotations

from maillage.people import api as people


def commune_of(patient: people.Patient) -> str:
    """Return the commune of the first address of a patient who was read in scope; empty without one."""
    rows = people.PatientAddress.objects.in_scope(patient.scope).filter(patient=patient)
    name: str | None = rows.order_by("position", "pk").values_list("commune__name", flat=True).first()
    return name or ""
