"""What a patient's page says of their care: the pathway, the plan, the last measures."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.care.models import STEP_LABELS
from maillage.care.pages import plan_presenters as presenters
from maillage.care.pages.network_views import late_said
from maillage.care.queries import measures as measures_read
from maillage.care.queries.networks import PathwaySeen, StepSeen, networks_of
from maillage.care.queries.pathway import pathway_of
from maillage.care.queries.plans import plan_of
from maillage.care.queries.tasks import tasks_of
from maillage.care.rules.pathway import Late, Step, StepState, current
from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Line, PanelContent
from maillage.kernel.models import Person
from maillage.people import api as people

NOT_YET = {
    Step.NEED: lazy("pas encore dit"),
    Step.FIRST_CONTACT: lazy("pas encore fait"),
    Step.ASSESSMENT: lazy("problèmes à évaluer"),
    Step.PLAN: lazy("à écrire"),
    Step.FOLLOW_UP: lazy("rien n’est encore fait"),
    Step.SUPPORT: lazy("accord de la personne à recueillir"),
}
LATE = {
    Late.NO_CONTACT: lazy("le premier contact se fait attendre"),
    Late.TASKS: lazy("des tâches ont passé leur échéance"),
    Late.REVIEW: lazy("la date de révision du plan est passée"),
}


def pathway_panel(person: Person, patient: people.Patient) -> PanelContent:
    """Say where a person is on the six steps of their pathway, and what is late in their networks."""
    steps = pathway_of(patient, plan_of(patient), tasks_of(patient))
    going = [one for one in networks_of(patient) if one.row.closed_at is None]
    here = current(steps)
    title = _("Mon parcours") if patient.account_id == person.pk else _("Parcours")
    late = [str(LATE[one.late]) for one in steps if one.late is not None]
    late += [late_said(one, step) for one in going for step in one.late]
    said = _("Étape en cours : {step}.").format(step=str(STEP_LABELS[here]).lower())
    if late:
        said = f"{said} {late[0][:1].upper()}{late[0][1:]}."
    lines = tuple(_step(one, going) for one in steps)
    url = reverse("care:pathways", args=[patient.pk])
    return PanelContent(title, said, lines, url, _("Ouvrir le parcours"), is_ordered=True)


def _step(one: StepState, going: list[PathwaySeen]) -> Line:
    detail = str(NOT_YET[one.step])
    if one.done is not None:
        detail = " · ".join(filter(None, (formats.date_short(one.done.on), one.done.who)))
    in_networks = [(seen, step) for seen in going for step in seen.steps if step.row.step == one.step.value]
    details = [detail, *(_in_network(seen, step) for seen, step in in_networks)]
    late = one.late is not None or any(step.late for _seen, step in in_networks)
    return Line(str(STEP_LABELS[one.step]), detail=" · ".join(details), is_late=late)


def _in_network(seen: PathwaySeen, step: StepSeen) -> str:
    name, row = seen.row.get_network_display(), step.row
    if row.done_on is not None:
        return _("{network} : faite le {day}").format(network=name, day=formats.date_short(row.done_on))
    return _("{network} : avant le {day}, {who}").format(
        network=name, day=formats.date_short(row.due_on), who=row.owner_name
    )


def plan_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say where the plan stands, and who does what next."""
    file = plan_of(patient)
    url = reverse("care:plan", args=[patient.pk])
    own = patient.account_id == person.pk
    if file is None:
        if own:
            return None
        return PanelContent(_("Plan partagé"), _("Aucun plan n’est écrit."), (), url, _("Ouvrir le plan"))
    view = presenters.view(file.content, presenters.owners_of(patient))
    lines = tuple(map(_intervention, view.interventions[:SHOWN]))
    if own:
        said = _("Qui fait quoi pour moi, et quand.")
        return PanelContent(_("Mon plan de soins"), said, lines, url, _("Ouvrir mon plan"))
    return PanelContent(_("Plan partagé"), presenters.finding(file), lines, url, _("Ouvrir le plan"))


def _intervention(one: presenters.Intervention) -> Line:
    day = formats.date_short(one.due_on) if one.due_on else ""
    return Line(one.text, detail=" · ".join(filter(None, (one.owner, day))))


def measures_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say the last measures; where one calls for the 15, that comes first and alone."""
    measures = measures_read.measures_of(patient)
    url = reverse("care:measures", args=[patient.pk])
    title = _("Mes mesures") if patient.account_id == person.pk else _("Mesures")
    standing = [one for one in measures if not one.is_withdrawn and not hasattr(one, "corrected_by")]
    vital = measures_read.vital_of(standing)
    lines = tuple(
        Line(formats.told(one.label, one.last), detail=one.change)
        for one in measures_read.series(measures)[:SHOWN]
    )
    if vital:
        said = ngettext(
            "{count} mesure appelle le 15 maintenant.",
            "{count} mesures appellent le 15 maintenant.",
            len(vital),
        )
        said = said.format(count=len(vital))
        return PanelContent(title, said, lines, url, _("Ouvrir les mesures"), is_vital=True)
    return PanelContent(title, "" if lines else _("Aucune mesure."), lines, url, _("Ouvrir les mesures"))
