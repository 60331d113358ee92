"""What is drawn as what."""

import pytest

from geodata.legend import KINDS, STREET_KINDS, STREETS, area_kind, line_kind, name_kind, place_kind


def test_every_kind_is_another() -> None:
    assert len(set(KINDS)) == len(KINDS) < 256, "an index of a kind is kept in a byte"


def test_every_class_of_street_has_its_rank() -> None:
    assert {kind.removesuffix("_link") for kind in STREET_KINDS} == set(STREETS)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"landuse": "residential"}, "homes"),
        ({"building": "yes", "amenity": "school"}, "building"),
        ({"building": "no", "amenity": "school"}, "school"),
        ({"natural": "water", "leisure": "park"}, "water"),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"highway": "pedestrian"}, None),
        ({"leisure": "hot_tub"}, None),
    ],
)
def test_areas(tags, kind) -> None:
    assert area_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"waterway": "river"}, "river"),
        ({"waterway": "river", "tunnel": "culvert"}, None),
        ({"railway": "subway", "tunnel": "yes"}, "subway"),
        ({"railway": "abandoned"}, None),
        ({"natural": "coastline"}, "coastline"),
    ],
)
def test_lines(tags, kind) -> None:
    assert line_kind(tags) == kind


def test_names_of_spots_and_of_areas() -> None:
    assert place_kind({"place": "village", "amenity": "townhall"}) == "place:village"
    assert place_kind({"railway": "station"}) == "sight:station"
    assert place_kind({"amenity": "bench"}) is None
    assert name_kind({"landuse": "residential"}, "homes") == "sight:estate"
    assert name_kind({"building": "yes", "amenity": "hospital"}, "building") == "sight:hospital"
    assert name_kind({"landuse": "farmland"}, "farm") is None
