"""Answering the safety questions: the signs that engage life, the motive, the questions of its sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.kernel import clock, databases, journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_meanwhile, same_write
from maillage.orientation import api as orientation
from maillage.people import api as people
from maillage.space.models import SafetyCheck
from maillage.space.queries.checks import reasons
from maillage.space.rules.booking import Reason, Result

Place = tuple[int, str]


@transaction.atomic
def start_check(
    *,
    by: Person,
    patient: people.Patient,
    key: str,
    signs: Collection[str],
    reason: Reason,
    motive: str = "",
) -> SafetyCheck:
    """Keep the first answers: the signs that engage life, why one books; the same `key` again is the same.

    A sign, or a motive that is vital at that age, leads to the 15. A motive with a sheet waits for its
    answers. Raises PermissionDenied for who may not book for the patient, ValidationError for unknown codes.
    """
    require_acting(by, patient)
    if not set(signs) <= {one["code"] for one in rule("people.signals.vital_signs").value}:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    if motive and motive not in {one["code"] for one in reasons()}:
        raise ValidationError(_("Ce motif n’est pas dans la liste : rechargez la page."))
    made = SafetyCheck(
        patient=patient,
        by=by,
        key=key,
        reason=reason.value,
        motive=motive if reason is Reason.PROBLEM else "",
        signs=sorted(signs),
    )
    made.result = _result(made, {}).value
    if not databases.insert_new([made], unique=["by", "key"]):
        known = made_meanwhile(SafetyCheck, by=by, key=key)
        return same_write(known, is_same=known.patient_id == patient.pk)
    _record(by, made)
    return made


@transaction.atomic
def answer_check(
    *, by: Person, check: SafetyCheck, answers: Mapping[Place, orientation.Answer]
) -> SafetyCheck:
    """Keep the answers to the sheet of a motive; what was decided once stays so.

    Raises PermissionDenied for anybody but whoever began it.
    """
    rows = SafetyCheck.objects.for_person(by).select_for_update(of=("self",)).select_related("patient__scope")
    row = rows.filter(pk=check.pk).first()
    if row is None:
        raise PermissionDenied(_("Ces questions ont été posées à quelqu’un d’autre."))
    require_acting(by, row.patient)
    if row.result != Result.UNANSWERED.value:
        return row
    row.answers = {f"{sheet}:{question}": answer.value for (sheet, question), answer in answers.items()}
    row.result = _result(row, answers).value
    row.save(update_fields=["answers", "result"])
    _record(by, row)
    return row


def require_acting(by: Person, patient: people.Patient) -> None:
    """Raise PermissionDenied unless `by` is the patient, or has their mandate to make appointments."""
    if not agenda.acts_for(by, patient):
        raise PermissionDenied(_("Vous ne pouvez pas prendre de rendez-vous pour cette personne."))


def _result(row: SafetyCheck, answers: Mapping[Place, orientation.Answer]) -> Result:
    if row.signs:
        return Result.ALARM
    if row.reason == Reason.FOLLOW_UP.value:
        return Result.CLEARED
    found = orientation.own_check(row.patient, row.motive, answers, clock.today(row.patient.scope))
    if found.obstacle is None:
        return Result.CLEARED
    if found.obstacle in orientation.TO_THE_15:
        return Result.ALARM
    return Result.UNANSWERED if found.obstacle is orientation.Obstacle.UNANSWERED else Result.CLOSED


def _record(by: Person, row: SafetyCheck) -> None:
    """Journal that it was asked; of the answers, only that the 15 was shown."""
    is_alarm = row.result == Result.ALARM.value
    journal.record(
        by=by,
        verb="space.safety_alarmed" if is_alarm else "space.safety_asked",
        target=journal.target_of(row.patient),
        changes={},
        scope=row.patient.scope_id,
    )
