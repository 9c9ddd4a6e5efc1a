"""What a pharmacist does for a patient: a review of medicines, a shortage, a vaccination; no framework."""

from __future__ import annotations

from enum import StrEnum

from maillage.protocols.rules.criteria import Standing


class Outcome(StrEnum):
    """What came of a planned vaccination."""

    DONE = "done"
    DEFERRED = "deferred"
    DECLINED = "declined"
    EMERGENCY = "emergency"


class Lack(StrEnum):
    """What is still owed before an outcome is noted."""

    ANSWERS = "answers"
    LOT = "lot"
    WORDS = "words"


def lacking(outcome: Outcome, standing: Standing, *, lot: str, note: str) -> list[Lack]:
    """Return what an outcome still lacks.

    Nothing here says who may be vaccinated: what is unknown is asked before a dose, and a dose given in spite
    of an answer, like a dose that is not given, is explained in words.
    """
    if outcome is not Outcome.DONE:
        return [] if note else [Lack.WORDS]
    lacks = []
    if standing is Standing.TO_CHECK:
        lacks.append(Lack.ANSWERS)
    if not lot:
        lacks.append(Lack.LOT)
    if standing in {Standing.EXCLUDED, Standing.STOPPED} and not note:
        lacks.append(Lack.WORDS)
    return lacks
