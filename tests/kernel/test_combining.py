"""Calls that arrive while one runs are run together by one of them; a fault stays that of its own call."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from maillage.kernel.combining import Combined


class Till:
    """Answers the double of a number; remembers what was run at once. The number 0 waits for `open`."""

    def __init__(self) -> None:
        self.open, self.busy = threading.Event(), threading.Event()
        self.batches: list[list[int]] = []
        self.fails_together = False

    def alone(self, number: int) -> int:
        if number == 0:
            self.busy.set()
            assert self.open.wait(10)
        self.batches.append([number])
        if number < 0:
            raise ValueError(number)
        return 2 * number

    def together(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        if self.fails_together or min(numbers) < 0:
            raise ValueError(numbers)
        return [2 * number for number in numbers]


@contextmanager
def waiting(till: Till, book: Combined[int, int], numbers: Sequence[int]) -> Iterator[list[Future[int]]]:
    """Have `numbers` wait, in their order, while the number 0 runs; then let it end."""
    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(book, 0)
        assert till.busy.wait(10)
        jobs: list[Future[int]] = []
        for number in numbers:
            jobs.append(pool.submit(book, number))
            until(lambda: len(book._waiting) == len(jobs))
        till.open.set()
        assert first.result(10) == 0
        yield jobs


def until(condition: Callable[[], bool]) -> None:
    for _turn in range(1000):
        if condition():
            return
        threading.Event().wait(0.005)
    raise TimeoutError


def test_a_call_that_finds_nobody_runs_at_once() -> None:
    till = Till()
    book = Combined(till.together, till.alone)
    assert [book(1), book(2)] == [2, 4]
    assert till.batches == [[1], [2]]


def test_those_who_come_meanwhile_go_together_in_order() -> None:
    till = Till()
    with waiting(till, Combined(till.together, till.alone), [1, 2, 3]) as jobs:
        assert [job.result(10) for job in jobs] == [2, 4, 6]
    assert till.batches == [[0], [1, 2, 3]]


def test_no_more_go_together_than_was_said() -> None:
    till = Till()
    with waiting(till, Combined(till.together, till.alone, most=2), [1, 2, 3]) as jobs:
        assert [job.result(10) for job in jobs] == [2, 4, 6]
    assert till.batches == [[0], [1, 2], [3]]


def test_the_fault_of_one_is_not_that_of_the_others() -> None:
    till = Till()
    with waiting(till, Combined(till.together, till.alone), [1, -2, 3]) as jobs:
        assert (jobs[0].result(10), jobs[2].result(10)) == (2, 6)
        with pytest.raises(ValueError, match="-2"):
            jobs[1].result(10)
    assert till.batches[:2] == [[0], [1, -2, 3]]
    assert sorted(till.batches[2:]) == [[-2], [1], [3]]


def test_a_leader_that_fails_alone_leaves_the_lead_to_the_next() -> None:
    till = Till()
    book = Combined(till.together, till.alone)
    with pytest.raises(ValueError, match="-1"):
        book(-1)
    assert book(4) == 8
