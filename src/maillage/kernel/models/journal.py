"""The rows of the journal: written once, never changed."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel


class AppendOnlyError(RuntimeError):
    """The journal is only ever added to."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of the journal; writes go through `kernel.journal.record`."""

    def update(self, **_changes: Any) -> NoReturn:
        raise AppendOnlyError("Une ligne du journal ne se modifie pas.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("Une ligne du journal ne s’efface pas.")


class Entry(AnnotatedModel):
    """Who did what to which, when and why; each row holds the hash of the one before it in its chain.

    `position` numbers the rows of the installation in the order in which they were written, with gaps;
    `rank` numbers those of one `chain` without any: the chain of a scope (its key), or of what belongs to no
    scope (0).

    `changes_text` is canonical JSON kept as text: the hash covers these very bytes, and a JSON column
    would not give them back on both databases (PostgreSQL rewrites numbers and key order).
    """

    position = models.BigAutoField(_("numéro"), primary_key=True)
    chain = models.BigIntegerField(_("chaîne"), default=0)
    rank = models.BigIntegerField(_("rang"))
    at = models.DateTimeField(_("le"), db_index=True)
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("par"),
        null=True,
        help_text=_("Vide : le programme lui-même."),
    )
    verb = models.CharField(_("action"), max_length=60, db_index=True)
    target = models.CharField(_("objet"), max_length=200, db_index=True)
    changes_text = models.TextField(_("changements"))
    reason = models.TextField(_("motif"), blank=True)
    previous_hash = models.CharField(_("empreinte précédente"), max_length=64)
    hash = models.CharField(_("empreinte"), max_length=64)

    objects = EntryQuerySet.as_manager()

    personal = ("by", "target", "changes_text", "reason")
    neither = ("position", "chain", "rank", "at", "verb", "previous_hash", "hash")

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering = ["-position"]
        constraints = [models.UniqueConstraint(fields=["chain", "rank"], name="journal_has_one_row_a_rank")]

    def __str__(self) -> str:
        return f"{self.position} · {self.verb} · {self.target}"

    @property
    def changes(self) -> dict[str, Any]:
        """What changed, by field name."""
        changes: dict[str, Any] = json.loads(self.changes_text)
        return changes

    def save(self, *args: Any, **options: Any) -> None:
        """Insert the row; a row already written is refused."""
        if not self._state.adding:
            raise AppendOnlyError("Une ligne du journal ne se modifie pas.")
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise AppendOnlyError("Une ligne du journal ne s’efface pas.")


class ChainHead(AnnotatedModel):
    """The last rank and hash of a chain of the journal: one row a chain, locked while an entry is added.

    It serialises the writers of a chain on PostgreSQL (SQLite has one writer at a time) and shows a chain
    whose last rows were cut off.
    """

    chain = models.BigIntegerField(_("chaîne"), unique=True)
    rank = models.BigIntegerField(_("rang"))
    hash = models.CharField(_("empreinte"), max_length=64)

    neither = ("id", "chain", "rank", "hash")

    class Meta:
        verbose_name = _("tête du journal")

    def __str__(self) -> str:
        return f"{self.chain} · {self.rank} · {self.hash[:12]}"
