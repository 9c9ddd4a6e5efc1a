"""The front door of crisis cells: the days on which one was open, for figures that keep them apart."""

from maillage.crisis.models import Cell
from maillage.crisis.queries.cells import CrisisDay, crisis_days, open_cells

__all__ = ["Cell", "CrisisDay", "crisis_days", "open_cells"]
