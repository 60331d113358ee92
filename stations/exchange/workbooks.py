"""Lists as XLSX workbooks, read row by row from the XML of a sheet.

openpyxl knows what number formats mean and what day a number is. Its own reader
gives merged cells, hidden rows and formulas without a value only by holding the
whole sheet as objects, so the sheet itself is read here, and holds no more than
its texts.

Source: ECMA-376 part 1, SpreadsheetML (18.2 workbook, 18.3 sheets, 18.4 strings).
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from geodata.progress import Progress, silent
from stations.errors import Fault, ImportRefused
from stations.exchange.formulas import unguarded
from stations.exchange.tables import (
    BLANKS,
    HEADER_WITHIN,
    MAX_COLUMNS,
    MAX_ROWS,
    NO_VALUE,
    Knows,
    Table,
    bound_rows,
    checked_headers,
    formula_fault,
    header_index,
    left_out_above,
    refuse_without_rows,
    told,
    without_notes_below,
)

MAX_UNPACKED = 1_500_000_000
"""Bytes of a workbook once unpacked: above 250,000 rows, below what a machine bears."""

MAX_STRINGS = 300_000_000
"""Bytes of its table of texts, which is held in memory."""

MAX_MERGED = 1_000_000
"""Cells that merged blocks may fill."""

CHUNK = 1 << 18

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, IndexError, OverflowError, RuntimeError)
"""What broken parts of a workbook end in. A password of the archive is a RuntimeError, as its module has it."""

Handler = Callable[[str, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class _Book:
    """What a workbook says of its sheets."""

    sheets: Mapping[str, str]
    hidden: frozenset[str]
    epoch: dt.datetime
    strings: Sequence[str]
    formats: Mapping[str, str]


@dataclass(slots=True)
class _Sheet:
    """A sheet as read: its rows of text, and what is odd about them."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)


def read_workbook(path: Path, digest: str, knows: Knows, sheet: str = "", tell: Progress = silent) -> Table:
    """Read the sheet that lists the stations.

    Parameters
    ----------
    sheet
        Its name; empty where the workbook leaves no choice.
    tell
        Called with the stage ``read``, and how many bytes of the sheet.

    Raises
    ------
    ImportRefused
        Not a workbook, a damaged or too large one, or several sheets that could be meant.
    """
    name = path.name
    with _told(name), zipfile.ZipFile(path) as archive:
        _bound(name, archive)
        book = _open(name, archive)
        chosen = _chosen(name, archive, book, knows, sheet)
        found = _read(name, archive, book, chosen, tell=tell)
    others = [other for other in book.sheets if other != chosen]
    table = _table(name, digest, found, knows)
    doubts = list(table.doubts)
    if others:
        values: dict[str, object] = {"sheet": chosen, "others": ", ".join(others)[:200]}
        doubts.insert(0, Fault(None, "", "Sheet “{sheet}” was read; not read: {others}.", values))
    return Table(name, digest, "xlsx", table.headers, table.rows, table.faults, tuple(doubts), table.misfits)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Say of whatever a damaged workbook ends in that it is damaged."""
    try:
        yield
    except ImportRefused:
        raise
    except expat.ExpatError as error:
        raise ImportRefused(
            "{name} is a damaged workbook ({fault}). Open it, save it anew as XLSX and try again.",
            name=name,
            fault=expat.ErrorString(error.code),
        ) from None
    except DAMAGED as error:
        raise ImportRefused(
            "{name} is a damaged workbook ({fault}). Open it, save it anew as XLSX and try again.",
            name=name,
            fault=str(error)[:120] or type(error).__name__,
        ) from None


def _bound(name: str, archive: zipfile.ZipFile) -> None:
    sizes = {part.filename: part.file_size for part in archive.infolist()}
    if "xl/workbook.bin" in sizes:
        raise ImportRefused("{name} is a binary workbook (.xlsb). Save it as XLSX and import that.", name=name)
    if "[Content_Types].xml" not in sizes:
        raise ImportRefused(
            "{name} is an archive, but not an XLSX workbook. Save the list as XLSX or CSV UTF-8.", name=name
        )
    strings = max((size for part, size in sizes.items() if part.lower().endswith("sharedstrings.xml")), default=0)
    if sum(sizes.values()) > MAX_UNPACKED or strings > MAX_STRINGS:
        raise ImportRefused(
            "{name} unpacks to {size} MB, more than a list of stations has. Save its sheet as CSV UTF-8.",
            name=name,
            size=round(sum(sizes.values()) / 1e6),
        )


def _open(name: str, archive: zipfile.ZipFile) -> _Book:
    """Read what the sheets are called, where they are, and what their texts and numbers mean."""
    main = _target(archive, "_rels/.rels", "officeDocument")
    if main is None:
        raise ImportRefused("{name} is an archive without a workbook. Save the list as XLSX.", name=name)
    folder, _, file = main.rpartition("/")
    relations = f"{folder}/_rels/{file}.rels"
    targets = {key: target for key, (_, target) in _relations(archive, relations, folder).items()}
    sheets: dict[str, str] = {}
    hidden: set[str] = set()
    epoch = [CALENDAR_WINDOWS_1900]

    def start(tag: str, said: Mapping[str, str]) -> None:
        if tag == "sheet":
            key = next((text for word, text in said.items() if word.endswith(":id")), "")
            if "worksheet" in targets.get(key, ""):
                sheets[said["name"]] = targets[key]
                if said.get("state", "visible") != "visible":
                    hidden.add(said["name"])
        elif tag == "workbookPr" and said.get("date1904") in {"1", "true"}:
            epoch[0] = CALENDAR_MAC_1904

    _walk(archive, main, start)
    if not sheets:
        raise ImportRefused("{name} is a workbook without a sheet of cells.", name=name)
    strings, styles = (_target(archive, relations, kind, folder) for kind in ("sharedStrings", "styles"))
    return _Book(
        sheets,
        frozenset(hidden),
        epoch[0],
        _strings(archive, strings) if strings else (),
        _formats(archive, styles) if styles else {},
    )


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, said: Mapping[str, str]) -> None:
        if tag.endswith("Relationship") and said.get("TargetMode") != "External":
            target = said["Target"]
            where = target[1:] if target.startswith("/") else f"{folder}/{target}".lstrip("/")
            found[said["Id"]] = said["Type"].rpartition("/")[2], where

    _walk(archive, part, start)
    return found


def _target(archive: zipfile.ZipFile, part: str, kind: str, folder: str = "") -> str | None:
    return next((target for type_, target in _relations(archive, part, folder).values() if type_ == kind), None)


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Read the texts that cells refer to by number; the parts of a text are put together, without their readings."""
    found: list[str] = []
    pieces: list[str] = []
    state = {"in": False, "reading": False}

    def start(tag: str, _: Mapping[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            state["reading"] = True
        elif tag == "t":
            state["in"] = not state["reading"]

    def end(tag: str) -> None:
        if tag == "t":
            state["in"] = False
        elif tag == "rPh":
            state["reading"] = False
        elif tag == "si":
            found.append(_plain("".join(pieces)))

    def text(data: str) -> None:
        if state["in"]:
            pieces.append(data)

    _walk(archive, part, start, end, text)
    return found


def _formats(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Tell by style number which cells are dates and which are spans of time."""
    formats = dict(BUILTIN_FORMATS)
    styles: list[str] = []
    inside = [False]

    def start(tag: str, said: Mapping[str, str]) -> None:
        if tag == "numFmt":
            formats[int(said["numFmtId"])] = said.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(formats.get(int(said.get("numFmtId", "0")), "General"))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    _walk(archive, part, start, end)
    kinds = {style: _kind(style) for style in set(styles)}
    return {str(at): kinds[style] for at, style in enumerate(styles) if kinds[style]}


def _kind(style: str) -> str:
    if is_timedelta_format(style):
        return "span"
    return "date" if is_date_format(style) else ""


def _chosen(name: str, archive: zipfile.ZipFile, book: _Book, knows: Knows, sheet: str) -> str:
    """Give the sheet with the stations: the one asked for, the only one, or the only one whose header is known."""
    if sheet:
        if sheet in book.sheets:
            return sheet
        raise ImportRefused(
            "{name} has no sheet “{sheet}”; it has {sheets}.",
            name=name,
            sheet=sheet[:80],
            sheets=", ".join(book.sheets)[:500],
        )
    if len(book.sheets) == 1:
        return next(iter(book.sheets))
    likely = []
    for one in book.sheets:
        rows = [row for _, row in _read(name, archive, book, one, most=HEADER_WITHIN).rows]
        if rows and sum(map(knows, set(rows[header_index(rows, knows)]))) >= 2:
            likely.append(one)
    shown = [one for one in likely if one not in book.hidden] or likely
    if len(shown) == 1:
        return shown[0]
    raise ImportRefused(
        "{name} has several sheets that could be meant: {sheets}. Say which with --sheet “{first}”."
        if shown
        else "{name} has several sheets, and none has a header that is known: {sheets}. Say which with --sheet.",
        name=name,
        sheets=", ".join(shown or book.sheets)[:500],
        first=(shown or [""])[0],
    )


class _Enough(Exception):  # noqa: N818  not a fault: as many rows as were asked for have been read
    """As many rows as were asked for."""


class _Rows:
    """Takes the cells of a sheet as they come, and keeps them as rows of text; rows without any text are left out."""

    def __init__(self, name: str, book: _Book, most: int) -> None:
        self.found = _Sheet()
        self._name, self._book, self._most = name, book, most
        self._letters: dict[str, int] = {}
        self._row: list[str] = []
        self._number = self._column = 0
        self._kind = self._style = ""
        self._formula = self._collecting = self._hidden = False
        self._pieces: list[str] = []

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        """Begin a cell, its value, or a row."""
        if tag == "c":
            place = said.get("r")
            if place:
                word = place.rstrip("0123456789")
                self._column = self._letters.get(word, 0) or self._letters.setdefault(word, _column(word))
            else:
                self._column += 1
            self._kind, self._style = said.get("t", "n"), said.get("s", "")
            self._formula = False
            self._pieces.clear()
        elif tag in {"v", "t"}:
            self._collecting = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._number = int(said.get("r", self._number + 1))
            self._column = 0
            self._row = []
            self._hidden = said.get("hidden") in {"1", "true"}
        elif tag == "mergeCell":
            self.found.merged.append(_block(said["ref"]))

    def text(self, data: str) -> None:
        """Take a piece of a value."""
        if self._collecting:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        """Keep a cell or a row that is whole."""
        if tag in {"v", "t"}:
            self._collecting = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row" and any(self._row):
            self.found.rows.append((self._number, self._row))
            if self._hidden:
                self.found.hidden.append(self._number)
            if len(self.found.rows) > MAX_ROWS + HEADER_WITHIN:
                bound_rows(self._name, len(self.found.rows))
            if len(self.found.rows) == self._most:
                raise _Enough

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if self._kind == "s":
            text = self._book.strings[int(text)] if text else ""
        elif text:
            text = _text(self._kind, text, self._book.formats.get(self._style, ""), self._book.epoch)
        if self._kind == "e" or (self._formula and not text and self._kind != "str"):
            text = text or NO_VALUE
            self.found.errors.append((self._number, self._column, text))
        if not text:
            return
        if self._column > MAX_COLUMNS:
            raise ImportRefused(
                "{name} has more than {most} columns; row {row} reaches that far. Remove what stands there.",
                name=self._name,
                most=MAX_COLUMNS,
                row=self._number,
            )
        if self._column == len(self._row) + 1:
            self._row.append(text)
            return
        self._row.extend([""] * (self._column - len(self._row)))
        self._row[self._column - 1] = text


def _read(
    name: str, archive: zipfile.ZipFile, book: _Book, sheet: str, *, most: int = 0, tell: Progress = silent
) -> _Sheet:
    """Read the cells of a sheet as text, or the first rows of it."""
    rows = _Rows(name, book, most)
    with suppress(_Enough):
        _walk(archive, book.sheets[sheet], rows.start, rows.end, rows.text, tell)
    _fill_merged(name, rows.found)
    return rows.found


def _text(kind: str, text: str, shown: str, epoch: dt.datetime) -> str:
    """Give the value of a cell as a person reads it."""
    if kind == "n":
        if shown:
            return _moment(float(text), shown, epoch)
        return text if text.isdecimal() else _number(text)
    if kind == "b":
        return "1" if text == "1" else "0"
    if kind == "d":
        return text.removesuffix("T00:00:00")
    return _plain(text)


def _number(text: str) -> str:
    """Give a number in the 15 digits that spreadsheets keep, without an exponent where it can be written out."""
    value = float(text)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _moment(value: float, shown: str, epoch: dt.datetime) -> str:
    try:
        moment = from_excel(value, epoch, timedelta=shown == "span")
    except (OverflowError, ValueError):
        return _number(str(value))
    if isinstance(moment, dt.timedelta):
        minutes = round(moment.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(moment, dt.datetime):
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ", "minutes")
    return moment.isoformat("minutes") if isinstance(moment, dt.time) else ""


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _plain(text: str) -> str:
    if "_x" in text:  # how a workbook writes characters that XML cannot (ECMA-376 part 1, 22.9.2.19)
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return unguarded(text.strip(BLANKS))


def _column(letters: str) -> int:
    """Number of a column from 1: A, B, ... Z, AA."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    return number


def _block(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of ``B2:D7``."""
    ends = []
    for corner in reference.replace("$", "").split(":"):
        letters = corner.rstrip("0123456789")
        ends.append((int(corner[len(letters) :]), _column(letters)))
    (top, left), (bottom, right) = ends[0], ends[-1]
    return top, left, bottom, right


def _fill_merged(name: str, sheet: _Sheet) -> None:
    """Give every cell of a merged block the value that stands in its corner."""
    places = {number: at for at, (number, _) in enumerate(sheet.rows)}
    wide = max((len(row) for _, row in sheet.rows), default=0)
    filled = 0
    for top, left, bottom, right in sheet.merged:
        if top not in places or left > len(sheet.rows[places[top]][1]):
            continue
        value = sheet.rows[places[top]][1][left - 1]
        last = min(right, wide)
        at = places[top]
        while value and at < len(sheet.rows) and sheet.rows[at][0] <= bottom:
            row = sheet.rows[at][1]
            row.extend([""] * (last - len(row)))
            for column in range(left - 1, last):
                row[column] = row[column] or value
            filled += last - left + 1
            at += 1
            if filled > MAX_MERGED:
                raise ImportRefused("{name} has too many merged cells. Unmerge them and save it anew.", name=name)


def _table(name: str, digest: str, sheet: _Sheet, knows: Knows) -> Table:
    """Part header and rows, and tell what is odd."""
    if not sheet.rows:
        raise ImportRefused("{name} has nothing in its sheet.", name=name)
    at = header_index([row for _, row in sheet.rows[:HEADER_WITHIN]], knows)
    head, cells = sheet.rows[at]
    header_rows = _header_rows(sheet, head)
    if header_rows > 1 and at + header_rows <= len(sheet.rows):  # a second line under a merged heading says more
        below = sheet.rows[at + header_rows - 1][1]
        wide = max(len(cells), len(below))
        cells = [
            under or over
            for over, under in zip(cells + [""] * (wide - len(cells)), below + [""] * (wide - len(below)), strict=True)
        ]
        at += header_rows - 1
    headers = checked_headers(name, cells)
    count = len(headers)
    faults: list[Fault] = []
    misfits: dict[int, tuple[str, ...]] = {}
    rows: list[tuple[int, tuple[str, ...]]] = []
    bad = _errors(sheet, sheet.rows[at][0], headers)
    for number, row in sheet.rows[at + 1 :]:
        if number in bad:
            faults += bad[number]
        elif any(row[count:]):
            template = "It has {cells} cells where the header has {columns}. Give the column a header, or empty it."
            faults.append(Fault(number, "", template, {"cells": len(row), "columns": count}))
        elif not any(row[:count]):
            continue
        else:
            rows.append((number, (*row[:count], *[""] * (count - len(row)))))
            continue
        misfits[number] = tuple(row)
    sheet.rows = sheet.rows[: at + 1]  # the texts are in the table now
    if not rows and not faults:
        raise refuse_without_rows(name)
    bound_rows(name, len(rows))
    titles = at + 1 - header_rows
    stations, notes = without_notes_below(rows)
    doubts = [*left_out_above(sheet.rows[:titles]), *notes, *_odd(sheet, sheet.rows[at][0], headers)]
    return Table(name, digest, "xlsx", headers, tuple(stations), tuple(faults), tuple(doubts), misfits)


def _header_rows(sheet: _Sheet, head: int) -> int:
    """How many rows a header has whose headings are merged downwards."""
    return max((bottom - head + 1 for top, _, bottom, _ in sheet.merged if top == head and bottom - top < 4), default=1)


def _errors(sheet: _Sheet, head: int, headers: Sequence[str]) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    for number, column, value in sheet.errors:
        if number <= head or column > len(headers):
            continue
        found.setdefault(number, []).append(formula_fault(number, headers[column - 1], value))
    return found


def _odd(sheet: _Sheet, head: int, headers: Sequence[str]) -> list[Fault]:
    """Tell of merged cells among the stations, and of rows that nobody sees."""
    doubts = []
    by_column: dict[int, list[int]] = {}
    for top, left, bottom, right in sheet.merged:
        if bottom > head and left <= len(headers):
            span = range(max(top, head + 1), min(bottom, top + MAX_ROWS) + 1)
            for column in range(left, min(right, len(headers)) + 1):
                by_column.setdefault(column, []).extend(span)
    for column, rows in sorted(by_column.items()):
        template = "Merged cells: each of rows {rows} was given their value. Unmerge them if that is wrong."
        doubts.append(Fault(None, headers[column - 1], template, {"rows": told(rows)}))
    hidden = [number for number in sheet.hidden if number > head]
    if hidden:
        template = "Hidden rows were read as well: {rows}. Delete them if they are not meant."
        doubts.append(Fault(None, "", template, {"rows": told(hidden)}))
    return doubts


def _walk(
    archive: zipfile.ZipFile,
    part: str,
    start: Handler,
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
    tell: Progress = silent,
) -> None:
    """Go through the XML of a part; tags come without the prefix of their namespace.

    Raises
    ------
    ImportRefused
        It declares entities, which no spreadsheet program does.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def on_first(tag: str, said: dict[str, str]) -> None:
        if ":" in tag:  # every tag has the prefix of its namespace
            parser.StartElementHandler = lambda tag, said: start(tag.rpartition(":")[2], said)
            parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        else:
            parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.StartElementHandler(tag, said)

    def on_doctype(*_: object) -> None:
        raise ImportRefused("{name} is not a workbook that a spreadsheet program wrote.", name=part)

    parser.StartElementHandler = on_first
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = on_doctype
    size = archive.getinfo(part).file_size
    done = 0
    with archive.open(part) as stream:
        for chunk in _chunks(stream):
            parser.Parse(chunk, False)
            done += len(chunk)
            tell("read", done, size)
        parser.Parse(b"", True)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
