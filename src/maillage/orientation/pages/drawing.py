"""The heavier pieces of a request's screen, each drawn once for as long as it says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from maillage.kernel.pages.fragments import completed, fragment, key_mark
from maillage.orientation.models.proposals import REFUSAL_LABELS
from maillage.orientation.pages import wording
from maillage.orientation.pages.presenters import Card, RequestView

#: What stands in a piece for the keys of the request and of the proposal, and for what a press sends.
_REQUEST, _PROPOSAL = key_mark(1), key_mark(2)
_KEY, _HOLD_KEY, _TRANSMISSION = "\ue000key\ue000", "\ue000hold\ue000", "\ue000transmission\ue000"


@dataclass(frozen=True, slots=True)
class OtherOutcomes:
    """What else may be done with a request, and what that depends on, as in `RequestView`."""

    pk: int
    may_decide: bool
    to_15: bool
    transmission: str
    is_own: bool
    expected: bool
    may_repeat: bool
    state: str
    outcomes: tuple[tuple[str, str, str], ...]
    endings: tuple[tuple[str, str, str], ...]


def card(request: HttpRequest, one: Card, chosen: RequestView) -> SafeString:
    """Draw a proposal: a slot to book, or somebody to call."""
    template = "orientation/_card.html" if one.is_bookable else "orientation/_service.html"
    said = {
        "card": replace(one, pk=_PROPOSAL, key=_KEY, hold_key=_HOLD_KEY),
        "request_key": _REQUEST,
        "may_book": chosen.may_book,
        "refusals": _refusals(get_language() or ""),
    }
    rows: dict[str | int, object] = {_REQUEST: chosen.pk, _PROPOSAL: one.pk}
    keys: dict[str | int, object] = {_KEY: one.key, _HOLD_KEY: one.hold_key}
    # The seconds that a seat stays held are never the same twice.
    drawn = render_to_string(template, said, request) if one.is_held else fragment(template, **said)
    return completed(drawn, request, rows | keys)


def other_outcomes(request: HttpRequest, chosen: RequestView, shown: Mapping[str, Any]) -> SafeString | str:
    """Draw what else may be done with a request, folded; `shown`: what its open part shows, if one is."""
    if not (chosen.may_decide or chosen.is_own or chosen.endings):
        return ""
    about = OtherOutcomes(
        _REQUEST, chosen.may_decide, chosen.safety.to_15, _TRANSMISSION, chosen.is_own, bool(chosen.expected),
        chosen.may_repeat, chosen.state, tuple(chosen.outcomes), tuple(chosen.endings),
    )  # fmt: skip
    template = "orientation/_other_outcomes.html"
    said = {"chosen": about, "decisions": _decisions(get_language() or ""), "panel": shown["panel"]}
    if "duplicates" in shown:
        drawn: str = render_to_string(template, {**shown, **said}, request)
    else:
        drawn = fragment(template, **said)
    return completed(drawn, request, {_REQUEST: chosen.pk, _TRANSMISSION: escape(chosen.transmission)})


@cache
def _refusals(_language: str) -> tuple[tuple[str, str], ...]:
    return tuple((reason.value, str(label)) for reason, label in REFUSAL_LABELS.items())


@cache
def _decisions(_language: str) -> tuple[tuple[str, str], ...]:
    return tuple((kind, str(label)) for kind, label in wording.DECISIONS)
