"""Data packs asked for from the web and made in this process, from the local server."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from maillage.config import data_packs
from maillage.config.installation import LOADERS
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory import api
from maillage.territory.actions import pack_works
from maillage.territory.actions.pack_works import Given
from maillage.territory.models import PackWork
from maillage.territory.queries.asked import read_asked
from tests.factories import make_person
from tests.local_server import Served, serving
from tests.territory import published
from tests.territory.building import QUICK

TOOLS = api.PackTools(LOADERS, data_packs.take_file, QUICK)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as there:
        there.files = published.every_file()
        yield there


@pytest.fixture
def packs_home(tmp_path: Path, settings: object) -> Path:
    """Where packs are made; the server of the test may be called, though it is on this machine."""
    settings.PACKS = tmp_path / "packs"
    settings.PRIVATE_SOURCES = True
    return tmp_path / "packs"


@pytest.fixture
def administrator(db: None) -> Person:
    return make_person("agnes.muguet", Role.ADMINISTRATOR, None)


def given(served: Served, *others: Given) -> list[Given]:
    """Every source from the local server, unless another is given."""
    named = {one.source for one in others}
    return [
        *others,
        *(Given(key, served.url(key)) for key in published.every_file() if key not in named),
    ]


def done(work: PackWork, tools: api.PackTools = TOOLS) -> PackWork:
    """Do what waits, and read the work again."""
    api.run_works("here", tools=tools)
    return PackWork.objects.get(pk=work.pk)


def prepared(served: Served, by: Person, territory: str = "71", others: Sequence[Given] = ()) -> PackWork:
    asked = pack_works.ask_build(by=by, asked=read_asked(territory), given=given(served, *others))
    return done(asked)
