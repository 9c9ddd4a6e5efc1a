"""The accounts: what comes in balances what goes out, nothing is changed, a closed period stays closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillage.directory.api import Professional
from maillage.funding import api as funding
from maillage.funding.actions import ledger
from maillage.funding.models import Account, Closing, Contract, LedgerLine, Operation, PayStatement
from maillage.funding.queries.budget import commitments_open, invoices_to_pay, year_budget
from maillage.funding.queries.contracts import kept_with
from maillage.funding.queries.ledger import balances, by_month, spent_by_mission
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory
from tests.funding.conftest import TODAY, decided_ceiling, decided_rate, held_meeting, validated

M1, M2 = funding.MissionCode.M1, funding.MissionCode.M2


@pytest.fixture
def contract(coordinator: Person, place: Territory) -> Contract:
    return funding.keep_contract(
        by=coordinator, scope=place.scope, kind=funding.ContractKind.FIR, title="FIR", parties="ARS",
        document="Décision", signed_on=date(2026, 1, 1), last_day=date(2026, 12, 31), key="fir",
    )  # fmt: skip


def receipt(
    by: Person, contract: Contract, cents: int = 100_00, day: date = TODAY, key: str = "r"
) -> Operation:
    return funding.record_receipt(
        by=by, contract=contract, payment="", day=day, cents=cents, label="Virement", key=key
    )


def invoice(by: Person, place: Territory, cents: int = 40_00, key: str = "i", **values: object) -> Operation:
    said: dict[str, object] = {
        "day": TODAY, "mission": M1, "supplier": "Imprimerie", "reference": "F-1", "cents": cents, "key": key,
    }  # fmt: skip
    return funding.record_invoice(by=by, scope=place.scope, **said | values)


def test_what_is_received_and_spent_balances(
    coordinator: Person, place: Territory, contract: Contract
) -> None:
    receipt(coordinator, contract)
    made = invoice(coordinator, place)
    assert [one.operation for one in invoices_to_pay(place.scope)] == [made]
    funding.pay_invoice(by=coordinator, invoice=made, day=TODAY, key="p")
    assert funding.pay_invoice(by=coordinator, invoice=made, day=TODAY, key="p2").number == 3
    assert invoices_to_pay(place.scope) == []
    assert {one.account.code: one.cents for one in balances(place.scope)} == {
        "401-1": 0, "512": 60_00, "6-M1": 40_00, f"740-{contract.pk}": -100_00,
    }  # fmt: skip
    assert spent_by_mission(place.scope, 2026) == {"M1": 40_00}
    received, spent = by_month(place.scope, 2026)
    assert (received[10], spent[10], sum(received), sum(spent)) == (100_00, 40_00, 100_00, 40_00)
    assert kept_with(place.scope, [contract])[0].received == {"": 100_00}


def test_the_same_invoice_of_a_supplier_enters_once(coordinator: Person, place: Territory) -> None:
    made = invoice(coordinator, place)
    assert invoice(coordinator, place) == made
    with pytest.raises(ValidationError, match="écriture n° 1"):
        invoice(coordinator, place, key="again", supplier="IMPRIMERIE", reference="f-1")
    assert invoice(coordinator, place, key="other", reference="F-2").number == 2
    with pytest.raises(ValidationError, match="déjà servi"):
        invoice(coordinator, place, reference="F-3")


def test_an_error_is_corrected_by_its_inverse_and_nothing_changes(
    coordinator: Person, place: Territory, contract: Contract
) -> None:
    made = receipt(coordinator, contract)
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        funding.reverse_operation(by=coordinator, operation=made, reason="  ", key="x")
    undone = funding.reverse_operation(by=coordinator, operation=made, reason="Doublon de la banque", key="x")
    assert funding.reverse_operation(by=coordinator, operation=made, reason="Encore", key="y") == undone
    assert all(one.cents == 0 for one in balances(place.scope))
    assert kept_with(place.scope, [contract])[0].received == {}
    with pytest.raises(ValidationError, match="ne s’annule pas"):
        funding.reverse_operation(by=coordinator, operation=undone, reason="Non", key="z")
    for change in (
        lambda: Operation.objects.in_scope(place.scope).update(label="autre"),
        lambda: LedgerLine.objects.in_scope(place.scope).update(cents=1),
        lambda: LedgerLine.objects.in_scope(place.scope).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_an_indemnity_reversed_may_be_paid_anew_and_no_other(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    (attendance,) = held_meeting(coordinator, place, professional)
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    made = validated(coordinator, place, attendance)
    statement = funding.make_statement(
        by=coordinator,
        scope=place.scope,
        who=professional,
        first_day=date(2026, 1, 1),
        last_day=TODAY,
        key="s",
    )
    funding.validate_statement(by=coordinator, statement=statement)
    with pytest.raises(ValidationError, match="relevé validé"):
        funding.reverse_operation(by=coordinator, operation=made.operation, reason="Erreur", key="x")
    paid = funding.pay_statement(by=coordinator, statement=statement, day=TODAY, key="p")
    with pytest.raises(ValidationError, match="est payé"):
        funding.reopen_statement(by=coordinator, statement=statement)
    funding.reverse_operation(by=coordinator, operation=paid, reason="Rejet de la banque", key="xp")
    row = PayStatement.objects.in_scope(place.scope).get()
    assert (row.state, row.payment) == ("validated", None)
    funding.reopen_statement(by=coordinator, statement=row)
    funding.reverse_operation(by=coordinator, operation=made.operation, reason="Erreur de durée", key="x")
    with pytest.raises(ValidationError, match="plus de ligne"):
        funding.validate_statement(by=coordinator, statement=row)
    again = validated(coordinator, place, attendance, "again")
    assert again.operation.attempt == 2
    with pytest.raises(ValidationError, match="déjà dans les comptes"):
        validated(coordinator, place, attendance, "third")
    assert sum(one.cents for one in balances(place.scope)) == 0


def test_a_closed_period_stays_closed_whatever_a_program_does(
    coordinator: Person, member: Person, place: Territory, contract: Contract
) -> None:
    made = receipt(coordinator, contract, day=date(2026, 10, 15))
    october = date(2026, 10, 31)
    closed = funding.close_period(by=coordinator, scope=place.scope, through=october, key="c")
    assert (
        funding.close_period(by=coordinator, scope=place.scope, through=date(2026, 10, 31), key="c") == closed
    )
    for through, says in (
        (date(2026, 10, 1), "déjà clos jusqu’au 31/10/2026"),
        (TODAY, "quand elle est passée"),
    ):
        with pytest.raises(ValidationError, match=says):
            funding.close_period(by=coordinator, scope=place.scope, through=through, key="d")
    with pytest.raises(PermissionDenied):
        funding.close_period(by=member, scope=place.scope, through=date(2026, 11, 1), key="m")
    with pytest.raises(ValidationError, match="clos jusqu’au 31/10/2026"):
        receipt(coordinator, contract, day=date(2026, 10, 31), key="late")
    assert receipt(coordinator, contract, day=date(2026, 11, 1), key="after").number == 2
    with pytest.raises(ValidationError, match="est à venir"):
        receipt(coordinator, contract, day=TODAY + timedelta(days=1), key="ahead")
    # The correction of what is closed is written today.
    assert funding.reverse_operation(by=coordinator, operation=made, reason="Erreur", key="x").day == TODAY
    said = {"scope": place.scope, "kind": "receipt", "label": "x", "by": coordinator, "key": "forged"}
    with pytest.raises(IntegrityError, match="closed period"), transaction.atomic():
        Operation.objects.create(number=99, day=date(2026, 10, 31), **said)
    bank, other = (
        Account.objects.in_scope(place.scope).get(code=code) for code in ("512", f"740-{contract.pk}")
    )
    with pytest.raises(IntegrityError, match="closed period"), transaction.atomic():
        LedgerLine.objects.create(operation=made, debit=bank, credit=other, cents=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Closing.objects.in_scope(place.scope).update(through=date(2025, 1, 1))


def test_a_line_moves_money_between_two_accounts_of_its_territory(
    coordinator: Person, place: Territory, contract: Contract
) -> None:
    made = receipt(coordinator, contract)
    bank = Account.objects.in_scope(place.scope).get(code="512")
    elsewhere = Account.objects.create(scope=make_territory("Indian/Reunion").scope, kind="bank", code="512")
    for values in (
        {"debit": bank, "credit": bank, "cents": 1},
        {"debit": bank, "credit": elsewhere, "cents": 1},
        {"debit": bank, "credit": elsewhere, "cents": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerLine.objects.create(operation=made, **values)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("riu"), st.integers(1, 10**9)), min_size=1, max_size=8))
def test_whatever_is_written_the_accounts_sum_to_zero(
    coordinator: Person, place: Territory, contract: Contract, deeds: list[tuple[str, int]]
) -> None:
    before = Operation.objects.in_scope(place.scope).count()
    for number, (deed, cents) in enumerate(deeds):
        key = f"{before}-{number}"
        if deed == "r":
            receipt(coordinator, contract, cents, key=key)
        elif deed == "i":
            invoice(coordinator, place, cents, key=key, reference=key)
        else:
            last = (
                Operation.objects.in_scope(place.scope)
                .filter(reversed_by=None)
                .exclude(kind="reversal")
                .last()
            )
            if last is not None:
                funding.reverse_operation(by=coordinator, operation=last, reason="essai", key=key)
    assert sum(one.cents for one in balances(place.scope)) == 0
    numbers = list(Operation.objects.in_scope(place.scope).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_budget_is_what_was_decided_last_and_what_is_engaged_counts_until_its_invoice(
    coordinator: Person, member: Person, place: Territory
) -> None:
    def budget(cents: int, key: str) -> None:
        funding.set_budget(
            by=coordinator, scope=place.scope, year=2026, mission=M1, cents=cents, decision="AG", key=key
        )

    budget(500_00, "one")
    budget(800_00, "two")
    ordered = funding.engage(
        by=coordinator, scope=place.scope, day=TODAY, mission=M1, supplier="Imprimerie", label="Affiches",
        cents=300_00, key="e",
    )  # fmt: skip
    (line,) = year_budget(place.scope, 2026, TODAY).missions
    assert (line.planned.cents, line.forecast.engaged, line.left) == (800_00, 300_00, 500_00)
    made = invoice(coordinator, place, 310_00, commitment=ordered)
    found = year_budget(place.scope, 2026, TODAY)
    assert (found.spent, found.engaged, found.planned) == (310_00, 0, 800_00)
    assert found.at_the_end == 310_00 + round(310_00 * 31 / 334)
    with pytest.raises(ValidationError, match="a sa facture"):
        funding.drop_commitment(by=coordinator, commitment=ordered)
    with pytest.raises(ValidationError, match="déjà sa facture"):
        invoice(coordinator, place, key="b", reference="F-9", commitment=ordered)
    funding.reverse_operation(by=coordinator, operation=made, reason="Erreur", key="x")
    assert [one.pk for one in commitments_open(place.scope)] == [ordered.pk]
    funding.drop_commitment(by=coordinator, commitment=ordered)
    funding.drop_commitment(by=coordinator, commitment=ordered)
    assert commitments_open(place.scope) == []
    with pytest.raises(PermissionDenied):
        funding.engage(
            by=member, scope=place.scope, day=TODAY, mission=M1, supplier="x", label="x", cents=1, key="m"
        )
    assert Entry.objects.filter(verb="funding.budget_set").count() == 2


def test_the_files_for_the_accountant_balance_and_name_nobody_to_whom_sees_no_pay(
    coordinator: Person, place: Territory, contract: Contract, professional: Professional
) -> None:
    (attendance,) = held_meeting(coordinator, place, professional)
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    validated(coordinator, place, attendance)
    receipt(coordinator, contract)
    page = reverse("funding:ledger", args=[place.scope.pk])
    lines = client_of(coordinator).get(f"{page}?format=fec").content.decode().splitlines()
    heads = lines[0].split("\t")
    assert (len(heads), heads[0], heads[-1]) == (18, "JournalCode", "Idevise")
    rows = [dict(zip(heads, line.split("\t"), strict=True)) for line in lines[1:]]
    assert len(rows) == 4
    cents = [[int(row[side].replace(",", "")) for row in rows] for side in ("Debit", "Credit")]
    assert sum(cents[0]) == sum(cents[1]) == 90_00 + 100_00
    assert {row["CompAuxLib"] for row in rows} == {"", str(professional)}
    text = client_of(coordinator).get(f"{page}?format=csv").content.decode("utf-8-sig")
    assert str(professional) in text
    only = client_of(coordinator).get(f"{page}?mission=M2").content.decode()
    assert "Indemnité" in only
    assert "Versement reçu" not in only
    elsewhere = make_person("autre.lieu", Role.COORDINATOR, make_territory("Indian/Reunion").scope)
    assert client_of(elsewhere).get(page).status_code == 404


def test_the_accounts_of_somebody_are_told_apart_from_those_of_another(
    coordinator: Person, place: Territory, professional: Professional, doctor: Person
) -> None:
    book = ledger.locked_book(coordinator, place.scope)
    alone = make_person("sans.fiche", Role.NURSE, place.scope)
    first, second = ledger.payee_account(book.scope, professional), ledger.payee_account(book.scope, alone)
    assert (first.code, second.code) == (f"467-P{professional.pk}", f"467-C{alone.pk}")
    assert ledger.payee_account(book.scope, professional) == first
    assert [one.holder for one in (first, second)] == [str(professional), str(alone)]
