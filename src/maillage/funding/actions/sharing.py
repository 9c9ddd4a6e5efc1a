"""Sharing a sum among the members of a centre: proposed line by line, then in the accounts, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.funding.actions import ledger
from maillage.funding.actions.contracts import words
from maillage.funding.models import Contract, LedgerLine, Operation, Sharing, SharingPart
from maillage.funding.rules.sharing import SharingError, shares
from maillage.funding.rules.vocabulary import ContractKind, MissionCode, OperationKind, SharingKey
from maillage.kernel import access, journal
from maillage.kernel.amounts import MOST
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write


@dataclass(frozen=True, slots=True)
class Member:
    """A member and their weight; `manages`: the bonus is theirs."""

    who: directory.Professional
    weight: Decimal
    manages: bool = False


@transaction.atomic
def propose_sharing(
    *,
    by: Person,
    contract: Contract,
    label: str,
    pool: int,
    charges: int,
    bonus: int,
    by_key: SharingKey,
    members: Sequence[Member],
    document: str,
    key: str,
) -> Sharing:
    """Compute the part of each member and keep it as a proposal: nothing is in the accounts yet.

    The parts make the pool less the charges, to the cent. Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if contract.nature is ContractKind.ACI_CPTS:
        raise ValidationError(
            _("Une CPTS indemnise le temps donné, sous plafond : elle ne partage pas ce qu’elle reçoit.")
        )
    said = words(label, "label", 120)
    if not 1 <= pool <= MOST:
        raise ValidationError({"pool": _("Ce montant est hors d’atteinte : vérifiez les zéros.")})
    names = [one.who.pk for one in members]
    if len(set(names)) != len(names):
        raise ValidationError({"members": _("Une personne est deux fois dans la liste.")})
    if sum(one.manages for one in members) > 1:
        raise ValidationError({"members": _("Une seule personne a le supplément de gérance.")})
    manager = next((place for place, one in enumerate(members) if one.manages), None)
    try:
        parts = shares(pool, charges, bonus, manager, by_key, [one.weight for one in members])
    except SharingError as error:
        raise ValidationError(refusal(error.code)) from error
    values = {
        "contract": contract, "label": said, "pool": pool, "charges": charges, "bonus": bonus,
        "by_key": by_key.value, "document": words(document, "document"),
    }  # fmt: skip
    known = made_before(Sharing, by=by, key=key, related=("contract",))
    if known is not None:
        kept = SharingPart.objects.in_scope(contract.scope).filter(sharing=known).order_by("position")
        lines = list(kept.values_list("professional", "weight", "cents", "bonus"))
        same_lines = lines == [
            (one.who.pk, one.weight, part.cents, part.bonus) for one, part in zip(members, parts, strict=True)
        ]
        is_same = same_lines and all(getattr(known, name) == one for name, one in values.items())
        return same_write(known, is_same=is_same)
    made = Sharing.objects.create(**values, by=by, key=key)
    for place, (one, part) in enumerate(zip(members, parts, strict=True), start=1):
        SharingPart.objects.create(
            sharing=made, professional=one.who, position=place, weight=one.weight, cents=part.cents,
            bonus=part.bonus,
        )  # fmt: skip
    journal.record(
        by=by, verb="funding.sharing_proposed", target=journal.target_of(made),
        changes={"cents": pool - charges, "rows": len(members)}, scope=contract.scope,
    )  # fmt: skip
    return made


def refusal(code: str) -> str:
    """Say why a key cannot share, and how to mend it."""
    return {
        "nobody": _("Donnez au moins une personne."),
        "negative": _("Ni une somme ni un poids ne sont négatifs."),
        "no_manager": _("Le supplément de gérance n’a personne : marquez d’une étoile qui gère."),
        "too_much": _("Les charges et le supplément dépassent la somme à partager."),
        "no_weight": _("Tous les poids sont nuls : donnez-en un à quelqu’un."),
        "not_hundred": _("Les pourcentages ne font pas 100 exactement."),
    }[code]


@transaction.atomic
def post_sharing(*, by: Person, sharing: Sharing, day: date, key: str) -> Operation:
    """Owe each member their part, by one operation; once. Raises PermissionDenied, ValidationError."""
    scope = sharing.contract.scope
    book = ledger.locked_book(by, scope)
    rows = Sharing.objects.in_scope(scope).select_for_update(of=("self",))
    row = rows.select_related("operation", "contract").get(pk=sharing.pk)
    if row.operation is not None and not hasattr(row.operation, "reversed_by"):
        return row.operation
    costs = ledger.mission_account(scope, MissionCode.RUNNING)
    parts = SharingPart.objects.in_scope(scope).filter(sharing=row, cents__gt=0)
    legs = [
        ledger.Leg(costs, ledger.payee_account(scope, one.named), one.cents)
        for one in parts.select_related("professional", "person")
    ]
    if not legs:
        raise ValidationError(_("Il n’y a rien à partager."))
    row.operation = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.SHARING, label=row.label, legs=legs, key=key,
        source=f"funding.sharing:{row.pk}",
    )  # fmt: skip
    row.save(update_fields=["operation"])
    return row.operation


@transaction.atomic
def pay_sharing(*, by: Person, sharing: Sharing, day: date, key: str) -> Operation:
    """Write that every part of a posted sharing was paid on a day, once. Raises as `post_sharing`."""
    scope = sharing.contract.scope
    book = ledger.locked_book(by, scope)
    row = Sharing.objects.in_scope(scope).select_related("operation").get(pk=sharing.pk)
    if row.operation is None or hasattr(row.operation, "reversed_by"):
        raise ValidationError(_("Passez d’abord le partage dans les comptes."))
    source = f"funding.sharing_paid:{row.pk}"
    paid = Operation.objects.in_scope(scope).filter(source=source, reversed_by=None).first()
    if paid is not None:
        return paid
    bank = ledger.bank(scope)
    legs = [
        ledger.Leg(one.credit, bank, one.cents)
        for one in LedgerLine.objects.in_scope(scope)
        .filter(operation=row.operation)
        .select_related("credit")
        .order_by("pk")
    ]
    return ledger.post(
        by=by,
        book=book,
        day=day,
        kind=OperationKind.PAYMENT,
        label=row.label,
        legs=legs,
        key=key,
        source=source,
    )
