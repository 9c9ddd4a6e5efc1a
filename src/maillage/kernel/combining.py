"""Calls that arrive while one runs are run together by one of them, in one transaction instead of many.

A busy moment then costs one commit for all, and the chain of the journal is locked once. Nobody waits for
company: a call that finds nobody at work runs at once, alone.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from maillage.kernel import admission, databases

logger = logging.getLogger("maillage.combining")

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class _Call(Generic[Asked, Answer]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answers: list[Answer] = []  # one, once run together
        self.is_over = False
        self.turn = threading.Event()  # set when it is over, or when this call must lead


class Combined(Generic[Asked, Answer]):
    """Runs many calls at once with `run_all`, a function of all that is asked, one answer each in order.

    Where `run_all` raises, each of its calls is run by `run_alone` in its own thread: the fault of one is not
    the fault of the others. Both are whole transactions, and may be repeated without a second effect. Calls
    of one process only: between processes the database decides, as always.
    """

    def __init__(
        self,
        run_all: Callable[[Sequence[Asked]], Sequence[Answer]],
        run_alone: Callable[[Asked], Answer],
        *,
        most: int = 64,
    ) -> None:
        self._run_all, self._run_alone, self._most = run_all, run_alone, most
        self._lock = threading.Lock()
        self._waiting: deque[_Call[Asked, Answer]] = deque()
        self._is_led = False

    def __call__(self, asked: Asked) -> Answer:
        """Return the answer to `asked`, given alone or with others.

        The caller is in no transaction: whoever waits gives its connection back, so that whoever leads finds
        one however many wait.
        """
        own: _Call[Asked, Answer] = _Call(asked)
        with self._lock:
            self._waiting.append(own)
            waits, self._is_led = self._is_led, True
        if waits:
            admission.give_way()
            databases.release_connection()
            own.turn.wait()
        if not own.is_over:
            self._lead()
        return own.answers[0] if own.answers else self._run_alone(asked)

    def _lead(self) -> None:
        """Run those who wait, oneself first, then pass the lead to the first who came meanwhile."""
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._run(batch)
        finally:
            with self._lock:
                self._is_led = bool(self._waiting)
                following = self._waiting[0] if self._waiting else None
            for call in batch:
                call.is_over = True
                call.turn.set()
            if following is not None:
                following.turn.set()

    def _run(self, batch: list[_Call[Asked, Answer]]) -> None:
        if len(batch) == 1:
            batch[0].answers.append(self._run_alone(batch[0].asked))
            return
        try:
            answers = self._run_all([one.asked for one in batch])
        except Exception:  # each tries alone, and meets its own fault
            logger.info("%s calls run together failed, and are run one by one", len(batch), exc_info=True)
            return
        for call, answer in zip(batch, answers, strict=True):
            call.answers.append(answer)
