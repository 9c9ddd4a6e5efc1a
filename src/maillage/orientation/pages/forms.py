"""Forms of the regulation desk: few fields, and a name may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import BirthDateField, MomentField, NameField, PhoneField, Textarea
from maillage.kernel.names import place_name
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api
from maillage.orientation.models import Decision, Request
from maillage.orientation.models.requests import CALLER_LABELS, ORIGIN_LABELS, PRIORITY_LABELS
from maillage.orientation.rules.ages import (
    LONGEST_AGE,
    SAID_IN_YEARS,
    YEAR,
    is_same_age,
    months_on,
    read_age,
)
from maillage.orientation.rules.vocabulary import CallerKind, Origin
from maillage.territory import api as territory

ANOTHER = "another"
OLDEST = 120 * YEAR
COMPLAINT_LENGTH = 1000


class AgeField(forms.CharField):
    """An age as it is said, « 3 », « 8 mois », « 3 semaines », read in months; empty where nobody knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_AGE, **options)

    def clean(self, value: Any) -> int | None:
        """Return whole months. Raises ValidationError for what is no age."""
        text = super().clean(value)
        if not text:
            return None
        months = read_age(text, timezone.localdate())
        if months is None or months > OLDEST:
            raise ValidationError(
                gettext(
                    "Écrivez un âge en années, ou avec le mot : « 8 mois », « 3 semaines », « 10 jours »."
                )
            )
        return months


#: What a field that nobody could read says; every other one says "".
_UNSAID: dict[str, Any] = {"birth_date": None, "age_years": None, "commune": None}


class AgedForm(forms.Form):
    """A motive, and the age of the person: what tells, before anything else, whether it is for the 15."""

    birth_date = BirthDateField(label=_("Date de naissance"), required=False)
    age_years = AgeField(
        label=_("Âge, si la date manque"),
        required=False,
        help_text=_("En années, ou avec le mot : « 8 mois », « 3 semaines »."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an age typed beside a birth date that says another: one of them is somebody else's."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        born, said = data.get("birth_date"), data.get("age_years")
        self._typed_age: int | None = said
        if born is None or said is None or "age_years" not in self.changed_data:
            return data
        if not is_same_age(said, months_on(born, timezone.localdate())):
            self.add_error(
                "age_years",
                gettext(
                    "L’âge et la date de naissance ne disent pas la même personne : corrigez l’un ou l’autre."
                ),
            )
        return data

    def leads_to_15(self) -> bool:
        """Return whether the motive typed is vital, at every age or at one that was typed.

        Whatever else is missing or wrong: what engages life waits for no other field.
        """
        self.is_valid()  # reads what was typed
        return any(api.is_vital(self.motive_typed, age) for age in (self._age_born(), self._typed_age))

    def vital_age(self) -> dict[str, int]:
        """Return the age typed at which the motive is vital, as a request keeps it; nothing where none is."""
        ages = (self._age_born(), self._typed_age)
        if api.is_vital(self.motive_typed, None):
            return {}
        found = [age for age in ages if age is not None and api.is_vital(self.motive_typed, age)]
        return {"age_months": found[0]} if found else {}

    @property
    def motive_typed(self) -> str:
        """The code of the motive as it was sent, whatever became of the rest."""
        return str(self.data.get(self.add_prefix("motive"), ""))

    def _age_born(self) -> int | None:
        born: date | None = self.cleaned_data.get("birth_date")
        return months_on(born, timezone.localdate()) if born is not None else None

    def age_typed(self) -> int | None:
        """Return the age said, or the one that the birth date gives, in months."""
        if self.cleaned_data["birth_date"] is not None:
            return self._age_born()
        said: int | None = self.cleaned_data["age_years"]
        return said

    def set_aside_errors(self) -> str:
        """Keep what could be read of a refused form that leads to the 15; return the rest, as it was typed.

        One « label : text » a line. Of two ages, the one at which the motive is vital is kept.
        """
        refused = [name for name in self.fields if name in self.errors]
        is_of_age = self._typed_age is not None and api.is_vital(self.motive_typed, self._typed_age)
        if "age_years" in refused and is_of_age:
            self.cleaned_data["age_years"] = self._typed_age
            del self.cleaned_data["birth_date"]
            refused = ["birth_date" if name == "age_years" else name for name in refused]
        lines = []
        for name in refused:
            typed = str(self[name].value() or "").strip()
            if typed:
                typed = str(dict(getattr(self.fields[name], "choices", ())).get(typed, typed))
            self.cleaned_data[name] = _UNSAID.get(name, "")
            if typed and not self[name].is_hidden:
                lines.append(_field_said(str(self[name].label), typed))
        return "\n".join(lines)


def with_rest(complaint: str, rest: str) -> str:
    """Write what could not be read of a form after what was said, as far as there is room."""
    return "\n".join(filter(None, [complaint, rest]))[:COMPLAINT_LENGTH]


def _field_said(label: str, text: str) -> str:
    return gettext("{label} : {text}").format(label=label, text=text)


class PersonForm(AgedForm):
    """Who the person is and where: anything may be missing."""

    last_name = NameField(
        label=_("Nom du patient"),
        required=False,
        max_length=100,
        help_text=_("Inconnu : laissez vide, l’identité reste à compléter."),
    )
    first_name = NameField(label=_("Prénom du patient"), required=False, max_length=150)
    commune = forms.CharField(
        label=_("Commune où est la personne"),
        max_length=120,
        required=False,
        help_text=_("Son nom ou son code INSEE."),
    )
    place = forms.CharField(label=_("Précision sur le lieu"), max_length=200, required=False)
    priority = forms.ChoiceField(
        label=_("Priorité de régulation"),
        required=False,
        choices=[("", _("Pas encore dite")), *((one.value, label) for one, label in PRIORITY_LABELS.items())],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Without scripts one types the name or the code; with them, the communes that begin so are offered.
        asked = f"{reverse('territory:commune_suggestions')}?q="
        self.fields["commune"].widget.attrs |= {"data-suggest": asked, "autocomplete": "off"}

    def clean_commune(self) -> territory.Commune | None:
        """Return the one commune of that code or name. Raises ValidationError where none or several are."""
        text = self.cleaned_data["commune"].strip()
        if not text:
            return None
        found = territory.search_communes(text, limit=20)
        exact = [one for one in found if text == one.code or place_name(text) == place_name(one.name)]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) == 1:
            return chosen[0]
        raise ValidationError(
            gettext("Plusieurs communes répondent : donnez le code INSEE.")
            if found
            else gettext("Aucune commune de ce nom.")
        )

    def patient_values(self) -> dict[str, Any]:
        """Return what a file is made of."""
        data = self.cleaned_data
        names = {"birth_name": data["last_name"], "birth_first_names": data["first_name"]}
        return names | {"birth_date": data["birth_date"]}

    def request_values(self) -> dict[str, Any]:
        """Return the fields of the request, the patient aside."""
        values = {name: self.cleaned_data[name] for name in ("commune", "place", "priority")}
        born = {"said_birth_date": self.cleaned_data["birth_date"]} if self.cleaned_data["birth_date"] else {}
        return values | {"age_months": self.age_typed()} | born


class CompleteForm(PersonForm):
    """What was missing, or wrong, when the call was noted.

    `shown` is what the request said as the form was shown: what was left as it was keeps what the request
    says by then, and what was not sent is not touched.
    """

    motive = forms.ChoiceField(label=_("Motif"), required=False)
    caller_kind = forms.ChoiceField(
        label=_("Qui appelle"), required=False, choices=[("", "–"), *as_choices(CALLER_LABELS)]
    )
    caller_phone = PhoneField(label=_("Téléphone de rappel"), required=False)
    reason = forms.CharField(label=_("Pourquoi abaisser cette demande"), required=False, max_length=300)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = (
        "reason", "motive", "priority", "caller_kind", "caller_phone", "last_name", "first_name",
        "birth_date", "age_years", "commune", "place",
    )  # fmt: skip

    def __init__(
        self,
        data: Any = None,
        *,
        request: Request,
        motives: list[tuple[str, str]],
        asks_reason: bool = False,
    ) -> None:
        now = api.shown_of(request)
        self._salt = f"orientation.complete.{request.pk}"
        super().__init__(data, initial=_texts(now) | {"shown": self._signed(now)})
        self._now = now
        self.fields["motive"].choices = motives  # type: ignore[attr-defined]  # a field of choices
        known = {"caller_kind": request.caller_kind, "caller_phone": api.callback_phone(request)}
        unasked = {name for name, value in known.items() if value and name not in self.data}
        if not asks_reason and "reason" not in self.data:
            unasked.add("reason")
        for name in unasked:
            del self.fields[name]

    def _signed(self, said: dict[str, Any]) -> str:
        """Write what a request says so that only the server may have written it."""
        return signing.dumps(said, salt=self._salt, compress=True)

    @property
    def shown_values(self) -> dict[str, Any]:
        """What each field of the request said as the form was shown; what it says now, where that is lost."""
        try:
            said: dict[str, Any] = signing.loads(self.data.get("shown", ""), salt=self._salt)
        except signing.BadSignature:
            return self._now
        return self._now | said

    def changed_names(self) -> set[str]:
        """Return the fields of the form that say something else than as they were shown."""
        texts = _texts(self.shown_values)
        return {
            name
            for name, text in texts.items()
            if name in self.fields
            and name in self.data
            and self.fields[name].has_changed(text, self.data.get(name))
        }

    def changes(self) -> dict[str, Any]:
        """Return the fields of the request that the form changes, once it is valid."""
        data, mine = self.cleaned_data, self.changed_names()
        same = {"priority", "commune", "place"} & mine
        said = {name for name in {"motive", "caller_kind", "caller_phone"} & mine if data[name]}
        values: dict[str, Any] = {name: data[name] for name in same | said}
        values |= {f"said_{name}": data[name] for name in {"last_name", "first_name", "birth_date"} & mine}
        if {"age_years", "birth_date"} & mine:
            values["age_months"] = self.age_typed()
        return {name: value for name, value in values.items() if not self._is_shown(name, value)}

    def _is_shown(self, name: str, value: Any) -> bool:
        """Return whether a value is what was shown, written otherwise: a commune by its name or code."""
        return name == "commune" and (value.pk if value else None) == self.shown_values[name]

    def again(self, request: Request, *, asks_reason: bool = False) -> CompleteForm:
        """Return the form over the request as it is now: what was typed stays, the rest is newer."""
        data, mine = self.data.copy(), self.changed_names()  # type: ignore[attr-defined]  # the form that this is mixed in with has them
        now = api.shown_of(request)
        for name, text in _texts(now).items():
            if name in data and name not in mine:
                data[name] = "" if text is None else str(text)
        data["shown"] = self._signed(now)
        choices: list[tuple[str, str]] = self.fields["motive"].choices  # type: ignore[attr-defined]  # a field of choices
        return CompleteForm(data, request=request, motives=choices, asks_reason=asks_reason)


class CallForm(PersonForm):
    """A call: who calls, for whom, where the person is, what for."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    motive = forms.ChoiceField(label=_("Motif"))
    complaint = forms.CharField(
        label=_("Ce que dit l’appelant"),
        required=False,
        max_length=COMPLAINT_LENGTH,
        widget=Textarea(attrs={"rows": 2}),
    )
    caller_kind = forms.ChoiceField(
        label=_("Qui appelle"),
        choices=[("", "–"), *as_choices(CALLER_LABELS)],
    )
    caller_name = NameField(label=_("Nom de l’appelant"), required=False, max_length=120)
    caller_phone = PhoneField(label=_("Téléphone de rappel"), required=False)
    origin = forms.ChoiceField(
        label=_("Origine"),
        initial=Origin.SINGLE_NUMBER.value,
        choices=[(one.value, label) for one, label in ORIGIN_LABELS.items()],
    )
    field_order = (
        "key", "motive", "complaint", "caller_kind", "caller_name", "caller_phone", "priority",
        "last_name", "first_name", "birth_date", "age_years", "commune", "place", "origin",
    )  # fmt: skip

    def __init__(self, *args: Any, motives: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["motive"].choices = [("", _("Choisissez le motif")), *motives]  # type: ignore[attr-defined]  # a field of choices
        self.fields["key"].initial = uuid4().hex

    def clean(self) -> dict[str, Any]:
        """Refuse that a young child calls for themselves. Raises ValidationError on who calls."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if {"birth_date", "age_years"} <= set(data) and data.get("caller_kind") == CallerKind.PATIENT.value:
            age, limit = self.age_typed(), rule("orientation.caller.own_from_months").value
            if age is not None and age < limit:
                text = gettext("Avant {age} ans, quelqu’un appelle pour l’enfant : dites qui.")
                self.add_error("caller_kind", text.format(age=limit // YEAR))
        return data

    @property
    def searched(self) -> list[str]:
        """What a patient is looked for by, one after the other: names with the birth date, phone, names."""
        names = f"{self.data.get('first_name', '')} {self.data.get('last_name', '')}".strip()
        born, phone = self.data.get("birth_date", "").strip(), self.data.get("caller_phone", "").strip()
        return [text for text in (f"{names} {born}".strip(), phone, names) if text]

    def patient_values(self) -> dict[str, Any]:
        """Add the phone: the patient's where the patient calls, else the carer's."""
        data = self.cleaned_data
        is_patient = data["caller_kind"] == CallerKind.PATIENT.value
        phone = {"phone": data["caller_phone"]}
        carer = {"carer_name": data["caller_name"], "carer_phone": data["caller_phone"]}
        return super().patient_values() | (phone if is_patient else carer)

    def request_values(self) -> dict[str, Any]:
        """Add what the call says."""
        names = ("motive", "complaint", "caller_kind", "caller_name", "caller_phone")
        return super().request_values() | {name: self.cleaned_data[name] for name in names}

    def said_values(self) -> dict[str, Any]:
        """Return who the person is as the caller said it, where no file is opened for them."""
        data = self.cleaned_data
        return {"said_last_name": data["last_name"], "said_first_name": data["first_name"]}

    def set_aside_errors(self) -> str:
        """Keep what could be read, and the rest with what the caller says."""
        rest = super().set_aside_errors()
        data = self.cleaned_data
        data["complaint"] = with_rest(data["complaint"], rest)
        data["key"] = data["key"] or uuid4().hex
        data["origin"] = data["origin"] or Origin.SINGLE_NUMBER.value
        return rest


class AgreedHourForm(forms.Form):
    """The hour agreed with whoever the person was sent to outside any slot."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    at = MomentField(
        label=_("Heure convenue"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, prefix="hour", **options)
        self.fields["key"].initial = uuid4().hex

    @classmethod
    def of(cls, decision: Decision) -> AgreedHourForm:
        """Return the form with the hour that stands."""
        return cls(initial={"at": decision.agreed_at})


def _texts(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields of a form show of what `api.shown_of` says of a request."""
    return {
        "commune": said["commune"] or "", "place": said["place"], "priority": said["priority"],
        "age_years": age_shown(said["age_months"]), "motive": said["motive"],
        "caller_kind": said["caller_kind"], "caller_phone": said["caller_phone"],
        "last_name": said["said_last_name"], "first_name": said["said_first_name"],
        "birth_date": said["said_birth_date"],
    }  # fmt: skip


def age_shown(months: int | None) -> str:
    """Write an age as the form reads it again, months included before two years."""
    if months is None:
        return ""
    return str(months // YEAR) if months >= SAID_IN_YEARS else api.person_age(months)
