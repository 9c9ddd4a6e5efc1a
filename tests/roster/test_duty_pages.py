"""Preparing a roster, duties by hand, legal steps, duty done, one's own duties, who is on call."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.api import BlockKind, RosterError, State
from maillage.roster.models import Assignment, Exchange, Post, Roster, StateChange, Volunteer
from maillage.roster.pages.presenters import until
from maillage.roster.queries.statements import _amount, carried
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_person, make_professional
from tests.roster.clients import enter, later, page, post
from tests.roster.conftest import FIRST, LAST, PARIS


@pytest.fixture
def manager(coordinator: Person) -> Client:
    return enter(coordinator)


def send(by: Person, roster: api.Roster, *states: State) -> api.Roster:
    """Take a roster through some steps."""
    for state in states:
        roster = api.change_state(by=by, roster=roster, to=state)
    return roster


# Preparing a roster.


def test_the_blocks_of_a_roster_are_counted_before_it_is_made(manager: Client, sector: api.Sector) -> None:
    text = page(manager, "create", sector.pk)
    assert "Inscrire des volontaires" in text
    assert "2026-05-01" in text  # the first month that leaves the CDOM its 45 days
    asked = f"?first_day={FIRST}&last_day={LAST}"
    text = page(manager, "create", sector.pk, query=asked)
    assert "La règle donne 92 nuits, 13 dimanches et 5 jours fériés" in text
    assert "110 plages, 110 postes" in text
    assert "au plus tard le mardi 17 mars 2026, dans 15 jours" in text
    assert not Roster.objects.exists()
    assert "110 postes" in post(manager, "create", sector.pk, first_day=FIRST, last_day=LAST)
    assert Roster.objects.get().posts.count() == 110
    assert "2026-08-01" in page(manager, "create", sector.pk)  # follows the last roster


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        ("2026-05-01", "2026-06-01", "au moins 3 mois"),
        ("2026-05-01", "2026-04-01", "précède le premier"),
        ("2026-05-01", "2028-05-01", "un an au plus"),
        ("1999-05-01", "1999-09-01", "Aucune règle"),
    ],
)
def test_a_period_that_cannot_be_says_why(
    manager: Client, sector: api.Sector, first: str, last: str, problem: str
) -> None:
    assert problem in page(manager, "create", sector.pk, query=f"?first_day={first}&last_day={last}")
    assert problem in post(manager, "create", sector.pk, status=422, first_day=first, last_day=last)
    assert not Roster.objects.exists()


def test_a_period_already_covered_or_late_is_said(
    manager: Client, sector: api.Sector, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    asked = f"?first_day={FIRST}&last_day={LAST}"
    assert "du 01/05/2026 au 31/07/2026" in page(manager, "create", sector.pk, query=asked)
    late = "?first_day=2026-08-01&last_day=2026-10-31"
    later(clock, datetime(2026, 7, 1, 9, tzinfo=PARIS), manager)
    assert "délai est dépassé de 14 jours" in page(manager, "create", sector.pk, query=late)
    assert page(manager, "create", sector.pk, query="?first_day=soon&last_day=later")


# Giving duties by hand.


def test_a_post_is_given_locked_and_taken_back(
    manager: Client, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    first, night = posts[0], posts[1]
    text = page(manager, "duty", first.pk)
    assert "Personne ne tient cette garde" in text
    assert "Aucun calcul n’a encore cherché" in text
    assert "Inscrire Helene Aubepine" in text
    said = post(manager, "assign", first.pk, volunteer=volunteers[0].pk, mois="2026-05")
    assert "Helene Aubepine tient maintenant cette garde" in said
    assert "verrou" in said
    text = page(manager, "duty", first.pk)
    assert "Laisser au calcul" in text
    assert "Inscrire Helene Aubepine" not in text
    assert "Garde laissée au calcul" in post(manager, "lock", first.pk, locked="0")
    assert "Garde verrouillée" in post(manager, "lock", first.pk, locked="1")
    assert Entry.objects.filter(verb="roster.lock_set").count() == 2
    kept = page(manager, "duty", night.pk)  # the night that follows at once
    assert "Qui ne peut pas, et pourquoi" in kept
    assert "repos insuffisant" in kept
    assert "Inscrire Helene Aubepine malgré tout" in kept
    assert "Plus personne ne tient" in post(manager, "assign", first.pk, volunteer="")
    assert "inscrivez d’abord" in post(manager, "lock", first.pk, locked="1")
    assert not Assignment.objects.exists()


def test_each_reason_not_to_hold_a_post_is_told_apart(
    coordinator: Person, place: Territory, manager: Client, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    away, busy, near, gone = volunteers
    api.add_absence(by=coordinator, professional=away.professional, first_day=FIRST, last_day=FIRST)
    other = api.create_sector(by=coordinator, place=place, name="Autre", communes=[make_commune("71888")])
    there = api.posts_of(api.create_roster(by=coordinator, sector=other, first_day=FIRST, last_day=LAST))
    for one, post_there in ((busy, there[0]), (near, there[1])):
        double = api.set_volunteer(by=coordinator, sector=other, professional=one.professional)
        api.assign(by=coordinator, post=post_there, volunteer=double)
    api.set_volunteer(by=coordinator, sector=gone.sector, professional=gone.professional, is_active=False)
    text = page(manager, "duty", posts[0].pk)
    for reason in (
        "absence ce jour-là", "déjà de garde à ce moment", "garde trop proche dans un autre secteur",
        "ne prend plus de gardes",
    ):  # fmt: skip
        assert reason in text
    assert "Personne, dans le respect des règles" in text
    assert "Inscrire Marc Bouleau malgré tout" not in text  # on duty elsewhere: two places at once


def test_a_roster_already_sent_changes_with_a_reason_and_no_lock(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    send(coordinator, roster, State.SENT)
    assert "Pourquoi ce changement" in page(manager, "duty", posts[0].pk)
    assert "dites pourquoi" in post(manager, "assign", posts[0].pk, volunteer=volunteers[1].pk)
    said = post(manager, "assign", posts[0].pk, volunteer=volunteers[1].pk, reason="Malade")
    assert "Marc Bouleau tient maintenant" in said
    assert "aucun calcul ne le change plus" in post(manager, "lock", posts[0].pk, locked="0")


def test_only_the_coordinator_gives_duties(posts: list[api.Post], volunteers: list[api.Volunteer]) -> None:
    doctor = enter(volunteers[0].professional.account)
    assert doctor.get(reverse("roster:duty", args=[posts[0].pk])).status_code == 403
    for name in ("assign", "lock"):
        assert doctor.post(reverse(f"roster:{name}", args=[posts[0].pk])).status_code == 403
    with pytest.raises(RosterError, match="inscrivez"):
        api.set_lock(by=Person.objects.get(email__startswith="camille"), post=posts[0], is_locked=True)


def test_every_gap_is_explained(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    for one in volunteers[:3]:
        api.add_absence(by=coordinator, professional=one.professional, first_day=FIRST, last_day=FIRST)
    assert "Tableau complété" in post(manager, "fill", roster.pk)
    text = page(manager, "detail", roster.pk)
    assert "reste libre" in text or "restent libres" in text
    assert "Écartés par une règle" in text
    assert "absence, ou garde dans un autre secteur" in text
    doctor = enter(volunteers[3].professional.account)
    assert "Écartés par une règle" not in page(doctor, "detail", roster.pk)  # absences are personal
    gap = next(one for one in posts[:2] if not hasattr(one, "assignment") and api.missing_posts(roster))
    assert page(manager, "duty", gap.pk)


def test_a_roster_without_volunteers_says_to_enrol_them(manager: Client, roster: api.Roster) -> None:
    assert "Inscrire des volontaires" in page(manager, "detail", roster.pk)


# The legal steps.


def test_the_steps_are_counted_in_days_and_noted(
    manager: Client, coordinator: Person, roster: api.Roster, clock: time_machine.Traveller
) -> None:
    text = page(manager, "steps", roster.pk)
    assert "dans 15 jours" in text
    assert "Validé ou Lacunaire" in text
    assert "Passer à « Envoyé au CDOM »" in text.replace("\u00a0", " ")
    sent = post(manager, "step", roster.pk, state="sent", note="Envoi 12", retour="steps")
    assert "Envoi 12" in sent
    assert "Reprendre le brouillon" in sent
    assert "Des postes restent à pourvoir" in sent  # why it cannot be validated
    post(manager, "step", roster.pk, state="incomplete", retour="steps")
    later(clock, datetime(2026, 4, 30, 9, tzinfo=PARIS), manager)
    late = page(manager, "steps", roster.pk)
    assert "9 jours de retard" in late
    assert "Lacunaire" in late
    post(manager, "step", roster.pk, state="transmitted", retour="steps")
    assert "n’a pas commencé" in page(manager, "steps", roster.pk)
    StateChange.objects.create(roster=roster, state="running", at=datetime(2026, 5, 1, tzinfo=PARIS), by=None)
    assert "par le calendrier" in page(manager, "steps", roster.pk)


def test_a_doctor_reads_the_steps_and_takes_none(roster: api.Roster, volunteers: list[api.Volunteer]) -> None:
    text = page(enter(volunteers[0].professional.account), "steps", roster.pk)
    assert "Et maintenant" not in text
    assert "D’où viennent ces délais" in text


def test_once_all_is_done_no_deadline_is_left(
    manager: Client, roster: api.Roster, posts: list[api.Post]
) -> None:
    Roster.objects.filter(pk=roster.pk).update(state=State.DUTY_DONE.value)
    assert "Toutes les étapes légales sont faites" in page(manager, "steps", roster.pk)
    assert "ce tableau ne change plus" in page(manager, "duty", posts[0].pk)
    assert "1 tableau terminé" in page(manager, "index")


# The duty done and the year's balance.


def test_the_duty_done_counts_blocks_and_leaves_the_amount_blank(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    assert "Complétez d’abord le tableau" in page(manager, "statement", roster.pk)
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    text = page(manager, "statement", roster.pk)
    assert "Montant non établi" in text
    assert "Prévision" in text
    assert "109 postes" in text
    csv = manager.get(reverse("roster:statement", args=[roster.pk]) + "?format=csv")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Médecin;RPPS;Plages;Jour férié;Heures;Montant (€)"
    assert lines[1] == "Helene Aubepine;;1;1;12;"
    Roster.objects.filter(pk=roster.pk).update(state=State.CLOSED.value)
    assert "Établir le service fait" in page(manager, "statement", roster.pk)


def test_an_amount_is_known_where_every_block_has_one(
    coordinator: Person, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    held = [api.assign(by=coordinator, post=one, volunteer=volunteers[0]) for one in (posts[0], posts[2])]
    assert [one.post.kind for one in held] == ["holiday", "night"]
    assert _amount(None, held) is None
    assert _amount(50, held) == 100
    assert _amount({"holiday": 150, "night": 50.5}, held) == 200.5
    assert _amount({"holiday": 150}, held) is None


def test_a_year_is_shown_person_by_person_beside_a_fair_part(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    assert carried(roster.sector, LAST)[0].line.duties == 0
    half = volunteers[1]
    api.set_volunteer(by=coordinator, sector=roster.sector, professional=half.professional, share=0.5)
    sunday = next(one for one in posts if one.kind == "sunday")
    for one in (posts[0], sunday):
        api.assign(by=coordinator, post=one, volunteer=volunteers[0])
    send(coordinator, roster, State.SENT, State.INCOMPLETE, State.TRANSMITTED)
    Volunteer.objects.filter(pk=volunteers[3].pk).update(is_active=False)
    people = carried(roster.sector, LAST)
    assert [str(one.line.professional) for one in people] == [
        "Helene Aubepine",
        "Marc Bouleau",
        "Nour Cypres",
    ]
    assert people[0].line.burden == 30
    assert [round(one.fair["burden"]) for one in people] == [12, 6, 12]
    assert people[0].excess == 18
    assert people[0].by_month == (*[0.0] * 9, 30.0, 0.0, 0.0)
    text = page(manager, "balance", roster.pk)
    assert "Helene Aubepine porte le plus au-delà de sa part" in text
    assert "18 points au-dessus de sa part" in text
    assert "6 points au-dessous de sa part" in text
    Volunteer.objects.update(is_active=False)
    assert carried(roster.sector, LAST)[0].fair["burden"] == 0


def test_a_balanced_year_says_so(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    nights = [one for one in posts if one.kind == "night" and one.burden == posts[4].burden][:4]
    for one, volunteer in zip(nights, volunteers, strict=True):
        api.assign(by=coordinator, post=one, volunteer=volunteer)
    send(coordinator, roster, State.SENT, State.INCOMPLETE, State.TRANSMITTED)
    assert page(manager, "balance", roster.pk).count("juste à sa part") == 4


# One's own duties.


def test_a_doctor_is_replaced_from_their_own_page(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer],
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    night = next(one for one in posts if one.kind == "night")
    api.assign(by=coordinator, post=night, volunteer=volunteers[0])
    asker, taker = (enter(one.professional.account) for one in volunteers[:2])
    text = page(asker, "own_duties")
    assert "Votre prochaine garde" in text
    assert "dans 60 jours" in text
    assert "provisoire" in text
    assert "Votre prochaine garde" in page(asker, "index")
    assert "Me faire remplacer" in text
    asked = post(asker, "ask", night.pk, retour="own_duties")
    assert "Mes demandes de remplacement" in asked
    assert "remplacement demandé" in asked
    assert "Me proposer" in page(taker, "own_duties")
    offered = post(taker, "offer", Exchange.objects.get().pk, retour="own_duties")
    assert "dès que c’est accepté" in offered
    offer = Exchange.objects.get().offers.get()
    assert "Accepter Marc Bouleau" in page(asker, "own_duties")
    assert "tient maintenant cette garde" in post(asker, "accept", offer.pk, retour="own_duties")
    assert "Aucune garde à venir" in page(asker, "own_duties")
    later(clock, night.starts_at - timedelta(days=1), taker)
    assert "demain" in page(taker, "own_duties")
    later(clock, night.starts_at - timedelta(minutes=5), taker)
    assert "aujourd’hui" in page(taker, "own_duties")
    send(coordinator, roster, State.SENT, State.INCOMPLETE, State.TRANSMITTED)
    later(clock, night.starts_at + timedelta(minutes=5), taker)
    text = page(taker, "own_duties")
    assert "Vous êtes de garde en ce moment" in text
    assert "Me faire remplacer" not in text
    assert "Vous êtes de garde en ce moment" in page(taker, "index")


def test_who_takes_no_duty_is_told_how_to(place: Territory) -> None:
    nurse = enter(make_person("odile.glycine", Role.NURSE, place.scope))
    assert "Vous n’êtes volontaire dans aucun secteur" in page(nurse, "own_duties")


# Who is on call.


def test_a_commune_is_answered_in_a_sentence(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    communes: list[Commune], volunteers: list[api.Volunteer], clock: time_machine.Traveller,
) -> None:  # fmt: skip
    ask = f"?commune={communes[0].pk}"
    assert "Aucun tableau transmis" in page(manager, "on_call", query=ask)
    doctor = volunteers[0].professional
    doctor.phone = "+33639980001"
    doctor.save()
    night = next(one for one in posts if one.kind == "night")
    api.assign(by=coordinator, post=night, volunteer=volunteers[0])
    send(coordinator, roster, State.SENT, State.INCOMPLETE, State.TRANSMITTED)
    assert "personne d’inscrit (jour férié)" in page(manager, "on_call", query=ask)
    later(clock, night.starts_at + timedelta(hours=1), manager)
    text = page(manager, "on_call", query=ask)
    assert "Helene Aubepine est de garde jusqu’à demain, 8 h 00" in text.replace("\u00a0", " ")
    assert "06 39 98 00 01" in text.replace("\u00a0", " ")
    assert "116\N{NO-BREAK SPACE}117" in text
    assert "Helene Aubepine est de garde" in page(manager, "index")
    later(clock, night.ends_at - timedelta(hours=1), manager)
    assert "est de garde jusqu’à 8 h 00" in page(manager, "on_call", query=ask).replace("\u00a0", " ")
    later(clock, night.ends_at + timedelta(hours=1), manager)
    text = page(manager, "on_call", query=ask)
    assert "les cabinets sont ouverts" in text
    assert "Ensuite, le samedi 2 mai 2026 à 20 h 00" in text.replace("\u00a0", " ")
    later(clock, posts[-1].ends_at + timedelta(days=9), manager)
    assert "Ensuite" not in page(manager, "on_call", query=ask)


def test_two_doctors_on_one_block_are_both_named(
    coordinator: Person, place: Territory, manager: Client, clock: time_machine.Traveller
) -> None:
    sector = api.create_sector(
        by=coordinator, place=place, name="Deux", communes=[make_commune("71444")], seats=2
    )
    roster = api.create_roster(by=coordinator, sector=sector, first_day=FIRST, last_day=LAST)
    pair = api.posts_of(roster)[:2]
    for post_, last in zip(pair, ("Orme", "Saule"), strict=True):
        volunteer = api.set_volunteer(
            by=coordinator, sector=sector, professional=make_professional(last, "Léa")
        )
        api.assign(by=coordinator, post=post_, volunteer=volunteer)
    send(coordinator, roster, State.SENT, State.INCOMPLETE, State.TRANSMITTED)
    later(clock, pair[0].starts_at, manager)
    text = page(manager, "on_call", query="?commune=71444")
    assert "Léa Orme et Léa Saule sont de garde" in text


def test_a_long_block_names_the_day_it_ends() -> None:
    block = Post(
        starts_at=datetime(2026, 5, 1, 8, tzinfo=PARIS), ends_at=datetime(2026, 5, 4, 8, tzinfo=PARIS)
    )
    now = datetime(2026, 5, 1, 9, tzinfo=PARIS)
    assert until(block, PARIS, now).replace("\u00a0", " ") == "jusqu’au lundi 4 mai 2026 à 8 h 00"


def test_a_commune_is_found_by_its_name(manager: Client, sector: api.Sector) -> None:
    make_commune("71600", name="Paray-le-Monial", search_name=" paray le monial")
    make_commune("71601", name="Paray-sous-Bois", search_name=" paray sous bois")
    assert "Quelle commune" in page(manager, "on_call", query="?q=paray")
    assert "aucun secteur" in page(manager, "on_call", query="?q=Paray-le-Monial")
    assert "aucun secteur" in page(manager, "on_call", query="?q=71601")
    assert "Aucune commune ne commence" in page(manager, "on_call", query="?q=zzz")
    assert "Chercher" in page(manager, "on_call")
    assert page(manager, "on_call", query="?commune=99999")


def test_the_one_answer_is_for_professionals_only(place: Territory) -> None:
    patient = enter(make_person("louis.tilleul", Role.PATIENT, place.scope))
    for name in ("on_call", "own_duties", "sectors", "index"):
        assert patient.get(reverse(f"roster:{name}")).status_code == 403


def test_bridges_are_counted_in_words(coordinator: Person, manager: Client, sector: api.Sector) -> None:
    api.change_sector(
        by=coordinator, sector=sector, name="Brume", communes=list(sector.communes.all()), seats=1,
        options=[one for one in BlockKind if one.value.startswith(("bridge", "saturday"))],
    )  # fmt: skip
    text = page(manager, "create", sector.pk, query=f"?first_day={FIRST}&last_day={date(2026, 7, 31)}")
    assert "samedis après-midi" in text
    assert "1 lundi de pont" in text
    assert "1 vendredi de pont" in text
    assert "3 samedis de pont" in text


# The long computation.


def test_the_best_roster_is_searched_and_its_progress_shown(
    manager: Client, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    assert "Chercher le plus équitable (40 s)" in page(manager, "detail", roster.pk).replace("\u00a0", " ")
    text = post(manager, "solve", roster.pk, mois="2026-06")
    assert "Calcul demandé" in text
    assert "le calcul commence dès que possible" in text
    assert "Compléter le tableau" not in text
    job = api.Job.objects.get()
    running = {"state": "running", "spent": 10.0, "objective": 100.0, "bound": 98.0}
    api.Job.objects.update(**running)
    part = page(manager, "solve_progress", roster.pk, query="?mois=2026-06")
    assert "Recherche du meilleur tableau" in part
    assert "encore 30 secondes" in part
    assert "Déjà à 2,0 % au plus" in part.replace("\u00a0", " ")
    assert "<html" not in part
    api.Job.objects.update(state="queued")
    assert "Calcul arrêté" in post(manager, "solve_stop", roster.pk)
    job.refresh_from_db()
    assert not job.is_active
    text = page(manager, "detail", roster.pk)
    assert "Compléter le tableau" in text
    over = manager.get(reverse("roster:solve_progress", args=[roster.pk]))
    assert over["HX-Refresh"] == "true"


def test_a_roster_found_says_how_far_from_the_best_it_may_be(
    coordinator: Person, manager: Client, roster: api.Roster, posts: list[api.Post],
    volunteers: list[api.Volunteer],
) -> None:  # fmt: skip
    api.ask_solve(by=coordinator, roster=roster, seconds=2.0)
    assert api.run_waiting("here") == 1
    text = page(manager, "detail", roster.pk).replace("\u00a0", " ")
    assert "Meilleur tableau trouvé le lundi 2 mars 2026" in text
    assert "prouvé le meilleur possible" in text or "au plus du meilleur possible" in text
    api.Job.objects.update(objective=100.0, bound=99.0)
    assert "à 1,0 % au plus du meilleur" in page(manager, "detail", roster.pk).replace("\u00a0", " ")
    api.Job.objects.update(bound=100.0)
    assert "prouvé le meilleur possible" in page(manager, "detail", roster.pk)
    api.Job.objects.update(bound=None)
    assert "au plus du meilleur possible" not in page(manager, "detail", roster.pk)
    doctor = enter(volunteers[0].professional.account)
    assert "Meilleur tableau" not in page(doctor, "detail", roster.pk)
    assert doctor.post(reverse("roster:solve", args=[roster.pk])).status_code == 403
    assert post(manager, "solve_stop", roster.pk)  # nothing runs: nothing changes
    assert api.Job.objects.get().state == "done"
