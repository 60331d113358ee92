"""The busiest door, in front of the framework.

Finding the nearest stations takes less time than the framework's way through a
request. So this asks first: an answer that can be given is given at once. What
cannot, because a parameter is wrong or something is asked that only a page
knows, goes on to the app, where the same view says so. Hence nothing is decided
here, and taking it away changes only the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from stations.web.params import Args

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_CHARACTERS = 2000
"""A longer address is the app's to refuse."""


class Quick:
    """A WSGI application that answers one address itself and passes on the rest.

    Parameters
    ----------
    app
        What stands behind.
    path
        The address.
    answer
        Gives the body of an answer, or raises what is wrong with the question.
    headers
        What goes with an answer, by the scheme of the request.
    """

    def __init__(
        self,
        app: WSGIApplication,
        path: str,
        answer: Callable[[Args], bytes],
        headers: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        self._app, self._path, self._answer, self._headers = app, path, answer, headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or pass on."""
        if environ["PATH_INFO"] == self._path and environ["REQUEST_METHOD"] == "GET":
            asked = environ.get("QUERY_STRING", "")
            if asked.isascii() and len(asked) <= MOST_CHARACTERS:
                args = parse_qs(asked, keep_blank_values=True)
                try:
                    body = self._answer(args) if "lang" not in args else b""
                except Exception:  # noqa: BLE001  whatever it is, the view behind meets it too, and knows how to tell
                    body = b""
                if body:
                    headers = self._headers[environ["wsgi.url_scheme"]]
                    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
                    return [body]
        return self._app(environ, start_response)
