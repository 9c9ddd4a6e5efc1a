"""Each column that names somebody is seen to when they leave."""

from django.apps import apps

from maillage.directory.api import Professional
from maillage.kernel.contributions import contributions
from maillage.kernel.models import Person


def named() -> set[str]:
    """Return the columns that name an account or a sheet, but who wrote a row."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("maillage.")
        for field in model._meta.concrete_fields
        if field.related_model in (Person, Professional)
        if field.name != "by" and not field.name.endswith("_by")
    }


def seen_to() -> list[str]:
    covered = [column for one in contributions() for part in one.withdrawals for column in part.covers]
    return covered + [column for one in contributions() for column in one.told_of_leavers]


def test_every_column_that_names_somebody_is_seen_to_when_they_leave() -> None:
    assert sorted(named() - set(seen_to())) == []


def test_nothing_is_seen_to_that_does_not_exist_or_twice() -> None:
    listed = seen_to()
    assert len(listed) == len(set(listed))
    known = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
    }
    assert set(listed) - known == set()
