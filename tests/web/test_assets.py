"""The front end's sources hold together: icons exist, versions are locked, scripts hold no sentence."""

import json
import re
from pathlib import Path

from maillage.web.wording import script_texts

ROOT = Path(__file__).resolve().parents[2]
ICONS = {line for line in (ROOT / "assets/icons.txt").read_text().splitlines() if line and line[0] != "#"}
TEMPLATES = "\n".join(path.read_text() for path in (ROOT / "src/maillage").rglob("*.html"))
PYTHON = "\n".join(
    path.read_text() for path in (ROOT / "src/maillage").rglob("*.py") if "migrations" not in path.parts
)
SCRIPTS = "\n".join(path.read_text() for path in (ROOT / "assets/js").rglob("*.js"))


def test_every_icon_drawn_is_in_the_list() -> None:
    drawn = set(re.findall(r'{% icon "([\w-]+)"', TEMPLATES))
    drawn |= set(re.findall(r'symbol="([\w-]+)"', TEMPLATES))
    drawn |= set(re.findall(r'button\("([\w-]+)"', SCRIPTS))
    assert drawn - ICONS == set()


def test_versions_are_exact_and_the_lock_has_them() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_scripts_take_their_words_from_the_server() -> None:
    said = set(re.findall(r'\btext\("(\w+)"', SCRIPTS)) | {"sorted_ascending", "sorted_descending"}
    assert said - set(script_texts()) == set()


def test_no_page_styles_or_scripts_inline() -> None:
    assert not re.findall(r"<(?!svg)[^>]*\sstyle=", TEMPLATES)
    assert not re.findall(r"\son(?:click|change|submit|load)=", TEMPLATES)
    assert not re.findall(r"<script>(?!\s*</script>)", TEMPLATES)


def test_no_icon_is_carried_for_nothing() -> None:
    text = "\n".join((TEMPLATES, PYTHON, SCRIPTS))
    assert not {name for name in ICONS if f'"{name}"' not in text and f"'{name}'" not in text}
