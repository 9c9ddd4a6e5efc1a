"""Numbers, shares, durations and dates as a reader of the current language writes them.

French: `65 410`, `2,85`, `12 %`, `14 h 05`, `samedi 14 mars 2026 à 14 h 05`, with a narrow no-break
space (U+202F) between thousands and a no-break space (U+00A0) before a unit. English: `65,410`,
`2.85`, `12%`, `14:05`, `Saturday 14 March 2026 at 14:05`. Used alike by pages, exports and reports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, timezone
from django.utils.translation import get_language

UNKNOWN = "–"
NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MINUS = "\u2212"

Number = float | int | Decimal | None


@dataclass(frozen=True, slots=True)
class _Style:
    thousands: str
    decimal: str
    before_percent: str


_FRENCH = _Style(thousands=NARROW_NBSP, decimal=",", before_percent=NBSP)
_ENGLISH = _Style(thousands=",", decimal=".", before_percent="")


def is_french() -> bool:
    """Whether the reader's language is French (the default when none is active)."""
    return not (get_language() or "fr").startswith("en")


def in_language(french: str, english: str) -> str:
    """Return what is written in both languages as the reader reads it; French where nobody translated it."""
    return french if is_french() or not english else english


def _style() -> _Style:
    return _FRENCH if is_french() else _ENGLISH


def _known(value: Number) -> Decimal | None:
    """Return `value` as a Decimal with the digits a person would read, None for None, NaN and infinities."""
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(float(value)))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    """Round half up, as people do, not half to even."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def _written(value: Decimal) -> str:
    style = _style()
    text = f"{abs(value):,f}".replace(",", "\0").replace(".", style.decimal).replace("\0", style.thousands)
    return f"{MINUS}{text}" if value < 0 else text


def number(value: Number, decimals: int = 0) -> str:
    """Return `value` rounded half up to `decimals`; an en dash where unknown (None or NaN)."""
    known = _known(value)
    return UNKNOWN if known is None else _written(_rounded(known, decimals))


def as_shown(value: float, decimals: int) -> float:
    """Return a finite `value` as its written figure says it: what a map and a file give a program."""
    return float(_rounded(Decimal(str(value)), decimals))


def rounded_text(value: float | int | Decimal, decimals: int) -> str:
    """Return a finite `value` rounded half up as a program reads it: `1234.5`, zeros of the end left out."""
    rounded = _rounded(Decimal(str(value)), decimals)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Number, decimals: int = 0) -> str:
    """Return a share stored 0 to 1 as a percentage: 0.12 → `12 %`."""
    known = _known(share)
    if known is None:
        return UNKNOWN
    return f"{_written(_rounded(known * 100, decimals))}{_style().before_percent}%"


def signed(value: Number, decimals: int = 0) -> str:
    """Return `value` with its sign, + included: a difference or a change."""
    known = _known(value)
    if known is None:
        return UNKNOWN
    rounded = _rounded(known, decimals)
    return f"+{_written(rounded)}" if rounded > 0 else _written(rounded)


def signed_percent(share: Number, decimals: int = 0) -> str:
    """Return a change stored as a share with its sign: 0.042 → `+4,2 %` with one decimal."""
    known = _known(share)
    if known is None:
        return UNKNOWN
    return f"{signed(known * 100, decimals)}{_style().before_percent}%"


def minutes(value: Number) -> str:
    """Return a duration given in minutes: `12 min`, and from one hour on `1 h 05`."""
    known = _known(value)
    if known is None:
        return UNKNOWN
    total = int(_rounded(known, 0))
    if abs(total) < 60:
        return f"{_written(Decimal(total))}{NBSP}min"
    hours, rest = divmod(abs(total), 60)
    sign = MINUS if total < 0 else ""
    return f"{sign}{hours}{NBSP}h{NBSP}{rest:02d}"


def quantity(value: Number, unit: str = "", decimals: int = 0) -> str:
    """Return `value` with its unit; unit « % » takes a share stored 0 to 1, « min » a duration."""
    if unit == "%":
        return percent(value, decimals)
    if unit == "min" and decimals == 0:
        return minutes(value)
    text = number(value, decimals)
    return text if not unit or text == UNKNOWN else f"{text}{NBSP}{unit}"


def euros(cents: int | None, *, whole: bool = False) -> str:
    """Return an amount given in cents: `1 250,50 €`, `1 250 €` where it has no cents or `whole` rounds it."""
    if cents is None:
        return UNKNOWN
    decimals = 0 if whole or cents % 100 == 0 else 2
    return quantity(Decimal(cents) / 100, "€", decimals)


def listed(words: Iterable[str]) -> str:
    """Return what holds commas of its own as a list: « a ; b », in English “a; b”."""
    return f"{NBSP if is_french() else ''}; ".join(words)


def told(name: object, value: str) -> str:
    """Return a value after its name: « poids : 72 kg », in English “weight: 72 kg”."""
    return f"{name}{NBSP if is_french() else ''}: {value}"


def time_short(value: datetime | time | None) -> str:
    """Return the time of day: `14 h 05`, `14:05` in English. Aware datetimes are shown in local time."""
    if value is None:
        return UNKNOWN
    moment = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    if is_french():
        return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"
    return f"{moment.hour:02d}:{moment.minute:02d}"


def date_long(value: date | datetime | None) -> str:
    """Return `samedi 14 mars 2026`, followed by ` à 14 h 05` where `value` has a time of day."""
    if value is None:
        return UNKNOWN
    if not isinstance(value, datetime):
        return _long_day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{_long_day(local.date())} {'à' if is_french() else 'at'} {time_short(local)}"


def _long_day(day: date) -> str:
    text = formats.date_format(day, "l j F Y", use_l10n=False)
    return text.replace(" 1 ", " 1er ", 1) if day.day == 1 and is_french() else text


def date_short(value: date | datetime | None) -> str:
    """Return `14/03/2026` in both languages: the readers of either are in France."""
    if value is None:
        return UNKNOWN
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{local:%d/%m/%Y}"
