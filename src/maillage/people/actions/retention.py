"""Erasing files at their term: noted each night, confirmed by the DPO, erased one whole file a transaction.

Killed between two files, the outbox goes on with the next; killed within one, that file is whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from graphlib import TopologicalSorter
from typing import Any

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, databases, journal, outbox
from maillage.kernel.contributions import Record, records
from maillage.kernel.leaving import sessions_of
from maillage.kernel.models import Message, Person, Scope
from maillage.kernel.models.person import NO_MAILBOX
from maillage.kernel.rules import Permission, Role
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people.models import ErasureBatch, ErasureLine, LegalHold, Patient
from maillage.people.queries.retention import at_their_term, hindrances
from maillage.people.queries.rights import rows_of
from maillage.people.rules.retention import Ended, Kept

#: Published for each file of a list that the DPO confirmed: `{line}`.
ERASURE_CONFIRMED = "people.erasure_confirmed"
#: Rows named in one statement.
_AT_ONCE = 5000

Rows = dict[type[models.Model], list[Any]]


def note_files_at_their_term() -> int:
    """Note the files whose years are over in the list of their territory; return how many are new.

    Each night. Nothing is erased before the DPO confirms; again, nothing changes.
    """
    return sum(_note(scope) for scope in Scope.objects.order_by("pk"))


@transaction.atomic
def _note(scope: Scope) -> int:
    # The row of the scope is the lock: two who look at once note a file once.
    Scope.objects.select_for_update().get(pk=scope.pk)
    found = at_their_term(scope)
    if not found:
        return 0
    batch = ErasureBatch.objects.in_scope(scope).filter(confirmed_at=None).first()
    if batch is None:
        batch = ErasureBatch.objects.create(scope=scope)
    lines = [ErasureLine(batch=batch, number=patient.pk, kept_until=until) for patient, until in found]
    databases.insert(lines)
    target = journal.target_of(batch)
    changes = {"files": len(lines)}
    journal.record(by=None, verb="people.erasure_due", target=target, changes=changes, scope=scope)
    return len(lines)


@transaction.atomic
def confirm(*, by: Person, batch: ErasureBatch, seen: int) -> ErasureBatch:
    """Let the files of a list be erased, each by the worker; confirmed already, nothing changes.

    `seen` is how many files the DPO saw on it. Raises PermissionDenied, ValidationError where there are more.
    """
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    row = ErasureBatch.objects.for_person(by).select_for_update(of=("self",)).get(pk=batch.pk)
    if row.confirmed_at is not None:
        return row
    lines = list(ErasureLine.objects.of_batch(row).waiting())
    if len(lines) != seen:
        raise ValidationError(_("La liste a changé depuis : relisez-la, puis confirmez."))
    row.confirmed_at, row.confirmed_by = timezone.now(), by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    outbox.publish_all(
        [Message(topic=ERASURE_CONFIRMED, key=f"erasure-{one.pk}", payload={"line": one.pk}) for one in lines]
    )
    changes = {"files": len(lines)}
    target = journal.target_of(row)
    journal.record(by=by, verb="people.erasure_confirmed", target=target, changes=changes, scope=row.scope_id)
    return row


@outbox.handles(ERASURE_CONFIRMED, by_worker=True)
def erase_file(event: outbox.Event) -> None:
    """Erase one file, or say what stopped it meanwhile; ended already, nothing happens."""
    rows = ErasureLine._base_manager.select_for_update(of=("self",)).select_related("batch")
    line = rows.get(pk=event.payload["line"])
    if line.ended:
        return
    batch = line.batch
    files = Patient._base_manager.select_for_update(of=("self",)).select_related("scope")
    patient = files.filter(pk=line.number).first()
    stopped = Kept.GONE if patient is None else hindrances([patient])[patient.pk]
    if stopped is None and patient is not None:
        line.done = [[table, count] for table, count in sorted(erase_whole(patient).items())]
    line.ended, line.why = (Ended.KEPT if stopped else Ended.ERASED).value, (stopped.value if stopped else "")
    line.ended_at = timezone.now()
    line.save(update_fields=["ended", "why", "ended_at", "done"])
    changes: dict[str, Any] = {"kept_until": line.kept_until}
    changes |= {"why": line.why} if stopped else {"erased": dict(line.done)}
    journal.record(
        by=batch.confirmed_by,
        verb="people.file_kept" if stopped else "people.file_erased",
        target=f"{Patient._meta.label_lower}:{line.number}",
        changes=changes,
        scope=batch.scope_id,
    )


@transaction.atomic
def erase_whole(patient: Patient) -> Counter[str]:
    """Erase every row about a patient that a context declares; return how many of each table.

    Rows of others that name one of these forget it. The account goes with the file, emptied, where it has no
    other use; the journal goes on naming its number.
    """
    account = patient.account
    is_alone = account is not None and not account.roles.exclude(role=Role.PATIENT.value).exists()
    rows = _rows_about(patient, with_account=is_alone)
    done: Counter[str] = Counter()
    for model in _children_first(rows):
        _forget(model, rows)
        for part in _parts(rows[model]):
            for link in model._meta.many_to_many:
                between: Any = link.remote_field.through
                between._base_manager.filter(**{f"{link.m2m_field_name()}__in": part}).delete()
            about = model._base_manager.filter(pk__in=part)
            done[model._meta.label_lower] += about._raw_delete(about.db)
    if account is not None and is_alone:
        _empty_account(account)
        done[Person._meta.label_lower] += 1
    return +done


def _rows_about(patient: Patient, *, with_account: bool) -> Rows:
    """Return the keys of the rows of every table about a patient; those of their account where it goes."""
    found: Rows = {}
    for one in records():
        if one.model is Person or (_is_of_account(one) and not with_account):
            continue
        keys = found.setdefault(one.model, [])
        keys += [pk for pk in rows_of(one, patient).values_list("pk", flat=True) if pk not in keys]
    return found


def _is_of_account(record: Record) -> bool:
    return record.path.endswith("patient_file")


def _children_first(rows: Rows) -> list[type[models.Model]]:
    """Return the tables in an order in which none is emptied before those that point to it."""
    order: TopologicalSorter[type[models.Model]] = TopologicalSorter()
    for model in rows:
        order.add(model)
        for column in model._meta.concrete_fields:
            pointed: Any = column.related_model
            if pointed in rows and pointed is not model:
                order.add(pointed, model)
    return list(order.static_order())


def _forget(model: type[models.Model], rows: Rows) -> None:
    """Empty what names these rows in rows of others, or beyond what is declared, where it may be empty."""
    for column in _naming(model):
        if column.null:
            for part in _parts(rows[model]):
                naming = column.model._base_manager.filter(**{f"{column.name}__in": part})
                naming.exclude(pk__in=rows.get(column.model, ())).update(**{column.name: None})


def _naming(model: type[models.Model]) -> list[Any]:
    """Return the foreign keys of every table that point to a table."""
    links = model._meta.get_fields(include_hidden=True)
    return [one.field for one in links if isinstance(one, models.ManyToOneRel)]


def _parts(keys: Sequence[Any]) -> list[Sequence[Any]]:
    return [keys[first : first + _AT_ONCE] for first in range(0, len(keys), _AT_ONCE)]


def _empty_account(account: Person) -> None:
    """Leave of an account its number, which the journal names: no name, no address, no way in."""
    Session.objects.filter(session_key__in=sessions_of(account)).delete()
    for column in _naming(Person):
        if not column.model.__module__.startswith("maillage."):
            column.model._base_manager.filter(**{column.name: account}).delete()
    account.email, account.first_name, account.last_name = f"efface-{account.pk}@maillage{NO_MAILBOX}", "", ""
    account.is_active, account.last_login = False, None
    account.set_unusable_password()
    account.save()


@transaction.atomic
def lay_hold(
    *, by: Person, patient: Patient, reason: str, since: date, key: str, until: date | None = None
) -> LegalHold:
    """Keep a file from every erasure, for a reason, from a day; the same `key` of `by` is the same hold.

    Raises PermissionDenied, ValidationError.
    """
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    known = made_before(LegalHold, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.patient_id == patient.pk)
    said = reason.strip()[:300]
    if not said:
        raise ValidationError(_("Dites pourquoi la loi garde ce dossier : le texte, le juge, l’affaire."))
    if until is not None and until < since:
        raise ValidationError(_("Le dernier jour est avant le premier : corrigez l’un des deux."))
    made = LegalHold(patient=patient, reason=said, since=since, until=until, by=by, key=key)
    if not databases.insert_new([made], unique=["by", "key"]):
        known = made_meanwhile(LegalHold, by=by, key=key)
        return same_write(known, is_same=known.patient_id == patient.pk)
    _tell(by, "people.hold_laid", made, {"since": since, "until": until})
    return made


@transaction.atomic
def lift_hold(*, by: Person, hold: LegalHold, why: str) -> LegalHold:
    """End a hold before its day, or where it has none; lifted already, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    rows = LegalHold.objects.for_person(by).select_related("patient__scope")
    row = rows.select_for_update(of=("self",)).get(pk=hold.pk)
    if row.lifted_at is not None:
        return row
    if not why.strip():
        raise ValidationError(_("Dites pourquoi la conservation n’est plus nécessaire."))
    row.lifted_at, row.lifted_by, row.lifted_why = timezone.now(), by, why.strip()[:300]
    row.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    _tell(by, "people.hold_lifted", row, {})
    return row


def _tell(by: Person, verb: str, row: LegalHold, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.patient.scope_id)
