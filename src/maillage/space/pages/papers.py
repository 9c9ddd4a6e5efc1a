"""What is printed: the invitation handed over, and the letter worth the pages. Always in French."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.kernel import formats, printing
from maillage.space.models import EntryCode, Letter
from maillage.space.pages import wording

TEMPLATE = files("maillage.space.pages") / "letter.typ"


def invitation_pdf(row: EntryCode, code: int, address: str, by: str) -> bytes:
    """Return the paper that a professional hands over: the address, the code, what to do."""
    patient = row.patient
    with override("fr"):
        day = formats.date_long(timezone.localdate(row.expires_at, patient.scope.zone))
        return _pdf(
            title=_("Votre espace personnel"),
            to=[patient.name],
            texts=[
                _("Vous pouvez voir vos rendez-vous, vos papiers et qui vous soigne. C’est gratuit."),
                _("1. Visez le carré ci-dessous avec votre téléphone, ou tapez l’adresse."),
                _("2. Tapez ce code : {code}.").format(code=f"{str(code)[:3]} {str(code)[3:]}"),
                _("3. Tapez votre date de naissance."),
                _("Ce papier sert une seule fois, jusqu’au {day}.").format(day=day),
                _("Ne le donnez à personne. Vous l’avez perdu ? Demandez-en un autre."),
                _("Vous n’aimez pas les écrans ? Demandez une lettre : elle dit la même chose."),
            ],
            sections=[],
            address=address,
            caption=_("Votre espace"),
            note=_("Remis par {name}.").format(name=by),
            now=row.asked_at,
        )


def letter_pdf(letter: Letter, content: LetterContent, address: str) -> bytes:
    """Return the letter: the next appointments, who does what, whom to call, who prepared it and why."""
    patient = letter.patient
    with override("fr"):
        return _pdf(
            title=_("Vos soins : ce qui est prévu"),
            to=[patient.name, *content.home],
            texts=[_("Voici vos prochains rendez-vous, et qui fait quoi pour vous.")],
            sections=[
                {
                    "title": _("Vos prochains rendez-vous"),
                    "empty": _("Aucun rendez-vous prévu. Pour en prendre un, appelez."),
                    "columns": [_("Quand"), _("Avec qui, où"), _("Pour changer, appelez")],
                    "rows": content.appointments,
                },
                {
                    "title": _("Qui fait quoi pour vous"),
                    "empty": _("Rien n’est encore écrit. Parlez-en à votre médecin."),
                    "columns": [_("Qui"), _("Quoi")],
                    "rows": content.who_does_what,
                },
                {
                    "title": _("Qui appeler"),
                    "empty": "",
                    "columns": [_("Pour"), _("Numéro")],
                    "rows": content.numbers,
                },
            ],
            address=address,
            caption=_("La même chose sur votre téléphone"),
            note=wording.prepared_by(letter),
            now=letter.at,
        )


class LetterContent:
    """What a letter says, read by whoever prepares it: lines of text, each ready to print."""

    def __init__(
        self,
        home: Sequence[str],
        appointments: Sequence[Sequence[str]],
        who_does_what: Sequence[Sequence[str]],
        numbers: Sequence[Sequence[str]],
    ) -> None:
        self.home, self.appointments = list(home), [list(one) for one in appointments]
        self.who_does_what, self.numbers = (
            [list(one) for one in who_does_what],
            [list(one) for one in numbers],
        )


def _pdf(*, now: datetime, address: str, caption: str, **said: Any) -> bytes:
    data = said | {
        "day": formats.date_long(timezone.localdate(now)),
        "qr": printing.qr(address),
        "address": address,
        "caption": caption,
    }
    return printing.pdf(TEMPLATE, data, timezone.localdate(now))
