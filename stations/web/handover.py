"""Links that hand a station over to a map program, each in its own datum and axis order."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from geodata.datum import Datum, lonlat_from_wgs84
from geodata.lonlat import LonLat

_AMAP_MODES = {"walk": "walk", "ebike": "ride"}


@dataclass(frozen=True, slots=True)
class Links:
    """Where "take me there" leads.

    Attributes
    ----------
    amap
        AMap's navigation page. ``callnative`` is left out: it fails inside WeChat, and the page offers the program
        itself.
    geo
        A ``geo:`` URI, which the phone hands to the map program of the person's choice.
    """

    amap: str
    geo: str


def links_to(position: LonLat, name: str, mode: str) -> Links:
    """Write the links to a station.

    AMap reads GCJ-02, longitude first (https://lbs.amap.com/api/uri-api/guide/travel/route).
    A ``geo:`` URI is WGS-84, latitude first (RFC 5870); the label in brackets is Android's addition.
    """
    lon, lat = lonlat_from_wgs84(position, Datum.GCJ02)
    label = quote(name, safe="")
    there = f"{position.lat:.6f},{position.lon:.6f}"
    return Links(
        amap=(
            f"https://uri.amap.com/navigation?to={lon:.6f},{lat:.6f},{label}"
            f"&mode={_AMAP_MODES.get(mode, 'walk')}&coordinate=gaode"
        ),
        geo=f"geo:{there}?q={there}({label})",
    )
