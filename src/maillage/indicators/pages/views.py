"""The catalogue of a territory, the card of an indicator, its rows, its files, what is published of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.crisis.api import CrisisDay, crisis_days
from maillage.indicators.actions.published import note_rows_read, publish_value
from maillage.indicators.computations import equity
from maillage.indicators.computations import results as computing
from maillage.indicators.computations.catalogue import CATALOGUE, INDICATORS, Indicator
from maillage.indicators.computations.results import Source
from maillage.indicators.computations.values import Result, hidden_keys
from maillage.indicators.models import PublishedValue
from maillage.indicators.pages import tables, words
from maillage.indicators.pages.spreadsheets import spreadsheet
from maillage.indicators.queries import published
from maillage.indicators.queries.imports import imports_of
from maillage.indicators.rules.changes import change
from maillage.indicators.rules.periods import Period, last_months, month_of, read_period
from maillage.indicators.rules.vocabulary import Family
from maillage.kernel import access, clock
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, csv_response, sent_file_response
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.territory.api import Territory, names_of, territory_or_404


class Index(Page):
    """The territories whose indicators one reads; where there is one, straight to it."""

    template_name = "indicators/index.html"
    permission = Permission.VIEW_INDICATORS

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Lead to the only territory, else list them."""
        found = published.territories_read(self.person)
        if len(found) == 1:
            return redirect("indicators:catalogue", slug=found[0].slug)
        return self.render_to_response(self.get_context_data(territories=found))


class OfTerritory(PermissionMixin):
    """A territory and a period of the address. Raises Http404 for a territory that one may not read."""

    permission = Permission.VIEW_INDICATORS

    @cached_property
    def territory(self) -> Territory:
        """The territory."""
        found = territory_or_404(self.kwargs["slug"])
        here = access.may(self.person, Permission.VIEW_INDICATORS, found.scope)
        if not here and access.may(self.person, Permission.VIEW_INDICATORS):
            raise Http404(self.kwargs["slug"])
        return found

    @property
    def scope(self) -> Scope:
        """Its scope."""
        return self.territory.scope

    def get_scope(self) -> Scope | None:
        """Return the scope of the territory: its rights, its clock."""
        return self.scope

    @cached_property
    def today(self) -> date:
        """Which day it is there."""
        return clock.today(self.scope)

    @cached_property
    def period(self) -> Period:
        """The period asked for, or the last twelve months. Raises Http404 for what is no period."""
        written = self.request.GET.get("periode", "") or self.request.POST.get("periode", "")
        found = read_period(written) if written else last_months(self.today)
        if found is None:
            raise Http404(written)
        return found

    @property
    def shows_small(self) -> bool:
        """Whether the reader may see small counts: those who may open the rows themselves."""
        return access.may(self.person, Permission.VIEW_INDICATOR_ROWS, self.scope)

    @property
    def periods(self) -> list[tuple[str, str]]:
        """The periods that the page offers: as an address writes them, in words."""
        now = month_of(self.today)
        quarter = now - now % 3
        offered = [
            last_months(self.today),
            *(Period(quarter - 3 * back, 3) for back in range(4)),
            *(Period(now - now % 12 - 12 * back, 12) for back in range(3)),
        ]
        if self.period not in offered:
            offered.append(self.period)
        return [(one.written, words.period_words(one)) for one in offered]

    def shared(self) -> dict[str, Any]:
        """Return what every page of a territory says."""
        return {
            "territory": self.territory, "period": self.period, "periods": self.periods,
            "period_words": words.period_words(self.period), "shows_small": self.shows_small,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in the catalogue: its value or why there is none, its months, what was published of it."""

    indicator: Indicator
    said: str
    interval: str
    counts: str
    completeness: float | None
    months: list[float | None]
    reserve: str
    published: str


class Catalogue(OfTerritory, Page):
    """Every indicator of a territory, by family, with its value."""

    template_name = "indicators/catalogue.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found, why = self._results()
        last = {}
        for one in reversed(published.last_published_in(self.scope)):
            last[one.indicator] = one
        lines = {
            one.key: self._line(one, found.get(one.key), last.get(one.key), why.get(one.key, ""))
            for one in CATALOGUE
        }
        known = sum(one.whole.is_known for one in found.values())
        return super().get_context_data(
            **self.shared(),
            families=[
                (words.FAMILIES[family], [lines[one.key] for one in CATALOGUE if one.family is family])
                for family in Family
                if any(one.family is family for one in CATALOGUE)
            ],
            may_import=access.may(self.person, Permission.IMPORT_INDICATORS, self.scope),
            finding=_("{known} indicateurs sur {total} ont une valeur pour cette période.").format(
                known=known, total=len(CATALOGUE)
            ),
            **context,
        )

    def _results(self) -> tuple[dict[str, Result], dict[str, str]]:
        """Return what each indicator says from its first source, and why the others say nothing."""
        imports = imports_of(self.scope)
        groups: dict[str, tuple[Source, list[Indicator]]] = {}
        for one in CATALOGUE:
            sources = computing.sources_for(one, imports)
            if sources:
                groups.setdefault(source_key(sources[0]), (sources[0], []))[1].append(one)
        found: dict[str, Result] = {}
        why: dict[str, str] = {}
        for source, indicators in groups.values():
            try:
                found |= computing.results(indicators, self.scope, self.period, self.today, source)
            except computing.ChangedFilesError as error:
                why |= {one.key: words.changed_files_words(error.names) for one in indicators}
        return found, why

    def _line(self, one: Indicator, found: Result | None, last: PublishedValue | None, why: str) -> Line:
        said = words.amount(one, last.value) if last else ""
        if found is None:
            return Line(one, "", "", "", None, [], why or _("Aucun fichier importé."), said)
        secret = found.whole.is_secret and not self.shows_small
        known = found.whole.is_known and not secret
        return Line(
            one,
            words.amount(one, found.whole.value) if known else "",
            words.interval(one, found.whole) if known else "",
            words.counts_words(one, found.whole) if known else "",
            None if secret else found.whole.completeness,
            [] if secret else [value.value if value.is_known else None for value in found.months.values()],
            _("Trop peu de personnes.") if secret else words.flaw_words(found.flaws),
            said,
        )


def source_key(source: Source) -> str:
    """Return a source as an address writes it."""
    return computing.LIVE if source is None else str(source.pk)


class OfIndicator(OfTerritory):
    """One indicator of the address. Raises Http404 for one that is not in the catalogue."""

    @cached_property
    def indicator(self) -> Indicator:
        """The indicator."""
        found = INDICATORS.get(self.kwargs["key"])
        if found is None:
            raise Http404(self.kwargs["key"])
        return found

    @cached_property
    def sources(self) -> list[Source]:
        """Where it may be computed from."""
        return computing.sources_for(self.indicator, imports_of(self.scope))

    @cached_property
    def source(self) -> Source:
        """Where its rows come from: as the address says, else the first. Raises Http404 for none of them."""
        written = self.request.GET.get("source", "") or self.request.POST.get("source", "")
        if not written:
            return self.sources[0] if self.sources else None
        for one in self.sources:
            if source_key(one) == written:
                return one
        raise Http404(written)

    @cached_property
    def computed(self) -> tuple[Result | None, str]:
        """What it says of the period, or None and why."""
        if not self.sources:
            return None, _("Aucun fichier importé pour cet indicateur.")
        try:
            found = computing.result(self.indicator, self.scope, self.period, self.today, self.source)
        except computing.ChangedFilesError as error:
            return None, words.changed_files_words(error.names)
        return found, ""

    @property
    def result(self) -> Result | None:
        """What it says of the period, None where it has no source."""
        return self.computed[0]

    @property
    def query(self) -> str:
        """What the addresses of the card's own parts keep."""
        return f"periode={self.period.written}&source={source_key(self.source)}"

    def names(self) -> dict[str, str]:
        """Return the names of the communes of the result."""
        return names_of(self.result.communes) if self.result else {}


class Card(OfIndicator, Page):
    """One indicator: its figure, its months, its communes, its definition, what was published."""

    template_name = "indicators/card.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one, (found, missing) = self.indicator, self.computed
        shown = {"shows_small": self.shows_small}
        if found is not None:
            # An interval, a rate made otherwise, a mark on a chart give back the figure as well as it does.
            is_hidden = found.whole.is_secret and not self.shows_small
            months = tables.months_table(found, **shown)
            communes = tables.communes_table(found, self.names(), **shown)
            context |= {
                "result": found,
                "figure": tables.figure_of(found, words.source_words(self.source), **shown),
                "interval": "" if is_hidden else words.interval(one, found.whole),
                "months": months if found.months else None,
                "median": self._median(found),
                "signals": words.signals(found) if found.months else [],
                "communes": communes,
                "beyond": tables.beyond_words(communes) if communes else "",
                "target": "" if is_hidden else str(found.whole.value),
                "parts": tables.parts_table(found, **shown),
                "reserve": words.flaw_words(found.flaws),
                "standardised": ""
                if is_hidden or found.standardised is None
                else words.amount(one, found.standardised.value),
                "crisis": words.crisis_words(found, self._crisis(found), shows_small=self.shows_small),
                "is_small": found.whole.is_secret and self.shows_small,
                "slopes": self._slopes(found),
                "is_partial": self.source is not None and not self.source.period.covers(self.period),
            }
        return super().get_context_data(
            **self.shared(),
            indicator=one,
            finding=words.finding(found, **shown) if found else missing,
            query=self.query,
            source=source_key(self.source),
            sources=[(source_key(one), words.source_words(one)) for one in self.sources],
            unit=words.unit_of(one),
            better=words.BETTER[one.better],
            family=words.FAMILIES[one.family],
            published=self._published(found),
            may_publish=access.may(self.person, Permission.PUBLISH_INDICATORS, self.scope)
            and found is not None
            and found.whole.is_known,
            form_key=uuid4().hex,
            **context,
        )

    def _crisis(self, found: Result) -> list[CrisisDay]:
        """Return the days of crisis of the period, none asked for where the figure met none."""
        return crisis_days(self.scope, self.period.start, self.period.last_day) if found.cube.crisis else []

    def _slopes(self, found: Result) -> list[str]:
        """Say how the indicator changes from the least to the most favoured communes; not of small counts."""
        if not self.shows_small and hidden_keys(found.indicator, found.communes):
            return []
        ranks = equity.ranks_of(found.communes)
        return [words.slope_words(found.indicator, *one) for one in equity.gradients(found, ranks).items()]

    def _median(self, found: Result) -> str:
        hidden: set[str] = set()
        if not self.shows_small:
            hidden = hidden_keys(found.indicator, {str(key): value for key, value in found.months.items()})
        known = sorted(
            value.value for key, value in found.months.items() if value.is_known and str(key) not in hidden
        )
        if not known:
            return ""
        middle = len(known) // 2
        return str(known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2)

    def _published(self, found: Result | None) -> list[tuple[PublishedValue, str, str, str]]:
        """Return what was published: period, value, and what changed since where the period is this one."""
        lines = []
        kind = computing.kind_of(self.source)
        for one in published.published_of(self.scope, self.indicator.key):
            said = ""
            if found is not None and one.period == self.period and one.source == kind:
                changed = change(one.reading, found.reading)
                said = (
                    _("inchangée")
                    if changed is None
                    else words.change_words(self.indicator, one, found, changed)
                )
            lines.append((one, words.period_words(one.period), words.amount(self.indicator, one.value), said))
        return lines


class Publish(OfIndicator, Endpoint):
    """Publish the value of the period."""

    permission = Permission.PUBLISH_INDICATORS

    def post(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        """Keep the value as it stands."""
        back = redirect("indicators:card", slug=slug, key=key)
        back["Location"] += f"?{self.query}"
        if self.result is None:
            raise Http404(key)
        try:
            publish_value(
                by=self.person, scope=self.scope, result=self.result, source=computing.kind_of(self.source),
                key=request.POST.get("key", "")[:64] or uuid4().hex, note=request.POST.get("note", "")[:300],
            )  # fmt: skip
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("La valeur est publiée : elle sera gardée telle quelle."))
        return back


class Rows(OfIndicator, Page):
    """The rows behind a figure, nobody named but those whose file the reader may open."""

    template_name = "indicators/rows.html"
    permission = Permission.VIEW_INDICATOR_ROWS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.sources:
            raise Http404(self.indicator.key)
        try:
            found, total = computing.rows_of(self.indicator, self.scope, self.period, self.today, self.source)
        except computing.ChangedFilesError:
            found, total = [], 0
        note_rows_read(
            by=self.person, scope=self.scope, indicator=self.indicator.key, period=self.period.written,
            rows=len(found),
        )  # fmt: skip
        communes = names_of({one.commune for one in found if one.commune})
        # A key of a file is that of nobody in Maillage.
        keys = {int(one.person) for one in found if one.person} if self.source is None else set()
        opened = people.named_in_counts(self.person, keys, purpose=_("Lignes d’un indicateur"))
        return super().get_context_data(
            **self.shared(),
            indicator=self.indicator,
            total=total,
            source=source_key(self.source),
            query=self.query,
            lines=[
                (
                    one,
                    communes.get(one.commune or "", ""),
                    tables.part_words(self.indicator, one.part) if one.part else "",
                    opened.get(int(one.person)) if one.person and keys else None,
                )
                for one in found
            ],
            **context,
        )


class MonthsCsv(OfIndicator, Endpoint):
    """The values by month as a CSV; small counts are never in a file."""

    def get(self, _request: HttpRequest, slug: str, key: str) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        if self.result is None:
            raise Http404(key)
        return csv_response(tables.months_table(self.result, shows_small=False))


class CardXlsx(OfIndicator, Endpoint):
    """The card as a spreadsheet: definition, value, months, communes; small counts are never in a file."""

    def get(self, _request: HttpRequest, slug: str, key: str) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        if self.result is None:
            raise Http404(key)
        content = spreadsheet(
            self.result, self.names(), territory=self.territory.name, source=words.source_words(self.source)
        )
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        name = f"{self.indicator.key}-{self.period.written}.xlsx"
        return sent_file_response(content, media, name, is_shown=False)
