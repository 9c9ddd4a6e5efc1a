"""The people of a campaign, by name for their circle of care alone: calls, messages, letters, acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.pages.base import Endpoint, pdf_response
from maillage.kernel.pages.gestures import FormGestures
from maillage.kernel.parameters import form_key, row_key, row_keys
from maillage.kernel.phones import written_phone
from maillage.people.api import Patient
from maillage.prevention.actions import acts, days, invitations
from maillage.prevention.models import GROUND_LABELS, LetterRun
from maillage.prevention.pages import words
from maillage.prevention.pages.base import OfCampaign
from maillage.prevention.pages.forms import (
    ActForm,
    AnswerForm,
    DeclaredForm,
    PostedForm,
    ReasonForm,
    RegisterForm,
)
from maillage.prevention.pages.letters import letters_pdf
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import Counted, situation
from maillage.prevention.rules.targets import Verdict
from maillage.prevention.rules.vocabulary import Did, Ground, Standing

Row = TypeVar("Row", bound=Model)
PER_PAGE = 50
#: What a list shows: those to ask, everybody due, those to be asked their birth or sex, everybody.
SHOWN = ("a_inviter", "a_proposer", "a_demander", "tous")


class PeopleOfCampaign(OfCampaign, FormGestures):
    """The list of a campaign: those whom the visitor may name, others only counted."""

    template_name = "prevention/people.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("liste", "")
        shown = asked if asked in SHOWN else SHOWN[0]
        found = queries.listed(self.person, self.campaign, self.now)
        kept = [one for one in found if _is_kept(one.counted, shown)]
        page = Paginator(kept, PER_PAGE).get_page(self.request.GET.get("page"))
        others = self.now.to_ask - sum(one.is_due for one in found)
        return super().get_context_data(
            campaign=self.campaign,
            finding=_finding(found, self.now.to_ask),
            lines=[(one, words.reason_words(one.counted)) for one in page.object_list],
            page=page,
            query=f"liste={shown}",
            shown=shown,
            named=len(found),
            others=words.count_shown(others, is_open=self.manages) if others > 0 else "",
            tabs=[
                ("a_inviter", _("À inviter aujourd’hui")),
                ("a_proposer", _("Acte à proposer")),
                ("a_demander", _("À demander")),
                ("tous", _("Tous")),
            ],
            runs=queries.letter_runs(self.person, self.campaign),
            posted_form=self.form("posted", PostedForm),
            posted_row=row_key(self.request.POST.get("row")),
            letters_key=_key(),
            today=timezone.localdate(),
            writes=self.campaign.is_open and any(one.is_due and one.is_reachable for one in page.object_list),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the list."""
        return {"letters": self._letters, "posted": self._posted}

    def _letters(self) -> str:
        run = invitations.prepare_letters(
            by=self.person,
            campaign=self.campaign,
            patients=row_keys(self.request.POST.getlist("patient")),
            key=form_key(self.request.POST.get("key")),
        )
        count = run.letters.in_scope(self.campaign.scope).count()
        said = ngettext(
            "{count} lettre prête : imprimez-la, postez-la, puis dites quand.",
            "{count} lettres prêtes : imprimez-les, postez-les, puis dites quand.",
            count,
        )
        return said.format(count=formats.number(count))

    def _posted(self) -> str:
        run = self._run(row_key(self.request.POST.get("row")))
        count: int = self.send(
            "posted",
            PostedForm,
            lambda said: invitations.post_letters(by=self.person, run=run, posted_on=said["posted_on"]),
        )
        told = ngettext(
            "{count} personne invitée par lettre.", "{count} personnes invitées par lettre.", count
        )
        return told.format(count=formats.number(count))

    def _run(self, pk: int) -> LetterRun:
        found = queries.letter_run(self.person, self.campaign, pk)
        if found is None:
            raise Http404(pk)
        return found


def _key() -> str:
    return uuid4().hex


def _is_kept(one: Counted, shown: str) -> bool:
    if shown == "a_inviter":
        return one.is_to_ask
    if shown == "a_proposer":
        return one.is_due
    return one.answer.verdict is Verdict.UNKNOWN if shown == "a_demander" else True


def _finding(found: list[queries.Listed], to_ask: int) -> str:
    mine = sum(one.is_due for one in found)
    if not found:
        return _(
            "Aucune personne de cette campagne n’est dans votre cercle de soins : vous lisez des comptes."
        )
    said = ngettext(
        "{mine} personne à inviter parmi celles que vous soignez",
        "{mine} personnes à inviter parmi celles que vous soignez",
        mine,
    ).format(mine=formats.number(mine))
    return (
        f"{said}."
        if to_ask == mine
        else _("{said} ; d’autres soignants invitent les autres.").format(said=said)
    )


class LettersPdf(OfCampaign, Endpoint):
    """The letters that the visitor prepared, one a page."""

    def get(self, _request: HttpRequest, pk: int, run: int) -> HttpResponse:  # noqa: ARG002 (read by `campaign`)
        found = queries.letter_run(self.person, self.campaign, run)
        if found is None:
            raise Http404(run)
        patients = queries.letters_of(self.person, found, self.now)
        if not patients:
            raise PermissionDenied(
                _("Plus personne à qui écrire : elles ont répondu, ou vous ne lisez plus leur adresse.")
            )
        return pdf_response(
            letters_pdf(self.person, self.campaign, found, patients),
            _("lettres-{pk}.pdf").format(pk=found.pk),
        )


class PersonOfCampaign(OfCampaign, FormGestures):
    """One person of a campaign: why they are invited, what was done, what they answer, the act."""

    template_name = "prevention/person.html"

    @cached_property
    def patient(self) -> Patient:
        """Whose page it is; shown, the reading is logged. Raises Http404."""
        read = queries.patient_acted_on if self.request.method == "POST" else queries.patient_of
        found = read(self.person, self.campaign, self.kwargs["whom"])
        if found is None:
            raise Http404(self.kwargs["whom"])
        return found

    @cached_property
    def counted(self) -> Counted | None:
        """What the rule answers of them; None where their file is counted nowhere."""
        return situation(self.campaign).by_key.get(self.patient.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient, campaign = self.patient, self.campaign
        counted = self.counted
        invitee = queries.invitee_of(campaign, patient)
        steps = queries.steps_of(invitee) if invitee is not None else []
        sent = queries.messages_said(steps, patient)
        target = self.now.target
        records = queries.may_record(self.person, campaign)
        is_due = counted is not None and counted.is_due
        standing = Standing(invitee.standing) if invitee is not None else Standing.TO_INVITE
        reach = queries.may_reach(self.person, patient)
        expected = exchange.expected_message(patient) if reach and is_due else None
        slots = self._slots()
        return super().get_context_data(
            campaign=campaign,
            patient=patient,
            target=target,
            counted=counted,
            finding=_about(counted),
            invitee=invitee,
            standing=standing,
            steps=[(one, sent.get(one.pk, "")) for one in steps],
            acts=queries.acts_of(patient, campaign.target),
            reasons=queries.reasons_of(patient, campaign.target),
            records=records,
            is_due=is_due,
            invites=campaign.is_open and is_due and standing not in {Standing.REFUSED, Standing.SILENT},
            refused=standing in {Standing.REFUSED, Standing.SILENT} and campaign.is_open,
            phones=[
                (one, written_phone(one)) for one in (patient.phone, patient.other_phone) if one and reach
            ],
            expected=expected.sentence if expected is not None else "",
            may_message=expected is not None and not expected.say_it_now,
            reach=reach,
            answer_form=self.form("answer", AnswerForm, initial={"seen": len(steps)}),
            entries=[one for one in queries.prevented(patient).entries if one.day.campaign_id == campaign.pk],
            act_form=self.form("act", ActForm, lots=self._lots()),
            declared_form=self.form("declared", DeclaredForm),
            reason_form=self.form("reason", ReasonForm, reasons=self._reasons()),
            register_form=self.form("register", RegisterForm, slots=slots) if slots else None,
            message_key=_key(),
            **context,
        )

    def _lots(self) -> list[Any]:
        day = timezone.localdate()
        rows = queries.lots_of(self.campaign.scope, self.campaign.target)
        return (
            [one for one in rows if one.left and one.expires_on >= day]
            if self.now.target.target.is_vaccine
            else []
        )

    def _reasons(self) -> list[str]:
        aim = self.now.target.target
        return [*aim.additions, *aim.exclusions]

    def _slots(self) -> list[tuple[str, str]]:
        found = []
        today = timezone.localdate()
        for one in queries.days_of(self.campaign):
            if one.day.day < today or not one.left:
                continue
            taken = queries.taken_by_hour(one.day)
            for hour, count in taken.items():
                if count < one.day.per_hour:
                    label = _("{day}, {hour} h, {place}").format(
                        day=formats.date_short(one.day.day), hour=hour, place=one.day.place
                    )
                    found.append((f"{one.day.pk}-{hour}", label))
        return found

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {
            "answer": self._answer,
            "back": self._back,
            "message": self._message,
            "act": self._act,
            "declared": self._declared,
            "take_back": self._take_back,
            "reason": self._reason,
            "end_reason": self._end_reason,
            "register": self._register,
        }

    def _answer(self) -> str:
        self.send(
            "answer",
            AnswerForm,
            lambda said: invitations.note_step(
                by=self.person,
                campaign=self.campaign,
                patient=self.patient,
                did=Did(said["did"]),
                until=said["until"],
                words=said["words"],
                key=said["key"],
                seen=said["seen"],
            ),
        )
        return _("Noté.")

    def tell(self, form: Form, error: ValidationError) -> None:
        """Write on a form why it was not written; the page read again, sending it again is enough."""
        super().tell(form, error)
        if getattr(error, "code", "") == invitations.OVERTAKEN:
            sent = self.request.POST.copy()
            sent["seen"] = str(self._lines())
            form.data = sent

    def _lines(self) -> int:
        """Return how many lines the invitations of the person have."""
        found = queries.invitee_of(self.campaign, self.patient)
        return len(queries.steps_of(found)) if found is not None else 0

    def _back(self) -> str:
        invitations.note_step(
            by=self.person,
            campaign=self.campaign,
            patient=self.patient,
            did=Did.BACK,
            key=form_key(self.request.POST.get("key")),
        )
        return _("Noté : cette personne peut de nouveau être invitée.")

    def _message(self) -> str:
        step = invitations.send_message(
            by=self.person,
            campaign=self.campaign,
            patient=self.patient,
            key=form_key(self.request.POST.get("key")),
        )
        said = queries.messages_said([step], self.patient).get(step.pk, "")
        return said or _("Message demandé.")

    def _act(self) -> str:
        lots = self._lots()
        by_key = {str(one.pk): one for one in lots}
        self.send(
            "act",
            ActForm,
            lambda said: acts.record_act(
                by=self.person,
                patient=self.patient,
                target=self.campaign.target,
                done_on=said["done_on"],
                lot=by_key.get(said.get("lot", "")),
                key=said["key"],
            ),
            lots=lots,
        )
        return _("Acte noté.")

    def _declared(self) -> str:
        self.send(
            "declared",
            DeclaredForm,
            lambda said: acts.record_act(
                by=self.person,
                patient=self.patient,
                target=self.campaign.target,
                done_on=said["done_on"],
                is_declared=True,
                key=said["key"],
            ),
        )
        return _("Noté : fait ailleurs, selon la personne.")

    def _named(self, rows: Iterable[Row]) -> Row:
        """Return that of `rows` which the form names. Raises Http404 for none of them."""
        pk = row_key(self.request.POST.get("row"))
        found = next((one for one in rows if one.pk == pk), None)
        if found is None:
            raise Http404(pk)
        return found

    def _take_back(self) -> str:
        row = self._named(queries.acts_of(self.patient, self.campaign.target))
        acts.take_back_act(by=self.person, act=row)
        return _("Acte repris : la ligne reste, avec qui l’a reprise.")

    def _reason(self) -> str:
        self.send(
            "reason",
            ReasonForm,
            lambda said: acts.say_reason(
                by=self.person,
                patient=self.patient,
                target=self.campaign.target,
                reason=Ground(said["reason"]),
                key=said["key"],
            ),
            reasons=self._reasons(),
        )
        return _("Noté.")

    def _end_reason(self) -> str:
        row = self._named(queries.reasons_of(self.patient, self.campaign.target))
        acts.end_reason(by=self.person, reason=row)
        return _("Levé : {reason}.").format(reason=GROUND_LABELS[Ground(row.reason)])

    def _register(self) -> str:
        def write(said: dict[str, Any]) -> None:
            pk, hour = said["slot"].split("-")
            day = queries.day_of(self.campaign, row_key(pk))
            if day is None:
                raise Http404(pk)
            days.register_for_day(
                by=self.person, day=day, patient=self.patient, hour=int(hour), key=said["key"]
            )

        self.send("register", RegisterForm, write, slots=self._slots())
        return _("Inscription notée.")


def _about(counted: Counted | None) -> str:
    if counted is None:
        return _("Cette personne n’est pas de cette campagne, ou l’usage de son dossier est gelé.")
    said = words.reason_words(counted)
    return f"{said[0].upper()}{said[1:]}."
