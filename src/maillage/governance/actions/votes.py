"""Opening a vote, hearing each voice once, counting.

Of a secret vote, who voted and what was voted are two tables without a link. Each ballot that comes rewrites
all those of its motion, shuffled, under new keys: neither the order on the disk nor the transaction that
wrote a ballot tells whose it is. The journal says that somebody voted, never what. What is left: whoever
copied the database before and after one single voice could compare; hence no count is shown before the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from random import SystemRandom

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.governance.actions.attendance import early
from maillage.governance.actions.writing import (
    kept_sitting,
    locked_sitting,
    must_stand,
    record,
    required,
)
from maillage.governance.models import (
    AgendaPoint,
    BallotPaper,
    BodySeat,
    Motion,
    MotionResult,
    Sitting,
    VoterSlip,
)
from maillage.governance.queries import rights
from maillage.governance.queries.sittings import is_countable, may_vote_without, quorum_in, sitter, summons_of
from maillage.governance.rules.quorum import holders
from maillage.governance.rules.vocabulary import Choice, Majority
from maillage.governance.rules.votes import carried, keeps_secret, tally
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write

_random = SystemRandom()


@transaction.atomic
def open_motion(
    *,
    by: Person,
    sitting: Sitting,
    text: str,
    majority: Majority,
    key: str,
    is_secret: bool = False,
    by_college: bool = False,
    point: AgendaPoint | None = None,
) -> Motion:
    """Put something to the vote of a meeting that has its quorum, or whose rules let it vote without.

    The same `key` is the same motion. Raises PermissionDenied; ValidationError without quorum, or for a
    secret vote counted by colleges of which one has so few voices that it would tell them.
    """
    row = kept_sitting(by, sitting)
    said = " ".join(required(text, "text").split())[:400]
    values = {
        "text": said, "is_secret": is_secret, "by_college": by_college, "majority": majority.value,
        "point": point,
    }  # fmt: skip
    known = made_before(Motion, by=by, key=key)
    if known is not None:
        kept = all(getattr(known, one) == value for one, value in values.items())
        return same_write(known, is_same=kept and known.sitting_id == row.pk)
    if point is not None and point.sitting_id != row.pk:
        raise ValidationError({"point": _("Ce point est d’une autre séance.")})
    _must_deliberate(row, is_secret=is_secret, by_college=by_college)
    made = Motion.objects.create(sitting=row, by=by, key=key, **values)
    record(by, "vote_opened", made, {"is_secret": is_secret, "majority": majority.value}, row.body.scope)
    return made


def _must_deliberate(sitting: Sitting, *, is_secret: bool, by_college: bool) -> None:
    if timezone.now() < sitting.starts_at - early():
        raise ValidationError(_("La séance n’a pas commencé."))
    quorum = quorum_in(sitting, summons_of(sitting))
    if not quorum.here:
        raise ValidationError(_("Notez d’abord qui est là."))
    if not quorum.is_reached and not may_vote_without(sitting):
        raise ValidationError(
            _("Le quorum n’est pas atteint : rien ne se vote. Levez la séance, puis convoquez-la à nouveau.")
        )
    least = rule("governance.votes.least_secret").value
    if is_secret and by_college and any(0 < one.here < least for one in quorum.colleges):
        raise ValidationError(
            {"by_college": _("Un collège a trop peu de voix : compté à part, son vote ne serait pas secret.")}
        )


@transaction.atomic
def cast(*, by: Person, motion: Motion, seat: BodySeat, choice: Choice) -> bool:
    """Hear the voice of a seat: one's own, one's member's as deputy, one that gave proxy; or a hand raised.

    Who keeps the meeting notes hands raised in an open vote, for those who are there. Heard already, nothing
    changes and the answer is False: the first ballot stands. Raises PermissionDenied for who has no such
    voice; ValidationError once the vote is closed.
    """
    sitting = locked_sitting(motion.sitting)
    row = Motion.objects.of_sitting(sitting).select_related("sitting").get(pk=motion.pk)
    speaking = holders(map(sitter, summons_of(sitting)), sitting.most_proxies)
    speaker = speaking.get(seat.pk)
    if speaker is None:
        raise PermissionDenied(_("Cette voix n’est portée par personne dans la salle : elle ne vote pas."))
    mine = {one.pk for one in rights.own_seats(by, sitting.body)}
    notes = not row.is_secret and rights.keeps(by, sitting.body)
    if speaker not in mine and not notes:
        raise PermissionDenied(_("Cette voix n’est pas la vôtre."))
    must_stand(sitting)
    if MotionResult.objects.of_motion(row).exists():
        raise ValidationError(_("Ce vote est clos : son résultat ne change plus."))
    if VoterSlip.objects.of_motion(row).filter(seat=seat).exists():
        return False
    VoterSlip.objects.create(motion=row, seat=seat, by=by, choice="" if row.is_secret else choice.value)
    if row.is_secret:
        _put_in_the_urn(row, choice, seat.college_id if row.by_college else None)
    record(by, "voted", row, {"seat": seat.pk}, sitting.body.scope)
    return True


def _put_in_the_urn(motion: Motion, choice: Choice, college: int | None) -> None:
    urn = BallotPaper.objects.of_motion(motion)
    papers = [*urn.order_by().values_list("college_id", "choice"), (college, choice.value)]
    _random.shuffle(papers)
    urn.delete()
    BallotPaper.objects.bulk_create(
        [BallotPaper(motion=motion, college_id=one, choice=said) for one, said in papers]
    )


@transaction.atomic
def close_motion(*, by: Person, motion: Motion) -> MotionResult:
    """Count a vote: its result is written once and for all; again, it is the same.

    Raises PermissionDenied; ValidationError where nobody voted.
    """
    rights.require_keeper(by, motion.sitting.body)
    sitting = locked_sitting(motion.sitting)
    row = Motion.objects.of_sitting(sitting).get(pk=motion.pk)
    known = MotionResult.objects.of_motion(row).first()
    if known is not None:
        return known
    must_stand(sitting)
    slips = list(VoterSlip.objects.of_motion(row).select_related("seat").order_by("seat_id"))
    if not slips:
        raise ValidationError(_("Personne n’a encore voté : comptez après, ou retirez ce vote."))
    if row.is_secret:
        papers = list(BallotPaper.objects.of_motion(row).order_by("pk").values_list("college_id", "choice"))
    else:
        papers = [(one.seat.college_id, one.choice) for one in slips]
    assert len(papers) == len(slips)
    convened = summons_of(sitting)
    if row.is_secret and not is_countable(row, slips, convened, sitting.most_proxies):
        raise ValidationError(
            _("Si peu de bulletins diraient le choix de chacun : attendez les autres, ou retirez ce vote.")
        )
    whole = tally(Counter(Choice(said) for _college, said in papers))
    sides: dict[int, Counter[Choice]] = defaultdict(Counter)
    if row.by_college:
        for college, said in papers:
            sides[college][Choice(said)] += 1
    colleges = {one: tally(counts) for one, counts in sides.items()}
    quorum = quorum_in(sitting, convened)
    made = MotionResult.objects.create(
        motion=row,
        by=by,
        yes=whole.yes,
        no=whole.no,
        blank=whole.blank,
        voices=quorum.here,
        is_carried=carried(whole, colleges, Majority(row.majority), by_college=row.by_college),
        content={
            "quorum": {"here": quorum.here, "needed": quorum.needed, "voices": quorum.voices},
            "colleges": [
                {"name": one.seat.college.name, "yes": count.yes, "no": count.no, "blank": count.blank}
                for one, count in {
                    each.seat.college_id: (each, colleges[each.seat.college_id])
                    for each in convened
                    if each.seat.college_id in colleges
                }.values()
            ],
            "is_sure": not row.is_secret
            or keeps_secret(whole.voters, rule("governance.votes.least_secret").value),
        },
    )
    record(by, "vote_closed", row, {"is_carried": made.is_carried}, sitting.body.scope)
    return made


@transaction.atomic
def withdraw_motion(*, by: Person, motion: Motion) -> None:
    """Withdraw a vote where nobody has voted yet, or a secret one that has too few ballots to be counted.

    Such ballots are destroyed unread; that they were is its result. Raises PermissionDenied, ValidationError.
    """
    sitting = kept_sitting(by, motion.sitting)
    row = Motion.objects.of_sitting(sitting).filter(pk=motion.pk).first()
    if row is None or MotionResult.objects.of_motion(row).exists():
        return
    slips = list(VoterSlip.objects.of_motion(row).select_related("seat"))
    if not slips:
        record(by, "vote_withdrawn", row, {}, sitting.body.scope)
        row.delete()
        return
    if not row.is_secret or is_countable(row, slips, summons_of(sitting), sitting.most_proxies):
        raise ValidationError(_("Quelqu’un a déjà voté : comptez ce vote."))
    BallotPaper.objects.of_motion(row).delete()
    MotionResult.objects.create(
        motion=row, by=by, yes=0, no=0, blank=0, voices=len(slips), is_carried=False,
        content={"is_void": True, "colleges": [], "is_sure": True},
    )  # fmt: skip
    record(by, "vote_withdrawn", row, {}, sitting.body.scope)
