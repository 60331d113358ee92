"""The page around a folium map: its scripts and styles written into it, and no name in it read as a template."""

from __future__ import annotations

import base64
import re
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


def rendered(page: Figure) -> str:
    """Let folium write the page, and give its scripts' texts their braces back, as escapes."""
    html: str = page.render()
    for brace, stand_in in STAND_INS.items():
        escaped = f"\\u{ord(brace):04x}"
        html = html.replace(stand_in, escaped).replace(f"\\u{ord(stand_in):04x}", escaped)
    # Folium calls its parts by random names. Counted instead, the same map gives the same bytes.
    counted: dict[str, str] = {}
    return _RANDOM.sub(lambda found: counted.setdefault(found[0], f"{len(counted):032x}"), html)
