"""« Compléter » over somebody else's change: nothing wiped, lowered in silence, nor typed and lost."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.rules.safety import MotiveRule, is_lower_priority, is_weaker_rule
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient
from tests.orientation.conftest import FEVER, Call, refused

CHEST, DIGESTIVE, STROKE = "M03.06", "M03.21", "M03.08"
Complete = Callable[..., HttpResponse]


@pytest.fixture
def complete(client: Client, regulator: Person) -> Complete:
    """Give a function that posts the form as it was shown in `page`, some fields typed anew."""
    client.force_login(regulator)

    def posted(request: Request, page: str, *, script: bool = False, **typed: object) -> HttpResponse:
        values = fields(page) | typed
        headers = {"HX-Request": "true"} if script else {}
        return client.post(reverse("orientation:complete", args=[request.pk]), values, headers=headers)

    return posted


@pytest.fixture
def panel(client: Client, regulator: Person) -> Callable[[Request], str]:
    """Give a function that opens the form of a request."""
    client.force_login(regulator)

    def opened(request: Request) -> str:
        address = reverse("orientation:panel", args=[request.pk, "completer"])
        return client.get(address).content.decode()

    return opened


def fields(page: str) -> dict[str, str]:
    """Return what a browser sends of the form of a page, as it is shown."""
    start = page.index('/completer/" novalidate')
    form = page[start : page.index("</form>", start)]
    found: dict[str, str] = {}
    for name, tag in [(one[1], one[0]) for one in re.finditer(r'<input[^>]*name="(\w+)"[^>]*>', form)]:
        value = re.search(r'value="([^"]*)"', tag)
        found[name] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


def now(request: Request) -> Request:
    return Request.objects.keyed(request.pk).get()


def by_colleague(regulator: Person, request: Request, **values: object) -> None:
    api.describe(by=regulator, request=request, values=values)


def test_what_i_left_as_it_was_keeps_what_a_colleague_said_since(
    call: Call, regulator: Person, panel: Callable[[Request], str], complete: Complete, town: Commune
) -> None:
    request = call(motive=DIGESTIVE, priority="P3", place="")
    page = panel(request)
    by_colleague(regulator, request, motive=CHEST, priority="P2", commune=town)
    assert complete(request, page, place="Au fond de la cour").status_code == 302
    row = now(request)
    assert (row.motive, row.priority, row.commune, row.place) == (CHEST, "P2", town, "Au fond de la cour")


def test_a_field_that_both_changed_is_refused_with_both_values_then_decided_knowingly(
    call: Call, regulator: Person, panel: Callable[[Request], str], complete: Complete
) -> None:
    request = call(priority="P3", place="")
    page = panel(request)
    by_colleague(regulator, request, priority="P2", place="École")
    answer = complete(request, page, priority="NR", place="Cour", age_years="")
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("NR, non régulé", "P2, rapide" if "P2, rapide" in text else "P2", "Cour", "École"):
        assert words in text
    assert (now(request).priority, now(request).place) == ("P2", "École")
    kept = fields(text)
    assert (kept["priority"], kept["place"]) == ("NR", "Cour")
    assert kept["shown"] != fields(page)["shown"]
    text = complete(request, text).content.decode()  # read, and said again: lower, so with a reason
    assert 'name="reason"' in text
    assert complete(request, text, reason="Vu avec le médecin.").status_code == 302
    assert (now(request).priority, now(request).place) == ("NR", "Cour")


def test_the_same_said_twice_is_no_conflict(
    call: Call, regulator: Person, panel: Callable[[Request], str], complete: Complete
) -> None:
    request = call(priority="P3")
    page = panel(request)
    by_colleague(regulator, request, priority="P2")
    assert complete(request, page, priority="P2").status_code == 302


@pytest.mark.parametrize(
    "absent", [{}, {"priority": "P2"}, {"shown": '{"age_months": "x"}', "place": "Cour"}]
)
def test_what_is_not_sent_is_not_wiped(
    call: Call, client: Client, regulator: Person, absent: dict[str, str], village: Commune
) -> None:
    request = call(patient=None, age_months=38, place="Cour", said_last_name="Tilleul")
    client.force_login(regulator)
    assert client.post(reverse("orientation:complete", args=[request.pk]), absent).status_code == 302
    row = now(request)
    assert (row.motive, row.priority, row.commune, row.place) == (FEVER, "P2", village, "Cour")
    assert (row.age_months, row.said_last_name) == (38, "Tilleul")


def test_what_is_emptied_on_purpose_is_empty(
    call: Call, panel: Callable[[Request], str], complete: Complete
) -> None:
    request = call(place="Cour")
    complete(request, panel(request), place="")
    assert now(request).place == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"priority": "P1"}, {"priority": "P3"}),
        ({"priority": "P2"}, {"priority": ""}),
        ({"motive": STROKE}, {"motive": DIGESTIVE}),
        ({"motive": CHEST}, {"motive": DIGESTIVE}),
        ({"motive": CHEST}, {"motive": "M03.00"}),
        ({"motive": FEVER, "age_months": 2, "patient": None}, {"age_years": "4"}),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_what_lowers_a_request_wants_a_reason_that_the_journal_keeps(
    call: Call, panel: Callable[[Request], str], complete: Complete, before: dict[str, object],
    after: dict[str, str], script: bool,
) -> None:  # fmt: skip
    request = call(checked=False, **before)
    page, was = panel(request), vars(now(request))
    answer = complete(request, page, script=script, **after)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert {name: value for name, value in vars(now(request)).items() if name in before} == {
        name: was[name] for name in before if name in was
    }
    assert fields(text) | after == fields(text)  # what was typed is there still
    assert complete(request, text, script=script, reason="  ").status_code == 422
    done = complete(request, text, script=script, reason="Respire bien, rappelé.")
    assert done.status_code == (200 if script else 302)
    entry = journal.Entry.objects.get(verb="orientation.lowered")
    assert entry.reason == "Respire bien, rappelé."


def test_a_file_that_makes_a_person_older_wants_a_reason(
    call: Call, regulator: Person, place: Territory
) -> None:
    infant = make_patient("Charme", place, birth_date=date(2026, 2, 3))
    request = call(patient=infant, checked=False)
    grown = make_patient("Charme", place, birth_date=date(1991, 8, 2))
    asked = {"by": regulator, "request": request, "values": {"patient": grown}}
    refused(api.Refusal.LOWERED, api.describe, **asked)
    assert api.describe(**asked, reason="Ce n’était pas son dossier.").patient == grown


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"commune": "Nulle-Part"}, "Aucune commune de ce nom"),
        ({"age_years": "vieux"}, "Écrivez un âge"),
        ({"birth_date": "2990-01-01"}, "2990-01-01"),
        ({"last_name": "Tilleul", "first_name": "Louis", "birth_date": "1938-03-02"}, "Un dossier semble"),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_a_refusal_loses_nothing_typed(
    call: Call, panel: Callable[[Request], str], complete: Complete, place: Territory,
    typed: dict[str, str], says: str, script: bool,
) -> None:  # fmt: skip
    make_patient("Tilleul", place, birth_date=date(1938, 3, 2))
    request = call(patient=None, checked=False)
    typed = {"place": "Derrière l’église", "priority": "P2"} | typed
    answer = complete(request, panel(request), script=script, **typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert ("<html" in text) != script
    assert says in text
    kept = fields(text)
    assert {name: kept[name] for name in typed} == typed


def test_a_request_that_a_colleague_took_keeps_what_was_typed(
    call: Call, colleague: Person, regulator: Person, panel: Callable[[Request], str], complete: Complete
) -> None:
    request = call(checked=False)
    page = panel(request)
    api.take(by=colleague, request=request, reason="Relève")
    text = complete(request, page, place="Cour", motive=STROKE).content.decode()
    assert escape(colleague.get_full_name()) in text
    assert fields(text)["place"] == "Cour"
    assert 'href="tel:15"' in text[text.index("vital-title") :]  # what could not be kept is said at least
    assert now(request).place == ""


def test_the_address_of_a_refusal_leads_back_to_the_request(
    call: Call, client: Client, regulator: Person
) -> None:
    request = call()
    client.force_login(regulator)
    answer = client.get(reverse("orientation:complete", args=[request.pk]))
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("orientation:request", args=[request.pk]),
    )


def test_a_vital_motive_is_kept_while_the_rest_is_mended(
    call: Call, panel: Callable[[Request], str], complete: Complete
) -> None:
    request = call(motive=DIGESTIVE, checked=False)
    answer = complete(request, panel(request), motive=STROKE, commune="Nulle-Part")
    text = answer.content.decode()
    row = now(request)
    assert (row.motive, row.priority, row.has_red_flag) == (STROKE, "P0", True)
    assert "danger-title" in text
    assert fields(text)["commune"] == "Nulle-Part"


def test_an_age_that_the_file_contradicts_is_due_to_the_15_where_it_engages_life(
    call: Call, panel: Callable[[Request], str], complete: Complete, place: Territory
) -> None:
    mother = make_patient("Charme", place, birth_date=date(1991, 8, 2))
    request = call(patient=mother, checked=False)
    text = complete(request, panel(request), age_years="1 mois").content.decode()
    assert "ce n’est pas l’âge de" in text
    assert "danger-title" in text
    assert now(request).priority == "P0"
    assert fields(text)["age_years"] == "1 mois"


def test_weaker_and_lower_are_read_from_the_strictest_to_the_loosest() -> None:
    rules = list(MotiveRule)
    weaker = {(one, other) for one in rules for other in rules if is_weaker_rule(one, other)}
    vital, questioned = MotiveRule.VITAL, MotiveRule.QUESTIONED
    loose = {MotiveRule.UNSHEETED, MotiveRule.IMPRECISE}
    assert weaker == {(vital, questioned), *((one, other) for one in (vital, questioned) for other in loose)}
    said = ["P0", "P1", "P2", "P3", "NR"]
    for place, one in enumerate(said):
        assert [other for other in said if is_lower_priority(one, other)] == said[place + 1 :]
        assert is_lower_priority(one, "")
        assert not is_lower_priority("", one)
