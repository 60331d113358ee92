"""How much one may send: what is larger is refused before anything reads it."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import get_input_stream

from stations.web.clients import HOST
from stations.web.refusals import Refusals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_ADDRESS = 8000
"""Characters of path and parameters, as nginx has it too."""

MOST_PARAMETERS = 100

MOST_BODY = 64 * 1024
"""Bytes of what is sent; the longest form has a note of two hundred characters."""

MOST_FIELDS = 50

WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
"""What asks and sends nothing; a body that comes all the same is never read."""

WAIT_S = 5

READ_AT_ONCE = 2
"""Bodies that a worker reads at the same time. Whoever sends a byte a minute keeps a thread waiting, and there are
four, so some are always left for those who only ask. A proxy that takes a body in whole before it passes it on, as
nginx does, spares the house this."""


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
        self._readers = BoundedSemaphore(READ_AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Measure, and pass on or refuse."""
        asked = environ.get("QUERY_STRING", "")
        if len(environ["PATH_INFO"]) + len(asked) > MOST_ADDRESS or asked.count("&") >= MOST_PARAMETERS:
            return self._refusals.refuse(environ, start_response, 414)
        host = environ.get("HTTP_HOST")
        if host is not None and not HOST.fullmatch(host):
            return self._refusals.refuse(environ, start_response, 400)
        if environ["REQUEST_METHOD"] not in WITHOUT_BODY and (status := self._take_in(environ)):
            return self._refusals.refuse(environ, start_response, status, WAIT_S if status == 503 else 0)
        return self._app(environ, start_response)

    def _take_in(self, environ: WSGIEnvironment) -> int:
        """Read the body; the status to refuse it with, or 0."""
        if not self._readers.acquire(blocking=False):
            return 503
        try:
            # One more than may be: a stream that reaches its end there is not told from one that is cut off.
            body = get_input_stream(environ, max_content_length=MOST_BODY + 1).read()
        except HTTPException as fault:  # too large, or its sender hung up
            return 413 if fault.code == 413 else 400
        finally:
            self._readers.release()
        if len(body) > MOST_BODY:
            return 413
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return 0


def bound_forms(app: Flask) -> None:
    """Bound what an app reads of a form, should a body ever come to it by another way."""
    app.config.update(MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=MOST_BODY, MAX_FORM_PARTS=MOST_FIELDS)
