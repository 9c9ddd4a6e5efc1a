"""The rules of a project: clocks, the way to the contract, money, signs, agreements, the private check."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.project.rules.actions import Money, is_late, money
from maillage.project.rules.agreements import AgreementState, end_of, notice_day, state_of
from maillage.project.rules.checks import ITEMS, WELCOME, Often, weighing
from maillage.project.rules.missions import ClockState, Mission, Months, clock_of, clocks, months_after
from maillage.project.rules.signs import carried_by_one, falling, is_unpaid_much
from maillage.project.rules.states import TRANSITIONS, ProjectKind, ProjectState, Refusal, nexts, refusal

DAY = dt.date(2026, 3, 31)
SIX = Months(6, 18)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("months", "signed", "done", "today", "state"),
    [
        (SIX, None, (None, None), DAY, ClockState.NOT_RUNNING),
        (None, DAY, (None, None), DAY, ClockState.FREE),
        (None, DAY, (DAY, None), DAY, ClockState.STARTED),
        (SIX, DAY, (None, None), dt.date(2026, 9, 30), ClockState.TO_START),
        (SIX, DAY, (None, None), dt.date(2026, 10, 1), ClockState.START_LATE),
        (SIX, DAY, (dt.date(2026, 6, 1), None), dt.date(2027, 9, 30), ClockState.STARTED),
        (SIX, DAY, (dt.date(2026, 6, 1), None), dt.date(2027, 10, 1), ClockState.DEPLOY_LATE),
        (SIX, DAY, (dt.date(2026, 6, 1), dt.date(2028, 1, 1)), dt.date(2028, 1, 1), ClockState.DEPLOYED),
    ],
)
def test_a_mission_is_late_the_day_after_its_legal_day(
    months: Months | None,
    signed: dt.date | None,
    done: tuple[dt.date | None, dt.date | None],
    today: dt.date,
    state: ClockState,
) -> None:
    found = clock_of(Mission.ACCESS, months, signed, done, today)
    assert found.state is state
    assert found.is_late is (state in {ClockState.START_LATE, ClockState.DEPLOY_LATE})
    waits = {
        ClockState.TO_START: found.start_by, ClockState.START_LATE: found.start_by,
        ClockState.STARTED: found.deployed_by, ClockState.DEPLOY_LATE: found.deployed_by,
    }  # fmt: skip
    assert found.next_day == waits.get(state)


def test_every_mission_has_its_clock_in_the_order_of_the_law() -> None:
    found = clocks({Mission.CRISIS: SIX}, DAY, {Mission.CRISIS: (DAY, None)}, DAY)
    assert [one.mission for one in found] == list(Mission)
    assert [one.state for one in found if one.mission is not Mission.CRISIS] == [ClockState.FREE] * 5
    assert found[3].deployed_by == dt.date(2027, 9, 30)


@given(DAYS, st.integers(0, 120), st.integers(0, 120))
def test_months_add_up_and_never_leave_their_month(day: dt.date, first: int, then: int) -> None:
    found = months_after(day, first)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == first
    assert found.day <= day.day
    assert found.day == day.day or (found + dt.timedelta(days=1)).day == 1
    assert months_after(day, first + then) >= months_after(found, then)


def test_a_cpts_sends_its_letter_first_and_a_house_does_not() -> None:
    assert nexts(ProjectState.DRAFT, ProjectKind.CPTS) == (ProjectState.LETTER_SENT, ProjectState.ENDED)
    assert nexts(ProjectState.DRAFT, ProjectKind.MSP) == (ProjectState.SUBMITTED, ProjectState.ENDED)
    assert nexts(ProjectState.VALIDATED, ProjectKind.CPTS) == (ProjectState.SIGNED, ProjectState.ENDED)
    assert set(TRANSITIONS) == set(ProjectState)


@pytest.mark.parametrize(
    ("to", "on", "last", "reason", "why"),
    [
        (ProjectState.VALIDATED, DAY, DAY, "", None),
        (ProjectState.RETURNED, DAY, None, "Préciser", None),
        (ProjectState.RETURNED, DAY, None, "  ", Refusal.NO_REASON),
        (ProjectState.SIGNED, DAY, None, "", Refusal.NOT_NEXT),
        (ProjectState.VALIDATED, DAY + dt.timedelta(days=1), None, "", Refusal.TO_COME),
        (ProjectState.VALIDATED, DAY - dt.timedelta(days=1), DAY, "", Refusal.BEFORE_THE_LAST),
    ],
)
def test_a_step_is_taken_in_its_order_and_its_time(
    to: ProjectState, on: dt.date, last: dt.date | None, reason: str, why: Refusal | None
) -> None:
    found = refusal(ProjectState.SUBMITTED, to, ProjectKind.CPTS, on=on, last=last, today=DAY, reason=reason)
    assert found is why


def test_money_is_exact_and_an_answer_that_did_not_come_is_not_zero() -> None:
    found = money([
        (Decimal("0.10"), Decimal("0.10"), Decimal("0.05")), (Decimal("0.20"), None, Decimal(0)),
    ])  # fmt: skip
    assert found == Money(Decimal("0.30"), Decimal("0.10"), Decimal("0.05"), 1)
    assert found.share_spent == Decimal("0.5")
    assert not found.is_exceeded
    assert Money(Decimal(1)).share_spent is None
    assert (found + Money(spent=Decimal(1))).is_exceeded


def test_a_step_is_late_once_its_day_has_passed() -> None:
    assert is_late(DAY, None, DAY + dt.timedelta(days=1))
    assert not is_late(DAY, None, DAY)
    assert not is_late(DAY, DAY, DAY + dt.timedelta(days=9))
    assert not is_late(None, None, DAY)


def test_one_person_carries_much_above_a_share_of_enough_actions() -> None:
    found = carried_by_one(["a1", "a1", "a2"], share=0.5, least=3)
    assert found is not None
    assert (found.lead, found.count, found.total) == ("a1", 2, 3)
    assert found.share == pytest.approx(2 / 3)
    assert carried_by_one(["a1", "a2"], share=0.5, least=2) is None
    assert carried_by_one(["a1", "a1"], share=0.5, least=3) is None
    assert carried_by_one([], share=0.5, least=1) is None


def test_attendance_falls_against_as_many_meetings_before() -> None:
    found = falling([12, 12, 12, 6, 6, 6], meetings=3, fall=0.25)
    assert found is not None
    assert (found.before, found.last, found.fall) == (12, 6, 0.5)
    assert falling([12, 12, 12, 11, 11, 11], meetings=3, fall=0.25) is None
    assert falling([12, 6, 6], meetings=3, fall=0.25) is None
    assert falling([0, 0], meetings=1, fall=0.0) is None


def test_time_without_an_amount_shows_above_a_share() -> None:
    assert is_unpaid_much(100, 51, share=0.5)
    assert not is_unpaid_much(100, 50, share=0.5)
    assert not is_unpaid_much(0, 0, share=0.0)


@pytest.mark.parametrize(
    ("signed", "starts", "ends", "ended", "today", "state"),
    [
        (None, DAY, None, None, DAY, AgreementState.DRAFT),
        (DAY, DAY + dt.timedelta(days=5), None, None, DAY, AgreementState.TO_COME),
        (DAY, DAY, None, None, DAY, AgreementState.IN_FORCE),
        (DAY, DAY, DAY + dt.timedelta(days=200), None, DAY, AgreementState.IN_FORCE),
        (DAY, DAY, DAY + dt.timedelta(days=100), None, DAY, AgreementState.ENDS_SOON),
        (DAY, DAY, DAY, None, DAY + dt.timedelta(days=1), AgreementState.EXPIRED),
        (DAY, DAY, None, DAY, DAY, AgreementState.ENDED),
        (DAY, DAY, None, DAY + dt.timedelta(days=1), DAY, AgreementState.IN_FORCE),
    ],
)
def test_an_agreement_stands_by_its_days(
    signed: dt.date | None,
    starts: dt.date,
    ends: dt.date | None,
    ended: dt.date | None,
    today: dt.date,
    state: AgreementState,
) -> None:
    found = state_of(
        signed_on=signed, starts_on=starts, ends_on=ends, ended_on=ended, notice_days=60, ahead_days=40,
        today=today,
    )  # fmt: skip
    assert found is state


@given(DAYS, st.integers(1, 60), DAYS)
def test_what_is_renewed_by_itself_ends_after_today(end: dt.date, months: int, today: dt.date) -> None:
    found = end_of(end, is_tacit=True, months=months, today=today)
    assert found is not None
    assert found >= min(today, found)
    assert found >= end
    assert found >= today or found == end
    assert end_of(end, is_tacit=False, months=months, today=today) == end


def test_what_has_no_end_has_no_notice() -> None:
    assert end_of(None, is_tacit=True, months=12, today=DAY) is None
    assert end_of(DAY, is_tacit=True, months=0, today=DAY + dt.timedelta(days=9)) == DAY
    assert notice_day(None, 90) is None
    assert notice_day(DAY, 30) == dt.date(2026, 3, 1)


def test_answers_weigh_where_what_does_good_is_rare_or_what_wears_out_is_not() -> None:
    well = {item: (Often.ALWAYS if item in WELCOME else Often.NEVER).value for item in ITEMS}
    worn = {item: (Often.NEVER if item in WELCOME else Often.ALWAYS).value for item in ITEMS}
    assert weighing(well) == []
    assert weighing(worn) == list(ITEMS)
    assert weighing({"sleep": "sometimes"}) == ["sleep"]
