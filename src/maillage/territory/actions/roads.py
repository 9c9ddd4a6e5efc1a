"""The roads of an OpenStreetMap extract, read, followed and kept: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.engines import traveltime
from maillage.engines.traveltime import Extract, NoRoadError, RoadGraph, UnreadableExtractError
from maillage.kernel import access
from maillage.kernel.formats import number
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import atlas
from maillage.territory.actions.flows import store_matrix
from maillage.territory.computations.hall_table import read_halls
from maillage.territory.computations.road_matrix import RoadMatrix, car_profile, road_matrix
from maillage.territory.computations.road_store import packed
from maillage.territory.models import TravelMatrix
from maillage.territory.packs import Progress, silent
from maillage.territory.rules.kinds import TravelKind

PROVIDER = "OpenStreetMap"
_STEPS = 3


class RoadsRefusedError(ValueError):
    """The extract gives no travel times; the message says why, and what to do."""


def import_roads(
    *, by: Person | None, extract: Path, places: Path | None = None, progress: Progress = silent
) -> TravelMatrix:
    """Read an extract, follow its roads between the communes it covers, and use those minutes from now on.

    `by` is None for the operator at the command line; `places` is a table of town halls (code, lon, lat). The
    same extract again changes nothing. Raises RoadsRefusedError, TableError (of `places`) and NoPackError;
    then, and whenever anything fails, the database is as it was.
    """
    if by is not None:
        access.require_everywhere(by, Permission.IMPORT_DATA)
    national = atlas.current()
    halls = _halls(places, national) if places else {}
    title = _("Routes de l’extrait")
    progress(title, 0, _STEPS)
    read = _read(extract)
    progress(title, 1, _STEPS)
    matrix = road_matrix(national, read, halls)
    if not matrix.minutes.size:
        raise RoadsRefusedError(_nothing(extract.name, read.graph))
    progress(title, 2, _STEPS)
    stored = _store(by, extract.name, read, matrix)
    progress(title, _STEPS, _STEPS)
    return stored


def _halls(places: Path, national: atlas.Atlas) -> Mapping[str, tuple[float, float]]:
    return read_halls(places.read_bytes(), places.name, set(national.codes.tolist()))


def _read(extract: Path) -> Extract:
    try:
        return traveltime.read_extract(extract, car_profile())
    except UnreadableExtractError as error:
        said = _(
            "%(file)s ne se lit pas comme un extrait OpenStreetMap (.osm.pbf, .osm, .osm.gz), ou il est "
            "coupé (%(reason)s). Rien n’a changé. Téléchargez-le de nouveau."
        )
        reason = str(error).partition(": ")[2] or str(error)
        raise RoadsRefusedError(said % {"file": extract.name, "reason": reason}) from error
    except NoRoadError as error:
        said = _(
            "%(file)s n’a aucune route pour les voitures, ou ses points viennent après ses routes. Rien n’a "
            "changé. Prenez un extrait complet, tel que Geofabrik les publie."
        )
        raise RoadsRefusedError(said % {"file": extract.name}) from error


def _nothing(file: str, graph: RoadGraph) -> str:
    said = _(
        "%(file)s ne relie pas deux communes du jeu de données : ses routes vont de %(south)s à "
        "%(north)s de latitude et de %(west)s à %(east)s de longitude. Rien n’a changé. Prenez "
        "l’extrait de votre région."
    )
    return said % {
        "file": file,
        "south": number(float(graph.lat.min()), 2),
        "north": number(float(graph.lat.max()), 2),
        "west": number(float(graph.lon.min()), 2),
        "east": number(float(graph.lon.max()), 2),
    }


@transaction.atomic
def _store(by: Person | None, file: str, read: Extract, matrix: RoadMatrix) -> TravelMatrix:
    vintage = read.graph.vintage.removeprefix(PROVIDER).strip() or file[:40]
    columns = {
        "origin": matrix.origin,
        "destination": matrix.destination,
        "minutes": matrix.minutes,
        "code": matrix.code,
        "placing": matrix.placing,
        "km": matrix.km,
    }
    return store_matrix(
        by=by,
        provider=PROVIDER,
        vintage=vintage,
        columns=columns,
        kind=TravelKind.ROAD.value,
        roads=packed(read.graph),
        details=matrix.details(read) | {"file": file},
    )
