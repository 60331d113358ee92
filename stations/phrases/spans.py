"""Times of day as Chinese texts give them: on a clock of 12 or of 24, past midnight, from dusk on."""

from __future__ import annotations

from dataclasses import dataclass

from stations.phrases.words import Daypart

NOON = 12 * 60
MIDNIGHT = 24 * 60
NIGHT = 17 * 60
"""From when on a time that ends at an earlier hour is taken to end on the next day."""

EVENTS = ("sunrise", "sunset", "dawn", "dusk")


@dataclass(frozen=True, slots=True)
class Moment:
    """One end of a span, as written.

    Attributes
    ----------
    minutes
        On the clock as written, from midnight.
    part
        The part of the day that was named.
    next_day
        Whether the next day was named.
    event
        sunrise, sunset, dawn or dusk instead of a time.
    form
        How it is written: ":", "." or "点" after the hour, am_after or pm_after, or "" where there is a bare number.
    """

    minutes: int = 0
    part: Daypart | None = None
    next_day: bool = False
    event: str = ""
    form: str = ""

    @property
    def within_part(self) -> int | None:
        """Minutes from midnight on a clock of 24; None where the part of the day has no such hour."""
        if self.part is None:
            return self.minutes
        choices = [self.minutes, self.minutes + NOON] if self.minutes < NOON + 60 else [self.minutes]
        if self.minutes >= NOON:
            choices.append(self.minutes - NOON if self.minutes < NOON + 60 else self.minutes)
        low, high = self.part.earliest * 60, self.part.latest * 60
        return next((choice for choice in choices if low <= choice < high + (60 if high < MIDNIGHT else 1)), None)

    @property
    def on_twelve(self) -> bool:
        """Whether it is written on a clock of 12, in the second half of a day."""
        return self.part is not None and self.part.latest > 12 and self.minutes < NOON + 60


def span_of(first: Moment, last: Moment) -> tuple[int, int] | None:
    """Minutes from midnight at which a span begins and ends; the end is past 1440 on the next day.

    None where it can be meant in more than one way: ``8:00-5:00`` may end in the
    afternoon or on the next morning.
    """
    begin, end = first.within_part, last.within_part
    if begin is None or end is None or first.next_day or begin >= MIDNIGHT:
        return None
    if last.next_day:
        end += MIDNIGHT
        return (begin, end) if end - begin <= MIDNIGHT else None
    if end > begin:
        return begin, end
    if end == 0:
        return begin, MIDNIGHT
    if last.part is None and first.on_twelve and begin < end + NOON <= MIDNIGHT:
        return begin, end + NOON
    small = last.part is not None and last.part.latest <= 12
    overnight = begin >= NIGHT or (small and (begin >= NOON or (last.part is not None and last.part.earliest == 0)))
    return (begin, end + MIDNIGHT) if overnight and begin != end else None


def is_vague(first: Moment, last: Moment) -> bool:
    """Whether two numbers may be no times: ``8-17``, or ``5.01-9.30``, which may be days of the year."""
    both = (first, last)
    bare = [not moment.form and not moment.part for moment in both]
    dotted = [moment.form == "." for moment in both]
    days = all(1 <= moment.minutes // 60 <= 12 and 1 <= moment.minutes % 60 <= 31 for moment in both)
    return all(bare) or (bare[0] and dotted[1]) or (all(dotted) and days)


def osm_span(begin: int, end: int) -> str:
    """A span in OSM grammar: ``08:00-12:00``, ``22:00-06:00``, and ``08:00-32:00`` for a whole day."""
    if MIDNIGHT < end < begin + MIDNIGHT:
        end -= MIDNIGHT
    return f"{_clock(begin)}-{_clock(end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
