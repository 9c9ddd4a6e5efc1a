"""Which tests run on PostgreSQL too: `pytest --second-database`, after every test has run on SQLite.

Left out: what never reads or writes the database (the engines, the rules, the checks of the source), which
cannot answer otherwise on another one; the walk through what each role is offered, since rights are decided
in Python; and what a browser looks at, whose pages the same contexts ask for
without a browser, except the scenarios of `SCENARIOS`, which go through the whole program.
"""

import pytest

#: Every folder of tests is in one of these two; tests/architecture/test_test_folders.py checks it.
BOTH = frozenset(
    {"agenda", "architecture", "care", "crisis", "directory", "exchange", "funding", "governance",
     "indicators", "kernel", "listening", "orientation", "people", "prevention", "project", "protocols",
     "roster", "scenarios", "space", "steering", "telehealth", "territory", "transitions", "web"}
)  # fmt: skip
SQLITE_ONLY = frozenset({"engines"})
#: The call of the febrile child, the doctor who falls ill, the command line with its backups.
SCENARIOS = frozenset({"test_regulation.py", "test_replacement.py", "test_command_line.py"})
#: What each of sixteen roles is offered: minutes of walking, and no statement that other tests do not make.
DECIDED_IN_PYTHON = frozenset({"test_offered.py"})
OF_THE_DATABASE = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-database",
        action="store_true",
        help="only what may answer otherwise on another database than the one every test ran on",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what was seen once and cannot differ."""
    if not config.getoption("second_database"):
        return
    kept = [item for item in items if may_differ(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def may_differ(item: pytest.Item) -> bool:
    """Return whether a test may pass on one database and fail on the other."""
    folder = item.path.parent.name
    fixtures = set(getattr(item, "fixturenames", ()))
    if folder in SQLITE_ONLY or item.path.name in DECIDED_IN_PYTHON:
        return False
    if folder == "scenarios":
        return item.path.name in SCENARIOS
    uses_it = bool(OF_THE_DATABASE & fixtures) or any(item.iter_markers("django_db"))
    return (uses_it and "chromium" not in fixtures) or any(item.iter_markers("postgres"))
