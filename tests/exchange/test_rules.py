"""Texts hold the closed list and nothing else, fit an SMS, and wait for the morning."""

import dataclasses
import doctest
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.exchange.models import Notification, Parameters, parameters
from maillage.exchange.queries.texts import Names, text_of
from maillage.exchange.rules import channels, masking, sms, texts
from maillage.exchange.rules.channels import Reach, Way, mobile_among, way_for
from maillage.exchange.rules.quiet import first_moment, leaves_at
from maillage.exchange.rules.sms import EXTENSION, GSM7, Length, measure, plain, segments
from maillage.exchange.rules.texts import PlaceholderError, fill, placeholders
from maillage.exchange.rules.vocabulary import Parameter, Template
from maillage.kernel.sourced_rules import history, rule

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
NIGHT = {"begins": time(20), "ends": time(8)}


@pytest.mark.parametrize("module", [channels, masking, parameters, sms, texts])
def test_the_examples_of_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0


def test_the_parameters_are_the_closed_list() -> None:
    assert {one.name for one in dataclasses.fields(Parameters)} == {one.value for one in Parameter}
    assert {one.value for one in Parameter} == {
        "when", "previous", "until", "day", "professional", "commune", "sector", "phone", "link",
        "reference", "count", "late",
    }  # fmt: skip


@pytest.mark.parametrize("template", Template)
def test_every_version_of_a_template_asks_the_same_of_the_closed_list(template: Template) -> None:
    for version in history(f"exchange.template.{template.value}"):
        assert set(version.value) == {"fr", "en", "fr_subject", "en_subject"}
        assert placeholders(version.value["fr"]) == placeholders(version.value["en"]) != frozenset()
        assert not placeholders(version.value["fr_subject"]) | placeholders(version.value["en_subject"])
        assert len(version.value["fr_subject"]) <= 60


@pytest.mark.parametrize(
    "text", ["{motive}", "{diagnosis}", "{when.year}", "{phone!r}", "{when:%H}", "{0}", "{}"]
)
def test_a_text_that_asks_for_anything_else_is_refused(text: str) -> None:
    with pytest.raises(PlaceholderError):
        placeholders(text)
    with pytest.raises(PlaceholderError):
        fill(text, {})


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("template", Template)
def test_a_text_fits_an_sms_even_with_long_names(template: Template, language: str, settings: Any) -> None:
    settings.PUBLIC_URL = "https://maillage.charolais-brionnais.example.org"
    long_values = {
        "when": "2026-09-30T12:45:00+02:00", "previous": "2026-09-23T12:45:00+02:00",
        "until": "2026-09-30T12:55:00+02:00", "day": "2026-09-30", "professional": 1, "commune": "99001",
        "sector": "Charolais-Brionnais et Val de Loire", "phone": "+33639980001",
        "link": ["agenda:offer", 9**9], "reference": 9**9,
        "count": 9**9, "late": 9**9,
    }  # fmt: skip
    names = Names({1: "Marie-Françoise Aubépine-Châtaignier"}, {"99001": "Saint-Maurice-lès-Châteauneuf"})
    asked = placeholders(rule(f"exchange.template.{template.value}").value[language])
    row = Notification(
        template=template.value, parameters={one.value: long_values[one.value] for one in asked}
    )
    length = measure(plain(text_of(row, names, language=language, zone=PARIS).body))
    assert length.encoding == "gsm-7"
    assert length.segments <= rule("exchange.sms.segments").value


def test_an_sms_is_measured_as_gateways_do() -> None:
    assert measure("") == Length("gsm-7", 0, 1)
    assert measure("é" * 160).segments == 1
    assert measure("€" * 80) == Length("gsm-7", 160, 1)
    assert measure("a" * 152 + "€" * 5) == Length("gsm-7", 162, 2), "an escape is never parted"
    assert measure("a" * 152 + "€" + "a" * 152) == Length("gsm-7", 306, 3)
    assert measure("ж" * 70) == Length("ucs-2", 70, 1)
    assert measure("ж" * 134).segments == 2
    assert measure("ж" * 135).segments == 3
    assert measure("😀") == Length("ucs-2", 2, 1)


def test_typography_becomes_plain_and_other_scripts_stay() -> None:
    assert plain("14\u00a0h\u00a005 – l’été « à Nîmes »…") == '14 h 05 - l\'été "à Nimes"...'
    assert plain("cœur, Žižka, Ж") == "coeur, Zizka, Ж"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Cabinet n° 2, N°3, nº 4, № 5", "Cabinet no 2, No3, no 4, No 5"),
        ("Rendez‑vous l’après‐midi", "Rendez-vous l'après-midi"),
        ("40 m², 10², 5⁵, 1½ h, ½ h", "40 m2, 10^2, 5^5, 1 1/2 h, 1/2 h"),
        ("Łukasz Đoković, İrem Yıldız, Ðóra Þórs", "Lukasz Dokovic, Irem Yildiz, Dora Thors"),
        ("ŒUILLY, Œuilly, sœur", "OEUILLY, Oeuilly, soeur"),
        ("Ngô Đình Diệm, Příbram, Žďár", "Ngo Dình Diem, Pribram, Zdar"),
        ("À ÉVREUX, ÇA, ça", "A ÉVREUX, ÇA, ca"),
        ("25\u00a0€\tdès\u202f8\u2009h", "25 € dès 8 h"),
        (
            "e\u0301te\u0301, x\u0302, zéro\u200bjoint, \u2066ok\u2069, co\u00adupe",
            "été, x, zérojoint, ok, coupe",
        ),
        ("１２３ ﬁn Ａ", "123 fin A"),
        ("a\ud800b", "a?b"),
    ],
)
def test_what_has_an_equal_in_gsm_7_costs_no_more(typed: str, sent: str) -> None:
    assert plain(typed) == sent
    assert measure(plain(typed)).encoding == "gsm-7"


@pytest.mark.parametrize("text", ["Олена", "محمد", "王", "Ελένη", "😀", "37 °C", "5 ‰", "10₂"])
def test_what_would_be_lost_stays(text: str) -> None:
    assert plain(text) == text
    assert measure(plain(text)).encoding == "ucs-2"


def test_every_letter_of_the_languages_of_europe_is_sent_in_gsm_7() -> None:
    letters = [chr(point) for point in (*range(0xC0, 0x180), *range(0x1E00, 0x1F00), 0x218, 0x21A, 0x259)]
    kept = {one for one in letters if measure(plain(one)).encoding != "gsm-7"}
    assert kept <= set("÷ẚẜẝẟỺỻỼỽỾỿ"), kept


@given(st.text(st.sampled_from(sorted(GSM7 | EXTENSION))))
def test_what_is_gsm_7_already_is_left_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text())
def test_plain_is_done_once_and_never_costs_more(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert measure(once).encoding == "gsm-7" or {*once} - GSM7 - EXTENSION
    assert once or not any(one.isalnum() for one in text), "no letter and no digit goes away"


@given(
    st.text(st.one_of(st.sampled_from("aé€^[😀ж𝒳"), st.characters(exclude_categories=["Cs"])), max_size=600)
)
def test_segments_hold_the_whole_text_and_part_no_character(text: str) -> None:
    parts, length = segments(text), measure(text)
    assert "".join(parts) == text
    assert len(parts) == length.segments
    if length.encoding == "gsm-7":
        units = [sum(1 if one in GSM7 else 2 for one in part) for part in parts]
        alone, linked = 160, 153
    else:
        units = [len(part.encode("utf-16-be")) // 2 for part in parts]
        alone, linked = 70, 67
    assert sum(units) == length.units
    assert all(count <= (alone if len(parts) == 1 else linked) for count in units)
    assert len(parts) == 1 or length.units > alone
    assert all(count >= linked - 1 for count in units[:-1]), "each is filled before the next"


def paris(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        (paris(14, 14), paris(14, 14)),
        (paris(14, 8), paris(14, 8)),
        (paris(14, 19, 59), paris(14, 19, 59)),
        (paris(14, 20), paris(15, 8)),
        (paris(14, 23, 59), paris(15, 8)),
        (paris(15, 2), paris(15, 8)),
        (paris(28, 22), paris(29, 8)),  # clocks go forward in the night
        (paris(24, 22, month=10), paris(25, 8, month=10)),  # and back
        (paris(28, 23, month=2), paris(1, 8)),
    ],
)
def test_what_does_not_press_waits_for_the_morning(at: datetime, leaves: datetime) -> None:
    found = first_moment(at, **NIGHT, zone=PARIS)
    assert found == leaves
    assert found.timestamp() == leaves.timestamp()


def test_the_night_of_the_clock_change_is_an_hour_shorter_then_longer() -> None:
    spring, autumn = paris(28, 22), paris(24, 22, month=10)
    waits = [first_moment(at, **NIGHT, zone=PARIS).timestamp() - at.timestamp() for at in (spring, autumn)]
    assert waits == [9 * 3600, 11 * 3600]


def test_the_night_is_that_of_the_territory_and_may_begin_after_midnight() -> None:
    noon = paris(14, 17)  # 20 h in La Réunion
    assert first_moment(noon, **NIGHT, zone=REUNION) == datetime(2026, 3, 15, 8, tzinfo=REUNION)
    after = {"begins": time(1), "ends": time(6)}
    assert first_moment(paris(14, 2), **after, zone=PARIS) == paris(14, 6)
    assert first_moment(paris(14, 0, 30), **after, zone=PARIS) == paris(14, 0, 30)


def test_what_would_be_useless_in_the_morning_leaves_at_once() -> None:
    at = paris(14, 22)
    assert leaves_at(at, not_after=at + timedelta(minutes=30), **NIGHT, zone=PARIS) == at
    assert leaves_at(at, not_after=at + timedelta(days=2), **NIGHT, zone=PARIS) == paris(15, 8)
    assert leaves_at(at, not_after=None, **NIGHT, zone=PARIS) == paris(15, 8)


@pytest.mark.parametrize(
    ("reach", "way"),
    [
        (Reach(("+33639980001",), "a@example.org"), Way.SMS),
        (Reach(("+33199000001", "+33739980001")), Way.SMS),
        (Reach(("+262692000001",)), Way.SMS),
        (Reach(("+33199000001",), "a@example.org"), Way.EMAIL),
        (Reach(("+33199000001",)), Way.CALL),
        (Reach(), Way.CALL),
        (Reach(("+33639980001",), "a@example.org", joins_by_phone=True), Way.CALL),
        (Reach(("+33639980001",), "a@example.org", needs_interpreter=True), Way.CALL),
    ],
)
def test_everybody_is_reached_as_they_asked(reach: Reach, way: Way) -> None:
    assert way_for(reach) is way
    assert mobile_among(()) == ""
