"""The addresses by which posters, shared links and search engines know a station."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from stations.web.house import House

FROM_DOOR = "door"
"""What ``from`` says in the address of a poster, so that its page offers to count a visit."""


def home_of(house: House) -> str:
    """Give the address that people know this house by, without a slash at its end; the request's where none is set."""
    return house.settings.address or request.host_url.rstrip("/")


def address_of(house: House, code: str, **asked: Any) -> str:
    """Write the whole address of a station's page, in ASCII whatever its code is written in."""
    return home_of(house) + url_for("station.show", code=code, **asked)


def address_at_the_door(house: House, code: str) -> str:
    """Write the address that stands in the code of a poster."""
    return address_of(house, code, **{"from": FROM_DOOR})
