"""Forms of the kernel's pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import wording
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.name_search import account_like
from maillage.kernel.rules import Role


class KeyedForm(forms.Form):
    """A form that a double click sends once: `key` is drawn with it."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid4().hex


def waits_for_nothing(form: forms.Form, *names: str) -> None:
    """Forget what is wrong with some fields, inside `clean`: what is urgent is not refused for their sake.

    A text too long is cut, what a database keeps not (NUL) is left out; any other value is empty.
    """
    for name in names:
        if form.errors.pop(name, None) is None:
            continue
        field = form.fields[name]
        longest = getattr(field, "max_length", None)
        sent = str(form.data.get(form.add_prefix(name), "")) if longest else ""
        form.cleaned_data[name] = sent.replace("\x00", "").strip()[:longest]


class JournalFilter(forms.Form):
    """What to look for in the journal; an empty field filters nothing."""

    q = forms.CharField(label=_("Personne ou objet"), required=False)
    verb = forms.ChoiceField(label=_("Action"), required=False)
    since = DayField(label=_("Du"), required=False)
    until = DayField(label=_("Au"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = sorted((str(words), key) for key, words in wording.verbs().items())
        self.fields["verb"].choices = [("", _("toutes")), *((key, words) for words, key in known)]  # type: ignore[attr-defined]  # a field of choices

    def keep(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """Return the entries that answer the filter, none if it is not valid."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if text := asked["q"].strip():
            by = Person.objects.filter(account_like(text)).values("pk")
            entries = entries.filter(Q(by__in=by) | Q(target__icontains=text))
        if asked["verb"]:
            entries = entries.filter(verb=asked["verb"])
        if asked["since"]:
            entries = entries.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            entries = entries.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return entries


class InvitationForm(forms.Form):
    """Who to invite."""

    first_name = NameField(label=_("Prénom"), max_length=80)
    last_name = NameField(label=_("Nom"), max_length=80)
    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("La personne y reçoit le lien pour choisir son mot de passe."),
    )


class RoleForm(forms.Form):
    """Which role to give, where, from when to when."""

    role = forms.ChoiceField(label=_("Rôle"))
    scope = forms.ModelChoiceField(
        Scope.objects.none(), label=_("Périmètre"), required=False, empty_label=_("Toute l’installation")
    )
    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au"), required=False, help_text=_("Vide : sans date de fin."))

    def __init__(self, *args: Any, scopes: QuerySet[Scope], everywhere: bool, **options: Any) -> None:
        """Offer `scopes`, and the whole installation where `everywhere`."""
        super().__init__(*args, **options)
        self.fields["role"].choices = [(role.value, words) for role, words in wording.ROLES.items()]  # type: ignore[attr-defined]  # a field of choices
        if not everywhere:
            self.fields["scope"].required = True
            self.fields["scope"].empty_label = None  # type: ignore[attr-defined]  # a field of rows
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]  # a field of rows
        self.fields["starts_on"].initial = timezone.localdate

    def chosen_role(self) -> Role:
        """Return the role chosen (a valid form only)."""
        return Role(self.cleaned_data["role"])


class ReasonForm(forms.Form):
    """Why: kept in the journal."""

    reason = forms.CharField(label=_("Motif"), max_length=500)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
