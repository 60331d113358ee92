"""Positions in the links that map services share, each with the axis order and the datum of its service.

What a link means is what its service documents:

* AMap: ``position``, ``to`` longitude first, ``q`` and ``p`` latitude first, GCJ-02 unless ``coordinate=wgs84`` or
  ``dev=1`` (https://lbs.amap.com/api/uri-api/summary).
* Baidu: latitude first, BD-09 unless ``coord_type`` says otherwise; addresses of the site itself are in metres of
  Baidu's Mercator (https://lbsyun.baidu.com/index.php?title=uri).
* Tencent and WeChat: latitude first, GCJ-02 unless ``coord_type=1`` (https://lbs.qq.com/uri_v1/).
* Apple: latitude first, GCJ-02 in China, as AMap draws those maps.
* Google: latitude first; its streets in China are in GCJ-02, its pictures in WGS-84, so the datum is not known.
* OpenStreetMap and ``geo:`` (RFC 5870): latitude first, WGS-84.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from geodata.datum import Datum, lonlat_to_wgs84
from geodata.lonlat import LonLat, distance_m

MOST_PARAMETERS = 60
LONGEST_NAME = 80

COARSE_DECIMALS = 2
"""A position of two decimals is known to half a kilometre: no better than what a wrong datum costs."""

DOUBT_M = 50.0
"""Datums that lie nearer to each other than this need no question."""

BAIDU_A_M, BAIDU_B_M = 6_378_206.4, 6_356_583.8
"""Semi-axes of Clarke's ellipsoid of 1866. The metres of Baidu's own addresses are the Mercator projection of BD-09
degrees on it, to 0.3 m: found by comparing it with the polynomials of Baidu's public JavaScript API."""

_NUMBER = r"[-+]?[0-9]{1,9}(?:\.[0-9]{1,20})?"
_PAIR = re.compile(rf"(?<![\w.])({_NUMBER})\s*,\s*({_NUMBER})(?![\w.])")
_TWO = re.compile(rf"({_NUMBER})\s*,\s*({_NUMBER})")
_PLAIN = re.compile(_NUMBER)
_LINK = re.compile(
    r"(?:geo:|[a-z][a-z0-9+.-]{1,15}://|(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,8}/)[^\s<>\"“”「」《》]+", re.IGNORECASE
)
_CLOSING = ".,;!?)]}，。；！？）】、》」"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A longitude and latitude as somebody pasted them.

    Attributes
    ----------
    lon, lat
        Degrees of `datum`.
    datum
        What they refer to; ``None`` where that cannot be known.
    likely
        What to take them for as long as nobody has said.
    decimals
        Of the finer of the two.
    name
        What the link calls the place; may be empty.
    """

    lon: float
    lat: float
    datum: Datum | None
    likely: Datum = Datum.GCJ02
    decimals: int = 6
    name: str = ""

    def position(self, said: Datum | None = None) -> LonLat:
        """The position in WGS-84; ``said`` is the datum that the person chose, used only where it cannot be known.

        Raises
        ------
        PositionError
            Not on Earth.
        """
        return lonlat_to_wgs84(self.lon, self.lat, self.read_as(said))

    def read_as(self, said: Datum | None = None) -> Datum:
        """The datum that the position is taken for; one that is given too coarsely to tell is taken as it stands."""
        if self.datum is not None:
            return self.datum
        return said or self.likely if self.is_in_doubt else Datum.WGS84

    @property
    def is_in_doubt(self) -> bool:
        """Whether the datum is not known and matters here: in China, and given finely enough."""
        if self.datum is not None or self.decimals <= COARSE_DECIMALS:
            return False
        plain = lonlat_to_wgs84(self.lon, self.lat, Datum.WGS84)
        return distance_m(plain, lonlat_to_wgs84(self.lon, self.lat, Datum.GCJ02)) > DOUBT_M


@dataclass(frozen=True, slots=True)
class _Service:
    """How the links of one service are read.

    Attributes
    ----------
    lon_first, lat_first
        Parameters that hold both coordinates, and perhaps a name after them; the first that does counts.
    apart
        Pairs of parameters for latitude and longitude.
    names
        Parameters that hold a name.
    datums
        For a parameter, the datum by its value; what is not there is `datum`.
    """

    hosts: re.Pattern[str]
    datum: Datum | None
    lon_first: Sequence[str] = ()
    lat_first: Sequence[str] = ()
    apart: Sequence[tuple[str, str]] = ()
    names: Sequence[str] = ("name", "title", "toname", "dname", "q")
    datums: Mapping[str, Mapping[str, Datum]] = field(default_factory=dict)


def _hosts(*ends: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\.)(?:{'|'.join(ends)})$")


_AMAP = _Service(
    _hosts(r"amap\.com", r"gaode\.com", "androidamap", "iosamap", "amapuri"),
    Datum.GCJ02,
    lon_first=("position", "to", "to[lnglat]", "dest", "location", "markers", "center"),
    lat_first=("q", "__q", "p"),
    apart=(("dlat", "dlon"), ("lat", "lon"), ("lat", "lng")),
    names=("name", "toname", "to[name]", "dname", "poiname"),
    datums={"coordinate": {"wgs84": Datum.WGS84}, "dev": {"1": Datum.WGS84}},
)
_BAIDU_DATUMS = {
    "wgs84": Datum.WGS84,
    "wgs84ll": Datum.WGS84,
    "gcj02": Datum.GCJ02,
    "gcj02ll": Datum.GCJ02,
}
_BAIDU = _Service(
    _hosts(r"map\.baidu\.com", r"maps\.baidu\.com", "baidumap", "bdapp"),
    Datum.BD09,
    lat_first=("location", "latlng", "destination", "center"),
    lon_first=("c",),
    names=("title", "name"),
    datums={"coord_type": _BAIDU_DATUMS, "coordtype": _BAIDU_DATUMS},
)
_TENCENT = _Service(
    _hosts(r"map\.qq\.com", r"map\.wap\.qq\.com", r"mapapi\.qq\.com", "qqmap"),
    Datum.GCJ02,
    lat_first=("tocoord", "marker", "coord", "center", "location"),
    apart=(("pointy", "pointx"), ("lat", "lng")),
    names=("to", "name", "title"),
    datums={"coord_type": {"1": Datum.WGS84}},
)
_APPLE = _Service(
    _hosts(r"maps\.apple\.com", r"maps\.apple", "maps"),
    Datum.GCJ02,
    lat_first=("coordinate", "daddr", "ll", "q", "sll", "center"),
    names=("name", "q"),
)
_GOOGLE = _Service(
    _hosts(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?", r"goo\.gl", "comgooglemaps"),
    None,
    lat_first=("query", "destination", "q", "daddr", "ll", "center"),
    names=("q", "query"),
)
_OSM = _Service(
    _hosts(r"openstreetmap\.org", r"osm\.org", r"opentopomap\.org"),
    Datum.WGS84,
    lat_first=("to",),
    apart=(("mlat", "mlon"),),
)
_ANY = _Service(_hosts(".*"), None, apart=(("lat", "lon"), ("lat", "lng"), ("latitude", "longitude")))
"""Any other site: a latitude and a longitude called so, of no known datum."""

_SERVICES = (_AMAP, _BAIDU, _TENCENT, _APPLE, _GOOGLE, _OSM, _ANY)

_GOOGLE_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
_GOOGLE_PATH = re.compile(rf"/(?:place|search|dir/[^/]*)/(?:loc:)?({_NUMBER}),\s*({_NUMBER})(?=[/?]|$)")
_AT = re.compile(rf"/@({_NUMBER}),({_NUMBER})")
_OSM_MAP = re.compile(rf"map=[0-9.]+/({_NUMBER})/({_NUMBER})")
_GEO = re.compile(rf"geo:({_NUMBER}),({_NUMBER})", re.IGNORECASE)


def find_links(text: str) -> list[str]:
    """Give the links in a text, without the punctuation that closes a sentence around them."""
    return [found.rstrip(_CLOSING) for found in _LINK.findall(text)]


def read_link(link: str) -> Pasted | None:
    """Read a position from a link; ``None`` where it holds none, as those that were shortened."""
    if link[:4].lower() == "geo:":
        return _read_geo(link)
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = (parts.hostname or "") if parts.scheme in {"http", "https"} else parts.scheme
        asked = dict(reversed(parse_qsl(parts.query, max_num_fields=MOST_PARAMETERS)))
    except ValueError:
        return None
    service = next(one for one in _SERVICES if one.hosts.search(host.lower()))
    where = _places(service, parts, asked)
    if where is None:
        return None
    lon, lat, decimals, name = where
    if service is _BAIDU and max(abs(lon), abs(lat)) > 180.0:
        lon, lat = degrees_of_baidu(lon, lat)
        decimals = 5
    datum = service.datum
    for parameter, values in service.datums.items():
        # Words may follow a link with no blank between.
        said = re.match("[a-z0-9]*", asked.get(parameter, "").lower())
        datum = values.get(said[0] if said else "", datum)
    name = name or next((asked[key] for key in service.names if asked.get(key) and not _TWO.match(asked[key])), "")
    return Pasted(lon, lat, datum, decimals=decimals, name=_tidy(name))


def degrees_of_baidu(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude, BD-09 degrees, of metres in Baidu's Mercator.

    The inverse of the ellipsoidal Mercator projection by J. P. Snyder, "Map
    Projections: A Working Manual", USGS Professional Paper 1395 (1987), equations
    7-9, 7-10 and 7-12.
    """
    e = math.sqrt(1.0 - (BAIDU_B_M / BAIDU_A_M) ** 2)
    t = math.exp(-min(max(y_m / BAIDU_A_M, -20.0), 20.0))
    phi = math.pi / 2.0 - 2.0 * math.atan(t)
    for _ in range(8):
        sin = e * math.sin(phi)
        phi = math.pi / 2.0 - 2.0 * math.atan(t * ((1.0 - sin) / (1.0 + sin)) ** (e / 2.0))
    return math.degrees(x_m / BAIDU_A_M), math.degrees(phi)


Place = tuple[float, float, int, str]
"""Longitude, latitude, decimals, name."""


def _places(service: _Service, parts: SplitResult, asked: Mapping[str, str]) -> Place | None:
    """The first place that a link names, in the order in which its service prefers them."""
    path = unquote(parts.path)
    if service is _GOOGLE and (pins := _GOOGLE_PIN.findall(path)):
        return _place(*reversed(pins[-1]))
    for lon_first, keys in ((True, service.lon_first), (False, service.lat_first)):
        for key in keys:
            if found := _PAIR.search(asked.get(key, "")):
                rest = asked[key][found.end() :].lstrip(", ")
                first, second = found.groups() if lon_first else reversed(found.groups())
                return _place(first, second, _named(rest))
    for lat, lon in service.apart:
        if _PLAIN.fullmatch(asked.get(lat, "").strip()) and _PLAIN.fullmatch(asked.get(lon, "").strip()):
            return _place(asked[lon].strip(), asked[lat].strip())
    return _place_in_path(service, path, parts.fragment)


def _place_in_path(service: _Service, path: str, fragment: str) -> Place | None:
    if service is _AMAP and (found := re.search(rf"/__q=({_NUMBER}),({_NUMBER}),?([^/&]*)", path)):
        return _place(found[2], found[1], found[3])
    if service is _GOOGLE and (found := _GOOGLE_PATH.search(path) or _AT.search(path)):
        return _place(found[2], found[1])
    if service is _BAIDU and (found := _AT.search(path)):
        return _place(found[1], found[2])
    if service is _OSM and (found := _OSM_MAP.search(fragment)):
        return _place(found[2], found[1])
    return None


def _read_geo(link: str) -> Pasted | None:
    """A ``geo:`` URI; Android writes 0,0 and the true place, with a label in brackets, into ``q``."""
    found = _GEO.match(link)
    if found is None:
        return None
    query = unquote(link.partition("?")[2].replace("+", " "))
    pin = re.search(rf"(?:^|&)q=({_NUMBER}),\s*({_NUMBER})(?:\(([^)]*)\))?", query)
    lat, lon = (pin or found).groups()[:2]
    crs = re.search(r";crs=([\w-]+)", link, re.IGNORECASE)
    known = crs is None or crs[1].lower() == "wgs84"
    where = _place(lon, lat, pin[3] or "" if pin else "")
    return Pasted(*where[:2], Datum.WGS84 if known else None, decimals=where[2], name=_tidy(where[3]))


def _place(lon: str, lat: str, name: str = "") -> Place:
    return float(lon), float(lat), max(map(decimals_of, (lon, lat))), name


def decimals_of(number: str) -> int:
    """How many decimals a number is written with."""
    return len(number.partition(".")[2])


def _named(rest: str) -> str:
    """A name behind a position: ``,Name``, ``|name:Name``, ``;title:Name;addr:…``."""
    labelled = re.search(r"(?:title|name):([^;|]*)", rest)
    return labelled[1] if labelled else re.split(r"[;|,]", rest)[0]


def _tidy(name: str) -> str:
    return " ".join(name.split())[:LONGEST_NAME]
