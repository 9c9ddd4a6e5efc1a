"""From an empty map to money: a territory begins, finds a white zone, meets, pays, counts, and is read again.

Anne administers the installation, Camille coordinates the territory, Helene is a physician, Paul a nurse whom
the directory alone knows.
"""

import email
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.directory.test_rules import HEADING, annuaire_line
from tests.pdf import text_of
from tests.scenarios.conftest import Demonstration, free_port, new_installation, serving

pytestmark = [pytest.mark.browser]

TUESDAY = datetime(2027, 1, 12, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
MEETING = TUESDAY + timedelta(days=7, hours=10)
PASSWORD = "la rivière déborde en mars"
PLACE = "/territoires/cpts-du-val-de-brume"
FIGURE = "/pilotage/indicateurs/cpts-du-val-de-brume/meeting_participation/?periode=2027-01"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """An installation with its tables, the data of a fictional country, an administrator, nothing else."""
    home = tmp_path_factory.mktemp("empty")
    with new_installation(home) as (empty, command):

        def run(*words: str, typed: str = "") -> None:
            done = command(*words, typed=typed)
            assert done.returncode == 0, f"{done.stdout}{done.stderr}"

        run("data", "fictional", str(home / "pack"))
        run("data", "import", str(home / "pack"), "--quiet")
        answers = "\n".join(("Anne", "Dubois", PASSWORD, PASSWORD, ""))
        run("administrator", "anne@exemple.fr", typed=answers)
        file = home / "PS_LibreAcces.txt"
        nurse = {
            "Nom d'exercice": "DRAVE", "Prénom d'exercice": "Paul", "Code profession": "60",
            "Code savoir-faire": "", "Code commune (coord. structure)": "00001",
        }  # fmt: skip
        file.write_text(f"{HEADING}\n{annuaire_line(**nurse)}\n", encoding="utf-8")
        run("data", "import-directory", "annuaire_sante", str(file), "--quiet")
        yield empty


def served(one: Demonstration, moment: datetime) -> AbstractContextManager[str]:
    one.at(moment)
    return serving(
        one.home, one.database, "serve", "--workers", "1", port=free_port(), MAILLAGE_DEMO="1",
        MAILLAGE_EMAIL_URL=f"filemail:///{one.home / 'mail'}",
    )  # fmt: skip


def told(page: Page, sentence: str) -> None:
    expect(page.locator(".toast").first).to_contain_text(sentence)


def sign_in(page: Page, base: str, address: str) -> None:
    page.goto(f"{base}/compte/login/")
    page.get_by_label("Courriel").fill(address)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_load_state()


def letter_to(home: Path, address: str) -> str:
    """Return the text of the message that left for somebody, empty where none did yet."""
    for file in (home / "mail").glob("*"):
        for one in file.read_bytes().split(b"-" * 79):
            message = email.message_from_bytes(one.strip())
            if message["To"] == address:
                return message.get_payload(decode=True).decode()
    return ""


def invite(page: Page, base: str, home: Path, first_name: str, last_name: str, role: str) -> str:
    """Give somebody an account and a role; return the address that they were sent."""
    page.goto(f"{base}/compte/personnes/")
    page.get_by_label("Prénom").fill(first_name)
    page.get_by_label("Nom", exact=True).fill(last_name)
    page.get_by_label("Adresse électronique").fill(f"{first_name.lower()}@exemple.fr")
    page.get_by_role("button", name="Créer le compte").click()
    told(page, "Compte créé")
    page.get_by_label("Rôle", exact=True).select_option(label=role)
    page.get_by_label("Périmètre").select_option(label="CPTS du Val de Brume")
    page.get_by_role("button", name="Donner ce rôle").click()
    told(page, "Rôle donné")
    for _second in range(60):
        if sent := letter_to(home, f"{first_name.lower()}@exemple.fr"):
            found = re.search(r"http\S+", sent)
            assert found is not None
            return found[0]
        page.wait_for_timeout(1000)
    pytest.fail("the invitation did not leave")


def accept(page: Page, base: str, link: str, address: str) -> None:
    page.goto(link)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Nouveau mot de passe (confirmation)").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le nouveau mot de passe est en place.")).to_be_visible()
    sign_in(page, base, address)


def test_from_an_empty_map_to_money(new_page: NewPage, installation: Demonstration) -> None:
    home = installation.home
    with served(installation, TUESDAY) as base:
        # Given communes and professionals, and no territory: Anne makes one, and invites two people.
        anne = new_page(base)
        sign_in(anne, base, "anne@exemple.fr")
        anne.goto(f"{base}/territoires/")
        anne.get_by_role("link", name="Créer un territoire").first.click()
        anne.get_by_label("Nom", exact=True).fill("CPTS du Val de Brume")
        anne.get_by_label("Ajouter une intercommunalité").fill("brume")
        anne.locator("main").get_by_role("button", name="Chercher").click()
        anne.get_by_role("button", name="Ajouter CC Val de Brume").click()
        anne.get_by_role("button", name="Créer le territoire").click()
        expect(anne.locator(".finding").first).to_contain_text("24 communes, 23 088 habitants")
        to_camille = invite(anne, base, home, "Camille", "Bruyere", "Coordination de CPTS")
        to_helene = invite(anne, base, home, "Helene", "Aubepine", "Médecin généraliste")
        camille, helene = new_page(base), new_page(base, width=360)
        accept(camille, base, to_camille, "camille@exemple.fr")
        accept(helene, base, to_helene, "helene@exemple.fr")

        # When Camille reads the diagnosis, a white zone leads to the project, and becomes its objective;
        camille.goto(f"{base}{PLACE}/zones-blanches/")
        expect(camille.locator(".finding").first).to_contain_text("autour d’Orgueille-le-Vieux")
        camille.get_by_role("link", name="Ouvrir un projet de santé").click()
        camille.get_by_label("Titre").fill("Projet de santé 2027–2032")
        camille.get_by_label("Du", exact=True).fill("2027-01-12")
        camille.get_by_label("Au", exact=True).fill("2032-01-11")
        camille.get_by_role("button", name="Commencer le projet").click()
        camille.goto(f"{base}{PLACE}/zones-blanches/")
        camille.get_by_role("link", name="En faire un objectif").click()
        camille.get_by_role("button", name="En faire un objectif : Zone blanche").first.click()
        told(camille, "Objectif ajouté au projet, avec son chiffre et sa source")
        expect(camille.get_by_text("1 703 habitants").first).to_be_visible()

        # an action is written, and people meet about it.
        camille.get_by_role("link", name="Ajouter une action").click()
        camille.get_by_label("Action", exact=True).fill("Consultations avancées à Orgueille-le-Vieux")
        camille.locator("#id_lead").select_option(label="Helene Aubepine")
        camille.get_by_label("Commence le").fill("2027-01-12")
        camille.locator("#id_indicator").fill("meeting_participation")
        camille.locator("#id_indicator_unit").fill("%")
        camille.locator("#id_target").fill("80")
        camille.locator("#id_target_on").fill("2027-12-31")
        camille.get_by_role("button", name="Ajouter l’action").click()
        told(camille, "Action ajoutée")
        action = camille.url
        camille.locator("summary", has_text="Réunir autour de cette action").click()
        camille.locator("[name=starts_at]").fill(f"{MEETING:%Y-%m-%dT%H:%M}")
        camille.locator("[name=length]").fill("90")
        camille.locator("[name=place]").fill("Salle des fêtes de Brumeval")
        camille.get_by_role("button", name="Prévoir la réunion").click()
        told(camille, "Réunion prévue")
        camille.locator("main a[href*='/soins/reunions/']").first.click()
        camille.get_by_label("Professionnel ou structure à inviter").fill("Drave")
        camille.locator("form", has=camille.get_by_label("Professionnel ou structure à inviter")).get_by_role(
            "button"
        ).click()
        camille.get_by_role("button", name=re.compile("Inviter.*DRAVE")).click()
        expect(camille.get_by_text("Paul DRAVE").first).to_be_visible()
        meeting = camille.url.removeprefix(base)
        action = action.removeprefix(base)

    with served(installation, MEETING + timedelta(hours=2)) as base:
        # Then, the meeting held, presences are noted and its minutes signed:
        camille = new_page(base)
        sign_in(camille, base, "camille@exemple.fr")
        camille.goto(f"{base}{meeting}")
        camille.get_by_label("Minutes de présence, Helene Aubepine").fill("90")
        camille.get_by_label("Minutes de présence, Paul DRAVE").fill("0")
        camille.get_by_label("Temps indemnisé, Helene Aubepine").check()
        camille.get_by_role("button", name="Noter les présences").click()
        camille.get_by_label("Ce qui a été dit").fill("Une consultation avancée par semaine dès février.")
        camille.get_by_role("button", name="Enregistrer le texte").click()
        camille.get_by_role("button", name="Signer et diffuser").click()
        told(camille, "Compte rendu signé")

        # her time waits to be paid, without being typed again; nothing is, before the ceiling of the year;
        camille.goto(f"{base}/pilotage/financement/")
        expect(camille.locator(".finding").first).to_contain_text("1 temps à indemniser")
        camille.get_by_role("link", name="Temps et indemnités").click()
        expect(camille.get_by_text("Le plafond de 2027 n’est pas établi")).to_be_visible()
        camille.get_by_role("link", name="Renseigner le plafond").click()
        camille.get_by_label("Année").fill("2027")
        camille.get_by_label("Montant").fill("100")
        camille.get_by_label("Document").fill("Annexe 2 du contrat, page 14")
        camille.get_by_role("button", name="Garder ce plafond").click()
        camille.get_by_role("link", name="Décider d’un barème").click()
        camille.get_by_label("Montant").fill("60")
        camille.get_by_label("À partir du").fill("2027-01-01")
        camille.get_by_label("Décision").fill("Bureau du 4 janvier 2027")
        camille.get_by_role("button", name="Garder ce barème").click()
        camille.get_by_role("button", name=re.compile("Valider 90")).click()
        told(camille, "90 € dus à Helene Aubepine")
        camille.get_by_role("button", name="Faire le relevé").click()
        expect(camille.get_by_text("90 € entrés, reste 10 €")).to_be_visible()
        camille.get_by_role("button", name="Valider le relevé").click()
        settle(camille)
        assert_axe_clean(camille)
        screenshot(camille, "releve-1440-light")

        # the indicator has a value, half of who was asked came, and it is published.
        camille.goto(f"{base}{FIGURE}")
        expect(camille.locator(".finding").first).to_contain_text("50,0 %")
        expect(camille.locator(".finding").first).to_contain_text("1 sur 2")
        camille.get_by_role("button", name="Publier la valeur").click()
        expect(camille.get_by_text("inchangée")).to_be_visible()

        # A row is put right: Paul was there. The figure moves, its rows too, and what was published is kept.
        camille.goto(f"{base}{meeting}")
        camille.locator("summary", has_text="présences").click()
        camille.get_by_label("Minutes de présence, Paul DRAVE").fill("60")
        camille.get_by_role("button", name="Noter les présences").click()
        camille.goto(f"{base}{FIGURE}")
        expect(camille.locator(".finding").first).to_contain_text("100,0 %")
        changed = re.compile(r"La valeur a changé depuis le .*50,0\s%\spublié, 100,0\s%\saujourd’hui")
        expect(camille.locator("main")).to_contain_text(changed)

        # What was paid is what the action cost, opened to its operation.
        camille.goto(f"{base}{action}")
        expect(camille.locator("main")).to_contain_text(re.compile(r"90\s€\sdépensés"))
        camille.get_by_role("link", name="voir les écritures").click()
        expect(camille.locator(".finding").first).to_contain_text(
            re.compile(r"90\s€\sdépensés, en 1\sécriture")
        )
        settle(camille)
        assert_axe_clean(camille)
        screenshot(camille, "depenses-1440-light")

        # The report of the project says all of it on paper.
        camille.goto(f"{base}{action}")
        link = camille.locator("main").get_by_role("link", name="Projet de santé 2027–2032").first
        project = link.get_attribute("href")
        assert project is not None
        report = " ".join(text_of(camille.request.get(f"{base}{project}projet.pdf").body()).split())
        for words in (
            "Consultations avancées à Orgueille-le-Vieux",
            "1 703 habitants",
            "Helene Aubepine",
            "90,00 €",
        ):
            assert words in report, words

        # Helene reads what she is owed, and nobody else's.
        helene = new_page(base, width=360)
        sign_in(helene, base, "helene@exemple.fr")
        helene.goto(f"{base}/pilotage/financement/mes-indemnites/")
        expect(helene.locator("main")).to_contain_text("90 €")
        settle(helene)
        assert_axe_clean(helene)
