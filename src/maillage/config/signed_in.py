"""Whoever is not signed in is led to sign in; a part of a page is never replaced by the page that asks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class SignedIn(LoginRequiredMiddleware):
    """As Django's; a part of a page that htmx asks is answered 401, which leaves the page as it stands.

    Led to the page of the sign-in, a part would be replaced by it, or by nothing: what somebody reads and
    writes beside it would vanish without a word.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Return the way to the sign-in, for a page; 401 for a part of one; nothing for who may go on."""
        way: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        is_part = request.headers.get("HX-Request") == "true"
        return HttpResponse(status=401) if way is not None and is_part else way
