"""What the pages of governance share: the row of the address, forms that come back with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404

from maillage.governance.models import Body, MinutesApproval, Sitting
from maillage.governance.queries import rights
from maillage.governance.queries.bodies import body_seen_by
from maillage.governance.queries.minutes import content_of
from maillage.governance.queries.sittings import seen, sitting_seen_by
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.kernel.pages.gestures import FormGestures, RefusedFormError
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission


class Doing(FormGestures):
    """A page whose forms each do one thing, by name (`do`), then come back to it.

    A form that is refused comes back filled, open, with what is wrong; where somebody wrote meanwhile, how it
    stands is beside it (`standing`), and sending it again keeps what was chosen.
    """

    permission = Permission.SIT_IN_BODIES

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Say how a row stands where somebody wrote it meanwhile, and which forms are open."""
        return super().get_context_data(standing=self.standing, opens=set(self.forms_refused), **context)

    def kept_as(self, name: str, error: RefusedFormError) -> str:  # noqa: ARG002 (as its base)
        """Return the name of the form itself: one gesture may be about many rows."""
        return error.name

    def form(self, name: str, kind: Callable[..., forms.Form], **options: Any) -> forms.Form:
        """Return the form of a gesture on a row, named `gesture-row`."""
        made = super().form(name, kind, **options)
        made.gesture, _dash, made.row = name.partition("-")  # type: ignore[attr-defined]  # what its button sends, about which row
        return made

    def standing_said(self, row: Any) -> str:
        """Return the text of a row as it is now."""
        return getattr(row, "said", "") or getattr(row, "purpose", "")

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


class OfMinutes(OfSitting):
    """The minutes of one meeting of the address, once its hour has come."""

    @cached_property
    def minutes(self) -> tuple[dict[str, Any], MinutesApproval | None]:
        """What they say, and who approved them. Raises Http404 for a meeting to come, or cancelled."""
        if not self.sitting.has_begun or self.sitting.is_cancelled:
            raise Http404(self.sitting.pk)
        found = seen(self.sitting)
        return content_of(found) if found.approval is None else found.approval.content, found.approval
