"""One action: its steps, its money, the effect expected of it, its meetings, its proofs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.indicators import api as indicators
from maillage.kernel import access, clock, formats
from maillage.kernel.fields import DayField
from maillage.kernel.pages.base import Endpoint
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.project.actions import work
from maillage.project.models import (
    ACTION_STATE_LABELS,
    MISSION_LABELS,
    ActionEvidence,
    ActionFile,
    BudgetLine,
    Step,
)
from maillage.project.pages import words
from maillage.project.pages.action_forms import (
    ActionChangeForm,
    ActionStateForm,
    EvidenceForm,
    MeetingForm,
    MoneyChangeForm,
    MoneyForm,
    StepForm,
)
from maillage.project.pages.base import Doing, OfAction, opened_file
from maillage.project.pages.project_views import note_step_from, taken
from maillage.project.queries import projects as queries
from maillage.project.queries.origins import origins_of
from maillage.project.queries.projects import ActionSeen
from maillage.project.queries.spending import keeps_accounts, spending_of
from maillage.project.rules.actions import ActionState, MoneySource
from maillage.project.rules.missions import Mission

_FOUND = 8


class ActionPage(OfAction, Doing):
    """One action on one page; whoever leads it writes it here."""

    template_name = "project/action.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        action = self.action
        today = clock.today(self.scope)
        spending = spending_of(self.project, self.person)
        (seen,) = queries.actions_seen(self.project, [action], today, spending)
        text = self.request.GET.get("q", "").strip()[:80]
        shown: dict[str, Any] = {
            "project": self.project,
            "action": action,
            "seen": seen,
            "finding": self._finding(seen),
            "state": ACTION_STATE_LABELS[action.stands],
            "mission": MISSION_LABELS[action.of_mission],
            "lead": words.lead_name(action),
            "steps": [
                (one, words.step_lead_name(one), one in seen.late_steps, self._may_note(one))
                for one in seen.steps
            ],
            "spending": spending,
            "spent": words.euros(seen.money.spent),
            "opened": spending.opened(action=action.pk) if spending and seen.money.spent else "",
            "lines": [(one, self._money_form(one, is_declared=spending is None)) for one in seen.lines],
            "meetings": self._meetings(seen),
            "evidence": self._evidence(),
            "origins": origins_of(self.person, action),
            "effect": words.effect_said(action),
            "indicator": words.indicator_said(action.indicator),
            "indicator_url": self._indicator_url(),
            "may_edit": self.may_edit,
            "may_lead": self.may_lead,
            "text": text,
            "found": directory.search_professionals(text, _FOUND) if text and self.may_edit else [],
            "opens": set(self.forms_refused),
        }
        if self.may_lead:
            shown |= self._forms(seen)
        return super().get_context_data(**shown, **context)

    def _finding(self, seen: ActionSeen) -> str:
        action = seen.action
        said = [str(ACTION_STATE_LABELS[action.stands])]
        if seen.late_steps:
            first = seen.late_steps[0]
            said.append(
                _("« {title} » a {late}").format(
                    title=first.title, late=words.late_said(first.due_on, seen.today)
                )
            )
        elif action.is_open and seen.next_step is not None:
            said.append(
                _("prochaine étape avant le {day}").format(day=formats.date_short(seen.next_step.due_on))
            )
        if seen.money.share_spent is not None:
            said.append(words.share_said(seen.money, is_declared=seen.spending is None))
        text = formats.listed(said)
        return f"{text[0].upper()}{text[1:]}."

    def _may_note(self, step: Step) -> bool:
        return not self.project.is_ended and (self.may_lead or step.is_of(self.person))

    def _money_form(self, line: BudgetLine, *, is_declared: bool) -> Any:
        if not self.may_edit:
            return None
        return self.form(
            f"money-{line.pk}",
            MoneyChangeForm,
            is_declared=is_declared,
            initial={"base": line.version, "asked": line.asked, "granted": line.granted, "spent": line.spent},
        )

    def _meetings(self, seen: ActionSeen) -> list[dict[str, Any]]:
        keys = [one.meeting_id for one in seen.meetings]
        if not keys:
            return []
        read = set(
            care.Meeting.objects.for_person(self.person).filter(pk__in=keys).values_list("pk", flat=True)
        )
        held = {one.meeting.pk: one for one in care.held_meetings(self.scope, keys)}
        return [
            {
                "meeting": one.meeting,
                "url": reverse("care:meeting", args=[one.meeting_id]) if one.meeting_id in read else "",
                "held": held.get(one.meeting_id),
                "is_cancelled": one.meeting.is_cancelled,
            }
            for one in seen.meetings
        ]

    def _indicator_url(self) -> str:
        """Return the page of the indicator that tells the effect, empty where it is not of the catalogue."""
        key = self.action.indicator
        if key not in indicators.INDICATORS or not access.may(
            self.person, Permission.VIEW_INDICATORS, self.scope
        ):
            return ""
        return reverse("indicators:card", args=[self.project.territory.slug, key])

    def _evidence(self) -> list[tuple[ActionEvidence, list[ActionFile]]]:
        rows = list(ActionEvidence.objects.of_action(self.action).select_related("by"))
        files = ActionFile.objects.of_action(self.action).defer("content")
        return [(one, [file for file in files if file.evidence_id == one.pk]) for one in rows]

    def _forms(self, seen: ActionSeen) -> dict[str, Any]:
        action = self.action
        names = (
            "title", "mission", "said", "partners", "starts_on", "ends_on", "indicator", "indicator_unit",
            "reference", "target", "target_on",
        )  # fmt: skip
        initial = {name: getattr(action, name) for name in names}
        initial |= {"base": action.version, "indicator": words.indicator_said(action.indicator)}
        leads = words.leads_of(self.scope, action, *seen.steps)
        return {
            "change_form": self.form("change", ActionChangeForm, initial=initial),
            "state_form": self.form(
                "move",
                ActionStateForm,
                initial={"base": action.version, "state": action.state, "outcome": action.outcome},
            ),
            "step_form": self.form("add_step", StepForm, leads=leads),
            "money_form": self.form("money", MoneyForm, is_declared=seen.spending is None)
            if self.may_edit
            else None,
            "evidence_form": self.form("evidence", EvidenceForm),
            "meeting_form": self.form("meeting", MeetingForm),
            "leads": leads,
        }

    def gestures(self) -> dict[str, Callable[[], str]]:
        done: dict[str, Callable[[], str]] = {
            "change": self._change,
            "move": self._move,
            "give": self._give,
            "add_step": self._add_step,
            "step": lambda: note_step_from(self),
            "undo_step": self._undo_step,
            "put_off": self._put_off,
            "withdraw_step": self._withdraw_step,
            "money": self._money,
            "evidence": self._keep_evidence,
            "meeting": self._meeting,
        }
        rows = BudgetLine.objects.of_action(self.action).values_list("pk", flat=True)
        return done | {f"money-{pk}": lambda pk=pk: self._change_money(pk) for pk in rows}

    def _change(self) -> str:
        self.send(
            "change",
            ActionChangeForm,
            lambda said: work.change_action(
                by=self.person, action=self.action, **said | {"mission": Mission(said["mission"])}
            ),
        )
        return _("Action modifiée.")

    def _move(self) -> str:
        self.send(
            "move",
            ActionStateForm,
            lambda said: work.move_action(
                by=self.person, action=self.action, base=said["base"], state=ActionState(said["state"]),
                outcome=said["outcome"],
            ),
        )  # fmt: skip
        return _("État noté.")

    def _give(self) -> str:
        key = self.request.POST.get("lead", "")[:20]
        lead = words.lead_of(key)
        if key and lead is None:
            raise ValidationError(_("Cette personne n’est plus dans l’annuaire : choisissez-en une autre."))
        work.give_action(by=self.person, action=self.action, lead=lead)
        return _("Pilote noté.")

    def _add_step(self) -> str:
        leads = words.leads_of(self.scope, self.action)
        self.send(
            "add_step",
            StepForm,
            lambda said: work.add_step(
                by=self.person, action=self.action, **said | {"lead": words.lead_of(said["lead"])}
            ),
            leads=leads,
        )
        return _("Étape ajoutée.")

    def _step(self) -> Step:
        row = (
            Step.objects.of_action(self.action)
            .filter(pk=row_key(self.request.POST.get("row")), withdrawn_at=None)
            .select_related("action__project__territory__scope", "professional")
            .first()
        )
        if row is None:
            raise ValidationError(_("Cette étape n’existe plus."))
        return row

    def _undo_step(self) -> str:
        work.note_step(by=self.person, step=self._step(), done_on=None)
        return _("Étape rouverte.")

    def _put_off(self) -> str:
        day = DayField(required=True).clean(self.request.POST.get("due_on", ""))
        assert day is not None
        work.move_step(by=self.person, step=self._step(), due_on=day)
        return _("Jour de l’étape changé.")

    def _withdraw_step(self) -> str:
        work.withdraw_step(by=self.person, step=self._step())
        return _("Étape retirée.")

    def _money(self) -> str:
        self.send(
            "money",
            MoneyForm,
            lambda said: work.add_money(
                by=self.person, action=self.action,
                **said | {"source": MoneySource(said["source"]), "spent": said.get("spent") or Decimal(0)},
            ),
            is_declared=not keeps_accounts(self.scope),
        )  # fmt: skip
        return _("Ligne de budget ajoutée.")

    def _change_money(self, pk: int) -> str:
        line = (
            BudgetLine.objects.of_action(self.action)
            .select_related("action__project__territory__scope")
            .get(pk=pk)
        )
        self.send(
            f"money-{pk}",
            MoneyChangeForm,
            lambda said: work.change_money(
                by=self.person, line=line,
                **said | {"spent": said["spent"] or Decimal(0) if "spent" in said else line.spent},
            ),
            is_declared=not keeps_accounts(self.scope),
        )  # fmt: skip
        return _("Montants enregistrés.")

    def _keep_evidence(self) -> str:
        self.send(
            "evidence",
            EvidenceForm,
            lambda said: work.add_evidence(
                by=self.person, action=self.action, on=said["on"], label=said["label"], key=said["key"],
                url=said["url"], files=taken(said["document"]),
            ),
        )  # fmt: skip
        return _("Preuve gardée.")

    def _meeting(self) -> str:
        self.send(
            "meeting",
            MeetingForm,
            lambda said: work.call_meeting_for(by=self.person, action=self.action, **said),
        )
        return _("Réunion prévue : l’action est à son ordre du jour, qui la porte est invité.")


class EvidenceDocument(OfAction, Endpoint):
    """The document of a proof, as what it is."""

    def get(self, _request: HttpRequest, pk: int, file: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        found = ActionFile.objects.of_action(self.action).filter(pk=file).select_related("evidence").first()
        if found is None:
            raise Http404(file)
        return opened_file(self.person, self.scope, found, found.evidence)
