"""Answering a convening, giving a proxy, signing in, noting who is there."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.governance.actions.reminders import tell
from maillage.governance.actions.writing import kept_sitting, locked_sitting, must_stand, record
from maillage.governance.models import BodySeat, Motion, Sitting, Summons, VoterSlip
from maillage.governance.queries import rights
from maillage.governance.rules.vocabulary import LONGEST, Reply
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule


def early() -> timedelta:
    """Return how long before its hour one may sign in to a meeting."""
    return timedelta(minutes=rule("governance.sittings.sign_minutes").value)


@transaction.atomic
def answer(*, by: Person, summons: Summons, reply: Reply, proxy_to: BodySeat | None = None) -> Summons:
    """Say whether one comes, or to whom one gives one's voice; another answer replaces it.

    By whoever was convened, or by who keeps the meeting for somebody who told them. Raises PermissionDenied,
    ValidationError.
    """
    sitting, row = _own(by, summons)
    if (reply is Reply.PROXY) is (proxy_to is None):
        raise ValidationError({"proxy_to": _("Dites à qui vous donnez pouvoir.")})
    if (row.reply, row.proxy_to) == (reply.value, proxy_to):
        return row
    _must_not_have_voted(sitting, row)
    _must_not_be_secret(sitting)
    if proxy_to is not None:
        _check_proxy(sitting, row, proxy_to)
    row.reply, row.proxy_to = reply.value, proxy_to
    row.replied_at, row.replied_by = timezone.now(), by
    row.save(update_fields=["reply", "proxy_to", "replied_at", "replied_by"])
    record(by, "answered", row, {"reply": [None, reply.value]}, sitting.body.scope)
    if reply in {Reply.ABSENT, Reply.PROXY}:
        _give_proxies_back(by, sitting, row)
    return row


def _give_proxies_back(by: Person, sitting: Sitting, row: Summons) -> None:
    """Ask again those who gave their voice to somebody who comes no more: nobody would speak for them."""
    given = Summons.objects.of_sitting(sitting).filter(proxy_to=row.seat_id).select_related("seat__person")
    for one in given.select_for_update(of=("self",)).order_by("pk"):
        one.reply, one.proxy_to, one.replied_at, one.replied_by = Reply.NONE.value, None, None, None
        one.save(update_fields=["reply", "proxy_to", "replied_at", "replied_by"])
        record(by, "proxy_returned", one, {"reply": [Reply.PROXY.value, None]}, sitting.body.scope)
        if sitting.convened_at is not None:
            tell(
                sitting,
                one,
                exchange.Template.MEETING_CALLED,
                by,
                f"proxy-{row.pk}-{row.replied_at:%Y%m%d%H%M%S}",
            )


def _check_proxy(sitting: Sitting, row: Summons, to: BodySeat) -> None:
    convened = Summons.objects.of_sitting(sitting)
    if row.seat.deputises_id is not None:
        raise ValidationError(
            {"proxy_to": _("Une suppléance n’a pas de voix à donner : le membre donne la sienne.")}
        )
    other = convened.filter(seat=to).select_related("seat").first()
    if other is None or to.pk == row.seat_id or other.seat.deputises_id is not None:
        raise ValidationError({"proxy_to": _("On donne pouvoir à un autre membre convoqué.")})
    if other.reply in {Reply.ABSENT.value, Reply.PROXY.value}:
        raise ValidationError({"proxy_to": _("Ce membre ne vient pas : donnez pouvoir à quelqu’un d’autre.")})
    held = convened.filter(proxy_to=to).exclude(pk=row.pk).count()
    if held >= sitting.most_proxies:
        text = _("Une personne porte {most} pouvoirs au plus : donnez le vôtre à quelqu’un d’autre.")
        if sitting.most_proxies <= 1:
            text = _("Ce membre ne peut pas porter de pouvoir de plus : donnez le vôtre à quelqu’un d’autre.")
        raise ValidationError({"proxy_to": text.format(most=sitting.most_proxies)})


@transaction.atomic
def sign_in(*, by: Person, summons: Summons) -> Summons:
    """Sign that one is there, from a while before the hour until the meeting is closed; again, the same.

    Raises PermissionDenied, ValidationError.
    """
    sitting, row = _own(by, summons, only_own=True)
    if timezone.now() < sitting.starts_at - early():
        raise ValidationError(_("On émarge à partir de l’heure de la séance, ou peu avant."))
    return _noted(by, sitting, row, is_here=True, minutes=row.minutes)


@transaction.atomic
def note_presence(*, by: Person, summons: Summons, is_here: bool, minutes: int | None = None) -> Summons:
    """Note whether somebody is there, how long where it is not the whole meeting; the last word stands.

    Raises PermissionDenied; ValidationError before the hour, or for who has already voted.
    """
    sitting = kept_sitting(by, summons.sitting)
    row = _locked(sitting, summons)
    if timezone.now() < sitting.starts_at - early():
        raise ValidationError(_("La séance n’a pas commencé : personne n’y est encore."))
    if minutes is not None and not 0 < minutes <= LONGEST:
        raise ValidationError({"minutes": _("Une présence compte de 1 à 720 minutes.")})
    return _noted(by, sitting, row, is_here=is_here, minutes=minutes if is_here else None)


def _noted(by: Person, sitting: Sitting, row: Summons, *, is_here: bool, minutes: int | None) -> Summons:
    if (row.is_here, row.minutes) == (is_here, minutes):
        return row
    if not is_here:
        _must_not_have_voted(sitting, row)
        _must_not_be_secret(sitting)
    row.is_here, row.minutes = is_here, minutes
    row.signed_at, row.signed_by = (timezone.now(), by) if is_here else (None, None)
    row.save(update_fields=["is_here", "minutes", "signed_at", "signed_by"])
    record(by, "presence_noted", row, {"is_here": is_here}, sitting.body.scope)
    return row


def _must_not_have_voted(sitting: Sitting, row: Summons) -> None:
    """Raise ValidationError where a voice of this seat, or one given to it, was heard in this meeting."""
    heard = VoterSlip.objects.in_scope(sitting.body.scope).filter(motion__sitting=sitting)
    given = Summons.objects.of_sitting(sitting).filter(proxy_to=row.seat_id)
    seats = {row.seat_id, row.seat.deputises_id, *given.values_list("seat", flat=True)}
    if heard.filter(seat__in=[one for one in seats if one is not None]).exists():
        raise ValidationError(_("Cette voix a déjà été entendue dans un vote de la séance."))


def _must_not_be_secret(sitting: Sitting) -> None:
    """Raise ValidationError while a secret vote is open: how few are left would tell who voted what."""
    if Motion.objects.of_sitting(sitting).filter(is_secret=True, result=None).exists():
        raise ValidationError(_("Un vote secret est ouvert : comptez-le, ou retirez-le, avant."))


def _own(by: Person, summons: Summons, *, only_own: bool = False) -> tuple[Sitting, Summons]:
    """Return the meeting and the convening, locked, for who was convened or who keeps the meeting."""
    sitting = locked_sitting(summons.sitting)
    row = _locked(sitting, summons)
    mine = {one.pk for one in rights.own_seats(by, sitting.body)}
    if row.seat_id not in mine and (only_own or not rights.keeps(by, sitting.body)):
        raise PermissionDenied(_("Ce siège n’est pas le vôtre."))
    must_stand(sitting)
    return sitting, row


def _locked(sitting: Sitting, summons: Summons) -> Summons:
    rows = Summons.objects.of_sitting(sitting).select_related("seat__college", "seat__person")
    return rows.select_for_update(of=("self",)).get(pk=summons.pk)
