"""Makes the people and places that tests, their processes and the benches need, without any data pack."""

from tests.factories.people import declare_doctor, make_patient, make_person, make_professional
from tests.factories.places import draw_commune, make_commune, make_territory

__all__ = [
    "declare_doctor",
    "draw_commune",
    "make_commune",
    "make_patient",
    "make_person",
    "make_professional",
    "make_territory",
]
