"""Links that hand a station over to a map program, each in its own datum and axis order.

What each program reads:

=========  ==========  ===============  =====================================================
AMap       GCJ-02      longitude first  https://lbs.amap.com/api/uri-api/guide/travel/route
Baidu      BD-09       latitude first   https://lbsyun.baidu.com/index.php?title=uri/api/web
Tencent    GCJ-02      latitude first   https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebRoute
Apple      GCJ-02      latitude first   Apple, "Map Links"; bent in China alone, like its maps
``geo:``   WGS-84      latitude first   RFC 5870; the label in brackets is Android's addition
=========  ==========  ===============  =====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

from geodata.datum import Datum, lonlat_from_wgs84
from geodata.lonlat import LonLat

SOURCE = "yizhan"
"""Whom the map programs are told that a link comes from."""

_AMAP = {"walk": "walk", "ebike": "ride"}
_TENCENT = {"walk": "walk", "ebike": "bike"}
_APPLE = {"walk": "w", "ebike": "c"}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to hand a station over: ``amap``, ``baidu``, ``tencent``, ``apple`` or ``geo``, and its address."""

    program: str
    address: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where "take me there" leads: the one that works best on this phone, then the others."""

    first: Link
    others: tuple[Link, ...]


def links_to(position: LonLat, name: str, mode: str, agent: str = "") -> Links:
    """Write the links to a station.

    Parameters
    ----------
    position
        WGS-84.
    name
        What the map program calls the goal.
    mode
        Key of the travel mode; any but ``ebike`` walks.
    agent
        The browser's ``User-Agent``. WeChat opens pages only, and its own map best: no address there starts another
        program. Apple's maps are offered on its devices alone, ``geo:`` everywhere else but in WeChat.
    """
    apple = any(device in agent for device in ("iPhone", "iPad", "Macintosh"))
    return _links_to(position, name, mode, "MicroMessenger" in agent, apple)


@lru_cache(maxsize=4096)  # bending a position takes longer than all else on a card
def _links_to(position: LonLat, name: str, mode: str, in_wechat: bool, apple: bool) -> Links:  # noqa: FBT001  a key
    links = {
        "amap": _amap(position, name, mode, native=not in_wechat),
        "tencent": _tencent(position, name, mode),
        "baidu": _baidu(position, name),
        "apple": _apple(position, name, mode),
        "geo": _geo(position, name),
    }
    order = ["tencent", "amap", "baidu"] if in_wechat else ["amap", "baidu", "tencent"]
    if apple:
        order.append("apple")
    elif not in_wechat:
        order.append("geo")
    first, *others = (Link(program, links[program]) for program in order)
    return Links(first, tuple(others))


def _amap(position: LonLat, name: str, mode: str, *, native: bool) -> str:
    lon, lat = lonlat_from_wgs84(position, Datum.GCJ02)
    call = "&callnative=1" if native else ""
    return (
        f"https://uri.amap.com/navigation?to={lon:.6f},{lat:.6f},{quote(name, safe='')}"
        f"&mode={_AMAP.get(mode, 'walk')}&coordinate=gaode&src={SOURCE}{call}"
    )


def _tencent(position: LonLat, name: str, mode: str) -> str:
    lon, lat = lonlat_from_wgs84(position, Datum.GCJ02)
    asked = {"type": _TENCENT.get(mode, "walk"), "to": name, "tocoord": f"{lat:.6f},{lon:.6f}", "referer": SOURCE}
    return f"https://apis.map.qq.com/uri/v1/routeplan?{urlencode(asked, quote_via=quote, safe=',')}"


def _baidu(position: LonLat, name: str) -> str:
    # A marker with its "go there": Baidu's address for a route demands to know where the person is.
    lon, lat = lonlat_from_wgs84(position, Datum.BD09)
    asked = {
        "location": f"{lat:.6f},{lon:.6f}",
        "title": name,
        "content": name,
        "coord_type": "bd09ll",
        "output": "html",
        "src": f"webapp.{SOURCE}.finder",
    }
    return f"https://api.map.baidu.com/marker?{urlencode(asked, quote_via=quote, safe=',')}"


def _apple(position: LonLat, name: str, mode: str) -> str:
    lon, lat = lonlat_from_wgs84(position, Datum.GCJ02)
    asked = {"daddr": f"{lat:.6f},{lon:.6f}", "q": name, "dirflg": _APPLE.get(mode, "w")}
    return f"https://maps.apple.com/?{urlencode(asked, quote_via=quote, safe=',')}"


def _geo(position: LonLat, name: str) -> str:
    there = f"{position.lat:.6f},{position.lon:.6f}"
    return f"geo:{there}?q={there}({quote(name, safe='')})"
