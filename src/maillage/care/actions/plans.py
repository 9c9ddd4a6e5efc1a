"""Writing a shared plan: each version is kept, and what two people write at once is merged, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.tasks import cancel_task_of, open_task, reads_plan
from maillage.care.models import PlanConsent, PlanVersion, SharedPlan
from maillage.care.queries.rights import may_write
from maillage.care.rules.plans import Choice, Merge, changes, entries, merge
from maillage.care.rules.tasks import TaskOrigin
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.people import api as people

#: The patient does what their own plan says: no task is written for them.
THE_PERSON = "self"
DUE_AT = time(18)
LONGEST_VALUE, MOST_VALUES = 4000, 400


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a text: the version that keeps it, and the merge where somebody wrote meanwhile."""

    version: PlanVersion
    merge: Merge | None = None


@transaction.atomic
def save_plan(
    *, by: Person, patient: people.Patient, base: int, content: Mapping[str, str], note: str = ""
) -> Saved:
    """Keep the plan as `by` wrote it from the version `base` (0: there was none).

    Where somebody else wrote meanwhile, what does not meet is brought together in one version; where both
    changed the same words, the text is kept aside for `settle`. The same text again changes nothing. The
    patient writes their own preferences and nothing else. Raises PermissionDenied, ValidationError.
    """
    decision = people.decision(by, patient, people.Part.PLAN)
    plan = _locked(by, patient)
    rows = {one.number: one for one in PlanVersion.objects.of_patient(patient)}
    current = _current(rows)
    was = current.content if current else {}
    started = rows[base].content if base in rows else {}
    ours = _checked(patient, content, started)
    if not may_write(decision):
        _require_own_words(decision, changes(started, ours))
    if current is not None and ours == was:
        return Saved(current)
    if current is None or base == current.number:
        return Saved(_keep(by, plan, rows, ours, base=base, note=note, before=was))
    merged = merge(started, ours, was)
    if not merged.conflicts:
        if merged.content == was:
            return Saved(current, merged)
        version = _keep(by, plan, rows, merged.content, base=current.number, note=note, before=was)
        return Saved(version, merged)
    known = next(
        (one for one in rows.values() if one.is_aside and one.content == ours and one.by == by), None
    )
    if known is None:
        known = _keep(by, plan, rows, ours, base=base, note=note, before=was, is_aside=True)
    return Saved(known, merged)


@transaction.atomic
def settle(*, by: Person, aside: PlanVersion, choices: Mapping[str, Choice]) -> PlanVersion:
    """Bring a text kept aside into the plan as it is now, what both changed as `choices` say (by path).

    Settled already, the version that it made is returned. Raises PermissionDenied.
    """
    patient = aside.plan.patient
    if not may_write(people.decision(by, patient, people.Part.PLAN)):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
    plan = _locked(by, patient)
    rows = {one.number: one for one in PlanVersion.objects.of_patient(patient)}
    row = rows[aside.number]
    if row.merged_into is not None:
        return rows[row.merged_into]
    current = _current(rows)
    assert current is not None
    started = rows[row.based_on].content if row.based_on in rows else {}
    merged = merge(started, row.content, current.content, choices)
    version = current
    if merged.content != current.content:
        version = _keep(
            by, plan, rows, merged.content, base=current.number, note=row.note, before=current.content
        )
    row.merged_into = version.number
    row.save(update_fields=["merged_into"])
    return version


@transaction.atomic
def consent_to_plan(
    *, by: Person, patient: people.Patient, version: int, who: str, means: people.Means, signed_on: date
) -> PlanConsent:
    """Write that the person, or who speaks for them, agrees to a version: who, how, when.

    Again, the same row is returned. By the patient in their space, in their own name; otherwise by a
    professional who writes the plan. Raises PermissionDenied, ValidationError.
    """
    own = patient.account_id == by.pk
    if not own and not may_write(people.decision(by, patient, people.Part.PLAN)):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
    if own:
        who, means, signed_on = patient.name, people.Means.SPACE, timezone.localdate()
    elif means is people.Means.SPACE:
        raise ValidationError(_("Dites si la personne l’a dit de vive voix ou par écrit."))
    if not who.strip():
        raise ValidationError(_("Dites qui a donné son accord."))
    if signed_on > timezone.localdate():
        raise ValidationError(_("Un accord ne se date pas de demain."))
    row = PlanVersion.objects.of_patient(patient).filter(number=version, is_aside=False).first()
    if row is None:
        raise ValidationError(_("Cette version du plan n’existe pas."))
    consent, is_new = PlanConsent.objects.of_patient(patient).get_or_create(
        plan=row.plan,
        version=version,
        who=who.strip()[:120],
        defaults={"means": means.value, "signed_on": signed_on, "by": by},
    )
    if is_new:
        _record(by, "care.plan_consented", row, {"version": [None, version], "means": consent.means})
    return consent


def _require_own_words(decision: people.Decision, changed: list[Any]) -> None:
    """Raise PermissionDenied unless it is the patient, who changes their preferences alone."""
    own = decision.is_allowed and decision.reason is people.Reason.OWN
    if not own or any(one.path != "preferences" for one in changed):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))


def _checked(
    patient: people.Patient, content: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """Return the text as it is kept. Raises ValidationError for what is too long, or a wrong owner or day."""
    kept = {path: value.replace("\r\n", "\n").strip() for path, value in content.items()}
    kept = {path: value for path, value in kept.items() if value}
    if len(kept) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in kept.values()):
        raise ValidationError(_("Ce plan est trop long : dites l’essentiel."))
    owners = {one.key: one["owner"] for one in entries(before, "intervention")}
    for one in entries(kept, "intervention"):
        if one["owner"] and one["owner"] != owners.get(one.key):
            _check_owner(patient, one["owner"])
        if bool(one["due_on"]) != bool(one["owner"]):
            raise ValidationError(
                _("« {text} » : dites qui le fait et avant quel jour.").format(text=one["text"][:60])
            )
    return kept


def _check_owner(patient: people.Patient, key: str) -> None:
    if key == THE_PERSON:
        return
    who = people.holder_of(key)
    if who is None or not reads_plan(who, patient):
        raise ValidationError(_("Celui qui fait quelque chose lit le plan : choisissez-le dans le cercle."))


def _locked(by: Person, patient: people.Patient) -> SharedPlan:
    """Return the plan, made where there is none, locked until the end of the transaction."""
    people.lock(patient)
    plan = SharedPlan.objects.of_patient(patient).first()
    if plan is None:
        plan = SharedPlan.objects.create(scope=patient.scope, patient=patient, by=by)
    return plan


def _current(rows: Mapping[int, PlanVersion]) -> PlanVersion | None:
    return max((one for one in rows.values() if not one.is_aside), key=lambda one: one.number, default=None)


def _keep(
    by: Person,
    plan: SharedPlan,
    rows: dict[int, PlanVersion],
    content: dict[str, str],
    *,
    base: int,
    note: str,
    before: Mapping[str, str],
    is_aside: bool = False,
) -> PlanVersion:
    version = PlanVersion.objects.create(
        plan=plan,
        number=max(rows, default=0) + 1,
        content=content,
        based_on=base,
        is_aside=is_aside,
        note=" ".join(note.split())[:300],
        by=by,
    )
    rows[version.number] = version
    if not is_aside:
        _follow_interventions(by, version, before)
    verb = "care.plan_kept_aside" if is_aside else "care.plan_written"
    _record(by, verb, version, {"version": [base or None, version.number]})
    return version


def _follow_interventions(by: Person, version: PlanVersion, before: Mapping[str, str]) -> None:
    """Write a task for each intervention that has a new owner or day; cancel that of one that is gone."""
    plan, patient = version.plan, version.plan.patient
    old = {one.key: one for one in entries(before, "intervention")}
    new = {one.key: one for one in entries(version.content, "intervention")}
    for key in old.keys() | new.keys():
        was, now = old.get(key), new.get(key)
        if was and now and all(was[name] == now[name] for name in ("owner", "due_on", "text", "note")):
            continue
        source = f"{journal.target_of(plan)}#{key}"
        if was is not None:
            cancel_task_of(by=by, patient=patient, source=source, reason=_("Le plan a changé."))
        who = people.holder_of(now["owner"]) if now and now["owner"] not in {"", THE_PERSON} else None
        if now is None or who is None or not reads_plan(who, patient):
            continue
        day = date.fromisoformat(now["due_on"])
        open_task(
            by=by,
            scope=plan.scope,
            patient=patient,
            owner=who,
            title=now["text"],
            why=now["note"],
            due_at=datetime.combine(day, DUE_AT, tzinfo=plan.scope.zone),
            origin=TaskOrigin.PLAN,
            source=source,
            key=f"plan-{plan.pk}-{key}-{version.number}",
        )


def _record(by: Person, verb: str, row: PlanVersion, changed: dict[str, Any]) -> None:
    plan = row.plan
    journal.record(by=by, verb=verb, target=journal.target_of(plan), changes=changed, scope=plan.scope_id)
