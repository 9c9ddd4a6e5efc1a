"""What `governance` brings to the shared pages: its entries, what was decided, an invented CPTS board."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from maillage.governance.actions.demonstration import create_demonstration_governance
from maillage.governance.actions.leaving import WITHDRAWALS
from maillage.governance.models import (
    AgendaPoint,
    Body,
    College,
    Motion,
    Resolution,
    Sitting,
    TrainingSession,
)
from maillage.governance.pages.blocks import decided, happenings, reply_lines
from maillage.governance.queries.decisions import replies_waiting
from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Processing,
    Verb,
    Waits,
    naming_nobody,
)
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.territory.api import Territory

#: Who may be given a seat.
SITTERS = frozenset(role for role in Role if allows(role, Permission.SIT_IN_BODIES))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory an invented board."""
    create_demonstration_governance(place=place, now=now)


CONTRIBUTION = Contribution(
    "governance",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Gouvernance"),
            "governance:bodies",
            "users",
            lazy("Réunir les instances, compter le quorum, voter, suivre ce qui est décidé."),
            Permission.SIT_IN_BODIES,
            order=13,
        ),
    ),
    first_screen=(Block("governance.decided", {Role.BOARD: 0}, decided),),
    inbox=(
        InboxSource(
            "governance.reply",
            lazy("Séances à confirmer"),
            "users",
            SITTERS,
            Waits(replies_waiting, "since", "due"),
            reply_lines,
            order=62,
            confided=Confided(InboxGroup.TASKS, naming_nobody(reply_lines)),
        ),
    ),
    demonstrate=demonstrate,
    named_in_journal=(AgendaPoint, Body, College, Motion, Resolution, Sitting, TrainingSession),
    happenings=happenings,
    withdrawals=WITHDRAWALS,
    processing=Processing(
        lazy("Gouvernance du territoire"),
        lazy("Réunir les instances, compter le quorum et les votes, suivre les décisions et les formations."),
        lazy("Membres des instances, personnes inscrites à une formation croisée"),
        lazy("Membres de l’instance, coordination, conseil ; personne ne lit le choix d’un vote secret"),
    ),
)
