"""Every setting an installation may change, read once from the environment.

The reference page `docs/reference/settings.md` is generated from `SETTINGS`, so a setting that is
not described here cannot be read.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ

_env = environ.Env()


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, kind, default as written in the reference, and meaning."""

    name: str
    kind: str
    default: str
    meaning: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "MAILLAGE_HOME",
            "path",
            "`var/` in a checkout, the user's data folder when installed",
            "Where the embedded database, the secret key and the rebuildable caches live.",
        ),
        Setting(
            "MAILLAGE_DATA",
            "path",
            "none",
            "A data pack: a folder of Parquet and TopoJSON files with a manifest. "
            "Without one, a fictional territory is generated.",
        ),
        Setting(
            "MAILLAGE_TERRITORY",
            "text",
            "the territory that the pack was built for, else Charolais-Brionnais",
            "Where `maillage demo` takes place with a real pack: départements (`71,03`), EPCI by their SIREN "
            "(`200071884`) or regions (`region:27`).",
        ),
        Setting(
            "MAILLAGE_PRIVATE_SOURCES",
            "boolean",
            "off",
            "Lets an administrator who prepares a data pack from the web give addresses inside the network "
            "of the server (a mirror of the published files). Without it they are refused, redirections too.",
        ),
        Setting(
            "DATABASE_URL",
            "url",
            "SQLite under MAILLAGE_HOME",
            "`postgres://user:password@host:5432/name` to use PostgreSQL 15 or later.",
        ),
        Setting(
            "MAILLAGE_CONNECTIONS",
            "integer",
            "10",
            "How many connections to PostgreSQL one server process keeps at most, three at least: two are "
            "for its own workers, the others are shared by the requests, which wait for one up to 30 s.",
        ),
        Setting(
            "MAILLAGE_SECRET_KEY",
            "text",
            "generated once under MAILLAGE_HOME",
            "Signs sessions and links. Share it between the machines of one installation.",
        ),
        Setting("MAILLAGE_DEBUG", "boolean", "off", "Detailed error pages; never on a public address."),
        Setting(
            "MAILLAGE_DEMO",
            "boolean",
            "off (`maillage demo` turns it on)",
            "One-click sign-in as each demonstration role, and the clock of `maillage demo`, which opens on "
            "a Saturday afternoon. Never with real people.",
        ),
        Setting(
            "MAILLAGE_TIME_ZONE",
            "text",
            "Europe/Paris",
            "The clock of who has a role in no territory, or in several with different ones, e.g. "
            "`Indian/Reunion`. A territory has its own.",
        ),
        Setting(
            "MAILLAGE_HOSTS", "list", "127.0.0.1,localhost,[::1]", "Host names that the server answers to."
        ),
        Setting(
            "MAILLAGE_HTTPS",
            "boolean",
            "off",
            "Cookies over HTTPS only, strict transport security, and trust of the proxy's scheme header.",
        ),
        Setting(
            "MAILLAGE_URL",
            "url",
            "none: a message then says whom to call",
            "The address at which people open this installation, e.g. `https://maillage.example.org`, for "
            "the links that messages carry.",
        ),
        Setting(
            "MAILLAGE_EMAIL_URL",
            "url",
            "written to the console; by `maillage demo` to files of `mail` in `MAILLAGE_HOME`",
            "Outgoing mail, e.g. `smtp+tls://user:password@host:587`.",
        ),
        Setting("MAILLAGE_EMAIL_FROM", "text", "maillage@localhost", "The sender of outgoing mail."),
        Setting(
            "MAILLAGE_SMS_URL",
            "url",
            "written to `sms.jsonl` under MAILLAGE_HOME",
            "The SMS gateway: gets one POST a message, JSON `to`, `from`, `text`, `key`; the same key again "
            "is the same message (also sent as `Idempotency-Key`; 409 is taken for already sent).",
        ),
        Setting("MAILLAGE_SMS_TOKEN", "text", "none", "Sent to the SMS gateway as a bearer token."),
        Setting("MAILLAGE_SMS_SENDER", "text", "Maillage", "The sender that the SMS gateway shows."),
        Setting(
            "MAILLAGE_MSSANTE_ADDRESS",
            "text",
            "none: no conversation leaves by secure mail",
            "The address of the installation’s secure health mailbox (MSSanté), from which it writes.",
        ),
        Setting(
            "MAILLAGE_MSSANTE_SMTP",
            "url",
            "none",
            "Its outgoing server, e.g. `smtp+tls://user:password@host:587` (or `smtp+ssl`).",
        ),
        Setting(
            "MAILLAGE_MSSANTE_IMAP",
            "url",
            "none: answers are not collected",
            "Its incoming server, e.g. `imaps://user:password@host:993`.",
        ),
        Setting(
            "MAILLAGE_VIDEO_URL",
            "text",
            "`https://meet.jit.si/{room}`, a public service: choose one that may host health data",
            "The address of a video room, `{room}` being its name, which nobody can guess.",
        ),
    )
}


def read(name: str, kind: str = "str", default: Any = None) -> Any:
    """Return setting `name` converted to `kind` (`str`, `bool`, `list`, …), or `default` where unset.

    Raises KeyError for a name that `SETTINGS` does not describe, and ValueError for a value that
    cannot be converted.
    """
    if name not in SETTINGS:
        raise KeyError(f"{name} is not described in maillage.config.environment.SETTINGS")
    if not os.environ.get(name, "").strip():
        return default
    return getattr(_env, kind)(name)


def home() -> Path:
    """Return the folder of the installation's own files, created if absent.

    In a checkout this is `var/`; when installed, the platform's folder for user data.
    """
    configured = read("MAILLAGE_HOME")
    if configured:
        folder = Path(configured).expanduser().resolve()
    elif (root := checkout()) is not None:
        folder = root / "var"
    else:
        folder = _user_data_folder() / "maillage"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def checkout() -> Path | None:
    """Return the root of the checkout this package runs from, None when installed as a wheel."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "pyproject.toml").is_file() and (root / "src").is_dir() else None


def _user_data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
