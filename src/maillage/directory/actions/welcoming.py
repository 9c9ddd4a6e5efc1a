"""The welcome of newcomers: a mentor, steps, each dated."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.models import Professional, Welcome, WelcomeStep
from maillage.directory.rules.welcome import Step
from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import api as territory


@transaction.atomic
def welcome(
    *,
    by: Person,
    professional: Professional,
    place: territory.Territory,
    started_on: date,
    mentor: Professional | None = None,
) -> Welcome:
    """Open the welcome of a newcomer in a territory. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.EDIT_DIRECTORY, place.scope)
    if Welcome.objects.filter(professional=professional, territory=place).exists():
        raise ValidationError(_("L’accueil de cette personne est déjà ouvert dans ce territoire."))
    if mentor is not None and mentor.pk == professional.pk:
        raise ValidationError(_("Choisissez un parrain ou une marraine autre que la personne accueillie."))
    opened = Welcome.objects.create(
        professional=professional, territory=place, mentor=mentor, started_on=started_on
    )
    changes = {"territory": place, "mentor": mentor, "started_on": started_on}
    target = journal.target_of(professional)
    journal.record(by=by, verb="directory.welcomed", target=target, changes=changes, scope=place.scope_id)
    return opened


@transaction.atomic
def mark_step(*, by: Person, welcome: Welcome, step: Step, done: bool) -> None:
    """Mark a step done today, or not done after all; the newcomer, the mentor or the coordination may.

    Raises PermissionDenied.
    """
    require_companion(by, welcome)
    if done:
        defaults = {"done_on": timezone.localdate(), "done_by": by}
        WelcomeStep.objects.get_or_create(welcome=welcome, step=step.value, defaults=defaults)
    else:
        WelcomeStep.objects.filter(welcome=welcome, step=step.value).delete()
    changes = {step.value: [not done, done]}
    target = journal.target_of(welcome.professional)
    scope = welcome.territory.scope_id
    journal.record(by=by, verb="directory.welcome_step", target=target, changes=changes, scope=scope)


def is_companion(person: Person, welcome: Welcome) -> bool:
    """Return whether the person is welcomed, is the mentor, or keeps the directory of the territory."""
    mentor = welcome.mentor
    return (
        welcome.professional.account_id == person.pk
        or (mentor is not None and mentor.account_id == person.pk)
        or access.may(person, Permission.EDIT_DIRECTORY, welcome.territory.scope)
    )


def require_companion(person: Person, welcome: Welcome) -> None:
    """Raise PermissionDenied unless `is_companion`."""
    if not is_companion(person, welcome):
        raise PermissionDenied(_("Seuls la personne accueillie, son parrain et la coordination le peuvent."))
