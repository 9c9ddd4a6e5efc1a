"""Each line of the journal goes to the chain of its territory: what is of none says so."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import maillage
from maillage.kernel import actions, journal
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.factories import make_commune, make_person

PACKAGE = Path(maillage.__file__).parent
#: What is of the whole installation: accounts, sessions, backups, national data, the sheets of the national
#: directory, a doctor's own quota, somebody's own preference.
OF_THE_INSTALLATION = {
    "directory.confirmation_answered",
    "directory.confirmation_asked",
    "directory.import_undone",
    "directory.imported",
    "directory.merge_undone",
    "directory.merged",
    "directory.professional_corrected",
    "directory.professional_created",
    "directory.sheet_changed",
    "exchange.preference_set",
    "kernel.account_closed",
    "kernel.backup_made",
    "kernel.backup_restored",
    "kernel.person_invited",
    "kernel.person_withdrawn",
    "kernel.read_unscoped",
    "kernel.signed_in",
    "kernel.signed_out",
    "kernel.withdrawal_done",
    "orientation.sheets_prepared",
    "people.quota_set",
    "people.support_answered",
    "territory.pack_imported",
    "territory.travel_matrix_deleted",
    "territory.travel_matrix_imported",
}


def records(source: str) -> Iterator[ast.Call]:
    """Yield the calls of a module that write a line of the journal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"journal.record", "journal.Line"}:
            yield node


def scope_of(call: ast.Call) -> str | None:
    """Return the expression that a call gives as the scope; None where it gives none."""
    if len(call.args) > 5:  # the sixth of `Line`
        return ast.unparse(call.args[5])
    return next((ast.unparse(one.value) for one in call.keywords if one.arg == "scope"), None)


def test_every_line_says_its_scope_or_that_it_has_none() -> None:
    calls = [
        (module.relative_to(PACKAGE), call)
        for module in sorted(PACKAGE.rglob("*.py"))
        for call in records(module.read_text())
    ]
    assert len(calls) > 40
    assert [f"{place}:{call.lineno}" for place, call in calls if scope_of(call) is None] == []


def test_only_what_is_of_the_installation_has_no_scope() -> None:
    written = {
        text.value
        for module in PACKAGE.rglob("*.py")
        for call in records(module.read_text())
        if scope_of(call) == "None"
        for one in call.keywords
        if one.arg == "verb"
        for text in ast.walk(one.value)
        if isinstance(text, ast.Constant)
    }
    assert written - OF_THE_INSTALLATION == set()


def test_a_call_without_a_scope_is_found() -> None:
    (bare,) = records('journal.record(by=by, verb="a.b", target="c", changes={})')
    (scoped,) = records('journal.record(by=by, verb="a.b", target="c", changes={}, scope=place.scope_id)')
    assert scope_of(bare) is None
    assert scope_of(scoped) == "place.scope_id"


@pytest.mark.django_db(transaction=True)  # a transaction writes in one chain only
def test_a_territory_and_what_is_done_in_it_are_in_its_own_chain(db: None) -> None:
    make_commune("71001")
    make_commune("71002")
    keeper = make_person("camille.bruyere", Role.ADMINISTRATOR, None)
    place = territory.create_territory(
        by=keeper, kind=territory.TerritoryKind.CPTS, name="Val-de-Brume", codes=["71001"]
    )
    territory.change_perimeter(by=keeper, territory=place, codes=["71001", "71002"])
    assert set(Entry.objects.values_list("chain", flat=True)) == {place.scope_id}
    assert journal.verify().intact


@pytest.mark.django_db(transaction=True)  # a transaction writes in one chain only
def test_a_role_in_a_scope_is_told_in_its_chain(scope: Scope, nurse: Person) -> None:
    given = actions.grant_role(by=None, person=nurse, role=Role.REGULATOR, scope=scope)
    actions.end_role(by=None, assignment=given, reason="départ")
    told = Entry.objects.filter(target=journal.target_of(nurse), verb__startswith="kernel.role_")
    assert {one.chain for one in told} == {scope.pk}
    actions.grant_role(by=None, person=nurse, role=Role.DPO)
    assert told.latest("position").chain == journal.INSTALLATION
