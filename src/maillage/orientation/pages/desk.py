"""The one screen: queue, request, proposals; and the queue alone, asked again when something changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from maillage.kernel import clock
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.orientation import api
from maillage.orientation.models.safety import ANSWER_LABELS
from maillage.orientation.pages import criteria, day_summary, drawing, panels, presenters
from maillage.orientation.pages.base import OfDesk, OfRequest, is_partial
from maillage.orientation.pages.file import proposals_view, request_view
from maillage.orientation.pages.presenters import QueueRow
from maillage.orientation.pages.safety import SpokenCheckForm

STEPS = {"propositions": "proposals"}


def queue_rows(view: OfDesk, waiting: list[api.QueueLine]) -> list[QueueRow]:
    """Return the queue of the visitor's desk as rows."""
    now, motives = timezone.now(), api.motive_labels()
    return [presenters.queue_row(one, motives, view.person, now) for one in waiting]


def drawn(rows: list[QueueRow], current: int | None = None) -> list[SafeString]:
    """Return each row as it is drawn, the one that is open marked."""
    language = get_language() or ""
    return [_drawn(row, language, is_current=row.pk == current) for row in rows]


@lru_cache(maxsize=2048)
def _drawn(row: QueueRow, _language: str, *, is_current: bool = False, oob: bool = False) -> SafeString:
    """Draw a row once for as long as it says the same: queues are drawn many times a second.

    `oob`: to take the place of the row that a screen has.
    """
    return render_to_string("orientation/_row.html", {"row": row, "is_current": is_current, "oob": oob})


def version(rows: list[QueueRow]) -> str:
    """Return a word that changes when the queue does, its ages aside."""
    said = [replace(row, age="", due="") for row in rows]
    return hashlib.blake2s(repr(said).encode(), digest_size=8).hexdigest()


def around(view: OfDesk, current: int | None = None) -> dict[str, Any]:
    """Return what stands around the request: the queue, the summary of the day, the sentence of the page."""
    waiting = api.queue(by=view.person, scope=view.scope)
    rows = queue_rows(view, waiting)
    return {
        "rows": drawn(rows, current),
        "version": version(rows),
        "finding": _finding(rows),
        "day_summary": day_summary.of(view.person, view.scope, waiting),
        "desks": view.scopes,
        "desk": view.scope,
        "keys": presenters.KEYS,
    }


def middle(view: OfDesk, *, step: str, current: int | None = None) -> dict[str, Any]:
    """Return what the two columns of a request show while there is none: the words of their buttons."""
    return {
        "step": step,
        "now": timezone.now(),
        "current": current,
        "answers": [(one.value, label) for one, label in ANSWER_LABELS.items()],
        "panel": view.request.GET.get("volet", ""),
        "criteria": None,
        "vital": False,
        "refused": False,
        "spoken_check": None,
        "chosen": None,
        "form": None,
        "said": [],
        "proposals": presenters.Proposals(),
        "cards": [],
        "services": [],
        "other_outcomes": "",
    }


def _finding(rows: list[QueueRow]) -> str:
    if not rows:
        return _("Personne n’attend.")
    text = ngettext("{count} demande ouverte", "{count} demandes ouvertes", len(rows))
    first = _("{total} ; la plus ancienne attend depuis {age}.")
    oldest = min(rows, key=lambda row: row.since)
    return first.format(total=text.format(count=len(rows)), age=oldest.age)


def desk_shown(view: OfDesk) -> dict[str, Any]:
    """Return the columns with nothing chosen: what became of the requests of the day is in the middle."""
    midnight, _next = clock.bounds(clock.today(view.scope), view.scope)
    said, motives = api.closed_since(by=view.person, scope=view.scope, since=midnight), api.motive_labels()
    return middle(view, step="queue") | {"said": [presenters.said(one, motives) for one in said]}


def request_shown(view: OfRequest, step: str, file: api.RequestFile | None = None) -> dict[str, Any]:
    """Return the columns with the request of the address; `row` is its row in the queue.

    `file`: that of the request, where it was just read.
    """
    file = file or api.file_of(by=view.person, row=view.asked)
    shown = middle(view, step=step, current=view.asked.pk) | {"row": _row_of(view, file)}
    chosen = shown["chosen"] = request_view(file, view.person, api.motive_labels())
    shown["proposals"] = proposals_view(file, view.person)
    if chosen.may_search:
        shown["criteria"] = criteria.fields(file.request, file.search)
    if chosen.may_describe and chosen.safety.needs_check:
        shown["spoken_check"] = SpokenCheckForm(request=file.request)
    if (chosen.is_incomplete or chosen.safety.needs_motive) and not shown["panel"]:
        shown["panel"] = panels.COMPLETE
    shown |= panels.of(view.person, shown["panel"], file, chosen)
    proposals, request = shown["proposals"], view.request
    return shown | {
        "cards": [drawing.card(request, one, chosen) for one in proposals.slots],
        "services": [drawing.card(request, one, chosen) for one in proposals.services],
        "other_outcomes": drawing.other_outcomes(request, chosen, shown),
    }


def _row_of(view: OfDesk, file: api.RequestFile) -> SafeString | str:
    """Return the row of a request, to take the place of the one that a screen has; none once it is closed."""
    if not file.request.is_open:
        return ""
    (row,) = queue_rows(view, [api.line_of(file, timezone.now())])
    return _drawn(row, get_language() or "", is_current=True, oob=True)


class Desk(OfDesk, Page):
    """The queue, nothing chosen yet."""

    template_name = "orientation/desk.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**around(self), **desk_shown(self), **context)


class RequestPage(OfRequest, Page):
    """The same screen with one request in the middle; only what changes, where a script asks for it."""

    template_name = "orientation/desk.html"

    def get_template_names(self) -> list[str]:
        return ["orientation/_changed.html"] if is_partial(self.request) else super().get_template_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        step = STEPS.get(self.request.GET.get("etape", ""), "request")
        shown = request_shown(self, step)
        if not is_partial(self.request):
            shown |= around(self, self.asked.pk)
        return super().get_context_data(**shown | context)


class Panel(OfRequest, Endpoint):
    """What a closed part of the request's screen holds, read once somebody opens it."""

    def get(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Answer with that part. Raises Http404 for one that the request does not have."""
        file = api.file_of(by=self.person, row=self.asked)
        chosen, name = request_view(file, self.person, api.motive_labels()), self.kwargs["name"]
        shown = panels.of(self.person, name, file, chosen)
        if not shown:
            raise Http404(name)
        return render(request, f"orientation/panels/{name}.html", shown | {"chosen": chosen})


class Queue(OfDesk, Endpoint):
    """The queue alone; nothing where it is as the asker has it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the rows; `?demande=` is the one that is open, `?version=` the queue known."""
        asked = request.GET.get("demande", "")
        waiting = api.queue(by=self.person, scope=self.scope)
        rows = queue_rows(self, waiting)
        if request.GET.get("version") == version(rows):
            return HttpResponse(status=204)
        shown = {"rows": drawn(rows, row_key(asked) or None), "version": version(rows)}
        return HttpResponse(render_to_string("orientation/_queue.html", shown))
