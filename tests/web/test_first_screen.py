"""The first screen: what each context contributes, gathered; a new context changes no file of the shell."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from maillage.directory.models import Membership, Structure
from maillage.kernel import contributions
from maillage.kernel.contributions import Block, Contribution, Entry, Found, Line, Search, Verb, Waiting
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.people.models import Patient
from maillage.roster.models import Sector
from maillage.roster.queries.sectors import own_sectors_first
from maillage.territory import api as territory
from tests.demonstrated import populated
from tests.factories import make_professional
from tests.packs import fictional_pack

__all__ = ["fictional_pack", "populated"]

#: Of a nurse with something in every kind of their inbox, or of a carer with a
#: message to read: what waits, masthead.
MOST_STATEMENTS = 20
#: What a sentence says where nothing is the role’s own.
GENERIC = "Rien ne vous attend aujourd’hui."
#: They come for the figures: a territory that nobody has diagnosed has none to say.
NOTHING_BEFORE_A_DIAGNOSIS = {Role.ANALYST, Role.PREVENTION_LEAD}
demonstrated: list[tuple[object, datetime]] = []


@pytest.fixture
def throwaway() -> Iterator[None]:
    """Register a context that exists in this test alone."""
    demonstrated.clear()
    contributions.contribute(
        Contribution(
            "throwaway",
            navigation=(
                Entry(
                    Verb.FORESEE, "Météo", "kernel:account", "sun", "Prévoir le temps.", count=lambda _one: 3
                ),
            ),
            searches=(Search("Nuages", lambda query, _limit: [Found(f"Cumulus {query}", "ciel", "/ciel/")]),),
            first_screen=(
                Block(
                    "throwaway.rain",
                    {Role.COORDINATOR: 0},
                    lambda _person: Waiting(
                        "Pluie",
                        (Line("Averse", "/averse/", "à 15 h", True),),
                        "2 averses prévues",
                        "/ciel/",
                        "Voir",
                    ),
                ),
                Block("throwaway.dry", {Role.COORDINATOR: 1}, lambda _person: None),
                Block("throwaway.other", {Role.NURSE: 0}, lambda _person: Waiting("Réservé à d’autres")),
            ),
            demonstrate=lambda place, now: demonstrated.append((place, now)),
        )
    )
    yield
    contributions.withdraw("throwaway")


def test_a_new_context_is_on_every_shared_page(visitor: Client, throwaway: None) -> None:
    page = visitor.get("/").content.decode()
    assert "2 averses prévues." in page
    assert "Averse" in page
    assert "en retard" in page
    assert "Prévoir" in page
    assert "Météo" in page
    assert "Réservé à d’autres" not in page
    assert "Cumulus val" in visitor.get("/recherche/", {"q": "val"}).content.decode()


def test_a_context_withdrawn_leaves_nothing(visitor: Client) -> None:
    assert "Météo" not in visitor.get("/").content.decode()


def test_contexts_demonstrate_from_the_bottom_up() -> None:
    names = [one.context for one in contributions.contributions()]
    order = [
        "kernel",
        "territory",
        "directory",
        "people",
        "exchange",
        "roster",
        "agenda",
        "orientation",
        "care",
        "prevention",
        "telehealth",
        "protocols",
        "transitions",
        "space",
        "crisis",
        "listening",
        "indicators",
        "project",
        "governance",
        "funding",
        "steering",
        "web",
    ]
    assert names == order


def test_an_empty_day_says_so_and_what_to_do(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    assert "Rien ne vous attend aujourd’hui." in page
    assert "Ce que vous pouvez faire ici" in page


def test_the_day_has_five_blocks_at_most(
    visitor: Client, coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Block(str(n), {Role.COORDINATOR: n}, lambda _p, n=n: Waiting(f"Partie {n}")) for n in range(9)]
    monkeypatch.setitem(contributions._contributions, "many", Contribution("many", first_screen=tuple(many)))
    page = visitor.get("/").content.decode()
    assert page.count('class="first-screen-block"') == 5
    assert "Partie 4" in page
    assert "Partie 5" not in page


def account_of(role: Role) -> Person:
    """Return the account by which the demonstration shows a role."""
    held = RoleAssignment.objects.filter(role=role, person__is_demonstration=True)
    return held.order_by("pk")[0].person


def test_each_role_lands_on_its_own_screen_in_few_statements(populated: None, client: Client) -> None:
    screens: dict[Role, str] = {}
    for role in Role:
        client.force_login(account_of(role))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/")
        if role is Role.REGULATOR:
            assert answer["Location"] == "/regulation/"
            continue
        assert answer.status_code == 200, role
        screens[role] = answer.content.decode()
        # What marks a transaction is no statement of a block.
        every = [one["sql"] for one in captured.captured_queries]
        statements = [one for one in every if not one.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(statements) <= MOST_STATEMENTS, f"{role}: {len(statements)}\n" + "\n".join(statements)
    titles = {
        Role.COORDINATOR: ("Étapes légales des gardes", "Sans médecin traitant"),
        Role.PHYSICIAN: ("Mes gardes",),
        Role.EHPAD: ("Qui appeler maintenant", "Demandes en cours"),
        Role.NURSE: ("Qui appeler maintenant", "Actes de protocole"),
        Role.PHARMACIST: ("Bilans et vaccinations", "Ruptures et réponses"),
        Role.PATIENT: ("Qui me soigne", "Mon dossier", "Trouver un professionnel", "tel:15"),
        Role.CARER: ("Qui appeler en cas de besoin", "tel:15", "tel:116117"),
        Role.ANALYST: ("Val-de-Brume", "Accessibilité"),
        Role.BOARD: ("Actions du projet de santé", "Décidé", "Budget", "Entendu", "Zones blanches"),
        Role.PREVENTION_LEAD: ("Campagnes de prévention", "Besoins", "Portrait"),
        Role.DPO: ("Lectures de dossiers", "Aucune lecture de dossier à regarder"),
        Role.ADMINISTRATOR: ("Santé de l’installation", "à surveiller"),
    }
    missing = [(role, one) for role, wanted in titles.items() for one in wanted if one not in screens[role]]
    assert not missing
    assert "Étapes légales" not in screens[Role.PHYSICIAN]
    night = screens[Role.EHPAD]
    assert night.index("tel:15") < night.index("tel:116117") < night.index(reverse("roster:on_call"))


def test_each_role_reads_a_sentence_of_its_own_and_every_link_opens(populated: None, client: Client) -> None:
    wrong = []
    for role in set(Role) - {Role.REGULATOR}:
        client.force_login(account_of(role))
        main = re.split(r"<main|</main>", client.get("/").content.decode())[1]
        blocks = re.findall(r'<section class="first-screen-block".*?</section>', main, re.DOTALL)
        if GENERIC in main and role not in NOTHING_BEFORE_A_DIAGNOSIS:
            wrong.append((role, "a sentence of anybody"))
        titles = re.findall(r"<h2[^>]*>(.*?)</h2>", " ".join(blocks), re.DOTALL)
        wrong += [(role, f"two blocks « {one} »") for one in titles if titles.count(one) > 1]
        wrong += [(role, "an empty block") for one in blocks if not re.search(r"<li>|<p", one)]
        if not 1 <= len(blocks) <= (6 if role in (Role.PATIENT, Role.CARER) else 5):  # and whom to call
            wrong.append((role, f"{len(blocks)} blocks"))
        for link in sorted(set(re.findall(r'<a [^>]*href="(/[^"#]*)', " ".join(blocks)))):
            if (status := client.get(unescape(link), follow=True).status_code) != 200:
                wrong.append((role, f"{link}: {status}"))
    assert not wrong


def test_no_block_names_a_patient(populated: None, client: Client) -> None:
    names = {one.name for one in Patient._base_manager.filter(account=None)}
    assert names
    for role in set(Role) - {Role.REGULATOR}:
        client.force_login(account_of(role))
        main = re.split(r"<main|</main>", client.get("/").content.decode())[1]
        assert not [one for one in names if one in main], role


#: Words of the trade that no page of a patient says.
OF_THE_TRADE = re.compile(
    r"APL|PDSA|effecteur|régulat|orientation|standardisé|périmètre|patientèle|INSi|matricule|"
    r"identité (?:provisoire|récupérée|qualifiée)|qualifier|orphelin|éligib",
    re.IGNORECASE,
)


def test_a_patient_reads_their_own_words(populated: None, client: Client) -> None:
    patient = account_of(Role.PATIENT)
    client.force_login(patient)
    own = patient.patient_file.pk
    for address in ("/", reverse("people:patient", args=[own]), reverse("people:access_log", args=[own])):
        main = re.split(r"<main|</main>", client.get(address).content.decode())[1]
        said = strip_tags(re.sub(r"<details.*</details>", "", main, flags=re.DOTALL))
        assert OF_THE_TRADE.findall(said) == [], address
        assert "Patients" not in said, address


def test_an_ehpad_reads_the_sector_of_its_own_commune_first(populated: None) -> None:
    person = account_of(Role.EHPAD)
    last = Sector.objects.filter(kind="pdsa").order_by("name").last()
    assert last is not None
    assert own_sectors_first(person)[0] != last
    home = Structure.objects.first()
    commune = territory.Commune.objects.filter(sector_memberships__sector=last).first()
    assert home is not None
    Structure.objects.filter(pk=home.pk).update(commune=commune)
    sheet = make_professional("Glycine", "Odile", account=person)
    Membership.objects.create(professional=sheet, structure=home, source="test")
    assert own_sectors_first(person)[0] == last
