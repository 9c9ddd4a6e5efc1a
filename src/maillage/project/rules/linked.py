"""The contracts of a territory that a project says it shares an objective with."""

from enum import StrEnum


class LinkedKind(StrEnum):
    """A local health contract, or the territorial project of mental health."""

    CLS = "cls"
    PTSM = "ptsm"
