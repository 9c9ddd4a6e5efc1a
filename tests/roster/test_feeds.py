"""Secret calendars: final state only, a replacement at once, nothing once revoked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.models import DutyFeed
from maillage.territory.api import Territory
from tests.factories import make_person


@pytest.fixture
def in_force(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> list[api.Post]:
    """The nights of 4 and 6 May are held; the roster is transmitted."""
    nights = [post for post in posts if post.kind == "night"]
    for night, volunteer in ((nights[3], volunteers[0]), (nights[5], volunteers[1])):
        api.assign(by=coordinator, post=night, volunteer=volunteer)
    for to in (api.State.SENT, api.State.INCOMPLETE, api.State.TRANSMITTED):
        api.change_state(by=coordinator, roster=roster, to=to)
    return nights


def account(volunteer: api.Volunteer) -> Person:
    return volunteer.professional.account


def events(client: Client, secret: str) -> dict[str, str]:
    """What a program reads at the address: the words of each event by its key."""
    answer = client.get(reverse("roster:feed", args=[secret]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    walked = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["uid"]): str(event["summary"]) for event in walked}


def uid(post: api.Post) -> str:
    return f"post-{post.pk}@maillage"


def test_a_replacement_shows_at_once_in_every_calendar(
    coordinator: Person,
    sector: api.Sector,
    in_force: list[api.Post],
    volunteers: list[api.Volunteer],
    client: Client,
) -> None:
    ill, taker = volunteers[0], volunteers[2]
    _feed, of_sector = api.create_feed(by=coordinator, of=sector, label="Régulation")
    _feed, of_ill = api.create_feed(by=account(ill), of=ill.professional, label="Téléphone")
    _feed, of_taker = api.create_feed(by=account(taker), of=taker.professional, label="Téléphone")
    night = in_force[3]
    assert events(client, of_sector)[uid(night)] == "Nuit\u00a0: Helene Aubepine"
    assert events(client, of_ill) == {uid(night): "Garde\u00a0: Nuit"}
    assert events(client, of_taker) == {}
    exchange = api.ask(by=coordinator, post=night)
    made = api.offer(by=account(taker), exchange=exchange, volunteer=taker)
    assert events(client, of_ill) == {uid(night): "Garde\u00a0: Nuit"}, "nothing before it is accepted"
    api.accept(by=coordinator, chosen=made)
    assert events(client, of_sector)[uid(night)] == "Nuit\u00a0: Nour Cypres"
    assert events(client, of_ill) == {}
    assert events(client, of_taker) == {uid(night): "Garde\u00a0: Nuit"}


def test_a_draft_is_not_shown_and_old_duties_go(
    coordinator: Person, sector: api.Sector, roster: api.Roster, clock: object, client: Client
) -> None:
    _feed, secret = api.create_feed(by=coordinator, of=sector, label="Régulation")
    assert events(client, secret) == {}
    api.Roster.objects.filter(pk=roster.pk).update(state="transmitted")
    everything = events(client, secret)
    assert len(everything) == roster.posts.count()
    clock.move_to(roster.posts.last().ends_at + timedelta(days=30), tick=False)
    assert 0 < len(events(client, secret)) < len(everything)


def test_a_revoked_address_answers_nothing(
    coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer], client: Client
) -> None:
    feed, secret = api.create_feed(by=coordinator, of=sector, label=" Régulation ")
    assert feed.label == "Régulation"
    assert secret not in feed.digest
    address = reverse("roster:feed", args=[secret])
    with pytest.raises(PermissionDenied):
        api.revoke_feed(by=account(volunteers[0]), feed=feed)
    assert client.get(address).status_code == 200
    api.revoke_feed(by=coordinator, feed=feed)
    api.revoke_feed(by=coordinator, feed=feed)
    assert client.get(address).status_code == 404
    assert client.get(reverse("roster:feed", args=["autre"])).status_code == 404
    verbs = Entry.objects.filter(verb__startswith="roster.feed").order_by("position")
    assert list(verbs.values_list("verb", flat=True)) == ["roster.feed_created", "roster.feed_revoked"]


def test_nobody_makes_the_calendar_of_somebody_else(
    coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    with pytest.raises(PermissionDenied):
        api.create_feed(by=coordinator, of=volunteers[0].professional, label="Le sien")
    with pytest.raises(PermissionDenied):
        api.create_feed(by=account(volunteers[0]), of=sector, label="Secteur")
    with transaction.atomic(), pytest.raises(IntegrityError):
        DutyFeed.objects.create(label="rien", digest="x", created_by=coordinator)


def test_the_page_makes_shows_once_and_revokes(
    coordinator: Person, sector: api.Sector, in_force: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    visit, address = Client(), reverse("roster:feeds")
    visit.force_login(account(volunteers[0]))
    assert visit.get(address).status_code == 200
    assert visit.post(address, {"shown": str(sector.pk), "label": "Le secteur"}).status_code == 422
    made = visit.post(address, {"shown": "own", "label": "Téléphone"})
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    secret = made.context["address"].rsplit("/", 1)[1].removesuffix(".ics")
    assert list(events(visit, secret)) == [uid(in_force[3])]
    again = visit.get(address).content.decode()
    assert "Téléphone" in again
    assert secret not in again
    visit.post(reverse("roster:revoke_feed", args=[DutyFeed.objects.get().pk]))
    assert "Téléphone" not in visit.get(address).content.decode().split("<main")[1].split("<form")[0]
    visit.force_login(coordinator)
    assert visit.post(address, {"shown": str(sector.pk), "label": "Bureau"}).status_code == 201


def test_who_has_nothing_to_show_is_told_so(place: Territory, sector: api.Sector) -> None:
    visit = Client()
    visit.force_login(make_person("yanis.fougere", Role.REGULATOR, place.scope))
    assert "Aucune garde à montrer" in visit.get(reverse("roster:feeds")).content.decode()
    visit.force_login(make_person("louis.tilleul", Role.PATIENT, place.scope))
    assert visit.get(reverse("roster:feeds")).status_code == 403


def test_who_keeps_every_territory_may_show_every_sector(sector: api.Sector) -> None:
    visit = Client()
    visit.force_login(make_person("agnes.muguet", Role.COORDINATOR, None))
    assert str(sector) in visit.get(reverse("roster:feeds")).content.decode()


@pytest.mark.parametrize("way", ["role", "account"])
def test_an_address_ends_with_the_right_of_whoever_made_it(
    coordinator: Person, sector: api.Sector, place: Territory, client: Client, way: str
) -> None:
    _feed, secret = api.create_feed(by=coordinator, of=sector, label="Régulation")
    address = reverse("roster:feed", args=[secret])
    assert client.get(address).status_code == 200
    if way == "role":
        coordinator.roles.update(ends_on=timezone.localdate() - timedelta(days=1))
    else:
        coordinator.is_active = False
        coordinator.save()
    assert client.get(address).status_code == 404
    client.force_login(make_person("apres.elle", Role.COORDINATOR, place.scope))
    text = client.get(reverse("roster:feeds")).content.decode()
    assert "Ne répond plus" in text
    assert "Aucun calendrier ne lit encore les gardes" in text


def test_ones_own_calendar_ends_once_the_sheet_is_another_accounts(
    volunteers: list[api.Volunteer], client: Client
) -> None:
    own = volunteers[0].professional
    _feed, secret = api.create_feed(by=account(volunteers[0]), of=own, label="Téléphone")
    address = reverse("roster:feed", args=[secret])
    assert client.get(address).status_code == 200
    own.account = None
    own.save()
    assert client.get(address).status_code == 404
