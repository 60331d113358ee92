"""Many rules at one moment, or at many: each evaluated once, whatever the number of stations that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import opening_hours
from numpy.typing import NDArray

from stations.calendar import Calendar
from stations.hours.clock import EARLIEST, LATEST, Hours
from stations.hours.days import Wants, moved
from stations.hours.evaluating import Rule
from stations.hours.states import STATE_CODES, State
from stations.hours.together import is_steady

MAX_DAYS = 16
"""Days that are kept evaluated: some 40 bytes a rule and day."""

ASKED_BEFORE = 2
"""Times that rules are asked about a day one by one before all of its changes are worked out."""

LONGEST_S = 8 * 86400.0
"""Moments within so many seconds are answered from one evaluation."""

_DAY_S = 86400.0
_CODES = {
    opening_hours.State.OPEN: STATE_CODES[State.OPEN],
    opening_hours.State.CLOSED: STATE_CODES[State.CLOSED],
    opening_hours.State.UNKNOWN: STATE_CODES[State.UNKNOWN],
}

Codes8 = NDArray[np.int8]


class RuleTable:
    """Distinct rules, asked together.

    Threads may share a table without a lock: what is kept never changes an
    answer, and at worst a day is evaluated twice.

    Parameters
    ----------
    rules
        In the order of the columns of every answer.
    """

    def __init__(self, rules: Sequence[Hours]) -> None:
        self.rules = tuple(rules)
        self._days: dict[int, _Changes] = {}
        self._asked: dict[int, int] = {}
        self._groups, self._others = _grouped(self.rules)

    def states_at(self, moment: datetime) -> Codes8:
        """State of every rule at one aware moment, int8 ``[rules]``: 0 unknown, 1 open, 2 closed.

        Raises
        ------
        ValueError
            A datetime without a time zone: it is no moment.
        """
        seconds = _seconds(moment)
        if not EARLIEST <= seconds < LATEST:
            return np.zeros(len(self.rules), dtype=np.int8)
        number = int(seconds // _DAY_S)
        changes = self._days.get(number)
        if changes is None:
            asked = self._asked.get(number, 0)
            if asked < ASKED_BEFORE:
                _keep(self._asked, number, asked + 1)
                return self._ask(moment)
            changes = _changes(self.rules, number * _DAY_S, (number + 1) * _DAY_S)
            _keep(self._days, number, changes)
        return changes.at(seconds)

    def states_through(self, moments: Sequence[datetime]) -> Codes8:
        """State of every rule at several aware moments, int8 ``[len(moments), rules]``, as `states_at`.

        Moments in any order; those of the same week are evaluated together.

        Raises
        ------
        ValueError
            A datetime without a time zone: it is no moment.
        """
        seconds = np.array([_seconds(moment) for moment in moments], dtype=np.float64)
        states = np.zeros((len(moments), len(self.rules)), dtype=np.int8)
        order = np.argsort(seconds, kind="stable")
        order = order[(seconds[order] >= EARLIEST) & (seconds[order] < LATEST)]
        while order.size:
            within = int(np.searchsorted(seconds[order], seconds[order[0]] + LONGEST_S))
            now, order = order[:within], order[within:]
            if within <= ASKED_BEFORE:
                for row in now:
                    states[row] = self.states_at(moments[row])
            else:
                asked = seconds[now]
                states[now] = _changes(self.rules, asked[0], asked[-1] + 1.0).through(asked)
        return states

    def _ask(self, moment: datetime) -> Codes8:
        """Ask the rules one by one."""
        states = np.empty(len(self.rules), dtype=np.int8)
        others = [*self._others]
        for group in self._groups:
            local = moment.astimezone(group.timezone)
            if group.minds(local.date()) or not is_steady(local):
                others += group.numbers
            else:
                states[group.numbers] = group.ask(local.replace(tzinfo=None))
        for number in others:
            states[number] = STATE_CODES[self.rules[number].together.said_at(moment).state]
        return states


class _Group:
    """Rules without closures that mind the same days, asked on any other."""

    def __init__(self, timezone: ZoneInfo, wants: Wants, calendar: Calendar) -> None:
        self.timezone = timezone
        self.wants = wants
        self.calendar = calendar
        self.numbers: list[int] = []
        self._texts: tuple[list[Rule | None], ...] = ([], [], [])

    def minds(self, day: date) -> bool:
        return self.wants.mind(moved(day, -1), day, self.calendar)

    def add(self, number: int, texts: tuple[Rule | None, ...]) -> None:
        self.numbers.append(number)
        for column, text in zip(self._texts, texts, strict=True):
            column.append(text)

    def ask(self, wall: datetime) -> Codes8:
        """What `stations.hours.states.joint` says of each, int8."""
        absent = (State.UNKNOWN, State.CLOSED, State.OPEN)
        staffed, self_service, season = (
            np.array([STATE_CODES[nothing] if text is None else _code(text, wall) for text in column], dtype=np.int8)
            for column, nothing in zip(self._texts, absent, strict=True)
        )
        is_open, is_closed, is_unknown = (STATE_CODES[state] for state in (State.OPEN, State.CLOSED, State.UNKNOWN))
        return np.select(
            [
                season == is_closed,
                (staffed == is_open) | (self_service == is_open),
                (staffed == is_unknown) | (self_service == is_unknown),
            ],
            [np.int8(is_closed), np.int8(is_open), np.int8(is_unknown)],
            np.int8(is_closed),
        )


def _code(text: Rule, wall: datetime) -> int:
    if text.whole is not None:
        return _CODES[text.whole.state(wall)[0]]
    return STATE_CODES[text.said_at(wall).state]


def _grouped(rules: Sequence[Hours]) -> tuple[list[_Group], list[int]]:
    """Part rules into groups that mind the same days, and those that have closures."""
    groups: dict[tuple[str | None, Wants], _Group] = {}
    others: list[int] = []
    for number, rule in enumerate(rules):
        together = rule.together
        if together.shut:
            others.append(number)
            continue
        key = (rule.timezone.key, together.wants)
        if key not in groups:
            groups[key] = _Group(rule.timezone, together.wants, together.calendar)
        groups[key].add(number, together.rules)
    return [*groups.values()], others


class _Changes(NamedTuple):
    """What each rule says from when on, between two moments: rule after rule.

    Attributes
    ----------
    starts
        float64 ``[changes]``, seconds since 1970, rising within a rule; the first of each is the first moment.
    codes
        int8 ``[changes]``.
    begins
        int64 ``[rules]``, where the changes of each rule begin.
    """

    starts: NDArray[np.float64]
    codes: Codes8
    begins: NDArray[np.int64]

    def at(self, seconds: float) -> Codes8:
        """State of every rule at a moment, int8 ``[rules]``."""
        if not self.begins.size:
            return np.zeros(0, dtype=np.int8)
        passed = np.add.reduceat((self.starts <= seconds).astype(np.int32), self.begins)
        return self.codes[self.begins + passed - 1]

    def through(self, seconds: NDArray[np.float64]) -> Codes8:
        """State of every rule at rising moments, int8 ``[len(seconds), rules]``."""
        place = np.zeros((seconds.size, self.begins.size), dtype=np.int32)
        row = np.searchsorted(seconds, self.starts)
        rule = np.repeat(np.arange(self.begins.size), np.diff(self.begins, append=self.starts.size))
        asked = np.flatnonzero(row < seconds.size)
        # Of changes between two moments the last counts, and the last written stays.
        place[row[asked], rule[asked]] = asked
        return self.codes[np.maximum.accumulate(place, axis=0)]


def _changes(rules: Sequence[Hours], first: float, last: float) -> _Changes:
    starts: list[float] = []
    codes: list[int] = []
    begins = np.zeros(len(rules), dtype=np.int64)
    for number, rule in enumerate(rules):
        begins[number] = len(starts)
        spans = rule.together.spans(first, last)
        starts += [span.start for span in spans]
        codes += [STATE_CODES[span.said.state] for span in spans]
    return _Changes(np.array(starts, dtype=np.float64), np.array(codes, dtype=np.int8), begins)


def _seconds(moment: datetime) -> float:
    if moment.tzinfo is None:
        message = "a moment needs a time zone"
        raise ValueError(message)
    return moment.timestamp()


def _keep(kept: dict[int, Any], number: int, value: Any) -> None:
    if len(kept) >= MAX_DAYS:
        kept.clear()
    kept[number] = value
