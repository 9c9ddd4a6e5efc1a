"""A whole search of the desk through HTTP at fifty a second: form, rights, slots, services, journal, answer.

`python -m bench.search` writes build/bench/search.json. The server is `maillage serve` on a PostgreSQL
database of its own, in the one of MAILLAGE_BENCH_POSTGRES (by default postgres@127.0.0.1:5432), with the
fictional territory of the demonstration. Beside it, as the peer: the queue of the same server, which only
reads. The client sends at its own pace (MAILLAGE_BENCH_RATE, MAILLAGE_BENCH_SECONDS), whether or not the
answers come back; a time counts from when the question was due.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import local
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from bench.harness import Row, row, write
from bench.postgres import own_database

RATE = int(os.environ.get("MAILLAGE_BENCH_RATE", "50"))
SECONDS = int(os.environ.get("MAILLAGE_BENCH_SECONDS", "20"))
WARM_UP, CONNECTIONS = 3, 16
REQUESTS = 40
_thread = local()


def run() -> list[Row]:
    """Measure searches and the bare page at the same rate, on the same server."""
    with tempfile.TemporaryDirectory(prefix="maillage-bench-") as home, own_database() as url:
        environment = os.environ | {"MAILLAGE_HOME": home, "DATABASE_URL": url, "MAILLAGE_DEMO": "1"}
        prepared = _python(environment, "-m", "bench.search", "prepare").split()
        port, numbers = _free_port(), [int(one) for one in prepared]
        with _serving(environment, port):
            cookies, token = _signed_in(port)
            form = urlencode({"csrfmiddlewaretoken": token})

            def search(turn: int) -> None:
                path = f"/regulation/{numbers[turn % len(numbers)]}/chercher/"
                _expect(302, _ask(port, "POST", path, cookies, form))

            def page(turn: int) -> None:
                _expect(200, _ask(port, "GET", f"/regulation/{numbers[turn % len(numbers)]}/", cookies))

            def bare(_turn: int) -> None:
                _expect(200, _ask(port, "GET", "/regulation/file/", cookies))

            found = {name: _paced(one) for name, one in (("search", search), ("page", page), ("bare", bare))}
    note = f"{RATE} a second for {SECONDS} s, {len(numbers)} open requests, goal p99 < 50 ms"
    return [
        row(
            f"{label}, p{point}",
            float(np.percentile(found[name], point)),
            "the queue of the same server",
            float(np.percentile(found["bare"], point)),
            note,
        )
        for name, label in (("search", "search through HTTP"), ("page", "its screen through HTTP"))
        for point in (50, 99)
    ]


def prepare() -> list[int]:
    """Fill the database as `maillage demo` does and open requests; return their numbers."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    django.setup()
    from maillage.config import demonstration
    from maillage.kernel.rules import Role
    from maillage.kernel.sign_in import demonstration_account
    from maillage.orientation import api
    from maillage.people.api import Patient
    from maillage.territory.api import Commune, member_codes

    place = demonstration.prepare(lambda _title, _done, _total: None).territory
    regulator = demonstration_account(Role.REGULATOR)
    communes = list(Commune.objects.filter(code__in=member_codes(place)).order_by("-population", "code"))
    patients = list(Patient.objects.in_scope(place.scope).order_by("pk")[:REQUESTS])
    opened = [
        api.open_request(
            by=regulator, scope=place.scope, origin=api.Origin.SINGLE_NUMBER, key=f"bench-{number}",
            values={
                "motive": "M03.22", "priority": "P2", "patient": patient,
                "commune": communes[number % len(communes)],
            },
        )
        for number, patient in enumerate(patients)
    ]  # fmt: skip
    for one in opened:
        api.confirm_spoken_check(by=regulator, request=one, said_by=api.CallerKind.PATIENT, note="Mesure.")
    return [one.pk for one in opened]


def _paced(ask: Callable[[int], None]) -> NDArray[np.float64]:
    """Return the milliseconds from when each question was due to its answer, the first seconds left out."""
    count = RATE * (SECONDS + WARM_UP)
    elapsed = np.empty(count)
    began = time.perf_counter() + 0.2

    def one(turn: int) -> None:
        due = began + turn / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        ask(turn)
        elapsed[turn] = time.perf_counter() - due

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for job in [pool.submit(one, turn) for turn in range(count)]:
            job.result()
    return elapsed[RATE * WARM_UP :] * 1e3


def _ask(
    port: int, method: str, path: str, cookies: str = "", form: str = ""
) -> tuple[int, dict[str, list[str]], str]:
    """Ask on the thread's own connection; return status, headers and text."""
    connection = getattr(_thread, "connection", None)
    if connection is None or connection.port != port:
        connection = _thread.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookies, "Referer": f"http://127.0.0.1:{port}/"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, form or None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    told: dict[str, list[str]] = {}
    for name, value in answer.getheaders():
        told.setdefault(name.lower(), []).append(value)
    return answer.status, told, text


def _expect(status: int, answer: tuple[int, dict[str, list[str]], str]) -> None:
    if answer[0] != status:
        raise RuntimeError(f"{answer[0]} instead of {status}: {answer[2][:400]}")


def _signed_in(port: int) -> tuple[str, str]:
    """Enter as the regulator of the demonstration; return the cookies and the token of its forms."""
    _status, headers, text = _ask(port, "GET", "/compte/demonstration/")
    cookies = _cookies(headers)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    if token is None:
        raise RuntimeError("the page of sign-in has no form")
    form = urlencode({"csrfmiddlewaretoken": token[1], "role": "regulator"})
    answer = _ask(port, "POST", "/compte/demonstration/", _header(cookies), form)
    cookies |= _cookies(answer[1])
    return _header(cookies), cookies["csrftoken"]


def _cookies(headers: dict[str, list[str]]) -> dict[str, str]:
    pairs = (one.split(";")[0].partition("=")[::2] for one in headers.get("set-cookie", []))
    return dict(pairs)


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _python(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


@contextmanager
def _serving(environment: dict[str, str], port: int) -> Iterator[None]:
    """Run `maillage serve` until the end of the block."""
    words = [sys.executable, "-m", "maillage", "serve", "--port", str(port), "--quiet"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            for _attempt in range(240):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.25)
            yield
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        print(*prepare())
    else:
        write("search", run())
