"""What may be asked for a data pack from the web, and how long a process that does it may be silent."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

LONGEST_SILENCE = timedelta(seconds=60)
"""After which a process that gives a sign of life every few seconds is taken for dead."""


class WorkKind(StrEnum):
    """What a piece of work does."""

    BUILD = "build"
    UPDATE = "update"
    CHECK = "check"
    IMPORT = "import"
    BACK = "back"


PREPARES = frozenset({WorkKind.BUILD, WorkKind.UPDATE, WorkKind.CHECK})
"""The kinds that leave a pack ready to be imported, and write nothing in the database but what they say."""


class PackPart(StrEnum):
    """What a pack may hold beside its tables, each taken in by a step of its own; the values are sources."""

    FINESS = "finess"
    ANNUAIRE = "annuaire_sante"
    ROADS = "roads"
