"""The words of prevention."""

from __future__ import annotations

from enum import StrEnum


class Ground(StrEnum):
    """What a professional says that an age does not: why somebody is left out, or taken in."""

    AT_RISK = "at_risk"
    HIGH_RISK = "high_risk"
    HYSTERECTOMY = "hysterectomy"
    RECENT_COLONOSCOPY = "recent_colonoscopy"
    IMMUNE = "immune"
    CONTRAINDICATION = "contraindication"
    PALLIATIVE = "palliative"


class Did(StrEnum):
    """What was done to invite somebody, or what they answered."""

    LETTER = "letter"
    MESSAGE = "message"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    LATER = "later"
    WILL_COME = "will_come"
    REFUSED = "refused"
    BACK = "back"


class Standing(StrEnum):
    """Where somebody stands in a campaign."""

    TO_INVITE = "to_invite"
    INVITED = "invited"
    COMING = "coming"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"


class Came(StrEnum):
    """What became of somebody registered for a day."""

    REGISTERED = "registered"
    CAME = "came"
    ABSENT = "absent"
    CANCELLED = "cancelled"


class Theme(StrEnum):
    """What an action in the community is about."""

    FOOD = "food"
    ACTIVITY = "activity"
    ADDICTION = "addiction"
    MENTAL_HEALTH = "mental_health"
    SEXUAL_HEALTH = "sexual_health"
    SCREENING = "screening"
    VACCINATION = "vaccination"
    AGEING = "ageing"
    CHILDHOOD = "childhood"
    OTHER = "other_theme"
