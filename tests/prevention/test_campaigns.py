"""From a campaign to its coverage: whom the list names, invitations, refusals, acts, lots, days, figures."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from maillage.directory.api import Professional, Structure
from maillage.directory.models import Membership
from maillage.exchange.models import Notification
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Origin, Patient, add_to_circle
from maillage.people.models import AccessLogEntry, CareOpposition, CareRestriction, RightsRequest
from maillage.prevention.actions import acts, days, invitations
from maillage.prevention.actions.campaigns import close_campaign, open_campaign
from maillage.prevention.computations.places import next_places
from maillage.prevention.models import (
    Campaign,
    DayEntry,
    Invitee,
    InviteeStep,
    PreventionAct,
    PreventionDay,
    RunLetter,
    TargetReason,
    VaccineLot,
)
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import situation
from maillage.prevention.rules.targets import Reason
from maillage.prevention.rules.vocabulary import Came, Did, Ground, Standing
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_person, make_territory
from tests.prevention.conftest import days as in_days
from tests.prevention.conftest import make_concerned

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


# A campaign


def test_a_campaign_opens_once(
    place: Territory, lead: Person, campaign: Campaign, professional: Professional
) -> None:
    said = {
        "scope": place.scope, "target": "colorectal", "title": "Dépister", "first_day": campaign.first_day,
        "last_day": campaign.last_day, "goal": 60, "caller": professional, "key": "campaign",
    }  # fmt: skip
    assert open_campaign(by=lead, **said) == campaign
    # Of another name to call back, it is another write: nothing is dropped in silence.
    with pytest.raises(ValidationError, match="déjà servi"):
        open_campaign(by=lead, **said | {"caller": None})
    with pytest.raises(ValidationError, match="déjà servi"):
        open_campaign(
            by=lead, scope=place.scope, target="breast", title="Sein", first_day=campaign.first_day,
            last_day=campaign.last_day, goal=60, key="campaign",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "unknown"}, "liste"),
        ({"last_day": date(2020, 1, 1)}, "avant le premier"),
        ({"last_day": date(2039, 1, 1)}, "vérifiez"),
        ({"goal": 0}, "pourcentage"),
        ({"goal": 101}, "pourcentage"),
        ({"target": "colorectal"}, "déjà ouverte"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_in_words(
    campaign: Campaign, lead: Person, changed: dict[str, object], said: str
) -> None:
    usual = {
        "scope": campaign.scope, "target": "breast", "title": "", "first_day": in_days(0),
        "last_day": in_days(90), "goal": 70, "key": "another",
    }  # fmt: skip
    with pytest.raises(ValidationError, match=said):
        open_campaign(by=lead, **usual | changed)
    assert Campaign.objects.in_scope(campaign.scope).count() == 1


def test_who_only_follows_opens_nothing(campaign: Campaign, board: Person, doctor: Person) -> None:
    for one in (board, doctor):
        with pytest.raises(PermissionDenied):
            close_campaign(by=one, campaign=campaign)
        with pytest.raises(PermissionDenied):
            open_campaign(
                by=one, scope=campaign.scope, target="breast", title="", first_day=in_days(0),
                last_day=in_days(9), goal=50, key="k",
            )  # fmt: skip


def test_a_closed_campaign_invites_nobody(
    campaign: Campaign, lead: Person, doctor: Person, rose: Patient
) -> None:
    close_campaign(by=lead, campaign=campaign)
    close_campaign(by=lead, campaign=campaign)
    assert Entry.objects.filter(verb="prevention.campaign_closed").count() == 1
    with pytest.raises(ValidationError, match="close"):
        step(campaign, rose, doctor, Did.NO_ANSWER)


# Who is in the list, for whom


def test_only_the_circle_reads_a_name_and_each_reading_is_logged(
    campaign: Campaign, lead: Person, stranger: Person, doctor: Person, rose: Patient, elsewhere: Patient
) -> None:
    now = situation(campaign)
    assert now.concerned == 2
    assert [one.patient for one in queries.listed(doctor, campaign, now)] == [rose]
    for other in (lead, stranger):
        assert queries.listed(other, campaign, now) == []
    assert AccessLogEntry.objects.in_scope(campaign.scope).filter(what="list").count() == 1
    assert queries.patient_of(stranger, campaign, rose.pk) is None
    assert queries.patient_of(doctor, campaign, rose.pk) == rose


def test_who_opposes_or_is_frozen_is_not_in_the_list(
    campaign: Campaign, doctor: Person, rose: Patient, elsewhere: Patient, place: Territory
) -> None:
    CareOpposition.objects.create(
        patient=rose, person=doctor, since=timezone.now(), means="oral", recorded_by=doctor
    )
    assert queries.listed(doctor, campaign, situation(campaign)) == []
    with pytest.raises(PermissionDenied):
        step(campaign, rose, doctor, Did.NO_ANSWER)
    demand = RightsRequest.objects.create(
        patient=elsewhere, right="restriction", means="oral", by=doctor, due_on=in_days(30), key="demand"
    )
    CareRestriction.objects.create(
        patient=elsewhere, request=demand, right="restriction", since=timezone.now()
    )
    assert situation(campaign).concerned == 1


def test_a_campaign_of_a_practice_is_for_the_patients_of_its_doctors(
    place: Territory,
    lead: Person,
    professional: Professional,
    commune: Commune,
    rose: Patient,
    elsewhere: Patient,
) -> None:
    practice = Structure.objects.create(
        id="710000001", kind="msp", name="MSP", search_name=" msp", lon=4.0, lat=46.0, commune=commune,
        precision="address", origin="demonstration", count=1, source="test",
    )  # fmt: skip
    Membership.objects.create(
        professional=professional, structure=practice, starts_on=date(2020, 1, 1), source="test"
    )
    made = open_campaign(
        by=lead, scope=place.scope, target="colorectal", title="", first_day=in_days(0), last_day=in_days(90),
        goal=50, practice=practice, key="practice",
    )  # fmt: skip
    assert [one.patient for one in situation(made).people] == [rose.pk]
    assert made.title == "Dépistage du cancer colorectal (test immunologique fécal)"


def test_an_unknown_birth_is_to_ask(campaign: Campaign, place: Territory, professional: Professional) -> None:
    make_concerned("Tilleul", place, professional, birth_date=None)
    now = situation(campaign)
    assert now.unknown == 1
    assert now.concerned == 0
    assert now.share is None
    assert [one.is_shown for one in now.people] == [True]


def test_an_empty_territory_says_nothing(campaign: Campaign) -> None:
    now = situation(campaign)
    assert now.communes() == []
    assert now.projection is None
    assert next_places(now).is_secret


# Invitations


def test_a_call_without_answer_is_made_again_later_three_times_at_most(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    row = step(campaign, rose, doctor, Did.NO_ANSWER)
    assert (row.standing, row.asked, row.again_on) == ("invited", 1, in_days(5))
    assert not situation(campaign).by_key[rose.pk].is_to_ask
    assert situation(campaign, in_days(5)).by_key[rose.pk].is_to_ask
    step(campaign, rose, doctor, Did.NO_ANSWER)
    assert step(campaign, rose, doctor, Did.NO_ANSWER).standing == Standing.SILENT
    with pytest.raises(ValidationError, match="en paix"):
        step(campaign, rose, doctor, Did.NO_ANSWER)


def test_a_refusal_is_kept_until_the_person_comes_back(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    assert step(campaign, rose, doctor, Did.REFUSED, words="Non merci").standing == Standing.REFUSED
    with pytest.raises(ValidationError, match="refusé"):
        step(campaign, rose, doctor, Did.NO_ANSWER)
    with pytest.raises(ValidationError, match="refusé"):
        invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="m")
    with pytest.raises(ValidationError, match="Personne à qui écrire"):
        invitations.prepare_letters(by=doctor, campaign=campaign, patients=[rose.pk], key="l")
    assert not situation(campaign).by_key[rose.pk].is_unreached
    assert step(campaign, rose, doctor, Did.BACK).standing == Standing.TO_INVITE
    assert situation(campaign).by_key[rose.pk].is_to_ask


def test_an_answer_is_noted_once_and_a_key_serves_once(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    step(campaign, rose, doctor, Did.NO_ANSWER, key="once")
    step(campaign, rose, doctor, Did.NO_ANSWER, key="once")
    assert InviteeStep.objects.in_scope(campaign.scope).count() == 1
    with pytest.raises(ValidationError, match="déjà servi"):
        step(campaign, rose, doctor, Did.REFUSED, key="once")


def test_a_day_to_call_back_is_to_come(campaign: Campaign, doctor: Person, rose: Patient) -> None:
    for until in (None, in_days(0), in_days(-3), in_days(900)):
        with pytest.raises(ValidationError):
            step(campaign, rose, doctor, Did.LATER, until=until)
    assert step(campaign, rose, doctor, Did.LATER, until=in_days(9)).again_on == in_days(9)
    with pytest.raises(ValueError, match="letters"):
        step(campaign, rose, doctor, Did.LETTER)


def test_a_message_says_no_word_of_health_and_leaves_once_a_day(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    made = invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="m")
    assert invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="m") == made
    row = Notification.objects.in_scope(campaign.scope).get()
    assert row.template.startswith("get_in_touch")
    assert "olorectal" not in str(row.parameters)
    with pytest.raises(ValidationError, match="déjà demandé"):
        invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="n")
    assert queries.messages_said([made], rose)[made.pk]
    # An act done stops what has not left.
    done(rose, doctor)
    assert Notification.objects.in_scope(campaign.scope).get().withdrawn_at is not None
    tomorrow = timezone.now() + timedelta(days=1)
    with time_machine.travel(tomorrow), pytest.raises(ValidationError, match="n’a pas à être invitée"):
        invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="o")


def test_a_message_names_somebody_to_call_back(
    campaign: Campaign, place: Territory, rose: Patient, doctor: Person, professional: Professional
) -> None:
    campaign.caller = None
    campaign.save()
    assert invitations.own_sheet(doctor) == professional
    invitations.send_message(by=doctor, campaign=campaign, patient=rose, key="m")
    professional.account = None
    professional.save()
    assert invitations.own_sheet(Person.objects.get(pk=doctor.pk)) is None


def test_nobody_hears_of_a_message_that_nobody_would_receive(
    campaign: Campaign, place: Territory, doctor: Person, professional: Professional
) -> None:
    silent = make_concerned("Orme", place, professional, phone="")
    with pytest.raises(ValidationError):
        invitations.send_message(by=doctor, campaign=campaign, patient=silent, key="m")


def test_letters_count_from_the_day_they_are_posted(
    campaign: Campaign, doctor: Person, stranger: Person, rose: Patient, elsewhere: Patient
) -> None:
    keys = [rose.pk, elsewhere.pk]
    run = invitations.prepare_letters(by=doctor, campaign=campaign, patients=keys, key="l")
    assert invitations.prepare_letters(by=doctor, campaign=campaign, patients=keys, key="l") == run
    assert [one.patient for one in RunLetter.objects.of(run)] == [rose]  # the other is nobody's to reach
    assert not Invitee.objects.of(campaign).exists()
    with pytest.raises(PermissionDenied):
        invitations.post_letters(by=stranger, run=run, posted_on=in_days(0))
    with pytest.raises(ValidationError, match="à venir"):
        invitations.post_letters(by=doctor, run=run, posted_on=in_days(1))
    with pytest.raises(ValidationError, match="avant la préparation"):
        invitations.post_letters(by=doctor, run=run, posted_on=in_days(-1))
    assert invitations.post_letters(by=doctor, run=run, posted_on=in_days(0)) == 1
    assert invitations.post_letters(by=doctor, run=run, posted_on=in_days(0)) == 0
    assert Invitee.objects.of(campaign).get().again_on == in_days(30)
    assert queries.letter_run(stranger, campaign, run.pk) is None
    with pytest.raises(ValidationError, match="Personne à qui écrire"):
        invitations.prepare_letters(by=stranger, campaign=campaign, patients=keys, key="x")


def test_whoever_is_of_another_territory_is_not_invited(
    campaign: Campaign, doctor: Person, professional: Professional
) -> None:
    far = make_concerned("Loin", make_territory("Indian/Reunion"), professional)
    with pytest.raises(PermissionDenied):
        step(campaign, far, doctor, Did.NO_ANSWER)
    assert queries.patient_of(doctor, campaign, far.pk) is None


# Acts


def test_an_act_covers_and_is_noted_once(campaign: Campaign, doctor: Person, rose: Patient) -> None:
    made = done(rose, doctor, key="act")
    assert done(rose, doctor, key="act") == made
    now = situation(campaign)
    assert (now.concerned, now.covered, now.gained, now.declared) == (1, 1, 1, 0)
    with pytest.raises(ValidationError, match="déjà noté"):
        done(rose, doctor)
    with pytest.raises(ValidationError, match="déjà servi"):
        done(rose, doctor, key="act", done_on=in_days(-4))


@pytest.mark.parametrize("day", [1, 400, -60 * 366])
def test_an_act_to_come_or_before_a_birth_is_refused(doctor: Person, rose: Patient, day: int) -> None:
    with pytest.raises(ValidationError):
        done(rose, doctor, done_on=in_days(day) if day > -1000 else date(1900, 1, 1))


def test_an_act_is_noted_by_a_role_of_its_rule(
    place: Territory, doctor: Person, stranger: Person, lead: Person, rose: Patient
) -> None:
    for one in (stranger, lead):
        with pytest.raises(PermissionDenied):
            done(rose, one)
    pharmacist = make_person("jean.mortier", Role.PHARMACIST, place.scope)
    add_to_circle(
        by=doctor,
        patient=rose,
        who=pharmacist,
        role=Role.PHARMACIST,
        origin=Origin.TEAM,
        why="essai",
        is_informed=True,
    )
    assert done(rose, pharmacist, target="influenza").by == pharmacist
    with pytest.raises(PermissionDenied, match="rôle"):
        done(rose, pharmacist, target="cervical_hpv")
    # What was done elsewhere, anybody of the circle writes.
    assert done(rose, pharmacist, target="cervical_hpv", is_declared=True).is_declared


def test_what_is_declared_counts_and_says_so(campaign: Campaign, doctor: Person, rose: Patient) -> None:
    done(rose, doctor, done_on=in_days(-300), is_declared=True)
    now = situation(campaign)
    assert (now.covered, now.declared, now.gained) == (1, 1, 0)


def test_an_act_by_mistake_is_taken_back_by_who_noted_it(
    flu: Campaign, lead: Person, doctor: Person, stranger: Person, rose: Patient
) -> None:
    lot = make_lot(flu, lead)
    made = done(rose, doctor, target="influenza", lot=lot)
    with pytest.raises(PermissionDenied):
        acts.take_back_act(by=stranger, act=made)
    acts.take_back_act(by=doctor, act=made)
    acts.take_back_act(by=doctor, act=made)
    lot.refresh_from_db()
    assert lot.left == 1
    assert done(rose, doctor, target="influenza", lot=lot) != made


def test_only_who_noted_an_act_takes_it_back(
    place: Territory, campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    add_to_circle(
        by=doctor, patient=rose, who=nurse, role=Role.NURSE, origin=Origin.TEAM, why="essai", is_informed=True
    )
    made = done(rose, doctor)
    with pytest.raises(PermissionDenied, match="Seul qui a noté"):
        acts.take_back_act(by=nurse, act=made)


def test_a_reason_decides_until_it_is_lifted(campaign: Campaign, doctor: Person, rose: Patient) -> None:
    said = acts.say_reason(
        by=doctor, patient=rose, target="colorectal", reason=Ground.RECENT_COLONOSCOPY, key="r"
    )
    again = {"by": doctor, "patient": rose, "target": "colorectal", "reason": Ground.RECENT_COLONOSCOPY}
    assert acts.say_reason(**again, key="r") == said
    assert acts.say_reason(**again, key="another") == said
    now = situation(campaign)
    assert (now.concerned, now.reasons[Reason.EXCLUDED]) == (0, 1)
    with pytest.raises(ValidationError, match="ne vaut pas"):
        acts.say_reason(**again | {"reason": Ground.HYSTERECTOMY}, key="h")
    acts.end_reason(by=doctor, reason=said)
    acts.end_reason(by=doctor, reason=said)
    assert situation(campaign).concerned == 1
    assert TargetReason.objects.in_scope(campaign.scope).count() == 1


# Lots


def test_a_lot_gives_what_it_has_and_no_more(
    flu: Campaign, lead: Person, doctor: Person, place: Territory, professional: Professional, rose: Patient
) -> None:
    lot = make_lot(flu, lead)
    done(rose, doctor, target="influenza", lot=lot)
    second = make_concerned("Orme", place, professional)
    with pytest.raises(ValidationError, match="vide"):
        done(second, doctor, target="influenza", lot=lot)
    with pytest.raises(IntegrityError), transaction.atomic():
        VaccineLot.objects.in_scope(place.scope).filter(pk=lot.pk).update(left=-1)
    lot.refresh_from_db()
    assert lot.left == 0


def test_a_lot_of_another_act_or_too_old_is_refused(
    flu: Campaign, lead: Person, doctor: Person, rose: Patient
) -> None:
    lot = make_lot(flu, lead, received=5)
    with pytest.raises(ValidationError, match="pas pour cet acte"):
        done(rose, doctor, target="zoster", lot=lot)
    with pytest.raises(ValidationError, match="pas pour cet acte"):
        done(rose, doctor, target="influenza", lot=lot, is_declared=True)
    VaccineLot.objects.in_scope(flu.scope).update(expires_on=in_days(-5))
    with pytest.raises(ValidationError, match="périmé"):
        done(rose, doctor, target="influenza", lot=lot)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "unknown"}, "liste"),
        ({"product": " "}, "boîte"),
        ({"number": ""}, "boîte"),
        ({"expires_on": date(2020, 1, 1)}, "périmé"),
        ({"received": 0}, "doses"),
        ({}, "déjà entré"),
    ],
)
def test_a_lot_that_cannot_be_is_refused_in_words(
    flu: Campaign, lead: Person, changed: dict[str, object], said: str
) -> None:
    first = make_lot(flu, lead, key="lot")
    assert make_lot(flu, lead, key="lot") == first
    assert first.number == "A12"
    with pytest.raises(ValidationError, match=said):
        make_lot(flu, lead, **changed)


# Days


def test_a_day_takes_no_more_than_its_places(
    campaign: Campaign, lead: Person, doctor: Person, place: Territory, professional: Professional,
    commune: Commune, rose: Patient,
) -> None:  # fmt: skip
    day = make_day(campaign, lead, commune)
    second = make_concerned("Orme", place, professional)
    made = days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    assert days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r") == made
    assert days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="s") == made
    assert Invitee.objects.of(campaign).get().standing == Standing.COMING
    for hour, who, said in (
        (9, second, "complète"),
        (10, rose, "déjà inscrite"),
        (12, second, "pas ouverte"),
    ):
        with pytest.raises(ValidationError, match=said):
            days.register_for_day(by=doctor, day=day, patient=who, hour=hour, key=f"{hour}-{who.pk}")
    assert queries.taken_by_hour(day) == {9: 1, 10: 0}
    assert [(one.left, one.registered) for one in queries.days_of(campaign)] == [(1, 1)]
    with pytest.raises(ValidationError, match="inscrites"):
        days.cancel_day(by=lead, day=day)


def test_who_cancels_or_does_not_come_is_asked_again(
    campaign: Campaign, lead: Person, doctor: Person, commune: Commune, rose: Patient
) -> None:
    day = make_day(campaign, lead, commune)
    made = days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    with pytest.raises(ValidationError, match="à venir"):
        days.note_came(by=doctor, entry=made, came=Came.CAME)
    days.note_came(by=doctor, entry=made, came=Came.CANCELLED)
    days.note_came(by=doctor, entry=made, came=Came.CANCELLED)
    assert Invitee.objects.of(campaign).get().again_on == in_days(0)
    with pytest.raises(ValidationError, match="annulée"):
        days.note_came(by=doctor, entry=made, came=Came.CAME)
    again = days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="t")
    assert again != made
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        days.note_came(by=doctor, entry=again, came=Came.CAME)
    assert DayEntry.objects.of(day).get(pk=again.pk).came == Came.CAME
    with (
        time_machine.travel(timezone.now() + timedelta(days=8)),
        pytest.raises(ValidationError, match="passée"),
    ):
        days.register_for_day(by=doctor, day=day, patient=rose, hour=10, key="u")


def test_a_cancelled_day_takes_nobody(
    campaign: Campaign, lead: Person, doctor: Person, commune: Commune, rose: Patient
) -> None:
    day = make_day(campaign, lead, commune, key="day")
    assert make_day(campaign, lead, commune, key="day") == day
    days.cancel_day(by=lead, day=day)
    days.cancel_day(by=lead, day=day)
    assert queries.days_of(campaign) == []
    with pytest.raises(ValidationError, match="annulée"):
        days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"place": " "}, "où"),
        ({"day": date(2039, 1, 1)}, "hors"),
        ({"opens": 12, "closes": 9}, "finit"),
        ({"per_hour": 0}, "personnes"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(
    campaign: Campaign, lead: Person, commune: Commune, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        make_day(campaign, lead, commune, **changed)


def test_a_day_is_held_in_the_territory_and_not_yesterday(
    campaign: Campaign, lead: Person, commune: Commune
) -> None:
    with pytest.raises(ValidationError, match="pas de ce territoire"):
        make_day(campaign, lead, make_commune("97411"))
    with pytest.raises(ValidationError, match="passé"):
        make_day(campaign, lead, commune, day=in_days(-1))
