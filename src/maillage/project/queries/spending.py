"""What the accounts say that actions cost, and which time of meetings they pay: read from above.

The accounts stand above the project, which reads none of them: they give their readers once, when the program
starts. A territory that keeps no accounts has what was declared, and it is shown as declared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from maillage.kernel.models import Person, Scope
from maillage.project.models import Action, Project


@dataclass(frozen=True, slots=True)
class Spending:
    """What the actions of a project cost in the accounts of its territory, in €; one absent: nothing.

    `by_action` is None for a reader to whom the accounts are closed. `url` shows the operations behind what
    is asked (« action=12 »), empty for whoever reads no accounts.
    """

    by_action: Mapping[int, Decimal] | None
    url: str = ""

    def of(self, action: Action) -> Decimal | None:
        """Return what an action cost, None for a reader to whom the accounts are closed."""
        return None if self.by_action is None else self.by_action.get(action.pk, Decimal(0))

    def opened(self, **asked: object) -> str:
        """Return the address of the operations of what is asked, empty where they are closed."""
        if not self.url:
            return ""
        return f"{self.url}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The readers that the accounts give.

    `keeps(scope)`: whether a territory keeps them. `spending(reader, project)`: None where it does not; no
    reader reads all. `settled(scope, presences)`: which attendances of meetings an operation pays.
    """

    keeps: Callable[[Scope], bool]
    spending: Callable[[Person | None, Project], Spending | None]
    settled: Callable[[Scope, Collection[int]], set[int]]


_given: dict[str, Accounts] = {}


def tell_spending(context: str, accounts: Accounts) -> None:
    """Have `accounts` asked what actions cost; the same context again replaces them."""
    _given.clear()
    _given[context] = accounts


def _accounts() -> Accounts | None:
    return next(iter(_given.values()), None)


def keeps_accounts(scope: Scope) -> bool:
    """Return whether a territory keeps accounts: what is spent is then read there, and declared no more."""
    accounts = _accounts()
    return accounts is not None and accounts.keeps(scope)


def spending_of(project: Project, reader: Person | None = None) -> Spending | None:
    """Return what the actions of a project cost as `reader` may see it, None where no accounts are kept."""
    accounts = _accounts()
    return None if accounts is None else accounts.spending(reader, project)


def settled_of(scope: Scope, presences: Collection[int]) -> set[int] | None:
    """Return which attendances of meetings are paid in the accounts, None where none are kept."""
    accounts = _accounts()
    if accounts is None or not presences or not accounts.keeps(scope):
        return None
    return accounts.settled(scope, presences)
