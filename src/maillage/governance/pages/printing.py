"""The minutes of a meeting on paper, always in French: who was there, the quorum, votes, decisions."""

from __future__ import annotations

from datetime import date, datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.governance.models import (
    BODY_LABELS,
    CHOICE_LABELS,
    MAJORITY_LABELS,
    OFFICE_LABELS,
    POINT_LABELS,
    MinutesApproval,
    Sitting,
)
from maillage.governance.rules.vocabulary import BodyKind, Choice, Majority, Office, PointKind
from maillage.kernel import formats, printing

_MINUTES = files("maillage.governance.pages") / "minutes.typ"


def minutes_pdf(sitting: Sitting, content: dict[str, Any], approval: MinutesApproval | None) -> bytes:
    """Return minutes as a PDF; approved, the same bytes each time."""
    moment = timezone.now() if approval is None else approval.at
    with override("fr"), timezone.override(sitting.body.scope.zone):
        data = printed(content, approval, moment)
        return printing.pdf(_MINUTES, data, timezone.localdate(moment))


def printed(content: dict[str, Any], approval: MinutesApproval | None, moment: datetime) -> dict[str, Any]:
    """Return what minutes say, in words, in the language and the zone that are active."""
    starts = datetime.fromisoformat(content["starts_at"]).astimezone(timezone.get_current_timezone())
    ends = datetime.fromisoformat(content["ends_at"]).astimezone(timezone.get_current_timezone())
    here = [one for one in content["people"] if one["is_here"] or one["spoken_by"]]
    others = [one for one in content["people"] if not one["is_here"] and not one["spoken_by"]]
    # Until it is closed, who has not been noted may still come; minutes kept before say nothing of it.
    unnoted = [one for one in others if not content["is_closed"] and not one.get("is_noted", True)]
    absent = [one for one in others if one not in unnoted]
    return {
        "title": content["body"],
        "kind": str(BODY_LABELS[BodyKind(content["kind"])]),
        "where": content["where"],
        "when": _("{day}, levée à {hour}").format(
            day=formats.date_long(starts), hour=formats.time_short(ends)
        )
        if content["is_closed"]
        else formats.date_long(starts),
        "place": content["place"] or _("visioconférence"),
        "state": _("Compte rendu approuvé par la séance du {day}.").format(
            day=formats.date_short(approval.approved_in.held_on)
        )
        if approval is not None
        else _("Projet de compte rendu, à approuver par la séance suivante."),
        "is_approved": approval is not None,
        "quorum": _quorum(content["quorum"], is_second=content["is_second"]),
        "people": [_person(one) for one in here],
        "absent": ", ".join(one["name"] for one in absent if not one["is_deputy"]),
        "unnoted": ", ".join(one["name"] for one in unnoted if not one["is_deputy"]),
        "points": [
            [one["title"], str(POINT_LABELS[PointKind(one["kind"])]), one["said"]]
            for one in content["points"]
        ],
        "votes": [_vote(one) for one in content["votes"]],
        "decisions": [
            [
                one["text"],
                one["action"] or "–",
                one["lead"] or "–",
                formats.date_short(date.fromisoformat(one["due"])) if one["due"] else "–",
            ]
            for one in content["decisions"]
        ],
        "labels": {
            "kind": _("Instance"), "where": _("Territoire"), "when": _("Date"), "place": _("Lieu"),
            "quorum": _("Quorum"), "people": _("Présents et représentés"), "absent": _("Absents"),
            "unnoted": _("Présence à noter"),
            "points": _("Ordre du jour"), "votes": _("Votes"), "decisions": _("Décisions"),
            "decision": _("Décision"), "action": _("Action"), "lead": _("Pilote"), "due": _("Avant le"),
            "name": _("Nom"), "college": _("Collège"), "presence": _("Présence"), "signature": _("Signature"),
            "nobody": _("Aucune présence notée."), "nothing": _("Aucune décision notée."),
            "sign_president": _("La présidence"), "sign_secretary": _("Le secrétariat"),
        },
        "vintage": _("Imprimé le {moment} depuis Maillage.").format(moment=formats.date_long(moment)),
    }  # fmt: skip


def _quorum(said: dict[str, Any], *, is_second: bool) -> str:
    values = {
        "here": formats.number(said["present"] + said["represented"]),
        "voices": formats.number(said["voices"]),
        "needed": formats.number(said["needed"]),
        "represented": formats.number(said["represented"]),
    }
    text = (
        _(
            "{here} voix sur {voices}, dont {represented} par pouvoir ; il en fallait {needed} : quorum "
            "atteint."
        )
        if said["is_reached"]
        else _(
            "{here} voix sur {voices}, dont {represented} par pouvoir ; il en fallait {needed} : quorum non "
            "atteint."
        )
    )
    more = " " + _("Seconde convocation.") if is_second else ""
    return text.format(**values) + more


def _person(one: dict[str, Any]) -> list[str]:
    office = "" if one["office"] == Office.MEMBER.value else str(OFFICE_LABELS[Office(one["office"])])
    name = ", ".join(part for part in (one["name"], office, one["stands_for"]) if part)
    if one["is_here"]:
        said = _("présent, en suppléance") if one["is_deputy"] else _("présent")
    else:
        said = _("voix portée par {name}").format(name=one["spoken_by"])
    return [name, one["college"], said]


def _vote(one: dict[str, Any]) -> dict[str, Any]:
    named = [f"{name} : {CHOICE_LABELS[Choice(choice)]}" for name, choice in one["named"]]
    return {
        "text": one["text"],
        "how": ", ".join(
            [
                _("vote secret") if one["is_secret"] else _("vote à main levée"),
                str(MAJORITY_LABELS[Majority(one["majority"])]),
            ]
        ),
        "result": _("Retiré sans être compté : trop peu de bulletins pour rester secret.")
        if one.get("is_void")
        else (
            _("Adopté : {yes} pour, {no} contre, abstention ou blanc : {blank}.")
            if one["is_carried"]
            else _("Rejeté : {yes} pour, {no} contre, abstention ou blanc : {blank}.")
        ).format(yes=one["yes"], no=one["no"], blank=one["blank"]),
        "colleges": [
            _("{name} : {yes} pour, {no} contre, abstention ou blanc : {blank}").format(**each)
            for each in one["colleges"]
        ],
        "named": " ; ".join(named),
    }
