"""A roster as a PDF: what is printed, in French, and the address that answers it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import formats as dates
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from maillage.kernel import formats, printing
from maillage.kernel.pages.base import Endpoint
from maillage.kernel.sourced_rules import rule
from maillage.roster.models import Post, Roster
from maillage.roster.models.rosters import state_label
from maillage.roster.pages.base import OfRoster
from maillage.roster.pages.presenters import clock
from maillage.roster.queries.departures import departures_in
from maillage.roster.queries.duties import missing_posts, posts_of
from maillage.roster.queries.settings import holidays_kept
from maillage.roster.queries.statements import Line, statement
from maillage.roster.rules.vocabulary import Origin
from maillage.roster.rules.workflow import State, add_months

TEMPLATE = files("maillage.roster.pages") / "roster.typ"
SOURCES = ("roster.blocks.night", "roster.period.minimum_months", "roster.deadlines.sent_days",
           "roster.burden.points")  # fmt: skip
SHARED_SOURCES = ("roster.burden.points",)
MARKS = {Origin.REPLACEMENT.value: "R", Origin.SWAP.value: "É"}
Data = dict[str, Any]


class Print(OfRoster, Endpoint):
    """The roster on paper."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        now = timezone.now()
        pdf = roster_pdf(self.roster, now, with_people=self.sees_balance)
        answer = HttpResponse(pdf, content_type="application/pdf")
        name = f"gardes-{slugify(self.roster.sector.name)}-{self.roster.first_day:%Y-%m}.pdf"
        answer["Content-Disposition"] = f'inline; filename="{name}"'
        return answer


def roster_pdf(roster: Roster, now: datetime, *, with_people: bool = True) -> bytes:
    """Return a roster as it is at `now`: its months, what each person carries, the law, the sources."""
    with override("fr"):
        data = printed(roster, now, with_people=with_people)
        return printing.pdf(TEMPLATE, data, timezone.localdate(now))


def printed(roster: Roster, now: datetime, *, with_people: bool = True) -> Data:
    """Return what a printed roster says, ready for JSON; `with_people`: what each person carries too."""
    span = {"from": formats.date_long(roster.first_day), "to": formats.date_long(roster.last_day)}
    moment = formats.date_long(now.astimezone(roster.sector.zone))
    vintage = _("État du {moment}, établi par Maillage. R : remplacement ; É : échange.")
    shared = roster.sector.is_shared
    title = (
        _("Tableau de garde partagée : {sector}")
        if shared
        else _("Tableau de permanence des soins : {sector}")
    )
    return {
        "title": title.format(sector=roster.sector),
        "sector": str(roster.sector),
        "period": _("Du {from} au {to}").format(**span),
        "state": roster.state_label,
        "nobody": _("à pourvoir"),
        "legal": ""
        if shared
        else _("Permanence des soins ambulatoires, Code de la santé publique, R. 6315-1 et R. 6315-2."),
        "vintage": vintage.format(moment=moment),
        "weekdays": [dates.date_format(date(2024, 1, number), "l") for number in range(1, 8)],
        "months": _months(roster, list(posts_of(roster)), departures_in(roster, now)),
        **_summary(roster, with_people),
    }


def _summary(roster: Roster, with_people: bool) -> Data:
    """Return the last page: who holds what, the communes, the steps taken, the sources."""
    missing = missing_posts(roster)
    still_open = ngettext("{count} poste reste à pourvoir.", "{count} postes restent à pourvoir.", missing)
    sources = SHARED_SOURCES if roster.sector.is_shared else SOURCES
    changes = [
        (state_label(roster, State(one.state)), formats.date_short(one.at)) for one in roster.changes.all()
    ]
    return {
        "summary": _("bilan du tableau"),
        "columns": [
            _("Qui") if roster.sector.is_shared else _("Médecin"),
            _("Gardes"), _("Nuits"), _("Dimanches"), _("Fériés"), _("Heures"), _("Points"),
        ],
        "people": [_person(line) for line in statement(roster)] if with_people else [],
        "missing": still_open.format(count=formats.number(missing)) if missing else "",
        "labels": {
            "communes": _("Communes couvertes"),
            "steps": _("Étapes"),
            "sources": _("Textes et sources"),
        },
        "communes": ", ".join(roster.sector.communes.order_by("name").values_list("name", flat=True)),
        "steps": [f"{label} : {day}" for label, day in changes],
        "sources": [_source(key, roster.first_day) for key in sources],
    }  # fmt: skip


def _months(roster: Roster, posts: Sequence[Post], gone: Collection[int]) -> list[Data]:
    """Return each month as whole weeks from Monday to Sunday; a post of somebody who is `gone` is open."""
    by_day: dict[date, list[Post]] = defaultdict(list)
    for post in posts:
        by_day[post.day].append(post)
    months, first = [], roster.first_day.replace(day=1)
    while first <= roster.last_day:
        after = add_months(first, 1)
        monday = first - timedelta(days=first.weekday())
        weeks = []
        while monday < after:
            days = [monday + timedelta(days=number) for number in range(7)]
            weeks.append([_day(roster, day, first.month, by_day.get(day, []), gone) for day in days])
            monday += timedelta(days=7)
        months.append({"name": dates.date_format(first, "F Y"), "weeks": weeks})
        first = after
    return months


def _day(roster: Roster, day: date, month: int, posts: Sequence[Post], gone: Collection[int]) -> Data:
    """Return one square: a day of another month is left blank."""
    holiday = holidays_kept(roster.sector, roster.first_day).on(day)
    return {
        "number": str(day.day) if day.month == month else "",
        "within": day.month == month and roster.first_day <= day <= roster.last_day,
        "rests": holiday or day.weekday() >= 5,
        "note": _("férié") if holiday else "",
        "duties": [_duty(post, roster, post.pk in gone) for post in posts] if day.month == month else [],
    }


def _duty(post: Post, roster: Roster, is_gone: bool) -> Data:
    held = None if is_gone else getattr(post, "assignment", None)
    person = held.volunteer.professional if held else None
    return {
        "kind": post.kind_label,
        "when": clock(post, roster.sector.zone).replace(f"{formats.NBSP}00", ""),
        "holder": str(person) if person else "",
        "mark": MARKS.get(held.origin, "") if held else "",
    }


def _person(line: Line) -> list[str]:
    counts = (line.duties, line.nights, line.sundays, line.holidays, line.hours, line.burden)
    return [str(line.professional), *(formats.number(one) for one in counts)]


def _source(key: str, on: date) -> str:
    found = rule(key, on)
    return f"{found.label} : {found.source}"
