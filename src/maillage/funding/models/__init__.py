"""The tables of funding."""

from maillage.funding.models.attainment import (
    ContractIndicator,
    Evidence,
    EvidenceFile,
    MeasuredValue,
)
from maillage.funding.models.budget import BudgetLine, Commitment
from maillage.funding.models.contracts import (
    Contract,
    ContractAmount,
    ContractMission,
    Declaration,
    Instalment,
)
from maillage.funding.models.indemnities import (
    CeilingDecision,
    Indemnity,
    PayStatement,
    RateDecision,
    StatementLine,
    TimeGiven,
)
from maillage.funding.models.ledger import (
    Account,
    Book,
    Closing,
    InvoiceFile,
    LedgerLine,
    Operation,
    Receipt,
)
from maillage.funding.models.shapes import (
    ACCOUNT_LABELS,
    CONTRACT_LABELS,
    MISSION_LABELS,
    OPERATION_LABELS,
    SHARING_LABELS,
    STATEMENT_LABELS,
    TIME_LABELS,
    UNIT_LABELS,
)
from maillage.funding.models.sharing import Sharing, SharingPart

__all__ = [
    "ACCOUNT_LABELS",
    "CONTRACT_LABELS",
    "MISSION_LABELS",
    "OPERATION_LABELS",
    "SHARING_LABELS",
    "STATEMENT_LABELS",
    "TIME_LABELS",
    "UNIT_LABELS",
    "Account",
    "Book",
    "BudgetLine",
    "CeilingDecision",
    "Closing",
    "Commitment",
    "Contract",
    "ContractAmount",
    "ContractIndicator",
    "ContractMission",
    "Declaration",
    "Evidence",
    "EvidenceFile",
    "Indemnity",
    "Instalment",
    "InvoiceFile",
    "LedgerLine",
    "MeasuredValue",
    "Operation",
    "PayStatement",
    "RateDecision",
    "Receipt",
    "Sharing",
    "SharingPart",
    "StatementLine",
    "TimeGiven",
]
