"""Sectors, their volunteers, what these prefer and when they are away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory.api import Profession, Professional
from maillage.kernel.models import Person
from maillage.roster.actions.leaving import tell_departure
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import require_manager, require_own, require_own_time
from maillage.roster.models import Absence, Preference, Sector, SectorCommune, Volunteer
from maillage.roster.rules.blocks import OPTIONAL, BlockKind, Period
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.vocabulary import SectorKind
from maillage.territory.api import Commune, HolidayCalendar, Territory, calendar_of

NAMED = 5
"""How many communes of other sectors a refusal names."""


@transaction.atomic
def create_sector(
    *,
    by: Person,
    place: Territory,
    name: str,
    communes: Collection[Commune],
    options: Collection[BlockKind] = (),
    seats: int = 1,
    calendar: HolidayCalendar | None = None,
    periods: Collection[Period] = (),
    profession: Profession = Profession.PHYSICIAN,
) -> Sector:
    """Create a sector of some communes; its holidays are those of their département unless told.

    With `periods`, it is a shared on-call of a `profession`, outside the permanence of care: a commune may be
    of several.

    Raises RosterError where a commune is of another sector, none is given, holidays differ between communes,
    or a block is not optional; PermissionDenied.
    """
    require_manager(by, place)
    kind = SectorKind.SHARED if periods else SectorKind.PDSA
    sector = Sector(
        territory=place,
        kind=kind.value,
        profession=(profession if periods else Profession.PHYSICIAN).value,
        periods=_written(periods),
    )
    _set(sector, name, communes, options, seats, calendar)
    changes = {"name": sector.name, "communes": sorted(commune.code for commune in communes)}
    record(sector, sector, by=by, verb="roster.sector_created", changes=changes)
    return sector


@transaction.atomic
def change_sector(
    *,
    by: Person,
    sector: Sector,
    name: str,
    communes: Collection[Commune],
    options: Collection[BlockKind],
    seats: int,
    calendar: HolidayCalendar | None = None,
    periods: Collection[Period] = (),
) -> Sector:
    """Change a sector; the rosters already made keep their posts. Raises as `create_sector` does.

    `periods`: the hours of a shared on-call, as they are where there is none.
    """
    row = Sector.objects.select_related("territory__scope").select_for_update(of=("self",)).get(pk=sector.pk)
    require_manager(by, row)
    before = _described(row)
    if periods and row.is_shared:
        row.periods = _written(periods)
    _set(row, name, communes, options, seats, calendar)
    after = _described(row)
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    record(row, row, by=by, verb="roster.sector_changed", changes=changes)
    return row


def _set(
    sector: Sector,
    name: str,
    communes: Collection[Commune],
    options: Collection[BlockKind],
    seats: int,
    calendar: HolidayCalendar | None,
) -> None:
    """Check and write what a sector is; one sector of a territory is written at a time."""
    Territory.objects.select_for_update().get(pk=sector.territory_id)
    if not communes:
        raise RosterError(_("Choisissez au moins une commune."))
    if sector.is_shared and options:
        raise RosterError(_("Une garde partagée a ses propres horaires, et aucune plage de la loi."))
    if not set(options) <= OPTIONAL:
        raise RosterError(_("Nuits, dimanches et jours fériés sont toujours couverts."))
    others = Sector.objects.filter(territory=sector.territory).exclude(pk=sector.pk)
    if others.filter(name=name.strip()).exists():
        raise RosterError(_("Un secteur de ce territoire porte déjà ce nom."))
    _check_free(sector, communes)
    sector.name = name.strip()
    sector.calendar = (calendar or _calendar_of(communes)).value
    sector.options = sorted(option.value for option in options)
    sector.seats = seats
    sector.save()
    members = SectorCommune.objects.filter(sector=sector)
    members.exclude(commune__in=list(communes)).delete()
    kept = set(members.values_list("commune", flat=True))
    SectorCommune.objects.bulk_create(
        SectorCommune(sector=sector, commune=commune, is_pdsa=not sector.is_shared)
        for commune in communes
        if commune.pk not in kept
    )


def _check_free(sector: Sector, communes: Collection[Commune]) -> None:
    """Refuse communes of other sectors, all named, since « who is on call » has one answer."""
    if sector.is_shared:
        return
    rows = SectorCommune.objects.filter(commune__in=list(communes), is_pdsa=True).exclude(sector=sector.pk)
    taken = [
        f"{one.commune.name} ({one.sector})"
        for one in rows.select_related("commune", "sector").order_by("commune__search_name", "commune")
    ]
    if not taken:
        return
    named = ", ".join(taken[:NAMED]) + ("…" if len(taken) > NAMED else "")
    message = ngettext(
        "{count} commune est déjà d’un autre secteur : {named}. Retirez-la d’ici, ou d’abord de l’autre.",
        "{count} communes sont déjà d’un autre secteur : {named}. Retirez-les d’ici, ou d’abord de l’autre.",
        len(taken),
    )
    raise RosterError(message.format(count=len(taken), named=named))


def _written(periods: Collection[Period]) -> list[dict[str, object]]:
    """Return hours as they are stored. Raises RosterError where one holds on no day, or lasts no time."""
    for one in periods:
        if not one.weekdays and not one.on_holidays:
            raise RosterError(_("Cochez au moins un jour où la garde est tenue."))
        if one.hours.starts == one.hours.ends:
            raise RosterError(_("La fin de la garde est égale à son début : corrigez l’une des deux heures."))
    return [
        {
            "weekdays": sorted(one.weekdays),
            "starts": one.hours.starts.isoformat("minutes"),
            "ends": one.hours.ends.isoformat("minutes"),
            "on_holidays": one.on_holidays,
        }
        for one in periods
    ]


def _calendar_of(communes: Collection[Commune]) -> HolidayCalendar:
    calendars = {calendar_of(commune.departement) for commune in communes}
    if len(calendars) > 1:
        raise RosterError(_("Jours fériés différents d’une commune à l’autre : faites deux secteurs."))
    return calendars.pop()


def _described(sector: Sector) -> dict[str, object]:
    return {
        "name": sector.name,
        "calendar": sector.calendar,
        "options": list(sector.options),
        "seats": sector.seats,
        "periods": sector.periods,
        "communes": sorted(sector.members.values_list("commune", flat=True)),
    }


@transaction.atomic
def set_volunteer(
    *,
    by: Person,
    sector: Sector,
    professional: Professional,
    share: float = 1.0,
    max_per_month: int | None = None,
    max_weekends: int = 3,
    is_active: bool = True,
) -> Volunteer:
    """Note that a professional volunteers in a sector, or change their limits.

    Where they take no duty any more, those to come are to be reassigned, and the coordinators told so.
    Raises RosterError where the share is not from 0 to 1; PermissionDenied.
    """
    require_manager(by, sector)
    if not 0 <= share <= 1:
        raise RosterError(_("La part de la charge va de 0 à 1."))
    limits = {
        "share": share,
        "max_per_month": max_per_month,
        "max_weekends": max_weekends,
        "is_active": is_active,
    }
    was_active = Volunteer.objects.filter(sector=sector, professional=professional, is_active=True).exists()
    volunteer, _is_new = Volunteer.objects.update_or_create(
        sector=sector, professional=professional, defaults=limits
    )
    if was_active and not is_active:
        tell_departure(volunteer)
    record(sector, volunteer, by=by, verb="roster.volunteer_set", changes=limits)
    return volunteer


@transaction.atomic
def set_preference(*, by: Person, volunteer: Volunteer, kind: BlockKind, is_wanted: bool | None) -> None:
    """Note that a volunteer would rather (True) or rather not (False) hold a kind of block; None forgets.

    Raises PermissionDenied.
    """
    require_own(by, volunteer)
    if is_wanted is None:
        Preference.objects.filter(volunteer=volunteer, kind=kind.value).delete()
    else:
        Preference.objects.update_or_create(
            volunteer=volunteer, kind=kind.value, defaults={"is_wanted": is_wanted}
        )
    changes = {"kind": kind.value, "is_wanted": is_wanted}
    record(volunteer.sector, volunteer, by=by, verb="roster.preference_set", changes=changes)


@transaction.atomic
def add_absence(*, by: Person, professional: Professional, first_day: date, last_day: date) -> Absence:
    """Note days, both included, without any duty; noting twice is noting once.

    Raises RosterError, PermissionDenied.
    """
    require_own_time(by, professional)
    if last_day < first_day:
        raise RosterError(_("Le dernier jour précède le premier."))
    absence, is_new = Absence.objects.get_or_create(
        professional=professional, first_day=first_day, last_day=last_day
    )
    if not is_new:
        return absence
    changes = {"first_day": first_day, "last_day": last_day}
    record(professional, absence, by=by, verb="roster.absence_added", changes=changes)
    return absence


@transaction.atomic
def remove_absence(*, by: Person, absence: Absence) -> None:
    """Forget an absence. Raises PermissionDenied."""
    require_own_time(by, absence.professional)
    Absence.objects.filter(pk=absence.pk).delete()
    record(absence.professional, absence, by=by, verb="roster.absence_removed")
