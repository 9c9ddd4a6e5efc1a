"""Paying time: rates decided, lines validated under the ceiling, statements made, validated and paid once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.funding.actions import ledger
from maillage.funding.actions.contracts import words
from maillage.funding.models import (
    CeilingDecision,
    Indemnity,
    Operation,
    PayStatement,
    RateDecision,
    StatementLine,
    TimeGiven,
)
from maillage.funding.models.indemnities import MOST_MINUTES
from maillage.funding.queries import times
from maillage.funding.queries.ledger import closed_through
from maillage.funding.queries.statements import lines_of, to_state
from maillage.funding.queries.times import Payee, Priced, holder
from maillage.funding.rules.ceiling import Room
from maillage.funding.rules.vocabulary import (
    MissionCode,
    OperationKind,
    RateUnit,
    StatementState,
    TimeKind,
)
from maillage.kernel import access, clock, formats, journal
from maillage.kernel.amounts import MOST
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.project import api as project


@transaction.atomic
def decide_rate(
    *,
    by: Person,
    scope: Scope,
    time: TimeKind,
    unit: RateUnit,
    cents: int,
    valid_from: date,
    decision: str,
    key: str,
    profession: str = "",
) -> RateDecision:
    """Keep how much a kind of time is paid from a day on, by decision. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, scope)
    if not 1 <= cents <= MOST:
        raise ValidationError({"cents": _("Ce montant est hors d’atteinte : vérifiez les zéros.")})
    if not is_in_reach(valid_from):
        raise ValidationError({"valid_from": _("Cette date est hors d’atteinte.")})
    values: dict[str, Any] = {
        "time": time.value, "unit": unit.value, "cents": cents, "valid_from": valid_from,
        "decision": words(decision, "decision"), "profession": profession,
    }  # fmt: skip
    made, is_new = RateDecision.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    journal.record(
        by=by, verb="funding.rate_decided", target=journal.target_of(made), changes=values, scope=scope
    )
    return made


@transaction.atomic
def decide_ceiling(
    *, by: Person, scope: Scope, year: int, cents: int, document: str, key: str
) -> CeilingDecision:
    """Keep the ceiling of a year that no sourced rule has. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_FUNDING, scope)
    if not 1 <= cents <= MOST:
        raise ValidationError({"cents": _("Ce montant est hors d’atteinte : vérifiez les zéros.")})
    values: dict[str, Any] = {"year": year, "cents": cents, "document": words(document, "document")}
    if times.ceiling_of(scope, year).rule.value is not None:
        raise ValidationError(_("Le plafond de cette année est établi par une règle sourcée."))
    made, is_new = CeilingDecision.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    changes = {"year": year, "cents": cents, "proof": values["document"]}
    journal.record(
        by=by, verb="funding.ceiling_decided", target=journal.target_of(made), changes=changes, scope=scope
    )
    return made


@transaction.atomic
def note_time(
    *,
    by: Person,
    scope: Scope,
    who: Payee,
    time: TimeKind,
    mission: MissionCode,
    day: date,
    minutes: int,
    label: str,
    document: str,
    key: str,
) -> TimeGiven:
    """Note time that nothing else keeps: a training, a task. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_FUNDING, scope)
    if time not in {TimeKind.TRAINING, TimeKind.OTHER}:
        raise ValidationError(
            _("Les réunions et les astreintes arrivent d’elles-mêmes : ne les notez pas une seconde fois.")
        )
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValidationError({"minutes": _("Un temps compte de 1 minute à 24 heures.")})
    if not is_in_reach(day) or day > clock.today(scope):
        raise ValidationError({"day": _("Ce jour est à venir : un temps se note quand il est donné.")})
    payee = times.payee_of(*(holder(who)[name] for name in ("professional", "person")))  # type: ignore[arg-type]  # one of each
    values: dict[str, Any] = {
        **holder(payee), "time": time.value, "mission": mission.value, "day": day, "minutes": minutes,
        "label": words(label, "label", 120), "document": words(document, "document"),
    }  # fmt: skip
    made, is_new = TimeGiven.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    changes = {"time": time.value, "day": day, "minutes": minutes, "mission": mission.value}
    journal.record(
        by=by, verb="funding.time_noted", target=journal.target_of(made), changes=changes, scope=scope
    )
    return made


@transaction.atomic
def validate_time(
    *,
    by: Person,
    scope: Scope,
    source: str,
    day: date,
    mission: MissionCode,
    key: str,
    splits: bool = False,
    action: project.Action | None = None,
) -> Indemnity:
    """Owe somebody the time that `source` names, held on `day`, for a mission; once ever, under the ceiling.

    `action`: the action of the project, of that mission, that it was given to.

    What would cross the ceiling of the year is refused with the amount, unless `splits`: what remains is then
    entered, and the rest is written as left out. The same key again is the same indemnity. Raises
    PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, scope)
    known = ledger.known_operation(by, key, scope=scope, kind=OperationKind.INDEMNITY, source=source)
    if known is not None:
        made = known.indemnity
        typed = (day, mission.value, action.pk if action else None)
        return same_write(made, is_same=(made.day, made.mission, known.action_id) == typed)
    one = _line(scope, source, day)
    cents = one.cents
    if one.rate is None or cents is None:
        raise ValidationError(
            _("Aucun barème pour ce temps au {day} : décidez-en un d’abord.").format(
                day=formats.date_short(one.line.day)
            )
        )
    if not cents:
        raise ValidationError(_("Ce temps vaut zéro : il n’y a rien à payer."))
    room = times.room_for(scope, one.line.who, one.line.day.year)
    if room is None:
        raise ValidationError(
            _("Le plafond de {year} n’est pas établi : renseignez-le une fois, avec son document.").format(
                year=one.line.day.year
            )
        )
    kept, left_out = room.split(cents)
    if left_out and not (splits and kept):
        raise ValidationError(_crossed(one.line.who, one.line.day.year, cents, room))
    legs = [
        ledger.Leg(ledger.mission_account(scope, mission), ledger.payee_account(scope, one.line.who), kept)
    ]
    # Time given in a period closed since is owed all the same: it is written today, with its day.
    day, label = one.line.day, _label(one)
    closed = closed_through(scope)
    if closed is not None and day <= closed:
        day, label = clock.today(scope), f"{label[:140]} · {formats.date_short(day)}"
    posted = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.INDEMNITY, label=label, legs=legs, key=key,
        source=source, action=action,
    )  # fmt: skip
    return Indemnity.objects.create(
        scope=scope, **holder(one.line.who), time=one.line.time.value, mission=mission.value,
        day=one.line.day,
        minutes=one.line.minutes, rate=one.rate.cents, unit=one.rate.unit.value,
        why=one.decision.decision if one.decision else _("écrit sur la présence"),
        cents=kept, left_out=left_out, operation=posted, by=by,
    )  # fmt: skip


def _line(scope: Scope, source: str, day: date) -> Priced:
    """Return the time that a source names, read again where it is kept. Raises ValidationError."""
    near = timedelta(days=1)
    found = [one for one in times.times_in(scope, day - near, day + near) if one.source == source]
    if not found:
        raise ValidationError(
            _("Ce temps n’est plus à indemniser : il a été changé ou retiré. Rechargez la page.")
        )
    return times.priced(found, times.rates_of(scope))[0]


def _label(one: Priced) -> str:
    return f"{one.line.label[:130]} · {formats.minutes(one.line.minutes)}"


def _crossed(who: Payee, year: int, cents: int, room: Room) -> str:
    return _(
        "{amount} pour {who} dépasserait le plafond de {year} de {excess} : il reste {left} sur {ceiling}. "
        "Payez ce qui reste, ou rien."
    ).format(
        amount=formats.euros(cents), who=who, year=year, excess=formats.euros(room.excess(cents)),
        left=formats.euros(room.remaining), ceiling=formats.euros(room.ceiling),
    )  # fmt: skip


@transaction.atomic
def make_statement(
    *, by: Person, scope: Scope, who: Payee, first_day: date, last_day: date, key: str
) -> PayStatement:
    """Gather what is owed to somebody between two days, and in no other statement, into a draft.

    The same key again is the same statement. Raises PermissionDenied; ValidationError where nothing waits.
    """
    ledger.locked_book(by, scope)
    if last_day < first_day:
        raise ValidationError(_("Le dernier jour précède le premier."))
    values: dict[str, Any] = {**holder(who), "first_day": first_day, "last_day": last_day}
    known = made_before(PayStatement, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=all(getattr(known, name) == one for name, one in values.items()))
    rows = to_state(scope, who, first_day, last_day)
    if not rows:
        raise ValidationError(
            # Nobody is named: whom a form asks for by a number may be of another territory.
            _("Rien n’attend pour cette personne entre ces deux jours : tout est déjà dans un relevé.")
        )
    made = PayStatement.objects.create(scope=scope, by=by, key=key, **values)
    for row in rows:
        StatementLine.objects.create(statement=made, indemnity=row)
    _tell(by, "funding.statement_made", made, {"rows": len(rows), "cents": sum(one.cents for one in rows)})
    return made


@transaction.atomic
def validate_statement(*, by: Person, statement: PayStatement) -> PayStatement:
    """Freeze a draft: its lines are read by whom it pays, and may be paid. Again, nothing changes."""
    ledger.locked_book(by, statement.scope)
    row = _locked(statement)
    if row.step is not StatementState.DRAFT:
        return row
    if not lines_of(row):
        raise ValidationError(_("Ce relevé n’a plus de ligne."))
    row.state, row.validated_by, row.validated_at = StatementState.VALIDATED.value, by, timezone.now()
    row.save(update_fields=["state", "validated_by", "validated_at"])
    _tell(by, "funding.statement_validated", row, {"state": [StatementState.DRAFT.value, row.state]})
    return row


@transaction.atomic
def reopen_statement(*, by: Person, statement: PayStatement) -> PayStatement:
    """Bring a statement that is validated and not paid back to a draft. Raises ValidationError once paid."""
    ledger.locked_book(by, statement.scope)
    row = _locked(statement)
    if row.step is StatementState.PAID:
        raise ValidationError(_("Ce relevé est payé : annulez d’abord l’écriture du paiement."))
    if row.step is StatementState.VALIDATED:
        row.state, row.validated_by, row.validated_at = StatementState.DRAFT.value, None, None
        row.save(update_fields=["state", "validated_by", "validated_at"])
        _tell(by, "funding.statement_reopened", row, {"state": [StatementState.VALIDATED.value, row.state]})
    return row


@transaction.atomic
def pay_statement(*, by: Person, statement: PayStatement, day: date, key: str) -> Operation:
    """Write that a validated statement was paid on a day: once, whoever clicks, however many times.

    Raises PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, statement.scope)
    row = _locked(statement)
    if row.payment is not None:
        return row.payment
    if row.step is not StatementState.VALIDATED:
        raise ValidationError(_("Validez le relevé avant de le payer."))
    cents = sum(one.cents for one in lines_of(row))
    legs = [ledger.Leg(ledger.payee_account(row.scope, row.named), ledger.bank(row.scope), cents)]
    label = _("Relevé du {first} au {last}").format(
        first=formats.date_short(row.first_day), last=formats.date_short(row.last_day)
    )
    row.payment = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.PAYMENT, label=label, legs=legs, key=key,
        source=f"funding.paystatement:{row.pk}",
    )  # fmt: skip
    row.state = StatementState.PAID.value
    row.save(update_fields=["payment", "state"])
    return row.payment


@transaction.atomic
def read_statement(*, by: Person, statement: PayStatement) -> PayStatement:
    """Note that whom a statement pays has read it; nobody else marks it. Again, nothing changes."""
    row = _locked(statement)
    if not PayStatement.objects.of(by).filter(pk=row.pk).exists():
        raise PermissionDenied(_("Ce relevé n’est pas le vôtre."))
    if row.read_at is None and row.step is not StatementState.DRAFT:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
        _tell(by, "funding.statement_read", row, {})
    return row


def _locked(statement: PayStatement) -> PayStatement:
    rows = PayStatement.objects.in_scope(statement.scope).select_for_update(of=("self",))
    return rows.select_related("scope", "professional", "person", "payment").get(pk=statement.pk)


def _tell(by: Person, verb: str, row: PayStatement, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.scope)
