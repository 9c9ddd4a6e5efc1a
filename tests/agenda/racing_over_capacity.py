"""Eight clients send somebody beyond the capacity at once: `python -m tests.agenda.racing_over_capacity`."""

import json
import sys
import threading
from datetime import time, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from maillage.agenda import api  # noqa: E402
from maillage.agenda.models import Occupation, Slot  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from tests.factories import make_patient, make_person, make_professional, make_territory  # noqa: E402

CLIENTS, ALLOWED = 8, 2


def main() -> None:
    """Fill two slots of a place that allows two people more a day, race, and tell as JSON."""
    place = make_territory()
    regulator = make_person("yanis.fougere", Role.REGULATOR, place.scope)
    diary = api.create_agenda(by=None, professional=make_professional("Aubépine", "Hélène"), place=place)
    office = api.add_schedule(by=None, agenda=diary, name="Cabinet")
    api.add_advanced_day(
        by=None, schedule=office, day=timezone.localdate() + timedelta(days=1), starts=time(8),
        ends=time(8, 10), minutes=5, key="day", kind=api.Kind.PRACTICE, visibility=api.Visibility.SNP,
    )  # fmt: skip
    api.allow_over_capacity(by=None, schedule=office, per_day=ALLOWED)
    slots = list(Slot.objects.order_by("starts_at"))
    people = [make_patient(f"Orme {number}", place) for number in range(CLIENTS)]
    for slot in slots:
        api.book(by=regulator, slot=slot, patient=make_patient("Tilleul", place), key=f"full-{slot.pk}")
    barrier, refused = threading.Barrier(CLIENTS), []

    def client(number: int) -> None:
        barrier.wait()
        try:
            slot, key = slots[number % 2], f"beyond-{number}"
            api.book_over_capacity(by=regulator, slot=slot, patient=people[number], key=key)
        except api.BookingRefusedError as error:
            refused.append(error.refusal.value)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seats = sorted(Occupation.objects.values_list("seat", flat=True))
    booked = sum(seat > 0 for seat in seats)
    sys.stdout.write(json.dumps({"booked": booked, "seats": seats, "refused": refused}))


if __name__ == "__main__":
    main()
