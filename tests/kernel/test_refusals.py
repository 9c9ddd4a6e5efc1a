"""A refused gesture shows again what was typed."""

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory

from maillage.kernel.pages.refusals import typed
from maillage.kernel.rules import Role
from tests.factories import make_person


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
    answer = client.post("/messages/conversations/99/", {"text": "Un mot <b>gras</b>"})
    assert answer.status_code == 404
    assert "Un mot &lt;b&gt;gras&lt;/b&gt;" in answer.content.decode()
    assert "Ce que vous aviez écrit" not in client.get("/messages/conversations/99/").content.decode()


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
    answer = client.post("/messages/conversations/99/", body, content_type=kind)
    assert answer.status_code in {400, 404}
