"""How much one may send: what is larger is refused before anything reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wsgi import get_input_stream

from stations.web.clients import HOST
from stations.web.refusals import Refusals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_ADDRESS = 8000
"""Characters of path and parameters, as nginx has it too."""

MOST_NUMBER = 2**31 - 1
"""What a column of whole numbers holds in PostgreSQL; nothing is counted so far."""

MOST_PARAMETERS = 100

MOST_BODY = 64 * 1024
"""Bytes of what is sent; the longest form has a note of two hundred characters."""

MOST_FIELDS = 50

LIST = "/planning/siting/list"
MOST_LIST = 2_000_000
"""Bytes of what is sent with an uploaded list: five thousand places take some three hundred thousand."""

IMPORT = "/desk/lists"
MOST_IMPORT = 20_000_000
"""Bytes of what is sent with a list of stations: twenty thousand of them take some five million."""

LARGER: Mapping[str, int] = MappingProxyType({LIST: MOST_LIST, IMPORT: MOST_IMPORT})
"""Where more than `MOST_BODY` may be sent, and how much."""

SHEETS = "/desk/inspections/"
MOST_SHEET = 24_000_000
"""Bytes of what is sent with a sheet of an inspection by a browser without script; with it, photos come one by one."""

MOST_ANSWERS = 600
"""Fields of such a sheet, its photos among them."""

PHOTOS = re.compile("(/desk/stations/[^/]+/photos)|(/s/[^/]+/suggest)")
MOST_PHOTOS, MOST_PHOTO = 30_000_000, 16_000_000
"""Bytes of what is sent with several photos by the staff, and with one by a passer-by. A telephone's has some four
million; with a script they are made small before they are sent."""

WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
"""What asks and sends nothing; a body that comes all the same is never read."""

WAIT_S = 5

READ_AT_ONCE = 2
"""Bodies that a worker reads at the same time. Whoever sends a byte a minute keeps a thread waiting, and there are
four, so some are always left for those who only ask. A proxy that takes a body in whole before it passes it on, as
nginx does, spares the house this."""

WAITS_S = 2.0
"""How long one more sender waits for its turn: three forms may well come in the same moment. Only one waits, so that a
thread is left."""


class Sizes:
    """A WSGI application that passes on what is of a size that can be meant.

    What is sent with a request is taken in here, whole, so that nothing behind has to wait for it.

    Parameters
    ----------
    app
        What stands behind.
    refusals
        How it is said.
    """

    def __init__(self, app: WSGIApplication, refusals: Refusals) -> None:
        self._app, self._refusals = app, refusals
        self._readers, self._next = BoundedSemaphore(READ_AT_ONCE), BoundedSemaphore(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Measure, and pass on or refuse."""
        asked = environ.get("QUERY_STRING", "")
        if len(environ["PATH_INFO"]) + len(asked) > MOST_ADDRESS or asked.count("&") >= MOST_PARAMETERS:
            return self._refusals.refuse(environ, start_response, 414)
        host = environ.get("HTTP_HOST")
        if host is not None and not HOST.fullmatch(host):
            return self._refusals.refuse(environ, start_response, 400)
        if environ["REQUEST_METHOD"] not in WITHOUT_BODY and (status := self._take_in(environ, _most_of(environ))):
            return self._refusals.refuse(environ, start_response, status, WAIT_S if status == 503 else 0)
        return self._app(environ, start_response)

    def _take_in(self, environ: WSGIEnvironment, most: int) -> int:
        """Read the body; the status to refuse it with, or 0."""
        if not self._may_read():
            return 503
        try:
            # One more than may be: a stream that reaches its end there is not told from one that is cut off.
            body = get_input_stream(environ, max_content_length=most + 1).read()
        except HTTPException as fault:  # too large, or its sender hung up
            return 413 if fault.code == 413 else 400
        finally:
            self._readers.release()
        if len(body) > most:
            return 413
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return 0

    def _may_read(self) -> bool:
        """Whether it is this sender's turn, perhaps after a moment."""
        if self._readers.acquire(blocking=False):
            return True
        if not self._next.acquire(blocking=False):
            return False
        try:
            return self._readers.acquire(timeout=WAITS_S)
        finally:
            self._next.release()


def _most_of(environ: WSGIEnvironment) -> int:
    return _most_at(environ["PATH_INFO"])


def _most_at(path: str) -> int:
    if path.startswith(SHEETS):
        return MOST_SHEET
    if found := PHOTOS.fullmatch(path):
        return MOST_PHOTOS if found[1] else MOST_PHOTO
    return LARGER.get(path, MOST_BODY)


class Counted(IntegerConverter):
    """A number in an address; where none can be so large, nothing is found."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=MOST_NUMBER)


def bound_numbers(app: Flask) -> None:
    """Bound the numbers in addresses, before the first of them is made known: no database is asked for larger ones."""
    app.url_map.converters["int"] = Counted


def bound_forms(app: Flask) -> None:
    """Bound what an app reads of a form, should a body ever come to it by another way."""
    app.config.update(MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=MOST_BODY, MAX_FORM_PARTS=MOST_FIELDS)

    @app.url_value_preprocessor  # which comes before anything reads the form
    def more_for_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        most = _most_at(request.path)
        if most > MOST_BODY:
            request.max_content_length = most
            # Of a file, too, what is read at once must fit in.
            request.max_form_memory_size = most
        if request.path.startswith(SHEETS):
            request.max_form_parts = MOST_ANSWERS
