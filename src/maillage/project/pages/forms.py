"""Forms of a project, its objectives and its steps towards the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.pages.forms import KeyedForm
from maillage.project.models import (
    KIND_LABELS,
    LINKED_LABELS,
    MISSION_LABELS,
    STATE_LABELS,
    Axis,
)
from maillage.project.rules.states import ProjectState
from maillage.territory import api as territory


def long_text(label: Any, most: int, rows: int = 3, **options: Any) -> forms.CharField:
    """Return a field of several lines, optional unless said."""
    options.setdefault("required", False)
    return forms.CharField(label=label, max_length=most, widget=Textarea({"rows": rows}), **options)


class DocumentField(forms.FileField):
    """A document; `exchange` knows it by its content, and writes it anew."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("label", _("Document"))
        options.setdefault("help_text", _("PDF ou photo, signé ou non."))
        super().__init__(allow_empty_file=True, **options)


class VersionedForm(forms.Form):
    """A form about a row that its author read as version `base`."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ProjectForm(KeyedForm):
    """A project to begin."""

    where = forms.ChoiceField(label=_("Territoire"))
    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(KIND_LABELS))
    title = forms.CharField(
        label=_("Titre"), max_length=160, help_text=_("Par exemple : « Projet de santé 2027–2031 ».")
    )
    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au"), help_text=_("Un contrat dure cinq ans."))
    template = forms.ChoiceField(
        label=_("Partir d’un modèle"),
        required=False,
        help_text=_("Ses axes et ses objectifs sont des brouillons : vous les modifiez ensuite."),
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[territory.Territory],
        templates: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.places = {str(one.pk): one for one in places}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]  # a field of choices
        if len(places) == 1:
            where.widget, where.initial = forms.HiddenInput(), str(places[0].pk)
        self.fields["template"].choices = [("", _("page blanche")), *templates]  # type: ignore[attr-defined]  # a field of choices

    @property
    def place(self) -> territory.Territory:
        """The territory chosen, once the form is valid."""
        return self.places[self.cleaned_data["where"]]


class ProjectChangeForm(VersionedForm):
    """The title and the years of a project."""

    title = forms.CharField(label=_("Titre"), max_length=160)
    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au"))


class PassageForm(KeyedForm):
    """A step towards the contract."""

    to = forms.ChoiceField(label=_("Étape franchie"))
    on = DayField(label=_("Jour"))
    reference = forms.CharField(label=_("Référence du courrier"), max_length=120, required=False)
    reason = long_text(_("Motifs"), 2000, 2, help_text=_("Pour un renvoi ou une fin : ce qui est demandé."))
    document = DocumentField()

    def __init__(self, *args: Any, nexts: Sequence[ProjectState], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [(one.value, STATE_LABELS[one]) for one in nexts]  # type: ignore[attr-defined]  # a field of choices


class MissionForm(forms.Form):
    """When a mission started and was deployed."""

    started_on = DayField(label=_("Démarrée le"), required=False)
    deployed_on = DayField(label=_("Déployée le"), required=False)


class AxisForm(KeyedForm):
    """An axis to add."""

    title = forms.CharField(label=_("Axe"), max_length=160)
    said = long_text(_("En clair"), 2000, 2)


class ObjectiveForm(KeyedForm):
    """An objective that somebody writes."""

    title = forms.CharField(label=_("Objectif"), max_length=200)
    mission = forms.ChoiceField(label=_("Mission"), choices=as_choices(MISSION_LABELS))
    axis = forms.ModelChoiceField(
        Axis._base_manager.none(), label=_("Axe"), required=False, empty_label=_("aucun")
    )
    said = long_text(_("En clair"), 2000)

    def __init__(self, *args: Any, axes: Sequence[Axis], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_axes(self, axes)


class ObjectiveChangeForm(VersionedForm):
    """What an objective says."""

    title = forms.CharField(label=_("Objectif"), max_length=200)
    mission = forms.ChoiceField(label=_("Mission"), choices=as_choices(MISSION_LABELS))
    axis = forms.ModelChoiceField(
        Axis._base_manager.none(), label=_("Axe"), required=False, empty_label=_("aucun")
    )
    said = long_text(_("En clair"), 2000)

    def __init__(self, *args: Any, axes: Sequence[Axis], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_axes(self, axes)


def offer_axes(form: forms.Form, axes: Sequence[Axis]) -> None:
    """Offer the axes of a project that was read in scope."""
    field = form.fields["axis"]
    field.queryset = Axis._base_manager.filter(pk__in=[one.pk for one in axes])  # type: ignore[attr-defined]  # a field of rows
    field.label_from_instance = str  # type: ignore[attr-defined]  # a field of rows
    if not axes:
        field.widget = forms.HiddenInput()


class LinkForm(KeyedForm):
    """The objective of a CLS or a PTSM that one is tied to."""

    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(LINKED_LABELS))
    title = forms.CharField(label=_("Titre"), max_length=160)
    reference = forms.CharField(label=_("Référence"), max_length=120, required=False)
    theirs = forms.CharField(label=_("Leur objectif"), max_length=300)


class TemplateForm(KeyedForm):
    """A template to start from."""

    template = forms.ChoiceField(label=_("Modèle"))

    def __init__(self, *args: Any, templates: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["template"].choices = list(templates)  # type: ignore[attr-defined]  # a field of choices


class ChapterForm(VersionedForm):
    """The text of one chapter."""

    chapter = forms.CharField(widget=forms.HiddenInput, max_length=30)
    text = long_text(_("Texte"), 12000, 12, required=True)
