"""What an import would do, printed: how the file was understood, row by row, and in sum."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from stations.commands.speaking import told_of
from stations.errors import Fault, Say
from stations.exchange.preview import Preview, Verdict
from stations.exchange.proposal import Proposal
from stations.exchange.reports import said
from stations.registry.differences import Words
from stations.registry.log import Written

MOST_LINES = 50
"""Faults, doubts and rows that are printed; the rest are counted."""

PIPE_COLUMNS = 240
"""Width of a table that does not go to a terminal."""

TOLD_FIRST = (Verdict.REFUSED, Verdict.DUPLICATE, Verdict.SKIPPED, Verdict.CHANGED, Verdict.NEW)
"""Order in which rows are printed: first what somebody has to do something about."""

HEADINGS = ("row", "verdict", "code", "name", "what")

COUNTED = {
    Verdict.NEW: "{count} new",
    Verdict.CHANGED: "{count} changed",
    Verdict.UNCHANGED: "{count} unchanged",
    Verdict.REFUSED: "{count} refused",
    Verdict.DUPLICATE: "{count} possible duplicate",
    Verdict.SKIPPED: "{count} left out",
}


def tell_faults(faults: tuple[Fault, ...], template: str, say: Say) -> None:
    """Print the first of some faults or doubts, and how many more there are."""
    for fault in faults[:MOST_LINES]:
        click.echo(say(template, {"told": told_of(fault, say)}), err=True)
    if len(faults) > MOST_LINES:
        click.echo(say("and {count} more.", {"count": len(faults) - MOST_LINES}), err=True)


def tell_proposal(proposal: Proposal, say: Say) -> None:
    """Print how a file was understood, and what is doubtful in it."""
    values = {"name": proposal.source, "count": len(proposal.rows), "encoding": proposal.encoding}
    click.echo(say("{name}: {count} stations, read as {encoding}.", values))
    comma = say(", ", {})
    columns = comma.join(f"{header} → {field}" for header, field in proposal.mapped.items())
    click.echo(say("Columns: {columns}", {"columns": columns}))
    if proposal.kept:
        click.echo(say("Kept unread: {columns}", {"columns": comma.join(proposal.kept)}))
    if proposal.left_out:
        click.echo(say("Left out: {columns}", {"columns": comma.join(proposal.left_out)}))
    tell_faults(proposal.doubts, "doubt: {told}", say)


def print_preview(found: Preview, words: Words, say: Say) -> None:
    """Print the rows of which something is to be said, as a table."""
    telling = [row for verdict in TOLD_FIRST for row in found.rows if row.verdict is verdict]
    if not telling:
        return
    table = Table()
    for heading in HEADINGS:
        table.add_column(say(heading, {}), justify="right" if heading == "row" else "left", overflow="fold")
    for row in telling[:MOST_LINES]:
        alike = "like {code} {name}, {metres} m"
        twins = "; ".join(
            say(alike, {"code": twin.code, "name": twin.name, "metres": f"{twin.metres:.0f}"}) for twin in row.twins
        )
        verdict = say(str(row.verdict), {})
        table.add_row(str(row.number), verdict, row.code, row.name, twins or said(row, words, say))
    # A pipe has no width; folded lines would be hard on whatever reads them.
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(markup=False, emoji=False, highlight=False, width=width).print(table)
    if len(telling) > MOST_LINES:
        left = {"count": len(telling) - MOST_LINES}
        click.echo(say("and {count} more rows; --report FILE.json has them all.", left))


def counts_of(found: Preview, say: Say) -> str:
    """How many rows would do what."""
    always = {Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED}
    return _counted({verdict: count for verdict, count in found.totals.items() if count or verdict in always}, say)


def written_counts(written: Written, found: Preview, say: Say) -> str:
    """How many rows did what."""
    counts = {
        Verdict.NEW: len(written.added),
        Verdict.CHANGED: len(written.changed),
        Verdict.UNCHANGED: len(written.unchanged),
    }
    left = (Verdict.REFUSED, Verdict.SKIPPED)
    return _counted(counts | {verdict: found.totals[verdict] for verdict in left if found.totals[verdict]}, say)


def _counted(counts: Mapping[Verdict, int], say: Say) -> str:
    return say(", ", {}).join(say(COUNTED[verdict], {"count": count}) for verdict, count in counts.items())
