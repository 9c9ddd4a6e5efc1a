"""Every field says whether it is personal, health or neither; the register is made from that."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from maillage.kernel import checks, privacy
from maillage.kernel.privacy import AnnotatedModel, RegisterRow


def test_every_field_is_annotated() -> None:
    assert privacy.omissions() == []
    assert checks.check_privacy() == []


def test_the_register_lists_each_field_with_its_category() -> None:
    rows = privacy.register()
    assert RegisterRow("kernel", "Person", "personne", "email", "adresse électronique", "personal") in rows
    assert RegisterRow("kernel", "Entry", "ligne du journal", "hash", "empreinte", "neither") in rows
    assert rows == sorted(rows, key=lambda row: (row.context, row.model, row.column))
    assert {row.category for row in rows} <= {"personal", "health", "neither"}


def test_an_omission_names_model_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("maillage.kernel"):

        class Bare(models.Model):  # noqa: DJ008
            class Meta:
                app_label = "kernel"

        class Half(AnnotatedModel):
            kept = models.TextField()
            twice = models.TextField()
            personal = ("twice", "gone")
            neither = ("id", "twice")

            class Meta:
                app_label = "kernel"

    monkeypatch.setattr(privacy, "_models", lambda: [Bare, Half])
    assert privacy.omissions() == [
        "kernel.Bare n’est ni ReferenceModel ni AnnotatedModel.",
        "kernel.Half.kept n’est annoté ni personal, ni health, ni neither.",
        "kernel.Half.twice est annoté deux fois.",
        "kernel.Half.gone est annoté mais n’existe pas.",
    ]
    assert [error.id for error in checks.check_privacy()] == ["kernel.E002"] * 4
