"""Which addresses lead inside the network of a machine: itself, its neighbours, its cloud's own services."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 written in IPv6 for a translator (RFC 6052): its last 32 bits are the address that is reached."""


class InsideError(Exception):
    """An address leads inside; `host` is what it names there."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def is_inside(address: str) -> bool:
    """Return whether a numeric address is not one of the public Internet.

    >>> [is_inside(one) for one in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0")]
    [True, True, True, True, True]
    >>> [is_inside(one) for one in ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1")]
    [True, True, True, True]
    >>> is_inside("93.184.216.34"), is_inside("2001:4860:4860::8888")
    (False, False)
    """
    found = ip_address(address.partition("%")[0])
    return any(not one.is_global or one.is_multicast for one in _reached(found))


def _reached(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner = [address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(one for one in inner if one is not None)]


def refusal_of(address: str) -> str:
    """Return what is wrong with an address at sight (« scheme », « host », « inside »), empty if it is right.

    What a name leads to is known only when it is called: see `public_addresses`.

    >>> [refusal_of(one) for one in ("file:///etc/passwd", "ftp://insee.fr/a", "https://", "http://[", "x")]
    ['scheme', 'scheme', 'host', 'host', 'scheme']
    >>> [refusal_of(one) for one in ("http://localhost/", "http://a.LOCALHOST./", "http://127.0.0.1:80/a")]
    ['inside', 'inside', 'inside']
    >>> [refusal_of(one) for one in ("http://[::1]/", "http://u:p@insee.fr/", "https://insee.fr:x/")]
    ['inside', 'host', 'host']
    >>> refusal_of("https://www.insee.fr/fichier/1.csv")
    ''
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "host"
    if parts.scheme.lower() not in {"http", "https"}:
        return "scheme"
    if not host or parts.username is not None:
        return "host"
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return "inside"
    try:
        return "inside" if is_inside(name) else ""
    except ValueError:  # a name, not a number
        return ""
