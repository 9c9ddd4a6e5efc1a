"""The one screen: queue, request, proposals; and the queue alone, asked again when something changed."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.pages.base import Endpoint, Page
from maillage.orientation import api
from maillage.orientation.models.proposals import REFUSAL_LABELS
from maillage.orientation.models.safety import ANSWER_LABELS
from maillage.orientation.pages import beyond, presenters, strip, wording
from maillage.orientation.pages.base import OfDesk, OfRequest
from maillage.orientation.pages.criteria import CriteriaForm, criteria_of
from maillage.orientation.pages.file import proposals_view, request_view
from maillage.orientation.pages.forms import CompleteForm, completing
from maillage.orientation.pages.presenters import QueueRow

STEPS = {"propositions": "proposals"}


def motive_labels() -> dict[str, str]:
    """Return the label of each motive, by code, in the order of the list."""
    return {one["code"]: one["label"] for one in api.motives()}


def queue_rows(view: OfDesk, waiting: list[api.QueueLine], current: int | None = None) -> list[QueueRow]:
    """Return the queue of the visitor's desk as rows."""
    now, motives = timezone.now(), motive_labels()
    return [
        presenters.queue_row(one.request, one.urgency, motives, view.person, now, current) for one in waiting
    ]


def version(rows: list[QueueRow]) -> str:
    """Return a word that changes when the queue does, its ages aside."""
    said = [(row.pk, row.title, row.detail, row.kind, row.marks) for row in rows]
    return hashlib.blake2s(repr(said).encode(), digest_size=8).hexdigest()


def screen(view: OfDesk, *, step: str, current: int | None = None) -> dict[str, Any]:
    """Return what every state of the screen shows: queue, strip, words of its buttons."""
    waiting = api.queue(by=view.person, scope=view.scope)
    rows = queue_rows(view, waiting, current)
    return {
        "step": step,
        "now": timezone.now(),
        "rows": rows,
        "version": version(rows),
        "finding": _finding(rows),
        "strip": strip.of(view.person, view.scope, waiting),
        "desks": view.scopes,
        "desk": view.scope,
        "keys": presenters.KEYS,
        "answers": [(one.value, label) for one, label in ANSWER_LABELS.items()],
        "refusals": [(one.value, label) for one, label in REFUSAL_LABELS.items()],
        "decisions": wording.DECISIONS,
        "complete": None,
        "criteria": None,
        "extras": [],
        "chosen": None,
        "proposals": presenters.Proposals(),
    }


def _finding(rows: list[QueueRow]) -> str:
    if not rows:
        return _("Personne n’attend.")
    text = ngettext("{count} demande ouverte", "{count} demandes ouvertes", len(rows))
    first = _("{total} ; la plus ancienne attend depuis {age}.")
    oldest = min(rows, key=lambda row: row.since)
    return first.format(total=text.format(count=len(rows)), age=oldest.age)


class Desk(OfDesk, Page):
    """The queue, nothing chosen yet."""

    template_name = "orientation/desk.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = screen(self, step="queue")
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        said = api.closed_since(by=self.person, scope=self.scope, since=midnight)
        shown["said"] = [presenters.said(one, motive_labels()) for one in said]
        return super().get_context_data(**shown, form=None, **context)


class RequestPage(OfRequest, Page):
    """The same screen with one request in the middle."""

    template_name = "orientation/desk.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        step = STEPS.get(self.request.GET.get("etape", ""), "request")
        file = api.file_of(by=self.person, row=self.asked)
        shown = screen(self, step=step, current=self.asked.pk)
        shown["chosen"] = request_view(file, self.person, motive_labels())
        shown["proposals"] = proposals_view(file)
        if shown["chosen"].may_search:
            given = criteria_of(file.search)
            shown["criteria"] = CriteriaForm(None, file.request, given)
            if shown["proposals"].was_searched:
                shown["extras"] = beyond.extras(self.person, file.request, given)
                shown["outside"], shown["outside_key"] = beyond.OutsideForm(), uuid4().hex
        if shown["chosen"].may_decide:
            shown["complete"] = CompleteForm(initial=completing(file.request))
        return super().get_context_data(**shown, form=None, **context)


class Queue(OfDesk, Endpoint):
    """The queue alone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the rows; `?demande=` is the one that is open."""
        asked = request.GET.get("demande", "")
        waiting = api.queue(by=self.person, scope=self.scope)
        rows = queue_rows(self, waiting, int(asked) if asked.isdigit() else None)
        return render(request, "orientation/_queue.html", {"rows": rows, "version": version(rows)})
