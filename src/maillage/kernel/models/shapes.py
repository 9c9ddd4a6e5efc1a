"""What rows of every context have in common: who wrote them and when, by which write."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel


class Authored(AnnotatedModel):
    """A row that somebody wrote at a moment; a table whose rows the program may write has `by` anew."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        abstract = True


#: How the constraint ends by which a key of a person makes one row.
_ONCE = "_made_once_by_a_person"


class Keyed(AnnotatedModel):
    """A row made by a write that a person may repeat: their same key is the same write, and makes one row.

    A key is its author's: the same from somebody else, or from the program, is another write. Each table says
    so with `made_once`.
    """

    key = models.CharField(_("clé d’idempotence"), max_length=64)

    class Meta:
        abstract = True


def made_once(table: str, author: str, *, or_program: bool = False) -> list[models.BaseConstraint]:
    """Return the constraints by which a key of the person in the field `author` makes one row of a table.

    `or_program`: the author may be the program, whose keys are its own too; no field then names it.
    """
    by_person = models.UniqueConstraint(fields=[author, "key"], name=f"{table}{_ONCE}")
    if not or_program:
        return [by_person]
    by_program = models.UniqueConstraint(
        fields=["key"], condition=models.Q(**{author: None}), name=f"{table}_made_once_by_the_program"
    )
    return [by_person, by_program]


def author_of(model: type[models.Model]) -> str:
    """Return the field of a table that names whose keys make its rows; LookupError where no key makes one."""
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and one.name.endswith(_ONCE):
            return one.fields[0]
    raise LookupError(f"{model._meta.label}: declare `made_once` in its constraints")
