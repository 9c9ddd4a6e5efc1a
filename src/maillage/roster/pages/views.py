"""The rosters one may read, one roster month by month, a new one, its calendar."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, clock
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.roster.actions.rosters import check_period, create_roster
from maillage.roster.actions.solving import keep
from maillage.roster.computations import propose, seconds_given
from maillage.roster.models import Roster
from maillage.roster.pages import presenters, wording
from maillage.roster.pages.base import OfRoster
from maillage.roster.pages.forms import PeriodForm
from maillage.roster.pages.gaps import gaps_of
from maillage.roster.pages.jobs import job_of
from maillage.roster.pages.on_call import SHOWN_NOW, answer_of
from maillage.roster.pages.sectors import OfSector
from maillage.roster.queries.calendars import ical
from maillage.roster.queries.departures import departures_in
from maillage.roster.queries.duties import duties_of, missing_posts, on_call_by_sector
from maillage.roster.queries.sectors import sectors_in, volunteers_of
from maillage.roster.queries.settings import legal_days, legal_delays, planned
from maillage.roster.rules.blocks import Block, BlockKind
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.workflow import EDITABLE, State, add_months


class Index(Page):
    """Who is on call now, one's next duty, the rosters with the next legal deadline of each."""

    template_name = "roster/index.html"
    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        sectors = list(sectors_in(self.person))
        rosters = Roster.objects.filter(sector__in=sectors).select_related("sector__territory__scope")
        rows = [(one, presenters.due_of(one, clock.today(one.sector.territory.scope))) for one in rosters]
        done = [row for row in rows if row[1] is None]
        own = duties_of(self.person, now)[:1]
        return super().get_context_data(
            now=[
                (sector, answer_of(answer, now, person=self.person))
                for sector, answer in on_call_by_sector(sectors[:SHOWN_NOW], now)
            ],
            sector_count=len(sectors),
            own=[
                (one, presenters.named(one.post, one.post.roster.sector.zone), one.post.starts_at <= now)
                for one in own
            ],
            rows=sorted((row for row in rows if row[1] is not None), key=lambda row: row[1].last_day),
            done=done,
            may_manage=access.may(self.person, Permission.MANAGE_ROSTER),
            **context,
        )


class Detail(OfRoster, Page):
    """One month of a roster, its gaps explained, the requests to be replaced."""

    template_name = "roster/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        roster, now = self.roster, timezone.now()
        today = clock.today(roster.sector.territory.scope)
        months = presenters.months_of(roster)
        wanted = self.request.GET.get("mois", "")
        month = wanted if wanted in months else f"{today:%Y-%m}"
        month = month if month in months else months[0]
        me = self.me
        gone = departures_in(roster, now)
        asked = presenters.requests(roster, me, self.manages, now) if me or self.manages else []
        may_fill = self.manages and roster.step in EDITABLE
        return super().get_context_data(
            days=presenters.month_of(
                roster,
                month,
                self.person,
                self.manages,
                now,
                asked={one.exchange.post_id for one in asked},
                gone=gone,
            ),
            requests=asked,
            months=[(one, date.fromisoformat(f"{one}-01")) for one in months],
            month=month,
            me=me,
            post_count=roster.posts.count(),
            missing=missing_posts(roster, gone),
            to_reassign=presenters.to_reassign(roster, gone) if self.manages else [],
            collisions=presenters.collisions(roster, now) if self.manages else [],
            gaps=[one for one in gaps_of(roster) if one.reasons] if self.manages else [],
            job=job_of(roster) if self.manages else None,
            solver_seconds=round(seconds_given(roster)) if may_fill else 0,
            due=presenters.due_of(roster, today),
            may_fill=may_fill,
            volunteer_count=volunteers_of(roster.sector).filter(is_active=True).count() if may_fill else 0,
            may_change=self.manages and roster.step is not State.DUTY_DONE,
            **context,
        )


class Create(OfSector, Page):
    """A new roster: which blocks the rule gives, counted in a sentence before anything is written."""

    template_name = "roster/create.html"
    permission = Permission.MANAGE_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sector = self.sector
        form: PeriodForm = context.pop("form", None) or self._asked()
        preview = None
        if form.is_bound and form.is_valid():
            preview = self._preview(form.cleaned_data["first_day"], form.cleaned_data["last_day"])
        volunteers = volunteers_of(sector).filter(is_active=True).count()
        return super().get_context_data(form=form, preview=preview, volunteer_count=volunteers, **context)

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        form = PeriodForm(request.POST)
        if form.is_valid():
            try:
                roster = create_roster(by=self.person, sector=self.sector, **form.cleaned_data)
            except RosterError as error:
                form.add_error(None, str(error))
            else:
                return redirect("roster:detail", roster.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _asked(self) -> PeriodForm:
        """Return the form with the period asked, else the next one that leaves the CDOM its time."""
        if "first_day" in self.request.GET:
            return PeriodForm(self.request.GET)
        today = clock.today(self.sector.territory.scope)
        delays = legal_delays(today)
        last = self.sector.rosters.order_by("-last_day").first()
        if last is not None and last.last_day >= today:
            first = last.last_day + timedelta(days=1)
        else:
            first = add_months((today + timedelta(days=delays.sent_days)).replace(day=1), 1)
        until = add_months(first, delays.minimum_months) - timedelta(days=1)
        return PeriodForm({"first_day": first, "last_day": until})

    def _preview(self, first: date, last: date) -> dict[str, Any]:
        """Return what the period would hold, or why it cannot be."""
        today = clock.today(self.sector.territory.scope)
        try:
            check_period(self.sector, first, last)
        except RosterError as error:
            return {"problem": str(error)}
        found = planned(self.sector, first, last)
        sent = legal_days(first, last, today)[State.SENT]
        return {
            "problem": "",
            "counts": presenters.enumerated(_counted(found)),
            "blocks": len(found),
            "posts": len(found) * self.sector.seats,
            "sent": sent,
            "days_left": (sent - today).days,
            "days_late": (today - sent).days,
        }


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


def _counted(found: list[Block]) -> list[str]:
    """Return « 92 nuits », « 13 dimanches »… in the order of the rule."""
    counts = Counter(block.kind for block in found)
    return [wording.counted(kind, counts[kind]) for kind in BlockKind if counts[kind]]
