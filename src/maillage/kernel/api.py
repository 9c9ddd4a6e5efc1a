"""What the command line and the other contexts ask of the kernel, in one place."""

from maillage.kernel.access import may, may_everywhere, require, require_everywhere, roles_of, scopes_of
from maillage.kernel.actions import (
    close_account,
    create_demonstration_accounts,
    end_role,
    grant_role,
    invite_person,
    reopen_account,
)
from maillage.kernel.anchors import Anchor, AnchorError, keep_daily, verify
from maillage.kernel.anchors import parse as parse_anchor
from maillage.kernel.anchors import read as read_anchors
from maillage.kernel.anchors import take as take_anchor
from maillage.kernel.backups import Backup, BackupError, backup, restore
from maillage.kernel.backups import note as note_backup
from maillage.kernel.demonstration import demonstration_account
from maillage.kernel.journal import Fault, Verification, record, target_of
from maillage.kernel.outbox import Event, drain, handles, publish, work
from maillage.kernel.privacy import RegisterRow
from maillage.kernel.privacy import omissions as privacy_omissions
from maillage.kernel.privacy import register as privacy_register
from maillage.kernel.sourced_rules import SourcedRule, UnknownRuleError, all_rules, rule

__all__ = [
    "Anchor",
    "AnchorError",
    "Backup",
    "BackupError",
    "Event",
    "Fault",
    "RegisterRow",
    "SourcedRule",
    "UnknownRuleError",
    "Verification",
    "all_rules",
    "backup",
    "close_account",
    "create_demonstration_accounts",
    "demonstration_account",
    "drain",
    "end_role",
    "grant_role",
    "handles",
    "invite_person",
    "keep_daily",
    "may",
    "may_everywhere",
    "note_backup",
    "parse_anchor",
    "privacy_omissions",
    "privacy_register",
    "publish",
    "read_anchors",
    "record",
    "reopen_account",
    "require",
    "require_everywhere",
    "restore",
    "roles_of",
    "rule",
    "scopes_of",
    "take_anchor",
    "target_of",
    "verify",
    "work",
]
