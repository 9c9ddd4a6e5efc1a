"""Rule files: read once, dated, and refused with the exact place of each defect."""

from datetime import date
from pathlib import Path

import pytest

from maillage.kernel import checks, sourced_rules
from maillage.kernel.sourced_rules import SourcedRule, UnknownRuleError, read

GOOD = """
[[rule]]
key = "territory.apl.low"
label = "Accès faible"
value = 2.5
unit = "consultations par an"
source = "Arrêté"
certainty = "vu"
valid_from = 2018-01-01
"""


def file_with(folder: Path, text: str, name: str = "apl.toml") -> Path:
    (folder / "sourced").mkdir(exist_ok=True)
    (folder / "sourced" / name).write_text(text, encoding="utf-8")
    return folder


def rules_of(folder: Path) -> list[SourcedRule]:
    rules, defects = read([("territory", folder)])
    assert defects == []
    return rules


def defects_of(folder: Path) -> list[str]:
    return read([("territory", folder)])[1]


def test_a_rule_is_read_with_its_owner(tmp_path: Path) -> None:
    (rule,) = rules_of(file_with(tmp_path, GOOD))
    assert rule == SourcedRule(
        key="territory.apl.low",
        label="Accès faible",
        value=2.5,
        unit="consultations par an",
        source="Arrêté",
        source_url="",
        certainty="vu",
        valid_from=date(2018, 1, 1),
        valid_to=None,
        note="",
        context="territory",
        file="territory/sourced/apl.toml",
    )
    assert rule.holds(date(2018, 1, 1))
    assert not rule.holds(date(2017, 12, 31))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("label =", "libelle ="), "champ libelle : est inconnu"),
        (('unit = "consultations par an"\n', ""), "champ unit : est absent"),
        (('"vu"', '"sûr"'), "champ certainty : doit être l’un de vu, vu_tiers"),
        (("value = 2.5\n", ""), "champ value : est absent"),
        (("2018-01-01", '"2018-01-01"'), "champ valid_from : doit être une date"),
        (("2018-01-01", "2018-01-01T00:00:00"), "champ valid_from : doit être une date"),
        (("2018-01-01", "2018-01-01\nvalid_to = 2017-01-01"), "champ valid_to : précède"),
        (("2018-01-01", '2018-01-01\nsource_url = "legifrance"'), "champ source_url : doit commencer"),
        (("territory.apl.low", "apl.low"), "champ key : doit s’écrire « territory.sujet.nom »"),
        (("territory.apl.low", "territory.Accès"), "champ key : doit s’écrire"),
        (('"Arrêté"', '" "'), "champ source : ne doit pas être vide"),
        (('"Arrêté"', "12"), "champ source : doit être un texte"),
        (("[[rule]]", "[[regle]]"), "ne doit contenir que des tables [[rule]]"),
        (("[[rule]]", "[[rule]"), "n’est pas du TOML lisible"),
    ],
)
def test_a_defect_names_file_rule_and_field(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    defects = defects_of(file_with(tmp_path, GOOD.replace(*change)))
    assert all(defect.startswith("territory/sourced/apl.toml") for defect in defects)
    assert says in "\n".join(defects).replace("\N{NO-BREAK SPACE}", " ")


def test_a_rule_without_key_is_named_by_its_place(tmp_path: Path) -> None:
    text = GOOD + GOOD.replace('key = "territory.apl.low"\n', "")
    assert "règle n° 2, champ key" in defects_of(file_with(tmp_path, text))[0]


def test_what_is_not_established_may_have_no_value(tmp_path: Path) -> None:
    text = GOOD.replace("value = 2.5\n", "").replace('"vu"', '"non_etabli"')
    assert rules_of(file_with(tmp_path, text))[0].value is None


def test_periods_of_one_key_may_not_overlap_even_across_files(tmp_path: Path) -> None:
    file_with(tmp_path, GOOD + "valid_to = 2020-12-31\n")
    file_with(tmp_path, GOOD.replace("2018-01-01", "2021-01-01"), "later.toml")
    assert len(rules_of(tmp_path)) == 2
    file_with(tmp_path, GOOD.replace("2018-01-01", "2020-12-31"), "later.toml")
    (defect,) = defects_of(tmp_path)
    assert "territory/sourced/later.toml" in defect
    assert "chevauche celle du 2018-01-01" in defect
    file_with(tmp_path, GOOD)
    assert len(defects_of(tmp_path)) == 1


def test_the_installed_rules_are_sound_and_read_once() -> None:
    assert checks.check_sourced_rules() == []
    assert sourced_rules.all_rules() is sourced_rules.all_rules()


def test_a_rule_is_found_by_key_and_day() -> None:
    rule = sourced_rules.rule("kernel.identifiers.rpps")
    assert rule.value == 11
    assert sourced_rules.rule("kernel.identifiers.rpps", date(2024, 1, 1)) == rule
    assert sourced_rules.history("kernel.identifiers.rpps") == (rule,)
    with pytest.raises(UnknownRuleError, match="1900-01-01"):
        sourced_rules.rule("kernel.identifiers.rpps", date(1900, 1, 1))
    with pytest.raises(UnknownRuleError, match=r"kernel\.nothing"):
        sourced_rules.rule("kernel.nothing")


def test_the_start_check_reports_every_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    from django.apps import apps

    file_with(tmp_path, GOOD.replace('"vu"', '"sûr"').replace("territory.", "kernel."))
    monkeypatch.setattr(apps.get_app_config("kernel"), "path", str(tmp_path))
    sourced_rules.all_rules.cache_clear()
    try:
        (error, *_others) = checks.check_sourced_rules()
    finally:
        sourced_rules.all_rules.cache_clear()
    assert error.id == "kernel.E001"
    assert "kernel/sourced/apl.toml" in error.msg
