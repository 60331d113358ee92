"""What goes with every answer: who may do what with it, and how long it may be kept."""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress


def page_policy(pictures: str = "") -> str:
    """Write the policy of our own pages: nothing from another host, and no script or style written into the page.

    Parameters
    ----------
    pictures
        Other hosts that pages may show pictures from, parted by blanks: the provider of the base map, where there is
        one. A picture can neither run nor read anything.
    """
    shown = " ".join(("'self' data:", *pictures.split()))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {shown}; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


MAP_POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""For the folium map alone, should a browser show it and not keep it. Folium writes a map as script inside the page, so
that page must be let run it. The sandbox pays for it: without ``allow-same-origin`` the map lives in an origin of its
own, where it can read no cookie and call no address of ours."""

WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
"""For scripts outside of `/static/`: a service worker lives by the policy that it came with."""

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: should a browser ever show it as one, nothing in it works."""

REFUSAL_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""For the page that says no before the framework is asked: it has a style and a picture."""

HEADERS = (
    ("Server", "yizhan"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), display-capture=(), midi=()",
    ),
)
"""With every answer. The policy for referrers names this house, without the path and the question: where a person
stands is in the addresses of pages, and the address of the page before stands in many a log. Tile providers ask for
that much."""

PRIVATE_HEADERS = (("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"))
"""With every answer but `open data`: no page of another site can take it in, or frame it."""

OPEN_HEADERS = (("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin"))
"""With the public list of stations and the answers from it: pages of other sites may read them, as anybody may. Cookies
do not come along with such a request, and play no part in these answers."""

STATIC_HEADERS = (("Cross-Origin-Resource-Policy", "cross-origin"), ("X-Frame-Options", "DENY"))
"""With scripts and styles, the same for everybody."""

OPEN_DATA = ("/api/nearest", "/api/stations", "/api/changes", "/download/")

HTTPS_HEADERS = (("Strict-Transport-Security", "max-age=31536000"),)
"""Where a request came by https: the browser is to ask by no other way for a year."""

COMPRESSED = [
    "application/geo+json",
    "application/vnd.mapbox-vector-tile",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
]
"""What is sent compressed. The short answers of `/api/nearest` are not among them: squeezing one takes longer than
finding it."""

A_YEAR = "public, max-age=31536000, immutable"


def headers_for(path: str, *, over_https: bool) -> tuple[tuple[str, str], ...]:
    """Give the headers that go with any answer of an address."""
    audience = PRIVATE_HEADERS
    if path.startswith(OPEN_DATA):
        audience = OPEN_HEADERS
    elif path.startswith("/static/"):
        audience = STATIC_HEADERS
    return HEADERS + audience + (HTTPS_HEADERS if over_https else ())


def guard(response: Response, policy: str) -> None:
    """Put on an answer to the current request what it may be used for.

    Parameters
    ----------
    policy
        That of our own pages. An answer that brings one of its own keeps it.
    """
    headers, kind = response.headers, response.mimetype
    for name, value in headers_for(request.path, over_https=request.is_secure):
        headers[name] = value
    if kind == "text/html":
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("Cache-Control", "private, no-cache")
    elif request.endpoint != "static":
        headers.setdefault("Content-Security-Policy", WORKER_POLICY if kind == "text/javascript" else DATA_POLICY)


def protect(app: Flask, pictures: str = "") -> None:
    """Send the headers with every answer, and version the addresses of static files by their content.

    Parameters
    ----------
    pictures
        As for `page_policy`.
    """
    folder = Path(app.static_folder or "static")
    policy = page_policy(pictures)

    @lru_cache(maxsize=256)
    def digest(name: str, _changed_ns: int, _size: int) -> str:
        return blake2b((folder / name).read_bytes(), digest_size=6).hexdigest()

    def version(name: str) -> str | None:
        try:
            stat = os.stat(f"{folder}/{name}")  # noqa: PTH116  for every address in every page: a path takes twice as long
            return digest(name, stat.st_mtime_ns, stat.st_size)
        except (OSError, ValueError):  # not there, a folder, or no name that a file could have
            return None

    def add_version(endpoint: str, values: dict[str, str | None]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = version(str(values.get("filename")))

    @lru_cache(maxsize=512)
    def static_address(_root: str, name: str, version: str | None) -> str:
        return app.url_for("static", filename=name, v=version)

    def address(endpoint: str, **values: Any) -> str:
        """As `url_for`; a page has some twenty addresses of static files, which are put together once each."""
        if endpoint == "static" and values.keys() == {"filename"}:
            return static_address(request.script_root, values["filename"], version(values["filename"]))
        return app.url_for(endpoint, **values)

    compress = Compress()
    app.config.setdefault("COMPRESS_REGISTER", False)
    app.config.setdefault("COMPRESS_MIMETYPES", COMPRESSED)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    compress.init_app(app)

    def send(response: Response) -> Response:
        kind = response.mimetype
        guard(response, policy)
        if request.endpoint == "static" and response.status_code in {200, 206, 304}:
            # An address with the version of what is there now never changes its content; any other is asked about.
            name = str((request.view_args or {}).get("filename"))
            current = request.args.get("v") == version(name)
            response.headers["Cache-Control"] = A_YEAR if current else "no-cache"
            if response.status_code == 200 and kind in COMPRESSED:
                # Taken in whole: Flask-Compress leaves a file that it compresses piece by piece open.
                response.direct_passthrough = False
                response.get_data()
        return compress.after_request(response) if kind in COMPRESSED else response

    app.url_defaults(add_version)
    app.add_template_global(address, "url_for")
    app.after_request(send)
