"""Contracts: points line by line, quarters, the variable part with its evidence, sharing, the pack."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maillage.funding import api as funding
from maillage.funding.computations.schedules import plan
from maillage.funding.models import Contract, ContractIndicator, Evidence, Operation, Sharing, SharingPart
from maillage.funding.queries.contracts import kept_with
from maillage.funding.queries.ledger import balances
from maillage.indicators import api as indicators
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_professional, make_territory
from tests.funding.conftest import TODAY, decided_ceiling, decided_rate, held_meeting, validated
from tests.pdf import text_of

M1 = funding.MissionCode.M1


def kept(by: Person, place: Territory, kind: funding.ContractKind, **values: object) -> Contract:
    said: dict[str, object] = {
        "title": "Contrat", "parties": "CPAM, ARS", "document": "Convention", "signed_on": date(2025, 1, 1),
        "population": 40_000, "population_year": 2024, "key": kind.value,
    }  # fmt: skip
    return funding.keep_contract(by=by, scope=place.scope, kind=kind, **said | values)


def page_of(by: Person, contract: Contract) -> str:
    text = client_of(by).get(reverse("funding:contract", args=[contract.pk])).content.decode()
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_points_of_a_centre_are_explained_line_by_line(coordinator: Person, place: Territory) -> None:
    contract = kept(coordinator, place, funding.ContractKind.ACI_MSP)
    address = reverse("funding:declare", args=[contract.pk])
    client = client_of(coordinator)
    form = {
        "year": 2026, "list_size": 6000, "professionals": 12, "a1s1": "on", "a1s2a": "on", "a2s1": "on",
        "a2s2": 8, "a2s3": "5", "a3s1": "on", "document": "Télédéclaration", "key": "d",
    }  # fmt: skip
    assert client.get(address).status_code == 200
    assert client.post(address, form).status_code == 302
    page = page_of(coordinator, contract)
    assert "9650 points, soit 67 550 €." in page.replace("9 650", "9650")
    assert "40 530 €" in page
    assert "27 020 €" in page  # the balance, on 30 April 2027
    assert "60 % des prérequis et du socle" in page
    assert client.post(address, form | {"a1s1": "", "a2s2": 11, "key": "d2"}).status_code == 302
    page = page_of(coordinator, contract)
    assert "un prérequis manque" in page
    assert "rien : il manque A1S1" in page
    assert "11, compté 8" in page
    assert client.post(address, form | {"year": 2040, "key": "d3"}).status_code == 422


def test_a_quarter_of_peps_waits_for_its_coefficients(coordinator: Person, place: Territory) -> None:
    contract = kept(coordinator, place, funding.ContractKind.PEPS)
    address = reverse("funding:declare", args=[contract.pk])
    client = client_of(coordinator)
    form = {"year": 2026, "quarter": 1, "base": "100 000", "document": "Avis", "key": "q"}
    assert client.post(address, form).status_code == 302
    assert "montant à renseigner" in page_of(coordinator, contract)
    more = {"territory": "1.05", "quality": "1", "leakage": "0", "former_fees": "50 000", "key": "q2"}
    assert client.post(address, form | more).status_code == 302
    page = page_of(coordinator, contract)
    assert "plafonné à 60 000 €" in page
    (one,) = plan(kept_with(place.scope, [contract])[0]).payments
    assert (one.cents, one.on) == (6_000_000, date(2026, 4, 1))


@pytest.fixture
def measured(coordinator: Person, place: Territory) -> tuple[Contract, ContractIndicator]:
    """An ACI of a CPTS exactly on a bound, a mission under way, one indicator of its variable part."""
    contract = kept(coordinator, place, funding.ContractKind.ACI_CPTS)
    funding.start_mission(by=coordinator, contract=contract, mission=M1, starts_on=date(2025, 1, 1), key="m")
    for name, cents in (("fixed.M1", 5_000_000), ("variable.M1", 2_000_000)):
        funding.type_amount(
            by=coordinator, contract=contract, name=name, cents=cents, document="Annexe", key=name
        )
    indicator = funding.add_indicator(
        by=coordinator, contract=contract, exercise=1, mission=M1, label="Part sans médecin traitant",
        unit="%", reference=Decimal(12), target=Decimal(8), weight=Decimal(1), document="Annexe 3", key="ind",
    )  # fmt: skip
    return contract, indicator


def test_the_variable_part_waits_for_a_value_which_says_that_it_was_typed(
    coordinator: Person, member: Person, place: Territory, measured: tuple[Contract, ContractIndicator]
) -> None:
    contract, indicator = measured
    page = page_of(coordinator, contract)
    assert "Exactement à la borne" in page
    assert "non mesuré" in page
    assert "aucune preuve" in page
    assert "atteinte des indicateurs, à établir" in page
    with pytest.raises(PermissionDenied):
        funding.measure(by=member, indicator=indicator, value=Decimal(9), document="x", key="v")
    funding.measure(by=coordinator, indicator=indicator, value=Decimal(9), document="Relevé CPAM", key="v")
    found = {one.key: one for one in plan(kept_with(place.scope, [contract])[0]).payments}
    assert found["variable:M1:1:balance"].cents == 1_500_000
    page = page_of(coordinator, contract)
    assert "20 000 € × 75,0 % d’atteinte" in page
    assert "tapée à la main" in page


def test_a_published_value_is_taken_as_it_is_and_opens(
    coordinator: Person, place: Territory, measured: tuple[Contract, ContractIndicator]
) -> None:
    contract, _other = measured
    key = next(iter(indicators.INDICATORS))
    made = funding.add_indicator(
        by=coordinator, contract=contract, exercise=1, mission=M1, label="Du catalogue", reference=Decimal(1),
        target=Decimal(2), weight=Decimal(1), document="Annexe", key="catalogue", indicator=key,
    )  # fmt: skip
    published = indicators.PublishedValue.objects.create(
        scope=place.scope, indicator=key, version="1", source="live", first=24_000, months=12, value=1.5,
        low=1, high=2, numerator=3, denominator=2, missing=0, rows=2, digest="d", by=coordinator, key="p",
    )  # fmt: skip
    client = client_of(coordinator)
    assert client.get(reverse("funding:add_indicator", args=[contract.pk])).status_code == 200
    assert "Reprendre la valeur" in page_of(coordinator, contract)
    taken = {"published": published.pk, "key": "t"}
    assert client.post(reverse("funding:take_published", args=[made.pk]), taken).status_code == 302
    page = page_of(coordinator, contract)
    assert "ouvrir l’indicateur" in page
    assert "50 %" in page
    assert "Reprendre la valeur" not in page
    with pytest.raises(ValidationError, match="publiée"):
        funding.measure(
            by=coordinator,
            indicator=made,
            value=Decimal(1),
            document="x",
            key="no",
            published=published.pk + 1,
        )


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"exercise": 6}, "5 années"), ({"weight": Decimal(0)}, "positif"),
        ({"target": Decimal("NaN")}, "hors"), ({"reference": Decimal(10**9)}, "hors"),
        ({"label": " "}, "manque"), ({"indicator": "rien"}, "catalogue"),
    ],
)  # fmt: skip
def test_an_indicator_that_cannot_be_is_refused(
    coordinator: Person, measured: tuple[Contract, ContractIndicator], values: dict[str, object], says: str
) -> None:
    said: dict[str, object] = {
        "exercise": 1, "mission": M1, "label": "x", "reference": Decimal(1), "target": Decimal(2),
        "weight": Decimal(1), "document": "d", "key": "bad",
    }  # fmt: skip
    with pytest.raises(ValidationError, match=says):
        funding.add_indicator(by=coordinator, contract=measured[0], **said | values)


def test_evidence_is_dated_and_opens(
    coordinator: Person, place: Territory, measured: tuple[Contract, ContractIndicator]
) -> None:
    _contract, indicator = measured
    client = client_of(coordinator)
    address = reverse("funding:prove", args=[indicator.pk])
    pdf = client.get(reverse("funding:statement_pdf", args=[_statement(coordinator, place)])).content
    file = SimpleUploadedFile("extrait 2026.pdf", pdf, "application/pdf")
    sent = {"dated": "2026-11-02", "label": "Extrait du SNDS", "key": "e"}
    assert client.post(address, sent | {"file": file}).status_code == 302
    proof = Evidence.objects.in_scope(place.scope).get()
    kept_file = client.get(reverse("funding:evidence_file", args=[proof.pk]))
    assert kept_file.content.startswith(b"%PDF")
    for change, says in (
        ({"dated": "2027-01-01"}, "jour passé"), ({"url": "ftp://x"}, "https"),
        ({"label": ""}, "obligatoire"),
    ):  # fmt: skip
        answer = client.post(address, sent | {"key": "bad"} | change)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    elsewhere = make_person("autre.lieu", Role.COORDINATOR, make_territory("Indian/Reunion").scope)
    assert client_of(elsewhere).get(reverse("funding:evidence_file", args=[proof.pk])).status_code == 404
    assert client_of(elsewhere).get(address).status_code == 404
    # The pack has the document, its tables, the evidence; nobody is named in it.
    pack = client.get(reverse("funding:dialogue", args=[indicator.contract_id]))
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        names = archive.namelist()
        assert names[:5] == [
            "dialogue-de-gestion.pdf", "echeancier.csv", "indicateurs.csv", "budget.csv", "indemnites.csv",
        ]  # fmt: skip
        assert names[5:] == [f"preuves/2026-11-02-{proof.pk}-extrait-2026.pdf"]
        said = " ".join(text_of(archive.read("dialogue-de-gestion.pdf")).split())
        tables = archive.read("indicateurs.csv").decode() + archive.read("indemnites.csv").decode()
    assert "Part sans médecin traitant" in said
    assert "02/11/2026 · Extrait du SNDS" in tables
    assert "Aubépine" not in said + tables
    assert "Réunion" in tables


def _statement(by: Person, place: Territory) -> int:
    who = make_professional("Aubépine", "Hélène")
    (attendance,) = held_meeting(by, place, who)
    decided_rate(by, place)
    decided_ceiling(by, place)
    validated(by, place, attendance)
    made = funding.make_statement(
        by=by, scope=place.scope, who=who, first_day=date(2026, 1, 1), last_day=TODAY, key="s"
    )
    return made.pk


def test_a_sharing_is_shown_line_by_line_then_posted_and_paid_once(
    coordinator: Person, member: Person, place: Territory
) -> None:
    contract = kept(coordinator, place, funding.ContractKind.ACI_MSP)
    for last in ("Sorbier", "Capucine", "Tilleul"):
        make_professional(last, "Camille")
    client = client_of(coordinator)
    address = reverse("funding:propose_sharing", args=[contract.pk])
    form = {
        "label": "Solde 2026", "pool": "1 000", "charges": "99,99", "bonus": "100", "by_key": "equal",
        "members": "*Sorbier Camille\nCapucine Camille\nTilleul Camille", "document": "AG", "key": "p",
    }  # fmt: skip
    wrong = client.post(address, form | {"members": "Inconnue\nCapucine Camille ; beaucoup", "key": "w"})
    assert wrong.status_code == 422
    assert "Ligne 1" in wrong.content.decode()
    assert "Ligne 2" in wrong.content.decode()
    for change, says in (
        ({"bonus": "950"}, "dépassent"), ({"by_key": "percent"}, "100 exactement"),
        ({"members": "Sorbier Camille"}, "étoile"),
        ({"members": "*Sorbier Camille\nSorbier Camille"}, "deux fois"),
    ):  # fmt: skip
        answer = client.post(address, form | {"key": "w"} | change)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    page = client.post(address, form, follow=True).content.decode().replace("\xa0", " ")
    assert "366,67 €" in page
    assert "266,67 €" in page
    sharing = Sharing.objects.in_scope(place.scope).get()
    parts = SharingPart.objects.in_scope(place.scope).order_by("position")
    assert list(parts.values_list("cents", flat=True)) == [36_667, 26_667, 26_667]
    assert Operation.objects.in_scope(place.scope).count() == 0
    with pytest.raises(ValidationError, match="Passez d’abord"):
        funding.pay_sharing(by=coordinator, sharing=sharing, day=TODAY, key="x")
    posted = funding.post_sharing(by=coordinator, sharing=sharing, day=TODAY, key="o")
    assert funding.post_sharing(by=coordinator, sharing=sharing, day=TODAY, key="o2") == posted
    paid = funding.pay_sharing(by=coordinator, sharing=sharing, day=TODAY, key="y")
    assert funding.pay_sharing(by=coordinator, sharing=sharing, day=TODAY, key="y2") == paid
    with pytest.raises(ValidationError, match="partage est payé"):
        funding.reverse_operation(by=coordinator, operation=posted, reason="Erreur", key="z")
    assert {one.account.code: one.cents for one in balances(place.scope) if one.cents} == {
        "512": -90_001, "6-M0": 90_001,
    }  # fmt: skip
    assert client.get(reverse("funding:sharing", args=[sharing.pk])).status_code == 200
    cpts = kept(coordinator, place, funding.ContractKind.ACI_CPTS)
    with pytest.raises(ValidationError, match="ne partage pas"):
        funding.propose_sharing(
            by=coordinator, contract=cpts, label="x", pool=1, charges=0, bonus=0, members=[], document="d",
            by_key=funding.SharingKey.EQUAL, key="c",
        )  # fmt: skip


def test_a_contract_that_cannot_be_is_refused_with_how_to_mend_it(
    coordinator: Person, member: Person, place: Territory
) -> None:
    for values, says in (
        ({"population": None}, "population"), ({"last_day": date(2024, 1, 1)}, "avant d’être signé"),
        ({"last_day": date(2099, 1, 1)}, "trente ans"), ({"signed_on": date(9000, 1, 1)}, "hors d’atteinte"),
        ({"title": " "}, "manque"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=says):
            kept(coordinator, place, funding.ContractKind.ACI_CPTS, **values)
    with pytest.raises(PermissionDenied):
        kept(member, place, funding.ContractKind.ACI_CPTS)
    made = kept(coordinator, place, funding.ContractKind.ACI_CPTS)
    assert kept(coordinator, place, funding.ContractKind.ACI_CPTS) == made
    assert made.last_day == date(2029, 12, 31)
    for day, says in ((date(2024, 12, 31), "pendant le contrat"), (date(2030, 1, 1), "pendant le contrat")):
        with pytest.raises(ValidationError, match=says):
            funding.start_mission(by=coordinator, contract=made, mission=M1, starts_on=day, key=str(day))
    funding.start_mission(by=coordinator, contract=made, mission=M1, starts_on=date(2025, 6, 1), key="m")
    with pytest.raises(ValidationError, match="a déjà commencé"):
        funding.start_mission(by=coordinator, contract=made, mission=M1, starts_on=date(2025, 7, 1), key="n")
    funding.stop_contract(by=coordinator, contract=made, last_day=date(2026, 6, 30))
    with pytest.raises(ValidationError, match="dernier jour est entre"):
        funding.stop_contract(by=coordinator, contract=made, last_day=date(2031, 1, 1))
    assert "à rendre" in page_of(coordinator, made)
