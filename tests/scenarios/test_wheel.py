"""The built wheel works outside the checkout: `pip install maillage-*.whl && maillage demo`."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.bootstrap import trust_the_system

ROOT = Path(__file__).resolve().parents[2]
UV = shutil.which("uv") or shutil.which("uv", path=str(ROOT / "var" / "tools" / "bin"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = dict(os.environ)
    trust_the_system(environment)
    command = [str(UV), "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300, env=environment)
    return next(folder.glob("maillage-*.whl"))


def test_the_wheel_holds_the_front_end_the_english_and_the_rules(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "maillage/web/static/dist/app.css" in names
    assert "maillage/web/static/dist/map.js" in names
    assert "maillage/web/locale/en/LC_MESSAGES/django.mo" in names
    assert any(name.startswith("maillage/territory/sourced/") and name.endswith(".toml") for name in names)
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".parquet")]


def test_the_installed_wheel_prepares_a_fictional_territory_in_the_users_folder(
    wheel: Path, tmp_path: Path
) -> None:
    # The dependencies are those of this environment; only the package itself comes from the wheel.
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(site),
        "PYTHONSAFEPATH": "1",
    }
    script = (
        "import maillage, sys; assert maillage.__file__.startswith(sys.argv[1]), maillage.__file__;"
        "sys.argv = ['maillage', 'diagnose', 'val-de-brume', '--out', sys.argv[2], '--quiet'];"
        "from maillage.config.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(site), str(tmp_path / "report")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report" / "diagnostic.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / ".local" / "share" / "maillage" / "maillage.sqlite3").is_file()
