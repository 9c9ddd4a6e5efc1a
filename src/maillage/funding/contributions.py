"""What `funding` brings to the shared pages: its entries, what is late or to read, invented accounts."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.funding.actions.demonstration import create_demonstration_funding
from maillage.funding.models import Contract, PayStatement
from maillage.funding.queries.contracts import places_of
from maillage.funding.queries.ledger import planned_and_spent
from maillage.funding.rules.vocabulary import StatementState
from maillage.kernel import clock, formats
from maillage.kernel.contributions import (
    SHOWN,
    Block,
    Contribution,
    Entry,
    Fate,
    Line,
    Processing,
    Verb,
    Waiting,
    Withdrawal,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.territory.api import Territory


def budget_left(person: Person) -> Waiting | None:
    """Return what of the budget of the year is spent, in the first territory of a person; two statements."""
    places = places_of(person)
    if not places:
        return None
    year = clock.today(places[0]).year
    planned, spent = planned_and_spent(places[0], year)
    if not planned:
        return None
    said = (
        _("{share} du budget de {year} dépensé, il reste {left}")
        if spent <= planned
        else _("{share} du budget de {year} dépensé : il est dépassé de {left}")
    )
    left = formats.euros(abs(planned - spent), whole=True)
    return Waiting(
        _("Budget"),
        said=said.format(share=formats.percent(spent / planned), year=year, left=left),
        url=reverse("funding:overview", args=[places[0].pk]),
        gesture=_("Voir le financement"),
    )


def unread_statements(person: Person) -> Waiting | None:
    """Return the statements that a person has not read yet; one statement of the database."""
    rows = PayStatement.objects.of(person).filter(read_at=None).exclude(state=StatementState.DRAFT.value)
    found = list(rows.select_related("scope").order_by("-last_day", "-pk")[:SHOWN])
    said = ngettext("{count} relevé d’indemnités à lire", "{count} relevés d’indemnités à lire", len(found))
    return rows_waiting(
        _("Mes indemnités"),
        found,
        _line,
        said,
        url=reverse("funding:own"),
        gesture=_("Toutes mes indemnités"),
    )


def _line(one: PayStatement) -> Line:
    days = f"{formats.date_short(one.first_day)} – {formats.date_short(one.last_day)}"
    return Line(days, reverse("funding:statement", args=[one.pk]), one.scope.label)


def count_owed(person: Person) -> int:
    """Return how many statements of somebody are not paid yet: they stay owed to who leaves."""
    rows = PayStatement.objects.of(person).exclude(state=StatementState.PAID.value)
    return rows.count()


def demonstrate(place: Territory, _now: datetime) -> None:
    """Give the territory invented contracts and accounts."""
    create_demonstration_funding(place=place)


CONTRIBUTION = Contribution(
    "funding",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Financement"),
            "funding:index",
            "calculator",
            lazy("Contrats, versements attendus, budget par mission, indemnités et comptes."),
            Permission.VIEW_FUNDING,
            order=15,
        ),
        Entry(
            Verb.ACT,
            lazy("Mes indemnités"),
            "funding:own",
            "calculator",
            lazy("Ce que mes réunions, astreintes et formations m’ont valu."),
            Permission.VIEW_ROSTER,
            order=90,
        ),
    ),
    first_screen=(
        Block("funding.budget", {Role.COORDINATOR: 6, Role.BOARD: 1}, budget_left),
        Block(
            "funding.statements",
            dict.fromkeys(
                (
                    Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.MIDWIFE, Role.PHYSIOTHERAPIST,
                ),
                60,
            ),
            unread_statements,
        ),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Contract,),
    withdrawals=(
        Withdrawal(
            "funding.owed",
            lazy("Relevés d’indemnités à payer : ils restent dus"),
            Fate.STAYS,
            count_owed,
            covers=("funding.paystatement.person", "funding.paystatement.professional"),
            otherwise=lazy("la coordination les paie"),
        ),
    ),
    told_of_leavers=(
        "funding.account.professional", "funding.account.person", "funding.timegiven.professional",
        "funding.sharingpart.professional", "funding.sharingpart.person",
        "funding.timegiven.person", "funding.indemnity.professional", "funding.indemnity.person",
    ),
    processing=Processing(
        lazy("Financement et indemnités"),
        lazy("Tenir les contrats et les comptes du territoire, indemniser le temps des professionnels."),
        lazy("Professionnels indemnisés, personnes qui tiennent les comptes"),
        lazy("La personne payée, la coordination, la gouvernance du territoire, l’expert-comptable"),
    ),
)  # fmt: skip
