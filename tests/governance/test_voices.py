"""Whose voice it is: who left, whose term ends, whose proxy came undone; a secret that nobody counts out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from maillage.exchange.models import Notification
from maillage.exchange.rules.vocabulary import Channel
from maillage.governance.actions import attendance, bodies, minutes, sittings, trainings, votes
from maillage.governance.models import BallotPaper, Body, BodySeat, College, Sitting, Summons
from maillage.governance.pages import words
from maillage.governance.queries.bodies import seen
from maillage.governance.queries.sittings import quorum_in
from maillage.governance.queries.sittings import summons_of as all_summons
from maillage.governance.rules.vocabulary import Choice, Reply, TrainingKind
from maillage.governance.rules.votes import may_count
from maillage.kernel.models import Entry, Person
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.governance.conftest import HELD, NOW, SINCE, summons_of
from tests.governance.test_votes import opened


def told(*people: Person) -> int:
    """How many messages were left in the accounts of these people, of everybody for none."""
    rows = Notification._base_manager.filter(channel=Channel.INBOX.value)
    return (rows.filter(person__in=people) if people else rows).count()


def voices(sitting: Sitting) -> tuple[int, int]:
    quorum = quorum_in(sitting, all_summons(sitting))
    return quorum.voices, quorum.here


def test_who_left_has_no_voice_to_hear_to_carry_nor_to_count(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person, coordinator: Person
) -> None:
    attendance.answer(
        by=members[3], summons=summons_of(begun, seats[3]), reply=Reply.PROXY, proxy_to=seats[0]
    )
    assert voices(begun) == (6, 5)
    # Who gave proxy leaves: their voice is carried no more; who carried one leaves: neither is theirs.
    bodies.end_seat(by=coordinator, seat=seats[3])
    assert voices(begun) == (5, 4)
    motion = opened(begun, president)
    for person, seat in ((members[0], seats[3]), (president, seats[3])):
        with pytest.raises(PermissionDenied):
            votes.cast(by=person, motion=motion, seat=seat, choice=Choice.YES)
    bodies.end_seat(by=coordinator, seat=seats[1])
    with pytest.raises(PermissionDenied):
        votes.cast(by=president, motion=motion, seat=seats[1], choice=Choice.YES)
    # Heard, a voice is not left in the middle of the meeting.
    votes.cast(by=members[2], motion=motion, seat=seats[2], choice=Choice.NO)
    with pytest.raises(ValidationError, match="levez-la d’abord"):
        bodies.end_seat(by=coordinator, seat=seats[2])
    votes.close_motion(by=president, motion=motion)
    closed = sittings.close_sitting(by=president, sitting=begun)
    bodies.end_seat(by=coordinator, seat=seats[2])
    # Closed, it stays as it was: who left that very evening was there.
    assert voices(closed) == (4, 3)


def test_a_meeting_moved_after_the_end_of_a_term_does_not_count_it(
    sitting: Sitting, seats: list[BodySeat], president: Person, coordinator: Person
) -> None:
    bodies.renew_seat(by=coordinator, seat=seats[4], until=HELD.date() + timedelta(days=3))
    assert voices(sitting)[0] == 6
    sittings.change_sitting(
        by=president, sitting=sitting, starts_at=HELD + timedelta(days=7), length=120, place="Mairie"
    )
    sitting.refresh_from_db()
    assert voices(sitting)[0] == 5


def test_nobody_holds_two_seats_nor_a_college_more_than_its_own_whatever_the_days(
    body: Body, professionals: College, users: College, seats: list[BodySeat], members: list[Person],
    outsider: Person, coordinator: Person, clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    later = NOW.date() + timedelta(days=40)
    # A seat that begins later is met from the other side.
    bodies.give_seat(by=coordinator, college=professionals, person=outsider, since=later, key="later")
    with pytest.raises(ValidationError, match="siège déjà"):
        bodies.give_seat(by=coordinator, college=users, person=outsider, since=NOW.date(), key="now")
    with pytest.raises(ValidationError, match="Tous les sièges"):
        bodies.give_seat(by=coordinator, college=professionals, name="Mme Orme", since=NOW.date(), key="full")
    # Until the day before, the place is free.
    bodies.give_seat(
        by=coordinator, college=professionals, name="Mme Orme", since=NOW.date(),
        until=later - timedelta(days=1), key="short",
    )  # fmt: skip
    # A term that ended is not renewed over who sits there since.
    bodies.renew_seat(by=coordinator, seat=seats[0], until=NOW.date())
    clock.shift(timedelta(days=41))
    today = NOW.date() + timedelta(days=41)
    bodies.give_seat(by=coordinator, college=professionals, name="M. Frêne", since=today, key="instead")
    with pytest.raises(ValidationError, match="donné à quelqu’un d’autre"):
        bodies.renew_seat(by=coordinator, seat=seats[0], until=today + timedelta(days=300))


def test_a_departure_to_come_leaves_the_seat_in_sight(
    body: Body, seats: list[BodySeat], coordinator: Person
) -> None:
    bodies.end_seat(by=coordinator, seat=seats[0], on=NOW.date() + timedelta(days=9))
    (found,) = seen([body])
    assert seats[0] in found.colleges[0].held


def test_who_gave_proxy_to_somebody_who_comes_no_more_is_asked_again(
    sitting: Sitting, seats: list[BodySeat], members: list[Person]
) -> None:
    mine = summons_of(sitting, seats[3])
    attendance.answer(by=members[3], summons=mine, reply=Reply.PROXY, proxy_to=seats[0])
    before = told(members[3])
    attendance.answer(by=members[0], summons=summons_of(sitting, seats[0]), reply=Reply.ABSENT)
    mine.refresh_from_db()
    assert (mine.reply, mine.proxy_to, mine.replied_by) == ("", None, None)
    assert told(members[3]) == before + 1
    assert Entry.objects.filter(verb="governance.proxy_returned").count() == 1


def test_nobody_counts_a_secret_vote_after_the_first_ballot(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion = opened(begun, president, is_secret=True)
    votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.NO)
    with pytest.raises(ValidationError, match="choix de chacun"):
        votes.close_motion(by=president, motion=motion)
    # Nor by sending the others out of the room, or their voices with them.
    with pytest.raises(ValidationError, match="vote secret est ouvert"):
        attendance.note_presence(by=president, summons=summons_of(begun, seats[1]), is_here=False)
    with pytest.raises(ValidationError, match="vote secret est ouvert"):
        attendance.answer(by=members[1], summons=summons_of(begun, seats[1]), reply=Reply.ABSENT)
    # Withdrawn, its ballots are destroyed unread, and the meeting may end.
    votes.withdraw_motion(by=president, motion=motion)
    votes.withdraw_motion(by=president, motion=motion)
    assert not BallotPaper.objects.of_motion(motion).exists()
    result = votes.close_motion(by=president, motion=motion)
    assert (result.yes, result.no, result.blank, result.is_carried) == (0, 0, 0, False)
    assert "sans être compté" in words.result_words(result)
    with pytest.raises(ValidationError, match="clos"):
        votes.cast(by=members[1], motion=motion, seat=seats[1], choice=Choice.YES)
    with pytest.raises(ValidationError, match="rejeté"):
        minutes.decide(by=president, sitting=begun, text="Adopté.", key="d", motion=motion)
    sittings.close_sitting(by=president, sitting=begun)


def test_all_who_are_there_may_be_few_once_they_have_all_voted(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion = opened(begun, president, is_secret=True)
    for person, seat in ((members[0], 0), (members[1], 1), (members[2], 2)):
        votes.cast(by=person, motion=motion, seat=seats[seat], choice=Choice.YES)
    with pytest.raises(ValidationError, match="choix de chacun"):
        votes.close_motion(by=president, motion=motion)
    votes.cast(by=president, motion=motion, seat=seats[5], choice=Choice.NO)
    with pytest.raises(ValidationError, match="comptez"):
        votes.withdraw_motion(by=president, motion=motion)
    assert votes.close_motion(by=president, motion=motion).content["is_sure"] is False


@pytest.mark.parametrize(
    ("heard", "able", "by_college", "may"),
    [
        ([1] * 4, 9, False, False),
        ([1] * 5, 9, False, True),
        ([1] * 3, 3, False, True),
        ([1], 0, False, True),
        # A college where one alone voted, once the others of it did not.
        ([1] * 6 + [2], 12, True, False),
        ([1] * 6 + [2] * 5, 12, True, True),
        ([1] * 6 + [2], 12, False, True),
    ],
)
def test_when_a_secret_vote_may_be_counted(heard: list[int], able: int, by_college: bool, may: bool) -> None:
    assert may_count(heard, able, 5, by_college=by_college) is may


def test_nothing_is_decided_in_an_empty_room(sitting: Sitting, president: Person, seats: list[BodySeat],
    clock: time_machine.Coordinates) -> None:  # fmt: skip
    clock.move_to(HELD + timedelta(minutes=5))
    with pytest.raises(ValidationError, match="rien ne se décide"):
        minutes.decide(by=president, sitting=sitting, text="Vendre les murs.", key="d")
    for seat in seats[:3]:
        attendance.note_presence(by=president, summons=summons_of(sitting, seat), is_here=True)
    assert minutes.decide(by=president, sitting=sitting, text="Garder les murs.", key="d").pk


def test_another_place_is_told_as_another_hour_is(sitting: Sitting, president: Person) -> None:
    before = told()
    sittings.change_sitting(by=president, sitting=sitting, starts_at=HELD, length=120, place="Mairie")
    assert told() == before + Summons.objects.of_sitting(sitting).count()


def test_who_waits_for_a_training_or_loses_it_is_told(
    place: Territory, members: list[Person], coordinator: Person, clock: time_machine.Coordinates
) -> None:
    session = trainings.open_training(
        by=coordinator, scope=place.scope, kind=TrainingKind.CROSS, title="Plaies", host="Salle",
        starts_at=HELD, length=60, places=1, key="t",
    )  # fmt: skip
    trainings.take_place(by=members[0], session=session)
    trainings.take_place(by=members[1], session=session)
    trainings.leave_place(by=members[0], session=session)
    assert told(members[1]) == 1
    trainings.cancel_training(by=coordinator, session=session)
    trainings.cancel_training(by=coordinator, session=session)
    assert told(members[1]) == 2
    assert not told(members[0])


def test_only_who_is_not_convened_yet_is_to_convene(
    sitting: Sitting, president: Person, coordinator: Person, professionals: College
) -> None:
    address = reverse("governance:sitting", args=[sitting.pk])
    assert "Convoquer les nouveaux membres" not in client_of(president).get(address).content.decode()
    bodies.give_seat(by=coordinator, college=professionals, name="Mme Orme", since=SINCE, key="new")
    assert "Convoquer les nouveaux membres" in client_of(president).get(address).content.decode()
