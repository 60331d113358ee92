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


class _Statements:
    """What has been gathered, and what the next word belongs to."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.found: list[Draft] = []
        self.firm_before = True  # a semicolon, a full stop, a new line or nothing stands before
        self.comma = False  # something stands between this and the last days
        self.joining: Token | None = None
        self.joint = ""  # also, but, otherwise: how the next statement follows
        self.inside = False  # within brackets
        self.describing = False  # within brackets that only say for which days the last statement is
        self.closed_first = False  # 休息日：周日
        self.excluding: Token | None = None  # 除…, until 外
        self.without = False  # 不含…
        self.year_round: list[Token] = []
        self.without_rest: list[tuple[Token, Draft | None]] = []

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
            draft = self._new(token)
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

    def _new(self, token: Token) -> Draft:
        draft = Draft(token.start, token.end, self.firm_before and not self.inside)
        draft.joint = {"also": ",", "otherwise": "||"}.get(self.joint, ";")
        draft.firm = self.joint == "but"
        self.joint = ""
        self.firm_before = self.closed_first = self.comma = False
        self.found.append(draft)
        return draft

    def _choosing(self, token: Token) -> Draft:
        """The statement that a day or a date belongs to: a new one, unless nothing was said of the last."""
        last = self.found[-1] if self.found and not self.joint else None
        if last is None or not (not last.said or self.describing or (self.closed_first and not last.timed)):
            last = self._new(token)
        last.end = max(last.end, token.end)
        return last

    def _saying(self, token: Token) -> Draft:
        """The statement that a state belongs to: the last, unless one is to follow."""
        follows = not self.found or self.joint or self.found[-1].verbatim
        draft = self._new(token) if follows else self.found[-1]
        draft.end = max(draft.end, token.end)
        return draft

    def _days(self, token: Token) -> None:
        cursor = self.cursor
        after_and = cursor.at > 1 and cursor.tokens[cursor.at - 2].kind == "and"
        draft = self._choosing(token)
        cursor.at -= 1
        group = cursor.group()
        if self.without:
            self.without = False
            self._exclude(draft, group, token)
        elif draft.groups and after_and and not self.comma:
            draft.groups[-1].add(group)
        else:
            draft.days_first |= not draft.dates and not draft.season
            draft.groups.append(group)
        self.comma = False

    def _every_day(self, token: Token) -> None:
        self._choosing(token).every_day = True

    def _season(self, token: Token) -> None:
        draft = self._choosing(token)
        if draft.season:
            raise self.cursor.fault(TWO_DAYS, token)
        draft.season = token.value or token.kind
        self.comma = False

    def _dates(self) -> None:
        draft = self._choosing(self.cursor.tokens[self.cursor.at])
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
        draft = self._timed(token, closed=closed)
        if not draft.add(times.spans, times.others, anywhere=times.named):
            raise self.cursor.fault_since(TWO_TIMES, begin)
        draft.end = max(draft.end, self.cursor.before.end)
        self.firm_before = self.comma = False
        if closed:
            self.cursor.take()
            draft.state = "closed"

    def _timed(self, token: Token, *, closed: bool) -> Draft:
        """The statement that times belong to."""
        last = self.found[-1] if self.found else None
        if last is None or self.joint:
            return self._new(token)
        if closed and last.said:
            if not last.timed or last.state == "closed":
                raise self.cursor.fault(CONTRADICTS, token)
            return self._within(token, last)
        if last.attached:
            draft = self._new(token)
            if last.days_first:
                draft.groups = list(last.groups)
                draft.days_first = True
            return draft
        if last.verbatim:
            raise self.cursor.fault(TWO_DAYS, token)
        bars = last.state == "closed" or last.as_usual
        if last.as_usual and not (self.comma or self.firm_before):
            # 节假日照常开放9:00-16:00: on holidays, or every day?
            raise self.cursor.fault(TWO_DAYS, token)
        if bars and (last.groups or last.dates) and not any(draft.timed for draft in self.found):
            # 周一闭馆，9:00-17:00: the times are those of the other days.
            self.firm_before |= not self.inside
            return self._new(token)
        if bars or last.state == "unknown" or last.all_day:
            raise self.cursor.fault(TWO_DAYS, token)
        return last

    def _within(self, token: Token, last: Draft) -> Draft:
        """A statement about times within those of the last, like a rest at noon."""
        draft = self._new(token)
        draft.choose_as(last)
        draft.firm = True
        return draft

    def _midday_rest(self, token: Token) -> None:
        last = self.found[-1] if self.found else None
        while self.cursor.kind in {"label", "colon", "each_year"}:
            self.cursor.take()
        times = self.cursor.times() if self.cursor.kind in TIMES else None
        if last is None or not last.timed or last.state == "closed" or times is None:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        draft = self._within(token, last)
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
        draft = self._saying(token)
        if token.kind != "daypart" or draft.timed or draft.state not in {"", "open"}:
            raise self.cursor.fault(NOT_UNDERSTOOD, token)
        draft.state = "unknown"
        draft.comments.append(self._written(token))

    def _written(self, token: Token) -> str:
        return token.value if token.kind == "quote" else self.cursor.text[token.start : token.end]

    def _all_day(self, token: Token) -> None:
        draft = self._saying(token)
        if draft.attached or draft.state not in {"", "open"} or draft.timed:
            raise self.cursor.fault(CONTRADICTS, token)
        draft.all_day = True

    def _open(self, token: Token) -> None:
        draft = self._saying(token)
        if draft.state == "closed":
            raise self.cursor.fault(CONTRADICTS, token)
        if not draft.timed and not draft.state:
            draft.state = "open"

    def _as_usual(self, token: Token) -> None:
        draft = self._saying(token)
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
        draft = self._new(token)
        draft.groups, draft.state = [Group(Days(WEEKEND))], "closed"

    def _closed(self, token: Token) -> None:
        draft = self._saying(token)
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
            draft = self._saying(token)
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
        draft = self._new(token)
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
        draft = self._saying(token)
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
        self._exclude(draft, draft.groups.pop() if draft.groups else None, token)

    def _end_exception(self) -> None:
        """（除周一） ends without 外 where a bracket or the text ends."""
        if self.excluding and self.cursor.before is not self.excluding and len(self.found) > 1:
            self._except(self.cursor.before)

    def _exclude(self, draft: Draft, group: Group | None, token: Token) -> None:
        """Close days, of the statement that they stand in or else of what was said before."""
        draft.end = max(draft.end, token.end)
        named = draft.groups or draft.every_day or draft.dates or draft.season
        before = self.found[-2] if len(self.found) > 1 and self.found[-1] is draft else None
        # 除周一外，每天9:00-17:00: what it is an exception from comes next.
        to_come = before is None and any(
            one.kind in TIMES | {"all_day"} for one in self.cursor.tokens[self.cursor.at :]
        )
        if group is not None and (named or to_come):
            draft.exceptions.append(group)
            return
        if before is None or (before.state == "closed" and not before.timed) or before.as_usual:
            raise self.cursor.fault(TWO_DAYS, token)
        draft.groups += [group] if group is not None else []
        draft.state = "closed"
