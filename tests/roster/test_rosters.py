"""Sectors, volunteers, rosters, their steps, duties by hand, and the one answer to « who is on call »."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from maillage.kernel.models import Entry, Message, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.api import BlockKind, Coverage, RosterError, State
from maillage.roster.models import Absence, Assignment, Preference, StateChange
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_person, make_professional
from tests.roster.conftest import FIRST, LAST, PARIS

NIGHT = datetime(2026, 5, 6, 3, 0, tzinfo=PARIS)


def transmit(by: Person, roster: api.Roster) -> api.Roster:
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        roster = api.change_state(by=by, roster=roster, to=state)
    return roster


def test_a_sector_keeps_the_holidays_of_its_communes(coordinator: Person, place: Territory) -> None:
    bas_rhin, moselle = make_commune("67001"), make_commune("57001")
    with pytest.raises(RosterError, match="deux secteurs"):
        api.create_sector(by=coordinator, place=place, name="S", communes=[bas_rhin, moselle])
    sector = api.create_sector(
        by=coordinator, place=place, name="S", communes=[bas_rhin], options=[BlockKind.SATURDAY_PM]
    )
    assert sector.calendar == "6AE"
    assert sector.covered == {BlockKind.SATURDAY_PM}


def test_a_sector_that_makes_no_sense_is_refused(
    coordinator: Person, place: Territory, sector: api.Sector, communes: list[Commune]
) -> None:
    other = make_commune("71999")
    for message, changes in {
        "au moins une commune": {"communes": []},
        "toujours couverts": {"options": [BlockKind.NIGHT]},
        r"déjà d’un autre secteur.*Brumeval \(Brume\)": {"communes": communes},
        "porte déjà ce nom": {"name": "Brume"},
    }.items():
        wanted = {"name": "Autre", "communes": [other]} | changes
        with pytest.raises(RosterError, match=message):
            api.create_sector(by=coordinator, place=place, **wanted)


def test_only_who_manages_a_territory_makes_rosters(
    place: Territory, sector: api.Sector, volunteers: list[api.Volunteer], posts: list[api.Post]
) -> None:
    doctor = volunteers[0].professional.account
    with pytest.raises(PermissionDenied):
        api.create_sector(by=doctor, place=place, name="S", communes=[])
    with pytest.raises(PermissionDenied):
        api.create_roster(by=doctor, sector=sector, first_day=FIRST, last_day=LAST)
    with pytest.raises(PermissionDenied):
        api.set_volunteer(by=doctor, sector=sector, professional=volunteers[1].professional)
    with pytest.raises(PermissionDenied):
        api.assign(by=doctor, post=posts[0], volunteer=volunteers[0])
    with pytest.raises(PermissionDenied):
        api.change_state(by=doctor, roster=posts[0].roster, to=State.SENT)


def test_a_volunteer_says_when_they_are_away_and_what_they_prefer(
    coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer], place: Territory
) -> None:
    mine, other = volunteers[:2]
    doctor = mine.professional.account
    absence = api.add_absence(by=doctor, professional=mine.professional, first_day=FIRST, last_day=FIRST)
    with pytest.raises(RosterError, match="précède"):
        api.add_absence(by=doctor, professional=mine.professional, first_day=LAST, last_day=FIRST)
    with pytest.raises(PermissionDenied):
        api.add_absence(by=doctor, professional=other.professional, first_day=FIRST, last_day=FIRST)
    api.remove_absence(by=coordinator, absence=absence)
    assert not Absence.objects.exists()
    api.set_preference(by=doctor, volunteer=mine, kind=BlockKind.NIGHT, is_wanted=True)
    api.set_preference(by=coordinator, volunteer=mine, kind=BlockKind.NIGHT, is_wanted=False)
    assert Preference.objects.get().is_wanted is False
    api.set_preference(by=doctor, volunteer=mine, kind=BlockKind.NIGHT, is_wanted=None)
    assert not Preference.objects.exists()
    with pytest.raises(PermissionDenied):
        api.set_preference(by=doctor, volunteer=other, kind=BlockKind.NIGHT, is_wanted=True)
    with pytest.raises(RosterError, match="de 0 à 1"):
        api.set_volunteer(by=coordinator, sector=sector, professional=mine.professional, share=2)


def test_a_draft_has_every_post_of_its_period(roster: api.Roster, posts: list[api.Post]) -> None:
    assert sum(post.kind == "night" for post in posts) == 92
    assert [post.day for post in posts if post.kind == "holiday"] == [
        date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14),
    ]  # fmt: skip
    assert posts[0].kind_label == "Jour férié"
    assert posts[0].hours == 12
    assert posts[0].burden == 18
    assert roster.state_label == "Brouillon"
    assert Entry.objects.filter(verb="roster.created").count() == 1


def test_a_roster_too_short_or_overlapping_is_refused(
    coordinator: Person, sector: api.Sector, roster: api.Roster
) -> None:
    with pytest.raises(RosterError, match="au moins 3 mois"):
        api.create_roster(
            by=coordinator, sector=sector, first_day=date(2026, 8, 1), last_day=date(2026, 9, 1)
        )
    with pytest.raises(RosterError, match="déjà une partie"):
        api.create_roster(by=coordinator, sector=sector, first_day=LAST, last_day=date(2026, 12, 31))


def test_the_steps_are_those_of_the_law(
    coordinator: Person,
    roster: api.Roster,
    posts: list[api.Post],
    volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:
    due = api.next_deadline(roster, date(2026, 3, 2))
    assert due is not None
    assert (due.last_day, due.days_left) == (date(2026, 3, 17), 15)
    roster = api.change_state(by=coordinator, roster=roster, to=State.SENT)
    with pytest.raises(RosterError, match="lacunaire"):
        api.change_state(by=coordinator, roster=roster, to=State.VALIDATED)
    with pytest.raises(RosterError, match="étape suivante"):
        api.change_state(by=coordinator, roster=roster, to=State.CLOSED)
    api.change_state(by=coordinator, roster=roster, to=State.INCOMPLETE, note="Trois nuits sans médecin")
    api.change_state(by=coordinator, roster=roster, to=State.TRANSMITTED)
    with pytest.raises(RosterError, match="pas commencé"):
        api.change_state(by=coordinator, roster=roster, to=State.RUNNING)
    clock.move_to(datetime(2026, 5, 1, 9, tzinfo=PARIS))
    api.change_state(by=coordinator, roster=roster, to=State.RUNNING)
    with pytest.raises(RosterError, match="pas terminée"):
        api.change_state(by=coordinator, roster=roster, to=State.CLOSED)
    clock.move_to(datetime(2026, 8, 1, 9, tzinfo=PARIS))
    api.change_state(by=coordinator, roster=roster, to=State.CLOSED)
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0], reason="A vraiment tenu la garde")
    api.change_state(by=coordinator, roster=roster, to=State.DUTY_DONE)
    with pytest.raises(RosterError, match="ne change plus"):
        api.assign(by=coordinator, post=posts[0], volunteer=None, reason="Trop tard")
    roster.refresh_from_db()
    assert api.next_deadline(roster, date(2026, 8, 1)) is None
    assert StateChange.objects.filter(roster=roster).count() == 7
    assert Message.objects.filter(topic="roster.duty_done").count() == 1


def test_a_complete_roster_is_not_incomplete(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    Assignment.objects.bulk_create(
        Assignment(post=post, volunteer=volunteers[0], origin="manual") for post in posts
    )
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    with pytest.raises(RosterError, match="complet"):
        api.change_state(by=coordinator, roster=roster, to=State.INCOMPLETE)
    assert api.change_state(by=coordinator, roster=roster, to=State.VALIDATED).step is State.VALIDATED


def test_who_is_on_call_for_a_commune(
    coordinator: Person,
    roster: api.Roster,
    posts: list[api.Post],
    communes: list[Commune],
    volunteers: list[api.Volunteer],
) -> None:
    assert api.on_call(make_commune("71777"), NIGHT).coverage is Coverage.NO_SECTOR
    assert api.on_call(communes[0], NIGHT).coverage is Coverage.NO_ROSTER  # a draft says nothing
    transmit(coordinator, roster)
    assert api.on_call(communes[0], NIGHT).coverage is Coverage.GAP
    assert api.on_call(communes[0], NIGHT + timedelta(hours=12)).coverage is Coverage.OUTSIDE_HOURS
    post = next(post for post in posts if post.starts_at <= NIGHT < post.ends_at)
    with pytest.raises(RosterError, match="dites pourquoi"):
        api.assign(by=coordinator, post=post, volunteer=volunteers[0])
    api.assign(by=coordinator, post=post, volunteer=volunteers[0], reason="Volontaire trouvé")
    for commune in communes:
        answer = api.on_call(commune, NIGHT)
        assert answer.coverage is Coverage.COVERED
        assert answer.sentence == "Un médecin est de garde."
        assert [one.volunteer for one in answer.held] == [volunteers[0]]
    assert Message.objects.filter(topic="roster.changed").count() == 1
    assert api.on_call(communes[0], post.ends_at).coverage is Coverage.OUTSIDE_HOURS
    assert api.on_call(communes[0], datetime(2027, 1, 1, tzinfo=PARIS)).coverage is Coverage.NO_ROSTER


def test_a_person_is_on_one_duty_at_a_time_in_every_sector(
    coordinator: Person, place: Territory, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    other = api.create_sector(by=coordinator, place=place, name="Autre", communes=[make_commune("71888")])
    there = api.create_roster(by=coordinator, sector=other, first_day=FIRST, last_day=LAST)
    double = api.set_volunteer(by=coordinator, sector=other, professional=volunteers[0].professional)
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    with pytest.raises(RosterError, match="déjà de garde"):
        api.assign(by=coordinator, post=api.posts_of(there)[0], volunteer=double)
    with pytest.raises(RosterError, match="pas volontaire"):
        api.assign(by=coordinator, post=posts[1], volunteer=double)
    assert api.missing_posts(posts[0].roster) == len(posts) - 1
    api.assign(by=coordinator, post=posts[0], volunteer=None)
    assert api.missing_posts(posts[0].roster) == len(posts)


def test_a_manager_of_elsewhere_manages_nothing_here(posts: list[api.Post], place: Territory) -> None:
    stranger = make_person("mona.saule", Role.COORDINATOR, None)
    stranger.roles.update(withdrawn_at=datetime(2026, 1, 2, tzinfo=PARIS))
    with pytest.raises(PermissionDenied):
        api.assign(by=stranger, post=posts[0], volunteer=None)
    with pytest.raises(PermissionDenied):
        api.add_absence(
            by=stranger, professional=make_professional("Orme", "Léa"), first_day=FIRST, last_day=LAST
        )
