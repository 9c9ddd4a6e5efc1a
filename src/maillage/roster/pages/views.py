"""The rosters one may read, one roster month by month, what each person carries, its calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.roster.actions.rosters import change_state
from maillage.roster.actions.solving import keep
from maillage.roster.computations import propose
from maillage.roster.models import STATE_LABELS, Roster
from maillage.roster.pages import presenters
from maillage.roster.pages.base import OfRoster
from maillage.roster.queries.calendars import ical
from maillage.roster.queries.duties import missing_posts
from maillage.roster.queries.exchanges import volunteer_of
from maillage.roster.queries.settings import next_deadline
from maillage.roster.queries.statements import balance
from maillage.roster.rules.workflow import EDITABLE, NEXT, State, add_months


class Index(Page):
    """The rosters of the visitor's territories, with the next legal deadline of each."""

    template_name = "roster/index.html"
    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rosters = Roster.objects.select_related("sector__territory")
        scopes = access.scopes_of(self.person, Permission.VIEW_ROSTER)
        if scopes is not None:
            rosters = rosters.filter(sector__territory__scope__in=scopes)
        today = timezone.localdate()
        rows = []
        for roster in rosters:
            due = next_deadline(roster, today)
            rows.append((roster, due, STATE_LABELS[due.step] if due else ""))
        return super().get_context_data(rows=rows, **context)


class Detail(OfRoster, Page):
    """One month of a roster, the requests to be replaced, the legal step that comes next."""

    template_name = "roster/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        roster, now = self.roster, timezone.now()
        today = timezone.localdate(timezone=roster.sector.zone)
        months = _months(roster)
        asked = self.request.GET.get("mois", "")
        month = asked if asked in months else f"{today:%Y-%m}"
        month = month if month in months else months[0]
        me, due = volunteer_of(self.person, roster.sector), next_deadline(roster, today)
        return super().get_context_data(
            duties=presenters.duties(roster, month, self.person, self.manages, now),
            requests=presenters.requests(roster, me, self.manages, now),
            swappable=presenters.swappable(roster, me, now),
            months=[(one, date.fromisoformat(f"{one}-01")) for one in months],
            month=month,
            me=me,
            missing=missing_posts(roster),
            due=due,
            days_left=abs(due.days_left) if due else 0,
            due_label=STATE_LABELS[due.step] if due else "",
            may_fill=self.manages and roster.step in EDITABLE,
            steps=[(to.value, STATE_LABELS[to]) for to in NEXT[roster.step]] if self.manages else [],
            **context,
        )


class Balance(OfRoster, Page):
    """What each person held over the year that ends with the roster: the same table as page and as CSV."""

    template_name = "roster/balance.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "csv":
            return csv_response(self.table())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(table=self.table(), **context)

    def table(self) -> Table:
        """One line a person."""
        columns = (
            Column("name", _("Médecin")),
            Column("duties", _("Gardes"), "number"),
            Column("nights", _("Nuits"), "number"),
            Column("sundays", _("Dimanches"), "number"),
            Column("holidays", _("Jours fériés"), "number"),
            Column("hours", _("Heures"), "number", note=_("Heures réellement passées.")),
            Column("burden", _("Pénibilité"), "number", _("points"), note=_("Selon les règles sourcées.")),
        )
        lines = balance(self.roster.sector, self.roster.last_day)
        rows = [
            Row(
                {
                    "name": str(line.professional),
                    "duties": line.duties,
                    "nights": line.nights,
                    "sundays": line.sundays,
                    "holidays": line.holidays,
                    "hours": line.hours,
                    "burden": line.burden,
                }
            )
            for line in lines
        ]
        address = reverse("roster:balance", args=[self.roster.pk])
        return Table("bilan", _("Gardes de l’année"), columns, rows, csv_url=f"{address}?format=csv")


class ICal(OfRoster, Endpoint):
    """The roster as a calendar file."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        answer = HttpResponse(ical(self.roster), content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="gardes-{pk}.ics"'
        return answer


class Fill(OfRoster, Endpoint):
    """Fills what is open, at once, by the engine's greedy cover; locked duties stay."""

    permission = Permission.MANAGE_ROSTER

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return self.done(
            lambda: keep(by=self.person, proposal=propose(self.roster, quick=True)),
            _("Tableau complété dans le respect des règles. Vérifiez les postes restés libres."),
        )


class Step(OfRoster, Endpoint):
    """Takes the roster to its next state."""

    permission = Permission.MANAGE_ROSTER

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        asked = request.POST.get("state", "")
        if asked not in {state.value for state in State}:
            raise Http404(asked)
        to = State(asked)
        return self.done(
            lambda: change_state(by=self.person, roster=self.roster, to=to),
            _("Étape enregistrée : {state}.").format(state=STATE_LABELS[to]),
        )


def _months(roster: Roster) -> list[str]:
    first, found = roster.first_day.replace(day=1), []
    while first <= roster.last_day:
        found.append(f"{first:%Y-%m}")
        first = add_months(first, 1)
    return found
