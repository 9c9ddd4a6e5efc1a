"""`python -m bench [engine …]`: run every bench, or those named, and write build/bench/<engine>.json."""

from __future__ import annotations

import importlib
import sys

from bench.harness import write

ENGINES = (
    "accessibility",
    "traveltime",
    "roads",
    "booking",
    "roster",
    "agenda",
    "search",
    "diagnosis",
    "circle",
    "evaluation",
    "indicators",
    "siting",
    "twin",
)


def main(names: list[str]) -> int:
    """Run the benches named, all of them when none is."""
    unknown = sorted(set(names) - set(ENGINES))
    if unknown:
        print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(ENGINES)}.", file=sys.stderr)
        return 2
    for name in names or ENGINES:
        write(name, importlib.import_module(f"bench.{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
