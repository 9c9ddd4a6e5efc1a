"""Prepares a checkout: `python3 tools/bootstrap.py [environment] [assets] [catalogues] [wheel]`.

Needs Python 3.11 and nothing else: uv comes from the Python index, Node from its wheel. Each step
leaves a stamp under `var/stamps` and is skipped while its inputs have not changed.

A network that signs TLS anew, as in hospitals, is trusted where the machine trusts it: every tool is given
the system's certificates, and obeys HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
BIN = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""


def main(steps: list[str]) -> int:
    """Run the named steps (all by default); return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python may well run this file)
        print(f"Maillage needs Python 3.11 or later; this is {platform.python_version()}.", file=sys.stderr)
        return 1
    trust_the_system(os.environ)
    known: dict[str, Callable[[], None]] = {
        "environment": environment,
        "assets": assets,
        "catalogues": catalogues,
    }
    for name in steps or list(known):
        (known | {"wheel": wheel})[name]()
    return 0


def environment() -> None:
    """Install the locked dependencies and the package itself into `.venv`."""
    inputs = [ROOT / "pyproject.toml", ROOT / "uv.lock"]
    _once(
        "environment",
        inputs,
        BIN / f"python{EXE}",
        "Installing the Python environment",
        lambda: _run([_uv(), "sync", "--frozen", "--python", sys.executable]),
    )


def assets() -> None:
    """Bundle the front end with esbuild, run by the Node of the environment."""
    inputs = [ROOT / "package.json", ROOT / "package-lock.json", *sorted((ROOT / "assets").rglob("*"))]
    _once(
        "assets",
        inputs,
        ROOT / "src/maillage/web/static/dist/app.css",
        "Building the front end",
        _build_assets,
    )


def _build_assets() -> None:
    _run([str(BIN / f"npm{EXE}"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    _run([str(BIN / f"node{EXE}"), "assets/build.mjs"])


def catalogues() -> None:
    """Compile the catalogues."""
    inputs = [ROOT / "tools/catalogues.py", *sorted((ROOT / "src").rglob("*.po"))]
    _once(
        "catalogues",
        inputs,
        None,
        "Compiling the translations",
        lambda: _run([str(BIN / f"python{EXE}"), "-m", "tools.catalogues", "compile"]),
    )


def wheel() -> None:
    """Build the installable package in `dist`; asked for by name only."""
    _run([_uv(), "build", "--wheel", "--quiet"])


def _once(
    name: str, inputs: Iterable[Path], product: Path | None, title: str, step: Callable[[], None]
) -> None:
    digest = hashlib.sha256()
    for path in inputs:
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    stamp = VAR / "stamps" / name
    if stamp.is_file() and stamp.read_text() == digest.hexdigest() and (product is None or product.exists()):
        return
    print(f"• {title}…", flush=True)
    started = time.monotonic()
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _run(command: list[str]) -> None:
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    completed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path})
    if completed.returncode:
        raise SystemExit(
            f"« {' '.join(command)} » failed with status {completed.returncode}; its message is above."
        )


#: Where the systems keep the certificates that they trust, in one file.
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)
#: What each tool reads: OpenSSL and uv, pip, requests, Node.
_BUNDLE_NAMES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def trust_the_system(environment: MutableMapping[str, str]) -> None:
    """Add what makes pip, uv, npm and Python trust the machine's own certificates; keep what is set already.

    Certificates that the person named for one of them (SSL_CERT_FILE…) serve for the others.
    """
    named = next((environment[name] for name in _BUNDLE_NAMES if environment.get(name)), None)
    bundle = named or next((file for file in SYSTEM_BUNDLES if Path(file).is_file()), None)
    if bundle:
        for name in _BUNDLE_NAMES:
            environment.setdefault(name, bundle)
    environment.setdefault("UV_NATIVE_TLS", "1")


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(VAR / "tools" / BIN.name))
    return found or _install_uv()


def _install_uv() -> str:
    tools = VAR / "tools"
    target = tools / BIN.name / f"uv{EXE}"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True, capture_output=True)
        subprocess.run(
            [str(target.with_name(f"python{EXE}")), "-m", "pip", "install", "--quiet", "uv"], check=True
        )
    except subprocess.CalledProcessError:
        # Debian's python3 has neither ensurepip nor pip: unpack the wheel ourselves.
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_uv_from_wheel())
        target.chmod(0o755)
    return str(target)


def _uv_from_wheel() -> bytes:
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    system = {"Linux": "manylinux", "Darwin": "macosx", "Windows": "win"}[platform.system()]
    names = (machine, "arm64" if machine == "aarch64" else "amd64" if system == "win" else machine)
    with urllib.request.urlopen("https://pypi.org/pypi/uv/json", timeout=60) as answer:
        files = json.load(answer)["urls"]
    wheel = next(
        file
        for file in files
        if system in file["filename"] and any(name in file["filename"] for name in names)
    )
    with urllib.request.urlopen(wheel["url"], timeout=300) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        raise SystemExit("The uv wheel does not match its published checksum; nothing was installed.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(f"/scripts/uv{EXE}")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
