"""The rule of the circle of care: held to the sentence of the law, written out, on any standing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel.rules import Role
from maillage.people.rules.circle import (
    ACTS,
    CARE_TEAM,
    OPENS,
    SPARED,
    Choice,
    Decision,
    Link,
    Origin,
    Part,
    Reason,
    Standing,
    decide,
)

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
NEED = {"nurse": ["identity", "health"], "case_manager": ["identity", "social"], "carer": list(Part)}
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)


def literal(standing: Standing, part: Part) -> bool:
    """The sentence as domain.md writes it: active link, no opposition, informed team or consent, need."""
    if standing.is_own:
        return True
    for link in standing.links:
        active = link.since <= NOW and (link.until is None or link.until > NOW)
        roles = [link.role] if link.role else list(standing.roles)
        held = link.role == "" or link.role in standing.roles
        needs = any(part.value in NEED.get(role, []) for role in roles)
        if not (active and held and needs and part in OPENS[link.origin]):
            continue
        about = [
            one
            for one in standing.oppositions
            if (one.part is None or one.part == part)
            and one.since <= NOW
            and (one.until is None or one.until > NOW)
        ]
        consented = [
            one
            for one in standing.consents
            if (one.part is None or one.part == part or part == Part.IDENTITY)
            and one.since <= NOW
            and (one.until is None or one.until > NOW)
        ]
        mandated = [
            one
            for one in link.mandated
            if (one.part is None or one.part == part)
            and one.since <= NOW
            and (one.until is None or one.until > NOW)
        ]
        if link.origin == Origin.EMERGENCY and not [one for one in about if one.in_emergency]:
            return True
        if about:
            continue
        if link.origin in ACTS:
            return True
        frozen = [
            one
            for one in standing.restrictions
            if (one.part is None or one.part == part)
            and one.since <= NOW
            and (one.until is None or one.until > NOW)
        ]
        if frozen and part not in {Part.IDENTITY, Part.CRISIS}:
            continue
        if link.origin == Origin.MANDATE:
            if mandated:
                return True
        elif (link.origin in CARE_TEAM and link.is_informed) or consented:
            return True
    return False


instants = st.sampled_from([EARLIER - timedelta(days=1), EARLIER, NOW, LATER])
ends = st.none() | instants
parts = st.sampled_from(Part)
roles = st.sampled_from(["nurse", "case_manager", "carer", "board", ""])
choices = st.builds(Choice, st.none() | parts, instants, ends, st.booleans())
opened = st.lists(choices, max_size=2).map(tuple)
links = st.builds(
    Link, st.integers(1, 9), st.sampled_from(Origin), roles, instants, ends, st.booleans(), opened
)
standings = st.builds(
    Standing,
    st.frozensets(st.sampled_from(["nurse", "case_manager", "carer", "board"])),
    st.lists(links, max_size=3).map(tuple),
    st.lists(choices, max_size=2).map(tuple),
    st.lists(choices, max_size=2).map(tuple),
    st.sampled_from([False, False, False, True]),
    st.lists(choices, max_size=1).map(tuple),
)


@given(standings, parts)
def test_the_rule_is_the_sentence_of_the_law(standing: Standing, part: Part) -> None:
    decided = decide(standing, part, NOW, NEED)
    assert decided.is_allowed == literal(standing, part)
    assert decided.is_allowed == (
        decided.reason
        in {Reason.OWN, Reason.TEAM, Reason.CONSENT, Reason.ACT, Reason.EMERGENCY, Reason.MANDATE}
    )


@given(standings, parts)
def test_an_opposition_to_all_even_in_emergency_leaves_nothing_but_ones_own(
    standing: Standing, part: Part
) -> None:
    against = Choice(None, EARLIER, None, in_emergency=True)
    opposed = Standing(standing.roles, standing.links, standing.consents, (against,), standing.is_own)
    assert decide(opposed, part, NOW, NEED).is_allowed == standing.is_own


@given(standings, parts)
def test_a_frozen_file_opens_to_its_person_to_an_emergency_and_to_an_act_alone(
    standing: Standing, part: Part
) -> None:
    frozen = replace(standing, restrictions=(Choice(None, EARLIER),))
    decided = decide(frozen, part, NOW, NEED)
    if decided.is_allowed and part not in SPARED:
        assert decided.reason in {Reason.OWN, Reason.EMERGENCY, Reason.ACT}
    if part in SPARED:
        assert decided.is_allowed == decide(replace(standing, restrictions=()), part, NOW, NEED).is_allowed
    lifted = replace(standing, restrictions=(Choice(None, EARLIER - timedelta(days=3), NOW),))
    assert decide(lifted, part, NOW, NEED) == decide(replace(standing, restrictions=()), part, NOW, NEED)


@given(standings, parts)
def test_no_role_reads_what_it_does_not_need(standing: Standing, part: Part) -> None:
    needless = Standing(
        frozenset({"board"}), standing.links, standing.consents, standing.oppositions, is_own=False
    )
    assert not decide(needless, part, NOW, NEED).is_allowed


def _link(origin: Origin = Origin.TEAM, role: str = "nurse", **values: object) -> Link:
    return Link(1, origin, role, EARLIER, **{"is_informed": True, **values})


def _mandate(part: Part, until: datetime | None = None) -> Link:
    return _link(Origin.MANDATE, mandated=(Choice(part, EARLIER, until),))


@pytest.mark.parametrize(
    ("links", "consents", "oppositions", "part", "reason"),
    [
        ((), (), (), Part.HEALTH, Reason.NO_LINK),
        ((_link(until=NOW),), (), (), Part.HEALTH, Reason.ENDED),
        ((_link(role=Role.PHYSICIAN),), (), (), Part.HEALTH, Reason.ROLE_LOST),
        ((_link(Origin.BOOKING),), (), (), Part.HEALTH, Reason.NOT_OPENED),
        ((_link(),), (), (), Part.PLAN, Reason.NOT_NEEDED),
        ((_link(),), (), (Choice(Part.HEALTH, EARLIER),), Part.HEALTH, Reason.OPPOSED),
        ((_link(is_informed=False),), (), (), Part.HEALTH, Reason.NOT_INFORMED),
        ((_link(Origin.ADVICE),), (), (), Part.HEALTH, Reason.NO_CONSENT),
        ((_link(Origin.ADVICE),), (Choice(None, EARLIER, LATER),), (), Part.HEALTH, Reason.CONSENT),
        ((_link(),), (), (Choice(Part.PLAN, EARLIER),), Part.HEALTH, Reason.TEAM),
        ((_link(Origin.EMERGENCY),), (), (Choice(None, EARLIER),), Part.HEALTH, Reason.EMERGENCY),
        ((_link(Origin.REGULATION),), (), (), Part.IDENTITY, Reason.ACT),
        ((_link(Origin.MANDATE),), (Choice(None, EARLIER),), (), Part.HEALTH, Reason.NOT_MANDATED),
        ((_mandate(Part.PLAN),), (), (), Part.HEALTH, Reason.NOT_MANDATED),
        ((_mandate(Part.HEALTH),), (), (), Part.HEALTH, Reason.MANDATE),
        ((_mandate(Part.HEALTH, until=NOW),), (), (), Part.HEALTH, Reason.NOT_MANDATED),
        ((_mandate(Part.HEALTH),), (), (Choice(Part.HEALTH, EARLIER),), Part.HEALTH, Reason.OPPOSED),
        ((_link(until=NOW), _link(is_informed=False)), (), (), Part.HEALTH, Reason.NOT_INFORMED),
    ],
)
def test_each_refusal_says_what_is_missing(
    links: tuple[Link, ...],
    consents: tuple[Choice, ...],
    oppositions: tuple[Choice, ...],
    part: Part,
    reason: Reason,
) -> None:
    standing = Standing(frozenset({"nurse"}), links, consents, oppositions)
    assert decide(standing, part, NOW, NEED).reason is reason


def test_an_own_file_needs_no_link() -> None:
    assert decide(Standing(frozenset(), is_own=True), Part.HEALTH, NOW, {}) == Decision(True, Reason.OWN)
