"""Calling fragile people: one at a time for who calls, the list and the visits for who directs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.crisis.actions import calls as actions
from maillage.crisis.models import OUTCOME_LABELS, Call, FragilePerson, Visit
from maillage.crisis.pages import words
from maillage.crisis.pages.forms import CallForm, PeopleForm, VisitForm, VisitorForm
from maillage.crisis.pages.views import PER_PAGE, CellGestures, OfCell
from maillage.crisis.queries import cells as queries
from maillage.crisis.rules.calls import Seen, State
from maillage.crisis.rules.vocabulary import Post
from maillage.kernel import formats
from maillage.kernel.parameters import row_key


class Calling(OfCell):
    """A page for those who call for the cell, or direct it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say the 15 as soon as a sign is ticked, whatever becomes of the form that says it."""
        if request.method == "POST" and request.POST.getlist("signs"):
            messages.warning(
                request, _("Un signe grave est coché : appelez le 15 maintenant si ce n’est pas fait.")
            )
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise PermissionDenied for whoever does not call, or once the cell is closed."""
        if not self.cell.is_open:
            raise PermissionDenied(_("Cette cellule est close : la liste n’est plus ouverte."))
        if not self.holds(Post.CALLS):
            raise PermissionDenied(_("La liste n’est ouverte qu’à ceux qui appellent pour la cellule."))


class Calls(Calling, CellGestures):
    """One person to call, then the next."""

    template_name = "crisis/calls.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show who is on the line; nobody is given without a gesture."""
        self.check()
        return super().get(request, *args, **kwargs)

    @cached_property
    def mine(self) -> FragilePerson | None:
        """Whom the visitor has on the line; whom they had, where what they say of them is refused."""
        found = queries.on_the_line(self.person, self.cell)
        if found is None and self.request.method == "POST":
            row = queries.fragile_of(self.person, self.cell, row_key(self.request.POST.get("row")))
            found = row if row is not None and row.claimed_by_id == self.person.pk else None
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = queries.calls_of(self.cell, queries.instant())
        person = self.mine
        context.setdefault("form", CallForm())
        return super().get_context_data(
            cell=self.cell,
            person=person,
            calls=queries.calls_made(person) if person is not None else [],
            outcomes=OUTCOME_LABELS,
            counts=now,
            finding=_finding(now),
            never=queries.template(self.cell).never,
            directs=self.directs,
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        self.check()
        return {"next": self._next, "call": self._call, "release": self._release}

    def _next(self) -> str:
        found = actions.claim_next(by=self.person, cell=self.cell)
        return "" if found is not None else _("Personne à appeler pour l’instant.")

    def _release(self) -> str:
        actions.release(by=self.person, cell=self.cell)
        return _("Rendue à la liste.")

    def _call(self) -> str:
        row = queries.fragile_of(self.person, self.cell, row_key(self.request.POST.get("row")))
        if row is None:
            raise Http404
        said = self.bound("form", (form := CallForm(self.request.POST)))
        actions.note_call(by=self.person, person=row, outcome=form.given, key=said["key"], said=said["said"])
        return _noted(row)


def _noted(person: FragilePerson) -> str:
    """Return what follows a call, as it is in the list: whether somebody goes, nobody knows yet."""
    person.refresh_from_db(fields=["state"])
    if person.state == State.VISIT:
        return _("Noté. Cette personne est à aller voir : la direction de la cellule dit qui y va.")
    return _("Noté.")


def _finding(counts: queries.Calls) -> str:
    if not counts.total:
        return _("Aucune personne dans la liste.")
    pieces = [words.to_call_words(counts.due)] if counts.due else []
    if counts.visits:
        pieces.append(words.visits_words(counts.visits))
    reached = ngettext("{count} jointe ou vue", "{count} jointes ou vues", counts.reached)
    pieces.append(reached.format(count=formats.number(counts.reached)))
    if not counts.due and counts.next_at is not None:
        when = words.hour_said(counts.next_at, queries.instant())
        pieces.append(_("prochain appel : {when}").format(when=when))
    said = ", ".join(pieces)
    return f"{said[0].upper()}{said[1:]}."


class People(Calling, CellGestures):
    """Everybody of the list, those to go and see first; the list is added to here."""

    template_name = "crisis/people.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list to who directs the cell."""
        self.check()
        return super().get(request, *args, **kwargs)

    def check(self) -> None:
        """Raise PermissionDenied for whoever does not direct the cell."""
        super().check()
        if not self.directs:
            raise PermissionDenied(_("La liste entière est ouverte à la direction de la cellule."))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.people_listed(self.person, self.cell)
        others = [one for one in rows if one.state != State.VISIT]
        page = Paginator(others, PER_PAGE).get_page(self.request.GET.get("page"))
        counts = queries.calls_of(self.cell, queries.instant())
        context.setdefault("form", PeopleForm())
        return super().get_context_data(
            cell=self.cell,
            visits=[one for one in rows if one.state == State.VISIT],
            others=page.object_list,
            page=page,
            query="",
            late_before=queries.late_before(),
            finding=_finding(counts),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        self.check()
        return {"add": self._add}

    def _add(self) -> str:
        said = self.bound("form", PeopleForm(self.request.POST))
        count = actions.add_people(by=self.person, cell=self.cell, **said)
        told = ngettext("{count} personne ajoutée.", "{count} personnes ajoutées.", count)
        return told.format(count=formats.number(count)) if count else _("Tous étaient déjà dans la liste.")


class FragilePage(Calling, CellGestures):
    """One person of the list: the visit to make, what was said before."""

    template_name = "crisis/fragile.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one person to who directs the cell."""
        self.check()
        return super().get(request, *args, **kwargs)

    def check(self) -> None:
        """Raise PermissionDenied for whoever does not direct the cell."""
        super().check()
        if not self.directs:
            raise PermissionDenied(_("Cette fiche est ouverte à la direction de la cellule."))

    @cached_property
    def fragile(self) -> FragilePerson:
        """Whose page it is; the reading is recorded. Raises Http404."""
        found = queries.fragile_seen_by(self.person, self.cell, self.kwargs["row"])
        if found is None:
            raise Http404(self.kwargs["row"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.fragile
        context.setdefault("form", VisitForm())
        context.setdefault("visitor_form", VisitorForm(initial={"who": row.visit_by}))
        context.setdefault("call_form", CallForm())
        return super().get_context_data(
            cell=self.cell,
            fragile=row,
            is_visit=row.state == State.VISIT,
            is_late=row.visit_since is not None and row.visit_since < queries.late_before(),
            calls=queries.calls_made(row),
            visits=list(Visit.objects.in_scope(self.cell.scope).filter(person=row).select_related("by")),
            finding=row.get_why_display() or row.get_state_display(),
            never=queries.template(self.cell).never,
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        self.check()
        return {"visit": self._visit, "send": self._send, "call": self._call, "take_off": self._take_off}

    def after(self, name: str) -> HttpResponse:
        """Lead back to them; to the list once they are taken off it, where they have no page any more."""
        return redirect("crisis:people", pk=self.cell.pk) if name == "take_off" else super().after(name)

    def _visit(self) -> str:
        said = self.bound("form", VisitForm(self.request.POST))
        actions.note_visit(
            by=self.person, person=self.fragile, seen=Seen(said["seen"]), key=said["key"], said=said["said"]
        )
        return _("Noté.")

    def _send(self) -> str:
        said = self.bound("visitor_form", VisitorForm(self.request.POST))
        actions.send_visitor(by=self.person, person=self.fragile, who=said["who"])
        return _("Noté : {who} y va.").format(who=said["who"])

    def _call(self) -> str:
        said = self.bound("call_form", (form := CallForm(self.request.POST)))
        made: Call = actions.note_call(
            by=self.person, person=self.fragile, outcome=form.given, key=said["key"], said=said["said"]
        )
        return _noted(made.person)

    def _take_off(self) -> str:
        try:
            actions.take_off(by=self.person, person=self.fragile)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return ""
        return _("Retirée de la liste, avec ce qui en était noté.")
