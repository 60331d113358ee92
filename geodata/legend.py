"""The legend of the base map: which tags are drawn as what, and from which zoom on.

Zooms here are those of the tiles of data, 512 pixels wide; a map program that
counts in tiles of 256 pixels calls the same scale one more.

Kinds of OpenStreetMap follow https://wiki.openstreetmap.org/wiki/Map_features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

STREETS: Mapping[str, tuple[int, int]] = {
    "motorway": (0, 5),
    "trunk": (1, 6),
    "primary": (2, 8),
    "secondary": (3, 9),
    "tertiary": (4, 11),
    "unclassified": (5, 12),
    "residential": (5, 13),
    "road": (5, 13),
    "living_street": (6, 13),
    "pedestrian": (6, 13),
    "busway": (6, 14),
    "service": (6, 14),
    "track": (7, 13),
    "cycleway": (7, 14),
    "bridleway": (7, 14),
    "footway": (7, 14),
    "path": (7, 14),
    "steps": (7, 14),
    "corridor": (7, 15),
    "platform": (7, 15),
    "elevator": (7, 15),
}
"""Class of street -> its rank on the map (0 the broadest, 7 what is walked only) and its first zoom."""

STREET_KINDS = (
    "motorway motorway_link trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link "
    "unclassified residential living_street service road busway track pedestrian cycleway bridleway path footway steps "
    "corridor platform elevator"
).split()
"""Street classes in the order of their rank on a map; an unknown class counts as ``road``."""

LINK = "_link"
LINK_LATER = 3
"""A slip road is drawn so many zooms after its road."""

LINES: Mapping[str, tuple[str, int]] = {
    "river": ("streams", 8),
    "canal": ("streams", 11),
    "stream": ("streams", 13),
    "rail": ("rails", 8),
    "light_rail": ("rails", 11),
    "narrow_gauge": ("rails", 11),
    "subway": ("rails", 12),
    "tram": ("rails", 13),
}
"""Kind of line -> its layer and its first zoom."""

COASTLINE = "coastline"
BUILDING = "building"
SEA = "sea"

_AREA_TAGS: tuple[tuple[str, str, str], ...] = (
    ("water", "natural", "water"),
    ("water", "waterway", "riverbank dock"),
    ("water", "landuse", "reservoir basin"),
    ("school", "amenity", "school kindergarten college university"),
    ("hospital", "amenity", "hospital clinic"),
    ("civic", "amenity", "townhall courthouse fire_station police"),
    ("civic", "office", "government"),
    ("commercial", "amenity", "marketplace"),
    ("pitch", "leisure", "pitch track sports_centre stadium"),
    ("park", "leisure", "park garden playground golf_course"),
    ("park", "landuse", "village_green recreation_ground cemetery"),
    ("wood", "natural", "wood"),
    ("wood", "landuse", "forest"),
    ("grass", "landuse", "grass meadow"),
    ("grass", "natural", "grassland heath scrub fell wetland"),
    ("farm", "landuse", "farmland farmyard orchard vineyard allotments greenhouse_horticulture plant_nursery"),
    ("rock", "natural", "bare_rock scree shingle glacier"),
    ("beach", "natural", "beach sand"),
    ("square", "place", "square"),
    ("square", "man_made", "pier"),
    ("homes", "landuse", "residential"),
    ("commercial", "landuse", "commercial retail"),
    ("industrial", "landuse", "industrial depot port"),
    ("construction", "landuse", "construction brownfield greenfield"),
    ("railway", "landuse", "railway"),
)

AREA_TAGS: Mapping[tuple[str, str], str] = {
    (key, value): kind for kind, key, values in reversed(_AREA_TAGS) for value in values.split()
}
"""What an area is drawn as, by tag; of several the first in the list counts."""

AREA_ORDER = tuple(dict.fromkeys(kind for kind, _, _ in _AREA_TAGS))

GROUND_KINDS: tuple[str, ...] = (
    *"homes industrial commercial construction railway farm grass rock beach wood".split(),
    *"civic school hospital park square pitch".split(),
)
"""Areas of the layer ``land`` in the order in which they are laid over each other."""

AREA_KEYS = tuple(dict.fromkeys(key for key, _ in AREA_TAGS))

PLACES: Mapping[str, int] = {
    "city": 4,
    "county": 7,
    "town": 8,
    "borough": 9,
    "district": 10,
    "suburb": 11,
    "village": 11,
    "quarter": 12,
    "hamlet": 12,
    "neighbourhood": 13,
    "isolated_dwelling": 14,
    "farm": 14,
    "locality": 14,
}
"""Places that people live in or call by name, the greater first -> their first zoom."""

SIGHTS: Mapping[str, int] = {
    "station": 12,
    "water": 10,
    "green": 10,
    "hospital": 14,
    "square": 14,
    "civic": 14,
    "market": 14,
    "bus": 14,
    "school": 14,
    "sight": 14,
    "peak": 13,
    "works": 14,
    "estate": 14,
    "building": 15,
}
"""Other things with a name on the map, the more telling first -> the first zoom of the largest of them."""

_SIGHT_TAGS: tuple[tuple[str, str, str], ...] = (
    ("station", "railway", "station halt"),
    ("bus", "amenity", "bus_station"),
    ("hospital", "amenity", "hospital clinic"),
    ("civic", "amenity", "townhall courthouse"),
    ("civic", "office", "government"),
    ("school", "amenity", "school kindergarten college university library"),
    ("market", "amenity", "marketplace"),
    ("market", "shop", "mall department_store"),
    ("sight", "tourism", "attraction museum theme_park zoo"),
    ("sight", "amenity", "theatre place_of_worship"),
    ("peak", "natural", "peak"),
    ("square", "place", "square"),
)

SIGHT_TAGS: Mapping[tuple[str, str], str] = {
    (key, value): kind for kind, key, values in reversed(_SIGHT_TAGS) for value in values.split()
}

_SIGHT_OF_AREA: Mapping[str, str] = {
    "water": "water",
    "park": "green",
    "wood": "green",
    "pitch": "green",
    "homes": "estate",
    "commercial": "market",
    "industrial": "works",
    "construction": "works",
    "railway": "works",
    "school": "school",
    "hospital": "hospital",
    "civic": "civic",
    "square": "square",
    "building": "building",
}

KINDS: tuple[str, ...] = (
    *STREETS,
    *LINES,
    COASTLINE,
    SEA,
    *AREA_ORDER,
    BUILDING,
    *(f"place:{kind}" for kind in PLACES),
    *(f"sight:{kind}" for kind in SIGHTS),
)
"""Everything that is drawn. A drawing keeps the index of a kind in this list."""

KIND_AT: Mapping[str, int] = {kind: at for at, kind in enumerate(KINDS)}


def line_kind(tags: Mapping[str, str]) -> str | None:
    """What a way that is no street is drawn as along its line; ``None`` for nothing."""
    if "tunnel" in tags and "railway" not in tags:
        return None
    if tags.get("natural") == COASTLINE:
        return COASTLINE
    kind = tags.get("railway") or tags.get("waterway")
    return kind if kind in LINES else None


def area_kind(tags: Mapping[str, str]) -> str | None:
    """What an area is drawn as; ``None`` for nothing."""
    if tags.get("building", "no") != "no":
        return BUILDING
    if "highway" in tags:
        return "square" if tags.get("area") == "yes" or "area:highway" in tags else None
    found = [AREA_TAGS[pair] for pair in tags.items() if pair in AREA_TAGS]
    return min(found, key=AREA_ORDER.index) if found else None


def place_kind(tags: Mapping[str, str]) -> str | None:
    """What a named spot is called as: ``place:village``, ``sight:school``; ``None`` where the map does not name it."""
    place = tags.get("place")
    if place in PLACES:
        return f"place:{place}"
    return _sight(tags.items())


def name_kind(tags: Mapping[str, str], area: str) -> str | None:
    """What the name of an area is called as; ``None`` where the map does not name it."""
    named = _sight(tags.items())
    if named is None and area in _SIGHT_OF_AREA:
        named = f"sight:{_SIGHT_OF_AREA[area]}"
    return named


def _sight(pairs: Iterable[tuple[str, str]]) -> str | None:
    found = [SIGHT_TAGS[pair] for pair in pairs if pair in SIGHT_TAGS]
    return f"sight:{min(found, key=list(SIGHTS).index)}" if found else None
