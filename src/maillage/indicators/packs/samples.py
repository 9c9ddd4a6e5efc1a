"""A small invented territory in the flat form: people, requests, stays, acts, visits, answers; fixed seed.

Nobody of it exists. Communes differ, the desk improves over the last months: there is something to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from maillage.indicators.rules.periods import Period

SEED = 20261130
PEOPLE = 4_000
#: Principal diagnoses drawn for stays: some of the lists of avoidable ones, most not.
_DIAGNOSES = (
    "I50.0",
    "J44.1",
    "J45.9",
    "E11.5",
    "N10",
    "J18.1",
    "S72.0",
    "K35.8",
    "C50.9",
    "I21.9",
    "M17.1",
    "H25.9",
)
_WEIGHTS = (0.07, 0.05, 0.02, 0.03, 0.03, 0.04, 0.1, 0.12, 0.12, 0.1, 0.16, 0.16)
_QUESTIONS = ("temps d’écoute", "confiance", "délai")


def write_sample(
    folder: Path, *, communes: Mapping[str, float], period: Period, last_day: date, people: int = PEOPLE
) -> None:
    """Write the files of the flat form in a folder, over the days of `period` until `last_day`.

    `communes`: how many people live in each, by code; they are drawn in proportion.
    """
    rng = np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    codes = sorted(communes)
    shares = np.array([communes[code] for code in codes], float)
    home = rng.choice(len(codes), people, p=shares / shares.sum())
    # Each commune has a level of its own, that its figures share.
    level = rng.normal(0, 0.35, len(codes))
    born = last_day.year - np.clip(rng.gamma(2.6, 17, people), 0, 99).astype(int)
    age = last_day.year - born
    sex = np.where(rng.random(people) < 0.52, "F", "M")
    # One household in seven or so, more where the level is high.
    poor = rng.random(people) < np.clip(0.14 * np.exp(level[home]), 0, 0.6)
    doctor = rng.random(people) > np.clip(0.11 * np.exp(level[home]) * np.where(poor, 1.6, 1.0), 0, 0.7)
    ill = rng.random(people) < np.clip((age - 20) / 160, 0.01, 0.5)
    names = [f"P{number:06d}" for number in range(people)]
    _write(
        folder / "personnes.csv",
        ("personne", "annee_naissance", "sexe", "commune", "medecin_traitant", "ald", "c2s"),
        (
            (
                names[one],
                born[one],
                sex[one],
                codes[home[one]],
                _flag(doctor[one]),
                _flag(ill[one]),
                _flag(poor[one]),
            )
            for one in range(people)
        ),
    )
    days = (min(period.end, last_day + timedelta(days=1)) - period.start).days
    weight = np.clip(age / 50, 0.3, None) * np.exp(level[home])
    _write_stays(folder, rng, names, weight, period.start, days)
    _write_acts(folder, rng, names, home, level, period.start, days)
    _write_requests(folder, rng, names, home, codes, period.start, days)
    _write_answers(folder, rng, home, codes, period.start, days)


def _write_stays(
    folder: Path, rng: np.random.Generator, names: list[str], weight: np.ndarray, start: date, days: int
) -> None:
    """Stays one after the other for each person: none overlaps."""
    rows, number = [], 0
    counts = rng.poisson(0.2 * days / 365 * weight / weight.mean())
    for person in np.flatnonzero(counts):
        day = 0
        for _stay in range(counts[person]):
            # One in five comes back within weeks.
            spread = days // int(counts[person])
            day += (
                int(rng.integers(4, 28))
                if day and rng.random() < 0.2
                else int(rng.integers(1, max(spread, 2)))
            )
            length = int(rng.integers(0, 9))
            if day + length >= days:
                break
            number += 1
            code = _DIAGNOSES[rng.choice(len(_DIAGNOSES), p=_WEIGHTS)]
            entry = ("domicile", "urgences", "transfert")[rng.choice(3, p=(0.55, 0.4, 0.05))]
            left = ("domicile", "transfert", "deces")[rng.choice(3, p=(0.94, 0.04, 0.02))]
            kind = ("mco", "seance", "palliatif")[rng.choice(3, p=(0.93, 0.05, 0.02))]
            rows.append((
                f"S{number:06d}", names[person], start + timedelta(days=day),
                start + timedelta(days=day + length), entry, left, kind,
                "" if rng.random() < 0.02 else code, _flag(rng.random() < 0.3),
            ))  # fmt: skip
            day += length + 1
    _write(
        folder / "sejours.csv",
        (
            "sejour", "personne", "date_entree", "date_sortie", "mode_entree", "mode_sortie", "nature",
            "diagnostic_principal", "programme",
        ),
        rows,
    )  # fmt: skip


def _write_acts(
    folder: Path, rng: np.random.Generator, names: list[str], home: np.ndarray, level: np.ndarray,
    start: date, days: int,
) -> None:  # fmt: skip
    count = int(len(names) * 5 * days / 365)
    who, when = rng.integers(0, len(names), count), rng.integers(0, days, count)
    town = rng.random(count) < np.clip(0.88 - 0.08 * level[home[who]], 0.5, 0.98)
    _write(
        folder / "actes.csv",
        ("personne", "date", "lieu"),
        (
            (names[one], start + timedelta(days=int(day)), "ville" if is_town else "hopital")
            for one, day, is_town in zip(who, when, town, strict=True)
        ),
    )
    visits = int(len(names) * 0.3 * days / 365)
    who, when = rng.integers(0, len(names), visits), rng.integers(0, days, visits)
    _write(
        folder / "passages.csv",
        ("passage", "personne", "date", "hospitalise"),
        (
            (f"U{number:06d}", names[one], start + timedelta(days=int(day)), _flag(rng.random() < 0.25))
            for number, (one, day) in enumerate(zip(who, when, strict=True))
        ),
    )


def _write_requests(
    folder: Path, rng: np.random.Generator, names: list[str], home: np.ndarray, codes: Sequence[str],
    start: date, days: int,
) -> None:  # fmt: skip
    rows, number = [], 0
    for day in range(days):
        # Over the last third the desk decides faster, and gives hours sooner.
        late = day > 2 * days / 3
        for _call in range(int(rng.poisson(7))):
            number += 1
            person = int(rng.integers(0, len(names)))
            called = datetime.combine(start + timedelta(days=day), datetime.min.time(), UTC) + timedelta(
                minutes=int(rng.integers(7 * 60, 21 * 60))
            )
            answered = called + timedelta(seconds=int(rng.gamma(2, 22)))
            decided = answered + timedelta(minutes=float(rng.gamma(3, 2.2 if late else 3.4)))
            hour = ""
            if rng.random() < 0.55:
                hour = _instant(decided + timedelta(hours=float(rng.gamma(2, 11 if late else 19))))
            rows.append((
                f"D{number:06d}", names[person], codes[home[person]], start + timedelta(days=day),
                ("P1", "P2", "P3")[rng.choice(3, p=(0.1, 0.5, 0.4))], _instant(called),
                "" if rng.random() < 0.03 else _instant(answered),
                "" if rng.random() < 0.04 else _instant(decided), hour, _flag(rng.random() < 0.03),
            ))  # fmt: skip
    _write(
        folder / "demandes.csv",
        (
            "demande", "personne", "commune", "jour", "priorite", "appel", "decroche", "decision",
            "rendez_vous", "sans_objet",
        ),
        rows,
    )  # fmt: skip


def _write_answers(
    folder: Path, rng: np.random.Generator, home: np.ndarray, codes: Sequence[str], start: date, days: int
) -> None:
    rows = []
    for number in range(int(0.6 * days)):
        mark = rng.choice((1, 2, 3, 4, 5), p=(0.04, 0.08, 0.16, 0.38, 0.34))
        rows.append((
            f"R{number:05d}", start + timedelta(days=int(rng.integers(0, days))), codes[home[number]],
            _QUESTIONS[number % len(_QUESTIONS)], "" if rng.random() < 0.05 else mark,
        ))  # fmt: skip
    _write(folder / "reponses.csv", ("reponse", "date", "commune", "question", "note"), rows)


def _write(path: Path, head: Sequence[str], rows: Any) -> None:
    lines = [";".join(head), *(";".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _flag(value: Any) -> str:
    return "1" if value else "0"
