"""National registers as they are published: text, communes, positions, what a file seems to be."""

import gzip
import io
import json
import os
import re
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.directory.rules import annuaire_sante, finess, finess_plus
from maillage.directory.rules.extractions import Fault, Format, Reading
from maillage.directory.rules.gazetteer import Found, Gazetteer, Town, departements_of_postcode
from maillage.directory.rules.seeming import Seems, WrongFileError, opened
from maillage.directory.rules.structures import Precision
from maillage.directory.rules.text import decode, rows
from maillage.territory.rules.former_communes import merged, successors
from tests.directory.test_rules import HEADING, annuaire_line

REAL = Path(os.environ.get("MAILLAGE_REGISTERS", "absent"))
OVERSEAS = {"9A": "97", "9B": "97", "9C": "97", "9D": "97", "9E": "97", "9F": "97", "9J": "98"}
TOWNS = (
    Town("71230", "Gueugnon", ("71130",), 4.063, 46.603),
    Town("71270", "Mâcon", ("71000",), 4.81, 46.32),
    Town("71360", "Prissé", ("71960",), 4.75, 46.32),
    Town("71578", "Clux-Villeneuve", ("71270",), 5.2, 46.95),
    Town("71001", "Abergement", ("71290", "71960"), 5.0, 46.6),
    Town("75056", "Paris", ("75001", "75016"), 2.35, 48.86),
    Town("69123", "Lyon", ("69008",), 4.84, 45.76),
    Town("13055", "Marseille", ("13013",), 5.4, 43.3),
    Town("2A004", "Ajaccio", ("20000",), 8.7, 41.9),
    Town("97411", "Saint-Denis", ("97400",), 55.45, -20.9, 142.8),
    Town("97353", "Maripasoula", ("97370",), -53.5, 3.2, 18_360.0),
    Town("97613", "M'Tsangamouji", ("97600",), 45.08, -12.75),
    Town("97701", "Saint-Barthélemy", ("97133",), -62.83, 17.9),
    Town("97801", "Saint-Martin", ("97150",), -63.06, 18.08),
)
SUCCESSORS = successors(
    {"75056": ["75101", "75120"], "69123": ["69381", "69389"], "13055": ["13201", "13216"]},
    {"97123": "97701", "97127": "97801"},
)
COUNTRY = Gazetteer(TOWNS, SUCCESSORS)


def site_line(number: str = "710781089", **cells: str) -> str:
    row = dict.fromkeys(finess.STRUCTURE_COLUMNS, "") | {
        "section": "structureet", "nofinesset": number, "rs": "LES SAULES", "commune": "230",
        "departement": "71", "categetab": "500", "ligneacheminement": "71130 GUEUGNON",
    }  # fmt: skip
    return ";".join((row | cells).values())


def position_line(x: object, y: object, source: str, number: str = "710781089") -> str:
    return f"geolocalisation;{number};{x};{y};{source};2026-05-04"


def read(*lines: str, communes: Gazetteer = COUNTRY, departements: tuple[str, ...] = ()) -> Reading:
    return finess.read(["finess;etalab;111;2026-05-12", *lines], communes, departements, OVERSEAS)


def faults(reading: Reading) -> list[tuple[int, Fault]]:
    return [(defect.line, defect.fault) for defect in reading.defects]


# Positions


@pytest.mark.parametrize(
    "spelling", ["LAMBERT_93", "L93_METROPOLE", "EPSG:2154 RGF93 / Lambert-93 (Métropole)"]
)
def test_each_spelling_of_a_projection_places_alike(spelling: str) -> None:
    found = read(position_line("781500,5", "6612000", f"1,ATLASANTE,96,BAN,{spelling}"), site_line())
    assert (found.placed, found.at_centre, found.defects) == (1, 0, ())
    assert found.establishments[0].lon == pytest.approx(4.063, abs=0.01)


@pytest.mark.parametrize(
    ("source", "precision"),
    [
        ("1,ATLASANTE,96,BAN,L93_METROPOLE", Precision.ADDRESS),
        ("2,ATLASANTE,70,BAN,L93_METROPOLE", Precision.STREET),
        ("4,ATLASANTE,.,COG,L93_METROPOLE", Precision.COMMUNE),
        ("1,ATLASANTE,.,ADMIN-EXPRESS-2023,L93_METROPOLE", Precision.COMMUNE),
        ("LAMBERT_93", Precision.ADDRESS),
    ],
)
def test_a_centre_of_commune_is_not_called_an_address(source: str, precision: Precision) -> None:
    (one,) = read(site_line(), position_line(781500, 6612000, source)).establishments
    assert one.precision is precision


@pytest.mark.parametrize(
    ("x", "y", "source", "fault", "placed"),
    [
        (781500, 6612000, "NTF Lambert II", Fault.MISNAMED_PROJECTION, 1),
        (4.06, 46.6, "L93_METROPOLE", Fault.MISNAMED_PROJECTION, 1),
        (46.6, 4.06, "L93_METROPOLE", Fault.MISNAMED_PROJECTION, 1),
        (6612000, 781500, "L93_METROPOLE", Fault.MISNAMED_PROJECTION, 1),
        (1, 2, "NTF Lambert II", Fault.UNKNOWN_PROJECTION, 0),
        (1, 2, "L93_METROPOLE", Fault.WRONG_COORDINATES, 0),
        ("nord", "", "L93_METROPOLE", Fault.WRONG_COORDINATES, 0),
        (645000, 6862000, "L93_METROPOLE", Fault.FAR_FROM_COMMUNE, 0),
        (338961, 7688591, "UTM_S40", Fault.FAR_FROM_COMMUNE, 0),
    ],
)
def test_a_position_is_placed_or_told(x: object, y: object, source: str, fault: Fault, placed: int) -> None:
    found = read(site_line(), position_line(x, y, source))
    assert faults(found) == [(3, fault)]
    assert (found.placed, found.at_centre, found.left_out) == (placed, 1 - placed, 0)


def test_a_position_of_nobody_and_a_number_told_twice_are_said() -> None:
    found = read(
        site_line(), site_line(rs="ENCORE"), "autre;ligne", position_line(1, 2, "LAMBERT_93", "710976705"),
        site_line(number="710780958", categetab="999"), position_line(1, 2, "LAMBERT_93", "710780958"),
    )  # fmt: skip
    assert faults(found) == [(3, Fault.TWICE), (4, Fault.UNKNOWN_SECTION), (5, Fault.ORPHAN_POSITION)]
    assert [one.name for one in found.establishments] == ["LES SAULES"]
    assert (found.rows, found.passed_over, found.left_out) == (1, 1, 2)


# Communes


@pytest.mark.parametrize(
    ("departement", "commune", "line", "code"),
    [
        ("75", "116", "75016 PARIS", "75056"),
        ("75", "120", "75020 PARIS", "75056"),
        ("69", "388", "69008 LYON", "69123"),
        ("13", "213", "13013 MARSEILLE", "13055"),
        ("20", "004", "20000 AJACCIO", "2A004"),
        ("9A", "127", "97150 ST MARTIN", "97801"),
        ("9A", "123", "97133 ST BARTHELEMY", "97701"),
        ("9D", "411", "97405 ST DENIS CEDEX", "97411"),
        ("9F", "613", "97600 MTSANGAMOUJI", "97613"),
        ("71", "", "71130 GUEUGNON", "71230"),
        ("71", "", "71018 MACON CEDEX 9", "71270"),
        ("71", "999", "71960 PRISSE", "71360"),
    ],
)
def test_a_commune_is_found_as_registers_write_it(
    departement: str, commune: str, line: str, code: str
) -> None:
    found = read(site_line(departement=departement, commune=commune, ligneacheminement=line))
    (one,) = found.establishments
    assert one.commune == code
    deduced = not commune or commune == "999"
    assert faults(found) == ([(2, Fault.DEDUCED_COMMUNE)] if deduced else [])


def test_wallis_is_not_mayotte_and_what_is_elsewhere_is_counted() -> None:
    found = read(
        site_line(departement="9J", commune="613", ligneacheminement="98600 UVEA"),
        site_line("710976705", departement="42", commune="001", ligneacheminement="42000 ABOEN"),
        site_line("710780958"),
        departements=("71", "976"),
    )
    assert [one.commune for one in found.establishments] == ["71230"]
    assert (found.passed_over, found.defects) == (2, ())


def test_a_site_without_commune_is_placed_by_its_position_or_left_out() -> None:
    lost = {"commune": "998", "ligneacheminement": "71998 NULLE PART"}
    placed = read(site_line(**lost), position_line(781500, 6612000, "L93_METROPOLE"))
    assert faults(placed) == [(2, Fault.UNKNOWN_COMMUNE)]
    assert (placed.rows, placed.left_out) == (1, 0)
    nowhere = read(site_line(**lost), position_line(338961, 7688591, "UTM_S38"))
    assert faults(nowhere) == [(2, Fault.NO_PLACE), (3, Fault.FAR_FROM_COMMUNE)]
    assert (nowhere.rows, nowhere.left_out) == (0, 1)


def test_an_address_names_one_commune_or_none() -> None:
    assert COUNTRY.find("", "71960", "Abergement") == Found("71001", deduced=True)
    assert COUNTRY.find("", "71960", "Ailleurs").code == ""
    assert COUNTRY.find("", "75099", "Paris 16e arrondissement").code == "75056"
    assert COUNTRY.find("", "20190", "Ajaccio").code == "2A004"
    assert COUNTRY.find("", "", "Mâcon").code == ""
    assert COUNTRY.find("", "71018", "").code == ""
    assert departements_of_postcode("7101") == ()
    assert COUNTRY.holds_departement("", "")
    assert COUNTRY.holds_departement("", "20190")
    assert not COUNTRY.holds_departement("", "42000")


def test_a_pack_that_knows_arrondissements_or_restored_communes_keeps_their_codes() -> None:
    finer = Gazetteer([Town("75116", "Paris 16e", ("75016",)), Town("01091")], SUCCESSORS)
    assert finer.find("75116") == Found("75116")
    assert finer.find("75056", "75016", "PARIS") == Found("75116", deduced=True)
    assert finer.find("01091") == Found("01091")


def test_how_far_a_place_may_be_from_its_commune() -> None:
    assert COUNTRY.is_near("71230", 4.2, 46.7)
    assert not COUNTRY.is_near("71230", 5.2, 46.7)
    assert COUNTRY.is_near("97353", -52.2, 4.2), "a commune of Guyane is larger than a département"
    assert COUNTRY.is_near("", 4.2, 46.7)
    assert not COUNTRY.is_near("", 46.7, 4.2)
    unplaced = Gazetteer([Town("71230"), Town("00001", lon=-8.0, lat=46.0)])
    assert unplaced.is_near("71230", 100, 1)
    assert unplaced.is_near("00001", 100, 1)
    assert unplaced.is_near("", 100, 1)
    assert not unplaced.bears_out("71230", 4.0, 46.0)


def test_former_communes_lead_to_one_of_today() -> None:
    known = merged()
    assert len(known) == 4240
    assert not set(known) & set(known.values())


# Text


def test_quotes_separators_and_line_breaks_stay_within_their_cell() -> None:
    found = read(
        site_line(rs='"EHPAD ""LES TILLEULS"""', rslongue='"EHPAD ; ANNEXE ""B"""'),
        site_line("710976705", rslongue='"EHPAD\nDU LAC"'),
        site_line("710780958", rslongue='L"ETOILE'),
        site_line("710000019", rslongue='"OUVERT'),
        site_line("710000027"),
    )  # fmt: skip
    assert [one.name for one in found.establishments] == [
        'EHPAD ; ANNEXE "B"', "EHPAD DU LAC", 'L"ETOILE', "OUVERT", "LES SAULES",
    ]  # fmt: skip
    assert [one.line for one in found.establishments] == [2, 3, 4, 5, 6]
    assert faults(found) == [(3, Fault.CONTROL_CHARACTER), (5, Fault.WRONG_QUOTES)]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x00", "\x1c", "\t"])
def test_a_character_that_breaks_lines_costs_a_remark_and_nothing_else(mark: str) -> None:
    content = "\r\n".join([site_line(rslongue=f"EHPAD{mark}DU LAC"), site_line("710976705"), ""])
    text = decode(content.encode())
    found = finess.read(text.lines, COUNTRY)
    assert [one.name for one in found.establishments] == ["EHPAD DU LAC", "LES SAULES"]
    assert [(one.line, one.column, one.fault) for one in found.defects] == [
        (1, "rslongue", Fault.CONTROL_CHARACTER)
    ]
    line = annuaire_line(**{"Nom d'exercice": f"LE{mark}GALL"})
    read_lines = decode(f"{HEADING}\n{line}\n".encode()).lines
    (one,) = annuaire_sante.read(read_lines, Gazetteer([Town("00038")])).activities
    assert one.last_name == "LE GALL"


ACCENTS = "SACRÉ-CŒUR D’ÉTÉ"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (ACCENTS.encode(), [ACCENTS]),
        (b"\xef\xbb\xbf" + ACCENTS.encode(), [ACCENTS]),
        (ACCENTS.encode("utf-16"), [ACCENTS]),
        (ACCENTS.encode("cp1252"), [ACCENTS]),
        ("SACRÉ-CŒUR D'ÉTÉ".encode("iso8859-15"), ["SACRÉ-CŒUR D'ÉTÉ"]),
        ("12½ M² DÉCÈS".encode("cp1252"), ["12½ M² DÉCÈS"]),
        ("À\rÉ\r\nÈ\n".encode("cp1252"), ["À", "É", "È"]),
    ],
)  # fmt: skip
def test_each_encoding_is_read(content: bytes, names: list[str]) -> None:
    text = decode(content)
    assert (list(text.lines), text.defects) == (names, ())


def test_bad_bytes_cost_their_own_line_a_remark() -> None:
    mixed = "\n".join(["Été", "Noël"]).encode() + b"\nM\xc2CON \xc3\x89T\xc3\x89\nplain"
    text = decode(mixed)
    assert list(text.lines) == ["Été", "Noël", "MÂCON ÉTÉ", "plain"]
    assert [(one.line, one.fault, one.value) for one in text.defects] == [
        (3, Fault.WRONG_ENCODING, "MÂCON ÉTÉ")
    ]
    unknown = decode(b"D\xc9C\xc8S\nX\x81Y")
    assert list(unknown.lines) == ["DÉCÈS", "X\ufffdY"]
    assert [one.line for one in unknown.defects] == [2]


@given(some.binary(max_size=80))
def test_no_bytes_break_the_text(content: bytes) -> None:
    for separator, sections in ((";", ("structureet",)), ("|", ())):
        for row in rows(decode(content).lines, separator, sections):
            assert all(cell.isprintable() or "\ufffd" in cell or cell for cell in row.cells if cell)


@given(some.lists(some.sampled_from(["", "Été", "a;b", "œ 𝄞", "\u2028"]), max_size=8), some.data())
def test_lines_decoded_one_at_a_time_are_those_of_the_whole(lines: list[str], data: some.DataObject) -> None:
    ends = [data.draw(some.sampled_from(["\n", "\r\n", "\r"])) for _line in lines]
    last = data.draw(some.booleans())
    written = "".join(line + end for line, end in zip(lines, ends, strict=True)) + ("fin" if last else "")
    expected = re.split("\r\n|\n|\r", written)
    expected = expected if expected[-1] else expected[:-1]
    found = decode(written.encode()).lines
    assert list(found) == expected
    start = data.draw(some.integers(-3, 9))
    assert list(found[start:]) == expected[start:]
    if expected:
        assert found[-1] == expected[-1]
    with pytest.raises(IndexError):
        found[len(expected)]
    with pytest.raises(ValueError, match="in order"):
        found[::2]


def test_a_national_file_is_not_held_in_memory_a_second_time() -> None:
    elsewhere = annuaire_line(**{"Code commune (coord. structure)": "42001", "Nom d'exercice": "X" * 400})
    content = "\n".join([HEADING, *[elsewhere] * 20_000]).encode()
    tracemalloc.start()
    try:
        found = annuaire_sante.read(decode(content).lines, Gazetteer([Town("00038")]), ("00",))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.passed_over == 20_000
    assert peak < len(content) / 2


def test_a_quoted_cell_ends_somewhere() -> None:
    long = ['structureet;"A', *["suite"] * 8]
    assert [row.line for row in rows(long, ";", ("structureet",))] == list(range(1, 10))


def test_the_places_of_professionals() -> None:
    postcode, town = "Code postal (coord. structure)", "Libellé commune (coord. structure)"
    code, box = "Code commune (coord. structure)", "Bureau cedex (coord. structure)"
    heading = "|".join([*annuaire_sante.COLUMNS, town, box, "Indice répétition voie (coord. structure)"])

    def line(*more: str, **cells: str) -> str:
        return "|".join([annuaire_line(**cells), *more])

    found = annuaire_sante.read(
        [
            heading,
            line(
                "",
                "71018 MACON CEDEX",
                "B",
                **{code: "", postcode: "71018", "Numéro Voie (coord. structure)": "12"},
            ),
            line("PARIS 16", "", "", **{code: "75116", postcode: "75016"}),
            line("", "", "", **{code: "42001", postcode: "42000"}),
            line("", "", "", **{code: "99132", postcode: "GL50"}),
            line("", "", "", **{code: "", postcode: "GL50"}),
        ],
        COUNTRY,
    )
    assert [(one.commune, one.address) for one in found.activities] == [
        ("71270", "12 B"), ("75056", ""), ("", ""),
    ]  # fmt: skip
    assert faults(found) == [(2, Fault.DEDUCED_COMMUNE), (6, Fault.UNKNOWN_SITE)]
    assert found.passed_over == 2


# FINESS+


def plus_site(number: str = "710781089", *, state: str = "A", **address: Any) -> dict[str, Any]:
    where = {"coordonneeX": "4.06", "coordonneeY": "46.6", "cleInInteropBAN": "71230_0020_00004"}
    return {
        "informationsGeneralesEGE": {
            "numFinessEge": number, "nomEgeCourt": "SAULES", "nomEgeLong": None, "dateFermeture": None,
        },
        "categorieentiteGeographiqueExercice": "500",
        "etatObjet": state,
        "adresse": [
            {
                "usageAdresse": "03", "numeroVoie": "4", "typeVoie": "R", "libelleVoie": "DU PRÉ",
                "lieuDit": "LE BOURG", "cogCommune": "71230", "codePostal": "71130",
                "ligneAcheminement": "GUEUGNON", "coordonneesGeographique": where, **address,
            }
        ],
    }  # fmt: skip


def plus(*sites: Mapping[str, Any]) -> bytes:
    document = {"schemaVersion": "v1.0.0", "pmej": [{"ege": list(sites)}], "gco": [], "gcc": []}
    return json.dumps(document).encode()


def read_plus(*sites: Mapping[str, Any], departements: tuple[str, ...] = ()) -> Reading:
    return finess_plus.read(opened(Format.FINESS, plus(*sites)).document, COUNTRY, departements)


def test_the_sites_of_finess_plus_are_read() -> None:
    closed = plus_site("710976705", state="I")
    closed["informationsGeneralesEGE"]["dateFermeture"] = "2025-12-31"
    several = plus_site("710780958")
    several["adresse"].insert(0, {"usageAdresse": "04", "cogCommune": "75056"})
    found = read_plus(
        plus_site(), closed, plus_site("710000019", state="I"), several, plus_site("1", state="?")
    )
    one, other = found.establishments
    assert (one.name, one.address, one.commune) == ("SAULES", "4 R DU PRÉ, LE BOURG", "71230")
    assert (one.lon, one.lat, one.precision) == (4.06, 46.6, Precision.ADDRESS)
    assert other.commune == "71230"
    assert [(gone.finess, str(gone.on)) for gone in found.closed] == [
        ("710976705", "2025-12-31"), ("710000019", "None"),
    ]  # fmt: skip
    assert faults(found) == [(4, Fault.OTHER_ADDRESSES), (5, Fault.UNKNOWN_STATE)]
    assert (found.lines, found.passed_over, found.left_out) == (5, 2, 1)


@pytest.mark.parametrize(
    ("where", "fault", "placed"),
    [
        ({"coordonneeX": "46.6", "coordonneeY": "4.06"}, Fault.SWAPPED_COORDINATES, 1),
        (
            {
                "coordonneeX": "781500.0", "coordonneeY": "6612000.0", "directionLatitude": "46.6",
                "directionLongitude": "4.06",
            },
            Fault.SWAPPED_COORDINATES, 1,
        ),
        ({"directionLatitude": "6612000", "directionLongitude": "781500"}, Fault.SWAPPED_COORDINATES, 1),
        ({"coordonneeX": "2.35", "coordonneeY": "48.86"}, Fault.FAR_FROM_COMMUNE, 0),
        ({"coordonneeX": "est", "coordonneeY": "46"}, Fault.WRONG_COORDINATES, 0),
        ({"coordonneeX": "1", "coordonneeY": "700"}, Fault.WRONG_COORDINATES, 0),
        ({"coordonneeX": "4,06", "coordonneeY": "46,6"}, None, 1),
        ({}, None, 0),
        (None, None, 0),
        ("ailleurs", None, 0),
    ],
)  # fmt: skip
def test_coordinates_of_finess_plus(where: object, fault: Fault | None, placed: int) -> None:
    found = read_plus(plus_site(coordonneesGeographique=where))
    assert faults(found) == ([(1, fault)] if fault else [])
    assert (found.placed, found.at_centre) == (placed, 1 - placed)


def test_degrees_swapped_overseas_are_told_from_right_ones() -> None:
    address = {"cogCommune": "97411", "codePostal": "97400", "ligneAcheminement": "SAINT DENIS"}
    for x, y, told in (("55.46", "-20.89", []), ("-20.89", "55.46", [(1, Fault.SWAPPED_COORDINATES)])):
        found = read_plus(plus_site(coordonneesGeographique={"coordonneeX": x, "coordonneeY": y}, **address))
        assert faults(found) == told
        assert (found.establishments[0].lon, found.establishments[0].lat) == (55.46, -20.89)


@given(
    some.recursive(
        some.none() | some.text(max_size=8) | some.integers() | some.booleans(),
        lambda inner: (
            some.lists(inner, max_size=3)
            | some.dictionaries(
                some.sampled_from(
                    [
                        "pmej",
                        "ege",
                        "adresse",
                        "etatObjet",
                        "informationsGeneralesEGE",
                        "coordonneesGeographique",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_document_breaks_the_reader(document: object) -> None:
    finess_plus.read(document, COUNTRY)
    finess_plus.read({"pmej": [{"ege": [{"etatObjet": "A", "adresse": [document]}]}]}, COUNTRY)


# What a file seems to be


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A ZIP that says no hour: the names of tests, which its bytes are, are the same in each process."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()


SITES = f"finess;etalab;111;2026-05-12\n{site_line()}\n".encode()
DIPLOMAS = "Type d'identifiant PP|Identifiant PP|Code diplôme obtenu|\n".encode()
TITLED = b"nofinesset;nofinessej;rs;rslongue\n710781089;;LES SAULES;\n"


@pytest.mark.parametrize(
    ("content", "seems"),
    [
        (b"", Seems.EMPTY),
        (b"\xef\xbb\xbf \r\n", Seems.EMPTY),
        (b"\n" * 70_000 + SITES, Seems.TEXT),
        (b"finess;etalab;111;2026-05-12\nstructureej;710780958;CH\n", Seems.FINESS_LEGAL),
        (b"finess;etalab;111;2026-05-12\nequipementsocial;710780958\n", Seems.FINESS_OTHER),
        (b"finess;etalab;111;2026-05-12\n", Seems.FINESS_HEADING),
        (TITLED, Seems.FINESS_TITLED),
        (DIPLOMAS, Seems.ANNUAIRE_DIPLOMAS),
        (b"Identifiant PP|Code savoir-faire|\n", Seems.ANNUAIRE_SKILLS),
        (b"Identifiant PP|Autre|\n", Seems.ANNUAIRE_OTHER),
        (HEADING.encode("cp1252"), Seems.ANNUAIRE),
        (b"{}", Seems.JSON),
        (b"[1, 2]", Seems.JSON),
        (b'{"pmej": [', Seems.BROKEN_JSON),
        (b'{"pmej": [{"activitesAutorisees": []}]}', Seems.FINESS_PLUS_ACTIVITIES),
        (b"<!DOCTYPE html><html>", Seems.WEB_PAGE),
        (b"a;b;c;d\n", Seems.TABLE),
        (b"bonjour", Seems.TEXT),
        (b"%PDF-1.7", Seems.BINARY),
        (b"\x00\x01\x02\x03texte", Seems.BINARY),
        (b"\xff\xee\xdd", Seems.BINARY),
        (b"PK\x03\x04\x81\x8d", Seems.BROKEN_ARCHIVE),
        (b"\x1f\x8b\x08tronque", Seems.BROKEN_ARCHIVE),
        (zipped(("[Content_Types].xml", b"<x/>")), Seems.SPREADSHEET),
        (zipped(), Seems.EMPTY),
        (zipped(("dossier/", b"")), Seems.EMPTY),
        (zipped(("a.csv", SITES), ("b.csv", SITES)), Seems.ARCHIVE),
        (gzip.compress(TITLED, mtime=0), Seems.FINESS_TITLED),
    ],
)
def test_a_file_that_is_not_the_expected_one_is_refused_by_name(content: bytes, seems: Seems) -> None:
    format = Format.FINESS
    with pytest.raises(WrongFileError) as refused:
        opened(format, content)
    assert (refused.value.format, refused.value.seems) == (format, seems)


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lambda one: zipped(("readme.txt", b"lisez"), ("f", one))]
)
@pytest.mark.parametrize(
    ("format", "content", "seems"),
    [
        (Format.FINESS, SITES, Seems.FINESS),
        (Format.FINESS, SITES.decode().encode("utf-16"), Seems.FINESS),
        (Format.FINESS, plus(plus_site()), Seems.FINESS_PLUS),
        (Format.ANNUAIRE, HEADING.encode(), Seems.ANNUAIRE),
    ],
)
def test_the_expected_file_is_opened_packed_or_not(
    pack: Any, format: Format, content: bytes, seems: Seems
) -> None:
    assert opened(format, pack(content)).seems is seems
    other = Format.ANNUAIRE if format is Format.FINESS else Format.FINESS
    with pytest.raises(WrongFileError):
        opened(other, pack(content))


def test_a_file_packed_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maillage.directory.rules.seeming.LARGEST", 10)
    for packed in (gzip.compress(b"x" * 11), zipped(("a", b"x" * 11))):
        with pytest.raises(WrongFileError) as refused:
            opened(Format.FINESS, packed)
        assert refused.value.seems is Seems.TOO_LARGE


# Real files, where they are


@pytest.mark.skipif(not REAL.exists(), reason="the real registers are not on this machine")
def test_the_real_sample_of_finess_plus() -> None:
    (sample,) = (REAL / "finess_plus").glob("finess-structures-*.gz")
    document = opened(Format.FINESS, sample.read_bytes()).document
    sites = list(finess_plus._sites(document))
    codes = {address["cogCommune"] for site in sites for address in site["adresse"]}
    found = finess_plus.read(document, Gazetteer(Town(code) for code in codes))
    assert (found.lines, len(found.closed), found.left_out) == (1753, 912, 0)
    assert found.rows == 245
    assert found.placed >= 190
