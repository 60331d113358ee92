"""Opening hours: the one rule that says open, closed or unknown.

Texts are in the grammar of the OpenStreetMap wiki, ``Key:opening_hours/specification``,
read and evaluated by opening-hours-py under the official calendar of China. What
depends on public holidays is unknown in a year that is not announced, and what
depends on school holidays always, unless it is the same either way. Outside
mainland China holidays are not consulted. Sunrise and sunset are taken as 07:00
and 19:00.

A station may have staffed hours, self-service hours, a season and dated closures.
It is closed through every day of a closure and out of its season, and otherwise
open when either of the two hours is. Where the staffed hours are not known it is
unknown outside its self-service hours, never closed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from stations.calendar import calendar_of
from stations.hours.evaluating import Rule
from stations.hours.states import OUT_OF_RANGE, Span, State, StateAt
from stations.hours.together import Together
from stations.station import Closure

HORIZON = timedelta(days=8)
"""How far ahead the next change is looked for: a week, and a day for what crosses midnight."""

MAX_BLOCKS = 8
"""Evaluated stretches that one rule keeps, each as long as the horizon: some 5 KB apiece for usual hours."""

EARLIEST = datetime(1901, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(9998, 1, 1, tzinfo=UTC).timestamp()
"""Moments between which the grammar is evaluated; the library stops at the years 1900 and 9999."""

_BLOCK_S = HORIZON.total_seconds()


class _Block(NamedTuple):
    """The answers of one stretch: parallel, by rising start in seconds since 1970."""

    starts: list[float]
    changes: list[float]
    answers: list[StateAt]


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
    _together: Together | None = field(default=None, compare=False, repr=False)
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
        staffed, by_itself, in_season = (Rule(part, timezone) if part else None for part in texts)
        together = Together(staffed, by_itself, in_season, closures, timezone, calendar_of(timezone))
        return cls(texts[0], timezone, texts[1], texts[2], closures, together)

    @property
    def known(self) -> bool:
        """Whether anything at all is said about the hours."""
        return bool(self.text or self.self_service_text)

    @property
    def depends_on_holidays(self) -> bool:
        """Whether a public or school holiday could change an answer."""
        return any(rule is not None and rule.names_holidays for rule in self.together.rules)

    @property
    def together(self) -> Together:
        """What evaluates the texts."""
        if self._together is None:
            message = "hours are made by Hours.parse"
            raise TypeError(message)
        return self._together

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
        spans = self.together.spans(number * _BLOCK_S, (number + 2) * _BLOCK_S)
        block = _block(spans, (number + 1) * _BLOCK_S, self.timezone)
        if len(self._blocks) >= MAX_BLOCKS:
            self._blocks.clear()
        self._blocks[number] = block
        return block


def _block(spans: list[Span], end: float, timezone: ZoneInfo) -> _Block:
    """Turn spans into answers, each knowing when its state (not merely its comment) ends."""
    starts: list[float] = []
    changes: list[float] = []
    answers: list[StateAt] = []
    change, until = float("inf"), None
    for span, following in zip(reversed(spans), [None, *reversed(spans[1:])], strict=True):
        if following is not None and following.said.state is not span.said.state:
            change, until = following.start, datetime.fromtimestamp(following.start, timezone)
        if span.start < end:
            starts.append(span.start)
            changes.append(change)
            answers.append(StateAt(span.said.state, until, span.said.reason))
    return _Block(starts[::-1], changes[::-1], answers[::-1])
