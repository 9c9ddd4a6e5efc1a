"""Forms of campaigns, of the people whom they invite, of their days, of lots and of actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.directory import api as directory
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.models import Scope
from maillage.kernel.pages.forms import KeyedForm
from maillage.prevention.models import DID_LABELS, GROUND_LABELS, THEME_LABELS, VaccineLot
from maillage.prevention.queries.targets import targets
from maillage.prevention.rules.vocabulary import Did, Ground
from maillage.territory import api as territory

#: What a call, or the person, may say.
ANSWERS = (Did.NO_ANSWER, Did.LATER, Did.WILL_COME, Did.REFUSED, Did.WRONG_NUMBER)


class WhereForm(KeyedForm):
    """A form that says in which territory, hidden where there is one."""

    where = forms.ChoiceField(label=lazy("Territoire"))

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.label) for one in scopes]  # type: ignore[attr-defined]  # a field of choices
        if len(scopes) == 1:
            where.widget = forms.HiddenInput()
            where.initial = str(scopes[0].pk)

    @property
    def scope(self) -> Scope:
        """The territory chosen, once the form is valid."""
        return self.scopes[self.cleaned_data["where"]]


class CampaignForm(WhereForm):
    """What, for whom, until when, to reach what."""

    target = forms.ChoiceField(label=lazy("Acte proposé"))
    title = forms.CharField(
        label=lazy("Titre"), max_length=120, required=False, help_text=lazy("Vide : celui de l’acte.")
    )
    first_day = DayField(label=lazy("Premier jour"))
    last_day = DayField(label=lazy("Dernier jour"))
    goal = forms.IntegerField(
        label=lazy("Objectif, en % des personnes concernées"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=lazy("Vide : celui de la règle, avec sa source."),
    )
    practice = forms.ChoiceField(
        label=lazy("Cabinet"),
        required=False,
        help_text=lazy("Vide : toutes les personnes connues du territoire."),
    )
    caller = forms.ChoiceField(
        label=lazy("Au nom de qui on invite"),
        required=False,
        help_text=lazy("Les lettres et les messages demandent de rappeler ce professionnel."),
    )

    def __init__(
        self,
        *args: Any,
        practices: list[directory.Structure],
        callers: list[directory.Professional],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.practices = {str(one.pk): one for one in practices}
        self.callers = {str(one.pk): one for one in callers}
        choose(self, "target", [(one.code, one.said) for one in targets()])
        choose(self, "practice", [("", "–"), *((key, one.name) for key, one in self.practices.items())])
        choose(self, "caller", [("", "–"), *((key, str(one)) for key, one in self.callers.items())])
        self.fields["first_day"].initial = timezone.localdate()


def choose(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Give a field of a form its choices."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices


class AnswerForm(KeyedForm):
    """What a call gave."""

    did = forms.ChoiceField(
        label=lazy("L’appel"),
        widget=forms.RadioSelect,
        choices=[(one.value, DID_LABELS[one]) for one in ANSWERS],
    )
    until = DayField(label=lazy("À rappeler le"), required=False)
    words = forms.CharField(label=lazy("Ce qui est dit"), max_length=300, required=False)
    #: How many lines of this person the caller had read.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ActForm(KeyedForm):
    """An act done, here or elsewhere."""

    done_on = DayField(label=lazy("Fait le"))
    lot = forms.ChoiceField(label=lazy("Lot"), required=False)

    def __init__(self, *args: Any, lots: list[VaccineLot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lots = {str(one.pk): one for one in lots}
        if lots:
            choose(self, "lot", [("", "–"), *((key, lot_words(one)) for key, one in self.lots.items())])
        else:
            del self.fields["lot"]
        self.fields["done_on"].initial = timezone.localdate()


def lot_words(lot: VaccineLot) -> str:
    """Return a lot and what is left of it."""
    return _("{lot}, doses restantes : {left}").format(lot=lot, left=lot.left)


class DeclaredForm(KeyedForm):
    """An act done elsewhere, as the person says."""

    done_on = DayField(label=lazy("Fait le, selon la personne"))


class ReasonForm(KeyedForm):
    """What decides, which an age does not say."""

    reason = forms.ChoiceField(label=lazy("Raison"))

    def __init__(self, *args: Any, reasons: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "reason", [(one, GROUND_LABELS[Ground(one)]) for one in reasons])


class RegisterForm(KeyedForm):
    """An hour of a day."""

    slot = forms.ChoiceField(label=lazy("Journée et heure"))

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "slot", slots)


class PostedForm(forms.Form):
    """The day when letters left."""

    posted_on = DayField(label=lazy("Postées le"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["posted_on"].initial = timezone.localdate()


class DayForm(KeyedForm):
    """A day of a campaign."""

    day = DayField(label=lazy("Jour"))
    commune = forms.ChoiceField(label=lazy("Commune"))
    place = forms.CharField(
        label=lazy("Lieu"), max_length=160, help_text=lazy("Une salle, une pharmacie, une maison de santé.")
    )
    structure = forms.ChoiceField(label=lazy("Structure de l’annuaire"), required=False)
    opens = forms.IntegerField(label=lazy("De (heure)"), min_value=0, max_value=23, initial=9)
    closes = forms.IntegerField(label=lazy("À (heure)"), min_value=1, max_value=24, initial=12)
    per_hour = forms.IntegerField(label=lazy("Places par heure"), min_value=1, max_value=200, initial=6)
    staff = forms.MultipleChoiceField(
        label=lazy("Qui y travaille"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        communes: list[territory.Commune],
        structures: list[directory.Structure],
        professionals: list[directory.Professional],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.communes = {one.pk: one for one in communes}
        self.structures = {str(one.pk): one for one in structures}
        self.professionals = {str(one.pk): one for one in professionals}
        choose(self, "commune", [(key, one.name) for key, one in self.communes.items()])
        choose(self, "structure", [("", "–"), *((key, one.name) for key, one in self.structures.items())])
        choose(self, "staff", [(key, str(one)) for key, one in self.professionals.items()])

    def values(self) -> dict[str, Any]:
        """Return what a valid form says, as `add_day` takes it."""
        said = self.cleaned_data
        return said | {
            "commune": self.communes[said["commune"]],
            "structure": self.structures.get(said["structure"]),
            "staff": [self.professionals[one] for one in said["staff"]],
        }


class ChangeDayForm(DayForm):
    """Another place, other hours, another team for a day that was planned."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=16)
    tells = forms.BooleanField(
        label=lazy("Prévenir les personnes inscrites"),
        required=False,
        help_text=lazy(
            "Un message leur demande de rappeler, sans un mot de santé ; "
            "ceux qui les soignent les ont à rappeler."
        ),
    )

    def __init__(self, *args: Any, initial: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, initial=initial, **options)
        del self.fields["key"]

    def values(self) -> dict[str, Any]:
        """Return what a valid form says, as `change_day` takes it."""
        said = super().values()
        return said | {"on": said.pop("day")}


class ChangeLotForm(forms.Form):
    """The last day of a lot, and how many doses it had."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=16)
    expires_on = DayField(label=lazy("Périme le"))
    received = forms.IntegerField(
        label=lazy("Doses reçues"),
        min_value=1,
        max_value=100_000,
        help_text=lazy("Sans celles qui sont cassées ou perdues."),
    )


class LotForm(WhereForm):
    """A lot that comes into the stock."""

    target = forms.ChoiceField(label=lazy("Acte"))
    product = NameField(label=lazy("Produit"), max_length=120)
    number = forms.CharField(label=lazy("Numéro de lot"), max_length=40)
    expires_on = DayField(label=lazy("Périme le"))
    received = forms.IntegerField(label=lazy("Doses reçues"), min_value=1, max_value=100_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose(self, "target", [(one.code, one.said) for one in targets() if one.target.is_vaccine])


class ActionForm(WhereForm):
    """An action in the community."""

    title = forms.CharField(label=lazy("Titre"), max_length=120)
    theme = forms.ChoiceField(
        label=lazy("Thème"), choices=[(one.value, words) for one, words in THEME_LABELS.items()]
    )
    held_on = DayField(label=lazy("Jour"))
    commune = forms.ChoiceField(label=lazy("Commune"))
    place = forms.CharField(label=lazy("Lieu"), max_length=160, required=False)
    partners = forms.CharField(label=lazy("Partenaires"), max_length=300, required=False)
    reached = forms.IntegerField(
        label=lazy("Personnes touchées"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=lazy("Vide tant que l’action n’a pas eu lieu."),
    )

    def __init__(self, *args: Any, communes: list[territory.Commune], **options: Any) -> None:
        super().__init__(*args, **options)
        self.communes = {one.pk: one for one in communes}
        choose(self, "commune", [(key, one.name) for key, one in self.communes.items()])


class ReachedForm(forms.Form):
    """How many people an action reached."""

    reached = forms.IntegerField(label=lazy("Personnes touchées"), min_value=0, max_value=1_000_000)
