"""Pages whose forms each do one thing, by name (`do`), then lead back to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import PermissionMixin


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
        """Lead back, once a gesture is done or refused."""
        return HttpResponseRedirect(self.here())

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
