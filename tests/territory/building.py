"""A pack built from the local server, and what is in it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from maillage.config.installation import LOADERS
from maillage.kernel.downloads import Patience
from maillage.territory import api
from tests.local_server import Served, serving
from tests.territory import published

QUICK = Patience(attempts=3, first_wait=0.0, longest_wait=0.0, silence=10.0)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as there:
        there.files = published.every_file()
        yield there


def given(served: Served, *others: str) -> list[str]:
    """Every source from the local server, unless another is given."""
    named = {one.partition("=")[0] for one in others}
    return [*others, *(f"{key}={served.url(key)}" for key in published.every_file() if key not in named)]


def build(served: Served, folder: Path, *others: str, territory: str = "71", **options: Any) -> api.Built:
    return api.build_pack(
        folder, territory=territory, given=given(served, *others), patience=QUICK, loaders=LOADERS, **options
    )


def table(folder: Path, stem: str) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in pl.read_parquet(folder / f"{stem}.parquet").to_dicts()}


def contents(folder: Path) -> dict[str, str]:
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.iterdir())}


def missing(built: api.Built) -> dict[str, str]:
    return {one["source"]: one["why"] for one in built.missing}
