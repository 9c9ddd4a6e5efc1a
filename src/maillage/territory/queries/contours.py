"""Outlines of communes as GeoJSON, put together from stored texts without parsing them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from maillage.territory.models import CommuneContour

_CHUNK = 900  # below SQLite's oldest limit of variables in a statement


def geometries(codes: Iterable[str]) -> dict[str, str]:
    """Return the GeoJSON geometry text of the communes that have one, by code."""
    wanted = list(codes)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = CommuneContour.objects.filter(commune__in=wanted[start : start + _CHUNK])
        found.update(rows.values_list("commune_id", "geometry"))
    return found


def contours(codes: Iterable[str], properties: Mapping[str, Mapping[str, Any]] | None = None) -> list[str]:
    """Return one GeoJSON Feature text per commune that has an outline, in the order of `codes`.

    `properties` gives by code what to add to the property `code`.
    """
    wanted = list(codes)
    outlines = geometries(wanted)
    extra = properties or {}
    return [
        _feature(code, outlines[code], {"code": code, **extra.get(code, {})})
        for code in wanted
        if code in outlines
    ]


def _feature(code: str, geometry: str, properties: Mapping[str, Any]) -> str:
    words = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{json.dumps(code)},"properties":{words},"geometry":{geometry}}}'


def feature_collection(features: Iterable[str], **members: Any) -> str:
    """Return a GeoJSON FeatureCollection text; `members` are added to it (`estimate`, `source`…)."""
    extra = "".join(
        f",{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}" for name, value in members.items()
    )
    return f'{{"type":"FeatureCollection"{extra},"features":[{",".join(features)}]}}'
