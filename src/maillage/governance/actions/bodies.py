"""Writing a body and its rules, its colleges, who sits in them and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.governance.actions.writing import (
    kept_body,
    locked_body,
    record,
    required,
)
from maillage.governance.models import Body, BodySeat, College, Sitting, VoterSlip
from maillage.governance.rules.vocabulary import BodyKind, CollegeKind, Office
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.kernel.writes import StaleError, made_before, same_write

#: The rules of a body, each with the least and the most that it may be; None for yes or no.
RULES: dict[str, tuple[int, int] | None] = {
    "quorum_percent": (0, 100),
    "quorum_by_college": None,
    "second_without_quorum": None,
    "notice_days": (0, 90),
    "most_proxies": (0, 20),
}


def default_rules(kind: BodyKind) -> SourcedRule:
    """Return what is proposed for a kind of body, until its statutes say otherwise."""
    return rule(f"governance.defaults.{kind.value}")


@transaction.atomic
def add_body(
    *,
    by: Person,
    scope: Scope,
    kind: BodyKind,
    name: str,
    purpose: str,
    key: str,
    pays_time: bool = False,
    **rules: Any,
) -> Body:
    """Write a body of a territory; a rule that is not given is the one proposed for its kind.

    The same `key` is the same one. Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, scope)
    values = _values(name, purpose, pays_time, default_rules(kind).value | rules)
    locked = Scope.objects.select_for_update().get(pk=scope.pk)
    known = made_before(Body, by=by, key=key)
    if known is not None:
        kept = all(getattr(known, one) == value for one, value in values.items())
        return same_write(known, is_same=kept and (known.scope_id, known.kind) == (scope.pk, kind.value))
    if Body.objects.in_scope(locked).filter(name=values["name"]).exists():
        raise ValidationError({"name": _("Une instance porte déjà ce nom : choisissez-en un autre.")})
    made = Body.objects.create(scope=locked, kind=kind.value, by=by, key=key, **values)
    record(by, "body_added", made, {"kind": [None, kind.value]}, locked)
    return made


@transaction.atomic
def change_body(
    *, by: Person, body: Body, base: int, name: str, purpose: str, pays_time: bool = False, **rules: Any
) -> Body:
    """Change a body read as version `base`; meetings already called keep the rules they were called by.

    Raises PermissionDenied, ValidationError, StaleError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, body.scope)
    row = kept_body(by, body)
    own = {one: getattr(row, one) for one in RULES}
    values = _values(name, purpose, pays_time, own | rules)
    changed = {one: value for one, value in values.items() if getattr(row, one) != value}
    if not changed:
        return row
    if row.version != base:
        raise StaleError(row)
    others = Body.objects.in_scope(row.scope).filter(name=values["name"]).exclude(pk=row.pk)
    if others.exists():
        raise ValidationError({"name": _("Une instance porte déjà ce nom : choisissez-en un autre.")})
    said = {one: [getattr(row, one), value] for one, value in changed.items() if one != "purpose"}
    for one, value in changed.items():
        setattr(row, one, value)
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    record(by, "body_changed", row, said, row.scope)
    return row


@transaction.atomic
def close_body(*, by: Person, body: Body) -> Body:
    """Say that a body meets no more; again, nothing changes. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_GOVERNANCE, body.scope)
    row = locked_body(body)
    if row.closed_on is None:
        if Sitting.objects.of(row).filter(closed_at=None, cancelled_at=None).exists():
            raise ValidationError(_("Une séance est prévue : annulez-la, ou levez-la, avant."))
        row.closed_on = clock.today(row.scope)
        row.save(update_fields=["closed_on"])
        record(by, "body_closed", row, {}, row.scope)
    return row


def _values(name: str, purpose: str, pays_time: bool, rules: dict[str, Any]) -> dict[str, Any]:
    for one, bounds in RULES.items():
        if bounds is not None and not bounds[0] <= rules[one] <= bounds[1]:
            raise ValidationError(
                {one: _("Donnez un nombre entre {least} et {most}.").format(least=bounds[0], most=bounds[1])}
            )
    return {
        "name": " ".join(required(name, "name").split())[:120],
        "purpose": required(purpose, "purpose")[:2000],
        "pays_time": pays_time,
        **{one: rules[one] for one in RULES},
    }


@transaction.atomic
def add_college(*, by: Person, body: Body, kind: CollegeKind, name: str, places: int) -> College:
    """Add a college to a body; the same name again is the same one. Raises as `change_body`."""
    access.require(by, Permission.MANAGE_GOVERNANCE, body.scope)
    row = kept_body(by, body)
    if not 1 <= places <= 500:
        raise ValidationError({"places": _("Donnez un nombre entre 1 et 500.")})
    said = " ".join(required(name, "name").split())[:120]
    known = College.objects.of(row).filter(name=said).first()
    if known is not None:
        if (known.kind, known.places) != (kind.value, places):
            raise ValidationError({"name": _("Un collège de cette instance porte déjà ce nom.")})
        return known
    made = College.objects.create(body=row, kind=kind.value, name=said, places=places, by=by)
    record(by, "college_added", made, {"kind": [None, kind.value], "places": [None, places]}, row.scope)
    return made


@transaction.atomic
def give_seat(
    *,
    by: Person,
    college: College,
    since: date,
    key: str,
    person: Person | None = None,
    name: str = "",
    stands_for: str = "",
    office: Office = Office.MEMBER,
    deputises: BodySeat | None = None,
    until: date | None = None,
) -> BodySeat:
    """Give somebody a seat of a college: an account that may sit in the territory, or a name.

    A deputy replaces a member of the same college, one a member. The same `key` is the same seat. Raises
    PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, college.body.scope)
    body = kept_body(by, college.body)
    own = College.objects.of(body).get(pk=college.pk)
    said = " ".join(name.split())[:120]
    values = {
        "college": own, "person": person, "name": said, "stands_for": " ".join(stands_for.split())[:160],
        "office": office.value, "deputises": deputises, "since": since, "until": until,
    }  # fmt: skip
    known = made_before(BodySeat, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=all(getattr(known, one) == value for one, value in values.items()))
    _check_seat(body, own, values)
    made = BodySeat.objects.create(body=body, by=by, key=key, **values)
    record(by, "seat_given", made, {"college": [None, own.pk], "office": [None, office.value]}, body.scope)
    return made


def _check_seat(body: Body, college: College, said: dict[str, Any]) -> None:
    person, deputises, since, until = said["person"], said["deputises"], said["since"], said["until"]
    if (person is None) is (not said["name"]):
        raise ValidationError(_("Choisissez un compte, ou écrivez un nom : l’un des deux."))
    if person is not None and not access.may(person, Permission.SIT_IN_BODIES, body.scope):
        raise ValidationError({"person": _("Cette personne n’a pas de rôle ici : écrivez son nom.")})
    if until is not None and until < since:
        raise ValidationError({"until": _("Le mandat finit après avoir commencé.")})
    held = BodySeat.objects.of(body).held_between(since, until)
    if person is not None and held.filter(person=person).exists():
        raise ValidationError({"person": _("Cette personne siège déjà dans cette instance.")})
    if deputises is None:
        if _is_full(college, list(held.filter(college=college, deputises=None)), since):
            raise ValidationError(
                {"college": _("Tous les sièges de ce collège sont tenus : dites d’abord qui le quitte.")}
            )
        return
    if deputises.college_id != college.pk or deputises.deputises_id is not None:
        raise ValidationError({"deputises": _("On supplée un membre du même collège.")})
    if held.filter(deputises=deputises).exists():
        raise ValidationError({"deputises": _("Ce membre a déjà une suppléance.")})
    if said["office"] != Office.MEMBER.value:
        raise ValidationError({"office": _("Une suppléance n’a pas de fonction dans l’instance.")})


def _is_full(college: College, others: list[BodySeat], since: date) -> bool:
    """Return whether on some day from `since` on `others` hold all the places of a college."""
    days = {since, *(one.since for one in others if one.since > since)}
    return any(sum(one.is_held_on(day) for one in others) >= college.places for day in days)


@transaction.atomic
def end_seat(*, by: Person, seat: BodySeat, on: date | None = None) -> BodySeat:
    """Say that somebody leaves their seat, from a day on; their deputy with them. Again, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_GOVERNANCE, seat.body.scope)
    body = locked_body(seat.body)
    day = on or clock.today(body.scope)
    row = BodySeat.objects.of(body).select_for_update(of=("self",)).get(pk=seat.pk)
    if row.left_on is not None:
        return row
    if day < row.since:
        raise ValidationError({"on": _("Ce jour est avant le début du mandat.")})
    _must_not_be_voting(body, row, day)
    for one in BodySeat.objects.of(body).filter(deputises=row, left_on=None):
        one.left_on = max(day, one.since)
        one.save(update_fields=["left_on"])
    row.left_on = day
    row.save(update_fields=["left_on"])
    record(by, "seat_left", row, {"left_on": [None, day]}, body.scope)
    return row


def _must_not_be_voting(body: Body, seat: BodySeat, day: date) -> None:
    """Raise ValidationError where the voice of a seat was heard in a meeting that is not closed yet."""
    heard = VoterSlip.objects.in_scope(body.scope).filter(seat=seat, motion__sitting__closed_at=None)
    sittings = {one.motion.sitting for one in heard.select_related("motion__sitting__body__scope")}
    if any(one.held_on >= day for one in sittings):
        raise ValidationError(
            {"on": _("Sa voix a été entendue dans une séance en cours : levez-la d’abord.")}
        )


@transaction.atomic
def renew_seat(*, by: Person, seat: BodySeat, until: date) -> BodySeat:
    """Give a seat a new end of term. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_GOVERNANCE, seat.body.scope)
    body = kept_body(by, seat.body)
    row = BodySeat.objects.of(body).select_for_update(of=("self",)).get(pk=seat.pk)
    if row.left_on is not None:
        raise ValidationError({"until": _("Ce siège a été quitté : donnez-en un autre.")})
    if until < clock.today(body.scope) - timedelta(days=1) or until < row.since:
        raise ValidationError({"until": _("Donnez une fin de mandat à venir.")})
    if row.until != until:
        others = BodySeat.objects.of(body).held_between(row.since, until).exclude(pk=row.pk)
        if row.person_id is not None and others.filter(person=row.person_id).exists():
            raise ValidationError({"until": _("Cette personne a déjà un autre siège ces jours-là.")})
        rows = list(others.filter(college=row.college_id, deputises=None))
        if row.deputises_id is None and _is_full(row.college, rows, row.since):
            raise ValidationError({"until": _("Ce siège a été donné à quelqu’un d’autre depuis.")})
        before, row.until = row.until, until
        row.save(update_fields=["until"])
        record(by, "seat_renewed", row, {"until": [before, until]}, body.scope)
    return row
