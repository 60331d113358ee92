"""What is known of an inspection, and of a task that came of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from stations.rounds.checklists import Checklist, Item

MARK = re.compile("[0-9a-f]{32}")
LONGEST_NOTE, LONGEST_REMARK = 500, 2000
MOST_PHOTOS = 6
"""Photos of one item."""


class State(StrEnum):
    """What was found of an item."""

    YES = "yes"
    NEARBY = "nearby"
    NO = "no"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody found of one item.

    Attributes
    ----------
    state
        None where nobody looked.
    number
        How many, where that is asked.
    photos
        Names of kept photos.
    """

    state: State | None = None
    note: str = ""
    number: float | None = None
    photos: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was said."""
        return self.state is None and not self.note and self.number is None and not self.photos

    @property
    def fault(self) -> bool:
        """Whether it is not as it should be."""
        return self.state is State.NO

    def to_json(self) -> dict[str, Any]:
        """Give plain values, without those that say nothing."""
        found: dict[str, Any] = {} if self.state is None else {"state": self.state.value}
        if self.note:
            found["note"] = self.note
        if self.number is not None:
            found["number"] = self.number
        if self.photos:
            found["photos"] = list(self.photos)
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Answer:
        """Take back what `to_json` gave."""
        state = found.get("state")
        return cls(
            None if state is None else State(state),
            found.get("note", ""),
            found.get("number"),
            tuple(found.get("photos", ())),
        )


Answers = Mapping[str, Answer]
"""By key of the item."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A checklist as it was when somebody went by it."""

    zh: str
    en: str
    items: Mapping[str, Item]

    @classmethod
    def of(cls, checklist: Checklist) -> Asked:
        """As it is now."""
        return cls(checklist.zh, checklist.en, checklist.items)

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        items = {key: item.model_dump(exclude_defaults=True) for key, item in self.items.items()}
        return {"zh": self.zh, "en": self.en, "items": items}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Asked:
        """Take back what `to_json` gave."""
        items = {key: Item.model_validate(item) for key, item in found["items"].items()}
        return cls(found["zh"], found["en"], MappingProxyType(items))


@dataclass(frozen=True, slots=True)
class Judged:
    """How a station stood to a standard on the day of an inspection.

    Attributes
    ----------
    verdict
        A value of `standards.Verdict`.
    level_zh, level_en
        The highest level that was met; empty for none, or where the standard has but one.
    """

    zh: str
    en: str
    verdict: str
    level_zh: str = ""
    level_en: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody fills in at a station.

    Attributes
    ----------
    mark
        32 hexadecimal digits that were made up where the sheet was begun: whatever comes twice with it counts once.
    township, revision
        Of the station's record as it stands.
    day
        On which somebody was there.
    answers
        Without photos: those are kept as they come.
    """

    mark: str
    code: str
    township: str
    revision: int
    checklist: Checklist
    who: str
    day: date
    answers: Answers
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A task that is to come of a fault: by when, and who; nobody yet where the log-in name is empty."""

    item: str
    due: date
    person: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspection, as it is kept.

    Attributes
    ----------
    checklist
        Its key.
    sent
        Moment, UTC; None for a draft.
    asked
        What was asked, as it was on that day.
    judged
        By standard, as it was judged when it was sent.
    """

    number: int
    mark: str
    code: str
    township: str
    checklist: str
    who: str
    begun: datetime
    sent: datetime | None
    day: date
    revision: int
    remark: str
    answers: Answers
    asked: Asked
    judged: Mapping[str, Judged] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[str, ...]:
        """Keys of the items that are not as they should be."""
        return tuple(key for key in self.asked.items if key in self.answers and self.answers[key].fault)

    @property
    def answered(self) -> int:
        """How many items were answered."""
        return sum(one.state is not None for one in self.answers.values())

    @property
    def photos(self) -> tuple[str, ...]:
        """Names of all its photos."""
        return tuple(name for one in self.answers.values() for name in one.photos)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a list of inspections is chosen by."""

    number: int
    code: str
    faulty: bool


class Standing(StrEnum):
    """How a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that is to be put right.

    Attributes
    ----------
    inspection
        Number of the one that it came of.
    item
        Key of what was found wanting.
    person
        Log-in name; empty for nobody yet.
    done_by, done, note, photos
        Who settled it, when, what they wrote, and photos of it.
    """

    number: int
    inspection: int
    item: str
    code: str
    township: str
    due: date
    person: str
    standing: Standing
    made_by: str
    made: datetime
    done_by: str
    done: datetime | None
    note: str
    photos: tuple[str, ...]

    @property
    def waits(self) -> bool:
        """Whether it is still to be done."""
        return self.standing is Standing.OPEN

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.waits and self.due < today
