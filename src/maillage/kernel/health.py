"""How the installation is: what whoever runs it looks at first, from what the program already knows.

Three statements of the database, one file of the installation, one call to the disk.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage import __version__
from maillage.kernel import anchors, formats, leases, outbox
from maillage.kernel.models import Entry, Lease

#: How old the last backup and the last anchor may be: both are made every day, an hour later at most.
DAILY = timedelta(hours=25)
#: The share of the disk under which a backup may no longer fit.
LITTLE_ROOM = 0.1
GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is looked at: its name, how it is in words, and whether somebody must see to it."""

    name: str
    said: str
    is_wrong: bool = False


def signs(now: datetime | None = None) -> list[Sign]:
    """Return how the installation is at `now`: what is wrong first."""
    moment = now or timezone.now()
    every = [*_backup(moment), *_outbox(), *_leader(moment), *_journal(moment), *_disk(), *_versions()]
    return sorted(every, key=lambda one: not one.is_wrong)


def _backup(now: datetime) -> Iterator[Sign]:
    last = Entry.objects.filter(verb="kernel.backup_made").order_by("-position").first()
    name = _("Sauvegarde")
    if last is None:
        yield Sign(name, _("aucune n’est notée : lancez « maillage backup »"), is_wrong=True)
    else:
        text = _("{file}, le {when}").format(file=last.target, when=_moment(last.at))
        yield Sign(name, text, is_wrong=now - last.at > DAILY)


def _outbox() -> Iterator[Sign]:
    late = outbox.late()
    text = ngettext("{count} relais en retard", "{count} relais en retard", late)
    said = text.format(count=formats.number(late)) if late else _("aucun relais en retard")
    yield Sign(_("Messages"), said, is_wrong=late > 0)


def _leader(now: datetime) -> Iterator[Sign]:
    lead = Lease.objects.filter(name=leases.LEADER, until__gt=now).exists()
    said = _("un processus mène les envois et les calculs")
    if not lead:
        said = _("aucun processus ne mène les envois")
    yield Sign(_("Processus"), said, is_wrong=not lead)


def _journal(now: datetime) -> Iterator[Sign]:
    name = _("Journal")
    try:
        kept = anchors.read()
    except anchors.AnchorError as error:
        yield Sign(name, str(error), is_wrong=True)
        return
    if not kept:
        yield Sign(name, _("aucune empreinte n’est encore gardée hors de la base"), is_wrong=True)
        return
    text = _("empreinte gardée hors de la base le {when}").format(when=_moment(kept[-1].at))
    yield Sign(name, text, is_wrong=now - kept[-1].at > DAILY)


def _disk() -> Iterator[Sign]:
    room = shutil.disk_usage(Path(settings.JOURNAL_ANCHORS).parent)
    text = _("{free} Go libres sur {total} Go").format(
        free=formats.number(room.free / GIGABYTE), total=formats.number(room.total / GIGABYTE)
    )
    yield Sign(_("Disque"), text, is_wrong=room.free < room.total * LITTLE_ROOM)


def _versions() -> Iterator[Sign]:
    yield Sign(_("Versions"), f"Maillage {__version__} · {_database()}")


def _database() -> str:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        version = str(connection.connection.info.server_version // 10_000)
        return f"PostgreSQL {version}"
    return f"SQLite {sqlite3.sqlite_version}"


def _moment(when: datetime) -> str:
    local = timezone.localtime(when)
    return f"{formats.date_short(local)} {formats.time_short(local)}"
