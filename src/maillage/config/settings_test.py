"""Settings of the tests: the installation's own in a fresh folder; unknown template variables raise."""

import os
import tempfile

from maillage.config import environment

os.environ.setdefault("MAILLAGE_HOME", tempfile.mkdtemp(prefix="maillage-test-"))
os.environ.setdefault("MAILLAGE_DEMO", "1")
# Compiled once for the checkout: the folder above is a new one each time.
os.environ.setdefault(
    "NUMBA_CACHE_DIR", str((environment.checkout() or environment.home()) / "var" / "numba")
)

from maillage.config.settings import *  # noqa: F403
from maillage.config.settings import DATABASES, STATIC_ROOT, STORAGES, TEMPLATES

DATABASES["default"].get("OPTIONS", {}).pop("pool", None)  # databases are made and dropped between tests
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


class UndefinedVariable(str):
    """Fails a test that renders a template variable nobody defined."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, missing: object) -> str:
        raise NameError(f"undefined template variable: {missing}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
