"""The shell's own pages: home, search, appearance, health, and what to say when a page cannot be shown."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from maillage.kernel.models import Person
from maillage.kernel.pages.refusals import typed
from maillage.web import home as home_page
from maillage.web import navigation
from maillage.web import search as looking
from maillage.web.context import THEMES

ONE_YEAR = 365 * 24 * 3600


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the visitor and the doors that their roles open, or send to their first screen."""
    assert isinstance(request.user, Person)  # every page asks to sign in but where it says otherwise
    if elsewhere := navigation.first_screen(request.user):
        return HttpResponseRedirect(elsewhere)
    return render(request, "web/home.html", {"day": home_page.day_of(request.user)})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Look for communes, territories and structures by name."""
    query = request.GET.get("q", "").strip()
    return render(request, "web/search.html", {"query": query, "groups": looking.search(query)})


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie: pages come in it, without a flash and without JavaScript."""
    theme, next_url = request.POST.get("theme", ""), request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(next_url if safe else "/")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@never_cache
@login_not_required
@require_GET
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 where the application and its database answer: for supervisors, so public."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django passes it)
    """Say that what was sent is too much or malformed; nothing of it can be read, the session neither."""
    return render(request, "400.html", {"parent": "web/bare.html"}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say which right is missing and whom to ask."""
    said = {"reason": str(exception), "unsent": typed(request), "parent": "web/base.html"}
    return render(request, "403.html", said, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 (Django passes it)
    """Say that the address leads nowhere and offer ways on."""
    return render(request, "404.html", {"unsent": typed(request), "parent": "web/base.html"}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours; a page that needs neither database nor session."""
    return render(request, "500.html", {"parent": "web/bare.html"}, status=500)
