"""The tables of indicators."""

from maillage.indicators.models.published import PublishedValue

__all__ = ["PublishedValue"]
