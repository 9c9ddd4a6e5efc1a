"""What a hostile or a tired clerk may do: keys used twice, names of others, days before any rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.funding import api as funding
from maillage.funding.actions import contracts, sharing
from maillage.funding.actions import ledger as actions
from maillage.funding.actions.attainment import add_indicator, prove
from maillage.funding.models import Contract, Declaration, InvoiceFile, LedgerLine, Operation, Receipt
from maillage.funding.queries import times
from maillage.funding.queries.ledger import balances
from maillage.funding.rules.vocabulary import SharingKey
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory
from tests.factories.documents import as_sent, documents
from tests.funding.conftest import TODAY, decided_ceiling, decided_rate, held_meeting, validated
from tests.funding.test_times import written

M1, M2 = funding.MissionCode.M1, funding.MissionCode.M2
KIND = funding.ContractKind


def kept(by: Person, place: Territory, kind: funding.ContractKind, signed_on: date, key: str) -> Contract:
    return funding.keep_contract(
        by=by, scope=place.scope, kind=kind, title=key, parties="ARS", document="Dossier 4",
        signed_on=signed_on, last_day=date(2027, 12, 31) if kind is not KIND.ACI_CPTS else None,
        population=61_000, key=key,
    )  # fmt: skip


def billed(by: Person, place: Territory, **values: object) -> Operation:
    said: dict[str, object] = {
        "day": TODAY, "mission": M1, "supplier": "Papeterie", "reference": "A-7", "cents": 19_99, "key": "b",
    }  # fmt: skip
    return funding.record_invoice(by=by, scope=place.scope, **said | values)


def received(by: Person, contract: Contract, **values: object) -> Operation:
    said: dict[str, object] = {
        "payment": "",
        "day": TODAY,
        "cents": 731_07,
        "label": "Virement",
        "key": "form",
    }
    return funding.record_receipt(by=by, contract=contract, **said | values)


@pytest.mark.parametrize(
    "signed_on", [date(1931, 2, 28), date(2019, 8, 20)], ids=["long before", "the day before"]
)
def test_a_contract_older_than_its_rules_is_refused_and_breaks_no_page(
    coordinator: Person, place: Territory, signed_on: date
) -> None:
    browser = client_of(coordinator)
    sent = {
        "key": "old", "kind": KIND.ACI_CPTS.value, "title": "ACI", "parties": "CPAM", "document": "Dossier",
        "signed_on": signed_on.isoformat(), "population": "61000",
    }  # fmt: skip
    answer = browser.post(reverse("funding:new_contract", args=[place.scope.pk]), sent)
    assert answer.status_code == 422
    assert "21/08/2019" in answer.content.decode()
    sent["signed_on"] = "2019-08-21"
    assert browser.post(reverse("funding:new_contract", args=[place.scope.pk]), sent).status_code == 302
    assert browser.get(reverse("funding:overview", args=[place.scope.pk])).status_code == 200


@pytest.mark.parametrize("kind", [KIND.FIR, KIND.ACI_MSP, KIND.PEPS])
def test_a_contract_of_another_kind_may_be_older(
    coordinator: Person, place: Territory, kind: funding.ContractKind
) -> None:
    made = kept(coordinator, place, kind, date(2018, 5, 2), "old")
    browser = client_of(coordinator)
    here = reverse("funding:contract", args=[made.pk])
    for address in (here, f"{here}?format=csv", reverse("funding:overview", args=[place.scope.pk])):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    ("kind", "year", "quarter"), [(KIND.ACI_MSP, 2018, 0), (KIND.ACI_MSP, 2021, 0), (KIND.PEPS, 2022, 2)]
)
def test_a_period_that_no_rule_counts_is_not_declared(
    coordinator: Person, place: Territory, kind: funding.ContractKind, year: int, quarter: int
) -> None:
    made = kept(coordinator, place, kind, date(2018, 5, 2), "old")
    with pytest.raises(ValidationError, match="trop ancienne"):
        contracts.declare(
            by=coordinator, contract=made, year=year, quarter=quarter, facts={}, document="d", key="d"
        )
    assert not Declaration.objects.in_scope(place.scope).exists()


def test_a_form_sent_again_with_other_values_is_never_answered_by_the_first(
    coordinator: Person, place: Territory
) -> None:
    fir = kept(coordinator, place, KIND.FIR, date(2026, 1, 1), "fir")
    aci = kept(coordinator, place, KIND.ACI_CPTS, date(2026, 1, 1), "aci")
    msp = kept(coordinator, place, KIND.ACI_MSP, date(2025, 1, 1), "msp")
    first = received(coordinator, fir)
    assert received(coordinator, fir) == first
    billed(coordinator, place)
    assert billed(coordinator, place) == billed(coordinator, place)
    funding.start_mission(by=coordinator, contract=aci, mission=M1, starts_on=date(2026, 2, 1), key="m")
    facts = {"list_size": 900, "professionals": 4, "declared": {}, "with_ipa": {}}
    declared = {"by": coordinator, "contract": msp, "year": 2025, "document": "Télédéclaration", "key": "d"}
    made = contracts.declare(**declared, facts=facts)
    assert contracts.declare(**declared, facts=facts) == made
    again: list[Callable[[], object]] = [
        lambda: received(coordinator, fir, cents=731_08),
        lambda: received(coordinator, fir, day=date(2026, 11, 3)),
        lambda: received(coordinator, aci),
        lambda: received(coordinator, fir, payment="i:1"),
        lambda: billed(coordinator, place, cents=20_00),
        lambda: billed(coordinator, place, day=date(2026, 10, 1)),
        lambda: billed(coordinator, place, reference="A-8"),
        lambda: billed(coordinator, place, mission=M2),
        lambda: billed(coordinator, place, files=documents("white")),
        lambda: funding.start_mission(
            by=coordinator, contract=aci, mission=M2, starts_on=date(2026, 2, 1), key="m"
        ),
        lambda: contracts.declare(**declared, facts=facts | {"list_size": 901}),
    ]
    for one in again:
        with pytest.raises(ValidationError, match="déjà servi"):
            one()
    assert Receipt.objects.in_scope(place.scope).count() == 1
    assert Operation.objects.in_scope(place.scope).count() == 2


def test_an_invoice_sent_twice_has_its_document_and_one_sent_again_loses_none(
    coordinator: Person, place: Territory
) -> None:
    first = billed(coordinator, place, files=documents("white"))
    assert billed(coordinator, place, files=documents("white")) == first
    assert billed(coordinator, place) == first, "sent again without it, the document kept stays"
    with pytest.raises(ValidationError, match="déjà servi"):
        billed(coordinator, place, files=documents("white", "black"))
    assert InvoiceFile.objects.in_scope(place.scope).count() == 1


def test_time_validated_again_for_another_mission_is_not_said_to_be(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    (one,) = held_meeting(coordinator, place, professional, minutes=45)
    first = validated(coordinator, place, one)
    assert validated(coordinator, place, one) == first
    action = written(coordinator, place, "Accueillir")
    for other in ({"mission": M1}, {"mission": funding.mission_of(action), "action": action}):
        said = {"source": f"care.attendance:{one.pk}", "day": one.meeting.held_on, "key": "v"} | other
        with pytest.raises(ValidationError, match="déjà servi"):
            funding.validate_time(by=coordinator, scope=place.scope, **said)


def test_a_proof_sent_again_with_its_document_is_not_answered_without(
    coordinator: Person, place: Territory
) -> None:
    aci = kept(coordinator, place, KIND.ACI_CPTS, date(2026, 1, 1), "aci")
    indicator = add_indicator(
        by=coordinator, contract=aci, exercise=1, mission=M1, label="Part sans médecin", unit="%",
        reference=Decimal(11), target=Decimal(7), weight=Decimal(1), document="Annexe 3", key="i",
    )  # fmt: skip
    said = {"by": coordinator, "indicator": indicator, "dated": TODAY, "label": "Bilan", "key": "p"}
    first = prove(**said)
    assert prove(**said) == first
    with pytest.raises(ValidationError, match="déjà servi"):
        prove(**said, files=[as_sent("white")])


@pytest.mark.parametrize("field", ["supplier", "reference"])
@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07"])
def test_what_turns_the_reading_round_enters_no_account(
    coordinator: Person, place: Territory, field: str, sign: str
) -> None:
    with pytest.raises(ValidationError, match="caractère invisible") as refused:
        billed(coordinator, place, **{field: f"Papeterie {sign}EIRETEPAP"})
    assert list(refused.value.message_dict) == [field]
    assert not Operation.objects.in_scope(place.scope).exists()
    bill = {
        "key": "w", "commitment": "", "day": TODAY.isoformat(), "mission": "M1", "supplier": "Papeterie",
        "reference": "B-5", "cents": "80",
    } | {field: f"{sign}eiretepap"}  # fmt: skip
    answer = client_of(coordinator).post(reverse("funding:record_invoice", args=[place.scope.pk]), bill)
    assert (answer.status_code, "caractère invisible" in answer.content.decode()) == (422, True)


def test_a_key_that_wrote_an_operation_writes_no_other(coordinator: Person, place: Territory) -> None:
    browser = client_of(coordinator)
    one, other = billed(coordinator, place), billed(coordinator, place, reference="A-9", key="b2")
    pay = reverse("funding:pay_invoice", args=[one.pk])
    sent = {"key": "same", "day": TODAY.isoformat()}
    assert browser.post(pay, sent).status_code == 302
    payment = Operation.objects.in_scope(place.scope).get(source=f"funding.invoice:{one.pk}")
    undo = {"key": "undo", "reason": "Mauvais jour"}
    assert browser.post(reverse("funding:reverse_operation", args=[payment.pk]), undo).status_code == 302
    # The payment was undone: the old form sent again is refused in words, and so is that of another gesture.
    for address, values in (
        (pay, sent),
        (reverse("funding:pay_invoice", args=[other.pk]), sent),
        (reverse("funding:reverse_operation", args=[other.pk]), undo),
    ):
        answer = browser.post(address, values)
        assert answer.status_code == 422
        assert "déjà servi" in answer.content.decode()
    assert sum(one.cents for one in balances(place.scope)) == 0
    assert browser.post(pay, sent | {"key": "fresh"}).status_code == 302


def test_a_corrected_sharing_is_not_answered_by_the_first(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    centre = kept(coordinator, place, KIND.ACI_MSP, date(2025, 1, 1), "msp")
    said = {
        "by": coordinator, "contract": centre, "label": "Année 2025", "pool": 100_01, "charges": 0,
        "bonus": 0, "by_key": SharingKey.COEFFICIENT, "document": "Assemblée", "key": "s",
    }  # fmt: skip
    first = sharing.propose_sharing(**said, members=[sharing.Member(professional, Decimal("1.5"))])
    again = sharing.propose_sharing(**said, members=[sharing.Member(professional, Decimal("1.5"))])
    assert again == first
    for changed in (
        {"members": [sharing.Member(professional, Decimal("1.25"))]},
        {"members": [sharing.Member(professional, Decimal("1.5"))], "charges": 1},
    ):
        with pytest.raises(ValidationError, match="déjà servi"):
            sharing.propose_sharing(**said | changed)


def test_an_invoice_is_entered_once_however_its_supplier_is_written(
    coordinator: Person, place: Territory
) -> None:
    billed(coordinator, place, supplier="Électricité Générale", reference="É-12")
    for rank, (supplier, reference) in enumerate(
        [("ÉLECTRICITÉ GÉNÉRALE", "é-12"), ("E\u0301lectricite\u0301 ge\u0301ne\u0301rale", "E\u0301-12")]
    ):
        with pytest.raises(ValidationError, match="déjà dans les comptes"):
            billed(coordinator, place, supplier=supplier, reference=reference, key=f"x{rank}")
    assert LedgerLine.objects.in_scope(place.scope).count() == 1
    assert actions.same_text("Œuvre Saint-Éloi") != actions.same_text("Œuvre Saint-Eloi")


def test_a_statement_asked_for_a_number_names_nobody(coordinator: Person, place: Territory) -> None:
    stranger = make_person("zoe.lointaine", Role.COORDINATOR, make_territory("Ailleurs").scope)
    answer = client_of(coordinator).post(
        reverse("funding:make_statement", args=[place.scope.pk]),
        {"key": "q", "kind": "person", "pk": stranger.pk, "first": "2026-01-01", "last": "2026-11-30"},
        follow=True,
    )
    said = answer.content.decode()
    assert "Rien n’attend pour cette personne" in said
    assert str(stranger) not in said


def test_a_sheet_given_to_an_account_gives_no_second_ceiling(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    decided_rate(coordinator, place, 40_000_00)
    decided_ceiling(coordinator, place, 48_060_00)
    member = make_person("nina.double", Role.BOARD, place.scope)
    [one] = held_meeting(coordinator, place, member, minutes=60, key="m1")
    assert validated(coordinator, place, one, key="v1").cents == 40_000_00
    professional.account = member
    professional.save()
    [two] = held_meeting(coordinator, place, professional, minutes=60, key="m2", days_ago=9)
    with pytest.raises(ValidationError, match="dépasserait le plafond"):
        validated(coordinator, place, two, key="v2")
    room = times.room_for(place.scope, professional, 2026)
    assert room is not None
    assert room.remaining == 8_060_00
    assert times.entered_by_person(place.scope, 2026) == {("professional", professional.pk): 40_000_00}
    assert validated(coordinator, place, two, key="v3", splits=True).cents == 8_060_00


def test_time_given_in_a_closed_period_is_owed_today_and_changes_nothing_closed(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    [one] = held_meeting(coordinator, place, professional, minutes=50, days_ago=40)
    october = date(2026, 10, 31)
    funding.close_period(by=coordinator, scope=place.scope, through=october, key="close")
    made = validated(coordinator, place, one)
    assert (made.day, made.operation.day, made.cents) == (date(2026, 10, 21), TODAY, 50_00)
    assert made.operation.label.endswith("21/10/2026")
    assert balances(place.scope, last=october) == []


def test_a_double_click_finds_what_the_first_has_noted(coordinator: Person, place: Territory) -> None:
    fir = kept(coordinator, place, KIND.FIR, date(2026, 1, 1), "fir")
    due = funding.add_instalment(
        by=coordinator, contract=fir, due_on=TODAY, label="Solde", cents=500_00, key="due"
    )
    ordered = funding.engage(
        by=coordinator, scope=place.scope, day=TODAY, mission=M1, supplier="Papeterie", label="Affiches",
        cents=80_00, key="order",
    )  # fmt: skip
    browser = client_of(coordinator)
    day = TODAY.isoformat()
    receipt = {"key": "r2", "payment": f"i:{due.pk}", "day": day, "cents": "500", "label": "Virement"}
    bill = {
        "key": "b2", "commitment": str(ordered.pk), "day": day, "mission": "M1", "supplier": "Papeterie",
        "reference": "B-2", "cents": "80",
    }  # fmt: skip
    for address, sent in (
        (reverse("funding:record_receipt", args=[fir.pk]), receipt),
        (reverse("funding:record_invoice", args=[place.scope.pk]), bill),
    ):
        assert [browser.post(address, sent).status_code for _click in range(2)] == [302, 302]
        # Another form for the same thing is told that it came already.
        assert browser.post(address, sent | {"key": "other"}).status_code == 422
    assert Operation.objects.in_scope(place.scope).count() == 2


def test_the_page_of_a_contract_costs_the_same_however_many_indicators_it_has(
    coordinator: Person, place: Territory
) -> None:
    aci = kept(coordinator, place, KIND.ACI_CPTS, date(2026, 1, 1), "aci")
    browser = client_of(coordinator)
    counts = []
    for rank, key in enumerate(["regulation_time", "answered_in_time", "meeting_participation"]):
        add_indicator(
            by=coordinator, contract=aci, exercise=1, mission=M1, label=key, reference=Decimal(1),
            target=Decimal(2), weight=Decimal(1), document="Annexe", key=f"i{rank}", indicator=key,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("funding:contract", args=[aci.pk])).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_a_sharing_undone_is_a_proposal_again(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    centre = kept(coordinator, place, KIND.ACI_MSP, date(2025, 1, 1), "msp")
    made = sharing.propose_sharing(
        by=coordinator, contract=centre, label="Année 2025", pool=90_00, charges=0, bonus=0,
        by_key=SharingKey.EQUAL, document="Assemblée", key="s",
        members=[sharing.Member(professional, Decimal(1))],
    )  # fmt: skip
    written = sharing.post_sharing(by=coordinator, sharing=made, day=TODAY, key="p")
    browser, here = client_of(coordinator), reverse("funding:contract", args=[centre.pk])
    assert "parts égales · proposition" not in browser.get(here).content.decode()
    funding.reverse_operation(by=coordinator, operation=written, reason="Erreur de clé", key="u")
    assert "parts égales · proposition" in browser.get(here).content.decode()
