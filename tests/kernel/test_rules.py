"""Roles and what each may do."""

from maillage.kernel import wording
from maillage.kernel.rules import DEMONSTRATION_NAMES, PERMISSIONS, Permission, Role, allows, holds_everywhere


def test_every_role_has_permissions_a_name_and_an_invented_person() -> None:
    assert set(PERMISSIONS) == set(wording.ROLES) == set(DEMONSTRATION_NAMES) == set(Role)
    assert set(wording.PERMISSIONS) == set(Permission)


def test_only_the_administrator_manages_accounts() -> None:
    assert [role for role in Role if allows(role, Permission.MANAGE_ACCOUNTS)] == [Role.ADMINISTRATOR]


def test_patients_read_open_figures_and_nothing_else() -> None:
    assert (
        PERMISSIONS[Role.PATIENT]
        == PERMISSIONS[Role.CARER]
        == {
            Permission.VIEW_DIAGNOSIS,
            Permission.BOOK_FOR_ONESELF,
        }
    )


def test_overseers_hold_everywhere() -> None:
    assert [role for role in Role if holds_everywhere(role)] == [Role.ADMINISTRATOR, Role.DPO]
