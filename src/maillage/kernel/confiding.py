"""Confiding one's inbox to somebody, taking it back, and what was done meanwhile for its owner (ADR 17).

One vocabulary with the agenda: a professional *confides* what is theirs to somebody by name, and takes it
back at once. An agenda is confided by a role in its scope; an inbox gives no right, and so no role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, formats, journal, outbox
from maillage.kernel.contributions import Leaving, inbox_source
from maillage.kernel.feeds import Happening
from maillage.kernel.models import InboxDeed, InboxHolding, Person, RoleAssignment
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.kernel.sourced_rules import rule
from maillage.kernel.wording import INBOX_GROUPS
from maillage.kernel.writes import made_before, same_write

CONFIDED, TAKEN_BACK = "kernel.inbox_confided", "kernel.inbox_taken_back"
#: What is read of a holding with the roles of its owner.
_OF_A_HOLDING = ("id", "groups", "starts_on", "ends_on")
_ABLE = [role.value for role in Role if allows(role, Permission.CONFIDE_INBOX)]


def may_confide(person: Person) -> bool:
    """Return whether a role of `person` lets them confide their inbox, or hold another."""
    return access.may(person, Permission.CONFIDE_INBOX)


def candidates(person: Person) -> QuerySet[Person]:
    """Return to whom `person` may confide their inbox: colleagues who may hold one in a scope of theirs."""
    scopes = access.scopes_of(person, Permission.CONFIDE_INBOX)
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(role__in=_ABLE)
    if scopes is not None:
        held = held.filter(Q(scope__in=scopes) | Q(scope=None))
    found = Person.objects.filter(pk__in=held.values("person"), is_active=True).exclude(pk=person.pk)
    return found.order_by("search_name", "pk")


@transaction.atomic
def confide(
    *,
    by: Person,
    holder: Person,
    groups: Collection[InboxGroup],
    starts_on: date,
    ends_on: date,
    key: str,
) -> InboxHolding:
    """Confide one's own inbox to a colleague, for some kinds of lines, from a day to another; both are told.

    The same `key` again is the first time. Raises PermissionDenied; ValidationError, by field, for days that
    cannot be, nobody to whom it can be confided, or who confides theirs back for the same days.
    """
    access.require(by, Permission.CONFIDE_INBOX)
    # Both accounts locked in one order: two people who confide to each other at once wait for one another.
    both = Person.objects.select_for_update().filter(pk__in=[by.pk, holder.pk]).order_by("pk")
    locked = {one.pk: one for one in both}
    chosen = [one.value for one in InboxGroup if one in groups]
    row = InboxHolding(owner=by, holder=holder, groups=chosen, starts_on=starts_on, ends_on=ends_on, key=key)
    known = made_before(InboxHolding, by=by, key=key)
    if known is not None:
        return _same(known, row)
    _check(row, locked[holder.pk])
    row.save()
    _record(by, CONFIDED, row)
    return row


def _same(known: InboxHolding, asked: InboxHolding) -> InboxHolding:
    def said(row: InboxHolding) -> tuple[object, ...]:
        return row.holder_id, row.groups, row.starts_on, row.ends_on

    return same_write(known, is_same=said(known) == said(asked))


def _check(row: InboxHolding, holder: Person) -> None:
    today, longest = timezone.localdate(), rule("kernel.inboxes.longest_days").value
    if row.owner_id == holder.pk:
        raise ValidationError({"holder": _("Cette boîte est déjà la vôtre : choisissez un collègue.")})
    if not candidates(row.owner).filter(pk=holder.pk).exists():
        raise ValidationError(
            {
                "holder": _(
                    "{name} n’a pas, dans votre périmètre, de rôle qui permette de suivre une boîte : "
                    "choisissez un professionnel ou un membre de la coordination."
                ).format(name=holder)
            }
        )
    if not row.groups:
        raise ValidationError({"groups": _("Choisissez au moins une sorte de lignes.")})
    if row.starts_on < today:
        raise ValidationError({"starts_on": _("Ce jour est passé : commencez aujourd’hui ou plus tard.")})
    if row.ends_on < row.starts_on:
        raise ValidationError({"ends_on": _("La fin est avant le début : corrigez l’un des deux jours.")})
    last = row.starts_on + timedelta(days=longest - 1)
    if row.ends_on > last:
        raise ValidationError(
            {
                "ends_on": _(
                    "Une boîte se confie {days} jours au plus, donc jusqu’au {last} : vous la confierez de "
                    "nouveau ensuite."
                ).format(days=formats.number(longest), last=formats.date_short(last))
            }
        )
    same_days = InboxHolding.objects.ahead(today).filter(
        starts_on__lte=row.ends_on, ends_on__gte=row.starts_on
    )
    twice = same_days.filter(owner=row.owner, holder=holder).first()
    if twice is not None:
        raise ValidationError(
            {"holder": _("{name} suit déjà votre boîte {when} : arrêtez d’abord cela.").format(
                name=holder, when=said_days(twice))}
        )  # fmt: skip
    back = same_days.filter(owner=holder, holder=row.owner).first()
    if back is not None:
        raise ValidationError(
            {
                "holder": _(
                    "{name} vous a confié sa boîte {when} : si vous vous confiez l’un à l’autre les mêmes "
                    "jours, plus personne ne regarde. Choisissez quelqu’un d’autre."
                ).format(name=holder, when=said_days(back))
            }
        )


def said_days(row: InboxHolding) -> str:
    """Say from when to when an inbox is confided."""
    return _("du {first} au {last}").format(
        first=formats.date_short(row.starts_on), last=formats.date_short(row.ends_on)
    )


@transaction.atomic
def take_back(*, by: Person, holding: InboxHolding) -> InboxHolding:
    """End it at once, by whoever confided or holds it; both are told. Ended already, nothing changes.

    Raises PermissionDenied.
    """
    row = InboxHolding.objects.select_for_update().get(pk=holding.pk)
    if by.pk not in (row.owner_id, row.holder_id):
        raise PermissionDenied(_("Seul qui l’a confiée, ou qui la suit, y met fin."))
    return _end(by, row)


def _end(by: Person, row: InboxHolding) -> InboxHolding:
    if row.ended_at is None and row.ends_on >= timezone.localdate():
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        _record(by, TAKEN_BACK, row)
    return row


def _record(by: Person, verb: str, row: InboxHolding) -> None:
    changes = {
        "holder": row.holder,
        "groups": row.groups,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
    target = journal.target_of(row.owner)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=_common_scope(row))
    outbox.publish(verb, {"holding": row.pk, "by": by.pk}, key=f"{verb}-{row.pk}")


def _common_scope(row: InboxHolding) -> int | None:
    """Return the scope where both work, for the journal; None where it is none in particular."""
    scopes = access.scopes_of(row.owner, Permission.CONFIDE_INBOX) or []
    theirs = access.scopes_of(row.holder, Permission.CONFIDE_INBOX)
    found = [one.pk for one in scopes if theirs is None or one in theirs]
    return min(found, default=None)


def works_with(owner: Person, holder: Person) -> bool:
    """Return whether both still hold today a role by which an inbox is confided, in one same scope."""
    if not (owner.is_active and holder.is_active):
        return False
    scopes = access.scopes_of(owner, Permission.CONFIDE_INBOX)
    theirs = access.scopes_of(holder, Permission.CONFIDE_INBOX)
    if scopes == [] or theirs == []:
        return False
    return scopes is None or theirs is None or bool({one.pk for one in scopes} & {one.pk for one in theirs})


def read_roles(people: Collection[Person]) -> None:
    """Read at once the roles that some people hold today, for what asks of each while a page is made."""
    day = timezone.localdate()
    found: dict[int, list[RoleAssignment]] = {one.pk: [] for one in people}
    rows = (
        RoleAssignment.objects.in_force(day).filter(person__in=list(found)).select_related("person", "scope")
    )
    for one in rows.order_by("pk"):
        found[one.person_id].append(one)
    for person in people:
        access.remember(person, day, found[person.pk])


def standing(holder: Person, keys: Collection[int]) -> list[InboxHolding]:
    """Return those of some holdings of `holder` whose owner still works with them; by owner, one statement.

    The roles of the owners are read with them, and are asked of the database no more while a page is made.
    """
    day = timezone.localdate()
    columns = {f"holding_{name}": F(f"person__inboxes_confided__{name}") for name in _OF_A_HOLDING}
    rows = RoleAssignment.objects.in_force(day).filter(person__inboxes_confided__in=keys)
    read = rows.annotate(**columns).select_related("person", "scope").order_by("person__search_name", "pk")
    roles: dict[int, dict[int, RoleAssignment]] = {}
    found: dict[int, InboxHolding] = {}
    for one in read:
        roles.setdefault(one.person_id, {})[one.pk] = one
        values = {name: getattr(one, f"holding_{name}") for name in _OF_A_HOLDING}
        found[values["id"]] = InboxHolding(owner=one.person, holder=holder, **values)
    for row in found.values():
        access.remember(row.owner, day, list(roles[row.owner_id].values()))
    return [one for one in found.values() if works_with(one.owner, holder)]


def on_behalf(*, by: Person, owner: Person | None, kind: str) -> InboxHolding | None:
    """Return by what `by` acts for `owner` on a line of a kind now; None where they act for themselves.

    An action asks it with the row that it changes: who does it, and whose line it is.
    """
    source = inbox_source(kind)
    if owner is None or owner.pk == by.pk or source is None or source.confided is None:
        return None
    rows = InboxHolding.objects.standing(timezone.localdate()).filter(owner=owner, holder=by)
    for one in rows.select_related("owner", "holder").order_by("pk"):
        if source.confided.group.value in one.groups and works_with(one.owner, one.holder):
            return one
    return None


def said(holding: InboxHolding | None) -> dict[str, object]:
    """Return what the journal adds to a gesture done for somebody else; nothing to one's own."""
    return {} if holding is None else {"on_behalf_of": holding.owner}


def note_deed(holding: InboxHolding | None, *, kind: str, row: int, target: str, verb: str) -> None:
    """Keep that a gesture was done for the owner of an inbox, inside the action that did it."""
    if holding is not None:
        InboxDeed.objects.create(
            holding=holding, kind=kind, row=row, target=target, verb=verb, at=timezone.now()
        )


def for_whom(targets: Iterable[str]) -> dict[str, str]:
    """Return for whom each of some gestures was done, by what it wrote; one statement, none for nothing."""
    wanted = list(targets)
    if not wanted:
        return {}
    rows = InboxDeed.objects.filter(target__in=wanted).select_related("holding__owner")
    return {one.target: one.holding.owner.get_full_name() for one in rows}


def said_doer(name: str, owner: str | None) -> str:
    """Say who did something: « Paul Réglisse, pour Hélène Aubépine »."""
    return _("{name}, pour {owner}").format(name=name, owner=owner) if owner else name


@dataclass(frozen=True, slots=True)
class Arrangements:
    """The inboxes that somebody confides, and those that they hold, still to come or going on."""

    confided: list[InboxHolding]
    held: list[InboxHolding]


def arrangements(person: Person) -> Arrangements:
    """Return what `person` confides and holds from today on; one statement."""
    rows = InboxHolding.objects.ahead(timezone.localdate()).filter(Q(owner=person) | Q(holder=person))
    found = list(rows.select_related("owner", "holder").order_by("starts_on", "pk"))
    return Arrangements(
        [one for one in found if one.owner_id == person.pk],
        [one for one in found if one.holder_id == person.pk],
    )


def deeds_for(person: Person, since: date | None = None) -> QuerySet[InboxDeed]:
    """Return what was done for `person` by those who held their inbox, the latest first."""
    rows = InboxDeed.objects.filter(holding__owner=person).select_related("holding__holder")
    if since is not None:
        rows = rows.filter(at__date__gte=since)
    return rows.order_by("-at", "-pk")


def happenings(person: Person, since: datetime, until: datetime) -> list[Happening]:
    """Return the days on which `person` holds the inbox of somebody, for their calendar."""
    zone = timezone.get_current_timezone()
    rows = InboxHolding.objects.filter(
        holder=person, ended_at=None, starts_on__lte=until.date(), ends_on__gte=since.date()
    )
    return [
        Happening(
            f"inbox-{one.pk}",
            datetime.combine(one.starts_on, time.min, zone),
            datetime.combine(one.ends_on + timedelta(days=1), time.min, zone),
            _("Boîte « À traiter » de {name} suivie").format(name=one.owner.get_full_name()),
            is_whole_days=True,
        )
        for one in rows.select_related("owner").order_by("starts_on", "pk")
    ]


def count_holdings(person: Person) -> int:
    """Return how many inboxes `person` confides or holds, still to come or going on."""
    rows = InboxHolding.objects.ahead(timezone.localdate())
    return rows.filter(Q(owner=person) | Q(holder=person)).count()


def end_holdings(leaving: Leaving) -> int:
    """End at once the inboxes that somebody who leaves confides or holds."""
    rows = InboxHolding.objects.ahead(timezone.localdate()).filter(
        Q(owner=leaving.person) | Q(holder=leaving.person)
    )
    for one in rows.select_for_update(of=("self",)).order_by("pk"):
        _end(leaving.by, one)
    return 0


def kept(rows: Sequence[InboxHolding]) -> list[tuple[InboxHolding, list[str]]]:
    """Return holdings with the words of their groups."""
    return [(one, [str(INBOX_GROUPS[InboxGroup(key)]) for key in one.groups]) for one in rows]
