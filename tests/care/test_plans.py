"""A plan is written by the circle, kept in versions, merged where two write at once, agreed to, printed."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.care import api
from maillage.care.models import PlanConsent, PlanVersion, Task
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Means, Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.pdf import text_of

WEIGH = "intervention.0000000a"


def text_for(owner: Person, **more: str) -> dict[str, str]:
    """A short plan: the owner weighs the person within three days."""
    due = (timezone.localdate() + timedelta(days=3)).isoformat()
    return {
        "preferences": "Rester chez moi",
        f"{WEIGH}.text": "Peser chaque matin",
        f"{WEIGH}.owner": f"p{owner.professional.pk}",
        f"{WEIGH}.due_on": due,
        f"{WEIGH}.place": "1",
        **more,
    }


@pytest.fixture
def plan(patient: Patient, nurse: Person, doctor: Person) -> api.PlanFile:
    api.save_plan(by=doctor, patient=patient, base=0, content=text_for(nurse), note="premier plan")
    found = api.plan_of(patient)
    assert found is not None
    return found


def current(patient: Patient) -> PlanVersion:
    found = api.plan_of(patient)
    assert found is not None
    return found.current


def test_each_version_is_kept_and_the_same_text_makes_none(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person
) -> None:
    again = api.save_plan(by=doctor, patient=patient, base=1, content=text_for(nurse))
    assert again.version.number == 1
    changed = text_for(nurse, preferences="Voir ma fille")
    api.save_plan(by=nurse, patient=patient, base=1, content=changed)
    versions = PlanVersion.objects.of_patient(patient).order_by("number")
    assert [(one.number, one.content["preferences"], one.by) for one in versions] == [
        (1, "Rester chez moi", doctor),
        (2, "Voir ma fille", nurse),
    ]


def test_an_intervention_is_the_task_of_its_owner_and_follows_the_plan(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person, pharmacist: Person
) -> None:
    (task,) = api.waiting_tasks(nurse)
    assert (task.title, task.origin) == ("Peser chaque matin", "plan")
    api.save_plan(by=doctor, patient=patient, base=1, content=text_for(pharmacist))
    assert api.waiting_tasks(nurse) == []
    assert [one.title for one in api.waiting_tasks(pharmacist)] == ["Peser chaque matin"]
    api.save_plan(by=doctor, patient=patient, base=2, content={"preferences": "x"})
    assert api.waiting_tasks(pharmacist) == []
    assert set(Task.objects.of_patient(patient).values_list("state", "outcome")) == {
        ("cancelled", "Le plan a changé.")
    }


def test_two_who_write_elsewhere_are_merged_without_a_question(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person
) -> None:
    api.save_plan(by=doctor, patient=patient, base=1, content=text_for(nurse, preferences="Voir ma fille"))
    saved = api.save_plan(
        by=nurse, patient=patient, base=1, content=text_for(nurse, alert_procedure="Appeler le cabinet")
    )
    assert saved.merge is not None
    assert saved.version.number == 3
    assert current(patient).content["preferences"] == "Voir ma fille"
    assert current(patient).content["alert_procedure"] == "Appeler le cabinet"
    again = api.save_plan(by=nurse, patient=patient, base=1, content=text_for(nurse))
    assert again.version.number == 3


def edit(browser: Client, patient: Patient) -> dict[str, str]:
    """Open the form of the plan and return what it would send as it stands."""
    page = browser.get(reverse("care:plan_edit", args=[patient.pk])).content.decode()
    fields = dict(re.findall(r'name="([a-z0-9_-]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea id="([a-z_]+)"[^>]*>([^<]*)<', page))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    for name, day in re.findall(r'name="([a-z0-9_-]+due_on|revision_on)" value="([^"]*)"', page):
        fields[name] = day
    return fields


def test_two_sessions_write_the_same_words_and_nothing_is_lost(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person
) -> None:
    first, second = client_of(doctor), client_of(nurse)
    mine, theirs = edit(first, patient), edit(second, patient)
    address = reverse("care:plan_edit", args=[patient.pk])
    said = first.post(address, mine | {"preferences": "Voir ma fille"}, follow=True).content.decode()
    assert "version 2" in said
    answer = second.post(address, theirs | {"preferences": "Garder mon chien"}, follow=True)
    merging = reverse("care:plan_merge", args=[patient.pk, 3])
    assert answer.redirect_chain == [(merging, 302)]
    shown = answer.content.decode()
    for words in ("Rester chez moi", "Voir ma fille", "Garder mon chien", "Les deux"):
        assert words in shown, words
    assert current(patient).content["preferences"] == "Voir ma fille"
    assert "attend d’être réuni" in first.get(reverse("care:plan", args=[patient.pk])).content.decode()
    done = second.post(merging, {"choice-preferences": "both"}, follow=True).content.decode()
    assert "version 4" in done
    assert current(patient).content["preferences"] == "Voir ma fille\nGarder mon chien"
    assert PlanVersion.objects.of_patient(patient).get(number=3).merged_into == 4
    second.post(merging, {"choice-preferences": "ours"})
    assert current(patient).number == 4
    assert "C’est fait" in second.get(merging).content.decode()


def test_one_takes_a_task_from_everybody_while_another_gives_it_and_either_is_chosen(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person
) -> None:
    given, taken = text_for(doctor), text_for(nurse) | {f"{WEIGH}.owner": "", f"{WEIGH}.due_on": ""}
    api.save_plan(by=doctor, patient=patient, base=1, content=taken)
    aside = api.save_plan(by=nurse, patient=patient, base=1, content=given).version
    assert aside.is_aside
    merging = reverse("care:plan_merge", args=[patient.pk, aside.number])
    client_of(nurse).post(merging, {f"choice-{WEIGH}.owner": "ours"})
    assert current(patient).content == given
    (task,) = Task.objects.of_patient(patient).open()
    assert task.professional == doctor.professional


def test_what_cannot_be_kept_is_said_and_the_text_stays_on_the_screen(
    plan: api.PlanFile, patient: Patient, doctor: Person
) -> None:
    browser = client_of(doctor)
    sent = edit(browser, patient) | {f"{WEIGH.replace('.', '-')}-due_on": "", "preferences": "Voir\x00 Nice"}
    answer = browser.post(reverse("care:plan_edit", args=[patient.pk]), sent)
    assert answer.status_code == 422
    assert "dites qui le fait et avant quel jour" in answer.content.decode()
    assert "Voir Nice" in answer.content.decode()
    wrong = edit(browser, patient) | {"coordinator": "p999999", "preferences": "Voir Nice"}
    answer = browser.post(reverse("care:plan_edit", args=[patient.pk]), wrong)
    assert answer.status_code == 422
    odd = wrong | {f"{WEIGH.replace('.', '-')}-place": "\u202egnp.exe"}
    answer = browser.post(reverse("care:plan_edit", args=[patient.pk]), odd)
    assert answer.status_code == 422
    assert current(patient).number == 1


def test_who_is_outside_the_circle_or_has_another_part_does_not_write(
    plan: api.PlanFile, patient: Patient, place: Territory, nurse: Person
) -> None:
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        api.save_plan(by=stranger, patient=patient, base=1, content={"preferences": "x"})
    own = patient.account
    assert own is not None
    with pytest.raises(PermissionDenied):
        api.save_plan(by=own, patient=patient, base=1, content=text_for(nurse, phone="01 99 00 00 00"))
    with pytest.raises(ValidationError, match="lit le plan"):
        api.save_plan(
            by=nurse,
            patient=patient,
            base=1,
            content=text_for(nurse, **{f"{WEIGH}.owner": f"a{stranger.pk}"}),
        )


def test_the_person_reads_who_does_what_agrees_and_says_what_they_wish(
    plan: api.PlanFile, patient: Patient
) -> None:
    assert patient.account is not None
    browser = client_of(patient.account)
    page = browser.get(reverse("care:plan", args=[patient.pk])).content.decode()
    assert "Qui fait quoi pour moi" in page
    assert "Inès Capucine</strong>" in page
    assert "Écrire une version" not in page
    said = browser.post(reverse("care:plan_consent", args=[patient.pk]), {"version": 1}, follow=True)
    assert "Accord noté." in said.content.decode()
    consent = PlanConsent.objects.of_patient(patient).get()
    assert (consent.who, consent.means, consent.by) == (patient.name, "space", patient.account)
    wishes = reverse("care:plan_wishes", args=[patient.pk])
    browser.post(wishes, {"base": "1", "preferences": "Voir la mer"})
    assert current(patient).content["preferences"] == "Voir la mer"
    assert "J’accepte ce plan" in browser.get(reverse("care:plan", args=[patient.pk])).content.decode()
    assert browser.get(reverse("care:plan_edit", args=[patient.pk])).status_code == 403


def test_a_consent_says_who_how_and_when(plan: api.PlanFile, patient: Patient, nurse: Person) -> None:
    today = timezone.localdate()

    def agree(**values: object) -> PlanConsent:
        usual = {"version": 1, "who": "Rose Tilleul, sa fille", "means": Means.PAPER, "signed_on": today}
        return api.consent_to_plan(by=nurse, patient=patient, **usual | values)

    assert agree() == agree()
    for wrong in (
        {"signed_on": today + timedelta(days=1)},
        {"who": " "},
        {"version": 9},
        {"means": Means.SPACE},
    ):
        with pytest.raises(ValidationError):
            agree(**wrong)
    page = client_of(nurse).get(reverse("care:plan", args=[patient.pk])).content.decode()
    assert "Rose Tilleul, sa fille" in page
    assert "accord donné le" in page


def test_two_versions_are_compared_side_by_side(
    plan: api.PlanFile, patient: Patient, doctor: Person, nurse: Person
) -> None:
    api.save_plan(by=doctor, patient=patient, base=1, content=text_for(nurse, preferences="Voir ma fille"))
    page = client_of(doctor).get(reverse("care:plan_compare", args=[patient.pk]))
    assert "1 différence entre la version 1 et la version 2." in page.content.decode()
    assert "<del>Rester chez moi</del>" in page.content.decode()
    assert "<ins>Voir ma fille</ins>" in page.content.decode()
    other = client_of(doctor).get(
        reverse("care:plan_compare", args=[patient.pk]), {"avant": "2", "apres": "1"}
    )
    assert "<ins>Rester chez moi</ins>" in other.content.decode()


def test_the_papers_say_it_to_professionals_and_to_the_person(
    plan: api.PlanFile, patient: Patient, nurse: Person
) -> None:
    browser = client_of(nurse)
    whole = text_of(browser.get(reverse("care:plan_pdf", args=[patient.pk])).content)
    for words in ("Plan partagé", "Peser chaque matin", "Inès Capucine", "à recueillir", "Rester chez moi"):
        assert words in whole, words
    plain = text_of(browser.get(reverse("care:plain_plan_pdf", args=[patient.pk])).content)
    for words in ("Mon plan de soins", "Qui fait quoi pour moi", "j’appelle le 15"):
        assert words in plain, words


def test_each_reading_is_logged(plan: api.PlanFile, patient: Patient, nurse: Person) -> None:
    client_of(nurse).get(reverse("care:plan", args=[patient.pk]))
    (line,) = AccessLogEntry.objects.in_scope(patient.scope).filter(person=nurse)
    assert (line.what, line.purpose) == ("part", "lecture du plan partagé")
    shown = client_of(nurse).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert "Plan partagé" in shown
    assert "Peser chaque matin" in shown


def test_a_consent_that_is_refused_gives_back_what_was_typed(
    plan: api.PlanFile, patient: Patient, nurse: Person
) -> None:
    address = reverse("care:plan_consent", args=[patient.pk])
    today = timezone.localdate().isoformat()
    for values in (
        {"version": "1", "means": "spoken", "signed_on": ""},
        {"version": "7", "means": "spoken", "signed_on": today},
        {"version": "1", "means": "dance", "signed_on": today},
    ):
        answer = client_of(nurse).post(address, {"who": "Sa fille Anne", **values})
        assert (answer.status_code, "Sa fille Anne" in answer.content.decode()) == (409, True)
    assert not PlanConsent.objects.of_patient(patient).exists()
    kept = {"who": "Sa fille Anne", "version": "1", "means": "spoken", "signed_on": today}
    assert client_of(nurse).post(address, kept).status_code == 302
    assert PlanConsent.objects.of_patient(patient).get().who == "Sa fille Anne"
