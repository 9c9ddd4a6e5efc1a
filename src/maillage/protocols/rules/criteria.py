"""What a protocol asks before an act, and where the answers leave the person: no framework.

Unknown is never no: a criterion that nobody answered is to be checked, and the act waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """An answer to a criterion."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CriterionKind(StrEnum):
    """What an answer does: inclusion wants a yes; exclusion and stop want a no."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    STOP = "stop"


class Standing(StrEnum):
    """Where the answers leave a person, the gravest first."""

    VITAL = "vital"
    STOPPED = "stopped"
    EXCLUDED = "excluded"
    TO_CHECK = "to_check"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of a protocol. `known`: what the file already answers, and nobody is asked again."""

    key: str
    kind: CriterionKind
    text: str
    known: Said | None = None

    @property
    def wanted(self) -> Said:
        """The answer under which the protocol goes on."""
        return Said.YES if self.kind is CriterionKind.INCLUSION else Said.NO


def answered(criteria: Iterable[Criterion], answers: Mapping[str, str]) -> dict[str, Said]:
    """Return the answer to each criterion: the file's where it knows, unknown where nobody said.

    Raises ValueError for an answer that is none, KeyError for one to a question that is not asked.
    """
    asked = {one.key: one for one in criteria}
    if strange := sorted(set(answers) - set(asked)):
        raise KeyError(strange[0])
    return {
        key: one.known if one.known is not None else Said(answers.get(key) or Said.UNKNOWN)
        for key, one in asked.items()
    }


def judge(
    criteria: Iterable[Criterion], answers: Mapping[str, Said], signs: Iterable[str] = ()
) -> tuple[Standing, list[Criterion]]:
    """Return where the answers leave the person, and the criteria that say so.

    A vital sign comes before everything; then a stop criterion, an exclusion, what is unknown. The program
    says which rule of the protocol speaks and who wrote it; it is no verdict on the person.
    """
    asked = list(criteria)
    if any(True for _sign in signs):
        return Standing.VITAL, []
    against = [one for one in asked if answers[one.key] not in {one.wanted, Said.UNKNOWN}]
    if stops := [one for one in against if one.kind is CriterionKind.STOP]:
        return Standing.STOPPED, stops
    if against:
        return Standing.EXCLUDED, against
    unknown = [one for one in asked if answers[one.key] is Said.UNKNOWN]
    return (Standing.TO_CHECK, unknown) if unknown else (Standing.CLEAR, [])


def lines_of(text: str) -> list[str]:
    """Return the lines of a text field that hold something, each once, in their order."""
    said = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in said if line))
