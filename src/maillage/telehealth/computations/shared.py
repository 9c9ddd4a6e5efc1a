"""What may be shared of a file with an expert: extracts, each as the file says it today."""

from __future__ import annotations

from maillage.care import api as care
from maillage.people import api as people
from maillage.telehealth.rules.questions import Shared


def extracts(patient: people.Patient) -> dict[Shared, str]:
    """Return the extracts of a patient's file, read in scope, that have something to say; by kind."""
    plan = care.plan_of(patient)
    content = plan.content if plan is not None else {}
    found = {
        Shared.PROBLEMS: _texts(content, "problem"),
        Shared.WISHES: content.get("preferences", ""),
        Shared.GOALS: _texts(content, "goal"),
        Shared.INTERVENTIONS: _texts(content, "intervention"),
        Shared.MEASURES: "\n".join(care.last_said(patient)),
    }
    return {kind: text for kind, text in found.items() if text}


def _texts(content: care.PlanContent, kind: str) -> str:
    return "\n".join(one["text"] for one in care.plan_entries(content, kind))
