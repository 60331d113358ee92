"""The rules of a text in OSM grammar, as statements that can be said in words.

A rule that words cannot say (week numbers, Easter, the second Tuesday of a
month) stays as it is and is told in quotes.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from stations.hours.rules import WEEKDAYS as DAY_NAMES
from stations.hours.rules import Part, written
from stations.phrases.clauses import WEEKDAYS, Clause, Dates, Day, Days, clashes, only_closes, outranks

_HOLIDAYS = Days(holidays=True)
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(_MONTHS)
_ONE_DATE = rf"(?:(\d{{4}}) ?)?(?:({_MONTH})(?: (\d+))?)?"
_DATES = re.compile(rf"{_ONE_DATE}(?:-{_ONE_DATE})?")
_CLOCK_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_OTHER_SPAN = re.compile(r"(?:\d\d:\d\d|sunrise|sunset|dawn|dusk)(?:\+|-(?:\d\d:\d\d|sunrise|sunset|dawn|dusk))")
_UNSAYABLE = re.compile(r"[“”「」『』\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")
_WHOLE_DAY = (("00:00-24:00",), ("00:00-00:00",))
_DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Telling:
    """A statement with what is told along with it.

    Attributes
    ----------
    clause
        The statement; `Clause.firm` where it must be told with a “but”.
    not_on_holidays
        Whether it is told as closed on public holidays in the same breath.
    """

    clause: Clause
    not_on_holidays: bool = False

    @property
    def of_workdays(self) -> bool:
        """Whether its days are the official workdays."""
        return self.not_on_holidays and self.clause.days == Days(WEEKDAYS)


def tellings_of(parts: tuple[Part, ...]) -> list[Telling]:
    """Make statements of rules, in their order.

    Parameters
    ----------
    parts
        The rules of one text.
    """
    joints = [part.joined for part in parts]
    if any(one == "||" and other != "||" for one, other in pairwise(joints)):
        # What follows a fallback overrides both; no words are short enough for that.
        return [Telling(Clause(verbatim=written(parts)))]
    clauses = [replace(_clause(part), joint=part.joined or ";") for part in parts]
    if only_closes(clauses):
        # Closed always: “closed on Mondays” would say that there are other days.
        return [Telling(Clause(verbatim=written(parts)))]
    found: list[Telling] = []
    for at, clause in enumerate(clauses):
        before = found[-1].clause if found else None
        if before is not None and clauses[at - 1].osm == before.osm and _ends_holidays(before, clause):
            more = at + 1 < len(clauses)
            if more or (before.state == "unknown" and not before.spans):
                found[-1] = Telling(before, not_on_holidays=True)
                continue
        heads = [one.clause for one in found if one.clause.joint == ";"]
        but = clause.joint == ";" and any(outranks(head, clause) or clashes(head, clause) for head in heads)
        if clause.joint == "||" and _opens_what_is_shut([one.clause for one in found], clause):
            return [Telling(Clause(verbatim=written(parts)))]
        found.append(Telling(replace(clause, firm=but)))
    return found


def quoted(rule: str) -> str:
    """A rule in quotes that it does not hold itself, so that it can be read from them."""
    quotes = next((pair for pair in ("“”", "「」", "『』") if not set(pair) & set(rule)), "“”")
    return f"{quotes[0]}{rule}{quotes[1]}"


def _opens_what_is_shut(before: list[Clause], fallback: Clause) -> bool:
    """Whether a fallback opens days that were closed before it: “closed on Mondays, otherwise …” would deny that."""
    opens = bool(fallback.spans) or fallback.state == "open"
    return any(one.bars for one in before) and (opens or all(one.bars for one in before))


def _ends_holidays(before: Clause, clause: Clause) -> bool:
    """Whether a statement is only that the one before does not hold on holidays."""
    closes = clause.bars and clause.days == _HOLIDAYS and not clause.comment and clause.joint == ";"
    fits = not before.verbatim and not before.bars and not (before.days and before.days.holidays)
    if before.state == "unknown" and not (before.days or before.dates or before.spans):
        return False  # hours that are not known at all are told so
    return closes and fits and before.joint == ";" and before.dates == clause.dates


def _clause(part: Part) -> Clause:
    dates = dates_of(part.dates)
    days = _days_of(part)
    spans = _spans_of(part.times)
    if spans in _WHOLE_DAY:
        spans = ()
    quotable = not _UNSAYABLE.search(part.comment) and part.comment.strip() == part.comment
    if dates is None or days is None or spans is None or not quotable:
        return Clause(verbatim=part.text)
    return Clause(dates, days if part.days else None, spans, part.modifier, part.comment)


def dates_of(text: str, *, years: bool = False) -> tuple[Dates, ...] | None:
    """The dates of a rule; None where words cannot say them, as more than one of named years unless `years` allows."""
    found: list[Dates] = []
    for piece in text.split(",") if text else ():
        match = _DATES.fullmatch(piece)
        if match is None:
            return None
        year, month, day, last_year, last_month, last_day = match.groups()
        first = Day(int(year or 0), _MONTHS.get(month, 0), int(day or 0))
        last = first
        if last_year or last_month:
            last = Day(int(last_year or 0), _MONTHS.get(last_month, 0), int(last_day or 0))
            if first.year and not last.year and not first.day and not last.day:
                # "2026Jan-Mar" is three months of one year.
                last = replace(last, year=first.year)
        dates = Dates(first, last)
        if not _sayable(dates, several=len(found) > 0 and not years):
            return None
        found.append(dates)
    return tuple(found)


def _sayable(dates: Dates, *, several: bool) -> bool:
    first, last = dates.first, dates.last
    same_kind = bool(first.year) == bool(last.year) and bool(first.day) == bool(last.day)
    whole = bool(first.month) == bool(last.month) and (bool(first.month) or first == last)
    forwards = not first.year or (first.year, first.month, first.day) <= (last.year, last.month, last.day)
    return same_kind and whole and forwards and first.possible and last.possible and not (several and first.year)


def _days_of(part: Part) -> Days | None:
    """The weekdays and public holidays of a rule; None where there are others."""
    found = Days()
    for day in part.days:
        if day == "PH" and not part.within:
            found |= _HOLIDAYS
            continue
        first, _, last = day.partition("-")
        if first not in DAY_NAMES or (last or first) not in DAY_NAMES:
            return None
        begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        found |= Days(frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1)))
    return found


def _spans_of(times: tuple[str, ...]) -> tuple[str, ...] | None:
    """Spans that are sayable, by rising start; None where one is not, or where they overlap."""
    clock, other = [], []
    for span in times:
        if found := _CLOCK_SPAN.fullmatch(span):
            begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
            clock.append((begin, end if end > begin else end + _DAY_MINUTES, span))
        elif _OTHER_SPAN.fullmatch(span):
            other.append(span)
        else:
            return None
    clock.sort()
    apart = all(one[1] <= two[0] for one, two in pairwise(clock))
    too_long = any(end - begin > _DAY_MINUTES for begin, end, _ in clock)
    open_ended = any("+" in span for span in other) and len(times) > 1
    if not apart or too_long or open_ended:
        return None
    return (*(span for _, _, span in clock), *other)
