"""A form that comes back: the same write returns what it made, another one is refused in words."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Row = TypeVar("Row")


def same_write(row: Row, *, is_same: bool) -> Row:
    """Return what a key made before, where it was about the same thing. Raises ValidationError elsewhere."""
    if not is_same:
        raise ValidationError(
            _("Ce formulaire a déjà servi à autre chose. Rechargez la page, puis recommencez.")
        )
    return row
