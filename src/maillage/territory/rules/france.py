"""What is known of French codes and places without a file: the form of a commune code, where France is."""

import re

COMMUNE_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB])\d{3}|97\d{3}|98\d{3}")
FICTIONAL_CODE = re.compile(r"00\d{3}")
"""Département 00 does not exist: a fictional code cannot be taken for a real one."""

METROPOLITAN_BOX = (-5.6, 41.2, 9.8, 51.3)
OVERSEAS_BOXES = {
    "971": (-61.95, 15.7, -60.9, 16.65),
    "972": (-61.4, 14.25, -60.7, 15.0),
    "973": (-54.7, 1.9, -51.4, 6.0),
    "974": (55.1, -21.5, 55.95, -20.75),
    "975": (-56.6, 46.7, -56.05, 47.2),
    "976": (44.9, -13.15, 45.4, -12.5),
    "977": (-63.0, 17.8, -62.7, 18.0),
    "978": (-63.2, 18.0, -62.9, 18.2),
}
"""West, south, east, north in degrees: wide enough for islands, narrow enough for swapped coordinates."""


def box_of(departement: str) -> tuple[float, float, float, float]:
    """Return the box that holds every place of a département."""
    return OVERSEAS_BOXES.get(departement, METROPOLITAN_BOX)
