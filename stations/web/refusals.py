"""Saying no before the framework is asked: short, in both languages, as a page for people or JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FOR_PROGRAMS = (
    *("/api/", "/healthz", "/tiles/", "/pack.json", "/planning/answer.json", "/planning/townships.json"),
    *("/planning/siting/answer.json", "/planning/siting/progress.json", "/planning/siting/candidates.geojson"),
)
"""Addresses whose errors are JSON."""

WORDS: Mapping[int, tuple[str, str]] = {
    400: (
        "这个请求读不懂。请从首页重新开始。",
        "The request could not be understood. Begin again from the first page.",
    ),
    413: (
        "发来的内容太大了。请减少内容后再发。",
        "What was sent is too large. Make it shorter and send it again.",
    ),
    414: (
        "网址太长了。请从首页重新查找。",
        "The address is too long. Begin again from the first page.",
    ),
    429: (
        "从您所在的网络来的请求太多了。请过{zh}再试。",
        "Too many requests came from your network. Try again in {en}.",
    ),
    503: (
        "现在发送的人太多。什么也没有丢，请过几秒再发一次。",
        "Too many people are sending just now. Nothing is lost: send it again in a few seconds.",
    ),
}


class Refusals:
    """What is answered in place of the app, made without it: refusing a flood must cost less than serving it.

    Parameters
    ----------
    page
        File of the page, with ``$status``, ``$zh`` and ``$en``.
    headers
        What goes with every answer.
    """

    def __init__(self, page: Path, headers: Sequence[tuple[str, str]]) -> None:
        self._page, self._headers = Template(page.read_text(encoding="utf-8")), list(headers)

    def refuse(
        self, environ: WSGIEnvironment, start_response: StartResponse, status: int, seconds: int = 0
    ) -> Iterable[bytes]:
        """Refuse a request.

        Parameters
        ----------
        environ, start_response
            The request.
        status
            One of those that there are `WORDS` for.
        seconds
            After which one may try again; 0 to say nothing of it.
        """
        long, minutes = seconds >= 2 * 60, -(-seconds // 60)
        wait = {
            "zh": f" {minutes} 分钟" if long else f" {seconds} 秒",
            "en": f"{minutes} minutes" if long else f"{seconds} s",
        }
        zh, en = (text.format_map(wait) for text in WORDS[status])
        # Who sends something and says so, as the script of a page does, reads JSON at any address.
        asks_json = environ["REQUEST_METHOD"] == "POST" and environ.get("HTTP_ACCEPT", "") == "application/json"
        if asks_json or environ["PATH_INFO"].startswith(FOR_PROGRAMS):
            kind = "application/json"
            error = {"status": status, "field": None, "value": None, "message": f"{zh} {en}"}
            body = orjson.dumps({"error": error})
        else:
            kind = "text/html; charset=utf-8"
            body = self._page.substitute(status=status, zh=zh, en=en).encode()
        headers = [
            *self._headers,
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        if seconds:
            headers.append(("Retry-After", str(seconds)))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
