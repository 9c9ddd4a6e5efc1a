"""Agreements between structures: their state by their days, and the day by which somebody must decide."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from maillage.project.rules.missions import months_after


class AgreementKind(StrEnum):
    """What an agreement is about; each has a template of its own."""

    CARE_HOME = "with_a_care_home"
    HOSPITAL = "with_a_hospital"
    PHARMACY = "with_a_pharmacy"
    PREMISES = "premises_of_a_commune"
    DATA = "data_sharing"
    OTHER = "other_agreement"


class AgreementState(StrEnum):
    """Where an agreement stands today."""

    DRAFT = "draft"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"
    ENDED = "ended"


def notice_day(ends_on: date | None, notice_days: int) -> date | None:
    """Return the last day to give notice before an end, None for an agreement without one."""
    return None if ends_on is None else ends_on - timedelta(days=notice_days)


def end_of(ends_on: date | None, *, is_tacit: bool, months: int, today: date) -> date | None:
    """Return the end that runs today: one renewed by itself goes on by `months`, as often as it takes."""
    if ends_on is None or not is_tacit or months < 1:
        return ends_on
    turns = 0
    end = ends_on
    while end < today:
        turns += 1
        end = months_after(ends_on, turns * months)
    return end


def state_of(
    *,
    signed_on: date | None,
    starts_on: date,
    ends_on: date | None,
    ended_on: date | None,
    notice_days: int,
    ahead_days: int,
    today: date,
) -> AgreementState:
    """Return where an agreement stands today.

    `ends_on` is the end that runs; `ahead_days`: how long before its notice it is told.
    """
    if ended_on is not None and ended_on <= today:
        return AgreementState.ENDED
    if signed_on is None:
        return AgreementState.DRAFT
    if ends_on is not None and ends_on < today:
        return AgreementState.EXPIRED
    if starts_on > today:
        return AgreementState.TO_COME
    last = notice_day(ends_on, notice_days + ahead_days)
    return AgreementState.ENDS_SOON if last is not None and last <= today else AgreementState.IN_FORCE
