"""Pages of prevention: who opens what, what each gesture says, letters, the first screen."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.kernel import contributions
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.prevention.actions import acts, days, invitations
from maillage.prevention.actions.demonstration import create_demonstration_campaign
from maillage.prevention.contributions import campaigns_at_work
from maillage.prevention.models import (
    Campaign,
    CommunityAction,
    DayEntry,
    Invitee,
    LetterRun,
    PreventionAct,
    PreventionDay,
    TargetReason,
    VaccineLot,
)
from maillage.prevention.rules.vocabulary import Did
from maillage.territory import api as territory
from maillage.territory.api import Commune, Territory
from tests.care.conftest import client_of
from tests.demonstrated import populated
from tests.factories import draw_commune, make_commune, make_person, make_territory
from tests.keys import ABSENT
from tests.packs import fictional_pack
from tests.pdf import text_of
from tests.prevention.conftest import born, make_concerned
from tests.prevention.conftest import days as in_days

__all__ = ["fictional_pack", "populated"]


@pytest.fixture
def day(campaign: Campaign, lead: Person, commune: Commune) -> PreventionDay:
    return days.add_day(
        by=lead, campaign=campaign, day=in_days(7), commune=commune, place="Salle des fêtes", opens=9,
        closes=11, per_hour=1, key="day",
    )  # fmt: skip


def page(name: str, *keys: int) -> str:
    return reverse(f"prevention:{name}", args=keys)


def read(person: Person, address: str, **query: str) -> str:
    return client_of(person).get(address, query).content.decode()


def send(person: Person, address: str, **said: object) -> str:
    """Send a form of a page and return the page that follows."""
    usual = {"key": uuid4().hex}
    answer = client_of(person).post(address, usual | said, follow=True)
    assert answer.status_code in {200, 422}, answer.status_code
    return answer.content.decode()


#: Who opens what: 200 shown, 403 refused, 404 unknown to them.
OPENED = {
    "campaigns": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 200, "patient": 403},
    "open": {"lead": 200, "doctor": 403, "board": 403, "elsewhere": 200, "patient": 403},
    "targets": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 200, "patient": 403},
    "lots": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 200, "patient": 403},
    "actions": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 200, "patient": 403},
    "campaign": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 404, "patient": 403},
    "coverage_csv": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 404, "patient": 403},
    "coverage_map": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 404, "patient": 403},
    "list": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 404, "patient": 403},
    "person": {"lead": 404, "doctor": 200, "board": 404, "elsewhere": 404, "patient": 403},
    "day_new": {"lead": 200, "doctor": 403, "board": 403, "elsewhere": 404, "patient": 404},
    "day": {"lead": 200, "doctor": 200, "board": 200, "elsewhere": 404, "patient": 403},
    "letters": {"lead": 404, "doctor": 200, "board": 404, "elsewhere": 404, "patient": 403},
}


@pytest.mark.parametrize("name", OPENED)
def test_each_page_is_opened_to_whom_it_is_for(
    name: str, campaign: Campaign, lead: Person, doctor: Person, board: Person, rose: Patient,
    day: PreventionDay,
) -> None:  # fmt: skip
    run = invitations.prepare_letters(by=doctor, campaign=campaign, patients=[rose.pk], key="l")
    there = make_territory("Indian/Reunion")
    people = {
        "lead": lead, "doctor": doctor, "board": board,
        "elsewhere": make_person("paul.ailleurs", Role.PREVENTION_LEAD, there.scope),
        "patient": make_person("louis.tilleul", Role.PATIENT, None),
    }  # fmt: skip
    more = {"person": [rose.pk], "day": [day.pk], "letters": [run.pk]}.get(name, [])
    keys = [] if name in {"campaigns", "open", "targets", "lots", "actions"} else [campaign.pk, *more]
    found = {who: client_of(one).get(page(name, *keys)).status_code for who, one in people.items()}
    assert found == OPENED[name]


def test_a_row_of_another_campaign_is_not_found(
    campaign: Campaign, flu: Campaign, day: PreventionDay, doctor: Person, rose: Patient, lead: Person
) -> None:
    run = invitations.prepare_letters(by=doctor, campaign=campaign, patients=[rose.pk], key="l")
    for name, key in (("day", day.pk), ("letters", run.pk), ("person", ABSENT)):
        assert client_of(doctor).get(page(name, flu.pk, key)).status_code == 404
    for said in ({"do": "posted", "row": str(run.pk)}, {"do": "posted", "row": "²"}):
        assert client_of(doctor).post(page("list", flu.pk), said).status_code == 404
    for said in (
        {"do": "came", "row": str(ABSENT), "came": "came"},
        {"do": "came", "row": str(ABSENT), "came": "registered"},
    ):
        assert client_of(doctor).post(page("day", campaign.pk, day.pk), said).status_code == 404
    for said in ({"do": "take_back", "row": str(ABSENT)}, {"do": "end_reason", "row": str(ABSENT)}):
        assert client_of(doctor).post(page("person", campaign.pk, rose.pk), said).status_code == 404
    assert client_of(lead).post(page("actions"), {"do": "reached", "row": str(ABSENT)}).status_code == 404
    assert "n’est pas connu" in send(lead, page("campaign", campaign.pk), do="nothing")


# The thinnest path: a campaign, its list, a call, an act, its coverage


def test_from_a_campaign_to_its_coverage(
    place: Territory,
    lead: Person,
    doctor: Person,
    professional: Professional,
    commune: Commune,
    rose: Patient,
) -> None:
    shown = send(
        lead, page("open"), do="open", where=place.scope.pk, target="breast", title="",
        first_day=in_days(-40).isoformat(), last_day=in_days(90).isoformat(), goal="",
    )  # fmt: skip
    made = Campaign.objects.in_scope(place.scope).get()
    assert made.goal == 70
    assert "la liste des personnes concernées est prête" in shown
    assert "Dépistage du cancer du sein" in shown
    assert "Églantier" not in shown
    listed = read(doctor, page("list", made.pk))
    assert "Louis ÉGLANTIER" in listed
    assert "1 personne à inviter parmi celles que vous soignez." in listed
    address = page("person", made.pk, rose.pk)
    assert "06" in read(doctor, address)
    assert "Noté." in send(doctor, address, do="answer", did="no_answer")
    assert Invitee.objects.of(made).get().asked == 1
    assert "Acte noté." in send(doctor, address, do="act", done_on=in_days(0).isoformat())
    assert "à jour" in read(doctor, page("list", made.pk), liste="tous")
    assert "secret" in read(lead, page("campaign", made.pk))


def test_a_form_refused_gives_back_what_was_typed(campaign: Campaign, lead: Person, place: Territory) -> None:
    shown = send(
        lead, page("open"), do="open", where=place.scope.pk, target="breast", title="<b>Sein</b>",
        first_day=in_days(5).isoformat(), last_day=in_days(2).isoformat(), goal="65",
    )  # fmt: skip
    assert "Le dernier jour est avant le premier" in shown
    assert "&lt;b&gt;Sein&lt;/b&gt;" in shown
    assert "<b>Sein</b>" not in shown
    assert 'value="65"' in shown
    bad = {"do": "open", "key": "k", "where": str(ABSENT), "target": "nope", "title": "a\x00b", "goal": "abc"}
    assert client_of(lead).post(page("open"), bad).status_code == 422


def test_hostile_words_are_shown_as_words(
    campaign: Campaign, doctor: Person, rose: Patient, lead: Person, place: Territory, commune: Commune
) -> None:
    address = page("person", campaign.pk, rose.pk)
    shown = send(doctor, address, do="answer", did="refused", words="<script>alert(1)</script>")
    assert "<script>alert(1)</script>" not in shown
    assert "&lt;script&gt;" in shown
    for words in ("x" * 400, "a\x00b"):
        answer = client_of(doctor).post(
            address, {"do": "answer", "key": "k", "did": "refused", "words": words}
        )
        assert answer.status_code == 422


# The list and the letters


def test_a_list_names_whom_one_cares_for_and_counts_the_others(
    campaign: Campaign, lead: Person, doctor: Person, board: Person, rose: Patient, elsewhere: Patient
) -> None:
    shown = read(doctor, page("list", campaign.pk))
    assert "ÉGLANTIER" in shown
    assert "MIRABELLE" not in shown
    assert "À inviter par d’autres soignants" in shown
    assert "moins de 11" in shown
    for person in (lead, board):
        empty = read(person, page("list", campaign.pk))
        assert "Aucun nom ici" in empty
        assert "ÉGLANTIER" not in empty
    assert AccessLogEntry.objects.in_scope(campaign.scope).filter(person=doctor).count() == 1


def test_the_lists_are_of_those_to_ask_due_unknown_or_all(
    campaign: Campaign, doctor: Person, rose: Patient, place: Territory, professional: Professional
) -> None:
    make_concerned("Tilleul", place, professional, birth_date=None)
    done = make_concerned("Orme", place, professional)
    acts.record_act(
        by=doctor, patient=done, target="colorectal", done_on=in_days(-9), key="a", is_declared=True
    )
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.NO_ANSWER, key="n")
    names = {
        asked: set(
            re.findall(r"ÉGLANTIER|TILLEUL|ORME", read(doctor, page("list", campaign.pk), liste=asked))
        )
        for asked in ("a_inviter", "a_proposer", "a_demander", "tous", "autre")
    }
    assert names == {
        "a_inviter": set(), "a_proposer": {"ÉGLANTIER"}, "a_demander": {"TILLEUL"},
        "tous": {"ÉGLANTIER", "TILLEUL", "ORME"}, "autre": set(),
    }  # fmt: skip
    everybody = read(doctor, page("list", campaign.pk), liste="tous")
    assert "déclaré" in everybody
    assert "date de naissance à demander" in everybody


def test_letters_are_printed_then_posted(
    campaign: Campaign, doctor: Person, rose: Patient, place: Territory, professional: Professional
) -> None:
    nowhere = make_concerned("Orme", place, professional)
    address = page("list", campaign.pk)
    shown = send(doctor, address, do="letters", patient=[rose.pk, nowhere.pk])
    assert "2 lettres prêtes" in shown
    assert "pas encore postées" in shown
    run = LetterRun.objects.of(campaign).get()
    said = text_of(client_of(doctor).get(page("letters", campaign.pk, run.pk)).content)
    for words in ("ÉGLANTIER", "3 rue Haute", "adresse inconnue", "Rien ne vous y oblige", "Hélène"):
        assert words in said
    assert "avant la préparation" in send(
        doctor, address, do="posted", row=run.pk, posted_on=in_days(-3).isoformat()
    )
    told = send(doctor, address, do="posted", row=run.pk, posted_on=in_days(0).isoformat())
    assert "2 personnes invitées par lettre." in told
    assert "Personne à qui écrire" in send(doctor, address, do="letters", patient=["x"])
    # Who no longer reads where they live prints nothing.
    rose.referring_doctor = None
    from maillage.people.models import CareLink

    CareLink.objects.in_scope(place.scope).update(ends_at=timezone.now())
    assert client_of(doctor).get(page("letters", campaign.pk, run.pk)).status_code == 403


def test_letters_without_a_caller_say_whom_to_speak_to(
    campaign: Campaign, doctor: Person, rose: Patient, professional: Professional
) -> None:
    campaign.caller = None
    campaign.save()
    professional.phone = "+33385000000"
    professional.save()
    run = invitations.prepare_letters(by=doctor, campaign=campaign, patients=[rose.pk], key="l")
    said = text_of(client_of(doctor).get(page("letters", campaign.pk, run.pk)).content)
    assert "03 85 00 00 00" in said.replace("\xa0", " ").replace("\u202f", " ")


# One person


def test_each_gesture_of_a_person_is_told(
    flu: Campaign,
    lead: Person,
    doctor: Person,
    place: Territory,
    professional: Professional,
    commune: Commune,
) -> None:
    old = make_concerned("Chêne", place, professional, commune, birth_date=born(80))
    lot = days.add_lot(
        by=lead, scope=place.scope, target="influenza", product="Vaccin", number="a1",
        expires_on=in_days(60), received=2, key="lot",
    )  # fmt: skip
    planned = days.add_day(
        by=lead, campaign=flu, day=in_days(3), commune=commune, place="Mairie", opens=9, closes=10,
        per_hour=1, key="d",
    )  # fmt: skip
    address = page("person", flu.pk, old.pk)
    shown = read(doctor, address)
    assert "Mairie" in shown
    assert "À proposer." in shown
    assert "message" in send(doctor, address, do="message")
    assert "Noté." in send(doctor, address, do="answer", did="later", until=in_days(4).isoformat())
    assert "Donnez le jour" in send(doctor, address, do="answer", did="later")
    assert "Inscription notée." in send(doctor, address, do="register", slot=f"{planned.pk}-9")
    assert "Noté." in send(doctor, address, do="answer", did="refused")
    assert "plus invitée par cette campagne" in read(doctor, address)
    assert "de nouveau être invitée" in send(doctor, address, do="back")
    assert "Noté." in send(doctor, address, do="reason", reason="contraindication")
    reason = TargetReason.objects.in_scope(place.scope).get()
    assert "Écartée par un professionnel." in read(doctor, address)
    assert "Levé" in send(doctor, address, do="end_reason", row=reason.pk)
    assert "à venir" in send(doctor, address, do="act", done_on=in_days(2).isoformat(), lot=lot.pk)
    assert "Acte noté." in send(doctor, address, do="act", done_on=in_days(0).isoformat(), lot=lot.pk)
    lot.refresh_from_db()
    assert lot.left == 1
    made = PreventionAct.objects.in_scope(place.scope).get()
    assert "Vaccin · A1" in read(doctor, address)
    assert "Acte repris" in send(doctor, address, do="take_back", row=made.pk)
    assert "fait ailleurs" in send(doctor, address, do="declared", done_on=in_days(-9).isoformat())


def test_somebody_frozen_is_not_of_the_campaign(
    campaign: Campaign, doctor: Person, place: Territory, professional: Professional
) -> None:
    male = make_concerned("Hêtre", place, professional, birth_date=born(30))
    assert "Hors de l’âge." in read(doctor, page("person", campaign.pk, male.pk))


# Days, lots, actions


def test_a_day_is_planned_filled_and_attended(
    campaign: Campaign,
    lead: Person,
    doctor: Person,
    rose: Patient,
    commune: Commune,
    professional: Professional,
) -> None:
    address = page("day_new", campaign.pk)
    assert f'value="{commune.pk}" selected' in read(lead, address, commune=commune.pk)
    usual = {
        "do": "plan", "day": in_days(5).isoformat(), "commune": commune.pk, "place": "Gymnase",
        "structure": "", "opens": "9", "closes": "12", "per_hour": "4",
    }  # fmt: skip
    refused = send(lead, address, **usual | {"closes": "8"})
    assert "finit après avoir commencé" in refused
    assert "Gymnase" in refused
    assert "Journée prévue" in send(lead, address, **usual)
    made = PreventionDay.objects.of(campaign).get()
    days.register_for_day(by=doctor, day=made, patient=rose, hour=9, key="r")
    here = page("day", campaign.pk, made.pk)
    assert "ÉGLANTIER" in read(doctor, here)
    hidden = read(lead, here)
    assert "ÉGLANTIER" not in hidden
    assert "1 personne inscrite n’est pas dans votre cercle de soins" in hidden
    assert "11 places libres sur 12." in hidden
    entry = DayEntry.objects.of(made).get()
    assert "Des personnes sont inscrites" in send(lead, here, do="cancel")
    assert "Noté." in send(doctor, here, do="came", row=entry.pk, came="cancelled")
    assert "Journée annulée." in send(lead, here, do="cancel")


def test_a_day_says_its_team_and_its_stock(
    flu: Campaign, lead: Person, doctor: Person, professional: Professional, commune: Commune
) -> None:
    days.add_lot(
        by=lead, scope=flu.scope, target="influenza", product="Vaccin", number="a1",
        expires_on=in_days(2), received=2, key="lot",
    )  # fmt: skip
    made = days.add_day(
        by=lead, campaign=flu, day=in_days(3), commune=commune, place="Mairie", opens=9, closes=10,
        per_hour=1, key="d", staff=[professional],
    )  # fmt: skip
    shown = read(doctor, page("day", flu.pk, made.pk))
    assert "Hélène Aubépine" in shown
    assert "2 doses restantes" in shown
    assert "périmé ce jour-là" in shown


def test_the_stock_is_entered_by_who_leads(
    flu: Campaign, lead: Person, doctor: Person, place: Territory
) -> None:
    usual = {
        "do": "lot", "where": place.scope.pk, "target": "influenza", "product": "Vaccin", "number": "b7",
        "expires_on": in_days(30).isoformat(), "received": "12",
    }  # fmt: skip
    assert "Aucun lot en stock." in read(lead, page("lots"))
    assert "Lot entré" in send(lead, page("lots"), **usual)
    assert "déjà entré" in send(lead, page("lots"), **usual)
    assert client_of(doctor).post(page("lots"), usual | {"key": "k"}).status_code == 403
    assert "12 doses utilisables." in read(doctor, page("lots"))
    assert VaccineLot.objects.in_scope(place.scope).count() == 1


def test_an_action_is_noted_then_counted(
    lead: Person, doctor: Person, place: Territory, commune: Commune
) -> None:
    usual = {
        "do": "action", "where": place.scope.pk, "title": "Marche", "theme": "activity",
        "held_on": in_days(-1).isoformat(), "commune": commune.pk, "place": "", "partners": "Mairie",
        "reached": "",
    }  # fmt: skip
    assert "Action notée." in send(lead, page("actions"), **usual)
    row = CommunityAction.objects.in_scope(place.scope).get()
    assert "à compter" in read(doctor, page("actions"))
    assert client_of(doctor).post(page("actions"), usual | {"key": "k"}).status_code == 403
    refused = send(lead, page("actions"), do="reached", row=row.pk, reached="-4")
    assert 'value="-4"' in refused
    assert "Noté." in send(lead, page("actions"), do="reached", row=row.pk, reached="40")
    year = timezone.localdate(timezone.now()).year if in_days(-1).year == in_days(0).year else None
    assert year is None or f"40 personnes touchées en {year}." in read(doctor, page("actions"))


# Coverage, where to go next


@pytest.fixture
def covered(campaign: Campaign, place: Territory, doctor: Person, commune: Commune) -> Campaign:
    """A campaign with two communes, one large enough to be shown."""
    draw_commune(commune)
    other = make_commune("71002", place=place, name="Hauteval", lon=4.1)
    draw_commune(other)
    for where, count, done in ((commune, 40, 20), (other, 60, 30)):
        for rank in range(count):
            one = make_concerned(f"Charme {where.pk} {rank}", place, None, where)
            if rank < done:
                PreventionAct.objects.create(
                    patient=one, target="colorectal", done_on=in_days(-3), by=doctor, key=uuid4().hex
                )
    return campaign


def test_a_coverage_is_said_drawn_and_listed(covered: Campaign, lead: Person, board: Person) -> None:
    shown = read(lead, page("campaign", covered.pk))
    assert "50\u202f% des 100 personnes concernées sont à jour" in shown.replace("\xa0%", "\u202f%")
    assert "Si le rythme se maintient" in shown
    assert "<maillage-map" in shown
    assert "Hauteval" in shown
    assert "50 personnes à moins de 20 minutes" in shown
    assert "50 personnes à inviter" in read(board, page("campaign", covered.pk))
    lines = client_of(board).get(page("coverage_csv", covered.pk)).content.decode()
    assert "Hauteval;60;30;0,5" in lines
    drawn = client_of(board).get(page("coverage_map", covered.pk)).json()
    assert [one["properties"]["share"] for one in drawn["features"]] == [0.5, 0.5]


def test_a_finished_campaign_has_no_pace(covered: Campaign, lead: Person) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        assert "il n’y a plus de rythme" in read(lead, page("campaign", covered.pk))
    assert "Campagne close" in send(lead, page("campaign", covered.pk), do="close")
    assert "Campagnes closes" in read(lead, page("campaigns"))


def test_who_follows_reads_no_small_count(
    campaign: Campaign, lead: Person, board: Person, rose: Patient
) -> None:
    assert "1 personne à inviter" in read(lead, page("campaign", campaign.pk))
    shown = read(board, page("campaign", campaign.pk))
    assert "1 personne à inviter" not in shown
    assert "moins de 11" in shown


def test_english_pages_are_in_english(covered: Campaign, lead: Person) -> None:
    client = client_of(lead)
    client.cookies["django_language"] = "en"
    for name in ("campaigns", "targets", "lots", "actions"):
        assert client.get(page(name)).status_code == 200
    shown = client.get(page("campaign", covered.pk)).content.decode()
    assert "people concerned are up to date" in shown


# The shared pages


def test_an_empty_day_has_no_block(lead: Person) -> None:
    assert campaigns_at_work(lead) is None
    assert "Aucune campagne en cours." in read(lead, page("campaigns"))


def test_the_first_screen_says_whom_to_ask_again_and_the_next_day(
    campaign: Campaign, lead: Person, doctor: Person, rose: Patient, day: PreventionDay,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    invitations.note_step(by=doctor, campaign=campaign, patient=rose, did=Did.NO_ANSWER, key="n")
    Invitee.objects.of(campaign).update(again_on=in_days(0))
    with django_assert_max_num_queries(6):  # three, and the roles of the person
        found = campaigns_at_work(lead)
    assert found is not None
    assert found.said == "1 relance de prévention à faire"
    assert found.finding_url == page("campaign", campaign.pk)
    assert [one.text for one in found.lines] == ["Dépister", "Salle des fêtes"]
    assert "2 places libres sur 2" in found.lines[1].detail


def test_an_invented_campaign_is_full_and_made_once(populated: None) -> None:
    place = territory.Territory.objects.get()
    made = Campaign.objects.in_scope(place.scope).get()
    assert create_demonstration_campaign(place=place, now=timezone.now()) == 0
    lead = Person.objects.get(roles__role=Role.PREVENTION_LEAD.value)
    shown = read(lead, page("campaign", made.pk))
    assert "personnes concernées sont à jour" in shown
    assert "Salle des fêtes" in shown
    assert "minutes, " in shown  # where to hold the next day
    nurse = Person.objects.get(roles__role=Role.NURSE.value)
    assert "parmi celles que vous soignez" in read(nurse, page("list", made.pk))
    assert len(contributions.contributions()) > 10
    assert {one.standing for one in Invitee.objects.of(made)} == {"invited", "refused", "coming"}
    for name in ("campaigns", "lots", "actions"):
        assert Client().get(page(name)).status_code == 302


def test_a_list_of_names_is_offered_only_to_who_reads_names(
    campaign: Campaign, day: PreventionDay, doctor: Person, lead: Person, board: Person, rose: Patient
) -> None:
    """Given somebody to invite, then her doctor is led to the list; who reads counts alone is not."""
    names = page("list", campaign.pk)
    pages = (page("campaigns"), page("campaign", campaign.pk), page("day", campaign.pk, day.pk))
    for address in pages:
        assert names in read(doctor, address), address
        for person in (lead, board):
            assert names not in read(person, address), (person, address)
    assert "Aucun nom ici" in read(board, names), "it opens all the same, and says why it is empty"
