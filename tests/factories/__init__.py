"""Makes the people and places that tests, their processes and the benches need, without any data pack."""

from tests.factories.people import make_patient, make_person, make_professional
from tests.factories.places import make_commune, make_territory

__all__ = ["make_commune", "make_patient", "make_person", "make_professional", "make_territory"]
