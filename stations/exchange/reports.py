"""What a file would do, written down: as a report to decide in, and the refused rows as a list to correct."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from stations.errors import Fault, ImportRefused, Say, in_english
from stations.exchange.formulas import guarded, kept_as_text
from stations.exchange.preview import Answer, Decision, Preview, RowPreview, Verdict
from stations.exchange.sources import read_table
from stations.exchange.tables import REASONS
from stations.registry.differences import Words, differences

COLUMNS = ("row", "verdict", "code", "name", "what", "resembles", "decision")
"""Columns of a report as a table; the last is filled in by a person."""

ANSWERS = {
    "same": Answer.SAME,
    "同一": Answer.SAME,
    "相同": Answer.SAME,
    "new": Answer.NEW,
    "distinct": Answer.NEW,
    "新": Answer.NEW,
    "新增": Answer.NEW,
    "skip": Answer.SKIP,
    "跳过": Answer.SKIP,
}
"""What may stand in the column of decisions; ``same=CODE`` names the station."""

UTF8_FOR_SPREADSHEETS = "utf-8-sig"
"""Without the mark at the start, spreadsheet programs in China read GB18030."""


DATUM = "坐标系"
"""Header of the datum in a file of refused rows, where whoever imported had to say it."""


def to_json(preview: Preview, words: Words, say: Say = in_english) -> bytes:
    """Write a report as JSON; ``decision`` is for a person to fill in."""
    proposal = preview.proposal
    return orjson.dumps(
        {
            "file": proposal.source,
            "digest": proposal.digest,
            "revision": preview.revision,
            "totals": {str(verdict): count for verdict, count in preview.totals.items()},
            "columns": dict(proposal.mapped),
            "kept": proposal.kept,
            "left_out": proposal.left_out,
            "doubts": [_fault(doubt, say) for doubt in proposal.doubts],
            "faults": [_fault(fault, say) for fault in proposal.faults if fault.row is None],
            "rows": [_row(row, words, say) for row in preview.rows],
        },
        option=orjson.OPT_INDENT_2,
    )


def to_csv(preview: Preview, words: Words, say: Say = in_english) -> bytes:
    """Write a report as a table; the last column is for a person to fill in."""
    return _csv(
        [
            COLUMNS,
            *(
                (str(row.number), str(row.verdict), row.code, row.name, said(row, words, say), _resembles(row), "")
                for row in preview.rows
            ),
        ]
    )


def said(row: RowPreview, words: Words, say: Say = in_english) -> str:
    """Say in one line what changes in a row, fact by fact, or why it is refused."""
    if row.faults:
        return reasons(row, say)
    if row.verdict is Verdict.CHANGED:
        return "; ".join(" / ".join(words.sentence(one).splitlines()) for one in differences(row.before, row.after))
    return ""


def reasons(row: RowPreview, say: Say = in_english) -> str:
    """Say in one line why a row is refused."""
    return "; ".join(f"{fault.column}: {say(fault.template, fault.values)}".removeprefix(": ") for fault in row.faults)


def write_report(path: Path, preview: Preview, words: Words, say: Say = in_english) -> None:
    """Write a report, by the ending of its name.

    Parameters
    ----------
    words
        What the differences are told in.
    say
        What the reasons are told in.

    Raises
    ------
    ImportRefused
        Another ending than .json or .csv, or a place where nothing can be written.
    """
    writers = {".json": lambda found: to_json(found, words, say), ".csv": lambda found: to_csv(found, words, say)}
    _write(path, writers, preview)


def write_rejects(path: Path, preview: Preview, say: Say = in_english) -> None:
    """Write the refused rows as they were, with why, by the ending of the name; corrected, they can be sent again.

    Parameters
    ----------
    say
        What the reasons are told in.

    Raises
    ------
    ImportRefused
        Another ending than .csv or .xlsx, or a place where nothing can be written.
    """
    writers = {".csv": lambda found: _csv(rejects(found, say)), ".xlsx": lambda found: _xlsx(rejects(found, say))}
    _write(path, writers, preview)


def rejects(preview: Preview, say: Say = in_english) -> Iterator[Sequence[str]]:
    """Give a header and the refused rows, the reasons first.

    A datum that the file does not say is put in a column behind, so that nobody
    has to say it again, or forgets to.
    """
    table = preview.proposal.table
    refused = [row for row in preview.rows if row.verdict is Verdict.REFUSED]
    cells = dict(table.misfits)
    wanted = {row.number for row in refused}
    cells |= {number: row for number, row in table.rows if number in wanted}
    again = REASONS in table.headers  # a file of refused rows that is corrected in part
    at = table.headers.index(REASONS) if again else None
    headers = _without(table.headers, at)
    known = preview.proposal.datum if "datum" not in preview.proposal.mapped.values() else None
    datum = (known.value,) if known and DATUM not in headers else ()
    yield (REASONS, *headers, *(DATUM for _ in datum))
    for row in refused:
        own = _without(cells.get(row.number, ()), at)
        rest = () if len(own) > len(headers) else (*[""] * (len(headers) - len(own)), *datum)
        yield (reasons(row, say), *own, *rest)


def rejects_workbook(preview: Preview, say: Say = in_english) -> bytes:
    """Give the refused rows as they were, with why, as a workbook."""
    return _xlsx(rejects(preview, say))


def read_decisions(path: Path) -> Mapping[int, Decision]:
    """Read what was decided in a report, JSON or a table.

    Raises
    ------
    ImportRefused
        Not a report, or a decision that is none.
    """
    found: dict[int, Decision] = {}
    for number, code, text in _decided(path):
        if not text:
            continue
        word, _, twin = text.partition("=")
        answer = ANSWERS.get(word.strip().casefold())
        if answer is None or not number.isdecimal():
            raise ImportRefused(
                "In {name}, row {row} is decided “{text}”. Write same, same=CODE, new or skip.",
                name=path.name,
                row=number[:20],
                text=text[:80],
            )
        found[int(number)] = Decision(answer, twin.strip(), code)
    return found


def _decided(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give row, code and decision of each line of a report."""
    if path.suffix.lower() == ".json":
        try:
            rows = orjson.loads(path.read_bytes())["rows"]
            for row in rows:
                yield str(row["row"]), str(row.get("code") or ""), str(row.get("decision") or "").strip()
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise ImportRefused("{name} is not a report of an import.", name=path.name) from None
        return
    table = read_table(path, lambda word: word in COLUMNS)
    if not {"row", "decision"} <= set(table.headers):
        raise ImportRefused("{name} is not a report of an import.", name=path.name)
    places = {name: table.headers.index(name) for name in COLUMNS if name in table.headers}
    for _, cells in table.rows:
        code = cells[places["code"]] if "code" in places else ""
        yield cells[places["row"]], code, cells[places["decision"]]


def _row(row: RowPreview, words: Words, say: Say) -> dict[str, Any]:
    found: dict[str, Any] = {"row": row.number, "verdict": str(row.verdict), "code": row.code, "name": row.name}
    if row.verdict is Verdict.CHANGED:
        found["differences"] = [words.to_record(one) for one in differences(row.before, row.after)]
    if row.faults:
        found["reasons"] = [_fault(fault, say) for fault in row.faults]
    if row.twins:
        found["resembles"] = [
            {
                "code": twin.code,
                "name": twin.name,
                "row": twin.row,
                "metres": twin.metres,
                "likeness": twin.likeness,
                "why": twin.why,
            }
            for twin in row.twins
        ]
        found["decision"] = None
    return found


def _fault(fault: Fault, say: Say) -> dict[str, Any]:
    return {"row": fault.row, "column": fault.column, "message": say(fault.template, fault.values)}


def _resembles(row: RowPreview) -> str:
    return "; ".join(f"{twin.code} {twin.name} ({twin.metres:.0f} m)" for twin in row.twins)


def _without(cells: Sequence[str], at: int | None) -> Sequence[str]:
    return cells if at is None else (*cells[:at], *cells[at + 1 :])


def _csv(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([kept_as_text(guarded(cell)) for cell in row] for row in rows)
    return text.getvalue().encode(UTF8_FOR_SPREADSHEETS)


def _xlsx(rows: Iterator[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("拒绝")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"  # never a formula, and no code loses its zeros
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(path: Path, writers: Mapping[str, Any], preview: Preview) -> None:
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ImportRefused(
            "{name} cannot be written: its name must end in {endings}.", name=path.name, endings=" or ".join(writers)
        )
    try:
        path.write_bytes(writer(preview))
    except OSError as error:
        raise ImportRefused("{name} cannot be written: {fault}.", name=path.name, fault=error.strerror) from None
