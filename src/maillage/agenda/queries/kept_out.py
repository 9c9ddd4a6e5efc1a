"""Who may be given no slot: what a context above knows of a person, asked before a seat is theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from maillage.kernel.models import Person


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Why somebody may be given no slot: a sentence, and the page behind it where the reader may open it."""

    sentence: str
    url: str = ""


#: The reader, the patients' keys → why each of those kept out is so, as the reader may know it.
Reader = Callable[[Person | None, Collection[int]], Mapping[int, KeptOut]]
_readers: list[Reader] = []


def keep_out_with(reader: Reader) -> None:
    """Register who says that some people may be given no slot, and why in a sentence."""
    if reader not in _readers:
        _readers.append(reader)


def kept_out(by: Person | None, patients: Collection[int]) -> dict[int, KeptOut]:
    """Return why some of these patients may be given no slot, as `by` may know it; nobody asked, nobody."""
    if not patients:
        return {}
    return {patient: why for reader in _readers for patient, why in reader(by, patients).items()}
