"""The front door of listening: surveys that are over, by counts alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.kernel.models import Scope
from maillage.listening.computations.results import marks_counted
from maillage.listening.models import Survey
from maillage.listening.queries.items import item_words
from maillage.listening.queries.surveys import closed_of
from maillage.listening.rules.vocabulary import Audience

__all__ = ["Audience", "MarksCounted", "Survey", "item_words", "marks_of_surveys"]


@dataclass(frozen=True, slots=True)
class MarksCounted:
    """How many answers gave a mark (1 to 5) to an item of a survey; `day` is the last one of the survey."""

    survey: int
    day: date
    item: str
    mark: int
    count: int


def marks_of_surveys(scope: Scope, audience: Audience, start: date, end: date) -> list[MarksCounted]:
    """Return the marks of the surveys of an audience that are over, whose last day is in [start, end).

    Those with too few answers for a score are left out, and the items of which few people think otherwise. No
    two marks of one answer stay together.
    """
    found = [one for one in closed_of(scope) if one.audience == audience and start <= one.last_day < end]
    counted = marks_counted(found)
    return [
        MarksCounted(one.pk, one.last_day, item, mark, count)
        for one in found
        for item, counts in counted.get(one.pk, {}).items()
        for mark, count in enumerate(counts, start=1)
        if count
    ]
