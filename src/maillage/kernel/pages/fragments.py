"""Pieces of pages, drawn once for as long as they say the same.

What a piece says is its key, so that nothing old is ever shown; what belongs to one answer (the token of its
forms, the keys of its rows) is put in afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

#: Stands for the token of the forms of an answer: of Unicode's private use, which no name has.
TOKEN = "\ue000token\ue000"  # noqa: S105 (it stands for one)


def key_mark(place: int) -> int:
    """Return a number that stands for the key of a row in addresses; no row has one so great."""
    return 9_000_000_000_000_000_000 + place


def completed(drawn: str, request: HttpRequest, marks: Mapping[str | int, object]) -> SafeString:
    """Put in what belongs to one answer: the token of its forms, and for each mark what it stands for.

    The values of `marks` are numbers or safe texts.
    """
    for mark, value in marks.items():
        drawn = drawn.replace(str(mark), str(value))
    return mark_safe(drawn.replace(TOKEN, _token(request)) if TOKEN in drawn else drawn)  # noqa: S308


def fragment(template: str, **said: Any) -> str:
    """Draw a template with all that it says; each value is hashable, and fixed for as long as it is equal."""
    return _fragment(template, tuple(sorted(said.items())), get_language() or "")


@lru_cache(maxsize=4096)
def _fragment(template: str, said: tuple[tuple[str, Any], ...], _language: str) -> str:
    return render_to_string(template, {"csrf_token": TOKEN, **dict(said)})


def _token(request: HttpRequest) -> str:
    """Return the token of the forms of this answer, masked once for all of them."""
    kept: str | None = request.META.get(TOKEN)
    if kept is None:
        kept = request.META[TOKEN] = get_token(request)
    return kept
