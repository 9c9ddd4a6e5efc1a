"""A territory named in plain words is understood before any file is fetched, or refused by name."""

import pytest

from maillage.territory.packs.building import UnknownTerritoryError
from maillage.territory.queries.asked import read_asked
from tests.factories import make_commune

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known() -> None:
    for code, epci, name in (
        ("71001", "200071884", "CC Le Grand Charolais"),
        ("03001", "200071884", "CC Le Grand Charolais"),
        ("08001", "200041630", "CC Ardenne, rives de Meuse"),
        ("50001", "200067205", "CC du Val"),
        ("51001", "200066876", "CC du Val"),
        ("00001", "000000001", "CC Val de Brume"),
    ):
        make_commune(code, departement=code[:2], epci=epci, epci_name=name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("71", "71"),
        (" 71 , 03 ,71", "71,03"),
        ("Saône-et-Loire, allier", "71,03"),
        ("saone et loire;2a", "71,2A"),
        ("département de l’Allier", "03"),
        ("Bretagne", "region:53"),
        ("région Bretagne\n974", "region:53,974"),
        ("region:27", "region:27"),
        ("La Réunion", "974"),
        ("région La Réunion", "region:04"),
        ("CC Le Grand Charolais", "200071884"),
        ("200071884, 200 066 876", "200071884,200066876"),
        ("CC Ardenne, rives de Meuse ; 71", "200041630,71"),
        ("Allier (03), Bretagne (region:53)", "03,region:53"),
        ("France", "france"),
        ("france, 71", "france"),
        ("243500139", "243500139"),
    ],
)
def test_places_are_found_by_name_and_code(text: str, words: str) -> None:
    assert read_asked(text).words == words


def test_what_was_understood_is_told() -> None:
    asked = read_asked("71, CC Le Grand Charolais")
    assert asked.names == "Saône-et-Loire, CC Le Grand Charolais"
    assert asked.departements == {"71", "03"}
    assert read_asked("243500139").departements is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "au moins un territoire"),
        (" , ;\n", "au moins un territoire"),
        ("Saone et Loir", "Vouliez-vous dire : Saône-et-Loire (71)"),
        ("99", "« 99 » n’est pas connu"),
        ("243500138", "« 243500138 » n’est pas connu"),
        ("000000001", "n’est pas connu"),
        ("region:99", "n’est pas connu"),
        ("région Atlantide", "« région Atlantide » n’est pas connu"),
        ("CC du Val", "plusieurs EPCI : donnez le SIREN (200067205, 200066876)"),
        ("71, ../../etc, 03", "« ../../etc » n’est pas connu"),
        ("٧١", "n’est pas connu"),
        ("()", "n’est pas connu"),
        ("x" * 500, "x…"),
        (",".join(f"region:{one}" for one in (*range(10, 60),)), "n’est pas connu"),
    ],
)
def test_a_wrong_word_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(UnknownTerritoryError) as refused:
        read_asked(text)
    assert why in str(refused.value).replace("\xa0", " ").replace("\u202f", " ")


def test_more_than_a_region_may_hold_is_the_country() -> None:
    with pytest.raises(UnknownTerritoryError, match="nommez des régions"):
        read_asked(",".join(f"{code:02d}" for code in range(21, 70)))
