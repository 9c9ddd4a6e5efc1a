"""Whatever an address says, pages of the directory, of patients and of territories never answer by a 500."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory import api as directory
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.packs import fictional_pack

__all__ = ["fictional_pack"]

HOSTILE = (
    "9999-12-31", "0000-00-00", "-1", "1e999", "nan", "inf", "99999999999999999999999999", "\x00", "a\x00b",
    "%", "_", "'; --", "王晓明", "٣", "²", "\u202e", "[", "x" * 5_000, "1,2,3,4", "nan,nan,nan,nan",
    "inf,-inf,1e400,0", "\ud7ff", "<script>",
)  # fmt: skip
ADDRESSES = {
    "directory:structures": ("territory", "commune", "bbox", "type", "q", "tri", "page"),
    "directory:structures_csv": ("territory", "commune", "bbox", "type", "q"),
    "directory:structures_geojson": ("territory", "commune", "bbox", "type", "q"),
    "directory:professionals": ("territory", "commune", "profession", "language", "q", "tri", "page"),
    "directory:professionals_csv": ("territory", "profession", "language", "q"),
    "people:patients": ("q", "page"),
    "territory:index": ("q", "tri"),
    "territory:index_csv": ("q", "tri"),
    "territory:commune_suggestions": ("q",),
    "territory:department_map": ("departement",),
    "territory:data": ("tri",),
    "kernel:sourced_rules": ("q",),
}


@pytest.fixture
def valley(db: None, fictional_pack: Path) -> territory.Territory:
    """A territory whose coordinator asks."""
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
    return territory.create_demonstration_territory(by=None)


#: Pages of one territory, and all that they read of an address.
OF_A_TERRITORY = (
    "access", "access_map", "white_zones", "flows", "what_if", "what_if_map", "portrait", "supply", "needs",
    "perimeter", "contours",
)  # fmt: skip
READ = (
    "tri", "profession", "parametres", "source", "motif", "periode", "autour", "scenario", "departement",
    "q", "page", "seuil", "mesure",
)  # fmt: skip


@pytest.fixture
def visitor(valley: territory.Territory) -> Client:
    """Somebody who may see all that is asked for; a fault of ours is an answer to read."""
    somebody = Person.objects.create_user("coord@exemple.fr")
    for role in (Role.COORDINATOR, Role.REGULATOR):
        RoleAssignment.objects.create(
            person=somebody, role=role.value, scope=valley.scope, starts_on="2020-01-01"
        )
    client = Client(raise_request_exception=False)
    client.force_login(somebody)
    return client


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_parameter_breaks_a_page(visitor: Client, name: str) -> None:
    asked = [(parameter, value) for parameter in ADDRESSES[name] for value in HOSTILE]
    broken = [
        (parameter, value[:20])
        for parameter, value in asked
        if visitor.get(reverse(name), {parameter: value}).status_code >= 500
    ]
    assert broken == []


def test_no_parameter_breaks_a_page_of_a_territory(visitor: Client, valley: territory.Territory) -> None:
    addresses = [reverse(f"territory:{name}", args=[valley.slug]) for name in OF_A_TERRITORY]
    broken = [
        (address, value[:20])
        for address in addresses
        for value in ("", "9999-12-31", "1e999", "nan", "\x00", "99999999999999999999", "²", "x" * 5_000)
        if visitor.get(address, dict.fromkeys(READ, value)).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["directory:structure", "territory:commune"])
def test_no_address_breaks_a_page(visitor: Client, name: str) -> None:
    root = reverse(name, args=["qqq"])
    for value in ("%00", "a%00b", "%F0%9F%98%80", "x" * 2_000, "%E2%80%AE", "'"):
        assert visitor.get(root.replace("qqq", value)).status_code in {301, 302, 400, 404, 414}
