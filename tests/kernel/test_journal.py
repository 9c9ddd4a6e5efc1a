"""The journal: added to only, and a changed row is found."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from maillage.kernel import databases, journal
from maillage.kernel.models import AppendOnlyError, ChainHead, Entry, Person, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(db: None) -> list[Entry]:
    return [
        journal.record(by=None, verb="test.done", target=f"row:{i}", changes={"n": [i - 1, i]})
        for i in range(1, 6)
    ]


def tamper(statement: str) -> None:
    """Change the journal as someone would who owns the database: take the triggers away first."""
    databases.allow_changes("kernel_entry")
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_says_who_what_when_and_why(nurse: Person) -> None:
    changes = {
        "day": date(2026, 3, 14),
        "at": datetime(2026, 3, 14, 14, 5, tzinfo=UTC),
        "amount": Decimal("2.50"),
        "person": nurse,
        "codes": {"71", "03"},
        "label": ["avant", "après"],
    }
    written = journal.record(by=nurse, verb="test.done", target="row:1", changes=changes, reason="essai")
    entry = Entry.objects.get(pk=written.pk)
    assert (entry.by, entry.verb, entry.target, entry.reason) == (nurse, "test.done", "row:1", "essai")
    assert entry.changes == {
        "day": "2026-03-14",
        "at": "2026-03-14T14:05:00.000000+00:00",
        "amount": "2.50",
        "person": f"kernel.person:{nurse.pk}",
        "codes": ["03", "71"],
        "label": ["avant", "après"],
    }
    assert entry.hash == journal.seal(entry)
    assert str(entry) == f"{entry.position} · test.done · row:1"


@pytest.mark.parametrize("value", [object(), float("nan")])
def test_what_json_cannot_say_is_refused_and_nothing_is_written(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        journal.record(by=None, verb="test.done", target="row:1", changes={"value": value})
    assert not Entry.objects.exists()


def test_each_entry_holds_the_hash_of_the_one_before(entries: list[Entry]) -> None:
    assert entries[0].previous_hash == journal.GENESIS
    assert [later.previous_hash for later in entries[1:]] == [earlier.hash for earlier in entries[:-1]]
    assert journal.verify() == journal.Verification(5, {0: (5, entries[-1].hash)}, None)
    assert journal.verify().intact


def test_an_empty_journal_is_sound() -> None:
    assert journal.verify() == journal.Verification(0, {}, None)


def test_a_failed_action_leaves_no_entry_and_no_gap(entries: list[Entry]) -> None:
    with transaction.atomic():
        journal.record(by=None, verb="test.done", target="row:6", changes={})
        transaction.set_rollback(True)
    assert journal.record(by=None, verb="test.done", target="row:7", changes={}).rank == 6
    assert journal.verify().intact


def test_python_refuses_to_change_or_remove_an_entry(entries: list[Entry]) -> None:
    entry = Entry.objects.get(rank=3)
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(verb="x"),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE kernel_entry SET verb = 'test.undone'", "DELETE FROM kernel_entry WHERE rank = 5"],
)
def test_the_database_refuses_to_change_or_remove_an_entry(entries: list[Entry], statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert journal.verify().intact


def test_the_database_refuses_to_empty_the_journal(entries: list[Entry]) -> None:
    statement = {"sqlite": "DELETE FROM kernel_entry", "postgresql": "TRUNCATE kernel_entry"}[
        connection.vendor
    ]
    connection.check_constraints()  # deferred checks would refuse TRUNCATE before the trigger
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "position", "says"),
    [
        ("UPDATE kernel_entry SET reason = 'autre' WHERE rank = 3", 3, "plus celui qui a été scellé"),
        ("UPDATE kernel_entry SET by_id = NULL, target = 'x' WHERE rank = 1", 1, "scellé"),
        ("DELETE FROM kernel_entry WHERE rank = 2", 2, "La ligne 2 manque"),
        ("DELETE FROM kernel_entry WHERE rank >= 4", 4, "fin du journal a été coupée"),
        ("UPDATE kernel_entry SET previous_hash = hash WHERE rank = 4", 4, "ne suit pas"),
        ("DELETE FROM kernel_chainhead", 5, "n’est pas la dernière"),
    ],
)
def test_the_first_tampered_row_is_found(
    entries: list[Entry], statement: str, position: int, says: str
) -> None:
    tamper(statement)
    found = journal.verify()
    assert not found.intact
    assert (found.fault.chain, found.fault.rank) == (0, position)
    assert says in found.fault.explanation


def rewrite_from(position: int) -> None:
    """Rewrite the end of the journal with hashes that hold, as an owner of the database could."""
    databases.allow_changes("kernel_entry")
    previous = Entry.objects.get(rank=position - 1).hash
    for entry in Entry.objects.filter(rank__gte=position).order_by("rank"):
        entry.verb, entry.previous_hash = "test.forged", previous
        entry.hash = previous = journal.seal(entry)
        columns = {name: getattr(entry, name) for name in ("verb", "previous_hash", "hash")}
        super(type(Entry.objects.all()), Entry.objects.filter(pk=entry.pk)).update(**columns)
    ChainHead.objects.update(hash=previous)


def test_a_journal_rewritten_to_its_end_is_found_by_a_hash_noted_elsewhere(entries: list[Entry]) -> None:
    noted = {0: (entries[3].rank, entries[3].hash)}
    rewrite_from(2)
    assert journal.verify().intact
    found = journal.verify(anchors=[noted])
    assert found.fault.rank == 4
    assert "hors de la base" in found.fault.explanation
    assert "coupée" in journal.verify(anchors=[{0: (9, "0" * 64)}]).fault.explanation


@pytest.mark.parametrize(("chain", "end"), [(0, "coupée"), (77, "Val-de-Brume\N{NO-BREAK SPACE}: ")])
def test_a_chain_cut_off_with_its_head_is_found_by_an_anchor(
    entries: list[Entry], chain: int, end: str
) -> None:
    Scope.objects.create(pk=77, kind="territory", label="Val-de-Brume")
    noted = {0: (5, entries[-1].hash), 77: (3, "a" * 64)} if chain else {0: (5, entries[-1].hash)}
    if not chain:
        tamper("DELETE FROM kernel_entry WHERE rank > 2")
        head = Entry.objects.get(rank=2)
        ChainHead.objects.update(rank=2, hash=head.hash)
        assert journal.verify().intact, "the database alone cannot tell"
    found = journal.verify(anchors=[noted])
    assert (found.fault.chain, found.fault.rank) == (chain, 1 if chain else 3)
    assert end in found.fault.explanation


@pytest.mark.django_db(transaction=True)
def test_each_scope_has_its_chain_and_a_transaction_writes_in_one() -> None:
    here, there = (Scope.objects.create(kind="territory", label=name) for name in "AB")
    rows = [
        journal.record(by=None, verb="test.done", target="row:1", changes={}, scope=scope)
        for scope in (here, there, here.pk, None, there)
    ]
    assert [(row.chain, row.rank) for row in rows] == [
        (here.pk, 1), (there.pk, 1), (here.pk, 2), (0, 1), (there.pk, 2),
    ]  # fmt: skip
    with transaction.atomic():
        first = journal.record(by=None, verb="test.done", target="row:2", changes={}, scope=there)
        with transaction.atomic():
            second = journal.record(by=None, verb="test.done", target="row:2", changes={}, scope=here)
    assert {first.chain, second.chain} == {there.pk}, "two transactions never wait for each other's chain"
    with transaction.atomic():
        journal.record(by=None, verb="test.done", target="row:3", changes={}, scope=there)
        transaction.set_rollback(True)
    after = journal.record(by=None, verb="test.done", target="row:4", changes={}, scope=here)
    assert (after.chain, after.rank) == (here.pk, 3), "what was rolled back is forgotten"
    assert journal.verify().intact
    assert journal.verify().heads == {
        0: (1, rows[3].hash), here.pk: (3, after.hash), there.pk: (4, second.hash),
    }  # fmt: skip


def test_a_row_moved_to_another_chain_is_found(entries: list[Entry]) -> None:
    tamper("UPDATE kernel_entry SET chain = 5, rank = 1, previous_hash = '" + "0" * 64 + "' WHERE rank = 5")
    assert not journal.verify().intact
