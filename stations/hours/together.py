"""Several texts and closures as one: staffed hours, self-service hours, season, under the official calendar.

Where a date may be one of several kinds (a year that is not announced, school
holidays of which there is no official list), all are evaluated. What they agree
on is the answer; where they differ it is unknown, and the reason says why.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from stations.calendar import Calendar
from stations.hours.days import ONE_DAY, Stretch, Wants, moved, patterns, stretches
from stations.hours.evaluating import Kinds, Rule
from stations.hours.states import (
    CLOSED_FOR_NOW,
    NOT_ANNOUNCED,
    SCHOOL_HOLIDAYS,
    Said,
    Span,
    State,
    agreed,
    at,
    joint,
    starts_of,
)
from stations.station import Closure


class Together:
    """Everything that decides when one door is open.

    Parameters
    ----------
    staffed, self_service, season
        The texts; None for those that are not given.
    closures
        Days on which it is closed whatever the texts say.
    timezone, calendar
        The time zone of the door, and the calendar that holds there.
    """

    def __init__(
        self,
        staffed: Rule | None,
        self_service: Rule | None,
        season: Rule | None,
        closures: tuple[Closure, ...],
        timezone: ZoneInfo,
        calendar: Calendar,
    ) -> None:
        self.rules = (staffed, self_service, season)
        self.timezone = timezone
        self.calendar = calendar
        self.shut = tuple(
            (_midnight(closure.first, timezone), _midnight(moved(closure.last, 1), timezone), closure.reason)
            for closure in closures
        )

    @cached_property
    def wants(self) -> Wants:
        """What the texts ask of the calendar."""
        return Wants.of_all(rule.wants for rule in self.rules if rule is not None)

    @cached_property
    def nights(self) -> bool:
        """Whether a day may reach into the next."""
        return any(rule is not None and rule.passes_midnight for rule in self.rules)

    def mind(self, day: date) -> bool:
        """Whether a date, or the night before it, may be other than its ordinary weekday to these texts."""
        return self.wants.mind(moved(day, -1), day, self.calendar)

    def said_at(self, moment: datetime) -> Said:
        """What holds at one aware moment, in the range that the grammar knows."""
        seconds = moment.timestamp()
        wall = datetime.fromtimestamp(seconds, self.timezone)
        if self.shut or self.mind(wall.date()) or not is_steady(wall):
            return at(self.spans(seconds, seconds + 1.0), seconds)
        wall = wall.replace(tzinfo=None)
        return joint(*(None if rule is None else rule.said_at(wall) for rule in self.rules))

    def spans(self, first: float, last: float) -> list[Span]:
        """What holds from when on, between two moments in seconds since 1970."""
        begin, end = (datetime.fromtimestamp(seconds, self.timezone).date() for seconds in (first, last))
        if self.wants.mind(moved(begin, -1), end, self.calendar):
            spans = [
                span
                for stretch in stretches(begin, end, self.wants, self.calendar)
                for span in self._in(stretch, first, last)
            ]
        else:
            spans = self._read(first, last)
        return self._closed(spans, first, last) if self.shut else spans

    def _closed(self, spans: list[Span], first: float, last: float) -> list[Span]:
        shut = [(begin, end, reason) for begin, end, reason in self.shut if begin < last and end > first]
        edges = {moment for begin, end, _ in shut for moment in (begin, end) if first < moment < last}
        found = []
        for start in sorted({span.start for span in spans} | edges):
            reason = next((why for begin, end, why in shut if begin <= start < end), None)
            closed = None if reason is None else Said(State.CLOSED, reason or CLOSED_FOR_NOW)
            found.append(Span(start, closed or at(spans, start)))
        return found

    def _read(self, first: float, last: float, kinds: Kinds | None = None) -> list[Span]:
        """What the texts, each read in one way, say together between two moments."""
        many = [[] if rule is None else rule.spans(first, last, kinds) for rule in self.rules]
        staffed, self_service, season = many
        if staffed and not self_service and not season:
            return staffed
        return [
            Span(start, joint(*(at(spans, start) if spans else None for spans in many)))
            for start in starts_of(many) or [first]
        ]

    def _in(self, stretch: Stretch, first: float, last: float) -> list[Span]:
        first = max(first, _midnight(stretch.begin, self.timezone))
        last = min(last, _midnight(stretch.begin + stretch.length * ONE_DAY, self.timezone))
        if first >= last:
            return []
        if not stretch.special:
            return self._read(first, last)
        days = [stretch.begin + number * ONE_DAY for number in range(-1, stretch.length)]
        read: list[list[Span]] = []
        out_of_school: list[list[Span]] = []
        for pattern in patterns(tuple(days), self.wants, self.calendar, nights=self.nights):
            read.append(self._read(first, last, dict(zip(days, pattern, strict=True))))
            if not any(facts.school for facts in pattern):
                out_of_school.append(read[-1])
        if len(read) == 1:
            return read[0]
        why = self._not_announced([*days[1:], days[0]])
        return [
            Span(start, _settled([at(one, start) for one in out_of_school], [at(one, start) for one in read], why))
            for start in starts_of(read)
        ]

    def _not_announced(self, days: list[date]) -> str:
        """The reason for not knowing what some dates are; the first that is not announced gives the year."""
        near = [*days, *(moved(day, -offset) for offset in sorted(self.wants.offsets) for day in days)]
        year = next((day.year for day in near if not self.calendar.announced(day)), days[0].year)
        return NOT_ANNOUNCED.format(year=year)


def _settled(out_of_school: list[Said], said: list[Said], not_announced: str) -> Said:
    public = agreed(out_of_school, not_announced)
    return public if public not in out_of_school else agreed([public, *said], SCHOOL_HOLIDAYS)


def is_steady(moment: datetime) -> bool:
    """Whether clocks do not change within a day of an aware moment."""
    return moment.utcoffset() == (moment - ONE_DAY).utcoffset() == (moment + ONE_DAY).utcoffset()


def _midnight(day: date, timezone: ZoneInfo) -> float:
    """The moment at which a date begins, in seconds since 1970."""
    return datetime.combine(day, time(), timezone).timestamp()
