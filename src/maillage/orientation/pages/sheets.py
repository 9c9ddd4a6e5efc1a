"""The safety sheets of a desk: what each motive asks for, the versions, who signed them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin
from maillage.kernel.rules import Permission
from maillage.orientation import api
from maillage.orientation.models import SafetySheet
from maillage.orientation.models.safety import ANSWER_LABELS
from maillage.orientation.pages.base import OfDesk, desks_of, is_partial, shown_page
from maillage.orientation.pages.motives import MotiveLine, motive_lines
from maillage.orientation.pages.sheet_forms import SEXES, SignatureForm, Writing, shown
from maillage.orientation.rules.ages import YEAR
from maillage.orientation.rules.safety import GROUP_ENDING, Question
from maillage.orientation.rules.vocabulary import Answer


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question of a sheet, and to whom it is asked; `is_new`, or `is_weaker` than in the version in use."""

    text: str
    text_en: str
    alarm: str
    asked_to: str
    is_new: bool = False


class OfSheets(OfDesk):
    """A page about the sheets of a desk; `?bureau=` changes desks."""

    permission = Permission.WRITE_SAFETY_SHEETS

    @cached_property
    def scopes(self) -> list[Scope]:
        """The desks whose sheets the visitor may write, by name."""
        return desks_of(self.person, Permission.WRITE_SAFETY_SHEETS)

    def get_scope(self) -> Scope:
        return self.scope


class OfSheet(OfSheets):
    """A page about the sheet of the address: one of the desk, or an example of the installation."""

    @cached_property
    def sheet(self) -> SafetySheet:
        """The sheet. Raises Http404 for one of a desk where the visitor writes none."""
        rows = SafetySheet.objects.select_related(
            "scope", "written_by", "signature_asked_of", "signed_by", "refused_by", "published_by"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or (found.scope_id is not None and found.scope not in self.scopes):
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The desk of the sheet; for an example, the desk at work."""
        return self.sheet.scope or super().scope


class Sheets(OfSheets, Page):
    """What each motive asks for, and the sheets."""

    template_name = "orientation/sheets.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        every = motive_lines(self.scope)
        lines = [one for one in every if not one.is_group or one.kind == "urgent"]
        return super().get_context_data(
            lines=lines, finding=_finding(lines), scope=self.scope, scopes=self.scopes, **context
        )


class SheetPage(OfSheet, Page):
    """A sheet as it is asked, its history, and what may be done with it."""

    template_name = "orientation/sheet.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sheet = self.sheet
        return super().get_context_data(
            **read_out(sheet, self.person),
            is_example=sheet.scope_id is None,
            signature=signature_form(self.scope),
            versions=_versions(sheet),
            **context,
        )


class _ToSign(PermissionMixin):
    """What is about a draft that the visitor is asked to sign, or has refused to."""

    permission = None  # whoever is asked, and no other: `sheet`

    @cached_property
    def sheet(self) -> SafetySheet:
        """The sheet. Raises Http404 for one that the visitor was not asked to sign."""
        names = ("scope", "written_by", "signed_by", "refused_by", "signature_asked_of")
        found = SafetySheet.objects.select_related(*names).filter(pk=self.kwargs["pk"]).first()
        was_asked = found is not None and found.refused_by_id == self.person.pk
        if found is None or not (was_asked or api.may_sign(self.person, found)):
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the desk of the sheet: a signature has its day."""
        return self.sheet.scope


class SignSheet(_ToSign, Page):
    """A draft as the physician of whom its signature is asked reads it, from their own account, and signs."""

    template_name = "orientation/sheet_to_sign.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**read_out(self.sheet, self.person), **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sign what was read; what was written again meanwhile is read anew first."""
        try:
            api.sign_sheet(by=self.person, sheet=self.sheet, digest=request.POST.get("digest", ""))
        except api.SheetError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Fiche signée. Elle sera posée une fois mise en usage."))
        return shown_page(SignSheet, request, reverse("orientation:sign_sheet", args=[pk]), pk=pk)


class RefuseSignature(_ToSign, Endpoint):
    """Refuses to sign a draft, with why; the physician then reads what they refused."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse once; without a reason, nothing is refused."""
        digest, reason = request.POST.get("digest", ""), request.POST.get("reason", "").replace("\x00", "")
        try:
            api.refuse_signature(by=self.person, sheet=self.sheet, digest=digest, reason=reason)
        except api.SheetError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Refus noté : la fiche revient à la personne qui l’a écrite."))
        return shown_page(SignSheet, request, reverse("orientation:sign_sheet", args=[pk]), pk=pk)


class _Write(OfSheets, Page):
    """The form of a sheet, new or again."""

    template_name = "orientation/sheet_form.html"

    @property
    def base(self) -> SafetySheet | None:
        """The sheet that is written again, None for a new one."""
        return None

    def writing(self, data: Any = None) -> Writing:
        """Return the two parts of the form."""
        labels = [(code, said) for code, said in api.motive_labels().items() if _is_precise(code)]
        asked = self.request.GET.get("motif", "")
        return Writing(data, self.base, labels, asked if asked in dict(labels) else "")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if "writing" not in context:
            context["writing"] = self.writing()
        return super().get_context_data(base=self.base, scope=self.scope, **context)

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Keep the draft; nothing typed is lost where something is missing."""
        writing = self.writing(request.POST)
        if writing.is_valid():
            try:
                made = api.write_sheet(
                    by=self.person, scope=self.scope, draft=writing.draft(), sheet=self.base
                )
            except api.SheetError as error:
                writing.sheet.add_error(None, str(error))
            else:
                messages.success(request, _("Brouillon enregistré : relisez-le, puis faites-le signer."))
                return _sheet_shown(request, made.pk)
        context = self.get_context_data(writing=writing, main_only=is_partial(request))
        return self.render_to_response(context, status=422)


class NewSheet(_Write):
    """The form of a new sheet; `?motif=` chooses its motive."""


class WriteSheet(OfSheet, _Write):
    """The form of a draft, or of the next version of a sheet."""

    @property
    def base(self) -> SafetySheet | None:
        return self.sheet


class _Act(OfSheet, Endpoint):
    """One action on a sheet, with what was refused said."""

    def act(self) -> str:
        """Do it; return the sentence to show. Raises SheetError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Act once."""
        try:
            messages.success(request, self.act())
        except api.SheetError as error:
            messages.warning(request, str(error))
        if SafetySheet.objects.filter(pk=pk).exists():
            return _sheet_shown(request, pk)
        return shown_page(Sheets, request, reverse("orientation:sheets"))


class AskSignature(_Act):
    """Asks a physician of the territory to read and sign a draft."""

    def act(self) -> str:
        asked = self.request.POST.get("of", "")
        signer = next((one for one in api.signers(self.scope) if str(one.pk) == asked), None)
        if signer is None:
            raise api.SheetError(api.SheetRefusal.SIGNER)
        api.ask_signature(by=self.person, sheet=self.sheet, of=signer)
        return _("Signature demandée à {name}.").format(name=signer.get_full_name())


class PublishSheet(_Act):
    """Puts a signed draft in use, each alarm that it loses confirmed."""

    def act(self) -> str:
        confirmed = self.request.POST.getlist("confirmed")
        api.publish_sheet(by=self.person, sheet=self.sheet, confirmed=confirmed)
        return _("Fiche en usage : elle est posée dès le prochain appel.")


class RetireSheet(_Act):
    """Takes a sheet out of use."""

    def act(self) -> str:
        api.retire_sheet(by=self.person, sheet=self.sheet, reason=self.request.POST.get("reason", ""))
        return _("Fiche retirée : elle n’est plus posée.")


class DiscardSheet(_Act):
    """Throws a draft away."""

    def act(self) -> str:
        api.discard_draft(by=self.person, sheet=self.sheet)
        return _("Brouillon jeté.")


def read_out(sheet: SafetySheet, reader: Person) -> dict[str, Any]:
    """Return what is read of a version: its questions, what it alarms less on, who is asked to sign it."""
    before = api.in_use_before(sheet) if sheet.is_draft else None
    labels = api.motive_labels()
    return {
        "sheet": sheet,
        "state": _state(sheet),
        "lost": [(one.text, _text(one)) for one in api.alarms_lost(sheet)] if sheet.is_draft else [],
        "lines": _asked_lines(sheet, before),
        "motives": [labels.get(code, code) for code in sheet.motives],
        "may_sign": sheet.is_draft and sheet.signed_by is None and api.may_sign(reader, sheet),
    }


def signature_form(scope: Scope) -> SignatureForm:
    """Return the form that asks for a signature, the physicians of a territory by name."""
    return SignatureForm(people=[(str(one.pk), one.get_full_name()) for one in api.signers(scope)])


def _sheet_shown(request: HttpRequest, pk: int) -> HttpResponse:
    return shown_page(SheetPage, request, reverse("orientation:sheet", args=[pk]), pk=pk)


def _is_precise(code: str) -> bool:
    return not code.endswith(GROUP_ENDING)


def _finding(lines: list[MotiveLine]) -> str:
    lacking = sum(one.lacks for one in lines)
    examples = sum(any(not sheet.is_validated for sheet in one.sheets) for one in lines)
    if lacking:
        text = ngettext(
            "{count} motif exige une fiche et n’en a pas : aucun créneau ne s’ouvre pour lui.",
            "{count} motifs exigent une fiche et n’en ont pas : aucun créneau ne s’ouvre pour eux.",
            lacking,
        )
        return text.format(count=lacking)
    if examples:
        text = ngettext(
            "{count} motif se vérifie par un exemple que personne n’a signé.",
            "{count} motifs se vérifient par des exemples que personne n’a signés.",
            examples,
        )
        return text.format(count=examples)
    return _("Chaque motif qui exige une fiche en a une, signée.")


def _state(sheet: SafetySheet) -> tuple[str, str]:
    """Return where a version stands, in words, and its tone."""
    if sheet.is_refused:
        return _("version refusée"), "attention"
    if sheet.is_draft:
        return (_("brouillon signé"), "good") if sheet.signed_by_id else (_("brouillon"), "attention")
    if not sheet.is_current:
        return _("plus en usage"), ""
    return (
        (_("en usage"), "good") if sheet.is_validated else (_("exemple non validé cliniquement"), "attention")
    )


def _text(question: Question) -> str:
    return formats.in_language(question.text, question.text_en)


def _asked_lines(sheet: SafetySheet, before: SafetySheet | None) -> list[AskedLine]:
    old = {one.key: one for one in before.asked} if before else {}
    return [
        AskedLine(
            one.text, one.text_en, _alarm(one), _asked_to(one),
            is_new=before is not None and one != old.get(one.key),
        )
        for one in sheet.asked
    ]  # fmt: skip


def _alarm(question: Question) -> str:
    if question.red_flag is None:
        return _("aucune")
    return str(ANSWER_LABELS[question.red_flag])


def _asked_to(question: Question) -> str:
    """Say whom a question is asked: ages, sex; that the age answers it, where it does."""
    if any(one.answer is not Answer.NO for one in question.known):
        return _("l’âge y répond, s’il est connu")
    limits = shown(question)
    first, last = limits["from_months"], limits["under_months"]
    words = [str(SEXES[limits["sex"]])]
    if first is not None:
        words.append(_("à partir de {age}").format(age=_age(first)))
    if last is not None:
        words.append(_("avant {age}").format(age=_age(last)))
    return ", ".join(words)


def _age(months: int) -> str:
    return api.person_age(months) if months % YEAR == 0 else api.in_months(months)


def _versions(sheet: SafetySheet) -> list[tuple[SafetySheet, str]]:
    rows = (
        SafetySheet.objects.filter(code=sheet.code)
        .select_related("signed_by", "refused_by")
        .order_by("-version")
    )
    return [(one, _state(one)[0]) for one in rows]
