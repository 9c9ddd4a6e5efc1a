"""Days of a campaign, lots of vaccines, actions in the community."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.gestures import FormGestures, RefusedFormError
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.prevention.actions import community, days
from maillage.prevention.models import DayEntry, DayStaff, PreventionDay, VaccineLot
from maillage.prevention.pages.base import OfCampaign
from maillage.prevention.pages.forms import (
    ActionForm,
    ChangeDayForm,
    ChangeLotForm,
    DayForm,
    LotForm,
    ReachedForm,
)
from maillage.prevention.pages.views import codes_of, professionals_of
from maillage.prevention.queries import campaigns as queries
from maillage.prevention.queries.targets import target_of
from maillage.prevention.rules.vocabulary import Came, Theme

#: Where a day may be held.
HELD_IN = (
    directory.StructureKind.MSP,
    directory.StructureKind.HEALTH_CENTRE,
    directory.StructureKind.PHARMACY,
    directory.StructureKind.OFFICE,
    directory.StructureKind.HOSPITAL,
    directory.StructureKind.MUNICIPALITY,
)


class OfDayForm(OfCampaign, FormGestures):
    """What a form of a day offers."""

    @cached_property
    def _options(self) -> dict[str, Any]:
        scope = self.campaign.scope
        return {
            "communes": queries.communes_of(scope),
            "structures": list(
                directory.structures_in(codes_of(scope), HELD_IN, every_origin=True).order_by("name", "pk")
            ),
            "professionals": professionals_of(scope)[:60],
        }


class NewDay(OfDayForm):
    """Planning a day of a campaign."""

    template_name = "prevention/day_new.html"
    permission = Permission.MANAGE_PREVENTION

    def get_scope(self) -> Scope | None:
        """Return the scope of the campaign, where prevention is to be managed."""
        return self.campaign.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("commune", "")
        return super().get_context_data(
            campaign=self.campaign,
            form=self.form("plan", DayForm, **self._options, initial={"commune": asked}),
            **context,
        )

    _made = ""

    def here(self) -> str:
        """Return the day made, else the page itself."""
        return self._made or super().here()

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"plan": self._plan}

    def _plan(self) -> str:
        forms: list[DayForm] = []

        def kind(*args: Any, **options: Any) -> DayForm:
            forms.append(DayForm(*args, **options))
            return forms[-1]

        def write(_said: dict[str, Any]) -> None:
            made = days.add_day(by=self.person, campaign=self.campaign, **forms[-1].values())
            self._made = reverse("prevention:day", args=[self.campaign.pk, made.pk])

        self.send("plan", kind, write, **self._options)
        return _("Journée prévue : inscrivez-y des personnes depuis la liste de la campagne.")


class DayPage(OfDayForm):
    """One day: places by hour, team, who is registered (by name for who may), stock; what changes in it."""

    template_name = "prevention/day.html"

    @cached_property
    def day(self) -> PreventionDay:
        """The day. Raises Http404."""
        found = queries.day_of(self.campaign, self.kwargs["held"])
        if found is None:
            raise Http404(self.kwargs["held"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        taken = queries.taken_by_hour(self.day)
        registered = sum(taken.values())
        entries = queries.entries_seen(self.person, self.day)
        left = self.day.places - registered
        said = ngettext("{left} place libre sur {all}.", "{left} places libres sur {all}.", left)
        rows = DayStaff.objects.in_scope(self.campaign.scope).filter(day=self.day)
        staff = [one.professional for one in rows.select_related("professional")]
        changes = self._may_change()
        return super().get_context_data(
            campaign=self.campaign,
            day=self.day,
            finding=_("Journée annulée.")
            if self.day.cancelled_at is not None
            else said.format(left=formats.number(left), all=formats.number(self.day.places)),
            hours=[(hour, count, self.day.per_hour - count) for hour, count in taken.items()],
            registered=registered,
            entries=entries,
            others=registered - len(entries),
            staff=staff,
            change_form=self.form("change", ChangeDayForm, **self._changing(staff)) if changes else None,
            standing=self.standing,
            lots=queries.lots_of(self.campaign.scope, self.campaign.target)
            if self.now_target.is_vaccine
            else [],
            is_vaccine=self.now_target.is_vaccine,
            today=timezone.localdate(),
            is_past=self.day.day < timezone.localdate(),
            is_here=self.day.day <= timezone.localdate(),
            manages=self.manages,
            names=self.names,
            **context,
        )

    @property
    def now_target(self) -> Any:
        """The target of the campaign."""
        return target_of(self.campaign.target, min(timezone.localdate(), self.campaign.last_day)).target

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {"came": self._came, "cancel": self._cancel, "change": self._change}

    def _may_change(self) -> bool:
        is_to_come = self.day.day >= timezone.localdate() and self.day.cancelled_at is None
        return self.manages and self.campaign.is_open and is_to_come

    def _changing(self, staff: list[directory.Professional]) -> dict[str, Any]:
        """Return what the form of a change offers and starts from: the team as it is, whoever is in it."""
        day, options = self.day, dict(self._options)
        known = {one.pk for one in options["professionals"]}
        options["professionals"] = [*(one for one in staff if one.pk not in known), *options["professionals"]]
        if day.structure is not None and day.structure not in options["structures"]:
            options["structures"] = [day.structure, *options["structures"]]
        initial = {name: getattr(day, name) for name in ("day", "place", "opens", "closes", "per_hour")}
        return options | {
            "initial": initial
            | {
                "base": day.version,
                "commune": day.commune_id,
                "structure": day.structure_id or "",
                "staff": [str(one.pk) for one in staff],
            }
        }

    def standing_said(self, row: PreventionDay) -> list[str]:
        """Return what a day says now."""
        return [
            formats.told(_("Jour"), formats.date_short(row.day)),
            formats.told(_("Lieu"), f"{row.place}, {row.commune.name}"),
            formats.told(
                _("Heures"), _("de {opens} h à {closes} h").format(opens=row.opens, closes=row.closes)
            ),
            formats.told(_("Places par heure"), formats.number(row.per_hour)),
        ]

    def _change(self) -> str:
        rows = DayStaff.objects.in_scope(self.campaign.scope).filter(day=self.day)
        options = self._changing([one.professional for one in rows.select_related("professional")])
        forms: list[ChangeDayForm] = []

        def kind(*args: Any, **given: Any) -> ChangeDayForm:
            forms.append(ChangeDayForm(*args, **given))
            return forms[-1]

        def write(_said: dict[str, Any]) -> None:
            days.change_day(by=self.person, day=self.day, **forms[-1].values())

        self.send("change", kind, write, **options)
        if forms[-1].cleaned_data["tells"]:
            return _("Journée modifiée : les personnes inscrites sont à rappeler.")
        return _("Journée modifiée.")

    def _came(self) -> str:
        came = self.request.POST.get("came", "")
        if came not in {one.value for one in Came if one is not Came.REGISTERED}:
            raise Http404(came)
        days.note_came(by=self.person, entry=self._entry(), came=Came(came))
        return _("Noté.")

    def _entry(self) -> DayEntry:
        found = queries.entry_of(self.person, self.day, row_key(self.request.POST.get("row")))
        if found is None:
            raise Http404
        return found

    def _cancel(self) -> str:
        days.cancel_day(by=self.person, day=self.day)
        return _("Journée annulée.")


class Lots(FormGestures):
    """The stock of vaccines of one's territories."""

    template_name = "prevention/lots.html"
    permission = Permission.VIEW_PREVENTION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.lots_seen(self.person)
        scopes = queries.scopes_managed(self.person)
        managed = {one.pk for one in scopes}
        doses = sum(one.left for one in rows if one.expires_on >= timezone.localdate())
        said = ngettext("{count} dose utilisable.", "{count} doses utilisables.", doses)
        return super().get_context_data(
            finding=said.format(count=formats.number(doses)) if rows else _("Aucun lot en stock."),
            rows=[
                (
                    one,
                    target_of(one.target).said,
                    self.form(f"change-{one.pk}", ChangeLotForm, initial=self._lot_now(one))
                    if one.scope_id in managed
                    else None,
                )
                for one in rows
            ],
            standing=self.standing,
            today=timezone.localdate(),
            form=self.form("lot", LotForm, scopes=scopes) if scopes else None,
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {"lot": self._lot, "change": self._change}

    @staticmethod
    def _lot_now(lot: VaccineLot) -> dict[str, Any]:
        return {"base": lot.version, "expires_on": lot.expires_on, "received": lot.received}

    def kept_as(self, name: str, error: RefusedFormError) -> str:  # noqa: ARG002 (as its base)
        """Return the name of the form itself: one gesture is about many lots."""
        return error.name

    def standing_said(self, row: VaccineLot) -> list[str]:
        """Return what a lot says now."""
        return [
            formats.told(_("Périme le"), formats.date_short(row.expires_on)),
            formats.told(_("Doses reçues"), formats.number(row.received)),
        ]

    def _change(self) -> str:
        pk = row_key(self.request.POST.get("row"))
        lot = next((one for one in queries.lots_seen(self.person) if one.pk == pk), None)
        if lot is None:
            raise Http404(pk)
        self.send(
            f"change-{lot.pk}",
            ChangeLotForm,
            lambda said: days.change_lot(by=self.person, lot=lot, **said),
        )
        return _("Lot corrigé.")

    def _lot(self) -> str:
        forms: list[LotForm] = []

        def kind(*args: Any, **options: Any) -> LotForm:
            forms.append(LotForm(*args, **options))
            return forms[-1]

        def write(said: dict[str, Any]) -> None:
            days.add_lot(
                by=self.person,
                scope=forms[-1].scope,
                **{
                    name: said[name]
                    for name in ("target", "product", "number", "expires_on", "received", "key")
                },
            )

        access.require(self.person, Permission.MANAGE_PREVENTION)
        self.send("lot", kind, write, scopes=queries.scopes_managed(self.person))
        return _("Lot entré dans le stock.")


class Actions(FormGestures):
    """Actions in the community: held and to come."""

    template_name = "prevention/actions.html"
    permission = Permission.VIEW_PREVENTION

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.actions_seen(self.person)
        scopes = queries.scopes_managed(self.person)
        year = timezone.localdate().year
        reached = sum(one.reached or 0 for one in rows if one.held_on.year == year)
        said = ngettext(
            "{count} personne touchée en {year}.", "{count} personnes touchées en {year}.", reached
        )
        managed = {one.pk for one in scopes}
        return super().get_context_data(
            finding=said.format(count=formats.number(reached), year=year)
            if rows
            else _("Aucune action notée encore."),
            rows=[(one, one.scope_id in managed and one.held_on <= timezone.localdate()) for one in rows],
            form=self.form("action", ActionForm, **self._options) if scopes else None,
            reached_form=self.form("reached", ReachedForm),
            reached_row=row_key(self.request.POST.get("row")),
            today=timezone.localdate(),
            **context,
        )

    @cached_property
    def _options(self) -> dict[str, Any]:
        scopes = queries.scopes_managed(self.person)
        return {"scopes": scopes, "communes": [one for scope in scopes for one in queries.communes_of(scope)]}

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {"action": self._action, "reached": self._reached}

    def _action(self) -> str:
        forms: list[ActionForm] = []

        def kind(*args: Any, **options: Any) -> ActionForm:
            forms.append(ActionForm(*args, **options))
            return forms[-1]

        def write(said: dict[str, Any]) -> None:
            community.add_action(
                by=self.person,
                scope=forms[-1].scope,
                commune=forms[-1].communes[said["commune"]],
                theme=Theme(said["theme"]),
                **{name: said[name] for name in ("title", "held_on", "place", "partners", "reached", "key")},
            )

        access.require(self.person, Permission.MANAGE_PREVENTION)
        self.send("action", kind, write, **self._options)
        return _("Action notée.")

    def _reached(self) -> str:
        row = queries.action_seen_by(self.person, row_key(self.request.POST.get("row")))
        if row is None:
            raise Http404
        self.send(
            "reached",
            ReachedForm,
            lambda said: community.count_reached(by=self.person, action=row, reached=said["reached"]),
        )
        return _("Noté.")
