"""Public files fetched over a network that cuts, slows, redirects or changes them meanwhile.

A file is written beside its place under the name `<name>.part`, with a note of what was being fetched, and
takes its name when it is whole: a process killed at any moment leaves a file whole, or a part that the next
one goes on with. The one that it replaces stays as `<name>.before` until who reads the new one keeps or
refuses it. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY), certificates those of the
machine.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.inside import InsideError

if TYPE_CHECKING:
    import requests

CHUNK = 1 << 16
_CONNECTING = 15.0
"""Seconds for a server to take a call."""
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MISSING = frozenset({404, 410})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says where no more can be written: disk, quota or largest file reached."""
_OK, _PARTIAL, _UNCHANGED, _OUT_OF_RANGE = 200, 206, 304, 416

Told = Callable[[str, int, int], None]
"""Told of the progress: the name, how many bytes are there, out of how many (0 where unknown)."""


class DownloadError(RuntimeError):
    """A file could not be fetched; the message (French) says what happened, where, and what to do."""


class PrivateAddressError(DownloadError):
    """An address leads inside the network of this machine, where only an operator may send it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to insist: attempts, seconds before the second one (doubled each time), longest wait and
    silence in seconds, and the largest file in bytes."""

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    silence: float = 60.0
    largest: int = 8 << 30


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is whole: the address asked for, its size in bytes, its SHA-256, and what the server said
    of its version (`etag`, `modified` as an ISO day; empty where it said nothing)."""

    name: str
    address: str
    size: int
    sha256: str
    etag: str = ""
    modified: str = ""
    validator: str = ""


class _CutError(Exception):
    """The answer ended before its length."""


class _RestartError(Exception):
    """What is there cannot be gone on with: begin again."""


class _LaterError(Exception):
    """The server asks to come back in `seconds`."""

    def __init__(self, status: int, seconds: float | None) -> None:
        super().__init__(status)
        self.seconds = seconds


class Downloads:
    """Fetches files into a folder, and says what is there already.

    `only_public`: an address, or one that it redirects to, is refused where it leads inside the network of
    this machine, for those who were not given by its operator.
    """

    def __init__(
        self,
        folder: Path,
        patience: Patience | None = None,
        told: Told = lambda _name, _done, _total: None,
        sleep: Callable[[float], None] = time.sleep,
        *,
        only_public: bool = False,
    ) -> None:
        self.folder = folder
        self._only_public = only_public
        self._patience = patience or Patience()
        self._told = told
        self._sleep = sleep
        self._is_offline = self._has_answered = False
        """Whether the last file was given up without any answer: the next ones are not insisted on."""

    def path(self, name: str) -> Path:
        """Return where a file is, or would be."""
        return self.folder / name

    def known(self, name: str) -> Fetched | None:
        """Return what is said of a file that is whole, None where it is not there or was changed by hand."""
        said = _read(self._note(name))
        path = self.path(name)
        if said is None or not path.is_file() or path.stat().st_size != said.get("size"):
            return None
        return Fetched(**said)

    def refuse(self, name: str) -> Fetched | None:
        """Give up a file that came and is not the right one: the one that it replaced takes its place again.

        Returns that one; None where there was none, and the next `fetch` begins again.
        """
        for path in (self._note(name), self.path(name), self._part(name), self._part_note(name)):
            path.unlink(missing_ok=True)
        if self._before(name).is_file() and self._before_note(name).is_file():
            self._before(name).replace(self.path(name))
            self._before_note(name).replace(self._note(name))
        return self.known(name)

    def keep(self, name: str) -> None:
        """Say that a file that came is the right one: the one that it replaced is no longer kept."""
        self._before(name).unlink(missing_ok=True)
        self._before_note(name).unlink(missing_ok=True)

    def fetch(self, name: str, address: str, *, again: bool = False) -> Fetched:
        """Return the file of `address`, fetched unless it is there; with `again`, asked whether it changed.

        Raises DownloadError after the last attempt, or at once where waiting will not help (404, too large).
        What is there already stays when a newer one cannot be fetched.
        """
        known = self.known(name)
        if known is not None and known.address == address and not again:
            return known
        self.folder.mkdir(parents=True, exist_ok=True)
        reason, asked, self._has_answered = "", None, False
        for attempt in range(1 if self._is_offline else self._patience.attempts):
            if attempt:
                wait = self._patience.first_wait * 2 ** (attempt - 1) if asked is None else asked
                self._sleep(min(wait, self._patience.longest_wait))
            asked = None
            try:
                return self._attempt(name, address, known)
            except _RestartError:
                self._drop_part(name)
                reason, asked = _("le fichier a changé pendant le téléchargement"), 0.0
            except _LaterError as later:
                reason, asked = _("le serveur répond %s") % later, later.seconds
            except (_CutError, OSError) as error:
                if isinstance(error, OSError) and error.errno in FULL:
                    raise  # no server will mend that
                reason = str(error) if isinstance(error, _CutError) else _why(error)
        self._is_offline = not self._has_answered
        raise DownloadError(
            _(
                "%(name)s : %(address)s ne se télécharge pas, %(reason)s. Recommencez : ce qui est déjà là "
                "est gardé."
            )
            % {"name": name, "address": address, "reason": reason}
        )

    def _attempt(self, name: str, address: str, known: Fetched | None) -> Fetched:
        import requests
        from urllib3.exceptions import LocationParseError

        there, validator = self._part_of(name, address)
        headers = {"Accept-Encoding": "identity", "User-Agent": "Maillage (data build)"}
        if there:
            headers |= {"Range": f"bytes={there}-", "If-Range": validator}
        elif known is not None and known.address == address and known.validator:
            kind = "If-None-Match" if known.etag else "If-Modified-Since"
            headers[kind] = known.validator
        try:
            with (
                self._session() as session,
                session.get(
                    address, headers=headers, stream=True, timeout=(_CONNECTING, self._patience.silence)
                ) as response,
            ):
                return self._take(name, address, known, there, response)
        except InsideError as error:
            raise PrivateAddressError(
                _(
                    "%(name)s : %(address)s mène à l’intérieur du réseau de ce serveur (%(host)s) : elle "
                    "n’est pas suivie. Donnez une adresse publique, ou le fichier lui-même."
                )
                % {"name": name, "address": address, "host": error.host}
            ) from error
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
            LocationParseError,
            UnicodeError,
        ) as error:
            raise DownloadError(
                _("%(name)s : « %(address)s » n’est pas une adresse en https://.")
                % {"name": name, "address": address}
            ) from error

    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        if self._only_public:
            from maillage.kernel.public_addresses import only_public

            only_public(session)
        return session

    def _take(self, name: str, address: str, known: Fetched | None, there: int, response: Any) -> Fetched:
        status = response.status_code
        self._has_answered, self._is_offline = True, False
        if status == _UNCHANGED and known is not None:
            return known
        if status in _AGAIN:
            raise _LaterError(status, _seconds(response.headers.get("Retry-After", "")))
        if status == _OUT_OF_RANGE and there:
            return self._already_whole(name, address, there, response.headers)
        if status not in {_OK, _PARTIAL}:
            raise DownloadError(self._refused(name, address, status))
        validator, etag, modified = _version(response.headers)
        if status == _PARTIAL:
            start, total = _range(response.headers.get("Content-Range", ""))
            if start != there or not there or validator != self._part_of(name, address)[1]:
                raise _RestartError
        else:
            there, total = 0, _whole(response.headers)
        self._refuse_giant(name, address, total or 0)
        if there == 0:
            said = {"address": address, "validator": validator, "etag": etag, "modified": modified}
            _write(self._part_note(name), said)
        size = self._copy(name, address, response, there, total)
        if total is not None and size != total:
            raise _CutError(_("la liaison a été coupée"))
        return self._finish(name, address)

    def _already_whole(self, name: str, address: str, there: int, headers: Mapping[str, str]) -> Fetched:
        """Finish a part that has all its bytes: the process was killed before it took its name."""
        if headers.get("Content-Range", "") != f"bytes */{there}":
            raise _RestartError
        return self._finish(name, address)

    def _copy(self, name: str, address: str, response: Any, there: int, total: int | None) -> int:
        """Add what comes to the part, as it comes; return its size. What came before a cut is kept."""
        from urllib3.exceptions import HTTPError, TimeoutError

        size = there
        with self._part(name).open("ab" if there else "wb") as part:
            try:
                while chunk := response.raw.read1(CHUNK, decode_content=True):
                    part.write(chunk)
                    size += len(chunk)
                    self._refuse_giant(name, address, size)
                    self._told(name, size, total or 0)
            except TimeoutError as error:
                raise _CutError(_("le serveur ne répond plus")) from error
            except HTTPError as error:
                raise _CutError(_("la liaison a été coupée")) from error
        return size

    def _finish(self, name: str, address: str) -> Fetched:
        """Give a whole part its name. Its note is written before: killed between the two, it is still a
        part."""
        part, path, said = self._part(name), self.path(name), _read(self._part_note(name)) or {}
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        version = [str(said.get(key, "")) for key in ("etag", "modified", "validator")]
        fetched = Fetched(name, address, part.stat().st_size, sha256, *version)
        self._set_aside(name)
        _write(self._note(name), asdict(fetched))
        part.replace(path)
        self._part_note(name).unlink(missing_ok=True)
        return fetched

    def _set_aside(self, name: str) -> None:
        """Keep the file that is about to be replaced, unless another waits there for its successor's fate.

        Its note first: killed between the two, the file that is there has none, and is fetched again.
        """
        path, before = self.path(name), self._before(name)
        if self.known(name) is None or before.is_file():
            path.unlink(missing_ok=True)
            return
        self._note(name).replace(self._before_note(name))
        path.replace(before)

    def _part_of(self, name: str, address: str) -> tuple[int, str]:
        """Return how many bytes of a file are there and of which version, (0, "") where it cannot be gone
        on."""
        said, part = _read(self._part_note(name)), self._part(name)
        if said is None or said.get("address") != address or not said.get("validator") or not part.is_file():
            return 0, ""
        return part.stat().st_size, str(said["validator"])

    def _drop_part(self, name: str) -> None:
        self._part_note(name).unlink(missing_ok=True)
        self._part(name).unlink(missing_ok=True)

    def _refused(self, name: str, address: str, status: int) -> str:
        why = _("ce fichier n’y est plus") if status in _MISSING else _("le serveur le refuse")
        said = {"name": name, "address": address, "status": status, "why": why}
        return _("%(name)s : %(address)s répond %(status)d, %(why)s.") % said

    def _refuse_giant(self, name: str, address: str, size: int) -> None:
        if size > self._patience.largest:
            self._drop_part(name)
            raise DownloadError(
                _(
                    "%(name)s : %(address)s dépasse %(largest)d Mo. Vérifiez que c’est bien le fichier "
                    "attendu."
                )
                % {"name": name, "address": address, "largest": self._patience.largest >> 20}
            )

    def _part(self, name: str) -> Path:
        return self.folder / f"{name}.part"

    def _part_note(self, name: str) -> Path:
        return self.folder / f"{name}.part.json"

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _before(self, name: str) -> Path:
        return self.folder / f"{name}.before"

    def _before_note(self, name: str) -> Path:
        return self.folder / f"{name}.before.json"


def _version(headers: Mapping[str, str]) -> tuple[str, str, str]:
    """Return what names the version of a file (strong ETag, else its date), its ETag, its day."""
    etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    encoded = headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}
    strong = "" if etag.startswith("W/") else etag
    day = ""
    if modified:
        try:
            day = parsedate_to_datetime(modified).astimezone(UTC).date().isoformat()
        except ValueError:
            modified = ""
    return "" if encoded else strong or modified, strong, day


def _whole(headers: Mapping[str, str]) -> int | None:
    length = headers.get("Content-Length", "")
    plain = headers.get("Content-Encoding", "identity").lower() in {"", "identity"}
    return int(length) if plain and length.isascii() and length.isdigit() else None


def _range(said: str) -> tuple[int, int | None]:
    """Return where a partial answer begins and how long the file is.

    >>> _range("bytes 5-9/10"), _range("bytes 5-9/*"), _range("")
    ((5, 10), (5, None), (-1, None))
    """
    span, _slash, total = said.removeprefix("bytes ").partition("/")
    start = span.partition("-")[0]
    return (int(start) if start.isdigit() else -1), (int(total) if total.isdigit() else None)


def _seconds(said: str) -> float | None:
    """Return how long a server asks to wait: seconds, or a date; None where it does not say."""
    if said.strip().isdigit():
        return float(said)
    try:
        day: datetime = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max((day - timezone.now()).total_seconds(), 0.0) if day.tzinfo else None


def _why(error: BaseException) -> str:
    """Return why a file did not come, in words that do not change from one time to the next."""
    from requests import exceptions

    said = (
        (exceptions.SSLError, _("le certificat du serveur n’est pas reconnu par cette machine")),
        (exceptions.ProxyError, _("le mandataire (proxy) ne répond pas : vérifiez HTTPS_PROXY")),
        (exceptions.TooManyRedirects, _("l’adresse tourne en rond")),
        (exceptions.Timeout, _("le serveur ne répond plus")),
        (exceptions.ConnectionError, _("la liaison ne s’établit pas, ou a été coupée")),
    )
    return next((words for kind, words in said if isinstance(error, kind)), _first_line(error))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:160]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _write(path: Path, said: Mapping[str, Any]) -> None:
    """Write a note whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, path)
