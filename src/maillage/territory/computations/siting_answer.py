"""« Where to open? » asked by a program: words and numbers checked, the answer as a dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, cast

from django.utils.translation import override

from maillage.engines import siting
from maillage.engines.siting import Objective
from maillage.territory import queries
from maillage.territory.atlas import Atlas, current
from maillage.territory.computations import siting_words as words
from maillage.territory.computations.siting import (
    AIMS,
    MOST_SITES,
    OPENINGS,
    Question,
    Siting,
    default_minutes,
    longest,
    publics,
    where_to_open,
)
from maillage.territory.computations.travel_words import travel_sentence
from maillage.territory.models import Territory


class QuestionError(ValueError):
    """A question that cannot be answered; the message (French) says which word or number to change."""


@dataclass(frozen=True, slots=True)
class SitingAnswer:
    """The answer for a program: `told` is a text in French."""

    territory: Territory
    atlas: Atlas
    found: Siting
    told: str

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` writes: people are None where statistical secrecy hides them."""
        found, atlas = self.found, self.atlas
        return {
            "territory": self.territory.slug,
            "question": asdict(found.question),
            "sites": [
                {
                    "code": str(atlas.codes[position]),
                    "name": str(atlas.names[position]),
                    "people_added": _shown(found, rank),
                    "mean_minutes": _minutes(found, rank),
                }
                for rank, position in enumerate(found.sites, start=1)
            ],
            "mean_minutes_today": _minutes(found, 0),
            "proven": found.answer.is_proven,
            "gap": found.answer.gain_gap,
            "alternatives": [
                {
                    "code": str(atlas.codes[one.position]),
                    "instead_of": str(atlas.codes[one.instead_of]),
                    "share_of_gain": one.share,
                }
                for one in found.alternatives
            ],
            "estimate": found.travel.is_estimate(found.members),
            "engine": siting.VERSION,
            "told": self.told,
        }


def answer_siting(
    slug: str,
    *,
    opening: str,
    sites: int,
    public: str,
    minutes: int | None,
    aim: str,
    around: bool,
) -> SitingAnswer:
    """Answer a question on the territory of that address; the minutes proposed where `minutes` is None.

    Raises QuestionError, NoPackError.
    """
    with override("fr"):
        atlas = current()
        territory = _territory(slug)
        members = atlas.positions(queries.member_codes(territory))
        if not members.size:
            raise QuestionError(f"Le territoire « {slug} » n’a aucune commune dans le jeu de données.")
        _known("opening", opening, OPENINGS)
        _known("public", public, publics(atlas))
        _known("aim", aim, AIMS)
        _between("sites", sites, MOST_SITES)
        within = default_minutes(opening) if minutes is None else minutes
        _between("minutes", within, longest())
        question = Question(opening, sites, public, within, cast(Objective, aim), around)
        found = where_to_open(atlas, members, queries.halo_positions(territory), question)
        told = [words.finding(atlas, found), words.equity(found) if found.sites.size else ""]
        told += [travel_sentence(found.travel, members), *words.caveats(atlas, found)]
        return SitingAnswer(territory, atlas, found, "\n".join(one for one in told if one))


def _shown(found: Siting, rank: int) -> int | None:
    counted = found.count(found.within(rank) & ~found.within(rank - 1))
    return None if counted.suppressed else round(counted.people)


def _minutes(found: Siting, step: int) -> float | None:
    mean = found.mean(step)
    return None if mean is None else round(mean, 2)


def _territory(slug: str) -> Territory:
    try:
        return queries.territory(slug)
    except Territory.DoesNotExist:
        known = ", ".join(one.slug for one in queries.territories()) or "aucun"
        raise QuestionError(f"Aucun territoire « {slug} ». Territoires connus : {known}.") from None


def _known(word: str, given: str, known: Iterable[str]) -> None:
    if given not in set(known):
        raise QuestionError(f"--{word} : « {given} » n’existe pas ; il y a {', '.join(known)}.")


def _between(word: str, given: int, most: int) -> None:
    if not 1 <= given <= most:
        raise QuestionError(f"--{word} : {given} n’est pas entre 1 et {most}.")
