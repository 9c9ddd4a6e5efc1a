"""A statement written once gives what its queryset gives, whatever the values, and refuses what it must."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.db.transaction import TransactionManagementError, atomic
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maillage.directory.models import Membership
from maillage.kernel import databases
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.kernel.scoping import UnscopedQueryError
from maillage.kernel.statements import Change, Keys, Statement, any_of, given, numbered, rounded
from maillage.people.models import Patient
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ROLES: Statement[RoleAssignment] = Statement(
    lambda: (
        RoleAssignment.objects.in_force(given("day"))
        .filter(Q(scope=given("one")) | Q(scope=given("other")), person__created_at__lt=given("now"))
        .select_related("scope", "person")
        .order_by("pk")
    )
)


def test_rows_are_those_of_the_queryset_with_what_stands_beside_them(
    scope: Scope, other_scope: Scope
) -> None:
    nurse = make_person("ada.loriot", Role.NURSE, scope)
    make_person("lou.sorbier", Role.REGULATOR, other_scope)
    tomorrow = timezone.now() + timedelta(days=1)
    for day, one in ((date(2026, 3, 14), scope), (date(2999, 1, 1), other_scope), (date(1999, 1, 1), scope)):
        values = {"day": day, "now": tomorrow, "one": one.pk, "other": 0}
        with CaptureQueriesContext(connection) as captured:
            found = ROLES.rows(**values)
            names = [(one.scope and one.scope.label, one.person.email) for one in found]
        assert len(captured) == 1
        plain = list(ROLES.plain(**values))
        assert found == plain
        assert [vars(one).keys() for one in found] == [vars(one).keys() for one in plain]
        assert names == [(one.scope and one.scope.label, one.person.email) for one in plain]
    nurse.roles.update(withdrawn_at=timezone.now())
    assert ROLES.rows(day=timezone.localdate(), now=tomorrow, one=scope.pk, other=0) == []


def test_values_lists_instants_and_rows_given_are_read_alike(scope: Scope) -> None:
    nurse = make_person("ada.loriot", Role.NURSE, scope)
    kept = Statement(lambda: Person.objects.filter(pk=given("who")).values_list("email", "created_at"))
    assert kept.rows(who=nurse) == [(nurse.email, nurse.created_at)]
    assert kept.first(who=0) is None
    with pytest.raises(KeyError):
        kept.rows()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_any_of_gives_the_rows_of_each_set_of_values(scope: Scope, count: int) -> None:
    people = [make_person(f"ada{number}.loriot", Role.NURSE, scope) for number in range(6)][:count]
    many = rounded(len(people))
    assert len(people) <= many < 2 * len(people)
    found = Statement(lambda: RoleAssignment.objects.filter(any_of(many, person="person", role="role")))
    values = numbered(many, person=people, role=["nurse"] * (len(people) - 1) + ["physician"])
    assert {one.person for one in found.rows(**values)} == set(people[:-1])


def test_rows_about_patients_are_not_read_without_their_scope() -> None:
    with pytest.raises(UnscopedQueryError):
        Statement(lambda: Patient.objects.filter(pk=given("pk"))).rows(pk=1)


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_in_a_transaction_only(scope: Scope) -> None:
    locked = Statement(lambda: Scope.objects.filter(pk=given("pk")).select_for_update())
    with atomic():
        assert locked.first(pk=scope.pk) == scope
    with pytest.raises(TransactionManagementError):
        locked.first(pk=scope.pk)


def test_an_instant_cannot_be_fixed_in_a_statement() -> None:
    for fixed in ({"created_at__lt": timezone.now()}, {"last_login__date": date(2026, 3, 14)}):
        with pytest.raises(ValueError, match="let it be given"):
            Statement(lambda fixed=fixed: Person.objects.filter(**fixed)).rows()


def test_a_value_given_is_never_asked_for_as_a_text() -> None:
    # A lookup `in` of a relation makes texts of its values where the key is one.
    written = Statement(lambda: Membership.objects.filter(structure__in=[given("where")]))
    with pytest.raises(TypeError, match="where"):
        written.rows(where="ehpad:1")


def test_a_change_is_made_to_the_rows_given(scope: Scope, other_scope: Scope) -> None:
    renamed = Change(lambda: Scope.objects.filter(pk=given("pk")), label=given("label"))
    assert renamed.make(pk=scope.pk, label="Val-des-Ormes") == 1
    assert renamed.make(pk=0, label="Nulle part") == 0
    assert set(Scope.objects.values_list("label", flat=True)) == {"Val-des-Ormes", other_scope.label}
    with pytest.raises(UnscopedQueryError):
        Change(lambda: Patient.objects.filter(pk=given("pk")), birth_name="X").make(pk=1)


def test_rows_inserted_together_have_their_keys() -> None:
    made = databases.insert([Scope(kind="territory", label=label) for label in ("Un", "Deux")])
    assert [Scope.objects.get(pk=one.pk).label for one in made] == ["Un", "Deux"]
    assert databases.insert(list[Scope]()) == []


@pytest.mark.parametrize("key", [10**30, -(10**30), 2**63])
def test_a_number_that_no_column_holds_finds_no_row(key: int) -> None:
    by_key: Statement[Scope] = Statement(lambda: Scope.objects.filter(pk=given("pk")))
    assert by_key.rows(pk=key) == list(by_key.plain(pk=key)) == []
    assert by_key.first(pk=2**63 - 1) is None


def _holding(count: int) -> Keys:
    return Keys(
        lambda: (
            RoleAssignment.objects.in_force(given("day"))
            .filter(any_of(count, role="role"), person__created_at__lt=given("now"))
            .order_by()
            .values("person")
        )
    )


def test_keys_written_once_are_those_of_their_queryset_wherever_they_stand(scope: Scope) -> None:
    held = [Role.NURSE, Role.REGULATOR, Role.PHYSICIAN, Role.NURSE]
    people = [make_person(f"ada{place}.loriot", role, scope) for place, role in enumerate(held)]
    holding, later = _holding(2), timezone.now() + timedelta(days=1)
    for roles, day, now in (
        (["nurse"], timezone.localdate(), later),
        (["nurse", "physician"], timezone.localdate(), later),
        (["carer"], timezone.localdate(), later),
        (["nurse"], date(1999, 1, 1), later),
        (["nurse"], timezone.localdate(), people[0].created_at),
    ):
        values = {"day": day, "now": now, **numbered(2, role=roles)}
        plain, kept = Q(pk__in=holding.plain(**values)), Q(pk__in=holding.of(**values))
        for condition in (lambda one: one, lambda one: ~one, lambda one: one | Q(email=people[1].email)):
            wanted = set(Person.objects.filter(condition(plain)))
            assert set(Person.objects.filter(condition(kept))) == wanted
            assert Person.objects.filter(condition(kept)).count() == len(wanted)
        through = RoleAssignment.objects.filter(Q(person__in=holding.of(**values)))
        assert {one.person for one in through} == set(Person.objects.filter(plain))
        # Inside another subquery, whose tables are the same, and beside another use of itself.
        outer = Person.objects.filter(
            kept, roles__in=RoleAssignment.objects.filter(person__in=through.values("person"))
        )
        assert set(outer.union(Person.objects.filter(kept))) == set(Person.objects.filter(plain))


def test_keys_stand_in_a_statement_and_take_its_values(scope: Scope) -> None:
    nurse, doctor = (make_person(f"{one}.loriot", one, scope) for one in (Role.NURSE, Role.PHYSICIAN))
    asked = {"day": timezone.localdate(), "now": timezone.now() + timedelta(days=1)}
    keys = _holding(1).of(day=given("on"), now=given("before"), role0=given("word"))
    found = Statement(lambda: Person.objects.filter(pk__in=keys))
    for role, person in (("nurse", nurse), ("physician", doctor)):
        assert found.rows(on=asked["day"], before=asked["now"], word=role) == [person]


def test_keys_that_cannot_be_give_none_and_an_instant_is_not_fixed_in_them(scope: Scope) -> None:
    nurse = make_person("ada.loriot", Role.NURSE, scope)
    none = Keys(lambda: Person.objects.filter(pk__in=[]).values("pk"))
    for _turn in range(2):
        assert not Person.objects.filter(pk__in=none.of()).exists()
        assert set(Person.objects.filter(~Q(pk__in=none.of()), pk=nurse.pk)) == {nurse}
    fixed = Keys(lambda: Person.objects.filter(created_at__lt=timezone.now()).values("pk"))
    with pytest.raises(ValueError, match="let it be given"):
        Person.objects.filter(pk__in=fixed.of()).exists()
    with pytest.raises(KeyError):
        Person.objects.filter(pk__in=_holding(1).of()).exists()
