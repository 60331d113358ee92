"""Inspections as they are kept: drafts, what was sent, and when a station is due again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from stations.errors import RoundError, UnknownRoundError
from stations.registry.schema import INSPECTION
from stations.registry.stores import Store
from stations.rounds.checklists import Checklist, load_checklists
from stations.rounds.facts import (
    LONGEST_NOTE,
    LONGEST_REMARK,
    MARK,
    MOST_PHOTOS,
    Answer,
    Answers,
    Asked,
    Brief,
    Inspection,
    Judged,
    Sheet,
    Wish,
)
from stations.rounds.tasks import Tasks
from stations.standards import Standard, load_standards
from stations.taxonomy import Taxonomy

DRAFT, SENT = "draft", "sent"
NO_PHOTOS: Mapping[str, Iterable[str]] = MappingProxyType({})
A_FAULT = '"state": "no"'
"""What stands in the answers of an inspection as they are kept, where an item is not as it should be, and nowhere else:
within a text of JSON the quotes are escaped."""

FORGOTTEN = timedelta(days=60)
"""After so long without a word a draft is thrown away when its writer begins another."""

LISTED = 2000
"""Inspections that a list goes back to."""


class Rounds:
    """The inspections of one store. Threads may share it.

    Parameters
    ----------
    store
        That of the registry.
    every_days
        After so many days a station is to be inspected again.
    path
        An office's own checklists; None for those that come with the program.

    Raises
    ------
    TaxonomyError
        Checklists that cannot be used.
    """

    def __init__(self, store: Store, every_days: int, path: Path | None = None) -> None:
        self._store = store
        self.every_days = every_days
        self.taxonomy = Taxonomy.load()
        self.standards: Mapping[str, Standard] = load_standards(self.taxonomy)
        self.checklists: Mapping[str, Checklist] = load_checklists(self.taxonomy, self.standards, path)

    @cached_property
    def tasks(self) -> Tasks:
        """What is to be put right."""
        return Tasks(self._store)

    def checklist(self, key: str = "") -> Checklist:
        """One checklist; the first where none is named, or one that is not there any more."""
        return self.checklists.get(key) or next(iter(self.checklists.values()))

    def save(
        self, sheet: Sheet, *, at: datetime, photos: Mapping[str, Iterable[str]] = NO_PHOTOS, drop: Iterable[str] = ()
    ) -> Inspection:
        """Keep a draft: what was filled in so far.

        Parameters
        ----------
        at
            Aware moment.
        photos
            Names of photos that came with it, by key of the item; they are added to those that it has.
        drop
            Names of photos that were taken away.

        Returns
        -------
        Inspection
            As it is kept; if it was sent already, as it was sent.

        Raises
        ------
        RoundError
            Something too long, or a sheet that is somebody else's.
        RegistryError
            It cannot be written.
        """
        return self._write(sheet, at, photos, drop, (), {}, sent=False)

    def send(
        self,
        sheet: Sheet,
        *,
        wishes: Iterable[Wish] = (),
        judged: Mapping[str, Judged],
        at: datetime,
        photos: Mapping[str, Iterable[str]] = NO_PHOTOS,
        drop: Iterable[str] = (),
    ) -> Inspection:
        """Take an inspection for good, with the tasks that come of it: all of it or nothing, and once.

        Parameters and errors are those of `save`; one in which nothing was answered is refused.

        Parameters
        ----------
        wishes
            What is to be put right; of items that are not faults nothing comes.
        judged
            How the station stands, by standard.
        """
        if not any(one.state is not None or one.number is not None for one in sheet.answers.values()):
            raise RoundError("Nothing is answered yet. Go through the items, and send the sheet then.")
        return self._write(sheet, at, photos, drop, tuple(wishes), judged, sent=True)

    def drop(self, mark: str, *, who: str) -> None:
        """Throw one's own draft away; what was sent stays."""
        theirs = (INSPECTION.c.mark == mark) & (INSPECTION.c.who == who) & (INSPECTION.c.state == DRAFT)
        with self._store.writing() as connection:
            connection.execute(INSPECTION.delete().where(theirs))

    def get(self, number: int) -> Inspection:
        """One inspection.

        Raises
        ------
        UnknownRoundError
            There is none of that number.
        """
        found = self._all(sa.select(INSPECTION).where(INSPECTION.c.number == number))
        if not found:
            raise UnknownRoundError("There is no inspection {number}.", number=number)
        return found[0]

    def several(self, numbers: Iterable[int]) -> Mapping[int, Inspection]:
        """Those of some numbers that are there."""
        wanted = sorted(set(numbers))
        if not wanted:
            return {}
        return {one.number: one for one in self._all(sa.select(INSPECTION).where(INSPECTION.c.number.in_(wanted)))}

    def by_mark(self, mark: str) -> Inspection | None:
        """The inspection of a mark; None where nothing came of it yet."""
        found = self._all(sa.select(INSPECTION).where(INSPECTION.c.mark == mark))
        return found[0] if found else None

    def draft(self, code: str, checklist: str, who: str) -> Inspection | None:
        """Somebody's own draft for a station; None where there is none."""
        query = sa.select(INSPECTION).where(
            INSPECTION.c.code == code,
            INSPECTION.c.checklist == checklist,
            INSPECTION.c.who == who,
            INSPECTION.c.state == DRAFT,
        )
        found = self._all(query.order_by(INSPECTION.c.number.desc()).limit(1))
        return found[0] if found else None

    def drafts(self, who: str) -> tuple[Inspection, ...]:
        """All that somebody has begun and not sent, the newest first."""
        query = sa.select(INSPECTION).where(INSPECTION.c.who == who, INSPECTION.c.state == DRAFT)
        return self._all(query.order_by(INSPECTION.c.number.desc()).limit(LISTED))

    def of(self, code: str, limit: int = 20) -> tuple[Inspection, ...]:
        """The inspections of a station, the newest first."""
        query = sa.select(INSPECTION).where(INSPECTION.c.code == code, INSPECTION.c.state == SENT)
        return self._all(query.order_by(INSPECTION.c.day.desc(), INSPECTION.c.number.desc()).limit(limit))

    def between(self, first: date, last: date) -> tuple[Inspection, ...]:
        """All that were made within some days, both included; the newest first."""
        # PostgreSQL takes no collation within BETWEEN.
        when = (INSPECTION.c.day >= first.isoformat()) & (INSPECTION.c.day <= last.isoformat())
        query = sa.select(INSPECTION).where(INSPECTION.c.state == SENT, when)
        return self._all(query.order_by(INSPECTION.c.day.desc(), INSPECTION.c.number.desc()))

    def briefs(self, first: date, last: date) -> tuple[Brief, ...]:
        """As `between`, of each only what a list is chosen by: quick for many thousands."""
        when = (INSPECTION.c.day >= first.isoformat()) & (INSPECTION.c.day <= last.isoformat())
        query = sa.select(INSPECTION.c.number, INSPECTION.c.code, INSPECTION.c.answers.contains(A_FAULT))
        query = query.where(INSPECTION.c.state == SENT, when)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(INSPECTION.c.day.desc(), INSPECTION.c.number.desc())).all()
        return tuple(Brief(number, code, bool(faulty)) for number, code, faulty in rows)

    def last_days(self) -> Mapping[str, date]:
        """When somebody was at a station last, by its code; without those where nobody ever was."""
        query = sa.select(INSPECTION.c.code, sa.func.max(INSPECTION.c.day)).where(INSPECTION.c.state == SENT)
        with self._store.reading() as connection:
            rows = connection.execute(query.group_by(INSPECTION.c.code)).all()
        return MappingProxyType({code: date.fromisoformat(day) for code, day in rows})

    def due(self, last: date | None, today: date) -> bool:
        """Whether a station at which somebody was last on a day is to be inspected again."""
        return last is None or (today - last).days >= self.every_days

    def _all(self, query: sa.Select[Any]) -> tuple[Inspection, ...]:
        with self._store.reading() as connection:
            return tuple(_inspection(dict(row)) for row in connection.execute(query).mappings())

    def _write(
        self,
        sheet: Sheet,
        at: datetime,
        photos: Mapping[str, Iterable[str]],
        drop: Iterable[str],
        wishes: tuple[Wish, ...],
        judged: Mapping[str, Judged],
        *,
        sent: bool,
    ) -> Inspection:
        if not MARK.fullmatch(sheet.mark):
            raise RoundError("The sheet has lost its mark. Open it again; what was saved is still there.")
        _check(sheet)
        moment = _text(at)
        with self._store.writing() as connection:
            found = _by_mark(connection, sheet.mark)
            if found is not None and (found.who != sheet.who or found.code != sheet.code):
                raise RoundError("This sheet is of somebody else, or of another station. Open a new one.")
            if found is not None and found.sent is not None:
                return found  # it came twice, or late: it counts once
            answers = _with_photos(sheet.answers, {} if found is None else found.answers, photos, drop)
            row = {
                "mark": sheet.mark,
                "code": sheet.code,
                "township": sheet.township,
                "checklist": sheet.checklist.key,
                "state": SENT if sent else DRAFT,
                "who": sheet.who,
                "begun": moment if found is None else _text(found.begun),
                "sent": moment if sent else "",
                "day": sheet.day.isoformat(),
                "revision": sheet.revision,
                "remark": sheet.remark,
                "answers": _answers_text(answers),
                "asked": json.dumps(Asked.of(sheet.checklist).to_json(), ensure_ascii=False),
                "verdicts": json.dumps({key: _judged_json(one) for key, one in judged.items()}, ensure_ascii=False),
            }
            if found is None:
                old = (INSPECTION.c.state == DRAFT) & (INSPECTION.c.begun < _text(at - FORGOTTEN))
                connection.execute(INSPECTION.delete().where(old & (INSPECTION.c.who == sheet.who)))
                number = (connection.execute(sa.select(sa.func.max(INSPECTION.c.number))).scalar() or 0) + 1
                connection.execute(INSPECTION.insert(), {"number": number} | row)
            else:
                number = found.number
                connection.execute(INSPECTION.update().where(INSPECTION.c.number == number), row)
            for wish in wishes:
                if wish.item in answers and answers[wish.item].fault:
                    self.tasks.make_in(connection, wish, inspection=number, sheet=sheet, at=at)
        return _inspection({"number": number} | row)


def _check(sheet: Sheet) -> None:
    for key, answer in sheet.answers.items():
        if len(answer.note) > LONGEST_NOTE:
            raise RoundError(
                "A note has {length} characters. Say it in {most}.",
                field=f"note.{key}",
                length=len(answer.note),
                most=LONGEST_NOTE,
            )
    if len(sheet.remark) > LONGEST_REMARK:
        raise RoundError(
            "The remark has {length} characters. Say it in {most}.",
            field="remark",
            length=len(sheet.remark),
            most=LONGEST_REMARK,
        )


def _with_photos(
    answers: Answers, before: Answers, photos: Mapping[str, Iterable[str]], drop: Iterable[str]
) -> dict[str, Answer]:
    """Answers with the photos that they had and those that came, each once."""
    gone, found = frozenset(drop), {}
    for key in dict.fromkeys((*answers, *before, *photos)):
        answer, was = answers.get(key, Answer()), before.get(key, Answer())
        names = dict.fromkeys((*was.photos, *photos.get(key, ())))
        kept = tuple(name for name in names if name not in gone)
        if len(kept) > MOST_PHOTOS:
            raise RoundError(
                "An item takes {most} photos at most. Take one away first.", field=f"photo.{key}", most=MOST_PHOTOS
            )
        one = Answer(answer.state, answer.note, answer.number, kept)
        if not one.empty:
            found[key] = one
    return found


def _answers_text(answers: Answers) -> str:
    return json.dumps({key: one.to_json() for key, one in answers.items()}, ensure_ascii=False)


def _judged_json(one: Judged) -> dict[str, str]:
    levels = {"level_zh": one.level_zh, "level_en": one.level_en}
    return {"zh": one.zh, "en": one.en, "verdict": one.verdict} | {name: text for name, text in levels.items() if text}


def _by_mark(connection: sa.Connection, mark: str) -> Inspection | None:
    row = connection.execute(sa.select(INSPECTION).where(INSPECTION.c.mark == mark)).mappings().one_or_none()
    return None if row is None else _inspection(dict(row))


def _inspection(row: Mapping[str, Any]) -> Inspection:
    answers = {key: Answer.from_json(one) for key, one in json.loads(row["answers"]).items()}
    return Inspection(
        number=row["number"],
        mark=row["mark"],
        code=row["code"],
        township=row["township"],
        checklist=row["checklist"],
        who=row["who"],
        begun=datetime.fromisoformat(row["begun"]),
        sent=datetime.fromisoformat(row["sent"]) if row["state"] == SENT else None,
        day=date.fromisoformat(row["day"]),
        revision=row["revision"],
        remark=row["remark"],
        answers=MappingProxyType(answers),
        asked=_asked(row["asked"]),
        judged=MappingProxyType({key: Judged(**one) for key, one in json.loads(row["verdicts"]).items()}),
    )


@lru_cache(maxsize=64)
def _asked(text: str) -> Asked:
    """Read what was asked; all inspections by one checklist have the same."""
    return Asked.from_json(json.loads(text))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
