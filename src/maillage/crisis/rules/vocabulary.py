"""The words of a crisis cell: what it is opened for, who does what in it, what is noted."""

from enum import StrEnum


class Kind(StrEnum):
    """What a cell is opened for; each is the rule `crisis.templates.<value>`."""

    HEAT = "heat"
    EPIDEMIC = "epidemic"
    FLOOD = "flood"
    FIRE = "fire"
    CYBER = "cyber"
    REINFORCEMENT = "reinforcement"
    VACCINATION = "vaccination"


class Post(StrEnum):
    """What somebody does in a cell; several people call, one holds each other post, with a deputy."""

    DIRECTOR = "director"
    LOG = "log"
    STRUCTURES = "structures"
    CALLS = "calls"
    SUPPLIES = "supplies"
    VOICE = "voice"


#: Held by as many as there are.
SHARED = frozenset({Post.CALLS})


class Note(StrEnum):
    """What a line of the log is."""

    FACT = "fact"
    DECISION = "decision"
    REQUEST = "request"
    MESSAGE = "message"


class Level(StrEnum):
    """How a structure holds, as it says itself."""

    NORMAL = "normal"
    STRAINED = "strained"
    CRITICAL = "critical"
    CLOSED = "closed"


#: From the level that worries most.
BY_WORRY = (Level.CRITICAL, Level.CLOSED, Level.STRAINED, Level.NORMAL)


class Supply(StrEnum):
    """What became of something that somebody lacks."""

    ASKED = "asked"
    PROMISED = "promised"
    DELIVERED = "delivered"
    REFUSED = "refused"


class Helper(StrEnum):
    """What became of somebody who offered to help."""

    OFFERED = "offered"
    EXPECTED = "expected"
    THANKED = "thanked"


class Blocker(StrEnum):
    """Why a cell does not close yet."""

    VISITS = "visits"
    SUPPLIES = "supplies"
    PEOPLE = "people"


_NEXT_SUPPLY = {
    Supply.ASKED: frozenset({Supply.PROMISED, Supply.DELIVERED, Supply.REFUSED}),
    Supply.PROMISED: frozenset({Supply.DELIVERED, Supply.REFUSED}),
    Supply.DELIVERED: frozenset[Supply](),
    Supply.REFUSED: frozenset[Supply](),
}


def may_become(now: Supply, then: Supply) -> bool:
    """Return whether what is lacking may go from one state to another."""
    return then in _NEXT_SUPPLY[now]


def blockers(*, visits: int, supplies: int, people: int, handed_to: str) -> list[Blocker]:
    """Return what stops a return to normal: visits not made, requests unanswered, people nobody calls.

    People to call do not stop it once it is said who goes on with them.
    """
    found = [(Blocker.VISITS, visits), (Blocker.SUPPLIES, supplies)]
    if not handed_to.strip():
        found.append((Blocker.PEOPLE, people))
    return [blocker for blocker, count in found if count]
