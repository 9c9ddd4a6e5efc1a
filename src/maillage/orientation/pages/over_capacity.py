"""Where no slot is free: a seat over a professional's capacity, or somebody who accepts by phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.fields import MomentField
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.pages import presenters

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
        named = [one for one in found if effector_key(one) == data.get("chosen")] or found
        if len(named) == 1:
            return data | {"effector": named[0]}
        names = formats.listed(effector_label(one) for one in found[:SHOWN])
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


def effector_key(one: directory.Professional | directory.Structure) -> str:
    return f"{_PROFESSIONAL if isinstance(one, directory.Professional) else _STRUCTURE}{one.pk}"


def effector_label(one: directory.Professional | directory.Structure) -> str:
    return str(one.name if isinstance(one, directory.Professional) else one.title)


def effector_detail(one: directory.Professional | directory.Structure) -> str:
    if isinstance(one, directory.Professional):
        return str(one.profession_name)
    commune = one.commune.name if one.commune else ""
    return " · ".join(filter(None, [one.get_kind_display(), commune]))
