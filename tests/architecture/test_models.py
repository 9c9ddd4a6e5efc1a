"""Foreign keys point down and protect; every field says whether it is about a person."""

import pytest
from django.apps import apps
from django.db import models

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
