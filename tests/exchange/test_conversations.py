"""A conversation is opened, written, read, closed by the circle of care, and by nobody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from maillage.exchange.actions import conversations as actions
from maillage.exchange.models import Conversation, ConversationMessage, Mention, Notification, Participant
from maillage.exchange.queries import conversations as queries
from maillage.exchange.queries.presence import circle_of, presence
from maillage.kernel import outbox
from maillage.kernel.models import Delivery, Entry, Message, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.models import AccessLogEntry, CareConsent, CareLink, Mandate, MandateItem
from maillage.people.rules.carers import Gesture, Relation, SignedBy
from maillage.people.rules.circle import Part
from maillage.territory.api import Territory
from tests.exchange.talks import SECRET, Team, seat_of, told_outside
from tests.factories import make_person


@pytest.fixture
def team(place: Territory) -> Team:
    return Team(place)


def with_carer(team: Team, *, speaks: bool = True) -> Person:
    """Give Louis a carer, by a mandate that lets her speak with the circle, or not."""
    carer = make_person("awa.melisse", Role.CARER, team.place.scope)
    now = timezone.now()
    until = now + timedelta(days=30)
    link = CareLink.objects.create(
        patient=team.patient, person=carer, origin="mandate", role="carer", starts_at=now, ends_at=until,
        informed_at=now,
    )  # fmt: skip
    mandate = Mandate.objects.create(
        patient=team.patient, carer=carer, relation=Relation.FATHER.value, until=until, asked_at=now,
        signed_by=SignedBy.CODE.value, signed_at=now, recorded_by=team.louis, link=link,
    )  # fmt: skip
    for word in (Part.IDENTITY, Part.CIRCLE):
        MandateItem._base_manager.create(mandate=mandate, since=now, part=word.value)
    if speaks:
        MandateItem._base_manager.create(mandate=mandate, since=now, gesture=Gesture.SPEAK.value)
    return carer


def readers(row: Conversation) -> set[str]:
    return {one.participant.name for one in presence(row) if one.reads}


def test_the_circle_talks_and_each_knows_what_waits(team: Team) -> None:
    row = team.talk(team.nurse, team.pharmacist)
    assert [one.pk for one in queries.waiting_conversations(team.nurse)] == [row.pk]
    assert queries.waiting_conversations(team.doctor) == []
    actions.mark_read(by=team.nurse, conversation=row)
    assert queries.waiting_conversations(team.nurse) == []
    team.write(team.nurse, row, "Je passe à 17 h")
    seen = queries.seen_by(team.doctor, row.pk)
    assert seen is not None
    first, second = queries.thread(seen, 1)
    assert (first.is_own, first.read_by, first.author) == (True, ("Ines Capucine",), "Helene Aubepine")
    assert (second.is_new, second.message.number) == (True, 2)
    verbs = Entry.objects.filter(target=f"exchange.conversation:{row.pk}").order_by("rank")
    assert list(verbs.values_list("verb", flat=True)) == [
        "exchange.conversation_opened",
        "exchange.message_written",
    ]


def test_nothing_of_a_message_nor_of_a_patient_leaves_in_a_notification(team: Team) -> None:
    row = team.talk(team.nurse, team.pharmacist, subject="Escarre de Louis")
    team.write(team.nurse, row, "@Paul Réglisse Betadine pour Tilleul")
    actions.add_participant(by=team.doctor, conversation=team.talk(), asked=f"a{team.pharmacist.pk}")
    told = told_outside()
    assert "message_waiting" in told
    assert "mentioned" in told
    for word in ("Betadine", "talon", "Tilleul", "Louis", "Escarre", SECRET):
        assert word not in told.replace("louis.tilleul", "")
    kinds = Notification._base_manager.exclude(template__in=["message_waiting", "mentioned"])
    assert not kinds.exists()
    assert {one.channel for one in Notification._base_manager.all()} == {"email"}
    assert all(set(one.parameters) == {"when"} for one in Notification._base_manager.all())


def test_told_once_while_something_waits_and_again_when_cited(team: Team) -> None:
    row = team.talk(team.nurse)
    for _time in range(3):
        team.write(team.doctor, row)
    mine = Notification._base_manager.filter(person=team.nurse)
    assert [one.template for one in mine] == ["message_waiting"]
    seat = seat_of(row, team.nurse)
    made = team.write(team.doctor, row, "et ceci", asked=[seat.pk])
    assert [one.participant for one in Mention.objects.filter(message=made)] == [seat]
    assert [one.template for one in mine.order_by("pk")] == ["message_waiting", "mentioned"]


def test_a_key_replayed_is_one_message_and_belongs_to_its_author(team: Team) -> None:
    row = team.talk(key="k")
    assert team.talk(key="k", subject="autre") == row
    assert Conversation.objects.in_scope(team.place.scope).count() == 1
    first = team.write(team.doctor, row, "une fois", key="m")
    assert team.write(team.doctor, row, "deux fois", key="m") == first
    assert team.write(team.nurse, row, "la mienne", key="m") != first
    assert list(ConversationMessage.objects.values_list("number", flat=True)) == [1, 2, 3]
    other = team.talk()
    with pytest.raises(ValidationError, match="déjà servi"):
        team.write(team.doctor, other, "ailleurs", key="m")
    with pytest.raises(ValidationError, match="déjà servi"):
        team.talk(key="k", patient=None, scope=team.place.scope)


def test_two_who_write_at_once_get_two_numbers(team: Team) -> None:
    """The row of the conversation is held by who writes; the database refuses a number taken twice."""
    row = team.talk()
    stale = Conversation.objects.keyed(row.pk).get()
    team.write(team.doctor, row, "un")
    team.write(team.nurse, stale, "deux")  # from a page that had not seen the other
    assert list(ConversationMessage.objects.values_list("number", "text"))[1:] == [(2, "un"), (3, "deux")]
    taken = ConversationMessage.objects.get(conversation=row, number=3)
    taken.pk, taken.key = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        taken.save(force_insert=True)


def test_who_leaves_the_circle_leaves_the_recipients_at_once(team: Team) -> None:
    row = team.talk(team.nurse, team.pharmacist)
    assert readers(row) == {"Helene Aubepine", "Ines Capucine", "Paul Reglisse"}
    team.end_link(team.nurse)
    team.oppose(team.pharmacist)
    assert readers(row) == {"Helene Aubepine"}
    before = Notification._base_manager.count()
    team.write(team.doctor, row, "encore")
    assert Notification._base_manager.count() == before
    for gone in (team.nurse, team.pharmacist):
        assert queries.waiting_conversations(gone) == []
        assert queries.seen_by(gone, row.pk) is None
        with pytest.raises(PermissionDenied):
            team.write(gone, row)
        assert actions.mark_read(by=gone, conversation=row) == 0  # their seat is kept, nothing is shown by it


def test_who_is_outside_neither_opens_nor_enters(team: Team) -> None:
    with pytest.raises(PermissionDenied):
        team.talk(by=team.stranger)
    with pytest.raises(ValidationError):
        team.talk(team.stranger)
    with pytest.raises(ValidationError):
        team.talk(team.nurse, team.stranger)
    row = team.talk()
    with pytest.raises(ValidationError):
        actions.add_participant(by=team.doctor, conversation=row, asked=f"a{team.stranger.pk}")
    for gesture in (actions.close_conversation, actions.reopen_conversation, actions.leave):
        with pytest.raises(PermissionDenied):
            gesture(by=team.stranger, conversation=row)
    # Of the circle, but not asked: the conversation is not theirs.
    assert queries.seen_by(team.pharmacist, row.pk) is None
    with pytest.raises(PermissionDenied):
        team.write(team.pharmacist, row)


def test_an_emergency_access_opens_no_writing(team: Team) -> None:
    row = team.talk(team.nurse)
    team.end_link(team.nurse)
    now = timezone.now()
    CareLink.objects.create(
        patient=team.patient, origin="emergency", role="nurse", starts_at=now,
        ends_at=now + timedelta(hours=1), informed_at=now, professional=team.nurse.professional,
    )  # fmt: skip
    seen = queries.seen_by(team.nurse, row.pk)
    assert seen is not None
    assert not seen.may_write
    with pytest.raises(PermissionDenied, match="sans pouvoir"):
        team.write(team.nurse, row)
    with pytest.raises(PermissionDenied):
        team.talk(team.doctor, by=team.nurse)


def test_outside_the_team_a_consent_opens_it(team: Team) -> None:
    manager = make_person("nadia.verveine", Role.CASE_MANAGER, team.place.scope)
    CareLink.objects.create(
        patient=team.patient, person=manager, origin="coordination", role="case_manager",
        starts_at=timezone.now(),
    )  # fmt: skip
    assert manager not in [one.named for one in circle_of(team.patient, team.doctor, with_patient=False)]
    consent = CareConsent.objects.create(
        patient=team.patient, means="spoken", recorded_by=team.doctor, person=manager
    )
    row = team.talk(manager)
    assert "Nadia Verveine" in readers(row)
    consent.until = timezone.now()
    consent.save()
    assert "Nadia Verveine" not in readers(row)


def test_the_patient_reads_what_is_opened_to_them_and_nothing_else(team: Team) -> None:
    carer = with_carer(team)
    between = team.talk(team.nurse)
    assert queries.seen_by(team.louis, between.pk) is None
    with pytest.raises(ValidationError):
        team.talk(team.louis)  # not opened to them
    row = team.talk(team.louis, carer, is_open_to_patient=True)
    for reader in (team.louis, carer):
        seen = queries.seen_by(reader, row.pk)
        assert seen is not None
        assert (seen.may_write, seen.may_keep) == (True, False)
        assert [one.pk for one in queries.waiting_conversations(reader)] == [row.pk]
        with pytest.raises(PermissionDenied, match="professionnels"):
            actions.close_conversation(by=reader, conversation=row)
    sms = Notification._base_manager.filter(patient=team.patient)
    assert [(one.channel, one.path) for one in sms] == [("sms", "")]
    MandateItem._base_manager.filter(gesture=Gesture.SPEAK.value).update(until=timezone.now())
    assert queries.seen_by(carer, row.pk) is None
    assert queries.waiting_conversations(carer) == []
    with pytest.raises(PermissionDenied):
        team.write(carer, row)


def test_a_carer_who_may_not_speak_is_not_asked(team: Team) -> None:
    carer = with_carer(team, speaks=False)
    asked = [one.named for one in circle_of(team.patient, team.doctor, with_patient=True)]
    assert team.louis in asked
    assert carer not in asked


def test_the_patient_writes_to_their_team(team: Team) -> None:
    row = team.talk(team.nurse, by=team.louis)
    assert row.is_open_to_patient
    assert seat_of(row, team.louis).seat == "patient"
    team.write(team.nurse, row, "Bonjour")
    assert [one.pk for one in queries.waiting_conversations(team.louis)] == [row.pk]


def test_colleagues_of_a_scope_talk_of_a_topic(team: Team) -> None:
    row = team.talk(team.stranger, patient=None, scope=team.place.scope, subject="Garde")
    assert readers(row) == {"Helene Aubepine", "Ada Loriot"}
    assert AccessLogEntry.objects.in_scope(team.place.scope).count() == 0
    team.stranger.roles.update(withdrawn_at=timezone.now())
    assert readers(row) == {"Helene Aubepine"}
    assert queries.seen_by(team.stranger, row.pk) is None
    for by, scope in ((team.louis, team.place.scope), (team.doctor, None)):
        with pytest.raises(PermissionDenied):
            team.talk(team.nurse, by=by, patient=None, scope=scope)


def test_it_is_closed_reopened_put_away_and_left(team: Team) -> None:
    row = team.talk(team.nurse)
    for _twice in range(2):
        closed = actions.close_conversation(by=team.nurse, conversation=row)
    assert (closed.closed_by, closed.is_closed) == (team.nurse, True)
    with pytest.raises(ValidationError, match="close"):
        team.write(team.doctor, row)
    for _twice in range(2):
        assert not actions.reopen_conversation(by=team.doctor, conversation=row).is_closed
    for _twice in range(2):
        actions.put_away(by=team.doctor, conversation=row, is_away=True)
    assert queries.own_conversations(team.doctor)[1] == []
    assert len(queries.own_conversations(team.doctor, archived=True)[1]) == 1
    team.write(team.nurse, row, "une nouvelle")
    assert len(queries.own_conversations(team.doctor)[1]) == 1
    actions.put_away(by=team.doctor, conversation=row, is_away=True)
    actions.put_away(by=team.doctor, conversation=row, is_away=False)
    assert len(queries.own_conversations(team.doctor)[1]) == 1
    actions.leave(by=team.nurse, conversation=row)
    assert queries.seen_by(team.nurse, row.pk) is None
    assert actions.mark_read(by=team.nurse, conversation=row) == row.count
    again = actions.add_participant(by=team.doctor, conversation=row, asked=f"a{team.nurse.pk}")
    assert again == actions.add_participant(by=team.doctor, conversation=row, asked=f"a{team.nurse.pk}")
    assert Participant.objects.filter(conversation=row).count() == 2
    assert queries.seen_by(team.nurse, row.pk) is not None


def test_what_one_types_is_checked(team: Team) -> None:
    row = team.talk()
    for text, said in (("  ", "Écrivez"), ("\x00", "Écrivez"), ("x" * 4001, "4.+000")):
        with pytest.raises(ValidationError, match=said):
            team.write(team.doctor, row, text)
    with pytest.raises(ValidationError):
        team.talk(subject=" ")
    with pytest.raises(ValidationError):
        team.talk(asked=[])
    with pytest.raises(ValidationError, match=r"20.+personnes"):
        actions._check_number(21)


def test_one_finds_ones_own_words_and_nobody_elses(team: Team) -> None:
    row = team.talk(text="Déshydratation à surveiller", subject="Été")
    team.talk(team.pharmacist, by=team.nurse, text="Déshydratation aussi")
    found = queries.own_conversations(team.doctor, text="deshydratation")[1]
    assert [one.conversation for one in found] == [row]
    assert [one.conversation for one in queries.own_conversations(team.doctor, text="ÉTÉ")[1]] == [row]
    assert queries.own_conversations(team.stranger, text="deshydratation")[1] == []
    assert queries.own_conversations(team.doctor, text="%")[1]  # no word: the whole list
    logged = AccessLogEntry.objects.in_scope(team.place.scope).filter(person=team.doctor)
    assert {one.what for one in logged} == {"list"}


def test_open_pages_hear_at_once_that_somebody_reads_less(team: Team) -> None:
    row = team.talk()
    before = Message.objects.filter(topic=actions.topic_of(row.pk)).count()
    link = CareLink.objects.of_patient(team.patient).filter(professional__account=team.nurse).get()
    circle.end_link(by=team.doctor, link=link)
    Delivery.objects.update(try_after=timezone.now() - timedelta(seconds=1))
    outbox.drain()
    told = Message.objects.filter(topic=actions.topic_of(row.pk)).order_by("pk")
    assert told.count() == before + 1
    assert told[before].payload == {"scope": row.scope_id}


def test_open_pages_hear_that_it_changed_and_not_what(team: Team) -> None:
    row = team.talk()
    team.write(team.nurse, row, "Betadine")
    actions.mark_read(by=team.doctor, conversation=Conversation.objects.keyed(row.pk).get())
    told = Message.objects.filter(topic=actions.topic_of(row.pk)).order_by("pk")
    assert [one.payload for one in told] == [{"scope": row.scope_id}] * 3
