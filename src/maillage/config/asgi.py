"""The web application that `maillage serve` runs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
django.setup(set_prefix=False)

from maillage.config.handler import Handler  # noqa: E402 (the settings come first)

application = Handler()
