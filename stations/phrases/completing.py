"""Statements as written, made whole: what one leaves out is taken from those around it, or refused."""

from __future__ import annotations

from dataclasses import replace

from stations.errors import HoursError
from stations.hours.rules import parts_of, written
from stations.phrases.clauses import WEEK, Clause, Dates, Day, Days, Precision, clashes, rest_of_year, same_days
from stations.phrases.drafts import CONTRADICTS, TWO_DAYS, TWO_TIMES, Draft, Group
from stations.phrases.spans import osm_span
from stations.phrases.tokens import NOT_UNDERSTOOD, refused
from stations.phrases.words import hours_words

Unit = tuple[Clause, ...]


def clauses_of(drafts: list[Draft], text: str) -> list[Unit]:
    """Make clauses of statements, each with the exceptions that belong to it.

    Raises
    ------
    HoursError
        Statements that leave open on which days they hold, or that disagree.
    """
    if not drafts:
        raise refused(NOT_UNDERSTOOD, text, len(text) - len(text.lstrip()), len(text))
    if len(drafts) == 1 and drafts[0].verbatim:
        return [(_verbatim(drafts[0], text, alone=True),)]
    drafts = _tied(drafts, text)
    _settle_the_rest(drafts, text)
    _settle_as_usual(drafts, text)
    _give_seasons_dates(drafts, text)
    _carry_days(drafts, text)
    _carry_seasons(drafts, text)
    _check_holidays_as_usual(drafts, text)
    units: list[Unit] = []
    for draft in drafts:
        if draft.as_usual or (draft.joint == "||" and draft.state == "closed" and not draft.timed):
            continue
        unit = _unit(draft, text)
        otherwise = bool(units) and any(clause.joint == "||" for clause in units[-1])
        if otherwise and draft.joint != "||":
            raise refused(TWO_DAYS, text, draft.start, draft.end)
        if draft.joint != ";" and units:
            units[-1] += unit
        else:
            units = _with(units, unit, draft, text)
    return units


def _tied(drafts: list[Draft], text: str) -> list[Draft]:
    """Tie days that stand behind their times to them: ``8:30-17:30 周一至周五``."""
    last = drafts[-1]
    if last.said or len(drafts) == 1:
        return drafts
    before = drafts[-2]
    if len(drafts) != 2 or last.firm_before or before.chooses or not before.timed or last.joint != ";":
        raise refused(TWO_DAYS, text, last.start, last.end)
    before.groups, before.every_day, before.dates = last.groups, last.every_day, last.dates
    before.season, before.exceptions = last.season, last.exceptions
    return drafts[:-1]


def _settle_the_rest(drafts: list[Draft], text: str) -> None:
    """``周一休息，其余时间9:00-17:00``: the rest are the other days, where only days were named before.

    In the grammar a fallback would open what was closed before it, so that
    ``Mo closed || 09:00-17:00`` is open on Mondays.
    """
    for at, draft in enumerate(drafts):
        before = drafts[:at]
        shut = [other for other in before if other.state == "closed" and not other.timed]
        if draft.joint != "||" or (draft.state == "closed" and not draft.timed):
            continue
        bare = not (draft.groups or draft.dates or draft.season or draft.exceptions)
        named = [other for other in before if other.groups or other.dates or other.season or other.exceptions]
        all_shut = len(shut) == len(before)
        if bare and (all_shut or (draft.spans and named and not draft.every_day)):
            if len(named) != len(before):
                raise refused(TWO_DAYS, text, draft.start, draft.end)
            _take_other_days(draft, named, text)
        elif shut and draft.timed:
            raise refused(TWO_DAYS, text, draft.start, draft.end)


def _take_other_days(draft: Draft, named: list[Draft], text: str) -> None:
    draft.joint, draft.firm_before = ";", True
    grouped = [other for other in named if other.groups]
    seasons = [other for other in named if (other.dates or other.season) and other.state != "closed"]
    if seasons and grouped:
        raise refused(TWO_DAYS, text, draft.start, draft.end)
    if seasons and not any(date.first.year for other in seasons for date in other.dates):
        draft.season = "other_months"
    closing = [other for other in grouped if other.exceptions or any(group.workdays for group in other.groups)]
    if closing:
        # Closing the holidays of 工作日 must not close those of the rest.
        if any(not group.days.holidays for other in closing for group in other.exceptions):
            raise refused(TWO_DAYS, text, draft.start, draft.end)
        rest = WEEK.difference(*(other.days.weekdays for other in grouped))
        draft.groups = [Group(Days(rest, holidays=not any(other.days.holidays for other in grouped)))]


def _settle_as_usual(drafts: list[Draft], text: str) -> None:
    """``周一至周五8:30-17:30，周末照常``: the same hours hold on the other days."""
    for draft in drafts:
        if not draft.as_usual or not draft.days.weekdays:
            continue
        others = [other for other in drafts if not other.as_usual]
        timed = [other for other in others if other.timed and other.state != "closed"]
        if not timed:
            # 工作日正常上班 by itself says no times.
            draft.as_usual, draft.state = False, "open"
            continue
        if len(timed) != 1 or others != timed or draft.exceptions or timed[0].exceptions:
            raise refused(TWO_DAYS, text, draft.start, draft.end)
        if timed[0].groups:
            timed[0].groups += draft.groups
    drafts[:] = [draft for draft in drafts if not (draft.as_usual and draft.days.weekdays)]


def _give_seasons_dates(drafts: list[Draft], text: str) -> None:
    """Give a season the dates that the text gives it, else what the other leaves, else those of ``words.toml``."""
    given: dict[str, list[Dates]] = {}
    for draft in drafts:
        named = draft.season and draft.dates
        if named and given.setdefault(draft.season, draft.dates) != draft.dates:
            raise refused(CONTRADICTS, text, draft.start, draft.end)
    for draft in drafts:
        if draft.season and not draft.dates:
            draft.dates = given.get(draft.season) or [_season_dates(draft, drafts, given, text)]


def _season_dates(draft: Draft, drafts: list[Draft], given: dict[str, list[Dates]], text: str) -> Dates:
    months = hours_words().seasons.get(draft.season)
    if months is None:
        # 旺季 without months is what 淡季 leaves of the year, and not what a month does.
        pair = {"peak_season", "low_season"} & {draft.season}
        named = [other.dates for other in drafts if other.dates and (not pair or other.season.endswith("_season"))]
        rest = rest_of_year(named[0]) if named and all(dates == named[0] for dates in named) else None
        if rest is None:
            raise refused(TWO_DAYS, text, draft.start, draft.end)
        return rest
    other = next((dates for season, dates in given.items() if season != draft.season), None)
    return (rest_of_year(other) if other else None) or Dates(Day(0, months.first, 0), Day(0, months.last, 0))


def _carry_days(drafts: list[Draft], text: str) -> None:
    """``周一至周五夏季8:00-18:00，冬季8:30-17:30``: the days named before a season hold for the next season, too."""
    named: Draft | None = None
    for draft in drafts:
        if draft.firm_before and not draft.dates:
            named = None
        if draft.groups and not (draft.state == "closed" and not draft.timed):
            named = draft
        elif draft.state == "closed":
            continue
        elif draft.dates and not draft.every_day and not draft.firm and named is not None and not draft.groups:
            if draft.dates[0].precision is Precision.DATES and not draft.season:
                continue
            if not (named.days_first and named.dates) or draft.firm_before:
                raise refused(TWO_DAYS, text, draft.start, draft.end)
            draft.groups = list(named.groups)


def _carry_seasons(drafts: list[Draft], text: str) -> None:
    """``夏季周一至周五8:00-18:00，周六9:00-12:00；冬季…``: the season named holds until a semicolon or the next.

    It does where each season has a statement of its own about the same days;
    otherwise it must make no difference.
    """
    seasons = [draft for draft in drafts if draft.dates]
    current: Draft | None = None
    loose: list[tuple[Draft, Draft]] = []
    for draft in drafts:
        if draft.dates:
            current = draft
        elif draft.firm_before or draft.joint != ";" or draft.firm:
            current = None
        elif current is not None and not draft.as_usual:
            loose.append((draft, current))
    distinct = {_key(draft.dates) for draft in seasons}
    for draft, season in loose:
        same = {_key(at.dates) for other, at in loose if other.days == draft.days}
        same |= {_key(other.dates) for other in seasons if other.days == draft.days and other.groups}
        bars = draft.state == "closed" and not draft.timed
        if len(distinct) > 1 and same == distinct:
            draft.dates = season.dates
        elif not bars or not _idle_either_way(draft, seasons):
            raise refused(TWO_DAYS, text, draft.start, draft.end)


def _key(dates: list[Dates]) -> tuple[Dates, ...]:
    return tuple(dates)


def _idle_either_way(draft: Draft, seasons: list[Draft]) -> bool:
    """Whether closing these days in every season is what must be meant.

    Holidays are, and so is a weekday where the seasons name no weekdays or none that it could close.
    """
    if draft.days.holidays and not draft.days.weekdays:
        return True
    named = [season.days.weekdays for season in seasons if season.groups]
    return not any(weekdays & draft.days.weekdays for weekdays in named)


def _check_holidays_as_usual(drafts: list[Draft], text: str) -> None:
    """``节假日正常开放`` adds nothing where nothing else is said of holidays; else it is refused."""
    for draft in drafts:
        if not draft.as_usual:
            continue
        for other in drafts:
            holidays = other is not draft and (other.days.holidays or any(group.workdays for group in other.groups))
            excepted = any(group.days.holidays for group in other.exceptions)
            barred = other.state == "closed" and not other.timed
            if (holidays and not other.as_usual) or excepted or barred:
                raise refused(CONTRADICTS, text, draft.start, draft.end)
        if all(other.as_usual for other in drafts):
            raise refused(TWO_DAYS, text, draft.start, draft.end)


def _unit(draft: Draft, text: str) -> Unit:
    """A clause, and the closing of the days that it excepts."""
    if draft.verbatim:
        return (_verbatim(draft, text),)
    state = draft.state
    whole_week = draft.every_day and not draft.groups and not draft.dates
    days = draft.days if draft.groups else None
    if state in {"", "open", "unknown"} and not draft.timed:
        state = "unknown"
        days = Days(WEEK) if whole_week else days
    if draft.comments and not draft.timed and state != "closed":
        state = "unknown"
    spans = _spans(draft, text)
    base = Clause(
        tuple(draft.dates),
        days,
        spans,
        state or "open",
        "，".join(dict.fromkeys(draft.comments)),
        draft.joint,
        draft.firm,
    )
    if draft.state == "closed" and not draft.chooses and not draft.timed and draft.start and draft.joint == ";":
        raise refused(CONTRADICTS, text, draft.start, draft.end)
    excepted = [group.days for group in draft.exceptions]
    workdays = any(group.workdays for group in draft.groups) and not base.bars
    if workdays and not draft.days.holidays and Days(holidays=True) not in excepted:
        excepted.append(Days(holidays=True))
    if excepted and draft.joint != ";":
        raise refused(TWO_DAYS, text, draft.start, draft.end)
    closed = [Clause(base.dates, one, state="closed", firm=True) for one in excepted]
    return (base, *closed)


def _verbatim(draft: Draft, text: str, *, alone: bool = False) -> Clause:
    bare = not (draft.chooses or draft.timed or draft.state or draft.comments)
    try:
        readable = bare and (alone or len(parts_of(draft.verbatim)) == 1)
    except HoursError:
        readable = False
    if not readable:
        raise refused(NOT_UNDERSTOOD, text, draft.start, draft.end)
    return Clause(joint=draft.joint, firm=draft.firm, verbatim=written(parts_of(draft.verbatim)))


def _spans(draft: Draft, text: str) -> tuple[str, ...]:
    if draft.all_day:
        return ("00:00-24:00",) if draft.groups or draft.dates else ()
    if draft.spans and any("+" in span for span in draft.other_spans):
        raise refused(TWO_TIMES, text, draft.start, draft.end)
    return (*(osm_span(begin, end) for begin, end in draft.spans), *draft.other_spans)


def _with(units: list[Unit], unit: Unit, draft: Draft, text: str) -> list[Unit]:
    """Add a unit; times of the same days are put together, and what disagrees is refused."""
    clause = unit[0]
    if clause.firm:
        return [*units, unit]
    for at, other in enumerate(units):
        held = other[0]
        if same_days(held, clause) and held.state == clause.state == "open" and len(other) == len(unit):
            apart = held.spans and clause.spans and held.comment == clause.comment
            ends = [span[-5:] for span in held.spans], [span[:5] for span in clause.spans]
            if apart and max(ends[0]) <= min(ends[1]) and min(span[:5] for span in held.spans) < min(ends[1]):
                return [*units[:at], (replace(held, spans=held.spans + clause.spans), *other[1:]), *units[at + 1 :]]
        if clashes(held, clause) and held != clause:
            raise refused(TWO_DAYS, text, draft.start, draft.end)
    return [*units, unit]
