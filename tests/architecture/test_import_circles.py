"""No module imports itself through others: each can be read, tested and moved with what is below it.

Every import counts, at the top of a file, inside a function or a method, and under `TYPE_CHECKING`: an import
put off does not remove a circle, it hides it, and the type checker still has to read both modules at once.
"""

from __future__ import annotations

import graphlib
from pathlib import Path

import grimp
import pytest

PLACES = {
    "at the top": "from circled import second",
    "inside a function": "def late():\n    from circled.second import NAME\n    return NAME",
    "for the type checker": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from circled.second import NAME"
    ),
}


def circle(package: str) -> list[str]:
    """Return the modules of one import circle of `package`, from one back to itself; empty where none is."""
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_through_others() -> None:
    assert circle("maillage") == []


@pytest.mark.parametrize("place", PLACES)
def test_a_circle_is_found_wherever_the_import_stands(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "circled"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text(PLACES[place])
    second = package / "second.py"
    second.write_text("NAME = 1")
    monkeypatch.syspath_prepend(tmp_path)
    assert circle("circled") == []
    second.write_text("import circled.third\nNAME = 1")
    (package / "third.py").write_text("from circled import first")
    assert set(circle("circled")) == {"circled.first", "circled.second", "circled.third"}
