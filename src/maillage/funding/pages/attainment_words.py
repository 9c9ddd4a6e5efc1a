"""Indicators of the variable part in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from maillage.funding.queries.attainment import IndicatorSeen
from maillage.indicators import api as indicators
from maillage.kernel import formats
from maillage.kernel.models import Scope


def indicators_words(seen: Iterable[IndicatorSeen], scope: Scope, *, keeps: bool) -> list[dict[str, Any]]:
    """Return indicators in words, for who keeps them with the last value published; one statement at most."""
    rows = list(seen)
    keys = {one.indicator.indicator for one in rows if keeps and one.indicator.indicator}
    last = indicators.last_of_each(scope, keys) if keys else {}
    return [indicator_words(one, last.get(one.indicator.indicator)) for one in rows]


def indicator_words(one: IndicatorSeen, last: indicators.PublishedValue | None = None) -> dict[str, Any]:
    """Return an indicator in words, with the last value published that may be taken for it."""
    row = one.indicator
    taken = one.value.published if one.value is not None else None
    return {
        "one": one, "row": row,
        "goal": f"{_decimal(row.reference)} → {_decimal(row.target)} {row.unit}".strip(),
        "value": "" if one.value is None else f"{_decimal(one.value.value)} {row.unit}".strip(),
        "share": "" if one.share is None else formats.percent(float(one.share)),
        "how": _("tapée à la main") if one.value is not None and taken is None else "",
        "published": last if last is not None and last.pk != taken else None,
        "key": uuid4().hex,
    }  # fmt: skip


def _decimal(value: Any) -> str:
    plain = value.normalize()
    places = max(0, -plain.as_tuple().exponent)
    return formats.number(value, min(4, places))
