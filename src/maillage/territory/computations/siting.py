"""Where to open: the communes that bring most people within some minutes, or most shorten their journeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maillage.engines import siting
from maillage.engines.siting import Answer, Effort, Objective, Problem
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import counts
from maillage.territory.computations.apl_parameters import parameter_set, reach
from maillage.territory.computations.measure_figures import variable
from maillage.territory.computations.measures import THRESHOLD_RULE, Measure, parts, secrecy_threshold
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.pairs_cache import NationalPairs, national_pairs
from maillage.territory.computations.portrait_measures import ALD, NO_REFERRING_DOCTOR, POPULATION, SHARE_65

Positions = NDArray[np.intp]
Values = NDArray[np.float64]
MINUTES_RULE = "territory.siting.minutes"
NEAR_RULE = "territory.siting.near"
MOST_SITES = 5
SECONDS = 2.0
"""The most that a page waits; the gap then says what is not proved."""
PHARMACIES = "supply_commune.pharmacies"


@dataclass(frozen=True, slots=True)
class Opening:
    """What may open. `supply` is the column of what stands already and serves the same people.

    `near` follows « à 15 min » once it is open, `today` before;
    `only_likely`: in communes that already hold a general practitioner or a pharmacy only.
    """

    key: str
    label: str | Promise
    near: str | Promise
    today: str | Promise
    supply: str
    only_likely: bool = False


@dataclass(frozen=True, slots=True)
class Public:
    """For whom: `measure` counts them by commune in its numerator; `one` and `many` name them."""

    key: str
    label: str | Promise
    one: str | Promise
    many: str | Promise
    measure: Measure


GPS = "supply_commune.mg_liberaux_am_2024"
OPENINGS: dict[str, Opening] = {
    one.key: one
    for one in (
        Opening(
            "consultation",
            _("Une journée de consultation avancée"),
            _("d’un médecin généraliste ou de la consultation"),
            _("d’un médecin généraliste"),
            GPS,
        ),
        Opening(
            "health_house",
            _("Une maison de santé (MSP)"),
            _("d’une maison de santé"),
            _("d’une maison de santé"),
            "supply_commune.msp",
            only_likely=True,
        ),
        Opening(
            "stop",
            _("Un arrêt du médicobus"),
            _("d’un médecin généraliste ou d’un arrêt du médicobus"),
            _("d’un médecin généraliste"),
            GPS,
        ),
    )
}
PUBLICS: dict[str, Public] = {
    one.key: one
    for one in (
        Public("everyone", _("Tous les habitants"), _("habitant"), _("habitants"), POPULATION),
        Public(
            "older",
            _("Les 65 ans et plus"),
            _("habitant de 65 ans et plus"),
            _("habitants de 65 ans et plus"),
            SHARE_65,
        ),
        Public("ald", _("Les assurés en ALD"), _("assuré en ALD"), _("assurés en ALD"), ALD),
        Public(
            "no_doctor",
            _("Les assurés sans médecin traitant"),
            _("assuré sans médecin traitant"),
            _("assurés sans médecin traitant"),
            NO_REFERRING_DOCTOR,
        ),
    )
}
AIMS: dict[Objective, str | Promise] = {
    "coverage": _("Le plus de personnes à portée"),
    "p_median": _("Les trajets les plus courts en moyenne"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: keys of `OPENINGS`, `PUBLICS` and `AIMS`; `around`: communes near the territory too."""

    opening: str
    sites: int
    public: str
    minutes: int
    aim: Objective
    around: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """People of some communes: the middle of the public bounds, or `suppressed` under statistical secrecy."""

    people: float
    suppressed: bool
    blurred: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another choice nearly as good: positions of the commune that enters and of the one that leaves.

    `share`: of the gain of the choice.
    """

    position: int
    instead_of: int
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Siting:
    """The answer to a question about the communes `members` of a territory, positions in the atlas.

    `sites`: the communes to open in, the one that brings most first. `low` and `high`: bounds of the people
    counted in each commune of `members`, different under secrecy. `before`: minutes today, infinite where
    nothing stands anywhere; `steps[k]`: with the first k sites, so that `steps[0]` is `before`. `nearest`: of
    the sites, the nearest to each commune, −1 where what stands is as near. `cap`: minutes beyond which all
    journeys count the same. `candidates`: in how many communes one could open. `travel`: the minutes used.
    """

    question: Question
    answer: Answer
    members: Positions
    sites: Positions
    low: Values
    high: Values
    steps: tuple[Values, ...]
    nearest: Positions
    alternatives: tuple[Alternative, ...]
    candidates: int
    standing: int
    cap: float
    travel: NationalPairs

    @property
    def opening(self) -> Opening:
        """What opens."""
        return OPENINGS[self.question.opening]

    @property
    def public(self) -> Public:
        """For whom."""
        return PUBLICS[self.question.public]

    @property
    def before(self) -> Values:
        """Minutes today."""
        return self.steps[0]

    @property
    def after(self) -> Values:
        """Minutes with every site open."""
        return self.steps[-1]

    @property
    def spared(self) -> Values:
        """Minutes gained, infinite where there was nothing to go to, 0 where there still is not."""
        known = np.isfinite(self.after)
        return np.where(known, self.before - np.where(known, self.after, 0.0), 0.0)

    @property
    def weight(self) -> Values:
        """People by commune, the middle of their bounds."""
        return (self.low + self.high) / 2

    @property
    def everyone(self) -> Counted:
        """All whom the question is about."""
        return self.count(np.ones(self.members.size, dtype=bool))

    def within(self, step: int) -> NDArray[np.bool_]:
        """Which communes are within the minutes asked, with the first `step` sites."""
        return self.steps[step] <= self.question.minutes

    def count(self, where: NDArray[np.bool_]) -> Counted:
        """Return the people of the communes `where`, as they may be published."""
        low, high = float(self.low[where].sum()), float(self.high[where].sum())
        blurred = low != high
        return Counted((low + high) / 2, blurred and low < secrecy_threshold(), blurred)

    def mean(self, step: int) -> float | None:
        """Return the mean minutes of those counted, each at most `cap`; None where there is nobody."""
        people = self.weight.sum()
        if not people:
            return None
        return float(self.weight @ np.minimum(self.steps[step], self.cap) / people)


_found: Memo[Siting] = Memo(64)


def publics(atlas: Atlas) -> dict[str, Public]:
    """Return those whom the pack in use counts."""
    return {
        key: one for key, one in PUBLICS.items() if variable(atlas, one.measure.numerator[0][1]) is not None
    }


def longest() -> int:
    """Return the most minutes that a question may ask: how far the travel times go."""
    return int(reach())


def default_minutes(opening: str) -> int:
    """Return the minutes proposed for an opening."""
    proposed: Mapping[str, int] = rule(MINUTES_RULE).value
    # The terms of rules are named once for all contexts, where « stop » is already a criterion.
    return min(int(proposed["bus_stop" if opening == "stop" else opening]), longest())


def rules_of(public: Public) -> tuple[str, ...]:
    """Return the keys of the sourced rules that an answer rests on."""
    secret = (THRESHOLD_RULE,) if public.measure.reference else ()
    return (MINUTES_RULE, NEAR_RULE, *secret)


def where_to_open(atlas: Atlas, members: Positions, halo: Positions, question: Question) -> Siting:
    """Return where to open for the people of `members`, in `members`, or in `halo` too where asked.

    Kept in the process while data, travel times and rules stay. Raises KeyError for an unknown opening,
    public or aim.
    """
    travel = national_pairs(atlas, reach(), parameter_set("").crow_fly)
    near = float(rule(NEAR_RULE).value)
    key = (
        travel.key, perimeter_key(members), perimeter_key(halo) if question.around else "", question, near,
        secrecy_threshold(), siting.VERSION,
    )  # fmt: skip
    return _found.get(key, lambda: _compute(atlas, travel, members, halo, question, near))


def _compute(
    atlas: Atlas, travel: NationalPairs, members: Positions, halo: Positions, question: Question, near: float
) -> Siting:
    opening, cells = OPENINGS[question.opening], parts(atlas, PUBLICS[question.public].measure)
    low, high = cells.low[members], cells.high[members]
    standing = np.flatnonzero(counts(atlas, opening.supply) > 0)
    before = travel.nearest(atlas, standing).minutes[members]
    candidates = _candidates(atlas, opening, np.concatenate((members, halo)) if question.around else members)
    cap = float(longest())
    problem = _problem(travel, members, candidates, (low + high) / 2, before, cap, question)
    answer = siting.solve(problem, Effort(seconds=SECONDS))
    if question.aim == "coverage":
        # Of the many choices that reach as many people, one whose journeys are short.
        answer = siting.settled(problem, replace(problem, objective="p_median", limit=cap), answer)
    served = [siting.served(problem, answer.sites[:count]) for count in range(answer.sites.size + 1)]
    last = served[-1].site
    return Siting(
        question,
        answer,
        members,
        candidates[answer.sites],
        low,
        high,
        tuple(one.minutes for one in served),
        np.where(last >= 0, candidates[np.maximum(last, 0)] if candidates.size else -1, -1),
        tuple(
            Alternative(int(candidates[one.site]), int(candidates[one.instead_of]), one.gain / answer.gain)
            for one in siting.swaps(problem, answer.sites, near)
        ),
        candidates.size,
        int(np.isin(members, standing).sum()),
        cap,
        travel,
    )


def _candidates(atlas: Atlas, opening: Opening, among: Positions) -> Positions:
    """The inhabited communes where one could open, in the order of the atlas."""
    people = counts(atlas, "communes.pop_municipale")
    fit = people > 0
    if opening.only_likely:
        fit &= (counts(atlas, GPS) > 0) | (counts(atlas, PHARMACIES) > 0)
    found: Positions = np.sort(among[fit[among]])
    return found


def _problem(
    travel: NationalPairs,
    members: Positions,
    candidates: Positions,
    weight: Values,
    before: Values,
    cap: float,
    question: Question,
) -> Problem:
    pairs = travel.pairs
    home, site = np.full(pairs.n, -1), np.full(pairs.n, -1)
    home[members], site[candidates] = np.arange(members.size), np.arange(candidates.size)
    kept = np.flatnonzero((home[pairs.origin] >= 0) & (site[pairs.destination] >= 0))
    return Problem.of(
        weight,
        home[pairs.origin[kept]],
        site[pairs.destination[kept]],
        pairs.minutes[kept],
        candidates=candidates.size,
        sites=question.sites,
        limit=float(question.minutes) if question.aim == "coverage" else cap,
        objective=question.aim,
        standing=before,
    )
