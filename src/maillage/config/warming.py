"""What a server process does before it accepts requests, so that its first visitor waits for nothing.

Imports, addresses, catalogues, templates; then what each context brings (`Contribution.warm`): compiled
kernels, indexes, the country's arrays. Whatever fails is said and left for the first request: a process
without data, without territory or before a database up to date starts all the same.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import translation

from maillage.kernel.contributions import contributions

logger = logging.getLogger("maillage.warming")
PACKAGE = Path(__file__).resolve().parents[1]


def warm() -> float:
    """Load what requests need, and return the seconds it took. Nothing is written but rebuildable caches."""
    began = time.perf_counter()
    for name, step in _steps():
        try:
            step()
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            logger.warning("%s: the database is not ready (%s); « maillage serve » prepares it", name, reason)
        except Exception:
            logger.exception("%s is not warm: the first request will wait for it", name)
    connection.close()
    return time.perf_counter() - began


def set_apart() -> None:
    """Let the collector of memory pass over what is loaded, which stays as long as the process.

    Going through it again took a third of a second of whichever request came then.
    """
    gc.collect()
    gc.freeze()


def _steps() -> Iterator[tuple[str, Callable[[], object]]]:
    yield "addresses", lambda: get_resolver().url_patterns
    yield "catalogues", _read_catalogues
    yield "templates", _compile_templates
    for one in contributions():
        if one.warm is not None:
            yield one.context, one.warm


def _read_catalogues() -> None:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")


def _compile_templates() -> None:
    for folder in get_app_template_dirs("templates"):
        if PACKAGE in Path(folder).parents:
            for file in sorted(Path(folder).rglob("*.html")):
                get_template(file.relative_to(folder).as_posix())
