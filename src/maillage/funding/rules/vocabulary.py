"""The words that funding stores: kinds of contract, missions, accounts, operations, states."""

from __future__ import annotations

from enum import StrEnum


class ContractKind(StrEnum):
    """What a contract is; the amounts of the last five are written in it, instalment by instalment."""

    ACI_CPTS = "aci_cpts"
    ACI_MSP = "aci_msp"
    CDS = "cds"
    FIR = "fir"
    ART51 = "art51"
    SUBSIDY = "subsidy"
    PEPS = "peps"


class MissionCode(StrEnum):
    """The six missions of a CPTS (CSP L.1434-12-2), and what serves all of them."""

    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    RUNNING = "M0"


#: Those that a contract pays for: running costs have their own grant.
MISSIONS = tuple(one for one in MissionCode if one is not MissionCode.RUNNING)


class AccountKind(StrEnum):
    """What an account of the ledger is about."""

    BANK = "bank"
    SOURCE = "source"
    MISSION = "mission"
    PERSON = "person"
    SUPPLIER = "supplier"


class OperationKind(StrEnum):
    """What an operation of the ledger tells."""

    RECEIPT = "receipt"
    INDEMNITY = "indemnity"
    PAYMENT = "payment"
    INVOICE = "invoice"
    INVOICE_PAID = "invoice_paid"
    SHARING = "sharing"
    REVERSAL = "reversal"


class TimeKind(StrEnum):
    """The time that is indemnified."""

    MEETING = "meeting"
    ON_CALL = "on_call"
    TRAINING = "training"
    OTHER = "other"


class RateUnit(StrEnum):
    """What a rate is for."""

    HOUR = "hour"
    SESSION = "session"


class StatementState(StrEnum):
    """Where the statement of a professional stands."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PAID = "paid"


class SharingKey(StrEnum):
    """How a sum is shared."""

    EQUAL = "equal"
    COEFFICIENT = "coefficient"
    PERCENT = "percent"
