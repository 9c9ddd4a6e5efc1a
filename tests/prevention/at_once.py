"""Two people write at once: callers, vaccinators, registrations: `python -m tests.prevention.at_once`."""

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402
from django.db import connection  # noqa: E402

from maillage.kernel.rules import Role  # noqa: E402
from maillage.prevention.actions.acts import record_act  # noqa: E402
from maillage.prevention.actions.campaigns import open_campaign  # noqa: E402
from maillage.prevention.actions.days import add_day, add_lot, change_day, register_for_day  # noqa: E402
from maillage.prevention.actions.invitations import note_step  # noqa: E402
from maillage.prevention.models import DayEntry, Invitee, InviteeStep, PreventionAct, VaccineLot  # noqa: E402
from maillage.prevention.rules.vocabulary import Did  # noqa: E402
from tests.factories import make_commune, make_person, make_professional, make_territory  # noqa: E402
from tests.prevention.conftest import days, make_concerned  # noqa: E402


def at_once(*gestures: Callable[[], Any]) -> int:
    """Do all of them at the same moment; return how many were refused in words."""
    barrier, refused = threading.Barrier(len(gestures)), []

    def one(gesture: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            gesture()
        except ValidationError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[gesture]) for gesture in gestures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


def main() -> None:
    """Make a campaign and race on it, and tell as JSON."""
    place = make_territory()
    commune = make_commune(place=place)
    lead = make_person("lina.primevere", Role.PREVENTION_LEAD, place.scope)
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor = make_professional("Aubépine", "Hélène", account)
    patients = [make_concerned(f"Rose {rank}", place, doctor, commune, birth_date=None) for rank in range(4)]
    for one in patients:
        one.birth_date = days(-70 * 366)
        one.save()
    campaign = open_campaign(
        by=lead, scope=place.scope, target="influenza", title="Grippe", first_day=days(-10),
        last_day=days(90), goal=75, key="flu",
    )  # fmt: skip
    rose, *others = patients
    said: dict[str, Any] = {}

    def call(key: str) -> Callable[[], Any]:
        return lambda: note_step(
            by=account, campaign=campaign, patient=rose, did=Did.NO_ANSWER, key=key, seen=0
        )

    # Two callers who read the same page: one is told that somebody has just called.
    refused = at_once(call("a"), call("b"))
    row = Invitee.objects.of(campaign).get(patient=rose)
    said["calls"] = [refused, row.asked, InviteeStep.objects.of(row).count()]
    # The same click twice: one line, and nobody is told anything.
    again = others[0]

    def click() -> Any:
        return note_step(by=account, campaign=campaign, patient=again, did=Did.NO_ANSWER, key="c", seen=0)

    refused = at_once(click, click)
    row = Invitee.objects.of(campaign).get(patient=again)
    said["click"] = [refused, row.asked, InviteeStep.objects.of(row).count()]
    # The last dose of a lot, for two people; then two acts of one.
    lot = add_lot(
        by=lead, scope=place.scope, target="influenza", product="Vaccin", number="L1", expires_on=days(90),
        received=1, key="lot",
    )  # fmt: skip

    def dose(patient: Any, key: str) -> Callable[[], Any]:
        return lambda: record_act(
            by=account, patient=patient, target="influenza", done_on=days(0), key=key, lot=lot
        )

    refused = at_once(*(dose(one, f"dose-{one.pk}") for one in patients[:3]))
    acts = PreventionAct.objects.in_scope(place.scope)
    said["doses"] = [refused, VaccineLot.objects.in_scope(place.scope).get().left, acts.count()]

    def act(key: str) -> Callable[[], Any]:
        return lambda: record_act(by=account, patient=others[2], target="influenza", done_on=days(0), key=key)

    refused = at_once(act("x"), act("y"))
    said["acts"] = [refused, acts.filter(patient=others[2]).count()]
    # The last place of an hour, and the day that closes it meanwhile.
    held: dict[str, Any] = {"commune": commune, "place": "Salle", "opens": 9, "per_hour": 1}
    day = add_day(by=lead, campaign=campaign, day=days(5), closes=12, key="day", **held)
    base = day.version

    def register(patient: Any) -> Callable[[], Any]:
        return lambda: register_for_day(
            by=account, day=day, patient=patient, hour=11, key=f"entry-{patient.pk}"
        )

    refused = at_once(
        *(register(one) for one in patients[:2]),
        lambda: change_day(by=lead, day=day, base=base, on=day.day, closes=11, **held),
    )
    day.refresh_from_db()
    entries = DayEntry.objects.of(day).count()
    # Either the hour closed and nobody is there, or one is and it did not close.
    said["places"] = [refused, entries + (day.closes == 11)]
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
