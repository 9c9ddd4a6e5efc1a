"""A report made by hand on a territory that does not exist: square communes with hostile names."""

from __future__ import annotations

from datetime import date

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.tables import Column, Row, Table
from maillage.web.drawing import Area, BarChart, Series, StaticMap, Town, draw_bars, draw_map
from maillage.web.drawing.geometry import Geometry
from maillage.web.report.content import (
    Drawing,
    Figures,
    Grid,
    Heading,
    Notice,
    Paragraph,
    Points,
    Report,
    Section,
)

HOSTILE = (
    '#import "x": *',
    "$x^2$ \\alpha",
    "*gras* _penché_ `code`",
    "<script>alert(1)</script>",
    "« L'Hôpital » & “Cie”",
    "@ref <label> // [bloc]",
    "=SOMME(A1)",
    "{{ variable }}{% tag %}",
)
INSEE = Provenance("INSEE, recensement", "2022", formula="somme des populations", completeness=1.0)
GUESS = Provenance("Calcul Maillage", "2026", formula="Σ w·R", estimate=True, note="À vol d’oiseau.")


def square(column: int, row: int, size: float = 0.05) -> Geometry:
    """Return the GeoJSON of one cell of a chessboard in the middle of France."""
    west, south = 4.0 + column * size, 46.0 + row * size
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def figure(key: str = "population", label: str = "Population", value: float | None = 65410.0) -> Figure:
    """Return a figure with two comparisons."""
    others = (Comparison("Saône-et-Loire", 551493), Comparison("France", 68350798))
    return Figure(key, label, value, INSEE, "habitants", comparisons=others)


def communes(count: int = len(HOSTILE)) -> Table:
    """Return a table of communes under hostile names, with a secret, an estimate and an unknown."""
    rows = [
        Row(
            {"name": HOSTILE[rank % len(HOSTILE)], "people": 100 + rank, "share": rank / 100, "apl": None},
            code=f"71{rank:03}",
            suppressed=frozenset({"share"} if rank == 0 else ()),
            estimated=frozenset({"share"} if rank == 1 else ()),
        )
        for rank in range(count)
    ]
    columns = [
        Column("name", "Commune"),
        Column("people", "Population", "number", "habitants"),
        Column(
            "share", "Part des 65 ans et plus", "share", decimals=1, note="Estimée d'après le régime général."
        ),
        Column("apl", "Accessibilité", "number", "C/an/hab.", 2),
    ]
    return Table("communes", "Toutes les communes", columns, rows, provenance=INSEE)


def sample_map(name: str = "carte", count: int = len(HOSTILE)) -> str:
    """Return a map of `count` squares in a row, the last without data."""
    areas = [
        Area(f"71{rank:03}", square(rank, 0), rank if rank < count - 1 else None) for rank in range(count)
    ]
    towns = [
        Town(HOSTILE[rank % len(HOSTILE)], 4.025 + rank * 0.05, 46.025, 100 - rank) for rank in range(count)
    ]
    zone = frozenset({"71000", "71001"})
    spec = StaticMap(
        name,
        "Carte d’essai",
        "Des carrés.",
        areas,
        bounds=(1, 2.5, 4, 5),
        decimals=1,
        measure="Mesure",
        towns=towns,
        zones=[zone],
        zone_label="zone blanche",
        around=[square(0, 1)],
    )
    return draw_map(spec)


def report(**changes: object) -> Report:
    """Return a report with every sort of block."""
    chart = draw_bars(
        BarChart(
            "ages",
            "Âges",
            "Part de chaque âge.",
            ["0–15 ans", "65 ans et plus"],
            [Series("Territoire", [0.16, 0.31]), Series("France", [0.18, None])],
            "%",
            1,
        )
    )
    blocks = (
        Paragraph("Un paragraphe : il a des espaces insécables !"),
        Heading("Un intertitre"),
        Notice("Attention", "Ce périmètre est construit."),
        Points((("Estimation.", "Les âges sont estimés."), ("", "Sans amorce."))),
        Figures(
            "Chiffres", "Territoire #1", (figure(), Figure("secret", "Caché", None, GUESS, suppressed=True))
        ),
        Drawing("Une carte", "Des carrés.", sample_map(), "Source : essai.", communes()),
        Drawing("Des barres", "Part de chaque âge.", chart),
        Grid(communes(120)),
        Grid(Table("vide", "Rien", [Column("name", "Commune")], [])),
    )
    fields: dict[str, object] = {
        "slug": "essai",
        "subject": "Pays d’Essai #1 $",
        "nature": "CPTS, 8 communes",
        "notice": "Périmètre construit.",
        "day": date(2026, 11, 22),
        "vintages": ("INSEE 2022",),
        "cover": Drawing("Le territoire", "Huit communes.", sample_map("couverture")),
        "headline": Figures("Chiffres clés", "Territoire #1", (figure(),)),
        "summary": (("Peu d’accès.", "37 % des habitants vivent sous le seuil."),),
        "sections": (
            Section("partie-1", "Partie 1", "Ce que l’on trouve.", blocks),
            Section(
                "partie-2", "Partie 2", "", (Paragraph("Une suite, sur la même page."),), starts_page=False
            ),
        ),
    }
    return Report(**{**fields, **changes})
