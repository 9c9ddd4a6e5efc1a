"""The communes of today, and what an older vintage says of them: mergers, arrondissements, renumbering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.building.published import WrongFileError
from maillage.territory.rules.france import COMMUNE_CODE

_SPACES = r"[\s\u00a0\u202f]"
_UNKNOWN = (
    "",
    "s",
    "ns",
    "n.s.",
    "nd",
    "n.d.",
    "nc",
    "n.c.",
    "na",
    "n/a",
    "nan",
    "none",
    "null",
    "///",
    "/",
    "-",
    "--",
    ".",
    "..",
    "…",
    "c",
    "ss",
)
"""How publishers write a value that is missing or secret."""
_SHOWN = 3
_FEWEST_KNOWN = 0.5
"""The part of the codes of a file that must be those of communes: below, it is another file."""
_LOST_ZERO = re.compile(r"[1-9]\d{3}")
_SPLITS = frozenset({"20", "21"})
"""Movements that part a commune in several: what an older vintage says of the whole stays with the one that
keeps the code."""


class Merging(Enum):
    """What becomes of the values of communes that are one today."""

    SUM = "sum"
    MEAN = "mean"
    FIRST = "first"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Today:
    """The codes of the communes of today, the one that each former code became, and the codes of parts of one
    (arrondissements), which some files give beside the whole."""

    codes: frozenset[str]
    successors: Mapping[str, str]
    parts: frozenset[str] = frozenset()

    def of(self, code: str) -> str:
        """Return the commune of today that a published code belongs to, empty where there is none."""
        code = full_code(code)
        if code in self.codes:
            return code
        today = self.successors.get(code, "")
        return today if today in self.codes else ""


def full_code(code: str) -> str:
    """Return a commune's code with the zero that a spreadsheet took from it, and a capital 2A or 2B.

    >>> full_code("1004"), full_code("2a004"), full_code(" 71270 "), full_code("1004.0")
    ('01004', '2A004', '71270', '01004')
    """
    code = code.strip().upper().removesuffix(".0")
    return f"0{code}" if _LOST_ZERO.fullmatch(code) else code


def successors_of(movements: pl.DataFrame, today: Iterable[str]) -> dict[str, str]:
    """Return the commune of today by former code, from INSEE's history of movements.

    `movements` has texts mod, date, type_before, before, type_after, after; only communes of full standing
    count. A commune that was restored keeps its code; one that was merged, then merged again, is followed.
    """
    known = set(today)
    steps: dict[str, list[tuple[str, str]]] = {}
    full = movements.filter(
        (pl.col("type_before") == "COM")
        & (pl.col("type_after") == "COM")
        & (pl.col("before") != pl.col("after"))
        & ~pl.col("mod").is_in(sorted(_SPLITS))
    )
    for day, before, after in (
        full.select("date", "before", "after").sort("date", "before", "after").iter_rows()
    ):
        steps.setdefault(before, []).append((day, after))
    found = {}
    for former in steps:
        if former not in known and (last := _followed(former, steps, known)):
            found[former] = last
    return found


def _followed(former: str, steps: Mapping[str, Sequence[tuple[str, str]]], known: set[str]) -> str:
    code, day = former, ""
    while code not in known:
        later = [step for step in steps.get(code, ()) if step[0] >= day]
        if not later:
            return ""
        # The first movement after the day on which the code was reached: a code may have been used again.
        nearest = later[0] if day else later[-1]
        if (day, code) == nearest:
            return ""
        day, code = nearest
    return code


def numbers(frame: pl.DataFrame, columns: Sequence[str], label: str) -> pl.DataFrame:
    """Return `frame` with `columns` as numbers: decimal commas, spaces between thousands, secret marks as
    null.

    Raises WrongFileError where a cell is neither a number nor a known mark.
    """
    for name in columns:
        plain = frame[name].str.replace_all(_SPACES, "").str.replace(",", ".", literal=True)
        value = plain.cast(pl.Float64, strict=False)
        wrong = value.is_null() & ~plain.str.to_lowercase().is_in(_UNKNOWN) & plain.is_not_null()
        if wrong.any():
            shown = frame[name].filter(wrong).unique(maintain_order=True).head(_SHOWN).to_list()
            raise WrongFileError(
                _(
                    "%(label)s, colonne %(column)s : %(count)d cellules ne sont pas des nombres (%(shown)s). "
                    "Les "
                    "colonnes sont peut-être décalées : téléchargez le fichier de nouveau."
                )
                % {"label": label, "column": name, "count": int(wrong.sum()), "shown": ", ".join(shown)}
            )
        frame = frame.with_columns(value.fill_nan(None).alias(name))
    return frame


def by_commune(
    frame: pl.DataFrame, merging: Mapping[str, Merging], today: Today, label: str, weight: str = ""
) -> pl.DataFrame:
    """Return one row per commune of today, sorted by code: the column `code` and those of `merging`.

    `frame` has texts; a mean is weighted by the column `weight` where it is known. Raises WrongFileError
    where most codes are not those of communes.
    """
    codes = frame["code"].unique().to_list()
    now = {code: today.of(code) for code in codes if code}
    _refuse_other_codes(now, label)
    numeric = [name for name, how in merging.items() if how in {Merging.SUM, Merging.MEAN}]
    frame = frame.with_columns(pl.col("code").replace_strict(now, default="", return_dtype=pl.String))
    frame = frame.filter(pl.col("code") != "")
    frame = numbers(frame, [*numeric, *([weight] if weight and weight not in numeric else [])], label)
    merged = [_merged(name, how, weight).alias(name) for name, how in merging.items()]
    return frame.group_by("code", maintain_order=True).agg(merged).sort("code")


def _merged(name: str, how: Merging, weight: str) -> pl.Expr:
    value = pl.col(name)
    if how is Merging.SUM:
        return pl.when(value.count() > 0).then(value.sum())
    if how is Merging.FIRST:
        return value.first()
    if how is Merging.WORD:
        return value.filter(value != "").first().fill_null("")
    if not weight:
        return value.mean()
    parts = pl.when(value.is_not_null()).then(pl.col(weight)).fill_null(0.0)
    return pl.when(parts.sum() > 0).then((value * parts).sum() / parts.sum()).otherwise(value.mean())


def _refuse_other_codes(now: Mapping[str, str], label: str) -> None:
    formed = [code for code in now if COMMUNE_CODE.fullmatch(full_code(code))]
    known = [code for code in formed if now[code]]
    if not known or len(formed) < _FEWEST_KNOWN * len(now) or len(known) < _FEWEST_KNOWN * len(formed):
        shown = [code for code in now if not now[code]][:_SHOWN]
        raise WrongFileError(
            _(
                "%(label)s : %(known)d codes sur %(all)d sont ceux de communes (%(shown)s…). Ce n’est pas le "
                "fichier "
                "par commune, ou son millésime est trop ancien : donnez-en un autre."
            )
            % {"label": label, "known": len(known), "all": len(now), "shown": ", ".join(shown)}
        )
