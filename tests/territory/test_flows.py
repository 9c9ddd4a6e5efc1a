"""Flows: the modelled ones share supply out, the imported ones are checked and kept secret where small."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from maillage.kernel.journal import verify
from maillage.kernel.models import Entry, Person
from maillage.territory import api
from maillage.territory.actions.flows import delete_flows, import_flows
from maillage.territory.computations.access import national_access, national_flows
from maillage.territory.computations.catchments import (
    balance,
    emergency_catchments,
    main_lines,
    main_outside,
    places,
)
from maillage.territory.computations.flow_table import read_flow_table
from maillage.territory.computations.line_checks import TableError
from maillage.territory.computations.observed_flows import observed, protect
from maillage.territory.models import FlowDataset, FlowRow, Territory
from maillage.territory.rules.text import decoded

HEADER = "origine;destination;motif;effectif;periode"
KNOWN = {"01001", "01002", "2A004"}


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


def table(*lines: str) -> str:
    return "\n".join([HEADER, *lines])


def flows_of(territory: Territory, counts: tuple[int, ...] = (40, 25, 3)) -> bytes:
    codes = api.member_codes(territory)[:3]
    pairs = [(codes[0], codes[0]), (codes[0], codes[1]), (codes[2], codes[1])]
    return table(*(f"{a};{b};Urgences;{n};2024" for (a, b), n in zip(pairs, counts, strict=True))).encode()


def test_modelled_flows_balance(fictional_country: api.Atlas, valley: Territory) -> None:
    access = national_access(fictional_country)
    members = fictional_country.positions(api.member_codes(valley))
    found = balance(access, members)
    assert found.kept + found.leaving == pytest.approx(1)
    assert found.delivered == pytest.approx(access.supply[members].sum())
    assert found.used == pytest.approx((access.demand * access.apl)[members].sum())
    shares = np.bincount(national_flows(access).origins(), national_flows(access).share)
    assert np.allclose(shares[shares > 0], 1)
    everywhere = places(access)
    assert np.nanmax(everywhere.self_sufficiency) <= 1 + 1e-12
    lines = main_lines(access, members, 10)
    assert [line.volume for line in lines] == sorted((line.volume for line in lines), reverse=True)
    assert all(line.origin != line.destination for line in lines)
    outside = main_outside(access, members)
    assert outside is None or outside[0] not in members
    assert main_outside(access, np.arange(len(fictional_country))) is None


def test_every_commune_depends_on_one_emergency_department(
    fictional_country: api.Atlas, valley: Territory
) -> None:
    access = national_access(fictional_country)
    members = fictional_country.positions(api.member_codes(valley))
    found = emergency_catchments(fictional_country, access, members)
    assert sorted(k for one in found for k in one.members) == sorted(members)
    assert (fictional_country.column("supply_commune.urgences")[[one.position for one in found]] > 0).all()


def test_a_sound_table_is_read_whatever_its_separator() -> None:
    text = table("01001;01002;Urgences;12;2024", "01001;2A004;Urgences;1;2024-T1")
    for separator in ";,\t":
        lines = read_flow_table(text.replace(";", separator), "f.csv", KNOWN)
        assert [(line.origin, line.destination, line.count) for line in lines] == [
            ("01001", "01002", 12),
            ("01001", "2A004", 1),
        ]
    assert decoded("é".encode("cp1252")) == "é"
    assert decoded("\ufeffé".encode()) == decoded("é".encode("utf-16")) == "é"


@pytest.mark.parametrize(
    ("text", "kind", "row", "said"),
    [
        ("origine;destination;motif;effectif", "missing_column", 1, "periode"),
        (table("1001;01002;U;12;2024"), "unknown_commune", 2, "01001"),
        (table("01001;99999;U;12;2024"), "unknown_commune", 2, "inconnue"),
        (table("01001;Digoin;U;12;2024"), "unknown_commune", 2, "cinq caractères"),
        (table("20004;01001;U;12;2024"), "unknown_commune", 2, "aujourd’hui dans .*2A004"),
        (table("01001;01002;U;12;2024", '01001;"02;U;1;2024' + "x" * 140_000), "unreadable", 3, "guillemet"),
        (table("01001;01002;;12;2024"), "empty_reason", 2, "tous motifs"),
        (table(f"01001;01002;{'x' * 121};12;2024"), "long_reason", 2, "120"),
        (table("01001;01002;U;-3;2024"), "wrong_count", 2, "entier"),
        (table("01001;01002;U;2,5;2024"), "wrong_count", 2, "entier"),
        (table("01001;01002;U;12;mars"), "wrong_period", 2, "2024-03"),
        (table("01001;01002;U;12;2024", "01001;01002;U;3;2024"), "repeated_line", 3, "ligne 2"),
        (table(), "empty_table", None, "vide"),
    ],
)
def test_each_defect_names_its_line_and_how_to_mend_it(
    text: str, kind: str, row: int | None, said: str
) -> None:
    with pytest.raises(TableError, match=said) as caught:
        read_flow_table(text, "f.csv", KNOWN)
    assert [(defect.kind, defect.row) for defect in caught.value.defects] == [(kind, row)]


def test_small_rows_enter_no_total() -> None:
    rows = [("a", "a", 40), ("a", "b", 12), ("a", "b", 3), ("c", "b", 10)]
    found = protect(rows, threshold=11)
    assert [(line.origin, line.destination, line.count) for line in found.lines] == [
        ("a", "a", 40),
        ("a", "b", 12),
    ]
    assert (found.total, found.hidden) == (52, 2)
    assert found.kept == {"a": pytest.approx(40 / 52)}
    assert found.attracted["b"] == 1
    # The total of a selection and of its complement add up: nothing hidden can be subtracted out.
    assert protect(rows[:2], 11).total + protect(rows[2:], 11).total == found.total


def test_flows_are_imported_once_and_told(coordinator: Person, valley: Territory) -> None:
    def imported(content: bytes) -> FlowDataset:
        return import_flows(
            by=coordinator,
            territory=valley,
            name=" Urgences  2024 ",
            source="ORU",
            file="f.csv",
            content=content,
        )

    first = imported(flows_of(valley))
    assert first.name == "Urgences 2024"
    assert imported(flows_of(valley)).pk == first.pk
    assert FlowRow.objects.count() == 3
    second = imported(flows_of(valley, (50, 25, 3)))
    assert (FlowDataset.objects.count(), FlowRow.objects.count()) == (1, 3)
    assert observed(second).total == 75
    assert observed(second, reason="Autre").total == 0
    assert observed(second, reason="Urgences", period="2024").hidden == 1
    delete_flows(by=coordinator, dataset=second)
    assert not FlowDataset.objects.exists()
    verbs = list(
        Entry.objects.filter(verb__startswith="territory.flows")
        .order_by("position")
        .values_list("verb", flat=True)
    )
    assert verbs == ["territory.flows_imported"] * 2 + ["territory.flows_deleted"]
    assert verify().intact


def test_a_refused_table_leaves_nothing(coordinator: Person, patient: Person, valley: Territory) -> None:
    arguments = {"territory": valley, "source": "ORU", "file": "f.csv"}
    with pytest.raises(TableError):
        import_flows(by=coordinator, name="x", content=table("99999;99999;U;1;2024").encode(), **arguments)
    with pytest.raises(ValidationError):
        import_flows(by=coordinator, name=" ", content=flows_of(valley), **arguments)
    with pytest.raises(PermissionDenied):
        import_flows(by=patient, name="x", content=flows_of(valley), **arguments)
    assert not FlowDataset.objects.exists()


def test_observed_and_modelled_flows_are_never_on_one_page(visitor: Client, valley: Territory) -> None:
    upload = SimpleUploadedFile("flux.csv", flows_of(valley))
    answer = visitor.post(
        reverse("territory:flows_import", args=[valley.slug]),
        {"name": "Urgences 2024", "source": "ORU", "file": upload},
    )
    assert answer.status_code == 302
    observed_page = visitor.get(answer["Location"]).content.decode()
    modelled_page = visitor.get(reverse("territory:flows", args=[valley.slug])).content.decode()
    assert "Flux observés : Urgences 2024" in observed_page
    assert "1 ligne de moins de 11 est masquée" in observed_page
    assert "Flux modélisés par commune" not in observed_page
    assert "Flux modélisés par commune" in modelled_page
    assert "Effectif" not in modelled_page
    dataset = FlowDataset.objects.get()
    for name, kind in (("flows_lines", "observed"), ("flows_map", None)):
        url = f"{reverse(f'territory:{name}', args=[valley.slug])}?source={dataset.pk}"
        collection = json.loads(visitor.get(url).content)
        assert collection["features"]
        if kind:
            assert {feature["properties"]["kind"] for feature in collection["features"]} == {kind}
    rows = csv.DictReader(
        io.StringIO(
            visitor.get(
                f"{reverse('territory:flows_csv', args=[valley.slug, 'trajets'])}?source={dataset.pk}"
            ).content.decode("utf-8-sig")
        ),
        delimiter=";",
    )
    assert sum(int(row["Effectif"]) for row in rows) == 65
    assert visitor.post(reverse("territory:flows_delete", args=[valley.slug, dataset.pk])).status_code == 302
    assert (
        visitor.get(f"{reverse('territory:flows', args=[valley.slug])}?source={dataset.pk}").status_code
        == 404
    )


def test_a_bad_upload_says_its_lines_and_keeps_the_page(visitor: Client, valley: Territory) -> None:
    upload = SimpleUploadedFile("flux.csv", table("99999;1;U;0;hier").encode())
    url = reverse("territory:flows_import", args=[valley.slug])
    answer = visitor.post(url, {"name": "x", "source": "y", "file": upload})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "4 défauts : rien n’a été importé" in text
    assert "flux.csv, ligne 2, colonne origine" in text
    assert visitor.post(url, {"name": "x"}).status_code == 422
    for source in ("abc", "-1", "9" * 30, "²"):
        assert (
            visitor.get(reverse("territory:flows", args=[valley.slug]), {"source": source}).status_code == 404
        )


def test_a_reader_may_not_import(client: Client, patient: Person, valley: Territory) -> None:
    client.force_login(patient)
    page = client.get(reverse("territory:flows", args=[valley.slug])).content.decode()
    assert "Importer des flux" not in page
    upload = SimpleUploadedFile("flux.csv", flows_of(valley))
    answer = client.post(
        reverse("territory:flows_import", args=[valley.slug]), {"name": "x", "source": "y", "file": upload}
    )
    assert answer.status_code == 403
