"""A place in the words of a text, and the days and times that are read from there on."""

from __future__ import annotations

from dataclasses import dataclass, field

from stations.errors import HoursError
from stations.phrases.clauses import WEEKDAYS, WEEKEND, Dates, Day, Days
from stations.phrases.drafts import NO_SUCH_DAY, NO_SUCH_TIME, TWO_TIMES, Group
from stations.phrases.spans import EVENTS, Moment, is_vague, osm_span, span_of
from stations.phrases.tokens import NOT_UNDERSTOOD, Token, refused
from stations.phrases.words import hours_words

TIMES = frozenset(("time", "number", "daypart", "next_day", "same_day", *EVENTS))
"""Kinds of words that a time may begin with."""

_BETWEEN = frozenset(("left", "right", "colon", "each_year"))
_HALVES = frozenset(("am_after", "pm_after"))

MAX_HOUR = 36
"""26:00 is the next day's 02:00, as in OpenStreetMap's grammar."""


@dataclass(slots=True)
class Times:
    """Spans read in a row.

    `spans` are minutes from midnight; `others` have a sunrise or no end, in OSM
    grammar. `named` says whether a part of the day was named.
    """

    spans: list[tuple[int, int]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    named: bool = False


class Cursor:
    """A place in the words of a text. Whatever reads moves it past what it has read."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    @property
    def kind(self) -> str:
        """The kind of the next word; empty at the end."""
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    @property
    def before(self) -> Token:
        """The word before this place."""
        return self.tokens[self.at - 1]

    def take(self) -> Token:
        """The next word."""
        self.at += 1
        return self.tokens[self.at - 1]

    def fault(self, template: str, token: Token) -> HoursError:
        """An error about a word."""
        return refused(template, self.text, token.start, token.end)

    def fault_since(self, template: str, at: int) -> HoursError:
        """An error about the words from a place on that have been read."""
        return refused(template, self.text, self.tokens[at].start, self.tokens[max(self.at - 1, at)].end)

    def group(self) -> Group:
        """One kind of day, or a range of weekdays."""
        token = self.take()
        if token.kind == "workday":
            return Group(Days(WEEKDAYS), workdays=True)
        if token.kind == "weekend":
            return Group(Days(WEEKEND))
        if token.kind == "day_off":
            return Group(Days(WEEKEND, holidays=True))
        if token.kind == "holiday":
            return Group(Days(holidays=True))
        if self.kind != "range":
            return Group(Days(frozenset(token.numbers)))
        joint = self.take()
        if self.kind != "weekday" or len(token.numbers) + len(self.tokens[self.at].numbers) != 2:
            raise self.fault(NOT_UNDERSTOOD, joint)
        first, last = token.numbers[0], self.take().numbers[0]
        return Group(Days(frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))))

    @property
    def begins_months(self) -> bool:
        """Whether a bare number is a month, as in ``5-9月``."""
        if self.kind != "number" or self.at + 2 >= len(self.tokens):
            return False
        month = self.tokens[self.at + 2]
        joined = self.tokens[self.at + 1].kind in {"range", "and"}
        return joined and month.kind == "date" and not month.numbers[0] and not month.numbers[2]

    @property
    def beside_dates(self) -> bool:
        """Whether the word before this place stands beside dates; brackets and colons between do not part them."""
        sides = (self.tokens[self.at - 2 :: -1] if self.at > 1 else [], self.tokens[self.at :])
        nearest = {next((one.kind for one in side if one.kind not in _BETWEEN), "") for side in sides}
        return not nearest.isdisjoint(("date", "day"))

    def dates(self, before: Day | None) -> Dates:
        """A day, a month, or a range of them; a day without its month is in that of `before`."""
        begin = self.at
        first = last = self._day(before)
        if self.kind == "range":
            joint = self.take()
            next_year = self.kind == "next_year"
            self.at += next_year
            if self.kind not in {"date", "day"}:
                raise self.fault(NOT_UNDERSTOOD, joint)
            first, last = _ends(first, self._day(first), next_year=next_year)
        found = Dates(first, last)
        if not (first.possible and last.possible) or not _forwards(found):
            raise self.fault_since(NO_SUCH_DAY, begin)
        return found

    def _day(self, before: Day | None) -> Day:
        token = self.take()
        if token.kind == "date":
            return Day(*token.numbers)
        if token.kind == "number":
            return Day(0, token.numbers[0], 0)
        if before is None or not before.month:
            raise self.fault(NOT_UNDERSTOOD, token)
        return Day(before.year, before.month, token.numbers[0])

    def times(self) -> Times | None:
        """Spans in a row; None where there is only a part of the day."""
        begin, found = self.at, Times()
        while True:
            start = self.tokens[self.at]
            read = self._span()
            if read is None:
                return None
            if isinstance(read, str):
                found.others.append(read)
            else:
                in_order = not found.spans or start.kind == "daypart" or read[0] >= found.spans[-1][1]
                if not in_order or any(read[0] < last and first < read[1] for first, last in found.spans):
                    raise self.fault_since(TWO_TIMES, begin)
                found.spans.append(read)
            found.named |= start.kind == "daypart"
            if not self._more():
                return found

    def _more(self) -> bool:
        """Move past what joins two spans, if another follows."""
        here = self.at
        while self.kind in {"and", "comma"}:
            self.at += 1
        if self.kind in TIMES and not self.begins_months:
            return True
        self.at = here
        return False

    def _span(self) -> tuple[int, int] | str | None:
        begin = self.at
        first = self._moment()
        if first is None:
            return None
        if self.kind == "onwards":
            self.at += 1
            if first.within_part is None or is_vague(first, first):
                raise self.fault_since(TWO_TIMES, begin)
            return (first.event or osm_span(first.within_part, 0)[:5]) + "+"
        if self.kind == "range":
            self.at += 1
        elif not (first.part and self.kind in {"daypart", "next_day"}):
            raise self.fault_since(TWO_TIMES, begin)
        last = self._moment()
        if last is None:
            raise self.fault(NOT_UNDERSTOOD, self.before)
        if first.event or last.event:
            return self._event_span(first, last, begin)
        # 2-5pm may begin at night or in the afternoon.
        halved = last.form in _HALVES and first.form not in _HALVES and first.part is None and first.minutes < 13 * 60
        span = None if halved or is_vague(first, last) else span_of(first, last)
        if span is None:
            raise self.fault_since(TWO_TIMES, begin)
        return span

    def _event_span(self, first: Moment, last: Moment, begin: int) -> str:
        start, end = first.within_part, last.within_part
        if start is None or end is None or first.next_day:
            raise self.fault_since(TWO_TIMES, begin)
        clock = osm_span(start, end)
        return f"{first.event or clock[:5]}-{last.event or clock[-5:]}"

    def _moment(self) -> Moment | None:
        """A time with the part of the day and the day it is in; None when no time follows those."""
        begin, part, next_day = self.at, "", False
        while self.kind in {"daypart", "next_day", "same_day"} or (self.kind == "colon" and self.at > begin):
            token = self.take()
            next_day |= token.kind == "next_day"
            if part and token.kind == "daypart":
                raise self.fault(NO_SUCH_TIME, token)
            part = token.value if token.kind == "daypart" else part
        if self.kind in EVENTS:
            return Moment(event=self.take().kind)
        if self.kind not in {"time", "number"}:
            return None
        token = self.take()
        hour, minute = (*token.numbers, 0)[:2]
        form = token.value if token.kind == "time" else ""
        if minute > 59 or hour > (MAX_HOUR if form == ":" else 24) or (hour == 24 and minute and form != ":"):
            raise self.fault(NO_SUCH_TIME, token)
        if self.kind in {"pm_after", "am_after"} and not part:
            form = self.take().kind
            # 12 am is midnight, and 12 pm noon; 14:00 pm is 14:00.
            hour = hour % 12 + (12 if form == "pm_after" else 0) if hour <= 12 else hour
            if hour > 12 and form == "am_after":
                raise self.fault_since(NO_SUCH_TIME, begin)
        moment = Moment(60 * hour + minute, hours_words().dayparts[part] if part else None, next_day, form=form)
        if moment.within_part is None:
            raise self.fault_since(TWO_TIMES, begin)
        return moment


def _ends(first: Day, last: Day, *, next_year: bool) -> tuple[Day, Day]:
    """Both ends of a range, each with the year and the precision of the other."""
    wraps = (last.month, last.day or 31) < (first.month, first.day or 1)
    if first.year and not last.year:
        last = Day(first.year + (next_year or wraps), last.month, last.day)
    elif next_year and not wraps:
        # A range of more than a year is no range of days of the year.
        return first, Day(0, 13, 0)
    if first.day and not last.day:
        last = last.last()
    elif last.day and not first.day:
        first = first.first()
    return first, last


def _forwards(dates: Dates) -> bool:
    first, last = dates.first, dates.last
    if not first.year and not last.year:
        return bool(first.month and last.month)
    if not first.year:
        return False
    ends = [(day.year, day.month, day.day) for day in (first.first(), last.last())]
    return ends[0] <= ends[1]
