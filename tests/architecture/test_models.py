"""Foreign keys point down and protect; every field says whether it is about a person."""

import pytest
from django.apps import apps
from django.db import models

from maillage.kernel.models import Keyed, Person
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel, omissions

ORDER = [
    "kernel",
    "territory",
    "directory",
    "people",
    "exchange",
    "agenda",
    "roster",
    "orientation",
    "care",
    "prevention",
    "telehealth",
    "protocols",
    "transitions",
    "space",
    "crisis",
    "listening",
    "indicators",
    "project",
    "governance",
    "funding",
    "steering",
    "web",
    "config",
]
OURS = [model for model in apps.get_models() if model.__module__.startswith("maillage.")]
LINKS = [
    pytest.param(field, id=f"{model._meta.label}.{field.name}")
    for model in OURS
    for field in model._meta.get_fields()
    if isinstance(field, models.ForeignKey)
]


@pytest.mark.parametrize("field", LINKS)
def test_a_foreign_key_points_down_and_protects(field: models.ForeignKey) -> None:
    source, target = field.model._meta.app_label, field.related_model._meta.app_label
    assert target in ORDER, f"{target} is not one of our contexts"
    assert ORDER.index(target) <= ORDER.index(source), f"{source} may not point up to {target}"
    if source != target:
        assert field.remote_field.on_delete is models.PROTECT


def test_every_field_is_personal_health_or_neither() -> None:
    assert omissions() == []


@pytest.mark.parametrize(
    "model",
    [model for model in OURS if issubclass(model, ReferenceModel)],
    ids=lambda model: model._meta.label,
)
def test_reference_data_never_points_to_a_person(model: type[models.Model]) -> None:
    assert not [
        field.name
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, AnnotatedModel)
        and field.related_model._meta.label == "kernel.Person"
    ]


def _repeatable() -> list[type[models.Model]]:
    """Return the tables whose rows a form makes, with the key that it sends."""
    fields = [field for model in OURS for field in model._meta.fields]
    # Longer ones name what the program tells, and come from no form.
    return [
        field.model
        for field in fields
        if field.verbose_name == "clé d’idempotence" and field.max_length == 64
    ]


@pytest.mark.parametrize("model", _repeatable(), ids=lambda model: model._meta.label)
def test_a_key_of_a_write_is_of_its_author(model: type[models.Model]) -> None:
    """Unique by itself, it would tell one person what another sent, or stop them."""
    assert not model._meta.get_field("key").unique
    keyed = [one for one in model._meta.constraints if "key" in getattr(one, "fields", ())]
    authors = {name for one in keyed for name in one.fields if name != "key"}
    assert len(authors) == 1
    (author,) = authors
    assert model._meta.get_field(author).related_model is Person
    of_program = [one.condition for one in keyed if one.fields == ("key",)]
    is_left_empty = model._meta.get_field(author).null
    assert of_program == ([models.Q(**{author: None})] if is_left_empty else [])


def test_every_table_that_a_form_repeats_is_known() -> None:
    found = _repeatable()
    assert {model for model in OURS if issubclass(model, Keyed)} <= set(found)
    assert {model._meta.label for model in found} >= {
        "agenda.Appointment", "agenda.Closure", "agenda.Opening", "agenda.StateChange", "agenda.WaitingEntry",
        "care.Task", "orientation.Decision", "orientation.Request",
    }  # fmt: skip
