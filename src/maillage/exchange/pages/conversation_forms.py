"""Forms of a conversation: opening one, writing in it, asking somebody in, searching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.exchange.queries.presence import Candidate, Present
from maillage.exchange.rules.conversations import LONGEST, LONGEST_SUBJECT
from maillage.kernel.fields import NameField, Textarea
from maillage.kernel.pages.forms import KeyedForm

_CHECKS = {"class": "checks"}


class FilesInput(forms.FileInput):
    """A field that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 (what Django gives a widget)
        """Return the files sent, a list."""
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """The photos and documents of a message; the action says what each of them is."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # noqa: ARG002 (what Django gives a field)
        """Return the files sent; none is well."""
        return [one for one in data or () if one]


def files_field() -> FilesField:
    """Return the field of the files that come with a message."""
    return FilesField(
        label=_("Photos, documents"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=_("JPEG, PNG, WebP ou PDF. Le lieu, la date et l’appareil sont retirés des photos."),
    )


class MessageForm(KeyedForm):
    """What one writes in a conversation; `asked` are those to cite."""

    text = forms.CharField(
        label=_("Votre message"), max_length=LONGEST, widget=Textarea(attrs={"rows": 4}), strip=True
    )
    attached = files_field()
    asked = forms.MultipleChoiceField(
        label=_("Citer"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=_CHECKS),
        help_text=_("Ou écrivez @ et le prénom. La personne citée est prévenue, sans un mot du message."),
    )

    def __init__(self, *args: Any, others: Sequence[Present] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(one.participant.pk), one.participant.name) for one in others if one.reads]
        if choices:
            self.fields["asked"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        else:
            del self.fields["asked"]

    @property
    def cited(self) -> list[int]:
        """The keys of the participants that were ticked."""
        return [int(one) for one in self.cleaned_data.get("asked", ())]


class ConversationForm(KeyedForm):
    """A conversation to open: with whom, about what, its first message."""

    asked = forms.MultipleChoiceField(
        label=_("Avec qui"),
        widget=forms.CheckboxSelectMultiple(attrs=_CHECKS),
        error_messages={"required": _("Choisissez au moins une des personnes proposées.")},
    )
    subject = NameField(label=_("De quoi s’agit-il"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Votre message"), max_length=LONGEST, widget=Textarea(attrs={"rows": 5}), strip=True
    )
    attached = files_field()
    field_order = ("asked", "subject", "text", "attached", "key")

    def __init__(self, *args: Any, candidates: Sequence[Candidate], is_chosen: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["asked"]
        field.choices = [(one.key, _with_detail(one)) for one in candidates]  # type: ignore[attr-defined]  # a field of choices
        if is_chosen:
            field.initial = [one.key for one in candidates]


class AddForm(forms.Form):
    """Whom to ask into a conversation."""

    asked = forms.ChoiceField(label=_("Qui"))

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["asked"].choices = [("", "–"), *((one.key, _with_detail(one)) for one in candidates)]  # type: ignore[attr-defined]  # a field of choices


def _with_detail(one: Candidate) -> str:
    return " · ".join(filter(None, (str(one.named), one.detail)))
