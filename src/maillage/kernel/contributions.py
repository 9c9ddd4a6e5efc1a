"""What a context brings to the pages that all contexts share: it declares, `web` and `config` gather.

A context writes `<context>/contributions.py`, and its AppConfig passes it to `contribute`. A new context so
changes no file of the shell. The recipe is in ARCHITECTURE.md, the reasons in docs/adr/0008.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.kernel.wording import name_terms

if TYPE_CHECKING:
    from maillage.kernel.feeds import Happening

#: Lines of a block of the first screen; the page behind has them all.
SHOWN = 4
Row = TypeVar("Row")


class Verb(StrEnum):
    """What one comes to do: the groups of the masthead, in its order."""

    KNOW = "know"
    ACT = "act"
    STEER = "steer"
    FORESEE = "foresee"


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the product: its address by name, and the permission it asks (none: everybody signed in).

    `purpose` says what one does there; the menus and the home page show it. `order` places it among those of
    its verb. `count` tells how many things wait there for a person, shown beside the label. `within` names
    the views of this part whose address does not begin with its own, by the beginning of their names. A
    `direct` entry stays outside the menus. `first_screen_of` are the roles who land there first.
    """

    verb: Verb
    label: str | Promise
    url_name: str
    icon: str
    purpose: str | Promise
    permission: Permission | None = None
    count: Callable[[Person], int] | None = None
    within: tuple[str, ...] = ()
    direct: bool = False
    order: int = 50
    first_screen_of: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a search found: its name, what tells it from its namesakes, its address."""

    label: str
    detail: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Search:
    """A part of the search box: `find(query, limit)` yields at most `limit` things, the best first."""

    title: str | Promise
    find: Callable[[str, int], Iterable[Found]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done from a line, without leaving the page: the word on its button, the address it is sent to.

    `asks` is the question of its one field, sent as `outcome`; empty, the button is enough. `fields` are sent
    with it as they are. The address is one of the context that owns the line: it leads back to `next`.
    """

    label: str
    url: str
    asks: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: what it is, its page; `is_late` where its day has passed. No word of health.

    `is_wrong` is for a thing that somebody must see to, `is_to_see` for one that may well be right; `phone`
    is a number to dial from the line, as it is stored; `deed` is done in place.
    """

    text: str
    url: str = ""
    detail: str = ""
    is_late: bool = False
    phone: str = ""
    is_wrong: bool = False
    is_to_see: bool = False
    deed: Deed | None = None

    @property
    def phone_said(self) -> str:
        """The number as people read it."""
        return written_phone(self.phone)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person in one part of their day.

    `said` is its piece of the day's sentence, without capital or full stop (« 2 réponses attendues »), empty
    where it needs no word there. `url` and `gesture` are the next thing to do. `finding` is a sentence of
    its own; `finding_url` a page whose finding takes its place once the screen is drawn: it may take a
    computation.
    """

    title: str
    lines: tuple[Line, ...] = ()
    said: str = ""
    url: str = ""
    gesture: str = ""
    finding_url: str = ""
    finding: str = ""


def rows_waiting(
    title: str,
    rows: Sequence[Row],
    line: Callable[[Row], Line],
    said: str,
    *,
    url: str,
    gesture: str,
    count: int | None = None,
) -> Waiting | None:
    """Return the block of rows that wait, the first ones each as a `line`; None on an empty day.

    `count`: how many the day has, where some of them are over; `said` takes it as `{count}`.
    """
    count = len(rows) if count is None else count
    if not count:
        return None
    lines = tuple(map(line, rows[:SHOWN]))
    return Waiting(title, lines, said.format(count=formats.number(count)), url, gesture)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the first screen: its place for each role that has it, and what waits, None on an empty day.

    `read` answers in three statements of the database at most, and names no patient. `is_kept`: shown
    whatever else waits, where the others leave out those that come after the fifth.
    """

    key: str
    places: Mapping[Role, int]
    read: Callable[[Person], Waiting | None]
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A thing that waits in an inbox, before it is drawn: the key of its row, since when, before when."""

    pk: int
    since: datetime
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A pending thing as its reader sees it: what it is, whom it is about, its page, what is done in place.

    `who` is a patient's name only where the reader may read it, and `lines` of the source has logged it.
    `phones` are numbers to dial, as they are stored. `hand_over` is where it is given to somebody else.
    """

    pk: int
    text: str
    url: str = ""
    who: str = ""
    detail: str = ""
    phones: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()
    hand_over: str = ""

    @property
    def phones_said(self) -> list[tuple[str, str]]:
        """Each number to dial, and as people read it."""
        return [(one, written_phone(one)) for one in self.phones]


@dataclass(frozen=True, slots=True)
class Waits:
    """The rows that may wait for a person: every page counts them, all kinds in one statement.

    `rows` builds their queryset, scoped, where `given("person")`, `given("day")` and `given("now")` stand
    for the reader and the instant; it names nobody. Its columns `key`, `since` and `due` (none where empty)
    make a `Pending`. Where the circle of care decides, they are only what may wait: `seen(person)` are the
    rows that the reader may see, by their `pk`, those of all kinds asked in one statement. Where it takes
    more than a condition, `asked(person)`, where there is one of them, answers what does.
    """

    rows: Callable[[], QuerySet[Any, Any]]
    since: str
    due: str = ""
    key: str = "pk"
    seen: Callable[[Person], QuerySet[Any, Any]] | None = None
    asked: Callable[[Person], list[Pending]] | None = None


@dataclass(frozen=True, slots=True)
class Confided:
    """How the lines of a kind are shown to whoever holds the inbox of somebody else (ADR 17).

    `lines(owner, holder, keys)` draws every one of the keys as `holder` may see it: whole where the circle of
    care opens it to them, else without a name or a word of health. It has a gesture only where the holder's
    own role and circle allow it. `done(owner, keys)` draws for the owner what was done for them.
    """

    group: InboxGroup
    lines: Callable[[Person, Person, Sequence[int]], list[InboxLine]]
    done: Callable[[Person, Sequence[int]], list[InboxLine]] | None = None


@dataclass(frozen=True, slots=True)
class InboxSource:
    """A kind of thing that waits for a person until they, or somebody else who may, have done it.

    `lines(person, keys)` draws those of the keys that still wait for `person`, in a bounded number of
    statements, and logs each patient whom it names. The state of a thing is its own context's: done there,
    it is no longer pending here. A kind without `confided` is never shown to anybody else.
    """

    kind: str
    label: str | Promise
    icon: str
    roles: frozenset[Role]
    pending: Waits
    lines: Callable[[Person, Sequence[int]], list[InboxLine]]
    order: int = 50
    confided: Confided | None = None


def naming_nobody(
    lines: Callable[[Person, Sequence[int]], list[InboxLine]],
) -> Callable[[Person, Person, Sequence[int]], list[InboxLine]]:
    """Return the lines of a kind that names no patient, for whoever holds an inbox: as its owner reads them.

    Without their gestures and their page, which are the owner's.
    """

    def held(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:  # noqa: ARG001 (one shape for all kinds)
        return [replace(one, url="", deeds=(), hand_over="") for one in lines(owner, keys)]

    return held


class Place(StrEnum):
    """Where a panel about a patient is shown."""

    PATIENT = "patient"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class PanelContent:
    """What a context says of one patient: a sentence, lines in order, a page and its gesture.

    It is drawn inside the file of the patient, to whoever may read that part: it may speak of health.
    `is_ordered`: the lines are steps. `is_vital`: the 15 comes before anything else.
    """

    title: str
    finding: str = ""
    lines: tuple[Line, ...] = ()
    url: str = ""
    gesture: str = ""
    is_ordered: bool = False
    is_vital: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a patient's page, or beside a request of the desk, that another context brings.

    `part` is the part of the file that it reads (`people.api.Part`): `people` asks the circle of care, logs
    the reading with `purpose`, and only then calls `read(person, patient)`, which answers None where there
    is nothing to say.
    """

    key: str
    part: str
    purpose: str
    read: Callable[[Person, Any], PanelContent | None]
    places: frozenset[Place] = frozenset({Place.PATIENT})
    order: int = 50


class Fate(StrEnum):
    """What becomes of something that was somebody's when they leave: it ends, goes to others, or stays."""

    ENDS = "ends"
    PASSES = "passes"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody leaves for good: who withdraws them, who takes over (None: whose turn it is in each queue)."""

    person: Person
    by: Person
    successor: Person | None
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a context ends or hands on when somebody leaves, in one transaction with all the others.

    `count(person)` is how many things it concerns now, in one statement. `withdraw` does it and returns how
    many the successor has taken; the others are where `otherwise` says. What `STAYS` has no `withdraw`: it
    is said, for somebody to see to. `covers`: the columns that name whoever leaves (« care.task.person »).
    """

    key: str
    label: str | Promise
    fate: Fate
    count: Callable[[Person], int]
    covers: tuple[str, ...]
    withdraw: Callable[[Leaving], int] | None = None
    otherwise: str | Promise = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Record:
    """What a context keeps about patients in one table, for their own copy, their demands and the register.

    `path` leads from its rows to the patient (« stay__patient »), empty for the row of the patient itself.
    `keeps` is the rule that says how long. `hides` are the columns that tell of somebody else, and
    `withholds(row)` the same of one row: left out of the patient's copy. `erasable` are the columns that no
    law asks to keep, emptied where the patient demands it. `aside` says why none of it is in the copy.
    `cared` are the columns that tell when care was given, from which the years of keeping run; while the
    column `lasting` is empty, care goes on.
    """

    model: type[Model]
    path: str
    keeps: str
    hides: tuple[str, ...] = ()
    withholds: Callable[[Any], Iterable[str]] | None = None
    erasable: tuple[str, ...] = ()
    aside: str | Promise = ""
    cared: tuple[str, ...] = ()
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a page of a territory leads on to: the words of the link, its address, its icon."""

    label: str | Promise
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Processing:
    """A line of the register of processings: what a context does with personal data, about whom, for whom."""

    label: str | Promise
    purpose: str | Promise
    about: str | Promise
    recipients: str | Promise


@dataclass(frozen=True, slots=True)
class Contribution:
    """All that one context brings.

    `demonstrate(place, now)` gives a territory invented work, once. `warm()` loads what its first request in
    a process would wait for; it writes nothing, computes nothing long, and bears an empty database.
    `named_in_journal` are the kinds of row whose own name (`str`, from its own columns) the journal prints:
    never those whose name is a patient's or tells of health. `happenings(person, since, until)` are the
    events that it adds to the calendar of a person's agenda: no name, no word of health. `withdrawals` are
    what it does when somebody leaves; `told_of_leavers` the columns that go on naming them: what they did,
    and what is theirs alone. `records` are the tables in which it keeps something about patients, and
    `processing` its line of the register. `onwards(person, place, page)` says what a person may do elsewhere
    with what a page of the diagnosis of a territory shows (`page` is the name of its address). `entrances`
    are ways in beside the password, each a label and the name of its address, shown by the page of sign-in.
    """

    context: str
    navigation: tuple[Entry, ...] = ()
    searches: tuple[Search, ...] = ()
    first_screen: tuple[Block, ...] = ()
    panels: tuple[Panel, ...] = ()
    inbox: tuple[InboxSource, ...] = ()
    demonstrate: Callable[[Any, datetime], None] | None = None
    warm: Callable[[], None] | None = None
    named_in_journal: tuple[type[Model], ...] = ()
    happenings: Callable[[Person, datetime, datetime], Iterable[Happening]] | None = None
    entrances: tuple[tuple[str | Promise, str], ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    told_of_leavers: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    processing: Processing | None = None
    onwards: Callable[[Person, Any, str], Iterable[Onward]] | None = None


_contributions: dict[str, Contribution] = {}


def contribute(contribution: Contribution) -> None:
    """Register what a context brings; called once by its AppConfig. The same context again replaces it."""
    _contributions[contribution.context] = contribution
    entries.cache_clear()
    name_terms({one.key: one.label for one in contribution.withdrawals})


def withdraw(context: str) -> None:
    """Forget what a context brought: for tests that bring one of their own."""
    _contributions.pop(context, None)
    entries.cache_clear()


def contributions() -> list[Contribution]:
    """Return what every context brought, those below before those that stand on them."""
    # Django prepares the applications in the order of INSTALLED_APPS, which goes from the top down.
    return list(reversed(_contributions.values()))


@cache
def entries() -> tuple[Entry, ...]:
    """Return the entries of the navigation, by verb then by their order."""
    found = [entry for one in contributions() for entry in one.navigation]
    return tuple(sorted(found, key=lambda entry: (list(Verb).index(entry.verb), entry.order)))


def searches() -> list[Search]:
    """Return the parts of the search box, in their order."""
    return sorted((part for one in contributions() for part in one.searches), key=lambda part: part.order)


def onwards_from(person: Person, place: Any, page: str) -> list[Onward]:
    """Return what a person may do elsewhere with what a page of a territory shows."""
    found = (one.onwards(person, place, page) for one in contributions() if one.onwards is not None)
    return [onward for some in found for onward in some]


def panels_of(place: Place) -> list[Panel]:
    """Return the panels about a patient shown at `place`, in their order."""
    found = [panel for one in contributions() for panel in one.panels if place in panel.places]
    return sorted(found, key=lambda panel: panel.order)


def inbox_sources_of(roles: Iterable[Role]) -> list[InboxSource]:
    """Return the sources of the inbox of whoever holds `roles`, in their order."""
    held = set(roles)
    found = [source for one in contributions() for source in one.inbox if source.roles & held]
    return sorted(found, key=lambda source: source.order)


def inbox_source(kind: str) -> InboxSource | None:
    """Return the source of the lines of a kind, None where no context declares it."""
    return next((one for part in contributions() for one in part.inbox if one.kind == kind), None)


def withdrawals() -> list[Withdrawal]:
    """Return what every context does when somebody leaves, in its order."""
    return sorted((part for one in contributions() for part in one.withdrawals), key=lambda part: part.order)


def records() -> list[Record]:
    """Return every table in which something is kept about patients, those below first."""
    return [record for one in contributions() for record in one.records]


def happenings_of(person: Person, since: datetime, until: datetime) -> list[Happening]:
    """Return what every context adds to the calendar of a person between two instants."""
    readers = [one.happenings for one in contributions() if one.happenings is not None]
    return [found for read in readers for found in read(person, since, until)]


def entrances() -> list[tuple[str | Promise, str]]:
    """Return the ways in that contexts bring beside the password: label, name of the address."""
    return [one for part in contributions() for one in part.entrances]


def named_in_journal() -> dict[str, type[Model]]:
    """Return the kinds of row whose name the journal prints, by label (`app.model`)."""
    return {one._meta.label_lower: one for part in contributions() for one in part.named_in_journal}


def blocks_of(roles: Iterable[Role]) -> list[Block]:
    """Return the blocks of the first screen of whoever holds `roles`, in their order."""
    held = set(roles)
    placed = [
        (min(block.places[role] for role in held & block.places.keys()), block)
        for one in contributions()
        for block in one.first_screen
        if held & block.places.keys()
    ]
    return [block for _place, block in sorted(placed, key=lambda pair: pair[0])]
