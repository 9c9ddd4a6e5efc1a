"""Whether somebody who books for themself, or for whom they help, may be shown a slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from maillage.orientation.models import SafetySheet
from maillage.orientation.queries.lists import motive_rules
from maillage.orientation.queries.safety import sheets_for
from maillage.orientation.rules.ages import months_on
from maillage.orientation.rules.safety import (
    MotiveRule,
    Obstacle,
    Question,
    answers_with_known,
    is_red_flag,
    obstacle,
)
from maillage.orientation.rules.vocabulary import Answer
from maillage.people.api import Patient

#: The key of a question among those of several sheets: the key of its sheet, then its own.
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """What the rule says of a motive at the age of a patient, and of the answers given so far.

    `asked`: the questions that neither the age nor the sex answers, in the order of their sheets. `obstacle`:
    why no slot may be shown; None where one may. `alarms`: the keys of the questions whose answer alarms.
    """

    rule: MotiveRule
    asked: list[tuple[Place, Question]]
    obstacle: Obstacle | None
    alarms: list[Place]


def own_check(patient: Patient, motive: str, said: Mapping[Place, Answer], today: date) -> OwnCheck:
    """Return what `motive` and the answers `said` forbid, for a patient who was read in scope.

    The signs that engage life were asked in writing before: that is the check of a motive without a sheet.
    """
    age = months_on(patient.birth_date, today) if patient.birth_date else None
    found = motive_rules().of(motive, age)
    sheets: list[SafetySheet] = sheets_for(motive, patient.scope)
    asked: list[tuple[Place, Question]] = []
    missing: list[Place] = []
    alarms: list[Place] = []
    for sheet in sheets:
        own = {key: answer for (pk, key), answer in said.items() if pk == sheet.pk}
        answers = answers_with_known(sheet.asked, own, age_months=age, sex=patient.sex)
        for one in sheet.asked:
            place = (sheet.pk, one.key)
            if one.answer_known(age, patient.sex) is None:
                asked.append((place, one))
            if one.key not in answers:
                missing.append(place)
            elif is_red_flag(one, answers[one.key]):
                alarms.append(place)
    why = obstacle(
        found,
        priority="",
        has_red_flag=bool(alarms),
        sheets=len(sheets),
        missing=missing,
        is_checked=True,
    )
    return OwnCheck(found, asked, why, alarms)
