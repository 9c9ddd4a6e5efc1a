"""What the pages of prevention share: the campaign of the address, forms that come back as typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.rules import Permission
from maillage.prevention.models import Campaign
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import Situation, situation


class RefusedFormError(Exception):
    """A form that is not valid: the page is drawn again with it."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__()
        self.form = form


class Doing(Page):
    """A page whose forms each do one thing, by name (`do`), then come back to it.

    A form that is refused comes back filled, open, with what is wrong.
    """

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form of the page does; each returns the sentence that says it is done."""
        raise NotImplementedError

    def here(self) -> str:
        """Return the address to come back to."""
        return self.request.path

    @cached_property
    def refused(self) -> dict[str, forms.Form]:
        """The forms that were refused in this request, by gesture."""
        return {}

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Do what one form of the page asks, or draw the page again with it."""
        name = request.POST.get("do", "")
        done = self.gestures().get(name)
        try:
            if done is None:
                raise ValidationError(_("Ce geste n’est pas connu : rechargez la page."))
            messages.success(request, done())
        except RefusedFormError as error:
            self.refused[name] = error.form
            return self.render_to_response(self.get_context_data(), status=422)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self.here())

    def form(self, name: str, kind: Callable[..., forms.Form], **options: Any) -> forms.Form:
        """Return the form of a gesture: the one that was refused, or a blank one; ids of its own."""
        made = self.refused.get(name) or kind(auto_id=f"id_{name}_%s", **options)
        made.gesture = name  # type: ignore[attr-defined]  # what its button sends
        return made

    def send(
        self,
        name: str,
        kind: Callable[..., forms.Form],
        write: Callable[[dict[str, Any]], Any],
        **options: Any,
    ) -> Any:
        """Read the form of a gesture and write it. Raises RefusedFormError, every defect in its place."""
        form = kind(self.request.POST, auto_id=f"id_{name}_%s", **options)
        if not form.is_valid():
            raise RefusedFormError(form)
        try:
            return write(form.cleaned_data)
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                form.add_error(None, error)
            else:
                for field, said in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, said)
            raise RefusedFormError(form) from error


class OfCampaign(PermissionMixin):
    """One campaign of the address (`pk`). Raises Http404 for one of another territory."""

    permission = Permission.VIEW_PREVENTION

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign."""
        found = queries.campaign_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the campaign."""
        return self.campaign.scope

    @cached_property
    def manages(self) -> bool:
        """Whether the visitor manages prevention there."""
        return access.may(self.person, Permission.MANAGE_PREVENTION, self.campaign.scope)

    @cached_property
    def now(self) -> Situation:
        """Where the campaign stands today."""
        return situation(self.campaign)
