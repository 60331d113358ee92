"""Statements about opening hours as they are written, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from stations.phrases.clauses import WEEK, WEEKEND, Dates, Days
from stations.phrases.tokens import Token, refused

TWO_TIMES = (
    "The times “{words}” at character {column} of opening hours “{text}” can mean more than one thing. Write them on a "
    "clock of 24 hours, like 08:00-17:00, and what ends past midnight like 22:00-次日06:00."
)
NO_SUCH_DAY = "“{words}” at character {column} of opening hours “{text}” are no days of the year. Correct them."
NO_SUCH_TIME = (
    "“{words}” at character {column} of opening hours “{text}” is no time of day. Write times like 08:30 or 下午2:30."
)
TWO_DAYS = (
    "It is not clear on which days, or in which season, “{words}” at character {column} of opening hours “{text}” "
    "holds. Say it for each, like “夏季周一至周五 08:00-18:00；冬季周一至周五 08:30-17:30；周末休息”."
)
CONTRADICTS = (
    "“{words}” at character {column} of opening hours “{text}” does not agree with the rest of them. "
    "Leave one of the two out."
)
NOT_EACH_YEAR = (
    "The days of “{words}” at character {column} of opening hours “{text}” are not the same each year. Leave them out "
    "here, and enter them with their dates as a closure."
)
REST_STARTS, REST_ENDS = 11 * 60, 15 * 60
"""Minutes of the day between which one rests at noon."""


@dataclass(slots=True)
class Group:
    """Days that are spoken of together."""

    days: Days = field(default_factory=Days)
    workdays: bool = False

    def add(self, other: Group) -> None:
        """Speak of other days as well."""
        self.days |= other.days
        self.workdays |= other.workdays


@dataclass(slots=True)
class Draft:
    """A statement as it was written: what it names, and what it leaves to those around it.

    `start` and `end` are its place in the text. `firm_before` says that it begins
    after a semicolon, a full stop or a new line.
    """

    start: int
    end: int
    firm_before: bool = True
    dates: list[Dates] = field(default_factory=list)
    season: str = ""
    every_day: bool = False
    groups: list[Group] = field(default_factory=list)
    exceptions: list[Group] = field(default_factory=list)
    days_first: bool = False
    attached: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    other_spans: list[str] = field(default_factory=list)
    all_day: bool = False
    state: str = ""
    comments: list[str] = field(default_factory=list)
    as_usual: bool = False
    verbatim: str = ""
    joint: str = ";"
    firm: bool = False

    @property
    def timed(self) -> bool:
        """Whether it says when in the day."""
        return bool(self.spans or self.other_spans or self.all_day)

    @property
    def said(self) -> bool:
        """Whether it says anything of the days it names."""
        return self.timed or bool(self.state or self.comments or self.as_usual or self.verbatim)

    @property
    def days(self) -> Days:
        """All days it names."""
        found = Days()
        for group in self.groups:
            found |= group.days
        return found

    @property
    def rests_at_noon(self) -> bool:
        """Whether its times leave out some of the noon."""
        return any(REST_STARTS <= end < begin <= REST_ENDS for (_, end), (begin, _) in pairwise(self.spans))

    @property
    def chooses(self) -> bool:
        """Whether it names days or dates."""
        return bool(self.dates or self.season or self.groups or self.every_day or self.exceptions)

    def add(self, spans: list[tuple[int, int]], others: list[str], *, anywhere: bool) -> bool:
        """Take in times; False where they overlap its own, or stand before them though not `anywhere`."""
        behind = bool(self.spans and spans) and not anywhere and spans[0][0] < self.spans[-1][1]
        if behind or any(first < end and start < last for first, last in spans for start, end in self.spans):
            return False
        self.spans = sorted([*self.spans, *spans])
        self.other_spans += others
        return True

    def choose_as(self, other: Draft) -> None:
        """Speak of the same days as another."""
        self.dates, self.season, self.every_day = list(other.dates), other.season, other.every_day
        self.groups = list(other.groups)


def add_as_usual(drafts: list[Draft], days: Days, token: Token) -> None:
    """Say that days are no exception: 含节假日, 周末不休."""
    last = drafts[-1] if drafts else None
    if days.holidays and token.text[0] in "含包" and last and last.days.weekdays and last.days.weekdays <= WEEKEND:
        last.groups.append(Group(days))  # 周末（含节假日）9:00-16:00
        return
    # 周一至周日（含节假日）8:00-18:00: the times that follow are still those of the days before.
    waits = last is not None and not last.said
    drafts.insert(len(drafts) - waits, Draft(token.start, token.end, groups=[Group(days)], as_usual=True))


def settle_year_round(drafts: list[Draft], tokens: list[Token], text: str) -> None:
    """全年无休 by itself: open every day, at times not known. Otherwise it must agree with the rest.

    Raises
    ------
    HoursError
        It does not.
    """
    if not tokens:
        return
    if not drafts:
        drafts.append(Draft(tokens[0].start, tokens[0].end))
    if len(drafts) == 1 and not drafts[0].timed and not drafts[0].chooses:
        if drafts[0].state not in {"", "open"}:
            raise refused(CONTRADICTS, text, tokens[0].start, tokens[0].end)
        drafts[0].state, drafts[0].every_day = "open", True
    for token in tokens:
        if not _agrees_with_all_year(drafts, never_rests=token.kind == "never_rests"):
            raise refused(CONTRADICTS, text, token.start, token.end)


def settle_noon(drafts: list[Draft], tokens: list[tuple[Token, Draft | None]], text: str) -> None:
    """中午不休 must agree with the times of the statement that it stands with, or of all where it stands before them.

    Raises
    ------
    HoursError
        It does not, or there are no times.
    """
    for token, draft in tokens:
        told = drafts if draft is None else [draft]
        if not any(one.timed for one in told) or any(one.rests_at_noon for one in told):
            raise refused(CONTRADICTS, text, token.start, token.end)


def _agrees_with_all_year(drafts: list[Draft], *, never_rests: bool) -> bool:
    """Whether 全年, or 全年无休, can be said beside these statements."""
    weekdays = frozenset[int]().union(*(draft.days.weekdays for draft in drafts))
    some_days = all(draft.groups for draft in drafts) and weekdays != WEEK
    seasons = {draft.season or str(draft.dates) for draft in drafts if draft.season or draft.dates}
    one_season = len(seasons) == 1 and all(draft.season or draft.dates for draft in drafts)
    rests = any(draft.exceptions or (draft.state == "closed" and not draft.timed) for draft in drafts)
    return not one_season and not (never_rests and (some_days or rests))
