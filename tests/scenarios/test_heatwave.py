"""The heatwave: a cell is opened, four EHPAD answer, fragile people are called, and a last report tells it.

Lina Primevère conducts prevention, Inès Capucine is a nurse who calls, Odile answers for an EHPAD.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.pdf import text_of
from tests.scenarios.conftest import Demonstration, free_port, serving

pytestmark = [pytest.mark.browser]

JULY = datetime(2027, 7, 13, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))
LIST = """nom ; téléphone ; commune ; adresse ; à savoir
Mme Rose Églantier ; 06 39 98 01 01 ; Brumeval ; 3 rue Haute ; entend mal
M. Firmin Noisetier ; 06 39 98 01 02 ; Brumeval
"""


def told(page: Page, sentence: str) -> None:
    expect(page.locator(".toast").first).to_contain_text(sentence)


def note(page: Page, words: str) -> None:
    page.get_by_label("Ce qui est noté").fill(words)
    page.get_by_role("button", name="Noter dans la main courante").click()
    expect(page.locator("#live")).to_contain_text(words)


def pdf(page: Page, address: str) -> str:
    return " ".join(text_of(page.request.get(address).body()).split())


def test_a_heatwave_from_its_first_minute_to_its_last_report(
    new_page: NewPage, demonstration: Demonstration
) -> None:
    demonstration.at(JULY)
    with serving(
        demonstration.home,
        demonstration.database,
        "serve",
        "--workers",
        "1",
        port=free_port(),
        MAILLAGE_DEMO="1",
    ) as base:
        # 14:00. The préfecture turns orange. Lina opens a cell in two answers.
        lina = new_page(base)
        sign_in(lina, "prevention_lead", "/pilotage/crise/")
        lina.get_by_role("link", name="Ouvrir une cellule").first.click()
        settle(lina)
        assert_axe_clean(lina)
        lina.get_by_label("Canicule").check()
        lina.get_by_label("Ce qui se passe").fill("Vigilance orange, 39 °C attendus trois jours.")
        lina.get_by_role("button", name="Ouvrir la cellule").click()
        told(lina, "Cellule ouverte")
        board = lina.url.removeprefix(base)
        expect(lina.get_by_text("Malaise, confusion")).to_be_visible()

        # Somebody else's board shows what she notes without a reload; once their session is over it says so,
        # and keeps what it showed and what they were writing.
        camille = new_page(base)
        sign_in(camille, "coordinator", board)
        camille.get_by_label("Ce qui est noté").fill("Je commence une phrase")
        note(lina, "La mairie ouvre une salle fraîche")
        expect(camille.locator("#live")).to_contain_text("La mairie ouvre une salle fraîche")
        camille.context.clear_cookies()
        note(lina, "Le SDIS est prévenu")
        told(camille, "Votre session est terminée")
        expect(camille.locator("#live")).to_contain_text("La mairie ouvre une salle fraîche")
        expect(camille.locator("#live")).not_to_contain_text("Le SDIS est prévenu")
        expect(camille.get_by_label("Ce qui est noté")).to_have_value("Je commence une phrase")
        camille.get_by_role("link", name="Se reconnecter").click()
        expect(camille).to_have_url(re.compile(rf"/compte/login/.*next={board}"))

        # She gives the calls to a nurse, and asks the EHPAD how they hold.
        lina.locator("summary", has_text="Donner un poste").click()
        lina.locator("#id_post").select_option(label="Appels aux personnes fragiles")
        lina.locator("#id_person").select_option(label="Inès Capucine")
        lina.get_by_role("button", name="Donner ce poste").click()
        told(lina, "Inès Capucine")
        lina.goto(f"{base}{board}structures/")
        for box in lina.get_by_role("checkbox").all():
            box.set_checked("EHPAD" in (lina.locator(f"label[for='{box.get_attribute('id')}']").inner_text()))
        lina.get_by_role("button", name="Interroger ces structures").click()
        told(lina, "Structures ajoutées")
        homes = lina.locator("tbody th a")
        assert homes.count() >= 4, "the territory has four EHPAD"

        # Four homes answer from a telephone, by their own address, without an account.
        for place, level in enumerate(("Débordé", "Tendu", "Tout va bien", "Tout va bien")):
            lina.goto(f"{base}{board}structures/")
            homes.nth(place).click()
            address = lina.locator("code").inner_text()
            odile = new_page(base, width=360)
            assert address.startswith(f"{base}/pilotage/crise/etat/")
            odile.goto(address)
            odile.get_by_label(level).check()
            odile.get_by_label("Votre nom et votre fonction").fill("Odile, cadre de santé")
            if level == "Débordé":
                odile.get_by_label("Ce qui manque").fill("Deux ventilateurs")
                settle(odile)
                assert_axe_clean(odile)
                screenshot(odile, "crise-etat-telephone")
            odile.get_by_role("button", name="Envoyer à la cellule").click()
            expect(odile.get_by_role("heading", name="C’est noté, merci")).to_be_visible()

        # The town hall's list comes in; Inès is given one person at a time.
        lina.goto(f"{base}{board}personnes/")
        lina.get_by_label("D’où vient cette liste").fill("registre de la mairie")
        lina.get_by_label("Personnes à appeler").fill(LIST)
        lina.get_by_role("button", name="Ajouter à la liste").click()
        told(lina, "2 personnes ajoutées")
        ines = new_page(base, width=360)
        sign_in(ines, "nurse", f"{board}appels/")
        ines.get_by_role("button", name="Prendre la personne suivante").click()
        expect(ines.get_by_role("heading", name="Mme Rose Églantier")).to_be_visible()
        settle(ines)
        assert_axe_clean(ines)
        screenshot(ines, "crise-appel-telephone")
        ines.get_by_label("n’a pas répondu").check()
        ines.get_by_role("button", name="Noter cet appel").click()
        told(ines, "Noté")
        ines.get_by_role("button", name="Prendre la personne suivante").click()
        ines.get_by_label("va bien", exact=True).check()
        ines.get_by_role("button", name="Noter cet appel").click()
        told(ines, "Noté")
        # Nobody else is due now; the list is Lina's to read.
        expect(ines.get_by_text("Personne à appeler pour l’instant")).to_be_visible()

        # Two more calls without an answer: somebody has to go, and the inbox of who directs says so.
        lina.goto(f"{base}{board}personnes/")
        lina.get_by_role("link", name="Mme Rose Églantier").click()
        rose = lina.url
        for _call in range(2):
            lina.get_by_label("n’a pas répondu").check()
            lina.get_by_role("button", name="Noter cet appel").click()
        expect(lina.get_by_text("Plusieurs appels sans réponse.")).to_be_visible()
        lina.goto(f"{base}/a-traiter/")
        expect(lina.get_by_text("Quelqu’un à aller voir à Brumeval").first).to_be_visible()
        assert "Églantier" not in lina.locator("main").inner_text()

        # She may not close yet. A neighbour goes: Rose is well.
        lina.goto(f"{base}{board}")
        settle(lina)
        assert_axe_clean(lina)
        screenshot(lina, "crise-cellule-1440-light")
        lina.goto(f"{base}{board}retour/")
        expect(lina.get_by_text("Quelqu’un doit encore être vu")).to_be_visible()
        lina.goto(rose)
        lina.get_by_label("Qui y va").fill("Sa voisine")
        lina.get_by_role("button", name="Noter qui y va").click()
        lina.get_by_label("La personne va bien").check()
        lina.get_by_role("button", name="Noter la visite").click()
        told(lina, "Noté")

        # The rain comes: the last report tells the whole day, and names nobody.
        lina.goto(f"{base}{board}retour/")
        lina.get_by_label("Ce qui permet le retour à la normale").fill("Orage, 24 °C ce soir.")
        lina.get_by_label("Qui continue d’appeler").fill("Le CCAS")
        lina.get_by_role("button", name="Déclarer le retour à la normale").click()
        told(lina, "Retour à la normale déclaré")
        lina.goto(f"{base}{board}")
        link = lina.get_by_role("link", name=re.compile("Point final")).get_attribute("href")
        report = pdf(lina, f"{base}{link}")
        for words in (
            "Point final",
            "Cellule ouverte",
            "Deux ventilateurs",
            "plusieurs appels sans réponse",
            "Orage",
        ):
            assert words in report, words
        assert "Églantier" not in report
