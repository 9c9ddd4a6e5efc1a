"""Prepares a database, and tells what is in it afterwards: `python -m tests.faults.preparation …`."""

import json
import sys
from collections import Counter
from datetime import date, time, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from maillage.agenda import api  # noqa: E402
from maillage.agenda.models import Appointment, Occupation, Slot  # noqa: E402
from maillage.exchange import api as exchange  # noqa: E402
from maillage.kernel import journal  # noqa: E402
from maillage.kernel.models import Message  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from tests.factories import (  # noqa: E402
    make_commune,
    make_patient,
    make_person,
    make_professional,
    make_territory,
)

SLOTS = 20


def prepare() -> dict[str, object]:
    """Open one day of twenty slots, and a session for the one account that every client shares."""
    place = make_territory()
    regulator = make_person("yanis.fougere", Role.REGULATOR, place.scope)
    agenda = api.create_agenda(by=None, professional=make_professional("Aubépine", "Hélène"), place=place)
    office = api.add_schedule(by=None, agenda=agenda, name="Cabinet")
    day = date.today() + timedelta(days=30)  # noqa: DTZ011 (any day to come will do)
    api.add_advanced_day(
        by=None, schedule=office, day=day, starts=time(8), ends=time(8 + SLOTS // 4), minutes=15, key="day",
        kind=api.Kind.PRACTICE, visibility=api.Visibility.SNP,
    )  # fmt: skip
    session = SessionStore()
    session[SESSION_KEY] = str(regulator.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = regulator.get_session_auth_hash()
    session.create()
    return {
        "session": session.session_key,
        "slots": list(Slot.objects.order_by("starts_at").values_list("pk", flat=True)),
        "patient": make_patient("Tilleul", place).pk,
    }


def announce() -> None:
    """Leave an appointment to announce by SMS, as a process that dies once it is written would."""
    with transaction.atomic():
        place = make_territory()
        said = exchange.Parameters(
            when=timezone.now() + timedelta(days=1), professional=make_professional("Aubépine", "Hélène"),
            commune=make_commune(), phone="01 99 00 12 34",
        )  # fmt: skip
        exchange.notify(
            by=None, to=make_patient("Tilleul", place, phone="+33639980001"), parameters=said, key="booking",
            template=exchange.Template.APPOINTMENT_BOOKED, urgent=True,
        )  # fmt: skip
        transaction.get_connection().run_on_commit = []


def report() -> dict[str, object]:
    """Tell which write holds each slot, and whether everything that follows a booking is there once."""
    booked = Appointment.objects.unscoped(reason="report of a fault test").filter(
        state=api.State.BOOKED.value
    )
    seats = Counter(Occupation.objects.values_list("appointment", flat=True))
    return {
        "booked": list(booked.values_list("key", "slot")),
        "quanta": sorted(set(seats.values())),
        "occupied": len(seats),
        "told": Message.objects.filter(topic="agenda.booked").count(),
        "intact": journal.verify().intact,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"prepare": prepare, "announce": announce, "report": report}[sys.argv[1]]()))
