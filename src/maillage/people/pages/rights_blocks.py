"""The demands of people on the DPO's day, the referrals to the health insurance on the coordination's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import (
    Block,
    Confided,
    Entry,
    InboxLine,
    InboxSource,
    Line,
    Pending,
    Verb,
    Waiting,
    Waits,
    naming_nobody,
    rows_waiting,
)
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people.models import ErasureBatch, SupportReferral
from maillage.people.queries.retention import batches_waiting, open_batches
from maillage.people.queries.rights import open_demands
from maillage.people.queries.rights import waiting as demands
from maillage.people.queries.support_referrals import open_referrals, to_handle

ERASURES = "people.erasure"


def demands_to_answer(person: Person) -> Waiting | None:
    """List what people demand of their data and nobody answered, the nearest day first; nobody is named."""
    rows = demands(person)
    return rows_waiting(
        _("Demandes des personnes"),
        rows,
        lambda one: Line(
            str(one.get_right_display()),
            reverse("people:demand", args=[one.pk]),
            _("réponse due avant le {day}").format(day=formats.date_short(one.due_on)),
            is_late=one.is_late,
        ),
        ngettext(
            "{count} demande de personne à répondre", "{count} demandes de personnes à répondre", len(rows)
        ),
        url=reverse("people:demands"),
        gesture=_("Répondre"),
    )


def pending_demands(person: Person) -> list[Pending]:
    """Return the demands that wait for the DPO; names nobody."""
    return [
        Pending(one.pk, one.at, timezone.make_aware(datetime.combine(one.due_on, time.max)))
        for one in demands(person)
    ]


def demand_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the demands of some keys: what is demanded, answered on its page."""
    shown = set(keys)
    return [
        InboxLine(one.pk, str(one.get_right_display()), reverse("people:demand", args=[one.pk]))
        for one in demands(person)
        if one.pk in shown
    ]


def files_to_erase(person: Person) -> Waiting | None:
    """Say to the DPO which lists of files at their term wait to be confirmed; nobody is named."""
    rows = [] if nothing_waits(person, ERASURES) else open_batches(person)
    return rows_waiting(
        _("Dossiers à effacer"),
        rows,
        _batch,
        ngettext("{count} liste à confirmer", "{count} listes à confirmer", len(rows)),
        url=reverse("people:retention"),
        gesture=_("Relire"),
    )


def _batch(one: ErasureBatch) -> Line:
    day = _("liste dressée le {day}").format(day=formats.date_short(one.at))
    return Line(
        _("Dossiers au terme de leur conservation"), reverse("people:erasure_batch", args=[one.pk]), day
    )


def pending_batches(person: Person) -> list[Pending]:
    """Return the lists of files at their term that wait for the DPO."""
    return [Pending(one.pk, one.at) for one in open_batches(person)]


def batch_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the lists of some keys, read and confirmed on their page."""
    shown = set(keys)
    lines = [(one.pk, _batch(one)) for one in open_batches(person) if one.pk in shown]
    return [InboxLine(pk, line.text, line.url, detail=line.detail) for pk, line in lines]


def referrals_to_handle(person: Person) -> Waiting | None:
    """List the referrals to the health insurance to send or to ask about; nobody is named."""
    rows = to_handle(person)
    return rows_waiting(
        _("Loin de leurs droits"),
        rows,
        _referral,
        ngettext(
            "{count} orientation vers l’Assurance maladie",
            "{count} orientations vers l’Assurance maladie",
            len(rows),
        ),
        url=reverse("people:support_referrals"),
        gesture=_("Voir les orientations"),
    )


def _referral(one: SupportReferral) -> Line:
    due = _("à faire avant le {day}").format(day=formats.date_short(one.due_on))
    return Line(one.step_said, reverse("people:support_referral", args=[one.pk]), due, is_late=one.is_late)


def pending_referrals(person: Person) -> list[Pending]:
    """Return the referrals that `person` handles; names nobody."""
    return [
        Pending(one.pk, one.at, timezone.make_aware(datetime.combine(one.due_on, time.max)))
        for one in to_handle(person)
    ]


def referral_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the referrals of some keys: what is to do, done on its page."""
    shown = set(keys)
    lines = [(one.pk, _referral(one)) for one in to_handle(person) if one.pk in shown]
    text = _("Orientation vers l’Assurance maladie")
    return [InboxLine(pk, text, line.url, detail=line.detail) for pk, line in lines]


NAVIGATION = (
    Entry(
        Verb.STEER,
        lazy("Droits des personnes"),
        "people:demands",
        "user-check",
        lazy("Répondre dans le mois à qui veut corriger, effacer ou recevoir ses données."),
        Permission.VIEW_JOURNAL,
        within=("people:demand",),
        order=72,
    ),
    Entry(
        Verb.STEER,
        lazy("Conservation"),
        "people:retention",
        "shield-lock",
        lazy("Effacer les dossiers au terme de leur conservation, sauf ce que la loi retient."),
        Permission.VIEW_JOURNAL,
        within=("people:erasure_batch", "people:holds"),
        order=73,
    ),
)
BLOCKS = (
    Block("people.referrals", {Role.COORDINATOR: 5, Role.CASE_MANAGER: 4}, referrals_to_handle),
    Block("people.demands", {Role.DPO: 3}, demands_to_answer),
    Block("people.retention", {Role.DPO: 4}, files_to_erase),
)
INBOX = (
    InboxSource(
        "people.referral",
        lazy("Orientations vers l’Assurance maladie"),
        "share",
        frozenset({Role.COORDINATOR, Role.CASE_MANAGER}),
        Waits(open_referrals, "at", asked=pending_referrals),
        referral_lines,
        order=45,
        confided=Confided(InboxGroup.TASKS, naming_nobody(referral_lines)),
    ),
    InboxSource(
        "people.demand",
        lazy("Demandes des personnes"),
        "user-check",
        frozenset({Role.DPO}),
        Waits(open_demands, "at", asked=pending_demands),
        demand_lines,
        order=15,
    ),
    InboxSource(
        ERASURES,
        lazy("Dossiers à effacer"),
        "shield-lock",
        frozenset({Role.DPO}),
        Waits(batches_waiting, "at", asked=pending_batches),
        batch_lines,
        order=60,
    ),
)
