"""Structures of a cell: whom to ask, what they said, and the page that a secret address opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.crisis.actions import structures as actions
from maillage.crisis.models import AskedStructure, Cell
from maillage.crisis.pages import words
from maillage.crisis.pages.forms import DeclarationForm, OfferForm, StructuresForm
from maillage.crisis.pages.printing import addresses_pdf
from maillage.crisis.pages.views import CellGestures, OfCell
from maillage.crisis.queries import cells as queries
from maillage.crisis.queries.links import STATE, VOLUNTEER, asked_behind, cell_behind, path_of, places
from maillage.crisis.rules.vocabulary import Kind, Level, Post
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.pages.base import Endpoint, pdf_response, secret_page


class Addressing(OfCell):
    """A page that says secret addresses whole, as the visitor reached this site."""

    def whole(self, page: str, pk: int) -> str:
        """Return the whole secret address of a row."""
        return self.request.build_absolute_uri(path_of(page, pk))


class Structures(Addressing, CellGestures):
    """What each structure said last, whom else to ask, the addresses to send."""

    template_name = "crisis/structures.html"

    @cached_property
    def counts(self) -> dict[directory.StructureKind, int]:
        """How many structures of each kind the territory has."""
        return directory.counts_by_kind(places(self.cell), every_origin=True)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        answers = self.holds(Post.STRUCTURES)
        rows = queries.structures_now(self.cell)
        if answers:
            context.setdefault("form", StructuresForm(counts=self.counts, kind=Kind(self.cell.kind)))
        return super().get_context_data(
            cell=self.cell,
            rows=[
                (
                    one,
                    words.level_words(one.level),
                    words.LEVEL_TAGS.get(one.level, "") if one.level else "",
                    self.whole(STATE, one.asked.pk) if answers else "",
                )
                for one in rows
            ],
            volunteer_address=self.whole(VOLUNTEER, self.cell.pk) if answers else "",
            answers=answers,
            finding=self._finding(rows),
            **context,
        )

    def _finding(self, rows: list[queries.StructureNow]) -> str:
        if not rows:
            return _("Aucune structure n’est encore interrogée.")
        now = queries.cell_now(self.cell)
        pieces = [words.level_counted(level, count) for level, count in now.levels.items()]
        if now.silent:
            pieces.append(words.silent_words(now.silent))
        said = ", ".join(pieces)
        return f"{said[0].upper()}{said[1:]}."

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"ask": self._ask}

    def _ask(self) -> str:
        form = StructuresForm(self.request.POST, counts=self.counts, kind=Kind(self.cell.kind))
        said = self.bound("form", form)
        kinds = [directory.StructureKind(one) for one in said["kinds"]]
        found = directory.structures_in(places(self.cell), kinds, every_origin=True)
        count = actions.ask_structures(by=self.person, cell=self.cell, structures=found)
        return _("Structures ajoutées : {count}. Envoyez à chacune son adresse, ou appelez-la.").format(
            count=formats.number(count)
        )


class StructurePage(Addressing, CellGestures):
    """One structure of a cell: what it said, and its answer as heard by telephone."""

    template_name = "crisis/structure.html"

    @cached_property
    def asked(self) -> AskedStructure:
        """The structure. Raises Http404 for one of another cell."""
        found = queries.asked_of(self.cell, self.kwargs["row"])
        if found is None:
            raise Http404(self.kwargs["row"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        said = queries.declarations_of(self.asked)
        answers = self.holds(Post.STRUCTURES)
        context.setdefault("form", DeclarationForm())
        last = Level(said[0].level) if said else None
        return super().get_context_data(
            cell=self.cell,
            asked=self.asked,
            said=said,
            answers=answers,
            address=self.whole(STATE, self.asked.pk) if answers else "",
            finding=formats.told(words.level_words(last).capitalize(), formats.date_long(said[0].at))
            if said
            else _("Pas encore de réponse."),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"declare": self._declare}

    def _declare(self) -> str:
        said = self.bound("form", DeclarationForm(self.request.POST))
        values = said | {"level": Level(said["level"])}
        try:
            actions.declare(asked=self.asked, by=self.person, **values)
        except actions.FloodedError as error:  # never for who is signed in
            raise ValidationError(str(error)) from error
        return _("Réponse notée.")


class AddressesPdf(Addressing, Endpoint):
    """The addresses of a cell on paper, each with its square to photograph."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        if not self.holds(Post.STRUCTURES):
            raise Http404(pk)
        rows = queries.structures_now(self.cell)
        pdf = addresses_pdf(self.cell, rows, self.whole, timezone.now())
        return pdf_response(pdf, _("adresses-{pk}.pdf").format(pk=pk))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Let a structure say how it holds; 404 for an address never made, 410 once the cell is closed."""
    asked = asked_behind(token)
    if asked is None:
        return _plain(request, "crisis/state.html", status=404, unknown=True)
    cell = asked.cell
    timezone.activate(cell.scope.zone)
    if not cell.is_open:
        return _plain(request, "crisis/state.html", status=410, cell=cell, closed=True)
    form = DeclarationForm(request.POST) if request.method == "POST" else DeclarationForm()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.declare(asked=asked, **said | {"level": Level(said["level"])})
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        except actions.FloodedError:
            form.add_error(None, _("Trop de réponses en une heure : appelez la cellule."))
        else:
            return _plain(
                request, "crisis/state.html", status=200, cell=cell, asked=asked, made=made,
                director=queries.director_of(cell), again=reverse(STATE, args=[token]),
            )  # fmt: skip
    status = 422 if form.is_bound else 200
    last = queries.declarations_of(asked)[:1]
    return _plain(
        request, "crisis/state.html", status=status, cell=cell, asked=asked, form=form, last=last,
        director=queries.director_of(cell),
    )  # fmt: skip


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody offer to help; 404 for an address never made, 410 once the cell is closed."""
    cell: Cell | None = cell_behind(token)
    if cell is None:
        return _plain(request, "crisis/volunteer.html", status=404, unknown=True)
    timezone.activate(cell.scope.zone)
    if not cell.is_open:
        return _plain(request, "crisis/volunteer.html", status=410, cell=cell, closed=True)
    form = OfferForm(request.POST) if request.method == "POST" else OfferForm()
    if request.method == "POST" and form.is_valid():
        try:
            actions.offer_help(cell=cell, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        except actions.FloodedError:
            form.add_error(None, _("Trop d’offres en une heure : réessayez plus tard."))
        else:
            return _plain(request, "crisis/volunteer.html", status=200, cell=cell, done=True)
    return _plain(
        request, "crisis/volunteer.html", status=422 if form.is_bound else 200, cell=cell, form=form
    )


def _plain(request: HttpRequest, template: str, *, status: int, **said: object) -> HttpResponse:
    return secret_page(request, template, said, status=status)
