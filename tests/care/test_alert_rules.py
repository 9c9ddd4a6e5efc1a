"""What a rule of the plan calls out, against its literal definition; when an alarm is raised, or gone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.alerts import (
    Condition,
    ConditionKind,
    Known,
    Outcome,
    Reading,
    compared_with,
    episodes,
    outcome,
)
from maillage.care.rules.measures import Kind, Plausibility, is_vital, kind_of, read_number

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
TWO_KILOS = Condition(ConditionKind.RISE, Decimal(2), 3)


def weights(*values: float, step: int = 1) -> list[Reading]:
    """Return one weight a morning."""
    return [
        Reading(place, START + timedelta(days=place * step), Decimal(str(value)))
        for place, value in enumerate(values, start=1)
    ]


def reference(condition: Condition, readings: list[Reading]) -> list[tuple[int, ...]]:
    """Group what is called out as the definition says it: each reading by itself, then the runs."""
    ordered = sorted(readings, key=lambda one: (one.at, one.key))

    def is_called(place: int) -> bool:
        one = ordered[place]
        if condition.kind is ConditionKind.ABOVE:
            return one.value >= condition.amount
        if condition.kind is ConditionKind.BELOW:
            return one.value <= condition.amount
        within = [other for other in ordered[:place] if one.at - other.at <= timedelta(days=condition.days)]
        if condition.kind is ConditionKind.RISE:
            return any(one.value - other.value >= condition.amount for other in within)
        return any(other.value - one.value >= condition.amount for other in within)

    runs: list[list[int]] = [[]]
    for place, one in enumerate(ordered):
        if is_called(place):
            runs[-1].append(one.key)
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if run]


READINGS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(600, 660)), unique_by=lambda pair: pair[0], max_size=14
).map(
    lambda pairs: [
        Reading(hours, START + timedelta(hours=hours * 6), Decimal(value) / 10) for hours, value in pairs
    ]
)
CONDITIONS = st.builds(
    Condition,
    st.sampled_from(ConditionKind),
    st.integers(1, 640).map(lambda n: Decimal(n) / 10),
    st.integers(1, 9),
)


@given(CONDITIONS, READINGS)
def test_a_rule_calls_out_what_its_definition_says(condition: Condition, readings: list[Reading]) -> None:
    found = episodes(condition, readings)
    assert [tuple(one.key for one in episode.readings) for episode in found] == reference(condition, readings)
    assert episodes(condition, list(reversed(readings))) == found
    for one in found:
        assert (one.origin is not None) == (condition.kind in {ConditionKind.RISE, ConditionKind.FALL})
        assert one.rows[-1] == one.readings[-1]
    assert [one.is_ongoing for one in found[:-1]] == [False] * len(found[:-1])


@given(CONDITIONS, READINGS, READINGS)
def test_nothing_is_raised_twice_for_the_same_readings(
    condition: Condition, first: list[Reading], more: list[Reading]
) -> None:
    known: list[Known] = []
    readings: dict[int, Reading] = {}
    raised: list[frozenset[int]] = []
    for one in [*first, *more]:
        readings[one.key] = one
        told = outcome(episodes(condition, readings.values()), known, START)
        known = [alarm for alarm in known if alarm.key not in told.gone]
        for key, episode in told.continued:
            place = next(n for n, alarm in enumerate(known) if alarm.key == key)
            known[place] = Known(key, known[place].readings | episode.keys)
        for episode in told.raised:
            assert not any(episode.keys & alarm.readings for alarm in known)
            raised.append(episode.keys)
            known.append(Known(len(raised), episode.keys))


def test_the_same_rise_raises_one_alarm_and_the_next_one_another() -> None:
    rise = weights(70, 70.5, 72.1, 72.4, 70.2, 70.1, 72.3)
    found = episodes(TWO_KILOS, rise)
    assert [[int(one.key) for one in episode.readings] for episode in found] == [[3, 4], [7]]
    assert [one.is_ongoing for one in found] == [False, True]
    assert [str(one.value) for one in found[0].rows] == ["70", "72.1", "72.4"]
    told = outcome(found, [Known(1, frozenset({3}))], START)
    assert [one.keys for one in told.raised] == [{7}]
    assert [key for key, _episode in told.continued] == [1]


def test_a_rise_slower_than_the_days_is_not_called_out() -> None:
    assert episodes(TWO_KILOS, weights(70, 71, 72, step=3)) == []


def test_it_is_compared_with_what_it_moved_furthest_from() -> None:
    rows = weights(70.5, 69.8, 72)
    assert compared_with(TWO_KILOS, rows, 2) == rows[1]
    fall = Condition(ConditionKind.FALL, Decimal(2), 3)
    assert compared_with(fall, weights(72, 71, 69.9), 2) == weights(72, 71, 69.9)[0]
    assert compared_with(TWO_KILOS, rows, 1) is None


def test_an_old_rise_that_is_over_or_before_the_rule_raises_nothing() -> None:
    over = episodes(TWO_KILOS, weights(70, 73, 70, 70, 70))
    assert outcome(over, [], START) == Outcome((), (), ())
    going_on = episodes(TWO_KILOS, weights(70, 73))
    assert outcome(going_on, [], START + timedelta(days=9)).raised == ()
    assert len(outcome(going_on, [], START).raised) == 1


def test_a_corrected_value_takes_its_alarm_back() -> None:
    assert outcome([], [Known(4, frozenset({2}))], START) == Outcome((), (), (4,))


WEIGHT = {"loinc": "29463-7", "ucum": "kg", "unit": "kg", "decimals": 1,
          "lowest": 0.3, "low": 2, "high": 250, "highest": 600}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("72.5", Plausibility.USUAL), ("250", Plausibility.USUAL), ("250.1", Plausibility.ASK_AGAIN),
        ("1.9", Plausibility.ASK_AGAIN), ("700", Plausibility.IMPOSSIBLE), ("0", Plausibility.IMPOSSIBLE),
    ],
)  # fmt: skip
def test_an_impossible_weight_is_refused_and_an_unlikely_one_asked_again(
    value: str, said: Plausibility
) -> None:
    kind = kind_of("weight", WEIGHT)
    assert isinstance(kind, Kind)
    assert kind.plausibility(Decimal(value)) is said


def test_what_calls_for_the_15_is_at_or_beyond_its_bounds() -> None:
    bounds = {"below": 80, "above": 220}
    assert [is_vital(Decimal(value), bounds) for value in (80, 81, 219, 220)] == [True, False, False, True]
    assert not is_vital(Decimal(999), {"below": 0.5})
    assert is_vital(Decimal(41), {"above": 41})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("72,5", "72.5"), (" 72.5 ", "72.5"), ("1 200", "1200"), ("-3", "-3"), ("", None), ("abc", None),
        ("72,5,1", None), ("1e400", None), ("nan", None), ("٣", None), ("1234567890", None), ("--1", None),
        ("Infinity", None), ("12345,67", "12345.67"), ("123456", None), ("1,234", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_type_it(text: str, number: str | None) -> None:
    assert read_number(text) == (Decimal(number) if number else None)
