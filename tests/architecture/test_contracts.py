"""The import contracts hold, and each one bites on a deliberate violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VIOLATIONS = {
    "Contexts depend downwards only": ("kernel/scratch.py", "import maillage.territory.api"),
    "Inside a context, rules know nobody": ("territory/models/scratch.py", "import maillage.territory.api"),
    "Other contexts enter by api only": ("directory/pages/scratch.py", "import maillage.territory.models"),
    "The shell knows no context": ("web/scratch.py", "import maillage.exchange.api"),
    "Engines know neither Django": ("engines/accessibility/scratch.py", "import django"),
    "Business rules import no framework": ("kernel/rules.py", "import django"),
    "Engines ignore one another": ("engines/accessibility/scratch.py", "import maillage.engines.traveltime"),
    "An engine is used through its package": (
        "territory/computations/scratch.py",
        "import maillage.engines.accessibility.compute",
    ),
}


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the source tree."""
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=tree,
        # Wide enough for the names of the contracts to stay on one line.
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a copy of the source tree that a test may spoil."""
    ignore = shutil.ignore_patterns("__pycache__", "static", "*.mo", "templates")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=ignore)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_is_kept(tree: Path) -> None:
    result = lint(tree)
    assert result.returncode == 0, result.stdout
    assert f"{len(VIOLATIONS)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(tree: Path, contract: str) -> None:
    file, line = VIOLATIONS[contract]
    target = tree / "src" / "maillage" / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{target.read_text() if target.exists() else ''}\n{line}\n")
    result = lint(tree)
    assert result.returncode == 1
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), result.stdout
