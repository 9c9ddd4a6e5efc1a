"""Small files in the exact shapes in which INSEE, Etalab, the DREES and the Assurance Maladie publish theirs.

Eleven communes of four départements; 71007 was merged into 71003 in 2025, 71008 into 71007 before; older
files still have both. 2A004 and 01001 tell whether codes are kept as texts; Paris comes by arrondissements.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

#: code: (name, département, region, west, south) of a square of a tenth of a degree.
COMMUNES = {
    "01001": ("L’Abergement", "01", "84", 4.9, 46.1),
    "01002": ("Ambérieu", "01", "84", 5.0, 46.1),
    "2A004": ("Ajaccio", "2A", "94", 8.7, 41.9),
    "2B033": ("Bastia", "2B", "94", 9.4, 42.7),
    "71001": ("Autun", "71", "27", 4.3, 46.5),
    "71002": ("Mâcon", "71", "27", 4.4, 46.5),
    "71003": ("Val-d’Œuvre", "71", "27", 4.5, 46.5),
    "71004": ("Charolles", "71", "27", 4.3, 46.4),
    "71005": ("Cluny", "71", "27", 4.4, 46.4),
    "71006": ("Digoin", "71", "27", 4.5, 46.4),
    "75056": ("Paris", "75", "11", 2.3, 48.8),
}
FORMER = {"71007": ("Vieux-Val", 4.6, 46.5), "71008": ("Petit-Val", 4.6, 46.4)}
ARRONDISSEMENTS = ("75101", "75102")
DEPARTEMENTS = {
    "01": ("84", "Ain"),
    "2A": ("94", "Corse-du-Sud"),
    "2B": ("94", "Haute-Corse"),
    "71": ("27", "Saône-et-Loire"),
    "75": ("11", "Paris"),
}
REGIONS = {
    "11": "Île-de-France",
    "27": "Bourgogne-Franche-Comté",
    "84": "Auvergne-Rhône-Alpes",
    "94": "Corse",
}
EPCIS = {
    "01": ("200029999", "CC de la Plaine"),
    "2A": ("242010056", "CA du Pays Ajaccien"),
    "2B": ("242000354", "CA de Bastia"),
    "71": ("200071884", "Le Grand Charolais"),
    "75": ("200054781", "Métropole du Grand Paris"),
}
#: The vintage before the mergers, with arrondissements: what population files say.
OLDER = [code for code in COMMUNES if code != "75056"] + [*FORMER, *ARRONDISSEMENTS]
BANDS = ("0002", "0305", "0610", "1117", "1824", "2539", "4054", "5564", "6579", "80P")


def population(code: str) -> int:
    """How many people live in a commune of the older vintage."""
    return 1000 + 10 * int("".join(letter for letter in code if letter.isdigit())) % 977


def comma_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A file of the COG: UTF-8, commas, each cell quoted."""
    return "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in [titles, *rows]).encode()


def semicolon_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """A file of INSEE or of the Assurance Maladie: semicolons, decimal commas, no quotes."""

    def written(cell: Any) -> str:
        return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)

    return "".join(";".join(map(written, row)) + "\n" for row in [titles, *rows]).encode(encoding)


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX, its sheets as rows of cells."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 (as the library wants it)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return content.getvalue()


def zipped(**members: bytes) -> bytes:
    """A ZIP; members are named with `__` for the dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", ".")), member)
    return content.getvalue()


def cog() -> bytes:
    titles = (
        "TYPECOM",
        "COM",
        "REG",
        "DEP",
        "CTCD",
        "ARR",
        "TNCC",
        "NCC",
        "NCCENR",
        "LIBELLE",
        "CAN",
        "COMPARENT",
    )
    rows = [
        ("COM", code, region, dep, f"{dep}D", f"{dep}1", "1", nom.upper(), nom, nom, f"{dep}08", "")
        for code, (nom, dep, region, *_place) in COMMUNES.items()
    ]
    rows += [
        ("COMD", code, "27", "71", "71D", "711", "0", nom.upper(), nom, nom, "7108", "71003")
        for code, (nom, *_place) in FORMER.items()
    ]
    rows += [
        ("ARM", code, "", "", "", "", "0", "PARIS", "Paris", f"Paris {code[3:]}", "", "75056")
        for code in ARRONDISSEMENTS
    ]
    return comma_csv(titles, rows)


def movements() -> bytes:
    titles = (
        "MOD",
        "DATE_EFF",
        "TYPECOM_AV",
        "COM_AV",
        "TNCC_AV",
        "NCC_AV",
        "NCCENR_AV",
        "LIBELLE_AV",
        "TYPECOM_AP",
        "COM_AP",
        "TNCC_AP",
        "NCC_AP",
        "NCCENR_AP",
        "LIBELLE_AP",
    )

    def row(mod: str, day: str, before: str, after: str, kind: str = "COM") -> tuple[str, ...]:
        return (mod, day, "COM", before, "0", "A", "A", "A", kind, after, "0", "B", "B", "B")

    return comma_csv(
        titles,
        [
            row("32", "2025-01-01", "71007", "71003"),
            row("32", "2025-01-01", "71007", "71007", "COMD"),
            row("31", "1973-01-01", "71008", "71007"),
            row("32", "2025-01-01", "71003", "71003"),
            row("31", "1965-01-01", "01002", "01001"),
            row("21", "1990-01-01", "01001", "01002"),
        ],
    )


def departements() -> bytes:
    titles = ("DEP", "REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE")
    return comma_csv(
        titles,
        [(dep, reg, f"{dep}001", "0", nom.upper(), nom, nom) for dep, (reg, nom) in DEPARTEMENTS.items()],
    )


def regions() -> bytes:
    titles = ("REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE")
    return comma_csv(titles, [(reg, "00000", "0", nom.upper(), nom, nom) for reg, nom in REGIONS.items()])


def populations() -> bytes:
    head = [
        ["Historique des populations communales"],
        ["Recensements de la population 1876-2023"],
        ["France, en géographie au 01/01/2024"],
        [],
        [],
    ]
    titles = ["CODGEO", "REG", "DEP", "LIBGEO", "PMUN2023", "PMUN2022", "PMUN2017", "PMUN2012", "PSDC1999"]
    rows: list[list[Any]] = []
    for code in OLDER:
        people = population(code)
        written: Any = int(code) if code.startswith("0") else code  # a spreadsheet took the zero
        rows.append([written, "", code[:2], "nom", people, people - 3, people - 40, people - 80, people])
    return workbook({"pop_1876_2023": [*head, titles, *rows], "Documentation": [["Source : INSEE"]]})


def ages() -> bytes:
    titles = ["CODGEO", "P22_POP", *(f"P22_POP{band}" for band in BANDS), "P22_H0014", "P22_F0014"]
    rows = [[code, *_detailed(population(code)), 12.5, 11.25] for code in OLDER]
    described = semicolon_csv(("COD_VAR", "LIB_VAR"), [("P22_POP", "Population en 2022")])
    return zipped(
        **{
            "base-cc-evol-struct-pop-2022__CSV": semicolon_csv(titles, rows),
            "meta_base-cc-evol-struct-pop-2022__CSV": described,
        }
    )


def _detailed(people: int) -> list[float]:
    return [float(people), *([people / 10] * len(BANDS))]


def epci() -> bytes:
    head = [
        ["Intercommunalité - Métropole"],
        ["Base des EPCI à fiscalité propre au 01/01/2026"],
        ["Insee"],
        [],
        [],
    ]
    titles = ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"]
    rows = [[code, nom, *EPCIS[dep], dep, reg] for code, (nom, dep, reg, *_place) in COMMUNES.items()]
    rows[0][2:4] = ["ZZZZZZZZZ", "Sans objet"]
    summary = [
        *head,
        ["EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"],
        ["200071884", "Le Grand Charolais", "CC", 6],
    ]
    return zipped(
        **{
            "EPCI_au_01-01-2026__xlsx": workbook(
                {"EPCI": summary, "Composition_communale": [*head, titles, *rows]}
            )
        }
    )


def living_areas() -> bytes:
    head = [["Bassins de vie 2022"], ["Géographie au 01/01/2026"], ["Insee"], [], []]
    titles = ["CODGEO", "LIBGEO", "BV2022", "LIBBV2022", "TYPE_COMMUNE_BV", "DEP", "REG"]
    rows = [
        [code, nom, f"{dep}001" if dep in {"01", "71"} else code, f"Bassin {dep}", "1", dep, reg]
        for code, (nom, dep, reg, *_place) in COMMUNES.items()
    ]
    return zipped(
        **{
            "BV2022_au_01-01-2026__xlsx": workbook(
                {"BV2022": [["BV2022"]], "Composition_communale": [*head, titles, *rows]}
            )
        }
    )


def places() -> bytes:
    rows = []
    for code, (nom, _dep, _reg, west, south) in COMMUNES.items():
        row: dict[str, Any] = {
            "code": code,
            "nom": nom,
            "codesPostaux": [f"{code[:2]}100".replace("2A", "20").replace("2B", "20")],
            "centre": {"type": "Point", "coordinates": [west + 0.05, south + 0.05]},
            "surface": 1534.25,
        }
        if code != "71006":
            row["mairie"] = {"type": "Point", "coordinates": [west + 0.02, south + 0.03]}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False).encode()


def contours() -> bytes:
    """Squares that share their sides; those of former communes are still drawn, Paris twice."""

    def square(code: str, west: float, south: float) -> dict[str, Any]:
        east, north = round(west + 0.1, 6), round(south + 0.1, 6)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {
            "type": "Feature",
            "properties": {"code": code, "nom": "nom"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    drawn = {code: place[3:] for code, place in COMMUNES.items()}
    features = [square(code, *place) for code, place in drawn.items()]
    features += [square(code, west, south) for code, (_nom, west, south) in FORMER.items()]
    features += [square(code, 2.3, 48.8) for code in ARRONDISSEMENTS]
    return gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode(), mtime=0)


def bpe(types: Sequence[str] = ("D265", "D281", "D307", "D113")) -> bytes:
    titles = ["AN", "NOMRS", "DEPCOM", "DEP", "REG", "DOM", "SDOM", "TYPEQU", "LAMBERT_X", "LAMBERT_Y"]
    rows: list[list[Any]] = []
    for rank, code in enumerate([*COMMUNES, *FORMER]):
        for at, kind in enumerate(types):
            rows += [["2025", "CABINET", code, code[:2], "27", "D", "D2", kind, 812345.6, 6600000.2]] * (
                rank % 3 + at
            )
        rows.append(["2025", "BOULANGERIE", code, code[:2], "27", "B", "B2", "B207", "", ""])
    described = semicolon_csv(("COD_VAR", "LIB_VAR"), [("TYPEQU", "Type d'équipement")])
    return zipped(BPE25__csv=semicolon_csv(titles, rows), BPE25_varmod__csv=described)


def apl(words: str, years: Sequence[int] = (2022, 2023)) -> bytes:
    sheets: dict[str, list[list[Any]]] = {
        "Paramètres": [["Indicateur d’accessibilité potentielle localisée"]]
    }
    for year in years:
        head = [
            ["Indicateur d’APL"],
            [],
            [f"Accessibilité potentielle localisée ({year})"],
            ["Unité : par an"],
            [],
            ["Champ : France métropolitaine hors Corse"],
            [],
        ]
        titles = [
            "Code commune INSEE",
            "Commune",
            f"APL aux {words}",
            f"APL aux {words} de 65 ans et moins",
            f"Population standardisée {year} pour les {words}",
            f"Population totale {year}",
        ]
        rows: list[list[Any]] = [
            [
                code,
                "nom",
                round(2 + at / 4 + (year - 2022) / 10, 2),
                round(1.5 + at / 4, 2),
                population(code) * 1.1,
                population(code),
            ]
            for at, code in enumerate(OLDER)
            if not code.startswith("2")
        ]
        sheets[f"APL {year}"] = [*head, titles, ["", "", "en C/V par an", "en C/V par an", "", ""], *rows]
    return workbook(sheets)


def income() -> bytes:
    titles = ["CODGEO", "NBMENFISC21", "NBPERSMENFISC21", "MED21", "PIMP21", "TP6021", "D121"]
    rows = [
        [code, 400, population(code), 21000.5 + at, "s", "s" if at % 2 else 12.5, "s"]
        for at, code in enumerate(OLDER)
    ]
    return zipped(
        cc_filosofi_2021_COM__csv=semicolon_csv(titles, rows),
        cc_filosofi_2021_DEP__csv=semicolon_csv(titles, [["71", 4, 5, 22000, "", 13.1, ""]]),
    )


def workforce() -> bytes:
    titles = [
        "annee",
        "profession_sante",
        "classe_age",
        "libelle_classe_age",
        "libelle_sexe",
        "region",
        "libelle_region",
        "departement",
        "libelle_departement",
        "effectif",
        "densite",
    ]
    rows: list[list[Any]] = []
    for year in (2023, 2024):
        for dep, (reg, nom) in DEPARTEMENTS.items():
            for age in ("tout âge", "moins de 25 ans"):
                rows.append(
                    [
                        year,
                        "Médecins généralistes",
                        "99",
                        age,
                        "tout sexe",
                        reg,
                        "nom",
                        dep.removeprefix("0"),
                        nom,
                        120 if age[0] == "t" else 3,
                        65.4,
                    ]
                )
        rows.append(
            [
                year,
                "Médecins généralistes",
                "99",
                "tout âge",
                "tout sexe",
                "99",
                "FRANCE",
                "999",
                "FRANCE",
                58000,
                85.1,
            ]
        )
    return b"\xef\xbb\xbf" + semicolon_csv(titles, rows)


def finess() -> bytes:
    line = (
        "structureet;710781089;710000001;PHARMACIE DU CENTRE;PHARMACIE DU CENTRE;;;1;R;DE LA PAIX;;;002;71;"
        "SAONE ET LOIRE;71000 MACON;0385000000;;620;Pharmacie d'Officine;2204;Pharmacies;;;;;;;2000-01-01;;;"
    )
    return f"finess;etalab;112;2026-09-02\n{line}\n".encode()


def annuaire_sante() -> bytes:
    return zipped(PS_LibreAcces_Personne_activite_202611020841__txt=b"Type d'identifiant PP|Identifiant PP\n")


PROFESSIONS = {
    "mg": "médecins généralistes",
    "inf": "infirmières",
    "mk": "masseurs-kinésithérapeutes",
    "sf": "sages-femmes",
    "dent": "chirurgiens-dentistes",
}


def every_file() -> dict[str, bytes]:
    """The file of each source that has an address, by key."""
    return {
        "cog": cog(),
        "movements": movements(),
        "departements": departements(),
        "regions": regions(),
        "populations": populations(),
        "ages": ages(),
        "epci": epci(),
        "living_areas": living_areas(),
        "places": places(),
        "contours": contours(),
        "bpe": bpe(),
        "finess": finess(),
        "annuaire_sante": annuaire_sante(),
        "income": income(),
        "workforce": workforce(),
        **{f"apl_{key}": apl(words) for key, words in PROFESSIONS.items()},
    }
