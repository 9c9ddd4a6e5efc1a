"""Somebody demands something of their data: it is noted, answered by the DPO in time, done, and told."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, databases, formats, journal, outbox
from maillage.kernel.contributions import records
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people.actions.circle import may_speak_for, tell_narrowed
from maillage.people.models import CareRestriction, DataCopy, Patient, RightsRequest
from maillage.people.queries.retention import hold_of
from maillage.people.queries.rights import rows_of
from maillage.people.rules.circle import SPARED, Means, Part
from maillage.people.rules.rights import Answer, Right, months_after

#: Published when a copy is to be made, when it is there, and for the instant at which it goes: `{copy}`.
COPY_ASKED, COPY_READY, COPY_OVER = "people.copy_asked", "people.copy_ready", "people.copy_over"
#: Published when the DPO lifts what a demand froze: `{request}`. The person is told before it ends.
RESTRICTION_LIFTED = "people.restriction_lifted"
#: Published when a demand is noted, lengthened or answered: `{request}`.
RIGHTS_ASKED, RIGHTS_EXTENDED = "people.rights_asked", "people.rights_extended"
RIGHTS_ANSWERED = "people.rights_answered"
LONGEST = 2000


def may_ask_for(person: Person, patient: Patient) -> bool:
    """Return whether `person` notes the demands of a patient: the patient, their care team, the DPO."""
    return access.may_everywhere(person, Permission.VIEW_JOURNAL) or may_speak_for(person, patient)


@transaction.atomic
def ask_right(
    *, by: Person, patient: Patient, right: Right, key: str, text: str = "", means: Means = Means.SPOKEN
) -> RightsRequest:
    """Note what somebody demands of their data; a copy is made at once by the worker.

    The same `key` of `by` again, or a copy already under way, is the same demand. Raises PermissionDenied,
    ValidationError.
    """
    if not may_ask_for(by, patient):
        raise PermissionDenied(_("Seuls la personne, son équipe de soins et le DPO notent ses demandes."))
    known = made_before(RightsRequest, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.patient_id == patient.pk)
    own = patient.account_id == by.pk
    if not own and means is Means.SPACE:
        raise ValidationError(_("Dites si la personne l’a dit de vive voix ou par écrit."))
    said = text.strip()[:1000]
    if right is not Right.ACCESS and not said:
        raise ValidationError(_("Dites en quelques mots ce qui est demandé."))
    # The file's row is the lock: two who ask for a copy at once make one.
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    if right is Right.ACCESS:
        rows = RightsRequest.objects.of_patient(patient).waiting().filter(right=right.value)
        if (same := rows.first()) is not None:
            return same
    now = timezone.now()
    today = timezone.localdate(now, patient.scope.zone)
    made = RightsRequest(
        patient=patient,
        right=right.value,
        text=said,
        means=(Means.SPACE if own else means).value,
        due_on=months_after(today, rule("people.rights.answer_months").value),
        by=by,
        at=now,
        key=key,
    )
    if not databases.insert_new([made], unique=["by", "key"]):
        known = made_meanwhile(RightsRequest, by=by, key=key)
        return same_write(known, is_same=known.patient_id == patient.pk)
    if right is Right.ACCESS:
        copy = DataCopy.objects.create(request=made, seed=secrets.token_hex(16))
        outbox.publish(COPY_ASKED, {"copy": copy.pk}, key=f"copy-{copy.pk}")
    else:
        outbox.publish(RIGHTS_ASKED, {"request": made.pk}, key=f"rights-{made.pk}")
    record(by, "people.rights_asked", made, {"right": [None, right.value], "due_on": [None, made.due_on]})
    return made


@transaction.atomic
def extend(*, by: Person, request: RightsRequest, why: str) -> RightsRequest:
    """Lengthen the delay once, for a reason that the person is told, before it is over.

    Extended already, nothing changes. Raises PermissionDenied, ValidationError.
    """
    row = _locked(by, request)
    if row.extended_at is not None:
        return row
    _require_open(row)
    if row.is_late:
        raise ValidationError(_("Le délai est passé : il ne se prolonge plus. Répondez."))
    if not why.strip():
        raise ValidationError(_("Dites pourquoi : la personne le lira."))
    row.extended_at, row.extended_why = timezone.now(), why.strip()[:300]
    row.due_on = months_after(row.due_on, rule("people.rights.extension_months").value)
    row.save(update_fields=["extended_at", "extended_why", "due_on"])
    outbox.publish(RIGHTS_EXTENDED, {"request": row.pk}, key=f"rights-extended-{row.pk}")
    record(by, "people.rights_extended", row, {"due_on": row.due_on})
    return row


@transaction.atomic
def answer(
    *, by: Person, request: RightsRequest, answer: Answer, words: str, parts: Collection[Part] = ()
) -> RightsRequest:
    """Answer a demand, do what it grants, and tell the person; answered already, nothing changes.

    An erasure empties what no law asks to keep; what belongs to care stays until its term, and `words` say
    why. A restriction freezes the file at once, or the `parts` named; an opposition leaves the person out of
    counts. Raises PermissionDenied, ValidationError without words, or for a copy that the program makes.
    """
    row = _locked(by, request)
    if row.decided_at is not None:
        return row
    said = words.strip()[:LONGEST]
    if not said:
        raise ValidationError(_("Dites ce qui est répondu : la personne le lira."))
    if row.right == Right.ACCESS.value and answer is not Answer.REFUSED:
        raise ValidationError(_("La copie se fait d’elle-même : la réponse part avec elle."))
    if row.right == Right.ERASURE.value and answer is not Answer.REFUSED:
        _require_no_hold(row)
        row.done = erase(row.patient)
    frozen = _parts_to_freeze(row, answer, parts)
    _decide(row, answer, said, by)
    if frozen:
        _freeze(by, row, frozen)
    if row.right == Right.ACCESS.value:
        DataCopy.objects.of_requests([row]).update(erased_at=timezone.now())
    outbox.publish(RIGHTS_ANSWERED, {"request": row.pk}, key=f"rights-answered-{row.pk}")
    changes = {"answer": [None, answer.value], "erased": dict(row.done)}
    record(by, "people.rights_answered", row, changes)
    return row


@transaction.atomic
def lift_restriction(
    *, by: Person, restriction: CareRestriction, why: str, is_agreed: bool = False
) -> CareRestriction:
    """Let what a demand froze be used again, for a reason; lifted already, nothing changes.

    The person is told before it ends (article 18, paragraph 3): it ends after the delay of the rule, or at
    once where they agree. Raises PermissionDenied, ValidationError.
    """
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    rows = CareRestriction.objects.for_person(by).select_related("request__patient__scope", "patient__scope")
    row = rows.select_for_update(of=("self",)).get(pk=restriction.pk)
    if row.lifted_at is not None:
        return row
    if not why.strip():
        raise ValidationError(_("Dites pourquoi le gel prend fin : la personne le lira."))
    now = timezone.now()
    notice = timedelta(0) if is_agreed else timedelta(days=rule("people.rights.lift_notice_days").value)
    row.lifted_at, row.lifted_by, row.lifted_why = now, by, why.strip()[:300]
    row.until = now + notice
    row.save(update_fields=["lifted_at", "lifted_by", "lifted_why", "until"])
    outbox.publish(RESTRICTION_LIFTED, {"request": row.request_id}, key=f"restriction-lifted-{row.pk}")
    record(
        by, "people.restriction_lifted", row.request, {"part": row.part, "until": row.until}, row.lifted_why
    )
    return row


def _parts_to_freeze(row: RightsRequest, answer: Answer, parts: Collection[Part]) -> list[str]:
    """Return the parts that an answer freezes, empty for all of them. Raises ValidationError."""
    if answer is Answer.REFUSED or row.right not in {Right.RESTRICTION.value, Right.OPPOSITION.value}:
        return []
    if row.right == Right.OPPOSITION.value:
        return [""]
    named = sorted(part.value for part in parts if part not in SPARED)
    if (answer is Answer.PARTLY) != bool(named):
        raise ValidationError(
            _("Acceptée, la demande gèle tout le dossier ; acceptée en partie, les parties que vous cochez.")
        )
    return named or [""]


def _freeze(by: Person, row: RightsRequest, parts: Collection[str]) -> None:
    now = timezone.now()
    for part in parts:
        CareRestriction.objects.create(
            patient=row.patient, request=row, right=row.right, part=part, since=now
        )
    record(by, "people.restricted", row, {"right": [None, row.right], "parts": list(parts)})
    tell_narrowed(by, row.patient)


def decide_copy(row: RightsRequest) -> None:
    """Note that the copy answers its demand, inside what made it."""
    _decide(row, Answer.GRANTED, _("La copie est prête."), None)


def erase(patient: Patient) -> list[tuple[str, int]]:
    """Empty, in every table, the columns that no law asks to keep; return how many rows of each changed."""
    done = []
    for one in records():
        if not one.erasable:
            continue
        empty = {name: empty_of(one.model._meta.get_field(name)) for name in one.erasable}
        filled = models.Q()
        for name, value in empty.items():
            # A column that may be null is filled where it is not; compared to its empty value otherwise.
            filled |= ~models.Q(**{f"{name}__isnull": True} if value is None else {name: value})
        count = rows_of(one, patient).filter(filled).update(**empty)
        if count:
            done.append((one.model._meta.label_lower, count))
    return done


def empty_of(field: Any) -> Any:
    """Return what a column holds where nothing is said: null where it may be, else its default or no text."""
    if field.null:
        return None
    return field.get_default()


def _decide(row: RightsRequest, answer: Answer, words: str, by: Person | None) -> None:
    row.answer, row.words, row.decided_at, row.decided_by = answer.value, words, timezone.now(), by
    row.save(update_fields=["answer", "words", "decided_at", "decided_by", "done"])


def _locked(by: Person, request: RightsRequest) -> RightsRequest:
    """Return the row, locked, for the DPO. Raises PermissionDenied."""
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    rows = RightsRequest.objects.for_person(by).select_related("patient__scope")
    return rows.select_for_update(of=("self",)).get(pk=request.pk)


def _require_no_hold(row: RightsRequest) -> None:
    hold = hold_of(row.patient)
    if hold is not None:
        raise ValidationError(
            _(
                "Une conservation légale, posée le {day}, arrête tout effacement : {reason}. "
                "Refusez en le disant, ou levez-la d’abord."
            ).format(day=formats.date_short(hold.since), reason=hold.reason)
        )


def _require_open(row: RightsRequest) -> None:
    if row.decided_at is not None:
        raise ValidationError(_("Cette demande a déjà sa réponse."))


def record(
    by: Person | None, verb: str, row: RightsRequest, changes: dict[str, Any], reason: str = ""
) -> None:
    """Journal what was done of a demand, in the chain of the patient's scope."""
    target = journal.target_of(row)
    scope = row.patient.scope_id
    journal.record(by=by, verb=verb, target=target, changes=changes, reason=reason, scope=scope)
