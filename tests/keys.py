"""A key that no row has.

PostgreSQL goes on counting from one test to the next, so that any small
number is, one day, the key of a row that the test has just made.
"""

from __future__ import annotations

ABSENT = 2**40
