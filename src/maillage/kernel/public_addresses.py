"""A session of `requests` that goes to the public Internet only, whatever a name or a redirection says.

The socket itself is looked at, once connected and before anything is sent: a name that answers with another
address the second time gains nothing. Through a proxy, which connects in our place, the name is looked up
first: the proxy is the network's own, and answers for what it lets through.
"""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from maillage.kernel.inside import InsideError, is_inside, refusal_of


class _Watched(HTTPConnection):
    """A connection that looks at who answers before it speaks."""

    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn(), self.host)


class _WatchedOverTls(HTTPSConnection):
    """The same over TLS."""

    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn(), self.host)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedOverTls


class _PublicOnly(HTTPAdapter):
    """Refuses, at each redirection too, what leads inside."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        address = request.url or ""
        host = urlsplit(address).hostname or address
        if refusal_of(address) or any(map(is_inside, _looked_up(host))):
            raise InsideError(host)
        return super().send(request, *args, **options)


def only_public(session: requests.Session) -> None:
    """Let a session go to the public Internet only: it raises InsideError for anything else."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, _PublicOnly())


def _watched(connected: socket.socket, host: str) -> socket.socket:
    if is_inside(connected.getpeername()[0]):
        connected.close()
        raise InsideError(host)
    return connected


def _looked_up(host: str) -> list[str]:
    """Return the addresses of a name; none where only a proxy knows it."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []
