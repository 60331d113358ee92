"""Many rules at one moment, or at many: each evaluated once, whatever the number of stations that keep it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
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

FEW = 100
"""Rules with a special day that are asked one by one all the same."""

LONGEST_S = 8 * 86400.0
"""Moments within so many seconds are answered from one evaluation."""

_DAY_S = 86400.0
_OPEN, _CLOSED, _UNKNOWN = (np.int8(STATE_CODES[state]) for state in (State.OPEN, State.CLOSED, State.UNKNOWN))

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
            states = self._ask(moment) if asked < ASKED_BEFORE else None
            if states is not None:
                _keep(self._asked, number, asked + 1)
                return states
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

    def _ask(self, moment: datetime) -> Codes8 | None:
        """Ask the rules one by one; None where so many have a special day that all had better be worked out."""
        states = np.empty(len(self.rules), dtype=np.int8)
        others = [*self._others]
        usual: list[tuple[_Group, datetime]] = []
        for group in self._groups:
            local = moment.astimezone(group.timezone)
            if group.minds(local.date()) or not is_steady(local):
                others += group.numbers
            else:
                usual.append((group, local.replace(tzinfo=None)))
        if len(others) > FEW:
            return None
        for group, wall in usual:
            states[group.numbers] = group.ask(wall)
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
        self._columns = (_Column(State.UNKNOWN), _Column(State.CLOSED), _Column(State.OPEN))

    def minds(self, day: date) -> bool:
        return self.wants.mind(moved(day, -1), day, self.calendar)

    def add(self, number: int, texts: tuple[Rule | None, ...]) -> None:
        for column, text in zip(self._columns, texts, strict=True):
            column.add(len(self.numbers), text)
        self.numbers.append(number)

    def ask(self, wall: datetime) -> Codes8:
        """What `stations.hours.states.joint` says of each, int8."""
        staffed, self_service, season = (column.ask(wall, len(self.numbers)) for column in self._columns)
        return np.select(
            [
                season == _CLOSED,
                (staffed == _OPEN) | (self_service == _OPEN),
                (staffed == _UNKNOWN) | (self_service == _UNKNOWN),
            ],
            [_CLOSED, _OPEN, _UNKNOWN],
            _CLOSED,
        )


class _Column:
    """One text of each rule of a group: what is asked of the library for it."""

    def __init__(self, absent: State) -> None:
        self._absent = STATE_CODES[absent]
        self._numbers: list[int] = []
        self._are_open: list[Callable[[datetime], bool]] = []
        self._others: list[tuple[int, Rule]] = []

    def add(self, number: int, text: Rule | None) -> None:
        if text is None:
            return
        if text.whole is not None and "unknown" not in text.text.lower():
            # Of a text that never says unknown it is enough, and quicker, to ask whether it is open.
            self._numbers.append(number)
            self._are_open.append(text.whole.is_open)
        else:
            self._others.append((number, text))

    def ask(self, wall: datetime, count: int) -> Codes8:
        states = np.full(count, self._absent, dtype=np.int8)
        states[self._numbers] = np.where([is_open(wall) for is_open in self._are_open], _OPEN, _CLOSED)
        for number, text in self._others:
            states[number] = STATE_CODES[text.said_at(wall).state]
        return states


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
