"""A refused gesture shows again what was typed."""

import inspect

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import View

from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, PermissionMixin
from maillage.kernel.pages.refusals import Messages, typed
from maillage.kernel.rules import Role
from tests.factories import make_person
from tests.keys import ABSENT


def test_what_was_typed_is_what_has_several_words() -> None:
    request = RequestFactory().post("/")
    request.POST = QueryDict(mutable=True)
    request.POST.update({
        "csrfmiddlewaretoken": "a b", "next": "/a b/", "code": "12 34", "new_password": "a b c", "do": "a b",
        "day": "2026-03-02", "text": " Deux mots\x00 ",
    })  # fmt: skip
    request.POST.setlistdefault("note", ["encore deux", "encore deux", ""])
    assert typed(request) == ["Deux mots", "encore deux"]


@pytest.mark.django_db
def test_a_page_that_is_not_there_any_more_shows_what_was_sent_to_it() -> None:
    client = Client()
    client.force_login(make_person("ines.capucine", Role.NURSE, None))
    answer = client.post(f"/messages/conversations/{ABSENT}/", {"text": "Un mot <b>gras</b>"})
    assert answer.status_code == 404
    assert "Un mot &lt;b&gt;gras&lt;/b&gt;" in answer.content.decode()
    assert "Ce que vous aviez écrit" not in client.get(f"/messages/conversations/{ABSENT}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text=" + b"un mot " * 600_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=un+mot" % number for number in range(1_200)), "application/x-www-form-urlencoded"),
        (b"--x\r\nno part", "multipart/form-data; boundary="),
        (b"[1]", "application/json"),
    ],
    ids=["too much", "too many", "malformed", "no form"],
)
def test_a_page_that_is_not_there_answers_whatever_was_sent_to_it(body: bytes, kind: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_person("ines.capucine", Role.NURSE, None))
    answer = client.post(f"/messages/conversations/{ABSENT}/", body, content_type=kind)
    assert answer.status_code in {400, 404}


class _Gesture(Endpoint):
    """Says what `say` asks, then leads to a page."""

    permission = None
    say: tuple[tuple[int, str], ...] = ()

    def post(self, request: HttpRequest) -> HttpResponse:
        for level, text in self.say:
            messages.add_message(request, level, text)
        return HttpResponseRedirect("/ailleurs/")


def _sent(body: dict[str, str], *say: tuple[int, str], **headers: str) -> tuple[HttpResponseBase, list[str]]:
    request = RequestFactory().post("/geste/", body, headers=headers)
    request.user = Person(first_name="Ada")
    request.session = Client().session
    request._messages = Messages(request)
    answer = _Gesture.as_view(say=say)(request)
    return answer, [str(one) for one in request._messages]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "say", "headers", "status"),
    [
        ({"text": "Deux mots"}, [(messages.ERROR, "Trop tard.")], {}, 409),
        ({"text": "Deux mots"}, [(messages.ERROR, "Trop"), (messages.WARNING, "Tard")], {}, 409),
        ({"text": "mot"}, [(messages.ERROR, "Trop tard.")], {}, 302),
        ({"text": "Deux mots"}, [(messages.SUCCESS, "Fait.")], {}, 302),
        ({"text": "Deux mots"}, [(messages.SUCCESS, "Fait"), (messages.ERROR, "sauf")], {}, 302),
        ({"text": "Deux mots"}, [], {}, 302),
        ({"text": "Deux mots"}, [(messages.ERROR, "Trop tard.")], {"HX-Request": "true"}, 302),
    ],
)
def test_a_refusal_that_leads_elsewhere_gives_back_what_was_typed(
    body: dict[str, str], say: list[tuple[int, str]], headers: dict[str, str], status: int
) -> None:
    answer, left = _sent(body, *say, **headers)
    assert answer.status_code == status
    if status == 409:
        page = answer.content.decode()
        assert "Deux mots" in page
        assert say[0][1] in page
        assert 'href="/ailleurs/"' in page
        assert say[0][1] not in left
    else:
        assert left == [text for _level, text in say]


def _views(patterns: list[URLPattern | URLResolver]) -> list[type[View]]:
    found = []
    for one in patterns:
        if isinstance(one, URLResolver):
            found += _views(one.url_patterns)
        elif (view := getattr(one.callback, "view_class", None)) is not None:
            found.append(view)
    return found


def test_every_view_of_ours_that_takes_a_form_gives_back_what_it_refuses() -> None:
    ours = {
        one for one in _views(get_resolver().url_patterns)
        if one.__module__.startswith("maillage.") and hasattr(one, "post")
    }  # fmt: skip
    assert len(ours) > 100
    assert {one.__qualname__ for one in ours if not issubclass(one, PermissionMixin)} == set()
    own = {base for one in ours for base in one.__mro__ if "dispatch" in vars(base)}
    for one in own - {View, PermissionMixin}:
        assert "super().dispatch(" in inspect.getsource(one.dispatch)
