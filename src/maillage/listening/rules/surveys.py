"""What an answer may be, and how a survey stands on a day. No framework."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from maillage.listening.rules.results import BEST

#: Letters and figures that nobody takes for one another, read aloud or copied from paper.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
TOKEN = 8
#: A survey lasts no longer: what was asked a year before is another survey.
LONGEST_DAYS = 366


def marks_of(given: Mapping[str, Any], questions: Collection[str]) -> dict[str, int] | None:
    """Return the marks of an answer, those of its questions alone; None where one is no mark.

    A question without a mark is left out: nobody has to answer any.

    >>> marks_of({"a": 5, "b": None}, ["a", "b"]), marks_of({"a": 6}, ["a"]), marks_of({"z": 1}, ["a"])
    ({'a': 5}, None, None)
    """
    marks = {code: mark for code, mark in given.items() if mark is not None}
    for code, mark in marks.items():
        if code not in questions or isinstance(mark, bool) or not isinstance(mark, int):
            return None
        if not 1 <= mark <= BEST:
            return None
    return marks
