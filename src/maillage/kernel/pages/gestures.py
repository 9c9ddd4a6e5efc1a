"""Pages whose forms each do one thing, by name (`do`), then lead back to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Page, PermissionMixin, back_to
from maillage.kernel.writes import StaleError


class Gestures(PermissionMixin):
    """A page, or an address, whose forms each send the name of what they do (`do`).

    A subclass says what each does (`gestures`), and where it matters what follows: where one goes (`after`),
    what is refused and how it is said (`refusals`, `refused`), what an unknown name is (`is_strict`).
    """

    #: What a gesture may raise that is said on the page; anything else is not the page's.
    refusals: ClassVar[tuple[type[Exception], ...]] = (ValidationError,)
    #: A name that is none of the page's is no address; else it is said, as a page too old.
    is_strict: ClassVar[bool] = False

    def gestures(self) -> Mapping[str, Callable[[], str]]:
        """Return what each form does, each returning the sentence that says it is done, "" for none."""
        raise NotImplementedError

    def here(self) -> str:
        """Return the address to come back to."""
        return self.request.path

    def after(self, name: str) -> HttpResponse:  # noqa: ARG002 (for who goes elsewhere after one of them)
        """Lead back, once a gesture is done or refused: to the inbox for a deed of its own, or here."""
        return back_to(self.request, self.here())

    def refused(self, name: str, error: Exception) -> HttpResponse:
        """Say why a gesture is refused, and lead back."""
        self.say(error)
        return self.after(name)

    def say(self, error: Exception) -> None:
        """Say on the next page why a gesture is refused."""
        texts = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(self.request, " ".join(texts))

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Do what one form of the page asks. Raises Http404 for none of them, where the page is strict."""
        name = request.POST.get("do", "")
        done = self.gestures().get(name)
        if done is None and self.is_strict:
            raise Http404(name)
        try:
            if done is None:
                raise ValidationError(_("Ce geste n’est pas connu : rechargez la page."))
            said = done()
        except self.refusals as error:
            return self.refused(name, error)
        if said:
            messages.success(request, said)
        return self.after(name)


class RefusedFormError(Exception):
    """A form sent as `name` is not valid: the page is drawn again with it."""

    def __init__(self, form: forms.Form, name: str) -> None:
        super().__init__()
        self.form, self.name = form, name


class FormGestures(Gestures, Page):
    """A page whose gestures read a form each: refused, it comes back filled, open, with what is wrong."""

    refusals = (ValidationError, RefusedFormError)

    @cached_property
    def forms_refused(self) -> dict[str, forms.Form]:
        """The forms that were refused in this request, by gesture."""
        return {}

    def refused(self, name: str, error: Exception) -> HttpResponse:
        """Draw the page again with the form that is refused; say why where it is no form."""
        if not isinstance(error, RefusedFormError):
            return super().refused(name, error)
        self.forms_refused[self.kept_as(name, error)] = error.form
        # At the top: without a script, nothing else leads to a form that is far below.
        messages.error(self.request, _("Rien n’est enregistré : le formulaire, plus bas, dit pourquoi."))
        return self.render_to_response(self.get_context_data(), status=422)

    def kept_as(self, name: str, error: RefusedFormError) -> str:  # noqa: ARG002 (for pages of many rows)
        """Return under which name `form` finds a refused form again."""
        return name

    def form(self, name: str, kind: Callable[..., forms.Form], **options: Any) -> forms.Form:
        """Return the form of a gesture: the one that was refused, or a blank one; ids of its own."""
        made = self.forms_refused.get(name) or kind(auto_id=f"id_{name}_%s", **options)
        made.gesture = name  # type: ignore[attr-defined]  # what its button sends
        return made

    def send(
        self,
        name: str,
        kind: Callable[..., forms.Form],
        write: Callable[[dict[str, Any]], Any],
        **options: Any,
    ) -> Any:
        """Read the form of a gesture and write it. Raises RefusedFormError, every defect in its place."""
        form = kind(self.request.POST, self.request.FILES, auto_id=f"id_{name}_%s", **options)
        if not form.is_valid():
            raise RefusedFormError(form, name)
        try:
            return write(form.cleaned_data)
        except ValidationError as error:
            self.tell(form, error)
            raise RefusedFormError(form, name) from error

    @property
    def standing(self) -> Any:
        """How a row that somebody wrote meanwhile stands, beside the form refused for it; else nothing."""
        return next((one.standing for one in self.forms_refused.values() if hasattr(one, "standing")), "")

    def standing_said(self, row: Any) -> Any:  # noqa: ARG002 (for pages of rows that have a version)
        """Return how a row that somebody wrote meanwhile is shown beside the form."""
        return ""

    def tell(self, form: forms.Form, error: ValidationError) -> None:
        """Write on a form why it was not written; where somebody wrote meanwhile, how the row stands now.

        Sent again, such a form replaces what stands: it carries the version that its page then shows.
        """
        if isinstance(error, StaleError):
            form.add_error(None, " ".join(error.messages))
            form.standing = self.standing_said(error.standing)  # type: ignore[attr-defined]  # read by the page
            sent = self.request.POST.copy()
            sent["base"] = str(error.standing.version)
            form.data = sent
        elif not hasattr(error, "error_dict"):
            form.add_error(None, error)
        else:
            for field, said in error.message_dict.items():
                form.add_error(field if field in form.fields else None, said)
