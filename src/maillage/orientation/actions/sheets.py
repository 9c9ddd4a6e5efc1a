"""Writing, publishing and retiring the safety sheets of a desk: who, from which source, signed by whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access, clock, journal, sourced_rules
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Permission, Role
from maillage.orientation.models import SafetySheet
from maillage.orientation.queries.lists import motive_rules, motives
from maillage.orientation.rules.safety import (
    Known,
    Question,
    SheetContent,
    SheetFault,
    sheet_fault,
    silenced,
    silenced_in_others,
    weakens_others,
)
from maillage.orientation.rules.vocabulary import Answer

MOST_QUESTIONS = 30
#: How sure one is of a sheet; what a program computes is none.
CERTAINTIES = tuple(one for one in sourced_rules.CERTAINTIES if one != "calcule")


class SheetRefusal(StrEnum):
    """Why a sheet was not written, published or retired; what a sheet asks is judged by `SheetFault`."""

    NOT_A_DRAFT = "not_a_draft"
    NOT_IN_USE = "not_in_use"
    SIGNER = "signer"
    NOT_SIGNED = "not_signed"
    REWRITTEN = "rewritten"
    REFUSED = "refused"
    NO_NOTE = "no_note"
    UNCONFIRMED = "unconfirmed"
    NO_SOURCE = "no_source"
    NO_REASON = "no_reason"
    TOO_MANY = "too_many"


_SENTENCES: dict[SheetFault | SheetRefusal, str | Promise] = {
    SheetFault.NO_TITLE: _("Donnez un titre à la fiche."),
    SheetFault.NO_MOTIVE: _("Choisissez au moins un motif."),
    SheetFault.OTHER_MOTIVE: _("Un de ces motifs n’est pas dans la liste : choisissez-les dans la liste."),
    SheetFault.NO_QUESTION: _("Écrivez au moins une question."),
    SheetFault.NO_ALARM: _("Aucune réponse n’alarme : la fiche ouvrirait un créneau sans rien vérifier."),
    SheetFault.REPEATED: _("La même question est écrite deux fois : gardez-en une."),
    SheetFault.WEAKER: _(
        "Un motif de cette fiche engage la vie : la nouvelle version garde ce motif et chacune des alarmes "
        "de celle qui est en usage."
    ),
    SheetRefusal.NOT_A_DRAFT: _("Cette version a déjà été en usage : écrivez-en une nouvelle."),
    SheetRefusal.NOT_IN_USE: _("Cette fiche n’est plus en usage."),
    SheetRefusal.SIGNER: _("Une fiche est signée par un médecin de ce territoire qui a un compte."),
    SheetRefusal.NOT_SIGNED: _("Cette version n’est pas signée : demandez-le à un médecin du territoire."),
    SheetRefusal.REWRITTEN: _("La fiche a changé depuis que vous l’avez ouverte : relisez-la, puis signez."),
    SheetRefusal.REFUSED: _(
        "Cette version a été refusée : récrivez-la, puis demandez de nouveau une signature."
    ),
    SheetRefusal.NO_NOTE: _(
        "Dites pourquoi vous ne la signez pas : la personne qui l’a écrite la corrigera."
    ),
    SheetRefusal.UNCONFIRMED: _(
        "Cette version alarme moins que celle qui est en usage : confirmez chaque alarme perdue."
    ),
    SheetRefusal.NO_SOURCE: _("Dites d’où viennent ces questions."),
    SheetRefusal.NO_REASON: _("Dites pourquoi cette fiche est retirée."),
    SheetRefusal.TOO_MANY: _("Une fiche a trente questions au plus."),
}


class SheetError(Exception):
    """Why a sheet was refused; its text is the sentence to show."""

    def __init__(self, reason: SheetFault | SheetRefusal) -> None:
        self.reason = reason
        super().__init__(str(_SENTENCES[reason]))


@dataclass(frozen=True, slots=True)
class Draft:
    """What one writes of a sheet; a `key` of a question that is new is empty."""

    title: str
    motives: Sequence[str]
    questions: Sequence[Question]
    source: str
    certainty: str
    title_en: str = ""


def signers(scope: Scope) -> list[Person]:
    """Return the physicians of a territory who may sign a sheet, by name."""
    held = RoleAssignment.objects.in_force(clock.today(scope)).filter(scope=scope, role=Role.PHYSICIAN.value)
    people = Person.objects.filter(pk__in=held.values("person"), is_active=True)
    return list(people.order_by("last_name", "first_name", "pk"))


@transaction.atomic
def write_sheet(*, by: Person, scope: Scope, draft: Draft, sheet: SafetySheet | None = None) -> SafetySheet:
    """Write a sheet of a desk, not yet in use: a new one, a draft again, or the next version of `sheet`.

    A version that was refused stays as it was read.

    The next version of an example of the installation is a sheet of the desk. A draft may be unfinished: it
    is judged when it is published. Raises PermissionDenied, SheetError (no title, no motive of the list, more
    than thirty questions).
    """
    access.require(by, Permission.WRITE_SAFETY_SHEETS, scope)
    _check_draft(draft)
    row = _row(scope, sheet)
    row.title, row.title_en = draft.title.strip(), draft.title_en.strip()
    row.motives, row.author = list(dict.fromkeys(draft.motives)), draft.source.strip()
    row.questions = _stored(draft.questions)
    row.certainty, row.written_by, row.written_at = draft.certainty, by, timezone.now()
    # A signature is of a text: another text is signed by nobody, nor asked of anybody.
    row.signature_asked_of = row.signature_asked_at = row.signed_by = row.signed_on = None
    row.save()
    changes = {"title": row.title, "version": row.version, "motives": row.motives, "questions": row.questions}
    _record(by, row, "orientation.sheet_written", changes)
    return row


@transaction.atomic
def ask_signature(*, by: Person, sheet: SafetySheet, of: Person) -> SafetySheet:
    """Ask a physician of the territory to read a draft and sign it; asked of another, the first is no more.

    Raises PermissionDenied, SheetError.
    """
    row = _locked(by, sheet)
    _require_publishable(row)
    if row.scope is None or of not in signers(row.scope):
        raise SheetError(SheetRefusal.SIGNER)
    if row.signed_by_id is not None or row.signature_asked_of_id == of.pk:
        return row
    row.signature_asked_of, row.signature_asked_at = of, timezone.now()
    row.save(update_fields=["signature_asked_of", "signature_asked_at"])
    _record(by, row, "orientation.signature_asked", {"version": row.version, "signed_by": of.pk})
    return row


@transaction.atomic
def sign_sheet(*, by: Person, sheet: SafetySheet, digest: str) -> SafetySheet:
    """Sign a draft, today, by oneself: for the physician of whom it was asked, or who writes the sheets.

    `digest`: of the text that was read; another one is not signed. Signed already, nothing changes.
    Raises PermissionDenied, SheetError.
    """
    row = _locked_row(sheet)
    if row.scope is None or not may_sign(by, row):
        raise PermissionDenied(_("Seul le médecin à qui la signature est demandée signe cette fiche."))
    if row.digest != digest:
        raise SheetError(SheetRefusal.REWRITTEN)
    if row.signed_by_id is not None:
        return row
    _require_publishable(row)
    row.signed_by, row.signed_on = by, clock.today(row.scope)
    row.save(update_fields=["signed_by", "signed_on"])
    changes = {"version": row.version, "signed_on": row.signed_on.isoformat()}
    _record(by, row, "orientation.sheet_signed", changes)
    return row


@transaction.atomic
def refuse_signature(*, by: Person, sheet: SafetySheet, digest: str, reason: str) -> SafetySheet:
    """Refuse to sign a draft, and say why: it goes back to who wrote it, whose next version answers.

    For whoever may sign it; `digest`: of the text that was read. Refused already, nothing changes. Raises
    PermissionDenied, SheetError.
    """
    row = _locked_row(sheet)
    if row.is_refused and row.refused_by_id == by.pk:
        return row
    if row.scope is None or not may_sign(by, row):
        raise PermissionDenied(_("Seul le médecin à qui la signature est demandée refuse cette fiche."))
    if not row.is_draft or row.signed_by_id is not None:
        raise SheetError(SheetRefusal.REFUSED if row.is_refused else SheetRefusal.NOT_A_DRAFT)
    if row.digest != digest:
        raise SheetError(SheetRefusal.REWRITTEN)
    if not reason.strip():
        raise SheetError(SheetRefusal.NO_NOTE)
    row.refused_by, row.refused_at, row.refused_because = by, timezone.now(), reason.strip()[:500]
    row.signature_asked_of = row.signature_asked_at = None
    row.save()
    changes = {"version": row.version, "written_by": row.written_by_id}
    _record(by, row, "orientation.signature_refused", changes, reason=row.refused_because)
    return row


def may_sign(person: Person, sheet: SafetySheet) -> bool:
    """Return whether a physician of the territory may sign a draft: asked of them, or theirs to write."""
    scope = sheet.scope
    if scope is None or person not in signers(scope):
        return False
    return sheet.signature_asked_of_id == person.pk or access.may(
        person, Permission.WRITE_SAFETY_SHEETS, scope
    )


@transaction.atomic
def publish_sheet(*, by: Person, sheet: SafetySheet, confirmed: Collection[str] = ()) -> SafetySheet:
    """Put a signed draft in use; the version before it is asked no more.

    `confirmed`: the texts of the questions of which `by` said, one by one, that they may alarm less than in
    what is in use (`alarms_lost`). What was answered before keeps the version that it was answered with.
    Raises PermissionDenied, SheetError.
    """
    row = _locked(by, sheet)
    before = _require_publishable(row)
    if row.signed_by_id is None:
        raise SheetError(SheetRefusal.NOT_SIGNED)
    lost = [one.text for one in alarms_lost(row)]
    if set(lost) - set(confirmed):
        raise SheetError(SheetRefusal.UNCONFIRMED)
    if before is not None and before.scope_id is not None:
        before.is_current, before.retired_at = False, timezone.now()
        before.save(update_fields=["is_current", "retired_at"])
    row.is_validated = True
    row.published_by, row.published_at, row.is_current = by, timezone.now(), True
    row.save()
    changes = {"version": row.version, "signed_by": row.signed_by_id, "confirmed": lost}
    _record(by, row, "orientation.sheet_published", changes)
    return row


def alarms_lost(sheet: SafetySheet) -> list[Question]:
    """Return the questions in use that would alarm less once a draft is, each once, for any of its motives.

    Of the version that it replaces, and of the examples that the desk's own sheet displaces.
    """
    before = in_use_before(sheet)
    displaced, stay = _others_in_use(sheet, before)
    found = silenced(before.asked, sheet.asked) if before is not None else []
    found += silenced_in_others(sheet.content, displaced, stay)
    return list({one.text: one for one in found}.values())


@transaction.atomic
def retire_sheet(*, by: Person, sheet: SafetySheet, reason: str) -> SafetySheet:
    """Take a sheet out of use: a motive to be questioned then opens no slot until another sheet is in use.

    Raises PermissionDenied, SheetError.
    """
    row = _locked(by, sheet)
    if not row.is_current:
        raise SheetError(SheetRefusal.NOT_IN_USE)
    if not reason.strip():
        raise SheetError(SheetRefusal.NO_REASON)
    row.is_current, row.retired_at, row.retired_because = False, timezone.now(), reason.strip()[:300]
    row.save(update_fields=["is_current", "retired_at", "retired_because"])
    _record(by, row, "orientation.sheet_retired", {"version": row.version}, reason=row.retired_because)
    return row


@transaction.atomic
def discard_draft(*, by: Person, sheet: SafetySheet) -> None:
    """Throw away a version that was never in use. Raises PermissionDenied, SheetError."""
    row = _locked(by, sheet)
    if row.published_at is not None:
        raise SheetError(SheetRefusal.NOT_A_DRAFT)
    _record(by, row, "orientation.sheet_discarded", {"title": row.title, "version": row.version})
    row.delete()


def in_use_before(sheet: SafetySheet) -> SafetySheet | None:
    """Return the version in use that a draft would replace, its example where the desk has none yet."""
    rows = SafetySheet.objects.of_desk(sheet.scope).filter(is_current=True).exclude(pk=sheet.pk)
    own = [one for one in rows if one.code == sheet.code]
    return next(iter(own), None) or next((one for one in rows if _is_example_of(one, sheet)), None)


def _require_publishable(row: SafetySheet) -> SafetySheet | None:
    """Return the version that a draft would replace. Raises SheetError where nobody may put it in use."""
    if row.is_refused:
        raise SheetError(SheetRefusal.REFUSED)
    if not row.is_draft:
        raise SheetError(SheetRefusal.NOT_A_DRAFT)
    before = in_use_before(row)
    known = [one["code"] for one in motives()]
    fault = sheet_fault(row.content, before.content if before else None, motive_rules(), known)
    if fault is None and weakens_others(row.content, *_others_in_use(row, before), motive_rules()):
        fault = SheetFault.WEAKER
    if fault is not None:
        raise SheetError(fault)
    if not row.author:
        raise SheetError(SheetRefusal.NO_SOURCE)
    return before


def _others_in_use(
    row: SafetySheet, before: SafetySheet | None
) -> tuple[list[SheetContent], list[SheetContent]]:
    """Return the examples that a draft displaces, as a desk's own sheet, and the own ones asked with it."""
    rows = SafetySheet.objects.of_desk(row.scope).filter(is_current=True).exclude(pk=row.pk)
    in_use = [one for one in rows if before is None or one.pk != before.pk]
    examples = [one.content for one in in_use if one.scope_id is None]
    return examples, [one.content for one in in_use if one.scope_id is not None]


def _is_example_of(example: SafetySheet, sheet: SafetySheet) -> bool:
    return example.scope_id is None and sheet.code == _own_code(example, sheet.scope)


def _own_code(example: SafetySheet, scope: Scope | None) -> str:
    return f"{scope.pk if scope else 0}-{example.code}"[:40]


def _row(scope: Scope, sheet: SafetySheet | None) -> SafetySheet:
    """Return the row to write: the draft itself, else the next version. Raises SheetError."""
    if sheet is None:
        return SafetySheet(scope=scope, code=f"{scope.pk}-{uuid4().hex[:12]}", version=1)
    if sheet.scope_id not in {None, scope.pk}:
        raise SheetError(SheetRefusal.NOT_A_DRAFT)
    if sheet.is_draft:
        sheet = _locked_row(sheet)
        if sheet.is_draft:  # neither refused nor put in use since the form was opened
            return sheet
    code = _own_code(sheet, scope) if sheet.scope_id is None else sheet.code
    rows = SafetySheet.objects.select_for_update().filter(code=code).order_by("-version")
    last = rows.first()
    if last is not None and last.is_draft:
        return last
    return SafetySheet(scope=scope, code=code, version=last.version + 1 if last else 1)


def _locked(by: Person, sheet: SafetySheet) -> SafetySheet:
    if sheet.scope is None:  # an example is the program's: a desk writes its own in its place
        access.require_everywhere(by, Permission.WRITE_SAFETY_SHEETS)
    else:
        access.require(by, Permission.WRITE_SAFETY_SHEETS, sheet.scope)
    return _locked_row(sheet)


def _locked_row(sheet: SafetySheet) -> SafetySheet:
    found = SafetySheet.objects.select_for_update().filter(pk=sheet.pk).first()
    if found is None:  # thrown away meanwhile
        raise SheetError(SheetRefusal.NOT_A_DRAFT)
    return found


def _check_draft(draft: Draft) -> None:
    if not draft.title.strip():
        raise SheetError(SheetFault.NO_TITLE)
    if not draft.motives:
        raise SheetError(SheetFault.NO_MOTIVE)
    if set(draft.motives) - {one["code"] for one in motives()}:
        raise SheetError(SheetFault.OTHER_MOTIVE)
    if draft.certainty not in CERTAINTIES:
        raise ValueError(f"no certainty: {draft.certainty!r}")
    if len(draft.questions) > MOST_QUESTIONS:
        raise SheetError(SheetRefusal.TOO_MANY)


def _stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return questions as a sheet stores them, each with a key; a key once given stays that question's."""
    taken = {one.key for one in questions if one.key}
    found = []
    for one in questions:
        key = one.key or _free_key(taken)
        taken.add(key)
        stored: dict[str, Any] = {"key": key, "text": one.text, "text_en": one.text_en}
        stored["red_flag"] = one.red_flag.value if one.red_flag else ""
        if one.known:
            stored["known"] = [_known(each) for each in one.known]
        if one.fact:
            stored["fact"] = one.fact
        found.append(stored)
    return found


def _free_key(taken: Collection[str]) -> str:
    number = len(taken) + 1
    while f"q{number}" in taken:
        number += 1
    return f"q{number}"


def _known(one: Known) -> dict[str, Any]:
    said: dict[str, Any] = {"answer": Answer(one.answer).value}
    if one.sex:
        said["sex"] = one.sex
    if one.under_months is not None:
        said["under_months"] = one.under_months
    if one.from_months is not None:
        said["from_months"] = one.from_months
    return said


def _record(by: Person, row: SafetySheet, verb: str, changes: dict[str, Any], *, reason: str = "") -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, reason=reason, scope=row.scope)
