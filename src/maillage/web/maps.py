"""What the map of a page shows: the GeoJSON that its script reads, asked of the same view."""

from __future__ import annotations

import json
from copy import copy
from typing import Any
from zlib import crc32

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from maillage.web.drawing import screen
from maillage.web.drawing.screen import Collection, Options

#: What of a page's own request would change the answer of the view that gives its map.
_NOT_THE_MAPS = ("HTTP_IF_", "HTTP_ACCEPT_ENCODING", "HTTP_RANGE")
ATTRIBUTES = ("list", "pick", "height", "id")


def component(
    request: HttpRequest, *, src: str, label: str, points: str, lines: str, **options: Any
) -> dict[str, Any]:
    """Return what web/components/map.html shows: the drawing and the attributes of its script."""
    asked = _options(str(label), options)
    communes = read(request, src)
    drawing = None
    if communes:
        name = f"map-{crc32(f'{src}|{asked.field}'.encode()):x}"
        drawing = screen.draw(
            name, asked, communes, read(request, points) or screen.EMPTY, read(request, lines) or screen.EMPTY
        )
    return {
        "svg": mark_safe(drawing.svg) if drawing else "",  # noqa: S308 (every text in it is escaped)
        "drawing": drawing,
        "options": asked,
        "bounds": ",".join(f"{bound:g}" for bound in asked.bounds),
        "places": asked.places,
        "src": src,
        "points": points,
        "lines": lines,
        "reason": "" if drawing else reason(communes),
        **{key: options.get(key, "") for key in ATTRIBUTES},
    }


def _options(label: str, options: dict[str, Any]) -> Options:
    bounds = options.get("bounds", "")
    given = [float(bound) for bound in bounds.split(",") if bound] if isinstance(bounds, str) else bounds
    decimals = options.get("decimals")
    return Options(
        label=label,
        field=options.get("field", ""),
        scale=options.get("scale", "access"),
        bounds=tuple(given),
        unit=str(options.get("unit", "")),
        decimals=None if decimals in {None, ""} else int(decimals),
        fit=options.get("fit", ""),
    )


def reason(communes: Collection | None) -> str:
    """Return why there is no map, and where to read instead."""
    if communes is None:
        return _(
            "Aucun contour de commune n’est en mémoire : importez un jeu de données pour avoir la carte."
        )
    if not communes["features"]:
        return _("Les données en usage ne donnent pas le contour de ces communes : il n’y a pas de carte.")
    return _("Aucune commune du territoire n’a de contour dans les données en usage : il n’y a pas de carte.")


def read(request: HttpRequest, address: str) -> Collection | None:
    """Return the GeoJSON that the visitor is given at `address`, None where they are given none."""
    path, _mark, query = address.partition("?")
    try:
        match = resolve(path)
    except Resolver404:
        return None
    asked = copy(request)
    asked.method, asked.path, asked.path_info, asked.resolver_match = "GET", path, path, match
    asked.META = {key: value for key, value in request.META.items() if not key.startswith(_NOT_THE_MAPS)}
    asked.META["QUERY_STRING"] = query
    asked.__dict__.pop("headers", None)  # kept by Django from the page's own META
    asked.GET = QueryDict(query)  # a cached property, set for this request only
    try:
        answer = match.func(asked, *match.args, **match.kwargs)
    except (Http404, PermissionDenied):
        return None
    if answer.status_code != 200 or "geo+json" not in answer.headers.get("Content-Type", ""):
        return None
    collection: Collection = json.loads(answer.content)
    return collection
