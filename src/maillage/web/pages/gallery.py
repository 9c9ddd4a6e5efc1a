"""The design system, shown: every component with its states, its keyboard and the code that draws it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import Engine

from maillage.kernel.names import place_holds, place_key
from maillage.web.pages.specimens import COMPONENTS, TOWNS, Component, examples


def index(request: HttpRequest) -> HttpResponse:
    """List the components by family."""
    families: dict[str, list[Component]] = {}
    for component in COMPONENTS.values():
        families.setdefault(str(component.family), []).append(component)
    return render(request, "web/gallery.html", {"families": families})


def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one component alone, in each of its states."""
    if slug not in COMPONENTS:
        raise Http404(slug)
    template = f"web/gallery/{slug}.html"
    source = Engine.get_default().get_template(template).source
    context = {"component": COMPONENTS[slug], "specimen": template, "source": source, **examples(request)}
    return render(request, "web/gallery_component.html", context)


def suggestions(request: HttpRequest) -> JsonResponse:
    """Answer the gallery's commune picker, in the shape that assets/js/suggest.js expects."""
    asked = request.GET.get("q", "").strip()
    known = [town for town in TOWNS if place_holds(place_key(town[1]), asked) or town[0].startswith(asked)]
    return JsonResponse(
        [{"value": code, "label": name, "detail": code} for code, name, *_rest in known], safe=False
    )
