"""Every page that links lead to, read without a browser in both languages: words, maps, the figures of files.

No identifier of a program is shown as if it were a word, no page says that it is loading, each map is drawn
with its page, and a file gives figures with the precision of the screen.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from maillage.kernel.rules import Role
from tests.scenarios.test_every_page import view_of

#: Whose links lead to every part of the program.
READERS = (Role.COORDINATOR, Role.REGULATOR, Role.PHYSICIAN, Role.ADMINISTRATOR, Role.DPO)
LANGUAGES = ("fr", "en")
EACH = 2  # pages of one view: the second has other words often enough
SHOWN_ELSEWHERE = re.compile(r"<(script|style|code|pre|kbd|textarea|svg)\b.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
#: « meet_mentor », « fr_subject »: words joined as only a program joins them.
RAW_KEY = re.compile(r"(?<![\w./@-])[a-z]+(?:_[a-z]+)+(?![\w./@(-])")
#: Words that a French sentence holds and an English one does not.
FRENCH = re.compile(
    "ans|aucune?|autres?|avec|avez|avoir|ces|cett?e?|chaque|chez|dans|depuis|doit|doivent|donc|dont|elles?|est|eux|"
    "fait|faire|habitants|heures|ici|ils|jamais|jours?|leurs?|lors|mais|mois|nos|notre|nous|ont|pas|personnes|peut|"
    "peuvent|plusieurs|pour|quand|que|quell?e?|qui|sans|selon|sera|seront|ses|soins|sont|tous|toute?|toutes|une|vers|"
    "vos|votre|vous"
)
ACCENT = re.compile("[àâçèéêëîïôùûüœ]")
#: What the glossary keeps in French, and what the invented structures are called.
KEPT_IN_FRENCH = frozenset(
    {
        "département",
        "départements",
        "médecin",
        "médecins",
        "région",
        "régions",
        "santé",
        "soins",
        "spécialisés",
    }
)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
READ_ALOUD = ("aria-label", "placeholder", "alt", "title", "data-label")
#: Tables that no person fills: the journal, the outbox, the stores of Django.
OF_THE_PROGRAM = ("django_", "kernel_", "auth_", "sqlite_")
UNREAD = frozenset({"script", "style", "code", "pre", "kbd", "textarea"})
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
FILE = re.compile(r'"([^"]+\.(?:csv|geojson)(?:\?[^"]*)?)"')
MOST_DECIMALS = 4  # a share is from 0 to 1: 12,34 % at the finest
#: Rules are constants of the law or of a model, written as their source gives them.
AS_GIVEN = ("/compte/regles.csv", "/territoires/donnees/variables.csv")


class Reader:
    """Somebody signed in to a demonstration, who follows links."""

    def __init__(self, base: str, role: Role, language: str) -> None:
        self.base = base
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        sign_in = f"{base}/compte/demonstration/?role={role.value}"
        self.post(sign_in, "/compte/demonstration/", role=role.value)
        self.post(f"{base}/", "/langue/", language=language, next="/")

    def get(self, address: str) -> tuple[str, str]:
        """Return the kind and the text of what is at an address; nothing where it is refused."""
        try:
            with self._opener.open(urljoin(self.base, address), timeout=60) as answer:
                return answer.headers.get_content_type(), answer.read().decode()
        except HTTPError as error:
            if error.code >= 500:
                raise
            return "", ""

    def post(self, page: str, action: str, **data: str) -> None:
        """Send a form of a page."""
        _kind, text = self.get(page)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text)
        assert token, page
        body = urlencode({**data, "csrfmiddlewaretoken": token[1]}).encode()
        self._opener.open(Request(urljoin(self.base, action), body, {"Referer": page}), timeout=60).close()

    def pages(self, known: dict[str, int]) -> Iterator[tuple[str, str]]:
        """Yield the address and the HTML of the pages that links lead to, a few of each view.

        `known` counts those already read of each view, by others too; a first screen is of each role.
        """
        waiting, seen = ["/", "/compte/", "/recherche/?q=val"], set[str]()
        while waiting:
            address = waiting.pop(0).partition("#")[0]
            view = view_of(address)
            if not view or address in seen or (known.get(view, 0) >= EACH and address != "/"):
                continue
            seen.add(address)
            known[view] = known.get(view, 0) + 1
            kind, text = self.get(address)
            if kind != "text/html":
                continue
            yield address, text
            links = re.findall(r'<a\b[^>]*\bhref="([^"]+)"(?![^>]*\bdownload)', text)
            found = (urljoin(f"{self.base}{address}", unescape(link)) for link in links)
            waiting += [link.removeprefix(self.base) for link in found if link.startswith(f"{self.base}/")]


def words_of(page: str) -> str:
    """Return what a page shows, and what is read aloud of it."""
    body = page.partition("<main")[2]
    spoken = " ".join(re.findall(r'(?:aria-label|placeholder|alt)="([^"]*)"', body))
    return unescape(f"{TAG.sub(' ', SHOWN_ELSEWHERE.sub(' ', body))} {spoken}")


def faults_of(page: str) -> list[str]:
    """Return what is wrong with the words and the maps of a page."""
    text = words_of(page)
    faults = [f"shows « {key} »" for key in sorted(set(RAW_KEY.findall(text)))]
    faults += ["says that it is loading"] if re.search(r"Chargement|Loading…", text) else []
    titles = re.findall(r'<h2 id="block-\d+">(.*?)</h2>', page)
    faults += [f"has two blocks « {title} »" for title in sorted(set(titles)) if titles.count(title) > 1]
    maps, drawings = page.count("<maillage-map"), page.count('class="map-drawing"')
    return [*faults, *([f"draws {drawings} of {maps} maps"] if drawings < maps else [])]


class Spoken(HTMLParser):
    """What a page shows and reads aloud, text by text, without what it marks as French."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._around: list[tuple[str, bool]] = []  # the open elements, and whether each is to be read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element; its attributes are read in its own language."""
        said = dict(attrs)
        is_read = tag not in UNREAD and said.get("lang") != "fr" and self._is_read()
        if tag not in VOID:
            self._around.append((tag, is_read))
        if is_read:
            self.texts += [text for name in READ_ALOUD if (text := said.get(name))]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, with what was left open in it."""
        opened = [name for name, _is_read in self._around]
        if tag in opened:
            del self._around[len(opened) - 1 - opened[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if data.strip() and self._is_read():
            self.texts.append(" ".join(data.split()))

    def _is_read(self) -> bool:
        return not self._around or self._around[-1][1]


def french_of(page: str, titles: Iterable[str] = ()) -> list[str]:
    """Return the texts of an English page that are in French and not marked so: two French words, or more.

    Names of people and places begin with a capital, or hold one such word: « Maison de santé ». `titles` are
    what has no other words: those of the data and of their licences, and what people wrote.
    """
    spoken = Spoken()
    spoken.feed(page)
    return [text for text in spoken.texts if len(_french_words(text, titles)) > 1]


def titles_of(variables: str) -> list[str]:
    """Return the titles of the data, the longest first, of the file that lists the variables."""
    rows = csv.DictReader(io.StringIO(variables.lstrip("\ufeff")), delimiter=";")
    named = {row[name] for row in rows for name in ("Source", "Licence") if row[name]}
    return sorted(named, key=len, reverse=True)


def _french_words(text: str, titles: Iterable[str]) -> set[str]:
    for title in titles:
        text = text.replace(title, " ")
    words = {word for word in WORD.findall(text) if word[0].islower() and "-" not in word}
    return {word for word in words - KEPT_IN_FRENCH if FRENCH.fullmatch(word) or ACCENT.search(word)}


def written_in(database: Path) -> list[str]:
    """Return the French texts that people wrote in an installation, the longest first.

    They are shown as they were written. What the program keeps of its own doings (its journal, its messages,
    its tables) is not among them: it must be said in the reader's language.
    """
    texts: set[str] = set()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table.startswith(OF_THE_PROGRAM):
                continue
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            for _at, name, kind, *_rest in columns:
                if kind.lower().startswith(("text", "varchar")):
                    rows = connection.execute(f'SELECT DISTINCT "{name}" FROM {table}').fetchall()
                    texts.update(text for (value,) in rows for text in _strings_of(value))
    lines = {" ".join(line.split()) for text in texts for line in (text, *text.splitlines())}
    return sorted((line for line in lines if len(_french_words(line, ())) > 1), key=len, reverse=True)


def _strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in "[{":
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | Sequence):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _strings_of(one)


def too_precise(kind: str, text: str, address: str) -> list[str]:
    """Return the figures of a file that are finer than any screen shows; coordinates aside."""
    if kind == "text/csv":
        rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in text[:400] else ",")
        cells = {cell for row in rows for cell in row}
    else:
        collection = json.loads(text)
        cells = {
            str(value)
            for feature in collection["features"]
            for value in feature["properties"].values()
            if isinstance(value, float)
        }
    fine = [cell for cell in cells if re.fullmatch(rf"-?\d+[.,]\d{{{MOST_DECIMALS + 1},}}", cell)]
    return [f"{address} says {cell}" for cell in sorted(fine)[:3]]


def test_every_page_and_file_says_what_a_reader_can_read(demo_url: str, demo_home: Path) -> None:
    faults: list[str] = []
    views: set[str] = set()
    files: dict[str, tuple[str, str]] = {}
    _kind, variables = Reader(demo_url, READERS[0], "fr").get("/territoires/donnees/variables.csv")
    titles = titles_of(variables)
    written = written_in(demo_home / "maillage.sqlite3")
    assert titles
    assert written
    for language in LANGUAGES:
        known: dict[str, int] = {}
        for role in READERS:
            reader = Reader(demo_url, role, language)
            for address, page in reader.pages(known):
                views.add(view_of(address))
                said = french_of(page, [*titles, *written]) if language == "en" else []
                found = [*faults_of(page), *(f"says in French « {text} »" for text in said)]
                faults += [f"{language}, {role.value}, {address}: {fault}" for fault in found]
                for link in map(unescape, FILE.findall(page)):
                    path = urlsplit(urljoin(f"{demo_url}{address}", link)).path
                    if path not in files and path not in AS_GIVEN:
                        files[path] = reader.get(urljoin(f"{demo_url}{address}", link))
    for path, (kind, text) in files.items():
        faults += too_precise(kind, text, path) if kind else []
    kinds = {kind for kind, _text in files.values()}
    assert kinds >= {"text/csv", "application/geo+json"}
    assert len(files) > 20, sorted(files)
    assert len(views) > 60, sorted(views)
    assert not faults, "\n".join(sorted(set(faults)))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("<p>meet_mentor</p>", ["shows « meet_mentor »"]),
        ('<input aria-label="fr_subject">', ["shows « fr_subject »"]),
        ("<p>Chargement…</p>", ["says that it is loading"]),
        ("<maillage-map></maillage-map>", ["draws 0 of 1 maps"]),
        ('<h2 id="block-1">À lire</h2><h2 id="block-2">À lire</h2>', ["has two blocks « À lire »"]),
        ('<h2 id="block-1">À lire</h2><h2 id="block-2">À faire</h2>', []),
        ("<p>l’adresse camille_b@exemple.fr, la clé <code>a_b</code>, import_flows()</p>", []),
    ],
)
def test_each_fault_is_seen(shown: str, said: list[str]) -> None:
    assert faults_of(f"<main>{shown}</main>") == said


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("<p>Ce tableau n’est pas complet.</p>", ["Ce tableau n’est pas complet."]),
        ('<button aria-label="Fermer cette fenêtre"></button>', ["Fermer cette fenêtre"]),
        ("<td>Paliers attribués à la méthode 2015</td>", ["Paliers attribués à la méthode 2015"]),
        ('<p lang="fr">Il n’est <b>pas <br>complet</b>.</p><p>It <i>is</i> not.</p>', []),
        ('<div lang="fr"><p>Vous êtes ici</div><p>Qui êtes-vous ?</p>', []),
        ("<p>Maison de santé du Lavoir, Saint-Julien-de-Civry, a département of France</p>", []),
        ("<script>const pas = 'qui est dans la maison'</script><code>chaque qui</code>", []),
    ],
)
def test_french_is_heard_on_an_english_page(shown: str, said: list[str]) -> None:
    assert french_of(f'<html lang="en"><body>{shown}</body></html>') == said


def test_a_figure_finer_than_the_screen_is_seen() -> None:
    assert too_precise("text/csv", "a;b\n1,5;0,123456\n", "x.csv") == ["x.csv says 0,123456"]
    feature = {"properties": {"share": 0.123456, "shown": 0.12}, "geometry": None}
    text = json.dumps({"features": [feature]})
    assert too_precise("application/geo+json", text, "x.geojson") == ["x.geojson says 0.123456"]
