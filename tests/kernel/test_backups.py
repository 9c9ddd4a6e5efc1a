"""Backup and restore: the same data on the other side, or a refusal and nothing changed."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from maillage.kernel import backups, journal, outbox
from maillage.kernel.backups import BackupError
from maillage.kernel.models import Entry, Message, Person, RoleAssignment, Scope
from tests.kernel.own_database import own_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def saved(tmp_path: Path, nurse: Person, administrator: Person) -> backups.Backup:
    """A backup of a database with people, roles, a journal and a message."""
    with transaction.atomic():
        outbox.publish("test.nobody", {"é": [1, 2.5, None], "date": "2026-03-14"}, key="a")
        journal.record(by=nurse, verb="test.done", target="row:1", changes={"n": [1, 2]})
    return backups.backup(tmp_path / "maillage.zip")


def rows() -> dict[str, list[dict]]:
    """Every row of the kernel, the journal up to what a restore adds."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in (Person, Scope, RoleAssignment, Message)
    } | {"Entry": list(Entry.objects.exclude(verb="kernel.backup_restored").order_by("pk").values())}


def rewritten(saved: backups.Backup, name: str, change) -> Path:
    """Return a copy of the backup in which one file was changed."""
    copy = saved.path.with_name("changed.zip")
    with zipfile.ZipFile(saved.path) as old, zipfile.ZipFile(copy, "w") as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return copy


def test_a_restored_database_is_what_was_saved(saved: backups.Backup) -> None:
    before = rows()
    Scope.objects.create(kind="later", label="added after the backup")
    journal.record(by=None, verb="test.later", target="x", changes={})
    Person.objects.filter(email="nurse@example.org").update(first_name="Changée")
    restored = backups.restore(saved.path, digest=saved.digest)
    assert rows() == before
    assert restored == saved
    assert saved.rows > 5
    last = Entry.objects.first()
    assert (last.verb, last.changes["digest"]) == ("kernel.backup_restored", saved.digest)
    assert journal.verify().intact


def test_after_a_restore_the_database_works_on(saved: backups.Backup) -> None:
    backups.restore(saved.path)
    assert Scope.objects.create(kind="new", label="new").pk not in {None, 0}
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_entry")


def test_progress_is_told_table_by_table(saved: backups.Backup, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    backups.restore(saved.path, progress=lambda *step: told.append(step))
    assert [place for _table, place, _total in told] == list(range(told[0][2]))


def test_sessions_are_not_kept(saved: backups.Backup) -> None:
    with zipfile.ZipFile(saved.path) as file:
        assert not any("sessions." in name for name in file.namelist())
        assert "tables/kernel.person.jsonl" in file.namelist()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("tables/kernel.person.jsonl", lambda raw: raw.replace(b"nurse@", b"thief@"), "kernel.person"),
        ("tables/kernel.scope.jsonl", lambda raw: b"", "kernel.scope"),
        ("manifest.json", lambda raw: raw.replace(b"kernel.0001", b"kernel.0000"), "un autre schéma"),
        ("manifest.json", lambda raw: raw.replace(b'"format": 1', b'"format": 9'), "un autre schéma"),
        ("manifest.json", lambda raw: b"{}", "lisible"),
        ("manifest.json", lambda raw: b"not json", "lisible"),
    ],
)
def test_a_changed_file_is_refused_and_nothing_changes(
    saved: backups.Backup, name: str, change, says: str
) -> None:
    before = rows()
    with pytest.raises(BackupError, match=says):
        backups.restore(rewritten(saved, name, change))
    assert rows() == before


def test_a_file_rewritten_with_its_checksums_is_refused_by_the_digest_noted(saved: backups.Backup) -> None:
    copy = rewritten(
        saved, "manifest.json", lambda raw: raw.replace(b'"created_at": "2', b'"created_at": "1')
    )
    with pytest.raises(BackupError, match="empreinte"):
        backups.restore(copy, digest=saved.digest)


def test_a_row_the_database_refuses_undoes_everything(saved: backups.Backup) -> None:
    before = rows()

    def without_people(manifest: bytes) -> bytes:
        content = json.loads(manifest)
        content["tables"] = [table for table in content["tables"] if table["model"] != "kernel.person"]
        return json.dumps(content).encode()

    with pytest.raises(BackupError, match="Rien n’a été changé"):
        backups.restore(rewritten(saved, "manifest.json", without_people))
    assert rows() == before
    assert journal.verify().intact


def test_what_is_not_a_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("not a zip")
    with pytest.raises(BackupError, match="lisible"):
        backups.restore(tmp_path / "letter.zip")
    with pytest.raises(BackupError, match="lisible"):
        backups.restore(tmp_path / "absent.zip")


def test_a_backup_never_overwrites_a_file(saved: backups.Backup) -> None:
    with pytest.raises(FileExistsError):
        backups.backup(saved.path)
    assert zipfile.is_zipfile(saved.path)


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path, nurse: Person) -> None:
    def full(*_step: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        backups.backup(tmp_path / "maillage.zip", progress=full)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_sqlite_is_restored_on_the_database_under_test(
    saved: backups.Backup, tmp_path: Path
) -> None:
    """The file made here goes to a database of SQLite and comes back: one format for both."""
    before = rows()
    own = tmp_path / "own"
    own.mkdir()
    with own_database(own, vendor="sqlite") as other:
        other.run("tests.kernel.process", "restore", str(saved.path))
        other.run("tests.kernel.process", "backup", str(own / "back.zip"))
    shutil.move(own / "back.zip", tmp_path / "back.zip")
    backups.restore(tmp_path / "back.zip")
    assert rows() == before
    assert journal.verify().intact
