"""Coverage with its denominator and its secrecy, where to hold the next day, actions in the community."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Origin, Patient, add_to_circle
from maillage.prevention.actions import acts, community, days, invitations
from maillage.prevention.actions.campaigns import open_campaign
from maillage.prevention.api import campaign_figures
from maillage.prevention.computations.places import next_places
from maillage.prevention.models import (
    Campaign,
    CommunityAction,
    Invitee,
    PreventionAct,
    PreventionDay,
    VaccineLot,
)
from maillage.prevention.queries.situations import grouped, situation
from maillage.prevention.rules.vocabulary import Did, Theme
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_patient, make_person, make_territory
from tests.prevention.conftest import born, make_concerned
from tests.prevention.conftest import days as in_days

NOON = timedelta(hours=12)


def step(campaign: Campaign, patient: Patient, by: Person, did: Did, **more: object) -> Invitee:
    usual: dict[str, object] = {"key": uuid4().hex}
    invitations.note_step(by=by, campaign=campaign, patient=patient, did=did, **usual | more)
    return Invitee.objects.of(campaign).get(patient=patient)


def done(patient: Patient, by: Person, target: str = "colorectal", **more: object) -> PreventionAct:
    usual: dict[str, object] = {"done_on": in_days(-1), "key": uuid4().hex}
    return acts.record_act(by=by, patient=patient, target=target, **usual | more)


def make_lot(flu: Campaign, lead: Person, **more: object) -> VaccineLot:
    usual: dict[str, object] = {
        "target": "influenza", "product": "Vaccin", "number": "a12", "expires_on": in_days(90),
        "received": 1, "key": uuid4().hex,
    }  # fmt: skip
    return days.add_lot(by=lead, scope=flu.scope, **usual | more)


def make_day(campaign: Campaign, lead: Person, commune: Commune, **more: object) -> PreventionDay:
    usual: dict[str, object] = {
        "day": in_days(7), "commune": commune, "place": "Salle des fêtes", "opens": 9, "closes": 11,
        "per_hour": 1, "key": uuid4().hex,
    }  # fmt: skip
    return days.add_day(by=lead, campaign=campaign, **usual | more)


def _join(doctor: Person, patient: Patient, who: Person, role: Role) -> None:
    add_to_circle(
        by=doctor, patient=patient, who=who, role=role, origin=Origin.TEAM, why="essai", is_informed=True
    )


# Coverage


def _people(place: Territory, commune: Commune, doctor: Person, concerned: int, covered: int) -> None:
    for rank in range(concerned):
        one = make_concerned(f"Charme {commune.pk} {rank}", place, None, commune)
        if rank < covered:
            PreventionAct.objects.create(
                patient=one, target="colorectal", done_on=in_days(-3), by=doctor, key=uuid4().hex
            )


def test_a_coverage_has_its_denominator_and_hides_what_is_small(
    campaign: Campaign, place: Territory, doctor: Person, commune: Commune
) -> None:
    large, small = make_commune("71002", place=place), make_commune("71003", place=place)
    _people(place, commune, doctor, 40, 20)
    _people(place, large, doctor, 26, 13)
    _people(place, small, doctor, 4, 1)
    now = situation(campaign)
    assert (now.concerned, now.covered, now.is_secret) == (70, 34, False)
    # Alone, the small one would be the whole less the others: the smallest shown joins it.
    assert [(one.code, one.concerned, one.covered, one.communes) for one in now.communes()] == [
        (commune.pk, 40, 20, 1),
        ("", 30, 14, 2),
    ]
    (figure,) = campaign_figures(place.scope, in_days(0))
    assert (figure.concerned, figure.covered, figure.goal) == (70, 34, 60)
    assert now.projection is not None


def test_a_whole_that_is_small_is_secret(
    campaign: Campaign, place: Territory, doctor: Person, commune: Commune
) -> None:
    _people(place, commune, doctor, 12, 2)
    now = situation(campaign)
    assert now.is_secret
    assert [(one.concerned, one.covered) for one in now.communes()] == [(None, None)]
    (figure,) = campaign_figures(place.scope, in_days(0))
    assert (figure.concerned, figure.covered, figure.declared) == (None, None, None)


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    from collections import Counter

    found = grouped(["a", "b"], Counter(a=50, b=60), Counter(a=20, b=30), set(), 11)
    assert [one.share for one in found] == [0.4, 0.5]


def test_the_next_day_goes_where_it_reaches_most(
    campaign: Campaign, place: Territory, doctor: Person, commune: Commune
) -> None:
    far = make_commune("71004", place=place, lon=6.5, lat=47.4, population=9000)
    _people(place, commune, doctor, 20, 0)
    _people(place, far, doctor, 30, 3)
    found = next_places(situation(campaign))
    assert [(one.commune, one.reach.people, one.reach.beyond) for one in found.found] == [
        (far, 27, 20),
        (commune, 20, 27),
    ]
    assert found.found[0].is_estimate
    # A place that would leave a handful beyond tells of nobody.
    for one in Patient.objects.in_scope(place.scope).filter(addresses__commune=commune)[:15]:
        Invitee.objects.create(campaign=campaign, patient=one, by=doctor, standing="refused")
    assert [one.commune for one in next_places(situation(campaign)).found] == []


# In the community


def test_an_action_is_counted_once_it_is_held(
    place: Territory, lead: Person, board: Person, commune: Commune
) -> None:
    usual = {
        "scope": place.scope, "title": "Marche", "theme": Theme.ACTIVITY, "held_on": in_days(-2),
        "commune": commune, "key": "a",
    }  # fmt: skip
    made = community.add_action(by=lead, **usual)
    assert community.add_action(by=lead, **usual) == made
    with pytest.raises(ValidationError, match="déjà servi"):
        community.add_action(by=lead, **usual | {"title": "Course"})
    community.count_reached(by=lead, action=made, reached=40)
    community.count_reached(by=lead, action=made, reached=40)
    assert Entry.objects.filter(verb="prevention.action_counted").count() == 1
    with pytest.raises(PermissionDenied):
        community.count_reached(by=board, action=made, reached=41)
    for changed, said in (
        ({"title": " "}, "mots"),
        ({"commune": make_commune("97411")}, "territoire"),
        ({"held_on": in_days(3), "reached": 5}, "à venir"),
        ({"reached": -1}, "nombre"),
    ):
        with pytest.raises(ValidationError, match=said):
            community.add_action(by=lead, **usual | changed | {"key": uuid4().hex})
    assert CommunityAction.objects.in_scope(place.scope).get().reached == 40


def test_a_reunion_campaign_lives_by_its_own_clock(db: None) -> None:
    there = make_territory("Indian/Reunion")
    lead = make_person("lina.reunion", Role.PREVENTION_LEAD, there.scope)
    made = open_campaign(
        by=lead, scope=there.scope, target="hpv", title="", first_day=in_days(0), last_day=in_days(30),
        goal=60, key="k",
    )  # fmt: skip
    make_patient("Vétiver", there, birth_date=born(12), sex="male")
    assert situation(made).concerned == 1
