"""The words in which the pages of a plan say its text, its changes and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.care.actions.plans import THE_PERSON
from maillage.care.models import PROBLEM_LABELS
from maillage.care.queries.plans import PlanFile
from maillage.care.rules.plans import Change, Content, Entry, ProblemKind, entries
from maillage.kernel import formats
from maillage.kernel.phones import written_phone
from maillage.people import api as people

FIELD_LABELS: Mapping[str, str | Promise] = {
    "coordinator": lazy("Qui coordonne"),
    "phone": lazy("Comment joindre la coordination"),
    "preferences": lazy("Ce que la personne souhaite"),
    "alert_procedure": lazy("Que faire si cela ne va pas"),
    "revision_on": lazy("Prochaine révision"),
    "problem.text": lazy("Problème"),
    "problem.kind": lazy("Nature du problème"),
    "problem.is_priority": lazy("Priorité : agir est utile et possible"),
    "goal.text": lazy("Objectif négocié"),
    "goal.criterion": lazy("Critère d’évaluation"),
    "intervention.text": lazy("Intervention"),
    "intervention.note": lazy("Précision : dose, rythme, ajustement"),
    "intervention.owner": lazy("Qui le fait"),
    "intervention.due_on": lazy("Avant le"),
}
MISSING_LABELS: Mapping[str, str | Promise] = {
    "coordinator": lazy("qui coordonne"),
    "problems": lazy("les problèmes"),
    "priorities": lazy("les priorités"),
    "preferences": lazy("ce que la personne souhaite"),
    "goals": lazy("les objectifs"),
    "interventions": lazy("les interventions"),
    "owners": lazy("qui fait chaque intervention"),
    "criteria": lazy("le critère d’évaluation de chaque objectif"),
    "revision_on": lazy("la date de révision"),
    "alert_procedure": lazy("que faire si cela ne va pas"),
}


def owners_of(patient: people.Patient) -> dict[str, str]:
    """Return who may be named in a plan, by key: the person, and those of the circle who read it."""
    holders = people.holders_reading(patient, people.Part.PLAN)
    return {THE_PERSON: patient.name} | {key: name for key, name, _who in holders}


def named(key: str, owners: Mapping[str, str]) -> str:
    """Return the name of who is named in a plan, even where they left the circle."""
    if key in owners or not key:
        return owners.get(key, "")
    return str(people.holder_of(key) or _("compte fermé"))


@dataclass(frozen=True, slots=True)
class Intervention:
    """Who does what before when, and whether that day has passed."""

    text: str
    note: str
    owner: str
    owner_key: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as pages and papers say it."""

    coordinator: str
    phone: str
    problems: list[tuple[str, str, bool]]
    preferences: str
    goals: list[tuple[str, str]]
    interventions: list[Intervention]
    revision_on: date | None
    alert_procedure: str


def view(content: Content, owners: Mapping[str, str]) -> PlanView:
    """Return the text of a plan with its names and its words."""
    revision = content.get("revision_on", "")
    return PlanView(
        named(content.get("coordinator", ""), owners),
        written_phone(content.get("phone", "")),
        [_problem(one) for one in entries(content, "problem")],
        content.get("preferences", ""),
        [(one["text"], one["criterion"]) for one in entries(content, "goal")],
        [_intervention(one, owners) for one in entries(content, "intervention")],
        date.fromisoformat(revision) if revision else None,
        content.get("alert_procedure", ""),
    )


def _problem(one: Entry) -> tuple[str, str, bool]:
    kind = str(PROBLEM_LABELS[ProblemKind(one["kind"])]) if one["kind"] else ""
    return one["text"], kind, bool(one["is_priority"])


def _intervention(one: Entry, owners: Mapping[str, str]) -> Intervention:
    due = date.fromisoformat(one["due_on"]) if one["due_on"] else None
    return Intervention(one["text"], one["note"], named(one["owner"], owners), one["owner"], due)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value before and after, with the name of its field."""

    path: str
    label: str
    before: str
    after: str


def differences(found: Iterable[Change], owners: Mapping[str, str]) -> list[Difference]:
    """Return changes in words."""
    return [
        Difference(
            one.path,
            label(one.path),
            said(one.path, one.before, owners),
            said(one.path, one.after, owners),
        )
        for one in found
    ]


def label(path: str) -> str:
    """Return the name of the field of a path."""
    parts = path.split(".")
    return str(FIELD_LABELS[parts[0] if len(parts) == 1 else f"{parts[0]}.{parts[2]}"])


def said(path: str, value: str, owners: Mapping[str, str]) -> str:
    """Return a value as people read it: a name, a day, a word."""
    name = path.rsplit(".", 1)[-1]
    if not value:
        return ""
    if name in {"owner", "coordinator"}:
        return named(value, owners)
    if name in {"due_on", "revision_on"}:
        return formats.date_short(date.fromisoformat(value))
    if name == "kind":
        return str(PROBLEM_LABELS[ProblemKind(value)])
    return _("oui") if name == "is_priority" else value


def finding(file: PlanFile) -> str:
    """Say where the plan stands in one sentence: its version, who agreed, when it is looked at again."""
    parts = [
        _("Version {number} du {day}, par {name}").format(
            number=file.current.number, day=formats.date_short(file.current.at), name=file.current.by
        ),
        _("accord donné le {day}").format(day=formats.date_short(file.consent.signed_on))
        if file.consent
        else _("accord de la personne à recueillir"),
    ]
    if file.revision_on is not None:
        late = _("révision attendue depuis le {day}") if file.is_late else _("à revoir le {day}")
        parts.append(late.format(day=formats.date_short(file.revision_on)))
    return f"{', '.join(parts)}."
