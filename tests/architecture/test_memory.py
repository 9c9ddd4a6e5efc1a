"""What a server process has in its memory before anybody asks anything: not what few pages ever need."""

import json
import subprocess
import sys

import pytest

#: Megabytes and seconds each, for an import of data, a report, a feed, a solve or one page.
LATER = (
    "polars", "typst", "icalendar", "holidays", "numba", "scipy.optimize", "scipy.spatial", "scipy.linalg",
    "scipy.sparse.csgraph", "osmium", "rich", "typer",
)  # fmt: skip
#: The process that only watches the others has none of the application either.
APPLICATION = ("django", "numpy", "maillage.kernel", "maillage.config.settings")


def loaded(code: str, asked: tuple[str, ...]) -> list[str]:
    """Run `code` in a process of its own; return which of the modules `asked` it loaded."""
    tell = f"import json, sys; print(json.dumps([one for one in {asked!r} if one in sys.modules]))"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{code}\n{tell}"], capture_output=True, text=True, timeout=120
    )
    assert not ran.returncode, ran.stderr
    found: list[str] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        (
            "import maillage.config.asgi\nfrom django.urls import get_resolver\nget_resolver().url_patterns",
            LATER,
        ),
        ("import maillage.config.serving", APPLICATION),
    ],
    ids=["a server process", "the process that watches them"],
)
def test_a_process_loads_nothing_that_few_requests_need(code: str, asked: tuple[str, ...]) -> None:
    assert not loaded(code, asked)


def test_a_module_for_later_is_loaded_by_its_first_use() -> None:
    code = "from maillage.kernel.later import polars as pl"
    assert not loaded(code, ("polars",))
    assert loaded(f"{code}\npl.DataFrame", ("polars",)) == ["polars"]
