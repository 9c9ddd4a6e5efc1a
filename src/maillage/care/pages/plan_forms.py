"""What the form of a plan sends, read into its flat text; what is no longer there is left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.care.models import PROBLEM_LABELS
from maillage.care.rules.plans import LISTS, PLACE, SINGLE, Content, Entry, entries, written
from maillage.kernel.fields import DayField
from maillage.kernel.parameters import asked_day, row_key
from maillage.people import api as people

KEY = re.compile(r"[0-9a-f]{8}")
FIELD = re.compile(r"(problem|goal|intervention)-([0-9a-f]{8})-([a-z_]+)")
#: Empty rows shown under each list: more come with the next version.
EMPTY_ROWS = 2
DAYS, CHOICES = ("due_on", "revision_on"), ("owner", "coordinator")


def rows_of(content: Content, kind: str) -> list[dict[str, str]]:
    """Return the entries of a list, then empty ones to fill; each has its key already."""
    known = entries(content, kind)
    last = max((int(one[PLACE] or 0) for one in known), default=0)
    empty = [Entry(uuid4().hex[:8], {PLACE: str(last + rank)}) for rank in range(1, EMPTY_ROWS + 1)]
    names = (*LISTS[kind], PLACE)
    return [{"key": one.key} | {name: one[name] for name in names} for one in (*known, *empty)]


def read_content(sent: QueryDict, owners: Collection[str]) -> dict[str, str]:
    """Return the flat text of what a form sent. Raises ValidationError for a day or a choice unheard of."""
    single = {name: _value(name, sent.get(name, ""), owners) for name in SINGLE}
    lists: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in LISTS}
    for kind, key, name, text in _fields(sent):
        lists[kind].setdefault(key, {})[name] = _value(name, text, owners)
    return written(single, {kind: [Entry(*one) for one in rows.items()] for kind, rows in lists.items()})


def _fields(sent: QueryDict) -> Iterator[tuple[str, str, str, str]]:
    for field in sent:
        found = FIELD.fullmatch(field)
        if found and found[3] in (*LISTS[found[1]], PLACE):
            yield found[1], found[2], found[3], sent.get(field, "")


def _value(name: str, text: str, owners: Collection[str]) -> str:
    value = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not value:
        return ""
    if name in DAYS and asked_day(value) is None:
        raise ValidationError(_now("« {text} » n’est pas un jour.").format(text=value[:40]))
    if name in CHOICES and value not in owners:
        raise ValidationError(_now("Choisissez dans la liste qui fait quoi."))
    if name == "kind" and value not in PROBLEM_LABELS:
        raise ValidationError(_now("Choisissez la nature de chaque problème dans la liste."))
    if name == "is_priority":
        return "1"
    if name == PLACE:
        return place_of(value)
    return value


def place_of(text: str) -> str:
    """Return the place among its list that a row was sent with, empty where `text` is no number."""
    return str(row_key(text) or "")[:4]


class ConsentForm(forms.Form):
    """Who agreed to a version of the plan, how and when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    who = forms.CharField(label=_("Qui a donné son accord"), max_length=120)
    means = forms.ChoiceField(
        label=_("Comment"),
        choices=[
            (means.value, people.MEANS_LABELS[means]) for means in (people.Means.PAPER, people.Means.SPOKEN)
        ],
    )
    signed_on = DayField(label=_("Le"))

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("auto_id", "consent-%s")
        super().__init__(*args, **options)
