"""What `prevention` brings to the shared pages: the campaign at work, its next day, an invented campaign."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import (
    SHOWN,
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Line,
    Panel,
    Verb,
    Waiting,
    Waits,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people import api as people
from maillage.prevention.actions.demonstration import create_demonstration_campaign
from maillage.prevention.models import Campaign, CommunityAction, PreventionDay, VaccineLot
from maillage.prevention.models.records import PROCESSING, RECORDS
from maillage.prevention.pages import words
from maillage.prevention.pages.blocks import HELD_CALLS, call_lines, prevention_panel
from maillage.prevention.queries.campaigns import (
    calls_pending,
    calls_waiting,
    campaigns_seen,
    next_days,
    to_ask_again,
)
from maillage.territory.api import Territory

#: Who calls: those whom the circle of care may open the health part of a file to.
CALLERS = frozenset({Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHARMACIST, Role.PHYSIOTHERAPIST})


def campaigns_at_work(person: Person) -> Waiting | None:
    """Return the open campaigns of a person: reminders due, the next day; three statements, nobody named.

    The coverage against the goal is the finding of the page of the first one, which takes its place.
    """
    today = timezone.localdate()
    standing = [one for one in campaigns_seen(person) if one.is_open]
    if not standing:
        return None
    again = to_ask_again(person, today)
    lines = [_campaign_line(one, again.get(one.pk, 0)) for one in standing[:2]]
    lines += [
        Line(
            one.day.place,
            reverse("prevention:day", args=[one.day.campaign_id, one.day.pk]),
            f"{formats.date_short(one.day.day)} · {words.day_words(one)}",
        )
        for one in next_days(person, today)[: SHOWN - len(lines)]
    ]
    due = sum(again.values())
    said = ngettext("{count} relance de prévention à faire", "{count} relances de prévention à faire", due)
    page = reverse("prevention:campaign", args=[standing[0].pk])
    return Waiting(
        _("Campagnes de prévention"),
        tuple(lines),
        said.format(count=formats.number(due)) if due else "",
        reverse("prevention:campaigns"),
        _("Toutes les campagnes"),
        finding_url=page,
    )


def _campaign_line(one: Campaign, again: int) -> Line:
    said = ngettext("{count} relance à faire", "{count} relances à faire", again)
    detail = said.format(count=formats.number(again)) if again else _("aucune relance aujourd’hui")
    return Line(one.title, reverse("prevention:campaign", args=[one.pk]), detail)


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory an invented campaign under way, a day next week, an action in the community."""
    create_demonstration_campaign(place=place, now=now)


CONTRIBUTION = Contribution(
    "prevention",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Prévention"),
            "prevention:campaigns",
            "target",
            lazy("Inviter qui est concerné, tenir des journées, noter les actes, voir la couverture."),
            Permission.VIEW_PREVENTION,
            within=("prevention:",),
            order=70,
        ),
    ),
    panels=(Panel("prevention.acts", people.Part.HEALTH.value, "prévention", prevention_panel, order=40),),
    inbox=(
        InboxSource(
            "prevention.call",
            lazy("Prévention : à rappeler"),
            "phone",
            CALLERS,
            Waits(calls_waiting, "at", asked=calls_pending),
            call_lines,
            order=38,
            confided=Confided(InboxGroup.CALLS, HELD_CALLS),
        ),
    ),
    first_screen=(Block("prevention.campaigns", {Role.PREVENTION_LEAD: 1}, campaigns_at_work),),
    demonstrate=demonstrate,
    named_in_journal=(Campaign, CommunityAction, PreventionDay, VaccineLot),
    told_of_leavers=(
        "prevention.campaign.by",
        "prevention.campaign.caller",
        "prevention.campaign.closed_by",
        "prevention.communityaction.by",
        "prevention.dayentry.by",
        "prevention.daystaff.professional",
        "prevention.invitee.by",
        "prevention.inviteestep.by",
        "prevention.letterrun.by",
        "prevention.letterrun.posted_by",
        "prevention.preventionact.by",
        "prevention.preventionact.taken_back_by",
        "prevention.preventionday.by",
        "prevention.targetreason.by",
        "prevention.targetreason.ended_by",
        "prevention.vaccinelot.by",
    ),
    records=RECORDS,
    processing=PROCESSING,
)
