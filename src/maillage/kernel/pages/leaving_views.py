"""People who leave: whom it concerns soon, what their withdrawal would do, what it did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import leaving
from maillage.kernel.contributions import Fate
from maillage.kernel.models import Departure, Person, RoleAssignment
from maillage.kernel.name_search import account_like
from maillage.kernel.own_contributions import LEAVING
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Page
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.rules import Permission

FOUND, SUCCESSORS, LAST = 20, 200, 50
FATES = {
    Fate.ENDS: lazy("Prend fin à l’instant"),
    Fate.PASSES: lazy("Passe à d’autres"),
    Fate.STAYS: lazy("Reste, à voir ensuite"),
}


class WithdrawalForm(KeyedForm):
    """Why somebody leaves, and who takes over."""

    successor = forms.ModelChoiceField(
        Person.objects.none(),
        label=lazy("Qui prend la suite"),
        required=False,
        empty_label=lazy("Personne : chacun le trouve dans sa file"),
        help_text=lazy(
            "Quelqu’un du même rôle et du même périmètre. Aucun dossier ne lui est ouvert de plus."
        ),
    )
    reason = forms.CharField(
        label=lazy("Motif"), max_length=500, help_text=lazy("Gardé au journal, jamais montré aux patients.")
    )

    def __init__(self, *args: Any, successors: QuerySet[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["successor"]
        field.queryset = successors
        field.label_from_instance = Person.get_full_name


class Oversight(Page):
    """What whoever withdraws people sees: the administration, the DPO."""

    permission = Permission.WITHDRAW_PEOPLE
    everywhere = True


class Departures(Oversight):
    """Whom to withdraw: found by a name, or because a role of theirs ends soon; who was."""

    template_name = "kernel/departures.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query, today = self.request.GET.get("q", "").strip(), timezone.localdate()
        found = Person.objects.filter(account_like(query)).order_by("search_name", "pk") if query else None
        soon = (
            RoleAssignment.objects.in_force(today)
            .filter(ends_on__lte=today + LEAVING, person__is_active=True)
            .select_related("person", "scope")
            .order_by("ends_on", "pk")
        )
        done = Departure.objects.select_related("person", "by", "successor")
        return super().get_context_data(
            query=query,
            found=None if found is None else list(found[:FOUND]),
            soon=[(one, presenters.role_name(one.role)) for one in soon[:LAST]],
            page=Paginator(done, LAST).get_page(self.request.GET.get("page")),
            **context,
        )


class LeavingPage(Oversight):
    """What the withdrawal of one person would do, counted, before it is done in one gesture."""

    template_name = "kernel/leaving.html"

    @cached_property
    def leaver(self) -> Person:
        """Who leaves. Raises Http404."""
        return get_object_or_404(Person, pk=self.kwargs["pk"])

    def form(self, *sent: Any) -> WithdrawalForm:
        """Return the form, with those who may take over."""
        keys = list(leaving.successors(self.leaver).values_list("pk", flat=True)[:SUCCESSORS])
        rows = Person.objects.filter(pk__in=keys).order_by("search_name", "pk")
        return WithdrawalForm(*sent, successors=rows)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = self.leaver
        found = leaving.preview(shown)
        context.setdefault("form", self.form())
        return super().get_context_data(
            shown=shown,
            roles=[
                (one, presenters.role_name(one.role))
                for one in shown.roles.filter(withdrawn_at=None).select_related("scope")
            ],
            groups=by_fate(found),
            is_self=shown.pk == self.person.pk,
            last=Departure.objects.filter(person=shown).first(),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Withdraw the person, and lead to what was done."""
        form = self.form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                done = leaving.withdraw_person(
                    by=self.person,
                    person=self.leaver,
                    reason=said["reason"],
                    key=said["key"],
                    successor=said["successor"],
                )
            except (ValidationError, PermissionDenied) as error:
                form.add_error(None, " ".join(getattr(error, "messages", [str(error)])))
            else:
                text = _("C’est fait : {name} ne voit plus rien dès maintenant.")
                messages.success(request, text.format(name=self.leaver.get_full_name()))
                return redirect("kernel:departure", pk=done.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class DeparturePage(Oversight):
    """What one departure ended and handed on, to whom, and what remains to be seen to."""

    template_name = "kernel/departure.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = Departure.objects.select_related("person", "by", "successor")
        shown = get_object_or_404(rows, pk=self.kwargs["pk"])
        successor = shown.successor.get_full_name() if shown.successor else ""
        groups = by_fate(leaving.report(shown))
        return super().get_context_data(shown=shown, groups=groups, successor=successor, **context)


def by_fate(found: Iterable[leaving.Concerned]) -> list[tuple[Any, str, list[leaving.Concerned]]]:
    """Return what a withdrawal concerns under the words of what becomes of it; nothing where none does."""
    rows = list(found)
    grouped = [(fate, str(FATES[fate]), [one for one in rows if one.what.fate is fate]) for fate in Fate]
    return [(fate, words, kept) for fate, words, kept in grouped if kept]
