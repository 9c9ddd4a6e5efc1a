"""The points of an ACI MSP and the quarters of PEPS in words, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.computations.schedules import (
    Expected,
    last_declared,
    msp_facts,
    msp_points,
    msp_year,
    peps_quarter,
)
from maillage.funding.queries.contracts import Kept
from maillage.funding.rules import msp, peps
from maillage.kernel import formats
from maillage.kernel.amounts import rounded
from maillage.kernel.sourced_rules import rule

#: What the amount of an ACI MSP rests on beside its indicators.
POINT_RULES = (
    "funding.msp.point",
    "funding.msp.advance",
    "funding.msp.advance_least",
    "funding.msp.deprivation",
)


def msp_words(kept: Kept, one: Expected) -> str:
    """Return how a payment of an ACI MSP is reckoned, with its numbers."""
    facts = msp_facts(last_declared(kept)[one.year, 0])
    points, year = msp_points(facts, one.year), msp_year(kept, facts, one.year)
    ratio = "" if year.days == year.whole else f" × {year.days}/{year.whole} {_('jours')}"
    if one.label == "advance":
        share = formats.percent(rule("funding.msp.advance").value / 100)
        return _("{share} des prérequis et du socle atteints en entier{ratio}").format(
            share=share, ratio=ratio
        )
    if points.missing:
        return _("rien : il manque {codes}").format(codes=", ".join(points.missing))
    return _("{points} points × {point}{ratio} − {advance} d’avance").format(
        points=formats.number(float(points.points), 0 if points.points.denominator == 1 else 2),
        point=formats.euros(points.point), ratio=ratio, advance=formats.euros(year.advance),
    )  # fmt: skip


def points_lines(kept: Kept) -> tuple[int, msp.Points, list[dict[str, Any]]] | None:
    """Return the points of the last year declared, line by line, with why; None before any declaration."""
    found = last_declared(kept)
    if not found:
        return None
    (year, _quarter), facts = max(found.items())
    read = msp_facts(facts)
    points = msp_points(read, year)
    lines = [
        {
            "one": one, "rule": rule(f"funding.msp.{one.code.lower()}"), "need": NEEDS[one.need],
            "points": formats.number(float(one.points), 0 if one.points.denominator == 1 else 2),
            "euros": formats.euros(rounded(one.points * points.point)), "declared": _declared(one),
            "is_missing": one.code in points.missing,
        }
        for one in points.lines
        if one.points or one.need is not msp.Need.OPTIONAL
    ]  # fmt: skip
    return year, points, lines


NEEDS = {
    msp.Need.PREREQUISITE: lazy("socle et prérequis"),
    msp.Need.BASE: lazy("socle"),
    msp.Need.OPTIONAL: lazy("facultatif"),
}


def _declared(one: msp.Line) -> str:
    shape = msp.INDICATORS[one.code].shape
    if shape is msp.Shape.YES_NO:
        return _("oui") if one.declared else _("non")
    said = formats.number(one.declared, 0 if one.declared == one.declared.to_integral() else 2)
    if shape is msp.Shape.RATE:
        said = f"{said}{formats.NBSP}%"
    elif shape is msp.Shape.LEVEL:
        said = _("niveau {level}").format(level=said)
    if one.is_capped:
        return _("{value}, compté {counted}").format(value=said, counted=formats.number(float(one.counted)))
    return said


def quarter_words(facts: dict[str, object]) -> str:
    """Return how a quarter of PEPS is reckoned, with its numbers."""
    one = peps_quarter(facts)
    cap = Decimal(rule("funding.peps.cap").value) / 100
    worth = peps.capitation(one, cap)
    if worth is None:
        return _("montant à renseigner")
    said = (
        f"{formats.euros(one.base)} × {formats.number(one.territory, 4)} × "
        f"{formats.number(one.quality, 4)} − {formats.euros(one.leakage)}"
    )
    if worth.is_capped:
        return _("{sum}, plafonné à {cap}").format(sum=said, cap=formats.euros(worth.cap))
    return said
