"""The stream of an open desk: something changed, without saying what; the page asks for its own queue."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from maillage.kernel.pages import live
from maillage.kernel.pages.base import Endpoint
from maillage.kernel.parameters import row_key
from maillage.orientation import api
from maillage.orientation.pages.base import OfDesk


class Stream(OfDesk, Endpoint):
    """The events of the desk `?perimetre=` (that at work without one) since the second `?depuis=`.

    A page asks by the desk that it shows: the session may meanwhile be at another.
    """

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Stream under ASGI; say « no content » elsewhere. Raises PermissionDenied for the desk of others."""
        scope = self.scope
        if asked := request.GET.get("perimetre"):
            chosen = [one for one in self.scopes if one.pk == row_key(asked)]
            if not chosen:
                raise PermissionDenied
            scope = chosen[0]
        since = live.asked_since(request)
        reader = live.Reader(self.person.pk, scope, self.permission, frozenset(api.EVENTS), since)
        return live.stream(request, reader)
