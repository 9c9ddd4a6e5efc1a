"""A meeting as its page reads it: who is convened, who is there, the quorum, the votes, the decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from maillage.exchange import api as exchange
from maillage.governance.models import (
    AgendaPoint,
    MinutesApproval,
    Motion,
    MotionResult,
    Resolution,
    Sitting,
    Summons,
    VoterSlip,
)
from maillage.governance.models.bodies import in_force
from maillage.governance.rules.quorum import Quorum, Sitter, holders, quorum_of
from maillage.governance.rules.vocabulary import Reply
from maillage.governance.rules.votes import may_count
from maillage.kernel import clock, journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule


@dataclass(frozen=True, slots=True)
class MotionSeen:
    """A motion, its result once counted, the seats whose voice was heard."""

    motion: Motion
    result: MotionResult | None
    heard: frozenset[int]
    slips: tuple[VoterSlip, ...]

    @property
    def is_open(self) -> bool:
        """Whether one may still vote."""
        return self.result is None


@dataclass(frozen=True, slots=True)
class SittingSeen:
    """A meeting and all that its page says of it."""

    sitting: Sitting
    summons: tuple[Summons, ...]
    points: tuple[AgendaPoint, ...]
    motions: tuple[MotionSeen, ...]
    resolutions: tuple[Resolution, ...]
    approval: MinutesApproval | None
    told: dict[int, exchange.MessageStatus] = field(default_factory=dict)

    @property
    def quorum(self) -> Quorum:
        """Its quorum as it stands."""
        return quorum_in(self.sitting, self.summons)

    @property
    def speaking(self) -> dict[int, int | None]:
        """Which seat speaks for each voice."""
        return holders(map(sitter, self.summons), self.sitting.most_proxies)

    def counted(self, reply: Reply) -> int:
        """Return how many members answered so; deputies are not counted."""
        return sum(one.reply == reply.value for one in self.summons if one.seat.deputises_id is None)


def sitting_seen_by(person: Person, pk: int) -> Sitting | None:
    """Return a meeting of a body that somebody follows or sits in, None for any other."""
    rows = Sitting.objects.for_person(person).select_related("body__scope", "second_of")
    return rows.filter(pk=pk).first()


def summons_of(sitting: Sitting) -> list[Summons]:
    """Return who is convened to a meeting read in scope, by college.

    Until it is closed, only who holds their seat on its day: who left it since, or whose term does not last
    until then, has no voice there, nor any to give or to carry.
    """
    rows = Summons.objects.of_sitting(sitting)
    found = rows.select_related(
        "seat__college", "seat__person", "seat__deputises__person", "proxy_to__person", "sitting__body__scope"
    )
    if sitting.stands:
        found = found.filter(in_force(sitting.held_on, "seat__"))
    return sorted(
        found.order_by("pk"), key=lambda one: (one.seat.college_id, one.seat.deputises_id or 0, one.seat_id)
    )


def seen(sitting: Sitting, *, with_messages: bool = False) -> SittingSeen:
    """Return a meeting read in scope with all that its page says; eight statements, and those of messages."""
    rows = summons_of(sitting)
    return SittingSeen(
        sitting,
        tuple(rows),
        tuple(AgendaPoint.objects.of_sitting(sitting).order_by("pk")),
        tuple(motions_of(sitting)),
        tuple(resolutions_of(sitting)),
        MinutesApproval.objects.of_sitting(sitting).select_related("approved_in__body__scope", "by").first(),
        _told(sitting, rows) if with_messages else {},
    )


def _told(sitting: Sitting, rows: list[Summons]) -> dict[int, exchange.MessageStatus]:
    """Return what is known of the message of each who has an account; nothing before it is convened."""
    if sitting.convened_at is None:
        return {}
    subjects = {journal.target_of(one): one for one in rows if one.seat.person is not None}
    known = exchange.message_statuses(
        {subject: one.seat.person for subject, one in subjects.items() if one.seat.person is not None}
    )
    return {one.pk: known[subject] for subject, one in subjects.items()}


def motions_of(sitting: Sitting) -> list[MotionSeen]:
    """Return the motions of a meeting read in scope, in order; three statements."""
    motions = list(Motion.objects.of_sitting(sitting).select_related("point").order_by("pk"))
    if not motions:
        return []
    scope = sitting.body.scope
    keys = [one.pk for one in motions]
    results = {
        one.motion_id: one
        for one in MotionResult.objects.in_scope(scope).filter(motion__in=keys).select_related("by")
    }
    slips: dict[int, list[VoterSlip]] = defaultdict(list)
    rows = VoterSlip.objects.in_scope(scope).filter(motion__in=keys)
    for one in rows.select_related("seat__person").order_by("seat_id"):
        slips[one.motion_id].append(one)
    return [
        MotionSeen(
            one, results.get(one.pk), frozenset(slip.seat_id for slip in slips[one.pk]), tuple(slips[one.pk])
        )
        for one in motions
    ]


def resolutions_of(sitting: Sitting) -> list[Resolution]:
    """Return the decisions of a meeting read in scope, each with the action that does it."""
    rows = Resolution.objects.of_sitting(sitting)
    return list(
        rows.select_related(
            "motion", "action__project__territory__scope", "action__professional__account", "action__person"
        ).order_by("pk")
    )


def sitter(one: Summons) -> Sitter:
    """Return a convening as the rule of the quorum reads it."""
    return Sitter(one.seat_id, one.seat.college_id, bool(one.is_here), one.seat.deputises_id, one.proxy_to_id)


def quorum_in(sitting: Sitting, summons: tuple[Summons, ...] | list[Summons]) -> Quorum:
    """Return the quorum of a meeting, by the rules that it was called by."""
    return quorum_of(
        map(sitter, summons),
        percent=sitting.quorum_percent,
        by_college=sitting.quorum_by_college,
        most_proxies=sitting.most_proxies,
    )


def able_in_secret(convened: Sequence[Summons], most_proxies: int) -> set[int]:
    """Return the seats whose voice may be heard in a secret vote: those for whom an account speaks."""
    speaking = holders(map(sitter, convened), most_proxies)
    with_account = {one.seat_id for one in convened if one.seat.person_id is not None}
    return {seat for seat, speaker in speaking.items() if speaker in with_account}


def is_countable(
    motion: Motion, slips: Sequence[VoterSlip], convened: Sequence[Summons], most_proxies: int
) -> bool:
    """Return whether a count of a vote would keep its secret, or may be made as it has none."""
    return not motion.is_secret or may_count(
        [one.seat.college_id for one in slips],
        len(able_in_secret(convened, most_proxies)),
        rule("governance.votes.least_secret").value,
        by_college=motion.by_college,
    )


def may_vote_without(sitting: Sitting) -> bool:
    """Return whether the rules let a meeting vote whatever the number: the second convening of one."""
    return sitting.second_of_id is not None and sitting.second_without_quorum


def convened_on(sitting: Sitting) -> date:
    """Return the day a meeting was convened, today where it is not yet."""
    scope = sitting.body.scope
    return clock.today(scope) if sitting.convened_at is None else clock.day_of(sitting.convened_at, scope)
