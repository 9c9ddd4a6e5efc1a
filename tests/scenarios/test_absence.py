"""A doctor goes away on a Friday evening; a colleague holds her inbox; on Monday she reads what was done."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from maillage.kernel.rules import Role
from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.scenarios.conftest import Demonstration, free_port, serving

pytestmark = pytest.mark.browser
PARIS = ZoneInfo("Europe/Paris")
DOCTOR, NURSE = "Hélène Aubépine", "Inès Capucine"
INBOX, CONFIDING = "/a-traiter/", "/a-traiter/confier/"


def looked_at(page: Page, name: str) -> None:
    """Hold a page to axe, and photograph it."""
    settle(page)
    assert_axe_clean(page)
    screenshot(page, name)


def test_a_doctor_away_from_friday_evening_is_held_in_the_loop(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    port = free_port()

    def at(moment: datetime) -> AbstractContextManager[str]:
        demonstration.at(moment)
        return serving(
            demonstration.home,
            demonstration.database,
            "serve",
            "--workers",
            "1",
            port=port,
            MAILLAGE_DEMO="1",
        )

    today = demonstration.now().astimezone(PARIS)
    friday = (today + timedelta(days=(4 - today.weekday()) % 7)).replace(hour=18, minute=30, second=0)
    with at(friday) as base:
        # Given a doctor who takes back what she had confided, and says that she is away until Sunday.
        doctor = new_page(base)
        sign_in(doctor, Role.PHYSICIAN.value, CONFIDING)
        for _one in range(doctor.get_by_role("button", name=re.compile("^Reprendre maintenant")).count()):
            doctor.get_by_role("button", name=re.compile("^Reprendre maintenant")).first.click()
        doctor.goto(INBOX)
        doctor.get_by_text("Je m’absente").click()
        doctor.get_by_label("Du", exact=True).fill(friday.date().isoformat())
        doctor.get_by_label("Au", exact=True).fill((friday + timedelta(days=2)).date().isoformat())
        doctor.get_by_label("Qui suit ma boîte").select_option(label=NURSE)
        looked_at(doctor, "boite-absence-1440-light")
        doctor.get_by_role("button", name="Confier ma boîte ces jours-là").click()
        expect(doctor.locator(".toast").first).to_contain_text(f"{NURSE} suit votre boîte")
        looked_at(doctor, "boite-confiee-1440-light")

        # When the nurse of her patients opens her own inbox on her telephone.
        nurse = new_page(base, width=360)
        sign_in(nurse, Role.NURSE.value, INBOX)
        expect(nurse.locator(".finding")).to_contain_text(DOCTOR)
        nurse.get_by_role("link", name=re.compile(f"^{DOCTOR}")).click()
        looked_at(nurse, "boite-tenue-360-light")
        held = nurse.locator("li.queue-row")
        expect(held.first).to_contain_text(f"pour {DOCTOR}")

        # Then what only the doctor may do has no button; somebody to call back is called, in one gesture.
        alone = held.filter(has_text="ce geste lui revient").first
        expect(alone).to_be_visible()
        expect(alone.locator("form[action*='fermer'], .button.primary")).to_have_count(0)
        to_call = held.filter(has=nurse.get_by_role("button", name=re.compile("^Appel passé"))).first
        said = to_call.locator("strong").first.inner_text()
        to_call.get_by_role("button", name=re.compile("^Appel passé")).click()
        expect(nurse.locator("li.queue-row", has_text=said)).to_have_count(0)

    with at((friday + timedelta(days=3)).replace(hour=8)) as base:
        # On Monday it has ended by itself, and she reads what was done for her, and by whom.
        nurse, doctor = new_page(base), new_page(base)
        sign_in(nurse, Role.NURSE.value, INBOX)
        expect(nurse.locator(".finding")).not_to_contain_text(DOCTOR)
        sign_in(doctor, Role.PHYSICIAN.value, INBOX)
        done = doctor.get_by_role("region", name=re.compile("^Fait pour vous"))
        expect(done).to_contain_text(NURSE)
        looked_at(doctor, "boite-fait-pour-vous-1440-light")
        done.get_by_role("link").first.click()
        expect(doctor.locator("main")).to_contain_text(f"{NURSE}, pour {DOCTOR}")
