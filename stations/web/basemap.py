"""What lies under the maps: the atlas's own vector tiles, or the tiles of a provider."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from flask import url_for
from flask_babel import gettext

from geodata.datum import Datum
from stations.errors import SettingsError
from stations.settings import PREFIX, Settings
from stations.web.house import House
from stations.wording.credit import say_credit

OWN_CLOSEST = 15
"""Zoom of the closest tiles that are made of an atlas; a browser draws them larger beyond it."""

OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
AMAP = "https://webrd01.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
TIANDITU = (
    "https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
"""Web Mercator tiles of the national platform, in CGCS2000, which is WGS-84 to within a decimetre. ``vec`` is the
ground, ``cva`` its names. http://lbs.tianditu.gov.cn/server/MapService.html"""

PLACEHOLDERS = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Where the tiles under a map come from.

    Attributes
    ----------
    layers
        Addresses with ``{z}``, ``{x}`` and ``{y}``, the lowest layer first; none for the atlas's own tiles.
    closest
        Zoom of the closest tiles there are.
    datum
        What the tiles are drawn in: ``WGS84`` or ``GCJ02``.
    credit
        Whose they are, in English; the words of a provider's name are translated.
    terms
        Where the provider says so itself; empty where it asks for no link.
    host
        The one other host that pages must be let ask for pictures, as ``https://...``; empty for our own.
    """

    layers: tuple[str, ...] = ()
    closest: int = OWN_CLOSEST
    datum: Datum = Datum.WGS84
    credit: str = ""
    terms: str = ""
    host: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the ground is the atlas's own."""
        return not self.layers


def shown_base_map(base: BaseMap, house: House) -> dict[str, Any]:
    """Give what templates/base/map.html says of the base map, in the reader's language."""
    shown: dict[str, Any] = {
        "own": base.is_own,
        "layers": list(base.layers),
        "closest": base.closest,
        "datum": base.datum.value,
        "bounds": None if house.atlas is None else house.atlas.summary.bounds,
    }
    if not base.is_own:
        return shown | {"credit": gettext(base.credit), "terms": base.terms}
    first = url_for("tiles.tile", mark=house.map_mark, z=0, x=0, y=0)
    return shown | {"address": first.removesuffix("0/0/0.mvt") + "{z}/{x}/{y}.mvt", "credit": say_credit(house.atlas)}


def read_base_map(settings: Settings) -> BaseMap:
    """Read which base map the settings name.

    Raises
    ------
    SettingsError
        No such provider, no key where one is needed, or an address that cannot be used.
    """
    tiles, key = settings.tiles.strip(), quote(settings.tiles_key.get_secret_value().strip(), safe="")
    match tiles:
        case "":
            return BaseMap()
        case "osm":
            return _provided(
                (OSM,), 19, "© OpenStreetMap contributors", terms="https://www.openstreetmap.org/copyright"
            )
        case "amap":
            return _provided((AMAP,), 18, "© AMap (AutoNavi)", datum=Datum.GCJ02)
        case "tianditu":
            if not key:
                raise SettingsError(
                    "{variable} is “tianditu”, which needs a key. Get a browser key at console.tianditu.gov.cn and set "
                    "{key}.",
                    variable=f"{PREFIX}TILES",
                    key=f"{PREFIX}TILES_KEY",
                )
            layers = tuple(TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva"))
            return _provided(layers, 18, "© Tianditu, National Platform for Common Geospatial Information Services")
    return _by_address(tiles, key)


def _by_address(tiles: str, key: str) -> BaseMap:
    """A provider given by the address of its tiles."""
    fault = _fault(tiles, key)
    if fault:
        raise SettingsError(
            "{variable} is “{value}”, which cannot be used: {fault}. Set it to osm, tianditu, amap, or an address like "
            "https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, or unset it for the map of the atlas.",
            variable=f"{PREFIX}TILES",
            value=tiles.partition("?")[0][:120],  # what follows may hold a key
            fault=fault,
        )
    return _provided((tiles.replace("{key}", key),), 19, urlsplit(tiles).netloc)


def _fault(tiles: str, key: str) -> str:
    """Say what is wrong with an address of tiles; nothing where all is well."""
    if not tiles.startswith("https://"):
        return "it is neither a provider known here nor an https address"
    missing = [one for one in PLACEHOLDERS if one not in tiles]
    if missing:
        return f"it has no {' and no '.join(missing)}"
    strange = sorted(set(re.findall(r"\{[^{}]*\}", tiles)) - {*PLACEHOLDERS, "{key}"})
    if strange:
        return f"it has {strange[0]}, and only {{z}}, {{x}}, {{y}} and {{key}} are filled in; name one host"
    if "{key}" in tiles and not key:
        return f"it has {{key}}, and {PREFIX}TILES_KEY is not set"
    if key and "{key}" not in tiles:
        return f"{PREFIX}TILES_KEY is set, and it has no {{key}} to put it in"
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", urlsplit(tiles).netloc) or re.search(r"[\s\"'<>\\;,]", tiles):
        return "it is no plain address"
    return ""


def _provided(
    layers: tuple[str, ...], closest: int, credit: str, *, datum: Datum = Datum.WGS84, terms: str = ""
) -> BaseMap:
    return BaseMap(layers, closest, datum, credit, terms, f"https://{urlsplit(layers[0]).netloc}")
