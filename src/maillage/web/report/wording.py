"""French sentences made of numbers and names."""

from __future__ import annotations

from collections.abc import Sequence

from maillage.kernel import formats
from maillage.kernel.formats import NBSP


def count(number: float, one: str, many: str = "") -> str:
    """Return « 1 commune », « 12 communes »: French is singular below two."""
    word = one if abs(number) < 2 else many or f"{one}s"
    return f"{formats.number(number)}{NBSP}{word}"


def people(number: float) -> str:
    """Return « 12 345 habitants »."""
    return count(round(number), "habitant")


def listed(names: Sequence[str], more: int = 0, other: str = "autre") -> str:
    """Return « a, b et c », or « a, b et 4 autres » where `more` are not named."""
    parts = [*names, *([count(more, other)] if more else [])]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}" if parts else "aucune"


def against(ours: float | None, theirs: float | None, tolerance: float) -> str:
    """Return « plus que », « moins que » or « comme » for two values told apart beyond `tolerance`."""
    if ours is None or theirs is None or abs(ours - theirs) <= tolerance:
        return "comme"
    return "plus que" if ours > theirs else "moins que"


def capital(text: str) -> str:
    """Return `text` with a capital at its head, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"
