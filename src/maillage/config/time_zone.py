"""Hours and days as they are on the reader's wall."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from maillage.kernel import clock
from maillage.kernel.models import Person


class ReaderTimeZone:
    """Middleware: a request is served in the time zone of its reader; a page about a scope, of that scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = request.user
        zone = clock.zone_for(reader) if isinstance(reader, Person) else clock.zone_of(None)
        with timezone.override(zone):
            return self.get_response(request)
