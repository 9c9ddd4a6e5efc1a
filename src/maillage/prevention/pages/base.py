"""What the pages of prevention share: the campaign of the address, forms that come back as typed."""

from __future__ import annotations

from functools import cached_property

from django.http import Http404

from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.kernel.rules import Permission
from maillage.prevention.models import Campaign
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import Situation, situation


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
    def names(self) -> bool:
        """Whether the visitor may name somebody there: without anybody, a list of people is empty."""
        return bool(queries.scopes_named(self.person, [self.campaign.scope_id]))

    @cached_property
    def now(self) -> Situation:
        """Where the campaign stands today."""
        return situation(self.campaign)
