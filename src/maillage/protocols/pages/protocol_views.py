"""The protocols of a territory: the list, one of them with its versions and its sign-ups, writing one."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api as orientation
from maillage.protocols import api
from maillage.protocols.models import Protocol, SignUp, Version
from maillage.protocols.pages.base import DoesOne, cleaned
from maillage.protocols.pages.forms import OpenForm, ReasonForm, SignUpForm, VersionForm
from maillage.protocols.pages.presenters import (
    activity_lines,
    protocol_lines,
    sections_of,
    shortage_lines,
    sign_up_lines,
)
from maillage.protocols.queries import protocols as queries
from maillage.protocols.queries.acts import activity, to_finish, without_answer
from maillage.protocols.queries.pharmacy import shortage_counts
from maillage.protocols.rules.protocols import ProtocolKind, Side


def managed_scope(page: PermissionMixin) -> Scope | None:
    """Return where the visitor writes protocols: the first scope, None for whoever writes none."""
    scopes = access.scopes_of(page.person, Permission.MANAGE_PROTOCOLS)
    return scopes[0] if scopes else None


class Protocols(DoesOne, Page):
    """The protocols of the territory; for whoever manages, what is done under each, and opening one."""

    template_name = "protocols/protocols.html"
    permission = Permission.VIEW_PROTOCOLS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = protocol_lines(self.person)
        scope = managed_scope(self)
        opened = {one.protocol.national_code for one in lines}
        nationals = [
            (one["code"], queries.national_label(one))
            for one in orientation.protocols().value
            if one["code"] not in opened
        ]
        waiting = to_finish(self.person)
        return super().get_context_data(
            finding=_finding(lines, len(waiting)),
            lines=lines,
            waiting=waiting,
            manages=scope is not None,
            nationals=nationals if scope is not None else [],
            open_form=context.pop("open_form", OpenForm()) if scope is not None else None,
            key=uuid4().hex,
            activity=activity_lines(activity(self.person)) if scope is not None else [],
            shortages=shortage_lines(shortage_counts(self.person)) if scope is not None else [],
            threshold=rule("territory.secrecy.threshold").value,
            unanswered=without_answer(self.person),
            rule=orientation.protocols(),
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open a protocol: a national one by its code, or one that the territory writes."""
        scope = managed_scope(self)
        if scope is None:
            access.require(self.person, Permission.MANAGE_PROTOCOLS)
            raise Http404
        known = {one["code"]: queries.national_label(one) for one in orientation.protocols().value}
        code = request.POST.get("code", "")
        if code in known:
            made = api.open_protocol(
                by=self.person,
                scope=scope,
                kind=ProtocolKind.COOPERATION,
                title=known[code],
                national_code=code,
                key=request.POST.get("key", "").replace("\x00", "")[:64] or uuid4().hex,
            )
            return redirect("protocols:protocol", pk=made.pk)
        form = OpenForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(open_form=form), status=422)
        data = form.cleaned_data
        made = api.open_protocol(
            by=self.person, scope=scope, kind=data["kind"], title=data["title"], key=data["key"]
        )
        return redirect("protocols:protocol", pk=made.pk)


def _finding(lines: list[Any], waiting: int) -> str:
    used = sum(one.version is not None for one in lines)
    said = ngettext("{count} protocole en usage", "{count} protocoles en usage", used)
    said = said.format(count=formats.number(used))
    late = sum(one.is_late for one in lines)
    if late:
        more = ngettext("dont {count} à revoir", "dont {count} à revoir", late)
        said += ", " + more.format(count=formats.number(late))
    if waiting:
        more = ngettext("{count} acte à signer", "{count} actes à signer", waiting)
        said += " ; " + more.format(count=formats.number(waiting))
    return f"{said}."


class OfProtocol(PermissionMixin):
    """A protocol of the address, of a scope where the visitor works."""

    permission = Permission.VIEW_PROTOCOLS

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol. Raises Http404 for one of another scope."""
        found = queries.protocol_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def manages(self) -> bool:
        """Whether the visitor writes the protocols of that scope."""
        return access.may(self.person, Permission.MANAGE_PROTOCOLS, self.protocol.scope)

    def get_clock(self) -> Scope | None:
        """Return the scope of the protocol."""
        return self.protocol.scope


class ProtocolPage(OfProtocol, DoesOne, Page):
    """One protocol: the version chosen (`?version=`), the evidence behind it, who signed up, the gestures."""

    template_name = "protocols/protocol.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        protocol, versions = self.protocol, self.versions
        today = queries.today_in(protocol.scope)
        version = self._chosen(versions)
        sign_ups = queries.sign_ups_of(protocol)
        return super().get_context_data(
            protocol=protocol,
            versions=versions,
            version=version,
            is_late=version is not None and version.is_in_use and version.is_review_due(today),
            sections=sections_of(version) if version is not None else [],
            national=queries.national_of(protocol),
            rule=orientation.protocols(),
            sign_ups=sign_up_lines(sign_ups, today, self.person, manages=self.manages),
            sign_up_form=self._sign_up_form(),
            reason_form=ReasonForm(auto_id="id_reason_%s"),
            manages=self.manages,
            usable=any(one.protocol_id == protocol.pk for one, _mine in queries.usable_by(self.person)),
            **context,
        )

    @cached_property
    def versions(self) -> list[Version]:
        """Its versions, the latest first."""
        return queries.versions_of(self.protocol)

    def _chosen(self, versions: list[Version]) -> Version | None:
        asked = self.request.GET.get("version", "")
        if asked:
            found = next((one for one in versions if str(one.number) == asked), None)
            if found is None:
                raise Http404(asked)
            return found
        return next((one for one in versions if one.is_in_use), versions[0] if versions else None)

    def _sign_up_form(self) -> SignUpForm | None:
        if self.manages:
            return SignUpForm(manages=True)
        sheet = getattr(self.person, "professional", None)
        if sheet is None:
            return None
        sides = [
            side
            for side in Side
            if not (allowed := queries.professions_for(self.protocol, side)) or sheet.profession in allowed
        ]
        return SignUpForm(manages=False, sides=sides) if sides else None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do the gesture that a form names."""
        return self.answered(request, reverse("protocols:protocol", args=[pk]))

    def done(self, gesture: str) -> str:
        gestures = {
            "publish": self._publish,
            "withdraw": self._withdraw,
            "sign_up": self._sign_up,
            "end": self._end,
        }
        if gesture not in gestures:
            raise Http404(gesture)
        return gestures[gesture]()

    def _version(self) -> Version:
        asked = self.request.POST.get("version", "")
        found = next((one for one in self.versions if str(one.number) == asked), None)
        if found is None:
            raise Http404(asked)
        return found

    def _publish(self) -> str:
        made = api.publish(by=self.person, version=self._version())
        return _("Version {number} en usage.").format(number=made.number)

    def _withdraw(self) -> str:
        data = cleaned(ReasonForm(self.request.POST))
        made = api.withdraw(by=self.person, version=self._version(), because=data["because"])
        return _("Version {number} retirée : aucun acte ne s’y fait plus.").format(number=made.number)

    def _sign_up(self) -> str:
        form = SignUpForm(self.request.POST, manages=self.manages)
        data = cleaned(form)
        sheet = self._who(data.pop("who", ""))
        api.sign_up(by=self.person, protocol=self.protocol, professional=sheet, **data)
        return _("Adhésion de {name} notée.").format(name=sheet)

    def _who(self, text: str) -> directory.Professional:
        if not text.strip():
            sheet = getattr(self.person, "professional", None)
            if sheet is None:
                raise ValidationError(_("Dites quel professionnel signe."))
            return sheet  # type: ignore[no-any-return] # the sheet of an account
        found = list(directory.Professional.objects.active().matching(text)[:2])
        if len(found) != 1:
            raise ValidationError(
                _("Plusieurs professionnels ont ce nom : donnez le numéro RPPS.")
                if found
                else _("Aucun professionnel de l’annuaire n’a ce nom ni ce numéro.")
            )
        return found[0]

    def _end(self) -> str:
        data = cleaned(ReasonForm(self.request.POST))
        asked = self.request.POST.get("sign_up", "")
        row = next((one for one in queries.sign_ups_of(self.protocol) if str(one.pk) == asked), None)
        if row is None:
            raise Http404(asked)
        ended: SignUp = api.end_sign_up(by=self.person, sign_up=row, because=data["because"])
        return _("Adhésion de {name} arrêtée.").format(name=ended.professional)


class WriteVersion(OfProtocol, Page):
    """The next version of a protocol, from the last one."""

    template_name = "protocols/version_form.html"
    permission = Permission.MANAGE_PROTOCOLS

    def get_scope(self) -> Scope | None:
        """Return the scope of the protocol: it is written by whoever manages there."""
        return self.protocol.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        versions = queries.versions_of(self.protocol)
        form = VersionForm(before=versions[0] if versions else None)
        months = rule("protocols.review.months").value
        form.initial.setdefault("review_on", care.months_later(queries.today_in(self.protocol.scope), months))
        context.setdefault("form", form)
        return super().get_context_data(
            protocol=self.protocol, number=versions[0].number + 1 if versions else 1, **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it as a draft."""
        form = VersionForm(request.POST)
        if form.is_valid():
            try:
                made = api.write_version(
                    by=self.person,
                    protocol=self.protocol,
                    content=form.content(),
                    key=form.cleaned_data["key"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect(f"{reverse('protocols:protocol', args=[pk])}?version={made.number}")
        return self.render_to_response(self.get_context_data(form=form), status=422)
