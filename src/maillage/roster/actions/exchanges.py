"""Being replaced on a duty: ask, offer, accept; every step checked by the rules the solver keeps.

An offer with a post in return is a swap. The one who asked accepts, and both rows change in one transaction;
who must know is told by events: `roster.replacement_asked`, `…_offered`, `…_accepted`, `…_withdrawn`.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.engines.roster import Rule
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.roster.actions.holding import close_overtaken, hand_over
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import lock_people, locked, refuse_gone, require_own
from maillage.roster.computations import case_of
from maillage.roster.models import Assignment, Exchange, Offer, Post, Volunteer
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.vocabulary import ExchangeState, Origin
from maillage.roster.rules.workflow import State

BROKEN: dict[Rule, str | Promise] = {
    Rule.AVAILABILITY: gettext_lazy("absence, ou garde dans un autre secteur"),
    Rule.LOCK: gettext_lazy("garde verrouillée"),
    Rule.REST: gettext_lazy("repos insuffisant entre deux gardes"),
    Rule.SUCCESSION: gettext_lazy("succession de gardes interdite"),
    Rule.MAXIMUM: gettext_lazy("maximum de gardes du mois"),
    Rule.OCCASIONS: gettext_lazy("maximum de fins de semaine du mois"),
    Rule.SURPLUS: gettext_lazy("poste déjà tenu"),
}


@transaction.atomic
def ask(*, by: Person, post: Post) -> Exchange:
    """Ask for somebody to take a duty to come; asking twice gives the open request.

    Raises RosterError where nobody holds it, or it has begun; PermissionDenied.
    """
    locked(post.roster)
    duty = Assignment.objects.select_related("volunteer__professional", "volunteer__sector__territory__scope")
    held = duty.filter(post=post).first()
    if held is None:
        raise RosterError(_("Personne ne tient cette garde : elle n’est pas à remplacer."))
    require_own(by, held.volunteer)
    _check_to_come(post)
    close_overtaken([post.pk], by=by)
    known = Exchange.objects.filter(post=post, state=ExchangeState.OPEN.value).first()
    if known is not None:
        return known
    exchange = Exchange.objects.create(post=post, asked_by=held.volunteer, asked_at=timezone.now())
    _tell(by, exchange, "roster.replacement_asked", str(exchange.pk))
    return exchange


@transaction.atomic
def offer(*, by: Person, exchange: Exchange, volunteer: Volunteer, in_return: Post | None = None) -> Offer:
    """Offer to take the duty, or to swap it for one of one's own; offering again changes the offer.

    Raises RosterError where the request is closed, the post in return is not one to come of this volunteer in
    this roster, or a rule would be broken (the message says which); PermissionDenied.
    """
    row = _locked_exchange(exchange)
    require_own(by, volunteer)
    if volunteer.pk == row.asked_by_id:
        raise RosterError(_("Vous tenez déjà cette garde."))
    _check_rules(row, volunteer, in_return)
    made, _is_new = Offer.objects.update_or_create(
        exchange=row,
        volunteer=volunteer,
        defaults={"in_return": in_return, "offered_at": timezone.now()},
    )
    key = f"{made.pk}-{in_return.pk if in_return else 0}-{made.offered_at.isoformat()}"
    _tell(by, row, "roster.replacement_offered", key, volunteer)
    return made


@transaction.atomic
def accept(*, by: Person, chosen: Offer) -> Exchange:
    """Accept an offer: the duties change hands at once, if the rules still allow it.

    The one who gave a duty in return no longer asks to be replaced on it. Raises RosterError where the
    request is closed or a rule would now be broken; PermissionDenied.
    """
    row = _locked_exchange(chosen.exchange)
    require_own(by, row.asked_by)
    _check_rules(row, chosen.volunteer, chosen.in_return)
    _close(row, ExchangeState.ACCEPTED)
    chosen.is_chosen = True
    chosen.save(update_fields=["is_chosen"])
    _exchanged(row, chosen, by)
    _tell(by, row, "roster.replacement_accepted", str(row.pk), chosen.volunteer)
    return row


@transaction.atomic
def withdraw(*, by: Person, exchange: Exchange) -> Exchange:
    """Keep the duty after all. Raises RosterError where the request is closed; PermissionDenied."""
    row = _locked_exchange(exchange)
    require_own(by, row.asked_by)
    _close(row, ExchangeState.WITHDRAWN)
    _tell(by, row, "roster.replacement_withdrawn", str(row.pk))
    return row


def _locked_exchange(exchange: Exchange) -> Exchange:
    """Read a request again, its roster locked; refuse where it is closed or no longer true."""
    locked(exchange.post.roster)
    rows = Exchange.objects.select_related(
        "post__roster__sector__territory__scope",
        "asked_by__professional",
        "asked_by__sector__territory__scope",
    )
    row = rows.get(pk=exchange.pk)
    if row.state == ExchangeState.OVERTAKEN.value:
        raise RosterError(_("Cette garde a changé de main : la demande ne vaut plus."))
    if row.state != ExchangeState.OPEN.value:
        raise RosterError(_("Cette demande est close : rechargez la page."))
    return row


def _check_to_come(post: Post) -> None:
    if post.starts_at <= timezone.now():
        raise RosterError(_("Cette garde a commencé : appelez la personne qui coordonne le secteur."))
    if post.roster.step in {State.CLOSED, State.DUTY_DONE}:
        raise RosterError(_("Ce tableau est clos."))


def _check_rules(exchange: Exchange, taker: Volunteer, in_return: Post | None) -> None:
    """Refuse what would break a rule of the roster, by the engine's own judge."""
    post, roster = exchange.post, exchange.post.roster
    _check_to_come(post)
    if taker.sector_id != roster.sector_id:
        raise RosterError(_("Cette personne n’est pas volontaire dans ce secteur."))
    lock_people([taker.professional_id, exchange.asked_by.professional_id])
    refuse_gone(taker, post)
    holders = dict(Assignment.objects.filter(post__roster=roster).values_list("post", "volunteer"))
    if holders.get(post.pk) != exchange.asked_by_id:
        raise RosterError(_("Cette garde a changé de main : la demande ne vaut plus."))
    moves: list[tuple[Post, Volunteer | None, Volunteer | None]] = [(post, exchange.asked_by, taker)]
    if in_return is not None:
        _check_to_come(in_return)
        if in_return.roster_id != roster.pk or holders.get(in_return.pk) != taker.pk:
            raise RosterError(_("La garde donnée en échange doit être l’une des siennes, dans ce tableau."))
        moves.append((in_return, taker, exchange.asked_by))
    # A lock holds against computations; its holder may still be replaced.
    broken = {one.rule for one in case_of(roster).moved(moves)} - {Rule.LOCK}
    if broken:
        words = ", ".join(str(BROKEN[one]) for one in sorted(broken))
        raise RosterError(_("Ce remplacement n’est pas possible : {reasons}.").format(reasons=words))


def _exchanged(exchange: Exchange, chosen: Offer, by: Person) -> None:
    """Write both duties: the acceptance announces the one asked about, the other has its own notice."""
    origin = Origin.REPLACEMENT if chosen.in_return is None else Origin.SWAP
    roster = exchange.post.roster
    hand_over(roster, exchange.post, chosen.volunteer, by=by, origin=origin, is_announced=False)
    if chosen.in_return is not None:
        hand_over(roster, chosen.in_return, exchange.asked_by, by=by, origin=origin)


def _close(exchange: Exchange, state: ExchangeState) -> None:
    exchange.state, exchange.closed_at = state.value, timezone.now()
    exchange.save(update_fields=["state", "closed_at"])


def _tell(by: Person, exchange: Exchange, verb: str, key: str, volunteer: Volunteer | None = None) -> None:
    """Publish and journal, last: keys of rows only."""
    payload = {
        "exchange": exchange.pk,
        "post": exchange.post_id,
        "roster": exchange.post.roster_id,
        "asked_by": exchange.asked_by_id,
        "volunteer": volunteer and volunteer.pk,
    }
    outbox.publish(verb, payload, key=f"{verb}-{key}")
    record(exchange.post.roster.sector, exchange, by=by, verb=verb, changes=payload)
