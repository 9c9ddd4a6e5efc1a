"""The front door of the people context: patients of a scope, their identity, how to reach them."""

from maillage.people.models import Patient, PatientAddress

__all__ = ["Patient", "PatientAddress"]
