"""What a server process loads before it accepts requests, with data or without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from maillage.config import warming
from maillage.kernel import contributions


@pytest.mark.django_db
def test_an_installation_without_data_nor_territory_is_warm_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert warming.warm() > 0
    assert not caplog.records


@pytest.mark.django_db
def test_what_fails_to_warm_is_said_and_the_rest_is_warm(caplog: pytest.LogCaptureFixture) -> None:
    warmed: list[str] = []

    def broken() -> None:
        raise ValueError("a fault of its own")

    contributions.contribute(contributions.Contribution("broken", warm=broken))
    contributions.contribute(contributions.Contribution("sound", warm=lambda: warmed.append("sound")))
    try:
        warming.warm()
    finally:
        contributions.withdraw("broken")
        contributions.withdraw("sound")
    assert warmed == ["sound"]
    assert "broken is not warm" in caplog.text
    assert "a fault of its own" in caplog.text


def test_before_its_tables_are_made_a_process_starts_and_says_what_to_do(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "MAILLAGE_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
    }
    code = "import django; django.setup(); from maillage.config import warming; warming.warm()"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert not ran.returncode, ran.stderr
    assert "the database is not ready (no such table" in ran.stderr
    assert "« maillage serve » prepares it" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_once_warm_a_server_process_does_not_go_through_what_is_loaded_again(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "MAILLAGE_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
    }
    code = """
import asyncio, gc
from maillage.config.serving import application

async def life():
    told = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive():
        return {"type": next(told)}

    async def send(message):
        if message["type"] == "lifespan.startup.complete":
            print(gc.get_freeze_count(), len(gc.get_objects()))

    await application()({"type": "lifespan"}, receive, send)

asyncio.run(life())
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert not ran.returncode, ran.stderr
    apart, followed = map(int, ran.stdout.split())
    assert apart > 100 * followed
