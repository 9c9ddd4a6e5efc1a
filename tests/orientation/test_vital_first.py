"""A vital motive waits for no other field: the 15 is said and the request kept, through every door."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Decision, Request
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import FEVER, Call

CALL, ASK, ASKED, VITAL = (reverse(f"orientation:{name}") for name in ("call", "ask", "asked", "vital"))
STROKE, DIGESTIVE = "M03.08", "M03.21"
BY_SCRIPT = {"HX-Request": "true"}
FIFTEEN = 'href="tel:15"'
SENDERS = [Role.EHPAD, Role.PHARMACIST, Role.NURSE, Role.PHYSICIAN]
Post = Callable[..., HttpResponse]


@pytest.fixture
def post(client: Client) -> Post:
    """Give a function that posts a form at a door of a person; the answer is read as a page."""

    def posted(by: Person, address: str, **values: object) -> HttpResponse:
        client.force_login(by)
        return client.post(address, values, follow=True)

    return posted


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def ages_of(code: str) -> list[str]:
    """Return what is typed as an age for a motive to be vital; nothing where it always is."""
    rules = api.motive_rules()
    return [""] if code in rules.vital else [f"{rules.vital_under[code] - 1} mois"]


def test_every_vital_motive_is_recorded_alone_at_the_desk_and_no_other_is(
    post: Post, regulator: Person, place: Territory
) -> None:
    rules = api.motive_rules()
    for code in sorted(api.motive_labels()):
        before = Request.objects.in_scope(place.scope).count()
        is_vital = code in rules.vital_at_some_age()
        for typed in ages_of(code) if is_vital else ["", "40"]:
            answer = post(regulator, CALL, motive=code, age_years=typed)
            assert answer.status_code == (200 if is_vital else 422), (code, typed)
            assert (FIFTEEN in text_of(answer)) == is_vital, (code, typed)
        made = Request.objects.in_scope(place.scope).order_by("-pk")
        assert made.count() - before == is_vital, code
        if is_vital:
            assert (made[0].motive, made[0].priority, made[0].has_red_flag) == (code, "P0", True)


@pytest.mark.parametrize("role", SENDERS)
@pytest.mark.parametrize(("motive", "typed"), [(STROKE, ""), (FEVER, "2 mois")])
def test_every_sender_of_a_vital_motive_is_heard_at_once_and_says_the_rest_after(
    post: Post, place: Territory, village: Commune, role: Role, motive: str, typed: str
) -> None:
    person = make_person("some.body", role, place.scope)
    said = {"motive": motive, "age_years": typed, "complaint": "Ne répond plus.", "caller_phone": "06 39"}
    answer = post(person, ASK, key="v", **said)
    row = Request.objects.sent_by(person).get()
    assert (row.priority, row.has_red_flag, row.commune) == ("P0", True, None)
    assert row.caller_name == person.get_full_name()
    assert "06 39" in row.complaint  # what could not be read is read by the desk as it was typed
    text = text_of(answer)
    assert answer.status_code == 200
    assert FIFTEEN in text[text.index("vital-title") :]
    assert row.number in text
    assert "Ne répond plus." in text
    said |= {"caller_phone": "03 39 98 00 12", "commune": village.code, "caller_name": "Odile Glycine"}
    assert f"demande-{row.pk}" in text_of(post(person, ASK, key="v", scope=place.scope.pk, **said))
    again = Request.objects.sent_by(person).get()
    assert (again.caller_phone, again.commune, again.motive) == ("+33339980012", village, motive)
    assert again.complaint == row.complaint
    assert journal.Entry.objects.filter(verb="orientation.described", by=person).count() == 1


@pytest.mark.parametrize("typed", ["3 semaines", "10 jours", "nouveau-né", "2 mois et demi", "2,5 mois"])
def test_an_infants_age_in_days_and_weeks_leads_to_the_15_through_every_door(
    post: Post, regulator: Person, place: Territory, typed: str
) -> None:
    said = {"motive": FEVER, "age_years": typed}
    assert FIFTEEN in text_of(post(regulator, VITAL, **said))
    assert FIFTEEN in text_of(post(regulator, CALL, key="d", **said))
    nurse = make_person("some.body", Role.NURSE, place.scope)
    assert FIFTEEN in text_of(post(nurse, ASK, key="d", **said))
    assert {row.priority for row in Request.objects.in_scope(place.scope)} == {"P0"}


def test_what_is_said_after_changes_nothing_that_was_said(post: Post, place: Territory) -> None:
    person = make_person("some.body", Role.EHPAD, place.scope)
    for complaint, phone in (("Ne parle plus.", "03 39 98 00 12"), ("Bras mort.", "03 39 98 00 13")):
        post(person, ASK, key="v", motive=STROKE, complaint=complaint, caller_phone=phone)
    row = Request.objects.sent_by(person).get()
    assert row.complaint == "Ne parle plus.\nBras mort."
    assert row.caller_phone == "+33339980012"


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"caller_phone": "12"}, "Téléphone de rappel\xa0: 12"),
        ({"commune": "Nulle-Part"}, "Nulle-Part"),
        ({"birth_date": "2990-01-01"}, "2990-01-01"),
        ({"age_years": "vieux"}, "vieux"),
        ({"caller_kind": "SUJET", "age_years": "2 mois"}, "Le patient"),
        ({"caller_kind": "PERSONNE"}, "PERSONNE"),
        ({"priority": "P9"}, "P9"),
        ({"origin": "ailleurs", "key": ""}, ""),
    ],
)
def test_a_wrong_field_is_kept_as_it_was_typed(
    post: Post, regulator: Person, wrong: dict[str, str], kept: str
) -> None:
    said = {"key": "w", "motive": STROKE, "caller_kind": "FAMILLE", "origin": "single_number"} | wrong
    answer = post(regulator, CALL, complaint="Bouche déviée.", **said)
    row = Request.objects.sent_by(regulator).get()
    assert row.has_red_flag
    assert "Bouche déviée." in row.complaint
    assert kept in row.complaint
    assert FIFTEEN in text_of(answer)


def test_of_two_ages_the_one_that_engages_life_is_kept(post: Post, regulator: Person) -> None:
    post(regulator, CALL, key="a", motive=FEVER, age_years="1 mois", birth_date="1991-08-02")
    row = Request.objects.sent_by(regulator).get()
    assert (row.age_months, row.has_red_flag, row.said_birth_date) == (1, True, None)
    assert "1991-08-02" in row.complaint


def test_a_file_that_may_be_the_same_persons_does_not_hold_the_call_up(
    post: Post, regulator: Person, place: Territory
) -> None:
    make_patient("Tilleul", place, birth_date=date(1938, 3, 2))
    said = {
        "last_name": "Tilleul",
        "first_name": "Louis",
        "birth_date": "1938-03-02",
        "caller_kind": "FAMILLE",
    }
    answer = post(regulator, CALL, key="d", motive=STROKE, origin="single_number", **said)
    row = Request.objects.sent_by(regulator).get()
    assert (row.patient, row.said_last_name, row.said_birth_date) == (None, "Tilleul", date(1938, 3, 2))
    assert FIFTEEN in text_of(answer)


def test_an_infant_behind_the_file_of_a_parent_is_an_infant(
    post: Post, regulator: Person, place: Territory
) -> None:
    mother = make_patient("Charme", place, birth_date=date(1991, 8, 2))
    said = {"age_years": "1 mois", "patient": mother.pk, "caller_kind": "FAMILLE"}
    page = text_of(post(regulator, CALL, key="i", motive=FEVER, **said))
    assert "ce n’est pas l’âge de" in page  # the file is said to be somebody else's
    row = Request.objects.sent_by(regulator).get()
    assert (row.patient, row.age_months, row.has_red_flag) == (None, 1, True)


def test_the_age_of_the_file_chosen_counts_where_none_is_typed(
    post: Post, regulator: Person, place: Territory
) -> None:
    infant = make_patient("Charme", place, birth_date=date(2026, 2, 3))
    answer = post(regulator, CALL, key="f", motive=FEVER, patient=infant.pk)
    row = Request.objects.sent_by(regulator).get()
    assert (row.patient, row.has_red_flag) == (infant, True)
    assert FIFTEEN in text_of(answer)
    assert AccessLogEntry.objects.in_scope(place.scope).filter(patient=infant, person=regulator).exists()


def test_a_file_of_nobody_holds_nothing_up(post: Post, regulator: Person) -> None:
    said = {"motive": STROKE, "patient": 99999, "caller_kind": "FAMILLE", "origin": "single_number"}
    assert FIFTEEN in text_of(post(regulator, CALL, key="x", **said))
    assert Request.objects.sent_by(regulator).get().patient is None
    assert post(regulator, CALL, key="y", **said | {"motive": DIGESTIVE}).status_code == 404


def test_a_double_click_records_one(post: Post, regulator: Person) -> None:
    for _click in range(2):
        post(regulator, CALL, key="twice", motive=STROKE)
    assert Request.objects.sent_by(regulator).count() == 1


@pytest.mark.parametrize(
    ("typed", "is_shown"),
    [
        ({"motive": STROKE}, True),
        ({"motive": FEVER}, False),
        ({"motive": FEVER, "age_years": "2 mois"}, True),
        ({"motive": FEVER, "birth_date": "2026-02-03"}, True),
        ({"motive": FEVER, "age_years": "40"}, False),
        ({"motive": "M99.99", "age_years": "x", "commune": "?"}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("role", [Role.REGULATOR, Role.EHPAD])
def test_the_panel_opens_as_soon_as_the_motive_or_the_age_says_it(
    post: Post, place: Territory, typed: dict[str, str], is_shown: bool, role: Role
) -> None:
    answer = post(make_person("some.body", role, place.scope), VITAL, **typed)
    assert (FIFTEEN in text_of(answer)) == is_shown
    assert not Request.objects.in_scope(place.scope).exists()


def test_the_forms_watch_for_it(client: Client, regulator: Person, place: Territory, call: Call) -> None:
    client.force_login(regulator)
    complete = reverse("orientation:panel", args=[call(checked=False).pk, "completer"])
    pages = [client.get(CALL), client.get(complete)]
    client.force_login(make_person("some.body", Role.EHPAD, place.scope))
    for page in [*pages, client.get(ASK)]:
        assert f'hx-post="{VITAL}"' in text_of(page)


def test_what_is_missing_is_asked_beside_the_15_and_said_with_it(post: Post, regulator: Person) -> None:
    page = text_of(post(regulator, CALL, key="m", motive=STROKE))
    row = Request.objects.sent_by(regulator).get()
    assert (row.caller_kind, row.complaint) == ("", "")
    panel = page[page.index("danger-title") : page.index("</section>", page.index("danger-title"))]
    assert 'name="caller"' in panel
    assert 'name="phone"' in panel
    address = reverse("orientation:transfer", args=[row.pk])
    page = text_of(post(regulator, address, note="AVC probable", caller="FAMILLE", phone="06 39 98 00 01"))
    again = Request.objects.sent_by(regulator).get()
    assert (again.state, again.caller_kind, again.caller_phone) == ("transferred", "FAMILLE", "+33639980001")
    note = Decision.objects.of_request(row).get().note
    assert "Famille ou proche" in note


def test_a_number_that_cannot_be_read_does_not_hold_the_transmission_up(
    post: Post, regulator: Person
) -> None:
    post(regulator, CALL, key="n", motive=STROKE)
    row = Request.objects.sent_by(regulator).get()
    post(regulator, reverse("orientation:transfer", args=[row.pk]), note="AVC probable", phone="06 39")
    assert Request.objects.sent_by(regulator).get().state == "transferred"
    note = Decision.objects.of_request(row).get().note
    assert note.startswith("AVC probable")
    assert "06 39" in note


def test_a_motive_found_vital_later_waits_for_no_other_field(
    post: Post, regulator: Person, call: Call
) -> None:
    row = call(motive=DIGESTIVE)
    address = reverse("orientation:complete", args=[row.pk])
    page = text_of(post(regulator, address, motive=STROKE, commune="Nulle-Part", priority="P2"))
    again = Request.objects.keyed(row.pk).get()
    assert (again.motive, again.priority, again.has_red_flag) == (STROKE, "P0", True)
    assert again.commune == row.commune
    assert FIFTEEN in page


@pytest.mark.parametrize("again", [{"motive": STROKE}, {"motive": FEVER, "age_years": "1 mois"}])
def test_the_same_form_sent_again_with_what_engages_life_is_heard(
    post: Post, regulator: Person, place: Territory, village: Commune, again: dict[str, str]
) -> None:
    said = {"key": "same", "motive": DIGESTIVE, "commune": village.code, "caller_phone": "03 39 98 00 12"}
    at_desk = {"caller_kind": "FAMILLE", "origin": "single_number"}
    sender = make_person("some.body", Role.EHPAD, place.scope)
    asked = {"scope": place.scope.pk, "caller_name": "Odile Glycine"}
    for person, address, more in ((regulator, CALL, at_desk), (sender, ASK, asked)):
        more |= {"key": f"same-{person.pk}"}
        for values in (said | more, said | more | again):
            page = text_of(post(person, address, **values))
        row = Request.objects.sent_by(person).get()
        assert (row.motive, row.priority, row.has_red_flag) == (again["motive"], "P0", True)
        assert FIFTEEN in page


def test_an_age_of_no_month_is_said(post: Post, place: Territory, village: Commune) -> None:
    sender = make_person("some.body", Role.EHPAD, place.scope)
    said = {"key": "z", "motive": STROKE, "commune": village.code, "scope": place.scope.pk}
    post(sender, ASK, **said)
    rest = {"caller_phone": "03 39 98 00 12", "caller_name": "Odile", "age_years": "0 mois"}
    post(sender, ASK, **said, **rest)
    assert Request.objects.sent_by(sender).get().age_months == 0


def test_no_transmission_is_kept_without_its_note(post: Post, regulator: Person) -> None:
    post(regulator, CALL, key="q", motive=STROKE)
    row = Request.objects.sent_by(regulator).get()
    post(regulator, reverse("orientation:transfer", args=[row.pk]), note=" ", phone="06 39")
    assert Request.objects.sent_by(regulator).get().state == "in_hand"
