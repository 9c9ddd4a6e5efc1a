"""The form of a call: Enter records it, its commune is suggested, a name shared by two is told apart."""

import re

from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.kernel.names import place_key
from maillage.orientation.models import Request
from maillage.territory.api import Commune, Territory, search_communes
from tests.factories import make_commune

CALL = reverse("orientation:call")


def test_enter_records_the_call_and_never_merely_searches(client: Client, regulator: Person) -> None:
    client.force_login(regulator)
    text = client.get(CALL).content.decode()
    form = text[text.index(f'action="{CALL}"') :]
    first = re.search(r"<button[^>]*type=\"submit\"[^>]*>", form)
    assert first is not None
    assert "name=" not in first[0]
    assert 'name="search"' in form


def test_the_commune_is_suggested_and_may_still_be_typed(
    client: Client, regulator: Person, village: Commune
) -> None:
    client.force_login(regulator)
    asked = reverse("territory:commune_suggestions")
    assert f'data-suggest="{asked}?q="' in client.get(CALL).content.decode()
    offered = client.get(asked, {"q": village.name[:4]}).json()
    assert village.code in {one["value"] for one in offered}
    client.post(CALL, {"key": "c1", "motive": "M03.14", "commune": village.code, "caller_kind": "SUJET",
                       "origin": "single_number"})  # fmt: skip
    assert Request.objects.sent_by(regulator).get().commune == village


def test_two_communes_of_one_name_are_told_apart_by_their_code(
    client: Client, regulator: Person, place: Territory
) -> None:
    twins = [
        make_commune(code, place=place, name="Saint-Aubin", search_name=place_key("Saint-Aubin"))
        for code in ("71389", "62742")
    ]
    client.force_login(regulator)
    offered = client.get(reverse("territory:commune_suggestions"), {"q": "saint-au"}).json()
    labels = {one["label"] for one in offered}
    assert labels == {"Saint-Aubin (71389)", "Saint-Aubin (62742)"}
    for label in labels:
        assert len(search_communes(label)) == 1
    call = {"key": "c2", "motive": "M03.14", "caller_kind": "SUJET", "origin": "single_number"}
    assert client.post(CALL, call | {"commune": "Saint-Aubin"}).status_code == 422
    assert client.post(CALL, call | {"commune": "Saint-Aubin (62742)"}).status_code == 302
    assert Request.objects.sent_by(regulator).get().commune == twins[1]
