"""The text of a notification, written from its template in one language and one time zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils import timezone, translation

from maillage.directory.api import Professional
from maillage.exchange.models import Link, Notification
from maillage.exchange.rules.texts import fill, placeholders
from maillage.exchange.rules.vocabulary import Parameter, Template
from maillage.kernel import formats
from maillage.kernel.phones import written_phone
from maillage.kernel.sourced_rules import rule
from maillage.territory.api import Commune

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """What a recipient reads: the subject of the e-mail or title of the line, and the sentence."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names that stored references stand for, by key."""

    professionals: dict[int, str]
    communes: dict[str, str]


def asked_by(template: Template) -> frozenset[Parameter]:
    """Return the parameters that a template's text asks for, the same in every language."""
    return placeholders(rule(f"exchange.template.{template.value}").value["fr"])


def names_of(stored: Iterable[dict[str, Any]]) -> Names:
    """Return the names behind many notifications' parameters, in two queries at most."""
    stored = list(stored)
    doctors = {one["professional"] for one in stored if "professional" in one}
    places = {one["commune"] for one in stored if "commune" in one}
    return Names(
        {row.pk: row.name for row in Professional.objects.filter(pk__in=doctors)} if doctors else {},
        dict(Commune.objects.filter(pk__in=places).values_list("pk", "name")) if places else {},
    )


def text_of(notification: Notification, names: Names, *, language: str, zone: tzinfo) -> Text:
    """Return the text of `notification` as it was worded on the day it was made."""
    made_on = timezone.localdate(notification.created_at)
    wording = rule(f"exchange.template.{notification.template}", made_on).value
    with translation.override(language), timezone.override(zone):
        values = {
            Parameter(name): _said(Parameter(name), value, names)
            for name, value in notification.parameters.items()
        }
    return Text(wording[f"{language}_subject"], fill(wording[language], values))


def _said(parameter: Parameter, value: Any, names: Names) -> str:
    match parameter:
        case Parameter.WHEN | Parameter.PREVIOUS | Parameter.UNTIL:
            return formats.date_long(datetime.fromisoformat(value))
        case Parameter.DAY:
            return formats.date_long(date.fromisoformat(value))
        case Parameter.PROFESSIONAL:
            return names.professionals[value]
        case Parameter.COMMUNE:
            return names.communes[value]
        case Parameter.PHONE:
            return written_phone(value)
        case Parameter.LINK:
            return Link(*value).address
        case Parameter.COUNT | Parameter.LATE:
            return formats.number(value)
        case Parameter.SECTOR | Parameter.REFERENCE:
            return str(value)
