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

from geodata.atlas import Atlas
from geodata.datum import Datum
from geodata.progress import Progress, silent
from stations.commands.bars import bars
from stations.commands.history import language_option
from stations.commands.previewing import (
    MOST_LINES,
    counts_of,
    print_preview,
    tell_faults,
    tell_proposal,
    written_counts,
)
from stations.commands.speaking import speaker
from stations.commands.telling import told, who
from stations.errors import ImportRefused, Say
from stations.exchange.columns import KEEP, LEAVE_OUT, Answers, UnknownColumns
from stations.exchange.preview import Answer, Decision, Preview, Verdict, preview
from stations.exchange.proposal import Proposal, read_stations
from stations.exchange.reports import read_decisions, write_rejects, write_report
from stations.exchange.sources import Part
from stations.exchange.suspicions import Ground
from stations.registry.differences import Words
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.taxonomy import Taxonomy

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
        say = speaker(lang)
        with _faults_told(say), _no_collections():
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
                proposal = _read(file, timezone, wishes, None if ground is None else Ground.of(ground), tell, say)
                found = _held_against(proposal, registry().snapshot(), wishes, tell)
            words = Words.load(lang)
            tell_proposal(proposal, say)
            _write_files(found, report, rejects, words, say)
            if dry_run:
                print_preview(found, words, say)
                tell_faults(tuple(fault for fault in proposal.faults if fault.row is None), "fault: {told}", say)
            _tell_what_to_do(found, wishes, rejects, say)
            if dry_run:
                click.echo(say("{counts}. Dry run: nothing was written.", {"counts": counts_of(found, say)}))
                if found.refusal(skip_refused=skip_refused):
                    raise click.exceptions.Exit(1)
            else:
                click.echo(_taken_in(registry(), found, wishes, say))

    return import_


def _read(file: Path, timezone: ZoneInfo, wishes: _Wishes, ground: Ground | None, tell: Progress, say: Say) -> Proposal:
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
                click.echo(_how_to_answer(unknown, say), err=True)
                raise
            columns = Answers({**columns.fields, **_asked(unknown, say)}, columns.keep_unknown)


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def _asked(unknown: UnknownColumns, say: Say) -> dict[str, str]:
    answers = {}
    for question in unknown.questions:
        guess = question.guesses[0] if question.guesses else KEEP
        values = {"header": question.header, "guesses": ", ".join(question.guesses)}
        template = "Nobody knows the column “{header}”. Perhaps {guesses}."
        click.echo(say(template if question.guesses else "Nobody knows the column “{header}”.", values), err=True)
        prompt = say("A field, {keep} or {leave_out}", {"keep": KEEP, "leave_out": LEAVE_OUT})
        answers[question.header] = click.prompt(prompt, default=guess, err=True).strip()
    return answers


def _how_to_answer(unknown: UnknownColumns, say: Say) -> str:
    lines = [
        f"  --column '{question.header}={question.guesses[0] if question.guesses else KEEP}'"
        for question in unknown.questions[:MOST_LINES]
    ]
    instead = say(
        "Instead of a field say {keep} or {leave_out}; --keep-unknown keeps all of them.",
        {"keep": KEEP, "leave_out": LEAVE_OUT},
    )
    return "\n".join([say("Say what each is, for instance:", {}), *lines, instead])


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


def _taken_in(registry: Registry, found: Preview, wishes: _Wishes, say: Say) -> str:
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
    values = {"counts": written_counts(written, latest[0], say), "revision": written.revision}
    if written.batch is None:
        return say("{counts}. Nothing to write.", values)
    return say("{counts}. Batch {batch}, revision {revision}.", {**values, "batch": written.batch.id})


def _write_files(found: Preview, report: Path | None, rejects: Path | None, words: Words, say: Say) -> None:
    if report:
        write_report(report, found, words, say)
        click.echo(say("Report: {name}", {"name": report.name}))
    if rejects and found.totals[Verdict.REFUSED]:
        write_rejects(rejects, found, say)
        click.echo(say("Refused rows: {name}", {"name": rejects.name}))


def _tell_what_to_do(found: Preview, wishes: _Wishes, rejects: Path | None, say: Say) -> None:
    """Say how refused rows are corrected, and how possible duplicates are decided."""
    if found.totals[Verdict.REFUSED] and rejects is None:
        hint = "Correct the list, or have --rejects FILE.xlsx write the refused rows to correct there."
        click.echo(say(hint, {}), err=True)
    undecided = next((row for row in found.rows if row.verdict is Verdict.DUPLICATE), None)
    if undecided is None or (found.proposal.faults and not wishes.skip_refused):
        return
    row, twin = undecided.number, undecided.twins[0].code
    hint = (
        "Say of each possible duplicate what it is: --same {row}={twin} where it is that station, "
        "--distinct {row} where it is one of its own.\n"
        "For many, write --report FILE.csv, put same (同一), new (新) or skip (跳过) in its column “decision”, "
        "and give it back with --decisions FILE.csv."
    )
    click.echo(say(hint, {"row": row, "twin": twin}), err=True)


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
def _faults_told(say: Say) -> Iterator[None]:
    """List what is wrong with a file before saying that it was refused."""
    with told(say):
        try:
            yield
        except ImportRefused as error:
            tell_faults(error.faults, "fault: {told}", say)
            raise
