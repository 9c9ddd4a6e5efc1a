"""The daughter with a mandate: she signals, a nurse answers, her father takes one thing back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = [pytest.mark.browser]

ANSWER = "Vu à 15 h avec le médecin : une infection, traitée."


def looked_at(page: Page, name: str) -> None:
    """Check a screen as everybody reads it: no defect that axe finds, nothing wider than the telephone."""
    settle(page)
    assert_axe_clean(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    screenshot(page, name)


def test_a_daughter_signals_a_nurse_answers_and_the_father_takes_one_thing_back(
    new_page: NewPage, demo_url: str
) -> None:
    # Awa, at her father's, on her telephone: what she may do is on her first screen.
    daughter = new_page(demo_url, width=360)
    sign_in(daughter, "carer")
    expect(daughter.locator("main")).to_contain_text("Tout est suivi")
    looked_at(daughter, "aidante-accueil-360-light")
    daughter.get_by_role("link", name="Votre père", exact=True).click()
    expect(daughter.get_by_role("heading", name="Qui s’occupe de la personne")).to_be_visible()
    looked_at(daughter, "aidante-son-pere-360-light")
    helped = daughter.url

    # Since last night he no longer knows what day it is. The grave signs come first: none of them.
    daughter.get_by_role("link", name="Signaler une inquiétude").first.click()
    expect(daughter.get_by_role("link", name="15")).to_be_visible()
    daughter.get_by_label("Aucun de ces signes").check()
    daughter.get_by_label("Confusion").check()
    daughter.get_by_label("Dites-le avec vos mots").fill("Il ne sait plus quel jour on est.")
    looked_at(daughter, "aidante-signaler-360-light")
    daughter.get_by_role("button", name="Prévenir l’équipe de soins").click()
    expect(daughter.locator(".finding")).to_contain_text("L’équipe de soins est prévenue")
    signal = daughter.url

    # The nurse sees that a carer waits, reads what, and answers from there.
    nurse = new_page(demo_url)
    sign_in(nurse, "nurse")
    waiting = nurse.locator(".first-screen-block", has_text="Inquiétudes d’aidants")
    expect(waiting).to_be_visible()
    expect(waiting).not_to_contain_text("onfusion")
    waiting.get_by_role("link", name="Un aidant a signalé une inquiétude").first.click()
    expect(nurse.get_by_text("Il ne sait plus quel jour on est.")).to_be_visible()
    looked_at(nurse, "signalement-1440-light")
    nurse.get_by_label("Ce qui a été fait").fill(ANSWER)
    nurse.get_by_role("button", name="Répondre à l’aidant").click()
    expect(nurse.locator(".finding")).to_contain_text("a répondu")

    # What was done is told back to the daughter.
    daughter.goto(signal)
    expect(daughter.get_by_text(ANSWER)).to_be_visible()

    # Her father, without a script, no longer wants her to see his appointments.
    father = new_page(demo_url, width=360, javascript=False)
    sign_in(father, "patient")
    father.get_by_role("link", name="Qui peut agir pour moi").first.click()
    expect(father.locator(".finding")).to_have_text("1 personne peut agir pour vous.")
    screenshot(father, "patient-mandats-360-light")
    father.get_by_role("button", name=re.compile("Retirer Rendez-vous")).click()
    expect(father.get_by_text("dès maintenant")).to_be_visible()

    # Her page shrinks at once, and he reads that she looked.
    daughter.goto(helped)
    closed = daughter.locator("p", has_text=re.compile("Pas ouvert"))
    expect(closed).to_contain_text("rendez-vous")
    expect(daughter.get_by_role("heading", name="Rendez-vous à venir")).to_have_count(0)
    father.get_by_role("link", name="Qui a lu mon dossier").first.click()
    expect(
        father.locator("tr", has_text="Awa Mélisse").filter(has_text="aide d’un proche").first
    ).to_be_visible()
