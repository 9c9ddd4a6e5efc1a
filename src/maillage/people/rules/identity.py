"""The national health identity (INS): the four statuses of an identity and what each allows.

Truth table of the référentiel national d’identitovigilance (RNIV), certainty in `sourced/identity.toml`:

    | document of high trust checked | answer 00 of INSi | status     |
    |--------------------------------|-------------------|------------|
    | no                             | no                | provisoire |
    | no                             | yes               | récupérée  |
    | yes                            | no                | validée    |
    | yes                            | yes               | qualifiée  |

A doubtful or fictive identity, or one with a homonym not yet told apart, is never qualified.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IdentityStatus(StrEnum):
    """How sure an identity is, in the words of the RNIV."""

    PROVISIONAL = "provisoire"
    RETRIEVED = "recuperee"
    VALIDATED = "validee"
    QUALIFIED = "qualifiee"


class IdentityDocument(StrEnum):
    """What the person showed; only some documents are of high trust."""

    NONE = ""
    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    RESIDENCE_PERMIT = "residence_permit"
    FAMILY_BOOK = "family_book"
    BIRTH_CERTIFICATE = "birth_certificate"
    HEALTH_CARD = "health_card"


HIGH_TRUST = frozenset(
    {IdentityDocument.PASSPORT, IdentityDocument.IDENTITY_CARD, IdentityDocument.RESIDENCE_PERMIT}
)
"""Documents that prove an identity by themselves."""


class InsiAnswer(StrEnum):
    """What the INSi service answered: 00 one identity, 01 none, 02 several; empty: not asked."""

    NOT_ASKED = ""
    ONE = "00"
    NONE = "01"
    SEVERAL = "02"


class Doubt(StrEnum):
    """An attribute that keeps an identity from being qualified."""

    NONE = ""
    DOUBTFUL = "doubtful"
    HOMONYM = "homonym"
    FICTIVE = "fictive"


class AdministrativeSex(StrEnum):
    """The sex of civil status, one of the five strict traits."""

    FEMALE = "female"
    MALE = "male"
    INDETERMINATE = "indeterminate"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an identity: the document shown, INSi's answer, a doubt."""

    document: IdentityDocument = IdentityDocument.NONE
    insi: InsiAnswer = InsiAnswer.NOT_ASKED
    doubt: Doubt = Doubt.NONE


def identity_status(evidence: Evidence) -> IdentityStatus:
    """Return the status that the evidence gives.

    >>> identity_status(Evidence(IdentityDocument.PASSPORT, InsiAnswer.ONE))
    <IdentityStatus.QUALIFIED: 'qualifiee'>
    >>> identity_status(Evidence(IdentityDocument.PASSPORT, InsiAnswer.ONE, Doubt.HOMONYM))
    <IdentityStatus.RETRIEVED: 'recuperee'>
    """
    retrieved = evidence.insi is InsiAnswer.ONE
    validated = evidence.document in HIGH_TRUST and evidence.doubt is Doubt.NONE
    if evidence.doubt is Doubt.FICTIVE:
        return IdentityStatus.PROVISIONAL
    if validated:
        return IdentityStatus.QUALIFIED if retrieved else IdentityStatus.VALIDATED
    return IdentityStatus.RETRIEVED if retrieved else IdentityStatus.PROVISIONAL


def may_carry_ins(status: IdentityStatus) -> bool:
    """Return whether the matricule may leave the structure: only with a qualified identity."""
    return status is IdentityStatus.QUALIFIED


def next_steps(evidence: Evidence) -> tuple[str, ...]:
    """Return what is missing for a qualified identity: `document`, `insi`, `first_names`, `doubt`.

    INSi answering « several » asks for all the first names, then the place of birth.
    """
    missing = []
    if evidence.doubt is not Doubt.NONE:
        missing.append("doubt")
    if evidence.document not in HIGH_TRUST:
        missing.append("document")
    if evidence.insi is InsiAnswer.SEVERAL:
        missing.append("first_names")
    elif evidence.insi is not InsiAnswer.ONE:
        missing.append("insi")
    return tuple(missing)
