"""What can be said of a door at a moment, and how two things said become one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

HOURS_NOT_KNOWN = "hours not known"
OUT_OF_SEASON = "out of season"
CLOSED_FOR_NOW = "closed for now"
SELF_SERVICE = "self-service"
OUT_OF_RANGE = "no hours for that year"
NOT_ANNOUNCED = "calendar for {year} not announced"
SCHOOL_HOLIDAYS = "school holidays are not known"
"""Reasons that are ours. Any other reason is a comment in the rule, or what a closure gives as its reason."""


class State(StrEnum):
    """What can be said of a station at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


STATE_CODES: Mapping[State, int] = MappingProxyType({State.UNKNOWN: 0, State.OPEN: 1, State.CLOSED: 2})
"""How arrays write a state, as int8."""


@dataclass(frozen=True, slots=True)
class StateAt:
    """The state at a moment.

    Attributes
    ----------
    state
        Open, closed or unknown.
    until
        When the state changes next, in the time zone of the rule; None when it
        does not within 8 days.
    reason
        Empty, one of the reasons named in this module, a comment of the rule or
        the reason of a closure.
    """

    state: State
    until: datetime | None = None
    reason: str = ""


class Said(NamedTuple):
    """A state and its reason."""

    state: State
    reason: str = ""


class Span(NamedTuple):
    """What holds from a moment on, in seconds since 1970, until the next span of its list begins."""

    start: float
    said: Said


Spans = Sequence[Span]
"""By rising start; the first begins where the question does."""

NOTHING_KNOWN = Said(State.UNKNOWN, HOURS_NOT_KNOWN)


def first_not_closed(said: Sequence[Said]) -> Said:
    """Of alternatives, the first that does not say closed; the last when all do."""
    for one in said:
        if one.state is not State.CLOSED:
            return one
    return said[-1]


def agreed(said: Sequence[Said], otherwise: str) -> Said:
    """What all say; unknown, for the reason given, where they differ in state. The first gives the reason."""
    first = said[0]
    for one in said:
        if one.state is not first.state:
            return Said(State.UNKNOWN, otherwise)
    return first


def joint(staffed: Said | None, self_service: Said | None, season: Said | None) -> Said:
    """The state of a station that may have staffed hours, self-service hours and a season.

    Closed out of season, else open when either of the two hours is. Where the
    staffed hours are not known it is unknown outside its self-service hours.
    """
    if season is not None and season.state is State.CLOSED:
        return Said(State.CLOSED, OUT_OF_SEASON)
    staffed = staffed or NOTHING_KNOWN
    if staffed.state is State.OPEN:
        return staffed
    if self_service is not None and self_service.state is State.OPEN:
        return Said(State.OPEN, self_service.reason or SELF_SERVICE)
    if staffed.state is State.UNKNOWN:
        return staffed
    if self_service is not None and self_service.state is State.UNKNOWN:
        return self_service
    return staffed


def starts_of(many: Iterable[Spans]) -> list[float]:
    """Every moment at which one of several lists of spans changes."""
    return sorted({span.start for spans in many for span in spans})


def at(spans: Spans, moment: float) -> Said:
    """What holds at a moment that is not before the first span."""
    return spans[bisect_right(spans, moment, key=_start) - 1].said


def _start(span: Span) -> float:
    return span.start
