"""Who did what to which, when and why: added to, never changed, each row sealed by the hash of the last.

The chain is kept in one order by locking its head row until the transaction ends, so an action records
last, when its own rows are already locked. See docs/adr/0003.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import ChainHead, Entry, Person

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that is not as it was written, and what is wrong with it, in the reader's language."""

    position: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: the number of rows read, the last hash, and the first fault or None."""

    entries: int
    last_hash: str
    fault: Fault | None

    @property
    def sound(self) -> bool:
        """True where no row was changed, removed, added or moved."""
        return self.fault is None


@dataclass(frozen=True, slots=True)
class Line:
    """What `record` takes, for `record_all`."""

    by: Person | None
    verb: str
    target: str
    changes: dict[str, Any]
    reason: str = ""


def record(*, by: Person | None, verb: str, target: str, changes: dict[str, Any], reason: str = "") -> Entry:
    """Add one row to the journal, in the transaction of the write it tells.

    `by` is None for what the program does itself; `verb` is `context.past_tense` (« territory.created »);
    `target` names the row (see `target_of`); `changes` holds JSON values, dates, decimals or rows, by
    field, usually as `[before, after]`. Raises TypeError for a value that cannot be written as JSON.
    """
    (entry,) = record_all([Line(by, verb, target, changes, reason)])
    return entry


def record_all(lines: Sequence[Line]) -> list[Entry]:
    """Add several rows to the journal, in that order: the head is locked once. Raises as `record` does."""
    texts = [canonical(line.changes) for line in lines]
    with transaction.atomic(savepoint=False):
        position, last_hash = _locked_head()
        entries = []
        for line, text in zip(lines, texts, strict=True):
            position += 1
            entry = Entry(
                position=position,
                at=timezone.now(),
                by=line.by,
                verb=line.verb,
                target=line.target,
                changes_text=text,
                reason=line.reason,
                previous_hash=last_hash,
            )
            last_hash = entry.hash = seal(entry)
            entries.append(entry)
        Entry.objects.bulk_create(entries)
        ChainHead.objects.filter(pk=1).update(position=position, hash=last_hash)
    return entries


def target_of(instance: Model) -> str:
    """Return the name under which the journal knows a row: `app.model:key`."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def seal(entry: Entry) -> str:
    """Return the SHA-256 (hexadecimal) of a row's content and of the hash before it."""
    content = [
        entry.position,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by_id,
        entry.verb,
        entry.target,
        entry.changes_text,
        entry.reason,
        entry.previous_hash,
    ]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return `value` as JSON in one spelling only: sorted keys, no blank, no NaN, UTF-8 kept."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_json
    )


def verify(*, anchor: tuple[int, str] | None = None) -> Verification:
    """Read the whole journal in order and return the first row that was tampered with, if any.

    `anchor` is a position and its hash noted outside the database (a printed register, a mail): it shows
    a journal rewritten from end to end, which the chain alone cannot.
    """
    last_position, last_hash = 0, GENESIS
    for entry in _in_order():
        fault = _fault_of(entry, last_position, last_hash, anchor)
        if fault is not None:
            return Verification(last_position, last_hash, fault)
        last_position, last_hash = entry.position, entry.hash
    return Verification(last_position, last_hash, _fault_of_end(last_position, last_hash, anchor))


def _in_order() -> Iterator[Entry]:
    return Entry.objects.order_by("position").iterator(chunk_size=2000)


def _fault_of(
    entry: Entry, last_position: int, last_hash: str, anchor: tuple[int, str] | None
) -> Fault | None:
    expected = last_position + 1
    if entry.position > expected:
        return _broken(expected, _("La ligne {row} manque : elle a été effacée ou déplacée."))
    if entry.previous_hash != last_hash:
        return _broken(expected, _("La ligne {row} ne suit pas celle qui la précède."))
    if entry.hash != seal(entry):
        return _broken(expected, _("Le contenu de la ligne {row} n’est plus celui qui a été scellé."))
    if anchor is not None and anchor[0] == entry.position and anchor[1] != entry.hash:
        return _broken(expected, _("La ligne {row} n’a plus l’empreinte notée hors de la base."))
    return None


def _fault_of_end(position: int, last_hash: str, anchor: tuple[int, str] | None) -> Fault | None:
    head = ChainHead.objects.filter(pk=1).first()
    end = (head.position, head.hash) if head else (0, GENESIS)
    if end[0] > position or (anchor is not None and anchor[0] > position):
        return _broken(position + 1, _("La ligne {row} manque : la fin du journal a été coupée."))
    if end != (position, last_hash):
        return _broken(position, _("La ligne {row} n’est pas la dernière que le programme ait écrite."))
    return None


def _broken(position: int, sentence: str) -> Fault:
    return Fault(position, sentence.format(row=position))


def _locked_head() -> tuple[int, str]:
    heads = ChainHead.objects.select_for_update()
    head = heads.filter(pk=1).values_list("position", "hash").first()
    if head is None:
        made, _is_new = heads.get_or_create(pk=1, defaults={"position": 0, "hash": GENESIS})
        head = made.position, made.hash
    return head


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Model):
        return target_of(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written in the journal")
