"""What several parts of a page ask of its reader, read once a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from maillage.kernel import access, once

_READING = frozenset({"GET", "HEAD"})


class RolesReadOnce:
    """Middleware: a page asks many times what its reader may do and what waits; the database is asked once.

    The stream of an open desk is written after this block, so that a role taken away ends it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with access.reading_once():
            if request.method not in _READING:
                return self.get_response(request)
            with once.reading():
                return self.get_response(request)
