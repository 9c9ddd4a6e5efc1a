"""What is wrong with a pack, said so that the person who made the pack can mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl

SHOWN_PER_KIND = 5
"""How many defects of one kind are told in full for one column; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One problem: where it is, what it is, how to mend it.

    `row` counts from 1 within the file. `others` is how many more of the same kind the column holds.
    A defect that does not `block` is a remark: the pack can be imported with it.
    """

    kind: str
    file: str
    what: str
    mend: str
    row: int | None = None
    column: str = ""
    others: int = 0
    blocks: bool = True

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += _(", ligne %(row)d") % {"row": self.row}
        if self.column:
            place += _(", colonne %(column)s") % {"column": self.column}
        more = _(" (et %(others)d autres)") % {"others": self.others} if self.others else ""
        return _("%(place)s : %(what)s%(more)s %(mend)s") % {
            "place": place, "what": self.what, "more": more, "mend": self.mend,
        }  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return the defect as plain values, for JSON."""
        return asdict(self)


class Defects:
    """Collects the defects of a pack while it is checked."""

    def __init__(self) -> None:
        self._found: list[Defect] = []

    def __iter__(self) -> Iterator[Defect]:
        return iter(self._found)

    def add(self, kind: str, file: str, what: str, mend: str, **place: Any) -> None:
        """Record one defect; `place` may give row, column, others and blocks."""
        self._found.append(Defect(kind, file, what, mend, **place))

    def add_rows(
        self,
        kind: str,
        file: str,
        column: str,
        table: pl.DataFrame,
        wrong: pl.Series,
        what: Callable[[dict[str, Any]], str],
        mend: str,
        *,
        blocks: bool = True,
    ) -> None:
        """Record the rows of `table` where the boolean `wrong` holds: the first in full, the rest counted.

        `what` says the defect of one row, given as a dictionary that has its number under « # ».
        """
        count = int(wrong.sum() or 0)
        if not count:
            return
        shown = table.with_row_index("#", offset=1).filter(wrong).head(SHOWN_PER_KIND).to_dicts()
        for rank, row in enumerate(shown, start=1):
            others = count - rank if rank == len(shown) else 0
            self._found.append(
                Defect(kind, file, what(row), mend, int(row["#"]), column, others=others, blocks=blocks)
            )

    @property
    def blocking(self) -> bool:
        """Whether the pack cannot be imported."""
        return any(defect.blocks for defect in self._found)
