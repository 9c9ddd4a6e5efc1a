"""Names are found by what people type, whatever the marks, the letters or the script."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from maillage.kernel.names import (
    begins_like,
    holds,
    normalise,
    place_holds,
    place_key,
    place_name,
    search_key,
    sought,
    spellings,
)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("D'Artagnan", ["dartagnan", "d artagnan", "d’Artagnan", "artagnan", "DʼARTAGNAN"]),
        ("Dartagnan", ["d'artagnan", "d artagnan"]),
        ("Le Goff", ["legoff", "le goff", "le-goff", "goff", "LE\u00a0GOFF"]),
        ("Legoff", ["le goff", "Le-Goff"]),
        ("M’Baye", ["mbaye", "m baye", "m'baye"]),
        ("De La Tour", ["delatour", "de la tour", "latour", "dela tour", "tour"]),
        ("Delatour", ["de la tour", "de latour"]),
        ("L’Haÿ-les-Roses", ["lhay les roses", "l hay", "hay les roses", "lhaylesroses"]),
        ("Jean\u2011Pierre", ["jean-pierre", "jeanpierre", "jean\u2013pierre", "jean pierre"]),
        ("Łukasz", ["lukasz"]),
        ("Đặng Thị", ["dang thi", "dangthi"]),
        ("Yıldız", ["yildiz"]),
        ("Sørensen", ["sorensen", "soerensen", "SOERENSEN"]),
        ("Müller", ["muller", "mueller", "MUELLER", "mu\u0308ller", "muell"]),
        ("Mueller", ["Müller", "MÜLLER", "mueller"]),
        ("Göbel Jörg", ["goebel", "joerg goebel", "gobel"]),
        ("Schaeffer", ["schäffer", "schaeffer"]),
        ("Håkansson", ["haakansson", "hakansson"]),
        ("Kirkegaard", ["kirkegård"]),
        ("Großmann", ["grossmann", "GROSSMANN", "GROẞMANN"]),
        ("Ægidius", ["aegidius"]),
        ("Œuvrard", ["oeuvrard"]),
        ("Þórður", ["thordur"]),
        ("Sæmundsdóttir", ["saemundsdottir"]),
        ("Guðrún", ["gudrun"]),
        ("\ufb01lali", ["filali"]),
        ("Ｄｕｒａｎｄ", ["durand"]),
        ("Ele\u0301onore", ["éléonore", "eleonore"]),
        ("Nin\u0303o", ["niño", "nino"]),
        ("Faʻa’ā", ["faaa", "fa'a'a"]),
        ("Hernández\u00adSoto", ["hernandezsoto"]),
        ("Иванов", ["иванов", "ИВАНОВ", "ivanov"]),
        ("Γιώργος", ["γιωργος", "Γιώργος", "giorgos"]),
        ("محمد", ["محمد", "mhmd"]),
        ("王晓明", ["王晓明", "王", "wangxiao"]),
        ("נועה", ["נועה"]),
        ("김철수", ["김철수"]),
        ("St-Germain", ["st germain", "saint germain", "saintgermain"]),
        ("Saint-Germain", ["st germain", "ST-GERMAIN", "saint-germain"]),
        ("Stéphanie", ["st", "ste", "stephanie"]),
        ("Stella", ["ste", "stel"]),
    ],
)
def test_a_name_is_found_by_what_people_type(name: str, typed: list[str]) -> None:
    key = search_key(name, "Zoé")
    assert [one for one in typed if not holds(key, one)] == []
    assert all(holds(key, f"{one} zoe") and holds(key, f"zoe {one}") for one in typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Legoff", "goff"),
        ("De La Tour", "detour"),
        ("Stéphanie", "saint"),
        ("Étienne", "st etienne"),
        ("Martin", "marin"),
        ("Durand", ""),
        ("Durand", "’ - \u200b"),
    ],
)
def test_a_name_is_not_found_by_anything_else(name: str, typed: str) -> None:
    assert not holds(search_key(name), typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (
            "Saint-Étienne",
            ["st etienne", "st-etienne", "ST ETIENNE", "saint etienne", "sain", "saintetienne"],
        ),
        ("Sainte-Foy-l’Argentière", ["ste foy", "ste-foy l'argentiere", "sainte foy largentiere"]),
        ("Bourg-en-Bresse", ["bourg en bresse", "bourgenbresse", "bourg"]),
        ("Steenvoorde", ["st", "ste", "steen"]),
        ("L’Étang-Salé", ["letang", "l etang", "etang sale", "l’étang salé"]),
        ("Val-d’Isère", ["val disere", "val d isere", "val d'isere"]),
        ("Paris 3e Arrondissement", ["paris 3", "paris 03", "paris 3eme", "paris 3e"]),
        ("Lyon 1er Arrondissement", ["lyon 1", "lyon 1er", "lyon 01"]),
    ],
)
def test_a_place_is_found_by_what_people_type(name: str, typed: list[str]) -> None:
    assert [one for one in typed if not place_holds(place_key(name), one)] == []


def test_one_place_has_one_name() -> None:
    same = {place_name(one) for one in ("ST-ETIENNE", "St Étienne", "saint\u2010etienne", "Saint’Etienne")}
    assert same == {"saint etienne"}
    assert place_name("Paris 03") == place_name("PARIS 3ème")
    assert place_name("Stenay") == "stenay"


@given(some.text(max_size=60))
def test_a_name_is_normalised_once_and_for_all(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))
    assert not set(once) & set("|%\x00")


@given(some.text(alphabet=some.characters(categories=["L"]), min_size=1, max_size=30))
def test_no_name_of_letters_is_ever_empty(text: str) -> None:
    if not set(text) <= set("ʹʺʻʼʽʾʿˈˊˋ"):
        assert normalise(text)
        assert holds(search_key(text), text)


@settings(max_examples=500)
@given(some.text(max_size=60))
def test_whatever_is_typed_is_looked_for_as_typed_too(text: str) -> None:
    words = normalise(text).split()[:8]
    assert [one[0] for one in sought(text)] == words
    assert spellings(text)[0] == normalise(text)


def test_two_sheets_of_one_name_share_the_beginning_of_their_keys() -> None:
    assert (
        begins_like(search_key("Ève", "Le Goff"))
        == begins_like(search_key("EVE", "LE-GOFF"))
        == "eve le goff"
    )
