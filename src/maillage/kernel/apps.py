"""Declares the `kernel` context to Django."""

from django.apps import AppConfig
from django.core.checks import register


class KernelConfig(AppConfig):
    name = "maillage.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Register the checks made at start and the kernel's own outbox handlers."""
        from maillage.kernel import anchors, checks, notices, sign_in  # noqa: F401 (their handlers register)
        from maillage.kernel.contributions import contribute
        from maillage.kernel.own_contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        register(checks.check_sourced_rules)
        register(checks.check_privacy)
