"""The rows of a list held against the stations: what would become of each, and which are not of the list's area."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from stations.desk.listed import Listed
from stations.errors import Fault, ImportRefused
from stations.exchange.preview import Answer, Decision, Preview, RowPreview, Verdict, preview
from stations.exchange.proposal import Proposal
from stations.registry.snapshot import Snapshot

OUTSIDE = "It lies in township {township}, which is not in the area of this list."
NOWHERE = "It is not known in which township it lies, so it cannot be told whether it is in the area of this list."
ELSEWHERE = "Station {code} stands outside of the area of this list, so it is not changed."

NO_GONE: Mapping[str, str] = MappingProxyType({})

WRITTEN = frozenset({Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED})


@dataclass(frozen=True)
class Tried:
    """A list held against the registry.

    Attributes
    ----------
    mark
        What tells all that would be written from anything else.
    dropped
        Rows of which something was decided that does not hold any more.
    """

    preview: Preview
    mark: str
    dropped: frozenset[int] = frozenset()
    by_verdict: Mapping[Verdict, tuple[RowPreview, ...]] = field(default_factory=dict)

    duplicate, refused = Verdict.DUPLICATE, Verdict.REFUSED

    @staticmethod
    def verdict(name: str) -> Verdict:
        """A verdict by its name."""
        return Verdict(name)

    @property
    def whole(self) -> tuple[Fault, ...]:
        """What is wrong with the file as a whole, and keeps all of it out."""
        return tuple(fault for fault in self.preview.proposal.faults if fault.row is None)

    @property
    def writes(self) -> int:
        """How many stations would be written."""
        return self.preview.totals[Verdict.NEW] + self.preview.totals[Verdict.CHANGED]

    @property
    def undecided(self) -> int:
        """How many rows may be stations that are there, and nobody said."""
        return self.preview.totals[Verdict.DUPLICATE]


def held_against(
    proposal: Proposal, snapshot: Snapshot, listed: Listed, ground: str, gone: Mapping[str, str] = NO_GONE
) -> Tried:
    """Hold the rows of a list against a snapshot, and refuse those that are not of its area.

    Parameters
    ----------
    ground
        Digest of the atlas that they were settled on.
    gone
        Where stations were that are in the list no more, by their codes.
    """
    decisions = {row: Decision(Answer(said.answer), said.code, said.expected) for row, said in listed.decided.items()}
    own = {row.number: row.station.code for row in proposal.rows}
    decisions = {row: one for row, one in decisions.items() if own.get(row) == one.expected}
    while True:
        found = _previewed(proposal, snapshot, decisions)
        strange = _strangers(found, listed.area, proposal, gone) if listed.area else []
        if not strange:
            break
        bad = {fault.row for fault in strange}
        faults = sorted([*proposal.faults, *strange], key=lambda fault: fault.row or 0)
        proposal = replace(
            proposal, rows=tuple(row for row in proposal.rows if row.number not in bad), faults=tuple(faults)
        )
        decisions = {row: one for row, one in decisions.items() if row not in bad}
    by_verdict: dict[Verdict, list[RowPreview]] = {verdict: [] for verdict in Verdict}
    for one in found.rows:
        by_verdict[one.verdict].append(one)
    return Tried(
        found,
        _mark(found, snapshot, listed.mark + ground),
        frozenset(listed.decided) - frozenset(decisions),
        {verdict: tuple(rows) for verdict, rows in by_verdict.items()},
    )


def _previewed(proposal: Proposal, snapshot: Snapshot, decisions: dict[int, Decision]) -> Preview:
    """Preview; what was decided and cannot be so any more, as a station is gone, is taken out of the decisions."""
    while True:
        try:
            return preview(proposal, snapshot, decisions=decisions)
        except ImportRefused as fault:
            row = fault.values.get("row")
            if not isinstance(row, int) or decisions.pop(row, None) is None:
                raise


def _strangers(found: Preview, area: str, proposal: Proposal, gone: Mapping[str, str]) -> list[Fault]:
    """Say of rows that are not of an area why they are refused."""
    header = next((name for name, meant in proposal.mapped.items() if meant in {"position", "lon"}), "")
    code = next((name for name, meant in proposal.mapped.items() if meant == "code"), "")
    faults = []
    for row in found.rows:
        if row.after is None or row.verdict is Verdict.REFUSED:
            continue
        if row.before is not None and not row.before.township.startswith(area):
            faults.append(Fault(row.number, code, ELSEWHERE, {"code": row.before.code}))
        elif row.before is None and not gone.get(row.after.code, area).startswith(area):
            # All that is known of it would be known of the new one.
            faults.append(Fault(row.number, code, ELSEWHERE, {"code": row.after.code}))
        elif not row.after.township:
            faults.append(Fault(row.number, header, NOWHERE, {}))
        elif not row.after.township.startswith(area):
            faults.append(Fault(row.number, header, OUTSIDE, {"township": row.after.township}))
    return faults


def _mark(found: Preview, snapshot: Snapshot, said: str) -> str:
    """What tells a preview from others: the list, what was said of it, and the records that its rows meet."""
    digest = hashlib.sha256(said.encode())
    for row in found.rows:
        met = 0 if row.before is None else int(snapshot.revisions[snapshot.index(row.before.code)])
        digest.update(f"{row.number} {row.verdict} {row.code} {met}\n".encode())
    return digest.hexdigest()[:32]
