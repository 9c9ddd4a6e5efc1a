"""Django settings: one file for every installation; what varies is in `environment.py`."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
import truststore
from csp.constants import NONCE, NONE, SELF

from maillage.config import environment
from maillage.kernel import demonstration_clock

# What leaves this machine (messages, mail, data) trusts the certificates that the machine trusts.
truststore.inject_into_ssl()

# What Numba compiles is compiled once for an installation, wherever the package itself may not be written.
os.environ.setdefault("NUMBA_CACHE_DIR", str(environment.home() / "cache" / "numba"))

PACKAGE = Path(__file__).resolve().parents[1]
HOME = environment.home()
DEMO = environment.read("MAILLAGE_DEMO", "bool", False)
DEBUG = environment.read("MAILLAGE_DEBUG", "bool", False)
if DEMO:
    demonstration_clock.read(HOME)
DATA_PACK = environment.read("MAILLAGE_DATA")


def _secret_key() -> str:
    configured = environment.read("MAILLAGE_SECRET_KEY")
    if configured:
        return str(configured)
    file = HOME / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = environment.read("MAILLAGE_HOSTS", "list", ["127.0.0.1", "localhost", "[::1]"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "maillage.web",  # before allauth: its pages wear our templates
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "maillage.steering",
    "maillage.funding",
    "maillage.governance",
    "maillage.project",
    "maillage.indicators",
    "maillage.listening",
    "maillage.crisis",
    "maillage.space",
    "maillage.transitions",
    "maillage.protocols",
    "maillage.telehealth",
    "maillage.prevention",
    "maillage.care",
    "maillage.orientation",
    "maillage.agenda",
    "maillage.roster",
    "maillage.exchange",
    "maillage.people",
    "maillage.directory",
    "maillage.territory",
    "maillage.kernel",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "maillage.config.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "maillage.config.roles.RolesReadOnce",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maillage.config.signed_in.SignedIn",
    "maillage.config.time_zone.ReaderTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "maillage.config.urls"
ASGI_APPLICATION = "maillage.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["maillage.web.templatetags.components", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "maillage.web.context.shell",
            ],
        },
    }
]

# Two databases, one behaviour: docs/adr/0002.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": environ.Env().db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'maillage.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
else:
    # A request waits for one of these connections: each opening its own would meet the server's limit.
    _most = max(3, environment.read("MAILLAGE_CONNECTIONS", "int", 10))
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": _most, "timeout": 30}
    # Statements written once are also planned once by each connection (`kernel.databases.prepared_cursor`).
    DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 2)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a restart of PostgreSQL fails no request after it
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.Person"
AUTHENTICATION_BACKENDS = ["maillage.kernel.sign_in.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "maillage.kernel.sign_in.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Maillage"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = environment.read("MAILLAGE_TIME_ZONE", default="Europe/Paris")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
MESSAGE_STORAGE = "maillage.kernel.pages.refusals.Messages"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],  # the map draws in a worker
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "maillage.kernel.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # one working day
if environment.read("MAILLAGE_HTTPS", "bool", False):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

EMAIL_CONFIG = environ.Env().email_url("MAILLAGE_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = environment.read("MAILLAGE_EMAIL_FROM", default="maillage@localhost")

PACKS = HOME / "packs"
PRIVATE_SOURCES = environment.read("MAILLAGE_PRIVATE_SOURCES", "bool", False)
PUBLIC_URL = environment.read("MAILLAGE_URL", default="").rstrip("/")
SMS_URL = environment.read("MAILLAGE_SMS_URL", default="")
SMS_TOKEN = environment.read("MAILLAGE_SMS_TOKEN", default="")
SMS_SENDER = environment.read("MAILLAGE_SMS_SENDER", default="Maillage")
VIDEO_URL = environment.read("MAILLAGE_VIDEO_URL", default="https://meet.jit.si/{room}")
SMS_FILE = HOME / "sms.jsonl"
MSSANTE_ADDRESS = environment.read("MAILLAGE_MSSANTE_ADDRESS", default="")
MSSANTE_SMTP = environment.read("MAILLAGE_MSSANTE_SMTP", default="")
MSSANTE_IMAP = environment.read("MAILLAGE_MSSANTE_IMAP", default="")
JOURNAL_ANCHORS = HOME / "journal-anchors.jsonl"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "maillage.config.logs.RefusalsInOneLine"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["refusals"]},
    },
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING"},
        "maillage": {"handlers": ["console"], "level": "INFO"},
    },
}
