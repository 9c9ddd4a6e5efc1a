"""The words of listening: whom one asks, what about, how they were told, what becomes of what they said."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Whom a survey asks."""

    PATIENTS = "patients"
    CARERS = "carers"
    PROFESSIONALS = "professionals"


class Topic(StrEnum):
    """What an item, or a text, is about."""

    ACCESS = "access"
    CONTINUITY = "continuity"
    COORDINATION = "coordination"
    INFORMATION = "information"
    SELF_CARE = "self_care"
    RESPECT = "respect"


class Channel(StrEnum):
    """How people were told of a survey."""

    PAPER = "paper"
    MESSAGE = "message"
    POSTER = "poster"
    PHONE = "phone"


class Progress(StrEnum):
    """How far what follows from what was said has come."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
