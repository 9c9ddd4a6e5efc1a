"""One meeting of a body: agenda, convening, answers, who is there, votes, decisions, minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.governance.actions import attendance, minutes, sittings, votes
from maillage.governance.models import AgendaPoint, Motion, Resolution, Sitting, Summons
from maillage.governance.models.votes import CHOICE_LABELS
from maillage.governance.pages import words
from maillage.governance.pages.base import Doing, OfMinutes, OfSitting
from maillage.governance.pages.forms import (
    ActForm,
    ApproveForm,
    CancelForm,
    DecisionForm,
    MotionForm,
    PointForm,
    SaidForm,
    SittingForm,
    TieForm,
    choose,
)
from maillage.governance.pages.printing import minutes_pdf
from maillage.governance.queries import rights
from maillage.governance.queries.bodies import seats_on
from maillage.governance.queries.sittings import (
    MotionSeen,
    SittingSeen,
    is_countable,
    may_vote_without,
    seen,
)
from maillage.governance.rules.quorum import voices_of
from maillage.governance.rules.vocabulary import Choice, Majority, PointKind, Reply
from maillage.governance.rules.votes import keeps_secret
from maillage.kernel import access, clock, formats
from maillage.kernel.feeds import Happening, Mailbox, calendar, calendar_response
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, pdf_response
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.project import api as project
from maillage.territory.api import Territory


class SittingPage(OfSitting, Doing):
    """One meeting on one page."""

    template_name = "governance/sitting.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sitting = self.sitting
        found = seen(sitting, with_messages=self.keeps)
        own = {one.pk for one in rights.own_seats(self.person, self.body)}
        voices = voices_of(found.speaking, own)
        shown: dict[str, Any] = {
            "sitting": sitting,
            "body": self.body,
            "found": found,
            "finding": words.sitting_finding(found),
            "notice": words.notice_words(sitting),
            "rules": words.rules_words(sitting),
            "keeps": self.keeps and sitting.stands,
            "writes": self.keeps and not sitting.is_cancelled and found.approval is None,
            "mine": [one for one in found.summons if one.seat_id in own],
            "own": own,
            "may_sign": sitting.stands and timezone.now() >= sitting.starts_at - attendance.early(),
            "proxies": self._proxies(found, own),
            "rows": self._rows(found),
            "points": self._points(found),
            "open_votes": [self._open_vote(one, found, voices) for one in found.motions if one.is_open],
            "results": [
                (one, words.result_words(one.result), one.motion.get_majority_display())
                for one in found.motions
                if one.result is not None
            ],
            "decisions": self._decisions(found),
            "choices": [(one.value, CHOICE_LABELS[one]) for one in Choice],
            "quorum": found.quorum,
            "secret_rule": rule("governance.votes.least_secret"),
            "untold": self._untold(found),
            "shows_project": access.may(self.person, Permission.VIEW_PROJECT, self.body.scope),
        }  # fmt: skip
        if self.keeps:
            shown |= self._forms(found) | {"to_convene": self._to_convene(found)}
        return super().get_context_data(**shown, **context)

    def _to_convene(self, found: SittingSeen) -> int:
        """Return how many sit in the body that day and are not convened yet."""
        if self.sitting.has_begun or not self.sitting.stands:
            return 0
        known = {one.seat_id for one in found.summons}
        return sum(one.pk not in known for one in seats_on(self.body, self.sitting.held_on))

    def _untold(self, found: SittingSeen) -> list[str]:
        """Return who has no account, while they may still be told."""
        sitting = self.sitting
        if sitting.convened_at is None or sitting.has_begun or not sitting.stands:
            return []
        return [one.seat.holder for one in found.summons if one.seat.person is None]

    def _proxies(self, found: SittingSeen, own: set[int]) -> list[tuple[int, str]]:
        """Return to whom a member may give their voice."""
        return [
            (one.seat_id, one.seat.holder)
            for one in found.summons
            if one.seat.deputises_id is None and one.seat_id not in own
        ]

    def _rows(self, found: SittingSeen) -> list[dict[str, Any]]:
        """Return each convening as the table shows it: the answer, the message, the presence, the voice."""
        names = {one.seat_id: one.seat.holder for one in found.summons}
        speaking = found.speaking
        rows = []
        for one in found.summons:
            speaker = speaking.get(one.seat_id)
            status = found.told.get(one.pk)
            rows.append(
                {
                    "one": one,
                    "reply": one.get_reply_display(),
                    "proxy": names.get(one.proxy_to_id, "") if one.proxy_to_id else "",
                    "told": status.sentence if status is not None else "",
                    "deputises": names.get(one.seat.deputises_id or 0, ""),
                    "voice": "" if speaker is None or speaker == one.seat_id else names[speaker],
                }
            )
        return rows

    def _points(self, found: SittingSeen) -> list[tuple[AgendaPoint, Any]]:
        writes = self.keeps and self.sitting.has_begun and found.approval is None
        return [
            (
                one,
                self.form(f"said-{one.pk}", SaidForm, initial={"base": one.version, "text": one.said})
                if writes
                else None,
            )
            for one in found.points
        ]

    def _open_vote(self, one: MotionSeen, found: SittingSeen, voices: list[int]) -> dict[str, Any]:
        """Return a vote that is open: how many voices were heard, those that the visitor speaks for."""
        names = {row.seat_id: row.seat.holder for row in found.summons}
        here = [seat for seat, speaker in found.speaking.items() if speaker is not None]
        unable = [
            names[seat]
            for seat in here
            if one.motion.is_secret and self._has_no_account(found, found.speaking[seat])
        ]
        least = rule("governance.votes.least_secret").value
        return {
            "motion": one.motion,
            "heard": len(one.heard),
            "here": len(here),
            "mine": [(seat, names[seat], seat in one.heard) for seat in voices],
            "others": [(seat, names[seat]) for seat in here if seat not in one.heard and seat not in voices]
            if self.keeps and not one.motion.is_secret
            else [],
            "unable": formats.listed(unable),
            "is_countable": bool(one.slips)
            and is_countable(one.motion, one.slips, found.summons, self.sitting.most_proxies),
            "is_unsure": one.motion.is_secret and not keeps_secret(len(here) - len(unable), least),
        }

    @staticmethod
    def _has_no_account(found: SittingSeen, speaker: int | None) -> bool:
        return any(one.seat_id == speaker and one.seat.person is None for one in found.summons)

    def _decisions(self, found: SittingSeen) -> list[dict[str, Any]]:
        today = clock.today(self.body.scope)
        scope = self.body.scope
        may_edit = self.keeps and access.may(self.person, Permission.EDIT_PROJECT, scope)
        objectives = project.objectives_in(self.person, scope) if may_edit and found.resolutions else []
        actions = self._actions() if self.keeps and found.resolutions else []
        rows = []
        for one in found.resolutions:
            state, look = words.decision_state(one, today)
            row: dict[str, Any] = {"one": one, "state": state, "look": look}
            if one.action is None and objectives:
                row["act_form"] = self._act_form(one, objectives)
            if one.action is None and actions:
                tie = self.form(f"tie-{one.pk}", TieForm)
                choose(tie, "action", [(str(each.pk), each.title) for each in actions])
                row["tie_form"] = tie
            rows.append(row)
        return rows

    def _actions(self) -> list[project.Action]:
        place = Territory.objects.filter(scope=self.body.scope).first()
        return [] if place is None else project.actions_of(self.person, place)

    def _act_form(self, one: Resolution, objectives: list[project.Objective]) -> Any:
        form = self.form(f"act-{one.pk}", ActForm)
        choose(form, "objective", [(str(each.pk), each.title) for each in objectives])
        choose(form, "lead", [(str(each.pk), str(each)) for each in self._people()], empty=_("à désigner"))
        return form

    def _people(self) -> list[Person]:
        return access.people_with(Permission.VIEW_PROJECT, self.body.scope)

    def _forms(self, found: SittingSeen) -> dict[str, Any]:
        sitting = self.sitting
        forms: dict[str, Any] = {}
        if sitting.stands:
            initial = {
                "starts_at": sitting.starts_at.astimezone(self.body.scope.zone),
                "length": sitting.length,
                "place": sitting.place,
                "video_url": sitting.video_url,
            }
            forms["point_form"] = self.form("point", PointForm)
            forms["motion_form"] = self._motion_form(found)
            forms["cancel_form"] = self.form("cancel", CancelForm)
            if not sitting.has_begun:
                forms["change_form"] = self.form("move", SittingForm, initial=initial)
        if sitting.has_begun and not sitting.is_cancelled and found.approval is None:
            forms["decision_form"] = self._decision_form(found)
        if sitting.is_closed and found.approval is None:
            later = Sitting.objects.of(self.body).filter(
                starts_at__gt=sitting.starts_at, starts_at__lte=timezone.now(), cancelled_at=None
            )
            rows = list(later.select_related("body__scope"))
            if rows:
                form = self.form("approve", ApproveForm)
                choose(
                    form, "approved_in", [(str(one.pk), formats.date_short(one.starts_at)) for one in rows]
                )
                forms["approve_form"] = form
        lacked = sitting.is_closed and not found.quorum.is_reached and sitting.second_without_quorum
        if lacked and not Sitting.objects.of(self.body).filter(second_of=sitting).exists():
            forms["second_form"] = self.form("second", SittingForm)
        forms["may_deliberate"] = found.quorum.is_reached or (
            may_vote_without(sitting) and found.quorum.here > 0
        )
        return forms

    def _motion_form(self, found: SittingSeen) -> Any:
        form = self.form("motion", MotionForm)
        points = [(str(one.pk), one.title) for one in found.points]
        choose(form, "point", points, empty=_("aucun"))
        return form

    def _decision_form(self, found: SittingSeen) -> Any:
        form = self.form("decide", DecisionForm)
        carried = [one for one in found.motions if one.result is not None and one.result.is_carried]
        choose(
            form, "motion", [(str(one.motion.pk), one.motion.text) for one in carried], empty=_("sans vote")
        )
        return form

    # What each form does.

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form of the page does."""
        return {
            "point": self._point, "convene": self._convene, "remind": self._remind, "move": self._move,
            "cancel": self._cancel, "answer": self._answer, "sign": self._sign, "here": self._here,
            "motion": self._motion, "vote": self._vote, "count": self._count, "withdraw": self._withdraw,
            "close": self._close, "said": self._said, "decide": self._decide, "act": self._act,
            "tie": self._tie, "approve": self._approve, "second": self._second,
        }  # fmt: skip

    def _point(self) -> str:
        self.send(
            "point",
            PointForm,
            lambda said: sittings.add_point(
                by=self.person, sitting=self.sitting, kind=PointKind(said["kind"]), title=said["title"],
                key=said["key"],
            ),
        )  # fmt: skip
        return _("Point ajouté à l’ordre du jour.")

    def _convene(self) -> str:
        count = sittings.convene(by=self.person, sitting=self.sitting)
        if not count:
            return _("Tous ceux qui siègent étaient déjà convoqués.")
        text = ngettext("{count} membre convoqué.", "{count} membres convoqués.", count)
        return text.format(count=formats.number(count)) + " " + _("La liste dit ce qui est vraiment parti.")

    def _remind(self) -> str:
        count = sittings.remind(by=self.person, sitting=self.sitting)
        if not count:
            return _("Personne à relancer aujourd’hui.")
        text = ngettext("{count} membre relancé.", "{count} membres relancés.", count)
        return text.format(count=formats.number(count))

    def _move(self) -> str:
        def write(said: dict[str, Any]) -> Any:
            values = {one: value for one, value in said.items() if one != "key"}
            return sittings.change_sitting(by=self.person, sitting=self.sitting, **values)

        self.send("move", SittingForm, write)
        return _("Séance modifiée : les membres convoqués sont prévenus du changement.")

    def _cancel(self) -> str:
        self.send(
            "cancel",
            CancelForm,
            lambda said: sittings.cancel_sitting(by=self.person, sitting=self.sitting, reason=said["reason"]),
        )
        return _("Séance annulée.")

    def _summons(self) -> Summons:
        rows = Summons.objects.of_sitting(self.sitting)
        found = rows.select_related("sitting__body__scope", "seat__college").filter(pk=self.row()).first()
        if found is None:
            raise Http404
        return found

    def _answer(self) -> str:
        summons = self._summons()
        said = self.request.POST.get("reply", "")
        if said not in {Reply.COMES.value, Reply.ABSENT.value, Reply.PROXY.value}:
            raise ValidationError(_("Choisissez une réponse."))
        to = None
        if said == Reply.PROXY.value:
            other = row_key(self.request.POST.get("proxy_to"))
            row = Summons.objects.of_sitting(self.sitting).select_related("seat").filter(seat=other).first()
            if row is None:
                raise ValidationError(_("Dites à qui vous donnez pouvoir."))
            to = row.seat
        attendance.answer(by=self.person, summons=summons, reply=Reply(said), proxy_to=to)
        return _("Réponse notée.")

    def _sign(self) -> str:
        attendance.sign_in(by=self.person, summons=self._summons())
        return _("Présence émargée.")

    def _here(self) -> str:
        attendance.note_presence(
            by=self.person, summons=self._summons(), is_here=self.request.POST.get("is_here") == "1"
        )
        return _("Présence notée.")

    def _motion(self) -> str:
        def write(said: dict[str, Any]) -> Any:
            point = AgendaPoint.objects.of_sitting(self.sitting).filter(pk=row_key(said["point"])).first()
            return votes.open_motion(
                by=self.person, sitting=self.sitting, text=said["text"], majority=Majority(said["majority"]),
                key=said["key"], is_secret=said["is_secret"], by_college=said["by_college"], point=point,
            )  # fmt: skip

        points = AgendaPoint.objects.of_sitting(self.sitting)
        self.send("motion", self._with(MotionForm, "point", [(str(o.pk), o.title) for o in points]), write)
        return _("Vote ouvert.")

    @staticmethod
    def _with(kind: Any, name: str, rows: list[tuple[str, Any]], *, empty: str = "–") -> Callable[..., Any]:
        """Return a form of `kind` whose field of rows is filled."""

        def made(*data: Any, **options: Any) -> Any:
            form = kind(*data, **options)
            choose(form, name, rows, empty=empty)
            return form

        return made

    def _motion_of(self) -> Motion:
        found = Motion.objects.of_sitting(self.sitting).select_related("sitting__body__scope")
        row = found.filter(pk=self.row()).first()
        if row is None:
            raise Http404
        return row

    def _vote(self) -> str:
        motion = self._motion_of()
        seat = row_key(self.request.POST.get("seat"))
        row = (
            Summons.objects.of_sitting(self.sitting).select_related("seat__college").filter(seat=seat).first()
        )
        said = self.request.POST.get("choice", "")
        if row is None or said not in set(Choice):
            raise ValidationError(_("Choisissez pour, contre, ou l’abstention."))
        if votes.cast(by=self.person, motion=motion, seat=row.seat, choice=Choice(said)):
            return _("Voix entendue.")
        return _("Cette voix était déjà entendue : le premier bulletin compte.")

    def _count(self) -> str:
        votes.close_motion(by=self.person, motion=self._motion_of())
        return _("Vote clos : son résultat ne change plus.")

    def _withdraw(self) -> str:
        votes.withdraw_motion(by=self.person, motion=self._motion_of())
        return _("Vote retiré.")

    def _close(self) -> str:
        sittings.close_sitting(by=self.person, sitting=self.sitting)
        return _("Séance levée.")

    def _said(self) -> str:
        point = AgendaPoint.objects.of_sitting(self.sitting).filter(pk=self.row()).first()
        if point is None:
            raise Http404
        point.sitting = self.sitting
        self.send(
            f"said-{point.pk}",
            SaidForm,
            lambda said: minutes.write_said(
                by=self.person, point=point, base=said["base"], text=said["text"]
            ),
        )
        return _("Texte enregistré.")

    def _decide(self) -> str:
        motions = Motion.objects.of_sitting(self.sitting)

        def write(said: dict[str, Any]) -> Any:
            motion = motions.filter(pk=row_key(said["motion"])).first()
            return minutes.decide(
                by=self.person, sitting=self.sitting, text=said["text"], key=said["key"], motion=motion
            )

        rows = [(str(one.pk), one.text) for one in motions]
        self.send("decide", self._with(DecisionForm, "motion", rows), write)
        return _("Décision notée : donnez-lui une action, qui dira où elle en est.")

    def _resolution(self) -> Resolution:
        rows = Resolution.objects.of_sitting(self.sitting).select_related("sitting__body__scope")
        found = rows.filter(pk=self.row()).first()
        if found is None:
            raise Http404
        return found

    def _act(self) -> str:
        resolution = self._resolution()
        objectives = {str(one.pk): one for one in project.objectives_in(self.person, self.body.scope)}
        people = {str(one.pk): one for one in self._people()}

        def made(*data: Any, **options: Any) -> Any:
            form = ActForm(*data, **options)
            choose(form, "objective", [(key, one.title) for key, one in objectives.items()])
            choose(form, "lead", [(key, str(one)) for key, one in people.items()], empty="–")
            return form

        self.send(
            f"act-{resolution.pk}",
            made,
            lambda said: minutes.act_on(
                by=self.person, resolution=resolution, objective=objectives[said["objective"]],
                due_on=said["due_on"], lead=people.get(said["lead"]),
            ),
        )  # fmt: skip
        return _("Action ajoutée au projet de santé : elle dira où en est la décision.")

    def _tie(self) -> str:
        resolution = self._resolution()
        actions = {str(one.pk): one for one in self._actions()}
        self.send(
            f"tie-{resolution.pk}",
            self._with(TieForm, "action", [(key, one.title) for key, one in actions.items()], empty=""),
            lambda said: minutes.tie_action(
                by=self.person, resolution=resolution, action=actions[said["action"]]
            ),
        )
        return _("Décision liée à son action.")

    def _approve(self) -> str:
        later = {str(one.pk): one for one in Sitting.objects.of(self.body).select_related("body__scope")}
        self.send(
            "approve",
            self._with(ApproveForm, "approved_in", [(key, str(one)) for key, one in later.items()], empty=""),
            lambda said: minutes.approve_minutes(
                by=self.person, sitting=self.sitting, approved_in=later[said["approved_in"]]
            ),
        )
        return _("Compte rendu approuvé : il ne change plus.")

    def _second(self) -> str:
        made = self.send(
            "second",
            SittingForm,
            lambda said: sittings.prepare_sitting(
                by=self.person, body=self.body, second_of=self.sitting, **said
            ),
        )
        return _("Seconde séance préparée pour le {day} : relisez l’ordre du jour, puis convoquez.").format(
            day=formats.date_short(made.starts_at)
        )


class InvitationFile(OfSitting, Endpoint):
    """The convening of the visitor for their calendar program, its change or its cancelling."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        sitting = self.sitting
        document = calendar(
            self.body.name,
            "governance",
            [happening_of(sitting)],
            between=(
                Mailbox(str(sitting.by), sitting.by.email),
                Mailbox(str(self.person), self.person.email),
            ),
        )
        return calendar_response(document, file=f"seance-{sitting.pk}.ics")


def happening_of(sitting: Sitting) -> Happening:
    """Return a meeting as a calendar shows it."""
    return Happening(
        f"governance-sitting-{sitting.pk}",
        sitting.starts_at,
        sitting.ends_at,
        sitting.body.name,
        sitting.place or sitting.video_url,
        sequence=sitting.sequence,
        is_cancelled=sitting.is_cancelled,
    )


class MinutesPdf(OfMinutes, Endpoint):
    """The minutes on paper: as they stand, or as they were approved."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        sitting = self.sitting
        name = f"compte-rendu-{sitting.held_on:%Y-%m-%d}.pdf"
        return pdf_response(minutes_pdf(sitting, *self.minutes), name)
