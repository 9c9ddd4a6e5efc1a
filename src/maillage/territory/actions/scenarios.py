"""Scenarios: a draft each person works on, named copies a territory keeps, links that show them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import atlas, queries
from maillage.territory.computations.what_if import Change, ScenarioError, check, live_changes
from maillage.territory.models import Scenario, ScenarioChange, Territory

MAX_CHANGES = 200
MAX_DELTA = 20


@transaction.atomic
def open_draft(*, by: Person, territory: Territory) -> Scenario:
    """Return the working copy of `by` in `territory`, created empty the first time."""
    access.require(by, Permission.EDIT_SCENARIO, territory.scope)
    scenario, created = Scenario.objects.get_or_create(territory=territory, created_by=by, name="")
    if created:
        journal.record(
            by=by,
            verb="territory.draft_opened",
            target=journal.target_of(scenario),
            changes={},
            scope=territory.scope_id,
        )
    return scenario


@transaction.atomic
def change_supply(
    *, by: Person, scenario: Scenario, supply: str, commune: str, delta: int, key: str
) -> ScenarioChange:
    """Add `delta` units of a supply at a commune of the territory or around it, or remove them.

    `key` names the request: asked again with the same key, the first change is returned and nothing is
    added. Raises ScenarioError (French) where the change makes no sense or removes more than there is.
    """
    _lock(by, scenario)
    done = scenario.changes.filter(idempotency_key=key).first()
    if done is not None:
        return done
    if not 1 <= abs(delta) <= MAX_DELTA:
        raise ScenarioError(
            _("Une variation va de 1 à %(limit)d, en plus ou en moins.") % {"limit": MAX_DELTA}
        )
    _require_near(scenario.territory, commune)
    france = atlas.current()
    present = live_changes(france, scenario)
    if len(present) >= MAX_CHANGES:
        raise ScenarioError(
            _("Un scénario a %(limit)d changements au plus : annulez-en, ou repartez de zéro.")
            % {"limit": MAX_CHANGES}
        )
    check(france, [*present, Change(supply, france.position(commune), delta)])
    change = ScenarioChange.objects.create(
        scenario=scenario, supply=supply, commune_id=commune, delta=delta, idempotency_key=key
    )
    _record(by, scenario, "territory.scenario_changed", supply=supply, commune=commune, delta=delta)
    return change


@transaction.atomic
def undo(*, by: Person, scenario: Scenario) -> ScenarioChange | None:
    """Take back the last change still in force; None where there is none."""
    _lock(by, scenario)
    last = scenario.changes.filter(is_undone=False).order_by("-pk").first()
    if last is not None:
        last.is_undone = True
        last.save(update_fields=["is_undone"])
        _record(by, scenario, "territory.scenario_change_undone", change=last.pk)
    return last


@transaction.atomic
def clear(*, by: Person, scenario: Scenario) -> None:
    """Take back every change."""
    _lock(by, scenario)
    undone = scenario.changes.filter(is_undone=False).update(is_undone=True)
    if undone:
        _record(by, scenario, "territory.scenario_cleared", changes=undone)


@transaction.atomic
def save_scenario(*, by: Person, draft: Scenario, name: str, note: str = "") -> Scenario:
    """Keep a copy of a draft under a name that the territory does not use yet.

    Raises ScenarioError for an empty or taken name, or a draft that changes nothing.
    """
    _lock(by, draft)
    wanted = " ".join(name.split())
    if not wanted:
        raise ScenarioError(_("Donnez un nom au scénario, par exemple « Deux médecins à Marcigny »."))
    changes = list(draft.changes.filter(is_undone=False))
    if not changes:
        raise ScenarioError(_("Le scénario ne change rien encore : ajoutez ou retirez une offre d’abord."))
    if Scenario.objects.filter(territory=draft.territory, name=wanted).exists():
        raise ScenarioError(_("Ce territoire a déjà un scénario « %(name)s ».") % {"name": wanted})
    saved = Scenario.objects.create(territory=draft.territory, name=wanted, note=note, created_by=by)
    _copy(changes, saved)
    _record(by, saved, "territory.scenario_saved", name=wanted, changes=len(changes))
    return saved


@transaction.atomic
def load_scenario(*, by: Person, scenario: Scenario) -> Scenario:
    """Put the changes of a named scenario in the draft of `by`, in place of its own; return the draft."""
    draft = open_draft(by=by, territory=scenario.territory)
    clear(by=by, scenario=draft)
    _copy(scenario.changes.filter(is_undone=False), draft)
    _record(by, draft, "territory.scenario_loaded", source=journal.target_of(scenario))
    return draft


@transaction.atomic
def share_scenario(*, by: Person, scenario: Scenario) -> str:
    """Return the secret of the link that shows a named scenario, read only, to anybody signed in."""
    _lock(by, scenario)
    if not scenario.name:
        raise ScenarioError(_("Enregistrez le scénario sous un nom avant de le partager."))
    if scenario.share_token is None:
        scenario.share_token = secrets.token_urlsafe(32)
        scenario.save(update_fields=["share_token"])
        _record(by, scenario, "territory.scenario_shared")
    return scenario.share_token


@transaction.atomic
def unshare_scenario(*, by: Person, scenario: Scenario) -> None:
    """Make the link that showed a scenario lead nowhere."""
    _lock(by, scenario)
    if scenario.share_token is not None:
        scenario.share_token = None
        scenario.save(update_fields=["share_token"])
        _record(by, scenario, "territory.scenario_unshared")


@transaction.atomic
def delete_scenario(*, by: Person, scenario: Scenario) -> None:
    """Delete a named scenario; only who made it may."""
    _lock(by, scenario)
    _record(by, scenario, "territory.scenario_deleted", name=scenario.name)
    scenario.changes.all().delete()
    scenario.delete()


def _lock(by: Person, scenario: Scenario) -> None:
    """Keep two requests from changing one scenario at once, and others than its author from changing it."""
    access.require(by, Permission.EDIT_SCENARIO, scenario.territory.scope)
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if locked.created_by_id != by.pk:
        raise PermissionDenied(_("Seule la personne qui a créé ce scénario peut le modifier."))
    scenario.share_token = locked.share_token


def _require_near(territory: Territory, commune: str) -> None:
    france = atlas.current()
    try:
        position = france.position(commune)
    except KeyError:
        raise ScenarioError(
            _("La commune « %(code)s » est inconnue du jeu de données.") % {"code": commune}
        ) from None
    if position in queries.member_positions(territory) or position in queries.halo_positions(territory):
        return
    raise ScenarioError(
        _("%(name)s est à plus de 25 km du territoire : rien n’y changerait ici.")
        % {"name": france.names[position]}
    )


def _copy(changes: Iterable[ScenarioChange], into: Scenario) -> None:
    ScenarioChange.objects.bulk_create(
        ScenarioChange(
            scenario=into,
            supply=change.supply,
            commune_id=change.commune_id,
            delta=change.delta,
            idempotency_key=secrets.token_urlsafe(16),
        )
        for change in changes
    )


def _record(by: Person, scenario: Scenario, verb: str, **changes: object) -> None:
    target, scope = journal.target_of(scenario), scenario.territory.scope_id
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=scope)
