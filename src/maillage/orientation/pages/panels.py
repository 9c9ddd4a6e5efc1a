"""The parts of a request's screen that stay folded until somebody wants them, each read only then.

Without a script, `?volet=` opens one; with one, it is fetched as it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils import timezone

from maillage.kernel.contributions import Place
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.pages import endings, over_capacity, presenters, wording
from maillage.orientation.pages.criteria import criteria_of
from maillage.orientation.pages.forms import CompleteForm
from maillage.orientation.pages.presenters import RequestView
from maillage.orientation.rules.vocabulary import Outcome
from maillage.people import api as people

COMPLETE, OVER_CAPACITY, LEFT_OUT, REPEATS = "completer", "hors-creneau", "ecartes", "doublon"
FILE = "dossier"
Shown = dict[str, Any]


def of(person: Person, name: str, file: api.RequestFile, chosen: RequestView) -> Shown:
    """Return what the part `name` of a request's screen shows; nothing where it has no such part."""
    read = _PARTS.get(name)
    return read(person, file, chosen) if read else {}


def _complete(_person: Person, file: api.RequestFile, chosen: RequestView) -> Shown:
    if not chosen.may_describe:
        return {}
    motives = list(api.motive_labels().items())
    return {"complete": CompleteForm(request=file.request, motives=motives), "vital": False}


def _over_capacity(person: Person, file: api.RequestFile, chosen: RequestView) -> Shown:
    if not chosen.may_search or file.search is None:
        return {}
    return {
        "extras": over_capacity.extras(person, file.request, criteria_of(file.search)),
        "outside": over_capacity.OutsideForm(),
        "outside_key": uuid4().hex,
    }


def _left_out(_person: Person, file: api.RequestFile, _chosen: RequestView) -> Shown:
    if file.search is None:
        return {}
    moment = partial(presenters.moment, now=timezone.now())
    return {"excluded": [wording.left_out(row, moment) for row in file.search.excluded]}


def _repeats(person: Person, file: api.RequestFile, chosen: RequestView) -> Shown:
    if not chosen.may_repeat:
        return {}
    _value, label, follows = endings.button(Outcome.DUPLICATE)
    found = endings.duplicates(file.request, person, api.motive_labels())
    return {"duplicates": found, "duplicate_label": label, "duplicate_follows": follows}


def _file(person: Person, file: api.RequestFile, _chosen: RequestView) -> Shown:
    """Return what the other contexts say of the patient, as far as the circle lets the regulator read it."""
    patient = file.request.patient
    return {} if patient is None else {"panels": people.panels_about(person, patient, Place.REQUEST)}


_PARTS: dict[str, Callable[[Person, api.RequestFile, RequestView], Shown]] = {
    COMPLETE: _complete,
    OVER_CAPACITY: _over_capacity,
    LEFT_OUT: _left_out,
    REPEATS: _repeats,
    FILE: _file,
}
