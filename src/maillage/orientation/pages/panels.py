"""The parts of a request's screen that stay folded until somebody wants them, each read only then.

Without a script, `?volet=` opens one; with one, it is fetched as it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils import timezone

from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.pages import beyond, presenters, wording
from maillage.orientation.pages.criteria import criteria_of
from maillage.orientation.pages.forms import CompleteForm, completing
from maillage.orientation.pages.presenters import RequestView

COMPLETE, BEYOND, LEFT_OUT = "completer", "hors-creneau", "ecartes"
Shown = dict[str, Any]


def of(person: Person, name: str, file: api.RequestFile, chosen: RequestView) -> Shown:
    """Return what the part `name` of a request's screen shows; nothing where it has no such part."""
    read = _PARTS.get(name)
    return read(person, file, chosen) if read else {}


def _complete(_person: Person, file: api.RequestFile, chosen: RequestView) -> Shown:
    if not chosen.may_describe:
        return {}
    motives = list(api.motive_labels().items())
    return {"complete": CompleteForm(initial=completing(file.request), motives=motives)}


def _beyond(person: Person, file: api.RequestFile, chosen: RequestView) -> Shown:
    if not chosen.may_search or file.search is None:
        return {}
    return {
        "extras": beyond.extras(person, file.request, criteria_of(file.search)),
        "outside": beyond.OutsideForm(),
        "outside_key": uuid4().hex,
    }


def _left_out(_person: Person, file: api.RequestFile, _chosen: RequestView) -> Shown:
    if file.search is None:
        return {}
    moment = partial(presenters.moment, now=timezone.now())
    return {"excluded": [wording.left_out(row, moment) for row in file.search.excluded]}


_PARTS: dict[str, Callable[[Person, api.RequestFile, RequestView], Shown]] = {
    COMPLETE: _complete,
    BEYOND: _beyond,
    LEFT_OUT: _left_out,
}
