"""Trainings shared by professions: opened, taken up to their places, waited for, attended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.governance.actions.writing import record, required
from maillage.governance.models import TrainingPlace, TrainingSession
from maillage.governance.rules.sittings import ends_after, goes_waiting
from maillage.governance.rules.vocabulary import LONGEST, SHORTEST, PlaceState, TrainingKind
from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write


@transaction.atomic
def open_training(
    *,
    by: Person,
    scope: Scope,
    kind: TrainingKind,
    title: str,
    host: str,
    starts_at: datetime,
    length: int,
    places: int,
    key: str,
    about: str = "",
    pays_time: bool = False,
) -> TrainingSession:
    """Open a training of a territory to who works there; the same `key` is the same one.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, scope)
    ends_at = ends_after(starts_at, length)
    if ends_at is None:
        text = _("Une formation dure de {least} à {most} minutes.")
        raise ValidationError({"length": text.format(least=SHORTEST, most=LONGEST)})
    if not is_in_reach(ends_at.date()):
        raise ValidationError({"starts_at": _("Cette date est hors d’atteinte.")})
    if not 1 <= places <= 500:
        raise ValidationError({"places": _("Donnez un nombre entre 1 et 500.")})
    values: dict[str, Any] = {
        "kind": kind.value, "title": " ".join(required(title, "title").split())[:160],
        "about": about.strip()[:2000], "host": " ".join(required(host, "host").split())[:200],
        "starts_at": starts_at, "ends_at": ends_at, "places": places, "pays_time": pays_time,
    }  # fmt: skip
    known = made_before(TrainingSession, by=by, key=key)
    if known is not None:
        kept = all(getattr(known, one) == value for one, value in values.items())
        return same_write(known, is_same=kept and known.scope_id == scope.pk)
    if starts_at <= timezone.now():
        raise ValidationError({"starts_at": _("Cette heure est déjà passée : donnez-en une à venir.")})
    made = TrainingSession.objects.create(scope=scope, by=by, key=key, **values)
    record(by, "training_opened", made, {"kind": [None, kind.value]}, scope)
    return made


@transaction.atomic
def cancel_training(*, by: Person, session: TrainingSession) -> TrainingSession:
    """Cancel a training to come; again, nothing changes. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_GOVERNANCE, session.scope)
    row = _locked(session)
    if row.cancelled_at is None:
        if row.starts_at <= timezone.now():
            raise ValidationError(_("Cette formation a commencé : notez qui est là."))
        row.cancelled_at = timezone.now()
        row.save(update_fields=["cancelled_at"])
        for one in TrainingPlace.objects.of(row).exclude(state=PlaceState.LEFT.value).order_by("pk"):
            _tell(by, row, one, exchange.Template.MEETING_CANCELLED)
        record(by, "training_cancelled", row, {}, row.scope)
    return row


@transaction.atomic
def take_place(*, by: Person, session: TrainingSession) -> TrainingPlace:
    """Take a place at a training, or wait for one once it is full; taken already, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.SIT_IN_BODIES, session.scope)
    row = _open(session)
    known = TrainingPlace.objects.of(row).filter(person=by).first()
    if known is not None and known.state != PlaceState.LEFT.value:
        return known
    taken = TrainingPlace.objects.of(row).filter(state=PlaceState.TAKEN.value).count()
    state = PlaceState.WAITING if goes_waiting(row.places, taken) else PlaceState.TAKEN
    one = known or TrainingPlace(session=row, person=by)
    one.state, one.asked_at = state.value, timezone.now()
    one.save()
    record(by, "place_taken", row, {"state": [None, state.value]}, row.scope)
    return one


@transaction.atomic
def leave_place(*, by: Person, session: TrainingSession) -> TrainingPlace | None:
    """Give one's place up: who waits first has it; None for who had none.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.SIT_IN_BODIES, session.scope)
    row = _open(session)
    one = TrainingPlace.objects.of(row).filter(person=by).exclude(state=PlaceState.LEFT.value).first()
    if one is None:
        return None
    one.state = PlaceState.LEFT.value
    one.save(update_fields=["state"])
    move_up(row, by=by)
    record(by, "place_left", row, {}, row.scope)
    return one


def move_up(session: TrainingSession, *, by: Person) -> int:
    """Give the places that are free to those who wait, the first who asked first; return how many.

    Each is told, and so is who had a place of a training that is cancelled.
    """
    rows = TrainingPlace.objects.of(session)
    free = session.places - rows.filter(state=PlaceState.TAKEN.value).count()
    waiting = rows.filter(state=PlaceState.WAITING.value).order_by("asked_at", "pk")[: max(0, free)]
    moved = list(waiting)
    for one in moved:
        one.state = PlaceState.TAKEN.value
        one.save(update_fields=["state"])
        _tell(by, session, one, exchange.Template.MEETING_CALLED)
    return len(moved)


def _tell(by: Person, session: TrainingSession, place: TrainingPlace, template: exchange.Template) -> None:
    asked = f"{place.asked_at:%Y%m%d%H%M%S%f}"
    exchange.notify(
        by=by,
        to=place.person,
        template=template,
        parameters=exchange.Parameters(when=session.starts_at.astimezone(session.scope.zone)),
        key=f"training-{place.pk}-{template.value}-{asked}",
        scope=session.scope,
        path=reverse("governance:training", args=[session.pk]),
        subject=journal.target_of(place),
        not_after=session.starts_at,
    )


@transaction.atomic
def note_training(
    *, by: Person, place: TrainingPlace, is_here: bool, minutes: int | None = None
) -> TrainingPlace:
    """Note whether somebody came, how long where it is not the whole; the last word stands.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, place.session.scope)
    session = _locked(place.session)
    row = TrainingPlace.objects.of(session).get(pk=place.pk)
    if session.cancelled_at is not None:
        raise ValidationError(_("Cette formation est annulée."))
    if session.starts_at > timezone.now():
        raise ValidationError(_("Cette formation n’a pas commencé : personne n’y est encore."))
    if row.state != PlaceState.TAKEN.value:
        raise PermissionDenied(_("Cette personne n’avait pas de place."))
    if minutes is not None and not 0 < minutes <= LONGEST:
        raise ValidationError({"minutes": _("Une présence compte de 1 à 720 minutes.")})
    kept = minutes if is_here else None
    if (row.is_here, row.minutes) != (is_here, kept):
        row.is_here, row.minutes = is_here, kept
        row.save(update_fields=["is_here", "minutes"])
        record(by, "training_attended", row, {"is_here": is_here}, session.scope)
    return row


def _locked(session: TrainingSession) -> TrainingSession:
    rows = TrainingSession.objects.in_scope(session.scope).select_related("scope")
    return rows.select_for_update(of=("self",)).get(pk=session.pk)


def _open(session: TrainingSession) -> TrainingSession:
    row = _locked(session)
    if row.cancelled_at is not None:
        raise ValidationError(_("Cette formation est annulée."))
    if row.starts_at <= timezone.now():
        raise ValidationError(_("Cette formation a commencé : ses places ne changent plus."))
    return row
