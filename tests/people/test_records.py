"""Each table about patients says how they receive it and how long it is kept."""

from django.apps import apps
from django.db import models

from maillage.kernel.contributions import contributions, records
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.sourced_rules import rule
from maillage.people.api import Patient
from tests.web.neighbours import belonging_to


def test_every_table_about_patients_is_in_their_copy_or_says_why_not() -> None:
    about = {
        one
        for one in belonging_to(Patient)
        if issubclass(one, AnnotatedModel) and (one.personal or one.health)
    }
    assert sorted(one._meta.label for one in about - {record.model for record in records()}) == []


def test_each_record_leads_to_the_patient_by_its_columns() -> None:
    for record in records():
        model = record.model
        for name in filter(None, record.path.split("__")):
            field = model._meta.get_field(name)
            model = field.related_model
        assert model is Patient, record
        columns = {field.name for field in record.model._meta.concrete_fields}
        assert {*record.hides, *record.erasable} <= columns, record
        assert rule(record.keeps).certainty


def test_what_is_erased_on_demand_is_no_proof_of_care() -> None:
    for record in records():
        for name in record.erasable:
            field = record.model._meta.get_field(name)
            assert not isinstance(field, models.ForeignKey | models.DateTimeField), record


def test_every_context_with_people_is_in_the_register() -> None:
    kept = {
        one._meta.app_label
        for one in apps.get_models()
        if issubclass(one, AnnotatedModel) and (one.personal or one.health)
    }
    assert kept == {one.context for one in contributions() if one.processing is not None}
