"""What goes with every answer: who may do what with it, and how long it may be kept."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, request
from flask_compress import Compress

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For our own pages: nothing from another host, and no script or style written into the page."""

MAP_POLICY = (
    "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""For the folium map alone. Folium writes a map as script inside the page, so that page must be let run it. The sandbox
pays for it: without ``allow-same-origin`` the map lives in an origin of its own, where it can read no cookie, call no
address of ours and reach no page around it."""

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
)

COMPRESSED = [
    "application/geo+json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
]
"""What is sent compressed. The short answers of `/api/nearest` are not among them: squeezing one takes longer than
finding it."""

A_YEAR = "public, max-age=31536000, immutable"


def protect(app: Flask, pictures: str = "") -> None:
    """Send the headers with every answer, and version the addresses of static files by their content.

    Parameters
    ----------
    pictures
        The one other host that pages may show pictures from: the provider of the base map, where there is one.
    """
    folder = Path(app.static_folder or "static")
    policy = PAGE_POLICY.replace("img-src 'self' data:", f"img-src 'self' data: {pictures}".rstrip())

    @lru_cache(maxsize=256)
    def digest(name: str, _changed_ns: int, _size: int) -> str:
        return blake2b((folder / name).read_bytes(), digest_size=6).hexdigest()

    def version(name: str) -> str | None:
        try:
            stat = (folder / name).stat()
        except OSError:
            return None
        return digest(name, stat.st_mtime_ns, stat.st_size)

    def add_version(endpoint: str, values: dict[str, str | None]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = version(str(values.get("filename")))

    compress = Compress()
    app.config.setdefault("COMPRESS_REGISTER", False)
    app.config.setdefault("COMPRESS_MIMETYPES", COMPRESSED)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    compress.init_app(app)

    def send(response: Response) -> Response:
        headers, kind = response.headers, response.mimetype
        headers.extend(HEADERS)
        if kind == "text/html":
            headers.setdefault("Content-Security-Policy", policy)
        elif kind != "application/json" and request.endpoint == "static" and response.status_code in {200, 206, 304}:
            # An address with the version of what is there now never changes its content; any other is asked about.
            name = str((request.view_args or {}).get("filename"))
            current = request.args.get("v") == version(name)
            headers["Cache-Control"] = A_YEAR if current else "no-cache"
            if response.status_code == 200 and kind in COMPRESSED:
                # Taken in whole: Flask-Compress leaves a file that it compresses piece by piece open.
                response.direct_passthrough = False
                response.get_data()
        return compress.after_request(response) if kind in COMPRESSED else response

    app.url_defaults(add_version)
    app.after_request(send)
