"""Who is concerned on which day, what follows an invitation, where a pace leads, where to go next."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel.rules import Permission, Role, allows
from maillage.prevention.models import GROUND_LABELS
from maillage.prevention.queries.targets import codes, goal_of, pace, roles_of, target_of, targets
from maillage.prevention.rules.invitations import Follow, Pace, after, may_ask
from maillage.prevention.rules.pace import projection
from maillage.prevention.rules.places import Reach, ranked, reach_of
from maillage.prevention.rules.targets import (
    Answer,
    PersonFacts,
    Reason,
    Repeat,
    Verdict,
    eligible,
    months_after,
    season_start,
    years_between,
)
from maillage.prevention.rules.vocabulary import Did, Ground, Standing

YES = Answer(Verdict.YES, Reason.DUE)
COLORECTAL, BREAST = target_of("colorectal").target, target_of("breast").target
FLU, HPV, DTP = (target_of(one).target for one in ("influenza", "hpv", "dtp"))
DAY = date(2026, 3, 10)


def no(reason: Reason) -> Answer:
    return Answer(Verdict.NO, reason)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(1976, 3, 11), no(Reason.AGE)),  # 50 tomorrow
        (date(1976, 3, 10), YES),  # 50 today
        (date(1951, 3, 11), YES),  # 75 tomorrow
        (date(1951, 3, 10), no(Reason.AGE)),  # 75 today
        (date(2030, 1, 1), no(Reason.AGE)),  # not born yet
    ],
)
def test_an_age_begins_and_ends_on_a_birthday(born: date, expected: Answer) -> None:
    assert eligible(PersonFacts(born, "male"), COLORECTAL, DAY) == expected


def test_somebody_born_on_29_february_is_a_year_older_on_1_march() -> None:
    born = date(1976, 2, 29)
    assert eligible(PersonFacts(born, "female"), COLORECTAL, date(2026, 2, 28)) == no(Reason.AGE)
    assert eligible(PersonFacts(born, "female"), COLORECTAL, date(2026, 3, 1)) == YES
    assert years_between(born, date(2028, 2, 29)) == 52


@pytest.mark.parametrize(
    ("sex", "born", "expected"),
    [
        ("male", date(1970, 1, 1), no(Reason.SEX)),
        ("male", None, no(Reason.SEX)),
        ("female", None, Answer(Verdict.UNKNOWN, Reason.NO_BIRTH)),
        ("", None, Answer(Verdict.UNKNOWN, Reason.NO_BIRTH)),
        ("", date(1970, 1, 1), Answer(Verdict.UNKNOWN, Reason.NO_SEX)),
        ("indeterminate", date(1970, 1, 1), Answer(Verdict.UNKNOWN, Reason.NO_SEX)),
        ("", date(2000, 1, 1), no(Reason.AGE)),  # whatever the sex
        ("female", date(1970, 1, 1), YES),
    ],
)
def test_what_is_not_known_is_asked_never_dropped(sex: str, born: date | None, expected: Answer) -> None:
    assert eligible(PersonFacts(born, sex), BREAST, DAY) == expected


def test_an_unknown_sex_decides_nothing_where_both_are_concerned() -> None:
    assert eligible(PersonFacts(date(1970, 1, 1), ""), COLORECTAL, DAY) == YES


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (date(2024, 3, 11), no(Reason.UP_TO_DATE)),  # 24 months tomorrow
        (date(2024, 3, 10), YES),  # 24 months today
        (date(2026, 3, 11), YES),  # tomorrow is not done
    ],
)
def test_it_is_due_again_after_its_interval(done: date, expected: Answer) -> None:
    assert eligible(PersonFacts(date(1970, 1, 1), "male", (done,)), COLORECTAL, DAY) == expected


def test_months_end_with_the_month_that_is_too_short() -> None:
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert months_after(date(2025, 11, 30), 1) == date(2025, 12, 30)


def test_a_season_begins_in_september() -> None:
    assert season_start(date(2026, 8, 31), 9) == date(2025, 9, 1)
    assert season_start(date(2026, 9, 1), 9) == date(2026, 9, 1)
    facts = PersonFacts(date(1950, 1, 1), "male", (date(2025, 10, 3),))
    assert eligible(facts, FLU, date(2026, 2, 1)) == no(Reason.UP_TO_DATE)
    assert eligible(facts, FLU, date(2026, 9, 1)) == YES


def test_doses_make_a_vaccination_whole() -> None:
    born = date(2013, 5, 5)
    one = PersonFacts(born, "female", (date(2025, 1, 5),))
    two = PersonFacts(born, "female", (date(2025, 1, 5), date(2025, 8, 5)))
    assert eligible(one, HPV, DAY) == YES
    assert eligible(two, HPV, DAY) == no(Reason.UP_TO_DATE)


def test_one_booster_in_a_band_is_enough() -> None:
    facts = PersonFacts(date(1960, 6, 1), "male", (date(2010, 1, 1),))  # at 49, now 65
    assert eligible(facts, DTP, DAY) == YES
    assert eligible(PersonFacts(date(1960, 6, 1), "male", (date(2026, 1, 1),)), DTP, DAY) == no(
        Reason.UP_TO_DATE
    )
    assert eligible(PersonFacts(date(1960, 6, 1), "male"), DTP, DAY) == YES


def test_a_year_of_birth_bounds_what_is_for_a_generation() -> None:
    mmr = target_of("mmr").target
    assert eligible(PersonFacts(date(1979, 12, 31), "male"), mmr, DAY) == no(Reason.AGE)
    assert eligible(PersonFacts(date(1980, 1, 1), "male"), mmr, DAY) == YES


def test_a_professional_leaves_out_or_takes_in() -> None:
    out = PersonFacts(date(1970, 1, 1), "male", grounds=frozenset({Ground.RECENT_COLONOSCOPY.value}))
    assert eligible(out, COLORECTAL, DAY) == no(Reason.EXCLUDED)
    at_risk = frozenset({Ground.AT_RISK.value})
    young = PersonFacts(date(1990, 1, 1), "male", grounds=at_risk)
    assert eligible(young, FLU, DAY) == YES
    assert eligible(young, COLORECTAL, DAY) == no(Reason.AGE)  # which knows no risk
    assert eligible(PersonFacts(date(2030, 1, 1), "male", grounds=at_risk), FLU, DAY) == no(Reason.AGE)


@given(
    born=st.none() | st.dates(date(1900, 1, 1), date(2030, 1, 1)),
    sex=st.sampled_from(["male", "female", "", "indeterminate"]),
    done=st.lists(st.dates(date(1950, 1, 1), date(2030, 1, 1)), max_size=3),
    day=st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    code=st.sampled_from(codes()),
)
def test_every_answer_has_its_reason(
    born: date | None, sex: str, done: list[date], day: date, code: str
) -> None:
    found = eligible(PersonFacts(born, sex, tuple(done)), target_of(code).target, day)
    assert (found.verdict is Verdict.YES) == (found.reason is Reason.DUE)
    assert (found.verdict is Verdict.UNKNOWN) == (found.reason in {Reason.NO_BIRTH, Reason.NO_SEX})
    assert found.is_concerned == (found.reason in {Reason.DUE, Reason.UP_TO_DATE})


def test_each_target_says_who_records_it_and_what_it_aims_at() -> None:
    grounds = {one.value for one in GROUND_LABELS}
    for one in targets():
        assert roles_of(one.code)
        assert all(allows(role, Permission.VIEW_PREVENTION) for role in roles_of(one.code))
        assert 1 <= goal_of(one.code) <= 100
        assert {*one.target.exclusions, *one.target.additions} <= grounds
        assert (one.target.repeat is Repeat.INTERVAL) == bool(one.target.months)
        assert (one.target.repeat is Repeat.SEASON) == bool(one.target.season_month)
        assert one.rule.source
    assert goal_of("zoster") == 60
    assert Role.MIDWIFE in roles_of("cervical_hpv")
    assert Role.PHARMACIST not in roles_of("cervical_hpv")


PACE = Pace(letter_days=30, message_days=14, call_days=5, most=3)
NEW = Follow(Standing.TO_INVITE, 0, None)


@pytest.mark.parametrize(
    ("did", "was", "expected"),
    [
        (Did.LETTER, NEW, Follow(Standing.INVITED, 1, date(2026, 4, 9))),
        (Did.MESSAGE, NEW, Follow(Standing.INVITED, 1, date(2026, 3, 24))),
        (Did.NO_ANSWER, NEW, Follow(Standing.INVITED, 1, date(2026, 3, 15))),
        (Did.NO_ANSWER, Follow(Standing.INVITED, 2, None), Follow(Standing.SILENT, 3, None)),
        (Did.LATER, NEW, Follow(Standing.INVITED, 0, date(2026, 3, 15))),
        (Did.WRONG_NUMBER, NEW, Follow(Standing.UNREACHABLE, 0, None)),
        (Did.WILL_COME, NEW, Follow(Standing.COMING, 0, None)),
        (Did.LETTER, Follow(Standing.COMING, 1, None), Follow(Standing.COMING, 2, None)),
        (Did.REFUSED, Follow(Standing.COMING, 1, None), Follow(Standing.REFUSED, 1, None)),
        (Did.LETTER, Follow(Standing.REFUSED, 1, None), Follow(Standing.REFUSED, 1, None)),
        (Did.WILL_COME, Follow(Standing.REFUSED, 1, None), Follow(Standing.REFUSED, 1, None)),
        (Did.BACK, Follow(Standing.REFUSED, 1, None), Follow(Standing.TO_INVITE, 0, DAY)),
    ],
)
def test_what_follows_each_invitation(did: Did, was: Follow, expected: Follow) -> None:
    assert after(did, was, on=DAY, pace=PACE) == expected


def test_who_puts_off_is_asked_on_their_day() -> None:
    found = after(Did.LATER, NEW, on=DAY, pace=PACE, until=date(2026, 5, 1))
    assert found.again_on == date(2026, 5, 1)


def test_who_refused_or_never_answered_is_left_in_peace() -> None:
    assert [one for one in Standing if not may_ask(one)] == [Standing.REFUSED, Standing.SILENT]
    assert pace().most == 3


USUAL = {
    "concerned": 100, "covered": 30, "gained": 20, "goal": 0.6, "first": date(2026, 1, 1),
    "last": date(2026, 12, 31), "day": date(2026, 4, 10), "least_days": 30, "least_acts": 11,
}  # fmt: skip


def test_a_pace_is_a_straight_line() -> None:
    found = projection(**USUAL)  # 20 in 100 days, 265 left: 53 more
    assert found is not None
    assert found.share == pytest.approx(0.83)
    assert found.is_enough
    assert found.acts_a_month == pytest.approx(30 / 265 * 30)


@pytest.mark.parametrize(
    "changed",
    [
        {"concerned": 0, "covered": 0},
        {"day": date(2026, 12, 31)},
        {"day": date(2026, 1, 20)},
        {"gained": 10},
    ],
)
def test_too_little_says_nothing(changed: dict[str, object]) -> None:
    assert projection(**USUAL | changed) is None


def test_a_pace_never_goes_over_everybody_and_says_where_it_falls_short() -> None:
    high = projection(**USUAL | {"covered": 90, "gained": 60})
    assert high is not None
    assert high.share == 1
    assert high.acts_a_month == 0
    low = projection(**USUAL | {"goal": 0.9})
    assert low is not None
    assert not low.is_enough


def test_the_best_place_reaches_most_then_is_nearest() -> None:
    people = {"a": 10, "b": 5, "c": 20}
    here = reach_of("x", {"a": 5.0, "b": 20.0, "c": 20.1}, people, 20)
    assert here == Reach("x", 15, 10.0, 20, 20.0)
    assert reach_of("y", dict.fromkeys(people, 99.0), people, 20) == Reach("y", 0, 0.0, 35, 0.0)
    far, near = Reach("far", 15, 12.0, 20, 20.0), Reach("near", 15, 8.0, 20, 20.0)
    most, same = Reach("most", 16, 19.0, 19, 20.0), Reach("also", 15, 8.0, 20, 20.0)
    assert [one.code for one in ranked([far, near, most, same])] == ["most", "also", "near", "far"]
