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
    WITHDRAW_PEOPLE = "withdraw_people"
    EDIT_DIRECTORY = "edit_directory"
    VIEW_PATIENTS = "view_patients"
    REGISTER_PATIENTS = "register_patients"
    MANAGE_REFERRING_DOCTOR = "manage_referring_doctor"
    BOOK_APPOINTMENT = "book_appointment"
    MANAGE_AGENDA = "manage_agenda"
    VIEW_ROSTER = "view_roster"
    MANAGE_ROSTER = "manage_roster"
    VIEW_DUTY_PAY = "view_duty_pay"
    REGULATE = "regulate"
    SEND_REQUEST = "send_request"
    VIEW_DELIVERIES = "view_deliveries"
    WRITE_SAFETY_SHEETS = "write_safety_sheets"
    MANAGE_MEETINGS = "manage_meetings"
    VIEW_RESIDENTS = "view_residents"
    ANSWER_COMPLEX_CASES = "answer_complex_cases"
    VIEW_TRANSITION_COUNTS = "view_transition_counts"
    BOOK_FOR_ONESELF = "book_for_oneself"
    VIEW_PROTOCOLS = "view_protocols"
    MANAGE_PROTOCOLS = "manage_protocols"
    VIEW_EVALUATIONS = "view_evaluations"
    WRITE_EVALUATIONS = "write_evaluations"
    VIEW_INDICATORS = "view_indicators"
    VIEW_INDICATOR_ROWS = "view_indicator_rows"
    PUBLISH_INDICATORS = "publish_indicators"
    IMPORT_INDICATORS = "import_indicators"
    VIEW_PROJECT = "view_project"
    EDIT_PROJECT = "edit_project"
    CONFIDE_INBOX = "confide_inbox"
    VIEW_FUNDING = "view_funding"
    MANAGE_FUNDING = "manage_funding"
    VIEW_CRISIS = "view_crisis"
    MANAGE_CRISIS = "manage_crisis"
    VIEW_LISTENING = "view_listening"
    MANAGE_LISTENING = "manage_listening"
    VIEW_GOVERNANCE = "view_governance"
    MANAGE_GOVERNANCE = "manage_governance"
    SIT_IN_BODIES = "sit_in_bodies"
    VIEW_PREVENTION = "view_prevention"
    MANAGE_PREVENTION = "manage_prevention"


class InboxGroup(StrEnum):
    """What somebody confides of their inbox: kinds of lines that go together."""

    CALLS = "calls"
    MESSAGES = "messages"
    TASKS = "tasks"
    VISITS = "visits"
    CLINICAL = "clinical"
    SIGNATURES = "signatures"


# Counts for all who steer; the rows behind them, without a name, for those who answer for the figure.
_MEASURES = {
    Permission.VIEW_INDICATORS,
    Permission.VIEW_INDICATOR_ROWS,
    Permission.PUBLISH_INDICATORS,
    Permission.IMPORT_INDICATORS,
}
_EVERYONE_AT_WORK = {Permission.VIEW_DIAGNOSIS, Permission.EDIT_SCENARIO}
# Managing holds in one's own agenda, and in those that a professional confided: nowhere else.
_AT_CARE = {
    *_EVERYONE_AT_WORK,
    Permission.BOOK_APPOINTMENT,
    Permission.MANAGE_AGENDA,
    Permission.VIEW_ROSTER,
    Permission.VIEW_PROTOCOLS,
    Permission.VIEW_PROJECT,
    # To confide one's own inbox, and to hold a colleague's: it opens no file and allows no other gesture.
    Permission.CONFIDE_INBOX,
    Permission.VIEW_CRISIS,
    # To sit where one was given a seat, vote there, and take part in trainings: it opens no body by itself.
    Permission.SIT_IN_BODIES,
    # Counts and campaigns: whom one calls by name is for the circle of care of each person.
    Permission.VIEW_PREVENTION,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # A CPTS is not a care team: its coordinator sees the patients who look for a doctor, and no other.
    Role.COORDINATOR: frozenset(
        {
            *_AT_CARE,
            Permission.EDIT_TERRITORY,
            Permission.IMPORT_DATA,
            Permission.EDIT_DIRECTORY,
            Permission.REGISTER_PATIENTS,
            Permission.MANAGE_REFERRING_DOCTOR,
            Permission.MANAGE_ROSTER,
            Permission.VIEW_DUTY_PAY,
            Permission.VIEW_DELIVERIES,
            Permission.WRITE_SAFETY_SHEETS,
            Permission.MANAGE_MEETINGS,
            Permission.VIEW_TRANSITION_COUNTS,
            Permission.MANAGE_PROTOCOLS,
            Permission.VIEW_EVALUATIONS,
            Permission.WRITE_EVALUATIONS,
            *_MEASURES,
            Permission.VIEW_FUNDING,
            Permission.MANAGE_FUNDING,
            Permission.MANAGE_CRISIS,
            Permission.EDIT_PROJECT,
            Permission.VIEW_LISTENING,
            Permission.MANAGE_LISTENING,
            Permission.VIEW_GOVERNANCE,
            Permission.MANAGE_GOVERNANCE,
            Permission.MANAGE_PREVENTION,
        }
    ),
    Role.REGULATOR: frozenset(
        {
            *_AT_CARE,
            Permission.VIEW_PATIENTS,
            Permission.REGISTER_PATIENTS,
            Permission.REGULATE,
            Permission.WRITE_SAFETY_SHEETS,
        }
    ),
    Role.CASE_MANAGER: frozenset(
        {
            *_AT_CARE,
            Permission.VIEW_PATIENTS,
            Permission.REGISTER_PATIENTS,
            Permission.MANAGE_REFERRING_DOCTOR,
            Permission.SEND_REQUEST,
            Permission.ANSWER_COMPLEX_CASES,
            Permission.VIEW_TRANSITION_COUNTS,
        }
    ),
    **{
        role: frozenset(
            {*_AT_CARE, Permission.REGISTER_PATIENTS, Permission.SEND_REQUEST, Permission.VIEW_RESIDENTS}
        )
        for role in (Role.PHYSICIAN, Role.EHPAD)
    },
    Role.NURSE: frozenset({*_AT_CARE, Permission.SEND_REQUEST, Permission.VIEW_RESIDENTS}),
    Role.ANALYST: frozenset(
        {
            *_EVERYONE_AT_WORK,
            Permission.EDIT_TERRITORY,
            Permission.VIEW_EVALUATIONS,
            Permission.WRITE_EVALUATIONS,
            *_MEASURES,
            Permission.VIEW_PROJECT,
            Permission.VIEW_LISTENING,
            Permission.VIEW_PREVENTION,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            *_EVERYONE_AT_WORK,
            Permission.EDIT_TERRITORY,
            Permission.IMPORT_DATA,
            Permission.MANAGE_ACCOUNTS,
            Permission.WITHDRAW_PEOPLE,
            Permission.VIEW_JOURNAL,
            Permission.EDIT_DIRECTORY,
            Permission.VIEW_DELIVERIES,
        }
    ),
    Role.DPO: frozenset({Permission.VIEW_DIAGNOSIS, Permission.VIEW_JOURNAL, Permission.WITHDRAW_PEOPLE}),
    **{
        role: frozenset({*_AT_CARE, Permission.SEND_REQUEST})
        for role in (Role.PHARMACIST, Role.MIDWIFE, Role.PHYSIOTHERAPIST)
    },
    # Who is paid what for their duties is for the person, for whoever coordinates, and for the board.
    Role.BOARD: frozenset(
        {
            *_EVERYONE_AT_WORK,
            Permission.VIEW_ROSTER,
            Permission.VIEW_DUTY_PAY,
            Permission.VIEW_EVALUATIONS,
            Permission.VIEW_INDICATORS,
            Permission.VIEW_FUNDING,
            Permission.VIEW_CRISIS,
            Permission.VIEW_PROJECT,
            Permission.VIEW_LISTENING,
            Permission.VIEW_GOVERNANCE,
            Permission.SIT_IN_BODIES,
            Permission.VIEW_PREVENTION,
        }
    ),
    Role.PREVENTION_LEAD: frozenset(
        {
            *_EVERYONE_AT_WORK,
            Permission.VIEW_EVALUATIONS,
            Permission.VIEW_INDICATORS,
            Permission.VIEW_CRISIS,
            Permission.MANAGE_CRISIS,
            Permission.VIEW_PROJECT,
            Permission.VIEW_LISTENING,
            Permission.SIT_IN_BODIES,
            Permission.VIEW_PREVENTION,
            Permission.MANAGE_PREVENTION,
        }
    ),
    # A patient or a carer reads the open figures of the territory, and books what is open to the public:
    # for themself, or by a mandate. Whom they may act for is asked of `people` each time.
    Role.PATIENT: frozenset({Permission.VIEW_DIAGNOSIS, Permission.BOOK_FOR_ONESELF}),
    Role.CARER: frozenset({Permission.VIEW_DIAGNOSIS, Permission.BOOK_FOR_ONESELF}),
}


def allows(role: Role, permission: Permission) -> bool:
    """Return whether `role` carries `permission`."""
    return permission in PERMISSIONS[role]


#: Roles that oversee the whole installation rather than one territory or structure.
_OVERSEERS = frozenset({Role.ADMINISTRATOR, Role.DPO})


def holds_everywhere(role: Role) -> bool:
    """Return whether a demonstration account holds `role` for the whole installation."""
    return role in _OVERSEERS


#: First and last names of the demonstration accounts: invented, after plants, of no real person.
DEMONSTRATION_NAMES: dict[Role, tuple[str, str]] = {
    Role.COORDINATOR: ("Camille", "Bruyère"),
    Role.REGULATOR: ("Yanis", "Fougère"),
    Role.PHYSICIAN: ("Hélène", "Aubépine"),
    Role.NURSE: ("Inès", "Capucine"),
    Role.PHARMACIST: ("Paul", "Réglisse"),
    Role.MIDWIFE: ("Sarah", "Pervenche"),
    Role.PHYSIOTHERAPIST: ("Mathis", "Genévrier"),
    Role.EHPAD: ("Odile", "Glycine"),
    Role.CASE_MANAGER: ("Nadia", "Verveine"),
    Role.PATIENT: ("Louis", "Tilleul"),
    Role.CARER: ("Awa", "Mélisse"),
    Role.BOARD: ("Bernard", "Châtaignier"),
    Role.PREVENTION_LEAD: ("Lina", "Primevère"),
    Role.ANALYST: ("Thomas", "Sorbier"),
    Role.ADMINISTRATOR: ("Agnès", "Muguet"),
    Role.DPO: ("Hugo", "Lierre"),
}
