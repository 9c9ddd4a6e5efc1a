"""What truly left to a doctor: asked of the context that sends messages, which stands above this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.people.models import DoctorProposal

#: Answers, for each subject with its recipient, a sentence to show.
Reader = Callable[[Mapping[str, directory.Professional]], Mapping[str, Any]]
_readers: list[Reader] = []


def read_messages_with(reader: Reader) -> None:
    """Say who knows what became of a message; once, when the program starts."""
    _readers[:] = [reader]


def told(proposals: list[DoctorProposal]) -> dict[int, str]:
    """Return what is known of the messages about some proposals, by their keys, ready to show."""
    if not _readers or not proposals:
        return {}
    subjects = {journal.target_of(one): one for one in proposals}
    found = _readers[0]({subject: one.doctor for subject, one in subjects.items()})
    return {subjects[subject].pk: status.sentence for subject, status in found.items()}
