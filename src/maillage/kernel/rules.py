"""Roles and what each may do: no framework, no database."""

from enum import StrEnum


class Role(StrEnum):
    """The roles of product.md; a person may hold several, each in one scope and between two dates."""

    COORDINATOR = "coordinator"
    REGULATOR = "regulator"
    PHYSICIAN = "physician"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    MIDWIFE = "midwife"
    PHYSIOTHERAPIST = "physiotherapist"
    EHPAD = "ehpad"
    CASE_MANAGER = "case_manager"
    PATIENT = "patient"
    CARER = "carer"
    BOARD = "board"
    PREVENTION_LEAD = "prevention_lead"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    DPO = "dpo"


class Permission(StrEnum):
    """What a policy may ask for."""

    VIEW_DIAGNOSIS = "view_diagnosis"
    EDIT_TERRITORY = "edit_territory"
    EDIT_SCENARIO = "edit_scenario"
    IMPORT_DATA = "import_data"
    VIEW_JOURNAL = "view_journal"
    MANAGE_ACCOUNTS = "manage_accounts"


_EVERYONE_AT_WORK = {Permission.VIEW_DIAGNOSIS, Permission.EDIT_SCENARIO}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset({*_EVERYONE_AT_WORK, Permission.EDIT_TERRITORY, Permission.IMPORT_DATA}),
    Role.ANALYST: frozenset({*_EVERYONE_AT_WORK, Permission.EDIT_TERRITORY}),
    Role.ADMINISTRATOR: frozenset(
        {
            *_EVERYONE_AT_WORK,
            Permission.EDIT_TERRITORY,
            Permission.IMPORT_DATA,
            Permission.MANAGE_ACCOUNTS,
            Permission.VIEW_JOURNAL,
        }
    ),
    Role.DPO: frozenset({Permission.VIEW_DIAGNOSIS, Permission.VIEW_JOURNAL}),
    **{
        role: frozenset(_EVERYONE_AT_WORK)
        for role in (
            Role.REGULATOR,
            Role.PHYSICIAN,
            Role.NURSE,
            Role.PHARMACIST,
            Role.MIDWIFE,
            Role.PHYSIOTHERAPIST,
            Role.EHPAD,
            Role.CASE_MANAGER,
            Role.BOARD,
            Role.PREVENTION_LEAD,
        )
    },
    # A patient or a carer reads the open figures of the territory and nothing else here.
    Role.PATIENT: frozenset({Permission.VIEW_DIAGNOSIS}),
    Role.CARER: frozenset({Permission.VIEW_DIAGNOSIS}),
}


def allows(role: Role, permission: Permission) -> bool:
    """Return whether `role` carries `permission`."""
    return permission in PERMISSIONS[role]
