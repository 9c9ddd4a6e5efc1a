"""What the document of a project says, from its rows and from the diagnosis: the same in Word and in PDF.

It is written in French, whatever the language of the screens: it is for the ARS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.utils.translation import override

from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.pages.presenters import value as rule_value
from maillage.kernel.printing.blocks import (
    Block,
    Column,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Points,
    Section,
)
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.project.computations.portrait import key_figures
from maillage.project.models import (
    ACTION_STATE_LABELS,
    KIND_LABELS,
    LINKED_LABELS,
    MISSION_LABELS,
    STATE_LABELS,
    ActionEvidence,
    Agreement,
    Objective,
    Step,
)
from maillage.project.pages import presenters, words
from maillage.project.queries.projects import ActionSeen, Whole
from maillage.project.rules.actions import Money
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind, ProjectState

_CERTAINTIES = {
    "vu": "lu dans un texte",
    "vu_tiers": "lu chez un tiers",
    "calcule": "calculé par nous",
    "connaissance_generale": "connaissance générale, à vérifier",
    "non_etabli": "non établi",
}


class Sources:
    """The sources that a document names, each by its number from 1."""

    def __init__(self) -> None:
        self.named: list[str] = []

    def number(self, source: Provenance) -> str:
        """Return the number of a source, « [2] »."""
        text = ", ".join(filter(None, (str(source.source), str(source.vintage)))) or "source non dite"
        if text not in self.named:
            self.named.append(text)
        return f"[{self.named.index(text) + 1}]"

    def said(self, source: Provenance) -> str:
        """Return the number of a source with what it covers: « [2], complétude 99 %, estimation »."""
        parts = [self.number(source)]
        if source.completeness is not None:
            parts.append(f"complétude {formats.percent(source.completeness)}")
        if source.estimate:
            parts.append("estimation")
        return ", ".join(parts)


def document_of(
    whole: Whole,
    *,
    agreements: Sequence[Agreement] = (),
    evidence: Sequence[ActionEvidence] = (),
) -> Document:
    """Return the document of a project as it stands."""
    with override("fr"):
        return _document(whole, agreements, evidence)


def _document(whole: Whole, agreements: Sequence[Agreement], evidence: Sequence[ActionEvidence]) -> Document:
    project = whole.project
    figures = key_figures(project.territory)
    current = presenters.today_figures(project, whole.objectives)
    sources = Sources()
    sections = (
        Section("Le projet en une page", tuple(_summary(whole, figures)), starts_page=True),
        Section("Portrait du territoire", tuple(_portrait(whole, figures, sources)), starts_page=True),
        Section("Besoins retenus", tuple(_needs(whole, current, sources))),
        Section("Périmètre et territoires voisins", tuple(_chapter(whole, "perimeter_and_neighbours"))),
        Section("Axes et objectifs", tuple(_aims(whole, current, sources)), starts_page=True),
        Section("Fiches d’action", tuple(_sheets(whole, evidence)), starts_page=True),
        Section("Missions et calendrier", tuple(_missions(whole)), starts_page=True),
        Section("Organisation et gouvernance", tuple(_chapter(whole, "organisation_of_members"))),
        Section("Système d’information et partage", tuple(_chapter(whole, "information_system"))),
        Section("Budget", tuple(_budget(whole)), starts_page=True),
        Section("Suivi et évaluation", tuple(_indicators(whole))),
        Section("Annexes", tuple(_annexes(whole, agreements)), starts_page=True),
        Section("Sources", tuple(_sources(whole, figures, sources))),
    )
    kind = str(KIND_LABELS[ProjectKind(project.kind)])
    return Document(
        title=project.title,
        subject=project.territory.name,
        nature=f"Projet de santé, {kind}",
        facts=(
            ("Territoire", project.territory.name),
            ("Période", f"{formats.date_short(project.starts_on)} – {formats.date_short(project.ends_on)}"),
            ("État", str(STATE_LABELS[ProjectState(project.state)])),
            *(("Contrat signé le", formats.date_short(one)) for one in [project.signed_on] if one),
        ),
        notice=(
            "Projet inventé pour la démonstration : aucune de ses actions n’existe."
            if project.is_demonstration
            else ""
        ),
        day=formats.date_long(whole.today),
        sections=tuple(one for one in sections if one.blocks),
    )


def _chapter(whole: Whole, name: str) -> Iterator[Block]:
    one = whole.chapters.get(name)
    if one is not None and one.text:
        yield Paragraph(one.text)


def _summary(whole: Whole, figures: Sequence[Figure]) -> Iterator[Block]:
    yield from (Paragraph(one.text, "lead") for one in [whole.chapters.get("summary_of_project")] if one)
    yield Paragraph(words.finding(whole), "plain")
    shown = [
        one for one in figures if one.key in {"population", "no_referring_doctor", "below", "gp_60_share"}
    ]
    if shown:
        yield Facts(tuple((one.label, _figure_said(one)) for one in shown))
    if whole.objectives:
        yield Heading("Objectifs")
        yield Points(
            tuple(f"{one.title} ({str(MISSION_LABELS[one.of_mission]).lower()})" for one in whole.objectives)
        )
    lines = presenters.money_lines(whole)
    if lines:
        yield Heading("Moyens")
        yield Facts(
            (
                ("Demandé", words.euros(whole.money.asked)),
                ("Accordé", words.euros(whole.money.granted)),
                ("Dépensé à ce jour", words.euros(whole.money.spent)),
                ("Financeurs", ", ".join(one.name for one in lines)),
            )
        )
    late = [*whole.late_clocks]
    if late:
        yield Heading("Missions en retard")
        yield Points(
            tuple(f"{words.mission_name(one)} : {words.clock_said(one, whole.today)}" for one in late)
        )


def _figure_said(figure: Figure) -> str:
    text = presenters.figure_said(figure)
    return f"{text} (estimation)" if figure.provenance.estimate else text


def _portrait(whole: Whole, figures: Sequence[Figure], sources: Sources) -> Iterator[Block]:
    yield from _chapter(whole, "diagnosis_said")
    if not figures:
        yield Paragraph("Aucune donnée ne couvre les communes de ce territoire.", "note")
        return
    elsewhere = [one.label for figure in figures for one in figure.comparisons]
    last = elsewhere[-1] if elsewhere else "France"
    rows = tuple(
        (
            one.label,
            presenters.figure_said(one),
            next(
                (
                    formats.quantity(each.value, one.unit, one.decimals)
                    for each in one.comparisons
                    if each.label == last
                ),
                "",
            ),
            sources.said(one.provenance),
        )
        for one in figures
    )
    yield Grid(
        "Chiffres du diagnostic",
        (Column("Indicateur", 22), Column("Ici", 16, True), Column(last, 16, True), Column("Source", 20)),
        rows,
    )
    yield Paragraph(
        "Les formules et les paramètres de ces chiffres sont donnés dans la partie « Sources » ; "
        "le diagnostic complet du territoire est un document à part.",
        "note",
    )


def _needs(whole: Whole, current: dict[str, Figure | None], sources: Sources) -> Iterator[Block]:
    yield from _chapter(whole, "needs_said")
    kept = [one for one in whole.objectives if one.figure is not None]
    if kept:
        yield Grid(
            "Constats du diagnostic dont le projet part",
            (
                Column("Constat", 22),
                Column("Valeur", 15, True),
                Column("Relevé le", 11),
                Column("Depuis", 14),
                Column("Source", 14),
            ),
            tuple(_need(one, current, sources) for one in kept),
        )


def _need(one: Objective, current: dict[str, Figure | None], sources: Sources) -> tuple[str, ...]:
    figure = one.figure
    assert figure is not None
    moved = presenters.moved_said(one, current) or "inchangé"
    return (
        figure.label, presenters.figure_said(figure), formats.date_short(one.noted_on), moved,
        sources.said(figure.provenance),
    )  # fmt: skip


def _aims(whole: Whole, current: dict[str, Figure | None], sources: Sources) -> Iterator[Block]:
    if not whole.objectives:
        yield Paragraph("Aucun objectif n’est encore écrit.", "note")
    for axis in [*whole.axes, None]:
        own = [one for one in whole.objectives if one.axis_id == (axis.pk if axis else None)]
        if not own:
            continue
        if axis is not None:
            yield Heading(axis.title)
            if axis.said:
                yield Paragraph(axis.said)
        elif whole.axes:
            yield Heading("Autres objectifs")
        for one in own:
            yield from _aim(whole, one, current, sources)


def _aim(
    whole: Whole, one: Objective, current: dict[str, Figure | None], sources: Sources
) -> Iterator[Block]:
    yield Paragraph(one.title, "strong")
    figure = one.figure
    said: list[tuple[str, str]] = [("Mission", str(MISSION_LABELS[one.of_mission])), ("En clair", one.said)]
    if figure is not None:
        moved = presenters.moved_said(one, current)
        text = f"{presenters.figure_said(figure)}, relevé le {formats.date_short(one.noted_on)}"
        text = f"{text} {sources.number(figure.provenance)}"
        said.append((figure.label, f"{text} ; {moved}" if moved else text))
    said += [
        (str(LINKED_LABELS[LinkedKind(link.kind)]), f"{link.theirs} ({link.title})")
        for link in whole.links.get(one.pk, ())
    ]
    actions = whole.of_objective(one)
    said.append(("Actions", " ; ".join(each.action.title for each in actions) or "à écrire"))
    yield Facts(tuple(said))


def _sheets(whole: Whole, evidence: Sequence[ActionEvidence]) -> Iterator[Block]:
    if not whole.actions:
        yield Paragraph("Aucune action n’est encore écrite.", "note")
    for rank, one in enumerate(whole.actions, start=1):
        yield from _sheet(rank, one, [each for each in evidence if each.action_id == one.action.pk])


def _sheet(rank: int, one: ActionSeen, evidence: Sequence[ActionEvidence]) -> Iterator[Block]:
    action = one.action
    yield Heading(f"{rank}. {action.title}")
    period = formats.date_short(action.starts_on)
    if action.ends_on is not None:
        period = f"{period} – {formats.date_short(action.ends_on)}"
    yield Facts(
        (
            ("Mission", str(MISSION_LABELS[action.of_mission])),
            ("Objectif", action.objective.title),
            ("Pilote", words.lead_name(action)),
            ("Partenaires", action.partners),
            ("Période", period),
            ("État", str(ACTION_STATE_LABELS[action.stands]) + (", en retard" if one.is_late else "")),
            ("En clair", action.said),
            ("Ce qui a été fait", action.outcome),
            (
                "Effet attendu",
                f"{words.indicator_said(action.indicator)} : {words.effect_said(action)}"
                if action.indicator
                else "",
            ),
            ("Réunions tenues", str(len(one.meetings)) if one.meetings else ""),
        )
    )
    if one.steps:
        yield Grid(
            f"Étapes de l’action {rank}",
            (Column("Étape", 24), Column("Avant le", 8), Column("Qui", 12), Column("État", 10)),
            tuple(
                (
                    each.title,
                    formats.date_short(each.due_on),
                    words.step_lead_name(each),
                    _step_said(each, one),
                )
                for each in one.steps
            ),
        )
    if one.lines or one.money.spent:
        yield Grid(
            f"Budget de l’action {rank}",
            (
                Column("Pour quoi", 20),
                Column("Financeur", 12),
                Column("Demandé", 9, True),
                Column("Accordé", 9, True),
                Column("Dépensé", 9, True),
            ),
            (
                *(
                    (
                        each.label, each.get_source_display(), _cents(each.asked),
                        "sans réponse" if each.granted is None else _cents(each.granted),
                        _cents(each.spent if one.spending is None else None),
                    )
                    for each in one.lines
                ),
                ("Ensemble", "", *_sums(one.money)),
            ),
            total=True,
        )  # fmt: skip
    if evidence:
        yield Points(
            tuple(
                f"Preuve du {formats.date_short(each.on)} : {each.label}"
                + (f" ({each.url})" if each.url else "")
                for each in evidence
            )
        )


def _step_said(step: Step, seen: ActionSeen) -> str:
    if step.done_on is not None:
        return f"faite le {formats.date_short(step.done_on)}"
    return "en retard" if step in seen.late_steps else "à faire"


def _cents(amount: object) -> str:
    if amount is None:
        return formats.UNKNOWN
    return formats.quantity(amount, "€", 2)  # type: ignore[arg-type]  # an amount of a row


def _sums(total: Money) -> tuple[str, str, str]:
    return _cents(total.asked), _cents(total.granted), _cents(total.spent)


def _missions(whole: Whole) -> Iterator[Block]:
    signed = whole.project.signed_on
    yield Paragraph(
        f"Les délais courent de la signature du contrat, le {formats.date_short(signed)}."
        if signed
        else "Les délais courront de la signature du contrat."
    )
    yield Grid(
        "Missions de l’accord conventionnel interprofessionnel",
        (
            Column("Mission", 18),
            Column("Démarrer avant", 10),
            Column("Déployer avant", 10),
            Column("Où elle en est", 24),
        ),
        tuple(
            (
                words.mission_name(one),
                _limit(one.start_by, one.months.start if one.months else None),
                _limit(one.deployed_by, one.months.deployed if one.months else None),
                words.clock_said(one, whole.today),
            )
            for one in whole.clocks
        ),
        source=f"Source : {rule('project.missions.access_to_care').source}.",
    )
    if whole.passages:
        yield Grid(
            "Étapes franchies vers le contrat",
            (Column("Jour", 8), Column("Étape", 16), Column("Référence", 14), Column("Motifs", 24)),
            tuple(
                (
                    formats.date_short(one.on),
                    str(STATE_LABELS[ProjectState(one.to)]),
                    one.reference,
                    one.reason,
                )
                for one in whole.passages
            ),
        )


def _limit(day: date | None, months: int | None) -> str:
    if months is None:
        return "sans délai"
    return formats.date_short(day) if day is not None else f"{months} mois après la signature"


def _budget(whole: Whole) -> Iterator[Block]:
    funded = [one for one in whole.actions if one.lines or one.money.spent]
    if not funded:
        return
    by_mission = [
        (
            str(MISSION_LABELS[mission]),
            sum((one.money for one in funded if one.action.of_mission is mission), Money()),
        )
        for mission in Mission
    ]
    amounts = (Column("Demandé", 10, True), Column("Accordé", 10, True), Column("Dépensé", 10, True))
    total = ("Ensemble", *_sums(whole.money))
    yield Grid(
        "Par mission",
        (Column("Mission", 24), *amounts),
        (*((name, *_sums(one)) for name, one in by_mission if one.asked or one.granted or one.spent), total),
        total=True,
    )
    yield Grid(
        "Par financeur",
        (Column("Financeur", 24), *amounts),
        (*((one.name, *_sums(one.money)) for one in presenters.money_lines(whole)), total),
        total=True,
    )
    yield Grid(
        "Par action",
        (Column("Action", 24), *amounts),
        (*((one.action.title, *_sums(one.money)) for one in funded), total),
        total=True,
    )
    yield Paragraph(_where_spent(whole), "note")


def _where_spent(whole: Whole) -> str:
    """Return where what is spent is read: declared, in the accounts, or not shown to this reader."""
    if whole.spending is None:
        return "Montants en euros, au centime, déclarés action par action."
    if whole.spending.by_action is None:
        return "Montants en euros, au centime. Les dépenses sont dans les comptes, fermés à ce lecteur."
    said = "Montants en euros, au centime. Les dépenses sont les écritures des comptes qui nomment une action"
    if not whole.declared:
        return f"{said}."
    return f"{said} ; {_cents(whole.declared)} avaient été déclarés, et ne s’y ajoutent pas."


def _indicators(whole: Whole) -> Iterator[Block]:
    yield from _chapter(whole, "evaluation_said")
    rows = [one.action for one in whole.actions if one.action.indicator]
    if rows:
        yield Grid(
            "Indicateurs et cibles",
            (
                Column("Indicateur", 18),
                Column("Action", 20),
                Column("Départ", 8, True),
                Column("Cible", 8, True),
                Column("Pour le", 8),
            ),
            tuple(
                (
                    words.indicator_said(one.indicator), one.title,
                    words.value_said(one.reference, one.indicator_unit),
                    words.value_said(one.target, one.indicator_unit), formats.date_short(one.target_on),
                )
                for one in rows
            ),
        )  # fmt: skip


def _annexes(whole: Whole, agreements: Sequence[Agreement]) -> Iterator[Block]:
    letter = whole.chapters.get("letter_of_intent")
    if letter is not None and letter.text:
        yield Heading("Lettre d’intention")
        yield Paragraph(letter.text)
    if agreements:
        yield Grid(
            "Conventions",
            (
                Column("Convention", 24),
                Column("Nature", 14),
                Column("Du", 8),
                Column("Au", 8),
                Column("État", 10),
            ),
            tuple(
                (
                    one.title, one.get_kind_display(), formats.date_short(one.starts_on),
                    formats.date_short(one.end(whole.today)), words.agreement_state(one, whole.today),
                )
                for one in agreements
            ),
        )  # fmt: skip


def _sources(whole: Whole, figures: Sequence[Figure], sources: Sources) -> Iterator[Block]:
    kept = [one.figure for one in whole.objectives if one.figure is not None]
    every = [*figures, *kept]
    if sources.named:
        yield Facts(tuple((f"[{rank}]", text) for rank, text in enumerate(sources.named, start=1)))
    if every:
        yield Grid(
            "Calcul de chaque chiffre",
            (Column("Chiffre", 14), Column("Calcul", 28), Column("À savoir", 20)),
            tuple(
                (one.label, str(one.provenance.formula) or "–", str(one.provenance.note) or "–")
                for one in _once(every)
            ),
        )
    keys = sorted({key for one in every for key in one.provenance.rules} | _rules_of_missions())
    yield Grid(
        "Règles et paramètres",
        (Column("Règle", 22), Column("Valeur", 14), Column("Certitude", 12), Column("Source", 24)),
        tuple(_rule(rule(key)) for key in keys),
    )


def _once(figures: Iterable[Figure]) -> list[Figure]:
    return list({one.label: one for one in figures}.values())


def _rules_of_missions() -> set[str]:
    free = set(rule("project.missions.optional").value)
    return {f"project.missions.{one.value}" for one in Mission if one.value not in free}


def _rule(one: SourcedRule) -> tuple[str, ...]:
    said = rule_value(one)
    return (
        str(one.said), said if len(said) <= 120 else f"{said[:117]}…", _CERTAINTIES[one.certainty],
        str(one.said_source),
    )  # fmt: skip
