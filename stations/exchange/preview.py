"""What a file would do to the registry, row by row, before anything is done.

A row is new, changed, unchanged, refused, or a possible duplicate of a station
that is there under another code. Whether it is one, a person says, row by row;
what was said is kept with the record, so that the same file asks nothing again.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import orjson

from geodata.progress import Progress, silent
from stations.errors import Fault, ImportRefused
from stations.exchange.duplicates import Duplicate, Places, find_duplicates
from stations.exchange.likeness import Wording
from stations.exchange.proposal import Proposal, Row
from stations.registry.snapshot import Snapshot
from stations.station import Station

ALSO_CODED = "also_coded"
"""Where a record keeps the codes under which other lists have it, parted by `BETWEEN`, which no code holds."""

BETWEEN = "|"

CHUNK = 4_096


class Verdict(StrEnum):
    """What would become of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"


class Answer(StrEnum):
    """What a person says of a possible duplicate: the same station, another one, or not now."""

    SAME = "same"
    NEW = "new"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer for a row.

    Attributes
    ----------
    code
        Of the station that it is the same as; empty for the likeliest.
    expected
        Code that the row had when it was decided; empty when not said.
    """

    answer: Answer
    code: str = ""
    expected: str = ""


NO_DECISIONS: Mapping[int, Decision] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Twin:
    """A station that a new row may be.

    Attributes
    ----------
    row
        Where it stands in the same file; None for one of the registry.
    likeness
        Of the names, 0 to 1.
    """

    code: str
    name: str
    row: int | None
    metres: float
    likeness: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowPreview:
    """What would become of one row.

    Attributes
    ----------
    code, name
        Of the station that it becomes; of a refused row, as they are written.
    before, after
        The record as it is and as it would be.
    """

    number: int
    verdict: Verdict
    code: str
    name: str
    before: Station | None = None
    after: Station | None = None
    faults: tuple[Fault, ...] = ()
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a file would do.

    Attributes
    ----------
    revision
        Of the registry that it was held against.
    rows
        In the order of the file.
    """

    proposal: Proposal
    revision: int
    rows: tuple[RowPreview, ...]
    totals: Mapping[Verdict, int] = field(default_factory=dict)

    @property
    def stations(self) -> list[Station]:
        """The records to be put in place."""
        taken = {Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED}
        return [row.after for row in self.rows if row.after is not None and row.verdict in taken]

    def refusal(self, *, skip_refused: bool = False) -> ImportRefused | None:
        """Give the error that keeps the file out; None when it can be written.

        Parameters
        ----------
        skip_refused
            Whether the rows that can be taken go in without the others.
        """
        whole = any(fault.row is None for fault in self.proposal.faults)
        if self.proposal.faults and (whole or not skip_refused):
            return self.proposal.refusal()
        undecided = [row for row in self.rows if row.verdict is Verdict.DUPLICATE]
        if undecided:
            return ImportRefused(
                "{name} was not imported: {count} row(s) may be stations that are there already. Nothing was written.",
                faults=tuple(_asked(row) for row in undecided),
                name=self.proposal.source,
                count=len(undecided),
            )
        return None


def preview(
    proposal: Proposal,
    snapshot: Snapshot,
    *,
    decisions: Mapping[int, Decision] = NO_DECISIONS,
    take_duplicates: bool = False,
    tell: Progress = silent,
) -> Preview:
    """Hold a file against the registry.

    Parameters
    ----------
    decisions
        By row, what a person says of possible duplicates.
    take_duplicates
        Take every possible duplicate that is not decided as a station of its own.
    tell
        Called with the stage ``compare``.

    Raises
    ------
    ImportRefused
        A decision for a row that is not there, or that has another station now.
    """
    _check(proposal, decisions)
    codes = {row.station.code for row in proposal.rows}
    elsewhere = _elsewhere(snapshot, codes)
    fresh = [
        row
        for row in proposal.rows
        if snapshot.record_of(row.station.code) is None and row.station.code not in elsewhere
    ]
    tell("compare", 0, len(proposal.rows))
    twins = _twins(fresh, snapshot)
    settled = _Settling(snapshot, elsewhere, twins, decisions, take_duplicates=take_duplicates)
    for at, row in enumerate(proposal.rows):
        settled.add(row)
        if at % CHUNK == 0:
            tell("compare", at, len(proposal.rows))
    tell("compare", len(proposal.rows), len(proposal.rows))
    rows = sorted([*settled.rows(), *_refused(proposal)], key=lambda row: row.number)
    totals = Counter(row.verdict for row in rows)
    return Preview(proposal, snapshot.revision, tuple(rows), MappingProxyType({one: totals[one] for one in Verdict}))


class _Settling:
    """Rows put where they belong: by their own code, by one they are also known by, or by what a person said."""

    def __init__(
        self,
        snapshot: Snapshot,
        elsewhere: Mapping[str, str],
        twins: Mapping[int, tuple[Twin, ...]],
        decisions: Mapping[int, Decision],
        *,
        take_duplicates: bool,
    ) -> None:
        self._snapshot = snapshot
        self._elsewhere = elsewhere
        self._twins = twins
        self._decisions = decisions
        self._take = take_duplicates
        self._found: dict[str, RowPreview] = {}
        self._others: list[RowPreview] = []
        self._same: list[tuple[Row, str]] = []

    def add(self, row: Row) -> None:
        """Settle a row; one that is the same as another is settled when that one is."""
        own = row.station.code
        twins = self._twins.get(row.number, ())
        decision = self._decisions.get(row.number)
        if own in self._elsewhere:
            self._same.append((row, self._elsewhere[own]))
        elif not twins and not (decision and decision.answer is not Answer.NEW):
            self._found[own] = self._placed(row, own)
        elif decision is None:
            verdict = Verdict.NEW if self._take else Verdict.DUPLICATE
            self._found[own] = RowPreview(row.number, verdict, own, row.station.name, None, row.station, (), twins)
        elif decision.answer is Answer.NEW:
            self._found[own] = RowPreview(row.number, Verdict.NEW, own, row.station.name, None, row.station, (), twins)
        elif decision.answer is Answer.SKIP:
            self._others.append(RowPreview(row.number, Verdict.SKIPPED, own, row.station.name, twins=twins))
        else:
            code = decision.code or (twins[0].code if twins else "")
            self._same.append((row, code))

    def rows(self) -> list[RowPreview]:
        """Give every row, once all were added.

        Raises
        ------
        ImportRefused
            A row that is said to be a station that is nowhere.
        """
        for row, code in self._same:
            own = row.station.code
            found = self._found.get(code)
            if found is not None and found.after is not None:  # that row stands, and this one is left out
                after = _also_coded(found.after, own)
                self._found[code] = dataclasses.replace(
                    found,
                    after=after,
                    verdict=_verdict(self._snapshot, found.before, after)
                    if found.verdict in {Verdict.CHANGED, Verdict.UNCHANGED}
                    else found.verdict,
                )
                self._others.append(RowPreview(row.number, Verdict.SKIPPED, code, row.station.name))
            elif self._snapshot.record_of(code) is not None:
                self._found[code] = self._placed(row, code)
            else:
                raise ImportRefused(
                    "Row {row} is said to be station {code}, which is neither in the registry nor taken from the file.",
                    row=row.number,
                    code=code[:80] or "?",
                )
        return [*self._found.values(), *self._others]

    def _placed(self, row: Row, code: str) -> RowPreview:
        before = self._snapshot.find(code)
        after = row.onto(before)
        if code != row.station.code:
            after = _also_coded(after, row.station.code)
        return RowPreview(row.number, _verdict(self._snapshot, before, after), code, after.name, before, after)


def _verdict(snapshot: Snapshot, before: Station | None, after: Station) -> Verdict:
    if before is None:
        return Verdict.NEW
    if before == after or snapshot.record_of(after.code) == after.to_json().encode():
        return Verdict.UNCHANGED
    return Verdict.CHANGED


def _also_coded(station: Station, code: str) -> Station:
    """Give the record with another list's code for it."""
    known = [one for one in station.extra.get(ALSO_CODED, "").split(BETWEEN) if one]
    if code in known or code == station.code:
        return station
    extra = dict(station.extra) | {ALSO_CODED: BETWEEN.join([*known, code])}
    return dataclasses.replace(station, extra=MappingProxyType(dict(sorted(extra.items()))))


def _elsewhere(snapshot: Snapshot, codes: set[str]) -> dict[str, str]:
    """By a code of the file, the station of the registry that has it from another list."""
    if all(snapshot.record_of(code) is not None for code in codes):
        return {}
    found = {}
    mark = f'"{ALSO_CODED}"'.encode()
    for record in snapshot.records:
        if mark in record:
            known = orjson.loads(record)
            for code in str(known.get("extra", {}).get(ALSO_CODED, "")).split(BETWEEN):
                if code in codes and snapshot.record_of(code) is None:
                    found[code] = str(known["code"])
    return found


def _twins(fresh: Sequence[Row], snapshot: Snapshot) -> dict[int, tuple[Twin, ...]]:
    """By row number, the stations that a new row may be, likeliest first."""
    if not fresh:
        return {}
    pairs = find_duplicates(Places.of([row.station for row in fresh]), Places.of_snapshot(snapshot), Wording.load())
    found: dict[int, list[Twin]] = {}
    for pair in pairs:
        found.setdefault(fresh[pair.row].number, []).append(_twin(pair, fresh, snapshot))
    return {number: tuple(twins) for number, twins in found.items()}


def _twin(pair: Duplicate, fresh: Sequence[Row], snapshot: Snapshot) -> Twin:
    earlier = None if pair.earlier is None else fresh[pair.earlier]
    known = snapshot.find(pair.twin) if earlier is None else earlier.station
    return Twin(
        pair.twin,
        known.name if known else "",
        earlier.number if earlier else None,
        round(pair.metres, 1),
        round(pair.likeness, 3),
        tuple(str(why) for why in pair.why),
    )


def _check(proposal: Proposal, decisions: Mapping[int, Decision]) -> None:
    rows = {row.number: row.station.code for row in proposal.rows} if decisions else {}
    refused = {fault.row for fault in proposal.faults}
    for number, decision in decisions.items():
        if number not in rows and number not in refused:
            raise ImportRefused(
                "There is a decision for row {row}, and {name} has no station there.", row=number, name=proposal.source
            )
        if decision.expected and rows.get(number, decision.expected) != decision.expected:
            raise ImportRefused(
                "The decision for row {row} was made for station {expected}, and {code} stands there now. "
                "Make a new report and decide again.",
                row=number,
                expected=decision.expected,
                code=rows[number],
            )


def _refused(proposal: Proposal) -> list[RowPreview]:
    """Give the rows that something is wrong with."""
    faults: dict[int, list[Fault]] = {}
    for fault in proposal.faults:
        if fault.row is not None:
            faults.setdefault(fault.row, []).append(fault)
    table = proposal.table
    cells = dict(table.misfits) | {number: row for number, row in table.rows if number in faults}
    places = [
        next((at for at, header in enumerate(table.headers) if proposal.mapped.get(header) == field), None)
        for field in ("code", "name")
    ]
    rows = []
    for number, found in sorted(faults.items()):
        own = cells.get(number, ())
        code, name = ("" if at is None else " ".join("".join(own[at : at + 1]).split()) for at in places)
        rows.append(RowPreview(number, Verdict.REFUSED, code, name, faults=tuple(found)))
    return rows


def _asked(row: RowPreview) -> Fault:
    twin = row.twins[0]
    template = (
        "“{name}” may be {twin} “{called}”, {metres} m away."
        if twin.row is None
        else "“{name}” may be row {other} “{called}” (code {twin}), {metres} m away."
    )
    values: dict[str, object] = {
        "name": row.name,
        "twin": twin.code,
        "called": twin.name,
        "metres": round(twin.metres),
        "other": twin.row,
    }
    return Fault(row.number, "", template, values)
