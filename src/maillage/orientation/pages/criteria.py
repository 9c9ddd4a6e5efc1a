"""What is asked of a proposal: the form, its words once the search is made, what giving one up adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from maillage.directory.api import Profession, language_names
from maillage.engines.booking import Reason
from maillage.kernel import formats
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.orientation.models.requests import DELAY_LABELS
from maillage.orientation.rules.vocabulary import Delay

#: No journey is longer in the index of the desk: to ask for this is to ask for no limit.
NO_TRAVEL_LIMIT = 240
TRAVELS = (10, 15, 20, 25, 30, 45, 60, 90)
HORIZONS = (1, 2, 4, 8, 12, 24, 48, 72)
RECEIVED, HOME, REMOTE = "received", "home", "remote"
PLACES: list[tuple[str, str | Promise]] = [
    (RECEIVED, gettext_lazy("Au cabinet")),
    (HOME, gettext_lazy("À domicile")),
    (REMOTE, gettext_lazy("À distance")),
]
PROFESSION_LABELS: dict[str, str | Promise] = {
    api.PROFESSIONS[0]: gettext_lazy("Médecin généraliste"),
    Profession.PHYSICIAN.value: gettext_lazy("Tout médecin"),
    Profession.NURSE.value: gettext_lazy("Infirmier, infirmière"),
    Profession.PHARMACIST.value: gettext_lazy("Pharmacien, pharmacienne"),
    Profession.MIDWIFE.value: gettext_lazy("Sage-femme"),
    Profession.PHYSIOTHERAPIST.value: gettext_lazy("Kinésithérapeute"),
}


class CriteriaForm(forms.Form):
    """The criteria of a search; each may be left as the desk's rules have it."""

    profession = forms.ChoiceField(label=gettext_lazy("Qui"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Où a lieu le soin"), choices=PLACES, required=False)
    max_travel = forms.TypedChoiceField(
        label=gettext_lazy("Trajet"), required=False, coerce=float, empty_value=None
    )
    horizon_hours = forms.TypedChoiceField(
        label=gettext_lazy("Délai"), required=False, coerce=int, empty_value=None
    )
    language = forms.ChoiceField(label=gettext_lazy("Langue parlée"), required=False)
    wheelchair = forms.BooleanField(label=gettext_lazy("Accessible en fauteuil"), required=False)
    sector_one = forms.BooleanField(label=gettext_lazy("Secteur 1, sans dépassement"), required=False)
    child = forms.BooleanField(label=gettext_lazy("Reçoit les enfants"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, delay: str, given: api.Criteria, *, asks_child: bool
    ) -> None:
        """`given`: the criteria of the latest search, kept in the form; `delay`: the one decided, if any.

        `asks_child`: the age is not known; where it is, it is asked of everybody.
        """
        super().__init__(data, initial=_initial(given), prefix="c")
        lists: dict[str, list[tuple[str, str]]] = {
            "profession": [(one, str(PROFESSION_LABELS[one])) for one in api.PROFESSIONS],
            "max_travel": _travels(given.max_travel),
            "horizon_hours": _horizons(delay, given.horizon_hours),
            "language": [("", _("Aucune en particulier")), *_languages().items()],
        }
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices
        if not asks_child:
            del self.fields["child"]

    def criteria(self) -> api.Criteria:
        """Return what is asked. The form is valid."""
        data = self.cleaned_data
        return api.Criteria(
            max_travel=data["max_travel"],
            horizon_hours=data["horizon_hours"],
            profession=data["profession"] or api.PROFESSIONS[0],
            home_visit=data["place"] == HOME,
            remote=data["place"] == REMOTE,
            child=data.get("child", False),
            wheelchair=data["wheelchair"],
            language=data["language"],
            sector_one=data["sector_one"],
        )


def form_of(data: Mapping[str, Any], request: Request, latest: Any) -> CriteriaForm:
    """Return the form of a request as it was posted; `latest`: its latest search, if any."""
    return CriteriaForm(data, request.delay, criteria_of(latest), asks_child=api.age_of(request) is None)


def fields(request: Request, latest: Any) -> SafeString:
    """Return the fields of the form of a request, drawn; `latest`: its latest search, if any."""
    asks_child = api.age_of(request) is None
    day = timezone.localdate()
    return _fields(request.delay, criteria_of(latest), asks_child, day, get_language() or "")


@lru_cache(maxsize=256)
def _fields(
    delay: str, given: api.Criteria, asks_child: bool, _day_of_the_rules: date, _language: str
) -> SafeString:
    form = CriteriaForm(None, delay, given, asks_child=asks_child)
    return render_to_string("orientation/_criteria_fields.html", {"form": form})


@dataclass(frozen=True, slots=True)
class Active:
    """A criterion in force, in words; `name` gives it up in one gesture, empty for what a rule says."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Wider:
    """A criterion that, given up alone, adds people; `reason` is what the button sends."""

    reason: str
    words: str


def criteria_of(search: Any) -> api.Criteria:
    """Return the criteria of the latest search; those of the desk's rules where none was made."""
    return api.Criteria(**search.criteria) if search is not None else api.Criteria()


def active(request: Request, given: api.Criteria) -> list[Active]:
    """Return what is asked, in plain words: first what the rules say, then what was chosen."""
    travel, hours = given.max_travel, given.horizon_hours
    rows = [
        Active("profession" if given.profession != api.PROFESSIONS[0] else "", _profession(given.profession)),
        Active("" if travel is None else "max_travel", _travel(travel)),
        Active("" if hours is None else "horizon_hours", _delay(request.delay, hours)),
    ]
    if given.home_visit or given.remote:
        rows.append(Active("place", _("à domicile") if given.home_visit else _("à distance")))
    if given.language:
        spoken = _languages().get(given.language, given.language)
        rows.append(Active("language", _("parle {language}").format(language=spoken)))
    flags = {
        "wheelchair": (given.wheelchair, _("accessible en fauteuil")),
        "sector_one": (given.sector_one, _("secteur 1")),
        "child": (given.child and api.age_of(request) is None, _("reçoit les enfants")),
    }
    rows += [Active(name, words) for name, (asked, words) in flags.items() if asked]
    return sorted(rows, key=lambda one: one.name != "")


def without(given: api.Criteria, name: str) -> api.Criteria:
    """Give one criterion up: the desk's rules hold for it again. A name that is none changes nothing."""
    if name == "place":
        return replace(given, home_visit=False, remote=False)
    default = api.Criteria().stored()
    return replace(given, **{name: default[name]}) if name in default else given


def wider(widen: Iterable[Mapping[str, Any]], given: api.Criteria) -> list[Wider]:
    """Return the buttons of what may be given up, those that add most people first."""
    rows = []
    for one in widen:
        words = _wider_label(one["reason"], given)
        if words and widened(given, one["reason"]) != given:
            count = one["people"]
            adds = ngettext("{count} de plus", "{count} de plus", count).format(count=formats.number(count))
            rows.append(Wider(one["reason"], f"{words} ({adds})"))
    return rows


def widened(given: api.Criteria, reason: str) -> api.Criteria:
    """Give up the one criterion that a reason of exclusion names; another reason changes nothing."""
    match reason:
        case Reason.TOO_FAR.value:
            return replace(given, max_travel=float(NO_TRAVEL_LIMIT))
        case Reason.TOO_LATE.value:
            return replace(given, horizon_hours=_longest())
        case Reason.ABILITY.value:
            return replace(given, wheelchair=False, sector_one=False, language="")
        case Reason.AGE.value:
            return replace(given, child=False)
        case "language":
            return replace(given, language="")
    return given


def _wider_label(reason: str, given: api.Criteria) -> str:
    match reason:
        case Reason.TOO_FAR.value:
            return _("Sans limite de trajet")
        case Reason.TOO_LATE.value:
            return _("Dans les {days} jours").format(days=_longest() // 24)
        case Reason.ABILITY.value:
            asked = [given.wheelchair, given.sector_one, bool(given.language)]
            words = [_("fauteuil"), _("secteur 1"), _("langue")]
            kept = [word for word, is_asked in zip(words, asked, strict=True) if is_asked]
            return _("Sans exiger : {what}").format(what=", ".join(kept))
        case Reason.AGE.value:
            return _("Sans préciser qu’il s’agit d’un enfant")
        case "language":
            return _("Dans n’importe quelle langue")
    return ""


def _initial(given: api.Criteria) -> dict[str, Any]:
    place = HOME if given.home_visit else REMOTE if given.remote else RECEIVED
    travel = "" if given.max_travel is None else f"{given.max_travel:g}"
    return given.stored() | {"place": place, "max_travel": travel, "horizon_hours": given.horizon_hours or ""}


def _travels(chosen: float | None) -> list[tuple[str, str]]:
    known = sorted({*map(float, TRAVELS), *([] if chosen is None else [chosen])} - {float(NO_TRAVEL_LIMIT)})
    return [
        ("", _("{words} (règle)").format(words=_travel(None))),
        *((f"{minutes:g}", _travel(minutes)) for minutes in known),
        (str(NO_TRAVEL_LIMIT), _travel(NO_TRAVEL_LIMIT)),
    ]


def _horizons(delay: str, chosen: int | None) -> list[tuple[str, str]]:
    known = sorted({*HORIZONS, _longest(), *([] if chosen is None else [chosen])})
    kept = _("{words} (décidé)") if delay else _("{words} (règle)")
    return [
        ("", kept.format(words=_delay(delay, None))),
        *((str(hours), _delay(delay, hours)) for hours in known),
    ]


def _profession(code: str) -> str:
    label = str(PROFESSION_LABELS[code])
    return label[:1].lower() + label[1:]


def _travel(minutes: float | None) -> str:
    if minutes is not None and minutes >= NO_TRAVEL_LIMIT:
        return _("sans limite de trajet")
    limit = float(rule("orientation.search.max_travel").value) if minutes is None else minutes
    return _("à {minutes} au plus").format(minutes=formats.minutes(limit))


def _delay(delay: str, hours: int | None) -> str:
    if hours is None and delay:
        label = str(DELAY_LABELS[Delay(delay)])
        return label[:1].lower() + label[1:]
    hours = rule("orientation.search.horizon_hours").value if hours is None else hours
    if hours % 24 == 0 and hours > 48:
        return _("dans les {days} jours").format(days=hours // 24)
    return _("dans les {hours}\N{NO-BREAK SPACE}h").format(hours=hours)


def _longest() -> int:
    """The hours that the desk holds in memory."""
    return int(rule("orientation.index.days").value) * 24


def _languages() -> dict[str, str]:
    return {code: label for code, label in language_names().items() if code != "fr"}
