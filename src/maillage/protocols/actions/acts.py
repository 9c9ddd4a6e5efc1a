"""An act under a protocol: its questions asked, then signed, or returned to the physician, or the 15."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before
from maillage.people import api as people
from maillage.protocols.actions.referrals import ask_physician
from maillage.protocols.models import Act, Protocol, SignUp, Version
from maillage.protocols.queries.protocols import criteria_of, standing_sign_ups, today_in
from maillage.protocols.rules.criteria import Criterion, Said, Standing, answered, judge
from maillage.protocols.rules.protocols import BEGINS, OPEN, ActState, Side
from maillage.protocols.rules.referrals import Purpose

LONGEST = 2000
Made = TypeVar("Made")


@transaction.atomic
def begin_act(
    *,
    by: Person,
    version: Version,
    patient: people.Patient,
    act: str,
    answers: Mapping[str, str],
    key: str,
    signs: Collection[str] = (),
    has_agreed: bool = False,
) -> Act:
    """Ask the questions of a version about a patient, before an act; the same `key` again is the same act.

    `answers`: yes, no or unknown by key of `criteria_of`; what is left out is unknown. `signs`: codes of the
    rule `people.signals.vital_signs`. A vital sign leads to the 15 and to nothing else; a stop or an
    exclusion goes back to the physician at once; what is unknown waits to be checked. Raises PermissionDenied
    outside the circle or without a sign-up in force; ValidationError for a version that is not in use, an
    act that is not of it, a patient who was not told, an act begun already.
    """
    care.require_writer(by, patient, people.Part.HEALTH)
    people.lock(patient)
    known = made_before(Act, by=by, key=key)
    if known is not None:
        return same(known, known.patient_id == patient.pk and known.version_id == version.pk)
    row, mine = _usable(by, version)
    codes = {one["code"] for one in rule("people.signals.vital_signs").value}
    if not set(signs) <= codes:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    if act not in row.acts:
        raise ValidationError(_("Choisissez un acte de ce protocole."))
    if not signs and not has_agreed:
        raise ValidationError(_("La personne doit être informée et d’accord avant un acte délégué."))
    criteria = criteria_of(row, patient)
    said = read_answers(criteria, answers)
    standing, against = judge(criteria, said, signs)
    if BEGINS[standing] in OPEN:
        _refuse_second(row, patient)
    made = Act.objects.create(
        version=row,
        patient=patient,
        sign_up=mine,
        act=act,
        asked=kept(criteria, said),
        signs=sorted(signs),
        standing=standing.value,
        state=BEGINS[standing].value,
        closed_at=None if BEGINS[standing] in OPEN else timezone.now(),
        by=by,
        key=key,
    )
    if made.state == ActState.RETURNED:
        _return(made, against)
    _record(by, "protocols.act_begun", made, {"standing": [None, made.standing], "version": row.number})
    return made


@transaction.atomic
def complete_act(*, by: Person, act: Act, answers: Mapping[str, str], signs: Collection[str] = ()) -> Act:
    """Answer what an act still has to check; what it then is, as in `begin_act`.

    Raises PermissionDenied, ValidationError where it is no longer to be checked or may no longer be done.
    """
    row = _own(by, act)
    if row.state != ActState.TO_CHECK:
        raise ValidationError(_("Cet acte n’attend plus de réponse."))
    version, _mine = _usable(by, row.version)
    criteria = criteria_of(version, row.patient)
    said = read_answers(criteria, {**_still_asked(criteria, row.answers), **answers})
    standing, against = judge(criteria, said, signs)
    row.asked, row.signs, row.standing = kept(criteria, said), sorted(signs), standing.value
    row.state = BEGINS[standing].value
    row.closed_at = None if row.is_open else timezone.now()
    row.save(update_fields=["asked", "signs", "standing", "state", "closed_at"])
    if row.state == ActState.RETURNED:
        _return(row, against)
    _record(by, "protocols.act_completed", row, {"standing": [Standing.TO_CHECK.value, row.standing]})
    return row


@transaction.atomic
def sign_act(*, by: Person, act: Act, report: str) -> Act:
    """Sign what was done; signed already, nothing changes.

    The version, the sign-up and the circle are asked again: what was withdrawn meanwhile signs nothing.
    Raises PermissionDenied, ValidationError.
    """
    row = _own(by, act)
    if row.state == ActState.SIGNED:
        return same(row, row.report == report.strip()[:LONGEST])
    if row.state != ActState.TO_SIGN:
        raise ValidationError(_("Cet acte n’est pas à signer : des questions attendent, ou il est clos."))
    _usable(by, row.version)
    if not report.strip():
        raise ValidationError(_("Dites en quelques mots ce qui a été fait."))
    row.state, row.report, row.closed_at = ActState.SIGNED.value, report.strip()[:LONGEST], timezone.now()
    row.save(update_fields=["state", "report", "closed_at"])
    _record(by, "protocols.act_signed", row, {"state": [ActState.TO_SIGN.value, row.state]})
    return row


@transaction.atomic
def return_act(*, by: Person, act: Act, because: str) -> Act:
    """Give an open act back to the physician: a stop criterion, a doubt, a version withdrawn meanwhile.

    Returned already, nothing changes. Raises PermissionDenied, ValidationError without a reason.
    """
    row = _own(by, act)
    if row.state == ActState.RETURNED:
        return same(row, row.report == because.strip()[:LONGEST])
    if not row.is_open:
        raise ValidationError(_("Cet acte est clos."))
    if not because.strip():
        raise ValidationError(_("Dites pourquoi l’acte revient au médecin."))
    before, row.state = row.state, ActState.RETURNED.value
    row.report, row.closed_at = because.strip()[:LONGEST], timezone.now()
    row.save(update_fields=["state", "report", "closed_at"])
    _ask(row, row.report)
    _record(by, "protocols.act_returned", row, {"state": [before, row.state]})
    return row


def same(row: Made, is_same: bool) -> Made:
    """Return what the same write made before. Raises ValidationError where something else was written."""
    if not is_same:
        raise ValidationError(_("Autre chose a été noté entre-temps : relisez la page, puis recommencez."))
    return row


def _own(by: Person, act: Act) -> Act:
    """Return the row, locked, for whoever began it and still writes there. Raises PermissionDenied."""
    if act.by_id != by.pk:
        raise PermissionDenied(_("Un acte se clôt par qui l’a commencé."))
    care.require_writer(by, act.patient, people.Part.HEALTH)
    rows = Act.objects.of_patient(act.patient).select_for_update(of=("self",))
    return rows.select_related("version__protocol__scope", "patient__scope").get(pk=act.pk)


def _usable(by: Person, version: Version) -> tuple[Version, SignUp]:
    """Return the version and the sign-up of `by`, held still until the end of the write.

    Raises ValidationError for a version that is not in use, PermissionDenied without a sign-up in force on
    both sides.
    """
    # The row that whoever withdraws or signs up locks too: one after the other.
    Protocol.objects.select_for_update(of=("self",)).get(pk=version.protocol_id)
    row = Version.objects.select_related("protocol__scope").get(pk=version.pk)
    if not row.is_in_use:
        raise ValidationError(_("Cette version n’est pas en usage : elle ne peut pas servir."))
    protocol = row.protocol
    held = standing_sign_ups([protocol], today_in(protocol.scope))[protocol.pk]
    mine = [one for one in held if one.side == Side.DELEGATED and one.professional.account_id == by.pk]
    if not mine:
        raise PermissionDenied(_("Votre adhésion à ce protocole n’est pas, ou n’est plus, en cours."))
    if not any(one.side == Side.DELEGATING for one in held):
        raise PermissionDenied(_("Aucun médecin délégant n’a d’adhésion en cours à ce protocole."))
    return row, mine[0]


def _refuse_second(version: Version, patient: people.Patient) -> None:
    rows = Act.objects.of_patient(patient).open().filter(version__protocol=version.protocol)
    other = rows.select_related("by").first()
    if other is not None:
        raise ValidationError(
            _("{name} a déjà commencé un acte de ce protocole pour cette personne.").format(name=other.by)
        )


def read_answers(criteria: Collection[Criterion], answers: Mapping[str, str]) -> dict[str, Said]:
    """Return the answers of a form. Raises ValidationError where the questions changed since it was drawn."""
    try:
        return answered(criteria, answers)
    except (KeyError, ValueError):
        raise ValidationError(
            _("Les questions de ce protocole ont changé : rechargez la page, puis recommencez.")
        ) from None


def _still_asked(criteria: Collection[Criterion], before: Mapping[str, str]) -> dict[str, str]:
    keys = {one.key for one in criteria}
    return {key: said for key, said in before.items() if key in keys}


def kept(criteria: Collection[Criterion], said: Mapping[str, Said]) -> list[dict[str, str | bool]]:
    """Return what was asked and answered, as the act keeps it."""
    return [
        {
            "key": one.key,
            "kind": one.kind.value,
            "text": one.text,
            "said": said[one.key].value,
            "known": one.known is not None,
        }
        for one in criteria
    ]


def _return(act: Act, against: Collection[Criterion]) -> None:
    """Ask the physician about the criteria that stopped an act."""
    _ask(act, "\n".join(one.text for one in against))


def _ask(act: Act, text: str) -> None:
    ask_physician(
        by=act.by,
        patient=act.patient,
        purpose=Purpose.EXCEPTION,
        text=f"{act.act}\n{text}"[:LONGEST],
        key=f"act-{act.pk}",
        act=act,
    )


def _record(by: Person, verb: str, row: Act, changes: dict[str, object]) -> None:
    journal.record(
        by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.patient.scope_id
    )
