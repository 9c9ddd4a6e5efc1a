"""Progress of long steps, on a terminal or in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Report = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def shown(quiet: bool = False) -> Iterator[Report]:
    """Yield a callback `(step, done, total)` that draws one line per step, with a bar and the time left.

    Where the output is not a terminal, each step is one line when it ends.
    """
    if quiet:
        yield silent
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        lines = _Lines(console)
        yield lines
        lines.close()
        return
    columns = (TextColumn("• {task.description}"), BarColumn(bar_width=28), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield report


class _Lines:
    """One line per step, when it ends or when the next one begins."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step, self._started = "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self.close()
            self._step, self._started = step, time.monotonic()
        if done >= total:
            self.close()

    def close(self) -> None:
        """Tell the step under way as done."""
        if self._step:
            self._console.print(f"• {self._step} ({time.monotonic() - self._started:.1f} s)")
            self._step = ""
