"""The same definitions on Spark, in a local cluster: the same counts, to the last one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maillage.indicators.computations.catalogue import CATALOGUE
from maillage.indicators.computations.cubes import asked_for, cube_of, on_duckdb, on_spark
from maillage.indicators.rules.periods import Period
from tests.indicators.conftest import golden_frames

YEAR = Period(2026 * 12, 12)
TODAY = date(2026, 12, 31)


def answers() -> bool:
    java = shutil.which("java")
    return java is not None and subprocess.run([java, "-version"], capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.skipif(not answers(), reason="Spark runs on Java, and no Java answers here"),
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two processes beside this one: one worker with one core, as far as a test can go from one process."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    folder = tmp_path_factory.mktemp("spark")
    built = (
        SparkSession.builder.master("local-cluster[1,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.local.dir", str(folder))
        .getOrCreate()
    )
    yield built
    built.stop()


def test_every_indicator_gives_the_same_counts_on_both(
    session: Any, golden: dict[str, Any], tmp_path: Path
) -> None:
    frames = golden_frames(golden["tables"])
    for name, one in frames.items():
        one.write_parquet(tmp_path / f"{name}.parquet")
    files = {name: str(tmp_path / f"{name}.parquet") for name in frames}
    with on_duckdb(frames) as here, on_spark(session, files) as there:
        for one in CATALOGUE:
            asked = asked_for(one, YEAR, TODAY)
            assert cube_of(one, there, asked, YEAR).cells.equals(cube_of(one, here, asked, YEAR).cells), (
                one.key
            )
