"""Asks every address of the site with every kind of hostile value, and says what was wrong with the answer.

Nothing is listed by hand. The addresses come from the resolver; the parameters from the links and forms that
the pages show, and from what the views themselves read, which the sweep listens to. Every choice is drawn
from the name of the address: the same program is always asked the same.
"""

from __future__ import annotations

import os
import random
import re
import traceback
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core.handlers import wsgi
from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.http import request as http_request
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, resolve

from maillage.kernel import inboxes
from maillage.kernel.access import roles_of
from maillage.kernel.models import Person
from maillage.kernel.models.journal import ChainHead, Entry
from tests.addresses import Address, addresses
from tests.web.hostile_values import IN_AN_ADDRESS, KINDS, OF_A_NEIGHBOUR, OF_ANOTHER, UNKNOWN, files
from tests.web.neighbours import Rows, state_of

Value = Any
MOST_STATEMENTS, MOST_BYTES = 400, 4_000_000
ROWS = 2  # rows of an address that are opened by a visitor
AT_ONCE = 8  # parameters that are hostile in one request: more would hide behind the first refusal
#: By hand, MAILLAGE_SWEEP=5 sends five times more hostile values to each address.
DEPTH = int(os.environ.get("MAILLAGE_SWEEP", "1"))
UNREAD = ("q", "page", "tri", "du", "next", "id", *(f"x{number}" for number in range(len(KINDS))))
TEN_MEGABYTES = b"10 Mo " * 1_700_000
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n--x--\r\n'
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"', re.IGNORECASE)
#: Written by most pages that are read; nothing waits because of it.
OF_THE_JOURNAL = {Entry._meta.db_table, ChainHead._meta.db_table, Session._meta.db_table}
#: Bound before a request replaces it.
read_inbox = inboxes._read


class Heard(QueryDict):
    """The parameters of a request, which notes those that the view asked for."""

    names: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)


@contextmanager
def listening() -> Iterator[None]:
    """Hear which parameters the views read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wsgi, "QueryDict", Heard)
        patch.setattr(http_request, "QueryDict", Heard)
        yield


@dataclass
class Form:
    """A form of a page: where it goes, and what it would send as it stands."""

    action: str
    method: str
    values: dict[str, Value] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Reader(HTMLParser):
    """Reads the links and the forms of a page."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at, self.links, self.forms = at, [], []  # type: str, list[str], list[Form]
        self._open: Form | None = None
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "data-url"):
            if it.get(name):
                self.links.append(it[name])
        if it.get("hx-post") and tag != "form":
            self.forms.append(Form(it["hx-post"], "post"))
        if tag == "form":
            action = it.get("action") or it.get("hx-post") or self.at
            self._open = Form(action, it.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None:
            self._field(tag, it)

    def _field(self, tag: str, it: dict[str, str]) -> None:
        assert self._open is not None
        name, values = it.get("name", ""), self._open.values
        if tag == "option" and self._select:
            if "selected" in it or not values.get(self._select):
                values[self._select] = it.get("value", "")
        elif not name:
            return
        elif tag == "select":
            self._select = name
            values.setdefault(name, "")
        elif tag == "textarea":
            self._text = name
            values.setdefault(name, "")
        elif it.get("type") == "file":
            self._open.files.add(name)
        elif it.get("type") in {"radio", "checkbox"} and "checked" not in it:
            values.setdefault(name, it.get("value", "on") if it["type"] == "radio" else "")
        elif tag in {"input", "button"}:
            values.setdefault(name, it.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text and self._open is not None:
            self._open.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._text = ""


@dataclass
class Known:
    """What was learned of one address: paths that answer, for whom; what pages send there; what it reads."""

    paths: dict[str, list[str]] = field(default_factory=dict)
    get: dict[str, Value] = field(default_factory=dict)
    posts: list[tuple[str, str, dict[str, Value]]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    reads: dict[str, set[str]] = field(default_factory=lambda: {"GET": set(), "POST": set()})


@dataclass
class Asked:
    """One request: who asks what, and what was found wrong with the answer."""

    role: str
    method: str
    path: str
    values: dict[str, Value]
    kinds: str = ""

    def __str__(self) -> str:
        said = {name: (str(value)[:60] if value else value) for name, value in self.values.items()}
        return f"{self.role} {self.method} {self.path[:120]} {said!a} ({self.kinds})"


class Sweep:
    """The site, its visitors, the rows that are none of their business, and what was found.

    `visitors`: by role, the browser signed in. `forbidden`: by role, the rows that it may neither change nor
    see, with the mark of their texts.
    """

    def __init__(
        self,
        patterns: Sequence[URLPattern | URLResolver],
        visitors: Mapping[str, Client],
        forbidden: Mapping[str, Sequence[tuple[str, Rows]]],
        depth: int = DEPTH,
    ) -> None:
        self.addresses = sorted(set(addresses(patterns)), key=lambda one: (one.name, one.pattern))
        self.visitors, self.forbidden, self.depth = visitors, forbidden, depth
        self._has_parts = {one.name: one.has_parts for one in self.addresses}
        self.known: dict[str, Known] = {one.name: Known() for one in self.addresses}
        self.faults: list[str] = []
        self.covered: set[tuple[str, str]] = set()
        self.requests = 0
        #: By visitor and roles: what waits for them, which no parameter changes, and the statements it takes.
        self._waiting: dict[tuple[object, ...], tuple[Any, int]] = {}
        self._before = {mark: state_of(rows) for several in forbidden.values() for mark, rows in several}

    # --- One request ---

    def ask(
        self, role: str, method: str, path: str, values: Mapping[str, Value], kinds: str = "", **more: Any
    ) -> Any:
        """Send a request, undo what it wrote, note what was wrong with its answer; return the answer."""
        asked = Asked(role, method, path, dict(values), kinds)
        self.requests += 1
        client = self.visitors[role]
        cookies = {name: one.value for name, one in client.cookies.items()}
        written: set[str] = set()
        counted: set[tuple[object, ...]] = set()
        statements = 0

        def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            nonlocal statements
            statements += 1
            if found := WRITES.match(sql.lstrip()):
                written.add(found[1])
            return execute(sql, parameters, many, context)

        def waiting(person: Person) -> Any:
            """Return what waits for a visitor, which each page counts: read anew after a request wrote."""
            nonlocal statements
            if written - OF_THE_JOURNAL:
                return read_inbox(person)
            key = (person.pk, *sorted(one.role for one in roles_of(person)))
            if key not in self._waiting:
                before = statements
                self._waiting[key] = read_inbox(person), statements - before
            elif key not in counted:
                statements += self._waiting[key][1]
            counted.add(key)
            return self._waiting[key][0]

        send = getattr(client, method.lower())
        content = more.pop("body", None)
        data = content if content is not None else dict(values)
        with transaction.atomic():
            with connection.execute_wrapper(watch), pytest.MonkeyPatch.context() as patch:
                patch.setattr(inboxes, "_read", waiting)
                try:
                    answer = send(path, data, headers=more.pop("headers", None), **more)
                except Exception as fault:  # what no handler turned into an answer
                    self._note(asked, f"raises {fault!r}\n{_last_lines(fault)}")
                    answer = HttpResponse(status=500)
                else:
                    self._judge(asked, answer, statements)
            self._compare(asked, written)
            transaction.set_rollback(True)
        client.cookies.clear()
        for name, value in cookies.items():
            client.cookies[name] = value
        return answer

    def _note(self, asked: Asked, what: str) -> None:
        self.faults.append(f"{asked}: {what}")

    def _judge(self, asked: Asked, answer: Any, statements: int) -> None:
        if answer.status_code >= 500:
            fault = answer.exc_info[1] if getattr(answer, "exc_info", None) else None
            self._note(asked, f"answers {answer.status_code} {fault!r}\n{_last_lines(fault)}")
            return
        if statements > MOST_STATEMENTS:
            self._note(asked, f"takes {statements} statements")
        if answer.streaming:
            answer.close()
            return
        echoed = sum(len(str(value)) for value in asked.values.values())
        if len(answer.content) > MOST_BYTES + 10 * min(echoed, MOST_BYTES):
            self._note(asked, f"answers with {len(answer.content)} bytes")
        for mark, _rows in self.forbidden.get(asked.role, ()):
            if mark.encode() in answer.content:
                self._note(asked, f"shows {mark}")

    def _compare(self, asked: Asked, written: set[str]) -> None:
        for mark, rows in self.forbidden.get(asked.role, ()):
            for table, now in state_of(rows, written).items():
                if now != self._before[mark][table]:
                    self._note(asked, f"changes in {table} a row of {mark}, or points to it")

    # --- What there is to ask ---

    def learn(self, starts: Sequence[str] = ("/",)) -> None:
        """Follow the links of the pages as each visitor; keep the paths, the parameters and the forms.

        A page is opened once by a visitor, a few times where its address names rows, whose forms depend on
        their state; no more once two visitors were shown the same.
        """
        shown: dict[str, list[frozenset[str]]] = {}
        for role in self.visitors:
            waiting = deque(starts)
            seen: Counter[str] = Counter()
            while waiting:
                path = waiting.popleft()
                name, parts, query = self._named(path)
                if not name:
                    continue
                is_new = self._keep(name, role, parts, query)
                others = shown.setdefault(name, [])
                if seen[name] >= (ROWS if is_new and self._has_parts[name] else 1):
                    continue
                if not seen[name] and len(others) > 1 and others[0] == others[1] and path not in starts:
                    continue
                seen[name] += 1
                answer = self._hear(name, "GET", role, path, {}, "as linked")
                if answer.status_code in {301, 302}:
                    waiting.append(answer["Location"])
                elif not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
                    links, main = self._read(role, path, answer.content.decode())
                    waiting.extend(links)
                    if seen[name] == 1:
                        others.append(main)

    def _named(self, path: str) -> tuple[str, str, dict[str, Value]]:
        split = urlsplit(path)
        if split.netloc or split.scheme or not split.path.startswith("/"):
            return "", "", {}
        try:
            name = resolve(split.path).view_name
        except (Resolver404, ValueError):
            return "", "", {}
        return name if name in self.known else "", split.path, dict(parse_qsl(split.query))

    def _keep(self, name: str, role: str, path: str, query: dict[str, Value]) -> bool:
        known = self.known[name]
        paths = known.paths.setdefault(role, [])
        is_new = path not in paths and len(paths) < ROWS
        if is_new:
            paths.append(path)
        self._keep_query(known, query)
        return is_new

    @staticmethod
    def _keep_query(known: Known, query: Mapping[str, Value]) -> None:
        for key, value in query.items():
            known.get.setdefault(key, value)

    def _read(self, role: str, path: str, html: str) -> tuple[list[str], frozenset[str]]:
        """Keep the forms of a page; return its links, and the names of what its main part leads to."""
        reader = Reader(urlsplit(path).path)
        reader.feed(html)
        main = Reader(reader.at)
        main.feed(html.partition("<main")[2])
        leads = {*main.links, *(form.action for form in main.forms)}
        for form in reader.forms:
            name, there, query = self._named(form.action)
            if not name:
                continue
            if form.method == "post":
                known = self.known[name]
                known.files |= form.files
                shape = frozenset(form.values)
                if sum(shape == frozenset(values) for _r, _p, values in known.posts) < 2:
                    known.posts.append((role, there, form.values))
            else:
                self._keep(name, role, there, query | form.values)
        return reader.links, frozenset(self._named(one)[0] for one in leads)

    def _hear(
        self, name: str, method: str, role: str, path: str, values: Mapping[str, Value], kinds: str
    ) -> Any:
        """Send a request, and note which parameters its view reads."""
        Heard.names = set()
        with listening():
            answer = self.ask(role, method, path, values, kinds)
        self.known[name].reads[method] |= {one for one in Heard.names if "\x00" not in one} - {*UNKNOWN}
        return answer

    # --- The sweep ---

    def attack(self, address: Address) -> None:
        """Ask one address by every visitor, with every kind of value."""
        draw = random.Random(address.name)
        known = self.known[address.name]
        best, path = self._who_and_where(address, draw)
        if not known.paths:
            self._hear(address.name, "GET", best, path, {}, "plain")
        self._all_kinds(address, "GET", best, path, known.get, draw)
        self.ask(best, draw.choice(["OPTIONS", "HEAD"]), path, {}, "light")
        posts = known.posts[:2] or ([(best, path, {})] if _accepts_post(path) else [])
        for role, there, values in posts:
            self._hear(address.name, "POST", role, there, values, "as sent")
        for role, there, values in posts[: self.depth]:
            self._all_kinds(address, "POST", role, there, values, draw)
            self._odd_bodies(address, draw, role, there, values)
        self._others(address, best, path, posts[0][2] if posts else None, draw)

    def _who_and_where(self, address: Address, draw: random.Random) -> tuple[str, str]:
        """Return a visitor and a path that pages gave them, else the path of the nearest page above it."""
        known = self.known[address.name]
        given = [(role, path) for role, paths in known.paths.items() for path in paths]
        if given or (given := [(role, path) for role, path, _values in known.posts]):
            return given[0]
        above = [
            (one, role, paths)
            for one in self.addresses
            if one.has_parts and address.pattern.startswith(one.pattern)
            for role, paths in self.known[one.name].paths.items()
        ]
        if above:
            one, role, paths = max(above, key=lambda each: len(each[0].pattern))
            rest = Address("", address.pattern.removeprefix(one.pattern)).filled(self._sample)
            return role, paths[-1] + rest
        return draw.choice([*self.visitors]), address.filled(self._sample)

    @staticmethod
    def _sample(converter: str, _name: str) -> str:
        return {"int": "1", "uuid": "0" * 32}.get(converter, "un-nom")

    def _all_kinds(
        self, address: Address, method: str, role: str, path: str, good: Mapping[str, Value],
        draw: random.Random,
    ) -> None:  # fmt: skip
        """Send every kind at least once, a few at a time, in parameters drawn among those that are read."""
        reads = sorted({*self.known[address.name].reads[method], *good} - {"csrfmiddlewaretoken"})
        kinds = [*KINDS]
        draw.shuffle(kinds)
        # All kinds at once where nobody reads them; then some, other ones for each page, where it reads.
        unread = [one for one in UNREAD if one not in reads]
        self._send(address, method, role, path, {**good, **UNKNOWN}, dict(zip(unread, kinds, strict=False)))
        times = (2 if len(reads) > 3 else 4) * self.depth
        heard = kinds[: times * min(AT_ONCE, len(reads))]
        while heard:
            at = draw.sample(reads, min(AT_ONCE, len(reads), len(heard)))
            self._send(address, method, role, path, good, {name: heard.pop() for name in at})

    def _send(
        self,
        address: Address,
        method: str,
        role: str,
        path: str,
        good: Mapping[str, Value],
        at: dict[str, str],
    ) -> None:
        values = {**good, **{name: KINDS[kind] for name, kind in at.items()}}
        if "key" in good and "key" not in at:
            values["key"] = f"k{self.requests}"
        self.covered |= {(address.name, kind) for kind in at.values()}
        if method == "POST" and any("\ud800" in str(value) for value in values.values()):
            values = {name: _encodable(value) for name, value in values.items()}
        if method == "GET":
            values = {name: _encodable(value) for name, value in values.items()}
        self.ask(role, method, path, values, ", ".join(f"{name}: {kind}" for name, kind in at.items()))

    def _odd_bodies(
        self, address: Address, draw: random.Random, role: str, path: str, good: Mapping[str, Value]
    ) -> None:
        known = self.known[address.name]
        names = sorted({*good, *known.reads["POST"]}) or ["q"]
        name = draw.choice(names)
        bodies: dict[str, tuple[bytes, str]] = {
            "10 MB of text": (b"%s=%s" % (name.encode(), TEN_MEGABYTES), FORM),
            "10 MB in parts": (PART % (name.encode(), TEN_MEGABYTES), PARTS),
            "JSON": (b"[1, null]", "application/json"),
            "no form": (b"\xff\x00--x", PARTS),
            "no UTF-8": (b"%s=%%ff%%fe\xff" % name.encode(), FORM),
            "1,200 fields": (b"&".join(b"a%d=1" % number for number in range(1_200)), FORM),
        }
        for kind in draw.sample([*bodies], min(self.depth, len(bodies))):
            body, content_type = bodies[kind]
            self.ask(role, "POST", path, {}, kind, body=body, content_type=content_type)
        for name in known.files or {names[0]}:
            for kind, file in files().items():
                if known.files or kind == "binary file":
                    self.ask(role, "POST", path, {}, kind, body={**good, name: file})

    def _others(
        self, address: Address, best: str, path: str, posted: Mapping[str, Value] | None, draw: random.Random
    ) -> None:
        """Ask as other visitors, for rows of somebody else where the address names one, and for none."""
        there = [path]
        if address.has_parts:
            there = [self._last_part(address, path, str(number)) for number in (OF_A_NEIGHBOUR, OF_ANOTHER)]
            there += [address.filled(lambda _converter, _name: str(OF_A_NEIGHBOUR))]
        for role in draw.sample([*self.visitors], min(3 * self.depth, len(self.visitors))):
            self.ask(role, "GET", draw.choice(there), {}, "somebody else’s")
        if posted is not None:
            for role in draw.sample([*self.visitors], min(self.depth, len(self.visitors))):
                self.ask(role, "POST", draw.choice(there), posted, "somebody else’s")
        if address.has_parts:
            for value in draw.sample(IN_AN_ADDRESS, min(self.depth, len(IN_AN_ADDRESS))):
                self.ask(best, "GET", self._last_part(address, path, value), {}, "hostile address")

    @staticmethod
    def _last_part(address: Address, path: str, value: str) -> str:
        """Return `path` with its last part replaced."""
        pattern = re.sub(r"<(?:(\w+):)?(\w+)>", "\x01", address.pattern)
        regular = re.escape(pattern).replace(re.escape("\x01"), "([^/]+?)")
        found = re.fullmatch(regular, path)
        if not found or not found.groups():
            return path
        start, end = found.span(len(found.groups()))
        return path[:start] + value + path[end:]


def _accepts_post(path: str) -> bool:
    """Return whether the view of a path takes what is posted; a function may."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return hasattr(getattr(view, "view_class", None), "post") or not hasattr(view, "view_class")


def _encodable(value: Value) -> Value:
    """A lone surrogate as a browser sends it: three bytes that are no UTF-8."""
    if isinstance(value, str) and "\ud800" in value:
        return b"\xed\xa0\x80"
    return value


def _last_lines(fault: BaseException | None) -> str:
    return "".join(traceback.format_tb(fault.__traceback__)[-3:]) if fault else ""
