"""An uploaded list of places, read; or a refusal that says which cells are wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from stations.errors import Fault, ImportRefused
from stations.exchange.archives import unpacked_bytes
from stations.exchange.cells import CellError
from stations.exchange.columns import Columns
from stations.questions.siting import read_rows
from stations.web.params import BadParameter
from stations.web.sizes import MOST_LIST

MOST_UNPACKED = 60_000_000
"""Of a workbook: far above five thousand rows, and no danger to whoever asks at the same time."""

FAULTS_TOLD = 8
LONGEST_NAME = 80
AS_SAID = "{said}"
"""What is put into words already."""


def read_upload(file: FileStorage | None, datum: str, zone: ZoneInfo) -> list[dict[str, str]]:
    """Read the file of a form.

    Parameters
    ----------
    datum
        Of its positions, in any of its names; empty where the list says it, or has WGS-84.

    Raises
    ------
    BadParameter
        No file, one that cannot be read, or cells that cannot be used: the first ones by row and column.
    """
    from stations.exchange.candidates import read_candidates  # what reads workbooks is slow to import

    name = Path((file.filename or "").replace("\\", "/")).name[-LONGEST_NAME:] if file is not None else ""
    content = b""
    if file is not None:
        with file.stream:
            content = file.read(MOST_LIST + 1)
    if not content:
        raise BadParameter("file", name, "No list was sent. Choose a file with the columns lon and lat, and send it.")
    if len(content) > MOST_LIST:
        raise BadParameter("file", name, "“{value}” is too large. Give a list of at most {most} MB.", most=2)
    if unpacked_bytes(content) > MOST_UNPACKED:
        raise BadParameter("file", name, "“{value}” is too large. Give a list of at most {most} MB.", most=2)
    columns = Columns.load()
    try:
        meant = columns.datum_of(datum) if datum.strip() else None
    except CellError as fault:
        raise BadParameter("datum", datum, fault.template, **fault.values) from None
    with tempfile.TemporaryDirectory() as folder:
        # A name of ours: what a browser calls a file is no path.
        path = Path(folder) / "list"
        path.write_bytes(content)
        try:
            rows = read_candidates(path, meant)
        except ImportRefused as refused:
            values = refused.values | {"name": name or "list"}
            told = gettext(refused.template).format(**values)
            raise BadParameter("file", name, AS_SAID, said=" ".join([told, *_told(refused.faults)])) from None
    read_rows(rows, zone)
    return rows


def _told(faults: tuple[Fault, ...]) -> list[str]:
    said = [_one(fault) for fault in faults[:FAULTS_TOLD]]
    if len(faults) > FAULTS_TOLD:
        said.append(gettext("And %(count)s more.", count=len(faults) - FAULTS_TOLD))
    return said


def _one(fault: Fault) -> str:
    words = gettext(fault.template).format(**fault.values)
    if fault.row is None:
        return words
    if not fault.column:
        return gettext("Row %(row)s: %(fault)s", row=fault.row, fault=words)
    return gettext("Row %(row)s, %(column)s: %(fault)s", row=fault.row, column=fault.column, fault=words)
