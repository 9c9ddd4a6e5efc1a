"""What becomes of the advices asked of an expert who leaves: they return to whoever asked."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.telehealth.actions.following import Template, locked, move, tell_asker
from maillage.telehealth.models import Question
from maillage.telehealth.rules.questions import OPEN, State


def _asked(person: Person) -> QuerySet[Question]:
    # The base manager: whoever withdraws reads none of them, only how many there are.
    asked = Q(taken_by__account=person) | Q(taken_by=None, to_professional__account=person)
    return Question._base_manager.filter(asked, state__in=sorted(one.value for one in OPEN)).order_by("pk")


def count_asked(person: Person) -> int:
    """Return how many open questions wait for somebody by name."""
    return _asked(person).count()


def return_questions(leaving: Leaving) -> int:
    """Give each open question back to whoever asked, who chooses whom else to ask; nobody takes it over."""
    for row in list(_asked(leaving.person)):
        kept = locked(row)
        text = _("{name} ne répond plus ici : choisissez quelqu’un d’autre.").format(name=leaving.person)
        move(kept, State.DECLINED, by=leaving.by, key=f"leaves-{kept.pk}", text=text)
        tell_asker(kept, Template.ADVICE_RETURNED, leaving.by)
    return 0


WITHDRAWALS = (
    Withdrawal(
        "telehealth.questions",
        lazy("Avis demandés"),
        Fate.PASSES,
        count_asked,
        ("telehealth.question.to_professional",),
        return_questions,
        otherwise=lazy("rendus à qui les a demandés"),
        order=29,
    ),
)
