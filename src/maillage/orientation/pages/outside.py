"""A request sent over a professional's capacity, or outside any slot to somebody who accepted by phone."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.pages.base import Endpoint, json_response
from maillage.kernel.parameters import row_key
from maillage.orientation import api
from maillage.orientation.pages.base import OfDesk, key_of
from maillage.orientation.pages.forms import AgreedHourForm
from maillage.orientation.pages.over_capacity import (
    OutsideForm,
    effector_detail,
    effector_key,
    effector_label,
    effectors,
)
from maillage.orientation.pages.work import Act, OfProposal


class Effectors(OfDesk, Endpoint):
    """The proposals under the field « who accepted »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with names."""
        found = effectors(request.GET.get("q", ""))
        return json_response(
            [
                {"value": effector_key(one), "label": effector_label(one), "detail": effector_detail(one)}
                for one in found
            ]
        )


class OverCapacity(Act):
    """Books the person at a full slot, within what its professional accepts."""

    step = "propositions"

    def act(self) -> None:
        """Book, or say why nobody more is accepted there."""
        pk = self.request.POST.get("slot", "")
        slot = agenda.Slot.objects.filter(pk=row_key(pk)).select_related("schedule").first()
        if slot is None:
            raise Http404("slot")
        done = api.book_over_capacity(
            by=self.person, request=self.asked, schedule=slot.schedule, starts_at=slot.starts_at,
            key=key_of(self.request),
        )  # fmt: skip
        tell = messages.warning if done.appointment is None else messages.success
        tell(self.request, done.sentence)


class Outside(Act):
    """Sends the person to whoever accepted by phone."""

    step = "propositions"

    def act(self) -> None:
        """Send them; what is missing is said, and nothing is decided."""
        form = OutsideForm(self.request.POST)
        if not form.is_valid():
            say_errors(self.request, form)
            return
        data = form.cleaned_data
        who = data["effector"]
        is_person = isinstance(who, directory.Professional)
        made = api.send_outside_slot(
            by=self.person, request=self.asked, key=key_of(self.request), at=data["at"], note=data["note"],
            professional=who if is_person else None, structure=None if is_person else who,
        )  # fmt: skip
        said = [_("Orientation hors créneau notée."), api.said_of_hour(made, self.asked)]
        _say(self.request, said, api.warnings_of_hour(made, self.asked))


class AgreedHour(Act):
    """Says, or changes, the hour agreed with whoever the person was sent to."""

    step = "propositions"

    def act(self) -> None:
        """Keep the hour, and say what is known of the message about it."""
        form = AgreedHourForm(self.request.POST)
        if not form.is_valid():
            say_errors(self.request, form)
            return
        data = form.cleaned_data
        made = api.agree_on_hour(by=self.person, request=self.asked, at=data["at"], key=data["key"])
        if made.agreed_at != data["at"]:
            text = _("Une autre heure a été convenue depuis : {when}. Changez-la s’il le faut.")
            messages.warning(self.request, text.format(when=formats.date_long(made.agreed_at)))
            return
        said = [_("Heure convenue notée."), api.said_of_hour(made, self.asked)]
        _say(self.request, said, api.warnings_of_hour(made, self.asked))


def _say(request: HttpRequest, said: list[str], warning: str) -> None:
    messages.success(request, " ".join(filter(None, said)))
    if warning:
        messages.warning(request, warning)


def say_errors(request: HttpRequest, form: Form) -> None:
    """Say what is missing in a form that is shown among others, a warning for each field."""
    for texts in form.errors.values():
        messages.warning(request, " ".join(map(str, texts)))


class Send(OfProposal):
    """Sends the person to a service proposed, once it accepted by phone."""

    def act(self) -> None:
        """Send them there."""
        api.send_outside_slot(
            by=self.person, request=self.asked, key=key_of(self.request), proposal=self.proposal
        )
        messages.success(self.request, _("Orientation hors créneau notée."))
