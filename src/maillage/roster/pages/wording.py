"""Words that several pages of the roster share: calendars, hours, settings, rules that bind."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import formats as dates
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.kernel import formats
from maillage.roster.models import KIND_LABELS, Sector
from maillage.roster.queries.commitments import Commitment
from maillage.roster.queries.sectors import Setting
from maillage.roster.queries.settings import hours_of_blocks
from maillage.roster.rules.blocks import BlockKind, Period
from maillage.territory.api import HolidayCalendar

CALENDARS: dict[HolidayCalendar, str | Promise] = {
    HolidayCalendar.METROPOLE: gettext_lazy("métropole"),
    HolidayCalendar.ALSACE: gettext_lazy("Alsace"),
    HolidayCalendar.MOSELLE: gettext_lazy("Moselle"),
    HolidayCalendar.ALSACE_MOSELLE_NO_GOOD_FRIDAY: gettext_lazy("Alsace-Moselle, sans le Vendredi saint"),
    HolidayCalendar.GUADELOUPE: gettext_lazy("Guadeloupe"),
    HolidayCalendar.MARTINIQUE: gettext_lazy("Martinique"),
    HolidayCalendar.GUYANE: gettext_lazy("Guyane"),
    HolidayCalendar.REUNION: gettext_lazy("La Réunion"),
    HolidayCalendar.SAINT_PIERRE_ET_MIQUELON: gettext_lazy("Saint-Pierre-et-Miquelon"),
    HolidayCalendar.MAYOTTE: gettext_lazy("Mayotte"),
    HolidayCalendar.SAINT_BARTHELEMY: gettext_lazy("Saint-Barthélemy"),
    HolidayCalendar.SAINT_MARTIN: gettext_lazy("Saint-Martin"),
    HolidayCalendar.WALLIS_ET_FUTUNA: gettext_lazy("Wallis-et-Futuna"),
    HolidayCalendar.POLYNESIE_FRANCAISE: gettext_lazy("Polynésie française"),
    HolidayCalendar.NOUVELLE_CALEDONIE: gettext_lazy("Nouvelle-Calédonie"),
}
SETTINGS: dict[Setting, str | Promise] = {
    Setting.TOWN: gettext_lazy("ville"),
    Setting.HOSPITAL: gettext_lazy("hôpital"),
    Setting.BOTH: gettext_lazy("ville et hôpital"),
    Setting.UNKNOWN: gettext_lazy("non renseigné"),
}


def hours_of(kind: BlockKind) -> str:
    """Return the wall-clock hours of a kind of block, by the rule in force today: « 12 h 00 – 20 h 00 »."""
    hours = hours_of_blocks(timezone.localdate())[kind]
    return f"{formats.time_short(hours.starts)} – {formats.time_short(hours.ends)}"


def counted(kind: BlockKind, count: int) -> str:
    """Return so many blocks of a kind in words: « 92 nuits », « 1 dimanche »."""
    texts = {
        BlockKind.NIGHT: ngettext("{count} nuit", "{count} nuits", count),
        BlockKind.SUNDAY: ngettext("{count} dimanche", "{count} dimanches", count),
        BlockKind.HOLIDAY: ngettext("{count} jour férié", "{count} jours fériés", count),
        BlockKind.SATURDAY_PM: ngettext("{count} samedi après-midi", "{count} samedis après-midi", count),
        BlockKind.BRIDGE_MONDAY: ngettext("{count} lundi de pont", "{count} lundis de pont", count),
        BlockKind.BRIDGE_FRIDAY: ngettext("{count} vendredi de pont", "{count} vendredis de pont", count),
        BlockKind.BRIDGE_SATURDAY: ngettext("{count} samedi de pont", "{count} samedis de pont", count),
        BlockKind.SHARED: ngettext("{count} garde partagée", "{count} gardes partagées", count),
    }
    return texts[kind].format(count=formats.number(count))


def commitment_text(commitment: Commitment, zone: ZoneInfo) -> str:
    """Return what keeps somebody elsewhere: « Cabinet des Lilas, 14 h 00 – 18 h 00, 3 rendez-vous »."""
    start, end = (moment.astimezone(zone).time() for moment in (commitment.starts_at, commitment.ends_at))
    hours = f"{commitment.place}, {formats.time_short(start)} – {formats.time_short(end)}"
    if not commitment.booked:
        return hours
    text = ngettext(
        "{hours}, {count} rendez-vous pris", "{hours}, {count} rendez-vous pris", commitment.booked
    )
    return text.format(hours=hours, count=formats.number(commitment.booked))


def calendar_of(sector: Sector) -> str:
    """Return the name of a sector's calendar of holidays."""
    return str(CALENDARS[HolidayCalendar(sector.calendar)])


def blocks_of(sector: Sector) -> str:
    """Return what a sector covers, in one line: « nuits, dimanches, jours fériés, samedi après-midi »."""
    if sector.is_shared:
        return formats.listed(_period(one) for one in sector.own_periods)
    options = [str(KIND_LABELS[kind]).lower() for kind in BlockKind if kind in sector.covered]
    return ", ".join([_("nuits, dimanches, jours fériés"), *options])


def _period(period: Period) -> str:
    """Return the hours of a shared on-call: « lundi, mardi, 8 h 00 – 20 h 00 »."""
    days = [dates.date_format(date(2024, 1, 1 + number), "l") for number in sorted(period.weekdays)]
    if period.on_holidays:
        days.append(_("jours fériés"))
    hours = f"{formats.time_short(period.hours.starts)} – {formats.time_short(period.hours.ends)}"
    return f"{', '.join(days)}, {hours}"
