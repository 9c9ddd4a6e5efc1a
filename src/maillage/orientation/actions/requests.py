"""Opening a request, taking it in hand, saying more about it, handing a shift over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.phones import stored_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import OPENED, in_hand, lock_length, locked, move, tell
from maillage.orientation.actions.settling import settle
from maillage.orientation.models import HandOver, Request
from maillage.orientation.rules.vocabulary import CallerKind, CareLevel, Delay, Origin, Priority, State
from maillage.territory.api import Commune

#: What is said of a request, at the call or later. `patient` and `commune` are rows.
FIELDS = (
    "caller_kind", "caller_name", "caller_phone", "patient", "age_months", "commune", "place", "motive",
    "complaint", "priority", "level", "delay", "said_last_name", "said_first_name", "said_birth_date",
)  # fmt: skip
_CODES = {"priority": Priority, "level": CareLevel, "delay": Delay, "caller_kind": CallerKind}
_BY_PHONE = frozenset({Origin.SINGLE_NUMBER, Origin.SAMU})


@transaction.atomic
def open_request(
    *,
    by: Person,
    scope: Scope,
    origin: Origin,
    key: str,
    values: Mapping[str, Any],
    called_at: datetime | None = None,
) -> Request:
    """Open a request; the same `key` again returns it. Who opens it owns it until somebody takes it.

    A regulator who opens a call has it in hand at once. `values` are of `FIELDS`; what is not known is left
    out. Raises PermissionDenied, OrientationError.
    """
    may_regulate = access.may(by, Permission.REGULATE, scope)
    if not may_regulate:
        access.require(by, Permission.SEND_REQUEST, scope)
    known = Request.objects.with_key(key, by).first()
    if known is not None:
        return known
    now = timezone.now()
    if called_at is not None and called_at > now:
        raise OrientationError(Refusal.TIMES)
    request = Request(
        scope=scope, origin=origin.value, owner=by, opened_by=by, key=key, called_at=called_at or now,
        caller_kind=CallerKind.PATIENT.value, state_since=now,
    )  # fmt: skip
    _describe(request, values)
    if may_regulate and origin in _BY_PHONE:
        request.state, request.answered_at = State.IN_HAND.value, now
        request.locked_by, request.locked_until = by, now + lock_length()
    settle(by, request)
    request.save()
    tell(by, request, OPENED, {"origin": origin.value})
    return request


@transaction.atomic
def take(*, by: Person, request: Request, reason: str = "") -> Request:
    """Take a request in hand: `by` owns it and has it open. With a `reason`, from another's hands.

    Raises PermissionDenied, OrientationError (LOCKED, with the name) where another regulator has it open and
    no reason is given.
    """
    access.require(by, Permission.REGULATE, request.scope)
    row, now = locked(request), timezone.now()
    if not row.is_open:
        raise OrientationError(Refusal.STATE)
    holder = row.lock_holder(now)
    if holder is not None and holder != by and not reason.strip():
        raise OrientationError(Refusal.LOCKED, name=holder)
    before = row.owner_id
    row.owner, row.locked_by, row.locked_until = by, by, now + lock_length()
    if row.state == State.NEW.value:
        move(row, State.IN_HAND, now)
        row.answered_at = row.answered_at or now
    row.save()
    tell(by, row, "orientation.taken", {"owner": [before, by.pk]}, reason)
    return row


@transaction.atomic
def release(*, by: Person, request: Request) -> Request:
    """Let others open the request; `by` still owns it. Nothing happens where another has it open."""
    access.require(by, Permission.REGULATE, request.scope)
    row = locked(request)
    if row.locked_by_id == by.pk:
        row.locked_by = row.locked_until = None
        row.save(update_fields=["locked_by", "locked_until"])
    return row


@transaction.atomic
def describe(*, by: Person, request: Request, values: Mapping[str, Any]) -> Request:
    """Say more about a request; `values` are of `FIELDS`. The journal keeps which, never their content.

    Its safety is read anew: what a new motive, age or priority forbids stands no more, its seat is free.

    Raises PermissionDenied, OrientationError.
    """
    row = in_hand(by, request)
    if not row.is_open:
        raise OrientationError(Refusal.STATE)
    _describe(row, values)
    settle(by, row)
    row.save()
    tell(by, row, "orientation.described", {"fields": sorted(values)})
    return row


@transaction.atomic
def hand_over_shift(*, by: Person, to: Person, scope: Scope, note: str = "") -> HandOver:
    """Give every open request of `by` at a desk to `to`, unlocked.

    Raises PermissionDenied, OrientationError.
    """
    access.require(by, Permission.REGULATE, scope)
    if to == by or not access.may(to, Permission.REGULATE, scope):
        raise OrientationError(Refusal.TAKER)
    mine = Request.objects.in_scope(scope).open().filter(owner=by).order_by("pk")
    rows = list(mine.select_for_update(of=("self",), no_key=True))
    for row in rows:
        row.owner, row.locked_by, row.locked_until = to, None, None
        row.save(update_fields=["owner", "locked_by", "locked_until"])
    made = HandOver.objects.create(scope=scope, giver=by, taker=to, requests=len(rows), note=note)
    for row in rows:
        tell(by, row, "orientation.shift_handed_over", {"owner": [by.pk, to.pk]})
    return made


def _describe(request: Request, values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ValueError(f"not said of a request: {sorted(unknown)}")
    for name, value in values.items():
        setattr(request, name, _checked(request, name, value))
    # The birth date of the file says the age, whatever was typed beside it: a sheet must not miss an infant.
    if request.patient is not None and request.patient.birth_date and {"patient", "age_months"} & set(values):
        request.age_months = months_on(request.patient.birth_date, clock.today(request.scope))


def months_on(born: date, day: date) -> int:
    """Return the whole months that somebody born on `born` has lived on `day`, zero at least."""
    return max(0, (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day))


def _checked(request: Request, name: str, value: Any) -> Any:
    if name in _CODES:
        if value and value not in {one.value for one in _CODES[name]}:
            raise OrientationError(Refusal.CODE)
        return str(value)
    if name == "motive" and value not in {one["code"] for one in rule("orientation.motives").value}:
        raise OrientationError(Refusal.CODE)
    if name == "commune" and value is not None and not isinstance(value, Commune):
        raise OrientationError(Refusal.NO_PLACE)
    if name == "caller_phone":
        return stored_phone(value)
    if name == "patient" and value is not None and value.scope_id != request.scope_id:
        raise PermissionDenied
    return value
