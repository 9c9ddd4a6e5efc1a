"""The design system's template tags and filters (built in to every template).

The gallery, /composants/, shows each with its states and the template code that draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import template
from django.forms import BoundField, Form
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.parameters import query_kept
from maillage.kernel.tables import Column, Row, Table
from maillage.web import maps, wording
from maillage.web.drawing import inline

register = template.Library()

register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("signed", formats.signed)
register.filter("signed_percent", formats.signed_percent)
register.filter("minutes", formats.minutes)
register.filter("euros", formats.euros)
register.filter("date_long", formats.date_long)
register.filter("date_short", formats.date_short)
register.filter("time_short", formats.time_short)
register.filter("rule_value", wording.rule_value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an outline icon of assets/icons.txt; `label` is for the rare icon without a word beside it."""
    address = f"{static('dist/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.inclusion_tag("web/components/breadcrumb.html")
def breadcrumb(*labels_and_urls: str) -> dict[str, Any]:
    """Draw the path to this page: `{% breadcrumb "Territoires" url "Charolais-Brionnais" %}`, home added."""
    pairs = list(zip(labels_and_urls[::2], (*labels_and_urls[1::2], ""), strict=False))
    return {"crumbs": [(_("Accueil"), reverse("web:home")), *pairs[:-1]], "here": pairs[-1][0]}


@register.inclusion_tag("web/components/source_note.html")
def source_note(provenance: Provenance) -> dict[str, Any]:
    """Draw where a figure comes from in one line, opening to its formula, completeness and rules."""
    return {"provenance": provenance, "rules": wording.rules(provenance.rules)}


@register.inclusion_tag("web/components/certainty_badge.html")
def certainty_badge(certainty: str) -> dict[str, Any]:
    """Draw how sure a value is: `vu`, `vu_tiers`, `connaissance_generale`, `non_etabli` or `calcule`."""
    return {"certainty": wording.certainty(certainty)}


@register.inclusion_tag("web/components/figures.html")
def figures(figures: Sequence[Figure]) -> dict[str, Any]:
    """Draw a row of kernel Figures; where all are estimates, that is said once."""
    return {
        "figures": figures,
        "all_estimates": len(figures) > 1 and all(one.provenance.estimate for one in figures),
    }


@register.inclusion_tag("web/components/figure.html")
def figure(figure: Figure, is_marked: bool = True) -> dict[str, Any]:
    """Draw one kernel Figure: value, unit, comparison bars on one scale, source, estimate mark.

    `is_marked` is False where its row says that all its figures are estimates.
    """
    return {
        "figure": figure,
        "is_estimate": figure.provenance.estimate and is_marked,
        "written": formats.quantity(
            figure.value, "" if figure.unit not in {"%", "min"} else figure.unit, figure.decimals
        ),
        "unit": "" if figure.unit in {"%", "min"} else figure.unit,
        "bars": inline.comparison_bars(figure),
    }


@register.inclusion_tag("web/components/comparison_bar.html")
def comparison_bar(figure: Figure) -> dict[str, Any]:
    """Draw a Figure and its comparisons as bars on one scale from zero."""
    return {"bars": inline.comparison_bars(figure)}


@register.inclusion_tag("web/components/sparkline.html")
def sparkline(values: Sequence[float | None], label: str) -> dict[str, Any]:
    """Draw a line the size of a word; `label` tells in words what it shows. Gaps stay gaps."""
    return {"label": label, "line": inline.sparkline(values)}


@register.inclusion_tag("web/components/data_table.html", takes_context=True)
def data_table(context: template.Context, table: Table, level: int = 3) -> dict[str, Any]:
    """Draw a kernel Table: sort (by link, then in place), sticky heading, CSV; rows answer to the map.

    Without JavaScript the headings link to `?tri=<column>`: the view passes it to `Table.sorted_by`.
    `level` is that of the caption among the page's headings.
    """
    written = list(context["request"].GET.lists()) if "request" in context else []
    return {
        "table": table,
        "level": level,
        "headings": [_heading(column, table.sort, written) for column in table.columns],
        "rows": [(row, [_cell(row, column) for column in table.columns]) for row in table.rows],
    }


def _heading(column: Column, sort: str, written: list[tuple[str, list[str]]]) -> dict[str, Any]:
    current = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
    query = query_kept(written, tri=f"-{column.key}" if current == "ascending" else column.key)
    return {"column": column, "order": current, "url": f"?{query}"}


def _cell(row: Row, column: Column) -> dict[str, Any]:
    value = row.cells.get(column.key)
    secret = column.key in row.suppressed
    raw = "" if secret or value is None or value != value else value
    return {
        "column": column,
        "raw": str(raw),
        "written": column.written(value),
        "secret": secret,
        "estimated": column.key in row.estimated,
    }


@register.inclusion_tag("web/components/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """Draw a form field with its hint and error; radio buttons and check boxes get a legend."""
    return {"field": field, "kind": field.field.widget.__class__.__name__.lower()}


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """Draw what to mend, above the form, each line leading to its field."""
    errors = [(bound, list(bound.errors)) for bound in form if bound.errors] if form.is_bound else []
    general = list(form.non_field_errors()) if form.is_bound else []
    # A browser lets nobody choose them in its place.
    return {"errors": errors, "general": general, "has_lost_files": bool(form.files)}


@register.inclusion_tag("web/components/tabs.html", takes_context=True)
def tabs(context: template.Context, *labels_and_urls: str) -> dict[str, Any]:
    """Draw the sections of one subject as links; the one whose address is this page is marked."""
    path = context["request"].path if "request" in context else ""
    pairs = zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True)
    return {"tabs": [(label, url, url == path) for label, url in pairs]}


@register.inclusion_tag("web/components/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """Draw where one stands in a sequence; `current` counts from 1."""
    states = [
        "done" if i < current else "current" if i == current else "next" for i in range(1, len(labels) + 1)
    ]
    return {"steps": list(zip(labels, states, strict=True)), "current": current, "total": len(labels)}


@register.inclusion_tag("web/components/progress.html")
def progress(done: float, total: float, label: str, seconds_left: float | None = None) -> dict[str, Any]:
    """Draw how far a long task is and how long it still takes."""
    return {
        "done": done,
        "total": total,
        "label": label,
        "left": wording.time_left(seconds_left),
        "share": done / total if total else None,
    }


@register.inclusion_tag("web/components/legend.html")
def legend(scale: str, bounds: Sequence[float], unit: str = "") -> dict[str, Any]:
    """Draw the classes of a map scale (`access`, `difference`, `count`) with their bounds in words."""
    texts = [wording.between(None, bounds[0])]
    texts += [wording.between(low, high) for low, high in pairwise(bounds)]
    texts += [wording.between(bounds[-1], None)]
    return {"scale": scale, "unit": unit, "classes": list(enumerate(texts, start=1))}


@register.inclusion_tag("web/components/map.html", takes_context=True)
def map(
    context: template.Context, src: str, label: str, *, points: str = "", lines: str = "", **options: Any
) -> dict[str, Any]:
    """Draw the map of the GeoJSON at `src`, which the script then makes one to move and to click in.

    `field`, `scale`, `bounds`, `unit`, `decimals` and `fit` say how (`drawing.screen.Options`); `points` and
    `lines` are addresses of GeoJSON too; `list` (a table's id), `pick` (a form's or a field's), `height` and
    `id` are for the script (assets/js/map/index.js). Where nothing can be drawn a sentence says why.
    """
    request = context["request"]
    return maps.component(request, src=src, label=label, points=points, lines=lines, **options)


@register.inclusion_tag("web/components/empty_state.html")
def empty_state(
    title: str, text: str, action: str = "", url: str = "", symbol: str = "map-off"
) -> dict[str, Any]:
    """Draw why there is nothing here and what to do first."""
    return {"title": title, "text": text, "action": action, "url": url, "symbol": symbol}


@register.simple_tag
def tag(text: str, kind: str = "") -> SafeString:
    """Draw a short mark; `kind` is empty, `good`, `attention`, `urgent` or `estimate`."""
    return format_html('<span class="tag {}">{}</span>', kind, text)
