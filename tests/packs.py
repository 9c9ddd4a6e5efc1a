"""Data packs for tests: the fictional one, copies of it to spoil, the national one where it is present."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from maillage.config.packs import default_pack
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api


class PackCopy:
    """A copy of the fictional pack that a test may spoil."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, stem: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        """Rewrite the table `stem`; the manifest keeps up with its rows and columns."""
        path = self.folder / f"{stem}.parquet"
        table = change(pl.read_parquet(path))
        table.write_parquet(path)
        entry = self._entry(f"{stem}.parquet")
        self.manifest(lambda manifest: entry(manifest).update(rows=table.height))

    def cell(self, stem: str, row: int, column: str, value: Any) -> None:
        """Write `value` in the row (from 1) of a table."""
        self.table(
            stem,
            lambda table: table.with_columns(
                pl.Series(column, [*table[column][: row - 1], value, *table[column][row:]], strict=False)
            ),
        )

    def manifest(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change the manifest in place."""
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))

    def topology(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change the outlines in place."""
        path = self.folder / "communes_france.topojson"
        topology = json.loads(path.read_text())
        change(topology)
        path.write_text(json.dumps(topology))

    @staticmethod
    def _entry(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        return lambda manifest: next(entry for entry in manifest["files"] if entry["file"] == name)


@pytest.fixture(scope="session")
def fictional_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the fictional pack; read only."""
    return api.write_fictional_pack(tmp_path_factory.mktemp("packs") / "fictional")


@pytest.fixture
def pack_copy(fictional_pack: Path, tmp_path: Path) -> PackCopy:
    """A copy of the fictional pack to spoil."""
    return PackCopy(Path(shutil.copytree(fictional_pack, tmp_path / "pack")))


@pytest.fixture
def fictional_country(db: None, fictional_pack: Path) -> api.Atlas:
    """The fictional pack, imported."""
    api.import_pack(by=None, folder=fictional_pack)
    return api.current_atlas()


@pytest.fixture(scope="session")
def national_pack() -> Path:
    """The folder of the national pack; ask for it under the marker `pack`."""
    folder = default_pack()
    assert folder is not None, "tests that use it carry the marker `pack`"
    return folder


def person(role: Role, email: str = "") -> Person:
    """A person with one role everywhere, from 2020 on."""
    somebody = Person.objects.create_user(email or f"{role.value}@exemple.fr", first_name=role.value.title())
    RoleAssignment.objects.create(
        person=somebody, role=role.value, starts_on=timezone.localdate().replace(year=2020, day=1)
    )
    return somebody


@pytest.fixture
def coordinator(db: None) -> Person:
    """A person who may import packs and edit territories."""
    return person(Role.COORDINATOR)


@pytest.fixture
def patient(db: None) -> Person:
    """A person who may read the open figures and change nothing."""
    return person(Role.PATIENT)
