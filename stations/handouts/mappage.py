"""The page around a folium map: its scripts and styles written into it, and no name in it read as a template."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure
from folium.template import Template

SCRIPTS = ("vendor/leaflet/leaflet.js", "js/planning_map.js")
STYLES = ("vendor/leaflet/leaflet.css", "css/planning_map.css")

STAND_INS = {"{": "\ue000", "}": "\ue001"}
"""Folium compiles the script that it has written as a template once more, names and all: a station called ``{{ ... }}``
would run inside this server. So no brace of ours goes into folium; private characters stand for them, and become the
escapes of a script's text when folium is done."""

_BRACES = str.maketrans(STAND_INS)


class Inlined:
    """Written into the page, so that one file is the whole map.

    Parameters
    ----------
    folder
        Where the static files are.
    """

    NO_NETWORK = (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">"
    )
    """The kept file forbids itself the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def into(self, head: Element) -> None:
        """Add the content of each file."""
        head.add_child(Piece(self.NO_NETWORK))
        for name in STYLES:
            head.add_child(Piece(f"<style>{self._style(self.folder / name)}</style>"))
        for name in SCRIPTS:
            script = (self.folder / name).read_text(encoding="utf-8")
            # A copy on disk has no source map beside it, and nothing may end the element early.
            script = re.sub(r"//# sourceMappingURL=\S+", "", script).replace("</script", "<\\/script")
            head.add_child(Piece(f"<script>{script}</script>"))

    @staticmethod
    def _style(path: Path) -> str:
        def picture(found: re.Match[str]) -> str:
            if found[1].startswith(("data:", "#")):
                return found[0]
            data = base64.b64encode((path.parent / found[1]).read_bytes()).decode()
            kind = "svg+xml" if found[1].endswith(".svg") else "png"
            return f"url(data:image/{kind};base64,{data})"

        return re.sub(r"url\([\"']?([^\"')]+)[\"']?\)", picture, path.read_text(encoding="utf-8"))


ROAD_WIDTHS = (3.2, 2.6, 2.1, 1.6, 0.9, 0.5)
"""By rank, the broadest first."""

GROUND = {
    "green": {"fillColor": "#b9cf9c", "fillOpacity": 0.45, "stroke": False},
    "water": {"color": "#8fb6c9", "weight": 0.8, "fillColor": "#b5d3e1", "fillOpacity": 0.9},
    "waterway": {"color": "#9cc3d6", "weight": 1.4, "fill": False},
    "road": {"color": "#8f8170", "weight": 1.0, "fill": False},
    "rail": {"color": "#5f5a55", "weight": 1.8, "dashArray": "6 4", "fill": False},
}

_RANDOM = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")


class CountyMap(folium.Map):
    """A folium map that asks no other host for anything.

    Folium's own lists of scripts and styles point to content networks. They are
    put aside for this one map, not changed for the class.
    """

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=[(south + north) / 2.0, (west + east) / 2.0],
            tiles=None,
            zoom_snap=0.25,
            attribution_control=False,
            county_bounds=[[south, west], [north, east]],  # read by planning_map.js
        )
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []


class Piece(Element):
    """A piece of the page, as it is: what it holds is never read as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def without_braces(value: Any) -> Any:
    """Put stand-ins for the braces in every text of a value, which may then go into folium."""
    if isinstance(value, str):
        return value.translate(_BRACES)
    if isinstance(value, dict):
        return {without_braces(key): without_braces(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_braces(one) for one in value]
    return value


def layer(
    data: dict[str, Any],
    pane: str,
    *,
    marker: folium.Circle | folium.CircleMarker | folium.Marker | None = None,
    **options: Any,
) -> folium.GeoJson:
    """A layer of features, each with its ``style`` among its properties."""
    for feature in data["features"]:
        feature["id"], feature["properties"] = without_braces(feature["id"]), without_braces(feature["properties"])
    # Folium asks for the style of a feature more than once, and would write what is left in its properties.
    styles = {feature["id"]: feature["properties"].pop("style") for feature in data["features"]}
    if marker is not None:
        marker.options["pane"] = pane
    return folium.GeoJson(
        data,
        style_function=lambda feature: styles[feature["id"]],
        marker=marker,
        pane=pane,
        **options,
    )


def ground_layer(ground: Mapping[str, Any]) -> folium.GeoJson:
    """What the land is known by: a GeoJSON FeatureCollection with ``kind`` (a key of `GROUND`) and ``rank``."""
    order = {kind: at for at, kind in enumerate(GROUND)}
    features = [
        {
            "type": "Feature",
            "id": at,
            "geometry": feature["geometry"],
            "properties": {"style": _ground_style(feature["properties"]) | {"interactive": False}},
        }
        for at, feature in enumerate(
            sorted(
                (feature for feature in ground["features"] if feature["properties"]["kind"] in GROUND),
                key=lambda feature: (order[feature["properties"]["kind"]], -feature["properties"]["rank"]),
            )
        )
    ]
    return layer({"type": "FeatureCollection", "features": features}, "ground", interactive=False, smooth_factor=1.2)


def _ground_style(properties: Mapping[str, Any]) -> dict[str, Any]:
    style = dict(GROUND[properties["kind"]])
    if properties["kind"] == "road":
        style["weight"] = ROAD_WIDTHS[min(properties["rank"], len(ROAD_WIDTHS) - 1)]
    return style


def rendered(page: Figure) -> str:
    """Let folium write the page, and give its scripts' texts their braces back, as escapes."""
    html: str = page.render()
    for brace, stand_in in STAND_INS.items():
        escaped = f"\\u{ord(brace):04x}"
        html = html.replace(stand_in, escaped).replace(f"\\u{ord(stand_in):04x}", escaped)
    # Folium calls its parts by random names. Counted instead, the same map gives the same bytes.
    counted: dict[str, str] = {}
    return _RANDOM.sub(lambda found: counted.setdefault(found[0], f"{len(counted):032x}"), html)
