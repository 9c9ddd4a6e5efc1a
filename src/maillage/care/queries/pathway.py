"""The six steps of a patient's pathway, derived from the circle, the plan and the tasks."""

from __future__ import annotations

from django.utils import timezone

from maillage.care.models import Task
from maillage.care.queries.plans import PlanFile
from maillage.care.rules.pathway import Done, Facts, Step, StepState, pathway
from maillage.care.rules.plans import entries
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people


def pathway_of(patient: people.Patient, file: PlanFile | None, tasks: list[Task]) -> list[StepState]:
    """Return the steps of a patient whose plan and tasks were read by the circle; one statement more."""
    done: list[tuple[Step, Done]] = [(Step.NEED, Done(timezone.localdate(patient.created_at)))]
    links = people.CareLink.objects.of_patient(patient).select_related("professional", "structure", "person")
    contact = links.order_by("starts_at", "pk").first()
    if contact is not None:
        day = timezone.localdate(contact.starts_at)
        done.append((Step.FIRST_CONTACT, Done(day, contact.holder_name)))
    if file is not None:
        done += _of_plan(file)
    closed = [one for one in tasks if one.closed_at is not None and one.closed_by is not None]
    if closed:
        last = max(closed, key=lambda one: (one.closed_at, one.pk))
        assert last.closed_at is not None
        done.append((Step.FOLLOW_UP, Done(timezone.localdate(last.closed_at), str(last.closed_by))))
    facts = Facts(tuple(done), sum(one.is_late for one in tasks), file.revision_on if file else None)
    return pathway(facts, timezone.localdate(), rule("care.pathway.contact_days").value)


def _of_plan(file: PlanFile) -> list[tuple[Step, Done]]:
    """Return the assessment (the first version that says a problem), the plan, and the consent to it."""
    found = []
    kept = [one for one in reversed(file.versions) if not one.is_aside]
    assessed = next((one for one in kept if entries(one.content, "problem")), None)
    if assessed is not None:
        found.append((Step.ASSESSMENT, Done(timezone.localdate(assessed.at), str(assessed.by))))
    found.append((Step.PLAN, Done(timezone.localdate(file.current.at), str(file.current.by))))
    if file.consent is not None:
        found.append((Step.SUPPORT, Done(file.consent.signed_on, file.consent.who)))
    return found
