"""What `transitions` brings to the shared pages: the DAC, the ways between town and hospital."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Panel,
    Verb,
    Waits,
)
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people import api as people
from maillage.territory.api import Territory
from maillage.transitions.actions.demonstration import create_demonstration_cases
from maillage.transitions.actions.leaving import WITHDRAWALS
from maillage.transitions.actions.way_demonstration import create_demonstration_ways
from maillage.transitions.models.records import PROCESSING, RECORDS
from maillage.transitions.pages import case_blocks, way_blocks
from maillage.transitions.queries.complex_cases import cases_waiting, pending_cases

AT_CARE = frozenset(
    {
        Role.PHYSICIAN,
        Role.NURSE,
        Role.MIDWIFE,
        Role.PHYSIOTHERAPIST,
        Role.PHARMACIST,
        Role.EHPAD,
        Role.CASE_MANAGER,
    }
)
PLAN = people.Part.PLAN.value


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory requests to its DAC, stays in hospital and returns."""
    create_demonstration_cases(place=place, now=now)
    create_demonstration_ways(place=place, now=now)


CONTRIBUTION = Contribution(
    "transitions",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Demandes au DAC"),
            "transitions:cases",
            "users",
            lazy("Confier une situation complexe au DAC, suivre sa réponse et lire son issue."),
            Permission.SEND_REQUEST,
            within=("transitions:case", "transitions:new_case"),
            order=38,
        ),
        Entry(
            Verb.ACT,
            lazy("Ville et hôpital"),
            "transitions:ways",
            "building-hospital",
            lazy("Demander une admission, recevoir une sortie, rapprocher les traitements, faire la visite."),
            Permission.SEND_REQUEST,
            within=("transitions:way", "transitions:new_way"),
            order=39,
        ),
        Entry(
            Verb.STEER,
            lazy("Comptes des parcours"),
            "transitions:counts",
            "target",
            lazy("Compter les demandes au DAC et les passages à l’hôpital, sans aucun nom."),
            Permission.VIEW_TRANSITION_COUNTS,
            order=60,
        ),
    ),
    first_screen=(
        Block("transitions.cases", {Role.CASE_MANAGER: 0}, case_blocks.cases_waiting),
        Block("transitions.ways", {Role.PHYSICIAN: 4}, way_blocks.ways_waiting),
        Block("transitions.plans", {Role.CASE_MANAGER: 2}, case_blocks.plans_late),
        Block("transitions.partners", {Role.CASE_MANAGER: 4}, case_blocks.partners_waiting),
    ),
    panels=(
        Panel("transitions.cases", PLAN, "demandes au DAC", case_blocks.cases_panel, order=50),
        Panel("transitions.ways", PLAN, "passages à l’hôpital", way_blocks.ways_panel, order=45),
    ),
    inbox=(
        InboxSource(
            "transitions.case",
            lazy("Demandes au DAC"),
            "users",
            AT_CARE,
            Waits(cases_waiting, "at", asked=pending_cases),
            case_blocks.inbox_lines,
            order=40,
            confided=Confided(InboxGroup.TASKS, case_blocks.held_lines),
        ),
    ),
    demonstrate=demonstrate,
    withdrawals=WITHDRAWALS,
    records=RECORDS,
    processing=PROCESSING,
)
