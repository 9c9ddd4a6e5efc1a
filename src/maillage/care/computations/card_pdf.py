"""Crisis cards on paper: one, all those of a home, or one with the circumstances of a transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from maillage.care.computations.cards import SaidPart, said_card, who
from maillage.care.models import AcuteEvent, Booklet, CrisisCard, Stay
from maillage.care.models.acute_events import DECIDER_LABELS
from maillage.care.rules.transfers import Decider
from maillage.kernel import formats, printing
from maillage.people import api as people

TEMPLATE = files("maillage.care.computations") / "card.typ"
Data = dict[str, Any]


def card_pdf(patient: people.Patient, stay: Stay | None, card: CrisisCard | None) -> bytes:
    """Return the crisis card of a resident, in French, on one page."""
    with override("fr"):
        title = _("Fiche de nuit")
        return _pdf(title, [_card(patient, stay, card)], cover=None, event=None)


def transfer_pdf(event: AcuteEvent, card: CrisisCard | None) -> bytes:
    """Return the liaison sheet of a transfer: the circumstances, then the card and what the file adds."""
    with override("fr"):
        patient = event.stay.patient
        return _pdf(
            _("Fiche de liaison vers les urgences"),
            [_card(patient, event.stay, card, whole=True)],
            cover=None,
            event=_event(event),
        )


def booklet_pdf(booklet: Booklet, stays: Sequence[Stay], cards: Mapping[int, CrisisCard]) -> bytes:
    """Return the cards of a home behind a page that counts them, in French."""
    with override("fr"):
        counted = ngettext("{count} fiche", "{count} fiches", booklet.cards).format(count=booklet.cards)
        lines = [
            _("{home}, soir du {day}").format(home=booklet.home.name, day=formats.date_long(booklet.day))
        ]
        lines.append(counted)
        if booklet.without_card:
            text = ngettext(
                "{count} résident sans fiche", "{count} résidents sans fiche", booklet.without_card
            )
            lines.append(text.format(count=booklet.without_card))
        if booklet.left_out:
            text = ngettext(
                "{count} résident n’y est pas : pas encore informé, ou opposé au partage",
                "{count} résidents n’y sont pas : pas encore informés, ou opposés au partage",
                booklet.left_out,
            )
            lines.append(text.format(count=booklet.left_out))
        shown = [_card(one.patient, one, cards.get(one.patient_id)) for one in stays]
        names = [f"{one.room} · {one.patient.name}".removeprefix(" · ") for one in stays]
        cover = {"lines": lines, "names": names}
        return _pdf(_("Cahier des fiches de nuit"), shown, cover=cover, event=None)


def _pdf(title: str, cards: list[Data], *, cover: Data | None, event: Data | None) -> bytes:
    now = timezone.localtime()
    made = _("Établi par Maillage le {day} à {hour}. En cas de signe qui engage la vie : le 15.")
    data = {
        "title": title,
        "cards": cards,
        "cover": cover,
        "event": event,
        "made": made.format(day=formats.date_short(now), hour=formats.time_short(now)),
        "missing": _("non renseigné"),
        "lacks": _("Il manque"),
    }
    return printing.pdf(TEMPLATE, data, now.date())


def _card(
    patient: people.Patient, stay: Stay | None, card: CrisisCard | None, *, whole: bool = False
) -> Data:
    said = said_card(card)
    doctor = patient.referring_doctor
    where = [stay.home.name if stay else ""]
    where.append(_("chambre {room}").format(room=stay.room) if stay and stay.room else "")
    rest = [_part(one) for one in (*said.rest, *(said.beyond if whole else ()))]
    rest.append(
        {
            "label": _("Médecin traitant"),
            "lines": [doctor.name if doctor else ""] if doctor else [],
            "phone": doctor.phone if doctor else "",
            "missing": doctor is None,
            "marked": False,
        }
    )
    return {
        "who": who(patient),
        "where": ", ".join(filter(None, where)),
        "first": [_part(one) for one in said.first],
        "rest": rest,
        "lacks": ", ".join(said.lacks),
        "revised": said.revised,
    }


def _part(one: SaidPart) -> Data:
    return {
        "label": one.label,
        "lines": list(one.lines),
        "phone": one.phone_said,
        "missing": one.is_missing,
        "marked": one.is_marked,
    }


def _event(event: AcuteEvent) -> Data:
    at = timezone.localtime(event.at)
    lines = [
        (_("Constaté"), f"{formats.date_short(at)}, {formats.time_short(at)}, {event.by.get_full_name()}"),
        (_("Ce qui se passe"), event.reason),
    ]
    if event.advice:
        lines.append((_("Conseil reçu"), f"{event.advised_by} : {event.advice}"))
    if event.decider:
        lines.append((_("Décidé par"), str(DECIDER_LABELS[Decider(event.decider)])))
    transfer = getattr(event, "transfer", None)
    if transfer is not None:
        left = timezone.localtime(transfer.left_at)
        lines.append((_("Départ"), f"{formats.time_short(left)} {transfer.destination}".strip()))
    return {"lines": [list(one) for one in lines], "title": _("Motif et circonstances")}
