"""What a page offers a role answers that role: no link, no form leads to a refusal or to nothing."""

from __future__ import annotations

import logging
import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import Resolver404, path, resolve

from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.demonstrated import populated
from tests.factories import make_person
from tests.factories.fixtures import place
from tests.packs import fictional_pack
from tests.web.sweep import Form, Reader

__all__ = ["fictional_pack", "place", "populated"]
pytestmark = pytest.mark.django_db

#: The contexts whose pages are opened; what they lead to elsewhere is asked, and not opened.
STEERING = {
    "crisis", "funding", "governance", "indicators", "listening", "prevention", "project", "steering",
}  # fmt: skip
#: Pages of one address that a role opens, and what each page may lead to of one address.
OPENED, FOLLOWED = 2, 2
REFUSED = {403, 404, 405, 410}
#: What a gesture refused for want of a right says, where it leads back to its page.
NO_RIGHT = re.compile("Votre rôle ne permet pas|n’est pas à vous|n’avez pas le droit")


@pytest.fixture
def quiet() -> Iterator[None]:
    """Say nothing of the refusals that are looked for: they are in the faults."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    cache.clear()


class Walker:
    """Somebody who opens all that the pages offer, and tries each of their forms as it stands."""

    def __init__(self, role: str, client: Client) -> None:
        self.role, self.client = role, client
        self.faults: list[str] = []
        self.asked: dict[str, int] = {}
        self.opened: Counter[str] = Counter()
        self.sent: Counter[tuple[str, frozenset[str], str]] = Counter()

    def walk(self, start: str = "/") -> None:
        """Open pages from `start`, each address a few times, by links found on pages opened before."""
        waiting = deque([("", start)])
        while waiting:
            source, address = waiting.popleft()
            found = self._open(source, address)
            # Where a first screen leads on is one too.
            source = source if self.asked.get(address) in {301, 302} else address
            waiting.extend((source, one) for one in found)

    def _open(self, source: str, address: str) -> list[str]:
        name = view_of(address)
        if address in self.asked or not name:
            return []
        with transaction.atomic():
            answer = self.client.get(address)
        self.asked[address] = answer.status_code
        if answer.status_code in REFUSED:
            self.faults.append(
                f"{self.role}: {source} leads to {address}, which answers {answer.status_code}"
            )
            return []
        if answer.status_code in {301, 302}:
            return [answer["Location"]]
        is_page = not answer.streaming and "html" in answer.headers.get("Content-Type", "")
        if answer.streaming:
            answer.close()
        self.opened[name] += 1
        is_ours = not source or name.partition(":")[0] in STEERING
        if not is_page or not is_ours or self.opened[name] > OPENED:
            return []
        reader = Reader(urlsplit(address).path)
        reader.feed(answer.content.decode())
        for form in reader.forms:
            self._send(address, form)
        return self._chosen(reader.links)

    def _chosen(self, links: list[str]) -> list[str]:
        followed: Counter[str] = Counter()
        chosen = []
        for link in dict.fromkeys(links):
            name = view_of(link)
            followed[name] += 1
            if name and followed[name] <= FOLLOWED:
                chosen.append(link)
        return chosen

    def _send(self, source: str, form: Form) -> None:
        name = view_of(form.action)
        key = (name, frozenset(form.values), form.values.get("do", ""))
        if form.method != "post" or not name or self.sent[key] >= FOLLOWED or name == "account_logout":
            return
        self.sent[key] += 1
        cookies = {key: one.value for key, one in self.client.cookies.items()}
        with transaction.atomic():
            answer = self.client.post(form.action, form.values)
            said = " ".join(str(one) for one in get_messages(answer.wsgi_request))
            transaction.set_rollback(True)
        self.client.cookies.clear()
        for cookie, value in cookies.items():
            self.client.cookies[cookie] = value
        if answer.status_code in REFUSED or NO_RIGHT.search(said):
            what = {one: form.values[one] for one in sorted(form.values) if one in {"do", "row", "next"}}
            told = f"which answers {answer.status_code} {said}".strip()
            self.faults.append(f"{self.role}: {source} sends {what} to {form.action}, {told}")


def view_of(address: str) -> str:
    """Return the name of the view that answers at `address`, empty for what is of no page of ours."""
    split = urlsplit(address)
    if split.netloc or split.scheme or not split.path.startswith("/"):
        return ""
    try:
        return resolve(split.path).view_name
    except (Resolver404, ValueError):
        return "" if split.path.startswith(("/static/", "/tuiles/")) else "nothing"


def test_what_a_page_of_the_steering_offers_a_role_answers_that_role(populated: None, quiet: None) -> None:
    held = RoleAssignment.objects.filter(person__is_demonstration=True).order_by("-pk")
    people = {Role(one.role): one.person for one in held.select_related("person")}
    assert set(people) == set(Role)
    must_answer(people)


def test_what_an_empty_territory_offers_a_role_answers_that_role(place: Territory, quiet: None) -> None:
    """Given a territory where nothing was ever written, then the pages that say so lead nobody astray."""
    must_answer({role: make_person(f"role.{role.value}", role, place.scope) for role in Role})


def must_answer(people: dict[Role, Person]) -> None:
    faults: list[str] = []
    for role, person in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person)
        walker = Walker(role.value, client)
        walker.walk()
        assert len(walker.asked) > 3, (role, walker.asked)
        faults += walker.faults
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


# --- The walker itself: it finds each fault of a small site, and none where there is none ---


@login_not_required
def offers(request: HttpRequest) -> HttpResponse:
    """Says what its address names; refuses what is sent without a right, in words."""
    if request.method == "POST":
        messages.error(request, "Votre rôle ne permet pas cette action dans ce périmètre.")
        return HttpResponse("ok")
    kind = request.GET.get("page", "")
    parts = {
        "link": '<a href="/ferme/">Ouvrir</a>', "nowhere": '<a href="/nulle-part/">Ouvrir</a>',
        "form": '<form method="post" action="/ferme/"><button name="do" value="x"></button></form>',
        "said": '<form method="post"><input name="do" value="x"></form>',
        "calm": '<a href="/?page=">Ouvrir</a><a href="https://example.org/">Ailleurs</a>',
    }  # fmt: skip
    return HttpResponse(f"<main>{parts.get(kind, '')}</main>")


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Refuses whoever comes."""
    raise PermissionDenied


def _refused(request: HttpRequest, exception: object = None) -> HttpResponse:
    return HttpResponse(status=403)


def _nothing(request: HttpRequest, exception: object = None) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [path("", offers, name="offers"), path("ferme/", closed, name="closed")]
handler403, handler404 = _refused, _nothing


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("link", "leads to /ferme/, which answers 403"),
        ("nowhere", "leads to /nulle-part/, which answers 404"),
        ("form", "sends {'do': 'x'} to /ferme/, which answers 403"),
        ("said", "which answers 200 Votre rôle ne permet pas"),
        ("calm", ""),
    ],
)
def test_the_walker_finds_what_is_offered_and_refused(quiet: None, page: str, said: str) -> None:
    walker = Walker("nobody", Client(raise_request_exception=False))
    walker.walk(f"/?page={page}")
    assert len(walker.faults) == bool(said), walker.faults
    assert said in "".join(walker.faults)
