"""Asking structures how they hold, hearing them, asking for what is lacking, receiving offers of help."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.crisis.actions.cells import must_be_open, told, writable, write_line
from maillage.crisis.models import (
    LEVEL_LABELS,
    SUPPLY_LABELS,
    AskedStructure,
    Cell,
    StructureState,
    SupplyRequest,
    Volunteer,
)
from maillage.crisis.rules.vocabulary import Helper, Level, Note, Post, Supply, may_become
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write

#: How many structures a cell asks at the most.
MOST = 500
_MOST_COUNTED = 10_000


class FloodedError(Exception):
    """An address was answered too many times in an hour."""


@transaction.atomic
def ask_structures(*, by: Person, cell: Cell, structures: Iterable[directory.Structure]) -> int:
    """Ask structures how they hold, each once; return how many are new.

    Raises PermissionDenied, ValidationError.
    """
    row = writable(by, cell, Post.STRUCTURES)
    wanted = {one.pk: one for one in structures}
    asked = set(AskedStructure.objects.of(row).values_list("structure_id", flat=True))
    new = [one for key, one in wanted.items() if key not in asked]
    if len(asked) + len(new) > MOST:
        raise ValidationError(
            _("Une cellule suit {most} structures au plus : choisissez-en moins.").format(most=MOST)
        )
    if not new:
        return 0
    now = timezone.now()
    AskedStructure.objects.bulk_create(
        [AskedStructure(cell=row, structure=one, by=by, at=now) for one in new]
    )
    told(row, by, "crisis.structures_asked", {"structures": len(new)})
    return len(new)


@transaction.atomic
def declare(
    *,
    asked: AskedStructure,
    level: Level,
    contact: str,
    key: str,
    beds: int | None = None,
    absent: int | None = None,
    needs: str = "",
    phone: str = "",
    by: Person | None = None,
) -> StructureState:
    """Note how a structure holds: by its own address (`by` None), or as somebody heard it by telephone.

    A level that worries, or something lacking, is written in the log. The same `key` again is the same
    answer. Raises PermissionDenied; FloodedError; ValidationError without who answers, or once the cell is
    closed.
    """
    if by is None:
        cell = must_be_open(Cell._base_manager.select_for_update().get(pk=asked.cell_id))
    else:
        cell = writable(by, asked.cell, Post.STRUCTURES)
    if by is None:
        # A stranger chooses the key: it is of this structure alone.
        key = hashlib.sha256(f"{asked.pk}:{key}".encode()).hexdigest()
    known = made_before(StructureState, by=by, key=key)
    said = {
        "level": level.value, "beds": beds, "absent": absent, "needs": needs.strip()[:500],
        "contact": " ".join(contact.split())[:120], "phone": phone,
    }  # fmt: skip
    if known is not None:
        same = known.asked_id == asked.pk and all(getattr(known, one) == value for one, value in said.items())
        return same_write(known, is_same=same)
    if not said["contact"]:
        raise ValidationError({"contact": _("Dites qui répond : la cellule doit savoir qui rappeler.")})
    for name, value in (("beds", beds), ("absent", absent)):
        if value is not None and not 0 <= value <= _MOST_COUNTED:
            raise ValidationError({name: _("Donnez un nombre entre 0 et 10 000.")})
    rows = StructureState.objects.in_scope(cell.scope).filter(asked=asked)
    now = timezone.now()
    most = rule("crisis.links.most").value
    if by is None and rows.filter(by=None, at__gt=now - timedelta(hours=1)).count() >= most:
        raise FloodedError
    before = rows.order_by("at", "pk").last()
    made = StructureState.objects.create(asked=asked, key=key, by=by, at=now, **said)
    if level is not Level.NORMAL or made.needs or (before is not None and before.level != level):

        def text() -> str:
            words = formats.told(asked.structure.name, str(LEVEL_LABELS[level]))
            return (
                _("{said}. Il manque : {needs}").format(said=words, needs=made.needs) if made.needs else words
            )

        kind = Note.REQUEST if made.needs else Note.FACT
        write_line(cell, kind, text, now, by=by, said_by=made.contact)
    told(cell, by, "crisis.structure_declared", {"structure": asked.structure_id, "level": level.value})
    return made


@transaction.atomic
def ask_supply(*, by: Person, cell: Cell, what: str, quantity: int, whom: str, key: str) -> SupplyRequest:
    """Ask for something that somebody lacks; the same `key` again is the same request.

    Raises PermissionDenied, ValidationError.
    """
    row = writable(by, cell)
    said = (" ".join(what.split())[:160], quantity, " ".join(whom.split())[:160])
    known = made_before(SupplyRequest, by=by, key=key)
    if known is not None:
        kept = (known.cell_id, known.what, known.quantity, known.whom)
        return same_write(known, is_same=kept == (row.pk, *said))
    missing = {"what": _("Dites ce qu’il faut."), "whom": _("Dites pour qui.")}
    errors = {name: words for (name, words), text in zip(missing.items(), said[::2], strict=True) if not text}
    if not 1 <= quantity <= 1_000_000:
        errors["quantity"] = _("Donnez une quantité entre 1 et 1 000 000.")
    if errors:
        raise ValidationError(errors)
    made = SupplyRequest.objects.create(
        cell=row, by=by, key=key, what=said[0], quantity=quantity, whom=said[2], state=Supply.ASKED
    )
    write_line(row, Note.REQUEST, lambda: _supply_words(made), timezone.now(), by=by)
    told(row, by, "crisis.supply_asked", {"supply": made.pk, "quantity": quantity})
    return made


@transaction.atomic
def answer_supply(*, by: Person, request: SupplyRequest, state: Supply, answer: str = "") -> SupplyRequest:
    """Note what became of a request; the same again, nothing changes.

    Raises PermissionDenied; ValidationError where it is over, or refused without words.
    """
    cell = writable(by, request.cell, Post.SUPPLIES)
    row = SupplyRequest.objects.of(cell).select_for_update().get(pk=request.pk)
    said = answer.strip()[:300]
    if row.state == state and row.answer == said:
        return row
    if row.state != state and not may_become(Supply(row.state), state):
        raise ValidationError(
            _("Cette demande est déjà « {state} » : faites-en une autre.").format(
                state=row.get_state_display()
            )
        )
    if state is Supply.REFUSED and not said:
        raise ValidationError({"answer": _("Dites pourquoi, et où l’on a cherché.")})
    before = row.state
    row.state, row.answer, row.answered_by, row.answered_at = state.value, said, by, timezone.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])

    def text() -> str:
        words = _("{what} : {state}.").format(what=_supply_words(row), state=SUPPLY_LABELS[state])
        return f"{words} {said}".strip()

    write_line(cell, Note.FACT, text, timezone.now(), by=by)
    told(cell, by, "crisis.supply_answered", {"supply": row.pk, "state": [before, state.value]})
    return row


def _expected_words() -> str:
    return _("Un renfort de plus est attendu : voir les volontaires.")


def _supply_words(request: SupplyRequest) -> str:
    quantity = formats.number(request.quantity)
    return _("{quantity} × {what}, pour {whom}").format(
        quantity=quantity, what=request.what, whom=request.whom
    )


@transaction.atomic
def offer_help(*, cell: Cell, name: str, profession: str, phone: str, available: str, key: str) -> Volunteer:
    """Note somebody who offers to help by the address of the cell; the same `key` again is the same offer.

    Raises ValidationError once the cell is closed, FloodedError.
    """
    row = must_be_open(Cell._base_manager.select_for_update().get(pk=cell.pk))
    said = {
        "name": " ".join(name.split())[:120], "profession": " ".join(profession.split())[:80],
        "phone": phone, "available": " ".join(available.split())[:300],
    }  # fmt: skip
    rows = Volunteer.objects.of(row)
    known = rows.filter(key=key).first()
    if known is not None:
        return same_write(known, is_same=all(getattr(known, one) == value for one, value in said.items()))
    empty = [one for one, value in said.items() if not value]
    if empty:
        raise ValidationError({one: _("Ce renseignement manque.") for one in empty})
    now = timezone.now()
    # Shared by all who have the address: ten times what one structure may answer.
    if rows.filter(at__gt=now - timedelta(hours=1)).count() >= 10 * rule("crisis.links.most").value:
        raise FloodedError
    made = Volunteer.objects.create(cell=row, key=key, at=now, state=Helper.OFFERED, **said)
    told(row, None, "crisis.help_offered", {"volunteer": made.pk})
    return made


@transaction.atomic
def answer_volunteer(*, by: Person, volunteer: Volunteer, state: Helper) -> Volunteer:
    """Note that somebody who offered to help is expected, or thanked. Raises PermissionDenied."""
    cell = writable(by, volunteer.cell, Post.STRUCTURES)
    row = Volunteer.objects.of(cell).select_for_update().get(pk=volunteer.pk)
    if row.state == state:
        return row
    before = row.state
    row.state, row.answered_by, row.answered_at = state.value, by, timezone.now()
    row.save(update_fields=["state", "answered_by", "answered_at"])
    if state is Helper.EXPECTED:
        # The log is for good and read by all who follow; who offered was told that it is erased.
        write_line(cell, Note.DECISION, _expected_words, timezone.now(), by=by)
    told(cell, by, "crisis.volunteer_answered", {"volunteer": row.pk, "state": [before, state.value]})
    return row
