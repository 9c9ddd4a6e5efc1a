"""What the visitor chose to read (profession, parameters), and the downloads of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from maillage.kernel.tables import Table
from maillage.territory.computations.access import Access, national_access
from maillage.territory.computations.apl_parameters import ParameterSet, parameter_sets
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.computations.travel_words import travel_sentence
from maillage.territory.pages.diagnosis import Diagnosis


@dataclass(frozen=True, slots=True)
class Choice:
    """One profession or set of parameters that can be read; `url` reads it."""

    key: str
    label: str | Promise
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The accessibility asked for, and the other ones that can be asked for.

    `travel` says which minutes it uses; `is_measured` whether some are not estimates.
    """

    access: Access
    professions: tuple[Choice, ...]
    sets: tuple[Choice, ...]
    query: str
    travel: str
    is_measured: bool

    @property
    def parameters(self) -> ParameterSet:
        """The set of parameters in use."""
        return self.access.parameters


def choose(request: HttpRequest, diagnosis: Diagnosis) -> Chosen:
    """Return the accessibility that the address asks for (`profession`, `parametres`); 404 if unknown."""
    profession = request.GET.get("profession", "gp")
    sets = parameter_sets()
    wanted = request.GET.get("parametres") or next(iter(sets))
    if profession not in PROFESSIONS or wanted not in sets:
        raise Http404(profession)
    asked = {"profession": profession, "parametres": wanted}
    default = next(iter(sets))
    access = national_access(diagnosis.atlas, profession, wanted)
    return Chosen(
        access,
        tuple(
            Choice(key, one.label, _query(default, {**asked, "profession": key}), key == profession)
            for key, one in PROFESSIONS.items()
        ),
        tuple(
            Choice(key, one.label, _query(default, {**asked, "parametres": key}), key == wanted)
            for key, one in sets.items()
        ),
        _query(default, asked),
        travel_sentence(access.travel, diagnosis.positions),
        bool(access.travel.sources_of(diagnosis.positions)),
    )


def csv_download(table: Table, name: str) -> HttpResponse:
    """Return a table as a file named after the territory and the table."""
    answer = HttpResponse(table.as_csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{table.key}.csv"'
    return answer


def pick_table(tables: dict[str, Table], key: str) -> Table:
    """Return the table of that key; 404 where the page has none."""
    if key not in tables:
        raise Http404(key)
    return tables[key]


def geojson(text: str) -> HttpResponse:
    """Return a GeoJSON text."""
    return HttpResponse(text, content_type="application/geo+json")


def _query(default: str, asked: dict[str, str]) -> str:
    """Return the query string without what is the default, so that one page has one address."""
    kept = {
        key: value
        for key, value in asked.items()
        if (key, value) not in {("profession", "gp"), ("parametres", default)}
    }
    return f"?{urlencode(kept)}" if kept else "?"
