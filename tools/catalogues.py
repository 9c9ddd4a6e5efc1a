"""Translation catalogues without GNU gettext: `python -m tools.catalogues update|check|compile [context…]`.

Message ids are French, the language the screens are written in; `locale/en` holds the English. The
extraction reads Python with `ast` and templates with Django's own `templatize`. Django merges the catalogues
of all contexts: a French has one English everywhere, and a homonym a `context` (`pgettext`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "maillage"
CONTEXTS = sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))
#: The width of the lines of a catalogue.
WRAP = 110
_LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALL = re.compile(
    rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?(?:\s*,\s*{_LITERAL})?"
)
# Position of (context, singular, plural) among the literal arguments of each function.
_SHAPES: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate, and the file it was found in."""

    msgid: str
    plural: str
    context: str
    place: str


def messages(context: str) -> list[Message]:
    """Return the messages of one context (`kernel`, `web`, …), sorted and without repeats."""
    found: dict[tuple[str, str], Message] = {}
    for message in sorted([*_python_messages(context), *_template_messages(context)]):
        known = found.setdefault((message.context, message.msgid), message)
        if message.plural and not known.plural:
            # A counted message also answers where it is not counted; the other way round, it does not.
            found[message.context, message.msgid] = message
    return sorted(found.values())


def _python_messages(context: str) -> Iterator[Message]:
    for file in sorted((PACKAGE / context).rglob("*.py")):
        if "migrations" in file.parts:
            continue
        tree = ast.parse(file.read_text())
        renamed = _renamed(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            name = renamed.get(name, name)
            if name not in _SHAPES:
                continue
            literals = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            if len(literals) > max(place for place in _SHAPES[name] if place is not None):
                yield _message(name, literals, file)


def _renamed(tree: ast.Module) -> dict[str, str]:
    """Return the functions of translation that a module imports under another name, by that name."""
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname is not None
    }


def _template_messages(context: str) -> Iterator[Message]:
    for file in sorted((PACKAGE / context).rglob("templates/**/*")):
        if file.suffix not in {".html", ".txt", ".typ"}:
            continue
        for match in _CALL.finditer(templatize(file.read_text(), origin=str(file))):
            literals = [ast.literal_eval(group) for group in match.groups()[1:] if group]
            yield _message(match.group(1), literals, file)


def _message(name: str, literals: list[str], file: Path) -> Message:
    context, singular, plural = _SHAPES[name]
    return Message(
        msgid=literals[singular],
        plural=literals[plural] if plural is not None else "",
        context=literals[context] if context is not None else "",
        place=file.relative_to(PACKAGE).as_posix(),
    )


def catalogue_path(context: str) -> Path:
    """Return the English catalogue of one context."""
    return PACKAGE / context / "locale" / "en" / "LC_MESSAGES" / "django.po"


def _said_in(context: str) -> dict[tuple[str, str], polib.POEntry]:
    path = catalogue_path(context)
    entries = polib.pofile(str(path)) if path.exists() else []
    return {(entry.msgctxt or "", entry.msgid): entry for entry in entries if not entry.obsolete}


def _translated_in(context: str) -> dict[tuple[str, str], polib.POEntry]:
    return {key: entry for key, entry in _said_in(context).items() if entry.translated()}


def update(context: str) -> tuple[int, int]:
    """Rewrite the English catalogue, keeping what is translated; return (messages, untranslated).

    What another context says in English already is said so here: Django shows one of them on both.
    """
    wanted = messages(context)
    path = catalogue_path(context)
    known = _translated_in(context)
    if any((one.context, one.msgid) not in known for one in wanted):
        for other in CONTEXTS:
            known = {**_translated_in(other), **known}
    catalogue = polib.POFile(wrapwidth=WRAP)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for message in wanted:
        old = known.get((message.context, message.msgid))
        entry = polib.POEntry(
            msgid=message.msgid, msgctxt=message.context or None, occurrences=[(message.place, "")]
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = dict(old.msgstr_plural) if old and old.msgid_plural else {0: "", 1: ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        catalogue.append(entry)
    if wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
    return len(wanted), len(catalogue.untranslated_entries())


def problems(context: str) -> list[str]:
    """Return one line per message that is missing, untranslated or whose placeholders differ."""
    known = _said_in(context)
    lines = []
    for message in messages(context):
        entry = known.get((message.context, message.msgid))
        if entry is None:
            lines.append(
                f"{message.place}: « {message.msgid} » is not in {context}'s catalogue (run `update`)"
            )
        elif not entry.translated():
            lines.append(f"{message.place}: « {message.msgid} » has no English")
        else:
            for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
                if not _placeholders(text) <= (_placeholders(message.msgid) | _placeholders(message.plural)):
                    lines.append(f"{message.place}: « {message.msgid} »: placeholders differ in « {text} »")
    return lines


def contradictions(catalogues: Mapping[str, Iterable[polib.POEntry]]) -> list[str]:
    """Return one line per French with several English, by the contexts whose catalogues say them.

    Django merges the catalogues: where two differ, that of one context is shown on the pages of both. So do
    the plurals of what is counted, the English and the French.
    """
    said: dict[tuple[str, str], dict[str, list[str]]] = {}
    for context, entries in catalogues.items():
        for entry in entries:
            if entry.obsolete or not entry.translated():
                continue
            texts = {entry.msgid: entry.msgstr}
            if entry.msgid_plural:
                texts = {
                    entry.msgid: entry.msgstr_plural[0],
                    f"{entry.msgid} (plural)": f"{entry.msgid_plural} → {entry.msgstr_plural[1]}",
                }
            for text, english in texts.items():
                one = said.setdefault((text, entry.msgctxt or ""), {})
                one.setdefault(english, []).append(context)
    return [
        f"« {text} »{f' (context « {marked} »)' if marked else ''} is said "
        + ", ".join(f"“{english}” in {' and '.join(where)}" for english, where in found.items())
        + ": say one of them everywhere, or mark a homonym (pgettext, translate … context …)"
        for (text, marked), found in sorted(said.items())
        if len(found) > 1
    ]


def _all_contradictions() -> list[str]:
    paths = {context: catalogue_path(context) for context in CONTEXTS}
    return contradictions({name: polib.pofile(str(path)) for name, path in paths.items() if path.exists()})


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}", text))


def compile_all() -> int:
    """Write the `.mo` beside every catalogue, and the French plurals; return how many catalogues."""
    paths = sorted(PACKAGE.glob("*/locale/en/LC_MESSAGES/*.po"))
    for path in paths:
        catalogue = polib.pofile(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        french = path.parents[2] / "fr" / "LC_MESSAGES" / "django.mo"
        french.parent.mkdir(parents=True, exist_ok=True)
        _french_plurals(catalogue).save_as_mofile(str(french))
    return len(paths)


def _french_plurals(catalogue: polib.POFile) -> polib.POFile:
    """Return the messages that count, as they are: French writes « 0 compte » where English has a plural."""
    french = polib.POFile()
    french.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Language": "fr",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for entry in catalogue:
        if entry.msgid_plural:
            texts = {0: entry.msgid, 1: entry.msgid_plural}
            french.append(
                polib.POEntry(
                    msgid=entry.msgid,
                    msgctxt=entry.msgctxt,
                    msgid_plural=entry.msgid_plural,
                    msgstr_plural=texts,
                )
            )
    return french


def main(arguments: list[str]) -> int:
    """Run one of the three commands; return the exit status."""
    if not arguments or arguments[0] not in {"update", "check", "compile"}:
        print(__doc__)
        return 2
    contexts = arguments[1:] or CONTEXTS
    if arguments[0] == "update":
        for context in contexts:
            total, missing = update(context)
            print(f"{context}: {total} messages, {missing} without English")
    if arguments[0] == "check":
        lines = [line for context in contexts for line in problems(context)]
        lines += _all_contradictions()
        print("\n".join(lines))
        return 1 if lines else 0
    print(f"{compile_all()} catalogues compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
