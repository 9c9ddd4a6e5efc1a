"""Two in the morning, a fall in an EHPAD: the card, the desk, the advice, nobody leaves, the morning after.

Inès Capucine is the nurse of the night; Yanis Fougère regulates; Odile Glycine manages the home.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.scenarios.conftest import Demonstration, free_port, serving

pytestmark = [pytest.mark.browser]

PARIS = ZoneInfo("Europe/Paris")
HOMES, ROOM = "/soins/ehpad/", "101"
TUESDAY = 1


def at_work(new_page: NewPage, base: str, role: str, address: str, **options: object) -> Page:
    page = new_page(base, **options)
    sign_in(page, role, address)
    return page


def tuesday_at_two(demonstration: Demonstration) -> datetime:
    """Return two in the morning of the first Tuesday to come on the demonstration's clock."""
    day = demonstration.now().astimezone(PARIS).date() + timedelta(days=1)
    while day.weekday() != TUESDAY:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 2, 5, tzinfo=PARIS)


def told(page: Page, sentence: str) -> None:
    expect(page.locator(".toast").first).to_contain_text(sentence)


def open_step(page: Page, summary: str) -> None:
    """Unfold a step of the event where it is not unfolded already."""
    step = page.locator("details", has=page.locator("summary", has_text=summary)).first
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()


def test_a_fall_at_two_in_the_morning_and_nobody_leaves(
    new_page: NewPage, demonstration: Demonstration
) -> None:
    demonstration.at(tuesday_at_two(demonstration))
    home, database, port = demonstration.home, demonstration.database, free_port()
    with serving(home, database, "serve", "--workers", "1", port=port, MAILLAGE_DEMO="1") as night:
        # Room 101 rings. Inès takes out her telephone: in one screen, what to do, the wishes, the allergies.
        ines = at_work(new_page, night, "nurse", HOMES, width=360)
        row = ines.locator("tr", has=ines.locator("td", has_text=re.compile(f"^{ROOM}$")))
        name = row.locator("th a").first.inner_text()
        row.locator("th a").first.click()
        expect(ines.get_by_role("heading", name=name)).to_be_visible()
        first = ines.locator(".crisis-part")
        expect(first).to_have_count(3)
        assert [one.split("\n")[0] for one in first.all_inner_texts()] == [
            "Que faire",
            "Souhaits",
            "Allergies",
        ]
        last = first.nth(2).bounding_box()
        assert last is not None
        assert last["y"] + last["height"] <= 740, "read without scrolling"
        settle(ines)
        assert_axe_clean(ines)
        screenshot(ines, "fiche-de-nuit-telephone")

        # The signs that engage life are asked first; none is there.
        ines.get_by_role("link", name=re.compile("Ça ne va pas")).click()
        expect(ines.get_by_label("Le résident ne répond pas, ou ne se réveille pas")).to_be_visible()
        settle(ines)
        assert_axe_clean(ines)
        ines.get_by_label("Ce qui se passe").fill("Tombée du lit, pas de douleur, parle comme d’habitude.")
        ines.get_by_role("button", name="Continuer").click()

        # One touch asks the desk, with her telephone; nothing is typed again.
        ines.get_by_label("Téléphone où vous rappeler").fill("06 39 98 77 01")
        ines.get_by_role("button", name=re.compile("Appeler le bureau")).click()
        told(ines, "envoyée au bureau")
        settle(ines)
        assert_axe_clean(ines)
        event = ines.url

        # At the desk, Yanis takes the request; the card is beside it, for as long as it lasts.
        yanis = at_work(new_page, night, "regulator", "/regulation/")
        number = re.search(r"Demande (\d+)", ines.locator("main").inner_text())
        assert number
        yanis.goto(f"/regulation/{int(number[1])}/?volet=dossier")
        yanis.get_by_role("button", name=re.compile("Prendre cette demande")).click()
        for _ in range(40):  # the worker opens the link once it has heard of the request
            yanis.goto(f"/regulation/{int(number[1])}/?volet=dossier")
            if yanis.get_by_text("Que faire").count():
                break
            yanis.wait_for_timeout(250)
        expect(yanis.get_by_text("Que faire").first).to_be_visible()
        expect(yanis.get_by_text("Souhaits").first).to_be_visible()
        screenshot(yanis, "fiche-de-nuit-bureau")
        yanis.goto("about:blank")

        # The on-call doctor advises her by telephone; she writes it in their name.
        ines.goto(event)
        open_step(ines, "Noter ce qu’il a dit")
        ines.get_by_label("Médecin qui conseille").fill("Dr Léon Myosotis")
        ines.get_by_label("Son conseil").fill("Surveiller toutes les heures, pas de départ cette nuit.")
        ines.get_by_role("button", name="Enregistrer le conseil").click()
        told(ines, "Conseil noté")

        # The transfer is deferred; the mobile team comes in the morning; her daughter sleeps until then.
        open_step(ines, "Noter la suite")
        ines.get_by_label(re.compile("Reste ici cette nuit")).check()
        ines.get_by_role("button", name="Enregistrer la suite").click()
        told(ines, "Suite notée")
        ines.get_by_role("button", name=re.compile(r"Réserver .*7.h.30")).first.click()
        told(ines, "Visite réservée")
        ines.get_by_role("button", name=re.compile("À appeler au matin")).click()
        told(ines, "C’est noté")
        settle(ines)
        assert_axe_clean(ines)
        screenshot(ines, "appel-de-nuit-telephone", full_page=True)
        ines.context.close()

    # At nine, Odile reads on her first screen what the night left to do.
    demonstration.at(tuesday_at_two(demonstration).replace(hour=9))
    with serving(home, database, "serve", "--workers", "1", port=port, MAILLAGE_DEMO="1") as morning:
        odile = at_work(new_page, morning, "ehpad", "/")
        expect(odile.locator(".finding")).to_contain_text(re.compile(r"\d+\srésidents"))
        line = odile.locator("li", has_text=f"Chambre {ROOM}").filter(has_text="à revoir entre pairs")
        line.get_by_role("link").click()
        expect(odile.locator("main")).to_contain_text("Dr Léon Myosotis")
        odile.get_by_role("button", name="Jointe au téléphone").click()
        told(odile, "C’est noté")

        # At the meeting, the team says what it thinks: an opinion, never a verdict.
        open_step(odile, "Noter l’avis des présents")
        odile.get_by_label(re.compile("De l’avis des présents")).select_option("potentially_avoidable")
        odile.locator("#id_attended").fill("Équipe de nuit, médecin coordonnateur")
        odile.get_by_role("button", name="Enregistrer l’avis").click()
        told(odile, "Avis des pairs noté")
        odile.goto(f"{HOMES}transferts/")
        expect(odile.locator("main")).to_contain_text("Potentiellement évitable")
        settle(odile)
        assert_axe_clean(odile)
        screenshot(odile, "transferts-ehpad")


def test_a_sign_that_engages_life_opens_the_15_and_no_routine_answer(
    new_page: NewPage, demo_url: str
) -> None:
    page = at_work(new_page, demo_url, "nurse", HOMES, width=360)
    row = page.locator("tr", has=page.locator("td", has_text=re.compile("^102$")))
    row.get_by_role("link", name=re.compile("Ça ne va pas")).click()
    page.get_by_label("Il respire très mal, ou plus").check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Appelez le 15 maintenant")).to_be_visible()
    expect(page.get_by_role("link", name="15", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("bureau|conseil"))).to_have_count(0)
    settle(page)
    assert_axe_clean(page)
    screenshot(page, "appel-de-nuit-vital-telephone")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_a_home_are_clean_in_both_themes(new_page: NewPage, demo_url: str, theme: str) -> None:
    page = at_work(new_page, demo_url, "ehpad", HOMES, theme=theme)
    first = page.locator("tbody th a").first.get_attribute("href")
    assert first is not None
    for address in (HOMES, f"{HOMES}transferts/", f"{HOMES}cahiers/", f"{HOMES}entree/", first,
                    f"{first}completer/", first.replace("fiche/", "aggir/")):  # fmt: skip
        page.goto(address)
        settle(page)
        assert_axe_clean(page)
