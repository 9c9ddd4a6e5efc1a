"""What the pages of a roster share: the roster of the address, who may open it, refusals said as messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.kernel.parameters import asked_day
from maillage.kernel.rules import Permission
from maillage.roster.models import Roster, Volunteer
from maillage.roster.queries.exchanges import volunteer_of
from maillage.roster.rules.errors import RosterError


class OfRoster(PermissionMixin):
    """A page of the roster in the address, for whoever reads the rosters of its territory."""

    permission = Permission.VIEW_ROSTER

    @cached_property
    def roster(self) -> Roster:
        """The roster. Raises Http404."""
        rows = Roster.objects.select_related("sector__territory__scope")
        return get_object_or_404(rows, pk=self.roster_key())

    def roster_key(self) -> int:
        """The roster's number; the address's own unless a subclass finds it elsewhere."""
        return int(self.kwargs["pk"])

    def get_scope(self) -> Scope:
        return self.roster.sector.territory.scope

    @property
    def manages(self) -> bool:
        """Whether the visitor keeps this roster."""
        return access.may(self.person, Permission.MANAGE_ROSTER, self.get_scope())

    @cached_property
    def me(self) -> Volunteer | None:
        """The volunteer that the visitor is in the sector, None where they are not."""
        return volunteer_of(self.person, self.roster.sector)

    @cached_property
    def sees_pay(self) -> bool:
        """Whether the visitor may read what everybody did and is paid for it."""
        return access.may(self.person, Permission.VIEW_DUTY_PAY, self.get_scope())

    @property
    def sees_balance(self) -> bool:
        """Whether the visitor may read how the burden is shared: with those who share it."""
        return self.sees_pay or self.me is not None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the roster, and what the visitor may do with it and read of it."""
        return super().get_context_data(  # type: ignore[misc, no-any-return]  # the page that this is mixed in with has it
            roster=self.roster, manages=self.manages, sees_balance=self.sees_balance, **context
        )

    def done(self, write: Callable[[], object], said: str) -> HttpResponse:
        """Write, say so or say why not, and come back to the roster."""
        try:
            write()
        except RosterError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, said)
        return redirect(self.back_url(self.request))

    def back_url(self, request: HttpRequest) -> str:
        """The page the form was on: the roster on the month shown, its steps, one's own duties."""
        origin = request.POST.get("retour", "")
        if origin == "own_duties":
            return reverse("roster:own_duties")
        if origin == "steps":
            return reverse("roster:steps", args=[self.roster.pk])
        month = request.POST.get("mois", "")
        root = reverse("roster:detail", args=[self.roster.pk])
        return f"{root}?mois={month}" if asked_day(f"{month}-01") else root
