"""How an organisation's server is asked: one address, not for long, and not for much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

MOST_BYTES = 500_000


class Wire(Protocol):
    """Asks the organisation's server."""

    def __call__(self, url: str, *, form: Mapping[str, str] | None = None, authorization: str = "") -> bytes:
        """Give what an address answers with status 200, of at most `MOST_BYTES`.

        Parameters
        ----------
        form
            What is posted; None to get.

        Raises
        ------
        ConnectionError
            It cannot be reached, or is out of order.
        OSError
            It answers something else.
        """


def over_the_network(url: str, *, form: Mapping[str, str] | None = None, authorization: str = "") -> bytes:
    """Ask a server: no other address than this one, and not for long."""
    import requests  # slow to import, and seldom needed

    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    verb, body = "GET" if form is None else "POST", b""
    try:
        with requests.request(
            verb,
            url,
            data=form,
            headers=headers,
            auth=_as_given,
            timeout=(5, 10),
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code >= requests.codes.server_error:
                raise ConnectionError(f"status {answer.status_code}")
            if answer.status_code != requests.codes.ok:
                raise OSError(f"status {answer.status_code}")
            for part in answer.iter_content(64 * 1024):
                body += part
                if len(body) > MOST_BYTES:
                    raise OSError("too long an answer")
    except requests.RequestException as fault:
        raise ConnectionError(type(fault).__name__) from fault
    return body


def _as_given(request: Any) -> Any:
    """Let a request be: without this, a password for that host in ~/.netrc would take the place of ours."""
    return request
