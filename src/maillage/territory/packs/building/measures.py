"""From published tables to the measures of a pack: supply, reference APL, income, frailty, workforce,
zoning."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.building.communes import Merging, Today, by_commune, numbers
from maillage.territory.packs.building.published import Content, Published, Shape, WrongFileError
from maillage.territory.packs.building.tables import CODE
from maillage.territory.packs.variables import FRAGILITY

EQUIPMENT = {
    "mg_bpe": ("D265", "D201"),
    "infirmiers_bpe": ("D281", "D232"),
    "kines_bpe": ("D279", "D233"),
    "dentistes_bpe": ("D277", "D221"),
    "sages_femmes_bpe": ("D278", "D231"),
    "podologues_bpe": ("D280", "D237"),
    "pharmacies": ("D307", "D301"),
    "laboratoires": ("D302",),
    "ambulances": ("D303",),
    "msp": ("D113",),
    "centres_sante": ("D108",),
    "urgences": ("D106",),
    "maternites": ("D107",),
    "hop_court_sejour": ("D101",),
    "hop_moyen_sejour": ("D102",),
    "hop_long_sejour": ("D103",),
    "hop_psychiatrie": ("D104",),
    "heb_personnes_agees": ("D401",),
    "services_soins_domicile": ("D402",),
    "services_aide_domicile": ("D403",),
}
"""The types of the Base permanente des équipements that a pack counts: that of today, then that of before
2023."""

APL = {
    "mg": "m[ée]decins g[ée]n[ée]ralistes",
    "inf": "infirmi[eè]re?r?s?",
    "mk": "masseurs[- ]kin[ée]sith[ée]rapeutes",
    "sf": "sages[- ]femmes",
    "dent": "chirurgiens[- ]dentistes",
}
"""How the workbooks of the DREES name each profession."""
APL_YEARS = (2022, 2023)
"""The years that the pack has columns for."""
_ZONES = {"zip": ("zip", "zone d'intervention prioritaire"), "zac": ("zac", "zone d'action complementaire")}


def equipment(file: Published, today: Today) -> pl.DataFrame:
    """Return how many of each type of `EQUIPMENT` each commune has; 0 where it has none.

    One row an equipment in the recent files, a number of them (NB_EQUIP) in older ones.
    """
    shape = Shape(
        {"code": ("DEPCOM", "CODGEO"), "type": ("TYPEQU",), "count": ("NB_EQUIP",)},
        optional=frozenset({"count"}),
        members=("bpe*", "*.csv", "*.parquet"),
    )
    frame = file.read(shape).frame
    of_type = {code: ours for ours, codes in EQUIPMENT.items() for code in codes}
    frame = frame.filter(pl.col("type").is_in(list(of_type)))
    if frame.is_empty():
        raise WrongFileError(
            _(
                "%s : aucun équipement de santé (TYPEQU D2…, D3…). Donnez la base entière, ou celle du "
                "domaine D."
            )
            % file.label
        )
    if "count" not in frame.columns:
        frame = frame.with_columns(count=pl.lit("1"))
    frame = numbers(frame, ["count"], file.label).with_columns(pl.col("type").replace_strict(of_type))
    wide = frame.pivot("type", index="code", values="count", aggregate_function="sum", sort_columns=True)
    absent = [pl.lit("").alias(ours) for ours in EQUIPMENT if ours not in wide.columns]
    wide = wide.with_columns(pl.all().cast(pl.String).fill_null("")).with_columns(absent)
    table = by_commune(wide, dict.fromkeys(EQUIPMENT, Merging.SUM), today, file.label)
    return everywhere(table, today).with_columns(
        pl.col(ours).fill_null(0).round().cast(pl.Int32) for ours in EQUIPMENT
    )


def everywhere(table: pl.DataFrame, today: Today) -> pl.DataFrame:
    """Return one row for every commune of today, sorted by code; null where `table` says nothing."""
    every = pl.DataFrame({"code": sorted(today.codes)})
    return every.join(table, on="code", how="left", maintain_order="left")


def reference_apl(file: Published, profession: str, today: Today) -> pl.DataFrame:
    """Return the published APL of a profession by commune: apl_*_YEAR, and pop_std_*_YEAR where the pack has
    it.

    One sheet a year; communes that are one today, and arrondissements, are averaged by standardised
    population.
    """
    found: list[pl.DataFrame] = []
    for year in APL_YEARS:
        content = _sheet_of_year(file, profession, year)
        if content is None:
            continue
        merging = {name: Merging.MEAN for name in content.frame.columns if name.startswith("apl")}
        weighted = "population" in content.frame.columns
        frame = content.frame.with_columns(weight=pl.col("population") if weighted else pl.lit("1"))
        table = by_commune(frame, {**merging, "weight": Merging.SUM}, today, file.label, weight="weight")
        kept = {f"{name}_{year}".replace("apl", f"apl_{profession}", 1): pl.col(name) for name in merging}
        if weighted and year == APL_YEARS[-1]:
            kept["t_pop_std_mg" if profession == "mg" else f"pop_std_{profession}_{year}"] = pl.col("weight")
        found.append(table.select("code", **kept))
    if not found:
        raise WrongFileError(
            _("%(label)s : aucune feuille des années %(years)s. Donnez le classeur de la DREES qui les a.")
            % {"label": file.label, "years": ", ".join(map(str, APL_YEARS))}
        )
    table = found[0]
    for other in found[1:]:
        table = table.join(other, on="code", how="full", coalesce=True)
    return table.sort("code")


def _sheet_of_year(file: Published, profession: str, year: int) -> Content | None:
    words = APL[profession]
    columns: dict[str, tuple[str, ...]] = {
        "code": CODE,
        "apl": (rf"APL aux {words}( {year})?", rf"APL.*{words}( {year})?"),
        "population": (
            rf"Population standardis[ée]e.*({words}|m[ée]decine).*",
            "Population standardis[ée]e.*",
        ),
    }
    if profession == "mg":
        columns["apl_65ans_max"] = (rf"APL aux {words} de 65 ans et moins.*",)
    shape = Shape(columns, optional=frozenset({"apl_65ans_max", "population"}), sheets=(f"*{year}*",))
    content = file.read(shape)
    return content if str(year) in content.where.rsplit(", ", 1)[-1] else None


def income(file: Published, today: Today) -> pl.DataFrame:
    """Return the median standard of living (€ a year), the poverty rate at 60 % and the people of tax
    households.

    Two layouts: a column a measure (MED21, TP6021), and the long file of later geographies (a row a measure).
    """
    wide = Shape(
        {"code": CODE, "people": (r"NBPERSMENFISC\d\d",), "median": (r"MED\d\d",), "poverty": (r"TP60\d\d",)},
        optional=frozenset({"people", "poverty"}),
        members=("*_COM*", "*COM.csv", "*"),
    )
    try:
        frame = file.read(wide).frame
    except WrongFileError as not_wide:
        frame = _long_income(file, not_wide)
    for name in ("people", "poverty"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit("").alias(name))
    merging = {"people": Merging.SUM, "median": Merging.MEAN, "poverty": Merging.MEAN}
    table = by_commune(frame, merging, today, file.label, weight="people")
    return table.select(
        "code",
        personnes_menages_fiscaux_2021=pl.col("people").round().cast(pl.Float64),
        niveau_vie_median_2021=pl.col("median"),
        taux_pauvrete60_2021=pl.col("poverty"),
    )


def _long_income(file: Published, refused: WrongFileError) -> pl.DataFrame:
    shape = Shape(
        {
            "code": ("GEO",),
            "level": ("GEO_OBJECT",),
            "measure": ("FILOSOFI_MEASURE",),
            "value": ("OBS_VALUE",),
        },
        members=("*data*", "*"),
    )
    try:
        frame = file.read(shape).frame
    except WrongFileError:
        raise refused from None
    measures = {"NUM_PER": "people", "MED_SL": "median", "PR_MD60": "poverty"}
    frame = frame.filter((pl.col("level") == "COM") & pl.col("measure").is_in(list(measures)))
    frame = frame.with_columns(pl.col("measure").replace_strict(measures))
    return frame.pivot("measure", index="code", values="value", aggregate_function="first").fill_null("")


def workforce(file: Published) -> pl.DataFrame:
    """Return the professionals in private practice by département, profession and year, of the last year.

    Only the rows of all ages and both sexes count where the file details them.
    """
    shape = Shape(
        {
            "annee": ("annee", "année"),
            "departement": ("departement", "département"),
            "libelle_departement": ("libelle_departement", "libellé.département"),
            "profession_sante": ("profession_sante", "profession.de.santé"),
            "effectif": ("effectif",),
            "densite": ("densite", "densité"),
            "age": ("libelle_classe_age",),
            "sex": ("libelle_sexe",),
        },
        optional=frozenset({"densite", "age", "sex"}),
    )
    frame = file.read(shape).frame
    for detail in ("age", "sex"):
        if detail in frame.columns:
            frame = frame.filter(pl.col(detail).str.to_lowercase().str.starts_with("tout"))
    frame = frame.with_columns(pl.col("annee").str.slice(0, 4), pl.col("departement").str.zfill(2))
    frame = frame.filter(pl.col("departement").str.contains("^(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])$"))
    if frame.is_empty():
        raise WrongFileError(
            _("%s : aucune ligne d’un département, tous âges et tous sexes. Donnez l’export entier.")
            % file.label
        )
    if "densite" not in frame.columns:
        frame = frame.with_columns(densite=pl.lit(""))
    frame = numbers(frame, ["annee", "effectif", "densite"], file.label).filter(
        pl.col("annee") == pl.col("annee").max()
    )
    return (
        frame.filter(pl.col("effectif").is_not_null())
        .select(
            pl.col("annee").cast(pl.Int64),
            "departement",
            "libelle_departement",
            "profession_sante",
            pl.col("effectif").cast(pl.Int64),
            "densite",
        )
        .unique(["departement", "profession_sante"], keep="first", maintain_order=True)
        .sort("departement", "profession_sante")
    )


def fragility(file: Published, today: Today) -> pl.DataFrame:
    """Return the columns of the pack's table of frailty that a file by commune has."""
    ours = [name for name in FRAGILITY.columns if name != "code"]
    content = file.read(Shape({"code": CODE, **{name: (name,) for name in ours}}, optional=frozenset(ours)))
    found = [name for name in content.frame.columns if name != "code"]
    if not found:
        raise WrongFileError(
            _("%(label)s : aucune colonne connue. Nommez-les comme le jeu de données : %(known)s…")
            % {"label": file.label, "known": ", ".join(ours[:6])}
        )
    return by_commune(content.frame, dict.fromkeys(found, Merging.SUM), today, file.label)


def zoning(file: Published, today: Today) -> pl.DataFrame:
    """Return zip and zac by commune: 1 where the ARS says so, else 0; between where only a part of it is."""
    shape = Shape(
        {"code": CODE, "zone": ("zon(e|age).*", "classement.*", "qualification.*", "cat[ée]gorie.*")}
    )
    frame = file.read(shape).frame
    said = pl.col("zone").str.to_lowercase().str.replace_all("[ée]", "e").str.replace_all("’", "'")
    flags = {
        name: pl.any_horizontal(said.str.starts_with(word) for word in words)
        for name, words in _ZONES.items()
    }
    frame = frame.with_columns(
        pl.when(flag).then(pl.lit("1")).otherwise(pl.lit("0")).alias(name) for name, flag in flags.items()
    )
    if not frame.select(pl.any_horizontal(pl.col(name) == "1" for name in flags).any()).item():
        raise WrongFileError(
            _("%s : aucune commune en ZIP ni en ZAC. Donnez l’arrêté de zonage par commune.") % file.label
        )
    return by_commune(frame, dict.fromkeys(flags, Merging.MEAN), today, file.label)


def perimeters(file: Published, today: Today) -> pl.DataFrame:
    """Return the CPTS of each commune: code, cpts (its name)."""
    shape = Shape({"code": CODE, "cpts": ("nom.*cpts.*", "libell[ée].*cpts.*", "cpts.*", "nom.*")})
    return by_commune(file.read(shape).frame, {"cpts": Merging.WORD}, today, file.label)


def with_ages(communes: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Return the communes with their population in each band: its share of the municipal population."""
    bands: Mapping[str, pl.Expr] = {
        band: (pl.col(band) * pl.col("pop_municipale")).round(1) for band in shares.columns if band != "code"
    }
    return communes.join(shares, on="code", how="left", maintain_order="left").with_columns(**bands)
