"""What the people context decides by: identity, reach, likeness, the states of a search."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.people.rules.duplicates import Likeness, Traits, likeness
from maillage.people.rules.identity import (
    Doubt,
    Evidence,
    IdentityDocument,
    IdentityStatus,
    InsiAnswer,
    identity_status,
    may_carry_ins,
    next_steps,
)
from maillage.people.rules.referring_doctor import (
    OPEN,
    TRANSITIONS,
    Criterion,
    Event,
    Owner,
    State,
    TransitionError,
    after,
    age_on,
    owner_of,
    priority,
    remaining_quota,
)

CARD, VITALE = IdentityDocument.IDENTITY_CARD, IdentityDocument.HEALTH_CARD


@pytest.mark.parametrize(
    ("document", "insi", "status"),
    [
        (IdentityDocument.NONE, InsiAnswer.NOT_ASKED, IdentityStatus.PROVISIONAL),
        (IdentityDocument.NONE, InsiAnswer.ONE, IdentityStatus.RETRIEVED),
        (CARD, InsiAnswer.NOT_ASKED, IdentityStatus.VALIDATED),
        (CARD, InsiAnswer.SEVERAL, IdentityStatus.VALIDATED),
        (CARD, InsiAnswer.NONE, IdentityStatus.VALIDATED),
        (CARD, InsiAnswer.ONE, IdentityStatus.QUALIFIED),
        (VITALE, InsiAnswer.ONE, IdentityStatus.RETRIEVED),
        (VITALE, InsiAnswer.NOT_ASKED, IdentityStatus.PROVISIONAL),
    ],
)
def test_the_truth_table_of_an_identity(
    document: IdentityDocument, insi: InsiAnswer, status: IdentityStatus
) -> None:
    assert identity_status(Evidence(document, insi)) is status


evidences = some.builds(
    Evidence,
    some.sampled_from(IdentityDocument),
    some.sampled_from(InsiAnswer),
    some.sampled_from(Doubt),
)


@given(evidences)
def test_only_a_sure_identity_carries_its_matricule_and_nothing_is_missing(evidence: Evidence) -> None:
    status = identity_status(evidence)
    assert may_carry_ins(status) == (next_steps(evidence) == ())
    if evidence.doubt is not Doubt.NONE:
        assert status is not IdentityStatus.QUALIFIED


def traits(last: str, first: str, born: date | None = None, phone: str = "", ins: str = "") -> Traits:
    return Traits(frozenset({last}), frozenset({first}), born, frozenset(filter(None, [phone])), ins)


BORN = date(1940, 3, 14)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (traits("a", "b", ins="1"), traits("x", "y", ins="1"), Likeness.INS),
        (traits("frene", "marie", BORN), traits("frene", "marie claire", BORN), Likeness.NAMES_AND_BIRTH),
        (traits("frene", "marie", BORN), traits("marie", "frene", BORN), Likeness.SWAPPED_NAMES),
        (traits("frene", "marie", None, "1"), traits("frene", "marie", BORN, "1"), Likeness.NAMES_AND_PHONE),
        (traits("frene", "marie", BORN, "1"), traits("orme", "marie", BORN, "1"), Likeness.BIRTH_AND_PHONE),
        (traits("frene", "marie", BORN), traits("frene", "marie", date(1970, 1, 1)), None),
        (traits("frene", "marie", BORN, "1"), traits("orme", "jean", BORN, "1"), None),
    ],
)
def test_two_files_alike(one: Traits, other: Traits, why: Likeness | None) -> None:
    assert likeness(one, other) is why
    assert likeness(other, one) is why


@given(some.sampled_from(State), some.sampled_from(Event))
def test_only_the_table_moves_a_request(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert state in OPEN
        assert after(state, event) in State
    else:
        with pytest.raises(TransitionError):
            after(state, event)


@pytest.mark.parametrize("state", State)
def test_every_open_request_has_an_owner_and_a_way_out(state: State) -> None:
    assert (owner_of(state) is Owner.NOBODY) == (state not in OPEN)
    assert ((state, Event.CLOSE) in TRANSITIONS) == (state in OPEN)


def test_ages_quotas_and_priorities() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert remaining_quota(3, 1, 1) == 1
    assert remaining_quota(1, 1, 1) == 0
    weights = {one.value: 2 for one in Criterion}
    assert priority([Criterion.ALD, Criterion.ALD, Criterion.EHPAD], weights) == 4
