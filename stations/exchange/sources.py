"""Files of stations as plain tables, whatever their form: CSV, workbooks, GeoJSON and GeoPackages.

Nothing is understood here but the form of a file, told by what is in it and not by its name.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from geodata.progress import Progress, silent
from stations.errors import ImportRefused
from stations.exchange import tables
from stations.exchange.geojson import read_geojson
from stations.exchange.geopackages import is_geopackage, layers_of, read_geopackage
from stations.exchange.tables import Knows, Table
from stations.exchange.textfiles import read_text
from stations.exchange.workbooks import read_workbook, sheets_of

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of the files of office programs before 2007, and of newer ones with a password."""

WITH_PASSWORD = "EncryptedPackage".encode("utf-16-le")

UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Part:
    """Which sheet of a workbook, or layer of a GeoPackage, is meant; empty where there is no choice."""

    sheet: str = ""
    layer: str = ""


WHOLE = Part()


def read_table(path: Path, knows: Knows = lambda _: False, part: Part = WHOLE, tell: Progress = silent) -> Table:
    """Read a file of stations.

    Parameters
    ----------
    knows
        Whether a cell is what lists call one of their columns; finds the header under titles, and the sheet.
    part
        Which sheet or layer is meant.
    tell
        Called with the stage ``read`` while a large file is read.

    Raises
    ------
    ImportRefused
        Missing, empty, too large, or in a form or encoding that is not known.
    """
    name = path.name
    data = _bytes_of(path)
    tell("read", 0, None)
    if not data.removeprefix(UTF8_MARK).strip():
        raise ImportRefused("{name} is empty.", name=name)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_choice(name, data, part.sheet, part.layer)
    if data[:8] == OLD_OFFICE and WITH_PASSWORD in data:
        raise ImportRefused("{name} is a workbook with a password. Save it without one.", name=name)
    if _is_workbook(data):
        return read_workbook(path, digest, knows, part.sheet, tell)
    if data[:16] == b"SQLite format 3\0":
        if is_geopackage(data[:100]):
            return read_geopackage(path, digest, knows, part.layer)
        raise ImportRefused("{name} is a database, but not a GeoPackage. Export the layer as GeoPackage.", name=name)
    if data.removeprefix(UTF8_MARK).lstrip()[:1] in {b"{", b"["}:
        return read_geojson(name, digest, data.removeprefix(UTF8_MARK))
    return read_text(name, digest, data, knows)


def parts_of_file(path: Path) -> tuple[str, tuple[str, ...]]:
    """Give what a file is parted into, ``sheet`` or ``layer``, and their names; an empty word for one without parts.

    Raises
    ------
    ImportRefused
        As `read_table`.
    """
    data = _bytes_of(path)
    if _is_workbook(data):
        return "sheet", sheets_of(path)
    if data[:16] == b"SQLite format 3\0" and is_geopackage(data[:100]):
        return "layer", layers_of(path)
    return "", ()


def _bytes_of(path: Path) -> bytes:
    name = path.name
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            kind = "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is not an ordinary file"
            raise ImportRefused("{name} cannot be read: {fault}.", name=name, fault=kind)
        if found.st_size > tables.MAX_BYTES:
            raise ImportRefused(
                "{name} has {size} MB; at most {most} MB are read. Split it.",
                name=name,
                size=round(found.st_size / 1e6),
                most=tables.MAX_BYTES // 1_000_000,
            )
        return path.read_bytes()
    except ImportRefused:
        raise
    except FileNotFoundError:
        raise ImportRefused("There is no file {name}.", name=name) from None
    except OSError as error:
        raise ImportRefused("{name} cannot be read: {fault}.", name=name, fault=error.strerror) from None
    except ValueError:  # a zero byte in the name
        raise ImportRefused("There is no file {name}.", name=name) from None


def _is_workbook(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04" or data[:8] == OLD_OFFICE


def _refuse_choice(name: str, data: bytes, sheet: str, layer: str) -> None:
    """Refuse the name of a sheet or layer for a file that has none."""
    if sheet and not _is_workbook(data):
        raise ImportRefused("{name} is no workbook and has no sheet “{sheet}”.", name=name, sheet=sheet[:80])
    if layer and data[:6] != b"SQLite":
        raise ImportRefused("{name} is no GeoPackage and has no layer “{layer}”.", name=name, layer=layer[:80])
