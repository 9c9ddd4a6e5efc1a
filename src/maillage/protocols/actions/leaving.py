"""What becomes of the sign-ups of a professional who leaves: they end that day, nobody takes them over."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import journal
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.protocols.actions.education import follow_team
from maillage.protocols.models import EducationSession, Enrolment, ProgrammeMember, SignUp
from maillage.protocols.queries.protocols import today_in


def _standing(person: Person) -> Any:
    rows = SignUp.objects.filter(Q(professional__account=person), ended_on=None)
    return rows.order_by("pk")


def count_sign_ups(person: Person) -> int:
    """Return how many protocols somebody is signed up to."""
    found: int = _standing(person).count()
    return found


def end_sign_ups(leaving: Leaving) -> int:
    """End each sign-up; a colleague signs their own, after their own training."""
    rows = _standing(leaving.person).select_related("protocol__scope").select_for_update(of=("self",))
    for row in rows:
        scope = row.protocol.scope
        row.ended_on, row.ended_by, row.ended_because = today_in(scope), leaving.by, _("départ")
        row.save(update_fields=["ended_on", "ended_by", "ended_because"])
        journal.record(
            by=leaving.by,
            verb="protocols.sign_up_ended",
            target=journal.target_of(row),
            changes={"ended_on": [None, row.ended_on]},
            scope=scope.pk,
        )
    return 0


def _memberships(person: Person) -> Any:
    return ProgrammeMember.objects.filter(professional__account=person, left_on=None)


def count_memberships(person: Person) -> int:
    """Return how many programmes of therapeutic education somebody is of the team of."""
    found: int = _memberships(person).count()
    return found


def leave_programmes(leaving: Leaving) -> int:
    """Take somebody out of each team: they read nobody by it any more."""
    rows = _memberships(leaving.person).select_related("programme__scope").select_for_update(of=("self",))
    for row in rows:
        scope = row.programme.scope
        row.left_on = today_in(scope)
        row.save(update_fields=["left_on"])
        journal.record(
            by=leaving.by,
            verb="protocols.programme_left",
            target=journal.target_of(row),
            changes={"left_on": [None, row.left_on]},
            scope=scope.pk,
        )
        follow_team(leaving.by, row.programme)
    return 0


def count_led(person: Person) -> int:
    """Return how many sessions to come somebody leads, and people they follow in a programme."""
    sessions = EducationSession.objects.filter(
        leader__account=person, cancelled_at=None, starts_at__gt=timezone.now()
    )
    # The base manager, to count: nobody is named.
    followed = Enrolment._base_manager.filter(educator__account=person, ended_at=None)
    both = sessions.order_by().values("pk").union(followed.order_by().values("pk"), all=True)
    return both.count()


WITHDRAWALS = (
    Withdrawal(
        "protocols.programmes",
        lazy("Équipes de programmes d’éducation thérapeutique"),
        Fate.ENDS,
        count_memberships,
        ("protocols.programmemember.professional",),
        leave_programmes,
        order=29,
    ),
    Withdrawal(
        "protocols.education",
        lazy("Séances et suivis d’éducation thérapeutique"),
        Fate.STAYS,
        count_led,
        ("protocols.educationsession.leader", "protocols.enrolment.educator"),
        otherwise=lazy("à confier par qui coordonne le programme"),
        order=30,
    ),
    Withdrawal(
        "protocols.sign_ups",
        lazy("Adhésions à des protocoles"),
        Fate.ENDS,
        count_sign_ups,
        ("protocols.signup.professional",),
        end_sign_ups,
        order=29,
    ),
)
