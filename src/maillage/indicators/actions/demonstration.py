"""Invented files in service, and values published from them: what a territory of a year or two would have."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from maillage.indicators.actions.imports import import_files
from maillage.indicators.actions.published import publish_value
from maillage.indicators.computations.catalogue import INDICATORS
from maillage.indicators.computations.results import FILES, results
from maillage.indicators.models import FileImport
from maillage.indicators.packs.checking import check_folder
from maillage.indicators.packs.samples import write_sample
from maillage.indicators.rules.files import Form
from maillage.indicators.rules.periods import Period, last_months, month_of
from maillage.kernel import clock
from maillage.kernel.api import demonstration_account
from maillage.kernel.rules import Role
from maillage.territory.api import Territory

#: Months of files, and what is published of them for each of the last two quarters that are over.
MONTHS = 24
PUBLISHED = ("booked_48h", "regulation_time", "satisfied", "readmission_30", "town_share")
_MOST_COMMUNES = 60


def create_demonstration_indicators(*, place: Territory, now: datetime) -> int:
    """Import invented files in a territory and publish values of them, once; return how many."""
    if FileImport.objects.in_scope(place.scope).exists():
        return 0
    analyst = demonstration_account(Role.ANALYST)
    rows = place.communes.filter(is_active=True, population__gt=0).order_by("-population", "code")
    communes = {one.code: float(one.population) for one in rows[:_MOST_COMMUNES]}
    if analyst is None or not communes:
        return 0
    today = clock.day_of(now, place.scope)
    period = last_months(today, MONTHS)
    folder = _written(communes, period, today)
    checked = check_folder(folder, Form.FLAT, period, today)
    source = import_files(
        by=analyst, scope=place.scope, checked=checked, period=period,
        title="Fichiers de démonstration, inventés",
        key=f"demonstration-{place.pk}", is_demonstration=True,
    )  # fmt: skip
    month = month_of(today)
    quarter = Period(month - month % 3 - 3, 3)
    count = 0
    for asked in (quarter.before(), quarter):
        found = results([INDICATORS[key] for key in PUBLISHED], place.scope, asked, today, source)
        for key, result in found.items():
            if result.whole.is_known and not result.whole.is_secret:
                publish_value(
                    by=analyst, scope=place.scope, result=result, source=FILES,
                    key=f"demonstration-{place.pk}-{key}-{asked.written}", is_demonstration=True,
                )  # fmt: skip
                count += 1
    return count


def _written(communes: Mapping[str, float], period: Period, today: date) -> Path:
    """Return the folder of the invented files, named by what they hold: two who write the same share it."""
    home = Path(settings.HOME) / "indicators"
    made = home / f"new-{uuid4().hex}"
    write_sample(made, communes=communes, period=period, last_day=today)
    digest = hashlib.sha256()
    for file in sorted(made.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    folder = home / f"demonstration-{digest.hexdigest()[:16]}"
    try:
        made.rename(folder)
    except OSError:  # it is there already
        shutil.rmtree(made)
    return folder
