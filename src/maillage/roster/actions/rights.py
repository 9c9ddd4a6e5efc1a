"""Who manages a sector, who may speak for a volunteer."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.roster.models import Post, Roster, Sector, Volunteer
from maillage.roster.queries.departures import DEPARTURES, unavailable_among
from maillage.roster.rules.errors import RosterError
from maillage.territory.api import Territory


def require_manager(by: Person, place: Territory | Sector) -> None:
    """Raise PermissionDenied unless `by` manages the rosters of the territory."""
    scope = place.territory.scope if isinstance(place, Sector) else place.scope
    access.require(by, Permission.MANAGE_ROSTER, scope)


def may_read_calendar(person: Person, of: Sector | Professional | None) -> bool:
    """Return whether `person` may have a calendar of a sector, which they keep, or of their own duties."""
    if isinstance(of, Sector):
        return access.may(person, Permission.MANAGE_ROSTER, of.territory.scope)
    return of is not None and of.account_id == person.pk


def require_own(by: Person, volunteer: Volunteer) -> None:
    """Raise PermissionDenied unless `volunteer` is `by`, or `by` manages the sector's rosters."""
    if volunteer.professional.account_id == by.pk:
        return
    if not access.may(by, Permission.MANAGE_ROSTER, volunteer.sector.territory.scope):
        raise PermissionDenied(_("Cette garde n’est pas la vôtre."))


def require_own_time(by: Person, professional: Professional) -> None:
    """Raise PermissionDenied unless the professional is `by`, or `by` manages a sector of theirs."""
    if professional.account_id == by.pk:
        return
    sectors = Sector.objects.filter(volunteers__professional=professional).select_related("territory__scope")
    if not any(access.may(by, Permission.MANAGE_ROSTER, sector.territory.scope) for sector in sectors):
        raise PermissionDenied(_("Ces absences ne sont pas les vôtres."))


def locked(roster: Roster) -> Roster:
    """Read a roster again, its row locked until the transaction ends: one write at a time."""
    rows = Roster.objects.select_related("sector__territory__scope").select_for_update(of=("self",))
    return rows.get(pk=roster.pk)


def refuse_gone(volunteer: Volunteer, post: Post) -> None:
    """Raise RosterError, which says why, where a volunteer can hold no duty on the day of a post."""
    left = unavailable_among(Volunteer.objects.filter(pk=volunteer.pk)).get(volunteer.pk)
    if left is not None and left.on(post.day):
        message = _("{name} ne peut pas prendre cette garde : {why}.")
        raise RosterError(message.format(name=volunteer, why=DEPARTURES[left.why]))


def lock_people(professionals: Collection[int]) -> None:
    """Keep other writes from giving duties to these professionals until the transaction ends.

    Two sectors may ask for the same person at once: their sheet, locked in one order, is where they meet.
    """
    rows = Professional.objects.filter(pk__in=professionals).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
