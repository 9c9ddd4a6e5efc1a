"""Who sits in a conversation, whom a message cites, what is found in it: no framework, no database."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from maillage.kernel.names import normalise

#: Characters of a message, and of a subject: what the form counts and the row holds.
LONGEST, LONGEST_SUBJECT = 4000, 120


class Seat(StrEnum):
    """As what somebody takes part: who cares for the patient, the patient, their carer, a colleague."""

    CARE = "care"
    PATIENT = "patient"
    CARER = "carer"
    COLLEAGUE = "colleague"


#: Seats of those who are not professionals: only a conversation opened to them has any.
OUTSIDE_CARE = frozenset({Seat.PATIENT, Seat.CARER})


class Way(StrEnum):
    """Why the circle of care lets somebody read: as those who care, for a time, by a mandate, as oneself."""

    CARE = "care"
    FOR_A_TIME = "for_a_time"
    MANDATE = "mandate"
    OWN = "own"


def reads(seat: Seat, way: Way | None, *, is_opened: bool, speaks: bool) -> bool:
    """Return whether somebody reads the conversations about a patient where they have that seat.

    `way`: as the circle decides now, None where it refuses. `is_opened`: the conversation is opened to the
    patient; `speaks`: a mandate lets the carer speak with the circle.
    """
    if seat is Seat.PATIENT:
        return is_opened and way is Way.OWN
    if seat is Seat.CARER:
        return is_opened and speaks
    return seat is Seat.CARE and way in {Way.CARE, Way.FOR_A_TIME}


def writes(seat: Seat, way: Way | None, *, is_opened: bool, speaks: bool) -> bool:
    """Return whether they write there: an access that lasts some hours opens a reading, never a writing."""
    allowed = reads(seat, way, is_opened=is_opened, speaks=speaks)
    return allowed and (seat is not Seat.CARE or way is Way.CARE)


def cited(text: str, names: Mapping[int, str]) -> set[int]:
    """Return the keys of those whom a text cites as « @Inès Capucine », by the names of who may be cited.

    Case and accents do not matter. A first name is enough where it is that of one of them alone.

    >>> sorted(cited("@ines capucine et @Paul, merci", {1: "Inès Capucine", 2: "Paul Réglisse"}))
    [1, 2]
    """
    found: set[int] = set()
    spoken = {key: normalise(name) for key, name in names.items()}
    first_names = [name.split(" ")[0] for name in spoken.values() if name]
    for piece in text.split("@")[1:]:
        said = f"{normalise(piece[:200])} "
        whole = [key for key, name in spoken.items() if name and said.startswith(f"{name} ")]
        if whole:
            found |= {key for key in whole if len(spoken[key]) == max(len(spoken[one]) for one in whole)}
            continue
        word = said.split(" ")[0]
        if word and first_names.count(word) == 1:
            found |= {key for key, name in spoken.items() if name.split(" ")[0] == word}
    return found


def searched(text: str) -> str:
    """Return what a search reads of a text: lower case, without accents or signs, between two spaces."""
    return f" {normalise(text)} "


def read_by(number: int, seen: Mapping[int, int], author: int | None) -> list[int]:
    """Return the keys of those who have read the message `number`, its author left out.

    `seen`: the last message that each participant has read.
    """
    return [key for key, last in seen.items() if last >= number and key != author]
