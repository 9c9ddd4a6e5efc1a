"""Each person's own account, and the sign-in of the demonstration."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from maillage.kernel import sign_in
from maillage.kernel.models import Entry
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Role

LAST_ENTRIES = 20


class Account(Page):
    """My roles, my second factor, what the journal says I did."""

    permission = None
    template_name = "kernel/account.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        person = self.person
        roles = person.roles.select_related("scope").order_by("-starts_on", "pk")
        entries = Entry.objects.filter(by=person).select_related("by")[:LAST_ENTRIES]
        return super().get_context_data(
            roles=[
                (role, presenters.role_name(role.role), presenters.permissions_of(role.role))
                for role in roles
            ],
            has_second_factor=get_adapter().is_mfa_enabled(person),
            rows=presenters.entries(entries),
            **context,
        )


@login_not_required
@require_http_methods(["GET", "POST"])
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Show the demonstration accounts; POST `role` signs in as that one. 404 outside a demonstration."""
    if not settings.DEMO:
        raise Http404
    if request.method == "GET":
        accounts = [(role, presenters.role_name(role), sign_in.account_in_one_click(role)) for role in Role]
        asked = request.GET.get("role", "")
        return render(request, "kernel/demo_sign_in.html", {"accounts": accounts, "asked": asked})
    role = request.POST.get("role", "")
    person = sign_in.account_in_one_click(Role(role)) if role in set(Role) else None
    if person is None:
        raise Http404
    sign_in.sign_in_demonstration(request, person)
    next_url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure())
    # Only an address: `redirect` takes a word without a slash for the name of a page.
    return redirect(next_url if safe and next_url.startswith("/") else settings.LOGIN_REDIRECT_URL)
