"""The attendance sheet of a meeting, always in French: who is convened, the quorum, where to sign."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from maillage.governance.models import BODY_LABELS, OFFICE_LABELS, REPLY_LABELS, Summons
from maillage.governance.pages import words
from maillage.governance.queries.sittings import SittingSeen
from maillage.governance.rules.vocabulary import BodyKind, Office, Reply
from maillage.kernel import formats, printing

_SHEET = files("maillage.governance.pages") / "attendance.typ"


def sheet_pdf(found: SittingSeen) -> bytes:
    """Return the sheet of a meeting as a PDF: what each answered, who signed in already, a place to sign."""
    sitting, moment = found.sitting, timezone.now()
    with override("fr"), timezone.override(sitting.body.scope.zone):
        return printing.pdf(_SHEET, _printed(found), timezone.localdate(moment))


def _printed(found: SittingSeen) -> dict[str, Any]:
    sitting = found.sitting
    colleges: dict[str, list[list[str]]] = {}
    for one in found.summons:
        colleges.setdefault(one.seat.college.name, []).append(_line(one))
    starts = timezone.localtime(sitting.starts_at)
    return {
        "title": sitting.body.name,
        "subject": _("Feuille d’émargement"),
        "kind": str(BODY_LABELS[BodyKind(sitting.body.kind)]),
        "where": sitting.body.scope.label,
        "when": formats.date_long(starts),
        "place": sitting.place or _("visioconférence"),
        "quorum": _quorum(found),
        "rules": " ".join(words.rules_words(sitting)),
        "colleges": [[name, rows] for name, rows in colleges.items()],
        "labels": {
            "kind": _("Instance"), "where": _("Territoire"), "when": _("Date"), "place": _("Lieu"),
            "quorum": _("Quorum"), "rules": _("Règles"), "name": _("Nom"), "reply": _("Réponse"),
            "arrived": _("Arrivée"), "signature": _("Signature"), "nobody": _("Personne n’est convoqué."),
            "present": _("Voix présentes"), "represented": _("Voix représentées"),
            "reached": _("Quorum atteint (oui ou non)"),
            "sign_president": _("La présidence"), "sign_secretary": _("Le secrétariat"),
        },
        "vintage": _("Imprimé le {moment} depuis Maillage.").format(
            moment=formats.date_long(timezone.localtime(timezone.now()))
        ),
    }  # fmt: skip


def _quorum(found: SittingSeen) -> str:
    """Return how many voices the meeting takes, to vote, of how many; then those noted already."""
    quorum = found.quorum
    if not found.sitting.quorum_percent:
        return _("Aucun quorum n’est demandé.")
    said = ngettext(
        "Il faut {needed} voix, présente ou représentée, sur {voices}.",
        "Il faut {needed} voix, présentes ou représentées, sur {voices}.",
        quorum.needed,
    ).format(needed=formats.number(quorum.needed), voices=formats.number(quorum.voices))
    if quorum.by_college:
        names = {one.seat.college_id: one.seat.college.name for one in found.summons}
        each = formats.listed(
            _("{needed} sur {voices} pour {name}").format(
                needed=formats.number(one.needed), voices=formats.number(one.voices),
                name=names.get(one.college, ""),
            )
            for one in quorum.colleges
        )  # fmt: skip
        said = " ".join((said, _("Chaque collège a le sien : {each}.").format(each=each)))
    if quorum.here:
        noted = _("Déjà notées : {present} présentes, {represented} représentées.").format(
            present=formats.number(quorum.present), represented=formats.number(quorum.represented)
        )
        said = " ".join((said, noted))
    return said


def _line(one: Summons) -> list[str]:
    seat = one.seat
    office = "" if seat.office == Office.MEMBER.value else str(OFFICE_LABELS[Office(seat.office)])
    stands = seat.stands_for
    if seat.deputises is not None:
        stands = _("supplée {name}").format(name=seat.deputises.holder)
    reply = str(REPLY_LABELS[Reply(one.reply)])
    if one.proxy_to is not None:
        reply = _("pouvoir à {name}").format(name=one.proxy_to.holder)
    signed = _("émargé dans Maillage") if one.is_here else ""
    return [seat.holder, ", ".join(part for part in (office, stands) if part), reply, signed]
