"""Somebody leaves: everything ends or passes on in one gesture, counted before, safe to repeat."""

import re
import threading

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.kernel import actions, journal, leaving
from maillage.kernel.contributions import (
    Contribution,
    Fate,
    Leaving,
    Withdrawal,
    contribute,
    contributions,
    withdraw,
)
from maillage.kernel.models import Departure, Entry, Person, Scope
from maillage.kernel.rules import Role
from tests.keys import ABSENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def dpo(db: None) -> Person:
    person = Person.objects.create_user("dpo@example.org", first_name="Hugo", last_name="Lierre")
    actions.grant_role(by=None, person=person, role=Role.DPO)
    return person


@pytest.fixture
def colleague(scope: Scope) -> Person:
    person = Person.objects.create_user("colleague@example.org", first_name="Noé", last_name="Cormier")
    actions.grant_role(by=None, person=person, role=Role.NURSE, scope=scope)
    return person


def gone(by: Person, person: Person, key: str = "k1", **more: object) -> Departure:
    return leaving.withdraw_person(by=by, person=person, reason="Retraite", key=key, **more)


def test_whoever_leaves_has_no_session_no_role_and_no_way_back(
    as_nurse: Client, nurse: Person, dpo: Person
) -> None:
    assert as_nurse.get(reverse("kernel:account")).status_code == 200
    counted = {one.what.key: one.count for one in leaving.preview(nurse)}
    assert counted["kernel.roles"] == 1
    assert counted["kernel.sessions"] == 1
    done = gone(dpo, nurse)
    assert as_nurse.get(reverse("kernel:account")).status_code == 302
    nurse.refresh_from_db()
    assert not nurse.is_active
    assert not nurse.has_usable_password()
    assert not nurse.roles.filter(withdrawn_at=None).exists()
    assert not Session.objects.exists()
    assert leaving.preview(nurse) == []
    assert {one.what.key: one.count for one in leaving.report(done)} == counted
    verbs = list(Entry.objects.order_by("position").values_list("verb", flat=True))
    assert verbs[-2:] == ["kernel.person_withdrawn", "kernel.withdrawal_done"]
    assert journal.verify().intact


def test_an_account_opened_again_has_neither_its_sessions_nor_its_roles(
    as_nurse: Client, nurse: Person, dpo: Person, administrator: Person
) -> None:
    cookie = as_nurse.cookies["sessionid"].value
    row = Session.objects.get(session_key=cookie)
    gone(dpo, nurse)
    row.save(force_insert=True)  # a session that another process was writing
    actions.reopen_account(by=administrator, person=Person.objects.get(pk=nurse.pk))
    assert as_nurse.get(reverse("kernel:account")).status_code == 302


def test_the_same_gesture_again_is_the_first(nurse: Person, dpo: Person, administrator: Person) -> None:
    first = gone(dpo, nurse)
    count = Entry.objects.count()
    assert gone(dpo, nurse) == first
    assert gone(administrator, nurse, key="other") == first
    assert Entry.objects.count() == count
    with pytest.raises(ValidationError, match="déjà servi"):
        gone(dpo, administrator)


def test_it_asks_for_a_reason_and_somebody_else(nurse: Person, dpo: Person, administrator: Person) -> None:
    with pytest.raises(ValidationError, match="pourquoi"):
        leaving.withdraw_person(by=dpo, person=nurse, reason="  ", key="k1")
    with pytest.raises(PermissionDenied):
        gone(dpo, dpo)
    with pytest.raises(PermissionDenied):
        gone(nurse, administrator)
    assert not Departure.objects.exists()


def test_the_last_administrator_stays(administrator: Person, dpo: Person) -> None:
    with pytest.raises(ValidationError, match="dernier rôle d’administration"):
        gone(dpo, administrator)
    administrator.refresh_from_db()
    assert administrator.is_active
    second = Person.objects.create_user("second@example.org")
    actions.grant_role(by=None, person=second, role=Role.ADMINISTRATOR)
    assert gone(dpo, administrator).pk


def test_a_successor_holds_the_same_role_in_the_same_scope(
    nurse: Person, dpo: Person, colleague: Person, other_scope: Scope
) -> None:
    stranger = Person.objects.create_user("stranger@example.org")
    actions.grant_role(by=None, person=stranger, role=Role.NURSE, scope=other_scope)
    assert list(leaving.successors(nurse)) == [colleague]
    with pytest.raises(ValidationError, match="prendre la suite"):
        gone(dpo, nurse, successor=stranger)
    assert gone(dpo, nurse, successor=colleague).successor == colleague


def test_a_fault_in_one_context_withdraws_nothing(nurse: Person, dpo: Person) -> None:
    def fails(_leaving: Leaving) -> int:
        raise RuntimeError("broken")

    part = Withdrawal("tests.broken", "Essai", Fate.ENDS, lambda _person: 1, (), fails, order=99)
    contribute(Contribution("tests", withdrawals=(part,)))
    try:
        with pytest.raises(RuntimeError):
            gone(dpo, nurse)
    finally:
        withdraw("tests")
    nurse.refresh_from_db()
    assert nurse.is_active
    assert nurse.roles.filter(withdrawn_at=None).count() == 1


def test_a_new_context_says_what_it_hands_on(nurse: Person, dpo: Person, colleague: Person) -> None:
    part = Withdrawal(
        "tests.boxes", "Cartons", Fate.PASSES, lambda _person: 3, (), lambda _leaving: 2, "au grenier", 5
    )
    contribute(Contribution("tests", withdrawals=(part,)))
    try:
        done = gone(dpo, nurse, successor=colleague)
        (line,) = [one for one in leaving.report(done) if one.what is part]
        assert (line.count, line.taken, line.left) == (3, 2, 1)
        client = Client()
        client.force_login(dpo)
        page = client.get(reverse("kernel:departure", args=[done.pk])).text
        assert "2 pris par Noé Cormier, 1 au grenier" in page
    finally:
        withdraw("tests")
    assert [one.what.key for one in leaving.report(done)] == ["kernel.invitation", "kernel.roles"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_departure(nurse: Person, dpo: Person, administrator: Person) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    made: list[int] = []
    start = threading.Barrier(2)

    def act(by: Person, key: str) -> None:
        start.wait()
        try:
            made.append(gone(by, nurse, key=key).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=one) for one in ((dpo, "one"), (administrator, "two"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert Departure.objects.count() == 1


def test_the_pages_count_before_and_tell_after(dpo: Person, nurse: Person, colleague: Person) -> None:
    client = Client()
    client.force_login(dpo)
    role = nurse.roles.get()
    role.ends_on = timezone.localdate()
    role.save()
    listed = client.get(reverse("kernel:departures"), {"q": "nurse@"})
    address = reverse("kernel:leaving", args=[nurse.pk])
    assert listed.text.count(address) == 2
    assert "Aucun compte ne répond" in client.get(reverse("kernel:departures"), {"q": "zzz"}).text
    page = client.get(address)
    assert "Prend fin à l’instant" in page.text
    assert "Noé Cormier" in page.text
    empty = client.post(address, {"key": "p1"})
    assert empty.status_code == 422
    key = re.search(r'name="key" value="(\w+)"', page.text)
    sent = {"key": key[1], "reason": "Mutation", "successor": colleague.pk}
    done = client.post(address, sent, follow=True)
    assert "ne voit plus rien dès maintenant" in done.text
    assert "Noé Cormier prend la suite" in done.text
    assert client.post(address, sent).status_code == 302
    assert Departure.objects.count() == 1
    assert reverse("kernel:departure", args=[Departure.objects.get().pk]) in client.get(address).text


def test_the_pages_are_for_overseers(as_nurse: Client, as_administrator: Client, nurse: Person) -> None:
    addresses = [reverse("kernel:departures"), reverse("kernel:leaving", args=[nurse.pk])]
    for address in addresses:
        assert as_nurse.get(address).status_code == 403
        assert as_administrator.get(address).status_code == 200
    assert as_nurse.post(addresses[1], {"key": "x", "reason": "y"}).status_code == 403
    assert as_administrator.get(reverse("kernel:leaving", args=[ABSENT])).status_code == 404
    assert as_administrator.get(reverse("kernel:departure", args=[ABSENT])).status_code == 404


def test_nobody_withdraws_themselves(as_administrator: Client, administrator: Person) -> None:
    address = reverse("kernel:leaving", args=[administrator.pk])
    assert "C’est votre compte" in as_administrator.get(address).text
    assert as_administrator.post(address, {"key": "x", "reason": "y"}).status_code == 422


def test_each_kind_of_withdrawal_is_declared_whole() -> None:
    parts = [part for one in contributions() for part in one.withdrawals]
    assert len({part.key for part in parts}) == len(parts)
    for part in parts:
        assert (part.withdraw is None) == (part.fate is Fate.STAYS), part.key
        assert bool(part.otherwise) == (part.fate is not Fate.ENDS), part.key
