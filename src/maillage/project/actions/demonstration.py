"""An invented project: under contract, some of its steps late; its spending is in the invented accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from maillage.kernel import clock
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.project.actions.agreements import add_agreement, add_party, sign_agreement
from maillage.project.actions.objectives import (
    add_axis,
    add_objective,
    add_objective_from_finding,
    link_plan,
)
from maillage.project.actions.projects import begin_project, mark_mission, take_step, write_chapter
from maillage.project.actions.work import (
    add_action,
    add_money,
    add_step,
    move_action,
    note_step,
)
from maillage.project.computations.findings import Found, Group, findings
from maillage.project.models import Action, Objective, Project
from maillage.project.rules.actions import ActionState, MoneySource
from maillage.project.rules.agreements import AgreementKind
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind, ProjectState
from maillage.territory.api import Territory

#: How long ago the contract was signed, in days.
_SIGNED = 410


@dataclass(frozen=True, slots=True)
class _Act:
    """An invented action: its objective and lead, days of its steps from today (done where past), money.

    `late`: its last past step was not done. `money`: source, asked, granted (None: no answer), in €.
    """

    objective: str
    title: str
    role: Role
    steps: tuple[tuple[str, int], ...]
    money: tuple[tuple[MoneySource, int, int | None], ...] = ()
    late: bool = False
    done: str = ""
    effect: tuple[str, str, str, str] = ("", "", "", "")
    partners: str = ""


_OBJECTIVES: tuple[tuple[str, Mission, str], ...] = (
    ("pathways", Mission.PATHWAYS, "Suivre à plusieurs les personnes âgées fragiles"),
    ("prevention", Mission.PREVENTION, "Aller vers les personnes que la prévention ne touche pas"),
    ("crisis", Mission.CRISIS, "Savoir qui fait quoi en cas de canicule ou d’épidémie"),
    ("support", Mission.SUPPORT, "Accueillir les internes et les nouveaux installés"),
)
_ACTS: tuple[_Act, ...] = (
    _Act("zone", "Consultations avancées dans la zone blanche", Role.PHYSICIAN,
         (("Trouver une salle avec la commune", -120), ("Premier jour de consultation", -35),
          ("Bilan à six mois", 140)),
         ((MoneySource.FIR, 18000, 15000), (MoneySource.LOCAL, 4000, 4000)),
         effect=("access.mean", "consultations par an", "1.9", "2.5"), partners="Commune, médecins"),
    _Act("doctor", "Attribuer un médecin traitant aux personnes en ALD", Role.COORDINATOR,
         (("Liste de la CPAM reçue", -90), ("Rappel de chaque personne", -12), ("Bilan avec la CPAM", 60)),
         ((MoneySource.ACI, 9000, 9000),), late=True,
         effect=("Sans médecin traitant, en ALD", "%", "6", "3")),
    _Act("doctor", "Secrétariat partagé des médecins qui prennent des patients", Role.COORDINATOR,
         (("Convention avec les cabinets", 25), ("Ouverture de la ligne", 80)),
         ((MoneySource.ACI, 12000, None),)),
    _Act("doctor", "Rendez-vous de soins non programmés en journée", Role.PHYSICIAN,
         (("Créneaux ouverts par six cabinets", -200), ("Bilan du premier semestre", -20)),
         ((MoneySource.ACI, 8000, 8000),), done="Six cabinets ouvrent douze créneaux par jour."),
    _Act("pathways", "Réunions de concertation pour les personnes âgées fragiles", Role.NURSE,
         (("Calendrier de l’année", -150), ("Dix situations revues", -30), ("Bilan du parcours", 90)),
         ((MoneySource.ACI, 7500, 7500),),
         effect=("Situations revues à plusieurs", "par an", "0", "60")),
    _Act("pathways", "Fiche de nuit pour chaque résident d’EHPAD", Role.EHPAD,
         (("Modèle validé", -100), ("Fiches remplies", 20)), ((MoneySource.ACI, 3000, 3000),)),
    _Act("pathways", "Sortie d’hôpital : appel sous 48 heures", Role.NURSE,
         (("Accord de l’hôpital", -60), ("Premier mois d’appels", 15)),
         ((MoneySource.FIR, 6000, 6000),), partners="Hôpital, DAC"),
    _Act("prevention", "Journées de vaccination contre la grippe", Role.PHARMACIST,
         (("Dates et lieux", -70), ("Trois journées tenues", -15), ("Compte rendu", 30)),
         ((MoneySource.ACI, 4500, 4500),)),
    _Act("prevention", "Dépistage colorectal : remise du test en pharmacie", Role.PHARMACIST,
         (("Formation des équipes", -45), ("Cent tests remis", 75)), ((MoneySource.ACI, 2500, 2500),)),
    _Act("prevention", "Ateliers d’activité physique adaptée", Role.PHYSIOTHERAPIST,
         (("Salle et assurance", -8), ("Premier groupe", 45)), ((MoneySource.LOCAL, 5000, 3500),),
         late=True),
    _Act("crisis", "Plan de crise de la CPTS", Role.COORDINATOR,
         (("Rédaction", -180), ("Exercice avec la commune", 50)), ((MoneySource.ACI, 3500, 3500),)),
    _Act("crisis", "Liste des professionnels volontaires", Role.COORDINATOR,
         (("Appel aux volontaires", -160), ("Liste à jour", 40)), ()),
    _Act("support", "Hébergement des internes", Role.COORDINATOR,
         (("Logements repérés", 35),), ((MoneySource.LOCAL, 9000, None),), partners="Intercommunalité"),
    _Act("workforce", "Accueil des médecins qui s’installent", Role.PHYSICIAN,
         (("Livret d’accueil", -75), ("Deux journées portes ouvertes", 110)),
         ((MoneySource.OTHER, 2000, 2000),)),
)  # fmt: skip
_AGREEMENTS: tuple[tuple[AgreementKind, str, int, int, tuple[str, ...]], ...] = (
    (AgreementKind.CARE_HOME, "Réponse de nuit aux résidents", -300, 430, ("CPTS", "EHPAD des Tilleuls")),
    (AgreementKind.PREMISES, "Salle des consultations avancées", -270, 95, ("CPTS", "Commune")),
    (AgreementKind.HOSPITAL, "Sorties d’hôpital préparées", 30, 760, ("CPTS", "Hôpital local")),
)
_TEXTS = {
    "summary_of_project": (
        "Les professionnels du territoire s’organisent pour que chacun trouve un médecin traitant, une "
        "réponse le jour même et un suivi à plusieurs quand sa situation le demande.\n\nLe projet part des "
        "zones où l’accès manque et des départs à venir ; chaque action a un pilote, des étapes datées, un "
        "effet attendu."
    ),
    "diagnosis_said": (
        "Les chiffres viennent du diagnostic du territoire, à leur date. Ils disent où l’accès manque ; ils "
        "ne disent pas pourquoi : les professionnels rencontrés l’ont complété commune par commune."
    ),
    "needs_said": (
        "Trois besoins sont retenus : l’accès au médecin, le suivi à plusieurs des personnes fragiles, "
        "l’accueil de ceux qui s’installent."
    ),
    "perimeter_and_neighbours": (
        "Le périmètre suit les habitudes de soins des habitants. Les deux CPTS voisines ont été rencontrées "
        ": une commune de frontière est suivie par les deux, par convention."
    ),
    "organisation_of_members": (
        "Association loi 1901. Le conseil d’administration se réunit tous les deux mois ; les usagers et les "
        "élus y ont une voix. Un groupe par mission se réunit chaque mois et rend compte au conseil."
    ),
    "information_system": (
        "Les échanges passent par la messagerie sécurisée de santé et par Maillage ; aucune donnée de santé "
        "ne circule par SMS ni par courriel."
    ),
    "evaluation_said": (
        "Chaque action a un indicateur, une valeur de départ et une cible. Les résultats sont lus deux fois "
        "par an ; ce qui n’a pas de comparateur est dit comme tel."
    ),
}


@transaction.atomic
def create_demonstration_project(*, place: Territory, now: datetime) -> int:
    """Write an invented project on a territory, once; return how many actions it has."""
    team = {
        role: demonstration_account(role, place.scope) or demonstration_account(role)
        for role in {one.role for one in _ACTS} | {Role.COORDINATOR}
    }
    by = team[Role.COORDINATOR]
    if by is None or Project.objects.in_scope(place.scope).exists():
        return 0
    today = clock.day_of(now, place.scope)
    signed = today - timedelta(days=_SIGNED)
    key = f"demonstration-{place.pk}"
    project = begin_project(
        by=by, place=place, kind=ProjectKind.CPTS, title=f"Projet de santé {signed.year}–{signed.year + 5}",
        starts_on=signed - timedelta(days=30), ends_on=signed + timedelta(days=1825), key=key,
        is_demonstration=True,
    )  # fmt: skip
    for name, text in _TEXTS.items():
        write_chapter(by=by, project=project, name=name, base=0, text=text)
    for rank, (to, before, reason) in enumerate(
        (
            (ProjectState.LETTER_SENT, 420, ""),
            (ProjectState.SUBMITTED, 210, ""),
            (ProjectState.RETURNED, 160, "Préciser le périmètre commun avec la CPTS voisine."),
            (ProjectState.SUBMITTED, 110, ""),
            (ProjectState.VALIDATED, 50, ""),
            (ProjectState.SIGNED, 0, ""),
        )
    ):
        take_step(
            by=by, project=project, to=to, on=signed - timedelta(days=before), key=f"{key}-{rank}",
            reference=f"ARS/{signed.year}/{100 + rank}", reason=reason,
        )  # fmt: skip
    for mission, start, deployed in (
        (Mission.ACCESS, 100, None), (Mission.PATHWAYS, 200, None), (Mission.CRISIS, 120, None),
    ):  # fmt: skip
        day = signed + timedelta(days=start)
        mark_mission(by=by, project=project, mission=mission, started_on=day, deployed_on=deployed)
    objectives = _objectives(by, project, findings(place), key)
    for rank, act in enumerate(_ACTS):
        _act(team[act.role] or by, by, objectives[act.objective], act, today, f"{key}-{rank}")
    _agreements(by, place, today, key)
    return len(_ACTS)


def _agreements(by: Person, place: Territory, today: date, key: str) -> None:
    """Write three agreements: one in force, one that ends soon, one to sign."""
    for rank, (kind, title, since, until, parties) in enumerate(_AGREEMENTS):
        made = add_agreement(
            by=by, place=place, kind=kind, title=title, text=rule(f"project.agreements.{kind.value}").value,
            key=f"{key}-c{rank}", starts_on=today + timedelta(days=since),
            ends_on=today + timedelta(days=until), is_tacit=False, renewal_months=12, notice_days=60,
        )  # fmt: skip
        for name in parties:
            add_party(by=by, agreement=made, name=name)
        if since < 0:
            sign_agreement(by=by, agreement=made, signed_on=today + timedelta(days=since))


def _objectives(by: Person, project: Project, found: Found, key: str) -> dict[str, Objective]:
    """Make the objectives of the invented project: those that the diagnosis finds keep its figures."""
    near = add_axis(by=by, project=project, title="Trouver un soin près de chez soi", key=f"{key}-near")
    along = add_axis(by=by, project=project, title="Être suivi à plusieurs, et prévenir", key=f"{key}-along")
    stay = add_axis(
        by=by, project=project, title="Donner envie de s’installer et de rester", key=f"{key}-stay"
    )
    zone = next((one.key for one in found.findings if one.group is Group.ZONE), "")
    wanted = {
        "zone": (zone, near, "Rapprocher le généraliste des communes éloignées", Mission.ACCESS),
        "doctor": (
            "need:no_referring_doctor", near, "Donner un médecin traitant à qui n’en a pas", Mission.ACCESS,
        ),
        "workforce": (
            "workforce:gp_60_share", stay, "Préparer le remplacement des généralistes qui partiront",
            Mission.SUPPORT,
        ),
    }  # fmt: skip
    made: dict[str, Objective] = {}
    for name, (finding, axis, title, mission) in wanted.items():
        own = f"{key}-{name}"
        if finding and found.finding(finding) is not None:
            made[name] = add_objective_from_finding(
                by=by, project=project, finding=finding, axis=axis, key=own
            )
        else:
            made[name] = add_objective(
                by=by, project=project, mission=mission, title=title, axis=axis, key=own
            )
    for name, mission, title in _OBJECTIVES:
        axis = stay if name == "support" else along
        made[name] = add_objective(
            by=by, project=project, mission=mission, title=title, axis=axis, key=f"{key}-{name}"
        )
    link_plan(
        by=by, objective=made["prevention"], kind=LinkedKind.CLS, title="Contrat local de santé du pays",
        theirs="Réduire les écarts de dépistage entre communes", key=f"{key}-cls", reference="CLS, fiche 4",
    )  # fmt: skip
    return made


def _act(lead: Person, by: Person, objective: Objective, act: _Act, today: date, key: str) -> Action:
    indicator, unit, reference, target = act.effect
    action = add_action(
        by=by, objective=objective, title=act.title, lead=lead, partners=act.partners,
        starts_on=today + timedelta(days=act.steps[0][1] - 30), key=f"{key}-a", indicator=indicator,
        indicator_unit=unit, reference=Decimal(reference) if reference else None,
        target=Decimal(target) if target else None,
        target_on=today + timedelta(days=600) if target else None,
    )  # fmt: skip
    past = [name for name, day in act.steps if day < 0]
    for place, (name, day) in enumerate(act.steps):
        due = today + timedelta(days=day)
        step = add_step(by=by, action=action, title=name, due_on=due, key=f"{key}-s{place}")
        if day < 0 and not (act.late and name == past[-1]):
            note_step(by=by, step=step, done_on=due)
    for place, (source, asked, granted) in enumerate(act.money):
        add_money(
            by=by, action=action, source=source, label=act.title, asked=Decimal(asked),
            granted=None if granted is None else Decimal(granted), key=f"{key}-m{place}",
        )  # fmt: skip
    state = ActionState.DONE if act.done else ActionState.UNDER_WAY if past else ActionState.PLANNED
    if state is not ActionState.PLANNED:
        action = move_action(by=by, action=action, base=action.version, state=state, outcome=act.done)
    return action
