"""The words of a Chinese text about opening hours, gathered into statements as they were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from stations.phrases.clauses import WEEKEND, Days
from stations.phrases.cursor import TIMES, Cursor
from stations.phrases.drafts import (
    CONTRADICTS,
    NOT_EACH_YEAR,
    TWO_DAYS,
    TWO_TIMES,
    Draft,
    Group,
    add_as_usual,
    settle_noon,
    settle_year_round,
)
from stations.phrases.gathering import Gathering
from stations.phrases.tokens import NOT_UNDERSTOOD, Token

_DAY_WORDS = frozenset(("weekday", "workday", "weekend", "holiday", "day_off"))
_SELECTORS = _DAY_WORDS | set(
    "every_day date day season other_months peak_season low_season number range and comma next_year each_year".split()
)
_BEFORE_COLON = (_SELECTORS - {"number", "range", "and", "comma"}) | set(
    "label daypart closed open right otherwise midday_rest dated_feast except remark".split()
)


def statements_of(text: str, tokens: list[Token]) -> list[Draft]:
    """Gather words into statements.

    Parameters
    ----------
    text
        The text as written, for errors.
    tokens
        Its words.

    Raises
    ------
    HoursError
        Words that make no sense where they stand.
    """
    return _Statements(Cursor(text, tokens)).read()


class _Statements(Gathering):
    """What each word says of the statement that it belongs to."""

    def read(self) -> list[Draft]:
        steps = self._steps()
        cursor = self.cursor
        while cursor.kind:
            if cursor.kind in {"date", "day"} or cursor.begins_months:
                self._dates()
            elif cursor.kind in TIMES:
                self._times()
            elif cursor.kind in steps:
                steps[cursor.kind](cursor.take())
            else:
                raise cursor.fault(NOT_UNDERSTOOD, cursor.take())
        self._end_exception()
        if unfinished := self.excluding or (self.joining if self.joint else None):
            raise cursor.fault(NOT_UNDERSTOOD, unfinished)
        settle_year_round(self.found, self.year_round, cursor.text)
        settle_noon(self.found, self.without_rest, cursor.text)
        return self.found

    def _steps(self) -> Mapping[str, Callable[[Token], None]]:
        return {
            **dict.fromkeys(_DAY_WORDS, self._days),
            **dict.fromkeys(("season", "other_months", "peak_season", "low_season"), self._season),
            **dict.fromkeys(("also", "but", "otherwise"), self._join),
            **dict.fromkeys(("all_year", "never_rests"), self.year_round.append),
            **dict.fromkeys(("remark", "quote"), self._remark),
            **dict.fromkeys(("label", "each_year"), self._label),
            **dict.fromkeys(("comma", "end"), self._pause),
            "every_day": self._every_day,
            "all_day": self._all_day,
            "open": self._open,
            "as_usual": self._as_usual,
            "holidays_as_usual": partial(self._usual, Days(holidays=True)),
            "weekends_as_usual": partial(self._usual, Days(WEEKEND)),
            "weekends_off": self._weekends_off,
            "closed": self._closed,
            "paused": self._paused,
            "midday_rest": self._midday_rest,
            "no_midday_rest": self._no_midday_rest,
            **dict.fromkeys(("feast", "dated_feast"), self._feast),
            "unknown": self._unknown,
            "maybe": self._maybe,
            "verbatim": self._verbatim,
            "except": self._except,
            "except_open": self._except_open,
            "except_first": self._except_first,
            "left": self._left,
            "right": self._right,
            "and": self._and,
            "colon": self._colon,
        }

    def _label(self, token: Token) -> None:
        if not {one.kind for one in self.cursor.tokens} - {"label", "colon"} and not self.found:
            # 营业时间 and nothing more: those of the house, whatever they are.
            draft = self.new(token)
            draft.state, draft.comments = "unknown", [token.text]

    def _and(self, token: Token) -> None:
        if self.cursor.at == 1 or not self.cursor.kind:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)

    def _pause(self, token: Token) -> None:
        self.firm_before |= token.kind == "end" and not self.inside
        self.comma = True

    def _colon(self, token: Token) -> None:
        before = self.cursor.tokens[self.cursor.at - 2].kind if self.cursor.at > 1 else ""
        if before not in _BEFORE_COLON:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self.closed_first = before == "closed" and bool(self.found) and not self.found[-1].chooses

    def _left(self, token: Token) -> None:
        rest = self.cursor.tokens[self.cursor.at :]
        end = next((at for at, one in enumerate(rest) if one.kind == "right"), None)
        if end is None or self.inside:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        kinds = {one.kind for one in rest[:end]}
        self.inside = self.comma = True
        self.describing = bool(self.found and self.found[-1].said and kinds) and kinds <= _SELECTORS

    def _right(self, token: Token) -> None:
        if not self.inside:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self._end_exception()
        if self.describing:
            self.found[-1].attached = True
        self.inside = self.describing = False
        self.comma = True

    def _join(self, token: Token) -> None:
        if self.joint or not self.found:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self.joint, self.joining = token.kind, token

    def _days(self, token: Token) -> None:
        cursor = self.cursor
        after_and = cursor.at > 1 and cursor.tokens[cursor.at - 2].kind == "and"
        draft = self.choosing(token)
        cursor.at -= 1
        group = cursor.group()
        if self.without:
            self.without = False
            self.exclude(draft, group, token)
        elif draft.groups and after_and and not self.comma:
            draft.groups[-1].add(group)
        else:
            draft.days_first |= not draft.dates and not draft.season
            draft.groups.append(group)
        self.comma = False

    def _every_day(self, token: Token) -> None:
        self.choosing(token).every_day = True

    def _season(self, token: Token) -> None:
        draft = self.choosing(token)
        if draft.season:
            raise self.cursor.fault(TWO_DAYS, token)
        draft.season = token.value or token.kind
        self.comma = False

    def _dates(self) -> None:
        draft = self.choosing(self.cursor.tokens[self.cursor.at])
        draft.dates.append(self.cursor.dates(draft.dates[-1].last if draft.dates else None))
        draft.end = max(draft.end, self.cursor.before.end)
        self.comma = False

    def _times(self) -> None:
        begin = self.cursor.at
        token = self.cursor.tokens[begin]
        times = self.cursor.times()
        if times is None:
            self._part_of_day(token)
            return
        closed = self.cursor.kind == "closed"
        draft = self.timed(token, closed=closed)
        if not draft.add(times.spans, times.others, anywhere=times.named):
            raise self.cursor.fault_since(TWO_TIMES, begin)
        draft.end = max(draft.end, self.cursor.before.end)
        self.firm_before = self.comma = False
        if closed:
            self.cursor.take()
            draft.state = "closed"

    def _midday_rest(self, token: Token) -> None:
        last = self.found[-1] if self.found else None
        while self.cursor.kind in {"label", "colon", "each_year"}:
            self.cursor.take()
        times = self.cursor.times() if self.cursor.kind in TIMES else None
        if last is None or not last.timed or last.state == "closed" or times is None:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        draft = self.within(token, last)
        draft.state, draft.spans, draft.other_spans = "closed", times.spans, times.others
        draft.end = self.cursor.before.end

    def _no_midday_rest(self, token: Token) -> None:
        last = self.found[-1] if self.found else None
        self.without_rest.append((token, last if last is not None and last.timed else None))

    def _feast(self, token: Token) -> None:
        """A name of days, which must stand beside it where they are the same each year."""
        if token.kind == "feast" or not self.cursor.beside_dates:
            raise self.cursor.fault(NOT_EACH_YEAR, token)

    def _part_of_day(self, token: Token) -> None:
        """A part of the day without times, as in 夜间开放: when exactly is not known."""
        draft = self.saying(token)
        if token.kind != "daypart" or draft.timed or draft.state not in {"", "open"}:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        draft.state = "unknown"
        draft.comments.append(self._written(token))

    def _written(self, token: Token) -> str:
        return token.value if token.kind == "quote" else self.cursor.text[token.start : token.end]

    def _all_day(self, token: Token) -> None:
        draft = self.saying(token)
        if draft.attached or draft.state not in {"", "open"} or draft.timed:
            raise self.cursor.fault(CONTRADICTS, token)
        draft.all_day = True

    def _open(self, token: Token) -> None:
        draft = self.saying(token)
        if draft.state == "closed":
            raise self.cursor.fault(CONTRADICTS, token)
        if not draft.timed and not draft.state:
            draft.state = "open"

    def _as_usual(self, token: Token) -> None:
        draft = self.saying(token)
        if draft.groups and not (draft.said or draft.dates or draft.season):
            draft.as_usual = True
        else:
            self._open(token)

    def _usual(self, days: Days, token: Token) -> None:
        self.comma = True
        add_as_usual(self.found, days, token)

    def _weekends_off(self, token: Token) -> None:
        if not any(draft.said for draft in self.found):
            raise self.cursor.fault(TWO_DAYS, token)
        draft = self.new(token)
        draft.groups, draft.state = [Group(Days(WEEKEND))], "closed"

    def _closed(self, token: Token) -> None:
        draft = self.saying(token)
        draft.all_day &= not draft.groups  # 周一全天闭馆
        if draft.said:
            raise self.cursor.fault(CONTRADICTS, token)
        draft.state = "closed"

    def _paused(self, token: Token) -> None:
        last = self.found[-1] if self.found and not self.joint else None
        if last is None or not (last.state == "closed" and last.comments and not last.timed):
            self._closed(token)  # else 装修中，暂停开放: one more word for the same
        self.found[-1].comments.append(self._written(token))

    def _unknown(self, token: Token) -> None:
        last = self.found[-1] if self.found else None
        if last is None or self.joint or not (last.timed or last.state == "closed"):
            draft = self.saying(token)
            if draft.as_usual:
                raise self.cursor.fault(CONTRADICTS, token)
            draft.state = "unknown"
            draft.comments += [self._written(token)] if token.value else []
        elif token.value:
            self._comment(token)
        else:
            raise self.cursor.fault(CONTRADICTS, token)

    def _maybe(self, token: Token) -> None:
        draft = self.found[-1] if self.found else None
        if draft is None or not draft.timed or draft.state not in {"", "open"} or self.joint:
            raise self.cursor.fault(CONTRADICTS, token)
        draft.state = "unknown"

    def _verbatim(self, token: Token) -> None:
        """A rule in OSM grammar, in quotes: where a sentence could not say it in words."""
        if self.cursor.kind != "quote" or (self.found and not self.found[-1].said):
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        draft = self.new(token)
        draft.verbatim, draft.end = self.cursor.take().value, self.cursor.before.end

    def _remark(self, token: Token) -> None:
        if '"' in token.value or "\n" in token.value or not token.value.strip():
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self._comment(token)

    def _comment(self, token: Token) -> None:
        """Keep a remark of one statement, or of all where it stands after them."""
        if self.found and self.found[-1].verbatim:
            raise self.cursor.fault(TWO_DAYS, token)
        after_all = not self.inside and (self.comma or self.firm_before)
        draft = self.saying(token)
        for one in self.found if after_all and draft.said else [draft]:
            one.comments.append(self._written(token))

    def _except_open(self, token: Token) -> None:
        if self.excluding:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self.excluding, self.comma = token, True

    def _except_first(self, token: Token) -> None:
        if self.cursor.kind not in _DAY_WORDS:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self.without = True

    def _except(self, token: Token) -> None:
        draft = self.found[-1] if self.found else None
        if draft is None or draft.said or not (draft.groups or draft.dates):
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        self.excluding, self.comma = None, True
        self.exclude(draft, draft.groups.pop() if draft.groups else None, token)

    def _end_exception(self) -> None:
        """（除周一） ends without 外 where a bracket or the text ends."""
        if self.excluding and self.cursor.before is not self.excluding and len(self.found) > 1:
            self._except(self.cursor.before)
