"""The pages of funding: who sees what, what is said, what a form gives back."""

from __future__ import annotations

from django.urls import reverse

from maillage.directory.api import Professional
from maillage.funding.models import Contract
from maillage.kernel.models import Person
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.funding.conftest import decided_ceiling, decided_rate, held_meeting

HOME = "/pilotage/financement/"


def contract_form(**values: object) -> dict[str, object]:
    return {
        "kind": "aci_cpts", "title": "ACI de la CPTS", "parties": "CPTS, CPAM, ARS", "document": "Contrat",
        "signed_on": "2026-03-01", "population": "64200", "population_year": "2024", "key": "web",
    } | values  # fmt: skip


def test_from_a_contract_to_its_schedule(coordinator: Person, place: Territory) -> None:
    client = client_of(coordinator)
    assert "Aucun financement" in client.get(HOME).content.decode()
    answer = client.post(f"{HOME}{place.scope.pk}/contrats/nouveau/", contract_form(), follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "60 000 €" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "taille 2" in page
    made = Contract.objects.in_scope(place.scope).get()
    base = reverse("funding:contract", args=[made.pk])
    for address, form in (
        ("mission/", {"mission": "M1", "starts_on": "2026-09-01", "key": "m"}),
        ("montant/", {"amount": "fixed.M1", "cents": "50 000,00 €", "document": "Annexe 2", "key": "a"}),
        (
            "versement/",
            {
                "payment": "grant::1:full",
                "day": "2026-03-10",
                "cents": "60000",
                "label": "Virement",
                "key": "r",
            },
        ),
    ):
        assert client.get(base + address).status_code == 200
        answer = client.post(base + address, form, follow=True)
        assert answer.status_code == 200, answer.content.decode()
    page = answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert "75 % × 50 000 € × 181/365 jours" in page
    assert "18 595,89 €" in page
    assert client.get(HOME).status_code == 200


def test_from_a_meeting_to_a_statement(
    coordinator: Person, member: Person, doctor: Person, place: Territory, professional: Professional
) -> None:
    (attendance,) = held_meeting(coordinator, place, professional)
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    client = client_of(coordinator)
    times = f"{HOME}{place.scope.pk}/temps/"
    assert "Valider 90" in client.get(times).content.decode()
    form = {
        "source": f"care.attendance:{attendance.pk}", "day": "2026-11-20", "mission": "M2", "key": "one",
    }  # fmt: skip
    assert client.post(f"{times}valider/", form, follow=True).status_code == 200
    page = client.get(times).content.decode()
    assert "Faire le relevé" in page
    answer = client.post(
        f"{HOME}{place.scope.pk}/releves/",
        {
            "kind": "professional",
            "pk": professional.pk,
            "first": "2026-01-01",
            "last": "2026-11-30",
            "key": "s",
        },
        follow=True,
    )
    assert "Valider le relevé" in answer.content.decode()
    statement = answer.request["PATH_INFO"]
    assert client_of(doctor).get(statement).status_code == 404
    client.post(f"{statement}etape/", {"do": "valider"})
    assert client_of(doctor).get(statement).status_code == 200
    assert client.get(f"{statement}paiement/").status_code == 200
    assert (
        client.post(f"{statement}paiement/", {"day": "2026-11-30", "key": "p"}, follow=True).status_code
        == 200
    )
    pdf = client_of(doctor).get(f"{statement}releve.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "90" in client_of(doctor).get(f"{HOME}mes-indemnites/").content.decode()
    for address in (
        "",
        f"{place.scope.pk}/comptes/",
        f"{place.scope.pk}/comptes/?format=csv",
        f"{place.scope.pk}/comptes/?format=fec",
        f"{place.scope.pk}/personne/professional/{professional.pk}/",
    ):
        assert client_of(member).get(HOME + address).status_code == 200, address
        assert client_of(doctor).get(HOME + address).status_code == 403, address
