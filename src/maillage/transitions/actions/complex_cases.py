"""Taking a complex case to the DAC, and what the DAC does of it: each is safe to repeat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel import access, databases, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people
from maillage.transitions.models import ComplexCase, PartnerRequest
from maillage.transitions.queries.working_days import today_in, working_day_after
from maillage.transitions.rules.complex_cases import (
    TAKEN,
    Answer,
    CaseState,
    Ground,
    PartnerKind,
    Refusal,
    may_become,
)


@transaction.atomic
def send_case(
    *,
    by: Person,
    patient: people.Patient,
    key: str,
    asked: str,
    why: str,
    grounds: Collection[Ground],
    consented_on: date,
    means: people.Means,
) -> ComplexCase:
    """Ask the DAC for its support around a patient, who agreed to it on a day; the same `key` sends once.

    For whoever writes the plan by the circle. Raises PermissionDenied; ValidationError without words or a
    ground, for an agreement to come, or where a request is already under way.
    """
    care.require_writer(by, patient, people.Part.PLAN)
    people.lock(patient)
    known = made_before(ComplexCase, by=by, key=key)
    if known is not None:
        return _same(known, patient)
    today = today_in(patient.scope)
    if not asked.strip() or not why.strip() or not grounds:
        raise ValidationError(_("Dites ce qui est difficile, ce que vous demandez et pourquoi."))
    if consented_on > today:
        raise ValidationError(_("L’accord de la personne ne peut pas être daté d’un jour à venir."))
    if means is people.Means.SPACE and patient.account_id != by.pk:
        raise ValidationError(_("Dites si la personne a donné son accord de vive voix ou par écrit."))
    if ComplexCase.objects.of_patient(patient).open().exists():
        raise ValidationError(_("Une demande au DAC est déjà en cours pour cette personne."))
    row = ComplexCase(
        key=key,
        scope=patient.scope,
        patient=patient,
        by=by,
        at=timezone.now(),
        grounds=sorted(one.value for one in set(grounds)),
        asked=" ".join(asked.split())[:300],
        why=why.strip()[:2000],
        consented_on=consented_on,
        consent_means=means.value,
        acknowledge_by=working_day_after(
            patient.scope, today, rule("transitions.cases.acknowledge_days").value
        ),
    )
    if not databases.insert_new([row], unique=["by", "key"]):
        return _same(made_meanwhile(ComplexCase, by=by, key=key), patient)
    _record(by, "transitions.case_sent", row, {"acknowledge_by": [None, row.acknowledge_by]})
    return row


@transaction.atomic
def acknowledge_case(*, by: Person, case: ComplexCase) -> ComplexCase:
    """Tell the requester that the DAC has the request; acknowledged or answered already, nothing changes.

    For whoever works at the DAC of the scope. Raises PermissionDenied, and ValidationError
    where it was withdrawn.
    """
    row = _of_dac(by, case)
    if row.acknowledged_at is not None:
        return row
    _move(row, CaseState.ACKNOWLEDGED)
    row.acknowledged_at = timezone.now()
    return _keep(by, row, "transitions.case_acknowledged", ["acknowledged_at"])


@transaction.atomic
def accept_case(*, by: Person, case: ComplexCase) -> ComplexCase:
    """Take a request: `by` is the case manager, and enters the circle as the person agreed.

    Again by the same, nothing changes. Raises as `acknowledge_case`; ValidationError where somebody else took
    it, or where the person opposes the sharing meanwhile.
    """
    row = _of_dac(by, case)
    if row.referent_id == by.pk and CaseState(row.state) in TAKEN:
        return row
    if row.referent is not None:
        raise ValidationError(_("{name} a déjà pris cette demande.").format(name=row.referent))
    _move(row, CaseState.ACCEPTED)
    now = timezone.now()
    row.acknowledged_at = row.acknowledged_at or now
    row.decided_at, row.referent = now, by
    _open(by, row, by, now)
    return _keep(by, row, "transitions.case_accepted", ["acknowledged_at", "decided_at", "referent", "link"])


@transaction.atomic
def refuse_case(
    *, by: Person, case: ComplexCase, refusal: Refusal, elsewhere: str, text: str = ""
) -> ComplexCase:
    """Refuse a request, with a reason and where else to turn: its requester is owed both.

    Raises as `acknowledge_case`; ValidationError without a place to turn to.
    """
    row = _of_dac(by, case)
    if row.state == CaseState.REFUSED.value:
        said = (row.refusal, row.elsewhere) == (refusal.value, elsewhere.strip()[:300])
        return _again(row, by, is_same=said)
    if not elsewhere.strip():
        raise ValidationError(_("Dites vers qui se tourner : le demandeur ne doit pas rester sans suite."))
    _move(row, CaseState.REFUSED)
    row.refusal, row.elsewhere = refusal.value, elsewhere.strip()[:300]
    row.outcome = text.strip()[:2000] or str(row.get_refusal_display())
    _end(by, row)
    row.acknowledged_at = row.acknowledged_at or row.closed_at
    row.decided_at = row.closed_at
    return _keep(
        by,
        row,
        "transitions.case_refused",
        ["refusal", "elsewhere", "outcome", "acknowledged_at", "decided_at", "closed_at", "closed_by"],
    )


@transaction.atomic
def begin_case(*, by: Person, case: ComplexCase) -> ComplexCase:
    """Note that the support has begun; again, nothing changes. Raises as `acknowledge_case`."""
    row = _of_dac(by, case)
    if row.state == CaseState.UNDER_WAY.value:
        return row
    _move(row, CaseState.UNDER_WAY)
    return _keep(by, row, "transitions.case_begun", [])


@transaction.atomic
def take_over_case(*, by: Person, case: ComplexCase) -> ComplexCase:
    """Follow another case manager: their link ends, that of `by` opens. Raises as `accept_case`."""
    row = _of_dac(by, case)
    if row.referent_id == by.pk:
        return row
    if CaseState(row.state) not in TAKEN:
        raise ValidationError(_("Cette demande n’est suivie par personne."))
    hand_over(by=by, row=row, to=by)
    if row.referent is None:
        raise ValidationError(_("La personne s’oppose depuis à ce partage : rien ne s’ouvre."))
    return row


def hand_over(*, by: Person | None, row: ComplexCase, to: Person | None) -> None:
    """Let `to` follow a case that the caller has locked; nobody, where the person opposes it meanwhile."""
    before, now = row.referent, timezone.now()
    if row.link is not None:
        people.close_coordination(by=by, link=row.link)
    row.referent, row.link = to, None
    if to is not None:
        try:
            _open(by or to, row, to, now)
        except ValidationError:
            row.referent = None
    row.save(update_fields=["referent", "link"])
    _record(by, "transitions.case_taken_over", row, {"referent": [before, row.referent]})


@transaction.atomic
def close_case(*, by: Person, case: ComplexCase, outcome: str) -> ComplexCase:
    """End the support and say what came of it: the link opened for it ends, the requester is owed the words.

    Raises as `acknowledge_case`; ValidationError without words, or while a partner's answer is awaited.
    """
    row = _of_dac(by, case)
    if row.state == CaseState.CLOSED.value:
        return _again(row, by, is_same=row.outcome == outcome.strip()[:2000])
    if not outcome.strip():
        raise ValidationError(_("Écrivez l’issue : le demandeur la lira."))
    if PartnerRequest.objects.of_case(row).filter(answer="").exists():
        raise ValidationError(
            _("Un partenaire n’a pas répondu : notez sa réponse, ou qu’il n’y en a pas eu.")
        )
    _move(row, CaseState.CLOSED)
    row.outcome = outcome.strip()[:2000]
    _end(by, row)
    return _keep(by, row, "transitions.case_closed", ["outcome", "closed_at", "closed_by"])


@transaction.atomic
def withdraw_case(*, by: Person, case: ComplexCase, reason: str) -> ComplexCase:
    """Take a request back, as the person or the circle decides; again, nothing changes.

    For whoever writes the plan, and for the person. Raises PermissionDenied; ValidationError without a reason
    or once it has an outcome.
    """
    row = _of_circle(by, case)
    if row.state == CaseState.WITHDRAWN.value:
        return _again(row, by, is_same=row.outcome == reason.strip()[:2000])
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi la demande est retirée."))
    _move(row, CaseState.WITHDRAWN)
    row.outcome = reason.strip()[:2000]
    _end(by, row)
    return _keep(by, row, "transitions.case_withdrawn", ["outcome", "closed_at", "closed_by"])


@transaction.atomic
def note_outcome_read(*, by: Person, case: ComplexCase) -> ComplexCase:
    """Note that the outcome was read by the requester, or by another who writes the plan; once.

    Raises PermissionDenied; ValidationError where there is no outcome yet.
    """
    row = _of_circle(by, case)
    if row.told_at is not None:
        return row
    if not row.waits_to_be_read:
        raise ValidationError(_("Cette demande n’a pas encore d’issue."))
    row.told_at, row.told_by = timezone.now(), by
    row.save(update_fields=["told_at", "told_by"])
    _record(by, "transitions.case_outcome_read", row, {})
    return row


@transaction.atomic
def ask_partner(
    *,
    by: Person,
    case: ComplexCase,
    key: str,
    kind: PartnerKind,
    partner: str,
    asked: str,
    expected_on: date | None = None,
) -> PartnerRequest:
    """Note what a partner was asked, once for a `key`; without a day, the usual delay.

    For whoever works at the DAC, once the request is taken. Raises PermissionDenied, ValidationError.
    """
    row = _of_dac(by, case)
    known = made_before(PartnerRequest, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.case_id == row.pk)
    if CaseState(row.state) not in TAKEN:
        raise ValidationError(_("Acceptez d’abord la demande."))
    if not partner.strip() or not asked.strip():
        raise ValidationError(_("Dites à quel partenaire, et ce qui lui est demandé."))
    today = today_in(row.scope)
    if expected_on is not None and expected_on < today:
        raise ValidationError(_("Ce jour est déjà passé."))
    made = PartnerRequest(
        key=key,
        case=row,
        kind=kind.value,
        partner=" ".join(partner.split())[:120],
        asked=" ".join(asked.split())[:300],
        expected_on=expected_on
        or working_day_after(row.scope, today, rule("transitions.cases.partner_days").value),
        by=by,
        at=timezone.now(),
    )
    if not databases.insert_new([made], unique=["by", "key"]):
        return made_meanwhile(PartnerRequest, by=by, key=key)
    _record(by, "transitions.partner_asked", row, {"expected_on": [None, made.expected_on]})
    return made


@transaction.atomic
def note_answer(*, by: Person, request: PartnerRequest, answer: Answer, said: str = "") -> PartnerRequest:
    """Note what a partner answered; answered already, nothing changes.

    For whoever works at the DAC. Raises PermissionDenied; ValidationError for a refusal without words.
    """
    case = _of_dac(by, request.case)
    row = PartnerRequest.objects.of_case(case).select_for_update(of=("self",)).get(pk=request.pk)
    if row.answer:
        if (row.noted_by_id, row.answer, row.said) != (by.pk, answer.value, said.strip()[:500]):
            raise ValidationError(_("{name} a déjà noté une réponse : relisez-la.").format(name=row.noted_by))
        return row
    if answer is not Answer.YES and not said.strip():
        raise ValidationError(_("Dites en un mot ce qui a été répondu."))
    row.answer, row.said = answer.value, said.strip()[:500]
    row.answered_at, row.noted_by = timezone.now(), by
    row.save(update_fields=["answer", "said", "answered_at", "noted_by"])
    _record(by, "transitions.partner_answered", case, {"answer": [None, row.answer]})
    return row


def _again(row: ComplexCase, by: Person, *, is_same: bool) -> ComplexCase:
    """Return what the same gesture of `by` ended. Raises ValidationError where it ended otherwise."""
    if row.closed_by_id != by.pk or not is_same:
        raise ValidationError(
            _("Cette demande est déjà {state}, par {name} : relisez-la.").format(
                state=row.get_state_display(), name=row.closed_by
            )
        )
    return row


def _same(known: ComplexCase, patient: people.Patient) -> ComplexCase:
    return same_write(known, is_same=known.patient_id == patient.pk)


def _of_dac(by: Person, case: ComplexCase) -> ComplexCase:
    """Return the row, locked, for whoever works at its DAC and to whom the patient opposes nothing."""
    access.require(by, Permission.ANSWER_COMPLEX_CASES, case.scope)
    return _locked(by, case)


def _of_circle(by: Person, case: ComplexCase) -> ComplexCase:
    row = _locked(by, case)
    if row.patient.account_id != by.pk:
        care.require_writer(by, row.patient, people.Part.PLAN)
    return row


def _locked(by: Person, case: ComplexCase) -> ComplexCase:
    if not ComplexCase.objects.for_person(by).filter(pk=case.pk).exists():
        raise PermissionDenied(_("Vous ne lisez pas cette demande."))
    rows = ComplexCase.objects.locked(case.pk).select_related("patient__scope", "scope")
    found: ComplexCase = rows.get()
    return found


def _move(row: ComplexCase, target: CaseState) -> None:
    if not may_become(CaseState(row.state), target):
        raise ValidationError(
            _("Cette demande est {state} : ce geste n’est plus possible.").format(
                state=row.get_state_display()
            )
        )
    row.state = target.value


def _open(by: Person, row: ComplexCase, who: Person, now: Any) -> None:
    link = people.open_coordination(
        by=by,
        patient=row.patient,
        who=who,
        means=people.Means(row.consent_means),
        recorded_by=row.by,
        why=_("Demande au DAC n° {number}").format(number=row.pk),
    )
    row.link = link if link.starts_at >= now else None  # one that was there before is not ours to end


def _end(by: Person, row: ComplexCase) -> None:
    row.closed_at, row.closed_by = timezone.now(), by
    if row.link is not None:
        people.close_coordination(by=by, link=row.link)


def _keep(by: Person, row: ComplexCase, verb: str, fields: list[str]) -> ComplexCase:
    row.save(update_fields=["state", *fields])
    _record(by, verb, row, {"state": [None, row.state]})
    return row


def _record(by: Person | None, verb: str, row: ComplexCase, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.scope_id)
