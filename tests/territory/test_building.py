"""`maillage data build` reads files in their exact published shapes and makes a pack of them."""

import gzip
import hashlib
import io
import json
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from maillage.config.installation import LOADERS
from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.territory import api, packs
from maillage.territory.models import DataPack, PackArray
from maillage.territory.packs.building import topology
from maillage.territory.packs.building.communes import full_code, successors_of
from maillage.territory.packs.building.published import Published, Shape, WrongFileError
from maillage.territory.packs.building.sources import sources
from tests.local_server import Day, Served
from tests.territory import published
from tests.territory.building import build, missing, served, table
from tests.territory.published import population

__all__ = ["served"]


# What is in the pack


def test_the_pack_is_sound_and_says_where_all_comes_from(served: Served, tmp_path: Path) -> None:
    built = build(served, tmp_path / "pack")
    report = packs.check(tmp_path / "pack", loaders=LOADERS)
    assert report.is_sound, [str(one) for one in report.defects]
    assert built.changed
    assert built.previous is None
    manifest = json.loads((tmp_path / "pack" / "manifest.json").read_text())
    assert manifest["created"] == "2026-10-01"
    assert manifest["territory"] == {"asked": "71", "communes": 6, "departements": ["71"], "around": []}
    said = {one["source"]: one for one in manifest["sources"]}
    assert set(said) == set(published.every_file())
    assert said["populations"]["sha256"] == hashlib.sha256(published.populations()).hexdigest()
    assert said["populations"]["rows"] == len(published.OLDER)
    assert "PMUN2023" in said["populations"]["columns"]
    assert set(missing(built)) == {"zoning", "cpts", "fragility"}
    assert {one["file"] for one in manifest["files"]} >= {"finess.csv", "annuaire_sante.zip"}
    assert (tmp_path / "pack" / "finess.csv").read_bytes() == published.finess()


def test_codes_keep_their_zeros_and_letters_and_older_communes_are_summed(
    served: Served, tmp_path: Path
) -> None:
    build(served, tmp_path / "pack")
    communes = table(tmp_path / "pack", "communes")
    assert sorted(communes) == sorted(published.COMMUNES)
    merged = sum(map(population, ("71003", "71007", "71008")))
    assert communes["71003"]["pop_municipale"] == merged
    assert communes["75056"]["pop_municipale"] == sum(map(population, published.ARRONDISSEMENTS))
    assert communes["01001"]["pop_municipale"] == population("01001"), "01002 was restored in 1990"
    assert communes["01002"]["pop_2012"] == population("01002") - 80
    assert (communes["2A004"]["nom_departement"], communes["2A004"]["nom_region"]) == (
        "Corse-du-Sud",
        "Corse",
    )
    assert communes["71003"]["nom"] == "Val-d’Œuvre"
    assert (communes["01001"]["epci"], communes["71002"]["nom_epci"]) == (None, "Le Grand Charolais")
    assert (communes["71002"]["lon"], communes["71002"]["position"]) == (4.42, "mairie")
    assert (communes["71006"]["lon"], communes["71006"]["position"]) == (4.55, "centre")
    bands = [
        communes["71001"][band] for band in ("pop_0_15", "pop_16_24", "pop_25_54", "pop_55_64", "pop_65p")
    ]
    people = population("71001")
    assert bands == pytest.approx([people * part for part in (26 / 70, 9 / 70, 0.2, 0.1, 0.2)], abs=0.06)
    assert communes["71001"]["surface_km2"] == pytest.approx(15.3425)


def test_measures_are_counted_averaged_and_left_blank(served: Served, tmp_path: Path) -> None:
    build(served, tmp_path / "pack")
    supply, apl, social = (
        table(tmp_path / "pack", stem) for stem in ("supply_commune", "apl_reference", "social_commune")
    )
    assert supply["71003"]["mg_bpe"] == 2, "one at 71007, which is of it now, and one of its own"
    assert supply["71003"]["mg_liberaux_am_2024"] == supply["71003"]["mg_bpe"]
    assert supply["71006"]["maternites"] == 0
    weights = {code: population(code) for code in ("71003", "71007", "71008")}
    values = {code: 2 + published.OLDER.index(code) / 4 for code in weights}
    expected = sum(round(values[code], 2) * weight for code, weight in weights.items()) / sum(
        weights.values()
    )
    assert apl["71003"]["apl_mg_2022"] == pytest.approx(expected)
    assert apl["71003"]["pop_std_dent_2023"] == pytest.approx(sum(weights.values()) * 1.1)
    assert apl["2A004"]["apl_mg_2023"] is None
    assert "apl_inf_65ans_max_2022" not in apl["71003"]
    assert social["01001"]["niveau_vie_median_2021"] == 21000.5
    assert social["01002"]["taux_pauvrete60_2021"] is None, "secret"
    workforce = pl.read_parquet(tmp_path / "pack" / "demographie_departement.parquet")
    assert workforce.select("annee", "departement", "effectif").row(0) == (2024, "01", 120)
    assert workforce.height == len(published.DEPARTEMENTS)


def test_outlines_share_their_borders_and_those_of_merged_communes_are_joined(
    served: Served, tmp_path: Path
) -> None:
    build(served, tmp_path / "pack", territory="71,75")
    outlines = packs.geometry.contours((tmp_path / "pack" / "communes_france.topojson").read_bytes())
    assert outlines.codes == ("71001", "71002", "71003", "71004", "71005", "71006", "75056")
    pairs = {(outlines.codes[a], outlines.codes[b]) for a, b in outlines.pairs.tolist()}
    assert pairs == {
        ("71001", "71002"),
        ("71002", "71003"),
        ("71001", "71004"),
        ("71002", "71005"),
        ("71003", "71006"),
        ("71004", "71005"),
        ("71005", "71006"),
    }
    drawn = dict(zip(outlines.codes, outlines.boxes.tolist(), strict=True))
    assert drawn["71003"] == pytest.approx([4.5, 46.4, 4.7, 46.6])
    assert json.loads(outlines.geometries[-1])["type"] == "MultiPolygon"


@pytest.mark.django_db
def test_the_pack_is_imported_and_each_column_keeps_its_own_source(
    served: Served, tmp_path: Path, client: Client, coordinator: Person
) -> None:
    frailty = tmp_path / "fragilites.csv"
    frailty.write_bytes(
        published.semicolon_csv(
            ("code", "rg_pop", "sans_mt_16p", "mg_liberaux"),
            [(code, 900, 80, 4) for code in published.COMMUNES],
        )
    )
    build(served, tmp_path / "pack", f"fragility={frailty}")
    report = api.import_pack(by=None, folder=tmp_path / "pack", extra_loaders=LOADERS)
    assert report.communes == len(published.COMMUNES)
    sourced = dict(PackArray.objects.values_list("key", "source"))
    assert sourced["supply_commune.mg_bpe"] == "INSEE, Base permanente des équipements"
    assert sourced["supply_commune.mg_liberaux_am_2024"].startswith("Assurance Maladie")
    assert sourced["communes.pop_65p"].count("INSEE") == 2
    assert api.current_atlas().column("fragilites_commune.sans_mt_16p").tolist() == [80] * len(
        published.COMMUNES
    )
    here = api.create_demonstration_territory(by=None)
    assert (here.name, len(api.member_codes(here))) == ("Saône-et-Loire", 6)
    assert api.create_demonstration_territory(by=None) == here
    two = api.create_demonstration_territory(by=None, where="2A,242000354")
    assert (two.name, api.member_codes(two)) == ("Territoire 2A,242000354", ["2A004", "2B033"])
    for nowhere in ("Atlantide", "region:99"):
        with pytest.raises(api.PerimeterError, match="aucune commune"):
            api.create_demonstration_territory(by=None, where=nowhere)
    client.force_login(coordinator)
    page = client.get(reverse("territory:data")).content.decode()
    assert "Ce qui manque à ce jeu" in page
    assert "Périmètres des CPTS" in page
    assert "donnez --source cpts=FICHIER" in page
    assert {one["source"] for one in DataPack.objects.get().manifest["missing"]} == {"zoning", "cpts"}


# The shapes in which files are published


def test_the_other_layouts_of_a_source_are_read_too(served: Served, tmp_path: Path) -> None:
    reference = published.semicolon_csv(
        ("CODREG", "REG", "CODDEP", "CODARR", "CODCAN", "CODCOM", "COM", "PMUN", "PCAP", "PTOT"),
        [
            (
                "27",
                "Bourgogne-Franche-Comté",
                code[:2].lstrip("0"),
                "1",
                "01",
                code[2:],
                "Mâcon",
                population(code),
                5,
                9,
            )
            for code in published.OLDER
        ],
        encoding="latin-1",
    )
    served.files["populations"] = published.zipped(
        donnees_communes__csv=reference, donnees_regions__csv=b"REG;NBCOM\n1;2\n"
    )
    older = pl.DataFrame({"DEPCOM": ["71001", "71007"], "TYPEQU": ["D201", "D201"], "NB_EQUIP": [3, 2]})
    content = io.BytesIO()
    older.write_parquet(content)
    served.files["bpe"] = content.getvalue()
    long = [
        (code, "COM", measure, value)
        for code in published.OLDER
        for measure, value in (("MED_SL", 20500), ("PR_MD60", "14.5"), ("NUM_PER", population(code)))
    ]
    long.append(("71", "DEP", "MED_SL", 22000))
    served.files["income"] = published.zipped(
        DS_FILOSOFI_CC_data__csv=published.semicolon_csv(
            ("GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "OBS_VALUE"), long
        )
    )
    built = build(served, tmp_path / "pack")
    assert set(missing(built)) == {"zoning", "cpts", "fragility"}
    assert table(tmp_path / "pack", "communes")["01002"]["pop_municipale"] == population("01002")
    assert "pop_2012" not in table(tmp_path / "pack", "communes")["01002"]
    assert table(tmp_path / "pack", "supply_commune")["71003"]["mg_bpe"] == 2
    assert table(tmp_path / "pack", "social_commune")["75056"]["taux_pauvrete60_2021"] == pytest.approx(14.5)


def test_zoning_and_perimeters_are_taken_where_they_are_given(served: Served, tmp_path: Path) -> None:
    zones = published.workbook(
        {
            "Notice": [["Zonage"]],
            "Data": [
                ["Cartosanté"],
                [],
                [],
                ["Code commune", "Libellé", "Zonage MG"],
                *[
                    [code, "nom", zone]
                    for code, zone in zip(published.OLDER, ["ZIP", "ZAC", "Hors zonage"] * 9, strict=False)
                ],
            ],
        }
    )
    (tmp_path / "zonage.xlsx").write_bytes(zones)
    (tmp_path / "cpts.csv").write_bytes(
        b"\xef\xbb\xbf"
        + published.semicolon_csv(
            ("Code INSEE", "Nom CPTS"), [("71001", "CPTS du Val"), ("71008", "CPTS du Val")]
        )
    )
    built = build(
        served, tmp_path / "pack", f"zoning={tmp_path / 'zonage.xlsx'}", f"cpts={tmp_path / 'cpts.csv'}"
    )
    assert set(missing(built)) == {"fragility"}
    zoning = table(tmp_path / "pack", "zonage_commune")
    assert (zoning["01001"]["zip"], zoning["01002"]["zac"], zoning["2A004"]["zip"]) == (1, 1, 0)
    assert {code: row["cpts"] for code, row in table(tmp_path / "pack", "cpts_commune").items()} == {
        "71001": "CPTS du Val",
        "71003": "CPTS du Val",
    }


WRONG = {
    "an empty file": (b"", "vide"),
    "a web page": (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "HTML"),
    "an error in XML": (b'<?xml version="1.0"?><Error>NoSuchKey</Error>', "HTML"),
    "a document": (b"%PDF-1.7 ...", "PDF"),
    "an archive of another kind": (b"7z\xbc\xaf\x27\x1c" + b"x" * 40, "7z"),
    "a truncated archive": (published.ages()[:900], "tronquée"),
    "an archive without the member": (published.zipped(readme__txt=b"hello"), "il manque CODGEO"),
    "a table without the columns": (
        published.semicolon_csv(("CODGEO", "P22_POP"), [("71001", 5)]),
        "POP0002",
    ),
    "another workbook": (published.apl("infirmières"), "il manque"),
    "a table of départements": (
        published.semicolon_csv(
            ["CODGEO", *(f"P22_POP{band}" for band in published.BANDS)], [["71", *[1] * 10]]
        ),
        "ceux de communes",
    ),
    "columns that are shifted": (
        published.semicolon_csv(
            ["CODGEO", *(f"P22_POP{band}" for band in published.BANDS)],
            [[code, "Autun", *[1] * 9] for code in published.COMMUNES],
        ),
        "ne sont pas des nombres",
    ),
    "a table without rows": (
        published.semicolon_csv(["CODGEO", *(f"P22_POP{band}" for band in published.BANDS)], []),
        "aucune ligne",
    ),
    "a spoilt gzip": (gzip.compress(published.ages(), mtime=0)[:-30], "tronquée"),
    "a spoilt parquet": (b"PAR1" + b"x" * 60, "illisible"),
}


@pytest.mark.parametrize(("content", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_named_and_the_others_serve(
    served: Served, tmp_path: Path, content: bytes, why: str
) -> None:
    served.files["ages"] = content
    built = build(served, tmp_path / "pack")
    assert why in missing(built)["ages"]
    assert missing(built)["ages"].startswith("ages (Population par sexe et âge)")
    assert "pop_65p" not in table(tmp_path / "pack", "communes")["71001"]
    served.files["ages"] = published.ages()
    assert "ages" not in missing(build(served, tmp_path / "pack")), "what was wrong is not kept"


@pytest.mark.parametrize(
    ("key", "content", "why"),
    [
        ("places", b'{"code": "71001"}', "API Géo"),
        ("places", b"[{", "illisible"),
        ("places", b'[{"code": "99999"}]', "aucun code"),
        ("apl_mg", published.apl("médecins généralistes", [2015]), "2022, 2023"),
        ("bpe", published.bpe(("D777",)), "équipement"),
        ("workforce", published.income(), "il manque"),
    ],
    ids=("one commune", "cut", "elsewhere", "other years", "other equipment", "another table"),
)
def test_each_reader_refuses_what_is_not_its_own(
    served: Served, tmp_path: Path, key: str, content: bytes, why: str
) -> None:
    served.files[key] = content
    if key == "bpe":
        with pytest.raises(api.BuildError, match=why):
            build(served, tmp_path / "pack")
        assert not (tmp_path / "pack").exists()
    else:
        assert why in missing(build(served, tmp_path / "pack"))[key]


NO_OUTLINES = {
    "a list": b"[]",
    "nothing": b'{"features": []}',
    "no code": b'{"features": [{"properties": {}, "geometry": {}}]}',
    "a point": b'{"features": [{"properties": {"code": "71001"}, '
    b'"geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
}


@pytest.mark.parametrize("content", NO_OUTLINES.values(), ids=NO_OUTLINES.keys())
def test_outlines_that_are_none_are_refused(served: Served, tmp_path: Path, content: bytes) -> None:
    served.files["contours"] = gzip.compress(content)
    with pytest.raises(api.BuildError, match="contour"):
        build(served, tmp_path / "pack")


def test_without_town_halls_the_middle_of_the_outline_stands_in(served: Served, tmp_path: Path) -> None:
    served.always["places"] = Day(status=404)
    built = build(served, tmp_path / "pack")
    digoin = table(tmp_path / "pack", "communes")["71006"]
    assert (digoin["lon"], digoin["lat"], digoin["position"]) == (4.55, 46.45, "contour")
    assert "404" in missing(built)["places"]


def test_a_commune_of_which_nothing_is_known_is_told(served: Served, tmp_path: Path) -> None:
    new = b'"COM","71010","27","71","71D","711","0","NEUVE","Neuve","Neuve","7108",""\r\n'
    served.files["cog"] = (
        published.cog() + new + new.replace(b"71010", b"71004").replace(b"Neuve", b"Doublon")
    )
    built = build(served, tmp_path / "pack")
    assert any("Neuve (71010)" in remark for remark in built.manifest["remarks"])
    assert "71010" not in table(tmp_path / "pack", "communes")


def test_the_history_of_movements_is_followed_and_restored_communes_stay() -> None:
    history = Published(Path(os.devnull), "x")
    assert history.rows == 0
    frame = pl.DataFrame(
        [
            ("32", "2016-01-01", "COM", "01001", "COM", "01003"),
            ("32", "2019-01-01", "COM", "01003", "COM", "01004"),
            ("21", "2020-01-01", "COM", "01004", "COM", "01005"),
            ("50", "2014-01-01", "COM", "01009", "COM", "01009"),
            ("41", "1968-01-01", "COM", "78001", "COM", "95001"),
            ("31", "1970-01-01", "COM", "95001", "COM", "95002"),
            ("31", "1975-01-01", "COM", "60001", "COM", "60002"),
        ],
        schema=["mod", "date", "type_before", "before", "type_after", "after"],
        orient="row",
    )
    found = successors_of(frame, ["01004", "01005", "95002"])
    assert found == {"01001": "01004", "01003": "01004", "78001": "95002", "95001": "95002"}
    assert full_code("2b033") == "2B033"


def test_a_published_table_is_found_among_others_and_under_other_names(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes('Titre;;\n;;\nCode  INSEE;"Libellé";Pop. 2023\n"01001";"A;B";1 234,5\n'.encode("cp1252"))
    found = Published(path, "x").read(Shape({"code": ("code insee",), "pop": (r"pop\. \d+",)}))
    assert found.frame.to_dicts() == [{"code": "01001", "pop": "1 234,5"}]
    assert found.titles == ("Code  INSEE", "Libellé", "Pop. 2023")
    with pytest.raises(WrongFileError, match=r"il manque absent.; le fichier a Code  INSEE"):
        Published(path, "x").read(Shape({"code": ("code insee",), "other": ("absent",)}))


# Which territory, which sources


@pytest.mark.parametrize(
    ("territory", "own", "around"),
    [
        ("71,2a", ["2A", "71"], []),
        ("200071884", ["71"], []),
        ("region:84", ["01"], []),
        ("bourgogne franche comte", ["71"], []),
        ("01, 71", ["01", "71"], []),
        ("France", ["01", "2A", "2B", "71", "75"], []),
    ],
)
def test_a_territory_is_named_in_several_ways(
    served: Served, tmp_path: Path, territory: str, own: list[str], around: list[str]
) -> None:
    place = build(served, tmp_path / "pack", territory=territory).manifest["territory"]
    assert (place["departements"], place["around"]) == (own, around)


def test_départements_in_reach_are_drawn_too(served: Served, tmp_path: Path) -> None:
    near = {"01001": ("L’Abergement", "01", "84", 4.7, 46.4)}
    moved = published.COMMUNES | near
    served.files["places"] = json.dumps(
        [
            {"code": code, "centre": {"type": "Point", "coordinates": [row[3], row[4]]}}
            for code, row in moved.items()
        ]
    ).encode()
    assert build(served, tmp_path / "pack").manifest["territory"]["around"] == ["01"]


@pytest.mark.parametrize("territory", ["", "Atlantide", "99", "region:99", "123456789", "71,Atlantide"])
def test_a_territory_that_is_none_is_refused(served: Served, tmp_path: Path, territory: str) -> None:
    with pytest.raises(api.UnknownTerritoryError, match="n’est pas un territoire connu"):
        build(served, tmp_path / "pack", territory=territory)
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("bpe", "ne dit pas une source"),
        ("=x", "ne dit pas"),
        ("nothing=x.csv", "n’est pas une source"),
        ("bpe=/nowhere/x.csv", "n’existe pas"),
    ],
)
def test_a_source_that_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(api.UnknownSourceError, match=why):
        sources([text])


def test_every_source_says_its_producer_page_licence_vintage_and_certainty() -> None:
    every = sources()
    assert {one.key for one in every} >= {
        "cog",
        "movements",
        "bpe",
        "finess",
        "annuaire_sante",
        "roads",
        "cpts",
    }
    for one in every:
        assert one.licence, one.key
        assert one.vintage, one.key
        assert one.rule.source_url.startswith("https://"), one.key
        assert one.address.startswith("https://") or one.rule.certainty == "non_etabli" or one.on_request, (
            one.key
        )


def test_roads_are_kept_under_a_fixed_name_only_where_they_are_named(served: Served, tmp_path: Path) -> None:
    assert not (build(served, tmp_path / "without").folder / "roads.osm.pbf").exists()
    served.files["roads"] = b"osm" * 100
    built = build(served, tmp_path / "with", f"roads={served.url('roads')}")
    assert (tmp_path / "with" / "roads.osm.pbf").read_bytes() == b"osm" * 100
    entry = next(one for one in built.manifest["files"] if one["file"] == "roads.osm.pbf")
    assert (entry["licence"], entry["bytes"]) == ("ODbL 1.0", 300)
    assert packs.check(tmp_path / "with", loaders=LOADERS).is_sound
    assert (tmp_path / "with" / "mairies.csv").read_text().startswith("code,lon,lat\n71001,4.32,46.53\n")
    bourgogne = next(one for one in sources(["roads=auto"], ["71"]) if one.key == "roads")
    assert bourgogne.address.endswith("/bourgogne-latest.osm.pbf")
    with pytest.raises(api.UnknownSourceError, match="osmium merge"):
        sources(["roads=auto"], ["71", "01"])


# Real files


@pytest.mark.pack
def test_the_outlines_of_a_real_département_keep_their_contiguity(national_pack: Path) -> None:
    drawn = packs.geometry.contours((national_pack / "communes_france.topojson").read_bytes())
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shape)}
        for code, shape in zip(drawn.codes, drawn.geometries, strict=True)
        if code.startswith("71")
    ]
    outlines = topology.outlines_of({"features": features}, "x")
    again = packs.geometry.contours(topology.topojson(outlines, {}).encode())
    assert len(again.codes) == 563

    def pairs(contours: packs.Contours) -> set[tuple[str, ...]]:
        named = ((contours.codes[a], contours.codes[b]) for a, b in contours.pairs.tolist())
        return {tuple(sorted(pair)) for pair in named if all(code.startswith("71") for code in pair)}

    assert pairs(again) == pairs(drawn)


REGISTERS = os.environ.get("MAILLAGE_REGISTERS", "")


@pytest.mark.skipif(not REGISTERS, reason="the national registers are absent: set MAILLAGE_REGISTERS")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "finess/etalab-cs1100502-stock-20260512-extrait.csv",
        "finess_plus/finess-structures-mensuel-202607-echantillon_json.gz",
    ],
)
def test_a_real_register_is_kept_as_published_and_read_by_the_directory(
    served: Served, tmp_path: Path, name: str
) -> None:
    register = Path(REGISTERS) / name
    built = build(served, tmp_path / "pack", f"finess={register}")
    assert "finess" not in missing(built)
    kept = (tmp_path / "pack" / "finess.csv").read_bytes()
    assert kept == register.read_bytes()
    seen = directory.preview(by=None, format=directory.Format.FINESS, content=kept, departements=[],
                             extracted_on=date(2026, 11, 1))  # fmt: skip
    assert seen.reading.lines > 10


@pytest.mark.skipif(not REGISTERS, reason="the national registers are absent: set MAILLAGE_REGISTERS")
def test_a_real_file_of_the_sae_is_refused_as_another_table(served: Served, tmp_path: Path) -> None:
    built = build(served, tmp_path / "pack", f"ages={Path(REGISTERS) / 'sae' / 'URGENCES2_2023r.csv'}")
    assert "il manque" in missing(built)["ages"]


@pytest.mark.django_db
def test_every_page_of_the_diagnosis_opens_on_a_pack_made_of_what_has_an_address(
    served: Served, tmp_path: Path, client: Client, coordinator: Person
) -> None:
    build(served, tmp_path / "pack")
    api.import_pack(by=None, folder=tmp_path / "pack", extra_loaders=LOADERS)
    place = api.create_demonstration_territory(by=None)
    client.force_login(coordinator)
    pages = ["show", "portrait", "supply", "access", "white_zones", "flows", "needs", "what_if", "siting"]
    for page in pages:
        answer = client.get(reverse(f"territory:{page}", kwargs={"slug": place.slug}), follow=True)
        assert answer.status_code == 200, page
