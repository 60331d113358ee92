"""Answers that a browser keeps as a file."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""What an XLSX workbook is, among kinds of content."""


def as_file(response: Response, name: str, shown: str = "") -> Response:
    """Have a browser keep an answer as a file.

    Parameters
    ----------
    name
        In ASCII.
    shown
        The same in the language of the person, for browsers that know RFC 6266, which all do.
    """
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"' + (
        f"; filename*=UTF-8''{quote(shown)}" if shown else ""
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
