"""What a home brings to the shared pages: the cards to complete, who is away, the card beside a request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.agenda import api as agenda
from maillage.care.computations.cards import SaidPart, said_card
from maillage.care.pages.home_presenters import moment
from maillage.care.queries import homes as queries
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Line, PanelContent, Waiting
from maillage.kernel.models import Person

#: Days ahead in which a consultation at the home is shown.
AHEAD = timedelta(days=14)


def cards_to_complete(person: Person) -> Waiting | None:
    """Say how many live in the homes of a person, and how many cards are incomplete; by room, no name."""
    found = queries.rooms_to_complete(person)
    if not found.residents:
        return None
    rooms = found.rooms[:SHOWN]
    lines = tuple(
        Line(
            _("Chambre {room}").format(room=one.room) if one.room else _("Sans chambre notée"),
            reverse("care:card", args=[one.patient]),
            _("fiche à remplir") if one.is_empty else _("fiche incomplète"),
        )
        for one in rooms
    )
    said = ngettext("{count} résident", "{count} résidents", found.residents)
    count = len(found.rooms)
    cards = ngettext("{count} fiche de nuit incomplète", "{count} fiches de nuit incomplètes", count)
    sentence = said.format(count=formats.number(found.residents))
    if count:
        sentence += ", " + cards.format(count=formats.number(count))
    return Waiting(
        _("Fiches de nuit à compléter") if count else _("Résidents"),
        lines,
        sentence,
        reverse("care:residents") + ("?voir=a-completer" if count else ""),
        _("Compléter les fiches") if count else _("Voir les résidents"),
    )


def away_or_to_review(person: Person) -> Waiting | None:
    """Say who is at the emergency department, and what peers have to review; by room, no name."""
    rows = queries.open_events(person)
    if not rows:
        return None
    lines = tuple(
        Line(
            _("Chambre {room}").format(room=one.stay.room) if one.stay.room else _("Un résident"),
            reverse("care:event", args=[one.pk]),
            queries.state_of_event(one).format(when=moment(one.at)),
        )
        for one in rows[:SHOWN]
    )
    away = sum(queries.is_away(one) for one in rows)
    said = ngettext("{count} résident parti aux urgences", "{count} résidents partis aux urgences", away)
    return Waiting(
        _("Transferts et retours"),
        lines,
        said.format(count=formats.number(away)) if away else "",
        reverse("care:transfers"),
        _("Ouvrir les transferts"),
    )


def advanced_consultations(person: Person) -> Waiting | None:
    """Say when somebody next holds a consultation in the homes of a person, in the slots shown to them."""
    now = timezone.now()
    slots = agenda.free_slots(person, now, now + AHEAD, [agenda.Kind.ADVANCED]).filter(
        schedule__structure__in=directory.homes_of(person)
    )
    rows = list(slots.select_related("agenda__territory__scope").order_by("starts_at")[:40])
    first: dict[tuple[Any, int], agenda.Slot] = {}
    for one in rows:
        first.setdefault((one.starts_at.astimezone(one.agenda.zone).date(), one.agenda_id), one)
    if not first:
        return None
    lines = tuple(
        Line(moment(one.starts_at), detail=f"{one.agenda} · {one.schedule}")
        for one in list(first.values())[:SHOWN]
    )
    return Waiting(_("Consultations ici"), lines, "")


def crisis_panel(_person: Person, patient: Any) -> PanelContent | None:
    """Return somebody's crisis card, as it is read beside a request and on their page."""
    card = queries.current_card(patient)
    stay = queries.stay_under_way(patient)
    if card is None and stay is None:
        return None
    said = said_card(card)
    place = ""
    if stay is not None:
        place = (
            f"{stay.home.name}, {_('chambre {room}').format(room=stay.room)}" if stay.room else stay.home.name
        )
    lacks = _("Il manque : {parts}.").format(parts=", ".join(said.lacks)) if said.lacks else ""
    return PanelContent(
        _("Fiche de nuit"),
        " ".join(filter(None, (f"{place}." if place else "", said.revised, lacks))),
        tuple(_line(one) for one in (*said.first, *said.rest)),
        reverse("care:card", args=[patient.pk]),
        _("Ouvrir la fiche de nuit"),
    )


def _line(one: SaidPart) -> Line:
    said = " · ".join(one.lines) or _("non renseigné")
    return Line(f"{one.label} : {said}", phone=one.phone, is_wrong=one.is_missing)
