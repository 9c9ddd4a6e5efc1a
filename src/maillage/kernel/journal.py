"""Who did what to which, when and why: added to, never changed, each row sealed by the hash of the last.

Each scope has a chain of its own, so that territories do not wait for one another; what belongs to no scope
has that of the installation. A chain is kept in one order by locking its head row until the transaction
ends, so an action records last, when its own rows are already locked; and a transaction writes in one chain
only, that of its first row, so that two of them never wait for each other's. See docs/adr/0003.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import databases
from maillage.kernel.models import ChainHead, Entry, Person, Scope
from maillage.kernel.statements import Change, Statement, given

GENESIS = "0" * 64
#: The chain of what belongs to no scope.
INSTALLATION = 0

#: By chain, its last rank and the hash of that row.
Heads = Mapping[int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that is not as it was written, and what is wrong with it, in the reader's language."""

    chain: int
    rank: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found: the number of rows read, the ends of the chains, and the first fault or None.

    `anchors` is how many ends noted outside the database it was checked against.
    """

    entries: int
    heads: Heads
    fault: Fault | None
    anchors: int = 0

    @property
    def intact(self) -> bool:
        """True where no row was changed, removed, added or moved."""
        return self.fault is None

    @property
    def seal(self) -> str:
        """One hash that stands for the ends of all the chains, short enough to be printed."""
        return seal_of(self.heads)


@dataclass(frozen=True, slots=True)
class Line:
    """What `record` takes, for `record_all`."""

    by: Person | None
    verb: str
    target: str
    changes: dict[str, Any]
    reason: str = ""
    scope: int | None = None


def record(
    *,
    by: Person | None,
    verb: str,
    target: str,
    changes: dict[str, Any],
    reason: str = "",
    scope: Scope | int | None = None,
) -> Entry:
    """Add one row to the journal, in the transaction of the write it tells.

    `by` is None for what the program does itself; `verb` is `context.past_tense` (« territory.created »);
    `target` names the row (see `target_of`); `changes` holds JSON values, dates, decimals or rows, by
    field, usually as `[before, after]`; `scope` (or its key) says in whose chain. Raises TypeError for a
    value that cannot be written as JSON.
    """
    key = scope.pk if isinstance(scope, Scope) else scope
    (entry,) = record_all([Line(by, verb, target, changes, reason, key)])
    return entry


def record_all(lines: Sequence[Line]) -> list[Entry]:
    """Add several rows to the journal, in that order, in the chain of the first. Raises as `record` does."""
    texts = [canonical(line.changes) for line in lines]
    with transaction.atomic(savepoint=False):
        chain = _chain_of_transaction(lines[0].scope or INSTALLATION)
        rank, last_hash = _locked_head(chain)
        entries = []
        for line, text in zip(lines, texts, strict=True):
            rank += 1
            entry = Entry(
                chain=chain,
                rank=rank,
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
        databases.insert(entries)
        _MOVED.make(chain=chain, rank=rank, hash=last_hash)
    return entries


def target_of(instance: Model) -> str:
    """Return the name under which the journal knows a row: `app.model:key`."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def seal(entry: Entry) -> str:
    """Return the SHA-256 (hexadecimal) of a row's content and of the hash before it."""
    # The chain of the installation is sealed as it was when it was the only one: its old rows still hold.
    place = [entry.rank] if entry.chain == INSTALLATION else [entry.chain, entry.rank]
    content = [
        *place,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by_id,
        entry.verb,
        entry.target,
        entry.changes_text,
        entry.reason,
        entry.previous_hash,
    ]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def seal_of(heads: Heads) -> str:
    """Return the SHA-256 (hexadecimal) of the ends of all the chains."""
    content = [[chain, *heads[chain]] for chain in sorted(heads)]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return `value` as JSON in one spelling only: sorted keys, no blank, no NaN, UTF-8 kept."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_json
    )


def verify(*, anchors: Sequence[Heads] = ()) -> Verification:
    """Read the whole journal in order and return the first row that was tampered with, if any.

    `anchors` are ends of the chains noted outside the database, at several times (`kernel.anchors`): they
    show a chain rewritten from a row to its end, cut off with its head, or removed, which it cannot itself.
    """
    noted: dict[int, dict[int, str]] = {}
    for anchor in anchors:
        for chain, (rank, noted_hash) in anchor.items():
            noted.setdefault(chain, {})[rank] = noted_hash
    checked = sum(map(len, noted.values()))
    heads = {one.chain: (one.rank, one.hash) for one in ChainHead.objects.all()}
    found: dict[int, tuple[int, str]] = {}
    count = 0
    for entry in _in_order():
        last_rank, last_hash = found.get(entry.chain, (0, GENESIS))
        fault = _fault_of(entry, last_rank, last_hash, noted.get(entry.chain, {}))
        if fault is not None:
            return Verification(count, found, fault, checked)
        found[entry.chain] = (entry.rank, entry.hash)
        count += 1
    for chain in sorted({*heads, *found, *noted}):
        ends = found.get(chain, (0, GENESIS))
        fault = _fault_of_end(chain, ends, heads.get(chain, (0, GENESIS)), max(noted.get(chain, {0: ""})))
        if fault is not None:
            return Verification(count, found, fault, checked)
    return Verification(count, found, None, checked)


def _in_order() -> Iterator[Entry]:
    return Entry.objects.order_by("chain", "rank").iterator(chunk_size=2000)


def _fault_of(entry: Entry, last_rank: int, last_hash: str, noted: Mapping[int, str]) -> Fault | None:
    chain, expected = entry.chain, last_rank + 1
    if entry.rank > expected:
        return _broken(chain, expected, _("La ligne {row} manque : elle a été effacée ou déplacée."))
    if entry.previous_hash != last_hash:
        return _broken(chain, expected, _("La ligne {row} ne suit pas celle qui la précède."))
    if entry.hash != seal(entry):
        return _broken(chain, expected, _("Le contenu de la ligne {row} n’est plus celui qui a été scellé."))
    if noted.get(entry.rank, entry.hash) != entry.hash:
        return _broken(chain, expected, _("La ligne {row} n’a plus l’empreinte notée hors de la base."))
    return None


def _fault_of_end(chain: int, end: tuple[int, str], head: tuple[int, str], noted: int) -> Fault | None:
    if head[0] > end[0] or noted > end[0]:
        return _broken(chain, end[0] + 1, _("La ligne {row} manque : la fin du journal a été coupée."))
    if head != end:
        return _broken(chain, end[0], _("La ligne {row} n’est pas la dernière que le programme ait écrite."))
    return None


def _broken(chain: int, rank: int, sentence: str) -> Fault:
    said = sentence.format(row=rank)
    if chain == INSTALLATION:
        return Fault(chain, rank, said)
    scope = Scope.objects.filter(pk=chain).values_list("label", flat=True).first()
    return Fault(chain, rank, _("{scope} : {sentence}").format(scope=scope or chain, sentence=said))


_HEAD: Statement[tuple[int, str]] = Statement(
    lambda: ChainHead.objects.select_for_update().filter(chain=given("chain")).values_list("rank", "hash")
)
_MOVED = Change(
    lambda: ChainHead.objects.filter(chain=given("chain")), rank=given("rank"), hash=given("hash")
)


def _chain_of_transaction(wanted: int) -> int:
    """Return the chain in which the transaction under way writes: the one of its first row."""
    for on_commit in connection.run_on_commit:
        if isinstance(on_commit[1], _WritesIn):
            return on_commit[1].chain
    transaction.on_commit(_WritesIn(wanted))
    return wanted


@dataclass(frozen=True, slots=True)
class _WritesIn:
    """Remembers the chain of a transaction as long as it lasts: a rollback forgets it, with its lock."""

    chain: int

    def __call__(self) -> None:
        """Do nothing on commit."""


def _locked_head(chain: int) -> tuple[int, str]:
    head = _HEAD.first(chain=chain)
    if head is None:
        databases.insert_new([ChainHead(chain=chain, rank=0, hash=GENESIS)], unique=("chain",))
        (head,) = _HEAD.rows(chain=chain)
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
