"""Sectors, their volunteers, what these prefer and when they are away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.roster.actions.rights import require_manager, require_own, require_own_time
from maillage.roster.models import Absence, Preference, Sector, SectorCommune, Volunteer
from maillage.roster.rules.blocks import OPTIONAL, BlockKind, calendar_of
from maillage.roster.rules.errors import RosterError
from maillage.territory.api import Commune, Territory


@transaction.atomic
def create_sector(
    *,
    by: Person,
    place: Territory,
    name: str,
    communes: Collection[Commune],
    options: Collection[BlockKind] = (),
    seats: int = 1,
) -> Sector:
    """Create a sector of some communes; its holidays are those of their département.

    Raises RosterError where a commune is of another sector, none is given, holidays differ between communes,
    or a block is not optional; PermissionDenied.
    """
    require_manager(by, place)
    calendars = {calendar_of(commune.departement) for commune in communes}
    if not calendars:
        raise RosterError(_("Choisissez au moins une commune."))
    if len(calendars) > 1:
        raise RosterError(_("Ces communes n’ont pas les mêmes jours fériés : faites deux secteurs."))
    if not set(options) <= OPTIONAL:
        raise RosterError(_("Nuits, dimanches et jours fériés sont toujours couverts."))
    taken = SectorCommune.objects.filter(commune__in=list(communes)).select_related("commune", "sector")
    for one in taken:
        message = _("{commune} est déjà du secteur {sector}.")
        raise RosterError(message.format(commune=one.commune.name, sector=one.sector))
    if Sector.objects.filter(territory=place, name=name.strip()).exists():
        raise RosterError(_("Un secteur de ce territoire porte déjà ce nom."))
    sector = Sector.objects.create(
        territory=place,
        name=name.strip(),
        calendar=calendars.pop().value,
        options=sorted(option.value for option in options),
        seats=seats,
    )
    SectorCommune.objects.bulk_create(SectorCommune(sector=sector, commune=commune) for commune in communes)
    changes = {"name": sector.name, "communes": sorted(commune.code for commune in communes)}
    journal.record(by=by, verb="roster.sector_created", target=journal.target_of(sector), changes=changes)
    return sector


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
    volunteer, _is_new = Volunteer.objects.update_or_create(
        sector=sector, professional=professional, defaults=limits
    )
    journal.record(by=by, verb="roster.volunteer_set", target=journal.target_of(volunteer), changes=limits)
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
    journal.record(by=by, verb="roster.preference_set", target=journal.target_of(volunteer), changes=changes)


@transaction.atomic
def add_absence(*, by: Person, professional: Professional, first_day: date, last_day: date) -> Absence:
    """Note days, both included, without any duty. Raises RosterError, PermissionDenied."""
    require_own_time(by, professional)
    if last_day < first_day:
        raise RosterError(_("Le dernier jour précède le premier."))
    absence = Absence.objects.create(professional=professional, first_day=first_day, last_day=last_day)
    changes = {"first_day": first_day, "last_day": last_day}
    journal.record(by=by, verb="roster.absence_added", target=journal.target_of(absence), changes=changes)
    return absence


@transaction.atomic
def remove_absence(*, by: Person, absence: Absence) -> None:
    """Forget an absence. Raises PermissionDenied."""
    require_own_time(by, absence.professional)
    target = journal.target_of(absence)
    absence.delete()
    journal.record(by=by, verb="roster.absence_removed", target=target, changes={})
