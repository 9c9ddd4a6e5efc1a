"""What the pages of every context are made of: a permission asked first, and the forms of an answer.

A page says `permission = Permission.X`, or None where any signed-in person may come; the architecture tests
read that attribute. Signing in itself is asked by the middleware.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header, quote_etag, url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.refusals import given_back
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Table

_WORTH_COMPRESSING = 1400  # bytes: one network packet


class PermissionMixin(View):
    """Refuses, before anything is read, whoever lacks `permission` in `get_scope()`.

    With `everywhere`, the role must hold for the whole installation: such pages show every scope at once.
    """

    permission: ClassVar[Permission | None]
    everywhere: ClassVar[bool] = False

    @property
    def person(self) -> Person:
        """Who is asking. Raises PermissionDenied for a visitor who is not signed in."""
        if not isinstance(self.request.user, Person):
            raise PermissionDenied
        return self.request.user

    def get_scope(self) -> Scope | None:
        """Return where the permission is asked; None: in any scope of the person."""
        return None

    def get_clock(self) -> Scope | None:
        """Return whose hours and days the page reads and writes; None: those of the reader's own scopes."""
        return self.get_scope()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the permission, then serve the page by the clock of its scope; see `given_back`.

        Raises Http404 for an address with a null character: no database of ours holds one, and PostgreSQL
        refuses to be asked.
        """
        person = self.person
        written = [
            *kwargs.values(),
            *(text for texts in request.GET.lists() for text in (texts[0], *texts[1])),
        ]
        if any("\x00" in text for text in written if isinstance(text, str)):
            raise Http404
        if self.permission is not None:
            if self.everywhere:
                access.require_everywhere(person, self.permission)
            else:
                access.require(person, self.permission, self.get_scope())
        # A clock may be that of a row whose reading is logged: a method that the page lacks reads none.
        if request.method == "OPTIONS" or not hasattr(self, str(request.method).lower()):
            return super().dispatch(request, *args, **kwargs)
        if (scope := self.get_clock()) is not None:
            # Left active: the template is rendered after this method. `ReaderTimeZone` ends it.
            timezone.activate(scope.zone)
        return given_back(request, super().dispatch(request, *args, **kwargs))


class Page(PermissionMixin, TemplateView):
    """A page drawn from a template; subclasses name it, set `permission` and fill `get_context_data`."""


class Endpoint(PermissionMixin):
    """An address without a template: a form's target, a file, the data of a map."""


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Redirect to the page that a form names as `next`, where it is one of ours; else to `otherwise`."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    # Not `redirect`, which takes a word without a slash for the name of a page.
    return HttpResponseRedirect(asked if safe else otherwise)


def secret_page(
    request: HttpRequest, template: str, said: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page that a secret address opens without an account; no other site hears of it.

    Browsers told to hide where a form comes from (`no-referrer`) send a null origin with it, which the check
    against forged forms refuses: nothing could be sent from the page.
    """
    response = render(request, template, dict(said), status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def csv_response(table: Table) -> HttpResponse:
    """Answer with a table as a CSV file named after its key (UTF-8 with mark, `;` in French)."""
    response = HttpResponse(table.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return response


def pdf_response(content: bytes, name: str, *, is_kept: bool = False) -> HttpResponse:
    """Answer with a PDF that the browser shows, and nobody else keeps; `is_kept`: that it saves as a file.

    An address that shows one ends in `.pdf`: it is no page.
    """
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'{"attachment" if is_kept else "inline"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def sent_file_response(content: bytes, media_type: str, name: str, *, is_shown: bool) -> HttpResponse:
    """Answer with a file that somebody sent, as what it is; nothing in it runs, and nobody else keeps it.

    `is_shown`: in the browser; saved as a file otherwise.
    """
    response = HttpResponse(content, content_type=media_type)
    # A header is always given where a file has a name.
    response["Content-Disposition"] = str(content_disposition_header(not is_shown, name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


def json_response(payload: dict[str, Any] | list[Any]) -> JsonResponse:
    """Answer with JSON, accents as they are. Raises ValueError for NaN, which JSON cannot say."""
    options = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
    return JsonResponse(payload, safe=False, json_dumps_params=options)


def geojson_response(
    request: HttpRequest, build: Callable[[], dict[str, Any] | bytes], *, version: str, seconds: int = 0
) -> HttpResponse:
    """Answer with a GeoJSON collection that the browser keeps and asks about by `version`.

    `version` changes whenever the answer would (pack fingerprint, parameters, language); `build` is only
    called where the browser does not hold that version yet. `seconds`: not even ask during that time. The
    answer is private: what a person may see is theirs.
    """
    # A digest: a version may hold what an address said, which a heading may not carry.
    etag = quote_etag(hashlib.sha256(version.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag) or _encoded(request, build())
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    patch_cache_control(response, private=True, max_age=seconds)
    return response


def _encoded(request: HttpRequest, payload: dict[str, Any] | bytes) -> HttpResponse:
    body = payload if isinstance(payload, bytes) else _compact(payload)
    response = HttpResponse(body, content_type="application/geo+json")
    if len(body) > _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = gzip.compress(body, compresslevel=5, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def _compact(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
