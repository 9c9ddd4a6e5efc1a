"""A believable permanence of care for the demonstration: always the same for the same day.

Sectors around the largest towns, the invented doctors as volunteers, a roster done, one running, the next in
draft, a doctor who asks to be replaced, and the nurses who share an on-call of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.roster.actions import exchanges, rosters, sectors, solving
from maillage.roster.computations import propose
from maillage.roster.models import Assignment, Exchange, Roster, Sector, StateChange, Volunteer
from maillage.roster.rules.blocks import BlockKind, Hours, Period
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.workflow import State, add_months
from maillage.territory import api as territory
from maillage.territory.api import calendar_of

MOST_SECTORS, DOCTORS_A_SECTOR, FEWEST_VOLUNTEERS = 4, 5, 6
FEWEST_NURSES, MOST_NURSES = 4, 8
MONTHS = 3
_OPTIONS = (BlockKind.SATURDAY_PM, BlockKind.BRIDGE_MONDAY, BlockKind.BRIDGE_FRIDAY)
#: Each step of a roster and how many days before its first day it was taken.
_BEFORE = (
    (State.DRAFT, 75), (State.SENT, 58), (State.VALIDATED, 40), (State.TRANSMITTED, 20), (State.RUNNING, 0),
)  # fmt: skip
#: The same, after its last day.
_AFTER = ((State.CLOSED, 1), (State.DUTY_DONE, 5))

Doctor = tuple[directory.Professional, territory.Commune]


@transaction.atomic
def create_demonstration_roster(*, by: Person | None, place: territory.Territory, today: date) -> int:
    """Give a territory its invented rosters; return how many sectors there are. Again, it changes nothing.

    Needs the accounts and the directory of the demonstration: without its coordinator or its doctors nothing
    is made.
    """
    known = Sector.objects.filter(territory=place).count()
    keeper = demonstration_account(Role.COORDINATOR, place.scope)
    if known or keeper is None:
        return known
    doctors = _doctors(place)
    if not doctors:
        return 0
    shared = _sectors(_communes(place), len(doctors))
    made = [_sector(keeper, place, communes, doctors) for communes in shared]
    first = (today - timedelta(days=7)).replace(day=1)
    for sector in made:
        _done(keeper, sector, add_months(first, -MONTHS))
        _running(keeper, sector, first)
        _next(keeper, sector, add_months(first, MONTHS))
    _replacement(keeper, made, today)
    _shared(keeper, place, shared, first)
    if made:
        target, changes = journal.target_of(place), {"sectors": len(made)}
        journal.record(
            by=by, verb="roster.demonstration_created", target=target, changes=changes, scope=place.scope_id
        )
    return len(made)


def _communes(place: territory.Territory) -> list[territory.Commune]:
    rows = territory.Commune.objects.filter(code__in=territory.member_codes(place)).exclude(
        sector_memberships__is_pdsa=True
    )
    return list(rows.order_by("-population", "code"))


def _doctors(place: territory.Territory) -> list[Doctor]:
    """Return the invented general practitioners, each with the commune of the first place of practice."""
    codes = territory.member_codes(place)
    rows = directory.Membership.objects.filter(
        professional__is_demonstration=True, structure__commune__in=codes
    ).select_related("professional", "structure__commune")
    found: dict[int, Doctor] = {}
    for one in rows.order_by("professional_id", "pk"):
        commune = one.structure.commune
        if one.professional.is_general_practitioner and commune is not None:
            found.setdefault(one.professional_id, (one.professional, commune))
    return list(found.values())


def _sectors(communes: Sequence[territory.Commune], doctors: int) -> list[list[territory.Commune]]:
    """Share the communes between large towns far from one another; the town comes first in its sector.

    Communes that keep other public holidays are never of one sector.
    """
    found: list[list[territory.Commune]] = []
    for calendar in dict.fromkeys(calendar_of(one.departement) for one in communes):
        alike = [one for one in communes if calendar_of(one.departement) is calendar]
        seats = alike[:1]
        while len(seats) < min(doctors // DOCTORS_A_SECTOR, MOST_SECTORS, len(alike)):
            seats.append(max(alike, key=lambda one: one.population * _nearest(one, seats)[0]))
        members: dict[str, list[territory.Commune]] = {seat.code: [] for seat in seats}
        for one in sorted(alike, key=lambda one: one not in seats):
            members[_nearest(one, seats)[1]].append(one)
        found += members.values()
    return found


def _nearest(one: territory.Commune, seats: Sequence[territory.Commune]) -> tuple[float, str]:
    return min((_distance(one, seat), seat.code) for seat in seats)


def _distance(one: territory.Commune, other: territory.Commune) -> float:
    east = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(east, one.lat - other.lat)


def _shared(
    keeper: Person, place: territory.Territory, shared: Sequence[Sequence[territory.Commune]], first: date
) -> None:
    """Let the nurses of the first sector share an on-call of their own, every evening."""
    communes = shared[0] if shared else []
    nurses = directory.Professional.objects.filter(
        is_demonstration=True,
        profession=directory.Profession.NURSE.value,
        memberships__structure__commune__in=[one.pk for one in communes],
    )
    people = list(nurses.distinct().order_by("pk")[:MOST_NURSES])
    if len(people) < FEWEST_NURSES:
        return
    evening = Period(frozenset(range(7)), Hours(time(19), time(23)), on_holidays=True)
    sector = sectors.create_sector(
        by=keeper,
        place=place,
        name=f"Soins infirmiers du soir, {communes[0].name}",
        communes=communes,
        periods=[evening],
        profession=directory.Profession.NURSE,
    )
    for one in people:
        sectors.set_volunteer(by=keeper, sector=sector, professional=one, max_weekends=5)
    roster = _filled(keeper, sector, first)
    steps = ((State.DRAFT, 30), (State.TRANSMITTED, 10), (State.RUNNING, 0))
    _dated(keeper, roster, [(state, first - timedelta(days=days)) for state, days in steps])


def _sector(
    keeper: Person,
    place: territory.Territory,
    communes: Sequence[territory.Commune],
    doctors: Sequence[Doctor],
) -> Sector:
    """Create a sector and its volunteers, its doctors or the nearest: half shares, wishes."""
    seat = communes[0]
    made = sectors.create_sector(by=keeper, place=place, name=seat.name, communes=communes, options=_OPTIONS)
    near = sorted(doctors, key=lambda one: (_distance(one[1], seat), one[0].pk))
    here = [one for rank, one in enumerate(near) if rank < FEWEST_VOLUNTEERS or one[1] in communes]
    for order, (professional, _commune) in enumerate(here):
        volunteer = sectors.set_volunteer(
            by=keeper, sector=made, professional=professional, share=0.5 if order % 5 == 4 else 1.0
        )
        if order % 4 == 2:
            wanted = order % 8 == 2
            kind = BlockKind.SUNDAY if wanted else BlockKind.NIGHT
            sectors.set_preference(by=keeper, volunteer=volunteer, kind=kind, is_wanted=wanted)
    return made


def _filled(keeper: Person, sector: Sector, first: date) -> Roster:
    last = add_months(first, MONTHS) - timedelta(days=1)
    roster = rosters.create_roster(by=keeper, sector=sector, first_day=first, last_day=last)
    solving.keep(by=keeper, proposal=propose(roster, quick=True))
    return roster


def _done(keeper: Person, sector: Sector, first: date) -> None:
    roster = _filled(keeper, sector, first)
    after = [(state, roster.last_day + timedelta(days=days)) for state, days in _AFTER]
    _dated(keeper, roster, [*_until(first), *after])


def _running(keeper: Person, sector: Sector, first: date) -> None:
    roster = _filled(keeper, sector, first)
    _dated(keeper, roster, _until(first))


def _next(keeper: Person, sector: Sector, first: date) -> None:
    """Prepare the next roster: a draft to fill, with two absences known."""
    last = add_months(first, MONTHS) - timedelta(days=1)
    rosters.create_roster(by=keeper, sector=sector, first_day=first, last_day=last)
    for order, one in enumerate(Volunteer.objects.filter(sector=sector).order_by("pk")[1:3]):
        away = first + timedelta(days=20 * (order + 1))
        sectors.add_absence(
            by=keeper, professional=one.professional, first_day=away, last_day=away + timedelta(days=6)
        )


def _until(first: date) -> list[tuple[State, date]]:
    return [(state, first - timedelta(days=days)) for state, days in _BEFORE]


def _dated(keeper: Person, roster: Roster, steps: Sequence[tuple[State, date]]) -> None:
    """Take a roster through steps on the days when they were taken, at nine in the morning."""
    StateChange.objects.filter(roster=roster).delete()
    StateChange.objects.bulk_create(
        StateChange(
            roster=roster,
            state=state.value,
            at=datetime.combine(day, time(9), roster.sector.zone),
            by=None if state in {State.RUNNING, State.CLOSED} else keeper,
        )
        for state, day in steps
    )
    roster.state = steps[-1][0].value
    roster.save(update_fields=["state"])


def _replacement(keeper: Person, made: Sequence[Sector], today: date) -> None:
    """Let a colleague of the doctor with an account ask to be replaced, and another one offer."""
    own = Volunteer.objects.filter(sector__in=made, professional__account__isnull=False).first()
    sector = own.sector if own else (made[0] if made else None)
    duties = Assignment.objects.filter(
        post__roster__sector=sector, post__roster__state=State.RUNNING.value,
        post__day__gt=today + timedelta(days=2), post__starts_at__gt=timezone.now(),
    ).exclude(volunteer=own)  # fmt: skip
    for duty in duties.select_related("post__roster", "volunteer").order_by("post__starts_at")[:1]:
        exchange = exchanges.ask(by=keeper, post=duty.post)
        others = Volunteer.objects.filter(sector=sector).exclude(pk__in=[duty.volunteer_id, own and own.pk])
        for other in others.order_by("pk"):
            if _offered(keeper, exchange, other):
                break


def _offered(keeper: Person, exchange: Exchange, volunteer: Volunteer) -> bool:
    try:
        exchanges.offer(by=keeper, exchange=exchange, volunteer=volunteer)
    except RosterError:  # the rules keep them away from it
        return False
    return True
