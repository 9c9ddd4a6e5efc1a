"""The report of a territory: what it holds, and its two files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from maillage.kernel.access import require
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import api as territories
from maillage.web import report
from maillage.web.report.content import Report


@require_GET
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the report contains, from which data, with which limits; offer its two files."""
    territory = _readable(request, slug)
    pack, commune_count = territories.current_pack(), len(territories.member_codes(territory))
    context = {
        "territory": territory,
        "commune_count": commune_count,
        "pack": pack,
        "cover": report.cover_of(slug) if pack and commune_count else None,
    }
    return render(request, "web/report/page.html", context)


@require_GET
def as_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the report as a PDF."""
    return _file(request, slug, "pdf", "application/pdf", report.report_pdf)


@require_GET
def as_html(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the report as one HTML file, to be saved: its style is inside, which no page of ours may do."""
    return _file(request, slug, "html", "text/html; charset=utf-8", report.report_html)


def _file(
    request: HttpRequest, slug: str, suffix: str, media_type: str, render_as: Callable[[Report], bytes]
) -> HttpResponse:
    _readable(request, slug)
    try:
        content = render_as(report.report_of(slug))
    except (report.EmptyTerritoryError, territories.NoPackError) as error:
        raise Http404(str(error)) from error
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="diagnostic-{slug}.{suffix}"'
    return response


def _readable(request: HttpRequest, slug: str) -> territories.Territory:
    """Return the territory of the address: 404 where unknown, 403 where the role may not read it."""
    territory = territories.territory_or_404(slug)
    assert isinstance(request.user, Person)
    require(request.user, Permission.VIEW_DIAGNOSIS, territory.scope)
    return territory
