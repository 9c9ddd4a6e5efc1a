"""The roster on paper: every post in its square, who holds it, what the law and the sources are."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.pages.printing import printed, roster_pdf
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.pdf import overprinted, pages_of


@pytest.fixture
def held(coordinator: Person, posts: list[api.Post], volunteers: list[api.Volunteer]) -> api.Post:
    """The night of 4 May was replaced by the third volunteer."""
    night = next(post for post in posts if post.day == date(2026, 5, 4))
    api.assign(by=coordinator, post=night, volunteer=volunteers[0])
    exchange = api.ask(by=coordinator, post=night)
    made = api.offer(by=coordinator, exchange=exchange, volunteer=volunteers[2])
    api.accept(by=coordinator, chosen=made)
    return night


def test_every_post_is_in_its_square(roster: api.Roster, held: api.Post) -> None:
    with override("fr"):
        said = printed(roster, timezone.now())
    squares = [day for month in said["months"] for week in month["weeks"] for day in week]
    assert [month["name"] for month in said["months"]] == ["mai 2026", "juin 2026", "juillet 2026"]
    assert all(len(week) == 7 for month in said["months"] for week in month["weeks"])
    assert sum(len(day["duties"]) for day in squares) == roster.posts.count()
    assert sum(day["within"] for day in squares) == 92
    fourth = said["months"][0]["weeks"][1][0]
    assert fourth["number"] == "4"
    assert fourth["duties"] == [
        {"kind": "Nuit", "when": "20\u00a0h – 8\u00a0h", "holder": "Nour Cypres", "mark": "R"}
    ]
    first = said["months"][0]["weeks"][0][4]
    assert (first["note"], first["rests"]) == ("férié", True)
    assert first["duties"][0]["holder"] == ""
    assert said["people"] == [["Nour Cypres", "1", "1", "0", "0", "12", "6"]]
    assert said["missing"] == f"{roster.posts.count() - 1} postes restent à pourvoir."
    assert any("R. 6315-1" in source for source in said["sources"])


def test_the_pdf_is_tagged_and_says_it(roster: api.Roster, held: api.Post) -> None:
    with override("en"):  # a legal document is in French whatever the screen
        made = roster_pdf(roster, timezone.now())
    assert made == roster_pdf(roster, timezone.now()), "the same bytes each time"
    assert b"/StructTreeRoot" in made or b"/MarkInfo" in made
    pages = pages_of(made)
    text = "\n".join(pages)
    for words in ("Brume, mai 2026", "Nour Cypres", "à pourvoir", "Communes couvertes", "R. 6315-1"):
        assert words in text
    assert len(pages) == 4, "a page a month, then the balance: no square overflows"


def test_a_full_roster_asks_for_nobody(
    coordinator: Person, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    api.keep(by=coordinator, proposal=api.propose(roster, quick=True))
    said = printed(roster, timezone.now())
    assert said["missing"] == ""
    assert len(said["people"]) == 4


def test_two_seats_and_no_volunteer_still_fit(
    coordinator: Person, place: Territory, sector: api.Sector
) -> None:
    api.Sector.objects.filter(pk=sector.pk).update(seats=2)
    sector.refresh_from_db()
    roster = api.create_roster(
        by=coordinator, sector=sector, first_day=date(2026, 5, 15), last_day=date(2026, 8, 20)
    )
    said = printed(roster, timezone.now())
    assert [month["name"] for month in said["months"]] == [
        "mai 2026",
        "juin 2026",
        "juillet 2026",
        "août 2026",
    ]
    made = roster_pdf(roster, timezone.now())
    assert len(pages_of(made)) == 5
    # August has six weeks, and four posts on a Sunday.
    assert overprinted(made) == []


def test_a_month_of_long_names_takes_another_page_rather_than_print_one_over_another(
    coordinator: Person, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    name = "Anne-Charlotte Marie de Montmorency-Luxembourg et de Rochechouart-Mortemart"
    for one in volunteers:
        one.professional.last_name = name
        one.professional.save(update_fields=["last_name"])
    api.keep(by=coordinator, proposal=api.propose(roster, quick=True))
    made = roster_pdf(roster, timezone.now())
    assert overprinted(made) == []
    assert "".join(pages_of(made)).count("Rochechouart") >= roster.posts.count()


def test_whoever_reads_the_rosters_may_print_them(place: Territory, roster: api.Roster) -> None:
    visit, address = Client(), reverse("roster:pdf", args=[roster.pk])
    visit.force_login(make_person("yanis.fougere", Role.REGULATOR, place.scope))
    answer = visit.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="gardes-brume-2026-05.pdf"'
    assert answer.content.startswith(b"%PDF")
    visit.force_login(make_person("louis.tilleul", Role.PATIENT, place.scope))
    assert visit.get(address).status_code == 403
