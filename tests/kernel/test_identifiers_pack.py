"""The FINESS key on every hospital number of the national data pack."""

import polars as pl
import pytest

from maillage.config.packs import default_pack
from maillage.kernel.identifiers import parse_finess


@pytest.mark.pack
def test_every_hospital_number_has_its_key_corsica_included() -> None:
    identifiers = pl.read_parquet(default_pack() / "structures.parquet")["id"]
    numbers = [name.removeprefix("finess:") for name in identifiers if name.startswith("finess:")]
    read = [parse_finess(number).departement for number in numbers]
    assert len(read) == 5368
    assert sum(departement in {"2A", "2B"} for departement in read) == 33
