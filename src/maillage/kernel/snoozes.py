"""Putting off a line of one's own inbox, and taking it up again.

A snooze is its person's alone: the thing still waits for everybody else, nobody's work changes, and nothing
is journalled. Past its deadline a thing is shown again, whatever was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Person, Snooze

#: A line put off for longer is a line that nobody sees any more.
LONGEST = timedelta(days=60)


@transaction.atomic
def snooze(*, by: Person, kind: str, row: int, until: datetime) -> Snooze:
    """Put a line off until an instant; again, the last choice holds. Raises ValidationError.

    What the person has put off that is over is forgotten at the same time.
    """
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise ValidationError(_("Choisissez un moment à venir, dans les deux mois."))
    Snooze.objects.filter(person=by, until__lte=now).delete()
    kept, _is_new = Snooze.objects.update_or_create(person=by, kind=kind, row=row, defaults={"until": until})
    return kept


@transaction.atomic
def wake(*, by: Person, kind: str, row: int) -> None:
    """Take a line up again; one that is not put off stays as it is."""
    Snooze.objects.filter(person=by, kind=kind, row=row).delete()


#: Moments offered, by what is sent: the instant in local time, None where the day is too far gone for it.
CHOICES: dict[str, Callable[[datetime], datetime | None]] = {
    "hour": lambda local: (local.astimezone(UTC) + timedelta(hours=1)).astimezone(local.tzinfo),
    "evening": lambda local: _at(local, 0, 18) if local.hour < 17 else None,
    "tomorrow": lambda local: _at(local, 1, 8),
    "monday": lambda local: _at(local, 7 - local.weekday(), 8),
}


def choices(now: datetime) -> dict[str, datetime]:
    """Return the moments offered at `now`, by the wall clock of its zone."""
    return {key: found for key, at in CHOICES.items() if (found := at(now)) is not None}


def _at(local: datetime, days: int, hour: int) -> datetime:
    """Return that hour of the wall clock, so many days later: a change of clock does not move it."""
    day = local.date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=local.tzinfo)
