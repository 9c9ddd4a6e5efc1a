"""The words in which the directory's pages say what its rules found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.directory.models import FACT_LABELS, Membership, Professional
from maillage.directory.queries import DatedFact, specialty
from maillage.directory.queries.professionals import offer_of
from maillage.directory.queries.vocabulary import language_names
from maillage.directory.rules import Precision
from maillage.directory.rules.freshness import Freshness
from maillage.directory.rules.practice import DecidingFact, Mode, Practice
from maillage.kernel import formats
from maillage.kernel.journal import target_of
from maillage.kernel.models import Entry
from maillage.kernel.tables import Column, Row, Table
from maillage.kernel.wording import verb

MODE_LABELS: dict[Mode, str | Promise] = {
    Mode.ISOLATED: gettext_lazy("Exercice isolé"),
    Mode.GROUPED: gettext_lazy("Exercice regroupé"),
    Mode.COORDINATED: gettext_lazy("Exercice coordonné"),
    Mode.UNKNOWN: gettext_lazy("Mode d’exercice inconnu"),
}
FRESHNESS_LABELS: dict[Freshness, tuple[str | Promise, str]] = {
    Freshness.FRESH: (gettext_lazy("à jour"), "good"),
    Freshness.STALE: (gettext_lazy("à confirmer"), "attention"),
    Freshness.UNDATED: (gettext_lazy("sans date"), "attention"),
}
PLACE_LABELS: dict[Precision, str | Promise] = {
    Precision.ADDRESS: gettext_lazy("adresse"),
    Precision.STREET: gettext_lazy("rue"),
    Precision.COMMUNE: gettext_lazy("centre"),
}


@dataclass(frozen=True, slots=True)
class FactLine:
    """A dated fact as a page shows it."""

    fact: DatedFact
    label: str
    mark: str
    kind: str


def facts(found: Iterable[DatedFact]) -> list[FactLine]:
    """Return dated facts with their words."""
    return [
        FactLine(
            one,
            str(FACT_LABELS[one.fact]),
            str(FRESHNESS_LABELS[one.freshness][0]),
            FRESHNESS_LABELS[one.freshness][1],
        )
        for one in found
    ]


def reason(practice: Practice) -> str:
    """Return why a mode of practice was found, in one sentence."""
    if practice.because is DecidingFact.KIND:
        text = _("Membre de « {name} » : la loi en fait un exercice coordonné.")
    elif practice.because is DecidingFact.PROJECT:
        text = _("« {name} » a un projet de santé partagé et une coordination formelle.")
    elif practice.because is DecidingFact.COLLEAGUES:
        text = ngettext(
            "{count} autre professionnel exerce à « {name} », sans projet partagé connu.",
            "{count} autres professionnels exercent à « {name} », sans projet partagé connu.",
            practice.colleagues,
        )
    elif practice.because is DecidingFact.ALONE:
        text = _("Personne d’autre n’exerce à « {name} ».")
    else:
        text = _("Aucun lieu d’exercice n’est connu.")
    return text.format(name=practice.name, count=practice.colleagues)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One write of a sheet: when, by whom, in which words, and why."""

    at: datetime
    by: str
    words: str
    reason: str


def history(professional: Professional, limit: int = 20) -> list[HistoryLine]:
    """Return what the journal says of a sheet, the latest first."""
    rows = Entry.objects.filter(target=target_of(professional)).select_related("by").order_by("-position")
    return [
        HistoryLine(row.at, str(row.by) if row.by else _("Maillage"), str(verb(row.verb)), row.reason)
        for row in rows[:limit]
    ]


def languages(professional: Professional) -> str:
    """Return the languages spoken, in words."""
    known = language_names()
    return ", ".join(known.get(code, code) for code in professional.spoken)


def team(members: Iterable[Membership]) -> list[tuple[Membership, str]]:
    """Return the members of a structure with what each does."""
    return [(one, specialty(one.professional)) for one in members]


def professionals_table(
    found: Iterable[Professional],
    memberships: dict[int, list[Membership]],
    practices: dict[int, Practice],
    csv_url: str = "",
) -> Table:
    """Return professionals as a table; `code` ties each row to the commune of the first place."""
    columns = [
        Column("name", _("Nom")),
        Column("profession", _("Profession")),
        Column("commune", _("Commune")),
        Column("structure", _("Structure")),
        Column("mode", _("Mode d’exercice")),
        Column("new_patients", _("Nouveaux patients")),
        Column("languages", _("Langues")),
    ]
    rows = [_row(one, memberships[one.pk], practices[one.pk]) for one in found]
    caption = _("Professionnels")
    return Table("professionals", caption, columns, rows, csv_url=csv_url, sort="name")


def _row(one: Professional, memberships: list[Membership], practice: Practice) -> Row:
    first = memberships[0] if memberships else None
    place = (first.place or first.structure) if first else None
    offers = [offer for membership in memberships if (offer := offer_of(membership))]
    told = [offer.new_patients for offer in offers if offer.new_patients is not None]
    return Row(
        cells={
            "name": f"{one.last_name} {one.first_name}".strip(),
            "profession": specialty(one),
            "commune": place.commune.name if place and place.commune else None,
            "structure": first.structure.title if first else None,
            "mode": str(MODE_LABELS[practice.mode]),
            "new_patients": yes_no(any(told)) if told else None,
            "languages": languages(one),
        },
        code=(place.commune_id or "") if place else "",
        url=reverse("directory:professional", args=[one.pk]),
    )


def yes_no(value: bool | None) -> str:
    """Return « oui », « non », or the mark of the unknown."""
    if value is None:
        return formats.UNKNOWN
    return _("oui") if value else _("non")


def hours(membership: Membership) -> list[tuple[str, str]]:
    """Return the opening hours of a membership: the day, then its stretches in words."""
    offer = offer_of(membership)
    names = [
        _("lundi"), _("mardi"), _("mercredi"), _("jeudi"), _("vendredi"), _("samedi"), _("dimanche"),
    ]  # fmt: skip
    days: dict[int, list[str]] = {}
    for row in offer.hours.all() if offer else []:
        days.setdefault(row.weekday, []).append(
            f"{formats.time_short(row.opens_at)} – {formats.time_short(row.closes_at)}"
        )
    return [(names[day], ", ".join(stretches)) for day, stretches in sorted(days.items())]


def services(membership: Membership) -> list[tuple[str, str]]:
    """Return what a membership offers, each with « oui », « non » or unknown."""
    offer = offer_of(membership)
    place = membership.place
    lines = [(_("Accessible en fauteuil"), yes_no(place.wheelchair if place else None))]
    if offer is None:
        return lines
    lines += [
        (_("Nouveaux patients"), yes_no(offer.new_patients)),
        (_("Visites à domicile"), yes_no(offer.home_visits)),
        (_("Téléconsultation"), yes_no(offer.remote)),
        (_("Convention"), str(offer.get_sector_display())),
    ]
    if offer.age_min is not None or offer.age_max is not None:
        lines.append((_("Âges"), _ages(offer.age_min, offer.age_max)))
    if offer.motives:
        lines.append((_("Motifs acceptés"), ", ".join(offer.motives)))
    return lines


def _ages(low: int | None, high: int | None) -> str:
    if high is None:
        return _("à partir de {low} ans").format(low=low) if low else _("tous")
    return _("de {low} à {high} ans").format(low=low or 0, high=high)
