"""What was read of each source, and the tables of a pack made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.kernel.sourced_rules import rule
from maillage.territory.packs.building import measures, topology
from maillage.territory.packs.building import tables as read_tables
from maillage.territory.packs.building.communes import Today
from maillage.territory.packs.building.published import Published, WrongFileError
from maillage.territory.packs.contract import Progress
from maillage.territory.rules.former_communes import merged, successors

TITLES = {
    "communes": "Communes, populations, âges, découpages, mairies",
    "supply_commune": "Offre par commune et profession",
    "apl_reference": "APL de référence par commune",
    "social_commune": "Revenus et pauvreté par commune",
    "fragilites_commune": "Vulnérabilités par commune",
    "zonage_commune": "Zonage conventionnel des généralistes par commune",
    "cpts_commune": "CPTS de chaque commune",
    "demographie_departement": "Effectifs libéraux par profession et département",
}
"""The titles of the tables, in French as all of a manifest."""
_APL = ("mg", "inf", "mk", "sf", "dent")
_WITHOUT = 8
"""How many communes are named in a remark."""
_T = TypeVar("_T")
Table: TypeAlias = "tuple[pl.DataFrame, Mapping[str, Sequence[str]]]"
"""A table, and the sources that each of its columns comes from."""


@dataclass(slots=True)
class Material:
    """What was read: the communes of today, their tables by source, the outlines, what there is to remark."""

    today: Today
    communes: pl.DataFrame
    by_source: dict[str, pl.DataFrame]
    outlines: dict[str, topology.Polygons]
    seen: Mapping[str, Published]
    remarks: list[str] = field(default_factory=list)


def read(files: Mapping[str, Published], failures: dict[str, str], progress: Progress) -> Material | None:
    """Read every file; add to `failures` why one could not be. None where one that is required could not."""
    reading = _Reading(files, failures, progress)
    parts = successors(
        rule("territory.communes.arrondissements").value, rule("territory.communes.renumbered").value
    )
    history = reading.take("movements", read_tables.movements)
    found = reading.take(
        "cog",
        lambda file: read_tables.today_of(
            file,
            history,
            merged(),
            {code: commune for code, commune in parts.items() if merged().get(code) != commune},
        ),
    )
    names = {
        "DEP": reading.take("departements", partial(read_tables.names, key="DEP")),
        "REG": reading.take("regions", partial(read_tables.names, key="REG")),
    }
    outlines = reading.take("contours", lambda file: topology.outlines_of(file.json(), file.label))
    if found is None or outlines is None or None in names.values():
        return None
    today, communes = found
    by_source: dict[str, pl.DataFrame] = {}
    for key, reader in _READERS.items():
        table = reading.take(key, partial(reader, today=today))
        if table is not None:
            by_source[key] = table
    if not {"populations", "bpe"} <= set(by_source):
        return None
    workforce = reading.take("workforce", measures.workforce)
    if workforce is not None:
        by_source["workforce"] = workforce
    for name, key in (("nom_departement", "DEP"), ("nom_region", "REG")):
        column = "departement" if key == "DEP" else "region"
        communes = communes.with_columns(
            pl.col(column).replace_strict(names[key] or {}, default="").alias(name)
        )
    material = Material(today, communes, by_source, _held(outlines, today), files)
    material.communes = _communes(material)
    return material


class _Reading:
    """Reads one file after the other, and notes why one could not be."""

    def __init__(self, files: Mapping[str, Published], failures: dict[str, str], progress: Progress) -> None:
        self._files, self._failures, self._progress = files, failures, progress

    def take(self, key: str, reader: Callable[[Published], _T]) -> _T | None:
        """Return what `reader` makes of the file of a source, None where it is missing or wrong."""
        if key not in self._files:
            return None
        self._progress(_("Lecture de %s") % key, 0, 1)
        try:
            return reader(self._files[key])
        except WrongFileError as error:
            self._failures[key] = str(error)
            return None
        finally:
            self._progress(_("Lecture de %s") % key, 1, 1)


class _Reader(Protocol):
    """Makes of a published file a table of one row a commune."""

    def __call__(self, file: Published, *, today: Today) -> pl.DataFrame:
        """Raise WrongFileError where the file is another one."""
        ...


_READERS: Mapping[str, _Reader] = {
    "populations": read_tables.populations,
    "ages": read_tables.ages,
    "epci": partial(read_tables.groups, stem="EPCI"),
    "living_areas": partial(read_tables.groups, stem="BV2022"),
    "places": read_tables.places,
    "bpe": measures.equipment,
    "income": measures.income,
    "fragility": measures.fragility,
    "zoning": measures.zoning,
    "cpts": measures.perimeters,
    **{f"apl_{one}": partial(measures.reference_apl, profession=one) for one in _APL},
}


def _held(outlines: Mapping[str, topology.Polygons], today: Today) -> dict[str, topology.Polygons]:
    """Return the outlines by commune of today, those of merged communes joined; arrondissements only where
    the whole is not drawn."""
    holders = {code: today.of(code) for code in outlines}
    doubled = {code for code in outlines if code in today.parts and holders[code] in outlines}
    return topology.merged_into(
        outlines, {code: "" if code in doubled else one for code, one in holders.items()}
    )


def _communes(material: Material) -> pl.DataFrame:
    """Return the table of communes; those without any place are left out, and told."""
    table = material.communes
    for key, names in (("epci", ("epci", "nom_epci")), ("living_areas", ("bv2022", "nom_bv2022"))):
        if key in material.by_source:
            group = material.by_source[key].rename({"group": names[0], "name": names[1]})
            table = table.join(group, on="code", how="left", maintain_order="left")
    table = _placed(table, material)
    table = table.join(material.by_source["populations"], on="code", how="left", maintain_order="left")
    unknown = table.filter(pl.col("pop_municipale").is_null())
    if unknown.height:
        material.remarks.append(_told("Population absente du millésime, comptée 0", unknown))
    counts = [name for name in table.columns if name.startswith("pop_")]
    table = table.with_columns(pl.col("pop_municipale").fill_null(0.0)).with_columns(
        pl.col(name).round().cast(pl.Int32) for name in counts
    )
    if "ages" in material.by_source:
        table = measures.with_ages(table, material.by_source["ages"])
    return table


def _placed(table: pl.DataFrame, material: Material) -> pl.DataFrame:
    places = material.by_source.get("places")
    if places is None:
        places = pl.DataFrame(
            schema={"code": pl.String, "lon": pl.Float64, "lat": pl.Float64, "position": pl.String}
        )
    middles = {code: topology.middle(shape) for code, shape in material.outlines.items() if shape}
    drawn = pl.DataFrame(
        {
            "code": list(middles),
            "x": [x for x, _y in middles.values()],
            "y": [y for _x, y in middles.values()],
        },
        schema={"code": pl.String, "x": pl.Float64, "y": pl.Float64},
    )
    table = table.join(places, on="code", how="left", maintain_order="left")
    table = (
        table.join(drawn, on="code", how="left", maintain_order="left")
        .with_columns(
            position=pl.when(pl.col("lon").is_null() & pl.col("x").is_not_null())
            .then(pl.lit("contour"))
            .otherwise(pl.col("position")),
            lon=pl.coalesce("lon", "x").round(6),
            lat=pl.coalesce("lat", "y").round(6),
        )
        .drop("x", "y")
    )
    nowhere = table.filter(pl.col("lon").is_null())
    if nowhere.height:
        material.remarks.append(_told("Ni mairie ni contour : commune laissée de côté", nowhere))
    return table.filter(pl.col("lon").is_not_null())


def _told(what: str, communes: pl.DataFrame) -> str:
    shown = ", ".join(
        f"{nom} ({code})" for code, nom in communes.select("code", "nom").head(_WITHOUT).iter_rows()
    )
    more = f" et {communes.height - _WITHOUT} autres" if communes.height > _WITHOUT else ""
    return f"{what} : {shown}{more}."


def tables(material: Material) -> dict[str, Table]:
    """Return the tables of the pack by stem, each with the sources of its columns."""
    codes = material.communes.select("code")
    found: dict[str, Table] = {"communes": (material.communes, _origins_of_communes(material))}

    def aligned(key: str) -> pl.DataFrame:
        return codes.join(material.by_source[key], on="code", how="left", maintain_order="left")

    found["supply_commune"] = _supply(material, aligned)
    apl = [f"apl_{one}" for one in _APL if f"apl_{one}" in material.by_source]
    if apl:
        table = codes.with_columns(niveau=pl.lit("commune"))
        origins: dict[str, Sequence[str]] = {}
        for key in apl:
            brought = material.by_source[key]
            origins |= {name: [key] for name in brought.columns if name != "code"}
            table = table.join(brought, on="code", how="left", maintain_order="left")
        found["apl_reference"] = (table, {"code": apl[:1], **origins})
    for stem, key in (
        ("social_commune", "income"),
        ("fragilites_commune", "fragility"),
        ("zonage_commune", "zoning"),
    ):
        if key in material.by_source:
            found[stem] = (aligned(key), {"code": [key]})
    if "cpts" in material.by_source:
        found["cpts_commune"] = (
            aligned("cpts").filter(pl.col("cpts").fill_null("") != ""),
            {"code": ["cpts"]},
        )
    if "workforce" in material.by_source:
        found["demographie_departement"] = (material.by_source["workforce"], {"annee": ["workforce"]})
    return found


def _supply(material: Material, aligned: Callable[[str], pl.DataFrame]) -> Table:
    """Return the supply: the equipment, and the GPs in private practice as the best source at hand counts
    them."""
    table = aligned("bpe").with_columns(pl.col(name).fill_null(0) for name in measures.EQUIPMENT)
    origins: dict[str, Sequence[str]] = {name: ["bpe"] for name in table.columns}
    frailty = material.by_source.get("fragility")
    if frailty is not None and "mg_liberaux" in frailty.columns:
        gps = aligned("fragility")
        table = table.with_columns(mg_liberaux_am_2024=gps["mg_liberaux"].fill_null(0).round().cast(pl.Int32))
        origins["mg_liberaux_am_2024"] = ["fragility"]
        if "mg_liberaux_60p" in gps.columns:
            table = table.with_columns(mg_liberaux_am_60plus=gps["mg_liberaux_60p"].round().cast(pl.Int32))
            origins["mg_liberaux_am_60plus"] = ["fragility"]
        return table, origins
    material.remarks.append(
        "Les généralistes libéraux sont ceux de la BPE, qui compte plusieurs fois qui exerce en plusieurs "
        "lieux : "
        "l’Observatoire des fragilités (--source fragility=FICHIER) est plus juste."
    )
    table = table.with_columns(mg_liberaux_am_2024=pl.col("mg_bpe"))
    return table, origins | {"mg_liberaux_am_2024": ["bpe"]}


def _origins_of_communes(material: Material) -> dict[str, Sequence[str]]:
    sources = {
        "code": "cog",
        "nom": "cog",
        "departement": "cog",
        "region": "cog",
        "nom_departement": "departements",
        "nom_region": "regions",
        "epci": "epci",
        "nom_epci": "epci",
        "bv2022": "living_areas",
        "nom_bv2022": "living_areas",
        "surface_km2": "places",
        "codes_postaux": "places",
    }
    point = ["places", "contours"] if "places" in material.by_source else ["contours"]
    found: dict[str, Sequence[str]] = {name: [key] for name, key in sources.items()}
    found |= dict.fromkeys(("lon", "lat", "position"), point)
    for name in material.communes.columns:
        if name.startswith("pop_"):
            counted = name == "pop_municipale" or name.startswith("pop_20")
            found[name] = ["populations"] if counted else ["populations", "ages"]
    return {name: found[name] for name in material.communes.columns}


def outlines(material: Material, departements: frozenset[str]) -> str:
    """Return the TopoJSON of the communes of `departements`."""
    within = material.communes.filter(pl.col("departement").is_in(sorted(departements)))
    names = dict(within.select("code", "nom").iter_rows())
    return topology.topojson(
        {code: shape for code, shape in material.outlines.items() if code in names and shape}, names
    )


def town_halls(material: Material, departements: frozenset[str]) -> pl.DataFrame | None:
    """Return code, lon, lat of the town halls of `departements`, from which roads are followed."""
    known = material.communes.filter(
        (pl.col("position") == "mairie") & pl.col("departement").is_in(sorted(departements))
    )
    return known.select("code", "lon", "lat") if known.height else None
