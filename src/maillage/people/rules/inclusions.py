"""The form of somebody without a médecin traitant: who answers, what is asked, and when the 15 comes first.

No framework.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Teller(StrEnum):
    """Who answers the first part."""

    SELF = "self"
    CARER = "carer"
    BESIDE = "beside"


class Agreed(StrEnum):
    """How the person agreed to be proposed to doctors; `NOT_YET` where nobody asked."""

    NOT_YET = ""
    SIGNED = "signed"
    TOLD = "told"
    SPACE = "space"


class System(StrEnum):
    """What a disease touches, as the forms of the field ask it."""

    HEART = "heart"
    LUNG = "lung"
    DIGESTIVE = "digestive"
    NEURO = "neuro"
    SENSES = "senses"
    SKIN = "skin"
    NERVOUS = "nervous"
    OTHER = "other"


class Ald(StrEnum):
    """Whether the person has a long-term condition (ALD)."""

    UNKNOWN = ""
    YES = "yes"
    NO = "no"


def waits_for_the_15(signs: Collection[str], *, is_called: bool) -> bool:
    """Return whether the 15 comes before the search: a sign was ticked, and nobody has called yet.

    >>> waits_for_the_15(["chest"], is_called=False)
    True
    """
    return bool(signs) and not is_called
