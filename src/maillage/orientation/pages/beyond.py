"""Beyond the free slots, as the SAS has it: over a professional's capacity, or outside any slot by phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.agenda import api as agenda
from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.fields import MomentField
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, json_response
from maillage.kernel.parameters import row_key
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.pages import presenters
from maillage.orientation.pages.base import OfDesk, key_of
from maillage.orientation.pages.work import Act, OfProposal

SHOWN = 5
_PROFESSIONAL, _STRUCTURE = "p", "s"


@dataclass(frozen=True, slots=True)
class Extra:
    """A full slot whose professional accepts one more person."""

    slot: int
    when: str
    who: str
    where: str
    left: int
    key: str = field(default_factory=lambda: uuid4().hex)


def extras(person: Person, request: Request, criteria: api.Criteria) -> list[Extra]:
    """Return the best full slots, within what is asked, whose professionals accept more people."""
    if request.commune is None:
        return []
    now = timezone.now()
    return [_extra(one, now) for one in api.extra_seats(request, criteria, by=person, now=now)]


def _extra(one: api.ExtraSeat, now: datetime) -> Extra:
    slot = one.slot
    return Extra(
        slot.pk,
        presenters.moment(slot.starts_at, now),
        slot.agenda.professional.name,
        f"{presenters.place(slot.schedule)} · {formats.minutes(one.travel)}",
        one.left,
    )


class OutsideForm(forms.Form):
    """Who accepted by phone, and the hour agreed where there is one."""

    who = forms.CharField(
        label=gettext_lazy("Qui a accepté au téléphone"),
        max_length=120,
        help_text=gettext_lazy("Le nom d’un professionnel ou d’une structure de l’annuaire."),
        widget=forms.TextInput({"data-target": "id_outside-chosen", "autocomplete": "off"}),
    )
    chosen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    at = MomentField(
        label=gettext_lazy("Heure convenue"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="outside")
        self.fields["who"].widget.attrs["data-suggest"] = f"{reverse('orientation:effectors')}?q="

    def clean(self) -> dict[str, Any]:
        """Find who is meant: the one chosen in the list, else the only one of that name."""
        data = super().clean() or {}
        text = data.get("who", "")
        if not text:
            return data
        found = effectors(text)
        named = [one for one in found if _key(one) == data.get("chosen")] or found
        if len(named) == 1:
            return data | {"effector": named[0]}
        names = " ; ".join(_label(one) for one in found[:SHOWN])
        raise ValidationError(
            _("Plusieurs répondent à ce nom : {names}. Écrivez le nom en entier.").format(names=names)
            if found
            else _("Personne de ce nom dans l’annuaire : vérifiez l’orthographe.")
        )


def effectors(text: str) -> list[directory.Professional | directory.Structure]:
    """Return who may be meant by a name, professionals first."""
    if len(text.strip()) < 2:
        return []
    structures = [one for one in directory.search_structures(text, limit=16) if not one.is_group]
    return [*directory.search_professionals(text, limit=8), *structures[:8]]


class Effectors(OfDesk, Endpoint):
    """The proposals under the field « who accepted »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with names."""
        found = effectors(request.GET.get("q", ""))
        return json_response(
            [{"value": _key(one), "label": _label(one), "detail": _detail(one)} for one in found]
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
            for texts in form.errors.values():
                messages.warning(self.request, " ".join(map(str, texts)))
            return
        data = form.cleaned_data
        who = data["effector"]
        is_person = isinstance(who, directory.Professional)
        api.send_outside_slot(
            by=self.person, request=self.asked, key=key_of(self.request), at=data["at"], note=data["note"],
            professional=who if is_person else None, structure=None if is_person else who,
        )  # fmt: skip
        messages.success(self.request, _("Orientation hors créneau notée."))


class Send(OfProposal):
    """Sends the person to a service proposed, once it accepted by phone."""

    def act(self) -> None:
        """Send them there."""
        api.send_outside_slot(
            by=self.person, request=self.asked, key=key_of(self.request), proposal=self.proposal
        )
        messages.success(self.request, _("Orientation hors créneau notée."))


def _key(one: directory.Professional | directory.Structure) -> str:
    return f"{_PROFESSIONAL if isinstance(one, directory.Professional) else _STRUCTURE}{one.pk}"


def _label(one: directory.Professional | directory.Structure) -> str:
    return str(one.name if isinstance(one, directory.Professional) else one.title)


def _detail(one: directory.Professional | directory.Structure) -> str:
    if isinstance(one, directory.Professional):
        return str(one.profession_name)
    commune = one.commune.name if one.commune else ""
    return " · ".join(filter(None, [one.get_kind_display(), commune]))
