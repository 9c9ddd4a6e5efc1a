"""What happens around Louis Tilleul one Saturday: he books alone, his circle talks, an expert answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from maillage.kernel.rules import Role
from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = pytest.mark.browser


def looked_at(page: Page, name: str) -> None:
    """Hold a page to axe, and photograph it."""
    settle(page)
    assert_axe_clean(page)
    screenshot(page, name)


def test_he_books_and_cancels_on_his_telephone_without_a_script(new_page: NewPage, demo_url: str) -> None:
    # Given the telephone of somebody of eighty, whose browser runs no script.
    phone = new_page(demo_url, width=360, javascript=False)
    sign_in(phone, Role.PATIENT.value)
    phone.get_by_role("link", name="Prendre un rendez-vous").first.click()

    # When it is for a planned visit, he reads first the hours of those who know him.
    phone.get_by_label("Non, aucun de ces signes").check()
    phone.get_by_label("Un suivi prévu").check()
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_role("heading", name="Choisir une heure")).to_be_visible()
    expect(phone.get_by_text("vous connaît").first).to_be_visible()
    screenshot(phone, "espace-heures-360-light")
    phone.get_by_role("link", name=re.compile(r"14\sh\s00")).first.click()
    screenshot(phone, "espace-prendre-360-light")
    phone.get_by_role("button", name="Oui, je prends cette heure").click()

    # Then the page says what was booked, and he may cancel it alone.
    said = phone.get_by_text("C’est réservé").first
    expect(said).to_be_visible()
    with_whom = re.search(r"avec ([^.]+)\.", said.inner_text())
    assert with_whom
    hers = phone.locator("main li", has_text=with_whom[1]).filter(has_text="Pris par vous.")
    hers.get_by_role("link", name="Déplacer ou annuler").first.click()
    phone.get_by_role("button", name=re.compile("Annuler|annuler")).first.click()
    expect(phone.locator("main")).to_contain_text(re.compile("annulé", re.IGNORECASE))

    # When later he has a pain in the chest, he reads the 15; no hour is shown to him from then on.
    phone.goto("/espace/")
    phone.get_by_role("link", name="Prendre un rendez-vous").first.click()
    phone.get_by_label("A mal dans la poitrine").check()
    phone.get_by_label("Un problème nouveau").check()
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.locator("main a[href='tel:15']").first).to_be_visible()
    screenshot(phone, "espace-vital-360-light")
    phone.goto("/espace/")
    phone.get_by_role("link", name="Prendre un rendez-vous").first.click()
    expect(phone.locator("main a[href='tel:15']").first).to_be_visible()
    expect(phone.get_by_text("Aucune heure n’est montrée ici pour le moment.")).to_be_visible()


def test_his_circle_talks_and_each_sees_the_others_at_once(new_page: NewPage, demo_url: str) -> None:
    # Given the nurse and the doctor, each with their conversation about him open.
    nurse, doctor = new_page(demo_url), new_page(demo_url)
    for page, role in ((nurse, Role.NURSE), (doctor, Role.PHYSICIAN)):
        sign_in(page, role.value, "/messages/conversations/")
        page.get_by_role("link", name=re.compile("Furosémide")).first.click()
        expect(page.locator("#thread")).to_contain_text("deux boîtes de furosémide")

    # When the nurse answers and cites the doctor.
    nurse.get_by_label("Votre message").fill(
        "Vu ce matin : 40 mg, une seule boîte. @Hélène, je repasse lundi."
    )
    nurse.get_by_role("button", name="Envoyer").click()

    # Then the doctor reads it without asking for the page again; a stranger to the circle never does.
    expect(doctor.locator("#thread")).to_contain_text("je repasse lundi")
    looked_at(nurse, "conversation-1440-light")
    address = nurse.url
    stranger = new_page(demo_url)
    sign_in(stranger, Role.BOARD.value)
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.status in (403, 404)


def test_an_expert_answers_from_what_the_nurse_shared(new_page: NewPage, demo_url: str) -> None:
    # Given a question that the nurse asked about a wound.
    doctor = new_page(demo_url)
    sign_in(doctor, Role.PHYSICIAN.value, "/telesante/avis/")
    doctor.get_by_role("link", name=re.compile("Plaie de jambe")).first.click()
    expect(doctor.get_by_text("compression bien portée")).to_be_visible()
    looked_at(doctor, "avis-expert-1440-light")

    # When the doctor answers.
    doctor.get_by_role("textbox", name="Votre réponse").fill(
        "Pas de signe d’infection : alginate, et index de pression."
    )
    doctor.get_by_label("pas de rendez-vous nécessaire").check()
    doctor.get_by_role("button", name="Rendre l’avis").click()
    expect(doctor.locator("main")).to_contain_text("réponse rendue")

    # Then the nurse finds the answer among what comes back to her.
    nurse = new_page(demo_url, width=360)
    sign_in(nurse, Role.NURSE.value, "/telesante/avis/")
    expect(nurse.locator("main")).to_contain_text("5 retours à lire")
    nurse.get_by_role("link", name=re.compile("Plaie de jambe")).first.click()
    expect(nurse.locator("main")).to_contain_text("index de pression")
    looked_at(nurse, "avis-rendu-360-light")
