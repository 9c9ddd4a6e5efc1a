"""Agreements of a territory: the list, what ends soon first; one of them, its parties, its signed copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.kernel import access, clock, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin
from maillage.kernel.parameters import asked_day, row_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.project.actions import agreements as actions
from maillage.project.models import (
    AGREEMENT_LABELS,
    AGREEMENT_STATE_LABELS,
    Agreement,
    AgreementFile,
    AgreementParty,
)
from maillage.project.pages.agreement_forms import (
    AgreementChangeForm,
    AgreementForm,
    CopyForm,
    EndForm,
    PartyForm,
    SignForm,
)
from maillage.project.pages.base import Doing, opened_file
from maillage.project.pages.project_views import taken
from maillage.project.queries import agreements as queries
from maillage.project.queries.projects import places_to_write
from maillage.project.rules.agreements import AgreementKind, AgreementState

KINDS = {
    AgreementState.ENDS_SOON: "attention",
    AgreementState.EXPIRED: "attention",
    AgreementState.IN_FORCE: "good",
}


class Agreements(Page):
    """Every agreement that one may read, those to decide first."""

    template_name = "project/agreements.html"
    permission = Permission.VIEW_PROJECT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.agreements_for(self.person)
        parties = queries.parties_of(rows)
        lines = []
        for one in rows:
            today = clock.today(one.territory.scope)
            state = one.state_on(today)
            lines.append(
                {
                    "agreement": one,
                    "kind": AGREEMENT_LABELS[AgreementKind(one.kind)],
                    "parties": ", ".join(map(str, parties.get(one.pk, []))) or formats.UNKNOWN,
                    "state": AGREEMENT_STATE_LABELS[state],
                    "look": KINDS.get(state, ""),
                    "end": formats.date_short(one.end(today)),
                    "decide": formats.date_short(one.decide_by(today)),
                    "is_soon": state in {AgreementState.ENDS_SOON, AgreementState.EXPIRED},
                }
            )
        lines.sort(key=lambda one: not one["is_soon"])
        soon = sum(bool(one["is_soon"]) for one in lines)
        count = ngettext("{count} convention", "{count} conventions", len(lines)).format(
            count=formats.number(len(lines))
        )
        said = ngettext("{count} à décider", "{count} à décider", soon).format(count=formats.number(soon))
        return super().get_context_data(
            lines=lines,
            finding=f"{count}, {said}." if lines else _("Aucune convention encore."),
            may_write=access.may(self.person, Permission.EDIT_PROJECT),
            templates=[(kind.value, label) for kind, label in AGREEMENT_LABELS.items()],
            **context,
        )


class NewAgreement(Page):
    """An agreement to write, from a template."""

    template_name = "project/agreement_form.html"
    permission = Permission.EDIT_PROJECT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("modele", "")
        kind = AgreementKind(asked) if asked in set(AgreementKind) else AgreementKind.OTHER
        model = rule(f"project.agreements.{kind.value}")
        initial = {"kind": kind.value, "text": model.value, "title": str(AGREEMENT_LABELS[kind])}
        context.setdefault("form", AgreementForm(places=places_to_write(self.person), initial=initial))
        return super().get_context_data(model=model, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the agreement as a draft."""
        form = AgreementForm(request.POST, places=places_to_write(self.person))
        if form.is_valid():
            said = dict(form.cleaned_data)
            said.pop("where")
            try:
                made = actions.add_agreement(
                    by=self.person, place=form.place, kind=AgreementKind(said.pop("kind")), **said
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, _("Convention écrite : ajoutez ses parties, puis notez sa signature.")
                )
                return redirect("project:agreement", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfAgreement(PermissionMixin):
    """One agreement of the address. Raises Http404 for one of another territory."""

    permission = Permission.VIEW_PROJECT

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement."""
        found = queries.agreement_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of its territory."""
        return self.agreement.territory.scope


class AgreementPage(OfAgreement, Doing):
    """One agreement: what it says, with whom, until when, what is to be decided."""

    template_name = "project/agreement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.agreement
        scope = one.territory.scope
        today = clock.today(scope)
        state = one.state_on(today)
        may_edit = access.may(self.person, Permission.EDIT_PROJECT, scope) and one.ended_on is None
        text = self.request.GET.get("q", "").strip()[:80]
        shown: dict[str, Any] = {
            "agreement": one,
            "kind": AGREEMENT_LABELS[AgreementKind(one.kind)],
            "state": AGREEMENT_STATE_LABELS[state],
            "look": KINDS.get(state, ""),
            "end": one.end(today),
            "decide": one.decide_by(today),
            "finding": self._finding(state, today),
            "parties": queries.parties_of([one]).get(one.pk, []),
            "files": AgreementFile.objects.of(one).defer("content"),
            "may_edit": may_edit,
            "is_soon": state in {AgreementState.ENDS_SOON, AgreementState.EXPIRED},
            "text": text,
            "found": directory.search_structures(text, 8) if text and may_edit else [],
            "opens": set(self.forms_refused),
        }
        if may_edit:
            names = ("title", "text", "starts_on", "ends_on", "is_tacit", "renewal_months", "notice_days")
            initial = {name: getattr(one, name) for name in names} | {"base": one.version}
            shown |= {
                "change_form": self.form("change", AgreementChangeForm, initial=initial),
                "party_form": self.form("party", PartyForm),
                "sign_form": self.form("sign", SignForm, initial={"signed_on": today}),
                "copy_form": self.form("copy", CopyForm),
                "end_form": self.form("end", EndForm, initial={"ended_on": today}),
            }
        return super().get_context_data(**shown, **context)

    def _finding(self, state: AgreementState, today: Any) -> str:
        one = self.agreement
        label = str(AGREEMENT_STATE_LABELS[state])
        decide = one.decide_by(today)
        if state in {AgreementState.IN_FORCE, AgreementState.ENDS_SOON} and decide is not None:
            said = _("{state} ; à décider avant le {day}, fin le {end}.").format(
                state=label, day=formats.date_short(decide), end=formats.date_short(one.end(today))
            )
        else:
            said = f"{label}."
        return f"{said[0].upper()}{said[1:]}"

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {
            "change": self._change,
            "party": self._party,
            "structure": self._structure,
            "remove": self._remove,
            "sign": self._sign,
            "copy": self._copy,
            "renew": self._renew,
            "end": self._end,
        }

    def _change(self) -> str:
        self.send(
            "change",
            AgreementChangeForm,
            lambda said: actions.change_agreement(by=self.person, agreement=self.agreement, **said),
        )
        return _("Convention modifiée.")

    def _party(self) -> str:
        self.send(
            "party",
            PartyForm,
            lambda said: actions.add_party(by=self.person, agreement=self.agreement, name=said["name"]),
        )
        return _("Partie ajoutée.")

    def _structure(self) -> str:
        key = self.request.POST.get("structure", "")[:64].replace("\x00", "")
        found = directory.Structure.objects.filter(pk=key, is_active=True).first()
        if found is None:
            raise ValidationError(_("Choisissez une structure dans la liste."))
        actions.add_party(by=self.person, agreement=self.agreement, structure=found)
        return _("Partie ajoutée.")

    def _remove(self) -> str:
        rows = AgreementParty.objects.of(self.agreement).select_related("agreement__territory__scope")
        row = rows.filter(pk=row_key(self.request.POST.get("row"))).first()
        if row is None:
            raise ValidationError(_("Cette partie n’y est plus."))
        actions.remove_party(by=self.person, party=row)
        return _("Partie retirée.")

    def _sign(self) -> str:
        self.send(
            "sign",
            SignForm,
            lambda said: actions.sign_agreement(
                by=self.person, agreement=self.agreement, signed_on=said["signed_on"],
                files=taken(said["document"]),
            ),
        )  # fmt: skip
        return _("Signature notée : la coordination sera prévenue avant le préavis.")

    def _copy(self) -> str:
        self.send(
            "copy",
            CopyForm,
            lambda said: actions.keep_copy(
                by=self.person, agreement=self.agreement, files=taken(said["document"])
            ),
        )
        return _("Exemplaire gardé.")

    def _renew(self) -> str:
        seen = asked_day(self.request.POST.get("seen"))
        if seen is None:
            raise ValidationError(_("Rechargez la page : la fin de cette convention a changé."))
        actions.renew_agreement(by=self.person, agreement=self.agreement, seen=seen)
        return _("Convention reconduite.")

    def _end(self) -> str:
        self.send(
            "end",
            EndForm,
            lambda said: actions.end_agreement(by=self.person, agreement=self.agreement, **said),
        )
        return _("Fin notée.")


class AgreementCopy(OfAgreement, Endpoint):
    """A page of the signed copy, as what it is."""

    def get(self, _request: HttpRequest, pk: int, file: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        found = AgreementFile.objects.of(self.agreement).filter(pk=file).first()
        if found is None:
            raise Http404(file)
        return opened_file(self.person, self.agreement.territory.scope, found, self.agreement)
