"""Indicators of the variable part in words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from maillage.funding.queries.attainment import IndicatorSeen
from maillage.indicators import api as indicators
from maillage.kernel import formats
from maillage.kernel.models import Scope


def indicator_words(one: IndicatorSeen, scope: Scope, *, keeps: bool) -> dict[str, Any]:
    """Return an indicator in words, with the last value published where it is one of the catalogue."""
    row = one.indicator
    last = None
    if row.indicator:
        last = next(iter(indicators.published_of(scope, row.indicator, 1)), None)
    taken = one.value.published if one.value is not None else None
    return {
        "one": one, "row": row,
        "goal": f"{_decimal(row.reference)} → {_decimal(row.target)} {row.unit}".strip(),
        "value": "" if one.value is None else f"{_decimal(one.value.value)} {row.unit}".strip(),
        "share": "" if one.share is None else formats.percent(float(one.share)),
        "how": _("tapée à la main") if one.value is not None and taken is None else "",
        "published": last if keeps and last is not None and last.pk != taken else None,
        "key": uuid4().hex,
    }  # fmt: skip


def _decimal(value: Any) -> str:
    plain = value.normalize()
    places = max(0, -plain.as_tuple().exponent)
    return formats.number(value, min(4, places))
