"""The doctor on call, as the roster's one resolver says."""

from datetime import date, timedelta

import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Proposal
from maillage.roster import api as roster
from maillage.territory.api import Commune, Territory
from tests.factories import make_person, make_professional
from tests.orientation.conftest import NOW, Call, Doctor

DAY = date(2026, 3, 14)


def test_every_sector_is_asked_at_once(
    place: Territory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    doctor = make_professional("Marjolaine", "Driss")
    expected = {"Brume": "covered", "Crue": "gap", "Dune": "outside_hours", "Givre": "no_roster"}
    for name, coverage in expected.items():
        sector = roster.Sector.objects.create(territory=place, name=name, calendar="metropole")
        first = DAY if coverage != "no_roster" else DAY + timedelta(days=1)
        table = roster.Roster.objects.create(
            sector=sector, first_day=first, last_day=DAY + timedelta(days=2), state="running"
        )
        if coverage in {"covered", "gap"}:
            post = roster.Post.objects.create(
                roster=table, kind="saturday_pm", day=DAY, starts_at=NOW - timedelta(hours=2),
                ends_at=NOW + timedelta(hours=6), burden=1.0,
            )  # fmt: skip
        if coverage == "covered":
            volunteer = roster.Volunteer.objects.create(sector=sector, professional=doctor, share=1.0)
            roster.Assignment.objects.create(post=post, volunteer=volunteer, origin="manual")
    sectors = roster.Sector.objects.select_related("territory__scope").order_by("name")
    with django_assert_num_queries(3):
        found = roster.on_call_by_sector(sectors, NOW)
    assert {sector.name: answer.coverage.value for sector, answer in found} == expected
    assert [one.volunteer.professional for _sector, answer in found for one in answer.held] == [doctor]


def test_who_is_on_call_is_proposed_then_decided(
    call: Call, regulator: Person, place: Territory, village: Commune
) -> None:
    account = make_person("driss.marjolaine", Role.PHYSICIAN, place.scope)
    doctor = make_professional("Marjolaine", "Driss", account)
    sector = roster.Sector.objects.create(territory=place, name="Brume", calendar="metropole")
    sector.communes.add(village)
    table = roster.Roster.objects.create(sector=sector, first_day=DAY, last_day=DAY, state="running")
    post = roster.Post.objects.create(
        roster=table, kind="saturday_pm", day=DAY, starts_at=NOW - timedelta(hours=2),
        ends_at=NOW + timedelta(hours=6), burden=1.0,
    )  # fmt: skip
    volunteer = roster.Volunteer.objects.create(sector=sector, professional=doctor, share=1.0)
    roster.Assignment.objects.create(post=post, volunteer=volunteer, origin="manual")

    request = call()
    search = api.propose(by=regulator, request=request)
    found = Proposal.objects.of_request(request).filter(search=search)
    assert [one.kind for one in found] == ["on_call", "samu"]
    assert found[0].professional == doctor
    assert search.on_call_answer == "covered"
    assert [one.coverage for _sector, one in api.on_call_now(by=regulator, scope=place.scope)] == ["covered"]

    made = api.decide(by=regulator, request=request, kind=api.DecisionKind.ON_CALL)
    assert made.on_call == doctor
    assert [one.pk for one in api.to_close(by=account)] == [request.pk]
    assert api.close(by=account, request=request, outcome=api.Outcome.SEEN).closes


def test_who_is_on_call_and_consults_elsewhere_is_said_at_the_desk(
    call: Call, regulator: Person, place: Territory, village: Commune, make_doctor: Doctor, client: Client
) -> None:
    doctor = make_doctor("Marjolaine", starts=14)  # in the town from 14:00 to 15:00; on call for the village
    sector = roster.Sector.objects.create(territory=place, name="Brume", calendar="metropole")
    sector.communes.add(village)
    table = roster.Roster.objects.create(sector=sector, first_day=DAY, last_day=DAY, state="running")
    post = roster.Post.objects.create(
        roster=table, kind="saturday_pm", day=DAY, starts_at=NOW - timedelta(hours=2),
        ends_at=NOW + timedelta(hours=6), burden=1.0,
    )  # fmt: skip
    volunteer = roster.Volunteer.objects.create(sector=sector, professional=doctor, share=1.0)
    roster.Assignment.objects.create(post=post, volunteer=volunteer, origin="manual")
    request = call()
    api.propose(by=regulator, request=request)
    page = reverse("orientation:request", args=[request.pk])

    def said(minutes: int) -> str:
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            client.force_login(regulator)
            return client.get(page).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    text = said(5)
    assert "est de garde à Brume mais consulte à Cabinet Marjolaine jusqu’à 15 h 00." in text
    assert text.count("mais consulte à Cabinet Marjolaine") == 2  # in the day's line, and on the proposal
    assert "mais consulte" not in said(65)
