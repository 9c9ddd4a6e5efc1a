"""Public files come whole, or not at all, over a network that cuts, slows, redirects and changes them."""

import hashlib
import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from maillage.kernel.downloads import DownloadError, Downloads, Patience, PrivateAddressError
from tests.local_server import Day, Served, etag, serving

CONTENT = bytes(range(256)) * 80
NEWER = b"newer" * 5000


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as there:
        there.files["file.csv"] = CONTENT
        yield there


class Waits(list[float]):
    """How long was waited, in place of waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def downloads(folder: Path, waits: Waits | None = None, **patience: float) -> Downloads:
    given = {"attempts": 4, "silence": 5.0, **patience}
    return Downloads(folder, Patience(**given), sleep=waits if waits is not None else Waits())


def ranges(served: Served) -> list[str]:
    return [headers.get("Range", "") for _name, headers in served.asked]


def test_a_file_comes_whole_and_is_not_asked_twice(served: Served, tmp_path: Path) -> None:
    there = downloads(tmp_path)
    fetched = there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT
    assert fetched.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (fetched.size, fetched.etag, fetched.modified) == (len(CONTENT), etag(CONTENT), "2026-10-01")
    assert there.fetch("bpe", served.url("file.csv")) == fetched
    assert len(served.asked) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bpe", "bpe.json"]


def test_a_cut_file_goes_on_where_it_was(served: Served, tmp_path: Path) -> None:
    served.days["file.csv"] = [Day(cut=5000), Day(cut=7000)]
    waits = Waits()
    there = downloads(tmp_path, waits)
    there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT
    assert ranges(served) == ["", "bytes=5000-", "bytes=12000-"]
    assert waits == [1.0, 2.0]


def test_a_file_that_changed_meanwhile_begins_again(served: Served, tmp_path: Path) -> None:
    served.days["file.csv"] = [Day(cut=5000, then=NEWER)]
    there = downloads(tmp_path)
    fetched = there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == NEWER
    assert fetched.etag == etag(NEWER)


@pytest.mark.parametrize("day", [Day(cut=5000, versioned=False), Day(cut=5000)])
def test_a_server_without_versions_or_ranges_begins_again(served: Served, tmp_path: Path, day: Day) -> None:
    served.days["file.csv"] = [day]
    served.always["file.csv"] = Day(versioned=day.versioned, ranges=False)
    there = downloads(tmp_path)
    there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT


def test_a_part_left_by_a_killed_process_is_gone_on_with(served: Served, tmp_path: Path) -> None:
    version = {
        "address": served.url("file.csv"),
        "validator": etag(CONTENT),
        "etag": etag(CONTENT),
        "modified": "",
    }
    for size in (6000, len(CONTENT)):
        (tmp_path / "bpe.part").write_bytes(CONTENT[:size])
        (tmp_path / "bpe.part.json").write_text(json.dumps(version))
        there = downloads(tmp_path)
        assert there.known("bpe") is None
        assert there.fetch("bpe", served.url("file.csv")).sha256 == hashlib.sha256(CONTENT).hexdigest()
        there.refuse("bpe")
    assert ranges(served) == ["bytes=6000-", f"bytes={len(CONTENT)}-"]


def test_a_part_of_another_version_is_not_mixed_in(served: Served, tmp_path: Path) -> None:
    (tmp_path / "bpe.part").write_bytes(b"x" * 6000)
    (tmp_path / "bpe.part.json").write_text(
        json.dumps(
            {"address": served.url("file.csv"), "validator": '"other"', "etag": '"other"', "modified": ""}
        )
    )
    there = downloads(tmp_path)
    there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("headers", "waited"),
    [({"Retry-After": "7"}, 7.0), ({}, 1.0), ({"Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT"}, 0.0),
     ({"Retry-After": "soon"}, 1.0), ({"Retry-After": "999999"}, 120.0)],
)  # fmt: skip
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    served: Served, tmp_path: Path, status: int, headers: dict[str, str], waited: float
) -> None:
    served.days["file.csv"] = [Day(status=status, headers=headers)]
    waits = Waits()
    downloads(tmp_path, waits).fetch("bpe", served.url("file.csv"))
    assert waits == [waited]


def test_a_server_that_stays_busy_is_told_with_how_to_go_on(served: Served, tmp_path: Path) -> None:
    served.always["file.csv"] = Day(status=503)
    with pytest.raises(DownloadError, match=r"bpe.*503.*Recommencez"):
        downloads(tmp_path).fetch("bpe", served.url("file.csv"))
    assert len(served.asked) == 4


@pytest.mark.parametrize(("status", "why"), [(404, "n’y est plus"), (403, "le refuse")])
def test_a_file_that_moved_is_told_at_once(served: Served, tmp_path: Path, status: int, why: str) -> None:
    served.always["file.csv"] = Day(status=status)
    with pytest.raises(DownloadError, match=rf"{status}.*{why}"):
        downloads(tmp_path).fetch("bpe", served.url("file.csv"))
    assert len(served.asked) == 1


def test_redirections_are_followed(served: Served, tmp_path: Path) -> None:
    served.files["old"] = b""
    served.always["old"] = Day(status=302, headers={"Location": served.url("file.csv")})
    there = downloads(tmp_path)
    assert there.fetch("bpe", served.url("old")).address == served.url("old")
    assert there.path("bpe").read_bytes() == CONTENT


def test_a_silent_server_is_left_and_asked_again(served: Served, tmp_path: Path) -> None:
    served.days["file.csv"] = [Day(pause=1.5)]
    there = downloads(tmp_path, silence=0.3)
    there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "day", [Day(content_length=False), Day(gzipped=True), Day(gzipped=True, content_length=False)]
)
def test_a_file_of_unknown_length_or_compressed_on_the_way_comes_whole(
    served: Served, tmp_path: Path, day: Day
) -> None:
    served.always["file.csv"] = day
    there = downloads(tmp_path)
    there.fetch("bpe", served.url("file.csv"))
    assert there.path("bpe").read_bytes() == CONTENT


@pytest.mark.parametrize("told", [True, False])
def test_a_giant_is_refused_and_leaves_nothing(served: Served, tmp_path: Path, told: bool) -> None:
    served.always["file.csv"] = Day(content_length=told)
    with pytest.raises(DownloadError, match="dépasse"):
        downloads(tmp_path, largest=1000).fetch("bpe", served.url("file.csv"))
    assert list(tmp_path.iterdir()) == []


def test_asked_again_a_file_stays_changes_or_is_kept(served: Served, tmp_path: Path) -> None:
    there = downloads(tmp_path)
    first = there.fetch("bpe", served.url("file.csv"))
    assert there.fetch("bpe", served.url("file.csv"), again=True) == first
    assert served.asked[-1][1]["If-None-Match"] == etag(CONTENT)
    served.files["file.csv"] = NEWER
    assert there.fetch("bpe", served.url("file.csv"), again=True).etag == etag(NEWER)
    served.always["file.csv"] = Day(status=404)
    with pytest.raises(DownloadError):
        there.fetch("bpe", served.url("file.csv"), again=True)
    assert there.path("bpe").read_bytes() == NEWER
    assert there.known("bpe") is not None


def test_another_address_is_another_file(served: Served, tmp_path: Path) -> None:
    served.files["other"] = NEWER
    there = downloads(tmp_path)
    there.fetch("bpe", served.url("file.csv"))
    there.fetch("bpe", served.url("other"))
    assert there.path("bpe").read_bytes() == NEWER


def test_without_network_it_says_so_the_same_way_and_does_not_insist_on_the_next(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/x"
    waits = Waits()
    there = downloads(tmp_path, waits)
    with pytest.raises(DownloadError, match="ne s’établit pas") as told:
        there.fetch("bpe", nobody)
    assert "0x" not in str(told.value)
    assert waits == [1.0, 2.0, 4.0]
    with pytest.raises(DownloadError):
        there.fetch("cog", nobody)
    assert waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("address", ["nowhere", "ftp://example.org/x", "http://"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(DownloadError, match="n’est pas une adresse"):
        downloads(tmp_path).fetch("bpe", address)


def test_the_proxy_of_the_machine_is_used(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", served.address)
    monkeypatch.setenv("http_proxy", served.address)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    there = downloads(tmp_path)
    there.fetch("bpe", "http://insee.example/file.csv")
    assert there.path("bpe").read_bytes() == CONTENT
    assert served.asked[0][1]["Host"] == "insee.example"


def private_certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that only this machine trusts, as hospital networks have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "private.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_private_certificate_is_trusted_where_the_machine_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = private_certificate(tmp_path)
    with serving(certificate) as there:
        there.files["file.csv"] = CONTENT
        with pytest.raises(DownloadError, match="certificat"):
            downloads(tmp_path / "a").fetch("bpe", there.url("file.csv"))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert downloads(tmp_path / "b").fetch("bpe", there.url("file.csv")).size == len(CONTENT)


@pytest.mark.parametrize(
    "address",
    [
        "http://a..b/",
        f"http://{'a' * 300}/",
        "http://[::1",
        "http://%00/",
        "http:x",
        "http://127.0.0.1:99999/",
    ],
    ids=["labels", "long", "bracket", "zero", "bare", "port"],
)
@pytest.mark.parametrize("only_public", [False, True], ids=["operator", "web"])
def test_what_is_no_address_is_said(tmp_path: Path, address: str, only_public: bool) -> None:
    there = Downloads(tmp_path, Patience(attempts=1), only_public=only_public)
    with pytest.raises(DownloadError, match="n’est pas une adresse"):
        there.fetch("bpe", address)


# What replaces another file, and is refused


def test_a_wrong_file_gives_its_place_back_to_the_one_it_replaced(served: Served, tmp_path: Path) -> None:
    there = downloads(tmp_path)
    first = there.fetch("bpe", served.url("file.csv"))
    served.files["file.csv"] = b"<html>moved</html>"
    there.fetch("bpe", served.url("file.csv"), again=True)
    assert there.path("bpe").read_bytes() == b"<html>moved</html>"
    served.files["file.csv"] = b"<html>moved again</html>"
    there.fetch("bpe", served.url("file.csv"), again=True)
    assert there.refuse("bpe") == first, "the last one that was right, not the last one that came"
    assert there.path("bpe").read_bytes() == CONTENT
    assert there.refuse("bpe") is None
    assert not list(tmp_path.iterdir())


def test_a_right_file_is_the_only_one_kept(served: Served, tmp_path: Path) -> None:
    there = downloads(tmp_path)
    there.fetch("bpe", served.url("file.csv"))
    served.files["file.csv"] = NEWER
    newer = there.fetch("bpe", served.url("file.csv"), again=True)
    assert len(list(tmp_path.iterdir())) == 4
    there.keep("bpe")
    assert there.known("bpe") == newer
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bpe", "bpe.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is full")
def test_a_full_disk_is_not_insisted_on(served: Served, tmp_path: Path) -> None:
    (tmp_path / "bpe.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        downloads(tmp_path).fetch("bpe", served.url("file.csv"))
    assert len(served.asked) == 1


# Addresses that lead inside


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/file.csv",
        "http://localhost:{port}/file.csv",
        "http://[::ffff:127.0.0.1]:{port}/file.csv",
        "http://2130706433:{port}/file.csv",
        "http://127.1:{port}/file.csv",
        "http://169.254.169.254/latest/meta-data/",
        "http://user@127.0.0.1:{port}/file.csv",
    ],
)
def test_an_address_that_leads_inside_is_never_called(served: Served, tmp_path: Path, address: str) -> None:
    port = served.address.rpartition(":")[2]
    there = Downloads(tmp_path, Patience(attempts=1), only_public=True)
    with pytest.raises(PrivateAddressError, match="à l’intérieur du réseau"):
        there.fetch("bpe", address.format(port=port))
    assert not served.asked


def test_nor_is_one_that_another_redirects_to(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.files["moved"] = b""
    served.always["moved"] = Day(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
    monkeypatch.setenv("HTTP_PROXY", served.address)  # the way out: it answers for a public name
    with pytest.raises(PrivateAddressError, match=r"169\.254"):
        Downloads(tmp_path, Patience(attempts=1), only_public=True).fetch("bpe", "http://insee.example/moved")
    assert [name for name, _headers in served.asked] == ["moved"]


def test_nor_one_whose_name_changes_its_mind(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(served.address.rpartition(":")[2])
    answers = ["93.184.216.34", "127.0.0.1"]

    def looked_up(*_asked: object, **_options: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with pytest.raises(PrivateAddressError, match="rebound"):
        Downloads(tmp_path, Patience(attempts=1), only_public=True).fetch(
            "bpe", f"http://rebound.example:{port}/file.csv"
        )
    assert not served.asked
    assert not answers
