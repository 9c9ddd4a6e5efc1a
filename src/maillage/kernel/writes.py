"""A form that comes back: the same write returns what it made, another one is refused in words."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.kernel.models import Person
from maillage.kernel.models.shapes import author_of

#: What somebody is told whose form made something else before.
KEY_USED = gettext_lazy("Ce formulaire a déjà servi à autre chose. Rechargez la page, puis recommencez.")
Row = TypeVar("Row")
Made = TypeVar("Made", bound=models.Model)


class StaleError(ValidationError):
    """Somebody changed the row meanwhile: `standing` is how it stands, shown beside what was typed."""

    def __init__(self, standing: Any) -> None:
        super().__init__(
            _(
                "Quelqu’un a modifié cela pendant que vous écriviez : les deux textes sont ci-dessous. "
                "Gardez ce qui convient, puis enregistrez."
            )
        )
        self.standing = standing


def made_before(
    model: type[Made], *, by: Person | None, key: str, related: tuple[str, ...] = ()
) -> Made | None:
    """Return the row that this key of `by` made before; none where it is the key of somebody else.

    `by` None is the program, whose keys are its own. `related`: the paths that are read with the row. It is
    found wherever it is, for its author: whoever asks then says, by `same_write`, what it must be about.
    """
    rows = _of_key(model, by, key)
    found: Made | None = (rows.select_related(*related) if related else rows).first()
    return found


def made_meanwhile(model: type[Made], *, by: Person | None, key: str) -> Made:
    """Return the row that this key of `by` made at the same moment, where the database refused a second."""
    found: Made = _of_key(model, by, key).get()
    return found


def _of_key(model: type[Made], by: Person | None, key: str) -> models.QuerySet[Any, Any]:
    return model._base_manager.filter(**{_author(model): by}, key=key)


@cache
def _author(model: type[models.Model]) -> str:
    return author_of(model)


def same_write(row: Row, *, is_same: bool) -> Row:
    """Return what a key made before, where it was about the same thing. Raises ValidationError elsewhere."""
    if not is_same:
        raise ValidationError(str(KEY_USED))
    return row
