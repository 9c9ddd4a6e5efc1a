"""Saturday, a little after 14:00, a febrile child: from the call to the indicator, with two regulators.

The demonstration opens on a Saturday afternoon. Yanis Fougère regulates; Inès Capucine, made a regulator by
the administrator, answers at the same desk in another browser; Hélène Aubépine receives the child.
"""

import json
import re
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.scenarios.conftest import Demonstration, serving

pytestmark = [pytest.mark.browser]

DESK = "/regulation/"
EFFECTOR = "Hélène Aubépine"
MOST_MINUTES = 25
SAFE = {"breathing": "no", "consciousness": "no", "rash": "no"}
#: What a message to a family, or to a doctor, must never hold: the motive, its words, the state of anybody.
HEALTH = ("fièvr", "fiévr", "infect", "enfant", "motif", "urgen", "sympt", "consult", "médecin", "M03")


@pytest.fixture(scope="module")
def second_regulator(chromium: Browser, demo_url: str) -> str:
    """Let the administrator make the nurse a regulator too; return the role by which she signs in."""
    page = chromium.new_context(base_url=demo_url, locale="fr-FR").new_page()
    sign_in(page, "administrator", "/compte/personnes/")
    page.get_by_role("link", name="Inès Capucine").first.click()
    page.locator("#id_role").select_option("regulator")
    territory = page.locator("article.card p").first.inner_text().split(" · ")[0]
    page.locator("#id_scope").select_option(label=territory)
    page.get_by_role("button", name="Donner ce rôle").click()
    page.context.close()
    return "nurse"


def at_work(new_page: NewPage, demo_url: str, role: str, address: str = DESK, **options: object) -> Page:
    page = new_page(demo_url, **options)
    sign_in(page, role, address)
    return page


def note_call(page: Page, commune: str, name: str) -> None:
    """Record a call for a febrile child of a commune."""
    page.goto(f"{DESK}appel/")
    page.locator("#id_motive").select_option("M03.14")
    page.locator("#id_last_name").fill(name)
    page.locator("#id_first_name").fill("Lou")
    page.locator("#id_age_years").fill("3")
    page.locator("#id_commune").fill(commune)
    page.locator("#id_caller_kind").select_option("FAMILLE")
    page.get_by_label("Téléphone de rappel").fill("06 39 98 12 34")
    page.get_by_role("button", name="Enregistrer et poser les questions").click()


def answer(page: Page, **changes: str) -> None:
    for key, value in (SAFE | changes).items():
        page.locator(f'input[name="q-{key}"][value="{value}"]').check()
    page.get_by_role("button", name="Enregistrer les réponses").click()


def search_within(page: Page, minutes: int) -> None:
    """Look for who may receive, at most so many minutes away."""
    page.locator("summary", has_text="Critères").click()
    page.get_by_label("Trajet").select_option(str(minutes))
    page.get_by_role("button", name="Chercher avec ces critères").click()
    expect(page.get_by_role("button", name=f"Renoncer à : à {minutes}")).to_be_visible()


def cards(page: Page) -> list[str]:
    """Return what each card offers to book, best first: « 14 h 15 chez Hélène Aubépine »."""
    buttons = page.locator("#desk-cards button", has_text="Réserver")
    buttons.first.wait_for()
    return [
        re.sub(r"\s+", " ", text).split("Réserver ")[1].rsplit(" ", 1)[0]
        for text in buttons.all_inner_texts()
    ]


def card(page: Page, offer: str):
    when, who = offer.split(" chez ")
    return (
        page.locator("#desk-cards .proposal")
        .filter(has_text=who)
        .filter(has_text=re.compile(when.replace(" ", r"\s")))
    )


def travel(page: Page, offer: str) -> int:
    """Return the minutes of travel that a card says."""
    said = re.search(r"(\d+)\s*min de trajet", card(page, offer).inner_text())
    assert said, offer
    return int(said[1])


def told(page: Page, sentence: str) -> None:
    expect(page.locator(".toast").first).to_contain_text(sentence)


def closed_today(page: Page) -> int:
    page.goto(DESK)
    return int(page.locator(".desk-summary dl > div", has_text="Closes").locator("dd").inner_text())


def at_the_hour(demonstration: Demonstration, offer: str) -> AbstractContextManager[str]:
    """Serve the same installation five minutes into the appointment of `offer` (« 14 h 15 chez… »)."""
    hour, minute = re.match(r"(\d+) h (\d+)", offer).groups()
    now = demonstration.now().astimezone(ZoneInfo("Europe/Paris"))
    demonstration.at(now.replace(hour=int(hour), minute=int(minute), second=0) + timedelta(minutes=5))
    return serving(demonstration.home, demonstration.database, "serve", "--workers", "1", MAILLAGE_DEMO="1")


def messages_sent(home: Path, *words: str, seconds: int = 30) -> list[str]:
    """Return the SMS that hold each of these words, as soon as there is one; none after so many seconds.

    The worker sends them, not the desk; the demonstration has some of its own.
    """
    file = home / "sms.jsonl"
    for _ in range(seconds * 4):
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        texts = [re.sub(r"\s", " ", json.loads(line)["text"]) for line in lines]
        if found := [text for text in texts if all(word in text for word in words)]:
            return found
        time.sleep(0.25)
    return []


def test_a_febrile_child_from_the_call_to_the_indicator(
    new_page: NewPage, demonstration: Demonstration, demo_url: str, demo_home: Path, second_regulator: str
) -> None:
    # Saturday, a little after two. Yanis takes the call of the febrile child.
    yanis = at_work(new_page, demo_url, "regulator")
    expect(yanis.locator("body")).to_contain_text(re.compile(r"samedi\s14\sh"))
    closed_before = closed_today(yanis)
    settle(yanis)
    assert_axe_clean(yanis)
    screenshot(yanis, "regulation-bureau")
    yanis.get_by_role("link", name=re.compile("Fièvre, problème infectieux")).first.click()
    yanis.get_by_role("button", name="Prendre cette demande").click()
    request = yanis.url.split("?")[0]
    commune = yanis.locator("dt", has_text="Lieu").locator("+ dd").inner_text().split(" · ")[0]
    own_doctor = yanis.locator("dt", has_text="Médecin traitant").locator("+ dd").inner_text()

    # Inès, at the same desk, sees that it is his and cannot change it.
    ines = at_work(new_page, demo_url, second_regulator)
    ines.goto(request)
    expect(ines.get_by_text("sans la changer")).to_be_visible()

    # Every red flag is asked, every answer is negative; he looks for somebody within 25 minutes.
    answer(yanis)
    search_within(yanis, MOST_MINUTES)
    settle(yanis)
    screenshot(yanis, "regulation-propositions")
    first = cards(yanis)[0]

    # Meanwhile Inès has a call from the same village, and books that very slot.
    note_call(ines, commune, "Bouleau")
    answer(ines)
    search_within(ines, MOST_MINUTES)
    card(ines, first).get_by_role("button", name="Réserver").click()
    told(ines, "Rendez-vous pris")

    # Yanis is told that it was taken; the next best is there and nothing is retyped.
    card(yanis, first).get_by_role("button", name="Retenir").click()
    told(yanis, "vient d’être pris")
    assert first not in cards(yanis)

    # He holds the second, asks the mother, who agrees: booked, within 25 minutes of travel.
    second = next(one for one in cards(yanis) if one.endswith(EFFECTOR))
    card(yanis, second).get_by_role("button", name="Retenir").click()
    told(yanis, "Créneau retenu")
    expect(yanis.locator(".desk-left")).to_have_text(re.compile(r"[45]\smin\s\d\d"))
    screenshot(yanis, "regulation-retenu")
    assert travel(yanis, second) <= MOST_MINUTES
    yanis.keyboard.press("b")
    told(yanis, "Un SMS part au")

    # The family reads an hour, a place, a name and a phone: nothing about health. So does the doctor's line.
    assert_no_health(demo_home, second)
    assert_own_doctor_told(new_page, demo_url, demo_home, own_doctor)

    # Hélène is told at once, on her telephone; what became of the child is not to be said before the hour.
    number = request.rstrip("/").rsplit("/", 1)[-1]
    seen = re.compile("^Vu")
    expect(expected_by(new_page, demo_url, number).get_by_role("button", name=seen)).to_have_count(0)

    # At the hour, she says in one tap that she saw the child; a second tap would change nothing.
    with at_the_hour(demonstration, second) as later:
        waiting = expected_by(new_page, later, number)
        settle(waiting.page)
        assert_axe_clean(waiting.page)
        screenshot(waiting.page, "regulation-issue-telephone")
        waiting.get_by_role("button", name=seen).click()
        told(waiting.page, "La demande est close")

        # The request is closed, the outcome is on its screen, and the day's indicator has moved by one.
        yanis = at_work(new_page, later, "regulator", request.removeprefix(demo_url))
        expect(yanis.locator(".desk-marks", has_text="Close").first).to_be_visible()
        yanis.locator("summary", has_text="Ce qui s’est passé").click()
        expect(yanis.locator(".timeline")).to_contain_text(f"Vu · {EFFECTOR}")
        assert closed_today(yanis) == closed_before + 1
        # This server stops: a live screen left open would ask for it again.
        for page in (yanis, waiting.page):
            page.goto("about:blank")


def expected_by(new_page: NewPage, base: str, number: str) -> Locator:
    """Return what Hélène reads of a request on her telephone, followed from her messages."""
    helene = at_work(new_page, base, "physician", "/a-traiter/?genre=exchange.message", width=360)
    helene.locator(f'a[href$="#demande-{number}"]').first.click()
    return helene.locator(f"#demande-{number}")


def assert_no_health(home: Path, offer: str) -> None:
    """Check what the families were sent: their appointment, and nothing about health."""
    texts = messages_sent(home, "Rendez-vous", offer.split(" chez ")[0], EFFECTOR)
    assert len(texts) == 1
    assert not [word for word in HEALTH for text in texts if word.lower() in text.lower()]


def assert_own_doctor_told(new_page: NewPage, demo_url: str, home: Path, name: str) -> None:
    """Check that the own doctor is told that the request was answered, in as few words."""
    answered = "a reçu une réponse"
    found = messages_sent(home, answered, seconds=10)
    if not found:  # no number known: somebody is asked to call
        page = at_work(new_page, demo_url, "regulator", "/a-traiter/")
        line = page.locator("li", has_text=name).filter(has_text=answered)
        expect(line).to_have_count(1)
        found = [line.inner_text()]
    assert not [word for word in HEALTH[:3] for text in found if word in text.lower()]


def test_replayed_with_a_red_flag_booking_is_blocked_and_15_is_shown(
    new_page: NewPage, demo_url: str, second_regulator: str
) -> None:
    # The same call, but the child has spots that do not fade: no slot, no search, the 15.
    page = at_work(new_page, demo_url, second_regulator, width=360)
    page.goto(f"{DESK}appel/")
    page.locator("#id_motive").select_option("M03.14")
    page.locator("#id_caller_kind").select_option("FAMILLE")
    page.get_by_role("button", name="Enregistrer et poser les questions").click()
    answer(page, rash="yes")
    expect(page.get_by_role("heading", name=re.compile("Signe d’alerte"))).to_be_visible()
    expect(page.get_by_role("link", name="15", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Réserver|Retenir|Chercher qui"))).to_have_count(0)
    settle(page)
    assert_axe_clean(page)
    screenshot(page, "regulation-alerte-telephone")
    page.get_by_role("button", name="Noter la transmission au 15").click()
    told(page, "Transmission au 15 notée")


def test_a_vital_motive_opens_the_15_at_once_and_no_slot_is_reachable(
    new_page: NewPage, demo_url: str, second_regulator: str
) -> None:
    # « Suspicion d’arrêt cardiaque »: nothing is asked, nothing is searched, the 15 is there.
    page = at_work(new_page, demo_url, second_regulator)
    page.goto(f"{DESK}appel/")
    page.locator("#id_motive").select_option("M01.01")
    page.locator("#id_age_years").fill("62")
    page.locator("#id_caller_kind").select_option("FAMILLE")
    expect(page.get_by_role("heading", name=re.compile("Urgence vitale"))).to_be_visible()
    page.get_by_role("button", name="Enregistrer et poser les questions").click()
    page.wait_for_url(re.compile(r"/regulation/\d+/"))
    expect(page.get_by_role("heading", name=re.compile("Urgence vitale"))).to_be_visible()
    expect(page.get_by_role("link", name="15", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Réserver|Retenir|Chercher qui"))).to_have_count(0)
    # The address of the search answers no better, nor does a form posted by hand.
    number = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    page.goto(f"{DESK}{number}/?etape=propositions")
    expect(page.locator("#desk-cards")).to_have_count(0)
    settle(page)
    assert_axe_clean(page)
    screenshot(page, "regulation-urgence-vitale")
    page.get_by_role("button", name="Noter la transmission au 15").click()
    told(page, "Transmission au 15 notée")
