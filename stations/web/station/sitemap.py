"""`/sitemap.xml` and `/robots.txt`: what search engines may know of."""

from __future__ import annotations

from itertools import compress
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request, url_for

from stations.registry.snapshot import Snapshot
from stations.web.house import House
from stations.web.params import BadParameter, first, given, refuse_unknown
from stations.web.station.addresses import address_of, home_of

MOST_ADDRESSES = 50_000
"""In one file, as the protocol (sitemaps.org) has it; more are parted, with a list of the parts."""

SITEMAP_PARAMETERS = frozenset({"part", "lang"})
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemap_door(house: House) -> Blueprint:
    """Make the doors."""
    door = Blueprint("sitemap", __name__)

    @door.get("/sitemap.xml")
    def sitemap() -> Response:
        """The pages of the active stations, or where they are too many for one file, its parts."""
        args = given(request.args)
        refuse_unknown(args, SITEMAP_PARAMETERS)
        snapshot = house.snapshot()
        codes = codes_of(snapshot)
        parts = -(-len(codes) // MOST_ADDRESSES)
        response = Response(mimetype="application/xml")
        response.set_etag(f"s{snapshot.revision}")
        response.headers["Cache-Control"] = "no-cache"
        part = read_part(first(args, "part"))
        if part is not None and not 1 <= part <= parts:
            abort(404)
        response.make_conditional(request)
        if response.status_code != 304:
            if part is None and parts > 1:
                response.set_data(list_of_parts(house, parts))
            else:
                begin = ((part or 1) - 1) * MOST_ADDRESSES
                response.set_data(list_of_pages(house, codes[begin : begin + MOST_ADDRESSES]))
        return response

    @door.get("/robots.txt")
    def robots() -> Response:
        """Where the list of pages is, and that programs have better things to read than answers to questions."""
        shut = ("/api/", "/tiles/", "/planning?", "/planning/")
        lines = ("User-agent: *", *(f"Disallow: {path}" for path in shut), f"Sitemap: {_sitemap(house)}")
        response = Response("\n".join(lines) + "\n", mimetype="text/plain")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return door


def read_part(text: str) -> int | None:
    """Read ``part``; None when not given.

    Raises
    ------
    BadParameter
        Not a number.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadParameter("part", text, "“{value}” is not the number of a part. Give 1 or more.")
    return int(text)


def codes_of(snapshot: Snapshot) -> list[str]:
    """Codes of the active stations."""
    return list(compress(snapshot.codes, snapshot.active.tolist()))


def list_of_pages(house: House, codes: list[str]) -> str:
    """Write the addresses of stations' pages."""
    pages = "".join(f"<url><loc>{escape(address_of(house, code))}</loc></url>\n" for code in codes)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SPACE}>\n{pages}</urlset>\n'


def list_of_parts(house: House, parts: int) -> str:
    """Write the addresses of the parts of a list that is too long for one file."""
    listed = "".join(f"<sitemap><loc>{escape(_sitemap(house, part))}</loc></sitemap>\n" for part in range(1, parts + 1))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SPACE}>\n{listed}</sitemapindex>\n'


def _sitemap(house: House, part: int | None = None) -> str:
    return home_of(house) + url_for("sitemap.sitemap", part=part)
