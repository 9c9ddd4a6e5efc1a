"""Runs the tests on another day: `pytest --days-ahead=400`. What is green today must be so tomorrow.

A test that reads the day of the machine beside a day that it writes holds until the two meet. Servers that
a test starts keep the clock of the machine: their stories are not for this.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

TRAVEL = pytest.StashKey[time_machine.travel]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--days-ahead", type=int, default=0, help="how many days later than today the tests run")


def pytest_configure(config: pytest.Config) -> None:
    """Move the clock, in each worker; a test that moves it again has the last word."""
    if days := config.getoption("days_ahead"):
        config.stash[TRAVEL] = time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True)
        config.stash[TRAVEL].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if TRAVEL in config.stash:
        config.stash[TRAVEL].stop()
