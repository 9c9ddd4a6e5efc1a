"""The page of the rules of motives: each of the official list, what happens, its source, found by a word."""

import re
import tomllib
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import maillage.orientation
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.rules.safety import Question
from maillage.territory.api import Territory
from tests.factories import make_person

PAGE = reverse("orientation:motives")
FIFTEEN = "Le 15 tout de suite"
SOURCED = Path(maillage.orientation.__file__).parent / "sourced" / "safety.toml"


def written(name: str) -> dict[str, object]:
    """Return a rule as its file writes it."""
    rules = tomllib.loads(SOURCED.read_text(encoding="utf-8"))["rule"]
    return next(one for one in rules if one["key"] == f"orientation.safety.{name}")


def rows(text: str) -> dict[str, str]:
    """Return the words of each line of the table, by the code of its motive."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    found = {}
    for line in body.split("<tr>")[1:]:
        said = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", line))).replace("\xa0", " ")
        code = re.search(r"M\d\d\.\d\d", said)
        assert code is not None
        found[code[0]] = said
    return found


def read(client: Client, **asked: str) -> str:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_motive_says_what_its_rule_does(client: Client, regulator: Person) -> None:
    api.create_example_sheets(by=None)
    client.force_login(regulator)
    found = rows(read(client))
    assert set(found) == set(api.motive_labels())
    vital, under = set(written("vital")["value"]), dict(written("vital_under_months")["value"])
    assert {code for code, said in found.items() if said.count(FIFTEEN) and code in vital} == vital
    for code, said in found.items():
        assert (FIFTEEN in said) == (code in vital), code
        assert (f"Avant {under.get(code)} mois, le 15" in said) == (code in under), code
    for code in written("questioned")["value"]:
        sheets = api.sheets_for(code)
        says = sheets[0].title if sheets else "aucun rendez-vous, voyez avec le 15"
        assert says in found[code], code
    for code in written("unsheeted")["value"]:
        assert "vérification de vive voix" in found[code].lower()
    for code in set(found) - vital:
        if code.endswith(".00"):
            assert "un motif précis est choisi d’abord" in found[code]


def test_each_rule_is_there_with_its_source_and_its_certainty(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    text = unescape(read(client))
    for name in ("vital", "questioned", "unsheeted", "vital_under_months"):
        assert f'id="orientation.safety.{name}"' in text
        assert reverse("kernel:sourced_rule", args=[f"orientation.safety.{name}"]) in text
        assert str(written(name)["source"]) in text
    for said in rows(text).values():
        assert re.search(r"(à vérifier|non établi|vu)\b", said)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("hemorragie severe", {"M02.02", "M03.19"}),
        ("m03.14", {"M03.14"}),
        ("AVC signes", {"M03.08"}),
        ("licorne", set()),
    ],
)
def test_a_motive_is_found_by_its_words_without_accents(
    client: Client, regulator: Person, asked: str, expected: set[str]
) -> None:
    client.force_login(regulator)
    text = read(client, q=asked)
    assert (set(rows(text)) if expected else set()) == expected
    assert ("Aucun motif ne répond" in text) == (not expected)
    assert f'value="{asked}"' in text


def test_what_is_typed_is_written_as_text(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    assert "<script>x" not in read(client, q="<script>x")


def test_it_reads_in_english(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    client.cookies["django_language"] = "en"
    text = read(client)
    assert "Signs of stroke" in text
    assert "15 at once" in text
    assert "Signes d" not in text
    assert set(rows(read(client, q="stroke"))) >= {"M03.08"}


def test_the_sheets_are_those_of_a_desk_of_the_reader(
    client: Client, regulator: Person, place: Territory
) -> None:
    doctor = make_person("jeanne.sureau", Role.PHYSICIAN, place.scope)
    written_sheet = api.Draft("Digestif du Val", ["M03.21"], [Question("", "Vomit-il ?")], "Réunion", "vu")
    made = api.write_sheet(by=regulator, scope=place.scope, draft=written_sheet)
    made = api.ask_signature(by=regulator, sheet=made, of=doctor)
    made = api.sign_sheet(by=doctor, sheet=made, digest=made.digest)
    client.force_login(regulator)
    assert "Digestif du Val" not in read(client)  # a draft is asked of nobody
    api.publish_sheet(by=regulator, sheet=made)
    link = reverse("orientation:sheet", args=[made.pk])
    assert link in read(client)
    for person, reads in ((doctor, True), (make_person("ana.if", Role.EHPAD, place.scope), True),
                          (make_person("leo.pin", Role.DPO, None), False)):  # fmt: skip
        client.force_login(person)
        text = read(client, bureau=str(place.scope.pk))
        assert ("Digestif du Val" in text) == reads
        assert link not in text


def test_the_desk_and_the_sheets_lead_there(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    for name in ("desk", "call", "sheets"):
        assert PAGE in client.get(reverse(f"orientation:{name}")).content.decode()


def test_its_length_costs_no_statement(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    read(client)
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            read(client)
        counts.append(len(captured))
        api.create_example_sheets(by=None)
    assert counts[0] == counts[1]
