"""What was computed for a page is kept in the process until the data or the parameters change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Result = TypeVar("Result")


class Memo(Generic[Result]):
    """The last `size` results of one computation, shared by the threads of the process.

    The key must hold everything that the result depends on: fingerprint of the data, perimeter,
    parameters, and the language where the result holds text.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return the result kept under `key`, computed now where there is none.

        Two threads may compute the same result at once; neither waits for the other.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = compute()
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._size:
                self._results.popitem(last=False)
        return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()


def perimeter_key(positions: NDArray[np.intp]) -> str:
    """Return a short key of a set of communes, the same whatever their order."""
    ordered = np.sort(np.asarray(positions, dtype=np.int64))
    return blake2b(ordered.tobytes(), digest_size=12).hexdigest()
