"""The text of a plan, its merge against a literal reference, its review and what it does not answer yet."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.plans import (
    Change,
    Choice,
    Conflict,
    Entry,
    changes,
    entries,
    merge,
    missing,
    months_later,
    written,
)

PATHS = ("preferences", "phone", "goal.0000000a.text", "goal.0000000a.criterion", "goal.0000000b.text")
TEXTS = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["un", "deux", "trois"]))


def test_a_plan_is_read_as_it_was_written() -> None:
    rows = [Entry("0000000b", {"text": "Marcher"}), Entry("0000000a", {"text": "", "criterion": "vide"})]
    later = Entry("0000000c", {"text": "Peser", "place": "1"})
    content = written({"preferences": "Rester chez moi", "phone": ""}, {"goal": [*rows, later]})
    assert content == {
        "preferences": "Rester chez moi",
        "goal.0000000b.text": "Marcher",
        "goal.0000000b.place": "1",
        "goal.0000000c.text": "Peser",
        "goal.0000000c.place": "1",
    }
    assert [one["text"] for one in entries(content, "goal")] == ["Marcher", "Peser"]
    assert entries(content, "problem") == []


def test_what_changed_is_told_by_path_without_the_order() -> None:
    before = {"phone": "1", "goal.0000000a.text": "x", "goal.0000000a.place": "1"}
    after = {"phone": "2", "goal.0000000a.text": "x", "goal.0000000a.place": "2"}
    assert changes(before, after) == [Change("phone", "1", "2")]


def reference(base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> dict[str, set[str]]:
    """Say by value what a merge may keep: the word of whoever changed it alone, else both words."""
    kept = {}
    for path in {*base, *ours, *theirs}:
        was, mine, other = base.get(path, ""), ours.get(path, ""), theirs.get(path, "")
        if mine == was:
            kept[path] = {other}
        elif other in (was, mine):
            kept[path] = {mine}
        else:
            kept[path] = {mine, other} - {""}
    return kept


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_loses_no_word_that_one_of_the_two_wrote(
    base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]
) -> None:
    made = merge(base, ours, theirs)
    removed = {
        path.rpartition(".")[0]
        for path in base
        if path.endswith(".text") and (path not in ours or path not in theirs)
    }
    for path, words in reference(base, ours, theirs).items():
        found = made.content.get(path, "")
        if path.rpartition(".")[0] in removed:
            continue
        if path == "phone" and len(words) == 2:
            assert found in words
        else:
            assert all(word in found for word in words), path
    assert merge(base, ours, ours).content == {path: text for path, text in ours.items() if text}
    assert not merge(base, ours, base).conflicts
    paths = [one.path for one in made.conflicts]
    assert len(paths) == len(set(paths))


def test_both_texts_stand_unless_one_is_chosen() -> None:
    base, ours, theirs = {"preferences": "a"}, {"preferences": "b"}, {"preferences": "c"}
    made = merge(base, ours, theirs)
    assert made.content == {"preferences": "c\nb"}
    assert made.conflicts == (Conflict("preferences", "a", "b", "c"),)
    assert made.conflicts[0].may_keep_both
    assert made.conflicts[0].texts == ("a", "c", "b")
    assert merge(base, ours, theirs, {"preferences": Choice.OURS}).content == {"preferences": "b"}
    assert merge(base, ours, theirs, {"preferences": Choice.THEIRS}).content == {"preferences": "c"}


def test_a_choice_that_cannot_be_both_keeps_the_plan_s() -> None:
    made = merge({"phone": "1"}, {"phone": "2"}, {"phone": "3"})
    assert made.content == {"phone": "3"}
    assert not made.conflicts[0].may_keep_both
    emptied = merge({"phone": "1"}, {"phone": "2"}, {})
    assert emptied.content == {"phone": "2"}
    assert merge({"phone": "1"}, {"phone": "2"}, {}, {"phone": Choice.THEIRS}).content == {}


def test_an_entry_removed_by_one_and_changed_by_the_other_stays_until_it_is_chosen() -> None:
    base = {"intervention.0000000a.text": "Peser", "intervention.0000000a.owner": "p1"}
    changed = base | {"intervention.0000000a.owner": "p2"}
    path = "intervention.0000000a.text"
    for made, remover in ((merge(base, {}, changed), Choice.OURS), (merge(base, changed, {}), Choice.THEIRS)):
        assert made.content == changed
        assert [one.path for one in made.conflicts] == [path]
        other = (base, {}, changed) if remover is Choice.OURS else (base, changed, {})
        assert merge(*other, {path: remover}).content == {}
    assert merge(base, {}, base).content == {}


DOES = "intervention.0000000c"
PAIRS = st.sampled_from([(), ("p1", "2026-12-01"), ("p1", "2026-12-08"), ("p2", "2026-12-01")])


def does(pair: tuple[str, ...]) -> dict[str, str]:
    return {f"{DOES}.text": "Peser"} | dict(zip((f"{DOES}.owner", f"{DOES}.due_on"), pair, strict=False))


@given(PAIRS, PAIRS, PAIRS, st.fixed_dictionaries({}, optional={
    f"{DOES}.owner": st.sampled_from(Choice), f"{DOES}.due_on": st.sampled_from(Choice)
}))  # fmt: skip
def test_who_does_it_never_loses_their_day(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...], choices: dict[str, Choice]
) -> None:
    content = merge(does(base), does(ours), does(theirs), choices).content
    assert (f"{DOES}.owner" in content) == (f"{DOES}.due_on" in content)


def test_taking_it_from_everybody_is_one_choice_against_another_owner_or_day() -> None:
    base, free, later = does(("p1", "2026-12-01")), does(()), does(("p1", "2026-12-08"))
    (conflict,) = merge(base, free, later).conflicts
    assert conflict == Conflict(f"{DOES}.owner", "p1", "", "p1")
    assert merge(base, free, later).content == later
    assert merge(base, free, later, {conflict.path: Choice.THEIRS}).content == later
    assert merge(base, free, later, {conflict.path: Choice.OURS}).content == free
    assert merge(base, later, free, {conflict.path: Choice.THEIRS}).content == free
    assert merge(base, free, free) == merge(base, free, base)


def test_two_orders_of_one_entry_are_no_conflict() -> None:
    base, ours, theirs = ({"goal.0000000a.text": "x", "goal.0000000a.place": n} for n in "123")
    assert merge(base, ours, theirs).conflicts == ()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 14), 6, date(2026, 9, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_the_review_falls_on_the_same_day_of_a_later_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_what_is_missing_follows_the_ten_steps() -> None:
    assert len(missing({})) == 10
    full = {
        "coordinator": "p1", "preferences": "a", "revision_on": "2026-09-01", "alert_procedure": "15",
        "problem.0000000a.text": "a", "problem.0000000a.is_priority": "1",
        "goal.0000000a.text": "a", "goal.0000000a.criterion": "b",
        "intervention.0000000a.text": "a", "intervention.0000000a.owner": "p1",
    }  # fmt: skip
    assert missing(full) == []
    assert missing(full | {"intervention.0000000b.text": "b"}) == ["owners"]
