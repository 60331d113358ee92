"""What stands in the XML of a workbook's sheet beside the values of its cells.

The reader of workbooks gives the error of a formula, and a formula that was never
worked out, as an empty cell, which would wipe out a fact; it does not say which
rows are hidden; and it makes room for every cell up to the last, so that one cell
at the far corner of a sheet takes more memory than any machine has. So the XML is
searched for these first. Only XLSX can be searched.

Source: ECMA-376 part 1, SpreadsheetML (18.3.1.4 cell, 18.3.1.73 row).
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from openpyxl.reader.workbook import WorkbookParser
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter

from stations.errors import ImportRefused
from stations.exchange.tables import HEADER_WITHIN, MAX_COLUMNS, NO_VALUE, bound_rows

MAX_AREA = 50_000_000
"""Cells between the first and the last of a sheet, empty ones too: some 2 GB."""

MAX_ROW_BYTES = 1 << 26
CHUNK = 1 << 20

_ANY = re.compile(rb' r="([A-Z]+)'), re.compile(rb' r="([0-9]+)"')
_FILLED = tuple(
    re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="%b"[^>]*[^/]>(?!</)' % place)
    for place in (rb"([A-Z]+)[0-9]+", rb"[A-Z]+([0-9]+)")
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\shidden="(?:1|true)")(?:[^>]*?\s)?r="([0-9]+)"')
_ODD = re.compile(
    rb'<(?:\w+:)?c\s((?=[^>]*?\bt="e")[^>]*[^/]>|[^>]*[^/]>(?=\s*<(?:\w+:)?f[\s/>]))(.*?)</(?:\w+:)?c>', re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]+)<")
_PLACE = re.compile(rb'\br="([A-Z]+[0-9]+)"')


@dataclass(slots=True)
class Marks:
    """What is odd about a sheet.

    Attributes
    ----------
    hidden
        Rows, from 1.
    errors
        Row and column, from 1, and the error of the formula there, or `NO_VALUE`.
    """

    hidden: list[int] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Say in which part of an XLSX workbook each sheet is."""
    book = WorkbookParser(archive, "xl/workbook.xml", keep_links=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whatever is damaged is refused, not warned of
        book.parse()
        return {sheet.name: relation.target for sheet, relation in book.find_sheets()}


def read_marks(name: str, archive: zipfile.ZipFile, part: str) -> Marks | None:
    """Search the XML of a sheet; None where it is not written as spreadsheet programs write it.

    Raises
    ------
    ImportRefused
        It reaches further than a list does, or declares entities, which no spreadsheet program does.
    """
    found = Marks()
    last = wide = 0
    for text in _whole_rows(name, archive, part):
        if b"<!DOCTYPE" in text:
            raise ImportRefused("{name} is not a workbook that a spreadsheet program wrote.", name=name)
        if b"hidden=" in text:
            found.hidden += map(int, _HIDDEN.findall(text))
        if b't="e"' in text or b"<f" in text or b":f" in text:
            found.errors += [odd for match in _ODD.finditer(text) if (odd := _odd(match[1], match[2]))]
        last, wide = _reach(_ANY, text, last, wide)
    if wide > MAX_COLUMNS or last * wide > MAX_AREA:  # perhaps only by cells that have a colour and no value
        last = wide = 0
        for text in _whole_rows(name, archive, part):
            last, wide = _reach(_FILLED, text, last, wide)
        _bound(name, last, wide)
    return found if last else None


def _reach(places: Sequence[re.Pattern[bytes]], text: bytes, last: int, wide: int) -> tuple[int, int]:
    """Tell the last row and column, given those so far and what finds columns and rows."""
    columns, rows = (set(place.findall(text)) for place in places)
    last = max(last, max(map(int, rows), default=0))
    return last, max(wide, max((column_index_from_string(letters.decode()) for letters in columns), default=0))


def _bound(name: str, last: int, wide: int) -> None:
    if wide > MAX_COLUMNS:
        raise ImportRefused(
            "{name} has more than {most} columns; a cell stands in column {column}. Remove what stands there.",
            name=name,
            most=MAX_COLUMNS,
            column=get_column_letter(wide),
        )
    if last * wide > MAX_AREA:
        bound_rows(name, last - HEADER_WITHIN)
        raise ImportRefused(
            "{name} reaches to row {row} and column {column}. Remove what stands far from the list.",
            name=name,
            row=last,
            column=get_column_letter(wide),
        )


def _odd(said: bytes, inside: bytes) -> tuple[int, int, str] | None:
    """Place the error of a formula, or a formula without a value."""
    value = _VALUE.search(inside)
    if b't="e"' not in said and (value or b't="str"' in said):
        return None
    place = _PLACE.search(said)
    if not place:
        raise ValueError("a cell without a place")
    letters, row = coordinate_from_string(place[1].decode())
    return row, column_index_from_string(letters), value[1].decode() if value else NO_VALUE


def _whole_rows(name: str, archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Give the XML in pieces that end where a row ends."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            text = rest + chunk
            cut = text.rfind(b"row>")
            end = cut + 4 if cut >= 0 else 0
            if len(text) - end > MAX_ROW_BYTES:
                raise ImportRefused("{name} has a row too long for a list. Save its sheet as CSV UTF-8.", name=name)
            if end:
                yield text[:end]
            rest = text[end:]
    yield rest
