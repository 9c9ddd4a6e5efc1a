"""An invented campaign under way: people invited, refusing, done; a day next week with a lot; an action."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from maillage.directory import api as directory
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient, countable
from maillage.prevention.models import (
    Campaign,
    CommunityAction,
    DayEntry,
    DayStaff,
    Invitee,
    InviteeStep,
    PreventionAct,
    PreventionDay,
    TargetReason,
    VaccineLot,
)
from maillage.prevention.queries.campaigns import communes_of
from maillage.prevention.queries.targets import goal_of, target_of
from maillage.prevention.rules.targets import PersonFacts, eligible, season_start
from maillage.prevention.rules.vocabulary import Came, Did, Ground, Standing, Theme
from maillage.territory.api import Territory

FLU = "influenza"
_SINCE, _LEFT = 44, 70  # days
_DOSES = 40


@transaction.atomic
def create_demonstration_campaign(*, place: Territory, now: datetime) -> int:
    """Give a territory an invented campaign, once; return how many were made."""
    lead = demonstration_account(Role.PREVENTION_LEAD)
    communes = communes_of(place.scope)
    if lead is None or not communes or Campaign.objects.in_scope(place.scope).exists():
        return 0
    today = now.astimezone(place.zone).date()
    nurse = demonstration_account(Role.NURSE) or lead
    doctor = demonstration_account(Role.PHYSICIAN) or nurse
    caller = directory.Professional.objects.filter(account=doctor).first()
    # In French whoever prepares the demonstration: the label of the rule.
    campaign = Campaign.objects.create(
        by=lead, key=uuid4().hex, scope=place.scope, target=FLU, caller=caller,
        title=target_of(FLU).rule.label,
        first_day=today - timedelta(days=_SINCE), last_day=today + timedelta(days=_LEFT), goal=goal_of(FLU),
        at=now - timedelta(days=_SINCE), is_demonstration=True,
    )  # fmt: skip
    lot = VaccineLot.objects.create(
        by=lead, key=uuid4().hex, scope=place.scope, target=FLU, product="Vaccin grippe haute dose (inventé)",
        number="DEMO-2217", expires_on=today + timedelta(days=190), received=_DOSES, left=_DOSES,
    )  # fmt: skip
    VaccineLot.objects.create(
        by=lead, key=uuid4().hex, scope=place.scope, target=FLU,
        product="Vaccin grippe dose standard (inventé)", number="DEMO-1904",
        expires_on=today + timedelta(days=5), received=10, left=4,
    )  # fmt: skip
    day = PreventionDay.objects.create(
        campaign=campaign, by=lead, key=uuid4().hex, day=today + timedelta(days=8), commune=communes[0],
        place="Salle des fêtes", opens=9, closes=12, per_hour=6,
    )  # fmt: skip
    DayStaff.objects.bulk_create(
        DayStaff(day=day, professional=one)
        for one in directory.Professional.objects.filter(account__in=[doctor, nurse]).order_by("pk")
    )
    _people(campaign, day, lot, nurse, doctor, now, today)
    _actions(place, lead, today)
    return 1


def _people(
    campaign: Campaign, day: PreventionDay, lot: VaccineLot, nurse: Person, doctor: Person, now: datetime,
    today: date,
) -> None:  # fmt: skip
    target = target_of(FLU).target
    rows = Patient.objects.in_scope(campaign.scope).filter(countable(), is_demonstration=True).order_by("pk")
    concerned = [
        one for one in rows if eligible(PersonFacts(one.birth_date, one.sex), target, today).is_concerned
    ]
    earliest = max(campaign.first_day, season_start(today, target.season_month))
    span = max((today - earliest).days, 1)
    hours = list(day.hours)
    used = registered = 0
    for rank, patient in enumerate(concerned):
        turn = rank % 8
        done_on = min(earliest + timedelta(days=rank * 5 % span), today)
        by = (nurse, doctor)[rank % 2]
        if turn in {0, 2, 5} and used < _DOSES:
            PreventionAct.objects.create(
                patient=patient, target=FLU, done_on=done_on, by=nurse, key=uuid4().hex, lot=lot
            )
            used += 1
        elif turn == 7:
            PreventionAct.objects.create(
                patient=patient, target=FLU, done_on=done_on, is_declared=True, by=by, key=uuid4().hex
            )
        elif turn == 1:
            _stands(campaign, patient, by, Standing.INVITED, Did.NO_ANSWER, now, again_on=today)
        elif turn == 3 and rank % 16 == 3:
            _stands(
                campaign, patient, by, Standing.REFUSED, Did.REFUSED, now, words="Ne souhaite pas de vaccin."
            )
        elif turn == 4 and registered < 6:
            _stands(campaign, patient, by, Standing.COMING, Did.WILL_COME, now)
            DayEntry.objects.create(
                day=day, patient=patient, hour=hours[registered % len(hours)], by=by, key=uuid4().hex,
                came=Came.REGISTERED,
            )  # fmt: skip
            registered += 1
        elif turn == 6 and rank % 16 == 6:
            later = today + timedelta(days=6)
            _stands(campaign, patient, by, Standing.INVITED, Did.LATER, now, again_on=later)
        elif turn == 3 and rank == 11:
            TargetReason.objects.create(
                patient=patient, target=FLU, reason=Ground.CONTRAINDICATION, by=doctor, key=uuid4().hex
            )
    VaccineLot.objects.in_scope(campaign.scope).filter(pk=lot.pk).update(left=_DOSES - used)


def _stands(
    campaign: Campaign, patient: Patient, by: Person, standing: Standing, did: Did, now: datetime, *,
    again_on: date | None = None, words: str = "",
) -> None:  # fmt: skip
    at = now - timedelta(days=6, hours=patient.pk % 7)
    row = Invitee.objects.create(
        campaign=campaign, patient=patient, by=by, at=at, standing=standing, asked=1, again_on=again_on
    )
    InviteeStep.objects.create(
        invitee=row, did=did, by=by, at=at, key=uuid4().hex, words=words,
        until=again_on if did is Did.LATER else None,
    )  # fmt: skip


def _actions(place: Territory, lead: Person, today: date) -> None:
    communes = communes_of(place.scope)
    for days, title, theme, where, partners, reached in (
        (
            -18,
            "Bien manger avec un petit budget",
            Theme.FOOD,
            "Marché couvert",
            "Mairie, épicerie sociale",
            46,
        ),
        (12, "Marche du dimanche, ouverte à tous", Theme.ACTIVITY, "Voie verte", "Club de randonnée", None),
    ):
        CommunityAction.objects.create(
            by=lead, key=uuid4().hex, scope=place.scope, title=title, theme=theme, place=where,
            held_on=today + timedelta(days=days), commune=communes[abs(days) % len(communes)],
            partners=partners, reached=reached, is_demonstration=True,
        )  # fmt: skip
