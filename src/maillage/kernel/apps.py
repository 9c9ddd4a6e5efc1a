"""Declares the `kernel` context to Django."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "maillage.kernel"
    label = "kernel"
