"""Opening hours in plain English, put into the Chinese words that `stations.phrases.reading` reads.

So there is one reader, and English means what the same words mean in Chinese. Every sentence of
`stations.phrases.english` comes back as its Chinese counterpart. What is in no word here, and what can be understood in
two ways, as ``closed Monday 9:00-17:00``, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stations.phrases import chinese
from stations.phrases.clauses import WEEKDAYS, WEEKEND, Dates, Day, Days
from stations.phrases.drafts import NO_SUCH_DAY, TWO_DAYS, TWO_TIMES
from stations.phrases.english_words import (
    EnglishWord,
    clock_of,
    english_words,
    is_year,
    month_of,
    number_in,
    weekday_of,
)
from stations.phrases.tokens import NOT_UNDERSTOOD, refused

_DAYS = {
    "weekdays": Days(WEEKDAYS),
    "weekend": Days(WEEKEND),
    "holiday": Days(holidays=True),
    "workday": Days(),
    "every_day": Days(),
}
_LEADS = {"but": "但", "also": "另", "otherwise": "其余时间"}


@dataclass(slots=True)
class _Named:
    """Days and dates that were named without a comma between them."""

    days: Days = field(default_factory=Days)
    words: list[str] = field(default_factory=list)
    dates: list[Dates] = field(default_factory=list)

    def __or__(self, other: _Named) -> _Named:
        words = list(dict.fromkeys(self.words + other.words))
        return _Named(self.days | other.days, words, self.dates + other.dates)

    @property
    def told(self) -> str:
        """In Chinese; empty where nothing is named."""
        names = [word for word in self.words if word != "每天"]
        days = chinese.days_of(self.days)
        names += [days] if days else []
        return chinese.dates_of(self.dates) + ("、".join(names) or ("每天" if self.words else ""))

    @property
    def any_day(self) -> bool:
        """Whether days are named, and not dates alone."""
        return bool(self.words or self.days != Days())


@dataclass(slots=True)
class _Said:
    """A statement, as far as it has been gathered. `named` are the days and dates, parted by commas."""

    start: int
    end: int
    joint: str
    lead: str = ""
    state: str = ""
    named: list[_Named] = field(default_factory=list)
    excepted: _Named = field(default_factory=_Named)
    times: list[str] = field(default_factory=list)
    all_day: bool = False
    as_usual: bool = False
    remark: str = ""
    verbatim: str = ""
    whole: bool = False  # nothing but a remark may follow

    @property
    def says(self) -> bool:
        return bool(self.times or self.all_day or self.state or self.verbatim)

    def told(self, *, first: bool) -> str:
        """In Chinese."""
        if self.verbatim:
            return f"{self.lead}规则{self.verbatim}"
        named = _Named()
        for one in self.named:
            named |= one
        head = named.told
        if self.excepted.told:
            head = f"{head if named.any_day else head + '每天'}（{self.excepted.told}除外）"
        elif head and not named.any_day and self.state != "closed":
            head += "每天"
        return f"{self.lead}{self._body(head, first=first)}{'，含节假日' if self.as_usual else ''}{self._ending()}"

    def _body(self, head: str, *, first: bool) -> str:
        times = "、".join(self.times) or ("全天" if self.all_day else "")
        if times:
            after = {"closed": " 休息", "maybe": " 可能开放"}.get(self.state, "")
            before = "午休" if self.state == "rest" else head
            return f"{before} {times}{after}".lstrip() if before or self.times else "全天24小时"
        if self.state == "closed":
            return f"{head or ('' if first else '每天')}{'休息' if head or not first else '不开放'}"
        if self.state == "unknown":
            return f"{head}开放，时间不详" if head else "不详" if self.lead == _LEADS["otherwise"] else "开放时间不详"
        return f"{head}{'开放' if self.state == 'open' else ''}"

    def _ending(self) -> str:
        return f"（{self.remark}）" if self.remark else ""


def translated(text: str) -> str:
    """Put English into Chinese.

    Raises
    ------
    HoursError
        Words that are not known here, or that make no sense where they stand.
    """
    return _Translation(text).read()


class _Translation:
    """The words of a text, how far they are read, and the statements they make."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = english_words(text)
        self.at = 0
        self.said: list[_Said] = []
        self.now: _Said | None = None
        self.joint = ""
        self.lead = ""
        self.comma = False  # stands before this word
        self.linked = False  # a comma or an “and” does
        self.excepting = False

    def read(self) -> str:
        while self.kind:
            token = self.tokens[self.at]
            if token.kind in {"comma", "and", "filler", "colon", "left", "right", "end"}:
                self._pass(self._take())
                continue
            if token.kind in _DAYS or token.kind == "weekday":
                self._days()
            elif token.kind == "month" or (token.kind == "number" and self._begins_date()):
                self._dates()
            elif token.kind in {"time", "number", "from"}:
                self._times()
            else:
                self._word(self._take())
            self.comma = self.linked = False
        self._give_days_back()
        for one in self.said:
            if not one.says and len(self.said) > 1:
                raise refused(NOT_UNDERSTOOD, self.text, one.start, one.end)
        if self.lead or not self.said:
            raise refused(NOT_UNDERSTOOD, self.text, 0, len(self.text))
        told = (one.joint + one.told(first=not at) for at, one in enumerate(self.said))
        return "".join(told)

    @property
    def kind(self) -> str:
        return self._ahead(0).kind

    def _ahead(self, steps: int) -> EnglishWord:
        place = self.at + steps
        return self.tokens[place] if place < len(self.tokens) else EnglishWord("", "", len(self.text), len(self.text))

    def _take(self) -> EnglishWord:
        self.at += 1
        return self.tokens[self.at - 1]

    def _pass(self, token: EnglishWord) -> None:
        self.comma |= token.kind == "comma"
        self.linked |= token.kind in {"comma", "and"}
        if token.kind == "end":
            self.now, self.joint, self.excepting = None, "；", False

    # Statements

    def _new(self, token: EnglishWord) -> _Said:
        joint = (self.joint or "，") if self.said else ""
        self.now = _Said(token.start, token.end, joint, lead=_LEADS.get(self.lead, "") if self.said else "")
        self.lead = self.joint = ""
        self.excepting = False
        self.said.append(self.now)
        return self.now

    def _open_one(self, token: EnglishWord) -> _Said:
        """The statement that may still be added to."""
        one = self.now
        if one is None or self.lead or one.whole:
            one = self._new(token)
        one.end = max(one.end, token.end)
        return one

    def _naming(self, token: EnglishWord) -> _Said:
        """The statement that days or dates belong to."""
        one = self.now
        timed = one is not None and bool(one.times or one.all_day)
        if one is not None and timed and (one.named or self.linked or one.state == "rest"):
            return self._new(token)
        return self._open_one(token)

    def _add(self, one: _Said, named: _Named) -> None:
        if self.excepting:
            one.excepted |= named
        elif one.named and not self.comma:
            one.named[-1] |= named
        else:
            one.named.append(named)

    def _days(self) -> None:
        token = self._ahead(0)
        one = self.now if self.excepting and self.now else self._naming(token)
        self._take()
        if token.kind == "weekday":
            first = last = weekday_of(token)
            if self.kind == "range" and self._ahead(1).kind == "weekday":
                self._take()
                last = weekday_of(self._take())
            days = Days(frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)))
        else:
            days = _DAYS[token.kind]
        words = {"workday": ["工作日"], "every_day": ["每天"]}.get(token.kind, [])
        self._add(one, _Named(days, words))
        one.end = self.tokens[self.at - 1].end

    def _word(self, token: EnglishWord) -> None:
        if token.kind in _LEADS:
            if self.lead or not self.said:
                raise self._fault(token)
            self.lead, self.now = token.kind, None
        elif token.kind in {"closed", "maybe", "open", "rest"}:
            self._state(token)
        elif token.kind == "all_day":
            one = self._open_one(token)
            if one.times or one.state in {"closed", "rest", "unknown"}:
                raise self._fault(token)
            one.all_day = True
        elif token.kind == "unknown":
            one = self._open_one(token)
            if one.times or one.all_day or one.state not in {"", "open"}:
                one = self._new(token)
            one.state, one.whole = "unknown", True
        elif token.kind == "rule" and self.kind == "quote":
            one = self._new(token)
            one.verbatim, one.end, one.whole = self._written(self._take()), self.tokens[self.at - 1].end, True
        else:
            self._remark(token)

    def _state(self, token: EnglishWord) -> None:
        one = self.now
        timed = one is not None and bool(one.times) and not self.linked
        if one is None or self.lead or one.whole or one.state or (one.says and not timed) or token.kind == "rest":
            one = self._new(token)
        if token.kind == "open" and timed:
            return
        one.state, one.end = token.kind, token.end
        one.whole = token.kind == "closed" and bool(one.named or one.times)

    def _remark(self, token: EnglishWord) -> None:
        """What is said of a statement that stands already."""
        one = self.now
        if one is None or self.lead:
            raise self._fault(token)
        if token.kind == "except" and not one.whole:
            self.excepting = True
        elif token.kind == "as_usual":
            one.as_usual = True
        elif token.kind == "quote" and not one.remark:
            one.remark, one.whole = self._written(token), True
        else:
            raise self._fault(token)

    def _written(self, token: EnglishWord) -> str:
        return self.text[token.start : token.end]

    def _give_days_back(self) -> None:
        """``9 am to 5 pm, Monday to Friday``: days that say nothing by themselves are those of the times before."""
        for before, one in zip(self.said, self.said[1:], strict=False):
            timed = bool(before.times or before.all_day) and not before.named
            if timed and not one.says and one.joint == "，" and not one.lead:
                before.named, before.excepted = one.named, one.excepted
                self.said.remove(one)
                return

    def _fault(self, token: EnglishWord, template: str = NOT_UNDERSTOOD) -> Exception:
        return refused(template, self.text, token.start, token.end)

    # Times

    def _times(self) -> None:
        token = self._ahead(0)
        one = self.now
        if one is not None and not self.lead and not one.whole and one.state == "closed" and one.named:
            # “closed Monday, Tuesday to Sunday 9 to 5” closes Monday; “closed Monday 9 to 5” says two things.
            if not self.comma and len(one.named) < 2:
                raise self._fault(token, TWO_DAYS)
            moved = [] if self.comma else [one.named.pop()]
            one.whole = True
            one = self._new(token)
            one.named = moved
        one = self._open_one(token)
        if one.all_day or (one.times and not self.linked):
            raise self._fault(token, TWO_TIMES)
        one.times.append(self._span())
        one.end = self.tokens[self.at - 1].end

    def _span(self) -> str:
        token = self._ahead(0)
        onwards = self.kind == "from"
        if onwards:
            self._take()
        if self.kind not in {"time", "number"}:
            raise self._fault(token)
        first = clock_of(self._take(), midnight="0:00")
        if self.kind == "range" and self._ahead(1).kind in {"time", "number"}:
            self._take()
            last = clock_of(self._take(), midnight="24:00")
            next_day = self.kind == "next_day" and bool(self._take())
            return f"{first}-{'次日' if next_day else ''}{last}"
        if not onwards:
            raise self._fault(token, TWO_TIMES)
        return f"{first}起"

    # Dates

    def _begins_date(self) -> bool:
        """Whether a number is a day of a month, or a year."""
        if self._ahead(1).kind == "month" or is_year(self._ahead(0)):
            return True
        ahead = [self._ahead(step).kind for step in (1, 2, 3)]
        return ahead == ["range", "number", "month"]

    def _dates(self) -> None:
        token = self._ahead(0)
        one = self._naming(token)
        first = last = self._day()
        if self.kind == "range" and (self._ahead(1).kind == "month" or self._ahead(1).kind == "number"):
            self._take()
            first, last = _ends(first, self._day())
        if not (first.possible and last.possible) or (not first.month and not first.year):
            raise refused(NO_SUCH_DAY, self.text, token.start, self.tokens[self.at - 1].end)
        self._add(one, _Named(dates=[Dates(first, last)]))
        one.end = self.tokens[self.at - 1].end

    def _day(self) -> Day:
        """Of a day, its month and its year, what is given."""
        year = month = day = 0
        if self.kind == "number" and not is_year(self._ahead(0)):
            day = number_in(self._take())
            if self.kind == "month":
                month = month_of(self._take())
        elif self.kind == "month":
            month = month_of(self._take())
            if self.kind == "number" and not is_year(self._ahead(0)) and self._ahead(1).kind != "month":
                day = number_in(self._take())
                if self.kind == "comma" and is_year(self._ahead(1)):
                    self._take()
        if self.kind == "number" and is_year(self._ahead(0)):
            year = number_in(self._take())
        return Day(year, month, day)


def _ends(first: Day, last: Day) -> tuple[Day, Day]:
    """Both ends of a range, each with the year, the month and the precision of the other."""
    month = first.month or last.month
    first, last = Day(first.year, month, first.day), Day(last.year, last.month or month, last.day)
    wraps = (last.month, last.day or 31) < (first.month, first.day or 1)
    if last.year and not first.year:
        first = Day(last.year - wraps, first.month, first.day)
    elif first.year and not last.year:
        last = Day(first.year + wraps, last.month, last.day)
    if first.day and not last.day and last.month:
        last = last.last()
    elif last.day and not first.day and first.month:
        first = first.first()
    return first, last
