"""The front door of funding: contracts and what they pay, the ledger, indemnities, budgets."""

from maillage.funding.actions.attainment import add_indicator, measure, prove
from maillage.funding.actions.budget import (
    drop_commitment,
    engage,
    keep_invoice_file,
    pay_invoice,
    record_invoice,
    set_budget,
)
from maillage.funding.actions.contracts import (
    add_instalment,
    declare,
    keep_contract,
    record_receipt,
    start_mission,
    stop_contract,
    type_amount,
)
from maillage.funding.actions.indemnities import (
    decide_ceiling,
    decide_rate,
    make_statement,
    note_time,
    pay_statement,
    read_statement,
    reopen_statement,
    validate_statement,
    validate_time,
)
from maillage.funding.actions.ledger import close_period, reverse_operation
from maillage.funding.actions.sharing import Member, pay_sharing, post_sharing, propose_sharing
from maillage.funding.models import Contract, Indemnity, Operation, PayStatement
from maillage.funding.queries.budget import MissionBudget, YearBudget, year_budget
from maillage.funding.queries.spending import spent_by_action, spent_by_mission_and_action
from maillage.funding.queries.times import mission_of
from maillage.funding.rules.vocabulary import ContractKind, MissionCode, RateUnit, SharingKey, TimeKind

__all__ = [
    "Contract",
    "ContractKind",
    "Indemnity",
    "Member",
    "MissionBudget",
    "MissionCode",
    "Operation",
    "PayStatement",
    "RateUnit",
    "SharingKey",
    "TimeKind",
    "YearBudget",
    "add_indicator",
    "add_instalment",
    "close_period",
    "decide_ceiling",
    "decide_rate",
    "declare",
    "drop_commitment",
    "engage",
    "keep_contract",
    "keep_invoice_file",
    "make_statement",
    "measure",
    "mission_of",
    "note_time",
    "pay_invoice",
    "pay_sharing",
    "pay_statement",
    "post_sharing",
    "propose_sharing",
    "prove",
    "read_statement",
    "record_invoice",
    "record_receipt",
    "reopen_statement",
    "reverse_operation",
    "set_budget",
    "spent_by_action",
    "spent_by_mission_and_action",
    "start_mission",
    "stop_contract",
    "type_amount",
    "validate_statement",
    "validate_time",
    "year_budget",
]
