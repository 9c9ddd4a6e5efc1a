"""What the pages of a diagnosis share: the territory and its data, the tabs, what to say without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maillage.kernel.access import require
from maillage.kernel.contributions import Onward, onwards_from
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import queries
from maillage.territory.atlas import Atlas, NoPackError, current
from maillage.territory.computations.comparisons import Area, areas_of, population, references
from maillage.territory.models import DataPack, Territory

TABS: tuple[tuple[str, str | Promise], ...] = (
    ("territory:portrait", _("Portrait")),
    ("territory:supply", _("Offre")),
    ("territory:access", _("Accessibilité")),
    ("territory:white_zones", _("Zones blanches")),
    ("territory:flows", _("Flux")),
    ("territory:needs", _("Besoins")),
    ("territory:what_if", _("Et si…")),
    ("territory:siting", _("Où ouvrir ?")),
    ("web:report", _("Rapport")),  # a page that crosses contexts, known here by its address only
)
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the diagnosis; `is_current` marks the one shown."""

    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True)
class Diagnosis:
    """A territory opened for reading by `person`: `positions` are its communes in the atlas, at least one."""

    territory: Territory
    atlas: Atlas
    positions: NDArray[np.intp]
    url_name: str
    person: Person | None = None

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The territory and what it is compared with."""
        return areas_of(self.atlas, self.positions, self.territory.name)

    @property
    def references(self) -> list[Area]:
        """What the territory is compared with."""
        return references(self.areas)

    @cached_property
    def pack(self) -> DataPack | None:
        """The data in use."""
        return queries.current_pack()

    @property
    def commune_count(self) -> int:
        """How many communes the territory has."""
        return len(self.positions)

    @property
    def population(self) -> int:
        """How many people live there."""
        return int(population(self.atlas)[self.positions].sum())

    @cached_property
    def tabs(self) -> list[Tab]:
        """The pages of the diagnosis, in reading order."""
        return tabs(self.territory, self.url_name)

    @property
    def page_label(self) -> str | Promise:
        """The name of the page shown, empty on a page that is not a tab."""
        return next((tab.label for tab in self.tabs if tab.is_current), "")

    @property
    def onwards(self) -> list[Onward]:
        """What its reader may do elsewhere with what the page shows."""
        return onwards_from(self.person, self.territory, self.url_name) if self.person else []

    def url(self, name: str) -> str:
        """Return the address of the territory's page `name`."""
        return reverse(f"territory:{name}", args=[self.territory.slug])


def tabs(territory: Territory, url_name: str) -> list[Tab]:
    """Return the pages of the diagnosis; `url_name` is the name of the page shown, or of one under it."""
    return [
        Tab(label, reverse(name, args=[territory.slug]), url_name == name or url_name.startswith(f"{name}_"))
        for name, label in TABS
    ]


def diagnosis_page(
    view: Callable[Concatenate[HttpRequest, Diagnosis, Parameters], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Open the territory of the address for `view`: 404 where unknown, 403 where the role may not read it.

    Without data, or without a commune in the data, a page says what to do instead.
    """

    @wraps(view)
    def page(
        request: HttpRequest, slug: str, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        territory = once(request, f"territory {slug}", lambda: _territory(slug))
        require(request.user, Permission.VIEW_DIAGNOSIS, territory.scope)  # type: ignore[arg-type]  # whoever comes here is signed in
        url_name = request.resolver_match.view_name if request.resolver_match else ""
        try:
            atlas = current()
        except NoPackError as error:
            return _nothing(request, territory, url_name, str(error))
        opened = once(request, f"diagnosis {slug}", lambda: _opened(request, territory, atlas, url_name))
        if not len(opened.positions):
            return _nothing(request, territory, url_name, "")
        return view(request, opened, *args, **kwargs)

    page.permission = Permission.VIEW_DIAGNOSIS  # type: ignore[attr-defined]  # read by the generated reference
    return page


def once(request: HttpRequest, key: str, compute: Callable[[], Result]) -> Result:
    """Return what was computed under `key` for this request, computed now where nothing was.

    The map of a page is drawn from the answers of other views, asked in the page's own request (`{% map %}`):
    what they have in common is read once.
    """
    kept: dict[str, Any] = request.__dict__.setdefault("_computed", {})
    if key not in kept:
        kept[key] = compute()
    found: Result = kept[key]
    return found


def _opened(request: HttpRequest, territory: Territory, atlas: Atlas, url_name: str) -> Diagnosis:
    person = request.user
    assert isinstance(person, Person), "whoever comes here is signed in"
    return Diagnosis(territory, atlas, atlas.positions(queries.member_codes(territory)), url_name, person)


def _territory(slug: str) -> Territory:
    return queries.territory_or_404(slug)


def _nothing(request: HttpRequest, territory: Territory, url_name: str, reason: str) -> HttpResponse:
    context = {"territory": territory, "tabs": tabs(territory, url_name), "reason": reason}
    return render(request, "territory/diagnosis/empty.html", context)
