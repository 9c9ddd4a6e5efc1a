"""What each contract is expected to pay, beside what was received: computed when read, from what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from maillage.funding.queries.attainment import shares_of
from maillage.funding.queries.contracts import Kept
from maillage.funding.rules import msp, peps
from maillage.funding.rules.schedule import MissionTerms, Part, Payment, Terms, months_after, schedule
from maillage.funding.rules.sizes import Size, size_of
from maillage.funding.rules.vocabulary import MISSIONS, ContractKind, MissionCode
from maillage.kernel.sourced_rules import SourcedRule, UnknownRuleError, history, rule

#: What each kind of contract is reckoned by, beside the values of its indicators.
CPTS_RULES = tuple(f"funding.aci_cpts.{name}" for name in ("sizes", "advance", "missions"))
MSP_RULES = tuple(
    f"funding.msp.{name}" for name in ("point", "due", "advance", "advance_least", "advance_months")
)


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment expected: its key, its day, cents (None: an amount is missing), cents received.

    `payment` tells how an ACI of a CPTS reckons it; `year` is that of an ACI MSP or the quarter's of PEPS.
    """

    key: str
    on: date
    cents: int | None
    received: int
    payment: Payment | None = None
    label: str = ""
    year: int = 0
    quarter: int = 0

    @property
    def left(self) -> int:
        """What has not come yet; 0 where nothing is known or all has come."""
        return max(0, (self.cents or 0) - self.received)

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and not all has come."""
        return self.on < today and self.left > 0


@dataclass(frozen=True, slots=True)
class Clock:
    """The delays of a mission: the last days to begin and to be deployed, None where it is free."""

    code: MissionCode
    begun_on: date | None
    start_by: date | None
    deploy_by: date | None

    def is_late(self, today: date) -> bool:
        """Whether it should have begun, and has not."""
        return self.begun_on is None and self.start_by is not None and self.start_by < today


@dataclass(frozen=True, slots=True)
class Plan:
    """A contract as it is read: its payments by day, the names of the amounts that are missing, its size."""

    kept: Kept
    payments: tuple[Expected, ...]
    missing: tuple[str, ...] = ()
    size: Size | None = None
    grant: SourcedRule | None = None
    clocks: tuple[Clock, ...] = ()

    @property
    def received(self) -> int:
        """All that came under the contract, whatever it was for."""
        return sum(self.kept.received.values())

    def late(self, today: date) -> list[Expected]:
        """Return the payments that should have come."""
        return [one for one in self.payments if one.is_late(today)]

    def expected_in(self, year: int) -> int:
        """Return what is expected in a calendar year, where it is known."""
        return sum(one.cents or 0 for one in self.payments if one.on.year == year)


def plan(kept: Kept) -> Plan:
    """Return what a contract is expected to pay."""
    kind = kept.contract.nature
    if kind is ContractKind.ACI_CPTS:
        return _cpts(kept)
    if kind is ContractKind.ACI_MSP:
        return Plan(kept, tuple(_msp(kept)))
    if kind is ContractKind.PEPS:
        return Plan(kept, tuple(_peps(kept)))
    rows = (
        Expected(f"i:{one.pk}", one.due_on, one.cents, kept.received.get(f"i:{one.pk}", 0), label=one.label)
        for one in kept.instalments
    )
    return Plan(kept, tuple(rows))


def _cpts(kept: Kept) -> Plan:
    contract = kept.contract
    size = size_of(contract.population or 0, rule("funding.aci_cpts.sizes", contract.signed_on).value)
    source = _grant_rule(contract.signed_on)
    grant = kept.cents("grant")
    if grant is None:
        grant = source.value[size.number - 1] * 100
    shares = shares_of(list(kept.indicators))
    missions = tuple(
        MissionTerms(
            one.code,
            one.starts_on,
            kept.cents(f"fixed.{one.code}"),
            kept.cents(f"variable.{one.code}"),
            shares.get(one.code, {}),
        )
        for one in kept.missions
    )
    advance = Fraction(rule("funding.aci_cpts.advance", contract.signed_on).value, 100)
    terms = Terms(contract.signed_on, contract.until + timedelta(days=1), grant, missions, advance)
    payments = tuple(
        Expected(one.key, one.on, one.cents, kept.received.get(one.key, 0), one) for one in schedule(terms)
    )
    missing = tuple(
        f"{part}.{one.code}"
        for one in kept.missions
        for part in ("fixed", "variable")
        if kept.cents(f"{part}.{one.code}") is None
    )
    return Plan(kept, payments, missing, size, source, tuple(_clocks(kept)))


def first_signature() -> date:
    """Return the first day on which an ACI of a CPTS could be signed: that of the rules it is reckoned by."""
    return max(min(one.valid_from for one in history(key)) for key in CPTS_RULES)


def knows_signature(day: date) -> bool:
    """Return whether the rules of an ACI of a CPTS signed on a day are known."""
    return _are_known(CPTS_RULES, day)


def knows_period(year: int, quarter: int) -> bool:
    """Return whether the rules of a year of an ACI MSP are known, or those of a quarter of PEPS."""
    if quarter:
        return _are_known(("funding.peps.cap",), months_after(date(year, 1, 1), 3 * quarter))
    values = (f"funding.msp.{code.lower()}" for code in msp.INDICATORS)
    return _are_known((*MSP_RULES, *values), date(year, 12, 31))


def _are_known(keys: Iterable[str], on: date) -> bool:
    return all(any(one.holds(on) for one in history(key)) for key in keys)


def _grant_rule(signed_on: date) -> SourcedRule:
    try:
        return rule("funding.aci_cpts.grant_raised", signed_on)
    except UnknownRuleError:
        return rule("funding.aci_cpts.grant", signed_on)


def _clocks(kept: Kept) -> list[Clock]:
    signed_on = kept.contract.signed_on
    delays = rule("funding.aci_cpts.missions", signed_on).value
    begun = {one.code: one.starts_on for one in kept.missions}
    found = []
    for code in MISSIONS:
        start, deploy = (
            (months_after(signed_on, one) for one in delays[code.value])
            if delays[code.value]
            else (None, None)
        )
        found.append(Clock(code, begun.get(code.value), start, deploy))
    return found


def msp_table(on: date) -> msp.Table:
    """Return the values of each indicator of an ACI MSP in force on a day."""
    return {code: rule(f"funding.msp.{code.lower()}", on).value for code in msp.INDICATORS}


def msp_facts(facts: dict[str, object]) -> msp.Facts:
    """Return what a declaration of an ACI MSP says."""
    declared, with_ipa = facts["declared"], facts["with_ipa"]
    assert isinstance(declared, dict)
    assert isinstance(with_ipa, dict)
    return msp.Facts(
        int(str(facts["list_size"])), int(str(facts["professionals"])),
        {code: Decimal(str(value)) for code, value in declared.items()}, dict(with_ipa),
    )  # fmt: skip


def msp_points(facts: msp.Facts, year: int) -> msp.Points:
    """Return the points of a year by the rules in force on its last day."""
    on = date(year, 12, 31)
    return msp.points(facts, msp_table(on), rule("funding.msp.point", on).value * 100)


def msp_year(kept: Kept, facts: msp.Facts, year: int) -> msp.YearOfMsp:
    """Return the advance and the balance of a year of an ACI MSP."""
    on = date(year, 12, 31)
    point = rule("funding.msp.point", on).value * 100
    base = msp.advance_base(facts, msp_table(on), point)
    month, day = rule("funding.msp.due", on).value
    return msp.year_of(
        year, kept.contract.signed_on, base, msp_points(facts, year).cents,
        Fraction(rule("funding.msp.advance", on).value, 100),
        rule("funding.msp.advance_least", on).value * 100,
        rule("funding.msp.advance_months", on).value, (month, day),
    )  # fmt: skip


def last_declared(kept: Kept) -> dict[tuple[int, int], dict[str, object]]:
    """Return the last declaration of each year and quarter."""
    return {(one.year, one.quarter): one.facts for one in reversed(kept.declarations)}


def _msp(kept: Kept) -> list[Expected]:
    found = []
    for (year, _whole), facts in sorted(last_declared(kept).items()):
        paid = msp_year(kept, msp_facts(facts), year)
        for step, on, cents in (
            ("advance", paid.advance_on, paid.advance),
            ("balance", paid.balance_on, paid.balance),
        ):
            key = f"msp:{year}:{step}"
            found.append(Expected(key, on, cents, kept.received.get(key, 0), label=step, year=year))
    return sorted(found, key=lambda one: one.on)


def peps_quarter(facts: dict[str, object]) -> peps.Quarter:
    """Return what a declaration of PEPS says."""
    whole = {name: facts.get(name) for name in ("base", "leakage", "former_fees")}
    cents = {name: None if value is None else int(str(value)) for name, value in whole.items()}
    ratios = {name: facts.get(name) for name in ("territory", "quality")}
    read = {name: None if value is None else Decimal(str(value)) for name, value in ratios.items()}
    return peps.Quarter(
        cents["base"], read["territory"], read["quality"], cents["leakage"], cents["former_fees"]
    )


def _peps(kept: Kept) -> list[Expected]:
    found = []
    for (year, quarter), facts in sorted(last_declared(kept).items()):
        on = months_after(date(year, 1, 1), 3 * quarter)
        cap = Decimal(rule("funding.peps.cap", on).value) / 100
        worth = peps.capitation(peps_quarter(facts), cap)
        key = f"peps:{year}:{quarter}"
        cents = None if worth is None else worth.cents
        found.append(Expected(key, on, cents, kept.received.get(key, 0), year=year, quarter=quarter))
    return found


def parts_of(plans: list[Plan]) -> dict[Part, int]:
    """Return what is expected in all by part of the ACI of CPTS, where it is known."""
    found = dict.fromkeys(Part, 0)
    for one in plans:
        for expected in one.payments:
            if expected.payment is not None:
                found[expected.payment.part] += expected.cents or 0
    return found
