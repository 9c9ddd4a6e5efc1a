"""A PostgreSQL database for one bench, in the server of MAILLAGE_BENCH_POSTGRES."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg

SERVER = os.environ.get("MAILLAGE_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


@contextmanager
def own_database() -> Iterator[str]:
    """Give the address of a new database; drop it at the end."""
    name = f"maillage_bench_{uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        finally:
            maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")
