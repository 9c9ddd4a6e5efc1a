"""Opening a request, taking it in hand, saying more about it, handing a shift over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from maillage.kernel import access, clock, databases
from maillage.kernel.formats import date_short
from maillage.kernel.models import Person, Scope
from maillage.kernel.phones import stored_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile
from maillage.orientation.actions.applying_safety import apply_safety
from maillage.orientation.actions.errors import ChangedMeanwhileError, OrientationError, Refusal
from maillage.orientation.actions.rights import OPENED, lock_length, locked, locked_for, move, tell
from maillage.orientation.models import HandOver, Request
from maillage.orientation.queries.ages import age_of, person_age
from maillage.orientation.queries.lists import motive_rules
from maillage.orientation.rules.ages import is_same_age, months_on
from maillage.orientation.rules.safety import MotiveRule, is_lower_priority, is_weaker_rule
from maillage.orientation.rules.vocabulary import CallerKind, CareLevel, Delay, Origin, Priority, State
from maillage.people import api as people
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
    sent_from: str | None = None,
) -> Request:
    """Open a request; the same `key` again returns it. Who opens it owns it until somebody takes it.

    A regulator who opens a call has it in hand at once. `sent_from`: the EHPAD that sends it. `values` are of
    `FIELDS`; what is not known is left out. Raises PermissionDenied, OrientationError.
    """
    may_regulate = access.may(by, Permission.REGULATE, scope)
    if not may_regulate:
        access.require(by, Permission.SEND_REQUEST, scope)
    known = made_before(Request, by=by, key=key)
    if known is not None:
        return _raised(by, known, values)
    now = timezone.now()
    if called_at is not None and called_at > now:
        raise OrientationError(Refusal.TIMES)
    request = Request(
        scope=scope, origin=origin.value, owner=by, opened_by=by, key=key, called_at=called_at or now,
        caller_kind=CallerKind.PATIENT.value, state_since=now, sent_from_id=sent_from,
    )  # fmt: skip
    _describe(request, values)
    if may_regulate and origin in _BY_PHONE:
        request.state, request.answered_at = State.IN_HAND.value, now
        request.locked_by, request.locked_until = by, now + lock_length()
    apply_safety(by, request)
    if not databases.insert_new([request], unique=["opened_by", "key"]):  # the same, at the same moment
        return _raised(by, made_meanwhile(Request, by=by, key=key), values)
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
def describe(
    *,
    by: Person,
    request: Request,
    values: Mapping[str, Any],
    shown: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Request:
    """Say more about a request; `values` are of `FIELDS`. The journal keeps which, never their content.

    `shown`: what these fields said, as `shown_of`, where they were read before they were changed; one that
    somebody else changed since is refused, unless both say the same. A priority lowered, or a motive, an age
    or a file that leads to fewer questions than before, is said with a `reason`, which the journal keeps.
    Its safety is read anew: what a new motive, age or priority forbids stands no more, its seat is free.

    Raises PermissionDenied, OrientationError, ChangedMeanwhileError.
    """
    row = locked_for(by, request)
    if not row.is_open:
        raise OrientationError(Refusal.STATE)
    now = shown_of(row)
    conflicts = {
        name: now[name]
        for name, value in values.items()
        if shown is not None and name in shown and now[name] not in {shown[name], _comparable(value)}
    }
    if conflicts:
        raise ChangedMeanwhileError(conflicts)
    before = _asked_for(row)
    _describe(row, values)
    is_lowered = _is_lowered(before, _asked_for(row))
    if is_lowered and not reason.strip():
        raise OrientationError(Refusal.LOWERED)
    apply_safety(by, row)
    row.save()
    verb = "orientation.lowered" if is_lowered else "orientation.described"
    tell(by, row, verb, {"fields": sorted(values)}, reason.strip()[:300])
    return row


def shown_of(request: Request) -> dict[str, Any]:
    """Return what each of `FIELDS` says of a request now, as two readings of it are compared.

    Rows by their key, days as ISO text, the age in months by `age_of`.
    """
    names = {"patient": "patient_id", "commune": "commune_id"}
    found = {name: _comparable(getattr(request, names.get(name, name))) for name in FIELDS}
    return found | {"age_months": age_of(request)}


def _comparable(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def _asked_for(row: Request) -> tuple[str, MotiveRule]:
    """Return how urgent a request is said to be, and what its motive asks for at its age."""
    return row.priority, motive_rules().of(row.motive, age_of(row))


def _is_lowered(before: tuple[str, MotiveRule], after: tuple[str, MotiveRule]) -> bool:
    if is_weaker_rule(before[1], after[1]):
        return True
    # A vital motive stays P0 whatever is said.
    return after[1] is not MotiveRule.VITAL and is_lower_priority(before[0], after[0])


@transaction.atomic
def fill_in(*, by: Person, request: Request, values: Mapping[str, Any]) -> Request:
    """Say what a request that `by` opened lacked, while it is open; nothing that was said is changed.

    What is said of the complaint beyond what is kept is added to it. Raises PermissionDenied for another's.
    """
    row = locked(_raised(by, request, values))
    if row.opened_by_id != by.pk:
        raise PermissionDenied
    unsaid = ("", None)  # an age of no month is said
    lacking = {
        name: value for name, value in values.items() if value not in unsaid and getattr(row, name) in unsaid
    }
    more = str(values.get("complaint", "")).strip()
    if more and more not in row.complaint:
        lacking["complaint"] = f"{row.complaint}\n{more}".strip()[:1000]
    if not lacking or not row.is_open:
        return row
    _describe(row, lacking)
    apply_safety(by, row)
    row.save()
    tell(by, row, "orientation.described", {"fields": sorted(lacking)})
    return row


def _raised(by: Person, known: Request, values: Mapping[str, Any]) -> Request:
    """Return a request that the same write made, vital by now where the same form, sent again, says so."""
    age, motive = values.get("age_months"), values.get("motive", known.motive)
    rules = motive_rules()
    is_vital = rules.of(motive, age) is MotiveRule.VITAL
    if not is_vital or rules.of(known.motive, age_of(known)) is MotiveRule.VITAL:
        return known
    row = locked(known)
    if not row.is_open:
        return row
    row.motive, row.priority = motive, Priority.P0.value
    if row.patient is None and age is not None:
        row.age_months = age
    apply_safety(by, row)
    row.save()
    tell(by, row, "orientation.described", {"fields": ["age_months", "motive", "priority"]})
    return row


@transaction.atomic
def hand_over_shift(*, by: Person, to: Person, scope: Scope, note: str = "") -> HandOver:
    """Give every open request of `by` at a desk to `to`, unlocked.

    Raises PermissionDenied, OrientationError.
    """
    access.require(by, Permission.REGULATE, scope)
    if to == by or not access.may(to, Permission.REGULATE, scope):
        raise OrientationError(Refusal.TAKER)
    own = Request.objects.in_scope(scope).open().filter(owner=by).order_by("pk")
    rows = list(own.select_for_update(of=("self",), no_key=True))
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
    before = request.patient
    for name, value in values.items():
        setattr(request, name, _checked(request, name, value))
    _agree_with_file(request, values, before)


def _agree_with_file(request: Request, values: Mapping[str, Any], before: people.Patient | None) -> None:
    """Take the age from the patient's file, whose birth date must not contradict what was said.

    An age said of somebody else than the person of the file would be lost, and an infant missed behind the
    file of a parent: `before` is whose file the request had. Raises OrientationError (OTHER_AGE).
    """
    patient = request.patient
    if patient is None or patient.birth_date is None:
        return
    if not {"patient", "age_months", "said_birth_date"} & set(values):
        return
    today = clock.today(request.scope)
    months = months_on(patient.birth_date, today)
    born = values.get("said_birth_date")
    # An age that a file gave is not one that somebody said.
    was_said = "age_months" in values or before is None or before.birth_date is None
    said = request.age_months if was_said else None
    of_file = [one for one in (months, age_of(request)) if one is not None]  # today, and when they called
    is_other_age = said is not None and not any(is_same_age(said, one) for one in of_file)
    if is_other_age or (born is not None and born != patient.birth_date):
        raise OrientationError(
            Refusal.OTHER_AGE,
            name=patient.name,
            born=date_short(patient.birth_date),
            age=date_short(born) if born is not None else person_age(said),
        )
    request.age_months = months


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
