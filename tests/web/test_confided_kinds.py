"""Each kind of line of the inbox, held for somebody else: by whom it may be seen, and how much of it."""

import pytest

from maillage.kernel import confiding, inboxes
from maillage.kernel.contributions import contributions, inbox_source
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Permission, Role, allows
from maillage.people import api as people
from tests.demonstrated import populated
from tests.factories import make_person
from tests.packs import fictional_pack

__all__ = ["fictional_pack", "populated"]
pytestmark = pytest.mark.django_db


#: Kinds that are not confided although those whom they reach may confide an inbox, and why.
KEPT = {
    "crisis.post": "a post is passed on in its cell, to one person by name: nobody holds another’s",
}


def test_a_kind_that_reaches_who_may_confide_is_confided_or_kept_for_a_reason() -> None:
    sources = [one for part in contributions() for one in part.inbox]
    able = {role for role in Role if allows(role, Permission.CONFIDE_INBOX)}
    silent = {one.kind for one in sources if one.roles & able and one.confided is None}
    assert silent == set(KEPT), "confide it (ADR 17), or say here why not"
    assert all(KEPT.values())
    for_nobody = {one.kind for one in sources if one.confided is not None and not one.roles & able}
    assert not for_nobody, "nobody whom it reaches may confide it"


def test_all_at_care_confide_and_nobody_is_lent_what_only_the_dpo_reads() -> None:
    able = {role for role in Role if allows(role, Permission.CONFIDE_INBOX)}
    assert not able & {Role.PATIENT, Role.CARER, Role.BOARD, Role.ANALYST, Role.DPO, Role.ADMINISTRATOR}
    of_the_dpo = {one.kind for part in contributions() for one in part.inbox if one.roles == {Role.DPO}}
    assert of_the_dpo >= {"people.demand", "people.erasure", "people.emergency"}
    assert inbox_source("inconnu") is None
    assert not [one for kind in of_the_dpo if (one := inbox_source(kind)) and one.confided]


#: Kinds whose patient is to be called or received: a reception knows who they are.
_REACHED = {"care.recall", "exchange.call", "orientation.outcome", "prevention.call", "telehealth.waiting"}


def test_of_every_kind_a_stranger_reads_no_name_and_no_word_of_the_file(populated: None) -> None:
    """Whoever holds the inbox of each account of the demonstration, in each role, linked to nobody."""
    owners = Person.objects.filter(is_demonstration=True, roles__role__in=confiding._ABLE).distinct()
    scope = RoleAssignment.objects.filter(role=Role.COORDINATOR).order_by("pk")[0].scope
    strangers = {
        role: make_person(f"tiers.{role.value.replace('_', '')}", role, scope)
        for role in Role
        if allows(role, Permission.CONFIDE_INBOX)
    }
    names = {(one.used_name or one.birth_name) for one in people.Patient._base_manager.all()}
    drawn, wrong = set(), []
    for owner in owners:
        for source, rows in inboxes.waiting(owner).items():
            if not rows or source.confided is None:
                continue
            keys = [one.pk for one in rows]
            for role, holder in strangers.items():
                lines = source.confided.lines(owner, holder, keys)
                drawn.add(source.kind)
                if sorted(one.pk for one in lines) != sorted(keys):
                    wrong.append((source.kind, role, "lines lost"))
                is_reception = allows(role, Permission.VIEW_PATIENTS) and source.kind in _REACHED
                for line in lines:
                    told = f"{line.text} {line.who} {line.detail}".upper()
                    if not is_reception and any(name.upper() in told for name in names):
                        wrong.append((source.kind, role, told))
                    if not is_reception and line.phones:
                        wrong.append((source.kind, role, line.phones))
                    if line.deeds and source.kind not in {"exchange.message", "care.task"}:
                        wrong.append((source.kind, role, "a gesture"))
    assert not wrong
    assert len(drawn) >= 9, drawn
