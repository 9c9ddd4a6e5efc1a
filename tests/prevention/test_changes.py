"""What changes after it was written: a day, a lot, an answer; who hears of it, what a file says."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.exchange.models import Notification
from maillage.kernel.models import Entry, Person
from maillage.kernel.writes import StaleError
from maillage.people.api import Patient
from maillage.prevention.actions import acts, community, days, invitations
from maillage.prevention.models import (
    Campaign,
    DayEntry,
    DayStaff,
    Invitee,
    InviteeStep,
    PreventionDay,
    RunLetter,
    VaccineLot,
)
from maillage.prevention.pages import words
from maillage.prevention.pages.blocks import call_lines, prevention_panel
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import situation
from maillage.prevention.rules.secrecy import hidden_parts, rounded
from maillage.prevention.rules.vocabulary import Came, Did, Ground, Standing, Theme
from maillage.territory.api import Commune, Territory
from tests.care.conftest import client_of
from tests.factories import make_commune, make_professional
from tests.pdf import text_of
from tests.prevention.conftest import days as in_days
from tests.prevention.conftest import make_concerned
from tests.prevention.test_pages import page, read, send


@pytest.fixture
def day(campaign: Campaign, lead: Person, commune: Commune, professional: Professional) -> PreventionDay:
    return days.add_day(
        by=lead, campaign=campaign, day=in_days(7), commune=commune, place="Salle des fêtes", opens=9,
        closes=12, per_hour=2, key="day", staff=[professional],
    )  # fmt: skip


def as_it_is(day: PreventionDay, professional: Professional) -> dict[str, object]:
    """What the form of a day sends where nothing is changed."""
    return {
        "base": day.version, "on": day.day, "commune": day.commune, "place": day.place, "opens": day.opens,
        "closes": day.closes, "per_hour": day.per_hour, "staff": [professional],
    }  # fmt: skip


def messages() -> int:
    return Notification._base_manager.count()


# A day


def test_a_day_to_come_is_changed_by_who_leads_and_said_in_the_journal(
    day: PreventionDay, lead: Person, doctor: Person, professional: Professional, campaign: Campaign
) -> None:
    said = as_it_is(day, professional)
    before = Entry.objects.count()
    # Twice the same click, or nothing changed: nothing is written.
    assert days.change_day(by=lead, day=day, **said) == day
    assert Entry.objects.count() == before
    with pytest.raises(PermissionDenied):
        days.change_day(by=doctor, day=day, **said | {"place": "Mairie"})
    other = make_professional("Capucine", "Inès")
    changed = days.change_day(
        by=lead, day=day, **said | {"place": "Mairie", "closes": 13, "staff": [other, other]}
    )
    assert (changed.place, changed.closes, changed.places) == ("Mairie", 13, 8)
    team = DayStaff.objects.in_scope(campaign.scope).filter(day=day)
    assert [one.professional for one in team] == [other]
    line = Entry.objects.get(verb="prevention.day_changed")
    assert line.changes == {"closes": [12, 13]}
    # Somebody else had read the first one.
    with pytest.raises(StaleError):
        days.change_day(by=lead, day=day, **said | {"place": "Gymnase"})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": "  "}, "Dites où"),
        ({"on": "out"}, "hors de la campagne"),
        ({"on": "past"}, "passé"),
        ({"closes": 9}, "finit après"),
        ({"per_hour": 0}, "1 à 200"),
        ({"commune": "elsewhere"}, "pas de ce territoire"),
        ({"opens": 10}, "inscrites à 9 h"),
        ({"closes": 10}, "inscrites à 11 h"),
        ({"per_hour": 1}, "à la même heure"),
        ({"place": "Mairie"}, "sait un autre lieu|savent un autre lieu"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_words(
    day: PreventionDay, lead: Person, doctor: Person, professional: Professional, place: Territory,
    commune: Commune, campaign: Campaign, changed: dict[str, object], words: str,
) -> None:  # fmt: skip
    for rank, hour in enumerate((9, 11, 11)):
        whom = make_concerned(f"Rose {rank}", place, professional, commune)
        days.register_for_day(by=doctor, day=day, patient=whom, hour=hour, key=f"r{rank}")
    values = {"out": in_days(500), "past": in_days(-1), "elsewhere": make_commune("71999")}
    given = {
        name: values.get(value, value) if isinstance(value, str) else value for name, value in changed.items()
    }
    with pytest.raises(ValidationError, match=words):
        days.change_day(by=lead, day=day, **as_it_is(day, professional) | given)
    day.refresh_from_db()
    assert (day.place, day.opens, day.closes, day.per_hour) == ("Salle des fêtes", 9, 12, 2)


def test_who_is_registered_is_told_and_called(
    day: PreventionDay, lead: Person, doctor: Person, rose: Patient, professional: Professional,
    campaign: Campaign,
) -> None:  # fmt: skip
    days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    assert queries.calls_pending(doctor) == []
    before = messages()
    said = as_it_is(day, professional) | {"place": "Mairie"}
    days.change_day(by=lead, day=day, tells=True, **said)
    row = Invitee.objects.of(campaign).get()
    assert (row.standing, row.again_on) == (Standing.COMING, timezone.localdate())
    assert messages() > before
    told = Notification._base_manager.latest("pk")
    assert told.template.startswith("get_in_touch")
    assert "Mairie" not in str(told.parameters)
    # Again, nothing more leaves.
    count = messages()
    days.change_day(by=lead, day=day, tells=True, **said)
    assert messages() == count
    # Whoever registered them has them to call, from the inbox and from the list.
    (pending,) = queries.calls_pending(doctor)
    (line,) = call_lines(doctor, [pending.pk])
    assert line.who == rose.name
    assert "à prévenir" in line.detail
    assert "la journée a changé" in read(doctor, page("person", campaign.pk, rose.pk))
    # Told, they are called no more; other hours alone are nobody's news.
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.WILL_COME, key="told")
    assert queries.calls_pending(doctor) == []
    day.refresh_from_db()
    days.change_day(by=lead, day=day, **as_it_is(day, professional) | {"closes": 13})
    assert queries.calls_pending(doctor) == []


def test_a_day_over_or_cancelled_changes_no_more(
    day: PreventionDay, lead: Person, professional: Professional
) -> None:
    PreventionDay.objects.of(day.campaign).update(day=in_days(-2))
    said = as_it_is(day, professional) | {"place": "Mairie"}
    with pytest.raises(ValidationError, match="passée"):
        days.change_day(by=lead, day=day, **said)
    PreventionDay.objects.of(day.campaign).update(day=in_days(2))
    days.cancel_day(by=lead, day=day)
    with pytest.raises(ValidationError, match="annulée"):
        days.change_day(by=lead, day=day, **said)


def test_a_day_is_changed_on_its_page_where_two_lose_nothing(
    day: PreventionDay, lead: Person, doctor: Person, campaign: Campaign, commune: Commune,
    professional: Professional,
) -> None:  # fmt: skip
    here = page("day", campaign.pk, day.pk)
    assert "Changer le lieu" in read(lead, here)
    assert "Changer le lieu" not in read(doctor, here)
    said = {
        "do": "change", "base": day.version, "day": day.day.isoformat(), "commune": commune.pk,
        "place": "Mairie", "structure": "", "opens": "9", "closes": "12", "per_hour": "2",
        "staff": [professional.pk],
    }  # fmt: skip
    assert "Journée modifiée." in send(lead, here, **said)
    # From the page as it was: what stands now is shown, what was typed is kept, sent again it replaces it.
    refused = client_of(lead).post(here, said | {"place": "Gymnase"})
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "entre-temps" in shown
    assert "Mairie, " in shown
    assert 'value="Gymnase"' in shown
    day.refresh_from_db()
    assert f'name="base" value="{day.version}"' in shown
    assert client_of(doctor).post(here, said).status_code in {302, 403}
    day.refresh_from_db()
    assert day.place == "Mairie"


# A lot


def test_a_lot_is_corrected_and_never_under_what_was_used(
    flu: Campaign, lead: Person, doctor: Person, rose: Patient, place: Territory
) -> None:
    lot = days.add_lot(
        by=lead, scope=place.scope, target="influenza", product="Vaccin", number="l1",
        expires_on=in_days(60), received=10, key="lot",
    )  # fmt: skip
    acts.record_act(by=doctor, patient=rose, target="influenza", done_on=in_days(0), lot=lot, key="a")
    lot.refresh_from_db()
    base = lot.version
    for values, said in (
        ({"received": 0, "expires_on": lot.expires_on}, "de 1 à"),
        ({"received": 10**9, "expires_on": lot.expires_on}, "000 doses"),
        ({"received": 10, "expires_on": in_days(-1)}, "après ce jour"),
    ):
        with pytest.raises(ValidationError, match=said):
            days.change_lot(by=lead, lot=lot, base=base, **values)
    with pytest.raises(PermissionDenied):
        days.change_lot(by=doctor, lot=lot, base=base, received=5, expires_on=lot.expires_on)
    changed = days.change_lot(by=lead, lot=lot, base=base, received=1, expires_on=in_days(30))
    assert (changed.left, changed.received) == (0, 1)
    with pytest.raises(StaleError):
        days.change_lot(by=lead, lot=lot, base=base, received=4, expires_on=in_days(30))
    shown = send(
        lead, page("lots"), do="change", row=lot.pk, base=changed.version, received=3,
        expires_on=in_days(30).isoformat(),
    )  # fmt: skip
    assert "Lot corrigé." in shown
    assert VaccineLot.objects.in_scope(place.scope).get().left == 2
    assert client_of(doctor).post(page("lots"), {"do": "change", "row": lot.pk}).status_code in {403, 422}


# Callers


def test_a_caller_who_had_not_read_the_last_call_is_told(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    here = page("person", campaign.pk, rose.pk)
    said = {"do": "answer", "did": "no_answer", "until": "", "words": "", "seen": "0"}
    assert "Noté." in send(doctor, here, **said)
    refused = send(doctor, here, **said)
    assert "vient de noter autre chose" in refused
    assert 'name="seen" value="1"' in refused
    assert Invitee.objects.of(campaign).get().asked == 1
    # Sent again from the page that came back, it is written.
    assert "Noté." in send(doctor, here, **said | {"seen": "1"})
    assert Invitee.objects.of(campaign).get().asked == 2


def test_a_key_that_comes_back_with_other_words_is_refused(
    campaign: Campaign, doctor: Person, rose: Patient
) -> None:
    given = {"campaign": campaign, "patient": rose, "did": Did.LATER, "key": "k", "until": in_days(3)}
    first = invitations.note_step(by=doctor, words="Rappeler lundi.", **given)
    assert invitations.note_step(by=doctor, words="Rappeler lundi.", **given) == first
    for changed in ({"words": "Autre chose."}, {"words": "Rappeler lundi.", "until": in_days(4)}):
        with pytest.raises(ValidationError, match="autre chose"):
            invitations.note_step(by=doctor, **given | changed)


def test_a_day_or_an_action_sent_again_with_another_team_or_count_is_not_answered_by_the_first(
    campaign: Campaign, lead: Person, commune: Commune, professional: Professional, place: Territory
) -> None:
    planned = {
        "campaign": campaign, "day": in_days(9), "commune": commune, "place": "Halle", "opens": 14,
        "closes": 17, "per_hour": 3, "key": "halle",
    }  # fmt: skip
    first = days.add_day(by=lead, **planned, staff=[professional])
    assert days.add_day(by=lead, **planned, staff=[professional, professional]) == first
    held = {
        "scope": place.scope, "title": "Marche", "theme": Theme.ACTIVITY, "held_on": in_days(-2),
        "commune": commune, "key": "marche",
    }  # fmt: skip
    walk = community.add_action(by=lead, **held, reached=17)
    assert community.add_action(by=lead, **held, reached=17) == walk
    with pytest.raises(ValidationError, match="déjà servi"):
        days.add_day(by=lead, **planned)
    with pytest.raises(ValidationError, match="déjà servi"):
        community.add_action(by=lead, **held, reached=71)


@pytest.mark.parametrize("key", ["a\x00b", "é" * 80, "x" * 5000, ""])
def test_a_key_that_we_never_draw_is_another_one(
    campaign: Campaign, doctor: Person, rose: Patient, key: str
) -> None:
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.REFUSED, key="r")
    here = page("person", campaign.pk, rose.pk)
    assert "peut de nouveau être invitée" in send(doctor, here, do="back", key=key)
    step = InviteeStep.objects.of(Invitee.objects.of(campaign).get()).get(did=Did.BACK.value)
    assert len(step.key) == 32


def test_what_waits_in_the_inbox_is_what_is_still_asked(
    campaign: Campaign, doctor: Person, lead: Person, rose: Patient, stranger: Person
) -> None:
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.NO_ANSWER, key="n")
    assert queries.calls_pending(doctor) == []
    Invitee.objects.of(campaign).update(again_on=in_days(0))
    (pending,) = queries.calls_pending(doctor)
    assert queries.calls_pending(stranger) == []
    assert queries.calls_pending(lead) == []
    assert call_lines(stranger, [pending.pk]) == []
    (line,) = call_lines(doctor, [pending.pk])
    assert line.phones
    # Done from the inbox, it leads back there and waits no more.
    (deed,) = line.deeds
    done = client_of(doctor).post(deed.url, dict(deed.fields) | {"next": "/a-traiter/"})
    assert (done.status_code, done.headers["Location"]) == (302, "/a-traiter/")
    assert queries.calls_pending(doctor) == []
    # Nowhere else than here.
    elsewhere = client_of(doctor).post(deed.url, dict(deed.fields) | {"next": "https://example.org/"})
    assert elsewhere.headers["Location"] == page("person", campaign.pk, rose.pk)
    # The act done, or left out by a professional: the list, the count and the inbox say the same.
    Invitee.objects.of(campaign).update(again_on=in_days(0))
    assert queries.to_ask_again(lead, in_days(0)) == {campaign.pk: 1}
    act = acts.record_act(by=doctor, patient=rose, target="colorectal", done_on=in_days(0), key="a")
    assert queries.calls_pending(doctor) == []
    assert queries.to_ask_again(lead, in_days(0)) == {}
    acts.take_back_act(by=doctor, act=act)
    assert queries.to_ask_again(lead, in_days(0)) == {campaign.pk: 1}
    acts.say_reason(by=doctor, patient=rose, target="colorectal", reason=Ground.RECENT_COLONOSCOPY, key="s")
    assert queries.to_ask_again(lead, in_days(0)) == {}
    assert situation(campaign).to_ask == 0


def test_a_file_says_what_was_done_and_what_is_asked(
    campaign: Campaign, flu: Campaign, doctor: Person, stranger: Person, rose: Patient, day: PreventionDay
) -> None:
    assert prevention_panel(doctor, rose) is None
    acts.record_act(
        by=doctor, patient=rose, target="influenza", done_on=in_days(-3), is_declared=True, key="a"
    )
    days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    found = prevention_panel(doctor, rose)
    assert found is not None
    assert [one.text for one in found.lines] == [
        "Dépister – Salle des fêtes", "Dépister", "Vaccination contre la grippe",
    ]  # fmt: skip
    assert "fait ailleurs" in found.lines[2].detail
    assert found.lines[1].url == page("person", campaign.pk, rose.pk)
    address = f"/patients/{rose.pk}/"
    shown = client_of(doctor).get(address, follow=True).content.decode()
    assert "Vaccination contre la grippe" in shown
    assert (
        "Vaccination contre la grippe" not in client_of(stranger).get(address, follow=True).content.decode()
    )


# Answers that stand


def test_who_refused_is_registered_nowhere_before_they_come_back(
    campaign: Campaign, doctor: Person, rose: Patient, day: PreventionDay
) -> None:
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.REFUSED, key="r")
    with pytest.raises(ValidationError, match="a refusé"):
        days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="d")
    assert not DayEntry.objects.of(day).exists()
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.BACK, key="b")
    assert days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="d").hour == 9


def test_no_letter_is_printed_for_who_answered_meanwhile(
    campaign: Campaign, doctor: Person, rose: Patient, place: Territory, professional: Professional,
    commune: Commune,
) -> None:  # fmt: skip
    other = make_concerned("Sureau", place, professional, commune)
    run = invitations.prepare_letters(
        by=doctor, campaign=campaign, patients=[rose.pk, other.pk], key=uuid4().hex
    )
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.REFUSED, key="r")
    answer = client_of(doctor).get(page("letters", campaign.pk, run.pk))
    printed = text_of(answer.content)
    assert ("SUREAU" in printed, "ÉGLANTIER" in printed) == (True, False)
    # Posted, what was sent stays to be read.
    invitations.post_letters(by=doctor, run=run, posted_on=timezone.localdate())
    assert RunLetter.objects.of(run).count() == 2
    with pytest.raises(ValidationError, match="autre chose"):
        invitations.prepare_letters(by=doctor, campaign=campaign, patients=[other.pk], key=run.key)


def test_who_was_said_absent_by_mistake_is_left_in_peace(
    campaign: Campaign, doctor: Person, rose: Patient, day: PreventionDay
) -> None:
    entry = days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    PreventionDay.objects.of(campaign).update(day=in_days(0))
    entry.day.refresh_from_db()
    days.note_came(by=doctor, entry=entry, came=Came.ABSENT)
    assert len(queries.calls_pending(doctor)) == 1
    days.note_came(by=doctor, entry=entry, came=Came.CAME)
    assert queries.calls_pending(doctor) == []
    assert Invitee.objects.of(campaign).get().standing == Standing.COMING


# What a subtraction would tell


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        # One small part alone is the total less the others: the smallest of them goes with it.
        ([4, 30, 20], {0, 2}),
        ([4, 8, 30], {0, 1}),
        ([3, 4, 30, 40], {0, 1, 2}),
        ([0, 30, 20], set()),
        ([5], {0}),
        ([], set()),
    ],
)
def test_what_is_hidden_is_not_given_back(counts: list[int], hidden: set[int]) -> None:
    assert hidden_parts(counts, 11) == hidden


def test_two_places_that_reach_the_same_people_tell_no_difference() -> None:
    assert {rounded(count, 10) for count in range(36, 44)} == {40}
    assert rounded(45, 10) == 50


def test_a_count_hidden_for_another_is_not_said_to_be_small(campaign: Campaign) -> None:
    assert words.count_hidden(3) == "moins de 11"
    assert words.count_hidden(40) == "tenu au secret"


def test_a_change_refused_comes_first_on_the_page(
    day: PreventionDay, lead: Person, doctor: Person, campaign: Campaign, commune: Commune, rose: Patient
) -> None:
    days.register_for_day(by=doctor, day=day, patient=rose, hour=9, key="r")
    here = page("day", campaign.pk, day.pk)
    said = {
        "do": "change", "base": day.version, "day": day.day.isoformat(), "commune": commune.pk,
        "place": "Mairie", "structure": "", "opens": "9", "closes": "12", "per_hour": "2",
    }  # fmt: skip
    refused = send(lead, here, **said)
    # Without a script, nothing else would lead to it.
    assert refused.index("dites qu’elle sera prévenue") < refused.index('id="hours"')
    assert read(lead, here).index('id="hours"') < read(lead, here).index('name="base"')
    assert "à rappeler" in send(lead, here, **said | {"tells": "on"})


def test_no_message_is_offered_that_would_not_leave(
    campaign: Campaign, doctor: Person, place: Territory, professional: Professional, commune: Commune
) -> None:
    whom = make_concerned("Saule", place, professional, commune, phone="")
    shown = read(doctor, page("person", campaign.pk, whom.pk))
    assert "Un message" in shown
    assert "Demander le message" not in shown
