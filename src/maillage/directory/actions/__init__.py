"""Writes of the directory, one subject a module."""

from maillage.directory.actions.by_hand import SheetsAlike, correct_professional, create_professional
from maillage.directory.actions.demonstration import create_demonstration_directory
from maillage.directory.actions.import_record import undo_import
from maillage.directory.actions.import_wording import defects_table, outcome, refusal
from maillage.directory.actions.importing import Preview, preview, take_in
from maillage.directory.actions.merging import merge, undo_merge
from maillage.directory.actions.pack import StructureLoader, structure_loader
from maillage.directory.actions.policy import is_owner, may_edit, may_keep
from maillage.directory.actions.sheets import (
    answer_confirmation,
    ask_confirmation,
    change_contact,
    change_offer,
    confirm_fact,
    set_new_patients,
)
from maillage.directory.actions.welcoming import is_companion, mark_step, welcome

__all__ = [
    "Preview",
    "SheetsAlike",
    "StructureLoader",
    "answer_confirmation",
    "ask_confirmation",
    "change_contact",
    "change_offer",
    "confirm_fact",
    "correct_professional",
    "create_demonstration_directory",
    "create_professional",
    "defects_table",
    "is_companion",
    "is_owner",
    "mark_step",
    "may_edit",
    "may_keep",
    "merge",
    "outcome",
    "preview",
    "refusal",
    "set_new_patients",
    "structure_loader",
    "take_in",
    "undo_import",
    "undo_merge",
    "welcome",
]
