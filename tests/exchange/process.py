"""A process of Maillage that announces an appointment, or works, and may be killed at a given step.

`python -m tests.exchange.process tell STEP` and `work STEP`; a step is where it kills itself.
"""

import json
import os
import signal
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.db.models.signals import post_save, pre_save  # noqa: E402

from maillage.exchange import api  # noqa: E402
from maillage.exchange.models import Notification  # noqa: E402
from maillage.kernel import outbox  # noqa: E402
from maillage.kernel.models import Delivery  # noqa: E402
from tests.exchange.conftest import MOBILE, MONDAY  # noqa: E402
from tests.factories import make_commune, make_patient, make_professional, make_territory  # noqa: E402

LONG_AGO = "2020-01-01T00:00:00Z"
command, step = sys.argv[1:]


def die_at(name: str) -> None:
    if step == name:
        os.kill(os.getpid(), signal.SIGKILL)


def about_to_mark(instance: Notification, **_signal: object) -> None:
    if instance.state == "sent":
        die_at("the gateway has it, not marked")


def marked(instance: Notification, **_signal: object) -> None:
    if instance.state == "sent":
        die_at("marked, the outbox not told")


def tell() -> None:
    """Announce an appointment to a patient, urgently, in one transaction."""
    with transaction.atomic():
        place = make_territory()
        patient = make_patient("Tilleul", place, phone=MOBILE)
        said = api.Parameters(
            when=MONDAY,
            professional=make_professional("Aubépine", "Hélène"),
            commune=make_commune(),
            phone="01 99 00 12 34",
        )
        template = api.Template.APPOINTMENT_BOOKED
        api.notify(by=None, to=patient, template=template, parameters=said, key="booking", urgent=True)
        die_at("before the commit")
    die_at("committed, nothing sent")


def work() -> None:
    """Do what a worker does once every wait and lease is over; answer what there is then."""
    Delivery.objects.filter(delivered_at=None).update(try_after=LONG_AGO)
    delivered = outbox.drain()
    states = [row.state for row in Notification.objects.with_key("booking")]
    sys.stdout.write(json.dumps({"delivered": delivered, "states": states}))


pre_save.connect(about_to_mark, sender=Notification)
post_save.connect(marked, sender=Notification)
{"tell": tell, "work": work}[command]()
