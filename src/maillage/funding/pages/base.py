"""What the pages of funding have in common: a territory of the address, a form alone on its page."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from maillage.funding.models import Contract, Operation
from maillage.funding.queries.contracts import contract_seen_by, places_of
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before


class OfPlace(PermissionMixin):
    """One territory of the address (`place`), whose money the visitor sees; Http404 elsewhere.

    Without one in the address, the first of theirs.
    """

    permission = Permission.VIEW_FUNDING

    @cached_property
    def places(self) -> list[Scope]:
        """The territories whose money the visitor sees."""
        return places_of(self.person)

    @cached_property
    def scope(self) -> Scope:
        """The territory."""
        asked = self.kwargs.get("place")
        found = next((one for one in self.places if asked in {None, one.pk}), None)
        if found is None:
            raise Http404(asked)
        return found

    @property
    def keeps(self) -> bool:
        """Whether the visitor keeps the money of the territory."""
        return access.may(self.person, Permission.MANAGE_FUNDING, self.scope)

    @property
    def sees_pay(self) -> bool:
        """Whether the visitor sees who is paid what."""
        return access.may(self.person, Permission.VIEW_DUTY_PAY, self.scope)

    def require_pay(self) -> None:
        """Raise PermissionDenied unless the visitor sees who is paid what in the territory."""
        access.require(self.person, Permission.VIEW_DUTY_PAY, self.scope)

    def require_keeping(self) -> None:
        """Raise PermissionDenied unless the visitor keeps the money of the territory."""
        access.require(self.person, Permission.MANAGE_FUNDING, self.scope)

    def get_clock(self) -> Scope | None:
        """Return the territory."""
        return self.scope

    @cached_property
    def today(self) -> Any:
        """The day it is there."""
        return clock.today(self.scope)

    @property
    def wrote_already(self) -> bool:
        """Whether the form that is sent has written an operation: a double click."""
        key = self.request.POST.get("key", "")[:64].replace("\x00", "")
        return bool(key) and made_before(Operation, by=self.person, key=key) is not None

    @property
    def home(self) -> str:
        """The address of the first page of the territory's money."""
        return reverse("funding:overview", args=[self.scope.pk])


class OfContract(OfPlace):
    """One contract of the address (`pk`); Http404 for one of another territory."""

    @cached_property
    def contract(self) -> Contract:
        """The contract."""
        found = contract_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of the contract."""
        return self.contract.scope

    @property
    def page(self) -> str:
        """The address of the contract."""
        return reverse("funding:contract", args=[self.contract.pk])


class FormPage(OfPlace, Page):
    """A form alone on its page: what is wrong is said beside it, and nothing typed is lost.

    A subclass names `form_class`, says `heading`, `finding` and `button`, and does it in `act`, which returns
    where to go.
    """

    template_name = "funding/form.html"
    permission = Permission.MANAGE_FUNDING
    form_class: ClassVar[type[forms.Form]]
    heading: ClassVar[Any] = ""
    finding: ClassVar[Any] = ""
    button: ClassVar[Any] = ""

    @property
    def back(self) -> str:
        """Where one goes without doing it."""
        return self.home

    def form_options(self) -> dict[str, Any]:
        """Return what the form is made with."""
        return {}

    def initial(self) -> dict[str, Any]:
        """Return what is in the form before anything is typed."""
        return {}

    def act(self, data: dict[str, Any]) -> str:
        """Do it, and return the address of the page that shows it."""
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.require_keeping()
        context.setdefault("form", self.form_class(initial=self.initial(), **self.form_options()))
        said = {"heading": self.heading, "said": self.finding, "button": self.button}
        return super().get_context_data(back=self.back, **said, **context)

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Do it, or say what to mend."""
        self.require_keeping()
        self.bound: Any = self.form_class(request.POST, request.FILES or None, **self.form_options())
        form = self.bound
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.act(form.cleaned_data))
            except ValidationError as error:
                _say(form, error)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _say(form: forms.Form, error: ValidationError) -> None:
    """Put each sentence beside its field, the others above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def require_own_or_pay(person: Person, scope: Scope, *, is_own: bool) -> None:
    """Raise PermissionDenied unless somebody reads their own pay, or sees that of all in a territory."""
    if not is_own and not access.may(person, Permission.VIEW_DUTY_PAY, scope):
        raise PermissionDenied
