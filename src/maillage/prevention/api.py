"""The front door of prevention: what each campaign has covered, in counts that may be published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.kernel.models import Scope
from maillage.prevention.models import Campaign
from maillage.prevention.queries.situations import situation

__all__ = ["CampaignFigure", "campaign_figures"]


@dataclass(frozen=True, slots=True)
class CampaignFigure:
    """The coverage of a campaign on a day: None where secrecy hides it."""

    campaign: int
    title: str
    target: str
    concerned: int | None
    covered: int | None
    declared: int | None
    goal: int


def campaign_figures(scope: Scope, day: date) -> list[CampaignFigure]:
    """Return the coverage of each open campaign of a scope on a day."""
    found = []
    for campaign in Campaign.objects.in_scope(scope).open().select_related("scope", "practice"):
        now = situation(campaign, day)
        shown = not now.is_secret
        found.append(
            CampaignFigure(
                campaign.pk,
                campaign.title,
                campaign.target,
                now.concerned if shown else None,
                now.covered if shown else None,
                now.declared if shown else None,
                campaign.goal,
            )
        )
    return found
