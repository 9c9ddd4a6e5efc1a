"""The check of one's own tiredness: kept only where one asks, read by nobody else, gone at once."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from maillage.kernel.models import Entry, Person
from maillage.kernel.scoping import UnscopedQueryError
from maillage.project.actions.checks import keep_check
from maillage.project.models import PrivateCheck
from maillage.project.rules.checks import ITEMS
from maillage.territory.api import Territory
from tests.care.conftest import client_of

ANSWERS = dict.fromkeys(ITEMS, "never")


def test_nothing_is_kept_unless_asked(coordinator: Person) -> None:
    browser = client_of(coordinator)
    page = browser.post(reverse("project:check"), ANSWERS)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = page.content.decode()
    assert "5 réponses sur 6 parlent de fatigue" in text
    assert "Ce n’est pas un diagnostic" in text
    assert "3114" in text
    assert not PrivateCheck.objects.for_person(coordinator).exists()


def test_what_is_kept_is_read_by_oneself_alone_and_leaves_no_line(
    coordinator: Person, member: Person, place: Territory
) -> None:
    browser = client_of(coordinator)
    signed_in = Entry.objects.count()
    browser.post(reverse("project:check"), ANSWERS | {"keep": "on"})
    browser.post(reverse("project:check"), ANSWERS | {"keep": "on", "sleep": "always"})
    assert PrivateCheck.objects.for_person(coordinator).get().answers["sleep"] == "always"
    assert Entry.objects.count() == signed_in
    assert not PrivateCheck.objects.for_person(member).exists()
    assert "Ce que vous avez gardé" not in client_of(member).get(reverse("project:check")).content.decode()
    with pytest.raises(UnscopedQueryError):
        PrivateCheck.objects.in_scope(place.scope)
    with pytest.raises(UnscopedQueryError):
        PrivateCheck.objects.unscoped(reason="export")
    with pytest.raises(UnscopedQueryError):
        list(PrivateCheck.objects.all())
    browser.post(reverse("project:check"), {"do": "forget"})
    assert not PrivateCheck.objects.for_person(coordinator).exists()


def test_half_an_answer_is_not_kept(coordinator: Person) -> None:
    answer = client_of(coordinator).post(reverse("project:check"), {"sleep": "never", "keep": "on"})
    assert answer.status_code == 422
    with pytest.raises(ValidationError, match="chaque question"):
        keep_check(by=coordinator, answers={"sleep": "never"})
