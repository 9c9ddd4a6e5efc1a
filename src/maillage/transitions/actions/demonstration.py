"""Invented work of the demonstration: requests to the DAC in several states, written with the actions."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.territory.api import Territory
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.models import ComplexCase
from maillage.transitions.queries.working_days import working_day_after
from maillage.transitions.rules.complex_cases import Answer, Ground, PartnerKind, Refusal

#: What is asked, why, what is difficult, how many days ago.
_CASES = (
    (
        "Évaluer à domicile et organiser les aides",
        "Chutes répétées depuis l’été, ne sort plus, l’épouse s’épuise. L’infirmière passe matin et soir.",
        (Ground.AUTONOMY, Ground.CARER),
        5,
    ),
    (
        "Aider à rester dans le logement",
        "Menace de coupure d’électricité, courrier non ouvert, rendez-vous manqués.",
        (Ground.HOUSING, Ground.RIGHTS),
        0,
    ),
    (
        "Coordonner les soins après trois hospitalisations",
        "Insuffisance cardiaque et diabète, cinq intervenants qui ne se connaissent pas.",
        (Ground.HEALTH, Ground.ISOLATION),
        9,
    ),
    (
        "Trouver une place en accueil de jour",
        "Troubles de la mémoire, seul la journée, la fille vit à deux heures de route.",
        (Ground.ISOLATION, Ground.CARER),
        16,
    ),
    (
        "Accompagner vers un suivi psychique",
        "Refuse toute aide depuis le décès de sa sœur, consommation d’alcool qui augmente.",
        (Ground.MENTAL_HEALTH, Ground.REFUSAL),
        24,
    ),
    (
        "Ouvrir des droits à l’aide à domicile",
        "Revenus très faibles, aucun dossier déposé, a besoin d’aide pour la toilette.",
        (Ground.RIGHTS, Ground.AUTONOMY),
        31,
    ),
)


@transaction.atomic
def create_demonstration_cases(*, place: Territory, now: datetime) -> int:
    """Send the DAC of a territory invented requests in several states; return how many. Again, none.

    Needs the accounts, the patients and the circles of the demonstration; without them, nothing is made.
    """
    if ComplexCase.objects.in_scope(place.scope).exists():
        return 0
    nurse, manager = (demonstration_account(role) for role in (Role.NURSE, Role.CASE_MANAGER))
    if nurse is None or manager is None:
        return 0
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")
    followed = [one for one in invented if people.decision(nurse, one, people.Part.PLAN).is_allowed]
    made = []
    for (asked, why, grounds, days), patient in zip(_CASES, followed[1:], strict=False):
        at = now - timedelta(days=days, hours=3)
        case = actions.send_case(
            by=nurse,
            patient=patient,
            key=f"demonstration-{patient.pk}",
            asked=asked,
            why=why,
            grounds=grounds,
            consented_on=timezone.localdate(at, place.scope.zone),
            means=people.Means.SPOKEN,
        )
        _date(case, at)
        made.append(case)
    _lead(made, manager)
    ComplexCase.objects.in_scope(place.scope).update(is_demonstration=True)
    return len(made)


def _date(case: ComplexCase, at: datetime) -> None:
    """Let a request have been sent some days ago."""
    sent_on = timezone.localdate(at, case.scope.zone)
    case.at, case.acknowledge_by = at, working_day_after(case.scope, sent_on, 2)
    case.save(update_fields=["at", "acknowledge_by"])


def _lead(made: list[ComplexCase], manager: Person) -> None:
    """Let the DAC acknowledge, accept, ask partners, refuse and close, one request each."""
    deeds = (_nothing, _nothing, _acknowledged, _under_way, _refused, _closed)
    for case, deed in zip(made, deeds, strict=False):
        deed(case, manager)


def _nothing(case: ComplexCase, manager: Person) -> None:
    """Leave it without an acknowledgement."""


def _acknowledged(case: ComplexCase, manager: Person) -> None:
    actions.acknowledge_case(by=manager, case=case)


def _under_way(case: ComplexCase, manager: Person) -> None:
    actions.accept_case(by=manager, case=case)
    actions.begin_case(by=manager, case=case)
    asked = (
        (PartnerKind.MEDICO_SOCIAL, "Accueil de jour Les Tilleuls", "Une place deux jours par semaine"),
        (PartnerKind.SOCIAL, "Centre communal d’action sociale", "Une aide à la préparation des repas"),
    )
    for place, (kind, partner, what) in enumerate(asked):
        row = actions.ask_partner(
            by=manager,
            case=case,
            key=f"demonstration-{case.pk}-{place}",
            kind=kind,
            partner=partner,
            asked=what,
        )
        if kind is PartnerKind.SOCIAL:
            said = "Portage de repas trois fois par semaine, pas le week-end"
            actions.note_answer(by=manager, request=row, answer=Answer.PARTLY, said=said)


def _refused(case: ComplexCase, manager: Person) -> None:
    actions.refuse_case(
        by=manager,
        case=case,
        refusal=Refusal.ELSEWHERE,
        elsewhere="Centre médico-psychologique, qui la suit depuis mars",
        text="Le centre a été joint : il propose un rendez-vous et vous appelle cette semaine.",
    )


def _closed(case: ComplexCase, manager: Person) -> None:
    actions.accept_case(by=manager, case=case)
    outcome = "Dossier d’aide déposé et accordé : six heures par semaine. Visite de bilan faite."
    actions.close_case(by=manager, case=case, outcome=outcome)
    actions.note_outcome_read(by=case.by, case=case)
