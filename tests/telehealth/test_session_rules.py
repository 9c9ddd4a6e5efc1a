"""When the waiting room is open, where a remote consultation stands, what lacks before it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from maillage.telehealth.rules.sessions import CARED_FOR, Door, Outcome, Stage, door, lacks, stage

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
ENDS = NOON + timedelta(minutes=15)
MINUTES = {"before": 10, "after": 20}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-11, Door.EARLY), (-10, Door.OPEN), (0, Door.OPEN), (35, Door.OPEN), (36, Door.OVER)],
)
def test_the_door_opens_before_the_hour_and_closes_after_its_end(minutes: int, expected: Door) -> None:
    assert door(NOON + timedelta(minutes=minutes), NOON, ENDS, MINUTES) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((), Stage.EXPECTED),
        (("waiting_since",), Stage.WAITING),
        (("waiting_since", "admitted_at"), Stage.ADMITTED),
        (("admitted_at",), Stage.ADMITTED),
        (("admitted_at", "by_phone_at"), Stage.PHONE),
        (("by_phone_at", "ended_at"), Stage.ENDED),
        (("ended_at",), Stage.ENDED),
    ],
)
def test_it_stands_at_the_last_step_reached(known: tuple[str, ...], expected: Stage) -> None:
    names = ("waiting_since", "admitted_at", "by_phone_at", "ended_at")
    assert stage(**{name: NOON if name in known else None for name in names}) is expected


@pytest.mark.parametrize("outcome", list(Outcome))
def test_who_was_cared_for_was_checked_first(outcome: Outcome) -> None:
    def said(**known: bool) -> str:
        return lacks(outcome, **{"is_identified": True, "has_agreed": True, "by_phone": True} | known)

    assert said() == ""
    assert said(is_identified=False) == ("identity" if outcome in CARED_FOR else "")
    assert said(has_agreed=False) == ("agreement" if outcome in CARED_FOR else "")
    assert said(by_phone=False) == ("phone" if outcome is Outcome.BY_PHONE else "")
