"""The program without the web: what an operator or a script does with `maillage`."""

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.scenarios.conftest import Command


@pytest.fixture(scope="module")
def fictional(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the fictional data pack."""
    folder = tmp_path_factory.mktemp("packs") / "fictional"
    written = command("data", "fictional", str(folder))
    assert written.returncode == 0, written.stderr
    return folder


def packs_of(command: Command) -> list[dict[str, object]]:
    """Return the packs that the installation knows."""
    return json.loads(command("data", "list", "--json").stdout)


def test_every_command_explains_itself(command: Command) -> None:
    for words in ([], ["diagnose"], ["data", "import"]):
        said = command(*words, "--help")
        assert said.returncode == 0
        assert "Usage" in said.stdout


def test_a_wrong_word_is_a_usage_error(command: Command) -> None:
    assert command("diagnoze").returncode == 2


def test_a_sound_pack_is_checked_then_imported_once(command: Command, fictional: Path) -> None:
    checked = command("data", "check", str(fictional), "--json")
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["defects"] == []

    imported = json.loads(command("data", "import", str(fictional), "--json").stdout)
    assert imported["communes"] >= 50
    assert not imported["already_imported"]

    again = command("data", "import", str(fictional))
    assert again.returncode == 0
    assert "rien à faire" in again.stdout
    assert [pack["in_use"] for pack in packs_of(command)].count(True) == 1


def test_a_spoilt_pack_is_refused_with_its_defects_and_changes_nothing(
    command: Command, fictional: Path, tmp_path: Path
) -> None:
    command("data", "import", str(fictional))
    before = packs_of(command)
    spoilt = tmp_path / "spoilt"
    shutil.copytree(fictional, spoilt)
    supply = pl.read_parquet(spoilt / "supply_commune.parquet")
    code = supply["code"][3]
    changed = supply.with_columns(
        pl.when(pl.col("code") == code)
        .then(-2)
        .otherwise(pl.col("pharmacies"))
        .cast(pl.Int32)
        .alias("pharmacies")
    )
    changed.write_parquet(spoilt / "supply_commune.parquet")

    refused = command("data", "import", str(spoilt), "--quiet")
    assert refused.returncode == 1
    assert "supply_commune.parquet" in refused.stderr
    assert "pharmacies" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert packs_of(command) == before


def test_a_folder_that_is_no_pack_is_refused(command: Command, tmp_path: Path) -> None:
    refused = command("data", "check", str(tmp_path))
    assert refused.returncode == 1
    assert "manifest.json" in refused.stdout


def test_the_diagnosis_is_written_without_the_web(command: Command, fictional: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    written = command("diagnose", "val-de-brume", "--out", str(out), "--json", MAILLAGE_DATA=str(fictional))
    assert written.returncode == 0, written.stderr
    files = [Path(file) for file in json.loads(written.stdout)]
    assert all(file.stat().st_size > 0 for file in files)
    assert {"diagnostic.pdf", "diagnostic.html"} <= {file.name for file in files}


def test_where_to_open_is_told_to_a_program(command: Command, fictional: Path, tmp_path: Path) -> None:
    named = {"MAILLAGE_DATA": str(fictional)}
    assert command("diagnose", "val-de-brume", "--out", str(tmp_path), "--quiet", **named).returncode == 0
    asked = ("siting", "val-de-brume", "--opening", "stop", "--sites", "2", "--minutes", "4")
    told = command(*asked, "--json", **named)
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["proven"]
    assert 1 <= len(answer["sites"]) <= 2
    assert answer["told"] in command(*asked, "--quiet", **named).stdout
    for wrong in (("siting", "atlantide"), (*asked, "--sites", "12"), (*asked, "--public", "martiens")):
        refused = command(*wrong, "--quiet", **named)
        assert refused.returncode == 1
        assert wrong[-1] in refused.stderr
        assert "Traceback" not in refused.stderr


def test_an_unknown_territory_is_said_plainly(command: Command, fictional: Path, tmp_path: Path) -> None:
    command("data", "import", str(fictional))
    refused = command(
        "diagnose", "atlantide", "--out", str(tmp_path / "report"), "--quiet", MAILLAGE_DATA=str(fictional)
    )
    assert refused.returncode == 1
    assert "atlantide" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "report").exists()


def test_measured_travel_times_replace_the_estimate_or_are_refused(
    command: Command, fictional: Path, tmp_path: Path
) -> None:
    command("data", "import", str(fictional))
    first, second, *_ = pl.read_parquet(fictional / "communes.parquet")["code"]
    table = tmp_path / "times.csv"
    table.write_text(f"origin,destination,minutes\n{first},{second},12.5\n{second},{first},14\n")
    words = ("data", "travel-times", str(table), "--provider", "OSRM", "--vintage", "2026", "--quiet")
    taken = command(*words)
    assert taken.returncode == 0, taken.stderr
    assert taken.stdout.startswith("2 temps de trajet de OSRM (2026)")

    table.write_text(f"origin,destination,minutes\n{first},99999,12.5\n")
    refused = command(*words)
    assert refused.returncode == 1
    assert "99999" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_journal_is_verified(command: Command, fictional: Path) -> None:
    command("data", "import", str(fictional))
    sound = json.loads(command("journal", "verify", "--json").stdout)
    assert sound["intact"]
    assert sound["entries"] >= 1


def test_a_backup_brings_the_database_back(command: Command, fictional: Path, tmp_path: Path) -> None:
    command("data", "import", str(fictional))
    before = packs_of(command)
    archive = tmp_path / "backup.zip"
    saved = command("backup", str(archive), "--quiet")
    assert saved.returncode == 0, saved.stderr
    digest = re.search(r"empreinte (\w+)", saved.stdout)
    assert digest

    assert command("backup", str(archive), "--quiet").returncode == 1  # never over another backup
    assert command("restore", str(archive), "--yes", "--digest", "0" * 64, "--quiet").returncode == 1
    restored = command("restore", str(archive), "--yes", "--digest", digest[1], "--quiet")
    assert restored.returncode == 0, restored.stderr
    assert packs_of(command) == before
    assert json.loads(command("journal", "verify", "--json").stdout)["intact"]
