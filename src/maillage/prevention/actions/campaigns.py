"""Opening a campaign, and closing it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.prevention.actions.writing import managed, one_line, told
from maillage.prevention.models import Campaign
from maillage.prevention.queries.targets import codes, target_of

#: A year and a season: beyond, a year was mistyped.
LONGEST_DAYS = 800


@transaction.atomic
def open_campaign(
    *,
    by: Person,
    scope: Scope,
    target: str,
    title: str,
    first_day: date,
    last_day: date,
    goal: int,
    key: str,
    practice: directory.Structure | None = None,
    caller: directory.Professional | None = None,
    is_demonstration: bool = False,
) -> Campaign:
    """Open a campaign for a territory, or for one practice of it; the same `key` again is the same campaign.

    Raises PermissionDenied; ValidationError for days that do not follow one another, an unknown act, or where
    one of that act is open already in the same days.
    """
    access.require(by, Permission.MANAGE_PREVENTION, scope)
    locked = Scope.objects.select_for_update().get(pk=scope.pk)
    if target not in codes():
        raise ValidationError({"target": _("Choisissez un acte de la liste.")})
    said = one_line(title, 120) or target_of(target).rule.label
    known = made_before(Campaign, by=by, key=key)
    if known is not None:
        kept = (
            known.scope_id, known.target, known.first_day, known.last_day, known.goal, known.title,
            known.practice, known.caller,
        )  # fmt: skip
        same = (scope.pk, target, first_day, last_day, goal, said, practice, caller)
        return same_write(known, is_same=kept == same)
    if last_day <= first_day:
        raise ValidationError(
            {"last_day": _("Le dernier jour est avant le premier : corrigez l’un des deux.")}
        )
    if (last_day - first_day).days > LONGEST_DAYS:
        raise ValidationError({"last_day": _("Plus de deux ans : vérifiez l’année.")})
    if not 1 <= goal <= 100:
        raise ValidationError({"goal": _("L’objectif est un pourcentage, de 1 à 100.")})
    standing = (
        Campaign.objects.in_scope(locked)
        .open()
        .filter(target=target, practice=practice, first_day__lte=last_day, last_day__gte=first_day)
    )
    if (other := standing.first()) is not None:
        raise ValidationError(
            _("Une campagne pour cet acte est déjà ouverte à ces dates : « {title} ».").format(
                title=other.title
            )
        )
    made = Campaign.objects.create(
        by=by,
        key=key,
        scope=locked,
        target=target,
        title=said,
        practice=practice,
        caller=caller,
        first_day=first_day,
        last_day=last_day,
        goal=goal,
        is_demonstration=is_demonstration,
    )
    changes = {"target_act": target, "first_day": first_day, "last_day": last_day, "goal": goal}
    told(made, by, "prevention.campaign_opened", changes, scope)
    return made


@transaction.atomic
def close_campaign(*, by: Person, campaign: Campaign) -> Campaign:
    """Close a campaign: nobody is invited any more. Again, nothing changes. Raises PermissionDenied."""
    access.require(by, Permission.MANAGE_PREVENTION, campaign.scope)
    row = Campaign.objects.in_scope(campaign.scope).select_for_update().get(pk=campaign.pk)
    if row.is_open:
        managed(by, row)
        row.closed_at, row.closed_by = timezone.now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        told(row, by, "prevention.campaign_closed", {}, campaign.scope)
    return row
