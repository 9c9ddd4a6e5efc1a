"""What `tests.faults.preparation` answers, for processes that do not load Django."""

from typing import TypedDict


class Prepared(TypedDict):
    """The session that every client shares, the slots in order, the patient they book for."""

    session: str
    slots: list[int]
    patient: int
