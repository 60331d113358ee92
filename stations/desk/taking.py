"""A list that waits, held against the stations as they are: what it would do row by row, taken in, and taken back.

Only what lies in the list's own area is taken: a row that stands elsewhere, or that would change a station elsewhere or
move one there, is refused with that reason, whoever looks.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from geodata.atlas import Atlas
from stations.desk.batches import Batches
from stations.desk.listed import Asked, Listed
from stations.desk.lists import LONGEST_NAME, Lists
from stations.desk.trying import WRITTEN, Tried, held_against
from stations.errors import ImportRefused, ListError
from stations.exchange.archives import unpacked_bytes
from stations.exchange.columns import KEEP, LEAVE_OUT, Answers, Columns, Mapped
from stations.exchange.proposal import Proposal, stations_in
from stations.exchange.sources import Part, parts_of_file, read_table
from stations.exchange.suspicions import Ground
from stations.exchange.tables import Table
from stations.registry.entries import Written
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.taxonomy import Taxonomy

AT_HAND = 2
"""Lists whose rows a worker keeps in memory: someone pages through one, and somebody else through another."""

MOST_ROWS = 50_000
"""Rows of one list; a country's is taken in at the command line."""

MOST_UNPACKED = 200_000_000
"""Bytes of a workbook once unpacked: far above so many rows, and no danger to whoever asks at the same time."""

T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """What a file is made of.

    Attributes
    ----------
    kind, parts
        ``sheet`` or ``layer`` and their names, where it has several; else empty.
    table
        Its headers and rows; None where they cannot be had as was asked.
    fault
        Why not.
    """

    kind: str
    parts: tuple[str, ...]
    table: Table | None
    fault: ImportRefused | None = None


class MovedOnError(ListError):
    """What would be written is not what was looked at; nothing was written."""


class Taking:
    """What reads lists and takes them in. Threads may share it.

    Parameters
    ----------
    atlas
        What to hold positions against; None where there is none.
    timezone
        In which opening hours are read.
    """

    def __init__(self, registry: Registry, lists: Lists, atlas: Atlas | None, timezone: ZoneInfo) -> None:
        self._registry, self._lists, self._timezone = registry, lists, timezone
        self._ground = None if atlas is None else Ground.of(atlas)
        self._digest = "" if atlas is None else atlas.digest
        self._taxonomy = Taxonomy.load()
        self.columns = Columns.load()
        self._forms = _AtHand[Form]()
        self._proposals = _AtHand[Proposal]()
        self._tried = _AtHand[Tried]()

    def check(self, name: str, content: bytes) -> None:
        """See whether a file can be read at all; which sheet or layer is meant may be said later.

        Raises
        ------
        ImportRefused
            It cannot.
        """
        key = (hashlib.sha256(content).hexdigest(), name, "", "")
        form = self._forms.get(key, lambda: self._read_form(name, content, Asked()))
        if form.fault is not None and not form.parts:
            raise form.fault

    def form(self, listed: Listed) -> Form:
        """What the file is made of, its cells as they are."""
        key = (listed.digest, listed.name, listed.asked.sheet, listed.asked.layer)
        return self._forms.get(
            key, lambda: self._read_form(listed.name, self._lists.content(listed.number), listed.asked)
        )

    def knows(self, header: str) -> bool:
        """Whether a header is recognised."""
        return bool(self.columns.meaning(header, self._taxonomy))

    def needs_words(self, listed: Listed) -> bool:
        """Whether somebody must say what the columns of a list are before its rows can be shown."""
        table = self.form(listed).table
        if table is None or not all(map(self.knows, table.headers)):
            return True
        try:
            self.mapped(table, listed.asked)
        except ImportRefused:
            return True
        return False

    def guesses(self, header: str) -> tuple[str, ...]:
        """What a header that nobody knows may be meant for, likeliest first."""
        return self.columns.guesses(header, self._taxonomy)

    def mapped(self, table: Table, asked: Asked) -> Mapped:
        """What the headers of a table stand for, with what a person said of them.

        Raises
        ------
        ImportRefused
            A column that every list must have is missing or is there twice.
        """
        return self.columns.map(table.name, table.headers, self._taxonomy, Answers(asked.columns, keep_unknown=True))

    def meant(self, table: Table, asked: Asked) -> dict[str, str]:
        """By header, the field it stands for, `KEEP` or `LEAVE_OUT`; also where that is not enough for a list."""
        try:
            mapped = self.mapped(table, asked)
        except ImportRefused:
            return {
                header: asked.columns.get(header) or self.columns.meaning(header, self._taxonomy) or KEEP
                for header in table.headers
            }
        out = dict.fromkeys(mapped.left_out, LEAVE_OUT)
        return {header: mapped.fields.get(header) or out.get(header, KEEP) for header in table.headers}

    def fields(self) -> tuple[str, ...]:
        """What a column can be: the fields of a station, and its amenities, as ``amenity:KEY``."""
        return (*self.columns.fields, *(f"amenity:{key}" for key in self._taxonomy.amenities.terms))

    def proposal(self, listed: Listed) -> Proposal:
        """The stations that a list's rows make.

        Raises
        ------
        ImportRefused
            It cannot be read as was asked.
        """
        return self._proposals.get((listed.number, listed.asked_mark), lambda: self._read(listed))

    def tried(self, listed: Listed) -> Tried:
        """Hold a list against the stations as they are.

        Raises
        ------
        ImportRefused
            It cannot be read as was asked.
        """
        known = self._registry.snapshot()
        return self._held(listed, known, lambda proposal: self._gone(proposal, known))

    def _held(self, listed: Listed, known: Snapshot, gone: Callable[[Proposal], Mapping[str, str]]) -> Tried:
        proposal = self.proposal(listed)
        key = (listed.number, listed.mark, known.revision)
        return self._tried.get(key, lambda: held_against(proposal, known, listed, self._digest, gone(proposal)))

    def _gone(self, proposal: Proposal, known: Snapshot) -> Mapping[str, str]:
        """Where stations were that are gone, and whose codes a list would give to others."""
        codes = [row.station.code for row in proposal.rows]
        return Batches(self._registry.store).gone([code for code in codes if known.find(code) is None])

    def take_in(self, listed: Listed, seen: str, *, who: str, at: datetime) -> Written:
        """Write what a list would do, as one batch, if it is still what somebody looked at.

        Parameters
        ----------
        seen
            `Tried.mark` of what was looked at.
        at
            Aware moment.

        Raises
        ------
        MovedOnError
            It is something else by now; it must be looked at again.
        ListError
            Somebody else has taken the list in, or thrown it away.
        ImportRefused
            The whole file is wrong, or rows are not decided.
        HoursError, RegistryError
            As `Registry.write`.
        """
        found, known = self.tried(listed), self._registry.snapshot()
        counts = {str(verdict): count for verdict, count in found.preview.totals.items() if count}
        gone = self._gone(self.proposal(listed), known)

        def change(snapshot: Snapshot) -> list[Station]:
            # Somebody may have written since: what is gone by now follows from what was known, as nothing can be read
            # from the database while it is being written.
            now = self._held(listed, snapshot, lambda proposal: gone_since(proposal, gone, known, snapshot))
            if now.mark != seen:
                raise MovedOnError("The stations have changed since you looked. This is what the list would do now.")
            refusal = now.preview.refusal(skip_refused=True)
            if refusal:
                raise refusal
            return [row.after for row in now.preview.rows if row.after is not None and row.verdict in WRITTEN]

        return self._registry.write(
            change,
            what="import",
            who=who,
            at=at,
            source=listed.name,
            digest=listed.digest,
            also=self._lists.taken(listed.number, counts, who=who, at=at),
        )

    def take_back(self, listed: Listed, *, who: str, at: datetime) -> Written | None:
        """Put every station that a list changed back to what it was; the list waits again.

        Returns None where the list had written nothing.

        Raises
        ------
        UndoRefused
            Stations of it were changed again since; the error lists how.
        ListError
            It was taken back already.
        RegistryError
            The database cannot be written.
        """
        also = self._lists.undone(listed.number, listed.batch, who=who, at=at)
        if not listed.batch:
            self._registry.write(lambda _: (), what="undo", who=who, at=at, also=also)
            return None
        return self._registry.undo(listed.batch, who=who, at=at, also=also)

    def _read_form(self, name: str, content: bytes, asked: Asked) -> Form:
        unpacked = unpacked_bytes(content)
        if unpacked > MOST_UNPACKED:
            raise ImportRefused(
                "{name} unpacks to {size} MB, more than a list of stations has. Save its sheet as CSV UTF-8.",
                name=name,
                size=round(unpacked / 1e6),
            )
        with laid_out(name, content) as path:
            kind, parts = parts_of_file(path)
            several = len(parts) > 1
            try:
                table = read_table(
                    path,
                    lambda word: self.columns.knows(word, self._taxonomy),
                    Part(asked.sheet, asked.layer),
                )
                if len(table.rows) > MOST_ROWS:
                    raise ImportRefused(
                        "{name} has {rows} rows; at most {most} are taken in at a time here. Split it.",
                        name=table.name,
                        rows=len(table.rows),
                        most=MOST_ROWS,
                    )
            except ImportRefused as fault:
                return Form(kind if several else "", parts if several else (), None, fault)
        return Form(kind if several else "", parts if several else (), table)

    def _read(self, listed: Listed) -> Proposal:
        form, asked = self.form(listed), listed.asked
        if form.table is None:
            raise form.fault or ListError("List {number} cannot be read.", number=listed.number)
        return stations_in(
            form.table,
            self._taxonomy,
            self._timezone,
            datum=asked.datum,
            keep_unread_hours=asked.keep_unread_hours,
            keep_refused=True,
            # A header that nobody knows and of which nothing was said is kept: nothing gets lost unasked.
            columns=Answers(asked.columns, keep_unknown=True),
            ground=self._ground,
        )


def gone_since(proposal: Proposal, gone: Mapping[str, str], known: Snapshot, now: Snapshot) -> Mapping[str, str]:
    """Where stations were whose codes a list would give to others: of those gone before, and of those gone since."""
    codes = [row.station.code for row in proposal.rows]
    went = {code: station.township for code in codes if (station := known.find(code)) is not None}
    return {code: township for code, township in {**gone, **went}.items() if now.find(code) is None}


@contextmanager
def laid_out(name: str, content: bytes) -> Iterator[Path]:
    """Lay a file out in a folder of its own, as what reads lists reads files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        yield path


def plain_name(name: str) -> str:
    """Give the name of a file as it may stand in a folder and in a sentence: without a path, and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in last if one.isprintable()).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return shown[:LONGEST_NAME] or "list"


class _AtHand(Generic[T]):
    """The last few of what is costly to work out; who asks for one that is being worked out waits for it."""

    def __init__(self, most: int = AT_HAND) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, or is made now."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]
