"""Every component of the gallery renders, in both languages, and is listed."""

import json
import re
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse
from syrupy.assertion import SnapshotAssertion

from maillage.web.pages.specimens import COMPONENTS


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", COMPONENTS)
def test_a_component_is_previewed_alone(visitor: Client, slug: str, language: str) -> None:
    visitor.cookies.load({"django_language": language})
    answer = visitor.get(reverse("web:gallery_component", args=[slug]))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'class="specimen"' in page
    assert " style=" not in page, "inline style: the content security policy refuses it"
    ids = re.findall(r'\bid="([^"]+)"', page.split("<details>\n  <summary>")[0])
    repeated = {one for one in ids if ids.count(one) > 1}
    assert not repeated


@pytest.mark.parametrize("slug", COMPONENTS)
def test_a_component_is_drawn_as_before(visitor: Client, slug: str, snapshot: SnapshotAssertion) -> None:
    page = visitor.get(reverse("web:gallery_component", args=[slug])).content.decode()
    specimens = page.split('<div class="specimens">')[1].split("<details>\n  <summary>Code")[0]
    lines = (" ".join(line.split()) for line in specimens.splitlines())
    # A token; a rule that another context owns; the outlines of a map, judged in test_screen_maps.py.
    changing = ("csrfmiddlewaretoken", "/compte/regles/", 'class="map-drawing"')
    kept = [line for line in lines if line and not any(word in line for word in changing)]
    assert "\n".join(kept) == snapshot


def test_the_gallery_lists_every_component(visitor: Client) -> None:
    page = visitor.get(reverse("web:gallery")).content.decode()
    assert all(reverse("web:gallery_component", args=[slug]) in page for slug in COMPONENTS)


def test_an_unknown_component_is_not_found(visitor: Client) -> None:
    assert visitor.get("/composants/inconnu/").status_code == 404


def test_the_made_up_communes_share_their_borders(visitor: Client) -> None:
    collection = json.loads(visitor.get(reverse("web:gallery_map")).content)
    edges: dict[frozenset[tuple[float, float]], int] = {}
    for feature in collection["features"]:
        ring = [tuple(point) for point in feature["geometry"]["coordinates"][0]]
        assert ring[0] == ring[-1]
        for edge in pairwise(ring):
            edges[frozenset(edge)] = edges.get(frozenset(edge), 0) + 1
    assert set(edges.values()) == {1, 2}


def test_the_commune_picker_is_answered(visitor: Client) -> None:
    answer = visitor.get(reverse("web:gallery_suggestions"), {"q": "gueu"})
    assert answer.json() == [{"value": "71230", "label": "Gueugnon", "detail": "71230"}]
