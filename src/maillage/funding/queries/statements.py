"""Statements of professionals and the indemnities in them."""

from __future__ import annotations

from datetime import date

from maillage.funding.models import Indemnity, PayStatement
from maillage.funding.queries.times import Payee, holder
from maillage.funding.rules.vocabulary import StatementState
from maillage.kernel.models import Person, Scope


def indemnities_of(scope: Scope, who: Payee, year: int) -> list[Indemnity]:
    """Return the standing indemnities of somebody in a year of a scope, the first one first."""
    rows = Indemnity.objects.in_scope(scope).filter(
        **holder(who), day__year=year, operation__reversed_by=None
    )
    return list(rows.select_related("operation", "statement_line__statement").order_by("day", "pk"))


def to_state(scope: Scope, who: Payee, first: date, last: date) -> list[Indemnity]:
    """Return the standing indemnities of somebody between two days that are in no statement."""
    rows = Indemnity.objects.in_scope(scope).filter(
        **holder(who), day__gte=first, day__lte=last, operation__reversed_by=None, statement_line=None
    )
    return list(rows.order_by("day", "pk"))


def lines_of(statement: PayStatement) -> list[Indemnity]:
    """Return the indemnities of a statement that was read in scope, by day."""
    rows = Indemnity.objects.in_scope(statement.scope).filter(statement_line__statement=statement)
    return list(rows.select_related("operation").order_by("day", "pk"))


def statement_seen_by(person: Person, pk: int) -> PayStatement | None:
    """Return a statement, for who sees pay in its scope, and for whom it pays once it is validated."""
    rows = PayStatement.objects.for_person(person).select_related(
        "scope", "professional__account", "person", "validated_by", "payment", "by"
    )
    return rows.filter(pk=pk).first()


def statements_in(scope: Scope, limit: int = 200) -> list[PayStatement]:
    """Return the statements of a scope, the last ones first; one statement of the database."""
    rows = PayStatement.objects.in_scope(scope).select_related("professional", "person", "payment")
    return list(rows[:limit])


def own_statements(person: Person) -> list[PayStatement]:
    """Return the statements that pay `person`, drafts left out, the last ones first."""
    rows = PayStatement.objects.of(person).exclude(state=StatementState.DRAFT.value)
    return list(rows.select_related("scope", "professional", "person", "payment"))


def own_indemnities(person: Person, year: int) -> list[Indemnity]:
    """Return what was validated for `person` in a year, the first one first."""
    rows = Indemnity.objects.of(person).filter(day__year=year, operation__reversed_by=None)
    return list(rows.select_related("operation", "scope", "statement_line__statement").order_by("day", "pk"))
