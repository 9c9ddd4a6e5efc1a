"""What every test shares: which ones need the national pack, which share one server, no traffic outside."""

import importlib.util

import hypothesis
import pytest

from maillage.config.packs import default_pack

# A slow machine is not a failure: no example is judged by the clock.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

pytest_plugins = ["tests.append_only", "tests.migrated", "tests.second_database"]
if importlib.util.find_spec("tests.browser"):
    pytest_plugins.append("tests.browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs an absent national pack; keep the scenarios of one story on their own server."""
    no_pack = pytest.mark.skip(reason="the national data pack is absent: set MAILLAGE_DATA to its folder")
    for item in items:
        if item.get_closest_marker("pack") and default_pack() is None:
            item.add_marker(no_pack)
        if "tests/scenarios" in item.path.as_posix():
            # Two halves for the longest, so that two cores share the scenarios.
            half = "-dark" if "-dark-" in item.name else ""
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}{half}"))
