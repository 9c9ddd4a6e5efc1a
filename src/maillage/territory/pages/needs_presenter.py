"""What the needs page draws and says: bars, what weighs most, what sets the territory apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from maillage.kernel.formats import number, percent, signed
from maillage.territory.atlas import Atlas
from maillage.territory.computations.comparable import TRAITS, Profile
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.needs import ACCESS, CRITERIA, Ranking
from maillage.territory.computations.needs_tables import say

WIDTH = 200.0
"""Drawing units across; the middle is zero."""
NAMED = 3
REASONS = 2
NO_BREAK = "\u00a0"
SMALLEST_SCALE = 0.5
"""Half a standard deviation fills a bar where no difference is larger: small ones must look small."""
STRIKING = 0.25
"""A difference smaller than this many standard deviations is not said to set a territory apart."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in drawing units; `tone` is a token of the colour scale."""

    x: str
    width: str
    tone: str


@dataclass(frozen=True, slots=True)
class RankedCommune:
    """One row of the list: what it is worth, and what makes it so."""

    code: str
    name: str
    rank: int
    index: float
    need: float | None
    apl: float
    segments: tuple[Segment, ...]
    reasons: str


@dataclass(frozen=True, slots=True)
class Distinction:
    """One criterion of the profile: here, there, and the bar of the difference (`written` in deviations)."""

    label: str
    here: str
    there: str
    gap: float | None
    written: str
    segment: Segment | None


def ranked_communes(atlas: Atlas, ranking: Ranking, apl: np.ndarray) -> list[RankedCommune]:
    """Return the rows of the list, most urgent first."""
    parts = ranking.contributions
    reach = (
        max(float(np.where(sign * parts > 0, np.abs(parts), 0).sum(axis=1).max()) for sign in (1, -1)) or 1.0
    )
    return [
        RankedCommune(
            code=str(atlas.codes[position]),
            name=str(atlas.names[position]),
            rank=row + 1,
            index=round(float(ranking.index[row]), 2),
            need=None if ranking.need is None else round(float(ranking.need[row]), 2),
            apl=round(float(apl[position]), 2),
            segments=_segments(parts[row], reach),
            reasons=_reasons(parts[row]),
        )
        for row, position in enumerate(ranking.positions)
    ]


def finding(atlas: Atlas, ranking: Ranking) -> str:
    """Return which communes come first, and how many people live above the French average."""
    names = [str(atlas.names[position]) for position in ranking.positions[:NAMED]]
    people = population(atlas)[ranking.positions]
    share = people[ranking.index > 0].sum() / people.sum() if people.sum() else None
    if len(ranking.positions) == 1:
        return _("%(name)s a un indice de priorité de %(index)s ; 0 est la commune française moyenne.") % {
            "name": names[0], "index": signed(float(ranking.index[0]), 2),
        }  # fmt: skip
    listed = _("%(first)s et %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
    return _(
        "Avec ces poids, les communes les plus prioritaires sont %(communes)s ; %(share)s des habitants "
        "vivent dans une commune plus prioritaire que la moyenne française."
    ) % {"communes": listed, "share": percent(share)}


def distinctions(profile: Profile) -> list[Distinction]:
    """Return the criteria in order of how much they set the territory apart."""
    gaps = np.array(profile.gap)
    reach = max(float(np.nanmax(np.abs(gaps))) if np.isfinite(gaps).any() else 0.0, SMALLEST_SCALE)
    order = np.argsort(-np.nan_to_num(np.abs(gaps), nan=-1.0), kind="stable")
    found = []
    for place in order:
        trait, gap = TRAITS[place], float(gaps[place])
        known = np.isfinite(gap)
        found.append(
            Distinction(
                str(trait.label), say(trait, profile.ours[place]), say(trait, profile.theirs[place]),
                round(gap, 2) if known else None, signed(gap if known else None, 2),
                _bar(gap, reach) if known else None,
            )
        )  # fmt: skip
    return found


def distinctions_sentence(rows: Sequence[Distinction]) -> str:
    """Return in one sentence what sets the territory apart from those like it."""
    striking = [row for row in rows if row.gap is not None and abs(row.gap) >= STRIKING][:NAMED]
    if not striking:
        return _("Rien ne l’en distingue nettement.")
    words = [
        _("%(label)s : %(here)s contre %(there)s")
        % {"label": f"{row.label[:1].lower()}{row.label[1:]}" if row.label[1:2].islower() else row.label,
           "here": row.here, "there": row.there}
        for row in striking
    ]  # fmt: skip
    return _("Ce qui l’en distingue le plus : %(words)s.") % {"words": _(" ; ").join(words)}


def _segments(parts: np.ndarray, reach: float) -> tuple[Segment, ...]:
    """Return the parts of one commune end to end: what raises the index to the right, what lowers it left."""
    unit, right, left, found = WIDTH / 2 / reach, WIDTH / 2, WIDTH / 2, []
    for criterion, part in zip(CRITERIA, parts, strict=True):
        width = abs(float(part)) * unit
        if not width:
            continue
        if part > 0:
            found.append(Segment(f"{right:.1f}", f"{width:.1f}", "1" if criterion.key == ACCESS else "2"))
            right += width
        else:
            left -= width
            found.append(Segment(f"{left:.1f}", f"{width:.1f}", "7" if criterion.key == ACCESS else "6"))
    return tuple(found)


def _bar(gap: float, reach: float) -> Segment:
    width = abs(gap) * WIDTH / 2 / reach
    start = WIDTH / 2 - (width if gap < 0 else 0)
    return Segment(f"{start:.1f}", f"{width:.1f}", "2" if gap < 0 else "6")


def _reasons(parts: np.ndarray) -> str:
    """Return the criteria that raise the index most; the name of each stays on one line."""
    order = [place for place in np.argsort(-parts, kind="stable")[:REASONS] if parts[place] > 0]
    words = [
        f"{str(CRITERIA[place].label).replace(' ', NO_BREAK)} {signed(float(parts[place]), 2)}"
        for place in order
    ]
    return " · ".join(words) or _("aucun critère au-dessus de la moyenne : %(top)s") % {
        "top": number(float(parts.max()), 2)
    }
