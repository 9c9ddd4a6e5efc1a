"""Preparing a meeting of a body, convening it, moving or cancelling it, reminding who has not answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.governance.actions.bodies import RULES
from maillage.governance.actions.reminders import plan_reminder, remind_waiting, tell, was_reminded
from maillage.governance.actions.writing import (
    kept_body,
    kept_sitting,
    record,
    required,
)
from maillage.governance.models import AgendaPoint, Body, Motion, Sitting, Summons, VoterSlip
from maillage.governance.queries.bodies import seats_on
from maillage.governance.queries.sittings import quorum_in, summons_of
from maillage.governance.rules.sittings import ends_after
from maillage.governance.rules.vocabulary import LONGEST, SHORTEST, PointKind
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.writes import made_before, same_write

_https = URLValidator(schemes=["https"])


@transaction.atomic
def prepare_sitting(
    *,
    by: Person,
    body: Body,
    starts_at: datetime,
    length: int,
    key: str,
    place: str = "",
    video_url: str = "",
    second_of: Sitting | None = None,
) -> Sitting:
    """Prepare a meeting to come, by the rules of its body today; nobody is told before it is convened.

    `second_of` one that was closed without its quorum: its agenda is taken again. The same `key` is the same
    meeting. Raises PermissionDenied, ValidationError.
    """
    row = kept_body(by, body)
    values = _values(starts_at, length, place, video_url)
    known = made_before(Sitting, by=by, key=key)
    if known is not None:
        kept = all(getattr(known, one) == value for one, value in values.items())
        return same_write(known, is_same=kept and (known.body_id, known.second_of) == (row.pk, second_of))
    if starts_at <= timezone.now():
        raise ValidationError({"starts_at": _("Cette heure est déjà passée : donnez-en une à venir.")})
    if second_of is not None:
        _check_second(row, second_of)
    own = {one: getattr(row, one) for one in RULES}
    made = Sitting.objects.create(body=row, by=by, key=key, second_of=second_of, **own, **values)
    if second_of is not None:
        for place_, one in enumerate(AgendaPoint.objects.of_sitting(second_of).order_by("pk")):
            AgendaPoint.objects.create(
                sitting=made, kind=one.kind, title=one.title, by=by, key=f"second-{made.pk}-{place_}"
            )
    record(by, "sitting_prepared", made, {"starts_at": [None, starts_at]}, row.scope)
    return made


def _check_second(body: Body, first: Sitting) -> None:
    if first.body_id != body.pk:
        raise ValidationError(_("Cette séance est d’une autre instance."))
    if not first.is_closed or quorum_in(first, summons_of(first)).is_reached:
        raise ValidationError(_("Une seconde convocation suit une séance levée faute de quorum."))
    if Sitting.objects.of(body).filter(second_of=first).exists():
        raise ValidationError(_("La seconde convocation de cette séance est déjà prête."))


def _values(starts_at: datetime, length: int, place: str, video_url: str) -> dict[str, Any]:
    """Return the columns of when and where. Raises ValidationError, field by field."""
    ends_at = ends_after(starts_at, length)
    if ends_at is None:
        text = _("Une séance dure de {least} à {most} minutes.")
        raise ValidationError({"length": text.format(least=SHORTEST, most=LONGEST)})
    if not is_in_reach(ends_at.date()):
        raise ValidationError({"starts_at": _("Cette date est hors d’atteinte.")})
    where, link = " ".join(place.split())[:200], video_url.strip()
    if not where and not link:
        raise ValidationError({"place": _("Dites où elle se tient, ou donnez le lien de visioconférence.")})
    if link:
        try:
            _https(link)
        except ValidationError as error:
            raise ValidationError(
                {"video_url": _("Donnez l’adresse entière du salon : https://…")}
            ) from error
    return {"starts_at": starts_at, "ends_at": ends_at, "place": where, "video_url": link}


@transaction.atomic
def change_sitting(
    *, by: Person, sitting: Sitting, starts_at: datetime, length: int, place: str = "", video_url: str = ""
) -> Sitting:
    """Change when and where a meeting to come is held; those convened are told of it.

    Unchanged, nothing is written. Raises PermissionDenied, ValidationError.
    """
    row = kept_sitting(by, sitting)
    if row.has_begun:
        raise ValidationError(_("Cette séance a commencé : son heure ne change plus."))
    values = _values(starts_at, length, place, video_url)
    if starts_at <= timezone.now():
        raise ValidationError({"starts_at": _("Cette heure est déjà passée : donnez-en une à venir.")})
    changes = {one: [getattr(row, one), new] for one, new in values.items() if getattr(row, one) != new}
    if not changes:
        return row
    before = row.starts_at
    for one, new in values.items():
        setattr(row, one, new)
    row.sequence += 1
    row.save(update_fields=[*values, "sequence"])
    if row.convened_at is not None:
        for summons in summons_of(row):
            if before != starts_at:
                template, previous = exchange.Template.MEETING_MOVED, before
            else:
                # Another place, another room: convened again, for who would go to the first one.
                template, previous = exchange.Template.MEETING_CALLED, None
            tell(row, summons, template, by, f"moved-{row.sequence}", previous=previous)
        plan_reminder(row)
    # An address opens a room: the journal says that it changed, not what it is.
    said = {one: pair for one, pair in changes.items() if one in {"starts_at", "ends_at"}}
    record(by, "sitting_changed", row, said, row.body.scope)
    return row


@transaction.atomic
def cancel_sitting(*, by: Person, sitting: Sitting, reason: str) -> Sitting:
    """Cancel a meeting, told to those convened; again, nothing changes.

    One where somebody voted was held: it is closed. Raises PermissionDenied, ValidationError.
    """
    if sitting.is_cancelled:
        return sitting
    row = kept_sitting(by, sitting)
    why = required(reason, "reason")[:200]
    if VoterSlip.objects.in_scope(row.body.scope).filter(motion__sitting=row).exists():
        raise ValidationError(_("On a voté pendant cette séance : levez-la."))
    row.cancelled_at, row.why_cancelled = timezone.now(), why
    row.sequence += 1
    row.save(update_fields=["cancelled_at", "why_cancelled", "sequence"])
    convened = summons_of(row)
    exchange.withdraw(subjects=[journal.target_of(one) for one in convened])
    if not row.has_begun:
        for one in convened:
            tell(row, one, exchange.Template.MEETING_CANCELLED, by, "cancelled")
    record(by, "sitting_cancelled", row, {}, row.body.scope)
    return row


@transaction.atomic
def add_point(*, by: Person, sitting: Sitting, kind: PointKind, title: str, key: str) -> AgendaPoint:
    """Add a point to the agenda; the same `key` is the same one. Raises PermissionDenied, ValidationError."""
    row = kept_sitting(by, sitting)
    said = " ".join(required(title, "title").split())[:200]
    known = made_before(AgendaPoint, by=by, key=key)
    if known is not None:
        kept = (known.sitting_id, known.kind, known.title)
        return same_write(known, is_same=kept == (row.pk, kind.value, said))
    made = AgendaPoint.objects.create(sitting=row, kind=kind.value, title=said, by=by, key=key)
    record(by, "point_added", made, {"kind": [None, kind.value]}, row.body.scope)
    return made


@transaction.atomic
def convene(*, by: Person, sitting: Sitting) -> int:
    """Convene a meeting: each who sits in the body that day is told; return how many are newly convened.

    Again, those who were given a seat meanwhile. Raises PermissionDenied; ValidationError without an agenda,
    without anybody to convene, or once its hour has come.
    """
    row = kept_sitting(by, sitting)
    if row.has_begun:
        raise ValidationError(_("Cette séance a commencé : notez qui est là."))
    if not AgendaPoint.objects.of_sitting(row).exists():
        raise ValidationError(_("Écrivez d’abord l’ordre du jour : il dit de quoi il s’agit."))
    known = set(Summons.objects.of_sitting(row).values_list("seat", flat=True))
    new = [one for one in seats_on(row.body, row.held_on) if one.pk not in known]
    if not known and not new:
        raise ValidationError(_("Personne ne siège ce jour-là : donnez d’abord les sièges."))
    for seat in new:
        made = Summons.objects.create(sitting=row, seat=seat)
        tell(row, made, exchange.Template.MEETING_CALLED, by, "called")
    if row.convened_at is None:
        row.convened_at = timezone.now()
        row.save(update_fields=["convened_at"])
    plan_reminder(row)
    if new:
        record(by, "sitting_convened", row, {"members": len(new)}, row.body.scope)
    return len(new)


@transaction.atomic
def remind(*, by: Person, sitting: Sitting) -> int:
    """Remind those who have not answered, once a day; return how many.

    Raises PermissionDenied, ValidationError.
    """
    row = kept_sitting(by, sitting)
    if row.convened_at is None:
        raise ValidationError(_("Cette séance n’est pas encore convoquée."))
    if row.has_begun:
        raise ValidationError(_("Cette séance a commencé : notez qui est là."))
    if was_reminded(row):
        return 0
    return remind_waiting(row, by)


@transaction.atomic
def close_sitting(*, by: Person, sitting: Sitting) -> Sitting:
    """Close a meeting that was held: who was there and how it voted stay. Again, nothing changes.

    Raises PermissionDenied; ValidationError before its hour, or while a vote is open.
    """
    if sitting.is_closed:
        return sitting
    row = kept_sitting(by, sitting)
    if not row.has_begun:
        raise ValidationError(_("Cette séance n’a pas commencé."))
    if Motion.objects.of_sitting(row).filter(result=None).exists():
        raise ValidationError(_("Un vote est ouvert : comptez-le d’abord."))
    # Whoever holds their seat no more that day has no voice in what is kept of it.
    sitters = [one.pk for one in summons_of(row)]
    Summons.objects.of_sitting(row).exclude(pk__in=sitters).delete()
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    # Whoever was not noted was not there.
    Summons.objects.of_sitting(row).filter(is_here=None).update(is_here=False)
    here = Summons.objects.of_sitting(row).filter(is_here=True).count()
    record(by, "sitting_closed", row, {"members": here}, row.body.scope)
    return row
