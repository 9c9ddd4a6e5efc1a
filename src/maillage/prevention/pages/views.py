"""Campaigns: the list, opening one, where it stands, its coverage by commune; the targets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, formats, wording
from maillage.kernel.figures import Provenance
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, csv_response, geojson_response
from maillage.kernel.pages.gestures import FormGestures
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table
from maillage.prevention.actions import campaigns as actions
from maillage.prevention.computations.places import next_places
from maillage.prevention.models import STANDING_LABELS
from maillage.prevention.pages import words
from maillage.prevention.pages.base import OfCampaign
from maillage.prevention.pages.forms import CampaignForm
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.situations import PROJECTION, SECRECY, Situation
from maillage.prevention.queries.targets import goal_of, roles_of, target_of, targets
from maillage.prevention.rules.secrecy import hidden_parts
from maillage.prevention.rules.vocabulary import Standing
from maillage.territory import api as territory

#: What follows a structure that has patients of its own.
PRACTICES = (
    directory.StructureKind.MSP,
    directory.StructureKind.HEALTH_CENTRE,
    directory.StructureKind.OFFICE,
    directory.StructureKind.ESP,
)
BOUNDS = "0.2,0.4,0.6,0.8"


def codes_of(scope: Scope) -> list[str]:
    """Return the codes of the communes of a scope."""
    return [one.pk for one in queries.communes_of(scope)]


def professionals_of(scope: Scope) -> list[directory.Professional]:
    """Return the professionals who practise in a scope, by name."""
    return list(directory.professionals_in(codes_of(scope)).order_by("search_name", "pk")[:400])


class Campaigns(Page):
    """The campaigns of one's territories, their next days, the last actions in the community."""

    template_name = "prevention/campaigns.html"
    permission = Permission.VIEW_PREVENTION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        found = queries.campaigns_seen(self.person)
        standing = [one for one in found if one.is_open]
        again = queries.to_ask_again(self.person, today)
        named = queries.scopes_named(self.person, {one.scope_id for one in standing})
        said = ngettext("{count} campagne en cours.", "{count} campagnes en cours.", len(standing))
        return super().get_context_data(
            finding=said.format(count=formats.number(len(standing)))
            if standing
            else _("Aucune campagne en cours."),
            standing=[
                (one, target_of(one.target).said, again.get(one.pk, 0), one.scope_id in named)
                for one in standing
            ],
            closed=[one for one in found if not one.is_open],
            days=[(one, words.day_words(one)) for one in queries.next_days(self.person, today)],
            actions=queries.actions_seen(self.person)[:5],
            may_open=access.may(self.person, Permission.MANAGE_PREVENTION),
            **context,
        )


class OpenCampaign(FormGestures):
    """Opening a campaign: an act, two days, an objective."""

    template_name = "prevention/open.html"
    permission = Permission.MANAGE_PREVENTION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form("open", CampaignForm, **self._options), **context)

    @cached_property
    def _options(self) -> dict[str, Any]:
        scopes = queries.scopes_managed(self.person)
        codes = sorted({code for one in scopes for code in codes_of(one)})
        return {
            "scopes": scopes,
            "practices": list(
                directory.structures_in(codes, PRACTICES, every_origin=True).order_by("name", "pk")
            ),
            "callers": list(directory.professionals_in(codes).order_by("search_name", "pk")[:400]),
        }

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"open": self._open}

    def here(self) -> str:
        """Return the campaign made, else the page itself."""
        return self._made or super().here()

    _made = ""

    def _open(self) -> str:
        form: CampaignForm | None = None

        def kind(*args: Any, **options: Any) -> CampaignForm:
            nonlocal form
            form = CampaignForm(*args, **options)
            return form

        def write(said: dict[str, Any]) -> None:
            assert form is not None
            made = actions.open_campaign(
                by=self.person,
                scope=form.scope,
                target=said["target"],
                title=said["title"],
                first_day=said["first_day"],
                last_day=said["last_day"],
                goal=said["goal"] or goal_of(said["target"]),
                practice=form.practices.get(said["practice"]),
                caller=form.callers.get(said["caller"]),
                key=said["key"],
            )
            self._made = reverse("prevention:campaign", args=[made.pk])

        self.send("open", kind, write, **self._options)
        return _("Campagne ouverte : la liste des personnes concernées est prête.")


class CampaignPage(OfCampaign, FormGestures):
    """One campaign: coverage and goal, whom to ask, its days, where to hold the next one."""

    template_name = "prevention/campaign.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = self.now
        least = rule(SECRECY).value
        shown = not now.is_secret
        proposals = next_places(now)
        due = now.concerned - now.covered
        return super().get_context_data(
            campaign=self.campaign,
            now=now,
            target=now.target,
            finding=words.finding(now),
            projected=words.projected(now) if shown else "",
            is_enough=bool(now.projection and now.projection.is_enough),
            shown=shown,
            least=least,
            projection_rule=rule(PROJECTION),
            secrecy_rule=rule(SECRECY),
            standings=self._standings(now),
            unknown=words.count_shown(now.unknown, is_open=self.manages) if now.unknown else "",
            declared=self._part(now.declared, now.covered),
            to_ask=words.to_ask_words(now.to_ask)
            if self.manages or (now.to_ask and not hidden_parts([now.to_ask, due - now.to_ask], least))
            else "",
            table=coverage_table(now),
            has_map=any(one.code and one.share is not None for one in now.communes()),
            map_url=reverse("prevention:coverage_map", args=[self.campaign.pk]),
            bounds=BOUNDS,
            days=[(one, words.day_words(one)) for one in queries.days_of(self.campaign)],
            proposals=proposals,
            places=[(one, words.place_words(one, is_open=self.manages)) for one in proposals.found],
            manages=self.manages,
            names=self.names,
            **context,
        )

    def _standings(self, now: Situation) -> list[tuple[Any, str]]:
        """Return how many people stand where, who are due: what their total would give back is hidden."""
        some = [one for one in Standing if now.standings[one]]
        least: int = rule(SECRECY).value
        hidden = set() if self.manages else hidden_parts([now.standings[one] for one in some], least)
        return [
            (
                STANDING_LABELS[one],
                words.count_hidden(now.standings[one])
                if place in hidden
                else formats.number(now.standings[one]),
            )
            for place, one in enumerate(some)
        ]

    def _part(self, count: int, total: int) -> str:
        """Return a part of a total, hidden where it or the rest is a few people; empty for nobody."""
        if not count:
            return ""
        if not self.manages and hidden_parts([count, total - count], rule(SECRECY).value):
            return words.count_hidden(count)
        return formats.number(count)

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"close": self._close}

    def _close(self) -> str:
        actions.close_campaign(by=self.person, campaign=self.campaign)
        return _("Campagne close : personne n’est plus invité.")


def coverage_table(now: Situation) -> Table:
    """Return the coverage by commune, with its denominator; small communes are together, or secret."""
    communes = now.communes()
    names = territory.names_of({one.code for one in communes if one.code})
    rows = []
    for one in communes:
        others = ngettext("{count} commune, réunie", "{count} communes, réunies", one.communes)
        name = names.get(one.code, "") or others.format(count=formats.number(one.communes))
        is_secret = one.share is None
        rows.append(
            Row(
                {"name": name, "concerned": one.concerned, "covered": one.covered, "share": one.share},
                code=one.code,
                suppressed=frozenset({"concerned", "covered", "share"} if is_secret else ()),
            )
        )
    least = rule(SECRECY).value
    provenance = Provenance(
        source=_("Personnes connues de Maillage dans ce territoire, et actes notés"),
        vintage=formats.date_short(now.day),
        formula=_("Personnes à jour ÷ personnes concernées (âge, sexe, hors exclusions)"),
        rules=(now.target.rule.key, SECRECY),
        note=_("Ce n’est pas la population du territoire : une personne inconnue de Maillage n’y est pas."),
    )
    return Table(
        "coverage",
        _("Couverture par commune"),
        (
            Column("name", _("Commune")),
            Column("concerned", _("Personnes concernées"), "number"),
            Column("covered", _("À jour"), "number"),
            Column("share", _("Couverture"), "share"),
        ),
        rows,
        csv_url=reverse("prevention:coverage_csv", args=[now.campaign.pk]),
        provenance=provenance,
        notes=(
            _("Les communes où un effectif est sous {count} sont réunies, ou tenues au secret.").format(
                count=formats.number(least)
            ),
        ),
    )


class CoverageCsv(OfCampaign, Endpoint):
    """The coverage by commune, as the page shows it."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (read by `campaign`)
        return csv_response(coverage_table(self.now))


class CoverageMap(OfCampaign, Endpoint):
    """The communes of the territory with their coverage, where it is not secret."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # noqa: ARG002 (read by `campaign`)
        shares = {one.code: one for one in self.now.communes() if one.code}
        communes = queries.communes_of(self.campaign.scope)
        features = {
            one.pk: {
                "name": one.name,
                "population": one.population,
                "share": shares[one.pk].share if one.pk in shares else None,
                "detail": formats.percent(shares[one.pk].share) if one.pk in shares else _("secret"),
                "url": reverse("territory:commune", args=[one.pk]),
            }
            for one in communes
        }
        content = "|".join(
            [get_language() or "", *(f"{key} {one['share']}" for key, one in features.items())]
        )
        version = hashlib.sha256(content.encode()).hexdigest()[:32]
        return geojson_response(
            request,
            lambda: territory.feature_collection(territory.contours(features, features)).encode(),
            version=version,
        )


class Targets(Page):
    """Whom each act is for, how often, who may record it, with the source of each rule."""

    template_name = "prevention/targets.html"
    permission = Permission.VIEW_PREVENTION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = [
            (
                one,
                words.sexes_words(one.target),
                words.ages_words(one.target.bands),
                words.repeat_words(one.target),
                ", ".join(str(wording.ROLES[role]) for role in sorted(roles_of(one.code))),
            )
            for one in targets()
        ]
        return super().get_context_data(
            rows=rows, who_rule=rule("prevention.acts.who"), count=len(rows), **context
        )
