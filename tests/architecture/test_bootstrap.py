"""A fresh machine behind a network that signs TLS anew: the tools trust what the machine trusts."""

import ssl
from pathlib import Path

import pytest
import truststore

from tools import bootstrap


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "system.pem"
    file.write_text("")
    monkeypatch.setattr(bootstrap, "SYSTEM_BUNDLES", ("/nowhere.pem", str(file)))
    return str(file)


def test_every_tool_is_given_the_certificates_of_the_system(bundle: str) -> None:
    environment: dict[str, str] = {}
    bootstrap.trust_the_system(environment)
    names = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    assert {environment[name] for name in names} == {bundle}


def test_the_one_that_a_person_names_serves_for_all_and_is_kept(bundle: str) -> None:
    environment = {"NODE_EXTRA_CA_CERTS": "/own/ca.pem", "UV_NATIVE_TLS": "0"}
    bootstrap.trust_the_system(environment)
    assert environment["SSL_CERT_FILE"] == environment["PIP_CERT"] == "/own/ca.pem"
    assert environment["UV_NATIVE_TLS"] == "0"


def test_without_a_bundle_nothing_is_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "SYSTEM_BUNDLES", ("/nowhere.pem",))
    environment: dict[str, str] = {}
    bootstrap.trust_the_system(environment)
    assert environment == {"UV_NATIVE_TLS": "1"}


def test_the_program_trusts_what_the_machine_trusts() -> None:
    assert ssl.SSLContext is truststore.SSLContext
