"""What the pages of governance share: the row of the address, forms that come back with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from maillage.governance.actions.writing import StaleError
from maillage.governance.models import Body, Sitting
from maillage.governance.queries import rights
from maillage.governance.queries.bodies import body_seen_by
from maillage.governance.queries.sittings import sitting_seen_by
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission


class RefusedFormError(Exception):
    """A form that is not valid: the page is drawn again with it."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__()
        self.form = form


class Doing(Page):
    """A page whose forms each do one thing, by name (`do`), then come back to it.

    A form that is refused comes back filled, open, with what is wrong; where somebody wrote meanwhile, how it
    stands is beside it (`standing`), and sending it again keeps what was chosen.
    """

    permission = Permission.SIT_IN_BODIES

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form of the page does; each returns the sentence that says it is done."""
        raise NotImplementedError

    def here(self) -> str:
        """Return the address to come back to."""
        return self.request.path

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Say how a row stands where somebody wrote it meanwhile, and which forms are open."""
        standing = [getattr(one, "standing", "") for one in self.refused.values()]
        return super().get_context_data(
            standing=standing[0] if standing else "", opens=set(self.refused), **context
        )

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
            self.refused[getattr(error.form, "gesture", name)] = error.form
            return self.render_to_response(self.get_context_data(), status=422)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self.here())

    def form(self, name: str, kind: Callable[..., forms.Form], **options: Any) -> forms.Form:
        """Return the form of a gesture: the one that was refused, or a blank one; ids of its own."""
        made = self.refused.get(name) or kind(auto_id=f"id_{name}_%s", **options)
        made.gesture = name.split("-")[0]  # type: ignore[attr-defined]  # what its button sends
        made.row = name.partition("-")[2]  # type: ignore[attr-defined]  # the row it is about, where there are many
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
        form.gesture = name  # type: ignore[attr-defined]  # under which it comes back
        if not form.is_valid():
            raise RefusedFormError(form)
        try:
            return write(form.cleaned_data)
        except StaleError as error:
            form.add_error(None, " ".join(error.messages))
            row = error.standing
            form.standing = getattr(row, "said", "") or getattr(row, "purpose", "")  # type: ignore[attr-defined]  # read by the page
            # Sent again, it replaces what is shown beside it.
            sent = self.request.POST.copy()
            sent["base"] = str(row.version)
            form.data = sent
            raise RefusedFormError(form) from error
        except ValidationError as error:
            if not hasattr(error, "error_dict"):
                form.add_error(None, error)
            else:
                for field, said in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, said)
            raise RefusedFormError(form) from error

    def row(self) -> int:
        """Return the key of the row that a form is about. Raises Http404 for none."""
        found = row_key(self.request.POST.get("row"))
        if not found:
            raise Http404
        return found


class OfBody(PermissionMixin):
    """One body of the address (`pk`). Raises Http404 for one that the visitor neither follows nor sits in."""

    permission = Permission.SIT_IN_BODIES

    @cached_property
    def body(self) -> Body:
        """The body."""
        found = body_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the body."""
        return self.body.scope

    @cached_property
    def keeps(self) -> bool:
        """Whether the visitor keeps the meetings of the body."""
        return self.body.closed_on is None and rights.keeps(self.person, self.body)

    @cached_property
    def manages(self) -> bool:
        """Whether the visitor writes the body itself, its colleges and its seats."""
        return access.may(self.person, Permission.MANAGE_GOVERNANCE, self.body.scope)


class OfSitting(OfBody):
    """One meeting of the address (`pk`)."""

    @cached_property
    def sitting(self) -> Sitting:
        """The meeting. Raises Http404."""
        found = sitting_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def body(self) -> Body:
        """Its body."""
        return self.sitting.body
