"""``flask stations import``: take in a list."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas
from geodata.datum import Datum
from geodata.progress import Progress, silent
from stations.commands.bars import bars
from stations.commands.history import language_option
from stations.commands.telling import told, who
from stations.errors import Fault, ImportRefused
from stations.exchange.columns import KEEP, LEAVE_OUT, Answers, UnknownColumns
from stations.exchange.preview import Answer, Decision, Preview, Verdict, preview
from stations.exchange.proposal import Proposal, read_stations
from stations.exchange.reports import read_decisions, said, write_rejects, write_report
from stations.exchange.sources import Part
from stations.exchange.suspicions import Ground
from stations.registry.differences import Words
from stations.registry.log import Registry, Written
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.taxonomy import Taxonomy

MOST_LINES = 50
"""Faults, doubts and rows that are printed; the rest are counted."""

PIPE_COLUMNS = 240
"""Width of a table that does not go to a terminal."""

TOLD_FIRST = (Verdict.REFUSED, Verdict.DUPLICATE, Verdict.SKIPPED, Verdict.CHANGED, Verdict.NEW)
"""Order in which rows are printed: first what somebody has to do something about."""

STAGES = {"read": "Reading the file", "check": "Checking the rows", "compare": "Comparing"}


@dataclass(frozen=True)
class _Wishes:
    """What was asked for at the command line, beside the file."""

    datum: Datum | None
    columns: Answers
    part: Part
    decisions: Mapping[int, Decision]
    keep_unread_hours: bool
    skip_refused: bool
    take_duplicates: bool


def import_command(
    registry: Callable[[], Registry], timezone: ZoneInfo, atlas: Callable[[], Atlas | None]
) -> click.Command:
    """Make the command ``import``; the parameters are those of `station_commands`."""

    @click.command("import")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--datum",
        type=click.Choice([datum.value for datum in Datum]),
        help="Datum of rows that do not say theirs. Without it they are taken as wgs84.",
    )
    @click.option("--sheet", default="", metavar="NAME", help="Which sheet of a workbook.")
    @click.option("--layer", default="", metavar="NAME", help="Which layer of a GeoPackage.")
    @click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="HEADER=FIELD",
        help="What a column is: a field, keep or ignore. May be given again.",
    )
    @click.option("--keep-unknown", is_flag=True, help="Keep columns that nobody knows with the records, unasked.")
    @click.option(
        "--keep-unread-hours",
        is_flag=True,
        help="Take stations whose hours cannot be read as of unknown hours, keeping the text, not refuse the file.",
    )
    @click.option("--dry-run", is_flag=True, help="Say what would change, row by row, and change nothing.")
    @click.option(
        "--report", type=click.Path(path_type=Path), metavar="FILE", help="Write what would change, .json/.csv."
    )
    @click.option(
        "--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Write the refused rows, .csv/.xlsx."
    )
    @click.option("--skip-refused", is_flag=True, help="Take the rows that are right; needs --rejects for the others.")
    @click.option("--same", multiple=True, metavar="ROW=CODE", help="This row is that station. May be given again.")
    @click.option("--distinct", multiple=True, type=int, metavar="ROW", help="This row is a station of its own.")
    @click.option(
        "--decisions", type=click.Path(path_type=Path), metavar="FILE", help="A report with its decisions filled in."
    )
    @click.option("--take-duplicates", is_flag=True, help="Take possible duplicates as stations of their own.")
    @language_option()
    def import_(  # noqa: PLR0913  one for each option
        file: Path,
        datum: str | None,
        sheet: str,
        layer: str,
        columns: tuple[str, ...],
        *,
        keep_unknown: bool,
        keep_unread_hours: bool,
        dry_run: bool,
        report: Path | None,
        rejects: Path | None,
        skip_refused: bool,
        same: tuple[str, ...],
        distinct: tuple[int, ...],
        decisions: Path | None,
        take_duplicates: bool,
        lang: str,
    ) -> None:
        """Take in a list of stations as one batch: all of it or nothing.

        FILE is CSV, an XLSX workbook, GeoJSON or a GeoPackage. A station already
        known by its code is changed where the file has a column for the fact;
        everything else stays. The same file again changes nothing.
        """
        if skip_refused and rejects is None:
            message = "--skip-refused needs --rejects FILE, so that no row is lost."
            raise click.UsageError(message)
        with _faults_told(), _no_collections():
            wishes = _Wishes(
                Datum(datum) if datum else None,
                Answers(_answers(columns), keep_unknown),
                Part(sheet, layer),
                _decisions(decisions, same, distinct),
                keep_unread_hours,
                skip_refused,
                take_duplicates,
            )
            ground = atlas()
            with _bars(file) as tell:
                proposal = _read(file, timezone, wishes, None if ground is None else Ground.of(ground), tell)
                found = _held_against(proposal, registry().snapshot(), wishes, tell)
            words = Words.load(lang)
            _tell_proposal(proposal)
            _write_files(found, report, rejects, words)
            if dry_run:
                _print_preview(found, words)
                _tell(tuple(fault for fault in proposal.faults if fault.row is None), "fault")
            _tell_what_to_do(found, wishes, rejects)
            if dry_run:
                click.echo(f"{_counts(found)}. Dry run: nothing was written.")
                if found.refusal(skip_refused=skip_refused):
                    raise click.exceptions.Exit(1)
            else:
                click.echo(_taken_in(registry(), found, wishes))

    return import_


def _read(file: Path, timezone: ZoneInfo, wishes: _Wishes, ground: Ground | None, tell: Progress) -> Proposal:
    """Read the file; at a terminal, ask what columns are that nobody knows."""
    columns = wishes.columns
    while True:
        try:
            return read_stations(
                file,
                Taxonomy.load(),
                timezone,
                datum=wishes.datum,
                keep_unread_hours=wishes.keep_unread_hours,
                keep_refused=True,
                columns=columns,
                ground=ground,
                part=wishes.part,
                tell=tell,
            )
        except UnknownColumns as unknown:
            if not _at_terminal():
                click.echo(_how_to_answer(unknown), err=True)
                raise
            columns = Answers({**columns.fields, **_asked(unknown)}, columns.keep_unknown)


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _asked(unknown: UnknownColumns) -> dict[str, str]:
    answers = {}
    for question in unknown.questions:
        guess = question.guesses[0] if question.guesses else KEEP
        meant = f" Perhaps {', '.join(question.guesses)}." if question.guesses else ""
        click.echo(f"Nobody knows the column “{question.header}”.{meant}", err=True)
        answers[question.header] = click.prompt(f"A field, {KEEP} or {LEAVE_OUT}", default=guess, err=True).strip()
    return answers


def _how_to_answer(unknown: UnknownColumns) -> str:
    lines = [
        f"  --column '{question.header}={question.guesses[0] if question.guesses else KEEP}'"
        for question in unknown.questions[:MOST_LINES]
    ]
    instead = f"Instead of a field say {KEEP} or {LEAVE_OUT}; --keep-unknown keeps all of them."
    return "\n".join(["Say what each is, for instance:", *lines, instead])


def _answers(columns: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for text in columns:
        header, equals, field = text.rpartition("=")
        if not (equals and header.strip() and field.strip()):
            raise ImportRefused("“{text}” does not say what a column is. Write HEADER=FIELD.", text=text[:80])
        answers[header.strip()] = field.strip()
    return answers


def _decisions(file: Path | None, same: tuple[str, ...], distinct: tuple[int, ...]) -> dict[int, Decision]:
    found = dict(read_decisions(file)) if file else {}
    found |= dict.fromkeys(distinct, Decision(Answer.NEW))
    for text in same:
        row, _, code = text.partition("=")
        if not (row.strip().isdecimal() and code.strip()):
            raise ImportRefused("“{text}” does not say which station a row is. Write ROW=CODE.", text=text[:80])
        found[int(row)] = Decision(Answer.SAME, code.strip())
    return found


def _held_against(proposal: Proposal, snapshot: Snapshot, wishes: _Wishes, tell: Progress = silent) -> Preview:
    return preview(proposal, snapshot, decisions=wishes.decisions, take_duplicates=wishes.take_duplicates, tell=tell)


def _taken_in(registry: Registry, found: Preview, wishes: _Wishes) -> str:
    """Write what was previewed, worked out anew where somebody wrote meanwhile; say what was done.

    Raises
    ------
    ImportRefused
        Refused rows, or possible duplicates that nobody decided. Nothing was written.
    """
    latest = [found]

    def change(snapshot: Snapshot) -> list[Station]:
        if snapshot.revision != found.revision:
            latest[0] = _held_against(found.proposal, snapshot, wishes)
        refusal = latest[0].refusal(skip_refused=wishes.skip_refused)
        if refusal:
            raise refusal
        return latest[0].stations

    written = registry.write(
        change,
        what="import",
        who=who(),
        at=datetime.now(UTC),
        source=found.proposal.source,
        digest=found.proposal.digest,
    )
    return f"{_written(written, latest[0])}. " + (
        f"Batch {written.batch.id}, revision {written.revision}." if written.batch else "Nothing to write."
    )


def _write_files(found: Preview, report: Path | None, rejects: Path | None, words: Words) -> None:
    if report:
        write_report(report, found, words)
        click.echo(f"Report: {report.name}")
    if rejects and found.totals[Verdict.REFUSED]:
        write_rejects(rejects, found)
        click.echo(f"Refused rows: {rejects.name}")


def _tell_what_to_do(found: Preview, wishes: _Wishes, rejects: Path | None) -> None:
    """Say how refused rows are corrected, and how possible duplicates are decided."""
    if found.totals[Verdict.REFUSED] and rejects is None:
        click.echo("Correct the list, or have --rejects FILE.xlsx write the refused rows to correct there.", err=True)
    undecided = next((row for row in found.rows if row.verdict is Verdict.DUPLICATE), None)
    if undecided is None or (found.proposal.faults and not wishes.skip_refused):
        return
    row, twin = undecided.number, undecided.twins[0].code
    click.echo(
        f"Say of each possible duplicate what it is: --same {row}={twin} where it is that station, "
        f"--distinct {row} where it is one of its own.\n"
        "For many, write --report FILE.csv, put same (同一), new (新) or skip (跳过) in its column “decision”, "
        "and give it back with --decisions FILE.csv.",
        err=True,
    )


@contextmanager
def _bars(file: Path) -> Iterator[Progress]:
    """Bars at a terminal, for a file that takes more than a moment."""
    try:
        large = file.stat().st_size > 1_000_000
    except (OSError, ValueError):
        large = False
    if large and sys.stderr.isatty():
        with bars(STAGES) as tell:
            yield tell
    else:
        yield silent


@contextmanager
def _no_collections() -> Iterator[None]:
    """Keep the garbage collector from looking through a country's rows again and again: they make no cycles."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@contextmanager
def _faults_told() -> Iterator[None]:
    """List what is wrong with a file before saying that it was refused."""
    with told():
        try:
            yield
        except ImportRefused as error:
            _tell(error.faults, "fault")
            raise


def _tell(faults: tuple[Fault, ...], what: str) -> None:
    for fault in faults[:MOST_LINES]:
        click.echo(f"{what}: {fault}", err=True)
    if len(faults) > MOST_LINES:
        click.echo(f"and {len(faults) - MOST_LINES} more.", err=True)


def _tell_proposal(proposal: Proposal) -> None:
    click.echo(f"{proposal.source}: {len(proposal.rows)} stations, read as {proposal.encoding}.")
    click.echo("Columns: " + ", ".join(f"{header} → {field}" for header, field in proposal.mapped.items()))
    if proposal.kept:
        click.echo(f"Kept unread: {', '.join(proposal.kept)}")
    if proposal.left_out:
        click.echo(f"Left out: {', '.join(proposal.left_out)}")
    _tell(proposal.doubts, "doubt")


def _print_preview(found: Preview, words: Words) -> None:
    """Print the rows of which something is to be said, as a table."""
    telling = [row for verdict in TOLD_FIRST for row in found.rows if row.verdict is verdict]
    if not telling:
        return
    table = Table()
    for heading in ("row", "verdict", "code", "name", "what"):
        table.add_column(heading, justify="right" if heading == "row" else "left", overflow="fold")
    for row in telling[:MOST_LINES]:
        twins = "; ".join(f"like {twin.code} {twin.name}, {twin.metres:.0f} m" for twin in row.twins)
        table.add_row(str(row.number), str(row.verdict), row.code, row.name, twins or said(row, words))
    # A pipe has no width; folded lines would be hard on whatever reads them.
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(markup=False, emoji=False, highlight=False, width=width).print(table)
    if len(telling) > MOST_LINES:
        click.echo(f"and {len(telling) - MOST_LINES} more rows; --report FILE.json has them all.")


def _counts(found: Preview) -> str:
    always = {Verdict.NEW, Verdict.CHANGED, Verdict.UNCHANGED}
    words = {Verdict.DUPLICATE: "possible duplicate", Verdict.SKIPPED: "left out"}
    return ", ".join(
        f"{count} {words.get(verdict, verdict)}"
        for verdict, count in found.totals.items()
        if count or verdict in always
    )


def _written(written: Written, found: Preview) -> str:
    text = f"{len(written.added)} new, {len(written.changed)} changed, {len(written.unchanged)} unchanged"
    for verdict, word in ((Verdict.REFUSED, "refused"), (Verdict.SKIPPED, "left out")):
        if found.totals[verdict]:
            text += f", {found.totals[verdict]} {word}"
    return text
