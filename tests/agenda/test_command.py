"""The nightly command that makes the slots to come."""

import time_machine
from typer.testing import CliRunner

from maillage.agenda import api
from maillage.agenda.models import Schedule, Slot
from maillage.config import installation
from maillage.kernel.models import Person
from tests.agenda.test_schedules import week


def test_every_agenda_is_extended(doctor: Person, office: Schedule, clock: time_machine.Traveller) -> None:
    api.add_opening(by=doctor, schedule=office, **week())
    before = Slot.objects.count()
    clock.shift(7 * 24 * 3600)
    assert installation.extend_agendas() == 1
    assert Slot.objects.count() == before + 2
    assert installation.extend_agendas() == 0


def test_the_command_line_names_it() -> None:
    from maillage.config.cli import app

    told = CliRunner().invoke(app, ["--help"])
    assert "slots" in told.output
