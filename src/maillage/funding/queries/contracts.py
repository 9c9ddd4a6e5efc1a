"""Contracts that a person may read, and what is kept with each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from maillage.funding.models import (
    Contract,
    ContractAmount,
    ContractMission,
    Declaration,
    Instalment,
    Receipt,
    Sharing,
)
from maillage.funding.queries.attainment import IndicatorSeen, indicators_of
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission


@dataclass(frozen=True, slots=True)
class Kept:
    """A contract with all that is kept with it; `amounts` by name, `received` cents by key of payment."""

    contract: Contract
    missions: tuple[ContractMission, ...]
    amounts: dict[str, ContractAmount]
    instalments: tuple[Instalment, ...]
    declarations: tuple[Declaration, ...]
    received: dict[str, int]
    indicators: tuple[IndicatorSeen, ...] = ()

    def cents(self, name: str) -> int | None:
        """Return the amount typed under a name, None where nobody has."""
        found = self.amounts.get(name)
        return None if found is None else found.cents


def places_of(person: Person, permission: Permission = Permission.VIEW_FUNDING) -> list[Scope]:
    """Return the territories whose money a person sees, or keeps, by name."""
    scopes = access.scopes_of(person, permission)
    return (
        list(Scope.objects.filter(kind="territory").order_by("label", "pk"))
        if scopes is None
        else sorted({one.pk: one for one in scopes}.values(), key=lambda one: (one.label, one.pk))
    )


def contract_seen_by(person: Person, pk: int) -> Contract | None:
    """Return one contract, None for one of another scope."""
    return Contract.objects.for_person(person).filter(pk=pk).select_related("scope", "by").first()


def contracts_in(scope: Scope) -> list[Contract]:
    """Return the contracts of a scope, the last signed first; one statement."""
    return list(Contract.objects.in_scope(scope).select_related("scope", "by"))


def kept_with(scope: Scope, contracts: list[Contract]) -> list[Kept]:
    """Return some contracts of a scope with what is kept with each; nine statements, however many."""
    keys = [one.pk for one in contracts]
    missions: dict[int, list[ContractMission]] = defaultdict(list)
    for mission in ContractMission.objects.in_scope(scope).filter(contract__in=keys).select_related("by"):
        missions[mission.contract_id].append(mission)
    amounts: dict[int, dict[str, ContractAmount]] = defaultdict(dict)
    typed = ContractAmount.objects.in_scope(scope).filter(contract__in=keys).select_related("by")
    for amount in typed.order_by("pk"):
        amounts[amount.contract_id][amount.name] = amount
    instalments: dict[int, list[Instalment]] = defaultdict(list)
    for instalment in Instalment.objects.in_scope(scope).filter(contract__in=keys):
        instalments[instalment.contract_id].append(instalment)
    declared: dict[int, list[Declaration]] = defaultdict(list)
    for one in Declaration.objects.in_scope(scope).filter(contract__in=keys).select_related("by"):
        declared[one.contract_id].append(one)
    received: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Receipt.objects.in_scope(scope).filter(contract__in=keys, operation__reversed_by=None)
    for contract, payment, cents in (
        rows.order_by("contract").values_list("contract", "payment").annotate(sum=Sum("cents"))
    ):
        received[contract][payment] = int(Decimal(cents))
    measured = indicators_of(scope, contracts)
    return [
        Kept(
            one,
            tuple(missions[one.pk]),
            amounts[one.pk],
            tuple(instalments[one.pk]),
            tuple(declared[one.pk]),
            received[one.pk],
            tuple(measured[one.pk]),
        )
        for one in contracts
    ]


def sharings_of(scope: Scope, contract: Contract) -> list[Sharing]:
    """Return what of a contract was shared or proposed, the last one first; one statement."""
    rows = Sharing.objects.in_scope(scope).filter(contract=contract)
    return list(rows.select_related("operation__reversed_by", "by"))
