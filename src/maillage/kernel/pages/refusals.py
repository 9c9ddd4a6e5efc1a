"""A gesture that is refused: why, and what was typed shown again, so that nobody writes it twice."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    RawPostDataException,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

#: What is raised by a body that is too much, malformed, cut, or read already as it came.
_UNREADABLE = (SuspiciousOperation, MultiPartParserError, UnreadablePostError, RawPostDataException)
#: Fields of a form that nobody typed, or that are not shown again.
_NEVER = frozenset({"csrfmiddlewaretoken", "next", "key", "do", "code"})
_MOST = 20


def typed(request: HttpRequest) -> list[str]:
    """Return the texts that somebody typed in the form that a request sends, for a page to show them again.

    Those of several words: a key, a choice, a day, a number is given again in a gesture. None of what cannot
    be read.
    """
    try:
        sent = request.POST.lists()
    except _UNREADABLE:
        return []
    found = [
        text.replace("\x00", "").strip()
        for name, values in sent
        if name not in _NEVER and "password" not in name
        for text in values
    ]
    return list(dict.fromkeys(text for text in found if len(text.split()) > 1))[:_MOST]


class Messages(FallbackStorage):
    """What a page says to whoever comes to it next, of which a refusal may be taken back."""

    _queued_messages: list[Message]

    def take_refusals(self) -> list[str]:
        """Return the errors said in this request, then said no more; none where something was done too."""
        said = [*self._queued_messages]
        if any(one.level == messages.SUCCESS for one in said):
            return []
        self._queued_messages[:] = [one for one in said if one.level != messages.ERROR]
        return [str(one.message) for one in said if one.level == messages.ERROR]


def given_back(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return `response`; where a gesture was refused and leads elsewhere, what was typed in its place.

    Asked of every page and every address by their base: a refusal that is said, then leads to a page, loses
    nothing that somebody wrote. A part of a page (htmx) goes where it was asked to.
    """
    if request.method != "POST" or not isinstance(response, HttpResponseRedirect):
        return response
    storage = messages.get_messages(request)
    if request.headers.get("HX-Request") or not isinstance(storage, Messages) or not typed(request):
        return response
    said = storage.take_refusals()
    return refused(request, ValidationError(said), response.url) if said else response


def _has_files(request: HttpRequest) -> bool:
    try:
        return bool(request.FILES)
    except _UNREADABLE:
        return False


def refused(request: HttpRequest, error: ValidationError | PermissionDenied, back: str) -> HttpResponse:
    """Say why a gesture was not done: on the page `back`, or where something was typed, beside it (409)."""
    why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    texts = typed(request)
    if _has_files(request):  # a browser lets nobody choose them in its place
        lost = _("Choisissez de nouveau vos fichiers : ils n’ont pas été gardés.")
        why = f"{why} {lost}"
    if not texts:
        messages.error(request, why)
        return HttpResponseRedirect(back)
    said = {"reason": why, "back": back, "unsent": texts, "parent": "web/base.html"}
    return render(request, "409.html", said, status=409)
