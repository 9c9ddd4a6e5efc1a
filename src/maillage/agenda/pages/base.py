"""What the pages of one agenda share: the agenda of the address, and who may open it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

from maillage.agenda.actions import rights
from maillage.agenda.models import Agenda
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.kernel.rules import Permission


class OfAgenda(PermissionMixin):
    """A page of the agenda in the address, for whoever manages it."""

    permission = Permission.MANAGE_AGENDA

    @cached_property
    def agenda(self) -> Agenda:
        """The agenda. Raises Http404."""
        found = Agenda.objects.with_names().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse, before anything is read, whoever does not manage this agenda."""
        rights.require_manager(self.person, self.agenda)
        return super().dispatch(request, *args, **kwargs)

    def get_clock(self) -> Scope:
        """Return the scope of the agenda: its hours are those of its territory."""
        return self.agenda.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the agenda, and whether it is the visitor's own."""
        is_own = self.agenda.professional.account_id == self.person.pk
        return super().get_context_data(agenda=self.agenda, is_own=is_own, **context)  # type: ignore[misc, no-any-return]  # the page that this is mixed in with has it
