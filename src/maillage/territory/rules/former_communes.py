"""Which commune of today a former code belongs to: merged communes, arrondissements, renumbered ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources


@cache
def merged() -> Mapping[str, str]:
    """Return the commune of today by former code.

    >>> merged()["01091"], merged()["20004"]
    ('01033', '2A004')
    """
    text = resources.files(__package__).joinpath("former_communes.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {former: today for today, *formers in lines for former in formers}


def successors(arrondissements: Mapping[str, Sequence[str]], renumbered: Mapping[str, str]) -> dict[str, str]:
    """Return the commune of today by former code; `arrondissements` holds the first and last code of each.

    >>> found = successors({"69123": ["69381", "69389"]}, {"97127": "97801"})
    >>> found["69388"], found["97127"], found["01091"], "69380" in found
    ('69123', '97801', '01033', False)
    """
    parts = {
        f"{code:05d}": commune
        for commune, (first, last) in arrondissements.items()
        for code in range(int(first), int(last) + 1)
    }
    return {**merged(), **parts, **renumbered}
