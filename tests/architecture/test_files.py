"""Files stay short, contexts explain themselves, settings are documented, templates are used."""

import re
from pathlib import Path

import pytest

from maillage.config.environment import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "maillage"
SOURCES = [
    path
    for folder in ("src", "tests", "tools", "bench", "assets")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".js", ".mjs", ".css", ".html"}
    and not {"migrations", "dist", "__pycache__"} & set(path.parts)
]
CONTEXTS = sorted(path.parent for path in PACKAGE.glob("*/apps.py"))
ENGINES = sorted(path for path in (PACKAGE / "engines").iterdir() if (path / "__init__.py").exists())


def test_no_file_exceeds_600_lines() -> None:
    assert not {
        path.relative_to(ROOT).as_posix(): count
        for path in SOURCES
        if (count := path.read_text().count("\n")) > 600
    }


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda path: path.name)
def test_every_context_has_its_readme(context: Path) -> None:
    assert len((context / "README.md").read_text().splitlines()) >= 10


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(one.name[:4]) for one in records] == list(range(1, len(records) + 1))
    untold = [one.name for one in records if not one.read_text().startswith(f"# {int(one.name[:4])}. ")]
    assert untold == []


WALL_CLOCK = re.compile(r"datetime\.(now|today|utcnow)\(|\bdate\.today\(|\btime\.time\(")


def test_every_instant_is_that_of_the_installation() -> None:
    """`timezone.now`, which a demonstration puts ahead: another clock beside it loses its rows."""
    read = [path for path in SOURCES if path.suffix == ".py" and PACKAGE in path.parents]
    assert len(read) > 100
    assert [one.as_posix() for one in read if WALL_CLOCK.search(one.read_text())] == []


@pytest.mark.parametrize("said", ["datetime.now(UTC)", "date.today()", "datetime.utcnow()", "time.time()"])
def test_another_clock_is_seen(said: str) -> None:
    assert WALL_CLOCK.search(f"moment = {said}")
    assert not WALL_CLOCK.search("moment = timezone.now()")


LANDMARK = re.compile(r'(?:<section[^>]*|role="region"[^>]*)aria-labelledby="([^"{]+)"')


def test_no_two_landmarks_of_a_page_have_one_name() -> None:
    """A section is one already: the table that it lets scroll is a group."""
    named = {
        path.relative_to(ROOT).as_posix(): LANDMARK.findall(path.read_text())
        for path in SOURCES
        if path.suffix == ".html" and PACKAGE in path.parents
    }
    assert sum(map(len, named.values())) > 300
    assert {where: names for where, names in named.items() if len(set(names)) < len(names)} == {}


GESTURE = re.compile(r"{% empty_state \S+ \S+ (?P<action>[^\s=]+) (?P<url>[^\s=]+)[^%]*%}")


def test_an_empty_state_names_its_gesture_before_its_address() -> None:
    told = [
        (path.relative_to(ROOT).as_posix(), found["action"], found["url"])
        for path in SOURCES
        if path.suffix == ".html"
        for found in GESTURE.finditer(path.read_text())
    ]
    assert len(told) > 50
    wrong = [one for one in told if "url" in one[1] or not ("url" in one[2] or one[2][:2] in {'""', '"#'})]
    assert wrong == []


@pytest.mark.parametrize("engine", ENGINES, ids=lambda path: path.name)
def test_every_engine_has_a_literal_reference(engine: Path) -> None:
    assert {path.stem for path in engine.glob("*.py")} >= {"__init__", "model", "compute", "reference"}


def test_every_setting_that_is_read_is_described() -> None:
    code = "\n".join(path.read_text() for path in SOURCES if path.suffix == ".py" and PACKAGE in path.parents)
    read = set(re.findall(r"""environment\.read\(\s*["'](\w+)""", code)) | set(
        re.findall(r'_url\(\s*"(\w+)"', code)
    )
    assert read == set(SETTINGS) - {"MAILLAGE_HOME"}


def test_every_template_is_used() -> None:
    text = "\n".join(path.read_text() for path in SOURCES if path.suffix in {".py", ".html"})
    unused = []
    for context in CONTEXTS:
        root = context / "templates"
        for template in sorted(root.rglob("*.html")):
            name = template.relative_to(root).as_posix()
            # allauth and Django look these up by name; the rest must be named by us.
            if name.split("/")[0] in {"account", "mfa", "allauth", "403.html", "404.html", "500.html"}:
                continue
            folder = name.rsplit("/", 1)[0] + "/"
            if (
                f'"{name}"' not in text
                and f"'{name}'" not in text
                and f'"{folder}{{' not in text
                and f'"{folder}"' not in text
            ):
                unused.append(name)
    assert not unused


def test_nothing_is_left_for_later_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b")
    here = Path(__file__)
    assert not [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path != here and marks.search(path.read_text())
    ]


def test_pages_read_keys_and_days_by_the_kernel() -> None:
    """A superscript is a digit to Python, five thousand digits are no integer, 9999-12-31 has no tomorrow."""
    unsafe = re.compile(
        r"\.isdigit\(|\.isnumeric\(|forms\.DateField|forms\.DateTimeField\(|parse_date\(|strptime"
    )
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in sorted(PACKAGE.glob("*/pages/**/*.py"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if unsafe.search(line)
    ]
    assert not found, "use maillage.kernel.parameters and maillage.kernel.fields:\n" + "\n".join(found)


#: A rule of the type checker that is set aside: which one, and why.
SET_ASIDE = re.compile(r"# type: ignore(?P<codes>\[[a-z, -]+\])?(?P<why>\s*# \w.+)?")


def test_what_the_type_checker_is_told_to_pass_over_has_its_reason() -> None:
    lines = [
        (file.relative_to(ROOT), number, line)
        for folder in ("src", "tests", "bench", "tools")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if "SET_ASIDE" not in line and SET_ASIDE.search(line)
    ]
    assert lines
    found = [(f"{file}:{number}", file.parts[0], SET_ASIDE.search(line)) for file, number, line in lines]
    bare = [place for place, _folder, aside in found if aside and not (aside["codes"] and aside["why"])]
    assert bare == []
    unread = [place for place, folder, _aside in found if folder != "src"]
    assert unread == [], "the checker reads src alone: nothing to set aside elsewhere"
