"""What every test shares: which ones need the national pack, which share one server, the longest first."""

import importlib.util

import hypothesis
import pytest

from maillage.config.packs import default_pack

# A slow machine is not a failure: no example is judged by the clock. Examples are drawn from the test itself:
# what is green here is green elsewhere, coverage included. `--hypothesis-profile=exploring` draws others.
hypothesis.settings.register_profile("exploring", deadline=None)
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("repeatable")

pytest_plugins = ["tests.any_day", "tests.emptied", "tests.migrated", "tests.second_database"]
if importlib.util.find_spec("tests.browser"):
    pytest_plugins.append("tests.browser")
#: A run on several cores ends with its longest test: these begin it, then the scenarios, which last minutes.
LONGEST = ("test_every_page.py", "test_hostile_sweep.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs an absent national pack; keep the scenarios of one story on their own server, early."""
    no_pack = pytest.mark.skip(reason="the national data pack is absent: set MAILLAGE_DATA to its folder")
    for item in items:
        if item.get_closest_marker("pack") and default_pack() is None:
            item.add_marker(no_pack)
        if item.path.name in LONGEST or "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.no_cover)  # what they go through has tests of its own
        if "tests/scenarios" in item.path.as_posix():
            # Two halves for the longest, so that two cores share the scenarios.
            half = "-dark" if "-dark-" in item.name else ""
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}{half}"))
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """Return when a test begins: those of one turn keep the order in which they were collected."""
    if item.path.name in LONGEST:
        return LONGEST.index(item.path.name)
    return len(LONGEST) if "tests/scenarios" in item.path.as_posix() else len(LONGEST) + 1
