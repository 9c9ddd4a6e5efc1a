"""Votes: never without quorum, one voice each; of a secret one, nothing tells whose ballot is whose."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey

from maillage.governance.actions import attendance, bodies, sittings, votes
from maillage.governance.models import (
    AgendaPoint,
    BallotPaper,
    Body,
    BodySeat,
    Motion,
    MotionResult,
    Sitting,
    VoterSlip,
)
from maillage.governance.rules.vocabulary import Choice, Majority, Reply
from maillage.kernel.models import Entry, Person
from tests.governance.conftest import HELD, summons_of


def opened(sitting: Sitting, by: Person, **values: object) -> Motion:
    said = {"text": "Adopter le budget", "majority": Majority.SIMPLE, "key": "motion"} | values
    return votes.open_motion(by=by, sitting=sitting, **said)


def test_nothing_is_voted_without_quorum(
    sitting: Sitting, seats: list[BodySeat], president: Person, clock: time_machine.Coordinates
) -> None:
    with pytest.raises(ValidationError, match="pas commencé"):
        opened(sitting, president)
    clock.move_to(HELD)
    with pytest.raises(ValidationError, match="qui est là"):
        opened(sitting, president)
    for seat in seats[:2]:
        attendance.note_presence(by=president, summons=summons_of(sitting, seat), is_here=True)
    with pytest.raises(ValidationError, match="quorum n’est pas atteint"):
        opened(sitting, president)
    attendance.note_presence(by=president, summons=summons_of(sitting, seats[2]), is_here=True)
    made = opened(sitting, president)
    assert opened(sitting, president) == made
    with pytest.raises(ValidationError, match="autre chose"):
        opened(sitting, president, text="Autre chose")


def test_a_second_convening_votes_whatever_the_number_where_the_rules_say_so(
    sitting: Sitting, seats: list[BodySeat], president: Person, body: Body, clock: time_machine.Coordinates
) -> None:
    clock.move_to(HELD)
    attendance.note_presence(by=president, summons=summons_of(sitting, seats[0]), is_here=True)
    later = HELD + timedelta(days=15)
    said = {"body": body, "starts_at": later, "length": 60, "place": "Mairie", "second_of": sitting}
    with pytest.raises(ValidationError, match="faute de quorum"):
        sittings.prepare_sitting(by=president, key="s", **said)
    sittings.close_sitting(by=president, sitting=sitting)
    sitting.refresh_from_db()
    said["second_of"] = sitting
    second = sittings.prepare_sitting(by=president, key="s", **said)
    assert [one.title for one in AgendaPoint.objects.of_sitting(second)] == ["Le budget"]
    with pytest.raises(ValidationError, match="déjà prête"):
        sittings.prepare_sitting(by=president, key="t", **said)
    sittings.convene(by=president, sitting=second)
    clock.move_to(later)
    attendance.note_presence(by=president, summons=summons_of(second, seats[0]), is_here=True)
    assert opened(second, president).sitting == second


def test_a_voice_is_heard_once_and_only_by_who_has_it(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person, outsider: Person,
    coordinator: Person,
) -> None:  # fmt: skip
    motion = opened(begun, president)
    assert votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.YES)
    # A double click, then a change of mind: the first ballot stands.
    assert not votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.YES)
    assert not votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.NO)
    assert VoterSlip.objects.of_motion(motion).get().choice == Choice.YES
    for person, seat in ((outsider, seats[1]), (members[0], seats[1]), (members[3], seats[3])):
        with pytest.raises(PermissionDenied):
            votes.cast(by=person, motion=motion, seat=seat, choice=Choice.YES)
    # A hand raised is noted by who keeps the meeting, for who is there.
    assert votes.cast(by=president, motion=motion, seat=seats[1], choice=Choice.NO)
    assert votes.cast(by=coordinator, motion=motion, seat=seats[2], choice=Choice.BLANK)
    with pytest.raises(PermissionDenied, match="personne dans la salle"):
        votes.cast(by=president, motion=motion, seat=seats[4], choice=Choice.YES)


def test_who_has_left_their_seat_votes_no_more(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person, coordinator: Person
) -> None:
    motion = opened(begun, president, is_secret=True)
    bodies.end_seat(by=coordinator, seat=seats[0])
    with pytest.raises(PermissionDenied):
        votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.YES)
    assert not VoterSlip.objects.of_motion(motion).exists()


def test_a_proxy_gives_one_voice_more_to_who_is_there(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    attendance.answer(
        by=members[3], summons=summons_of(sitting, seats[3]), reply=Reply.PROXY, proxy_to=seats[0]
    )
    clock.move_to(HELD)
    for seat in seats[:2]:
        attendance.note_presence(by=president, summons=summons_of(sitting, seat), is_here=True)
    motion = opened(sitting, president, is_secret=True)
    for seat in (seats[0], seats[3]):
        assert votes.cast(by=members[0], motion=motion, seat=seat, choice=Choice.YES)
    assert votes.cast(by=members[1], motion=motion, seat=seats[1], choice=Choice.NO)
    # Heard, a voice can neither be taken back nor its holder leave the room.
    with pytest.raises(ValidationError, match="déjà été entendue"):
        attendance.answer(by=members[3], summons=summons_of(sitting, seats[3]), reply=Reply.COMES)
    with pytest.raises(ValidationError, match="déjà été entendue"):
        attendance.note_presence(by=president, summons=summons_of(sitting, seats[0]), is_here=False)
    result = votes.close_motion(by=president, motion=motion)
    assert (result.yes, result.no, result.voices, result.content["is_sure"]) == (2, 1, 3, False)


def test_a_secret_vote_is_noted_for_nobody_else_not_even_by_who_keeps_the_meeting(
    begun: Sitting, seats: list[BodySeat], president: Person, coordinator: Person
) -> None:
    motion = opened(begun, president, is_secret=True)
    for keeper in (president, coordinator):
        with pytest.raises(PermissionDenied, match="pas la vôtre"):
            votes.cast(by=keeper, motion=motion, seat=seats[0], choice=Choice.YES)


def voted_in_secret(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> tuple[Motion, list[list[str]]]:
    """Vote in secret, each otherwise than the one before; return the keys of the urn after each ballot."""
    motion = opened(begun, president, is_secret=True)
    urns = []
    for person, seat, choice in (
        (members[0], seats[0], Choice.YES), (members[1], seats[1], Choice.NO),
        (members[2], seats[2], Choice.YES), (president, seats[5], Choice.BLANK),
    ):  # fmt: skip
        assert votes.cast(by=person, motion=motion, seat=seat, choice=choice)
        urns.append([str(one) for one in BallotPaper.objects.of_motion(motion).values_list("pk", flat=True)])
    return motion, urns


def test_nothing_links_a_ballot_to_a_voter(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion, urns = voted_in_secret(begun, seats, members, president)
    slips = list(VoterSlip.objects.of_motion(motion))
    assert {one.choice for one in slips} == {""}
    assert {one.seat_id for one in slips} == {seats[place].pk for place in (0, 1, 2, 5)}
    # The tables: no column leads from one to the other but the motion and its college, no hour, no rank.
    links = {one.name for one in BallotPaper._meta.fields if isinstance(one, ForeignKey)}
    assert {one.name for one in BallotPaper._meta.fields} == {"id", "motion", "college", "choice"}
    assert links == {"motion", "college"}
    assert not {one.name for one in VoterSlip._meta.fields} & {"at", "key", "college"}
    # A new ballot writes the whole urn anew: no key outlives the next one.
    for before, after in pairwise(urns):
        assert not set(before) & set(after)
    # Not by college: a ballot does not even say from which side it comes.
    assert set(BallotPaper.objects.of_motion(motion).values_list("college", flat=True)) == {None}


def test_the_urn_is_shuffled_on_the_disk_at_each_ballot(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    class Backwards:
        """Chance that turns the urn round: where it is asked, the last ballot is written first."""

        @staticmethod
        def shuffle(papers: list[object]) -> None:
            papers.reverse()

    monkeypatch.setattr(votes, "_random", Backwards())
    motion, _urns = voted_in_secret(begun, seats, members, president)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT choice FROM governance_ballotpaper ORDER BY rowid")
            written = [row[0] for row in cursor.fetchall()]
        assert written[0] == Choice.BLANK
        assert written != [Choice.YES, Choice.NO, Choice.YES, Choice.BLANK]
    assert BallotPaper.objects.of_motion(motion).count() == 4


def test_the_journal_says_who_voted_and_never_what(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion, _urns = voted_in_secret(begun, seats, members, president)
    votes.close_motion(by=president, motion=motion)
    heard = Entry.objects.filter(verb="governance.voted")
    assert {one.by_id for one in heard} == {one.pk for one in (*members[:3], president)}
    said = json.dumps([one.changes for one in Entry.objects.filter(verb__startswith="governance.vote")])
    for choice in Choice:
        assert f'"{choice.value}"' not in said
    assert all(set(one.changes) == {"seat"} for one in heard)


def test_nobody_reads_a_ballot(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person, coordinator: Person
) -> None:
    voted_in_secret(begun, seats, members, president)
    for person in (president, coordinator, members[0]):
        assert not BallotPaper.objects.for_person(person).exists()


def test_a_result_is_counted_once_and_never_changes(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion, _urns = voted_in_secret(begun, seats, members, president)
    with pytest.raises(PermissionDenied):
        votes.close_motion(by=members[3], motion=motion)
    result = votes.close_motion(by=president, motion=motion)
    assert (result.yes, result.no, result.blank, result.is_carried) == (2, 1, 1, True)
    assert votes.close_motion(by=president, motion=motion) == result
    with pytest.raises(ValidationError, match="clos"):
        votes.cast(by=members[0], motion=motion, seat=seats[0], choice=Choice.YES)
    for change in (
        lambda: MotionResult.objects.of_motion(motion).update(yes=9),
        lambda: MotionResult.objects.of_motion(motion).delete(),
        lambda: VoterSlip.objects.of_motion(motion).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_vote_where_nobody_voted_is_withdrawn_and_never_counted(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    motion = opened(begun, president)
    with pytest.raises(ValidationError, match="Personne n’a encore voté"):
        votes.close_motion(by=president, motion=motion)
    votes.withdraw_motion(by=president, motion=motion)
    assert not Motion.objects.of_sitting(begun).exists()
    again = opened(begun, president, key="again")
    votes.cast(by=members[0], motion=again, seat=seats[0], choice=Choice.NO)
    with pytest.raises(ValidationError, match="déjà voté"):
        votes.withdraw_motion(by=president, motion=again)
    with pytest.raises(ValidationError, match="vote est ouvert"):
        sittings.close_sitting(by=president, sitting=begun)


def test_by_college_each_side_is_counted_and_a_small_one_keeps_no_secret(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    with pytest.raises(ValidationError, match="ne serait pas secret"):
        opened(begun, president, is_secret=True, by_college=True)
    motion = opened(begun, president, by_college=True)
    for place in range(3):
        votes.cast(by=members[place], motion=motion, seat=seats[place], choice=Choice.YES)
    votes.cast(by=president, motion=motion, seat=seats[5], choice=Choice.NO)
    result = votes.close_motion(by=president, motion=motion)
    assert not result.is_carried
    assert [(one["name"], one["yes"], one["no"]) for one in result.content["colleges"]] == [
        ("Professionnels", 3, 0),
        ("Usagers", 0, 1),
    ]
