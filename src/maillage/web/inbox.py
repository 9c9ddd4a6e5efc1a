"""One inbox for all that waits for a person: what each context declares, gathered, ordered, filtered.

Nothing has a state here. A thing waits because the context that owns it says so, and is done by an action of
that context; a person may put it off for themselves alone (`kernel.snoozes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats, inboxes, snoozes
from maillage.kernel.contributions import InboxLine, InboxSource, Pending
from maillage.kernel.models import Person
from maillage.kernel.once import once

PER_PAGE = 30  # lines: a page that a telephone loads and a person reads


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thing that waits: of which source, and until when its person has put it off, if they have."""

    source: InboxSource
    pending: Pending
    is_late: bool
    until: datetime | None = None

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
    """A page of the inbox: how many things wait in all, the choices, the lines of this page."""

    count: int
    late: int
    filters: list[Filter]
    page: Page[Waiting]
    lines: list[Shown]

    @property
    def finding(self) -> str:
        """The sentence of the page."""
        if not self.count:
            return _("Rien ne vous attend : tout est fait.")
        said = ngettext("{count} chose vous attend", "{count} choses vous attendent", self.count)
        said = said.format(count=formats.number(self.count))
        if not self.late:
            return _("{said}, aucune en retard.").format(said=said)
        return _("{said}, dont {late} en retard.").format(said=said, late=formats.number(self.late))


#: The choice of what the person has put off.
LATER = "plus-tard"


@once
def gathered(person: Person) -> list[Waiting]:
    """Return all that waits for `person`, put off or not, the most pressing first; names nobody."""
    now = timezone.now()
    found = [(source, one) for source, rows in inboxes.waiting(person).items() for one in rows]
    put_off = snoozes.asleep(person) if found else {}
    waiting = []
    for source, one in found:
        is_late = one.due is not None and one.due <= now
        until = None if is_late else put_off.get((source.kind, one.pk))
        waiting.append(Waiting(source, one, is_late, until))
    return sorted(waiting, key=lambda one: one.urgency)


def count(person: Person) -> int:
    """Return how many things wait for `person` now: what the masthead says and what the page lists."""
    return sum(one.until is None for one in gathered(person))


def inbox(person: Person, chosen: str = "", page: str | None = None) -> Inbox:
    """Return a page of what waits for `person`: of every kind, of the one `chosen`, or of what they put off.

    Each patient named on it is logged by the context that names them.
    """
    everything = gathered(person)
    awake = [one for one in everything if one.until is None]
    later = [one for one in everything if one.until is not None]
    kept = later if chosen == LATER else [one for one in awake if chosen in ("", one.source.kind)]
    shown = Paginator(kept, PER_PAGE).get_page(page)
    return Inbox(
        len(awake),
        sum(one.is_late for one in awake),
        _filters(awake, len(later), chosen),
        shown,
        _drawn(person, shown.object_list),
    )


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
    sources = {one.source.kind: one.source for one in page}
    lines = {
        (source.kind, line.pk): line
        for source in sources.values()
        for line in source.lines(person, [one.pending.pk for one in page if one.source is source])
    }
    keyed = [(one, lines.get((one.source.kind, one.pending.pk))) for one in page]
    return [Shown(one, line) for one, line in keyed if line is not None]
