"""Lists as text: CSV as spreadsheet programs save it, in UTF-8 or GB18030, parted by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io

from stations.errors import Fault, ImportRefused
from stations.exchange.formulas import unguarded
from stations.exchange.tables import (
    BLANKS,
    HEADER_WITHIN,
    Knows,
    Table,
    bound_rows,
    checked_headers,
    header_index,
    left_out_above,
    refuse_without_rows,
    without_notes_below,
)

RARE_HANZI = 0.2
"""Share of characters outside GB 2312 above which text read as GB18030 was something else.

GB 2312 has the 6,763 characters that cover 99.75 % of Chinese text. Bytes of
another encoding that happen to be GB18030 fall outside it about half the time.
"""

LOOKED_AT = 200_000
"""So many foreign characters say as well as all of them what the encoding is."""

LINES_TRIED = 2_000

Cells = tuple[str, ...]


def read_text(name: str, digest: str, data: bytes, knows: Knows) -> Table:
    """Read a list from its bytes.

    Raises
    ------
    ImportRefused
        Not text, in no known encoding, or not CSV.
    """
    text, encoding = _decoded(name, data)
    numbered = _rows(name, text)
    if not numbered:
        raise ImportRefused("{name} is empty.", name=name)
    at = header_index([row for _, row in numbered[:HEADER_WITHIN]], knows)
    headers = checked_headers(name, numbered[at][1])
    count = len(headers)
    faults: list[Fault] = []
    misfits: dict[int, Cells] = {}
    rows: list[tuple[int, Cells]] = []
    for number, row in numbered[at + 1 :]:
        if len(row) == count:
            rows.append((number, row))
        elif len(row) < count or any(row[count:]):
            misfits[number] = row
            template = "It has {cells} cells where the header has {columns}. Is a separator missing, or a quote?"
            faults.append(Fault(number, "", template, {"cells": len(row), "columns": count}))
        else:
            rows.append((number, row[:count]))
    if not rows and not faults:
        raise refuse_without_rows(name)
    bound_rows(name, len(rows))
    stations, notes = without_notes_below(rows)
    doubts = (*left_out_above(numbered[:at]), *notes)
    return Table(name, digest, encoding, headers, tuple(stations), tuple(faults), doubts, misfits)


def _rows(name: str, text: str) -> list[tuple[int, Cells]]:
    """Part the text into rows that are not empty, with their numbers."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separators = ",;\t"
    if not any(map(first.count, separators)):  # a title; the lines below say it
        first = text[:4000]
    separator = max(separators, key=first.count)  # on a tie the comma
    found: list[tuple[int, Cells]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            row = tuple([unguarded(cell.strip(BLANKS)) for cell in cells])
            if any(row):
                found.append((number, row))
                bound_rows(name, len(found) - HEADER_WITHIN)
    except csv.Error as error:
        raise ImportRefused(
            "{name} is not a CSV file from row {row} on: {fault}.", name=name, row=number + 1, fault=error
        ) from None
    return found


def _decoded(name: str, data: bytes) -> tuple[str, str]:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ImportRefused("{name} is in UTF-16. Save it as CSV UTF-8.", name=name)
    if b"\0" in data:
        raise ImportRefused(
            "{name} is not a text file. Give CSV, an XLSX workbook, GeoJSON or a GeoPackage.", name=name
        )
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    foreign = [character for character in text if ord(character) > 127][:LOOKED_AT]
    if (
        not text
        or _half_in_utf8(data)
        or sum(not _common(character) for character in foreign) > RARE_HANZI * len(foreign)
    ):
        raise ImportRefused(
            "{name} is neither UTF-8 (the first wrong byte is in line {line}) nor GB18030. Save it as CSV UTF-8.",
            name=name,
            line=line,
        )
    return text, "gb18030"


def _half_in_utf8(data: bytes) -> bool:
    """Whether a tenth or more of the lines with foreign letters are Chinese in UTF-8: two files were put together."""
    lines = [line for line in data.splitlines() if not line.isascii()]
    step = -(-len(lines) // LINES_TRIED)
    tried = lines[::step]
    return sum(map(_chinese_in_utf8, tried)) * 10 >= len(tried)


def _chinese_in_utf8(line: bytes) -> bool:
    try:
        return any("\u2e80" <= character <= "\uffef" for character in line.decode())
    except UnicodeDecodeError:
        return False


def _common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
