"""What `indicators` brings to the shared pages: its entry, what moved since the last publication."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.indicators.actions.demonstration import create_demonstration_indicators
from maillage.indicators.computations.catalogue import INDICATORS
from maillage.indicators.models import FileImport, PublishedValue
from maillage.indicators.pages import words
from maillage.indicators.queries.published import last_published, moves
from maillage.kernel.contributions import (
    Block,
    Contribution,
    Entry,
    Line,
    Processing,
    Verb,
    Waiting,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.territory.api import Territory


def moved(person: Person) -> Waiting | None:
    """Return the indicators whose last published value differs from the one before; one statement."""
    pairs = [
        pair for pair in moves(last_published(person)) if pair[0].indicator in INDICATORS and _differs(*pair)
    ]
    said = ngettext("{count} indicateur a bougé", "{count} indicateurs ont bougé", len(pairs))
    return rows_waiting(
        _("Indicateurs qui ont bougé"),
        pairs,
        _line,
        said,
        url=reverse("indicators:index"),
        gesture=_("Tous les indicateurs"),
    )


def _differs(now: PublishedValue, then: PublishedValue) -> bool:
    """Return whether two values differ beyond what each of their intervals leaves open."""
    return now.low > then.value or now.high < then.value


def _line(pair: tuple[PublishedValue, PublishedValue]) -> Line:
    now, then = pair
    one = INDICATORS[now.indicator]
    address = reverse("indicators:card", args=[now.scope.territory.slug, one.key])
    detail = _("{value}, {change} depuis {when}").format(
        value=words.amount(one, now.value),
        change=words.move_words(one, then.value, now.value),
        when=words.period_words(then.period),
    )
    return Line(str(one.label), f"{address}?periode={now.period.written}", detail)


def warm() -> None:
    """Load the engine of the figures, and write the first expression."""
    from maillage.indicators.computations.cubes import frame, on_duckdb, read

    with on_duckdb({"cases": frame("cases", [])}) as tables:
        read(tables["cases"].limit(1))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory invented files, and values published from them."""
    create_demonstration_indicators(place=place, now=now)


CONTRIBUTION = Contribution(
    "indicators",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Indicateurs"),
            "indicators:index",
            "list-check",
            lazy("Une définition par indicateur, jusqu’aux lignes dont il est fait."),
            Permission.VIEW_INDICATORS,
            order=10,
            within=("indicators:catalogue", "indicators:card", "indicators:rows", "indicators:imports"),
        ),
    ),
    first_screen=(
        Block("indicators.moved", {Role.ANALYST: 2, Role.BOARD: 3, Role.PREVENTION_LEAD: 3}, moved),
    ),
    demonstrate=demonstrate,
    warm=warm,
    named_in_journal=(FileImport, PublishedValue),
    told_of_leavers=("indicators.fileimport.by", "indicators.publishedvalue.by"),
    processing=Processing(
        lazy("Indicateurs du territoire"),
        lazy("Compter l’activité et l’accès aux soins, sans nommer personne ; publier les valeurs."),
        lazy("Patients, en comptes ; personnes qui publient une valeur"),
        lazy("Coordination, analyse, conseil et prévention du territoire"),
    ),
)
