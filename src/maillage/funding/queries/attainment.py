"""Indicators of the variable part, with what was found of each and what proves it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from maillage.funding.models import Contract, ContractIndicator, Evidence, EvidenceFile, MeasuredValue
from maillage.funding.rules.attainment import Measured, attained, attainment
from maillage.kernel.models import Person, Scope


@dataclass(frozen=True, slots=True)
class IndicatorSeen:
    """An indicator, the value that stands (None: not found yet), its evidence, the names of its files."""

    indicator: ContractIndicator
    value: MeasuredValue | None
    evidence: tuple[Evidence, ...]
    files: dict[int, str]

    @property
    def measured(self) -> Measured:
        """What the attainment is reckoned from."""
        one = self.indicator
        value = None if self.value is None else self.value.value
        return Measured(one.reference, one.target, value, one.weight)

    @property
    def share(self) -> Fraction | None:
        """The share reached, 0 to 1; None without a value."""
        return attainment(self.measured)


def indicators_of(scope: Scope, contracts: list[Contract]) -> dict[int, list[IndicatorSeen]]:
    """Return the indicators of some contracts of a scope, by contract; four statements."""
    keys = [one.pk for one in contracts]
    rows = ContractIndicator.objects.in_scope(scope).filter(contract__in=keys).select_related("by")
    values = {
        one.indicator_id: one
        for one in MeasuredValue.objects.in_scope(scope)
        .filter(indicator__contract__in=keys)
        .select_related("by")
        .order_by("pk")
    }
    proofs: dict[int, list[Evidence]] = defaultdict(list)
    kept = Evidence.objects.in_scope(scope).filter(indicator__contract__in=keys).select_related("by")
    for one in kept.order_by("dated", "pk"):
        proofs[one.indicator_id].append(one)
    files = dict(
        EvidenceFile.objects.in_scope(scope)
        .filter(evidence__indicator__contract__in=keys)
        .order_by()
        .values_list("evidence", "name")
    )
    found: dict[int, list[IndicatorSeen]] = defaultdict(list)
    for row in rows.order_by("exercise", "mission", "pk"):
        found[row.contract_id].append(IndicatorSeen(row, values.get(row.pk), tuple(proofs[row.pk]), files))
    return found


def shares_of(seen: list[IndicatorSeen]) -> dict[str, dict[int, Fraction]]:
    """Return the share reached by mission and year of the contract, where every indicator has its value."""
    groups: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    for one in seen:
        groups[one.indicator.mission, one.indicator.exercise].append(one.measured)
    found: dict[str, dict[int, Fraction]] = defaultdict(dict)
    for (mission, exercise), rows in groups.items():
        share = attained(rows)
        if share is not None:
            found[mission][exercise] = share
    return found


def indicator_seen_by(person: Person, pk: int) -> ContractIndicator | None:
    """Return an indicator of a contract, None for one of another scope."""
    rows = ContractIndicator.objects.for_person(person).select_related("contract__scope", "by")
    return rows.filter(pk=pk).first()


def file_seen_by(person: Person, pk: int) -> EvidenceFile | None:
    """Return the file of a piece of evidence, None for one of another scope."""
    rows = EvidenceFile.objects.for_person(person).filter(evidence=pk)
    return rows.select_related("evidence__indicator__contract__scope").first()


def files_of(scope: Scope, contract: Contract) -> list[EvidenceFile]:
    """Return the files of evidence of a contract, with their content; one statement."""
    rows = EvidenceFile.objects.in_scope(scope).filter(evidence__indicator__contract=contract)
    return list(rows.select_related("evidence").order_by("pk"))
