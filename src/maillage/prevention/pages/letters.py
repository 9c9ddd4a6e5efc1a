"""Letters of a campaign, in French, one a page: what is offered, whom to call; no result, no diagnosis."""

from __future__ import annotations

from importlib.resources import files

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.kernel import formats, printing
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.people import api as people
from maillage.people.api import Patient
from maillage.prevention.actions.invitations import own_sheet
from maillage.prevention.models import Campaign, LetterRun
from maillage.prevention.queries.targets import target_of

_LETTERS = files("maillage.prevention.pages") / "letters.typ"


def letters_pdf(reader: Person, campaign: Campaign, run: LetterRun, patients: list[Patient]) -> bytes:
    """Return the letters of a run as a PDF: the same bytes each time."""
    with override("fr"), timezone.override(campaign.scope.zone):
        sender = campaign.caller or own_sheet(reader)
        who = str(sender) if sender is not None else campaign.scope.label
        phone = written_phone(sender.phone) if sender is not None and sender.phone else ""
        target = target_of(campaign.target).rule.label
        offered = _("Votre équipe de soins vous propose un acte : {act}.").format(act=target)
        free = _(
            "Rien ne vous y oblige. Si vous l’avez déjà fait, ou si vous ne le souhaitez pas, "
            "dites-le-nous : nous ne vous écrirons plus à ce sujet."
        )
        call = (
            _("Pour en parler ou prendre rendez-vous, appelez {who} au {phone}.").format(who=who, phone=phone)
            if phone
            else _("Pour en parler ou prendre rendez-vous, parlez-en à {who}.").format(who=who)
        )
        day = timezone.localdate(run.at)
        content = {
            "title": _("Lettres de prévention"),
            "day": formats.date_long(day),
            "from": [who, campaign.scope.label],
            "heading": _("Un rendez-vous de prévention"),
            "texts": [_("Bonjour,"), offered, call, free],
            "sign": who,
            "note": _("Courrier envoyé par votre équipe de soins, imprimé depuis Maillage."),
            "letters": [{"to": [one.name, *_home(reader, one)]} for one in patients],
        }
    return printing.pdf(_LETTERS, content, day)


def _home(reader: Person, patient: Patient) -> list[str]:
    address = people.address_of(by=reader, patient=patient)
    if address is None:
        return [_("(adresse inconnue : à compléter)")]
    town = f"{address.postcode} {address.commune.name if address.commune else ''}".strip()
    return [one for one in (address.line, town) if one] or [_("(adresse inconnue : à compléter)")]
