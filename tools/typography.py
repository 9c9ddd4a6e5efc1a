"""No-break spaces in our French texts: `python -m tools.typography check|fix`.

Before `: ; ! ? »`, after `«`, in numbers and before units, where French is printed: the catalogues, the
templates, the texts of Python and of the sourced rules. Texts of the command line stay as a keyboard types
them, so that they can be searched and pasted.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

from tools import catalogues

PACKAGE = catalogues.PACKAGE
NBSP = "\N{NO-BREAK SPACE}"
UNITS = "€|min|km²|km|hab"
#: A plain space where a line must not break.
FAULT = re.compile(
    r"(?<=\S) (?=[:;!?»](?:\s|$|[.,)<{\"']))"
    r"|^ (?=[;!?»](?:\s|$))"
    r"|(?<=«) "
    r"|(?:(?<=[1-9])|(?<=\d\d)) (?=\d{3}\b)"
    rf"|(?<=[\d}}]) (?=(?:%(?![({{}}])|(?:{UNITS})(?!\w)))"
    rf"|(?<=\)s) (?=(?:%(?![({{}}])|(?:{UNITS})(?!\w)))"
)
#: What is written for a terminal, for a log or by a formula, not for a page; names that migrations keep.
ELSEWHERE = frozenset({"config", "engines", "migrations", "models"})
#: Keys of a sourced rule that hold no French.
NOT_FRENCH = re.compile(r"^\s*\w*(?:_en|_url|key|unit)\s*=")


@dataclass(frozen=True, slots=True)
class Place:
    """A text with a plain space: in which file, on which line."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(PACKAGE)}:{self.line}: {self.text}"


def typeset(text: str) -> str:
    """Return a French text with its no-break spaces.

    >>> typeset("Oui : 3 min") == "Oui\\N{NO-BREAK SPACE}: 3\\N{NO-BREAK SPACE}min"
    True
    """
    return FAULT.sub(NBSP, text)


def faults() -> list[Place]:
    """Return every text of a page that has a plain space where a line must not break."""
    return [*_of_catalogues(), *_of_templates(), *_of_python(), *_of_rules()]


def fix() -> None:
    """Write the no-break spaces, in the sources and in the catalogues that translate them."""
    for context in catalogues.CONTEXTS:
        path = catalogues.catalogue_path(context)
        book = polib.pofile(str(path), wrapwidth=catalogues.WRAP)
        for entry in book:
            entry.msgid, entry.msgid_plural = typeset(entry.msgid), typeset(entry.msgid_plural)
        book.save(str(path))
    for file in _files("*.html"):
        _write(file, _in_template(file.read_text(encoding="utf-8")))
    for file in _files("*.py"):
        source = file.read_text(encoding="utf-8")
        lines = source.splitlines(keepends=True)
        for first, last in _literals(source):
            for row in range(first - 1, last):
                lines[row] = typeset(lines[row])
        _write(file, "".join(lines))
    for file in _files("*.toml"):
        rows = file.read_text(encoding="utf-8").split("\n")
        _write(file, "\n".join(row if _is_code(row) else _quoted(row) for row in rows))


def _write(file: Path, text: str) -> None:
    if text != file.read_text(encoding="utf-8"):
        file.write_text(text, encoding="utf-8")


def _files(pattern: str) -> list[Path]:
    found = sorted(PACKAGE.rglob(pattern))
    return [file for file in found if not ELSEWHERE & set(file.relative_to(PACKAGE).parts)]


def _of_catalogues() -> Iterator[Place]:
    for context in catalogues.CONTEXTS:
        if context in ELSEWHERE:
            continue
        path = catalogues.catalogue_path(context)
        for entry in polib.pofile(str(path)):
            for text in (entry.msgid, entry.msgid_plural):
                if not entry.obsolete and text and FAULT.search(text):
                    yield Place(path, entry.linenum, text)


def _of_templates() -> Iterator[Place]:
    for file in _files("*.html"):
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if line != _in_template(line):
                yield Place(file, number, line.strip()[:120])


def _in_template(text: str) -> str:
    """Return a template with the no-break spaces of its texts; what a tag computes is left alone."""
    parts = re.split(r"(\{%.*?%\}|\{#.*?#\})", text, flags=re.DOTALL)
    return "".join(
        part
        if part.startswith("{#") or (part.startswith("{%") and "translate" not in part)
        else typeset(part)
        for part in parts
    )


def _of_python() -> Iterator[Place]:
    for file in _files("*.py"):
        source = file.read_text(encoding="utf-8")
        lines = source.split("\n")
        for first, last in _literals(source):
            text = " ".join(line.strip() for line in lines[first - 1 : last])
            yield Place(file, first, text[:120])


def _literals(source: str) -> Iterator[tuple[int, int]]:
    """Yield the lines, first and last, of the literals of a module that have a fault, docstrings aside.

    A space written `\\x20` is meant.
    """
    tree, lines = ast.parse(source), source.splitlines()
    described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in joined for part in ast.walk(node) if part is not node}
    texts = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for node in [*joined, *texts]:
        if id(node) in inside | described or node.end_lineno is None:
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)
        if FAULT.search(text) and any(FAULT.search(row) for row in lines[node.lineno - 1 : node.end_lineno]):
            yield node.lineno, node.end_lineno


def _of_rules() -> Iterator[Place]:
    for file in _files("*.toml"):
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if not _is_code(line) and line != _quoted(line):
                yield Place(file, number, line.strip()[:120])


def _is_code(line: str) -> bool:
    return line.lstrip().startswith("#") or NOT_FRENCH.match(line) is not None


def _quoted(line: str) -> str:
    """Return a line of TOML with the no-break spaces of its French; an `…_en` beside it is left alone."""
    return re.sub(
        r'(\b\w+\s*=\s*)?"((?:[^"\\]|\\.)*)"',
        lambda found: found[0] if (found[1] or "").rstrip(" =").endswith("_en") else typeset(found[0]),
        line,
    )


def main(arguments: list[str]) -> int:
    """Fix, or list what there is to fix; return the exit status."""
    if arguments == ["fix"]:
        fix()
        return 0
    found = faults()
    sys.stdout.writelines(f"{place}\n" for place in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
