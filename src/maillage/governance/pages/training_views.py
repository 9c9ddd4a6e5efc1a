"""Cross trainings and immersions: what is open, one of them, who goes, who waits, who came."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.governance.actions import trainings as actions
from maillage.governance.models import TrainingPlace
from maillage.governance.pages.base import Doing
from maillage.governance.pages.forms import TrainingForm
from maillage.governance.queries import trainings as queries
from maillage.governance.queries.bodies import scopes_to_keep
from maillage.governance.queries.trainings import TrainingSeen
from maillage.governance.rules.vocabulary import TrainingKind
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.rules import Permission


def said_of(one: TrainingSeen) -> str:
    """Return how many places are left, or how many wait."""
    if one.session.cancelled_at is not None:
        return _("annulée")
    if one.waiting:
        text = ngettext("complète, {count} en attente", "complète, {count} en attente", one.waiting)
        return text.format(count=formats.number(one.waiting))
    if not one.free:
        return _("complète")
    text = ngettext("{count} place libre", "{count} places libres", one.free)
    return text.format(count=formats.number(one.free))


class Trainings(Doing):
    """The trainings of one's territories: those to come first."""

    template_name = "governance/trainings.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen = queries.trainings_seen_by(self.person)
        coming = [one for one in reversed(seen) if not one.is_over]
        scopes = scopes_to_keep(self.person)
        said = ngettext("{count} formation à venir.", "{count} formations à venir.", len(coming))
        return super().get_context_data(
            finding=said.format(count=formats.number(len(coming)))
            if coming
            else _("Aucune formation croisée à venir."),
            coming=[(one, said_of(one)) for one in coming],
            past=[(one, said_of(one)) for one in seen if one.is_over],
            training_form=self.form("open", TrainingForm, scopes=scopes) if scopes else None,
            **context,
        )

    def here(self) -> str:
        """Return the training just opened, else this page."""
        return getattr(self, "there", super().here())

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"open": self._open}

    def _open(self) -> str:
        access.require(self.person, Permission.MANAGE_GOVERNANCE)
        scopes = scopes_to_keep(self.person)

        def write(said: dict[str, Any]) -> Any:
            values = {one: value for one, value in said.items() if one not in {"where", "kind"}}
            scope = next(one for one in scopes if str(one.pk) == said["where"])
            return actions.open_training(
                by=self.person, scope=scope, kind=TrainingKind(said["kind"]), **values
            )

        made = self.send("open", TrainingForm, write, scopes=scopes)
        self.there = reverse("governance:training", args=[made.pk])
        return _("Formation ouverte : chacun s’inscrit d’ici.")


class TrainingPage(Doing):
    """One training: a place to take, who goes for who keeps it."""

    template_name = "governance/training.html"

    @cached_property
    def seen(self) -> TrainingSeen:
        """The training of the address. Raises Http404 for one of another territory."""
        found = queries.training_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the training."""
        return self.seen.session.scope

    @cached_property
    def manages(self) -> bool:
        """Whether the visitor keeps the trainings of the territory."""
        return access.may(self.person, Permission.MANAGE_GOVERNANCE, self.seen.session.scope)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen = self.seen
        return super().get_context_data(
            seen=seen,
            session=seen.session,
            finding=self._finding(seen),
            manages=self.manages,
            rows=queries.places_of(self.person, seen.session) if self.manages else [],
            **context,
        )

    def _finding(self, seen: TrainingSeen) -> str:
        text = ngettext("{count} inscrit sur {places}", "{count} inscrits sur {places}", seen.taken)
        said = text.format(count=formats.number(seen.taken), places=formats.number(seen.session.places))
        return f"{formats.listed([said, said_of(seen)])}."

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form of the page does."""
        return {"take": self._take, "leave": self._leave, "cancel": self._cancel, "note": self._note}

    def _take(self) -> str:
        place = actions.take_place(by=self.person, session=self.seen.session)
        return _("Vous êtes {state}.").format(state=place.get_state_display())

    def _leave(self) -> str:
        actions.leave_place(by=self.person, session=self.seen.session)
        return _("Place rendue.")

    def _cancel(self) -> str:
        actions.cancel_training(by=self.person, session=self.seen.session)
        return _("Formation annulée.")

    def _note(self) -> str:
        if not self.manages:
            raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))
        rows = TrainingPlace.objects.of(self.seen.session).select_related("session__scope")
        found = rows.filter(pk=self.row()).first()
        if found is None:
            raise Http404
        actions.note_training(by=self.person, place=found, is_here=self.request.POST.get("is_here") == "1")
        return _("Présence notée.")
