"""Each model field says whether it is personal, health or neither; the GDPR register is generated from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import models


class ReferenceModel(models.Model):
    """A table of open data or parameters: none of its fields is about an identifiable person."""

    privacy = "reference"

    class Meta:
        abstract = True


class AnnotatedModel(models.Model):
    """A table about or written by people: each field is listed in `personal`, `health` or `neither`."""

    personal: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    neither: tuple[str, ...] = ()

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the GDPR register: a field and its category (`personal`, `health` or `neither`).

    `table` and `field` are the French names shown to the data protection officer; `model` and `column`
    are those of the code.
    """

    context: str
    model: str
    table: str
    column: str
    field: str
    category: str


_CATEGORIES = ("personal", "health", "neither")
_OURS = "maillage."


def register() -> list[RegisterRow]:
    """Return the GDPR register: each field of each table about people, by context, model and column."""
    rows = [
        RegisterRow(
            model._meta.app_label,
            model.__name__,
            str(model._meta.verbose_name),
            field.name,
            str(field.verbose_name),
            category,
        )
        for model in _models()
        if issubclass(model, AnnotatedModel)
        for field in model._meta.concrete_fields
        for category in _categories_of(model, field.name)
    ]
    return sorted(rows, key=lambda row: (row.context, row.model, row.column))


def omissions() -> list[str]:
    """Return one French sentence for each model or field without annotation, doubly annotated, or unknown."""
    return [sentence for model in _models() for sentence in _omissions_of(model)]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(_OURS)]


def _omissions_of(model: type[models.Model]) -> list[str]:
    name = model._meta.label
    if issubclass(model, ReferenceModel):
        return []
    if not issubclass(model, AnnotatedModel):
        return [f"{name} n’est ni ReferenceModel ni AnnotatedModel."]
    # A table between two others that a context names is annotated itself; Django's own is not.
    links = [link for link in model._meta.many_to_many if _is_hidden(link.remote_field.through)]
    columns = [field.name for field in [*model._meta.concrete_fields, *links]]
    listed = [column for category in _CATEGORIES for column in getattr(model, category)]
    return [
        *(f"{name}.{c} n’est annoté ni personal, ni health, ni neither." for c in columns if c not in listed),
        *(f"{name}.{c} est annoté deux fois." for c in sorted({c for c in listed if listed.count(c) > 1})),
        *(f"{name}.{c} est annoté mais n’existe pas." for c in listed if c not in columns),
    ]


def _is_hidden(between: type[models.Model] | None) -> bool:
    return between is not None and bool(between._meta.auto_created)


def _categories_of(model: type[AnnotatedModel], column: str) -> list[str]:
    return [category for category in _CATEGORIES if column in getattr(model, category)]
