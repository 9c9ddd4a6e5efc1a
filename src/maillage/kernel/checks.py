"""What Django checks at start: the sourced rules of every context, and the privacy of every field."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from maillage.kernel import privacy, sourced_rules


def check_sourced_rules(**_options: Any) -> list[CheckMessage]:
    """Return one error for each defect of the `sourced/*.toml` files."""
    try:
        sourced_rules.all_rules()
    except sourced_rules.SourcedRuleError as error:
        return [Error(defect, id="kernel.E001") for defect in error.defects]
    return []


def check_privacy(**_options: Any) -> list[CheckMessage]:
    """Return one error for each model field that says neither personal, health nor neither."""
    return [Error(omission, id="kernel.E002") for omission in privacy.omissions()]
