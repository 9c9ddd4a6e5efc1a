"""Actions in the community: planned or held, and how many people they reached."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.prevention.actions.writing import one_line, told
from maillage.prevention.models import CommunityAction
from maillage.prevention.queries.campaigns import communes_of
from maillage.prevention.rules.vocabulary import Theme
from maillage.territory import api as territory


@transaction.atomic
def add_action(
    *,
    by: Person,
    scope: Scope,
    title: str,
    theme: Theme,
    held_on: date,
    commune: territory.Commune,
    key: str,
    place: str = "",
    partners: str = "",
    reached: int | None = None,
    is_demonstration: bool = False,
) -> CommunityAction:
    """Note an action planned or held; the same `key` again is the same action.

    Raises PermissionDenied; ValidationError without a title, for people counted before the day, or a commune
    of another territory.
    """
    access.require(by, Permission.MANAGE_PREVENTION, scope)
    said = one_line(title, 120)
    where, whom = one_line(place, 160), one_line(partners, 300)
    known = made_before(CommunityAction, by=by, key=key)
    if known is not None:
        kept = (
            known.scope_id, known.title, known.held_on, known.commune_id, known.theme, known.place,
            known.partners, known.reached,
        )  # fmt: skip
        same = (scope.pk, said, held_on, commune.pk, theme.value, where, whom, reached)
        return same_write(known, is_same=kept == same)
    if not said:
        raise ValidationError({"title": _("Dites en quelques mots ce que c’est.")})
    if commune.pk not in {one.pk for one in communes_of(scope)}:
        raise ValidationError({"commune": _("Cette commune n’est pas de ce territoire.")})
    _check(held_on, reached)
    made = CommunityAction.objects.create(
        by=by,
        key=key,
        scope=scope,
        title=said,
        theme=theme.value,
        held_on=held_on,
        commune=commune,
        place=where,
        partners=whom,
        reached=reached,
        is_demonstration=is_demonstration,
    )
    told(made, by, "prevention.action_added", {"theme": theme.value, "reached": reached}, scope)
    return made


@transaction.atomic
def count_reached(*, by: Person, action: CommunityAction, reached: int) -> CommunityAction:
    """Say how many people an action reached, once it is held. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_PREVENTION, action.scope)
    row = CommunityAction.objects.in_scope(action.scope).select_for_update().get(pk=action.pk)
    _check(row.held_on, reached)
    before = row.reached
    if before != reached:
        row.reached = reached
        row.save(update_fields=["reached"])
        told(row, by, "prevention.action_counted", {"reached": [before, reached]}, action.scope)
    return row


def _check(held_on: date, reached: int | None) -> None:
    if reached is None:
        return
    if held_on > timezone.localdate():
        raise ValidationError({"reached": _("L’action est à venir : comptez les personnes après.")})
    if not 0 <= reached <= 1_000_000:
        raise ValidationError({"reached": _("Donnez un nombre de personnes, zéro compris.")})
