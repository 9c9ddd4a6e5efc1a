"""An age said of a person, and the file that says another: never one in silence for the other."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Proposal, Request
from maillage.orientation.rules.ages import is_same_age, months_on, read_age
from maillage.orientation.rules.safety import MotiveRule
from maillage.people import api as people
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_patient
from tests.orientation.conftest import FEVER, Call, refused


@pytest.fixture
def mother(place: Territory) -> Patient:
    return make_patient("Charme", place, birth_date=date(1991, 8, 2))


@pytest.mark.parametrize(
    "said", [{"age_months": 1}, {"age_months": 33 * 12}, {"said_birth_date": date(1991, 2, 8)}]
)
def test_an_age_that_the_file_contradicts_is_refused_at_both_doors(
    said: dict[str, object], call: Call, regulator: Person, mother: Patient
) -> None:
    text = refused(api.Refusal.OTHER_AGE, call, patient=mother, checked=False, **said)
    assert mother.name in text
    assert "02/08/1991" in text
    request = call(patient=mother, checked=False)
    refused(api.Refusal.OTHER_AGE, api.describe, by=regulator, request=request, values=said)
    assert Request.objects.keyed(request.pk).get().age_months == 34 * 12 + 7


def test_a_file_found_after_the_age_was_said_must_agree_with_it(
    call: Call, regulator: Person, mother: Patient, place: Territory
) -> None:
    request = call(patient=None, age_months=1, checked=False)
    assert request.has_red_flag
    asked = {"by": regulator, "request": request}
    refused(api.Refusal.OTHER_AGE, api.describe, **asked, values={"patient": mother})
    infant = make_patient("Charme", place, birth_date=date(2026, 2, 3))
    assert api.describe(**asked, values={"patient": infant}).has_red_flag
    # What a file gave was said by nobody: the right file takes its place.
    why = "Ce n’était pas son dossier."
    assert api.describe(**asked, values={"patient": mother}, reason=why).age_months == 34 * 12 + 7


@pytest.mark.parametrize("said", [34 * 12, 34 * 12 + 11, None])
def test_an_age_said_in_years_agrees_with_the_file_of_that_year(
    said: int | None, call: Call, mother: Patient
) -> None:
    assert call(patient=mother, age_months=said, checked=False).age_months == 34 * 12 + 7


def test_months_count_before_two_years() -> None:
    assert is_same_age(30, 35)
    assert not is_same_age(22, 23)
    assert not is_same_age(23, 25)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        # At these ages a fever asks its questions; the infant whose fever is vital waits for no agreement.
        ({"age_years": "4 mois"}, "4 mois\xa0: ce n’est pas l’âge"),
        ({"birth_date": "2025-11-03"}, "03/11/2025\xa0: ce n’est pas l’âge"),
        ({"age_years": "4 mois", "birth_date": "1991-08-02"}, "ne disent pas la même personne"),
    ],
)
def test_the_screens_say_whose_age_it_is(
    typed: dict[str, str], says: str, call: Call, regulator: Person, client: Client, mother: Patient
) -> None:
    client.force_login(regulator)
    sent = {"key": "a", "motive": FEVER, "origin": "single_number", "caller_kind": "FAMILLE"}
    answer = client.post(reverse("orientation:call"), sent | typed | {"patient": mother.pk})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Request.objects.sent_by(regulator).exists()
    request = call(patient=mother, checked=False)
    answer = client.post(reverse("orientation:complete", args=[request.pk]), typed, follow=True)
    assert says in answer.content.decode()
    assert Request.objects.keyed(request.pk).get().age_months == 34 * 12 + 7


def test_a_birth_date_corrected_in_the_file_is_judged_at_every_door(
    call: Call, regulator: Person, mother: Patient, doctor: Professional
) -> None:
    request = call(patient=mother)
    search = api.propose(by=regulator, request=request, criteria=api.Criteria())
    best = Proposal.objects.of_request(request).filter(search=search).exclude(slot=None)[0]
    people.change_patient(by=regulator, patient=mother, values={"birth_date": date(2026, 2, 1)})
    again = Request.objects.keyed(request.pk).get()
    assert api.clearance(again).rule is MotiveRule.VITAL  # a fever at one month
    refused(api.Refusal.VITAL, api.hold_and_book, by=regulator, proposal=best, key="b")
    refused(api.Refusal.VITAL, api.propose, by=regulator, request=again)


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("3 semaines", 0), ("10 jours", 0), ("15 j", 0), ("3 sem.", 0), ("nouveau-né", 0),
        ("Nouvelle-née", 0),
        ("6 weeks", 1), ("1 mois et demi", 1), ("2 mois 1/2", 2), ("2 mois ½", 2), ("2,5 mois", 2),
        ("13 semaines", 2), ("14 semaines", 3), ("59 jours", 1), ("61 jours", 2), ("2 mois 40 jours", 3),
        ("1 an et 3 mois", 15), ("1an3mois", 15), ("1 an, 2 mois et 3 jours", 14), ("3 ans et demi", 42),
        ("1,5 an", 18), ("2\N{NARROW NO-BREAK SPACE}MOIS", 2), ("٢ mois", 2), ("9", 108), ("", None),
        ("2 mois 1 an", None), ("2 ans 3 ans", None), ("1 sem 2 sem", None), ("moins de 3 mois", None),
        ("-1", None), ("²", None), ("8 mois et", None), ("mois", None), ("1 an " * 20, None),
    ],
)  # fmt: skip
def test_an_age_is_read_as_people_say_it(typed: str, months: int | None) -> None:
    assert read_age(typed, date(2026, 11, 29)) == months


def test_days_and_weeks_are_counted_on_the_calendar() -> None:
    # February is short: 59 days after 1 February is 1 April, two months to the day.
    assert read_age("59 jours", date(2026, 4, 1)) == months_on(date(2026, 2, 1), date(2026, 4, 1)) == 2
    assert read_age("8 semaines", date(2026, 4, 1)) == 1
