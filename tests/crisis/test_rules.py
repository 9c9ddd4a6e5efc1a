"""What follows a call or a visit, how a list is read, what stops a return to normal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.crisis.rules.calls import Limits, Next, Outcome, Seen, State, Why, after_call, after_visit
from maillage.crisis.rules.lists import MOST_LINES, Defect, Line, ListError, Wrong, read_list
from maillage.crisis.rules.vocabulary import Blocker, Supply, blockers, may_become

AT = datetime(2026, 7, 14, 12, 0, tzinfo=UTC)
DAILY = Limits(tries=3, retry=120, again=24)
ONCE = Limits(tries=1, retry=30, again=0)


@pytest.mark.parametrize(
    ("outcome", "unanswered", "limits", "following"),
    [
        (Outcome.WELL, 2, DAILY, Next(State.TO_CALL, AT + timedelta(hours=24), None, 0)),
        (Outcome.WELL, 0, ONCE, Next(State.DONE, None, None, 0)),
        (Outcome.NO_ANSWER, 0, DAILY, Next(State.TO_CALL, AT + timedelta(minutes=120), None, 1)),
        (Outcome.NO_ANSWER, 1, DAILY, Next(State.TO_CALL, AT + timedelta(minutes=120), None, 2)),
        (Outcome.NO_ANSWER, 2, DAILY, Next(State.VISIT, None, Why.UNANSWERED, 3)),
        (Outcome.NO_ANSWER, 0, ONCE, Next(State.VISIT, None, Why.UNANSWERED, 1)),
        (Outcome.HELP, 1, DAILY, Next(State.VISIT, None, Why.HELP, 1)),
        (Outcome.VITAL, 0, DAILY, Next(State.VISIT, None, Why.VITAL, 0)),
        (Outcome.WRONG_NUMBER, 0, DAILY, Next(State.VISIT, None, Why.UNREACHABLE, 0)),
        (Outcome.REFUSED, 1, DAILY, Next(State.DONE, None, None, 0)),
    ],
)
def test_what_follows_a_call(outcome: Outcome, unanswered: int, limits: Limits, following: Next) -> None:
    assert after_call(outcome, unanswered=unanswered, at=AT, limits=limits) == following


@given(st.sampled_from(Outcome), st.integers(0, 9), st.integers(1, 9), st.integers(0, 72))
def test_nobody_in_danger_is_ever_left_without_a_visit(
    outcome: Outcome, unanswered: int, tries: int, again: int
) -> None:
    found = after_call(outcome, unanswered=unanswered, at=AT, limits=Limits(tries, 60, again))
    assert (found.state is State.VISIT) is (found.why is not None)
    assert (found.state is State.TO_CALL) is (found.call_at is not None)
    if outcome in {Outcome.VITAL, Outcome.HELP, Outcome.WRONG_NUMBER}:
        assert found.state is State.VISIT
    if outcome is Outcome.NO_ANSWER:
        assert found.unanswered == unanswered + 1
        assert (found.state is State.VISIT) is (unanswered + 1 >= tries)


@pytest.mark.parametrize(
    ("seen", "limits", "following"),
    [
        (Seen.WELL, DAILY, Next(State.TO_CALL, AT + timedelta(hours=24), None, 0)),
        (Seen.WELL, ONCE, Next(State.DONE, None, None, 0)),
        (Seen.CARED_FOR, DAILY, Next(State.DONE, None, None, 0)),
        (Seen.EMERGENCY, DAILY, Next(State.DONE, None, None, 0)),
        (Seen.AWAY, DAILY, Next(State.DONE, None, None, 0)),
        (Seen.NOT_FOUND, DAILY, Next(State.VISIT, None, Why.HELP, 2)),
    ],
)
def test_what_follows_a_visit(seen: Seen, limits: Limits, following: Next) -> None:
    assert after_visit(seen, why=Why.HELP, unanswered=2, at=AT, limits=limits) == following


ROSE = Line("Mme Rose Églantier", "+33385000001", "Marcigny")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Mme Rose Églantier;03 85 00 00 01;Marcigny", [ROSE]),
        ("Mme Rose Églantier\t0385000001\tMarcigny\n\n", [ROSE]),
        ("Mme\u00a0Rose Églantier;03\u202f85\u00a000\u00a000\u00a001;Marcigny", [ROSE]),
        ("Mme Rose Églantier, 03.85.00.00.01, Marcigny", [ROSE]),
        (
            "Commune;Nom;Tél.;A savoir;Rue\nMarcigny;Mme Rose Églantier;0385000001;entend mal;x",
            [Line("Mme Rose Églantier", "+33385000001", "Marcigny", "", "entend mal")],
        ),
        (
            'nom;téléphone;commune;adresse\n"Églantier; Rose";0385000001;Marcigny;3 rue Haute',
            [Line("Églantier; Rose", "+33385000001", "Marcigny", "3 rue Haute")],
        ),
        # The same person twice, whatever the accents and the way the number is written.
        ("Mme Rose Églantier;0385000001;Marcigny\nMME ROSE EGLANTIER;+33 3 85 00 00 01;Digoin", [ROSE]),
    ],
)
def test_a_list_is_read_as_people_write_one(text: str, lines: list[Line]) -> None:
    assert read_list(text) == lines


@pytest.mark.parametrize(
    ("text", "defects"),
    [
        ("", [Defect(Wrong.EMPTY, 1)]),
        (" ; ;\n\n", [Defect(Wrong.EMPTY, 1)]),
        ("\nnom;téléphone;commune\n", [Defect(Wrong.EMPTY, 2)]),
        ("Rose;;Marcigny", [Defect(Wrong.NO_PHONE, 1)]),
        (";0385000001;", [Defect(Wrong.NO_NAME, 1), Defect(Wrong.NO_COMMUNE, 1)]),
        ("Rose;12;Marcigny\nIris;0385000001;Digoin", [Defect(Wrong.BAD_PHONE, 1, "12")]),
        (f"{'R' * 121};0385000001;Marcigny", [Defect(Wrong.TOO_LONG, 1, "R" * 30)]),
        ("Rose;0385000001;Marcigny;rue;note;plus", [Defect(Wrong.MANY_CELLS, 1, "6")]),
        # Longer than `csv` reads a cell, alone, first or after another line.
        ("R" * 140_000, [Defect(Wrong.TOO_LONG, 1, "R" * 30)]),
        (
            f"Rose;12;Marcigny\n{'I' * 140_000};0385000001;Digoin",
            [Defect(Wrong.BAD_PHONE, 1, "12"), Defect(Wrong.TOO_LONG, 2, "I" * 30)],
        ),
        ("Ro\u202ese;0385000001;Marcigny", [Defect(Wrong.HIDDEN_CHARACTER, 1)]),
        ("Ro\x00se;0385000001;Marcigny", [Defect(Wrong.HIDDEN_CHARACTER, 1)]),
        (
            "\n".join(f"Rose {one};0385000001;Marcigny" for one in range(MOST_LINES + 1)),
            [Defect(Wrong.TOO_MANY, MOST_LINES + 1, str(MOST_LINES + 1))],
        ),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_list_is_refused_whole_with_every_defect(text: str, defects: list[Defect]) -> None:
    with pytest.raises(ListError) as refused:
        read_list(text)
    assert refused.value.found == defects


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    found: list[Defect] = []
    lines: list[Line] = []
    try:
        lines = read_list(text)
    except ListError as error:
        found = error.found
    assert bool(lines) is not bool(found)
    assert all(one.name and one.phone and one.commune for one in lines)


def test_what_is_lacking_goes_forward_only() -> None:
    assert may_become(Supply.ASKED, Supply.DELIVERED)
    assert may_become(Supply.PROMISED, Supply.REFUSED)
    assert not may_become(Supply.PROMISED, Supply.ASKED)
    assert not any(may_become(Supply.DELIVERED, one) or may_become(Supply.REFUSED, one) for one in Supply)


def test_what_stops_a_return_to_normal() -> None:
    assert blockers(visits=1, supplies=2, people=3, handed_to=" ") == list(Blocker)
    assert blockers(visits=0, supplies=0, people=3, handed_to="la mairie") == []
    assert blockers(visits=1, supplies=0, people=0, handed_to="la mairie") == [Blocker.VISITS]
