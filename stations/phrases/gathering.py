"""What has been gathered of the statements of a text, and which of them the next word belongs to."""

from __future__ import annotations

from stations.phrases.cursor import TIMES, Cursor
from stations.phrases.drafts import CONTRADICTS, TWO_DAYS, Draft, Group
from stations.phrases.tokens import Token


class Gathering:
    """The statements so far, and what stands between them and the next word.

    What chooses a statement raises `HoursError` where a word can belong to none, or to more than one.
    """

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

    def new(self, token: Token) -> Draft:
        """Begin a statement."""
        draft = Draft(token.start, token.end, self.firm_before and not self.inside)
        draft.joint = {"also": ",", "otherwise": "||"}.get(self.joint, ";")
        draft.firm = self.joint == "but"
        self.joint = ""
        self.firm_before = self.closed_first = self.comma = False
        self.found.append(draft)
        return draft

    def choosing(self, token: Token) -> Draft:
        """The statement that a day or a date belongs to: a new one, unless nothing was said of the last."""
        last = self.found[-1] if self.found and not self.joint else None
        if last is None or not (not last.said or self.describing or (self.closed_first and not last.timed)):
            last = self.new(token)
        last.end = max(last.end, token.end)
        return last

    def saying(self, token: Token) -> Draft:
        """The statement that a state belongs to: the last, unless one is to follow."""
        follows = not self.found or self.joint or self.found[-1].verbatim
        draft = self.new(token) if follows else self.found[-1]
        draft.end = max(draft.end, token.end)
        return draft

    def timed(self, token: Token, *, closed: bool) -> Draft:
        """The statement that times belong to."""
        last = self.found[-1] if self.found else None
        if last is None or self.joint:
            return self.new(token)
        if closed and last.said:
            if not last.timed or last.state == "closed":
                raise self.cursor.fault(CONTRADICTS, token)
            return self.within(token, last)
        if last.attached:
            draft = self.new(token)
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
            return self.new(token)
        if bars or last.state == "unknown" or last.all_day:
            raise self.cursor.fault(TWO_DAYS, token)
        return last

    def within(self, token: Token, last: Draft) -> Draft:
        """A statement about times within those of the last, like a rest at noon."""
        draft = self.new(token)
        draft.choose_as(last)
        draft.firm = True
        return draft

    def exclude(self, draft: Draft, group: Group | None, token: Token) -> None:
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
