"""The way of a patient through a hospital and back: asked, answered, told, received, acknowledged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.kernel import databases, journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people
from maillage.transitions.models import MedicineLine, Way
from maillage.transitions.models.ways import BLOCKER_LABELS
from maillage.transitions.queries.ways import blocked_by, visit_of
from maillage.transitions.queries.working_days import today_in
from maillage.transitions.rules.medicines import Change, choices, parse, side_by_side
from maillage.transitions.rules.ways import (
    ASKED_KINDS,
    AdmissionRefusal,
    ReturnRefusal,
    WayKind,
    WayState,
    may_pass,
    visit_due,
)

PLAN, HEALTH = people.Part.PLAN, people.Part.HEALTH


@transaction.atomic
def ask_admission(
    *,
    by: Person,
    patient: people.Patient,
    key: str,
    kind: WayKind,
    place: str,
    reason: str,
    wanted_on: date | None = None,
) -> Way:
    """Note that a hospital is asked to take somebody; the same `key` of `by` asks once.

    For whoever writes the plan. Raises PermissionDenied; ValidationError without a place or a reason.
    """
    if kind not in ASKED_KINDS:
        raise ValidationError(_("Choisissez la nature de l’admission."))
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi."))
    return _begin(
        by, patient, key, kind, WayState.ASKED, place, reason=reason.strip()[:500], wanted_on=wanted_on
    )


@transaction.atomic
def note_discharge(*, by: Person, patient: people.Patient, key: str, place: str, **told: Any) -> Way:
    """Note a discharge that town learns of, whose admission nobody here asked; `told` as `tell_discharge`.

    Raises as `ask_admission` and `tell_discharge`.
    """
    way = _begin(by, patient, key, WayKind.DISCHARGE, WayState.INSIDE, place)
    return way if way.state != WayState.INSIDE.value else tell_discharge(by=by, way=way, **told)


@transaction.atomic
def follow_transfer(*, by: Person, event: care.AcuteEvent, owner: care.Owner, key: str) -> Way:
    """Follow a resident who came back from a transfer: what `care` noted of it stays where it is.

    Once for each transfer. Raises PermissionDenied; ValidationError where nobody came back yet.
    """
    care.require_writer(by, event.stay.patient, PLAN)
    known = Way.objects.of_patient(event.stay.patient).filter(event=event).first()
    if known is not None:
        return known
    transfer = getattr(event, "transfer", None)
    if transfer is None or transfer.returned_at is None:
        raise ValidationError(_("Ce résident n’est pas encore revenu."))
    way = _begin(
        by,
        event.stay.patient,
        key,
        WayKind.TRANSFER,
        WayState.INSIDE,
        transfer.destination or "–",
        event=event,
    )
    return tell_discharge(by=by, way=way, left_at=transfer.returned_at, owner=owner, summary=transfer.summary)


@transaction.atomic
def answer_admission(
    *,
    by: Person,
    way: Way,
    planned_on: date | None = None,
    refusal: AdmissionRefusal | None = None,
    said: str = "",
) -> Way:
    """Note the hospital's answer: yes with a day, or no with a reason; answered already, nothing changes.

    Raises PermissionDenied; ValidationError without a day, or a refusal without words.
    """
    row = _writable(by, way)
    target = WayState.ACCEPTED if refusal is None else WayState.REFUSED
    if row.state == target.value:
        kept = (row.planned_on, row.refusal, row.answer)
        return _again(row, is_same=kept == (planned_on, refusal.value if refusal else "", said.strip()[:500]))
    if refusal is None and planned_on is None:
        raise ValidationError(_("Donnez le jour prévu."))
    if refusal is not None and not said.strip():
        raise ValidationError(_("Dites ce que l’hôpital a répondu : la suite en dépend."))
    _pass(row, target)
    row.planned_on, row.refusal = planned_on, refusal.value if refusal else ""
    row.answer, row.answered_at = said.strip()[:500], timezone.now()
    return _keep(by, row, "transitions.way_answered", ["planned_on", "refusal", "answer", "answered_at"])


@transaction.atomic
def note_entry(*, by: Person, way: Way, entered_on: date) -> Way:
    """Note that the patient is in hospital; again, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    row = _writable(by, way)
    if row.state == WayState.INSIDE.value:
        return _again(row, is_same=row.entered_on == entered_on)
    if entered_on > today_in(row.scope):
        raise ValidationError(_("Ce jour est à venir."))
    _pass(row, WayState.INSIDE)
    row.entered_on = entered_on
    return _keep(by, row, "transitions.way_entered", ["entered_on"])


@transaction.atomic
def tell_discharge(*, by: Person, way: Way, left_at: datetime, owner: care.Owner, summary: str = "") -> Way:
    """Note the discharge, and who owes the visit that follows: it is their task, in the delay of the rule.

    `owner` reads the plan. Told already, nothing changes. Raises PermissionDenied, ValidationError.
    """
    row = _writable(by, way)
    if row.state == WayState.LEAVING.value:
        return _again(row, is_same=(row.left_at, row.summary) == (left_at, summary.strip()[:2000]))
    _pass(row, WayState.LEAVING)
    row.left_at, row.told_at = left_at, timezone.now()
    row.summary = summary.strip()[:2000]
    row.visit = care.open_task(
        by=by,
        scope=row.scope,
        patient=row.patient,
        owner=owner,
        title=_("Visite après la sortie d’hôpital"),
        key=f"way-{row.pk}-{int(left_at.timestamp())}",
        due_at=visit_due(left_at, rule("transitions.ways.visit_hours").value),
        priority=care.Priority.URGENT,
        source=journal.target_of(row),
    )
    return _keep(by, row, "transitions.discharge_told", ["left_at", "told_at", "summary", "visit"])


@transaction.atomic
def refuse_return(*, by: Person, way: Way, refusal: ReturnRefusal, said: str) -> Way:
    """Refuse a return that cannot be held, with what is missing: a new notice of discharge is awaited.

    The visit is no longer owed. Raises PermissionDenied; ValidationError without words.
    """
    row = _writable(by, way)
    if row.state == WayState.RETURN_REFUSED.value:
        kept = (row.return_refusal, row.return_said)
        return _again(row, is_same=kept == (refusal.value, said.strip()[:500]))
    if not said.strip():
        raise ValidationError(_("Dites ce qui manque : l’hôpital doit pouvoir y répondre."))
    _pass(row, WayState.RETURN_REFUSED)
    row.return_refusal, row.return_said = refusal.value, said.strip()[:500]
    row.return_refused_at, row.return_refused_by = timezone.now(), by
    task = visit_of(row)
    if task is not None and task.is_open:
        care.cancel_task(by=by, task=task, reason=_("Retour refusé"))
    return _keep(
        by,
        row,
        "transitions.return_refused",
        ["return_refusal", "return_said", "return_refused_at", "return_refused_by"],
    )


@transaction.atomic
def receive_list(*, by: Person, way: Way, before: str, after: str) -> list[MedicineLine]:
    """Lay the treatments of before and after side by side; each line then waits for somebody's decision.

    For whoever writes health. The same again, the lines stay as they are. Raises PermissionDenied;
    ValidationError for a list too long, or none.
    """
    row = _deciding(by, way)
    try:
        pairs = side_by_side(parse(before), parse(after))
    except ValueError as error:
        raise ValidationError(
            _("Cette liste est trop longue : soixante lignes de 200 caractères au plus.")
        ) from error
    if row.listed_at is not None:
        known = list(MedicineLine.objects.of_way(row).order_by("position"))
        said = [(one.before, one.after) for one in known]
        _again(row, is_same=said == [(pair.before, pair.after) for pair in pairs])
        return known
    if not pairs:
        raise ValidationError(
            _("Collez au moins une ligne de traitement, ou dites pourquoi il n’y en a pas.")
        )
    lines = [
        MedicineLine(way=row, position=place, before=pair.before, after=pair.after)
        for place, pair in enumerate(pairs, start=1)
    ]
    databases.insert(lines)
    row.listed_at, row.has_no_list = timezone.now(), ""
    row.save(update_fields=["listed_at", "has_no_list"])
    _record(by, "transitions.list_received", row, {"lines": len(lines)})
    return lines


@transaction.atomic
def note_no_list(*, by: Person, way: Way, why: str) -> Way:
    """Note that no list of treatments comes, and why. Raises as `receive_list`."""
    row = _deciding(by, way)
    if row.listed_at is not None:
        raise ValidationError(_("La liste est déjà reçue."))
    if not why.strip():
        raise ValidationError(_("Dites pourquoi aucune liste n’est parvenue."))
    row.has_no_list = why.strip()[:300]
    row.save(update_fields=["has_no_list"])
    _record(by, "transitions.list_missing", row, {})
    return row


@transaction.atomic
def decide_line(*, by: Person, line: MedicineLine, change: Change, seen: str, note: str = "") -> MedicineLine:
    """Say what becomes of one treatment, with the name of who says it; `seen` is the decision that was shown.

    For whoever writes health. The same again changes nothing. Raises PermissionDenied; ValidationError for
    what this line does not allow, without words where something is to clarify or changes, once the way is
    closed, or where somebody decided meanwhile.
    """
    row = _deciding(by, line.way)
    kept = MedicineLine.objects.of_way(row).select_for_update(of=("self",)).get(pk=line.pk)
    said = note.strip()[:300]
    if (kept.change, kept.note) == (change.value, said):
        return kept
    if kept.change != seen:
        raise ValidationError(
            _("{name} vient de décider de cette ligne : relisez-la.").format(name=kept.decided_by)
        )
    if change not in choices(kept.pair):
        raise ValidationError(_("Cette ligne ne permet pas cette décision."))
    if change is Change.CLARIFY and not said:
        raise ValidationError(_("Dites ce qui est à éclaircir, et avec qui."))
    before = kept.change
    kept.change, kept.note, kept.decided_by, kept.decided_at = change.value, said, by, timezone.now()
    kept.save(update_fields=["change", "note", "decided_by", "decided_at"])
    _record(by, "transitions.line_decided", row, {"line": kept.position, "change": [before, kept.change]})
    return kept


@transaction.atomic
def end_way(*, by: Person, way: Way, acknowledgement: str) -> Way:
    """Acknowledge the end: the return is held, or a refusal was read; again, nothing changes.

    Raises PermissionDenied; ValidationError without words, or while something still blocks it.
    """
    row = _writable(by, way)
    if row.state == WayState.ENDED.value:
        return _again(row, is_same=row.acknowledgement == acknowledgement.strip()[:1000])
    if not acknowledgement.strip():
        raise ValidationError(_("Écrivez l’accusé : ce qui est repris, et par qui."))
    found = blocked_by(row)
    _pass(row, WayState.ENDED)
    if found:
        raise ValidationError([BLOCKER_LABELS[one] for one in found])
    return _close(by, row, acknowledgement, "transitions.way_ended")


@transaction.atomic
def cancel_way(*, by: Person, way: Way, reason: str) -> Way:
    """Note that an admission is no longer asked; again, nothing changes. Raises as `end_way`."""
    row = _writable(by, way)
    if row.state == WayState.CANCELLED.value:
        return _again(row, is_same=row.acknowledgement == reason.strip()[:1000])
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi."))
    _pass(row, WayState.CANCELLED)
    return _close(by, row, reason, "transitions.way_cancelled")


def owner_named(key: str) -> directory.Professional | Person | None:
    """Return whom a key of the circle names, None where nobody is."""
    found: directory.Professional | Person | None = people.holder_of(key)
    return found


def _begin(
    by: Person, patient: people.Patient, key: str, kind: WayKind, state: WayState, place: str, **values: Any
) -> Way:
    care.require_writer(by, patient, PLAN)
    people.lock(patient)
    known = made_before(Way, by=by, key=key)
    if known is None:
        named = " ".join(place.split())[:120]
        if not named:
            raise ValidationError(_("Dites quel établissement."))
        row = Way(
            key=key, scope=patient.scope, patient=patient, kind=kind.value, state=state.value, by=by,
            at=timezone.now(), place=named, **values,
        )  # fmt: skip
        if databases.insert_new([row], unique=["by", "key"]):
            _record(by, "transitions.way_begun", row, {"kind": [None, kind.value]})
            return row
        known = made_meanwhile(Way, by=by, key=key)
    return same_write(known, is_same=known.patient_id == patient.pk)


def _writable(by: Person, way: Way) -> Way:
    """Return the row, locked, for whoever writes the plan of its patient."""
    if not Way.objects.for_person(by).filter(pk=way.pk).exists():
        raise PermissionDenied(_("Vous ne lisez pas ce passage."))
    found: Way = Way.objects.locked(way.pk).select_related("patient__scope", "scope").get()
    care.require_writer(by, found.patient, PLAN)
    return found


def _deciding(by: Person, way: Way) -> Way:
    """Return the row, locked, for whoever writes the health of its patient; the list comes with a return."""
    row = _writable(by, way)
    care.require_writer(by, row.patient, HEALTH)
    if row.state != WayState.LEAVING.value:
        raise ValidationError(_("Les traitements se rapprochent entre l’avis de sortie et l’accusé."))
    return row


def _again(row: Way, *, is_same: bool) -> Way:
    """Return what the same gesture did. Raises ValidationError where somebody wrote something else."""
    if not is_same:
        raise ValidationError(
            _("Quelqu’un a noté autre chose entre-temps ({state}) : relisez la page.").format(
                state=row.get_state_display()
            )
        )
    return row


def _pass(row: Way, target: WayState) -> None:
    if not may_pass(WayState(row.state), target):
        raise ValidationError(
            _("Ce passage est noté « {state} » : ce geste n’est plus possible.").format(
                state=row.get_state_display()
            )
        )
    row.state = target.value


def _close(by: Person, row: Way, said: str, verb: str) -> Way:
    row.acknowledgement, row.closed_at, row.closed_by = said.strip()[:1000], timezone.now(), by
    return _keep(by, row, verb, ["acknowledgement", "closed_at", "closed_by"])


def _keep(by: Person, row: Way, verb: str, fields: list[str]) -> Way:
    row.save(update_fields=["state", *fields])
    _record(by, verb, row, {"state": [None, row.state]})
    return row


def _record(by: Person, verb: str, row: Way, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.scope_id)
