"""Opening hours: the one rule that says open, closed or unknown.

Texts are in the grammar of the OpenStreetMap wiki, ``Key:opening_hours/specification``,
read and evaluated by opening-hours-py. Public and school holidays (``PH``, ``SH``)
never match here, as this module knows no calendar; `Hours.depends_on_holidays`
says where that matters. Sunrise and sunset are taken as 07:00 and 19:00.

A station may have staffed hours, self-service hours, a season and dated closures.
It is closed through every day of a closure and out of its season, and otherwise
open when either of the two hours is. Where the staffed hours are not known it is
unknown outside its self-service hours, never closed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import opening_hours

from stations.errors import HoursError
from stations.station import Closure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

HORIZON = timedelta(days=8)
"""How far ahead the next change is looked for: a week, and a day for what crosses midnight."""

MAX_TEXT = 1000
"""Longest text that is read, in characters. OpenStreetMap itself stops at 255."""

MAX_BLOCKS = 8
"""Evaluated stretches that one rule keeps, each as long as the horizon: some 5 KB apiece for usual hours."""

EARLIEST = datetime(1901, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(9998, 1, 1, tzinfo=UTC).timestamp()
"""Moments between which the grammar is evaluated; the library stops at the years 1900 and 9999."""

HOURS_NOT_KNOWN = "hours not known"
OUT_OF_SEASON = "out of season"
CLOSED_FOR_NOW = "closed for now"
SELF_SERVICE = "self-service"
OUT_OF_RANGE = "no hours for that year"
"""Reasons of this module. Any other reason is a comment in the rule, or what a closure gives as its reason."""

_BLOCK_S = HORIZON.total_seconds()
_FAULT_AT = re.compile(r"--> (\d+):(\d+)")
_QUOTED = re.compile(r'"[^"]*"')
_HOLIDAY = re.compile(r"\b[PS]H\b")


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
        Empty, one of the reasons named in this module, a comment of the rule or the reason of a closure.
    """

    state: State
    until: datetime | None = None
    reason: str = ""


class _Span(NamedTuple):
    start: float
    state: State
    reason: str


class _Block(NamedTuple):
    """The answers of one stretch: parallel, by rising start in seconds since 1970."""

    starts: list[float]
    changes: list[float]
    answers: list[StateAt]


_STATES = {
    opening_hours.State.OPEN: State.OPEN,
    opening_hours.State.CLOSED: State.CLOSED,
    opening_hours.State.UNKNOWN: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Hours:
    """When a station is open. Made by `Hours.parse`; equal when the texts, the closures and the time zone are.

    A question costs a look into a list of the stretch's changes, evaluated at
    first asking and kept. What is kept never changes an answer, so threads may
    share an instance without a lock: at worst a stretch is evaluated twice.
    """

    text: str
    timezone: ZoneInfo
    self_service_text: str = ""
    season: str = ""
    closures: tuple[Closure, ...] = ()
    _staffed: _Rule | None = field(default=None, compare=False, repr=False)
    _self_service: _Rule | None = field(default=None, compare=False, repr=False)
    _season: _Rule | None = field(default=None, compare=False, repr=False)
    _blocks: dict[int, _Block] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def parse(
        cls,
        text: str,
        timezone: ZoneInfo,
        *,
        self_service: str = "",
        season: str = "",
        closures: tuple[Closure, ...] = (),
    ) -> Hours:
        """Read opening hours.

        Parameters
        ----------
        text
            Staffed hours in OSM grammar; empty when they are not known.
        timezone
            The station's time zone.
        self_service
            Hours in OSM grammar in which one gets in without staff; empty for none.
        season
            Months or dates in OSM grammar, like ``Jun 01-Sep 30``, outside which
            the station is closed; empty for all year.
        closures
            Days on which the station is closed whatever the texts say, from the
            midnight that begins the first to the midnight that ends the last.

        Raises
        ------
        HoursError
            A text that is not in the grammar. Its values tell where.
        """
        texts = [part.strip() for part in (text, self_service, season)]
        staffed, by_itself, in_season = (_Rule.parse(part, timezone) if part else None for part in texts)
        return cls(texts[0], timezone, texts[1], texts[2], closures, staffed, by_itself, in_season)

    @property
    def known(self) -> bool:
        """Whether anything at all is said about the hours."""
        return bool(self.text or self.self_service_text)

    @property
    def depends_on_holidays(self) -> bool:
        """Whether a public or school holiday could change an answer."""
        rules = (self._staffed, self._self_service, self._season)
        return any(rule.names_holidays for rule in rules if rule is not None)

    def state_at(self, moment: datetime) -> StateAt:
        """Open, closed or unknown at a moment, with the next change and the reason.

        Parameters
        ----------
        moment
            An aware datetime, in any time zone.

        Raises
        ------
        ValueError
            A datetime without a time zone: it is no moment.
        """
        if moment.tzinfo is None:
            message = "a moment needs a time zone"
            raise ValueError(message)
        seconds = moment.timestamp()
        number = int(seconds // _BLOCK_S)
        block = self._blocks.get(number)
        if block is None:
            if not EARLIEST <= seconds < LATEST:
                return StateAt(State.UNKNOWN, None, OUT_OF_RANGE)
            block = self._keep(number)
        at = bisect_right(block.starts, seconds) - 1
        answer = block.answers[at]
        if answer.until is None or block.changes[at] - seconds <= _BLOCK_S:
            return answer
        return StateAt(answer.state, None, answer.reason)

    def _keep(self, number: int) -> _Block:
        block = _block(list(self._spans(number)), (number + 1) * _BLOCK_S, self.timezone)
        if len(self._blocks) >= MAX_BLOCKS:
            self._blocks.clear()
        self._blocks[number] = block
        return block

    def _spans(self, number: int) -> Iterator[_Span]:
        """What holds from when on, through stretch `number` and one horizon past it."""
        first, last = number * _BLOCK_S, (number + 2) * _BLOCK_S
        staffed = self._staffed.spans(first, last) if self._staffed else [_Span(first, State.UNKNOWN, HOURS_NOT_KNOWN)]
        self_service = self._self_service.spans(first, last) if self._self_service else []
        season = self._season.spans(first, last) if self._season else []
        closed = [*self._closed(first, last)]
        starts = {span.start for spans in (staffed, self_service, season) for span in spans}
        starts.update(moment for begin, end, _ in closed for moment in (begin, end) if first < moment < last)
        for start in sorted(starts):
            reason = next((why for begin, end, why in closed if begin <= start < end), None)
            if reason is None:
                yield _joint(start, _at(staffed, start), _at(self_service, start), _at(season, start))
            else:
                yield _Span(start, State.CLOSED, reason)

    def _closed(self, first: float, last: float) -> Iterator[tuple[float, float, str]]:
        """When closures between two moments begin and end, with their reasons."""
        for closure in self.closures:
            begin, end = (
                datetime.combine(day, time(), self.timezone).timestamp()
                for day in (closure.first, closure.last + timedelta(days=1))
            )
            if begin < last and end > first:
                yield begin, end, closure.reason or CLOSED_FOR_NOW


class _Rule(NamedTuple):
    """One text in OSM grammar, as alternatives of which the first that does not say closed holds."""

    alternatives: tuple[opening_hours.OpeningHours, ...]
    timezone: ZoneInfo

    @classmethod
    def parse(cls, text: str, timezone: ZoneInfo) -> _Rule:
        if len(text) > MAX_TEXT:
            raise HoursError(
                "Opening hours of {length} characters are too long; at most {longest} are read.",
                length=len(text),
                longest=MAX_TEXT,
                text=text[:80],
            )
        _read(text, timezone)
        return cls(tuple(_read(part, timezone) for part in _alternatives(text)), timezone)

    @property
    def names_holidays(self) -> bool:
        return any(_HOLIDAY.search(_QUOTED.sub("", str(rule))) for rule in self.alternatives)

    def spans(self, first: float, last: float) -> list[_Span]:
        spans = self._spans_of(self.alternatives[0], first, last)
        for rule in self.alternatives[1:]:
            upper, lower = spans, self._spans_of(rule, first, last)
            starts = sorted({span.start for span in (*upper, *lower)})
            spans = []
            for start in starts:
                above, below = _at(upper, start), _at(lower, start)
                # Both lists begin at `first`, so there always is a span.
                held = below if above is None or above.state is State.CLOSED else above
                if held is not None:
                    spans.append(held._replace(start=start))
        return spans

    def _spans_of(self, rule: opening_hours.OpeningHours, first: float, last: float) -> list[_Span]:
        begin, end = (datetime.fromtimestamp(seconds, self.timezone) for seconds in (first, last))
        return [
            _Span(max(start.timestamp(), first), _STATES[state], comment)
            for start, _, state, comment in rule.intervals(begin, end)
        ]


def _read(text: str, timezone: ZoneInfo) -> opening_hours.OpeningHours:
    try:
        # Country and place are left out on purpose: the library's Chinese holidays are incomplete.
        return opening_hours.OpeningHours(text, timezone=timezone, auto_country=False, auto_timezone=False)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # left out of the library's stubs
        found = _FAULT_AT.search(str(error))
        if found is None:
            raise HoursError("Opening hours “{text}” are not in OpenStreetMap's grammar.", text=text) from None
        line, column = int(found[1]), int(found[2])
        faulty = text.splitlines()[line - 1] if text.splitlines()[line - 1 :] else ""
        raise HoursError(
            "Opening hours “{text}” are not understood from character {column} on: “{rest}”. "
            "Write them like “Mo-Fr 08:00-18:00; Sa 09:00-12:00”, or leave them empty when they are not known.",
            text=text,
            line=line,
            column=column,
            rest=faulty[column - 1 : column + 29],
        ) from None


def _alternatives(text: str) -> list[str]:
    """Take ``a || b; c`` apart into what holds first and what holds where that says closed.

    The library applies a fallback to whole days only, and to every day when it
    names none, so that ``Mo-Fr 08:00-18:00 || unknown`` would never be open. By
    the wiki a fallback holds at each moment that the rules before it leave
    closed, and the rules after it override both, hence ``a; c`` and then ``b; c``.
    """
    groups = [[_unsure(rule) for rule in _split(group, ";") if rule.strip()] for group in _split(text, "||")]
    first, *fallbacks = [group for group in groups if group] or [[text]]
    found: list[list[str]] = []
    after: list[str] = []
    for head, *tail in reversed(fallbacks):
        after = tail + after
        found.append([head, *after])
    found.append(first + after)
    return ["; ".join(rules) for rules in reversed(found)]


def _unsure(rule: str) -> str:
    """Read a rule that is nothing but a comment as the wiki does: unknown, not open."""
    rule = rule.strip()
    return f"unknown {rule}" if _QUOTED.fullmatch(rule) else rule


def _split(text: str, separator: str) -> list[str]:
    """Split outside quoted comments."""
    # Commas keep every offset, and a blanked comment cannot hold a separator.
    blank = _QUOTED.sub(lambda found: "," * len(found[0]), text)
    parts, begin = [], 0
    for piece in blank.split(separator):
        parts.append(text[begin : begin + len(piece)])
        begin += len(piece) + len(separator)
    return parts


def _at(spans: list[_Span], moment: float) -> _Span | None:
    at = bisect_right(spans, moment, key=lambda span: span.start) - 1
    return spans[at] if at >= 0 else None


def _joint(start: float, staffed: _Span | None, self_service: _Span | None, season: _Span | None) -> _Span:
    """The state of a station that has staffed hours, perhaps self-service hours, and perhaps a season."""
    if season is not None and season.state is State.CLOSED:
        return _Span(start, State.CLOSED, OUT_OF_SEASON)
    if staffed is not None and staffed.state is State.OPEN:
        return _Span(start, State.OPEN, staffed.reason)
    if self_service is not None and self_service.state is State.OPEN:
        return _Span(start, State.OPEN, self_service.reason or SELF_SERVICE)
    for span in (staffed, self_service):
        if span is not None and span.state is State.UNKNOWN:
            return _Span(start, State.UNKNOWN, span.reason)
    return _Span(start, State.CLOSED, staffed.reason if staffed else "")


def _block(spans: list[_Span], end: float, timezone: ZoneInfo) -> _Block:
    """Turn spans into answers, each knowing when its state (not merely its comment) ends."""
    starts: list[float] = []
    changes: list[float] = []
    answers: list[StateAt] = []
    change, until = float("inf"), None
    for span, following in zip(reversed(spans), [None, *reversed(spans[1:])], strict=True):
        if following is not None and following.state is not span.state:
            change, until = following.start, datetime.fromtimestamp(following.start, timezone)
        if span.start < end:
            starts.append(span.start)
            changes.append(change)
            answers.append(StateAt(span.state, until, span.reason))
    return _Block(starts[::-1], changes[::-1], answers[::-1])
