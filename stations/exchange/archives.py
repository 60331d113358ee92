"""Archives (ZIP) as they come from outside: how large they are unpacked, before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    RuntimeError,
    OSError,
    SyntaxError,
)
"""What broken parts of an archive end in. A password, or a newer kind of ZIP, is a RuntimeError, broken XML a
SyntaxError."""


def unpacked_bytes(content: bytes) -> int:
    """How many bytes an archive says that it unpacks to.

    Returns
    -------
    int
        0 for what is no archive, and for one that is damaged: whoever reads it next tells it as that.
    """
    if content[:4] != b"PK\x03\x04":
        return 0
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return sum(one.file_size for one in archive.infolist())
    except BROKEN:
        return 0
