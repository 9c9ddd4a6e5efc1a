"""What a crisis card and a liaison file lack, and who may write what: no database."""

from datetime import date

import pytest

from maillage.care.rules.crisis_card import (
    OF_THE_CARD,
    Around,
    Entry,
    Part,
    changed,
    is_to_revise,
    missing_from_card,
    missing_from_file,
    writable,
)
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule

WHOLE = {
    Entry.WHAT_TO_DO: "Surveiller, appeler le médecin de garde.",
    Entry.HOSPITAL: "avoid",
    Entry.ALLERGY: "no",
    Entry.TREATMENTS: "Anticoagulant.",
    Entry.BASELINE: "Marche aidée.",
    Entry.DIRECTIVES: "no",
    Entry.TRUSTED_PERSON: "Claire Frêne",
    Entry.TO_CALL: "Claire Frêne",
    Entry.TO_CALL_PHONE: "+33639980001",
    Entry.PALLIATIVE: "no",
    Entry.HISTORY: "Hypertension.",
    Entry.PRESCRIPTIONS_ON: date(2026, 11, 1),
    Entry.LABORATORY_ON: date(2026, 10, 1),
}
SURE = Around(is_identified=True, has_doctor=True)


def test_a_blank_card_lacks_every_part_in_reading_order() -> None:
    assert missing_from_card({}) == list(OF_THE_CARD)
    assert OF_THE_CARD[:3] == (Part.WHAT_TO_DO, Part.WISHES, Part.ALLERGIES)


def test_a_whole_card_lacks_nothing_nor_its_file() -> None:
    assert missing_from_card(WHOLE) == []
    assert missing_from_file(WHOLE, SURE) == []


@pytest.mark.parametrize(
    ("entry", "value", "part"),
    [
        (Entry.WHAT_TO_DO, "", Part.WHAT_TO_DO),
        (Entry.HOSPITAL, "", Part.WISHES),
        (Entry.ALLERGY, "", Part.ALLERGIES),
        (Entry.ALLERGY, "yes", Part.ALLERGIES),
        (Entry.DIRECTIVES, "yes", Part.DIRECTIVES),
        (Entry.TRUSTED_PERSON, "", Part.TRUSTED_PERSON),
        (Entry.TO_CALL, "", Part.TO_CALL),
        (Entry.TO_CALL_PHONE, "", Part.TO_CALL),
        (Entry.BASELINE, None, Part.BASELINE),
    ],
)
def test_what_is_not_said_is_told_by_part(entry: Entry, value: str | None, part: Part) -> None:
    assert missing_from_card({**WHOLE, entry: value}) == [part]


def test_yes_is_said_once_which_or_where_is_written() -> None:
    said = {**WHOLE, Entry.ALLERGY: "yes", Entry.ALLERGIES: "Pénicilline"}
    said |= {Entry.DIRECTIVES: "yes", Entry.DIRECTIVES_WHERE: "classeur bleu"}
    assert missing_from_card(said) == []


def test_the_file_asks_for_an_identity_a_doctor_and_its_annexes() -> None:
    assert missing_from_file(WHOLE, Around(is_identified=False, has_doctor=False)) == [
        Part.IDENTITY,
        Part.DOCTOR,
    ]
    assert missing_from_file({**WHOLE, Entry.LABORATORY_ON: None}, SURE) == [Part.ANNEXES]
    assert missing_from_file({**WHOLE, Entry.HISTORY: "", Entry.PALLIATIVE: ""}, SURE) == [
        Part.PALLIATIVE,
        Part.HISTORY,
    ]


def test_each_role_writes_its_own_parts() -> None:
    writers = rule("care.crisis_card.writers").value
    assert writable([Role.PHYSICIAN.value], writers) == frozenset(Entry)
    home = writable([Role.EHPAD.value], writers)
    assert Entry.TO_CALL_PHONE in home
    assert not home & {Entry.WHAT_TO_DO, Entry.TREATMENTS, Entry.ALLERGY, Entry.HISTORY}
    assert Entry.TREATMENTS in writable([Role.NURSE.value], writers)
    assert writable([Role.PHARMACIST.value, Role.REGULATOR.value], writers) == frozenset()


def test_what_changed_is_told_in_reading_order() -> None:
    after = {**WHOLE, Entry.BASELINE: "Au fauteuil.", Entry.WISHES: "Rester ici."}
    assert changed(WHOLE, after) == [Entry.WISHES, Entry.BASELINE]
    assert changed({Entry.WISHES: ""}, {Entry.WISHES: None}) == []


def test_a_card_is_to_revise_once_the_days_have_passed() -> None:
    today = date(2026, 11, 29)
    assert not is_to_revise(date(2026, 5, 30), today, 183)
    assert is_to_revise(date(2026, 5, 29), today, 183)
