"""Each kind of write at the desk, by number, so that it can be killed in the middle; and what is found of it after.

A kind is made of a registry. `do` makes the write of a number; `found` sees that nothing is half done and gives the
numbers that are there. `desk_by_http` makes the same writes by the forms of a server, each kind at its own station.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.desk.album import with_photos
from stations.desk.bulk import MARKED, What, plan_of, write_plan
from stations.desk.bulk import Wish as Wanted
from stations.desk.desk import Desk
from stations.desk.listed import Asked, State
from stations.desk.lists import Lists
from stations.desk.proposals import Proposal, Standing, proposal_of
from stations.desk.taking import Taking
from stations.facts import Photo
from stations.people.facts import By, Grant, Role
from stations.people.people import People
from stations.photos.keeping import Photos
from stations.registry.log import Registry
from stations.registry.schema import PROPOSAL, SUPPLY_LEVEL, SUPPLY_MOVEMENT, VISIT_COUNT, WAITING
from stations.registry.visitmonths import counted, differing
from stations.rounds.facts import Answer, Sheet, Wish
from stations.rounds.facts import State as Found
from stations.rounds.rounds import Rounds
from stations.station import Station
from stations.stock.levels import Kind, Moved
from stations.stock.scope import Where
from stations.stock.stock import Stock
from stations.stock.visits import Entered, Source
from stations.upkeep.facts import Aspect, Sender
from tests.stations.photos.conftest import sent

CODE, TOWNSHIP, FIRST_AREA = "S00001", "360681101", 360600001
NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


class Write(Protocol):
    """One kind of write."""

    def do(self, number: int) -> None:
        """Make the write of a number."""

    def found(self) -> list[int]:
        """Give the numbers of those that are there, each of them whole."""


def of_number(text: str) -> int:
    """The number at the end of a text."""
    return int(text.rpartition(" ")[2])


class Editing:
    """A station is saved."""

    code = CODE

    def __init__(self, registry: Registry) -> None:
        self.registry, self.desk = registry, Desk(registry, dict.fromkeys(Aspect, 60))

    def noted(self, note: str) -> tuple[Station, int]:
        """The station with another note, and the revision that was seen."""
        snapshot = self.registry.snapshot()
        row = snapshot.index(self.code)
        return dataclasses.replace(snapshot.stations[row], note=note), int(snapshot.revisions[row])

    def proposals(self, *standings: Standing) -> list[Proposal]:
        """What was proposed of the station, as far as it stands so."""
        with self.registry.store.reading() as connection:
            which = (PROPOSAL.c.code == self.code) & PROPOSAL.c.state.in_([one.value for one in standings])
            rows = connection.execute(sa.select(PROPOSAL).where(which).order_by(PROPOSAL.c.number)).mappings().all()
        return [proposal_of(dict(row)) for row in rows]

    def do(self, number: int) -> None:
        station, seen = self.noted(f"edit {number}")
        self.desk.write(station, seen=seen, who="clerk", at=NOW)

    def found(self) -> list[int]:
        history = [entry for entry in self.registry.history(self.code) if entry.batch.what == "edit"]
        assert all(entry.batch.count == 1 for entry in history)
        return [of_number(entry.station.note) for entry in history]


class Proposing(Editing):
    """A custodian proposes."""

    def do(self, number: int) -> None:
        station, seen = self.noted(f"proposed {number}")
        self.desk.proposals.propose(
            station, revision=seen, township=TOWNSHIP, note=f"note {number}", who=f"keeper{number}", at=NOW
        )

    def found(self) -> list[int]:
        made = self.proposals(Standing.OPEN, Standing.WITHDRAWN)
        assert all(of_number(one.station.note) == of_number(one.note) for one in made)
        return [of_number(one.note) for one in made]


class Accepting(Proposing):
    """An officer accepts what was proposed: it is written and settled, or neither."""

    def do(self, number: int) -> None:
        waiting = {of_number(one.note): one for one in self.desk.proposals.waiting()}
        if number not in waiting:
            super().do(number)
            waiting = {of_number(one.note): one for one in self.desk.proposals.waiting()}
        proposal = waiting[number]
        stands, seen = self.noted(f"proposed {number}")
        self.desk.accept(proposal, stands, seen=seen, who="officer", reason="", at=NOW)

    def found(self) -> list[int]:
        history = {entry.revision: entry for entry in self.registry.history(self.code)}
        settled = self.proposals(Standing.ACCEPTED)
        for one in settled:
            assert of_number(history[one.result].station.note) == of_number(one.note)
        accepted = {entry.revision for entry in history.values() if entry.batch.what.startswith("proposal ")}
        assert accepted == {one.result for one in settled}, "a record and what became of its proposal are one"
        assert len(self.proposals(Standing.OPEN)) <= 1, "what was not accepted waits"
        return sorted(of_number(one.note) for one in settled)


class Granting:
    """An officer gives somebody a right: it and its line in the trail."""

    def __init__(self, registry: Registry) -> None:
        self.people = People(registry.store, lambda: NOW, "")
        if self.people.by_login("them") is None:
            self.people.add("them", "他某", [], by=By("test"), must_change=False)

    def do(self, number: int) -> None:
        self.people.grant("them", Grant(Role.CLERK, f"{FIRST_AREA + number}"), by=By("officer"))

    def found(self) -> list[int]:
        person = self.people.by_login("them")
        assert person is not None
        given = sorted(int(grant.area) - FIRST_AREA for grant in person.grants)
        trail = self.people.audit
        assert trail.verify().broken is None
        told = [row for row in trail.latest(limit=10_000) if row.what == "granted" and row.about.startswith("them:")]
        assert len(told) == len(given), "a right and its line are one"
        return given


class TakingIn:
    """An officer takes a list in: its stations, and the note that it became that batch."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.lists = registry, Lists(registry.store)
        self.taking = Taking(registry, self.lists, None, ZoneInfo("Asia/Shanghai"))

    def do(self, number: int) -> None:
        # A kilometre from each other, so that none is like another.
        listed = f"code,name,lon,lat\nL{number},第{number}站,{100 + number / 100},30\n".encode()
        kept = self.lists.keep(f"list {number}", listed, Asked(), area="", who=f"officer{number}", at=NOW)
        self.taking.take_in(kept, self.taking.tried(kept).mark, who="officer", at=NOW)

    def found(self) -> list[int]:
        with self.registry.store.reading() as connection:
            which = WAITING.c.state == State.TAKEN.value
            taken = connection.execute(sa.select(WAITING.c.name, WAITING.c.batch).where(which)).all()
        batches = {one.id: one.source for one in self.registry.batches(1_000_000)}
        assert all(batches[batch] == name for name, batch in taken)
        numbers = sorted(of_number(name) for name, _ in taken)
        there = sorted(int(code[1:]) for code in self.registry.snapshot().codes if code[0] == "L")
        assert numbers == there, "the note and the stations are one"
        return numbers


class Inspecting:
    """A clerk sends a sheet: the inspection, and the two tasks that come of it."""

    def __init__(self, registry: Registry) -> None:
        self.rounds = Rounds(registry.store, 30)

    def do(self, number: int) -> None:
        answers = {"water": Answer(Found.NO), "clean": Answer(Found.NO)}
        sheet = Sheet(
            f"{number:032x}",
            CODE,
            TOWNSHIP,
            1,
            self.rounds.checklist(),
            "clerk",
            NOW.date(),
            answers,
            f"sheet {number}",
        )
        wishes = [Wish(key, NOW.date()) for key in answers]
        self.rounds.send(sheet, wishes=wishes, judged={}, at=NOW)
        self.rounds.send(sheet, wishes=wishes, judged={}, at=NOW)  # a phone sends again what it heard nothing of

    def found(self) -> list[int]:
        sent = self.rounds.between(date.min, date.max)
        assert all(len(self.rounds.tasks.of(one.number)) == 2 for one in sent), "a sheet and its tasks are one"
        return sorted(of_number(one.remark) for one in sent)


class Suggesting(Editing):
    """A passer-by suggests with a photo, and a clerk refuses it: the photo goes with the refusal."""

    cut = 1
    """Photos that may have come before what they belong to was cut off."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self.photos = Photos(registry.store)

    def do(self, number: int) -> None:
        station, seen = self.noted("")
        colour = f"#{number % 256:02x}{number // 256:02x}80"
        kept = self.photos.keep(
            sent(64, 64, colour=colour), code=self.code, township="", who="", at=NOW, what="suggestion"
        )
        wanted = with_photos(station, [Photo(file=kept.name)])
        by = {"sender": Sender(f"device {number}", f"net {number}"), "at": NOW, "day": NOW.date()}
        mark = self.desk.suggestions.suggest(wanted, revision=seen, township="", note=f"note {number}", **by)
        proposal = self.desk.suggestions.outcome(self.code, mark)
        self.desk.proposals.settle(proposal.number, Standing.REFUSED, reason="no", who="clerk", at=NOW)

    def found(self) -> list[int]:
        count, spoilt = self.photos.verify()
        assert not spoilt
        waiting = self.proposals(Standing.OPEN)
        assert count <= len(waiting) + self.cut, "what was refused has left no photo"
        for one in waiting:
            assert self.photos.read(one.station.photos[0].file), "what waits has its photo"
        return sorted(of_number(one.note) for one in self.proposals(Standing.REFUSED))


class ChangingMany(Editing):
    """A clerk changes all stations at once, and takes that back: one batch each."""

    codes: frozenset[str] | None = None
    """Which are changed; None for all."""

    def do(self, number: int) -> None:
        wish = Wanted(What.NOTE, {"note": f"many {number}"})
        plan = plan_of(self.registry.snapshot(), self.desk.roll().lines, wish, may=lambda _: True)
        written = write_plan(self.registry, plan, who="clerk", at=NOW)
        assert written.batch is not None
        if number % 2:
            self.registry.undo(written.batch.id, who=f"clerk {number}", at=NOW)

    def found(self) -> list[int]:
        stations = [one for one in self.registry.snapshot().stations if self.codes is None or one.code in self.codes]
        assert len({station.note for station in stations}) == 1, "all of them, or none"
        changed = [batch for batch in self.registry.batches(10_000) if batch.what == f"{MARKED}{What.NOTE.value}"]
        assert {batch.count for batch in changed} <= {len(stations)}
        return list(range(len(changed)))


class Counting:
    """A custodian counts the shelf: a line for each thing, and what is there by them."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.supplies = registry, Stock(registry.store).supplies
        self.items = list(self.supplies.items)[:3]

    def do(self, number: int) -> None:
        moved = [Moved(item, number) for item in self.items]
        for _ in range(2):  # a phone sends again what it heard nothing of
            self.supplies.enter(
                Where(CODE, TOWNSHIP), Kind.COUNT, moved, day=NOW.date(), today=NOW.date(), who="keeper", at=NOW,
                mark=f"mark {number}", seen=10**9,
            )  # fmt: skip

    def found(self) -> list[int]:
        with self.registry.store.reading() as connection:
            lines = connection.execute(sa.select(SUPPLY_MOVEMENT)).mappings().all()
            levels = connection.execute(sa.select(SUPPLY_LEVEL)).mappings().all()
        counted = Counter(of_number(line["mark"]) for line in lines)
        assert set(counted.values()) <= {len(self.items)}, "a count is whole"
        assert {level["there"] for level in levels} <= {max(counted, default=0)}, "what is there follows from the lines"
        return sorted(counted)


class Visiting:
    """The visits of a day are entered, and corrected again and again: one line stands."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.visits = registry, Stock(registry.store).visits

    def do(self, number: int) -> None:
        came = [Entered(Where(CODE, TOWNSHIP), NOW.date(), Source.DOOR, number + 1)]
        self.visits.enter(came, today=NOW.date(), who="keeper", at=NOW, mark=f"mark {number}", seen=10**9)

    def found(self) -> list[int]:
        with self.registry.store.reading() as connection:
            lines = connection.execute(sa.select(VISIT_COUNT)).mappings().all()
            wrong = [month for codes in counted(connection) for month in differing(connection, codes)]
        assert wrong == [], "what visits are added up from follows from the lines"
        if lines:
            standing = [line["people"] for line in lines if line["stands"]]
            assert standing == [max(line["people"] for line in lines)], "one line stands, the last"
        return sorted(line["people"] - 1 for line in lines)


KINDS: Mapping[str, Callable[[Registry], Write]] = {
    "editing": Editing,
    "proposing": Proposing,
    "accepting": Accepting,
    "granting": Granting,
    "suggesting": Suggesting,
    "taking in": TakingIn,
    "inspecting": Inspecting,
    "changing many": ChangingMany,
    "counting": Counting,
    "visiting": Visiting,
}
