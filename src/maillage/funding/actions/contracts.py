"""Keeping contracts: what was signed, missions begun, amounts typed from a document, money received."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.funding.actions import ledger
from maillage.funding.computations.schedules import first_signature, knows_period, knows_signature
from maillage.funding.models import (
    MISSION_LABELS,
    Contract,
    ContractAmount,
    ContractMission,
    Declaration,
    Instalment,
    Operation,
    Receipt,
)
from maillage.funding.rules.schedule import anniversary
from maillage.funding.rules.vocabulary import MISSIONS, ContractKind, MissionCode, OperationKind
from maillage.kernel import access, formats, journal
from maillage.kernel.amounts import MOST
from maillage.kernel.fields import readable
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write

#: The amounts of an ACI of a CPTS that are asked once, or replace those of a sourced rule.
AMOUNTS = ("grant", *(f"{part}.{code.value}" for code in MISSIONS for part in ("fixed", "variable")))
_LONGEST = 30


def words(text: str, field: str, most: int = 200) -> str:
    """Return a text without needless blanks.

    Raises ValidationError where nothing is written, or what is written is not what one would read.
    """
    said = " ".join(text.split())[:most]
    if not said:
        raise ValidationError({field: _("Ce texte manque.")})
    return readable(said, field)


@transaction.atomic
def keep_contract(
    *,
    by: Person,
    scope: Scope,
    kind: ContractKind,
    title: str,
    parties: str,
    document: str,
    signed_on: date,
    key: str,
    last_day: date | None = None,
    population: int | None = None,
    population_year: int | None = None,
    is_demonstration: bool = False,
) -> Contract:
    """Keep a contract of a scope; without `last_day`, it lasts as long as the rule of an ACI says.

    The same key again gives the same contract. Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, scope)
    said = {
        "title": words(title, "title", 120), "parties": words(parties, "parties"),
        "document": words(document, "document"),
    }  # fmt: skip
    if not is_in_reach(signed_on):
        raise ValidationError({"signed_on": _("Cette date est hors d’atteinte.")})
    years = rule("funding.aci_cpts.years").value
    until = last_day or _day_before(anniversary(signed_on, years))
    if until < signed_on:
        raise ValidationError({"last_day": _("Le contrat finirait avant d’être signé.")})
    if until >= anniversary(signed_on, _LONGEST):
        raise ValidationError({"last_day": _("Un contrat de plus de trente ans : vérifiez l’année.")})
    if kind is ContractKind.ACI_CPTS and not population:
        raise ValidationError(
            {"population": _("La taille d’une CPTS vient de sa population : donnez celle du contrat.")}
        )
    values: dict[str, Any] = {
        **said, "kind": kind.value, "signed_on": signed_on, "last_day": until, "population": population,
        "population_year": population_year,
    }  # fmt: skip
    if kind is ContractKind.ACI_CPTS and not knows_signature(signed_on):
        raise ValidationError(
            {"signed_on": _("Les règles de l’ACI des CPTS commencent le {day} : vérifiez l’année.").format(
                day=formats.date_short(first_signature())
            )}
        )  # fmt: skip
    made, is_new = Contract.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope, "is_demonstration": is_demonstration}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    _record(
        by, "funding.contract_kept", made, {"kind": kind.value, "signed_on": signed_on, "last_day": until}
    )
    return made


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


@transaction.atomic
def stop_contract(*, by: Person, contract: Contract, last_day: date) -> Contract:
    """Say that a contract ends early, after `last_day`; the schedule follows. Raises as `keep_contract`."""
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    row = Contract.objects.in_scope(contract.scope).select_for_update().get(pk=contract.pk)
    if not row.signed_on <= last_day <= row.last_day:
        raise ValidationError(
            _("Le dernier jour est entre le {first} et le {last}.").format(
                first=formats.date_short(row.signed_on), last=formats.date_short(row.last_day)
            )
        )
    if row.stopped_on != last_day:
        before = row.stopped_on
        row.stopped_on = last_day
        row.save(update_fields=["stopped_on"])
        _record(by, "funding.contract_stopped", row, {"last_day": [before, last_day]})
    return row


@transaction.atomic
def start_mission(
    *, by: Person, contract: Contract, mission: MissionCode, starts_on: date, key: str
) -> ContractMission:
    """Say on which day a mission begins under a contract; again on the same day, nothing changes.

    Raises PermissionDenied; ValidationError for another day than the one kept, or outside the contract.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    row = Contract.objects.in_scope(contract.scope).select_for_update().get(pk=contract.pk)
    if row.nature is not ContractKind.ACI_CPTS or mission not in MISSIONS:
        raise ValidationError(_("Ce contrat n’a pas de missions."))
    if not row.signed_on <= starts_on <= row.until:
        raise ValidationError(
            _("Une mission commence pendant le contrat : entre le {first} et le {last}.").format(
                first=formats.date_short(row.signed_on), last=formats.date_short(row.until)
            )
        )
    known = ContractMission.objects.in_scope(row.scope).filter(contract=row, code=mission.value).first()
    if known is not None:
        if known.starts_on != starts_on:
            raise ValidationError(
                _("{mission} a déjà commencé, le {day}.").format(
                    mission=MISSION_LABELS[mission], day=formats.date_short(known.starts_on)
                )
            )
        return known
    same_write(None, is_same=made_before(ContractMission, by=by, key=key) is None)
    made = ContractMission.objects.create(
        contract=row, code=mission.value, starts_on=starts_on, by=by, key=key
    )
    _record(by, "funding.mission_started", made, {"mission": mission.value, "starts_on": starts_on}, row)
    return made


@transaction.atomic
def type_amount(
    *, by: Person, contract: Contract, name: str, cents: int, document: str, key: str
) -> ContractAmount:
    """Keep an amount that no text gave us, with the document that it comes from; the last one typed stands.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if name not in AMOUNTS or contract.nature is not ContractKind.ACI_CPTS:
        raise ValidationError(_("Ce montant n’est pas de ce contrat."))
    _require_amount(cents, least=0)
    said = words(document, "document")
    before = ContractAmount.objects.in_scope(contract.scope).filter(contract=contract, name=name).last()
    made, is_new = ContractAmount.objects.in_scope(contract.scope).get_or_create(
        by=by, key=key, defaults={"contract": contract, "name": name, "cents": cents, "document": said}
    )
    if not is_new:
        is_same = (made.contract_id, made.name, made.cents) == (contract.pk, name, cents)
        return same_write(made, is_same=is_same and made.document == said)
    changed = [None if before is None else before.cents, cents]
    _record(by, "funding.amount_typed", made, {"amount": name, "cents": changed, "proof": said}, contract)
    return made


@transaction.atomic
def add_instalment(
    *, by: Person, contract: Contract, due_on: date, label: str, cents: int, key: str
) -> Instalment:
    """Keep a payment as a contract writes it; for those whose schedule no rule computes.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    if contract.nature in {ContractKind.ACI_CPTS, ContractKind.ACI_MSP, ContractKind.PEPS}:
        raise ValidationError(_("L’échéancier de ce contrat est calculé."))
    _require_amount(cents)
    if not is_in_reach(due_on):
        raise ValidationError({"due_on": _("Cette date est hors d’atteinte.")})
    said = words(label, "label", 120)
    made, is_new = Instalment.objects.in_scope(contract.scope).get_or_create(
        by=by, key=key, defaults={"contract": contract, "due_on": due_on, "label": said, "cents": cents}
    )
    if not is_new:
        is_same = (made.contract_id, made.due_on, made.cents) == (contract.pk, due_on, cents)
        return same_write(made, is_same=is_same and made.label == said)
    _record(by, "funding.instalment_added", made, {"due_on": due_on, "cents": cents}, contract)
    return made


@transaction.atomic
def declare(
    *,
    by: Person,
    contract: Contract,
    year: int,
    facts: dict[str, Any],
    document: str,
    key: str,
    quarter: int = 0,
) -> Declaration:
    """Keep what is declared for a year of an ACI MSP, or a quarter of PEPS; the last one stands.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, contract.scope)
    quarters = {ContractKind.ACI_MSP: range(1), ContractKind.PEPS: range(1, 5)}.get(contract.nature, range(0))
    if quarter not in quarters:
        raise ValidationError(_("Ce contrat ne demande pas cette déclaration."))
    if not contract.signed_on.year <= year <= contract.until.year:
        raise ValidationError(
            {"year": _("Le contrat court de {first} à {last}.").format(
                first=contract.signed_on.year, last=contract.until.year
            )}
        )  # fmt: skip
    if not knows_period(year, quarter):
        raise ValidationError(
            {"year": _("Aucune règle lue ne dit comment cette période se compte : elle est trop ancienne.")}
        )
    said = words(document, "document")
    made, is_new = Declaration.objects.in_scope(contract.scope).get_or_create(
        by=by, key=key,
        defaults={"contract": contract, "year": year, "quarter": quarter, "facts": facts, "document": said},
    )  # fmt: skip
    if not is_new:
        is_same = (made.contract_id, made.year, made.quarter) == (contract.pk, year, quarter)
        return same_write(made, is_same=is_same and (made.facts, made.document) == (facts, said))
    _record(by, "funding.declared", made, {"year": year, "quarter": quarter, "proof": said}, contract)
    return made


@transaction.atomic
def record_receipt(
    *, by: Person, contract: Contract, payment: str, day: date, cents: int, label: str, key: str
) -> Operation:
    """Write that money came under a contract, for a payment of its schedule (its key, or none of them).

    Raises PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, contract.scope)
    known = ledger.known_operation(by, key, scope=contract.scope, kind=OperationKind.RECEIPT)
    if known is not None:
        row = known.receipt
        is_same = (row.contract_id, row.payment, row.cents) == (contract.pk, payment[:40], cents)
        return same_write(known, is_same=is_same and known.day == day)
    _require_amount(cents)
    legs = [ledger.Leg(ledger.bank(contract.scope), ledger.source_account(contract), cents)]
    made = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.RECEIPT, label=words(label, "label", 160), legs=legs,
        key=key,
    )  # fmt: skip
    Receipt.objects.create(operation=made, contract=contract, payment=payment[:40], cents=cents)
    return made


def _require_amount(cents: int, least: int = 1) -> None:
    if not least <= cents <= MOST:
        raise ValidationError(_("Ce montant est hors d’atteinte : vérifiez les zéros."))


def _record(
    by: Person, verb: str, made: Any, changes: dict[str, Any], contract: Contract | None = None
) -> None:
    scope = made.scope if contract is None else contract.scope
    journal.record(by=by, verb=verb, target=journal.target_of(made), changes=changes, scope=scope)
