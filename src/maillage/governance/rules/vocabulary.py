"""The words that governance stores: bodies, colleges, offices, answers, votes, trainings."""

from __future__ import annotations

from enum import StrEnum


class BodyKind(StrEnum):
    """What a body is; each has its defaults in the rule `governance.defaults.<value>`."""

    ASSEMBLY = "assembly"
    BOARD = "board"
    OFFICE = "office"
    STEERING = "steering"
    WORKING = "working"


class CollegeKind(StrEnum):
    """Whom a college gathers."""

    PROFESSIONALS = "professionals"
    STRUCTURES = "structures"
    USERS = "users"
    ELECTED = "elected"
    SOCIAL = "social"
    QUALIFIED = "qualified"


class Office(StrEnum):
    """What somebody does in a body beside sitting in it."""

    MEMBER = "member"
    PRESIDENT = "president"
    VICE_PRESIDENT = "vice_president"
    SECRETARY = "secretary"
    TREASURER = "treasurer"


#: Offices that keep the meetings of their body: they convene, note who is there, open and close votes.
KEEPERS = frozenset({Office.PRESIDENT, Office.VICE_PRESIDENT, Office.SECRETARY})


class Reply(StrEnum):
    """What somebody answers to a convening."""

    NONE = ""
    COMES = "comes"
    ABSENT = "absent"
    PROXY = "proxy"


class PointKind(StrEnum):
    """What is expected of a point of the agenda."""

    INFORMATION = "information"
    DEBATE = "debate"
    DECISION = "decision"
    MINUTES = "minutes"


class Majority(StrEnum):
    """What carries a motion."""

    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    TWO_THIRDS = "two_thirds"


class Choice(StrEnum):
    """What is on a ballot."""

    YES = "yes"
    NO = "no"
    BLANK = "blank"


class TrainingKind(StrEnum):
    """How professions learn from one another."""

    CROSS = "cross"
    IMMERSION = "immersion"


class PlaceState(StrEnum):
    """Where somebody stands for a training."""

    TAKEN = "taken"
    WAITING = "waiting"
    LEFT = "left"


#: Minutes of a meeting or of a training, at the least and at the most.
SHORTEST, LONGEST = 15, 12 * 60
