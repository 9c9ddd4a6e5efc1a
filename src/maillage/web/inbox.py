"""One inbox for all that waits for a person: what each context declares, gathered, ordered, filtered.

Nothing has a state here. A thing waits because the context that owns it says so, and is done by an action of
that context; a person may put it off for themselves alone (`kernel.snoozes`). Beside one's own lines stand
those of the inboxes that one holds for others (`kernel.confiding`): the same rows, under their owner's name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import confiding, contributions, formats, inboxes, wording
from maillage.kernel.contributions import InboxLine, InboxSource, Pending
from maillage.kernel.models import InboxDeed, InboxHolding, Person
from maillage.kernel.once import once

PER_PAGE = 30  # lines: a page that a telephone loads and a person reads


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thing that waits: of which source, and until when its reader has put it off, if they have.

    `holding` is by what its reader sees it where it waits for somebody else.
    """

    source: InboxSource
    pending: Pending
    is_late: bool
    until: datetime | None = None
    holding: InboxHolding | None = None

    @property
    def owner(self) -> str:
        """The name of whom it waits for, where it is somebody else."""
        return self.holding.owner.get_full_name() if self.holding is not None else ""

    @property
    def urgency(self) -> tuple[bool, bool, datetime, datetime]:
        """The order of the page: what is late, what has a deadline, the nearest first, then the oldest."""
        due = self.pending.due
        return not self.is_late, due is None, due or self.pending.since, self.pending.since


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing with the line that its context draws of it."""

    waiting: Waiting
    line: InboxLine

    @property
    def anchor(self) -> str:
        """What names the line in its page."""
        return f"{self.waiting.source.kind.replace('.', '-')}-{self.line.pk}"


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of what the page shows, and how many lines it has."""

    key: str
    label: str
    icon: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox: how many things wait in all, the choices, the lines of this page.

    `count` and `late` are one's own; `held` are the inboxes that one holds for others, each with how many
    things wait in it, and how many are late. `owners` are the choices between one's own and theirs.
    """

    count: int
    late: int
    filters: list[Filter]
    owners: list[Filter]
    held: list[tuple[InboxHolding, int, int]]
    page: Page[Waiting]
    lines: list[Shown]

    @property
    def finding(self) -> str:
        """The sentence of the page."""
        return " ".join([self._own(), *(_held_said(*one) for one in self.held)])

    def _own(self) -> str:
        if not self.count:
            return _("Rien ne vous attend : tout est fait.")
        said = ngettext("{count} chose vous attend", "{count} choses vous attendent", self.count)
        said = said.format(count=formats.number(self.count))
        if not self.late:
            return _("{said}, aucune en retard.").format(said=said)
        return _("{said}, dont {late} en retard.").format(said=said, late=formats.number(self.late))


def _held_said(holding: InboxHolding, count: int, late: int) -> str:
    """Say how much waits for the owner of an inbox that one holds, and until when."""
    name, last = holding.owner.get_full_name(), formats.date_short(holding.ends_on)
    if not count:
        said = _("Rien n’attend {name}, dont vous suivez la boîte jusqu’au {last}.")
        return said.format(name=name, last=last)
    said = ngettext(
        "{count} chose attend {name}, dont vous suivez la boîte jusqu’au {last}{late}.",
        "{count} choses attendent {name}, dont vous suivez la boîte jusqu’au {last}{late}.",
        count,
    )
    pressing = _(" ({late} en retard)").format(late=formats.number(late)) if late else ""
    return said.format(count=formats.number(count), name=name, last=last, late=pressing)


#: The choice of what the person has put off, and of one's own lines alone.
LATER, OWN = "plus-tard", "moi"


@once
def gathered(person: Person) -> list[Waiting]:
    """Return all that waits for `person`, or for those whose inbox they hold; put off or not; names nobody.

    The most pressing first. What they put off is off for them alone: its owner has it still.
    """
    now = timezone.now()
    found: list[tuple[InboxSource, Pending, InboxHolding | None]] = [
        (source, one, None) for source, rows in inboxes.waiting(person).items() for one in rows
    ]
    found += [
        (source, one, held.holding)
        for held in inboxes.held_by(person)
        for source, rows in held.found.items()
        for one in rows
    ]
    put_off = inboxes.asleep(person)
    waiting = []
    for source, one, holding in found:
        is_late = one.due is not None and one.due <= now
        until = None if is_late else put_off.get((source.kind, one.pk))
        waiting.append(Waiting(source, one, is_late, until, holding))
    return sorted(waiting, key=lambda one: one.urgency)


def count(person: Person) -> int:
    """Return how many things wait now for `person`, or for those whose inbox they hold.

    What the masthead says and what the page lists.
    """
    return sum(one.until is None for one in gathered(person))


def count_and_late(person: Person) -> tuple[int, int]:
    """Return how many things wait now, as `count` says, and how many of them are late."""
    now = [one for one in gathered(person) if one.until is None]
    return len(now), sum(one.is_late for one in now)


def inbox(person: Person, chosen: str = "", page: str | None = None, whose: str = "") -> Inbox:
    """Return a page of what waits for `person`: of every kind, of the one `chosen`, or of what they put off.

    `whose`: their own lines alone, or those of the inbox of that owner. Each patient named on it is logged by
    the context that names them.
    """
    everything = gathered(person)
    held = [one.holding for one in inboxes.held_by(person)]
    known = {_whose(one) for one in held} | {OWN}
    whose = whose if held and whose in known else ""
    kept = [one for one in everything if whose in ("", _whose(one.holding))]
    awake = [one for one in kept if one.until is None]
    later = [one for one in kept if one.until is not None]
    shown = later if chosen == LATER else [one for one in awake if chosen in ("", one.source.kind)]
    drawn = Paginator(shown, PER_PAGE).get_page(page)
    counts = _counts(one for one in everything if one.until is None)
    return Inbox(
        *counts[OWN],
        _filters(awake, len(later), chosen),
        _owners(held, counts, whose),
        [(one, *counts[_whose(one)]) for one in held],
        drawn,
        _drawn(person, drawn.object_list),
    )


def _whose(holding: InboxHolding | None) -> str:
    return OWN if holding is None else str(holding.owner_id)


def _counts(awake: Iterable[Waiting]) -> defaultdict[str, tuple[int, int]]:
    """Return how many things wait, and how many are late, by whose they are."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in awake:
        many, late = found[_whose(one.holding)]
        found[_whose(one.holding)] = many + 1, late + one.is_late
    return found


def _owners(held: list[InboxHolding], counts: dict[str, tuple[int, int]], whose: str) -> list[Filter]:
    """Return the choices between one's own lines and those of each inbox held; none where one holds none."""
    if not held:
        return []
    total = sum(many for many, _late in counts.values())
    found = [Filter("", _("Toutes les boîtes"), "list", total, not whose)]
    found.append(Filter(OWN, _("La mienne"), "user", counts[OWN][0], whose == OWN))
    found += [
        Filter(_whose(one), one.owner.get_full_name(), "users", counts[_whose(one)][0], whose == _whose(one))
        for one in {_whose(one): one for one in held}.values()
    ]
    return found


def is_waiting(person: Person, kind: str, row: int) -> bool:
    """Return whether that row of that kind waits for `person`."""
    return any(one.source.kind == kind and one.pending.pk == row for one in gathered(person))


def _filters(awake: list[Waiting], later: int, chosen: str) -> list[Filter]:
    counts = Counter(one.source.kind for one in awake)
    sources = {one.source.kind: one.source for one in awake}
    kinds = sorted(sources.values(), key=lambda one: one.order)
    found = [Filter("", _("Tout"), "list", len(awake), not chosen)]
    found += [
        Filter(one.kind, str(one.label), one.icon, counts[one.kind], one.kind == chosen) for one in kinds
    ]
    if later:
        found.append(Filter(LATER, _("Plus tard"), "clock", later, chosen == LATER))
    return found


def _drawn(person: Person, page: Iterable[Waiting]) -> list[Shown]:
    """Return the lines of a page in its order; what somebody has just done elsewhere is left out."""
    page = list(page)
    parts: dict[tuple[str, str], list[Waiting]] = {}
    for one in page:
        parts.setdefault((one.source.kind, _whose(one.holding)), []).append(one)
    lines = {
        (part[0].source.kind, line.pk): line for part in parts.values() for line in _lines_of(person, part)
    }
    keyed = [(one, lines.get((one.source.kind, one.pending.pk))) for one in page]
    return [Shown(one, line) for one, line in keyed if line is not None]


def _lines_of(person: Person, part: list[Waiting]) -> list[InboxLine]:
    """Return the lines of one kind: of one's own, or of one inbox held, as its holder may see them."""
    source, holding = part[0].source, part[0].holding
    keys = [one.pending.pk for one in part]
    if holding is None:
        return source.lines(person, keys)
    assert source.confided is not None  # another kind is read in no inbox held
    return source.confided.lines(holding.owner, person, keys)


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did for the owner of an inbox: of which kind, by whom, when; where it is read."""

    deed: InboxDeed
    label: str
    icon: str
    said: str
    line: InboxLine | None


#: How long what was done is said on the inbox itself; the page of confided inboxes has the rest.
SAID_FOR = timedelta(days=14)
#: How many of them: what waits comes first.
DONE_SHOWN = 3


def done_for(person: Person, deeds: Iterable[InboxDeed]) -> list[Done]:
    """Return some gestures done for `person`, each with the line of it that they read; names nobody."""
    deeds = list(deeds)
    sources = {kind: contributions.inbox_source(kind) for kind in {one.kind for one in deeds}}
    lines: dict[tuple[str, int], InboxLine] = {}
    for kind, source in sources.items():
        if source is not None and source.confided is not None and source.confided.done is not None:
            keys = sorted({one.row for one in deeds if one.kind == kind})
            lines |= {(kind, line.pk): line for line in source.confided.done(person, keys)}
    return [
        Done(
            one,
            str(source.label) if source is not None else one.kind,
            source.icon if source is not None else "circle-check",
            str(wording.verb(one.verb)),
            lines.get((one.kind, one.row)),
        )
        for one in deeds
        for source in [sources[one.kind]]
    ]


def lately_done(person: Person) -> tuple[list[Done], bool]:
    """Return the latest of what was done for `person` these last days, and whether there is more of it."""
    since = timezone.localdate() - SAID_FOR
    deeds = list(confiding.deeds_for(person, since)[: DONE_SHOWN + 1])
    return done_for(person, deeds[:DONE_SHOWN]), len(deeds) > DONE_SHOWN
