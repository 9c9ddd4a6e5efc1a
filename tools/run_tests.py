"""Runs every test with coverage and holds the gates: `python -m tools.run_tests [pytest arguments]`.

Engines, rules and identifiers are covered to the last branch; the rest of the package may not fall
under `REST`, which only ever goes up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FULL = "*/maillage/engines/*,*/maillage/*/rules.py,*/maillage/*/rules/*,*/maillage/kernel/identifiers*"
REST = 95
BROWSER_NOTE = ROOT / "var" / "browser-tests"


def main(arguments: list[str]) -> int:
    """Run pytest on every core, then the two coverage gates; return the first failing status."""
    BROWSER_NOTE.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "COVERAGE_FILE": str(ROOT / "build" / ".coverage"),
        "COVERAGE_CORE": "ctrace",
    }
    (ROOT / "build").mkdir(exist_ok=True)
    cores = ["-n", str(os.cpu_count() or 1), "--dist", "loadgroup", "--no-loadscope-reorder"]
    pytest = [sys.executable, "-m", "pytest", "-q", *cores]
    commands = [
        [*pytest, "--cov=maillage", "--cov-branch", "--cov-report=", *arguments],
        [
            sys.executable,
            "-m",
            "coverage",
            "report",
            f"--include={FULL}",
            "--fail-under=100",
            "--skip-covered",
            "--show-missing",
        ],
        [
            sys.executable,
            "-m",
            "coverage",
            "report",
            f"--omit={FULL}",
            f"--fail-under={REST}",
            "--format=total",
        ],
    ]
    for command in commands:
        status = subprocess.run(command, cwd=ROOT, env=environment).returncode
        if status:
            return status
    if BROWSER_NOTE.exists():
        print(f"Browser tests were skipped: {BROWSER_NOTE.read_text()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
