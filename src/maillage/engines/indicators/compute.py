"""Proportions, rates, standardised rates and quantiles, each with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from maillage.engines.indicators.model import BoolArray, Estimate, FloatArray, Interval, counts

_FEW = 10  # events


def proportion(numerator: Any, denominator: Any, *, level: float = 0.95) -> Interval:
    """Return the share of the denominator with Wilson's (1927) score interval.

    Raises ValueError where the numerator is larger than the denominator.
    """
    top, bottom = counts(numerator, denominator)
    if (top > bottom).any():
        raise ValueError("a numerator is larger than its denominator")
    z = _z(level)
    some = bottom > 0
    n = np.where(some, bottom, np.nan)
    p = top / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # Zero of n and n of n have exact bounds that rounding would miss.
    low = np.where(top == 0, 0.0, centre - half)
    high = np.where(top == bottom, 1.0, centre + half)
    return Interval(p, np.where(some, low, np.nan), np.where(some, high, np.nan))


def rate(count: Any, exposure: Any, *, per: float = 1.0, level: float = 0.95) -> Interval:
    """Return events over an exposure (people, days), times `per`, with the interval of a count.

    Byar's approximation (Breslow & Day, 1987), exact under ten events (Garwood, 1936). None has zero as its
    low bound.
    """
    events, exposed = counts(count, exposure)
    divisor = np.where(exposed > 0, exposed, np.nan)
    low, high = _poisson(events, level)
    return Interval(per * events / divisor, per * low / divisor, per * high / divisor)


def standardised_rate(
    count: Any, exposure: Any, standard: Any, *, per: float = 1.0, level: float = 0.95
) -> Estimate:
    """Return the rate that a standard population would have: strata of age and sex in one dimension.

    Σ wᵢ·Oᵢ/nᵢ over Σ wᵢ; interval of Dobson et al. (1991) around that of all events. `standard`: people of
    the standard in each stratum; a stratum that weighs nothing is left out. Raises ValueError where a stratum
    that weighs has nobody exposed: the rate cannot be told.
    """
    events, exposed = counts(count, exposure)
    weights = counts(standard, exposed)[0]
    if events.ndim != 1 or not weights.sum() > 0:
        raise ValueError("strata in one dimension, and a standard that is somebody")
    used = weights > 0
    if (exposed[used] == 0).any():
        raise ValueError("a stratum of the standard has nobody exposed here")
    share = weights[used] / weights.sum()
    events, exposed = events[used], exposed[used]
    value = float((share * events / exposed).sum())
    total = events.sum()
    low, high = (float(bound[0]) for bound in _poisson(np.array([total]), level))
    if total == 0:
        # Nothing happened: the bound of the crude rate, since no stratum tells its own variance.
        return Estimate(0.0, 0.0, per * high / float(exposed.sum()))
    spread = float(np.sqrt((share**2 * events / exposed**2).sum() / total))
    return Estimate(
        per * value, per * (value + spread * (low - total)), per * (value + spread * (high - total))
    )


def standardised_ratio(count: Any, exposure: Any, reference: Any, *, level: float = 0.95) -> Estimate:
    """Return events over those expected at the reference's rates by stratum (1 where there are as many).

    For few events, where strata of their own say nothing. NaN where none is expected.
    """
    events, exposed = counts(count, exposure)
    expected = float((exposed * counts(reference, exposed)[0]).sum())
    total = float(events.sum())
    low, high = (float(bound[0]) for bound in _poisson(np.array([total]), level))
    divisor = expected if expected > 0 else float("nan")
    return Estimate(total / divisor, low / divisor, high / divisor)


def quantile(values: Any, q: float, *, seed: int, draws: int = 2000, level: float = 0.95) -> Estimate:
    """Return a quantile (inverse of the distribution) with its percentile bootstrap interval.

    `seed` fixes the draws: the same values give the same interval. NaN where there is no value.
    """
    if not 0 <= q <= 1:
        raise ValueError("a quantile is asked for between 0 and 1")
    known = np.asarray(values, np.float64)
    known = np.sort(known[~np.isnan(known)])
    if known.size == 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    # The quantile of a drawn sample is one of the values: its rank is drawn, not the whole sample.
    place = max(int(np.ceil(q * known.size * (1 - 1e-12))), 1)
    shares = rng.beta(place, known.size - place + 1, size=draws)
    drawn = known[np.minimum((shares * known.size).astype(np.int64), known.size - 1)]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return Estimate(float(known[place - 1]), float(low), float(high))


def hidden(count: Any, *, least: int, total_is_shown: bool = True) -> BoolArray:
    """Return which counts of a group are not shown: from 1 to `least` − 1, and what gives one back.

    Where the total of the group is shown and one count alone is hidden, the next smallest above zero is too,
    else a zero; a group of one count hides nothing more.
    """
    shown = counts(count, 1.0)[0]
    hide = (shown > 0) & (shown < least)
    if total_is_shown and hide.sum() == 1 and shown.size > 1:
        left = np.where(hide, np.inf, np.where(shown == 0, np.finfo(float).max, shown))
        hide.flat[int(np.argmin(left))] = True
    return hide


def _poisson(events: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the bounds of a count: exact under `_FEW`, where Byar's low bound is too low, else Byar's."""
    from scipy import stats  # here only: megabytes that few requests of a server process need

    z, above = _z(level), events + 1
    base = np.maximum(events, _FEW)
    low = base * (1 - 1 / (9 * base) - z / (3 * np.sqrt(base))) ** 3
    high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    few = events < _FEW
    exact_low = stats.chi2.ppf((1 - level) / 2, np.maximum(2 * events, 1)) / 2
    exact_high = stats.chi2.ppf((1 + level) / 2, 2 * above) / 2
    return (
        np.where(few, np.where(events > 0, exact_low, 0.0), np.maximum(low, 0.0)),
        np.where(few, exact_high, high),
    )


def _z(level: float) -> float:
    from scipy import stats  # here only, as above

    if not 0 < level < 1:
        raise ValueError("the level of an interval is between 0 and 1")
    return float(stats.norm.ppf((1 + level) / 2))
