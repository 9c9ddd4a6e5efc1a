"""A migration's new model is rendered alone: linked both ways, as Django's own operation would have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

import maillage
from maillage.kernel.new_tables import CreateModel

KEY = ("id", models.BigAutoField(primary_key=True))
SOURCE = Path(maillage.__file__).parent


def after(*created: CreateModel | migrations.CreateModel) -> ProjectState:
    """Return a state whose first model was rendered before the others were added."""
    state = ProjectState()
    for number, operation in enumerate(created):
        operation.state_forwards("kernel", state)
        if not number:
            assert state.apps.get_model("kernel", operation.name)
    return state


def leaf(operation: type[migrations.CreateModel]) -> migrations.CreateModel:
    return operation("Leaf", [KEY, ("tree", models.ForeignKey("kernel.Tree", models.CASCADE))])


def test_what_points_to_a_model_and_back_is_known_and_the_model_itself_is_not_rendered_again() -> None:
    state = after(CreateModel("Tree", [KEY]))
    tree = state.apps.get_model("kernel", "Tree")
    leaf(CreateModel).state_forwards("kernel", state)
    assert state.apps.get_model("kernel", "Tree") is tree
    made = state.apps.get_model("kernel", "Leaf")
    assert made._meta.get_field("tree").remote_field.model is tree
    assert [one.related_model for one in tree._meta.related_objects] == [made]


def test_a_link_to_a_model_that_comes_later_is_resolved_by_it() -> None:
    far = CreateModel("Far", [KEY, ("leaf", models.ForeignKey("kernel.Leaf", models.CASCADE))])
    state = after(CreateModel("Tree", [KEY]), far, leaf(CreateModel))
    models_of = state.apps.get_model
    assert models_of("kernel", "Far")._meta.get_field("leaf").remote_field.model is models_of(
        "kernel", "Leaf"
    )


@pytest.mark.django_db(transaction=True)
def test_the_table_is_the_one_that_django_makes() -> None:
    def columns(operation: type[migrations.CreateModel]) -> object:
        before = after(CreateModel("Tree", [KEY]))
        created = leaf(operation)
        now = before.clone()
        created.state_forwards("kernel", now)
        tree = before.apps.get_model("kernel", "Tree")
        with connection.schema_editor() as editor:
            editor.create_model(tree)
            created.database_forwards("kernel", editor, before, now)
        try:
            with connection.cursor() as cursor:
                described = connection.introspection
                return (
                    described.get_table_description(cursor, "kernel_leaf"),
                    described.get_relations(cursor, "kernel_leaf"),
                )
        finally:
            with connection.schema_editor() as editor:
                created.database_backwards("kernel", editor, now, before)
                editor.delete_model(tree)

    assert columns(CreateModel) == columns(migrations.CreateModel)


def test_every_migration_creates_its_tables_so() -> None:
    files = sorted(SOURCE.glob("*/migrations/0*.py"))
    assert len(files) > 100
    others = [
        str(file.relative_to(SOURCE)) for file in files if "migrations.CreateModel(" in file.read_text()
    ]
    assert not others, f"write `CreateModel(` of maillage.kernel.new_tables in {others}"
