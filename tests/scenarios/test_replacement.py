"""The GP who falls ill on a Friday: two volunteers, one accepted, and every screen shows the right doctor."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from maillage.kernel import formats
from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.scenarios.conftest import Demonstration, free_port, serving

pytestmark = [pytest.mark.browser]

PARIS = ZoneInfo("Europe/Paris")
ME = "Hélène Aubépine"
REST, WEEKENDS = timedelta(hours=11), 3


@dataclass(frozen=True)
class Installation:
    """The demonstration, served again at another hour, at the same address."""

    demonstration: Demonstration
    port: int

    def at(self, moment: datetime) -> Any:
        """Serve it as it is at that moment."""
        self.demonstration.at(moment)
        home, database = self.demonstration.home, self.demonstration.database
        return serving(home, database, "serve", "--workers", "1", port=self.port, MAILLAGE_DEMO="1")


@pytest.fixture
def installation(demonstration: Demonstration) -> Installation:
    return Installation(demonstration, free_port())


@dataclass(frozen=True)
class Duty:
    """One duty as a calendar tells it."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    holder: str


def calendar(address: str) -> dict[str, Duty]:
    """Read a calendar as a telephone does: its duties by the key of the event."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    found = {}
    for event in events:
        kind, _colon, holder = str(event["summary"]).partition("\u00a0: ")
        starts_at, ends_at = (event.decoded(name).astimezone(PARIS) for name in ("dtstart", "dtend"))
        found[str(event["uid"])] = Duty(starts_at, ends_at, kind, holder)
    return found


def secret_address(page: Page, base: str, shown: str) -> str:
    """Make a calendar's secret address."""
    page.goto(f"{base}/gardes/calendriers/")
    page.get_by_label("Ce que montre le calendrier").select_option(label=shown)
    page.get_by_label("Nom du calendrier").fill("Téléphone")
    page.get_by_role("button", name="Créer une adresse secrète").click()
    return page.locator("code.secret").inner_text()


def weekend_duty(duties: dict[str, Duty], mine: dict[str, Duty], after: datetime) -> tuple[str, Duty]:
    """Return a duty to come, from a Friday night to a Sunday night, that another doctor holds and I could.

    The rules: rest on both sides, and no more weekends of a month in the sector than I accept.
    """
    for key, one in sorted(duties.items(), key=lambda pair: pair[1].starts_at):
        weekend = one.starts_at.weekday() > 4 or (one.starts_at.weekday() == 4 and one.starts_at.hour == 20)
        if not weekend or one.starts_at <= after + timedelta(days=2) or one.holder == ME:
            continue
        rested = all(
            other.starts_at >= one.ends_at + REST or other.ends_at + REST <= one.starts_at
            for other in mine.values()
        )
        here = [other for other in duties.values() if other.holder == ME]
        if rested and len({weekend_of(other) for other in (one, *here)} & month_of(one)) <= WEEKENDS:
            return key, one
    raise AssertionError("no duty of a weekend that I could take")


def weekend_of(duty: Duty) -> date | None:
    """Return the Saturday of a duty of Saturday or Sunday."""
    day = duty.starts_at.date()
    return day - timedelta(days=day.weekday() - 5) if day.weekday() >= 5 else None


def month_of(duty: Duty) -> set[date | None]:
    """Return every day of the month of a duty's Saturday."""
    first = (weekend_of(duty) or duty.starts_at.date()).replace(day=1)
    return {first + timedelta(days=number) for number in range(31)}


def duties_done(page: Page, base: str, roster: str) -> dict[str, int]:
    """Return how many blocks each doctor holds, as the statement of duty done says."""
    page.goto(f"{base}{roster}service-fait/")
    rows = page.locator("table tbody tr").all()
    return {row.locator("th, td").first.inner_text().strip(): _third(row) for row in rows}


def _third(row: Any) -> int:
    return int(row.locator("th, td").nth(2).inner_text())


def note_first_possible_offer(page: Page) -> str:
    """Note by phone the offer of the first colleague whom the rules allow; return their name."""
    choice = page.get_by_label("Un confrère s’est proposé par téléphone")
    assert choice.input_value() == "", "nobody is chosen beforehand"
    names = choice.locator("option:not([value=''])").all_inner_texts()
    address = page.url
    for name in names:
        if name == ME:
            continue
        page.get_by_label("Un confrère s’est proposé par téléphone").select_option(label=name)
        page.get_by_role("button", name=re.compile("Noter sa proposition")).click()
        said = page.locator(".toast").first.inner_text()
        page.goto(address)
        if "notée" in said:
            return name
        assert "pas possible" in said  # rest, absence: the screen says which rule
    raise AssertionError("no colleague could take it")


def test_the_doctor_who_falls_ill_on_friday_is_replaced_everywhere(
    installation: Installation, new_page: NewPage
) -> None:
    now = installation.demonstration.now()
    with installation.at(now) as base:
        coordinator = new_page(base)
        sign_in(coordinator, "coordinator")
        doctor = new_page(base, width=360)
        sign_in(doctor, "physician", "/gardes/mes-gardes/")
        sector = doctor.locator("a[href*='/gardes/'][href*='mois=']").first.inner_text()
        of_sector = secret_address(coordinator, base, sector)
        of_mine = secret_address(doctor, base, "Mes gardes")
        key, duty = weekend_duty(calendar(of_sector), calendar(of_mine), now)
        ill = duty.holder

    friday = duty.starts_at - timedelta(days=duty.starts_at.weekday() - 4)
    with installation.at(friday.replace(hour=17, minute=0)) as base:
        # Friday, five o'clock: a doctor on duty this weekend calls in ill, a replacement is opened.
        coordinator, doctor = new_page(base), new_page(base, width=360)
        sign_in(coordinator, "coordinator", f"{base}/gardes/")
        coordinator.get_by_role("link", name=re.compile(f"^{sector}, du")).and_(
            coordinator.locator(f"li:has-text('En cours') a:has-text('{sector}, du')")
        ).first.click()
        roster = re.search(r"/gardes/\d+/", coordinator.url)[0]
        before = duties_done(coordinator, base, roster)
        coordinator.goto(f"{base}{roster}?mois={duty.starts_at:%Y-%m}")
        of_duty = f"a[href='/gardes/garde/{key.partition('@')[0].removeprefix('post-')}/']"
        coordinator.locator(of_duty).click()
        coordinator.get_by_role("button", name="Ouvrir un remplacement").click()
        expect(coordinator.locator(".toast").first).to_contain_text("Demande ouverte")

        # Two volunteers: one by her telephone, the other by calling.
        sign_in(doctor, "physician", "/gardes/mes-gardes/")
        request = doctor.get_by_role("listitem").filter(has_text=f"{ill} cherche un remplaçant")
        wanted = request.filter(has_text=formats.date_long(duty.starts_at.date()))
        wanted = wanted.filter(has_text=formats.time_short(duty.starts_at.time())).last
        wanted.get_by_role("button", name=re.compile("^Me proposer")).click()
        expect(doctor.locator(".toast").first).to_contain_text("Proposition envoyée")
        settle(doctor)
        assert_axe_clean(doctor)
        screenshot(doctor, "remplacement-volontaire-telephone")
        coordinator.goto(f"{base}{roster}?mois={duty.starts_at:%Y-%m}")
        coordinator.locator(of_duty).click()
        other = note_first_possible_offer(coordinator)
        expect(coordinator.get_by_text(f"{other} propose de prendre la garde")).to_be_visible()
        assert calendar(of_sector)[key].holder == ill  # nothing moves before it is accepted
        settle(coordinator)
        assert_axe_clean(coordinator)
        screenshot(coordinator, "remplacement-coordination")

        # One is accepted; the roster, the calendars and the statement say so at once.
        coordinator.get_by_role("button", name=re.compile(f"^Accepter {ME}")).click()
        expect(coordinator.locator(".toast").first).to_contain_text(f"{ME} tient maintenant cette garde")
        assert calendar(of_sector)[key].holder == ME
        assert key in calendar(of_mine)
        after = duties_done(coordinator, base, roster)
        assert after[ME] == before[ME] + 1
        assert after[ill] == before[ill] - 1
        assert after.get(other) == before.get(other)

    with installation.at(duty.starts_at + timedelta(minutes=5)) as base:
        # Five minutes into the duty: the regulator's desk names her.
        regulator = new_page(base)
        sign_in(regulator, "regulator", "/regulation/")
        line = regulator.locator(".desk-summary p").filter(has_text=re.compile(f"^\\s*{sector}"))
        expect(line).to_contain_text(ME)
        expect(line).not_to_contain_text(ill)
        regulator.goto(f"{base}/gardes/")
        expect(regulator.get_by_text(f"{ME} est de garde")).to_be_visible()
        settle(regulator)
        assert_axe_clean(regulator)
        screenshot(regulator, "remplacement-regulation")
