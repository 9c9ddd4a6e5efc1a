"""The tables of indicators."""

from maillage.indicators.models.imports import FORM_LABELS, FileImport
from maillage.indicators.models.published import PublishedValue

__all__ = ["FORM_LABELS", "FileImport", "PublishedValue"]
