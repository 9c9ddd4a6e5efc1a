"""What the kernel itself brings to the shared pages: rules, journal, accounts, and their lines of the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import confiding, formats, health, leaving, register
from maillage.kernel.access import may_everywhere
from maillage.kernel.contributions import (
    Block,
    Contribution,
    Entry,
    Fate,
    Found,
    Line,
    Processing,
    Search,
    Verb,
    Waiting,
    Withdrawal,
    rows_waiting,
)
from maillage.kernel.models import Entry as JournalEntry
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.names import holds, search_key
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sourced_rules import all_rules
from maillage.kernel.wording import ROLES

SHOWN = 4
LOOKED_BACK = timedelta(days=7)
#: How long before it ends a role is said to end: the time to hand over.
LEAVING = timedelta(days=30)


def find_rules(query: str, limit: int) -> Iterable[Found]:
    """Yield the sourced rules whose label, in either language, or key holds `query`."""
    rules = {rule.key: rule for rule in all_rules()}.values()
    found = [rule for rule in rules if holds(search_key(rule.label, rule.label_en, rule.key), query)]
    for rule in found[:limit]:
        yield Found(rule.said, rule.key, reverse("kernel:sourced_rule", args=[rule.key]))


def installation(person: Person) -> Waiting | None:
    """Say how the installation is, what is wrong first, for whoever administers all of it."""
    if not may_everywhere(person, Permission.MANAGE_ACCOUNTS):
        return None
    found = health.signs()
    wrong = sum(one.is_wrong for one in found)
    text = ngettext(
        "{count} point à surveiller dans l’installation",
        "{count} points à surveiller dans l’installation",
        wrong,
    )
    return Waiting(
        _("Santé de l’installation"),
        tuple(Line(one.name, detail=one.said, is_wrong=one.is_wrong) for one in found),
        text.format(count=formats.number(wrong)) if wrong else _("l’installation va bien"),
        reverse("kernel:journal"),
        _("Ouvrir le journal"),
    )


def invitations(person: Person) -> Waiting | None:
    """Say who was given an account and has not come yet."""
    if not may_everywhere(person, Permission.MANAGE_ACCOUNTS):
        return None
    rows = Person.objects.filter(is_active=True, is_demonstration=False, last_login=None).order_by("-pk")
    people = list(rows[: SHOWN + 1])
    if not people:
        return None
    said = (
        ngettext("{count} invitation sans réponse", "{count} invitations sans réponse", len(people)).format(
            count=len(people)
        )
        if len(people) <= SHOWN
        else _("plus de {count} invitations sans réponse").format(count=SHOWN)
    )
    lines = tuple(
        Line(one.get_full_name(), reverse("kernel:person", args=[one.pk]), one.email)
        for one in people[:SHOWN]
    )
    return Waiting(_("Invitations"), lines, said, reverse("kernel:people"), _("Voir les comptes"))


def departures(person: Person) -> Waiting | None:
    """Say whose role ends soon, for whoever oversees the installation: what they could do ends that day."""
    if not may_everywhere(person, Permission.WITHDRAW_PEOPLE):
        return None
    today = timezone.localdate()
    rows = list(
        RoleAssignment.objects.in_force(today)
        .filter(ends_on__lte=today + LEAVING, person__is_active=True)
        .select_related("person")
        .order_by("ends_on", "pk")
    )
    return rows_waiting(
        _("Départs"),
        rows,
        lambda one: Line(
            one.person.get_full_name(),
            reverse("kernel:leaving", args=[one.person_id]),
            f"{ROLES[Role(one.role)]} · {formats.date_short(one.ends_on)}",
        ),
        ngettext("{count} rôle se termine bientôt", "{count} rôles se terminent bientôt", len(rows)),
        url=reverse("kernel:departures"),
        gesture=_("Préparer les départs"),
    )


def register_kept(person: Person) -> Waiting | None:
    """Say to the DPO how many processings and fields the register holds, and open it."""
    if not may_everywhere(person, Permission.VIEW_JOURNAL):
        return None
    lines = register.lines()
    fields = sum(one.personal + one.health for one in lines)
    finding = _("{lines} traitements, {fields} champs personnels ou de santé : à jour du programme.")
    return Waiting(
        _("Registre des traitements"),
        (),
        "",
        reverse("kernel:register"),
        _("Ouvrir le registre"),
        finding=finding.format(lines=formats.number(len(lines)), fields=formats.number(fields)),
    )


def unusual_readings(person: Person) -> Waiting | None:
    """Say how many readings went beyond a scope in the last days, for whoever keeps the journal."""
    if not may_everywhere(person, Permission.VIEW_JOURNAL):
        return None
    since = timezone.now() - LOOKED_BACK
    count = JournalEntry.objects.filter(verb="kernel.read_unscoped", at__gte=since).count()
    if not count:
        return None
    said = ngettext(
        "{count} lecture au-delà d’un périmètre depuis 7 jours",
        "{count} lectures au-delà d’un périmètre depuis 7 jours",
        count,
    ).format(count=formats.number(count))
    url = f"{reverse('kernel:journal')}?verb=kernel.read_unscoped"
    return Waiting(_("Lectures à revoir"), (), said, url, _("Lire le journal"))


CONTRIBUTION = Contribution(
    "kernel",
    navigation=(
        Entry(
            Verb.KNOW,
            lazy("Règles"),
            "kernel:sourced_rules",
            "scale",
            lazy("Vérifier les seuils et paramètres : valeur, source, date et degré de certitude."),
            order=90,
        ),
        Entry(
            Verb.STEER,
            lazy("Journal"),
            "kernel:journal",
            "list-details",
            lazy("Savoir qui a fait quoi, quand et pourquoi."),
            Permission.VIEW_JOURNAL,
            order=70,
        ),
        Entry(
            Verb.STEER,
            lazy("Comptes"),
            "kernel:people",
            "key",
            lazy("Ouvrir, suspendre et fermer des comptes ; donner et retirer des rôles."),
            Permission.MANAGE_ACCOUNTS,
            within=("kernel:person",),
            order=80,
        ),
        Entry(
            Verb.STEER,
            lazy("Registre RGPD"),
            "kernel:register",
            "database",
            lazy("Savoir quelles données sont traitées, pourquoi, pour qui, combien de temps."),
            Permission.VIEW_JOURNAL,
            order=74,
        ),
        Entry(
            Verb.STEER,
            lazy("Départs"),
            "kernel:departures",
            "logout",
            lazy("Retirer d’un geste les droits de qui s’en va, et dire qui prend la suite."),
            Permission.WITHDRAW_PEOPLE,
            within=("kernel:leaving", "kernel:departure"),
            order=85,
        ),
    ),
    searches=(Search(lazy("Règles"), find_rules, order=90),),
    first_screen=(
        Block("kernel.installation", {Role.ADMINISTRATOR: 1}, installation),
        Block("kernel.invitations", {Role.ADMINISTRATOR: 3}, invitations),
        Block("kernel.readings", {Role.DPO: 7}, unusual_readings),
        Block("kernel.register", {Role.DPO: 5}, register_kept),
        Block("kernel.departures", {Role.ADMINISTRATOR: 4, Role.DPO: 6}, departures),
    ),
    named_in_journal=(Person, Scope),
    happenings=confiding.happenings,
    withdrawals=(
        Withdrawal(
            "kernel.sessions",
            lazy("Sessions ouvertes"),
            Fate.ENDS,
            leaving.count_sessions,
            (),
            leaving.end_sessions,
            order=1,
        ),
        Withdrawal(
            "kernel.roles",
            lazy("Rôles"),
            Fate.ENDS,
            leaving.count_roles,
            ("kernel.roleassignment.person",),
            leaving.end_roles,
            order=90,
        ),
        Withdrawal(
            "kernel.inboxes",
            lazy("Boîtes confiées et tenues"),
            Fate.ENDS,
            confiding.count_holdings,
            ("kernel.inboxholding.owner", "kernel.inboxholding.holder"),
            confiding.end_holdings,
            order=4,
        ),
        Withdrawal(
            "kernel.invitation",
            lazy("Invitation à ouvrir un compte"),
            Fate.ENDS,
            leaving.count_invitations,
            (),
            lambda _leaving: 0,
            order=3,
        ),
    ),
    told_of_leavers=("kernel.snooze.person", "kernel.departure.person", "kernel.departure.successor"),
    processing=Processing(
        lazy("Comptes, droits et journal"),
        lazy("Ouvrir l’application à qui y a droit, et prouver qui a fait quoi."),
        lazy("Tous ceux qui ont un compte"),
        lazy("Administration et DPO"),
    ),
)
