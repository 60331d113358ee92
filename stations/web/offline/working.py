"""The source of the worker: its scripts, with what this release keeps on the phone written before them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import orjson


def write_worker(scripts: Sequence[Path], files: Sequence[str], pages: dict[str, str], shells: Sequence[str]) -> bytes:
    """Write the worker that keeps the finder on the phone.

    Its version is a digest of all that it keeps. So a new release is a new worker, which a browser takes in place of
    the old one, and with it the old files go.

    Parameters
    ----------
    scripts
        What it is made of, in order.
    files
        Addresses of what it keeps; each names its content.
    pages
        Address of the page that answers without a network, by language.
    shells
        The pages themselves.
    """
    source = b"".join(path.read_bytes() for path in scripts)
    said = [source, *(text.encode() for text in (*files, *shells))]
    version = blake2b(b"\0".join(said), digest_size=8).hexdigest()
    release = {"version": version, "files": list(files), "pages": pages}
    return b'"use strict";\nself.RELEASE = ' + orjson.dumps(release) + b";\n" + source
