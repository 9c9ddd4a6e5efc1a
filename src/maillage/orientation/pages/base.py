"""What the desk's pages share: which desk the visitor works at, and the request of the address."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Page, PermissionMixin, back_to
from maillage.kernel.rules import Permission
from maillage.orientation import api
from maillage.orientation.models import Request

CHOSEN = "orientation_desk"  # the session's key


def desks_of(person: Person, permission: Permission) -> list[Scope]:
    """Return the scopes where `person` has `permission`, by name; all territories where it is everywhere."""
    held = access.scopes_of(person, permission)
    if held is None:
        return list(Scope.objects.filter(kind="territory").order_by("label", "pk"))
    return sorted({one.pk: one for one in held}.values(), key=lambda one: (one.label, one.pk))


class OfDesk(PermissionMixin):
    """A page of the desk where the visitor regulates; `?bureau=` changes desks, and the session keeps it."""

    permission = Permission.REGULATE

    @cached_property
    def scopes(self) -> list[Scope]:
        """The desks where the visitor may regulate, by name."""
        return desks_of(self.person, Permission.REGULATE)

    @cached_property
    def scope(self) -> Scope:
        """The desk at work. Raises PermissionDenied, with a sentence to show, where there is none."""
        asked = self.request.GET.get("bureau") or self.request.session.get(CHOSEN)
        chosen = next((one for one in self.scopes if str(one.pk) == str(asked)), None)
        if chosen is None and not self.scopes:
            raise PermissionDenied(_("Aucun bureau de régulation : demandez un rôle dans un territoire."))
        chosen = chosen or self.scopes[0]
        if "bureau" in self.request.GET:
            self.request.session[CHOSEN] = chosen.pk
        return chosen

    def get_clock(self) -> Scope:
        """Return the desk: what is said there as an hour is an hour of its territory."""
        return self.scope


class OfRequest(OfDesk):
    """A page about the request of the address, of one of the visitor's desks."""

    @cached_property
    def asked(self) -> Request:
        """The request. Raises Http404."""
        found = api.request_at(self.scopes, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope:
        """Return the scope of the request, whichever desk is at work."""
        return self.asked.scope

    def back(self, step: str = "") -> HttpResponse:
        """Return to the request's screen, at a step where the screen is narrow."""
        return redirect(self.address(step))

    def address(self, step: str = "") -> str:
        """Return the address of the request's screen, at a step where the screen is narrow."""
        return reverse("orientation:request", args=[self.asked.pk]) + (f"?etape={step}" if step else "")

    def read_again(self) -> None:
        """Forget the request as it was read: an action changed it."""
        self.__dict__.pop("asked", None)


def is_partial(request: HttpRequest) -> bool:
    """Return whether a script asks for what changes; the history of a browser asks for the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def shown_page(page: type[Page], request: HttpRequest, address: str, **parts: int) -> HttpResponse:
    """Answer an action with the page `page` of `address` as it now is, its shell left out.

    `parts` are those of the address. Without a script, the browser goes there, or where the form asks.
    """
    if not is_partial(request):
        return back_to(request, address)
    view = page()
    view.setup(request, **parts)
    answer = view.render_to_response(view.get_context_data(main_only=True))
    answer["HX-Push-Url"] = address
    return answer


def key_of(request: HttpRequest) -> str:
    """Return the idempotency key of a posted form. Raises Http404 without one."""
    key: Any = request.POST.get("key", "")[:64]
    if not key:
        raise Http404("key")
    return str(key)
