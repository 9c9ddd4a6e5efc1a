"""Bodies and their meetings: rules, seats, convening, answers, attendance, minutes, decisions."""

from __future__ import annotations

import datetime as dt
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from maillage.exchange import api as exchange
from maillage.exchange.models import Notification
from maillage.governance import api
from maillage.governance.actions import attendance, bodies, leaving, minutes, sittings
from maillage.governance.models import (
    AgendaPoint,
    Body,
    BodySeat,
    College,
    MinutesApproval,
    Resolution,
    Sitting,
    Summons,
)
from maillage.governance.pages import words
from maillage.governance.queries import rights
from maillage.governance.queries.bodies import Gap, seen
from maillage.governance.queries.decisions import decisions_of_action, sittings_between
from maillage.governance.queries.sittings import quorum_in
from maillage.governance.queries.sittings import summons_of as all_summons
from maillage.governance.rules.vocabulary import BodyKind, CollegeKind, Office, PointKind, Reply
from maillage.kernel import journal
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.kernel.writes import StaleError
from maillage.project import api as project
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional, make_territory
from tests.governance.conftest import HELD, NOW, SINCE, summons_of


def test_a_body_starts_from_the_rules_proposed_and_is_written_once(
    body: Body, coordinator: Person, president: Person, place: Territory
) -> None:
    proposed = bodies.default_rules(BodyKind.BOARD)
    assert proposed.certainty == "non_etabli"
    assert all(getattr(body, name) == proposed.value[name] for name in bodies.RULES)
    said = {
        "scope": place.scope, "kind": BodyKind.BOARD, "name": "Conseil", "purpose": "Il décide.",
        "pays_time": True,
    }  # fmt: skip
    assert bodies.add_body(by=coordinator, key="body", **said) == body
    with pytest.raises(ValidationError, match="autre chose"):
        bodies.add_body(by=coordinator, key="body", **said | {"purpose": "Autre."})
    with pytest.raises(ValidationError, match="déjà ce nom"):
        bodies.add_body(by=coordinator, key="other", **said)
    with pytest.raises(ValidationError, match="Ce texte manque"):
        bodies.add_body(by=coordinator, key="k", **said | {"name": "  "})
    with pytest.raises(ValidationError, match="entre 0 et 100"):
        bodies.add_body(by=coordinator, key="l", quorum_percent=101, **said | {"name": "B"})
    with pytest.raises(PermissionDenied):
        bodies.add_body(by=president, key="m", **said | {"name": "C"})
    with pytest.raises(PermissionDenied):
        bodies.add_body(by=coordinator, key="n", **said | {"scope": make_territory("Indian/Reunion").scope})


def test_two_who_change_the_rules_lose_nothing(body: Body, coordinator: Person) -> None:
    said = {"name": "Conseil", "purpose": "Il décide.", "pays_time": True}
    changed = bodies.change_body(by=coordinator, body=body, base=1, notice_days=15, **said)
    assert (changed.notice_days, changed.version) == (15, 2)
    assert bodies.change_body(by=coordinator, body=body, base=1, notice_days=15, **said).version == 2
    with pytest.raises(StaleError) as refused:
        bodies.change_body(by=coordinator, body=body, base=1, notice_days=20, **said)
    assert refused.value.standing.notice_days == 15
    entry = Entry.objects.filter(verb="governance.body_changed").get()
    assert entry.changes == {"notice_days": [8, 15]}
    bodies.close_body(by=coordinator, body=body)
    assert bodies.close_body(by=coordinator, body=body).closed_on == NOW.date()
    with pytest.raises(ValidationError, match="ne se réunit plus"):
        bodies.change_body(by=coordinator, body=body, base=2, notice_days=1, **said)


def test_a_body_with_a_meeting_to_come_is_not_closed(sitting: Sitting, coordinator: Person) -> None:
    with pytest.raises(ValidationError, match="Une séance est prévue"):
        bodies.close_body(by=coordinator, body=sitting.body)


def test_seats_are_given_to_people_of_the_territory_within_the_places(
    body: Body, professionals: College, users: College, seats: list[BodySeat], coordinator: Person,
    president: Person, elsewhere: Person, outsider: Person,
) -> None:  # fmt: skip
    def give(key: str, **values: object) -> BodySeat:
        said = {"college": users, "since": SINCE} | values
        return bodies.give_seat(by=coordinator, key=key, **said)

    named = give("a", name="Mme Sureau", stands_for="Familles")
    assert give("a", name="Mme Sureau", stands_for="Familles") == named
    for values, match in (
        ({"name": "M. Orme"}, "Tous les sièges"),
        ({"college": professionals}, "l’un des deux"),
        ({"college": professionals, "person": outsider, "name": "Et un nom"}, "l’un des deux"),
        ({"college": professionals, "person": elsewhere}, "pas de rôle ici"),
        ({"college": professionals, "person": president}, "siège déjà"),
        ({"college": professionals, "person": outsider, "until": date(2024, 1, 1)}, "après avoir commencé"),
        ({"name": "M. Orme", "deputises": seats[0]}, "même collège"),
        ({"name": "M. Orme", "deputises": named, "office": Office.TREASURER}, "pas de fonction"),
    ):
        with pytest.raises(ValidationError, match=match):
            give("b", **values)
    deputy = give("c", name="M. Orme", deputises=named)
    with pytest.raises(ValidationError, match="déjà une suppléance"):
        give("d", name="M. Buis", deputises=named)
    with pytest.raises(PermissionDenied):
        bodies.give_seat(by=president, college=users, since=SINCE, key="e", name="M. Houx")
    left = bodies.end_seat(by=coordinator, seat=named)
    deputy.refresh_from_db()
    assert left.left_on == deputy.left_on == NOW.date()
    assert bodies.end_seat(by=coordinator, seat=named, on=date(2026, 5, 1)).left_on == NOW.date()
    with pytest.raises(ValidationError, match="quitté"):
        bodies.renew_seat(by=coordinator, seat=named, until=date(2027, 1, 1))
    with pytest.raises(ValidationError, match="avant le début"):
        bodies.end_seat(by=coordinator, seat=seats[0], on=date(2024, 1, 1))


def test_a_college_is_added_once_with_its_places(body: Body, coordinator: Person, users: College) -> None:
    said = {"body": body, "kind": CollegeKind.USERS, "name": "Usagers"}
    assert bodies.add_college(by=coordinator, places=2, **said) == users
    with pytest.raises(ValidationError, match="porte déjà ce nom"):
        bodies.add_college(by=coordinator, places=3, **said)
    with pytest.raises(ValidationError, match="entre 1 et 500"):
        bodies.add_college(by=coordinator, places=0, **said | {"name": "Autres"})


def test_what_a_body_lacks_is_said_in_amber(
    body: Body, coordinator: Person, clock: time_machine.Coordinates
) -> None:
    def gaps() -> list[tuple[Gap, str]]:
        (found,) = seen([body])
        assert all(words.gap_words(*one) for one in found.gaps)
        return list(found.gaps)

    assert gaps() == [(Gap.NO_COLLEGE, "")]
    users = bodies.add_college(by=coordinator, body=body, kind=CollegeKind.USERS, name="Usagers", places=1)
    bodies.add_college(by=coordinator, body=body, kind=CollegeKind.ELECTED, name="Élus", places=1)
    assert gaps() == [(Gap.NO_USERS, ""), (Gap.EMPTY_COLLEGE, "Élus")]
    seat = bodies.give_seat(
        by=coordinator, college=users, since=SINCE, until=date(2026, 3, 31), name="Mme Sureau", key="s"
    )
    assert gaps() == [(Gap.TERM_ENDING, "Mme Sureau"), (Gap.EMPTY_COLLEGE, "Élus")]
    clock.move_to(NOW + timedelta(days=60))
    assert (Gap.TERM_ENDED, "Mme Sureau") in gaps()
    with pytest.raises(ValidationError, match="à venir"):
        bodies.renew_seat(by=coordinator, seat=seat, until=date(2026, 3, 31))
    bodies.renew_seat(by=coordinator, seat=seat, until=date(2028, 3, 31))
    assert gaps() == [(Gap.EMPTY_COLLEGE, "Élus")]
    (found,) = seen([bodies.close_body(by=coordinator, body=body)])
    assert found.gaps == ()
    assert "ne se réunit plus" in words.body_finding(found)


def test_a_meeting_is_prepared_once_where_somebody_may_find_it(
    body: Body, seats: list[BodySeat], president: Person, members: list[Person]
) -> None:
    said = {"body": body, "starts_at": HELD, "length": 60, "place": "Mairie"}
    made = sittings.prepare_sitting(by=president, key="s", **said)
    assert sittings.prepare_sitting(by=president, key="s", **said) == made
    for values, match in (
        ({"place": ""}, "Dites où"),
        ({"length": 5}, "de 15 à 720"),
        ({"video_url": "http://visio.example.org"}, "https"),
        ({"starts_at": NOW - timedelta(hours=1)}, "déjà passée"),
        ({"starts_at": HELD.replace(year=2300)}, "hors d’atteinte"),
    ):
        with pytest.raises(ValidationError, match=match):
            sittings.prepare_sitting(by=president, key="t", **said | values)
    with pytest.raises(PermissionDenied):
        sittings.prepare_sitting(by=members[0], key="u", **said)


def test_members_are_convened_and_the_page_knows_what_left(
    sitting: Sitting, seats: list[BodySeat], users: College, members: list[Person], president: Person,
    coordinator: Person,
) -> None:  # fmt: skip
    told = Notification._base_manager.filter(template=exchange.Template.MEETING_CALLED.value, channel="inbox")
    assert {one.person_id for one in told} == {one.person_id for one in seats}
    assert all(one.path == f"/pilotage/gouvernance/seances/{sitting.pk}/" for one in told)
    assert sittings.convene(by=president, sitting=sitting) == 0
    # Somebody without an account is convened, and told otherwise.
    bodies.give_seat(by=coordinator, college=users, since=SINCE, name="Mme Sureau", key="late")
    assert sittings.convene(by=president, sitting=sitting) == 1
    assert told.count() == len(seats)
    assert Summons.objects.of_sitting(sitting).count() == len(seats) + 1
    with pytest.raises(PermissionDenied):
        sittings.convene(by=members[0], sitting=sitting)


def test_nobody_is_convened_to_nothing(
    body: Body, professionals: College, president: Person, coordinator: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    made = sittings.prepare_sitting(
        by=coordinator, body=body, starts_at=HELD, length=60, key="s", place="Mairie"
    )
    with pytest.raises(ValidationError, match="ordre du jour"):
        sittings.convene(by=coordinator, sitting=made)
    point = sittings.add_point(
        by=coordinator, sitting=made, kind=PointKind.DEBATE, title=" Un  point ", key="p"
    )
    assert point.title == "Un point"
    again = sittings.add_point(by=coordinator, sitting=made, kind=PointKind.DEBATE, title="Un point", key="p")
    assert again == point
    with pytest.raises(ValidationError, match="Personne ne siège"):
        sittings.convene(by=coordinator, sitting=made)
    with pytest.raises(ValidationError, match="pas encore convoquée"):
        sittings.remind(by=coordinator, sitting=made)
    with pytest.raises(ValidationError, match="pas commencé"):
        sittings.close_sitting(by=coordinator, sitting=made)
    clock.move_to(HELD + timedelta(minutes=1))
    for act in (sittings.convene, sittings.remind):
        with pytest.raises(ValidationError):
            act(by=coordinator, sitting=made)


def test_those_who_have_not_answered_are_reminded_once_a_day(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    attendance.answer(by=members[0], summons=summons_of(sitting, seats[0]), reply=Reply.COMES)
    assert sittings.remind(by=president, sitting=sitting) == 5
    assert sittings.remind(by=president, sitting=sitting) == 0
    clock.move_to(NOW + timedelta(days=1))
    assert sittings.remind(by=president, sitting=sitting) == 5


def test_a_meeting_moved_or_cancelled_is_told(
    sitting: Sitting, seats: list[BodySeat], president: Person, clock: time_machine.Coordinates
) -> None:
    said = {"sitting": sitting, "length": 120, "place": "Salle des fêtes"}
    assert sittings.change_sitting(by=president, starts_at=HELD, **said).sequence == 0
    moved = sittings.change_sitting(by=president, starts_at=HELD + timedelta(days=1), **said)
    assert moved.sequence == 1
    count = Notification._base_manager.filter(template="meeting_moved", channel="inbox").count()
    assert count == len(seats)
    with pytest.raises(ValidationError, match="déjà passée"):
        sittings.change_sitting(by=president, starts_at=NOW - timedelta(days=1), **said)
    with pytest.raises(ValidationError, match="Ce texte manque"):
        sittings.cancel_sitting(by=president, sitting=sitting, reason=" ")
    gone = sittings.cancel_sitting(by=president, sitting=sitting, reason="Neige")
    assert gone.is_cancelled
    assert sittings.cancel_sitting(by=president, sitting=gone, reason="Encore") == gone
    assert Notification._base_manager.filter(template="meeting_cancelled", channel="inbox").count() == len(
        seats
    )
    with pytest.raises(ValidationError, match="annulée"):
        sittings.change_sitting(by=president, starts_at=HELD, **said)


def test_a_notice_too_short_is_said_and_never_refused(
    sitting: Sitting, body: Body, seats: list[BodySeat], president: Person
) -> None:
    assert words.notice_words(sitting) == ""
    near = sittings.prepare_sitting(
        by=president, body=body, starts_at=NOW + timedelta(days=3), length=60, key="n", place="Mairie"
    )
    assert "le serait 3 jours avant" in words.notice_words(near)
    sittings.add_point(by=president, sitting=near, kind=PointKind.DEBATE, title="Urgent", key="u")
    sittings.convene(by=president, sitting=near)
    near.refresh_from_db()
    assert "peut être contestée" in words.notice_words(near)


def test_each_answers_for_their_own_seat(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person, outsider: Person
) -> None:
    first = summons_of(sitting, seats[0])
    answered = attendance.answer(by=members[0], summons=first, reply=Reply.COMES)
    assert (answered.reply, answered.replied_by) == (Reply.COMES, members[0])
    for person in (outsider, members[1]):
        with pytest.raises(PermissionDenied):
            attendance.answer(by=person, summons=first, reply=Reply.ABSENT)
    # Who keeps the meeting notes what a member told them.
    assert attendance.answer(by=president, summons=first, reply=Reply.ABSENT).replied_by == president
    assert attendance.answer(by=president, summons=first, reply=Reply.ABSENT).reply == Reply.ABSENT


def test_a_proxy_is_given_to_one_other_member_who_comes_and_within_the_bound(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], coordinator: Person,
    professionals: College,
) -> None:  # fmt: skip
    def give(place: int, to: BodySeat | None) -> Summons:
        return attendance.answer(
            by=members[place], summons=summons_of(sitting, seats[place]), reply=Reply.PROXY, proxy_to=to
        )

    with pytest.raises(ValidationError, match="à qui vous donnez"):
        give(0, None)
    with pytest.raises(ValidationError, match="autre membre convoqué"):
        give(0, seats[0])
    assert give(0, seats[1]).proxy_to == seats[1]
    with pytest.raises(ValidationError, match="pouvoir de plus"):
        give(2, seats[1])
    with pytest.raises(ValidationError, match="ne vient pas"):
        give(2, seats[0])
    deputy = bodies.give_seat(
        by=coordinator, college=professionals, since=SINCE, name="M. Orme", deputises=seats[4], key="dep"
    )
    with pytest.raises(ValidationError, match="autre membre convoqué"):
        give(2, deputy)
    sittings.convene(by=coordinator, sitting=sitting)
    with pytest.raises(ValidationError, match="pas de voix à donner"):
        attendance.answer(
            by=coordinator, summons=summons_of(sitting, deputy), reply=Reply.PROXY, proxy_to=seats[2]
        )


def test_one_signs_in_from_a_while_before_the_hour(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    mine = summons_of(sitting, seats[0])
    with pytest.raises(ValidationError, match="à partir de l’heure"):
        attendance.sign_in(by=members[0], summons=mine)
    with pytest.raises(ValidationError, match="personne n’y est encore"):
        attendance.note_presence(by=president, summons=mine, is_here=True)
    clock.move_to(HELD - timedelta(minutes=20))
    signed = attendance.sign_in(by=members[0], summons=mine)
    assert (signed.is_here, signed.signed_by) == (True, members[0])
    assert attendance.sign_in(by=members[0], summons=mine).signed_at == signed.signed_at
    with pytest.raises(PermissionDenied, match="pas le vôtre"):
        attendance.sign_in(by=president, summons=mine)
    with pytest.raises(ValidationError, match="1 à 720"):
        attendance.note_presence(by=president, summons=mine, is_here=True, minutes=0)
    assert attendance.note_presence(by=president, summons=mine, is_here=True, minutes=45).minutes == 45
    gone = attendance.note_presence(by=president, summons=mine, is_here=False)
    assert (gone.signed_at, gone.minutes) == (None, None)


def test_a_meeting_closed_keeps_who_was_there(
    begun: Sitting, seats: list[BodySeat], members: list[Person], president: Person
) -> None:
    assert "Quorum atteint : 4 voix sur 6" in words.quorum_words(
        quorum_in(begun, all_summons(begun)), begun, {}
    )
    closed = sittings.close_sitting(by=president, sitting=begun)
    assert sittings.close_sitting(by=president, sitting=closed) == closed
    assert not Summons.objects.of_sitting(begun).filter(is_here=None).exists()
    for act in (
        lambda: attendance.note_presence(by=president, summons=summons_of(begun, seats[4]), is_here=True),
        lambda: attendance.sign_in(by=members[4], summons=summons_of(begun, seats[4])),
        lambda: sittings.add_point(by=president, sitting=begun, kind=PointKind.DEBATE, title="X", key="x"),
    ):
        with pytest.raises(ValidationError, match="levée"):
            act()


def test_the_office_gives_the_right_to_keep_and_only_while_it_is_held(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person, coordinator: Person,
    outsider: Person,
) -> None:  # fmt: skip
    body = sitting.body
    keepers = {one for one in (*members, president, coordinator, outsider) if rights.keeps(one, body)}
    assert keepers == {president, coordinator}
    assert Body.objects.for_person(members[0]).filter(pk=body.pk).exists()
    assert not Body.objects.for_person(outsider).filter(pk=body.pk).exists()
    bodies.end_seat(by=coordinator, seat=seats[0])
    assert not Body.objects.for_person(members[0]).filter(pk=body.pk).exists()


def test_the_time_of_professionals_is_offered_once_the_meeting_is_closed(
    begun: Sitting, seats: list[BodySeat], president: Person, place: Territory
) -> None:
    since, until = date(2026, 3, 1), date(2026, 3, 31)
    assert api.paid_times(place.scope, since, until) == []
    attendance.note_presence(by=president, summons=summons_of(begun, seats[0]), is_here=True, minutes=45)
    sittings.close_sitting(by=president, sitting=begun)
    found = api.paid_times(place.scope, since, until)
    # The president is there for the users: their time is no time of a professional.
    assert [(one.person, one.minutes) for one in found] == [
        (seats[0].person, 45), (seats[1].person, 120), (seats[2].person, 120),
    ]  # fmt: skip
    assert api.paid_times(place.scope, date(2026, 4, 1), date(2026, 4, 30)) == []


def test_funding_takes_that_time_without_typing_it_again(
    begun: Sitting, seats: list[BodySeat], president: Person, place: Territory
) -> None:
    from maillage.funding.queries.times import times_in

    sheet = make_professional("Aubépine", "Hélène", account=seats[0].person)
    sittings.close_sitting(by=president, sitting=begun)
    found = times_in(place.scope, date(2026, 3, 1), date(2026, 3, 31))
    assert [(one.time.value, one.minutes, one.label) for one in found] == [("meeting", 120, "Conseil")] * 3
    assert found[0].who == sheet
    assert found[0].url == f"/pilotage/gouvernance/seances/{begun.pk}/"


@pytest.fixture
def going(coordinator: Person, place: Territory, clock: time_machine.Coordinates) -> project.Objective:
    """An objective of the project of the territory."""
    made = project.begin_project(
        by=coordinator, place=place, kind=project.ProjectKind.CPTS, title="Projet", key="project",
        starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31),
    )  # fmt: skip
    return project.add_objective(
        by=coordinator, project=made, mission=project.Mission.ACCESS, title="Un médecin pour chacun", key="o"
    )


def test_a_decision_becomes_an_action_that_says_where_it_stands(
    begun: Sitting, going: project.Objective, president: Person, coordinator: Person, outsider: Person,
    clock: time_machine.Coordinates,
) -> None:  # fmt: skip
    made = minutes.decide(by=president, sitting=begun, text="Signer le prêt de la salle.", key="d")
    assert minutes.decide(by=president, sitting=begun, text="Signer le prêt de la salle.", key="d") == made
    with pytest.raises(ValidationError, match="autre chose"):
        minutes.decide(by=president, sitting=begun, text="Autre chose.", key="d")
    today = HELD.date()
    assert words.decision_state(made, today)[0] == "sans action"
    said = {"resolution": made, "objective": going, "lead": president}
    with pytest.raises(PermissionDenied):
        minutes.act_on(by=president, due_on=date(2026, 4, 1), **said)
    with pytest.raises(ValidationError, match="avant la décision"):
        minutes.act_on(by=coordinator, due_on=date(2026, 3, 1), **said)
    action = minutes.act_on(by=coordinator, due_on=date(2026, 4, 1), **said)
    assert minutes.act_on(by=coordinator, due_on=date(2026, 5, 1), **said) == action
    assert (action.title, action.ends_on, action.lead) == (made.text, date(2026, 4, 1), president)
    made.refresh_from_db()
    assert words.decision_state(made, today)[0].startswith("pour le ")
    assert words.decision_state(made, date(2026, 4, 2)) == ("en retard", "attention")
    # Each says the other: the action, by which meeting it was decided, to who follows it.
    assert [one.pk for one in decisions_of_action(president, action)] == [made.pk]
    assert decisions_of_action(outsider, action) == []
    other = project.add_action(by=coordinator, objective=going, title="Autre", starts_on=today, key="other")
    with pytest.raises(ValidationError, match="déjà son action"):
        minutes.tie_action(by=president, resolution=made, action=other)
    assert minutes.tie_action(by=president, resolution=made, action=action).action == action


def test_an_action_that_stands_already_does_what_is_decided(
    begun: Sitting, going: project.Objective, president: Person, coordinator: Person
) -> None:
    action = project.add_action(
        by=coordinator, objective=going, title="La salle", starts_on=HELD.date(), key="a"
    )
    made = minutes.decide(by=president, sitting=begun, text="Ouvrir la salle.", key="d")
    assert minutes.tie_action(by=president, resolution=made, action=action).action == action
    made.refresh_from_db()
    assert words.decision_state(made, HELD.date()) == ("en cours", "")


def test_what_is_said_is_written_by_who_keeps_and_two_lose_nothing(
    begun: Sitting, president: Person, members: list[Person], coordinator: Person
) -> None:
    point = AgendaPoint.objects.of_sitting(begun).select_related("sitting__body__scope").get()
    written = minutes.write_said(by=president, point=point, base=1, text="Adopté.\r\nÀ revoir.")
    assert (written.said, written.version) == ("Adopté.\nÀ revoir.", 2)
    assert minutes.write_said(by=president, point=point, base=1, text="Adopté.\nÀ revoir.").version == 2
    with pytest.raises(StaleError):
        minutes.write_said(by=coordinator, point=point, base=1, text="Rejeté.")
    with pytest.raises(ValidationError, match="résumez-le"):
        minutes.write_said(by=president, point=point, base=2, text="x" * 8001)
    with pytest.raises(PermissionDenied):
        minutes.write_said(by=members[0], point=point, base=2, text="Autre.")


def test_minutes_are_approved_by_a_later_meeting_and_then_frozen(
    begun: Sitting, body: Body, president: Person, clock: time_machine.Coordinates
) -> None:
    later = sittings.prepare_sitting(
        by=president, body=body, starts_at=HELD + timedelta(days=30), length=60, key="l", place="Mairie"
    )
    with pytest.raises(ValidationError, match="Levez d’abord"):
        minutes.approve_minutes(by=president, sitting=begun, approved_in=later)
    closed = sittings.close_sitting(by=president, sitting=begun)
    with pytest.raises(ValidationError, match="suivante"):
        minutes.approve_minutes(by=president, sitting=closed, approved_in=closed)
    with pytest.raises(ValidationError, match="pas encore eu lieu"):
        minutes.approve_minutes(by=president, sitting=closed, approved_in=later)
    clock.move_to(HELD + timedelta(days=30, minutes=10))
    made = minutes.approve_minutes(by=president, sitting=closed, approved_in=later)
    assert minutes.approve_minutes(by=president, sitting=closed, approved_in=later) == made
    assert made.content["quorum"]["present"] == 4
    point = AgendaPoint.objects.of_sitting(closed).select_related("sitting__body__scope").get()
    for act in (
        lambda: minutes.write_said(by=president, point=point, base=1, text="Trop tard."),
        lambda: minutes.decide(by=president, sitting=closed, text="Trop tard.", key="t"),
    ):
        with pytest.raises(ValidationError, match="approuvé"):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        MinutesApproval.objects.of_sitting(closed).update(content={})


def test_nothing_is_reported_of_a_meeting_to_come(sitting: Sitting, president: Person) -> None:
    with pytest.raises(ValidationError, match="rien à rapporter"):
        minutes.decide(by=president, sitting=sitting, text="Déjà.", key="d")
    assert not Resolution.objects.of_sitting(sitting).exists()


def test_who_leaves_the_territory_leaves_their_seat(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], coordinator: Person
) -> None:
    assert leaving.count_seats(members[0]) == 1
    gone = Leaving(members[0], coordinator, None, "retraite")
    assert leaving.end_seats(gone) == 0
    assert leaving.count_seats(members[0]) == 0
    assert rights.own_seats(members[0], sitting.body) == []


def test_a_meeting_is_in_the_calendar_of_who_is_convened(
    sitting: Sitting, members: list[Person], outsider: Person, place: Territory
) -> None:
    since, until = NOW, NOW + timedelta(days=20)
    assert [one.pk for one in sittings_between(members[0], since, until)] == [sitting.pk]
    assert sittings_between(outsider, since, until) == []
    assert sittings_between(make_person("x.y", Role.NURSE, place.scope), since, until) == []


def test_a_meeting_across_the_world_is_of_the_day_of_its_territory(coordinator: Person) -> None:
    far = make_territory("Indian/Reunion")
    keeper = make_person("marie.reunion", Role.COORDINATOR, far.scope)
    with time_machine.travel(NOW, tick=False):
        body = bodies.add_body(
            by=keeper, scope=far.scope, kind=BodyKind.OFFICE, name="Bureau", purpose="Il prépare.", key="b"
        )
        made = sittings.prepare_sitting(
            by=keeper, body=body, key="s", length=60, place="Saint-Denis",
            starts_at=dt.datetime(2026, 3, 12, 21, 0, tzinfo=dt.UTC),
        )  # fmt: skip
    assert made.held_on == date(2026, 3, 13)
    assert journal.target_of(made)
    assert not Sitting.objects.for_person(coordinator).filter(pk=made.pk).exists()
