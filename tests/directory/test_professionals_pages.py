"""The pages about professionals: list, sheet, forms, newcomers, imports, duplicates."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.directory import api
from maillage.directory.models import CareUnit, Membership, Merge, Professional, Structure, Welcome
from maillage.kernel.models import Person
from maillage.territory import api as territory
from tests.directory.test_professionals import NUMBER
from tests.directory.test_rules import HEADING, annuaire_line


def page(client: Client, name: str, *args: object, status: int = 200, **query: object) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def send(client: Client, name: str, *args: object, status: int = 302, **data: object) -> str:
    answer = client.post(reverse(name, args=args), data, follow=status == 200)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


@pytest.fixture
def keeper(client: Client, coordinator: Person, staffed_valley: territory.Territory) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture
def owner(doctor: Professional) -> Client:
    own = Client()
    assert doctor.account is not None
    own.force_login(doctor.account)
    return own


def test_the_list_asks_then_answers_at_a_steady_cost(
    keeper: Client, staffed_valley: territory.Territory, django_assert_max_num_queries
) -> None:
    assert "Choisissez un territoire" in page(keeper, "directory:professionals", territory="")
    slug = staffed_valley.slug
    with django_assert_max_num_queries(20):
        shown = page(keeper, "directory:professionals", territory=slug)
    assert "Exercice coordonné" in shown
    assert "professionnels répondent" in shown
    narrow = page(keeper, "directory:professionals", territory=slug, language="zh", profession="10")
    assert "Aucun professionnel" in narrow
    one = Professional.objects.filter(profession="50").first()
    assert one is not None
    assert one.last_name in page(keeper, "directory:professionals", q=one.last_name)
    page(keeper, "directory:professionals", territory="nulle-part", status=404)
    assert one.last_name in page(keeper, "directory:professionals_csv", territory=slug)


def test_a_sheet_shows_reason_and_freshness(
    keeper: Client, doctor: Professional, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(24):
        shown = page(keeper, "directory:professional", doctor.pk)
    assert "inventé pour la démonstration" in shown
    assert "Ce que l’on sait, et depuis quand" in shown
    assert "projet" in shown or "exercice coordonné" in shown
    page(keeper, "directory:professional", 999_999, status=404)


def test_the_owner_keeps_the_sheet(owner: Client, doctor: Professional) -> None:
    data = {"phone": "0199001111", "mssante": "", "languages": ["fr", "en"]}
    assert page(owner, "directory:contact", doctor.pk)
    send(owner, "directory:contact", doctor.pk, **data)
    assert "anglais" in page(owner, "directory:professional", doctor.pk)
    send(owner, "directory:contact", doctor.pk, status=422, **{**data, "mssante": "rien"})
    membership = doctor.memberships.get()
    assert page(owner, "directory:offer", membership.pk)
    send(owner, "directory:offer", membership.pk, new_patients="yes", age_min=3, day_0="8h-12h, 14h-18h30")
    shown = page(owner, "directory:professional", doctor.pk)
    assert "à partir de 3 ans" in shown
    wrong = send(owner, "directory:offer", membership.pk, status=422, age_min=9, age_max=3, day_1="matin")
    assert "ne se lit pas" in wrong
    assert "inférieur" in wrong
    send(owner, "directory:fact", doctor.pk, "hours", do="confirm")
    send(owner, "directory:fact", doctor.pk, "rien", do="confirm", status=404)


def test_a_reader_asks_and_the_owner_answers(
    client: Client, patient: Person, owner: Client, doctor: Professional, coordinator: Person
) -> None:
    other = Professional.objects.exclude(pk=doctor.pk).first()
    assert other is not None
    reader = owner  # a physician is a reader of every sheet but their own
    send(reader, "directory:fact", other.pk, "hours", do="ask", doubt="fermé le lundi")
    client.force_login(coordinator)
    send(client, "directory:fact", doctor.pk, "contact", do="ask")
    asked = other.confirmation_requests.get()
    assert "fermé le lundi" in page(client, "directory:professional", other.pk)
    send(client, "directory:confirmation", asked.pk, answer="corrected")
    assert "déjà sa réponse" in send(
        client, "directory:confirmation", asked.pk, status=200, answer="declined"
    )
    send(client, "directory:confirmation", asked.pk, answer="peut-être", status=404)
    client.force_login(patient)
    send(client, "directory:fact", other.pk, "hours", do="ask", status=403)
    send(owner, "directory:contact", other.pk, phone="0199002222", status=403)


def test_a_structure_shows_its_team_and_its_two_levels(keeper: Client) -> None:
    unit = CareUnit.objects.select_related("structure").first()
    assert unit is not None
    shown = page(keeper, "directory:structure", unit.structure.pk)
    assert "Deux niveaux d’organisation" in shown
    assert "Équipe" in shown
    assert "elle n’existe pas" in shown
    send(keeper, "directory:structure_fact", unit.structure.pk, "services", do="confirm")
    listed = page(keeper, "directory:structures", type="msp", q="maison")
    assert "(inventé)" in listed


def test_newcomers_have_their_page(
    keeper: Client, owner: Client, doctor: Professional, staffed_valley: territory.Territory
) -> None:
    listed = page(keeper, "directory:newcomers", staffed_valley.slug)
    assert "Ouvrir un accueil" in listed
    newcomer = Professional.objects.filter(profession="70").first()
    assert newcomer is not None
    data = {"professional": newcomer.pk, "mentor": doctor.pk, "started_on": "2026-01-10"}
    send(keeper, "directory:newcomers", staffed_valley.slug, **data)
    assert "déjà ouvert" in send(keeper, "directory:newcomers", staffed_valley.slug, status=422, **data)
    opened = Welcome.objects.get(professional=newcomer)
    send(owner, "directory:newcomer", opened.pk, step="meet_mentor", done="1")
    assert "faite le" in page(owner, "directory:newcomer", opened.pk)
    send(owner, "directory:newcomer", opened.pk, step="meet_mentor", done="0")
    send(owner, "directory:newcomer", opened.pk, step="danser", done="1", status=404)
    assert "Ouvrir un accueil" not in page(owner, "directory:newcomers", staffed_valley.slug)


def test_an_import_is_read_before_it_is_written(keeper: Client, staffed_valley: territory.Territory) -> None:
    code = territory.member_codes(staffed_valley)[0]
    right = annuaire_line(**{"Identifiant PP": NUMBER, "Code commune (coord. structure)": code})
    content = "\n".join([HEADING, right, annuaire_line(**{"Identifiant PP": "1"})]).encode()

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("ps.txt", content)

    data = {"format": "annuaire_sante", "extracted_on": "2026-01-05"}
    before = Professional.objects.count()
    shown = send(keeper, "directory:import", status=200, step="preview", file=file(), **data)
    assert "Numéro RPPS faux" in shown
    errors = send(keeper, "directory:import", status=200, step="errors", file=file(), **data)
    assert errors.splitlines()[1].startswith("3;Identifiant PP;1;")
    assert Professional.objects.count() == before
    send(keeper, "directory:import", step="import", file=file(), **data)
    assert Professional.objects.count() == before + 1
    again = send(keeper, "directory:import", status=200, step="import", file=file(), **data)
    assert "rien n’a changé" in again
    assert "ps.txt" in again
    future = {
        **data,
        "extracted_on": (timezone.localdate() + timedelta(days=1)).isoformat(),
        "departements": "Rhône",
    }
    wrong = send(keeper, "directory:import", status=422, file=file(), **future)
    assert "à venir" in wrong
    assert "code de département" in wrong
    picture = SimpleUploadedFile("image.png", b"\x81\x8d\xff")
    assert "du texte" in send(keeper, "directory:import", status=422, step="preview", file=picture, **data)


def test_duplicates_are_merged_and_given_back(
    keeper: Client, doctor: Professional, staffed_valley: territory.Territory
) -> None:
    double = Professional.objects.create(
        last_name=doctor.last_name, first_name=doctor.first_name, search_name=doctor.search_name,
        profession="10", source="saisie",
    )  # fmt: skip
    place = doctor.memberships.get().place
    Membership.objects.create(professional=double, structure=place.structure, place=place, source="saisie")
    slug = staffed_valley.slug
    assert "Fusionner" in page(keeper, "directory:duplicates", slug)
    send(keeper, "directory:duplicates", slug, kept=doctor.pk, removed=double.pk, reason="la même")
    answer = keeper.get(reverse("directory:professional", args=[double.pk]))
    assert answer.headers["Location"].endswith(f"/{doctor.pk}/")
    send(keeper, "directory:duplicates", slug, merge=Merge.objects.get().pk, reason="non")
    assert "défaite le" in page(keeper, "directory:duplicates", slug)
    same = {"kept": doctor.pk, "removed": doctor.pk, "reason": "x"}
    assert "différentes" in send(keeper, "directory:duplicates", slug, status=200, **same)
    send(keeper, "directory:duplicates", slug, kept="x", removed="y", status=404)


def test_what_is_invented_stays_out_of_a_diagnosis(staffed_valley: territory.Territory) -> None:
    codes = territory.member_codes(staffed_valley)
    assert Structure.objects.filter(origin="demonstration", kind="msp").exists()
    counted = api.counts_by_kind(codes)[api.StructureKind.MSP]
    listed = api.structures_in(codes, [api.StructureKind.MSP])
    assert counted == sum(one.count for one in listed)
    assert not [one for one in listed if one.origin == "demonstration"]
