"""The administrator reads first how the installation is, and what is wrong before the rest."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from maillage.kernel import anchors, backups, health, journal, leases, outbox
from maillage.kernel.models import Delivery, Entry, Message, Person
from maillage.kernel.own_contributions import installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_anchors(settings: Any, tmp_path: Path) -> Path:
    """Keep the anchors of a test to itself."""
    settings.JOURNAL_ANCHORS = tmp_path / "anchors.jsonl"
    return tmp_path / "anchors.jsonl"


def wrong() -> dict[str, str]:
    """What is wrong now, by the name of the sign; how full this disk is, is not ours to say."""
    return {one.name: one.said for one in health.signs() if one.is_wrong and one.name != "Disque"}


@pytest.fixture
def sound(tmp_path: Path, nurse: Person) -> backups.Backup:
    """An installation saved, led and anchored today."""
    made = backups.backup(tmp_path / "maillage.zip")
    backups.note(made)
    anchors.take()
    leases.take(leases.LEADER, "process", timedelta(minutes=1))
    return made


def test_a_sound_installation_has_nothing_wrong(sound: backups.Backup) -> None:
    assert wrong() == {}
    said = {one.name: one.said for one in health.signs()}
    assert said["Sauvegarde"].startswith("maillage.zip, le ")
    assert said["Versions"].startswith("Maillage ")
    assert "Go libres" in said["Disque"]
    line = Entry.objects.get(verb="kernel.backup_made")
    assert (line.target, line.changes["digest"]) == ("maillage.zip", sound.digest)
    assert journal.verify().intact


def test_each_sign_says_what_is_missing(nurse: Person) -> None:
    assert set(wrong()) == {"Sauvegarde", "Processus", "Journal"}


def test_a_day_without_a_backup_or_an_anchor_is_seen(sound: backups.Backup) -> None:
    later = timezone.now() + health.DAILY + timedelta(minutes=1)
    late = {one.name for one in health.signs(later) if one.is_wrong}
    assert {"Sauvegarde", "Journal", "Processus"} <= late


def test_messages_that_wait_are_counted(sound: backups.Backup) -> None:
    outbox.publish("kernel.person_invited", {}, key="late")
    Message.objects.update(published_at="2020-01-01T00:00:00Z")
    Delivery.objects.update(try_after="2020-01-01T00:00:00Z")
    assert wrong() == {"Messages": "1 relais en retard"}


def test_a_changed_anchor_is_said(sound: backups.Backup, own_anchors: Path) -> None:
    own_anchors.write_text("{}\n")
    assert "modifiée" in wrong()["Journal"]


def test_only_who_administers_the_installation_reads_it(administrator: Person, nurse: Person) -> None:
    assert installation(nurse) is None
    shown = installation(administrator)
    assert shown is not None
    assert shown.lines[0].is_wrong
    assert "à surveiller" in shown.said
