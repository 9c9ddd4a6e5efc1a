"""Opening a cell, saying who does what, noting what happens, declaring the return to normal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.crisis.models import KIND_LABELS, POST_LABELS, Cell, Duty, GestureDone, LogEntry
from maillage.crisis.queries import rights
from maillage.crisis.queries.templates import template_of
from maillage.crisis.rules.vocabulary import SHARED, Kind, Note, Post
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write

#: Published at each change of a cell, with its scope: open pages ask again.
CHANGED = "crisis.changed"
#: Between the clock of who notes and that of the server.
_AHEAD = timedelta(minutes=5)


@transaction.atomic
def open_cell(
    *,
    by: Person,
    scope: Scope,
    kind: Kind,
    title: str,
    why: str,
    key: str,
    is_exercise: bool = False,
    is_demonstration: bool = False,
) -> Cell:
    """Open a cell on its template, directed by who opens it; the same `key` again is the same cell.

    Raises PermissionDenied; ValidationError without words, or where a cell of that kind is open already.
    """
    access.require(by, Permission.MANAGE_CRISIS, scope)
    with override("fr"):
        said = " ".join(title.split())[:120] or str(KIND_LABELS[kind])
    if not why.strip():
        raise ValidationError({"why": _("Dites en une phrase ce qui se passe : chacun la lira en premier.")})
    # The row of the scope is the lock: two who open at once open one.
    locked = Scope.objects.select_for_update().get(pk=scope.pk)
    known = made_before(Cell, by=by, key=key)
    if known is not None:
        kept = (known.scope_id, known.kind, known.title, known.why, known.is_exercise)
        return same_write(known, is_same=kept == (scope.pk, kind, said, why.strip()[:2000], is_exercise))
    standing = Cell.objects.in_scope(locked).open().filter(kind=kind, is_exercise=False).first()
    if standing is not None and not is_exercise:
        raise ValidationError(
            _("Une cellule de cette nature est déjà ouverte : « {title} ». Rejoignez-la.").format(
                title=standing.title
            )
        )
    now = timezone.now()
    cell = Cell.objects.create(
        by=by,
        at=now,
        key=key,
        scope=locked,
        kind=kind,
        title=said,
        why=why.strip()[:2000],
        report_hours=template_of(kind).report_hours,
        is_exercise=is_exercise,
        is_demonstration=is_demonstration,
    )
    Duty.objects.create(cell=cell, post=Post.DIRECTOR, person=by, since=now)
    write_line(cell, Note.DECISION, lambda: _("Cellule ouverte."), now, by=by)
    told(cell, by, "crisis.cell_opened", {"kind": kind.value, "is_exercise": is_exercise})
    return cell


@transaction.atomic
def change_rhythm(*, by: Person, cell: Cell, hours: int) -> Cell:
    """Change how many hours part two reports. Raises PermissionDenied, ValidationError."""
    row = writable(by, cell, Post.DIRECTOR)
    if not 1 <= hours <= 168:
        raise ValidationError({"hours": _("Donnez un nombre d’heures entre 1 et 168.")})
    before = row.report_hours
    if hours != before:
        row.report_hours = hours
        row.save(update_fields=["report_hours"])
        told(row, by, "crisis.rhythm_changed", {"report_hours": [before, hours]})
    return row


@transaction.atomic
def give_duty(
    *,
    by: Person,
    cell: Cell,
    post: Post,
    person: Person | None = None,
    name: str = "",
    phone: str = "",
    is_deputy: bool = False,
) -> Duty:
    """Give a post to somebody, in place of who held it; a post that several share is added to.

    Somebody without an account has a name and a telephone, and holds no right here. Raises PermissionDenied;
    ValidationError for somebody without a role in this territory, or nobody at all.
    """
    row = writable(by, cell, Post.DIRECTOR)
    said = " ".join(name.split())[:120]
    if (person is None) is (not said):
        raise ValidationError(_("Choisissez un compte, ou écrivez un nom : l’un des deux."))
    if person is not None and not access.may(person, Permission.VIEW_CRISIS, row.scope):
        raise ValidationError(_("Cette personne n’a pas de rôle ici : écrivez son nom et son téléphone."))
    now = timezone.now()
    open_duties = Duty.objects.of(row).filter(post=post, until=None)
    mine = open_duties.filter(person=person) if person is not None else open_duties.filter(name=said)
    if is_deputy and any(not one.is_given_up for one in mine):
        raise ValidationError(_("Une cellule a toujours une direction : donnez-la à quelqu’un d’autre."))
    held = mine.filter(is_deputy=is_deputy).first()
    if held is not None:
        if phone and held.phone != phone:
            held.phone = phone
            held.save(update_fields=["phone"])
        return held
    mine.update(until=now)
    if post not in SHARED:
        open_duties.filter(is_deputy=is_deputy).update(until=now)
    made = Duty.objects.create(
        cell=row, post=post, person=person, name=said, phone=phone, is_deputy=is_deputy, since=now
    )

    def words() -> str:
        said = _("{post} : {name} (suppléance).") if is_deputy else _("{post} : {name}.")
        return said.format(post=POST_LABELS[post], name=made.holder)

    write_line(row, Note.DECISION, words, now, by=by)
    told(row, by, "crisis.duty_given", {"post": post.value, "person": person})
    return made


@transaction.atomic
def end_duty(*, by: Person, duty: Duty) -> Duty:
    """Take a post back; who directs the cell gives it up only to somebody else. Again, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    cell = writable(by, duty.cell, Post.DIRECTOR)
    row = Duty.objects.of(cell).select_for_update().get(pk=duty.pk)
    if row.until is not None:
        return row
    if not row.is_given_up:
        raise ValidationError(_("Une cellule a toujours une direction : donnez-la à quelqu’un d’autre."))
    row.until = timezone.now()
    row.save(update_fields=["until"])
    told(cell, by, "crisis.duty_ended", {"post": row.post, "person": row.person})
    return row


@transaction.atomic
def do_gesture(*, by: Person, cell: Cell, code: str, is_done: bool) -> None:
    """Tick a gesture of the template, or untick it. Raises PermissionDenied; ValidationError for another."""
    row = writable(by, cell)
    if template_of(Kind(row.kind), row.at).words_of(code) is None:
        raise ValidationError(_("Ce geste n’est pas dans la fiche de la cellule."))
    known = GestureDone.objects.of(row).filter(code=code).first()
    if is_done is (known is not None):
        return
    if known is None:
        GestureDone.objects.create(cell=row, code=code, by=by)
    else:
        known.delete()

    def text() -> str:
        said = _("Fait : {gesture}.") if is_done else _("Décoché, à refaire : {gesture}.")
        return said.format(gesture=template_of(Kind(row.kind), row.at).words_of(code))

    write_line(row, Note.FACT, text, timezone.now(), by=by)
    told(row, by, "crisis.gesture", {"code": code, "is_done": is_done})


@transaction.atomic
def note(
    *,
    by: Person,
    cell: Cell,
    kind: Note,
    text: str,
    key: str,
    at: datetime | None = None,
    said_by: str = "",
    corrects: LogEntry | None = None,
) -> LogEntry:
    """Write a line of the log, of now or of an hour before; the same `key` again is the same line.

    A line never changes: `corrects` says which one it stands for, which keeps its words and is corrected
    once: the next time, its correction is. Raises PermissionDenied, ValidationError.
    """
    row = writable(by, cell)
    said = text.strip()
    known = made_before(LogEntry, by=by, key=key)
    if known is not None:
        kept = (known.cell_id, known.text, known.kind, known.said_by, known.corrects_id)
        line = corrects.pk if corrects is not None else None
        is_same = kept == (row.pk, said[:2000], kind, said_by.strip()[:160], line)
        # An hour a little ahead was written as that of the line.
        is_then = at is None or at == known.at or at > known.noted_at
        return same_write(known, is_same=is_same and is_then)
    if not said:
        raise ValidationError({"text": _("Écrivez ce qu’il faut noter.")})
    now = timezone.now()
    moment = at or now
    if moment > now + _AHEAD:
        raise ValidationError({"at": _("Cette heure est à venir : notez ce qui s’est passé.")})
    if corrects is not None:
        _require_correctable(row, corrects)
    made = write_line(
        row, kind, said, min(moment, now), by=by, key=key, said_by=said_by.strip()[:160], corrects=corrects
    )
    told(row, by, "crisis.noted", {"kind": kind.value, "corrects": corrects.pk if corrects else None})
    return made


def _require_correctable(row: Cell, line: LogEntry) -> None:
    if line.cell_id != row.pk:
        raise ValidationError(_("Cette ligne est d’une autre cellule."))
    if LogEntry.objects.of(row).filter(corrects=line).exists():
        raise ValidationError(_("Cette ligne est déjà corrigée : corrigez sa correction."))


def write_line(
    cell: Cell,
    kind: Note,
    text: str | Callable[[], str],
    at: datetime,
    *,
    by: Person | None,
    key: str = "",
    said_by: str = "",
    corrects: LogEntry | None = None,
) -> LogEntry:
    """Write a line of the log, in the transaction of what it tells; `key` is drawn where none is given.

    What the program words (a callable) is in French whoever acts: the log is one, read and printed by all.
    """
    if callable(text):
        with override("fr"):
            text = text()
    return LogEntry.objects.create(
        cell=cell,
        kind=kind,
        text=text[:2000],
        at=at,
        noted_at=timezone.now(),
        by=by,
        said_by=said_by,
        key=key or uuid4().hex,
        corrects=corrects,
    )


def writable(by: Person, cell: Cell, *posts: Post) -> Cell:
    """Lock a cell that is open, for who holds one of `posts`, or any where none is said.

    Raises PermissionDenied; ValidationError once the cell is closed.
    """
    row = Cell.objects.in_scope(cell.scope).select_for_update().get(pk=cell.pk)
    rights.require(by, row, *posts)
    return must_be_open(row)


def must_be_open(cell: Cell) -> Cell:
    """Return a cell that nobody closed. Raises ValidationError."""
    if not cell.is_open:
        raise ValidationError(_("Cette cellule est close : ouvrez-en une autre si la crise reprend."))
    return cell


def told(cell: Cell, by: Person | None, verb: str, changes: dict[str, Any]) -> None:
    """Record a write in the journal, and tell open pages that something changed."""
    entry = journal.record(
        by=by, verb=verb, target=journal.target_of(cell), changes=changes, scope=cell.scope
    )
    outbox.publish(CHANGED, {"scope": cell.scope_id, "cell": cell.pk}, key=f"crisis-{entry.hash}")
