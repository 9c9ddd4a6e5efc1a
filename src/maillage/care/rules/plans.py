"""The text of a shared plan, what changed between two of them, and the merge of two written at once.

A plan is one flat text: a value by path. `preferences` is a path of its own; `goal.3f2a90c1.text` is the text
of one entry of a list, so that two people who add an entry at once never take each other's place. Fields are
those of the ten steps of the HAS (plan personnalisé de santé). No framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Content = Mapping[str, str]

#: What is said once: who coordinates and how to reach them, wishes, what to do if it goes wrong, next review.
SINGLE = ("coordinator", "phone", "preferences", "alert_procedure", "revision_on")
#: The fields of each list: situations that are problems, negotiated goals, who does what before when.
LISTS: Mapping[str, tuple[str, ...]] = {
    "problem": ("text", "kind", "is_priority"),
    "goal": ("text", "criterion"),
    "intervention": ("text", "note", "owner", "due_on"),
}
#: Fields that people write: two of them may stand together. The others are one choice.
WRITTEN = frozenset({"preferences", "alert_procedure", "text", "note", "criterion"})
#: Who does it, and before when: never one without the other.
TOGETHER = ("owner", "due_on")
PLACE = "place"


class ProblemKind(StrEnum):
    """What the global assessment looks at."""

    MEDICAL = "medical"
    PSYCHOLOGICAL = "psychological"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of the plan."""

    key: str
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def entries(content: Content, kind: str) -> list[Entry]:
    """Return the entries of a list, in their order."""
    found: dict[str, dict[str, str]] = {}
    for path, value in content.items():
        parts = path.split(".")
        if len(parts) == 3 and parts[0] == kind:
            found.setdefault(parts[1], {})[parts[2]] = value
    ordered = sorted(found.items(), key=lambda one: (int(one[1].get(PLACE) or 0), one[0]))
    return [Entry(key, fields) for key, fields in ordered]


def written(single: Content, lists: Mapping[str, Iterable[Entry]]) -> dict[str, str]:
    """Return the flat text of a plan; an entry without a text is left out, and so are empty values."""
    content = {name: single[name] for name in SINGLE if single.get(name)}
    for kind, rows in lists.items():
        kept = [one for one in rows if one["text"]]
        for place, one in enumerate(kept, start=1):
            values = {name: one[name] for name in LISTS[kind]}
            values[PLACE] = one[PLACE] or str(place)
            content |= {f"{kind}.{one.key}.{name}": value for name, value in values.items() if value}
    return content


@dataclass(frozen=True, slots=True)
class Change:
    """One value that two texts do not have alike; empty where one has none."""

    path: str
    before: str
    after: str


def changes(before: Content, after: Content) -> list[Change]:
    """Return what differs between two texts, by path; the order of entries is not told."""
    paths = sorted({*before, *after})
    return [
        Change(path, before.get(path, ""), after.get(path, ""))
        for path in paths
        if not path.endswith(f".{PLACE}") and before.get(path, "") != after.get(path, "")
    ]


class Choice(StrEnum):
    """What is kept of two values written at once."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that two people changed otherwise, from the same `base`."""

    path: str
    base: str
    ours: str
    theirs: str

    @property
    def texts(self) -> tuple[str, str, str]:
        """What it was, what the plan says, what was written meanwhile."""
        return self.base, self.theirs, self.ours

    @property
    def may_keep_both(self) -> bool:
        """Whether both may stand one after the other: two texts, neither of them erased."""
        return self.path.rsplit(".", 1)[-1] in WRITTEN and bool(self.ours) and bool(self.theirs)


@dataclass(frozen=True, slots=True)
class Merge:
    """Two texts brought together: what nobody disputes, and what two people wrote otherwise."""

    content: dict[str, str]
    conflicts: tuple[Conflict, ...]


def merge(
    base: Content, ours: Content, theirs: Content, choices: Mapping[str, Choice] | None = None
) -> Merge:
    """Bring together two texts written from `base`: a value that one alone changed is theirs.

    A value that both changed otherwise is a conflict, settled by `choices` (by path); without a choice both
    are kept, one after the other, or where they cannot be, the one that is not empty, `theirs` first. An
    entry that one removed while the other changed it is one conflict, on its text; it stays without a choice.
    Who does it and before when go together: where one took it from everybody while the other changed either,
    it is one conflict, on who does it.
    """
    chosen, content, conflicts = choices or {}, dict[str, str](), list[Conflict]()
    disputed, released = _disputed(base, ours, theirs), _released(base, ours, theirs)
    for path in sorted({*base, *ours, *theirs}):
        was, mine, other = (text.get(path, "") for text in (base, ours, theirs))
        entry, _dot, name = path.rpartition(".")
        if entry in disputed:
            if name == "text":
                conflicts.append(Conflict(path, was, mine, other))
            remover = Choice.THEIRS if disputed[entry] is ours else Choice.OURS
            is_removed = chosen.get(f"{entry}.text", Choice.BOTH) is remover
            value = "" if is_removed else disputed[entry].get(path, "")
        elif entry in released and name in TOGETHER:
            if name == "owner":
                conflicts.append(Conflict(path, was, mine, other))
            releaser = Choice.THEIRS if released[entry] is ours else Choice.OURS
            is_released = chosen.get(f"{entry}.owner", Choice.BOTH) is releaser
            value = "" if is_released else released[entry].get(path, "")
        elif other in (was, mine):
            value = mine
        elif mine == was:
            value = other
        else:
            conflict = Conflict(path, was, mine, other)
            if name != PLACE:
                conflicts.append(conflict)
            value = _settled(conflict, chosen.get(path, Choice.BOTH))
        if value:
            content[path] = value
    return Merge(content, tuple(conflicts))


def _disputed(base: Content, ours: Content, theirs: Content) -> dict[str, Content]:
    """Return the entries that one text removed while the other changed them, with the text that has each."""
    found = {}
    for path in base:
        entry, _dot, name = path.rpartition(".")
        if name != "text":
            continue
        for kept, gone in ((ours, theirs), (theirs, ours)):
            if path not in gone and path in kept and _of(entry, kept) != _of(entry, base):
                found[entry] = kept
    return found


def _released(base: Content, ours: Content, theirs: Content) -> dict[str, Content]:
    """Return the entries that one text took from everybody while the other changed who or when, with that."""
    found = {}
    for path in base:
        entry, _dot, name = path.rpartition(".")
        if name != "owner":
            continue
        was, mine, other = (
            tuple(text.get(f"{entry}.{one}", "") for one in TOGETHER) for text in (base, ours, theirs)
        )
        for kept, gone, text in ((mine, other, ours), (other, mine, theirs)):
            if not any(gone) and kept != was and any(kept):
                found[entry] = text
    return found


def _of(entry: str, text: Content) -> dict[str, str]:
    return {path: value for path, value in text.items() if path.startswith(f"{entry}.")}


def _settled(conflict: Conflict, choice: Choice) -> str:
    if choice is Choice.OURS:
        return conflict.ours
    if choice is Choice.BOTH and conflict.may_keep_both:
        return f"{conflict.theirs}\n{conflict.ours}"
    return conflict.theirs or (conflict.ours if choice is Choice.BOTH else "")


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, its last day where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last = (first_of_next - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def missing(content: Content) -> list[str]:
    """Return which of the ten steps of the HAS have no answer yet, in their order."""
    problems, goals = entries(content, "problem"), entries(content, "goal")
    does = entries(content, "intervention")
    answered = {
        "coordinator": bool(content.get("coordinator")),
        "problems": bool(problems),
        "priorities": any(one["is_priority"] for one in problems),
        "preferences": bool(content.get("preferences")),
        "goals": bool(goals),
        "interventions": bool(does),
        "owners": bool(does) and all(one["owner"] for one in does),
        "criteria": bool(goals) and all(one["criterion"] for one in goals),
        "revision_on": bool(content.get("revision_on")),
        "alert_procedure": bool(content.get("alert_procedure")),
    }
    return [name for name, is_said in answered.items() if not is_said]
