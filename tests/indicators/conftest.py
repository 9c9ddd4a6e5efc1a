"""Fixtures of the indicators context: who analyses a territory, who only reads; one counted by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator

__all__ = ["coordinator", "doctor", "place", "professional", "regulator"]
GOLDEN = Path(__file__).parent / "golden" / "territory.toml"


@pytest.fixture
def analyst(place: Territory) -> Person:
    return make_person("thomas.sorbier", Role.ANALYST, place.scope)


@pytest.fixture
def member(place: Territory) -> Person:
    """Somebody of the board, who reads counts alone."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


@pytest.fixture(scope="session")
def golden() -> dict[str, Any]:
    """The territory counted by hand: its tables, and what each indicator says of it."""
    return tomllib.loads(GOLDEN.read_text(encoding="utf-8"))


def golden_frames(tables: dict[str, list[list[Any]]]) -> dict[str, Any]:
    """The tables as an engine reads them; an empty text is an unknown value."""
    from maillage.indicators.computations.cubes import frame

    return {
        name: frame(name, [tuple(None if cell == "" else cell for cell in row) for row in rows])
        for name, rows in tables.items()
    }
