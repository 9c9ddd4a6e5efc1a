"""Recording an act, by who may; what was done elsewhere; what a professional says that decides."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.actions.invitations import stop_messages
from maillage.prevention.actions.writing import require_reader, told
from maillage.prevention.models import PreventionAct, TargetReason, VaccineLot
from maillage.prevention.queries.targets import roles_of, target_of
from maillage.prevention.rules.vocabulary import Ground


@transaction.atomic
def record_act(
    *,
    by: Person,
    patient: Patient,
    target: str,
    done_on: date,
    key: str,
    lot: VaccineLot | None = None,
    is_declared: bool = False,
) -> PreventionAct:
    """Note an act done on a day, with the lot that it used; the same `key` again is the same act.

    `is_declared`: done elsewhere, as the person says, which anybody of their circle may note. Raises
    PermissionDenied for a role that the rule of acts does not name; ValidationError for a day to come or
    before their birth, the same act noted that day, a lot that is empty, too old, or of another act.
    """
    scope = patient.scope
    require_reader(by, patient, scope, Part.HEALTH)
    if not is_declared:
        _require_entitled(by, patient, target)
    people.lock(patient)
    known = made_before(PreventionAct, by=by, key=key)
    if known is not None:
        kept = (known.patient_id, known.target, known.done_on, known.lot_id, known.is_declared)
        same = (patient.pk, target, done_on, lot.pk if lot else None, is_declared)
        return same_write(known, is_same=kept == same)
    _check_day(patient, done_on)
    there = PreventionAct.objects.of_patient(patient).standing().filter(target=target, done_on=done_on)
    if (other := there.select_related("by").first()) is not None:
        raise ValidationError(
            {"done_on": _("Cet acte est déjà noté ce jour-là par {name}.").format(name=other.by)}
        )
    if lot is not None:
        _use(lot, patient, target, done_on, is_declared=is_declared)
    made = PreventionAct.objects.create(
        patient=patient, target=target, done_on=done_on, by=by, key=key, lot=lot, is_declared=is_declared
    )
    stop_messages(patient, target)
    verb = "prevention.act_declared" if is_declared else "prevention.act_recorded"
    told(made, by, verb, {"done_on": done_on}, scope)
    return made


@transaction.atomic
def take_back_act(*, by: Person, act: PreventionAct) -> PreventionAct:
    """Take back an act noted by mistake: its dose returns to the lot. Again, nothing changes.

    For who noted it. Raises PermissionDenied.
    """
    require_reader(by, act.patient, act.patient.scope, Part.HEALTH)
    people.lock(act.patient)
    row = PreventionAct.objects.of_patient(act.patient).get(pk=act.pk)
    if row.by_id != by.pk:
        raise PermissionDenied(_("Seul qui a noté un acte le reprend : demandez-le-lui."))
    if row.taken_back_at is None:
        row.taken_back_at, row.taken_back_by = timezone.now(), by
        row.save(update_fields=["taken_back_at", "taken_back_by"])
        if row.lot_id is not None:
            VaccineLot.objects.in_scope(act.patient.scope).filter(pk=row.lot_id).update(left=F("left") + 1)
        told(row, by, "prevention.act_taken_back", {}, act.patient.scope)
    return row


@transaction.atomic
def say_reason(*, by: Person, patient: Patient, target: str, reason: Ground, key: str) -> TargetReason:
    """Note what decides of a target for somebody: they are left out of it, or taken in at any age.

    Said already, nothing changes. Raises PermissionDenied for a role that does not record the act;
    ValidationError for a reason that the target does not know.
    """
    require_reader(by, patient, patient.scope, Part.HEALTH)
    _require_entitled(by, patient, target)
    people.lock(patient)
    known = made_before(TargetReason, by=by, key=key)
    if known is not None:
        kept = (known.patient_id, known.target, known.reason)
        return same_write(known, is_same=kept == (patient.pk, target, reason.value))
    aim = target_of(target).target
    if reason.value not in {*aim.exclusions, *aim.additions}:
        raise ValidationError({"reason": _("Cette raison ne vaut pas pour cet acte.")})
    standing = TargetReason.objects.in_scope(patient.scope).standing()
    there = standing.filter(patient=patient, target=target, reason=reason.value).first()
    if there is not None:
        return there
    made = TargetReason.objects.create(patient=patient, target=target, reason=reason.value, by=by, key=key)
    told(made, by, "prevention.reason_said", {}, patient.scope)
    return made


@transaction.atomic
def end_reason(*, by: Person, reason: TargetReason) -> TargetReason:
    """End what decided of a target for somebody. Again, nothing changes. Raises PermissionDenied."""
    patient = reason.patient
    require_reader(by, patient, patient.scope, Part.HEALTH)
    _require_entitled(by, patient, reason.target)
    people.lock(patient)
    row = TargetReason.objects.in_scope(patient.scope).get(pk=reason.pk)
    if row.ended_at is None:
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        told(row, by, "prevention.reason_ended", {}, patient.scope)
    return row


def _require_entitled(by: Person, patient: Patient, target: str) -> None:
    roles = {one.role for one in access.roles_of(by) if one.scope_id in {None, patient.scope_id}}
    if not roles & roles_of(target):
        raise PermissionDenied(_("Votre rôle ne note pas cet acte : voyez qui peut le noter, et la règle."))


def _check_day(patient: Patient, day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError({"done_on": _("Ce jour est à venir : notez l’acte une fois fait.")})
    if patient.birth_date is not None and day < patient.birth_date:
        raise ValidationError({"done_on": _("Ce jour est avant la naissance de la personne.")})


def _use(lot: VaccineLot, patient: Patient, target: str, day: date, *, is_declared: bool) -> None:
    """Take a dose of a lot, or say why not: two who take the last one at once take one."""
    row = VaccineLot.objects.in_scope(patient.scope).select_for_update().filter(pk=lot.pk).first()
    if is_declared or row is None or row.target != target:
        raise ValidationError({"lot": _("Ce lot n’est pas pour cet acte.")})
    if row.expires_on < day:
        raise ValidationError({"lot": _("Ce lot est périmé ce jour-là : prenez-en un autre.")})
    taken = VaccineLot.objects.in_scope(patient.scope).filter(pk=row.pk, left__gt=0)
    if not taken.update(left=F("left") - 1):
        raise ValidationError({"lot": _("Ce lot est vide : prenez-en un autre.")})
