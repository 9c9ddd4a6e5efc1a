"""Rows that a visitor has no business with: a copy of one row of each table, given to somebody else.

Every table that belongs to a territory, by whatever way of foreign keys, gets a row of another territory;
every table about a patient, a row of another patient. All are numbered alike, so that one number in an
address or a form names such a row in whatever table is meant. Their texts carry a mark.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from maillage.directory.api import Professional
from maillage.kernel.models import Person, Scope
from maillage.kernel.models.journal import ChainHead, Entry
from maillage.kernel.privacy import AnnotatedModel
from maillage.people.api import Patient

Rows = dict[type[models.Model], list[Any]]
#: The journal is a chain that no copy may enter.
KEPT = (Entry, ChainHead)
#: Whose names anybody may read: the directory is public.
PUBLIC = ("directory", "territory", "kernel")
SHORTEST = 30  # characters: a shorter text is a code


def belonging_to(root: type[models.Model]) -> set[type[models.Model]]:
    """Return the tables from which foreign keys lead to `root`, itself included."""
    ours = [one for one in apps.get_models() if one.__module__.startswith("maillage.")]
    found: set[type[models.Model]] = {root}
    while True:
        more = {
            model
            for model in ours
            if model not in found and model not in KEPT
            if any(field.related_model in found for field in links(model))
        }
        if not more:
            return found
        found |= more


def links(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Return the foreign keys of a table."""
    return [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]


class Copier:
    """Copies one row of each table of `tables`, and the rows of these tables that it stands on.

    `first` numbers the copies of each table; `mark` replaces their texts; `change` has the last word.
    """

    def __init__(
        self,
        tables: Iterable[type[models.Model]],
        *,
        first: int,
        mark: str,
        change: Callable[[models.Model], None] = lambda _row: None,
    ) -> None:
        self.tables = set(tables)
        self.first, self.mark, self.change = first, mark, change
        self.copies: dict[tuple[type[models.Model], Any], models.Model] = {}
        self.rows: Rows = {}
        for model in sorted(self.tables, key=lambda one: one._meta.label):
            if model not in self.rows and (row := self._example(model)) is not None:
                self._try(row)

    def _try(self, row: models.Model) -> None:
        """Copy a row, unless a rule of the database keeps the place that it holds for itself."""
        copies, rows = dict(self.copies), {model: list(pks) for model, pks in self.rows.items()}
        try:
            with transaction.atomic():
                self.copy(row)
        except IntegrityError:
            self.copies, self.rows = copies, rows

    @staticmethod
    def _example(model: type[models.Model]) -> models.Model | None:
        rows = model._base_manager.order_by("pk")
        names = {one.name for one in model._meta.concrete_fields}
        if "account" in names and (alone := rows.filter(account=None).first()) is not None:
            return alone
        return rows.first()

    def copy(self, row: models.Model) -> models.Model:
        """Return the copy of a row, made with those that it needs."""
        model = type(row)
        known = self.copies.get((model, row.pk))
        if known is not None:
            return known
        made = copy.copy(row)
        made._state = copy.copy(row._state)
        for link in links(model):
            target = link.remote_field.model
            value = getattr(row, link.attname)
            if link.unique and link.null:
                setattr(made, link.attname, None)
            elif value is not None and target in self.tables and target is not model:
                there = target._base_manager.get(pk=value)
                setattr(made, link.attname, self.copy(there).pk)
        rows = self.rows.setdefault(model, [])
        made.pk = self._key(model, len(rows))
        self._rewrite(made)
        self.change(made)
        made.save_base(raw=True, force_insert=True)
        self.copies[model, row.pk] = made
        rows.append(made.pk)
        return made

    def _key(self, model: type[models.Model], rank: int) -> Any:
        """Return the key of a copy, of the kind that its table has."""
        key = model._meta.pk
        if isinstance(key, models.UUIDField):
            return uuid.UUID(int=self.first + rank)
        return self.first + rank if isinstance(key, models.AutoField) else f"{self.first}-{rank}"

    def _rewrite(self, made: models.Model) -> None:
        model = type(made)
        alone = {
            one.fields[0]
            for one in model._meta.constraints
            if isinstance(one, models.UniqueConstraint) and len(one.fields) == 1
        }
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.CharField | models.TextField) or field.primary_key:
                continue
            value = getattr(made, field.attname)
            if value and (field.unique or field.name in alone):
                setattr(made, field.attname, f"{made.pk}{value}"[: field.max_length])
            elif value and self._is_free_text(model, field):
                setattr(made, field.attname, self.mark[: field.max_length])

    @staticmethod
    def _is_free_text(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
        if model._meta.app_label in PUBLIC or not issubclass(model, AnnotatedModel) or field.choices:
            return False
        said = field.name in model.personal or field.name in model.health
        return said and (field.max_length or 999) >= SHORTEST


def rows_of_a_neighbour(*, first: int, mark: str) -> Rows:
    """Make a row of another territory in every table that has a row of one; return their numbers."""

    def change(row: models.Model) -> None:
        if isinstance(row, Person):
            row.is_demonstration = False

    rows = Copier(belonging_to(Scope) | {Person, Professional}, first=first, mark=mark, change=change).rows
    check(rows)
    # Who keeps a sheet of the directory follows from where one practises, and the copy practises nowhere.
    return {model: pks for model, pks in rows.items() if model is not Professional}


def rows_of_another_patient(*, first: int, mark: str) -> Rows:
    """Make a row of another patient, of the same territory, in every table about patients."""
    rows = Copier(belonging_to(Patient), first=first, mark=mark).rows
    check(rows)
    return rows


def check(rows: Rows) -> None:
    """Fail where the copies are not rows that the database holds for good ones."""
    connection.check_constraints(table_names=[model._meta.db_table for model in rows])


def state_of(rows: Rows, tables: Iterable[str] | None = None) -> dict[str, tuple[Any, ...]]:
    """Return what stands in `rows`, and how many rows point to them, by table; of `tables` where given."""
    wanted = None if tables is None else set(tables)
    return {
        model._meta.db_table: (_values(model, rows.get(model, [])), _pointing(model, rows))
        for model in apps.get_models()
        if (wanted is None or model._meta.db_table in wanted) and _concerns(model, rows)
    }


def _concerns(model: type[models.Model], rows: Rows) -> bool:
    return model in rows or any(link.remote_field.model in rows for link in links(model))


def _values(model: type[models.Model], pks: list[Any]) -> list[tuple[Any, ...]]:
    return list(model._base_manager.filter(pk__in=pks).order_by("pk").values_list()) if pks else []


def _pointing(model: type[models.Model], rows: Rows) -> int:
    condition = models.Q(pk__in=[])
    for link in links(model):
        if pks := rows.get(link.remote_field.model):
            condition |= models.Q(**{f"{link.name}__in": pks})
    return model._base_manager.filter(condition).count()
