"""An invented CPTS board: colleges, a meeting held and one to come, a secret vote, decisions, trainings.

Every name is after a plant; accounts are those of the demonstration.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.db import transaction

from maillage.governance.actions.bodies import default_rules
from maillage.governance.actions.sittings import convene
from maillage.governance.models import (
    AgendaPoint,
    BallotPaper,
    Body,
    BodySeat,
    College,
    Motion,
    MotionResult,
    Resolution,
    Sitting,
    Summons,
    TrainingPlace,
    TrainingSession,
    VoterSlip,
)
from maillage.governance.rules.vocabulary import (
    BodyKind,
    Choice,
    CollegeKind,
    Majority,
    Office,
    PlaceState,
    PointKind,
    Reply,
    TrainingKind,
)
from maillage.kernel import clock
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.project import api as project
from maillage.territory.api import Territory

#: Who sits: college, role of an account or a name, at what title, office.
_SEATS: tuple[tuple[CollegeKind, Role | str, str, Office], ...] = (
    (CollegeKind.PROFESSIONALS, Role.PHYSICIAN, "Médecins généralistes", Office.VICE_PRESIDENT),
    (CollegeKind.PROFESSIONALS, Role.NURSE, "Infirmières libérales", Office.SECRETARY),
    (CollegeKind.PROFESSIONALS, Role.PHARMACIST, "Pharmaciens", Office.TREASURER),
    (CollegeKind.PROFESSIONALS, Role.MIDWIFE, "Sages-femmes", Office.MEMBER),
    (CollegeKind.PROFESSIONALS, Role.PHYSIOTHERAPIST, "Kinésithérapeutes", Office.MEMBER),
    (CollegeKind.STRUCTURES, Role.EHPAD, "EHPAD du territoire", Office.MEMBER),
    (CollegeKind.STRUCTURES, Role.CASE_MANAGER, "Dispositif d’appui (DAC)", Office.MEMBER),
    (CollegeKind.USERS, Role.BOARD, "Association d’usagers", Office.PRESIDENT),
    (CollegeKind.USERS, "Mme Églantine Sureau", "Association de familles", Office.MEMBER),
)
_PLACES = {CollegeKind.PROFESSIONALS: 6, CollegeKind.STRUCTURES: 3, CollegeKind.USERS: 2}
_NAMES = {
    CollegeKind.PROFESSIONALS: "Professionnels de santé",
    CollegeKind.STRUCTURES: "Structures",
    CollegeKind.USERS: "Usagers",
}
#: Who came to the meeting held: the others were absent, one gave proxy.
_CAME = (Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.EHPAD, Role.BOARD, Role.CASE_MANAGER)
_POINTS = (
    (PointKind.MINUTES, "Compte rendu de la séance précédente", "Approuvé sans remarque."),
    (PointKind.INFORMATION, "Où en est le budget de l’année",
     "La trésorière présente les dépenses par mission ; deux lignes seront revues avant l’été."),
    (PointKind.DECISION, "Qui représente la CPTS au conseil local de santé mentale",
     "Deux candidatures, retirées au profit d’une seule ; le vote est demandé à bulletin secret."),
    (PointKind.DECISION, "Ouvrir une consultation avancée dans la zone blanche",
     "La commune prête une salle ; il faut un médecin volontaire par quinzaine."),
)  # fmt: skip


@transaction.atomic
def create_demonstration_governance(*, place: Territory, now: datetime) -> int:
    """Write an invented board and its meetings in a territory, once; return how many bodies were made."""
    president = demonstration_account(Role.BOARD)
    coordinator = demonstration_account(Role.COORDINATOR)
    if president is None or coordinator is None or Body.objects.in_scope(place.scope).exists():
        return 0
    today = clock.day_of(now, place.scope)
    board = _body(
        place.scope, coordinator, BodyKind.BOARD, "Conseil d’administration de la CPTS",
        "Décide du projet de santé et du budget, arrête les conventions, rend compte à l’assemblée.",
        pays_time=True,
    )  # fmt: skip
    seats = _seats(board, coordinator, today)
    held = _held(board, seats, president, _at(place, today - timedelta(days=48), 18, 30))
    _decided(place, held, coordinator, today)
    _to_come(board, seats, coordinator, _at(place, today + timedelta(days=14), 18, 30), now)
    _steering(place.scope, coordinator, today)
    _trainings(place, coordinator, today)
    return 2


def _at(place: Territory, day: date, hour: int, minute: int) -> datetime:
    """Return an hour of the Thursday of the week of a day."""
    return datetime.combine(day + timedelta(days=3 - day.weekday()), time(hour, minute), place.zone)


def _body(
    scope: Scope, by: Person, kind: BodyKind, name: str, purpose: str, *, pays_time: bool = False
) -> Body:
    return Body.objects.create(
        scope=scope, by=by, key=uuid4().hex, kind=kind.value, name=name, purpose=purpose,
        pays_time=pays_time, is_demonstration=True, **default_rules(kind).value,
    )  # fmt: skip


def _seats(body: Body, by: Person, today: date) -> dict[Role | str, BodySeat]:
    colleges = {
        kind: College.objects.create(body=body, by=by, kind=kind.value, name=_NAMES[kind], places=places)
        for kind, places in _PLACES.items()
    }
    since = today - timedelta(days=700)
    found: dict[Role | str, BodySeat] = {}
    for kind, who, stands_for, office in _SEATS:
        account = demonstration_account(who) if isinstance(who, Role) else None
        if isinstance(who, Role) and account is None:
            continue
        until = today + timedelta(days=45) if who is Role.MIDWIFE else today + timedelta(days=395)
        found[who] = BodySeat.objects.create(
            body=body, college=colleges[kind], by=by, key=uuid4().hex, person=account,
            name="" if account is not None else str(who), stands_for=stands_for, office=office.value,
            since=since, until=until,
        )  # fmt: skip
    titular = found.get(Role.PHYSIOTHERAPIST)
    if titular is not None:
        BodySeat.objects.create(
            body=body, college=titular.college, by=by, key=uuid4().hex, name="M. Silvain Orme",
            stands_for="Orthophonistes", deputises=titular, since=since, until=titular.until,
        )  # fmt: skip
    return found


def _sitting(body: Body, by: Person, starts_at: datetime, convened_at: datetime | None) -> Sitting:
    rules = default_rules(BodyKind(body.kind)).value
    return Sitting.objects.create(
        body=body, by=by, key=uuid4().hex, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        place="Salle des fêtes", video_url="https://visio.example.org/ca", convened_at=convened_at, **rules,
    )  # fmt: skip


def _held(body: Body, seats: dict[Role | str, BodySeat], president: Person, starts_at: datetime) -> Sitting:
    sitting = _sitting(body, president, starts_at, starts_at - timedelta(days=14))
    sitting.closed_at = starts_at + timedelta(hours=1, minutes=50)
    sitting.save(update_fields=["closed_at"])
    for place, (kind, title, said) in enumerate(_POINTS):
        AgendaPoint.objects.create(
            sitting=sitting, by=president, at=starts_at, key=f"point-{place}-{uuid4().hex[:20]}",
            kind=kind.value, title=title, said=said, version=2,
        )  # fmt: skip
    proxy = seats.get(Role.NURSE)
    for who, seat in seats.items():
        is_here = who in _CAME
        gives = who is Role.MIDWIFE and proxy is not None
        reply = Reply.COMES if is_here else Reply.PROXY if gives else Reply.ABSENT
        Summons.objects.create(
            sitting=sitting, seat=seat, reply=reply.value, proxy_to=proxy if gives else None,
            replied_at=starts_at - timedelta(days=5), replied_by=seat.person or president, is_here=is_here,
            signed_at=starts_at if is_here else None,
            signed_by=(seat.person or president) if is_here else None,
        )  # fmt: skip
    _secret_vote(sitting, [seats[one] for one in (*_CAME, Role.MIDWIFE) if one in seats], president)
    return sitting


def _secret_vote(sitting: Sitting, voters: list[BodySeat], president: Person) -> None:
    motion = Motion.objects.create(
        sitting=sitting, by=president, at=sitting.starts_at, key=uuid4().hex, is_secret=True,
        text="Désigner l’infirmière déléguée pour représenter la CPTS au conseil local de santé mentale",
        majority=Majority.ABSOLUTE.value,
    )  # fmt: skip
    for seat in voters:
        VoterSlip.objects.create(motion=motion, seat=seat, by=seat.person or president)
    choices = [Choice.YES] * max(0, len(voters) - 2) + [Choice.NO, Choice.BLANK]
    choices = choices[: len(voters)]
    BallotPaper.objects.bulk_create([BallotPaper(motion=motion, choice=one.value) for one in choices])
    MotionResult.objects.create(
        motion=motion, by=president, at=sitting.starts_at, yes=choices.count(Choice.YES),
        no=choices.count(Choice.NO), blank=choices.count(Choice.BLANK), voices=len(voters), is_carried=True,
        content={
            "quorum": {"here": len(voters), "needed": 5, "voices": 9}, "colleges": [], "is_sure": True,
        },
    )  # fmt: skip


def _decided(place: Territory, sitting: Sitting, by: Person, today: date) -> None:
    motion = Motion.objects.of_sitting(sitting).first()
    Resolution.objects.create(
        sitting=sitting, by=by, at=sitting.starts_at, key=uuid4().hex, motion=motion,
        text="L’infirmière déléguée représente la CPTS au conseil local de santé mentale.",
    )  # fmt: skip
    late = Resolution.objects.create(
        sitting=sitting, by=by, at=sitting.starts_at, key=uuid4().hex,
        text="Signer avec la commune le prêt de la salle pour la consultation avancée.",
    )  # fmt: skip
    done = Resolution.objects.create(
        sitting=sitting, by=by, at=sitting.starts_at, key=uuid4().hex,
        text="Envoyer à chaque membre le budget par mission avant la prochaine séance.",
    )  # fmt: skip
    going = project.project_in_force(place)
    objective = None if going is None else next(iter(project.objectives_in(by, place.scope)), None)
    if objective is None:
        return
    for one, lead, due in (
        (late, demonstration_account(Role.PHYSICIAN), today - timedelta(days=6)),
        (done, by, today + timedelta(days=8)),
    ):
        one.action = project.add_action(
            by=by, objective=objective, title=one.text, starts_on=sitting.held_on, ends_on=due, lead=lead,
            key=f"resolution-{one.pk}",
        )  # fmt: skip
        one.save(update_fields=["action"])


def _to_come(
    body: Body, seats: dict[Role | str, BodySeat], by: Person, starts_at: datetime, now: datetime
) -> None:
    sitting = _sitting(body, by, starts_at, None)
    for place, (kind, title) in enumerate(
        (
            (PointKind.MINUTES, "Compte rendu de la séance précédente"),
            (PointKind.DECISION, "Budget de l’année : réaffecter ce qui n’est pas dépensé"),
            (PointKind.DEBATE, "Ce que disent les usagers du délai pour un rendez-vous"),
        )
    ):
        key = f"next-{place}-{uuid4().hex[:20]}"
        AgendaPoint.objects.create(sitting=sitting, by=by, key=key, kind=kind.value, title=title)
    convene(by=by, sitting=sitting)
    for who in (Role.PHYSICIAN, Role.NURSE, Role.EHPAD):
        seat = seats.get(who)
        if seat is not None:
            Summons.objects.of_sitting(sitting).filter(seat=seat).update(
                reply=Reply.COMES.value, replied_at=now, replied_by=seat.person
            )


def _steering(scope: Scope, by: Person, today: date) -> None:
    body = _body(
        scope, by, BodyKind.STEERING, "Comité de pilotage des soins non programmés",
        "Suit l’accès aux soins du jour, propose au conseil ce qu’il faut changer.",
    )  # fmt: skip
    professionals = College.objects.create(
        body=body, by=by, kind=CollegeKind.PROFESSIONALS.value, name="Professionnels de santé", places=4
    )
    College.objects.create(body=body, by=by, kind=CollegeKind.ELECTED.value, name="Élus locaux", places=2)
    for role in (Role.PHYSICIAN, Role.REGULATOR):
        account = demonstration_account(role)
        if account is not None:
            BodySeat.objects.create(
                body=body, college=professionals, by=by, key=uuid4().hex, person=account,
                since=today - timedelta(days=200),
            )  # fmt: skip


def _trainings(place: Territory, by: Person, today: date) -> None:
    past = TrainingSession.objects.create(
        scope=place.scope, by=by, key=uuid4().hex, kind=TrainingKind.CROSS.value, pays_time=True,
        title="Repérer la fragilité à domicile, à plusieurs", host="Maison de santé",
        about="Les mêmes signes, vus par l’infirmière, le kinésithérapeute et la pharmacienne.",
        starts_at=_at(place, today - timedelta(days=27), 19, 0),
        ends_at=_at(place, today - timedelta(days=27), 21, 0), places=12,
    )  # fmt: skip
    coming = TrainingSession.objects.create(
        scope=place.scope, by=by, key=uuid4().hex, kind=TrainingKind.IMMERSION.value, pays_time=True,
        title="Une matinée à la pharmacie", host="Chez une pharmacienne du territoire",
        about="Ce que la délivrance révèle des traitements, et comment se le dire.",
        starts_at=_at(place, today + timedelta(days=19), 8, 30),
        ends_at=_at(place, today + timedelta(days=19), 12, 30), places=2,
    )  # fmt: skip
    roles = (Role.NURSE, Role.PHYSIOTHERAPIST, Role.PHYSICIAN)
    for rank, role in enumerate(roles):
        account = demonstration_account(role)
        if account is None:
            continue
        asked = _at(place, today - timedelta(days=40 - rank), 12, 0)
        TrainingPlace.objects.create(
            session=past, person=account, state=PlaceState.TAKEN.value, asked_at=asked, is_here=rank < 2
        )
        state = PlaceState.TAKEN if rank < 2 else PlaceState.WAITING
        TrainingPlace.objects.create(session=coming, person=account, state=state.value, asked_at=asked)
