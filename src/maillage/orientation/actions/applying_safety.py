"""Bringing a request in step with what is now known of its safety."""

from __future__ import annotations

from django.utils import timezone

from maillage.kernel.models import Person
from maillage.orientation.actions.appointments import release_appointment, release_held
from maillage.orientation.models import Request
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.safety import TO_THE_15, MotiveRule
from maillage.orientation.rules.vocabulary import Priority, State
from maillage.orientation.rules.workflow import FORBIDDEN_BY_RED_FLAG


def apply_safety(by: Person | None, row: Request) -> Clearance:
    """Read the safety of a locked request anew and let nothing stand that it forbids; the caller saves it.

    A vital motive is P0, whichever door it came through, and stays so until somebody says another priority
    with another motive. What leads to the 15 comes back to the desk from any answer in town, and whatever
    seat it has is given back, whatever its state: a request displaced still has its appointment. Whatever
    else forbids a slot takes back the proposals that stand. The seats held are free at once, a colleague's
    too; an appointment to come is given back, and the agenda tells the patient.
    """
    if row.pk is not None and row.patient is not None:
        # Read before the lock, the file may have been corrected since.
        row.patient.refresh_from_db(fields=["birth_date", "sex"])
    row.has_red_flag = False  # what was kept is read again: a corrected answer or motive no longer alarms
    found = clearance(row)
    row.has_red_flag = found.alarms
    if found.rule is MotiveRule.VITAL:
        row.priority = Priority.P0.value
    state, why = State(row.state), found.obstacle
    comes_back = state in FORBIDDEN_BY_RED_FLAG if why in TO_THE_15 else state is State.PROPOSED
    if row.pk is not None and why in TO_THE_15:
        release_held(row)
        release_appointment(by, row, key=f"orientation-{row.pk}-to-15")
    if why is not None and comes_back:
        release_held(row)
        row.state, row.state_since = State.IN_HAND.value, timezone.now()
    return found
