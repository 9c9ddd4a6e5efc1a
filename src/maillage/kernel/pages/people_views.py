"""The administrator's pages: who has an account, which roles, from when to when."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from maillage.kernel import access, actions
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.name_search import account_like
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin
from maillage.kernel.pages.forms import InvitationForm, ReasonForm, RoleForm
from maillage.kernel.rules import Permission

PER_PAGE = 50


class ManagerMixin(PermissionMixin):
    """What someone who manages accounts in some scopes may see there."""

    permission = Permission.MANAGE_ACCOUNTS

    def scopes(self) -> QuerySet[Scope]:
        """Return the scopes where the person manages accounts."""
        managed = access.scopes_of(self.person, Permission.MANAGE_ACCOUNTS)
        every = Scope.objects.order_by("label")
        return every if managed is None else every.filter(pk__in=[scope.pk for scope in managed])

    def manages_everywhere(self) -> bool:
        """Return whether that is the whole installation."""
        return access.may_everywhere(self.person, Permission.MANAGE_ACCOUNTS)

    def people(self) -> QuerySet[Person]:
        """Return the people the person may see: all, or those with a role in the scopes, or with none yet."""
        every = Person.objects.order_by("search_name", "pk")
        if self.manages_everywhere():
            return every
        return every.filter(Q(roles__scope__in=self.scopes()) | Q(roles=None)).distinct()

    def role_form(self, data: Any = None) -> RoleForm:
        """Return the form that gives a role in those scopes."""
        return RoleForm(data, scopes=self.scopes(), everywhere=self.manages_everywhere())


class People(ManagerMixin, Page):
    """Everybody with an account, searched by name or address; a form to invite one more."""

    template_name = "kernel/people.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET.get("q", "").strip()
        found = self.people().filter(account_like(query)) if query else self.people()
        page = Paginator(found.prefetch_related("roles__scope"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        context.setdefault("form", InvitationForm())
        people = [
            (
                person,
                [(role, presenters.role_name(role.role)) for role in person.roles.all() if role.is_in_force],
            )
            for person in page
        ]
        return super().get_context_data(
            query=query, page_query=urlencode({"q": query}), page=page, people=people, **context
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite a person, then go to their page to give the first role."""
        form = InvitationForm(request.POST)
        if form.is_valid():
            site = request.build_absolute_uri("/").rstrip("/")
            try:
                person = actions.invite_person(by=self.person, site=site, **form.cleaned_data)
            except ValidationError as error:
                form.add_error("email", error)
            else:
                text = _("Compte créé pour {name} : donnez-lui maintenant un rôle.")
                messages.success(request, text.format(name=person))
                return redirect("kernel:person", pk=person.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PersonPage(ManagerMixin, Page):
    """One person: roles past and present, a form to give one more, the closing of the account."""

    template_name = "kernel/person.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = get_object_or_404(self.people(), pk=self.kwargs["pk"])
        managed = set(self.scopes().values_list("pk", flat=True))
        roles = shown.roles.select_related("scope").order_by("-starts_on", "-pk")
        context.setdefault("form", self.role_form())
        return super().get_context_data(
            shown=shown,
            roles=[
                (role, presenters.role_name(role.role), role.scope_id in managed or self.manages_everywhere())
                for role in roles
            ],
            everywhere=self.manages_everywhere(),
            is_self=shown.pk == self.person.pk,
            reason_form=ReasonForm(),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the person a role."""
        shown = get_object_or_404(self.people(), pk=pk)
        form = self.role_form(request.POST)
        if form.is_valid():
            asked = {name: form.cleaned_data[name] for name in ("scope", "starts_on", "ends_on")}
            try:
                actions.grant_role(by=self.person, person=shown, role=form.chosen_role(), **asked)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Rôle donné à {name}.").format(name=shown))
                return redirect("kernel:person", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RoleEnd(ManagerMixin, Endpoint):
    """Withdraws a role at once."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assignment = get_object_or_404(RoleAssignment, pk=pk, person__in=self.people())
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Dites pourquoi ce rôle est retiré : le motif est gardé au journal."))
        else:
            _try(
                request,
                lambda: actions.end_role(by=self.person, assignment=assignment, **form.cleaned_data),
                _("Rôle retiré : il ne permet plus rien dès maintenant."),
            )
        return redirect("kernel:person", pk=assignment.person_id)


class AccountState(ManagerMixin, Endpoint):
    """Closes or reopens an account, at once."""

    everywhere = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        shown = get_object_or_404(self.people(), pk=pk)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Dites pourquoi : le motif est gardé au journal."))
            return redirect("kernel:person", pk=pk)
        reason = form.cleaned_data["reason"]
        if shown.is_active:
            done = _("Compte fermé : la personne ne peut plus entrer dès maintenant.")
            _try(request, lambda: actions.close_account(by=self.person, person=shown, reason=reason), done)
        else:
            done = _("Compte rouvert.")
            _try(request, lambda: actions.reopen_account(by=self.person, person=shown, reason=reason), done)
        return redirect("kernel:person", pk=pk)


def _try(request: HttpRequest, act: Any, done: str) -> None:
    """Run an action and say what came of it."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
