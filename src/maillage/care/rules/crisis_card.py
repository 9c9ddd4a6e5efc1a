"""The crisis card of a resident: what it holds, what it lacks, who may write what. No framework.

The card says what to do at night; the liaison file (DLU, HAS 2015) is the same document with what an
emergency department asks for. Nothing here judges anybody: it only says what is written and what is not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Entry(StrEnum):
    """What the document holds, each a column of the same name, in the order in which it is read."""

    WHAT_TO_DO = "what_to_do"
    HOSPITAL = "hospital"
    WISHES = "wishes"
    ALLERGY = "allergy"
    ALLERGIES = "allergies"
    TREATMENTS = "treatments"
    BASELINE = "baseline"
    DIRECTIVES = "directives"
    DIRECTIVES_WHERE = "directives_where"
    TRUSTED_PERSON = "trusted_person"
    TRUSTED_PHONE = "trusted_phone"
    TO_CALL = "to_call"
    TO_CALL_PHONE = "to_call_phone"
    TO_CALL_AT_NIGHT = "to_call_at_night"
    PALLIATIVE = "palliative"
    HISTORY = "history"
    PRESCRIPTIONS_ON = "prescriptions_on"
    LABORATORY_ON = "laboratory_on"


class Hospital(StrEnum):
    """What was said of going to hospital, by the person or with them."""

    UNKNOWN = ""
    ACCEPTED = "accepted"
    IF_USEFUL = "if_useful"
    AVOID = "avoid"


class Answer(StrEnum):
    """A plain answer; the empty one is that nobody asked."""

    UNKNOWN = ""
    YES = "yes"
    NO = "no"


class Part(StrEnum):
    """What a reader looks for, each one or several entries: what lacks is told by part."""

    WHAT_TO_DO = "what_to_do"
    WISHES = "wishes"
    ALLERGIES = "allergies"
    TREATMENTS = "treatments"
    BASELINE = "baseline"
    DIRECTIVES = "directives"
    TRUSTED_PERSON = "trusted_person"
    TO_CALL = "to_call"
    PALLIATIVE = "palliative"
    HISTORY = "history"
    ANNEXES = "annexes"
    DOCTOR = "doctor"
    IDENTITY = "identity"


PARTS: Mapping[Part, tuple[Entry, ...]] = {
    Part.WHAT_TO_DO: (Entry.WHAT_TO_DO,),
    Part.WISHES: (Entry.HOSPITAL, Entry.WISHES),
    Part.ALLERGIES: (Entry.ALLERGY, Entry.ALLERGIES),
    Part.TREATMENTS: (Entry.TREATMENTS,),
    Part.BASELINE: (Entry.BASELINE,),
    Part.DIRECTIVES: (Entry.DIRECTIVES, Entry.DIRECTIVES_WHERE),
    Part.TRUSTED_PERSON: (Entry.TRUSTED_PERSON, Entry.TRUSTED_PHONE),
    Part.TO_CALL: (Entry.TO_CALL, Entry.TO_CALL_PHONE, Entry.TO_CALL_AT_NIGHT),
    Part.PALLIATIVE: (Entry.PALLIATIVE,),
    Part.HISTORY: (Entry.HISTORY,),
    Part.ANNEXES: (Entry.PRESCRIPTIONS_ON, Entry.LABORATORY_ON),
}
#: What a card is not complete without, and what the liaison file asks besides.
OF_THE_CARD = tuple(PARTS)[:8]
OF_THE_FILE = (Part.IDENTITY, Part.DOCTOR, *PARTS)

Value = str | date | None
Written = Mapping[Entry, Value]


@dataclass(frozen=True, slots=True)
class Around:
    """What the liaison file takes from elsewhere: a sure identity, a médecin traitant."""

    is_identified: bool
    has_doctor: bool


def missing_from_card(written: Written) -> list[Part]:
    """Return the parts that the card lacks, in the order in which they are read."""
    return [part for part in OF_THE_CARD if not _is_said(part, written)]


def missing_from_file(written: Written, around: Around) -> list[Part]:
    """Return the parts that the liaison file (DLU) lacks."""
    elsewhere = {Part.IDENTITY: around.is_identified, Part.DOCTOR: around.has_doctor}
    return [
        part
        for part in OF_THE_FILE
        if not (elsewhere[part] if part in elsewhere else _is_said(part, written))
    ]


def _is_said(part: Part, written: Written) -> bool:
    """Return whether a part says what its reader needs.

    « No » is an answer to whether there are allergies, directives; « yes » asks which, or where they are. A
    person without a number is nobody to call.
    """
    if part is Part.WISHES:
        return _has(written, Entry.HOSPITAL)
    if part is Part.ALLERGIES:
        return _answered(written, Entry.ALLERGY, Entry.ALLERGIES)
    if part is Part.DIRECTIVES:
        return _answered(written, Entry.DIRECTIVES, Entry.DIRECTIVES_WHERE)
    if part is Part.TO_CALL:
        return _has(written, Entry.TO_CALL) and _has(written, Entry.TO_CALL_PHONE)
    if part is Part.TRUSTED_PERSON:
        return _has(written, Entry.TRUSTED_PERSON)
    return all(_has(written, entry) for entry in PARTS[part])


def _answered(written: Written, asked: Entry, which: Entry) -> bool:
    answer = written.get(asked)
    return answer == Answer.NO or (answer == Answer.YES and _has(written, which))


def _has(written: Written, entry: Entry) -> bool:
    return bool(written.get(entry))


def writable(roles: Collection[str], writers: Mapping[str, Collection[str]]) -> frozenset[Entry]:
    """Return the entries that whoever holds `roles` may write; `writers` gives the roles of each part."""
    return frozenset(
        entry
        for part, entries in PARTS.items()
        if set(roles) & set(writers.get(part, ()))
        for entry in entries
    )


def changed(before: Written, after: Written) -> list[Entry]:
    """Return the entries that differ between two versions, in reading order."""
    return [entry for entry in Entry if (before.get(entry) or None) != (after.get(entry) or None)]


def is_to_revise(revised_on: date, today: date, days: int) -> bool:
    """Return whether a card was last revised more than `days` days ago."""
    return (today - revised_on).days > days
