"""Chances drawn by counters: a number in [0, 1) for a seed, a person, a counter and a purpose, and nothing
else.

No state passes from one draw to the next, so that a measure that changes one person's way leaves the chances
of all the others as they were (common random numbers), whatever the order or the number of threads. The
mixing is that of D. Stafford's thirteenth variant of the finaliser of MurmurHash3, known from SplitMix64.
"""

from __future__ import annotations

import numpy as np

PERSON, COUNTER, FIRST, SECOND = (
    0x9E3779B97F4A7C15,
    0xD1B54A32D192ED03,
    0xBF58476D1CE4E5B9,
    0x94D049BB133111EB,
)
AGENDA = FIRST
"""Parts the chances of each agenda from those of the others."""
PURPOSES = 64
"""Purposes are below this number: a counter and a purpose make one number."""
_MASK = (1 << 64) - 1


def mixed(value: int) -> int:
    """The bits of `value` mixed: 64 bits in, 64 bits out, each in about half of the others."""
    value &= _MASK
    value = ((value ^ (value >> 30)) * FIRST) & _MASK
    value = ((value ^ (value >> 27)) * SECOND) & _MASK
    return value ^ (value >> 31)


def chance(seed: int, person: int, counter: int, purpose: int, more: int = 0) -> float:
    """A number in [0, 1), on 53 bits; `more` parts what else must differ."""
    bits = mixed(mixed(seed) + more + person * PERSON + (counter * PURPOSES + purpose) * COUNTER)
    return (bits >> 11) * 2.0**-53


U = np.uint64
_A, _B, _F, _S = U(PERSON), U(COUNTER), U(FIRST), U(SECOND)
_30, _27, _31, _11, _64 = U(30), U(27), U(31), U(11), U(PURPOSES)


def drawn(seed: np.uint64, person: int, counter: int, purpose: int) -> float:
    """`chance` in the words of the compiled loops; `seed` is mixed already."""
    bits = seed + U(person) * _A + (U(counter) * _64 + U(purpose)) * _B
    bits = (bits ^ (bits >> _30)) * _F
    bits = (bits ^ (bits >> _27)) * _S
    return float((bits ^ (bits >> _31)) >> _11) * 2.0**-53
