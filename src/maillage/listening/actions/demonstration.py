"""Invented surveys: one of patients that is over, one of professionals that is open, what was done since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.listening.actions.surveys import new_token
from maillage.listening.models import HeardLine, InvitedCount, Survey, SurveyAnswer, SurveyRemark
from maillage.listening.queries.items import questionnaire
from maillage.listening.rules.vocabulary import Audience, Channel, Progress, Topic
from maillage.territory.api import Territory

PATIENTS, PROFESSIONALS = 180, 12
#: How many hundredths of the answers give each mark, from 1 to 5, item after item.
_SHAPES = {
    "p_delay": (9, 16, 24, 30, 21),
    "p_urgent": (14, 22, 23, 24, 17),
    "p_known": (5, 9, 18, 35, 33),
    "p_together": (8, 15, 25, 31, 21),
    "p_words": (3, 6, 14, 38, 39),
    "p_daily": (7, 13, 24, 33, 23),
    "p_say": (6, 11, 20, 34, 29),
    "p_respect": (1, 3, 8, 31, 57),
}
_TEXTS = (
    "Trois semaines d’attente pour un rendez-vous, et le samedi je ne sais pas qui joindre.",
    "Le répondeur ne dit pas quoi faire quand c’est fermé.",
    "On m’écoute, l’accueil est humain.",
    "À la sortie de l’hôpital, la lettre est arrivée dix jours après.",
    "Il faut tout répéter à chaque remplaçant.",
    "Merci d’expliquer les ordonnances avec des mots simples.",
    "Le cabinet est loin et le bus ne passe plus l’après-midi.",
    "J’aimerais un atelier sur l’alimentation.",
    "L’infirmière me rappelle toujours, c’est précieux.",
    "Personne ne répond le lundi matin.",
    "Les horaires ont changé sans information.",
    "Très bien suivi depuis le départ à la retraite du docteur.",
)


@transaction.atomic
def create_demonstration_surveys(*, place: Territory, now: datetime) -> int:
    """Make the invented surveys of a territory, once; return how many were made."""
    by = demonstration_account(Role.COORDINATOR)
    if by is None or Survey.objects.in_scope(place.scope).exists():
        return 0
    today = now.astimezone(place.zone).date()
    over = _survey(
        place.scope, by, Audience.PATIENTS, "Vos soins près de chez vous", "Your care close to home",
        today - timedelta(days=96), today - timedelta(days=40), now - timedelta(days=100),
    )  # fmt: skip
    for channel, count in ((Channel.PAPER, 260), (Channel.MESSAGE, 190), (Channel.POSTER, 190)):
        InvitedCount.objects.create(survey=over, channel=channel, count=count, by=by, at=over.at)
    _answer_as_patients(over)
    running = _survey(
        place.scope, by, Audience.PROFESSIONALS, "Travailler ensemble", "Working together",
        today - timedelta(days=9), today + timedelta(days=21), now - timedelta(days=10),
    )  # fmt: skip
    InvitedCount.objects.create(survey=running, channel=Channel.MESSAGE, count=64, by=by, at=running.at)
    SurveyAnswer.objects.bulk_create(
        [
            SurveyAnswer(
                survey=running,
                marks={
                    code: 1 + (3 * rank + 2 * place_) % 5 for place_, code in enumerate(running.questions)
                },
            )
            for rank in range(PROFESSIONALS)
        ]
    )
    _lines(over, by, today, now)
    return 2


def _survey(
    scope: Scope, by: Person, audience: Audience, title: str, title_en: str, starts_on: date, ends_on: date,
    at: datetime,
) -> Survey:  # fmt: skip
    return Survey.objects.create(
        by=by,
        at=at,
        key=uuid4().hex,
        scope=scope,
        audience=audience,
        title=title,
        title_en=title_en,
        questions=[one.code for one in questionnaire(audience).items],
        starts_on=starts_on,
        ends_on=ends_on,
        token=new_token(),
        is_demonstration=True,
    )


def _answer_as_patients(survey: Survey) -> None:
    groups = list(questionnaire(Audience.PATIENTS).groups)
    made = []
    for rank in range(PATIENTS):
        marks = {}
        for place, code in enumerate(survey.questions):
            # One answer in fifteen leaves a question: never the same one.
            if (rank + 2 * place) % 15:
                marks[code] = _mark(_SHAPES[code], (37 * rank + 23 * place + 11 * rank * place) % 100)
        group = "" if rank % 5 == 3 else groups[(rank // 2) % len(groups)]
        made.append(SurveyAnswer(survey=survey, marks=marks, group=group, on_paper=rank % 6 == 0))
    SurveyAnswer.objects.bulk_create(made)
    SurveyRemark.objects.bulk_create([SurveyRemark(survey=survey, text=text) for text in _TEXTS])


def _mark(shape: tuple[int, ...], place: int) -> int:
    """Return the mark in which the hundredth `place` falls."""
    for mark, share in enumerate(shape, start=1):
        if place < share:
            return mark
        place -= share
    raise AssertionError(shape)


def _lines(survey: Survey, by: Person, today: date, now: datetime) -> None:
    lines = (
        (
            Topic.ACCESS, "p_urgent", 12, Progress.DONE,
            "Le soir et le samedi, vous ne savez pas qui appeler.",
            "In the evening and on Saturday, you do not know whom to call.",
            "Un seul numéro, affiché dans tous les cabinets et les pharmacies, et dit par chaque répondeur.",
            "One number, posted in every practice and pharmacy, and said by each answering machine.",
        ),
        (
            Topic.COORDINATION, "p_together", 20, Progress.UNDER_WAY,
            "Vos soignants ne se parlent pas assez, surtout à la sortie de l’hôpital.",
            "Those who care for you do not talk enough, above all when you leave hospital.",
            "L’hôpital prévient le cabinet la veille de la sortie ; deux services sur cinq le font déjà.",
            "The hospital tells the practice the day before you leave; two wards out of five already do.",
        ),
        (
            Topic.SELF_CARE, "p_daily", 31, Progress.PLANNED,
            "Vous voulez de l’aide pour prendre soin de vous au quotidien.",
            "You want help to look after yourselves from day to day.",
            "Des ateliers sur l’alimentation et l’activité physique, dans trois communes, au printemps.",
            "Workshops on food and physical activity, in three communes, from spring on.",
        ),
    )  # fmt: skip
    for topic, question, days, progress, said, said_en, done, done_en in lines:
        HeardLine.objects.create(
            by=by, at=now - timedelta(days=days), key=uuid4().hex, scope=survey.scope, topic=topic,
            survey=survey, question=question, said=said, said_en=said_en, done=done, done_en=done_en,
            done_on=today - timedelta(days=days), progress=progress,
            published_at=now - timedelta(days=days - 1), published_by=by,
        )  # fmt: skip
