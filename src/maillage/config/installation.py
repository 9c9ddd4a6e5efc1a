"""What every installation needs before it serves: tables, static files, data."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from maillage import __version__
from maillage.agenda import api as agenda
from maillage.care import api as care
from maillage.config.progress import Report
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import api as kernel
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.roster import api as roster
from maillage.territory import api as territory
from maillage.web import inbox


def prepare(progress: Report) -> None:
    """Apply the migrations and collect the static files, where either is behind."""
    _migrate(progress)
    _collect_static(progress)


def database_answers() -> bool:
    """Return whether the database answers a statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    finally:
        connection.close()
    return True


def extend_agendas() -> int:
    """Make the slots of every agenda up to the horizon; return how many agendas were behind."""
    return agenda.extend_every_agenda()


def make_booklets() -> int:
    """Seal the night booklet of each home whose evening has come; return how many were made."""
    return care.make_due_booklets(timezone.now())


def send_summaries() -> int:
    """Mail the summary of their inbox to those whose hour has come; return how many leave."""
    return exchange.send_due_summaries(inbox.count_and_late)


def note_files_at_their_term() -> int:
    """Note the files whose years of keeping are over, for the DPO to confirm; return how many are new."""
    return people.note_files_at_their_term()


def retention_preview() -> tuple[int, int, list[tuple[str, int]]]:
    """Return how many files are newly at their term, how many wait for the DPO, and their lines by kind."""
    noted = note_files_at_their_term()
    waiting, kinds = people.erasures_waiting()
    return noted, waiting, [(one.title, one.count) for one in kinds]


def follow_rosters() -> int:
    """Begin and end the rosters whose day has come, see who is gone; return how many steps were taken."""
    roster.report_departures()
    return roster.follow_calendar()


def import_pack(folder: Path, *, by: Person | None, progress: Report) -> territory.ImportReport:
    """Import a data pack with every context's tables. Raises as `territory.import_pack`."""
    return territory.import_pack(by=by, folder=folder, extra_loaders=LOADERS, progress=progress)


LOADERS = (directory.structure_loader,)
"""The tables of a pack that contexts above `territory` load in the same transaction."""


def check_pack(folder: Path, *, progress: Report) -> territory.Report:
    """Check a data pack with every context's tables; write nothing."""
    return territory.check_pack(folder, loaders=LOADERS, progress=progress)


@transaction.atomic
def create_administrator(*, email: str, first_name: str, last_name: str, password: str) -> Person:
    """Create an account that administers the whole installation. Raises ValidationError."""
    validate_password(password)
    person = kernel.invite_person(by=None, email=email, first_name=first_name, last_name=last_name)
    person.set_password(password)
    person.save(update_fields=["password"])
    kernel.grant_role(by=None, person=person, role=Role.ADMINISTRATOR)
    return person


def _migrate(progress: Report) -> None:
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        progress("Base de données", 0, 1)
        call_command("migrate", verbosity=0, interactive=False)
        progress("Base de données", 1, 1)


def _collect_static(progress: Report) -> None:
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    state = _static_state()
    if stamp.is_file() and stamp.read_text() == state:
        return
    progress("Fichiers statiques", 0, 1)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)
    progress("Fichiers statiques", 1, 1)


def _static_state() -> str:
    newest = 0.0
    count = 0
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            newest = max(newest, storage.get_modified_time(path).timestamp())
            count += 1
    return f"{__version__} {count} {newest}"
