"""The kernel's pages: what each role sees, and what each form does."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.kernel import actions, anchors, databases, journal, outbox
from maillage.kernel.models import Delivery, Entry, Message, Person, Scope
from maillage.kernel.rules import Role

pytestmark = pytest.mark.django_db


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_rules_are_listed_by_context_and_searched_without_accents(as_nurse: Client) -> None:
    page = as_nurse.get(reverse("kernel:sourced_rules"))
    assert "Identifiants et comptes" in page.text
    assert "A : 1 ; B : 2" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    found = as_nurse.get(reverse("kernel:sourced_rules"), {"q": "numero finess CLE"})
    assert 0 < found.context["total"] < page.context["total"]
    assert "Voir toutes les règles" in as_nurse.get(reverse("kernel:sourced_rules"), {"q": "zzz"}).text
    table = as_nurse.get(reverse("kernel:sourced_rules_csv"), {"q": "finess"}).content.decode("utf-8-sig")
    assert table.splitlines()[0].startswith("Clé;Règle;Valeur")
    assert "kernel.identifiers.finess_key" in table


def test_a_rule_has_its_page_with_source_and_history(as_nurse: Client) -> None:
    page = as_nurse.get(reverse("kernel:sourced_rule", args=["kernel.identifiers.rpps"]))
    assert "ANS, modèle des objets de santé" in page.text
    assert "depuis le 01/01/2024" in page.text
    assert as_nurse.get(reverse("kernel:sourced_rule", args=["kernel.nothing"])).status_code == 404


def test_the_journal_is_for_those_who_oversee(as_nurse: Client, as_administrator: Client) -> None:
    for name in ("journal", "journal_csv"):
        assert as_nurse.get(reverse(f"kernel:{name}")).status_code == 403
        assert as_administrator.get(reverse(f"kernel:{name}")).status_code == 200
    assert as_nurse.post(reverse("kernel:journal_verify")).status_code == 403


def test_the_journal_is_filtered_and_paged(as_administrator: Client, nurse: Person) -> None:
    for number in range(60):
        journal.record(
            by=nurse, verb="kernel.role_granted", target=f"row:{number}", changes={"n": [None, number]}
        )
    page = as_administrator.get(reverse("kernel:journal"), {"q": "nurse@", "page": 2})
    assert len(page.context["rows"]) == 10
    assert "?q=nurse%40&amp;page=1" in page.text
    assert "rien → 0" in page.text
    one = as_administrator.get(reverse("kernel:journal"), {"q": "row:7", "verb": "kernel.role_granted"})
    assert [row["entry"].target for row in one.context["rows"]] == ["row:7"]
    today = timezone.localdate().isoformat()
    assert as_administrator.get(reverse("kernel:journal"), {"since": today, "until": today}).context["rows"]
    assert not as_administrator.get(reverse("kernel:journal"), {"until": "2020-01-01"}).context["rows"]
    assert "À corriger" in as_administrator.get(reverse("kernel:journal"), {"since": "hier"}).text


@pytest.fixture
def fougere() -> Person:
    return Person.objects.create_user("y.f@example.org", first_name="Émile", last_name="D’Hauteville-Fougère")


@pytest.mark.parametrize(
    "typed",
    ["fougere", "FOUGÈRE", "dhauteville", "emile", "Émile D'Hauteville", "hauteville fougere emile", "y.f@"],
)
def test_an_account_and_what_it_did_are_found_by_what_people_type(
    as_administrator: Client, fougere: Person, typed: str
) -> None:
    journal.record(by=fougere, verb="kernel.role_granted", target="row:7", changes={})
    found = as_administrator.get(reverse("kernel:people"), {"q": typed}).context["people"]
    assert [person for person, _roles in found] == [fougere]
    rows = as_administrator.get(reverse("kernel:journal"), {"q": typed}).context["rows"]
    assert [row["entry"].by for row in rows] == [fougere]


def test_a_name_that_changes_is_found_by_what_it_is_now(as_administrator: Client, fougere: Person) -> None:
    fougere.last_name = "Łysiak"
    fougere.save(update_fields=["last_name"])
    for typed, count in (("lysiak", 1), ("fougere", 0)):
        page = as_administrator.get(reverse("kernel:people"), {"q": typed})
        assert len(page.context["people"]) == count


def test_the_journal_is_verified_on_request(as_administrator: Client) -> None:
    url = reverse("kernel:journal_verify")
    (said,) = messages_of(as_administrator.post(url, follow=True))
    assert said.startswith("Journal intact")
    databases.allow_changes("kernel_entry")
    Entry.objects.filter(chain=0, rank=1)._raw_delete("default")
    (said,) = messages_of(as_administrator.post(url, follow=True))
    assert "La ligne 1 manque" in said


def test_the_verification_says_against_how_many_ends_noted_elsewhere(
    as_administrator: Client, settings: Any, tmp_path: Path
) -> None:
    settings.JOURNAL_ANCHORS = tmp_path / "anchors.jsonl"
    url = reverse("kernel:journal_verify")
    journal.record(by=None, verb="kernel.role_granted", target="row:1", changes={})
    (said,) = messages_of(as_administrator.post(url, follow=True))
    assert "Aucune empreinte n’est encore gardée" in said
    for _day in range(2):
        anchors.take()
        journal.record(by=None, verb="kernel.role_granted", target="row:1", changes={})
    anchors.take()
    (said,) = messages_of(as_administrator.post(url, follow=True))
    assert "3 empreintes gardées hors de la base, toutes retrouvées" in said


@pytest.mark.django_db(transaction=True)  # one transaction writes in one chain
def test_the_chain_of_a_row_is_told_where_rows_are_of_several(as_administrator: Client) -> None:
    scope = Scope.objects.create(kind="territory", label="Vallée des Saules")
    journal.record(by=None, verb="kernel.role_granted", target="row:1", changes={})
    for _twice in range(2):
        journal.record(by=None, verb="kernel.role_granted", target="row:2", changes={}, scope=scope)
    url = reverse("kernel:journal")
    mixed = as_administrator.get(url)
    assert {row["chain"] for row in mixed.context["rows"]} == {"toute l’installation", "Vallée des Saules"}
    assert "Périmètre et ligne" in mixed.text
    alone = as_administrator.get(url, {"q": "row:2"})
    assert {row["chain"] for row in alone.context["rows"]} == {""}
    assert "Périmètre et ligne" not in alone.text


def test_the_journal_page_tells_of_messages_that_wait(as_administrator: Client) -> None:
    outbox.publish("kernel.person_invited", {}, key="late")
    Message.objects.update(published_at="2020-01-01T00:00:00Z")
    Delivery.objects.update(try_after="2020-01-01T00:00:00Z")
    assert (
        "1 message attend depuis plus de dix minutes" in as_administrator.get(reverse("kernel:journal")).text
    )


def test_my_account_shows_my_roles_my_second_factor_and_my_entries(as_nurse: Client, nurse: Person) -> None:
    page = as_nurse.get(reverse("kernel:account"))
    assert "Infirmier, infirmière" in page.text
    assert "Charolais" in page.text
    assert "n’est pas activée" in page.text
    assert "a ouvert une session" in page.text
    (row,) = page.context["rows"]
    assert (row["who"], row["target"]) == ("Inès", "Inès")


def test_a_professional_joins_in_a_day(
    as_administrator: Client, scope: Scope, django_capture_on_commit_callbacks
) -> None:
    form = {"first_name": "Ana", "last_name": "Sureau", "email": "ana@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        response = as_administrator.post(reverse("kernel:people"), form)
    person = Person.objects.get(email="ana@example.org")
    assert response.url == reverse("kernel:person", args=[person.pk])
    assert mail.outbox[0].to == ["ana@example.org"]
    given = {"role": "nurse", "scope": scope.pk, "starts_on": timezone.localdate().isoformat()}
    page = as_administrator.post(response.url, given, follow=True)
    assert "Rôle donné à Ana Sureau." in messages_of(page)
    assert person.roles.get().role == Role.NURSE
    listed = as_administrator.get(reverse("kernel:people"), {"q": "sureau"})
    assert "Infirmier, infirmière (Charolais)" in listed.text


def test_a_form_that_is_wrong_says_what_to_mend(
    as_administrator: Client, nurse: Person, scope: Scope
) -> None:
    taken = as_administrator.post(
        reverse("kernel:people"), {"first_name": "A", "last_name": "B", "email": "nurse@example.org"}
    )
    assert (taken.status_code, "Un compte existe déjà" in taken.text) == (422, True)
    url = reverse("kernel:person", args=[nurse.pk])
    assert as_administrator.post(url, {"role": "king"}).status_code == 422
    dates = {"role": "nurse", "scope": scope.pk, "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    wrong = as_administrator.post(url, dates)
    assert (wrong.status_code, "se terminer avant de commencer" in wrong.text) == (422, True)


def test_access_is_withdrawn_at_once(as_administrator: Client, as_nurse: Client, nurse: Person) -> None:
    role = nurse.roles.get()
    actions.grant_role(by=None, person=nurse, role=Role.DPO)
    assert as_nurse.get(reverse("kernel:journal")).status_code == 200
    dpo = nurse.roles.get(role=Role.DPO)
    url = reverse("kernel:end_role", args=[dpo.pk])
    (said,) = messages_of(as_administrator.post(url, {}, follow=True))
    assert "Dites pourquoi" in said
    (said,) = messages_of(as_administrator.post(url, {"reason": "départ"}, follow=True))
    assert said.startswith("Rôle retiré")
    assert as_nurse.get(reverse("kernel:journal")).status_code == 403
    role.refresh_from_db()
    assert role.is_in_force


def test_the_last_administrator_is_told_why_they_stay(
    as_administrator: Client, administrator: Person
) -> None:
    url = reverse("kernel:end_role", args=[administrator.roles.get().pk])
    (said,) = messages_of(as_administrator.post(url, {"reason": "congés"}, follow=True))
    assert "dernier rôle d’administration" in said


def test_an_account_is_closed_and_reopened(as_administrator: Client, as_nurse: Client, nurse: Person) -> None:
    url = reverse("kernel:account_state", args=[nurse.pk])
    assert "Dites pourquoi" in messages_of(as_administrator.post(url, {}, follow=True))[0]
    page = as_administrator.post(url, {"reason": "absence"}, follow=True)
    assert "compte fermé" in page.text
    assert as_nurse.get(reverse("kernel:account")).status_code == 302
    page = as_administrator.post(url, {"reason": "retour"}, follow=True)
    assert "Compte rouvert." in messages_of(page)


def test_a_local_administrator_sees_their_own_people_only(
    client: Client, nurse: Person, administrator: Person, scope: Scope, other_scope: Scope
) -> None:
    local = Person.objects.create_user("local@example.org")
    actions.grant_role(by=None, person=local, role=Role.ADMINISTRATOR, scope=other_scope)
    client.force_login(local)
    page = client.get(reverse("kernel:people"))
    assert "local@example.org" in page.text
    assert "nurse@example.org" not in page.text
    assert client.get(reverse("kernel:person", args=[nurse.pk])).status_code == 404
    assert client.post(reverse("kernel:account_state", args=[local.pk]), {"reason": "x"}).status_code == 403
    assert client.get(reverse("kernel:journal")).status_code == 403
    own = client.get(reverse("kernel:person", args=[local.pk]))
    assert not re.search("Charolais|Toute l’installation", own.text)


def test_people_are_for_the_administrator(as_nurse: Client, nurse: Person) -> None:
    assert as_nurse.get(reverse("kernel:people")).status_code == 403
    assert as_nurse.get(reverse("kernel:person", args=[nurse.pk])).status_code == 403


@pytest.mark.parametrize("name", ["account", "sourced_rules", "journal", "people"])
def test_a_visitor_is_asked_to_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(f"kernel:{name}"))
    assert response.url == f"{reverse('account_login')}?next={reverse(f'kernel:{name}')}"
