"""What a mandate lets a carer do for somebody, how it is signed, and when it holds (S46)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from maillage.kernel import codes
from maillage.people.rules.circle import Part
from maillage.people.rules.referring_doctor import age_on


class Gesture(StrEnum):
    """What a carer does in somebody's name."""

    BOOK = "book"
    SPEAK = "speak"
    SIGNAL = "signal"


class Relation(StrEnum):
    """What the person is to their carer."""

    MOTHER = "mother"
    FATHER = "father"
    SPOUSE = "spouse"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    RELATIVE = "relative"


class SignedBy(StrEnum):
    """How a mandate was signed: by a code sent to the person's own telephone, or on a paper that was seen."""

    CODE = "code"
    PAPER = "paper"


class Hindrance(StrEnum):
    """Why somebody cannot sign a mandate so."""

    MINOR = "minor"
    NO_BIRTH_DATE = "no_birth_date"
    NO_MOBILE = "no_mobile"
    SHARED_PHONE = "shared_phone"


#: The part of the file without which a gesture means nothing.
NEEDED: Mapping[Gesture, Part] = {Gesture.BOOK: Part.APPOINTMENTS, Gesture.SPEAK: Part.CIRCLE}


def hindrance(
    born: date | None, today: date, majority: int, mobile: str, phones_of_carer: Collection[str]
) -> Hindrance | None:
    """Return why somebody born on `born` cannot sign by a code sent to `mobile`; None where they can.

    A number that is also the carer's proves nothing: whoever asks for the mandate would sign it.
    """
    if born is None:
        return Hindrance.NO_BIRTH_DATE
    if is_minor(born, today, majority):
        return Hindrance.MINOR
    if not mobile:
        return Hindrance.NO_MOBILE
    return Hindrance.SHARED_PHONE if mobile in phones_of_carer else None


def is_minor(born: date | None, today: date, majority: int) -> bool:
    """Return whether somebody is younger than `majority`, in years; an unknown birth date is no minor's."""
    return born is not None and age_on(born, today) < majority


def code_of(secret: str, mandate: int, asked_at: str) -> int:
    """Return the code that signs a mandate asked at an instant (ISO 8601): kept nowhere."""
    return codes.code_of(secret, "mandate", mandate, asked_at)


def effective(gestures: Collection[Gesture], parts: Collection[Part]) -> frozenset[Gesture]:
    """Return those of the gestures of a mandate that the parts it opens still allow."""
    return frozenset(one for one in gestures if one not in NEEDED or NEEDED[one] in parts)
