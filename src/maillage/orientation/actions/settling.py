"""Bringing a request in step with what is now known of its safety."""

from __future__ import annotations

from django.utils import timezone

from maillage.kernel.models import Person
from maillage.orientation.actions.appointments import release_appointment, release_held
from maillage.orientation.models import Request
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.safety import TO_THE_15
from maillage.orientation.rules.vocabulary import State
from maillage.orientation.rules.workflow import FORBIDDEN_BY_RED_FLAG


def settle(by: Person, row: Request) -> Clearance:
    """Read the safety of a locked request anew and let nothing stand that it forbids; the caller saves it.

    What leads to the 15 comes back to the desk from any answer in town. Whatever else forbids a slot takes
    back the proposals that stand. The seats held are free at once, a colleague's too; an appointment to come
    is given back, and the agenda tells the patient.
    """
    row.has_red_flag = False  # what was kept is read again: a corrected answer or motive no longer alarms
    found = clearance(row)
    row.has_red_flag = found.alarms
    state, why = State(row.state), found.obstacle
    comes_back = state in FORBIDDEN_BY_RED_FLAG if why in TO_THE_15 else state is State.PROPOSED
    if why is not None and comes_back:
        release_held(row)
        if state is State.BOOKED:
            release_appointment(by, row, key=f"orientation-{row.pk}-to-15")
        row.state, row.state_since = State.IN_HAND.value, timezone.now()
    return found
