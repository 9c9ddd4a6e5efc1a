"""What is said of work on a data pack: where it stands, what it made, what an import would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.formats import number
from maillage.kernel.job_states import JobState
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.actions.pack_works import QUEUE
from maillage.territory.models import DataPack, PackWork
from maillage.territory.pages.data import changes_table
from maillage.territory.pages.pack_forms import PART_LABELS
from maillage.territory.rules.pack_works import PackPart, WorkKind

SHOWN_COLUMNS, SHOWN_COMMUNES = 6, 8


@dataclass(frozen=True, slots=True)
class Step:
    """What one part of an import did; `lines` in French, as the reader of the file says them."""

    title: str
    ok: bool
    lines: list[str]


def state_of(work: PackWork) -> tuple[str, str]:
    """Return where work stands in a few words, and the kind of tag that says it."""
    if work.stopped_by_id is not None:
        return _("arrêté"), ""
    if work.state == JobState.FAILED:
        return _("en échec"), "attention"
    if work.state == JobState.QUEUED:
        return _("en attente"), ""
    if work.state == JobState.RUNNING:
        return _("en cours"), ""
    if work.kind == WorkKind.IMPORT:
        return _("importé"), "good"
    if work.kind == WorkKind.BACK:
        return _("revenu en service"), "good"
    return (_("refusé au contrôle"), "attention") if work.answer.get("defects") else (_("prêt"), "good")


def is_silent(work: PackWork) -> bool:
    """Whether its process gave no sign of life for too long."""
    return work.state == JobState.RUNNING and QUEUE.is_silent(work)


def finding(work: PackWork) -> str:
    """Return the sentence of the page of one piece of work."""
    if work.is_active:
        return _("Vous pouvez quitter cette page : le travail continue sur le serveur.")
    if work.state == JobState.FAILED:
        return _("Rien n’est perdu : ce qui est téléchargé est gardé.")
    if not work.prepares:
        return _("C’est fait : voici ce qui a changé.")
    if work.answer["defects"]:
        return _("Le contrôle refuse ce jeu : rien n’en serait importé.")
    return _("Le jeu est prêt : rien n’est importé avant « Importer ».")


def facts(work: PackWork) -> list[tuple[str, str]]:
    """Return what a prepared pack is, as labels and values."""
    answer = work.answer
    place = answer.get("territory") or {}
    territory = ngettext("%(count)s commune", "%(count)s communes", int(place.get("communes", 0))) % {
        "count": number(place.get("communes", 0))
    }
    around = list(place.get("around", ()))
    said = [
        (_("Territoire"), f"{work.names} · {territory}"),
        (_("Départements voisins dessinés"), ", ".join(around) or _("aucun")),
        (_("Géographie"), str(answer.get("geography") or "")),
        (_("Source la plus récente"), str(answer.get("created") or "")),
        (_("Taille"), _("%s Mo") % number(answer.get("size", 0) / 1e6, 1)),
    ]
    return [(label, value) for label, value in said if value]


def sources_table(work: PackWork) -> Table:
    """Return the sources of a prepared pack, and what became of each since the pack before it."""
    columns = [
        Column("title", _("Source")),
        Column("vintage", _("Millésime")),
        Column("rows", _("Lignes"), "number"),
        Column("publisher", _("Producteur")),
        Column("licence", _("Licence")),
        Column("change", _("Depuis le jeu en service")),
    ]
    compared = work.answer.get("against_changes")
    told = {one["source"]: told_change(one) for one in compared or ()}
    if compared is None:
        columns.pop()
    rows = [
        Row(
            cells={
                **{key: one.get(key) for key in ("title", "vintage", "rows", "publisher", "licence")},
                **({"change": told.get(one["source"], "")} if compared is not None else {}),
            }
        )
        for one in work.answer.get("sources") or ()
    ]
    return Table("sources", _("Sources du jeu"), columns, rows)


def update_lines(work: PackWork) -> list[str] | None:
    """Return what changed at the publishers since the pack was last made, None where it was not redone."""
    found = work.answer.get("changes")
    if found is None or work.kind == WorkKind.CHECK:
        return None
    return [f"{one['title']} : {told_change(one)}" for one in found if one["status"] != "same"]


def told_change(change: Mapping[str, Any]) -> str:
    """Return what became of a source (`SourceChange` as plain values) in a few words."""
    told = [
        {
            "same": _("inchangée"),
            "changed": _("modifiée"),
            "new": _("nouvelle"),
            "gone": _("absente cette fois"),
        }[change["status"]]
    ]
    before, after = change["rows"]
    if before is not None and after is not None and before != after:
        said = {"before": number(before), "after": number(after)}
        told.append(_("%(before)s lignes, puis %(after)s") % said)
    was, now = change["vintages"]
    if was != now:
        told.append(_("millésime %(before)s, puis %(after)s") % {"before": was, "after": now})
    for words, names in (
        (_("colonnes nouvelles : %s"), change["added"]),
        (_("colonnes disparues : %s"), change["removed"]),
    ):
        if names:
            told.append(words % (", ".join(names[:SHOWN_COLUMNS]) + ("…" if names[SHOWN_COLUMNS:] else "")))
    return " ; ".join(told)


def changes_lines(before: DataPack, after: DataPack) -> list[str]:
    """Return what goes from one imported pack to another changes, by what their manifests say."""
    from maillage.territory.packs.building.updating import changes

    said = [
        _("%(before)s communes, puis %(after)s.")
        % {"before": number(before.commune_count), "after": number(after.commune_count)}
    ]
    if before.geography != after.geography:
        said.append(
            _("Géographie : %(before)s, puis %(after)s.")
            % {"before": before.geography, "after": after.geography}
        )
    if before.manifest.get("sources") and after.manifest.get("sources"):
        said += [
            f"{one.title} : "
            + told_change(
                {
                    "status": one.status,
                    "rows": one.rows,
                    "vintages": one.vintages,
                    "added": one.added,
                    "removed": one.removed,
                }
            )
            + "."
            for one in changes(before.manifest, after.manifest)
            if one.status != "same"
        ]
    return said


def report_lines(report: Mapping[str, Any], *, is_done: bool) -> list[str]:
    """Return what an import changed (`is_done`), or would, in sentences."""
    if report["already_imported"]:
        return [_("Ce jeu est celui qui est en service : l’importer ne change rien.")]
    communes = number(report["communes"])
    if report["is_first"]:
        return [
            _("Premier import : %s communes, rien à comparer.") % communes
            if is_done
            else _("Ce serait le premier import : %s communes, rien à comparer.") % communes
        ]
    said = [_("%s communes.") % communes]
    for label, key in (
        (_("Communes ajoutées"), "added"),
        (_("Communes retirées"), "removed"),
        (_("Communes renommées"), "renamed"),
    ):
        if found := report[key]:
            names = ", ".join(str(one[-1]) for one in found[:SHOWN_COMMUNES])
            more = "…" if found[SHOWN_COMMUNES:] else "."
            said.append(f"{label} ({number(report['counts'][key])}) : {names}{more}")
    if not report["columns"]:
        said.append(_("Aucune colonne ne change."))
    return said


def columns_table(report: Mapping[str, Any], *, is_done: bool) -> Table | None:
    """Return what an import changed, or would, column by column; None where nothing does."""
    if not report["columns"]:
        return None
    title = _("Colonnes modifiées") if is_done else _("Colonnes que l’import modifierait")
    return changes_table(list(report["columns"]), title)


def steps_of(work: PackWork) -> list[Step]:
    """Return what each part of an import did, then those that were wanted and not reached."""
    done = [
        Step(str(PART_LABELS[PackPart(one["part"])]), one["ok"], str(one["said"]).splitlines())
        for one in work.answer.get("steps", ())
    ]
    if work.is_active or not work.answer.get("report"):
        return done
    reached = {one["part"] for one in work.answer.get("steps", ())}
    return done + [
        Step(
            str(PART_LABELS[PackPart(one)]),
            ok=False,
            lines=[_("Pas importé : le travail s’est arrêté avant.")],
        )
        for one in work.wanted
        if one not in reached
    ]


def given_lines(given: Sequence[Mapping[str, str]]) -> list[str]:
    """Return what was given in place of known addresses; a file by its name, never by its place."""
    return [f"{one['source']} : {one.get('file') or one.get('address')}" for one in given]
