"""Invented money: an ACI under way, a centre's, a subsidy, meetings paid, a budget half spent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from maillage.directory import api as directory
from maillage.funding.actions import attainment, budget, contracts, indemnities
from maillage.funding.actions.contracts import record_receipt
from maillage.funding.computations.schedules import plan
from maillage.funding.models import Contract
from maillage.funding.queries.contracts import kept_with
from maillage.funding.queries.statements import to_state
from maillage.funding.queries.times import mission_of
from maillage.funding.queries.waiting import lines_waiting
from maillage.funding.rules.schedule import anniversary, exercises
from maillage.funding.rules.vocabulary import ContractKind, MissionCode, RateUnit, TimeKind
from maillage.kernel import clock
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.project import api as project
from maillage.territory.api import Territory

SOURCE = "Montant inventé pour la démonstration"
BUDGETS = {
    MissionCode.M1: 38_000_00, MissionCode.M2: 26_000_00, MissionCode.M3: 21_000_00,
    MissionCode.RUNNING: 60_000_00,
}  # fmt: skip
INVOICES = (
    (MissionCode.RUNNING, "Portage de la coordination", "C-{year}-{rank:02d}", 2_640_00, range(1, 13)),
    (MissionCode.RUNNING, "Loyer des bureaux", "L-{year}-{rank:02d}", 1_180_00, range(1, 13)),
    (MissionCode.M3, "Imprimerie du Val", "F-{year}-{rank:02d}", 842_50, (2, 5, 9)),
    (MissionCode.M1, "Standard téléphonique", "T-{year}-{rank:02d}", 1_260_00, (1, 4, 7, 10)),
    (MissionCode.M1, "Location de la salle communale", "S-{year}-{rank:02d}", 310_00, (2, 5, 8, 11)),
    (MissionCode.M4, "Exercice de crise, logistique", "X-{year}-{rank:02d}", 640_00, (6,)),
)
#: Which actions of the invented project the invoices pay, by the beginning of their title.
PAYS = {
    "Imprimerie du Val": "Journées de vaccination",
    "Standard téléphonique": "Attribuer un médecin traitant",
    "Location de la salle communale": "Consultations avancées",
    "Exercice de crise, logistique": "Plan de crise",
}
MSP = {
    "list_size": 6000, "professionals": 12,
    "declared": {"A1S1": "1", "A1S2a": "1", "A2S1": "1", "A2S2": "8", "A2S3": "5", "A3S1": "1"},
    "with_ipa": {},
}  # fmt: skip


@transaction.atomic
def create_demonstration_funding(*, place: Territory) -> int:
    """Give a territory its invented contracts and accounts, once; return how many contracts there are."""
    known = Contract.objects.in_scope(place.scope).count()
    keeper = demonstration_account(Role.COORDINATOR, place.scope)
    if known or keeper is None:
        return known
    today = clock.today(place.scope)
    _contracts(keeper, place, today)
    _budget(keeper, place, today)
    _time(keeper, place, today)
    return Contract.objects.in_scope(place.scope).count()


def _contracts(by: Person, place: Territory, today: date) -> None:
    scope = place.scope
    signed = date(today.year - 2, 3, 1)
    aci = contracts.keep_contract(
        by=by, scope=scope, kind=ContractKind.ACI_CPTS, title="ACI de la CPTS", signed_on=signed,
        parties="CPTS, CPAM, ARS", document="Contrat tripartite (inventé)", population=64_200,
        population_year=signed.year - 1, key="demonstration-aci", is_demonstration=True,
    )  # fmt: skip
    for rank, (mission, months) in enumerate(
        ((MissionCode.M1, 6), (MissionCode.M2, 12), (MissionCode.M3, 12))
    ):
        starts_on = anniversary(signed, 1) if months == 12 else date(signed.year, 9, 1)
        contracts.start_mission(
            by=by, contract=aci, mission=mission, starts_on=starts_on, key=f"demonstration-m-{rank}"
        )
    for rank, (name, cents) in enumerate(
        (
            ("fixed.M1", 50_000_00),
            ("variable.M1", 20_000_00),
            ("fixed.M2", 30_000_00),
            ("fixed.M3", 25_000_00),
        )
    ):
        contracts.type_amount(
            by=by, contract=aci, name=name, cents=cents, document=SOURCE, key=f"demonstration-a-{rank}"
        )
    msp = contracts.keep_contract(
        by=by, scope=scope, kind=ContractKind.ACI_MSP, title="ACI de la maison de santé",
        parties="SISA, CPAM, ARS", document="Contrat (inventé)", signed_on=date(today.year - 1, 1, 1),
        key="demonstration-msp", is_demonstration=True,
    )  # fmt: skip
    contracts.declare(
        by=by, contract=msp, year=today.year, facts=MSP, document="Télédéclaration (inventée)",
        key="demonstration-msp-declared",
    )  # fmt: skip
    fir = contracts.keep_contract(
        by=by, scope=scope, kind=ContractKind.FIR, title="FIR : bus de consultations avancées",
        parties="CPTS, ARS",
        document="Décision de l’ARS (inventée)", signed_on=date(today.year, 1, 1),
        last_day=date(today.year, 12, 31), key="demonstration-fir", is_demonstration=True,
    )  # fmt: skip
    for rank, (label, day, cents) in enumerate(
        (
            ("première moitié", date(today.year, 3, 15), 18_000_00),
            ("solde", date(today.year, 10, 15), 18_000_00),
        )
    ):
        contracts.add_instalment(
            by=by, contract=fir, due_on=day, label=label, cents=cents, key=f"demonstration-i-{rank}"
        )
    _variable(by, aci, today)
    for kept in kept_with(scope, [aci, msp, fir]):
        _receive(by, plan(kept).kept.contract, today)


def _variable(by: Person, aci: Contract, today: date) -> None:
    """Measure the first mission this year: one indicator proved, one that still lacks its proof."""
    exercise = len(exercises(aci.signed_on, today))
    rows = (
        ("Part des assurés de 16 ans et plus sans médecin traitant", "%", "11.8", "9", "10.1"),
        ("Soins non programmés rendus sous 48 heures", "actes", "1200", "2400", None),
    )
    for rank, (label, unit, reference, target, value) in enumerate(rows):
        made = attainment.add_indicator(
            by=by, contract=aci, exercise=exercise, mission=MissionCode.M1, label=label, unit=unit,
            reference=Decimal(reference), target=Decimal(target), weight=Decimal(1), document=SOURCE,
            key=f"demonstration-v-{rank}",
        )  # fmt: skip
        if value is not None:
            attainment.measure(
                by=by, indicator=made, value=Decimal(value), document="Relevé de la CPAM (inventé)",
                key=f"demonstration-mv-{rank}",
            )  # fmt: skip
            attainment.prove(
                by=by, indicator=made, dated=today - timedelta(days=40), key=f"demonstration-pr-{rank}",
                label="Relevé trimestriel de la CPAM (inventé), classeur du dialogue de gestion",
            )  # fmt: skip


def _receive(by: Person, contract: Contract, today: date) -> None:
    """Note what came of a contract: all that is due, but the last one of this year, which is late."""
    found = plan(kept_with(contract.scope, [contract])[0])
    due = [one for one in found.payments if one.on <= today and (one.cents or 0) > 0]
    late = due[-1:] if contract.nature is ContractKind.FIR else []
    for one in due:
        if one in late:
            continue
        record_receipt(
            by=by, contract=contract, payment=one.key, day=min(today, one.on + timedelta(days=12)),
            cents=one.cents or 0, label="Virement reçu", key=f"demonstration-{contract.pk}-{one.key}",
        )  # fmt: skip


def _budget(by: Person, place: Territory, today: date) -> None:
    for mission, cents in BUDGETS.items():
        budget.set_budget(
            by=by, scope=place.scope, year=today.year, mission=mission, cents=cents,
            decision="Assemblée générale (inventée)", key=f"demonstration-b-{mission.value}",
        )  # fmt: skip
    actions = project.actions_in(place.scope)
    for usual, supplier, numbered, cents, months in INVOICES:
        title = PAYS.get(supplier)
        paid = next((one for one in actions if title and one.title.startswith(title)), None)
        mission = usual if paid is None else mission_of(paid)
        for rank in months:
            day = date(today.year, rank, 4)
            if day > today:
                continue
            made = budget.record_invoice(
                by=by, scope=place.scope, day=day, mission=mission, supplier=supplier, cents=cents,
                reference=numbered.format(year=today.year, rank=rank),
                action=paid, key=f"demonstration-f-{supplier[:8]}-{rank}",
            )  # fmt: skip
            paid_on = day + timedelta(days=20)
            if paid_on <= today:
                budget.pay_invoice(
                    by=by, invoice=made, day=paid_on, key=f"demonstration-p-{supplier[:8]}-{rank}"
                )
    budget.engage(
        by=by, scope=place.scope, day=today - timedelta(days=20), mission=MissionCode.M3,
        supplier="Imprimerie du Val", label="Affiches de la campagne de dépistage", cents=1_340_00,
        key="demonstration-e",
    )  # fmt: skip


def _time(by: Person, place: Territory, today: date) -> None:
    """Decide rates and the ceiling, note trainings, and pay what was given before this month."""
    scope = place.scope
    for time, unit, cents in (
        (TimeKind.MEETING, RateUnit.HOUR, 60_00),
        (TimeKind.TRAINING, RateUnit.HOUR, 45_00),
        (TimeKind.ON_CALL, RateUnit.SESSION, 80_00),
    ):
        indemnities.decide_rate(
            by=by, scope=scope, time=time, unit=unit, cents=cents, valid_from=date(today.year - 1, 1, 1),
            decision="Conseil d’administration (inventé)", key=f"demonstration-r-{time.value}",
        )  # fmt: skip
    indemnities.decide_ceiling(
        by=by, scope=scope, year=today.year, cents=48_060_00, document=SOURCE, key="demonstration-ceiling"
    )
    team = [
        sheet
        for role in (Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.MIDWIFE)
        if (account := demonstration_account(role, scope))
        and (sheet := directory.Professional.objects.filter(account=account).first())
    ]
    for rank, sheet in enumerate(team):
        for back in (150, 60, 9):
            indemnities.note_time(
                by=by, scope=scope, who=sheet, time=TimeKind.TRAINING, mission=MissionCode.M2,
                day=today - timedelta(days=back + rank), minutes=90 + 30 * (rank % 2),
                label="Formation croisée : plaies et cicatrisation",
                document="Feuille de présence (inventée)",
                key=f"demonstration-t-{rank}-{back}",
            )  # fmt: skip
    until = today - timedelta(days=14)
    for rank, line in enumerate(lines_waiting(scope, today)):
        if line.day <= until and line.day.year == today.year:
            indemnities.validate_time(
                by=by, scope=scope, source=line.source, day=line.day, mission=line.mission,
                action=line.action, key=f"demonstration-v-{rank}",
            )  # fmt: skip
    first_day = date(today.year, 1, 1)
    for rank, sheet in enumerate(team):
        if not to_state(scope, sheet, first_day, today):
            continue  # in the first weeks of a year, nothing of it is validated yet
        made = indemnities.make_statement(
            by=by, scope=scope, who=sheet, first_day=first_day, last_day=today,
            key=f"demonstration-s-{rank}",
        )  # fmt: skip
        indemnities.validate_statement(by=by, statement=made)
        if rank:
            indemnities.pay_statement(by=by, statement=made, day=today, key=f"demonstration-sp-{rank}")
