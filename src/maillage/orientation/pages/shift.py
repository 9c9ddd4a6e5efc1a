"""The end of a shift: every open request goes to somebody who knows it, with a note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.models import Person
from maillage.kernel.pages.base import Page
from maillage.orientation import api
from maillage.orientation.pages.base import OfDesk, is_partial, shown_page
from maillage.orientation.pages.desk import drawn, queue_rows


class HandOver(OfDesk, Page):
    """My open requests, and the colleague who takes them."""

    template_name = "orientation/handover.html"

    @cached_property
    def colleagues(self) -> list[Person]:
        """Those who may regulate at this desk, the visitor aside."""
        return [one for one in api.regulators(self.scope) if one.pk != self.person.pk]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = api.queue(by=self.person, scope=self.scope)
        own = [one for one in waiting if one.request.owner_id == self.person.pk]
        rows = drawn(queue_rows(self, own))
        return super().get_context_data(rows=rows, colleagues=self.colleagues, desk=self.scope, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand everything over."""
        chosen = next((one for one in self.colleagues if str(one.pk) == request.POST.get("to")), None)
        if chosen is None:
            messages.warning(request, _("Choisissez la personne qui prend la relève."))
            return shown_page(HandOver, request, reverse("orientation:handover"))
        note = request.POST.get("note", "").strip()[:2000]
        try:
            done = api.hand_over_shift(by=self.person, to=chosen, scope=self.scope, note=note)
        except api.OrientationError as error:
            messages.warning(request, str(error))
            return shown_page(HandOver, request, reverse("orientation:handover"))
        text = ngettext(
            "Relève passée à {name} : {count} demande.",
            "Relève passée à {name} : {count} demandes.",
            done.requests,
        )
        messages.success(request, text.format(name=chosen.get_full_name(), count=done.requests))
        address = reverse("orientation:handover" if is_partial(request) else "orientation:desk")
        return shown_page(HandOver, request, address)
