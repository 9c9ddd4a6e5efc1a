"""Results kept with all that produced them: computed once for the same inputs, then read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from maillage.territory.models import Diagnosis, Territory


def saved(
    territory: Territory,
    kind: str,
    *,
    parameters: dict[str, Any],
    engine_version: str,
    inputs: dict[str, Any],
    compute: Callable[[], dict[str, Any]],
) -> Diagnosis:
    """Return the result of `kind` for these inputs, computed and kept where it is not there yet.

    `inputs` holds fingerprints of the data and of the perimeter; with `parameters` and `engine_version`
    it decides whether a kept result still holds. `compute` gives plain values for JSON.
    """
    signature = json.dumps([kind, parameters, engine_version, inputs], sort_keys=True)
    input_hash = hashlib.sha256(signature.encode()).hexdigest()
    kept = Diagnosis.objects.filter(territory=territory, kind=kind, input_hash=input_hash).first()
    if kept is not None:
        return kept
    row = Diagnosis(
        territory=territory,
        kind=kind,
        parameters=parameters,
        engine_version=engine_version,
        input_hash=input_hash,
        results=compute(),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Another request computed the same result meanwhile.
        return Diagnosis.objects.get(territory=territory, kind=kind, input_hash=input_hash)
    return row
