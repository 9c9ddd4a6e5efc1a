"""The twin of a territory: its people, day by day, asking for care, and what becomes of each need.

Pure computation: a `World` of arrays in, a `Run` of counts and rows out, the same for the same seed.
"""

from maillage.engines.twin.compute import replicate, run
from maillage.engines.twin.model import (
    DELAYS,
    HORIZON,
    KINDS,
    LEADS,
    LOG,
    OUTCOMES,
    Agendas,
    Calendar,
    Door,
    Groups,
    Habits,
    Kind,
    Outcome,
    People,
    Run,
    Shock,
    Ways,
    World,
    WorldError,
)

VERSION = "1"
"""Changes whenever the same world would give another run; stored with every result."""

__all__ = [
    "DELAYS", "HORIZON", "KINDS", "LEADS", "LOG", "OUTCOMES", "VERSION",
    "Agendas", "Calendar", "Door", "Groups", "Habits", "Kind", "Outcome", "People", "Run", "Shock", "Ways",
    "World", "WorldError", "replicate", "run",
]  # fmt: skip
