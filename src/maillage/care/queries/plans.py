"""Reads of shared plans; whoever calls has read the patient by the circle (`people.patient_part`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from maillage.care.models import PlanConsent, PlanVersion, SharedPlan
from maillage.care.rules.plans import missing
from maillage.kernel.models import Person
from maillage.people import api as people


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The plan of a patient as it stands: its text, its versions, what waits to be merged, who agreed."""

    plan: SharedPlan
    current: PlanVersion
    versions: list[PlanVersion]
    consents: list[PlanConsent]
    aside: list[PlanVersion] = field(default_factory=list)

    @property
    def content(self) -> Mapping[str, str]:
        """The text of the current version."""
        text: Mapping[str, str] = self.current.content
        return text

    @property
    def consent(self) -> PlanConsent | None:
        """The consent to the current version, None where nobody gave one."""
        return next((one for one in self.consents if one.version == self.current.number), None)

    @property
    def revision_on(self) -> date | None:
        """When the plan is to be looked at again."""
        text = self.content.get("revision_on", "")
        return date.fromisoformat(text) if text else None

    @property
    def is_late(self) -> bool:
        """Whether the day of its review has passed."""
        return self.revision_on is not None and self.revision_on < timezone.localdate()

    @property
    def missing(self) -> list[str]:
        """Which of the ten steps have no answer yet."""
        return missing(self.content)


def plan_of(patient: people.Patient) -> PlanFile | None:
    """Return the plan of a patient read in scope, None where there is none; three statements."""
    plan = SharedPlan.objects.of_patient(patient).first()
    if plan is None:
        return None
    rows = list(PlanVersion.objects.of_patient(patient).select_related("by"))
    current = next(one for one in rows if not one.is_aside)
    consents = list(PlanConsent.objects.of_patient(patient).select_related("by"))
    aside = [one for one in rows if one.is_aside and one.merged_into is None]
    return PlanFile(plan, current, rows, consents, aside)


def plans_to_revise(person: Person) -> list[tuple[int, date]]:
    """Return whose plan that `person` reads has passed its day of revision, the oldest day first.

    As keys of patients with that day; one statement, nobody is named, nothing is logged.
    """
    rows = PlanVersion.objects.for_person(person).filter(is_aside=False).order_by("plan", "number")
    last = dict(rows.values_list("plan__patient", "content__revision_on"))
    today = timezone.localdate()
    found = [(patient, date.fromisoformat(day)) for patient, day in last.items() if day]
    return sorted(((patient, day) for patient, day in found if day < today), key=lambda one: (one[1], one[0]))
